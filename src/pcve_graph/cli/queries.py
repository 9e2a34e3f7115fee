"""`pcve queries`: lists the saved queries, and checks them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..model.limits import QUERY_SECONDS
from ..model.problems import ContentError, Problem
from ..model.project import Project
from ..query.access import ReadableGraph
from ..query.foreign import read_query_folder
from ..query.foreign_files import unread_files
from ..query.parameters import datatype_words
from ..query.saved import Parameter, SavedQuery, read_queries
from ..system.sandbox import inside
from .bounds import SECONDS
from .console import despite_closed_pipe, handle_errors, write_lines, write_messages, write_result
from .context import (
    FOLDER,
    EndpointTarget,
    endpoint_options,
    graph_access,
    open_or_build,
    project_of,
)
from .query import CommandOutput, note_line

if TYPE_CHECKING:
    from ..query.access import ReadableGraph

_MOST_VALUES: Final = 8
"""The most values of a parameter that the list of queries shows."""


def check_queries(
    graph: ReadableGraph, project: Project, folder: Path | None, timeout: float
) -> int:
    """Run every query with its examples and print the rows and milliseconds of each.

    Returns the exit code: 1 if a query fails or cannot be read.
    """
    from ..query.access import run_trials

    queries, problems = (
        read_query_folder(folder) if folder else (read_queries(project, "answers"), [])
    )
    write_messages(*map(str, problems), *(unread_files(folder) if folder else ()))
    failed = len(problems)
    trial_count = 0
    inside.set_limits(seconds=0)  # from here on each query has its own time limit
    for trial in run_trials(graph, queries.values(), timeout):
        trial_count += 1
        failed += bool(trial.problem)
        settings = "".join(f" {key}={value}" for key, value in trial.settings.items())
        numbers = f"{trial.rows:>7,} rows {trial.milliseconds:>9,.1f} ms  {trial.name}{settings}"
        lines = [f"{'failed' if trial.problem else 'ok':<7}{numbers}"]
        if trial.problem:
            lines.append(f"        {trial.problem}")
        with despite_closed_pipe():
            write_lines(*lines)
    word = "query" if len(queries) == 1 else "queries"
    write_messages(f"{len(queries):,} {word} run {trial_count:,} times, {failed:,} failed")
    return 1 if failed else 0


@click.command()
@FOLDER
@click.option("--check", is_flag=True, help="Run each with its examples; exit 1 if one fails.")
@click.option(
    "--timeout",
    type=SECONDS,
    default=f"{QUERY_SECONDS:.0f}",
    show_default=True,
    metavar="S",
    help="Time limit of reading them, and of each query with --check; 0 for no limit.",
)
@endpoint_options
@click.pass_context
@handle_errors
def queries(
    context: click.Context,
    queries: Path | None,
    check: bool,
    timeout: float,
    endpoint: EndpointTarget | None,
) -> None:
    """List the saved queries, their parameters and an example of each.

    \b
    Examples:
      pcve queries
      pcve queries --queries my-grlc-folder
      pcve queries --check --endpoint http://localhost:7878/query
    """

    inside.set_limits(seconds=timeout)
    project = project_of(context)
    if check or endpoint:
        from ..query.worker import QueryWorker
        from ..system.sandbox.process import LimitedProcess

        saved = None if endpoint else open_or_build(project)
        process = LimitedProcess("--timeout --memory")
        worker = (
            QueryWorker(saved.folder / "store", process, inside.current_limits()[1])
            if saved
            else None
        )
        with process:
            graph = graph_access(endpoint, lambda: saved or open_or_build(project), worker)
            sys.exit(check_queries(graph, project, queries, timeout))
    reply = query_catalogue(project, queries)
    with despite_closed_pipe():
        write_result(reply.text, form=reply.form)
    write_messages(*reply.messages)
    if reply.problems:
        raise ContentError(list(reply.problems))


def query_catalogue(project: Project, folder: Path | None) -> CommandOutput:
    """The queries of the project or of `folder`, with their parameters and an example of each."""
    problems: list[Problem] = []
    if folder is None:
        queries_by_name = read_queries(project, "answers")
    else:
        queries_by_name, problems = read_query_folder(folder)
    lines: list[str] = []
    for name, query in queries_by_name.items():
        option = f" --queries {folder}" if folder else ""
        lines += _entry(name, query, option)
    notes = tuple(note_line(remark) for query in queries_by_name.values() for remark in query.notes)
    unread = unread_files(folder) if folder else ()
    text = "".join(line + "\n" for line in lines)
    return CommandOutput(text, (*notes, *unread), tuple(problems))


def _entry(name: str, query: SavedQuery, option: str) -> list[str]:
    lines = [f"{name}  {query.summary}".rstrip()]
    example = f"pcve query {name}{option}"
    for parameter in query.params.values():
        lines.append(
            f"    {parameter.name} ({_accepted_values(parameter)}): {parameter.description}".rstrip(
                ": "
            )
        )
        if parameter.example or parameter.required:
            value = parameter.example or "…"
            quoted = f"'{value}'" if set(value) & set(" '\"()<>&;|*?$") else value
            example += f" --set {parameter.name}={quoted}"
    return [*lines, f"    example: {example}"]


def _accepted_values(parameter: Parameter) -> str:
    """The values that a parameter takes, in words: `concept of topic, required`."""
    words = datatype_words(parameter.datatype) if parameter.datatype else parameter.type
    if parameter.scheme:
        words += f" of {parameter.scheme}"
    if parameter.kinds:
        words = " or ".join(parameter.kinds)
    if parameter.language:
        words += f" in {parameter.language}"
    if parameter.allowed:
        more = len(parameter.allowed) - _MOST_VALUES
        words += ": " + " | ".join(parameter.allowed[:_MOST_VALUES])
        words += f" | … {more:,} more" if more > 0 else ""
    if parameter.default:
        return f"{words}, default {parameter.default}"
    return words + (", required" if parameter.required else "")
