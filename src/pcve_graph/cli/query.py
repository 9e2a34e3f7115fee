"""`pcve query`: runs a saved query or SPARQL, and replies with text and messages."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

import click

from ..graph.serialize import RDF_FORMATS
from ..model.limits import QUESTION_SECONDS
from ..model.problems import ContentError, Problem, UsageError
from ..model.project import Project
from ..model.suggest import likely
from ..model.visible import one_line
from ..query.access import Here, Reading, bind_in
from ..query.execute import RESULT_FORMATS, Table, Triples
from ..query.foreign import choose, own_query
from ..query.render import columns, present
from ..query.saved import read_queries
from ..query.why import grounds
from ..syntax.ontology import read_ontology
from ..system.sandbox import inside
from .bounds import COUNT, SECONDS
from .console import guarded, on_terminal, put, read_stdin, tell
from .context import FOLDER, Target, endpoint_options, graph_at, here, opened

ROW_FORMATS = ("table", "markdown", *RESULT_FORMATS)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `pcve query`.

    `settings` are `parameter=value`. `timeout` is in seconds: None for that of the query header or
    the default, 0 for no limit. `limit` is rows or triples, 0 for all. `width` is the columns of
    the terminal, 0 for lines of any length. `service` allows SERVICE. `why` is the number of the
    row to explain, 0 for all rows, None for no explanations.
    """

    settings: tuple[str, ...] = ()
    form: str = ""
    iris: bool = False
    width: int = 0
    timeout: float | None = None
    limit: int = 0
    service: bool = False
    queries: Path | None = None
    why: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The output of a command: text in the format `form` for stdout, messages, and problems."""

    text: str
    talk: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    form: str = "text"


def question(
    project: Project, graph: Reading, name: str, own: bytes | None, options: Asked
) -> Reply:
    """Run the saved query `name`, one from a file or folder, or the SPARQL text `own`.

    Raises UsageError for an unknown format, query or parameter.
    """
    formats = (*ROW_FORMATS, *RDF_FORMATS)
    if options.form and options.form not in formats:
        hint = ", ".join(likely(options.form, formats) or formats)
        raise UsageError(f"unknown format {options.form!r}; {hint}")
    chosen = choose(project, name, options.queries) if own is None else own_query(own, "stdin")
    seconds = options.timeout
    if seconds is None:
        seconds = chosen.timeout or QUESTION_SECONDS
        if isinstance(graph, Here):
            inside.bound(seconds=seconds)
    inside.working_on(chosen.path)
    bindings = bind_in(graph, chosen, _pairs(options.settings))
    answer = graph.ask(
        chosen.text,
        bindings,
        chosen.path,
        timeout=seconds,
        limit=options.limit or None,
        service=options.service,
    )
    talk = list(map(note, chosen.notes))
    if not isinstance(answer, bool) and answer.more:
        talk.append(f"stopped after {options.limit:,}; there are more")
    if options.why is not None:
        if not isinstance(answer, Table):
            raise UsageError("--why requires a SELECT query")
        if not isinstance(graph, Here):
            raise UsageError(
                "--why cannot be combined with --endpoint: it reads the evidence of the built graph"
            )
        ontology = read_ontology(project)
        store = graph.saved.store
        reasons = grounds(store, ontology, chosen.text, bindings, answer, options.why, options.form)
        return Reply(reasons, tuple(talk), form=options.form or "table")
    text = present(
        answer, options.form, graph.words(answer, options.form), options.iris, options.width
    )
    usual = "turtle" if isinstance(answer, Triples) else "table"
    return Reply(text, tuple(talk), form=options.form or usual)


def note(problem: Problem) -> str:
    """A note on a query, as one line."""
    return one_line(f"{problem.position}: note: {problem.message}; {problem.fix}")


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set requires KEY=VALUE, not {setting!r}")
        pairs[key.strip()] = value.strip()
    return pairs


def overview(project: Project) -> str:
    """The names and summaries of the saved queries, a line each."""
    queries_by_name = read_queries(project, "answers")
    return indent(columns([[name, query.summary] for name, query in queries_by_name.items()]), "  ")


class _QueryCommand(click.Command):
    """A command whose help lists the saved queries of the project."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:

        with contextlib.suppress(UsageError, ContentError):
            formatter.write(f"\nSaved queries:\n{overview(here(ctx))}")


@click.command(cls=_QueryCommand)
@click.argument("name", metavar="NAME|FILE|-")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a parameter of the query."
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="table (default), csv, tsv, json, xml, markdown; for graphs turtle, jsonld, nt, rdfxml.",
)
@click.option("--iris", is_flag=True, help="Show IRIs instead of labels in tables.")
@click.option("--wide", is_flag=True, help="Do not fold lines of tables.")
@click.option(
    "--limit", type=COUNT, default=0, metavar="N", help="Stop after N rows; 0 (default) for all."
)
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop after S seconds; 0 for no limit (default: that of the query, else 60).",
)
@click.option(
    "--why",
    is_flag=False,
    flag_value=0,
    type=COUNT,
    metavar="[N]",
    help="Show the facts and quotes behind each row, or behind row N.",
)
@click.option(
    "--allow-service", "service", is_flag=True, help="Allow SERVICE to query other servers."
)
@FOLDER
@endpoint_options
@click.pass_context
@guarded
def query(
    context: click.Context, /, name: str, wide: bool, endpoint: Target | None, **options: Any
) -> None:
    """Ask a saved query, or SPARQL of your own from a file or stdin.

    VALUE is an id, or any name of the thing in any spelling or script. Prefixes that the graph uses
    need not be declared.

    \b
    Examples:
      pcve query events-by-date
      pcve query events-on-topic --set topic=returnees
      pcve query initiative-origins --why 1
      echo 'SELECT ?s { ?s a pcve:Event }' | pcve query -
    """

    if not endpoint:  # requests to an endpoint have their own time limit
        timeout = options["timeout"]
        inside.bound(seconds=QUESTION_SECONDS if timeout is None else timeout)
    inside.working_on(name if name != "-" else "stdin")
    project = here(context)
    opener = functools.partial(opened, project)
    graph = graph_at(endpoint, opener, timeout=options["timeout"] or None)
    own = read_stdin() if name == "-" else None
    how = Asked(**options, width=0 if wide else _width())
    reply = question(project, graph, name, own, how)
    tell(*reply.talk)
    put(reply.text, form=reply.form)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 40)).columns if on_terminal() else 0
