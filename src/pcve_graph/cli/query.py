"""`pcve query`: runs a saved query or SPARQL, and replies with text and messages."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

import click

from ..graph.labels import designation_notes, labels
from ..graph.ontology import read_ontology
from ..graph.serialize import RDF_FORMATS
from ..model.limits import QUERY_SECONDS
from ..model.problems import ContentError, Problem, UsageError
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..model.terms import Term
from ..model.visible import one_line
from ..query.access import ReadableGraph, SavedGraph, bind_for_graph
from ..query.answering import answer_query
from ..query.asked_terms import query_notes
from ..query.execute import Answer, ResultTable, ResultTriples, ServiceRefusedError
from ..query.foreign import parse_foreign_query, resolve_query
from ..query.label_columns import render_labelled
from ..query.lists import table_terms
from ..query.parameters import MissingParameterError
from ..query.render_rows import LAYOUTS, ROW_FORMATS, AnswerText, RowLook, render_answer
from ..query.saved import SavedQuery, read_queries
from ..query.text_table import aligned_columns, fold_text
from ..query.why_render import render_reasons
from ..system.sandbox import inside
from .bounds import ALL, COUNT, EVERY_ROW, QUERY_TIMEOUT, ROW
from .console import handle_errors, read_stdin, terminal_width, write_messages, write_result
from .context import (
    FOLDER,
    EndpointTarget,
    endpoint_options,
    graph_access,
    open_or_build,
    project_of,
)


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """The options of `pcve query`.

    `settings` are `parameter=value`. `timeout` is in seconds: None for that of the query header or
    the default, 0 for no limit. `limit` is rows or triples, 0 for all. `width` is the columns of
    the terminal, 0 for lines of any length. `labels` adds columns of labels. `service` allows
    SERVICE. `why` is the number of the row to explain, from 1, EVERY_ROW for all rows, None for no
    explanations.
    """

    settings: tuple[str, ...] = ()
    form: str = ""
    iris: bool = False
    labels: bool = False
    width: int = 0
    timeout: float | None = None
    limit: int = 0
    service: bool = False
    queries: Path | None = None
    why: int | None = None
    layout: str = "auto"


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """The output of a command: text in the format `form` for stdout, messages, and problems.

    `head` is the number of the line that is a header, from 0.
    """

    text: str
    messages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    form: str = "text"
    head: int | None = None


def run_query(
    project: Project, graph: ReadableGraph, name: str, own: bytes | None, options: QueryOptions
) -> CommandOutput:
    """Run the saved query `name`, one from a file or folder, or the SPARQL text `own`.

    Raises UsageError for an unknown format, query or parameter.
    """
    formats = (*ROW_FORMATS, *RDF_FORMATS)
    if options.form and options.form not in formats:
        hint = did_you_mean(options.form, formats) or "the formats are " + ", ".join(formats)
        raise UsageError(f"unknown format {options.form!r}; {hint}")
    chosen = (
        resolve_query(project, name, options.queries)
        if own is None
        else parse_foreign_query(own, "stdin")
    )
    seconds = options.timeout
    if seconds is None:
        seconds = chosen.timeout or QUERY_SECONDS
        if isinstance(graph, SavedGraph):
            inside.set_limits(seconds=seconds)
    inside.report_task(chosen.path)
    try:
        bindings = bind_for_graph(graph, chosen, read_settings(options.settings))
    except MissingParameterError as error:
        raise error.with_example(f"--set {error.name}={error.example}") from None
    answer, notes = _answer(graph, chosen, bindings, options, seconds)
    talk = _notes(graph, chosen, bindings)
    if not isinstance(answer, bool) and answer.more:
        talk.append(f"stopped after {options.limit:,}; there are more")
    if options.why is not None:
        text = _explained(project, graph, chosen, bindings, answer, options)
        return CommandOutput(text, tuple(talk), form=options.form or "table")
    look = RowLook(
        options.iris,
        options.width,
        options.layout,
        _parameters(chosen, bindings),
        chosen.name,
        frozenset(param.variable for param in chosen.params.values()) - bindings.keys(),
    )
    (text, head), designations = _rendered(answer, graph, options, look)
    talk += designations
    if options.form in ("", "table"):
        lines = (fold_text(note, options.width) if options.width else note for note in notes)
        text += "".join(f"{line}\n" for line in lines)
    elif options.form == "markdown":
        text += "".join(f"\n{note}\n" for note in notes)
    else:
        talk += notes
    usual = "turtle" if isinstance(answer, ResultTriples) else "table"
    return CommandOutput(text, tuple(talk), form=options.form or usual, head=head)


def _answer(
    graph: ReadableGraph,
    query: SavedQuery,
    bindings: Mapping[str, Term],
    options: QueryOptions,
    seconds: float,
) -> tuple[Answer, tuple[str, ...]]:
    """`answer_query`. Raises UsageError for SERVICE."""
    try:
        return answer_query(
            graph,
            query,
            bindings,
            seconds,
            limit=options.limit or None,
            service=options.service,
            base=options.why is None,
        )
    except ServiceRefusedError as error:
        raise UsageError(f"{error}; --allow-service permits it") from None


def _parameters(query: SavedQuery, bindings: Mapping[str, Term]) -> dict[str, Term]:
    """The terms that the parameters of a query are set to, by name."""
    return {
        parameter.name: bindings[parameter.variable]
        for parameter in query.params.values()
        if parameter.variable in bindings
    }


def _explained(
    project: Project,
    graph: ReadableGraph,
    query: SavedQuery,
    bindings: Mapping[str, Term],
    answer: Answer,
    options: QueryOptions,
) -> str:
    """The rows of the answer with the facts behind them. Raises UsageError where there are none."""
    if not isinstance(answer, ResultTable):
        raise UsageError("--why requires a SELECT query")
    if not isinstance(graph, SavedGraph):
        raise UsageError(
            "--why cannot be combined with --endpoint: it reads the evidence of the built graph"
        )
    ontology, number = read_ontology(project), None if options.why == EVERY_ROW else options.why
    where = graph.saved.store, ontology, query.text, bindings, answer
    return render_reasons(*where, number, options.form)


def _rendered(
    answer: Answer, graph: ReadableGraph, options: QueryOptions, look: RowLook
) -> tuple[AnswerText, tuple[str, ...]]:
    """The text of the answer, and the notes on designations that a format has no place for."""
    if not options.labels:
        store = graph.words(answer, options.form)
        return render_answer(answer, options.form, store, look), ()
    if not isinstance(answer, ResultTable):
        raise UsageError("--labels requires a SELECT query")
    store = graph.words(answer)
    text = AnswerText(render_labelled(answer, options.form, store))
    return text, designation_notes(store, labels(store, table_terms(answer)).values())


def _notes(graph: ReadableGraph, query: SavedQuery, bindings: Mapping[str, Term]) -> list[str]:
    """A line for each note on the header of a query, and on what its text cannot match."""
    notes = query_notes(graph, query, bindings) if query.is_foreign else ()
    on_text = [one_line(f"{query.path}:{line}: note: {text}") for line, text in notes]
    return [*map(note_line, query.notes), *on_text]


def note_line(problem: Problem) -> str:
    """A note on a query, as one line."""
    return one_line(f"{problem.position}: note: {problem.message}; {problem.fix}")


def read_settings(settings: tuple[str, ...]) -> dict[str, str]:
    """The values of `--set KEY=VALUE` by key.

    Raises UsageError for another form, for no value, and for a key that is set twice.
    """
    pairs: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set requires KEY=VALUE, not {setting!r}")
        if not value.strip():
            raise UsageError(f"--set {setting} sets an empty value; give it one, or leave it out")
        if key.strip() in pairs:
            both = f"{pairs[key.strip()]!r} and {value.strip()!r}"
            raise UsageError(f"--set {key.strip()} is given twice, {both}; leave out all but one")
        pairs[key.strip()] = value.strip()
    return pairs


def query_overview(project: Project) -> str:
    """The names and summaries of the saved queries, a line each."""
    queries_by_name = read_queries(project, "answers")
    return indent(
        aligned_columns([[name, query.summary] for name, query in queries_by_name.items()]), "  "
    )


class _QueryCommand(click.Command):
    """A command whose help lists the saved queries of the project."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:

        with contextlib.suppress(UsageError, ContentError):
            formatter.write(f"\nSaved queries:\n{query_overview(project_of(ctx))}")


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
    help="table (default), markdown, csv, tsv, json, xml; records: JSON with an object for each "
    "row, numbers as numbers and lists as lists; for graphs turtle, jsonld, nt, rdfxml.",
)
@click.option("--iris", is_flag=True, help="Show IRIs instead of labels in tables.")
@click.option(
    "--labels", is_flag=True, help="Add a column of labels beside each with IRIs; not in tables."
)
@click.option("--wide", is_flag=True, help="Do not fold lines of tables.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="auto",
    help="table; record: a line for each value; auto (default): a table where it fits.",
)
@click.option(
    "--limit", type=COUNT, default=0, metavar="N", help="Stop after N rows; 0 (default) for all."
)
@QUERY_TIMEOUT
@click.option(
    "--why",
    is_flag=False,
    flag_value=ALL,
    type=ROW,
    metavar="[N]",
    help="Show the facts and quotes behind each row, or behind row N, as table or json.",
)
@click.option(
    "--allow-service", "service", is_flag=True, help="Allow SERVICE to query other servers."
)
@FOLDER
@endpoint_options
@click.pass_context
@handle_errors
def query(
    context: click.Context,
    /,
    name: str,
    wide: bool,
    endpoint: EndpointTarget | None,
    **options: Any,
) -> None:
    """Run a saved query, or your own SPARQL from a file or stdin.

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
        inside.set_limits(seconds=QUERY_SECONDS if timeout is None else timeout)
    inside.report_task(name if name != "-" else "stdin")
    project = project_of(context)
    opener = functools.partial(open_or_build, project)
    graph = graph_access(endpoint, opener, timeout=options["timeout"] or None)
    own = read_stdin() if name == "-" else None
    how = QueryOptions(**options, width=0 if wide else terminal_width())
    reply = run_query(project, graph, name, own, how)
    write_messages(*reply.messages)
    write_result(reply.text, form=reply.form, head=reply.head)
