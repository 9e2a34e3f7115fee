"""`pcve build` and `pcve path`: builds the graph, and prints where its files are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import click

from .console import completeness, handle_errors, quantity, summary, write_lines, write_messages
from .context import ENGINE, command_line, open_or_build, project_of, rebuild

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
@click.pass_context
@handle_errors
def build(context: click.Context, engine: str | None, whole: bool) -> None:
    """Read, map, validate and store the project in build/.

    Nothing in build/ changes unless everything passes. After the first build only what has changed
    is read and validated; the result is the same as that of a whole build.

    \b
    Example: pcve build
    """
    from ..graph.generations import current_generation
    from ..graph.store import read_manifest
    from ..pipeline import most_verified

    start = time.perf_counter()
    project = project_of(context)
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
