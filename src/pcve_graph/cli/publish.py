"""`pcve publish`: the graph on servers."""

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
@click.option("--endpoint", required=True, metavar="URL", help="Where the server is asked.")
@click.option("--update-endpoint", "update", default="", metavar="URL", help="Where it changes.")
@click.option("--gsp", default="", metavar="URL", help="Where it takes graphs as they are.")
@ALLOW_REDIRECT
@click.option(
    "--timeout",
    type=SECONDS,
    default=600,
    show_default=True,
    metavar="S",
    help="Of one request; 0 for never.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
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

    All is loaded under staging names and counted, then one request puts it in place. Where the
    server takes updates and graphs is made from --endpoint, if not given. User and password
    are PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, a token is PCVE_ENDPOINT_TOKEN.

    \b
    Examples:
      pcve publish --endpoint http://localhost:7878/query
      pcve publish --endpoint http://localhost:8890/sparql --dry-run
    """
    start = time.perf_counter()
    inside.bound(seconds=0)  # every request has its own bound
    saved = opened(here(context))
    endpoint_server = server(Target(endpoint, allowed), update, gsp, timeout or MOST_SECONDS)
    plan = _planned(endpoint_server, saved) if dry_run else _published(endpoint_server, saved)
    _report(endpoint_server, plan, dry_run, time.perf_counter() - start)


def _planned(server_: Endpoint, saved: Saved) -> Plan:
    from ..query.remote.upload import plan

    return plan(server_, saved)


def _published(server_: Endpoint, saved: Saved) -> Plan:
    from ..query.remote.upload import publish

    try:
        return publish(server_, saved, _progress())
    finally:
        progress("")


def _progress() -> Progress:
    def told(name: str, done: int, every: int) -> None:
        progress(f"loading {name}: {done:,} of {every:,}")

    return told


def _report(endpoint: Endpoint, plan: Plan, dry: bool, seconds: float) -> None:
    from ..query.remote.addresses import shown
    from ..query.remote.upload import commits_in_parts

    where = endpoint.where
    loaded = f"graphs to {shown(where.store)}" if where.store else "graphs as updates"
    say(
        f"server   {endpoint.server or 'without a name'}: {loaded}, updates to {shown(where.update)}"
    )
    for name, number in plan.new.items():
        say(f"{name:<12} {number:>9,} triples, {plan.old[name]:,} before")
    if any(plan.left.values()):
        tell(
            "an earlier publishing did not end; what it left "
            + ("lies there" if dry else "is gone")
        )
    total = many(sum(plan.new.values()), "triple")
    if commits_in_parts(endpoint):
        tell("this server commits in parts: while it replaces, readers may see some of each")
    say(
        f"nothing was written; {total} would be"
        if dry
        else f"published {total}, counted before and after, in {seconds:.1f} s"
    )
