"""`pcve queries`: lists the saved queries, and checks them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.limits import QUESTION_SECONDS
from ..model.problems import ContentError, Problem
from ..model.project import Project
from ..query.access import Reading
from ..query.foreign import read_folder
from ..query.saved import Parameter, SavedQuery, read_queries
from ..system.sandbox import inside
from .bounds import SECONDS
from .console import guarded, put, say, tell
from .context import FOLDER, Target, endpoint_options, graph_at, here, opened
from .query import Reply, note

if TYPE_CHECKING:
    from ..query.access import Reading


def tried(graph: Reading, project: Project, folder: Path | None, timeout: float) -> int:
    """Run every query with its examples and print the rows and milliseconds of each.

    Returns the exit code: 1 if a query fails or cannot be read.
    """
    from ..query.access import trials
    from ..query.foreign import read_folder
    from ..query.saved import read_queries

    queries, problems = read_folder(folder) if folder else (read_queries(project, "answers"), [])
    tell(*map(str, problems))
    failed = len(problems)
    trial_count = 0
    inside.bound(seconds=0)  # from here on each query has its own time limit
    for trial in trials(graph, queries.values(), timeout):
        trial_count += 1
        failed += bool(trial.problem)
        settings = "".join(f" {key}={value}" for key, value in trial.settings.items())
        numbers = f"{trial.rows:>7,} rows {trial.milliseconds:>9,.1f} ms  {trial.name}{settings}"
        say(f"{'failed' if trial.problem else 'ok':<7}{numbers}")
        if trial.problem:
            say(f"        {trial.problem}")
    word = "query" if len(queries) == 1 else "queries"
    tell(f"{len(queries):,} {word} run {trial_count:,} times, {failed:,} failed")
    return 1 if failed else 0


@click.command()
@FOLDER
@click.option("--check", is_flag=True, help="Run each with its examples; exit 1 if one fails.")
@click.option(
    "--timeout",
    type=SECONDS,
    default=f"{QUESTION_SECONDS:.0f}",
    show_default=True,
    metavar="S",
    help="Time limit of reading them, and of each query with --check; 0 for no limit.",
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


def catalogue(project: Project, folder: Path | None) -> Reply:
    """The queries of the project or of `folder`, with their parameters and an example of each."""
    problems: list[Problem] = []
    if folder is None:
        queries_by_name = read_queries(project, "answers")
    else:
        queries_by_name, problems = read_folder(folder)
    lines: list[str] = []
    for name, query in queries_by_name.items():
        option = f" --queries {folder}" if folder else ""
        lines += _entry(name, query, option)
    notes = tuple(note(remark) for query in queries_by_name.values() for remark in query.notes)
    return Reply("".join(line + "\n" for line in lines), notes, tuple(problems))


def _entry(name: str, query: SavedQuery, option: str) -> list[str]:
    lines = [f"{name}  {query.summary}".rstrip()]
    example = f"pcve query {name}{option}"
    for parameter in query.params.values():
        lines.append(
            f"    {parameter.name} ({_accepted_values(parameter)}): {parameter.description}".rstrip(
                ": "
            )
        )
        if parameter.example:
            value = parameter.example
            quoted = f"'{value}'" if set(value) & set(" '\"()<>&;|*?$") else value
            example += f" --set {parameter.name}={quoted}"
    return [*lines, f"    example: {example}"]


def _accepted_values(parameter: Parameter) -> str:
    """The values that a parameter takes, in words: `concept of topic, required`."""
    words = parameter.type
    if parameter.scheme:
        words += f" of {parameter.scheme}"
    if parameter.kinds:
        words = " or ".join(parameter.kinds)
    if parameter.language:
        words += f" in {parameter.language}"
    if parameter.allowed:
        words += ": " + " | ".join(parameter.allowed)
    if parameter.default:
        return f"{words}, default {parameter.default}"
    return words + (", required" if parameter.required else "")
