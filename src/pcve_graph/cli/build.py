"""`pcve build` and `pcve path`: builds the graph, and prints where its files are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..model.problems import UsageError
from ..model.project import Project
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from .console import (
    handle_errors,
    write_lines,
    write_messages,
)
from .context import ENGINE, command_line, open_or_build, project_of, rebuild
from .summary import completeness, summary

if TYPE_CHECKING:
    from ..validation.gate import Checked

PARTS: Final = {
    "build": "",
    "graph": "graph",
    "store": "store",
    "manifest": "manifest.json",
    "inputs": "inputs.sha256",
}
"""The parts of a build that `pcve path` prints, and their names in its folder."""


@click.command()
@ENGINE
@click.option("--whole", is_flag=True, help="Read and validate everything, not only what changed.")
@click.option(
    "--accept-loss",
    metavar="REASON",
    default="",
    help="Take the present figures for those that are below data/bounds.yml, and record why.",
)
@click.pass_context
@handle_errors
def build(context: click.Context, engine: str | None, whole: bool, accept_loss: str) -> None:
    """Read, map, validate and store the project in build/.

    Nothing in build/ changes unless everything passes. After the first build only what has changed
    is read and validated; the result is the same as that of a whole build.

    A build that has lost more than 5 % of a figure in data/bounds.yml fails, and lists the losses.

    \b
    Examples:
      pcve build
      pcve build --accept-loss "the duplicates of two portals are merged"
    """
    from ..graph.generations import current_generation
    from ..graph.store import read_manifest
    from ..pipeline import most_verified

    start = time.perf_counter()
    project = project_of(context)
    if accept_loss:
        checked = _accepting_losses(project, engine, whole, accept_loss)
    else:
        checked = rebuild(project, engine, whole)
    write_messages(*map(str, checked.warnings))
    write_lines(*summary(checked, time.perf_counter() - start))
    folder = current_generation(project.build).folder
    manifest = read_manifest(folder)
    write_lines(*completeness(manifest))
    is_below = project.build.is_relative_to(Path.cwd())
    shown = project.build.relative_to(Path.cwd()) if is_below else project.build
    triples = sum(manifest["triples"].values())
    write_lines(f"wrote    {quantity(triples, 'triple')} to {shown}")
    if identifier := most_verified(folder):
        write_lines(f"try:     {command_line(context, 'show', identifier)}")


def _accepting_losses(project: Project, engine: str | None, whole: bool, reason: str) -> Checked:
    """The graph, after the losses that stop its build were added to data/bounds.yml."""
    from ..graph.ontology import read_ontology
    from ..validation.bounds import LossError
    from ..validation.released_figures import accept_losses

    if not reason.strip():
        raise UsageError("--accept-loss needs the reason: why are these records gone?")
    try:
        rebuild(project, engine, whole)
    except LossError as error:
        lost = error.losses
    else:
        raise UsageError("nothing is lost, so there is nothing to accept; the graph is built")
    path, text = accept_losses(project, read_ontology(project), lost, " ".join(reason.split()))
    with write_errors_as_usage(path):
        write_file(path, text)
    write_messages(*(f"accepted: {loss}" for loss in lost))
    return rebuild(project, engine, whole)


@click.command()
@click.argument("part", type=click.Choice([*PARTS]), default="build", metavar="[PART]")
@click.pass_context
@handle_errors
def path(context: click.Context, part: str) -> None:
    """Print where the files of the last build are.

    PART is graph (the folder of N-Triples files), store, manifest, inputs, or build (the default),
    the folder that contains all of them. Each build writes to a new folder; an old one that is not
    in use is deleted two builds later.

    \b
    Examples:
      pcve path graph
      cp "$(pcve path graph)"/facts.nt .
    """
    write_lines(str(open_or_build(project_of(context)).folder / PARTS[part]))
