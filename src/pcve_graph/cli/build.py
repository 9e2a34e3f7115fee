"""`pcve build`, `validate` and `explain`: what is right, what is not, and why."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import click

from .console import completeness, guarded, many, say, summary, tell
from .context import ENGINE, here, opened, saved_anew

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
    from ..graph.generations import current_generation
    from ..graph.store import read_manifest

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
