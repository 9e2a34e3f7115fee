"""The commands that work on the build and on servers: which server, as whom, and what is done."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ContentError, UsageError
from .console import guarded, many, tell

if TYPE_CHECKING:
    from ..ask.worker import Worker
    from ..build.store import Saved
    from ..project import Project
    from ..remote.publish import Plan, Progress
    from ..remote.reading import Reading
    from ..remote.remote import Endpoint

Finder = Callable[[click.Context], "Project"]
Opener = Callable[["Project"], "Saved"]

ENDPOINT = click.option(
    "--endpoint", metavar="URL", default="", help="Ask a SPARQL server instead of the build."
)
FOLDER = click.option(
    "--queries",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Your own folder of queries, also one written for grlc or BASIL.",
)
_SECRETS = ("PCVE_ENDPOINT_USER", "PCVE_ENDPOINT_PASSWORD", "PCVE_ENDPOINT_TOKEN")


def server(url: str, update: str = "", store: str = "", timeout: float | None = None) -> Endpoint:
    """The server at `url`, asked as the environment says.

    Raises UsageError for an address that is none, and for half of a pair of user and password.
    """
    from ..remote.remote import TIMEOUT, Addresses, Endpoint
    from ..remote.transport import Credentials

    user, password, token = (os.environ.get(name, "") for name in _SECRETS)
    if bool(user) != bool(password):
        raise UsageError("set both PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, or neither")
    if user and token:
        raise UsageError("set PCVE_ENDPOINT_TOKEN, or user and password, but not both")
    who = Credentials(user, password, token)
    return Endpoint(Addresses(url, update, store), who, timeout or TIMEOUT)


def graph_at(url: str, opened: Callable[[], Saved], worker: Worker | None = None) -> Reading:
    """The graph on the server at `url`; without one, the saved graph that `opened` gives."""
    from ..remote.reading import Here, There

    return There(server(url)) if url else Here(opened(), worker)


def tried(graph: Reading, project: Project, folder: Path | None) -> int:
    """Ask every question with its examples, print rows and milliseconds of each; the exit code."""
    from ..ask.worker import TIMEOUT
    from ..questions.dialects import read_folder
    from ..questions.saved import read_queries
    from ..remote.trial import trials

    own = read_folder(folder) if folder else None
    queries, problems = own or (read_queries(project, "answers"), [])
    tell(*map(str, problems))
    failed = len(problems)
    asked = 0
    for each in trials(graph, queries.values(), TIMEOUT):
        asked += 1
        failed += bool(each.problem)
        settings = "".join(f" {key}={value}" for key, value in each.settings.items())
        numbers = f"{each.rows:>7,} rows {each.milliseconds:>9,.1f} ms  {each.name}{settings}"
        click.echo(f"{'failed' if each.problem else 'ok':<7}{numbers}")
        if each.problem:
            click.echo(f"        {each.problem}")
    tell(f"{many(len(queries), 'question')} asked {asked} times, {failed} failed")
    return 1 if failed else 0


def listing(here: Finder, opened: Opener) -> click.Command:
    """`pcve queries`, on the project that `here` finds and `opened` reads."""

    @click.command()
    @FOLDER
    @click.option("--check", is_flag=True, help="Ask each with its examples; exit 1 if one fails.")
    @ENDPOINT
    @click.pass_context
    @guarded
    def queries(context: click.Context, queries: Path | None, check: bool, endpoint: str) -> None:
        """List the saved queries, their parameters and an example of each.

        \b
        Examples:
          pcve queries
          pcve queries --queries my-grlc-folder
          pcve queries --check --endpoint http://localhost:7878/query
        """
        from .asking import catalogue

        project = here(context)
        if check or endpoint:
            from ..ask.worker import Worker

            saved = None if endpoint else opened(project)
            with contextlib.nullcontext() if saved is None else Worker(saved.folder / "store") as w:
                graph = graph_at(endpoint, lambda: saved or opened(project), w)
                sys.exit(tried(graph, project, queries))
        reply = catalogue(project, queries)
        click.echo(reply.text, nl=False)
        tell(*reply.talk)
        if reply.problems:
            raise ContentError(list(reply.problems))

    return queries


def publishing(here: Finder, opened: Opener) -> click.Command:
    """`pcve publish`, on the project that `here` finds and `opened` reads."""

    @click.command()
    @click.option("--endpoint", required=True, metavar="URL", help="Where the server is asked.")
    @click.option(
        "--update-endpoint", "update", default="", metavar="URL", help="Where it changes."
    )
    @click.option("--gsp", default="", metavar="URL", help="Where it takes graphs as they are.")
    @click.option("--timeout", type=float, default=600, show_default=True, help="Of one request.")
    @click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
    @click.pass_context
    @guarded
    def publish(
        context: click.Context,
        endpoint: str,
        update: str,
        gsp: str,
        timeout: float,
        dry_run: bool,
    ) -> None:
        """Load the built graph into a SPARQL 1.1 server, all or nothing.

        All is loaded under staging names and counted, then one request puts it in place. Where the
        server takes updates and graphs is made from --endpoint, if not given. User and password
        are PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, a token is PCVE_ENDPOINT_TOKEN.

        \b
        Examples:
          pcve publish --endpoint http://localhost:7878/query
          pcve publish --endpoint http://localhost:8890/sparql --dry-run
        """
        start = time.perf_counter()
        saved = opened(here(context))
        there = server(endpoint, update, gsp, timeout)
        found = _planned(there, saved) if dry_run else _published(there, saved)
        _report(there, found, dry_run, time.perf_counter() - start)

    return publish


def _planned(there: Endpoint, saved: Saved) -> Plan:
    from ..remote.publish import plan

    return plan(there, saved)


def _published(there: Endpoint, saved: Saved) -> Plan:
    from ..remote.publish import publish

    try:
        return publish(there, saved, _progress())
    finally:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", err=True, nl=False)


def _progress() -> Progress:
    watched = sys.stderr.isatty()

    def told(name: str, done: int, every: int) -> None:
        if watched:
            click.echo(f"\r\x1b[Kloading {name}: {done:,} of {every:,}", err=True, nl=False)

    return told


def _report(there: Endpoint, found: Plan, dry: bool, seconds: float) -> None:
    from ..remote.publish import commits_in_parts
    from ..remote.transport import shown

    where = there.where
    loaded = f"graphs to {shown(where.store)}" if where.store else "graphs as updates"
    click.echo(
        f"server   {there.server or 'without a name'}: {loaded}, updates to {shown(where.update)}"
    )
    for name, number in found.new.items():
        click.echo(f"{name:<12} {number:>9,} triples, {found.old[name]:,} before")
    if any(found.left.values()):
        tell(
            "an earlier publishing did not end; what it left "
            + ("lies there" if dry else "is gone")
        )
    total = many(sum(found.new.values()), "triple")
    if commits_in_parts(there):
        tell("this server commits in parts: while it replaces, readers may see some of each")
    click.echo(
        f"nothing was written; {total} would be"
        if dry
        else f"published {total}, counted before and after, in {seconds:.1f} s"
    )
