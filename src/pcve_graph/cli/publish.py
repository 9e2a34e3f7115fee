"""`pcve publish`: loads the graph into a SPARQL server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ..model.limits import LONGEST_SECONDS
from ..model.words import quantity
from ..system.sandbox import inside
from .bounds import SECONDS
from .console import handle_errors, show_progress, write_lines, write_messages
from .context import ALLOW_REDIRECT, EndpointTarget, endpoint_at, open_or_build, project_of

if TYPE_CHECKING:
    from ..graph.store import StoredGraph
    from ..query.remote.endpoint import Endpoint
    from ..query.remote.upload import Progress, UploadPlan


@click.command()
@click.option("--endpoint", required=True, metavar="URL", help="Query endpoint of the server.")
@click.option("--update-endpoint", "update", default="", metavar="URL", help="Its update endpoint.")
@click.option("--gsp", default="", metavar="URL", help="Its Graph Store Protocol endpoint.")
@ALLOW_REDIRECT
@click.option(
    "--timeout",
    type=SECONDS,
    default=600,
    show_default=True,
    metavar="S",
    help="Time limit of one request; 0 for no limit.",
)
@click.option("--dry-run", is_flag=True, help="Report what would change, and write nothing.")
@click.pass_context
@handle_errors
def publish(
    context: click.Context,
    endpoint: str,
    update: str,
    gsp: str,
    allowed: tuple[str, ...],
    timeout: float,
    dry_run: bool,
) -> None:
    """Load the built graph into a SPARQL 1.1 server.

    The graphs are loaded under staging names and counted, then one request replaces the old ones.
    The other endpoints are derived from --endpoint unless given. Credentials come from
    PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, or from PCVE_ENDPOINT_TOKEN.

    \b
    Examples:
      pcve publish --endpoint http://localhost:7878/query
      pcve publish --endpoint http://localhost:8890/sparql --dry-run
    """
    start = time.perf_counter()
    inside.set_limits(seconds=0)  # total request has its own bound
    saved = open_or_build(project_of(context))
    target = endpoint_at(EndpointTarget(endpoint, allowed), update, gsp, timeout or LONGEST_SECONDS)
    plan = _planned(target, saved) if dry_run else _published(target, saved)
    _report(target, plan, dry_run, time.perf_counter() - start)


def _planned(target: Endpoint, saved: StoredGraph) -> UploadPlan:
    from ..query.remote.upload import plan_upload

    return plan_upload(target, saved)


def _published(target: Endpoint, saved: StoredGraph) -> UploadPlan:
    from ..query.remote.upload import upload_graph

    try:
        return upload_graph(target, saved, _progress())
    finally:
        show_progress("")


def _progress() -> Progress:
    def show(name: str, done: int, total: int) -> None:
        show_progress(f"loading {name}: {done:,} of {total:,}")

    return show


def _report(endpoint: Endpoint, plan: UploadPlan, dry: bool, seconds: float) -> None:
    from ..query.remote.upload import commits_in_parts
    from ..system.http.addresses import public_url

    where = endpoint.addresses
    loaded = f"graphs to {public_url(where.store)}" if where.store else "graphs as updates"
    write_lines(
        f"server   {endpoint.server or 'unnamed'}: {loaded}, updates to {public_url(where.update)}"
    )
    for name, number in plan.new.items():
        write_lines(f"{name:<12} {number:>9,} triples, {plan.old[name]:,} before")
    if any(plan.staged.values()):
        write_messages(
            "an earlier `pcve publish` was interrupted; its staging graphs "
            + ("remain on the server" if dry else "have been deleted")
        )
    total = quantity(sum(plan.new.values()), "triple")
    if commits_in_parts(endpoint):
        write_messages(
            "this server commits in parts: during replacement, queries may see a mix of old and new"
        )
    write_lines(
        f"nothing was written; {total} would be"
        if dry
        else f"published {total}, counted before and after, in {seconds:.1f} s"
    )
