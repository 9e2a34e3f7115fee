"""`pcve validate`: validates the project or any files against the shapes."""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ..model.languages import USER_LANGUAGE, user_language
from ..model.problems import SEVERITIES, UsageError
from ..model.project import Project
from ..model.words import quantity
from ..system.sandbox import inside
from ..system.sandbox.command import run_in_child
from .bounds import COUNT
from .console import (
    despite_closed_pipe,
    handle_errors,
    note_engine,
    problem_counts,
    progress_of,
    read_stdin,
    show_progress,
    write_lines,
    write_messages,
    write_result,
)
from .context import ENGINE, open_or_build, project_of
from .summary import summary

if TYPE_CHECKING:
    from ..validation.run import Outcome


@click.command()
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[FILE]..."
)
@ENGINE
@click.option(
    "--input-format", metavar="FORMAT", help="Format of every FILE, if its suffix does not show it."
)
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Validate against these shapes instead: an RDF file, or a folder of them; repeatable.",
)
@click.option(
    "--ontology",
    "ontologies",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --shapes: RDF with a class hierarchy that counts as data; repeatable.",
)
@click.option(
    "--advanced",
    is_flag=True,
    help="With --shapes: run SHACL Advanced Features (sh:rule, sh:target, functions).",
)
@click.option("--against", is_flag=True, help="Resolve references in the built graph.")
@click.option("--require-claims", is_flag=True, help="Facts without a claim are errors.")
@click.option(
    "--focus", multiple=True, metavar="IRI", help="Only problems of this thing; repeatable."
)
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="info",
    show_default=True,
    help="The lowest severity to report; turtle has all results.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="text",
    help="text (default), json, json-report, sarif, junit, turtle.",
)
@click.option(
    "--limit",
    type=COUNT,
    default=10,
    show_default=True,
    help="Most places shown of each rule, if text groups many problems; 0 lists all problems.",
)
@click.option(
    "--context",
    multiple=True,
    metavar="URL=FILE",
    help="Read the JSON-LD context at URL from FILE; repeatable.",
)
@click.option(
    "--require-checked",
    is_flag=True,
    help="A file in which no shape is about anything is an error.",
)
@click.option("--watch", is_flag=True, help="Validate again whenever a file changes.")
@click.pass_context
@handle_errors
def validate(
    context: click.Context, /, paths: tuple[Path, ...], watch: bool, **options: Any
) -> None:
    """Check the project, or any files, against the shapes.

    FILE is Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML, a record in YAML or many in JSON
    Lines, a folder of them, or - for stdin. Exit 0: no errors, 1: errors, 2: a file cannot be
    read, or a shape in --shapes is not well-formed (all other shapes are applied). A result of
    severity sh:Info is info, of sh:Warning a warning, of any other an error. Nothing is fetched.
    The report is written to stdout, notes and progress to stderr.

    \b
    Examples:
      pcve validate
      pcve validate my-events.ttl --against
      pcve validate page.jsonld --context https://schema.org/=schemaorg.jsonld
      pcve validate data/ --format sarif > pcve.sarif
    """
    from ..validation.report import REPORTS
    from ..validation.request import check_options
    from ..validation.run import ValidationOptions, modification_times, validate_paths

    project = project_of(context)
    USER_LANGUAGE.set(user_language(os.environ))
    if (form := options["form"]) not in (*REPORTS, "turtle"):
        raise UsageError(f"unknown format {form!r}; the formats are {', '.join(REPORTS)}, turtle")
    check_options(cast(ValidationOptions, options), options["against"], bool(paths))
    if watch and Path("-") in paths:
        raise UsageError("--watch cannot be combined with -: stdin is read once; name files")
    if options["advanced"] and options["engine"] is None:
        options["engine"] = "pyshacl"
        write_messages("note: --advanced is run with pySHACL; turbo does not run every sh:rule")
    note_engine(options["engine"])
    run = functools.partial(_validated, project, validate_paths, paths, options)
    if not watch:
        sys.exit(run())
    bounds = inside.current_limits()
    inside.set_limits(seconds=0, memory=0)  # each run has the bounds, the loop has none
    again = functools.partial(_bounded, run, *bounds)
    seen: object = None
    while True:
        now = modification_times(project, paths)
        if now != seen:
            write_messages(time.strftime("%H:%M:%S"))
            run_in_child(again, write_messages, without="--watch")
        seen = now
        time.sleep(0.4)


@handle_errors
def _bounded(run: Callable[[], int], seconds: float, memory: int) -> int:
    """The exit code of one run of `--watch`, within its own bounds of time and memory."""
    inside.set_limits(seconds=seconds, memory=memory)
    return run()


def _validated(
    project: Project,
    examine: Callable[..., Outcome],
    paths: tuple[Path, ...],
    options: dict[str, Any],
) -> int:
    """Validate once, print the report, and return the exit code."""
    from ..validation.checked_things import counts_line, total
    from ..validation.report import REPORTS, has_page, turtle

    start = time.perf_counter()
    form = options["form"]
    opened_graph = open_or_build(project) if options["against"] and paths else None
    stdin = read_stdin() if Path("-") in paths else b""
    with progress_of("checking"):
        outcome = examine(project, paths, options, opened_graph, stdin, show_progress)
    problems = outcome.problems
    counts = counts_line(total(outcome.things)) if outcome.things else ""
    with despite_closed_pipe():
        if form == "turtle":
            write_result(turtle(outcome.results, outcome.others), form=form)
        elif form == "text":
            write_result(REPORTS["text"](problems, outcome.files, options["limit"]))
            if outcome.checked:
                write_lines(*summary(outcome.checked, time.perf_counter() - start))
                write_lines(f"things   {counts.removeprefix('checked ')}")
            elif counts:
                write_lines(counts)
            if paths or problems:
                files = quantity(len(outcome.files), "file")
                write_lines(f"{problem_counts(problems)} in {files}")
        else:
            report = REPORTS[form](problems, outcome.files, options["limit"], outcome.things)
            write_result(report, form=form)
    if form == "text" and any(has_page(problem.rule) for problem in problems):
        write_messages("`pcve explain RULE` explains a rule")
    return outcome.code
