"""The command `pcve`, and its parts."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import click

from . import __version__
from .commands import (
    building,
    covering,
    curating,
    describing,
    exporting,
    finding,
    overlapping,
    releasing,
    sharing,
)

FEW_SWEEPS = (100_000, 20, 50)
"""Thresholds of Python's search for circles of objects. A command makes many objects and hardly any
circles, and is done in seconds; with Python's own thresholds the search takes up to a fifth of it.
"""


def main() -> None:
    """Run `pcve` with the arguments of the process."""
    gc.set_threshold(*FEW_SWEEPS)
    cli(prog_name="pcve")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pcve")
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The project's folder. Without it: the nearest one upward, else the one shipped inside.",
)
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """A knowledge graph of work to prevent and counter violent extremism.

    Every fact says where it comes from, and a machine has checked that the words are there.
    """
    context.obj = folder
    if os.environ.get("NO_COLOR"):
        context.color = False


ROOMS = (
    building,
    finding,
    overlapping,
    covering,
    exporting,
    sharing,
    releasing,
    describing,
    curating,
)
for room in ROOMS:
    for command in room.COMMANDS:
        cli.add_command(command)
