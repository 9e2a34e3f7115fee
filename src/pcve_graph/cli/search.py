"""`pcve query`, `queries`, `search` and `show`: answers, and what they stand on."""

from __future__ import annotations

import contextlib
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..commands.servers import FOLDER, Target, endpoint_options, graph_at
from ..model.limits import QUESTION_SECONDS
from ..model.problems import ContentError, UsageError
from ..model.project import Project
from ..system.sandbox import inside
from .bounds import COUNT, SECONDS
from .console import guarded, many, on_terminal, put, read_stdin, say, tell
from .context import here, opened

if TYPE_CHECKING:
    from ..query.access import Reading


class _QueryCommand(click.Command):
    """A command whose help names the saved queries of the project."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from .query import overview

        with contextlib.suppress(UsageError, ContentError):
            formatter.write(f"\nSaved queries:\n{overview(here(ctx))}")


@click.command(cls=_QueryCommand)
@click.argument("name", metavar="NAME|FILE|-")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Bind a parameter.")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="table (default), csv, tsv, json, xml, markdown; for graphs turtle, jsonld, nt, rdfxml.",
)
@click.option("--iris", is_flag=True, help="In tables, show IRIs instead of labels.")
@click.option("--wide", is_flag=True, help="In tables, fold no line.")
@click.option("--limit", type=COUNT, default=0, metavar="N", help="Stop after N rows.")
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop after S seconds; 0 for never. Without it: what the query says, else 60.",
)
@click.option(
    "--why",
    is_flag=False,
    flag_value=0,
    type=COUNT,
    metavar="[N]",
    help="Under each row, or row N alone, the facts and words that it stands on.",
)
@click.option("--allow-service", "service", is_flag=True, help="Let SERVICE ask other servers.")
@FOLDER
@endpoint_options
@click.pass_context
@guarded
def query(
    context: click.Context, /, name: str, wide: bool, endpoint: Target | None, **asked: Any
) -> None:
    """Ask a saved query, or SPARQL of your own from a file or stdin.

    A value is an id, or any name, spelling or script of the thing. Prefixes that the graph uses
    need not be declared.

    \b
    Examples:
      pcve query events-by-date
      pcve query events-on-topic --set topic=returnees
      pcve query initiative-origins --why 1
      echo 'SELECT ?s { ?s a pcve:Event }' | pcve query -
    """
    from .query import Asked, question

    if not endpoint:  # there each request has its own bound
        given = asked["timeout"]
        inside.bound(seconds=QUESTION_SECONDS if given is None else given)
    inside.working_on(name if name != "-" else "stdin")
    project = here(context)
    opener = functools.partial(opened, project)
    graph = graph_at(endpoint, opener, timeout=asked["timeout"] or None)
    own = read_stdin() if name == "-" else None
    how = Asked(**asked, width=0 if wide else _width())
    reply = question(project, graph, name, own, how)
    tell(*reply.talk)
    put(reply.text, form=reply.form)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 40)).columns if on_terminal() else 0


@click.command()
@click.argument("text", metavar="TEXT")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, as country.")
@click.option("--limit", type=COUNT, default=20, show_default=True, metavar="N", help="0 for all.")
@click.option("--format", "form", default="table", metavar="FORMAT", help="table (default), json.")
@click.pass_context
@guarded
def search(
    context: click.Context, text: str, kinds: tuple[str, ...], limit: int, form: str
) -> None:
    """Find things by any name, spelling or script, and by words of their descriptions and sources.

    \b
    Examples:
      pcve search RCC
      pcve search Љубљана
      pcve search returnees --kind concept
    """
    from .query import finding

    reply = finding(opened(here(context)), text, kinds, limit, form)
    tell(*reply.talk)
    put(reply.text, form=reply.form)


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--as-of", metavar="DATE", help="Only what held on that day, such as 2019-05-01.")
@endpoint_options
@click.pass_context
@guarded
def show(
    context: click.Context, identifier: str, as_of: str | None, endpoint: Target | None
) -> None:
    """Show everything known of one thing, each fact with its evidence.

    \b
    Examples:
      pcve show osce-ct-2018
      pcve show iisg --as-of 2019-05-01
    """
    from ..model.dates import first_and_last
    from ..query.render import present_view
    from ..query.show import show as view
    from ..syntax.ontology import read_ontology

    project = here(context)
    ontology = read_ontology(project)
    days = first_and_last(as_of) if as_of else None
    if as_of and (days is None or days[0] != days[1]):
        raise UsageError(f"--as-of takes a day such as 2019-05-01, not {as_of!r}")
    store = graph_at(endpoint, functools.partial(opened, project)).around(identifier, ontology)
    found = view(store, ontology, identifier, days[0] if days else None)
    put(present_view(found))


def tried(graph: Reading, project: Project, folder: Path | None, timeout: float) -> int:
    """Ask every question with its examples, print rows and milliseconds of each; the exit code."""
    from ..query.foreign import read_folder
    from ..query.saved import read_queries
    from ..remote.trial import trials

    own = read_folder(folder) if folder else None
    queries, problems = own or (read_queries(project, "answers"), [])
    tell(*map(str, problems))
    failed = len(problems)
    asked = 0
    inside.bound(seconds=0)  # from here on each question has its own bound
    for each in trials(graph, queries.values(), timeout):
        asked += 1
        failed += bool(each.problem)
        settings = "".join(f" {key}={value}" for key, value in each.settings.items())
        numbers = f"{each.rows:>7,} rows {each.milliseconds:>9,.1f} ms  {each.name}{settings}"
        say(f"{'failed' if each.problem else 'ok':<7}{numbers}")
        if each.problem:
            say(f"        {each.problem}")
    tell(f"{many(len(queries), 'question')} asked {asked} times, {failed} failed")
    return 1 if failed else 0


@click.command()
@FOLDER
@click.option("--check", is_flag=True, help="Ask each with its examples; exit 1 if one fails.")
@click.option(
    "--timeout",
    type=SECONDS,
    default=f"{QUESTION_SECONDS:.0f}",
    show_default=True,
    metavar="S",
    help="Of reading them, and of each that --check asks; 0 for never.",
)
@endpoint_options
@click.pass_context
@guarded
def queries(
    context: click.Context,
    queries: Path | None,
    check: bool,
    timeout: float,
    endpoint: Target | None,
) -> None:
    """List the saved queries, their parameters and an example of each.

    \b
    Examples:
      pcve queries
      pcve queries --queries my-grlc-folder
      pcve queries --check --endpoint http://localhost:7878/query
    """
    from .query import catalogue

    inside.bound(seconds=timeout)
    project = here(context)
    if check or endpoint:
        from ..query.worker import Worker
        from ..system.sandbox.process import Process

        saved = None if endpoint else opened(project)
        process = Process("--timeout --memory")
        worker = Worker(saved.folder / "store", process, inside.bounds()[1]) if saved else None
        with process:
            graph = graph_at(endpoint, lambda: saved or opened(project), worker)
            sys.exit(tried(graph, project, queries, timeout))
    reply = catalogue(project, queries)
    put(reply.text, form=reply.form)
    tell(*reply.talk)
    if reply.problems:
        raise ContentError(list(reply.problems))
