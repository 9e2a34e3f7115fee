"""`pcve publish`: loads the graph into a SPARQL server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ..model.limits import MOST_SECONDS
from ..system.sandbox import inside
from .bounds import SECONDS
from .console import guarded, many, progress, say, tell
from .context import ALLOW_REDIRECT, Target, here, opened, server

if TYPE_CHECKING:
    from ..graph.store import Saved
    from ..query.remote.endpoint import Endpoint
    from ..query.remote.upload import Plan, Progress


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
@guarded
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
    inside.bound(seconds=0)  # total request has its own bound
    saved = opened(here(context))
    target = server(Target(endpoint, allowed), update, gsp, timeout or MOST_SECONDS)
    plan = _planned(target, saved) if dry_run else _published(target, saved)
    _report(target, plan, dry_run, time.perf_counter() - start)


def _planned(target: Endpoint, saved: Saved) -> Plan:
    from ..query.remote.upload import plan

    return plan(target, saved)


def _published(target: Endpoint, saved: Saved) -> Plan:
    from ..query.remote.upload import publish

    try:
        return publish(target, saved, _progress())
    finally:
        progress("")


def _progress() -> Progress:
    def show(name: str, done: int, total: int) -> None:
        progress(f"loading {name}: {done:,} of {total:,}")

    return show


def _report(endpoint: Endpoint, plan: Plan, dry: bool, seconds: float) -> None:
    from ..query.remote.addresses import shown
    from ..query.remote.upload import commits_in_parts

    where = endpoint.where
    loaded = f"graphs to {shown(where.store)}" if where.store else "graphs as updates"
    say(f"server   {endpoint.server or 'unnamed'}: {loaded}, updates to {shown(where.update)}")
    for name, number in plan.new.items():
        say(f"{name:<12} {number:>9,} triples, {plan.old[name]:,} before")
    if any(plan.left.values()):
        tell(
            "an earlier `pcve publish` was interrupted; its staging graphs "
            + ("remain on the server" if dry else "have been deleted")
        )
    total = many(sum(plan.new.values()), "triple")
    if commits_in_parts(endpoint):
        tell(
            "this server commits in parts: during replacement, queries may see a mix of old and new"
        )
    say(
        f"nothing was written; {total} would be"
        if dry
        else f"published {total}, counted before and after, in {seconds:.1f} s"
    )
