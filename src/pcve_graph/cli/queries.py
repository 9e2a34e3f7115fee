"""`pcve queries`: lists the saved queries by theme, prints their SPARQL, and checks them."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from ..model.limits import QUERY_SECONDS
from ..model.problems import ContentError, Problem, UsageError
from ..model.project import Project
from ..model.suggest import did_you_mean
from ..query.access import ReadableGraph, bind_for_graph
from ..query.binding import substitute_terms
from ..query.foreign import read_query_folder, resolve_query
from ..query.foreign_files import unread_files
from ..query.parameter_words import accepted_values
from ..query.saved import SavedQuery, read_queries
from ..query.themes import THEMES
from ..system.sandbox import inside
from .bounds import SECONDS
from .check_queries import CheckOptions, check_queries
from .console import (
    despite_closed_pipe,
    handle_errors,
    write_messages,
    write_result,
)
from .context import (
    FOLDER,
    EndpointTarget,
    endpoint_options,
    graph_access,
    open_or_build,
    project_of,
)
from .query import CommandOutput, note_line, read_settings


@click.command()
@click.argument("name", required=False, default="")
@FOLDER
@click.option("--theme", metavar="THEME", default="", help=f"Only one of {', '.join(THEMES)}.")
@click.option("--sparql", metavar="NAME|FILE", default="", help="Print the SPARQL of a query.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="With --sparql: fill in a parameter; the others stay variables.",
)
@click.option("--check", is_flag=True, help="Run each with its examples; exit 1 if one fails.")
@click.option(
    "--timeout",
    type=SECONDS,
    default=f"{QUERY_SECONDS:.0f}",
    show_default=True,
    metavar="S",
    help="Time limit of reading them, and of each query with --check; 0 for no limit.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="RELEASE",
    help="With --check: show how answers differ from those of a release; exit 1 if one does.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="With --check: write the answers to a new folder, for a later --since.",
)
@endpoint_options
@click.pass_context
@handle_errors
def queries(
    context: click.Context,
    name: str,
    queries: Path | None,
    theme: str,
    sparql: str,
    settings: tuple[str, ...],
    check: bool,
    timeout: float,
    since: Path | None,
    save: Path | None,
    endpoint: EndpointTarget | None,
) -> None:
    """List the saved queries, their parameters and an example of each.

    The list is by theme: what a query is about. With NAME, what one query answers: its description
    with its caveats, its parameters and its columns.

    \b
    Examples:
      pcve queries
      pcve queries --theme money
      pcve queries events-on-topic
      pcve queries --sparql events-on-topic --set topic=returnees
      pcve queries --queries my-grlc-folder
      pcve queries --check --endpoint http://localhost:7878/query
      pcve queries --check --since release-0.1.0
    """

    inside.set_limits(seconds=timeout)
    project = project_of(context)
    if settings and not sparql:
        raise UsageError("--set requires --sparql: `pcve query NAME` asks a query")
    if (since or save) and not check:
        raise UsageError("--since and --save require --check")
    if name:
        if theme or sparql or check or endpoint:
            raise UsageError("NAME cannot be combined with --theme, --sparql, --check, --endpoint")
        chosen = resolve_query(project, name, queries)
        write_result("\n".join(_page(name, chosen, _option(queries))) + "\n")
        write_messages(*map(note_line, chosen.notes))
        return
    if sparql:
        graph = graph_access(endpoint, functools.partial(open_or_build, project))
        write_result(pasteable_sparql(project, graph, sparql, queries, settings), form="sparql")
        return
    if check or endpoint:
        sys.exit(_check(project, endpoint, CheckOptions(queries, timeout, since, save)))
    reply = query_catalogue(project, queries, theme)
    with despite_closed_pipe():
        write_result(reply.text, form=reply.form)
    write_messages(*reply.messages)
    if reply.problems:
        raise ContentError(list(reply.problems))


def _check(project: Project, endpoint: EndpointTarget | None, options: CheckOptions) -> int:
    """Run each query with its examples; the exit code."""
    from ..query.worker import QueryWorker
    from ..system.sandbox.process import LimitedProcess

    saved = None if endpoint else open_or_build(project)
    process = LimitedProcess("--timeout --memory")
    worker = (
        QueryWorker(saved.folder / "store", process, inside.current_limits()[1]) if saved else None
    )
    with process:
        graph = graph_access(endpoint, lambda: saved or open_or_build(project), worker)
        return check_queries(graph, project, options)


def pasteable_sparql(
    project: Project,
    graph: ReadableGraph,
    name: str,
    folder: Path | None,
    settings: tuple[str, ...],
) -> str:
    """The SPARQL that `pcve query` runs, without its header, for any endpoint with the graph.

    The parameters in `settings` and those with a default are filled in; the others stay variables,
    required ones too. Names of things are looked up in `graph`. Raises UsageError as `pcve query`.
    """
    chosen = resolve_query(project, name, folder)
    free = {key: replace(param, required=False) for key, param in chosen.params.items()}
    chosen = replace(chosen, params=free)
    text = substitute_terms(chosen.text, bind_for_graph(graph, chosen, read_settings(settings)))
    lines = [line for line in text.splitlines() if not line.startswith("#+")]
    return "\n".join(lines).strip() + "\n"


def query_catalogue(project: Project, folder: Path | None, theme: str = "") -> CommandOutput:
    """The queries of the project or of `folder` by theme, with parameters and an example of each.

    With `theme`, only those of that theme; raises UsageError if it is none of THEMES.
    """
    if theme and theme not in THEMES:
        hint = did_you_mean(theme, THEMES) or "the themes are " + ", ".join(THEMES)
        raise UsageError(f"there is no theme {theme!r}; {hint}")
    problems: list[Problem] = []
    if folder is None:
        queries_by_name = read_queries(project, "answers")
    else:
        queries_by_name, problems = read_query_folder(folder)
    option = _option(folder)
    groups = [
        "".join(f"{line}\n" for line in _group(queries_by_name, title, option))
        for title in ((theme,) if theme else (*THEMES, ""))
    ]
    notes = tuple(note_line(remark) for query in queries_by_name.values() for remark in query.notes)
    unread = unread_files(folder) if folder else ()
    text = "\n".join(filter(None, groups))
    return CommandOutput(text, (*notes, *unread), tuple(problems))


def _group(queries_by_name: dict[str, SavedQuery], theme: str, option: str) -> Iterator[str]:
    """The lines of the queries of one theme, under its name in capitals; "" for those without."""
    chosen = {name: query for name, query in queries_by_name.items() if query.theme == theme}
    if chosen and (theme or len(chosen) < len(queries_by_name)):
        yield theme.upper() or "WITHOUT A THEME"
    for name, query in chosen.items():
        yield from _entry(name, query, option)


def _option(folder: Path | None) -> str:
    return f" --queries {shlex.quote(str(folder))}" if folder else ""


def _page(name: str, query: SavedQuery, option: str) -> Iterator[str]:
    """The entry of a query with its description and its columns."""
    title, *parameters, example = _entry(name, query, option)
    yield title
    if query.description:
        yield from ("", query.description.strip())
    if parameters:
        yield from ("", "parameters", *parameters)
    if query.columns:
        yield from ("", "columns")
        yield from (f"    {column}: {meaning}" for column, meaning in query.columns.items())
    yield from ("", example.strip())


def _entry(name: str, query: SavedQuery, option: str) -> list[str]:
    lines = [f"{name}  {query.summary}".rstrip()]
    example = f"pcve query {shlex.quote(name)}{option}"
    for parameter in query.params.values():
        lines.append(
            f"    {parameter.name} ({accepted_values(parameter)}): {parameter.description}".rstrip(
                ": "
            )
        )
        if parameter.example or parameter.required:
            value = shlex.quote(parameter.example) if parameter.example else "…"
            example += f" --set {shlex.quote(parameter.name)}={value}"
    return [*lines, f"    example: {example}"]
