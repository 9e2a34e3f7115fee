"""`pcve build`, `validate` and `explain`: what is right, what is not, and why."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from ..errors import UsageError
from ..project import Project
from ..sandbox import inside
from ..sandbox.command import run_apart
from .bounds import COUNT
from .console import (
    announce,
    completeness,
    count,
    doing,
    guarded,
    many,
    put,
    read_stdin,
    say,
    summary,
    tell,
)
from .here import here, opened, saved_anew

ENGINE = click.option(
    "--engine", metavar="NAME", help="SHACL engine: turbo (default with the extra fast) or pyshacl."
)

PARTS: Final = {
    "build": "",
    "graph": "graph",
    "store": "store",
    "manifest": "manifest.json",
    "inputs": "inputs.sha256",
}
"""What `pcve path` finds, and its name in the folder of a build."""


@click.command()
@ENGINE
@click.option("--whole", is_flag=True, help="Read and check everything, not only what changed.")
@click.pass_context
@guarded
def build(context: click.Context, engine: str | None, whole: bool) -> None:
    """Read, map, check and store the project; write build/.

    Nothing in build/ changes unless everything passes. After the first time only what has changed
    is read and checked; the outcome is that of a whole build.

    \b
    Example: pcve build
    """
    from ..build.generations import current_generation
    from ..build.store import read_manifest

    start = time.perf_counter()
    project = here(context)
    checked = saved_anew(project, engine, whole)
    tell(*map(str, checked.warnings))
    say(*summary(checked, time.perf_counter() - start))
    manifest = read_manifest(current_generation(project.build).folder)
    say(*completeness(manifest))
    inside = project.build.is_relative_to(Path.cwd())
    shown = project.build.relative_to(Path.cwd()) if inside else project.build
    triples = sum(manifest["triples"].values())
    say(f"wrote    {many(triples, 'triple')} to {shown}")


@click.command()
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[FILE]..."
)
@ENGINE
@click.option("--input-format", metavar="FORMAT", help="Of every FILE, where its ending is silent.")
@click.option("--shapes", type=click.Path(path_type=Path), metavar="FILE", help="Your own shapes.")
@click.option("--against", is_flag=True, help="Look references up in the built graph.")
@click.option("--focus", multiple=True, metavar="IRI", help="Only what is wrong with this thing.")
@click.option("--severity", type=click.Choice(["error", "warning"]), default="warning")
@click.option("--format", "form", metavar="FORMAT", default="text")
@click.option(
    "--limit", type=COUNT, default=100, show_default=True, help="Problems shown as text; 0 for all."
)
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.pass_context
@guarded
def validate(context: click.Context, /, paths: tuple[Path, ...], watch: bool, **asked: Any) -> None:
    """Check the project, or anybody's files, against the shapes; write nothing.

    FILE is Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML, a record in YAML or many in JSON
    Lines, a folder of them, or - for stdin. Formats of the answer: text, json, sarif, junit,
    turtle. Exit 0: conforms, 1: does not, 2: a file cannot be read.

    \b
    Examples:
      pcve validate
      pcve validate my-events.ttl --against
      pcve validate data/ --format sarif > pcve.sarif
    """
    from ..validate.examine import examine, stamp
    from ..validate.report import REPORTS

    project = here(context)
    if (form := asked["form"]) not in (*REPORTS, "turtle"):
        raise UsageError(f"there is no format {form!r}; known: {', '.join(REPORTS)}, turtle")
    if not paths:
        _refuse_without_files(asked)
    announce(asked["engine"])
    run = functools.partial(_validated, project, examine, paths, asked)
    if not watch:
        sys.exit(run())
    bounds = inside.bounds()
    inside.bound(seconds=0, memory=0)  # each run has the bounds, and the watching has none
    again = functools.partial(_bounded, run, *bounds)
    seen: object = None
    while True:
        now = stamp(project, paths)
        if now != seen:
            tell(time.strftime("%H:%M:%S"))
            run_apart(again, tell, without="--watch")
        seen = now
        time.sleep(0.4)


def _refuse_without_files(asked: dict[str, Any]) -> None:
    """Raise UsageError for an option that the check of the whole project would not heed."""
    for option in ("shapes", "focus", "against", "input_format"):
        if asked[option]:
            raise UsageError(f"--{option.replace('_', '-')} goes with files: name them")


@guarded
def _bounded(run: Callable[[], int], seconds: float, memory: int) -> int:
    """One run of `--watch`, within bounds of its own."""
    inside.bound(seconds=seconds, memory=memory)
    return run()


def _validated(project: Project, examine: Any, paths: tuple[Path, ...], asked: Any) -> int:
    """Check once, print the answer, and return the exit code."""
    from ..validate.report import REPORTS, turtle

    start = time.perf_counter()
    form = asked["form"]
    opened_graph = opened(project) if asked["against"] and paths else None
    stdin = read_stdin() if Path("-") in paths else b""
    with doing("checking"):
        outcome = examine(project, paths, asked, opened_graph, stdin)
    problems = outcome.problems
    if form == "turtle":
        put(turtle(outcome.results, outcome.others), form=form)
    elif form == "text":
        tell(*REPORTS["text"](problems, outcome.files, asked["limit"]).splitlines())
        if outcome.checked:
            say(*summary(outcome.checked, time.perf_counter() - start))
        if paths or problems:
            tell(f"{count(problems)} in {many(len(outcome.files), 'file')}")
        if problems:
            tell("`pcve explain RULE` tells more of a rule")
    else:
        put(REPORTS[form](problems, outcome.files, asked["limit"]), form=form)
    return int(outcome.code)


@click.command()
@click.argument("rule", required=False, metavar="[RULE]")
@click.option(
    "--html",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write an index and a page for each rule.",
)
@click.pass_context
@guarded
def explain(context: click.Context, rule: str | None, folder: Path | None) -> None:
    """Tell what a rule asks, why, and how to keep it; without RULE, list all rules.

    \b
    Examples:
      pcve explain pcvesh:Event-startDate
      pcve explain --html rules/
    """
    from ..ontology import read_ontology
    from ..validate.explain import as_text, find_page, pages
    from ..validate.pages import save_pages, write_pages

    project = here(context)
    known = pages(read_ontology(project), project)
    if folder is not None:
        tell(f"wrote {many(save_pages(write_pages(known), folder), 'page')} to {folder}")
    elif rule is None:
        say(*known)
    else:
        put(as_text(find_page(rule, known)))


@click.command()
@click.argument("part", type=click.Choice([*PARTS]), default="build", metavar="[PART]")
@click.pass_context
@guarded
def path(context: click.Context, part: str) -> None:
    """Print where the files of the last build are.

    PART is graph (the folder of N-Triples files), store, manifest, inputs, or build (the default),
    the folder that holds them all. A later build writes to another folder, and deletes this one
    after the next but one unless it is read.

    \b
    Examples:
      pcve path graph
      cp "$(pcve path graph)"/facts.nt .
    """
    say(str(opened(here(context)).folder / PARTS[part]))


COMMANDS = (build, validate, explain, path)
