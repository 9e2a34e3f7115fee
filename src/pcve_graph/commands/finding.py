"""`pcve query`, `queries`, `search` and `show`: answers, and what they stand on."""

from __future__ import annotations

import contextlib
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ContentError, UsageError
from ..project import Project
from .console import guarded, many, tell
from .here import here, opened
from .servers import ENDPOINT, FOLDER, graph_at

if TYPE_CHECKING:
    from ..remote.reading import Reading


class _QueryCommand(click.Command):
    """A command whose help names the saved queries of the project."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from .asking import overview

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
@click.option("--limit", type=click.IntRange(0), default=0, metavar="N", help="Stop after N rows.")
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    metavar="S",
    help="Stop after S seconds; 0 for never. Without it: what the query says, else 60.",
)
@click.option(
    "--why",
    is_flag=False,
    flag_value=0,
    type=click.IntRange(0),
    metavar="[N]",
    help="Under each row, or row N alone, the facts and words that it stands on.",
)
@click.option("--allow-service", "service", is_flag=True, help="Let SERVICE ask other servers.")
@FOLDER
@ENDPOINT
@click.pass_context
@guarded
def query(context: click.Context, /, name: str, wide: bool, endpoint: str, **asked: Any) -> None:
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
    from ..ask.worker import Worker

    project = here(context)
    with contextlib.nullcontext() if endpoint else Worker() as worker:
        graph = graph_at(endpoint, functools.partial(opened, project), worker)
        from .asking import Asked, question

        own = sys.stdin.buffer.read() if name == "-" else None
        how = Asked(**asked, width=0 if wide else _width())
        reply = question(project, graph, name, own, how)
    tell(*reply.talk)
    click.echo(reply.text, nl=False)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else 0


@click.command()
@click.argument("text", metavar="TEXT")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, as country.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N")
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
    from .asking import finding

    reply = finding(opened(here(context)), text, kinds, limit, form)
    tell(*reply.talk)
    click.echo(reply.text, nl=False)


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--as-of", metavar="DATE", help="Only what held on that day, such as 2019-05-01.")
@ENDPOINT
@click.pass_context
@guarded
def show(context: click.Context, identifier: str, as_of: str | None, endpoint: str) -> None:
    """Show everything known of one thing, each fact with its evidence.

    \b
    Examples:
      pcve show osce-ct-2018
      pcve show iisg --as-of 2019-05-01
    """
    from ..ask.present import present_view
    from ..ask.show import show as view
    from ..dates import first_and_last
    from ..ontology import read_ontology

    project = here(context)
    ontology = read_ontology(project)
    days = first_and_last(as_of) if as_of else None
    if as_of and (days is None or days[0] != days[1]):
        raise UsageError(f"--as-of takes a day such as 2019-05-01, not {as_of!r}")
    store = graph_at(endpoint, functools.partial(opened, project)).around(identifier, ontology)
    found = view(store, ontology, identifier, days[0] if days else None)
    click.echo(present_view(found), nl=False)


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


COMMANDS = (query, queries, search, show)
