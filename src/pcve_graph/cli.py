"""The command `pcve`, and its parts."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from . import __version__

FEW_SWEEPS = (100_000, 20, 50)
"""Thresholds of Python's search for circles of objects. A command makes many objects and hardly any
circles, and is done in seconds; with Python's own thresholds the search takes up to a fifth of it.
"""

ROOMS: Final = {
    "build": "building",
    "coverage": "covering",
    "diff": "releasing",
    "explain": "building",
    "export": "exporting",
    "fmt": "curating",
    "new": "curating",
    "overlaps": "overlapping",
    "path": "building",
    "publish": "sharing",
    "queries": "finding",
    "query": "finding",
    "reference": "describing",
    "release": "releasing",
    "search": "finding",
    "show": "finding",
    "timeline": "covering",
    "validate": "building",
}
"""Each command, and the module of `commands` that it lies in: only that of the one that is given
is imported.
"""


def main() -> None:
    """Run `pcve` with the arguments of the process."""
    gc.set_threshold(*FEW_SWEEPS)
    try:
        cli(prog_name="pcve")
    finally:
        gc.freeze()  # what is there at the end goes with the process, without a last search


class _Rooms(click.Group):
    """The commands of `ROOMS`, each imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(ROOMS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in ROOMS:
            return None
        room = import_module(f".commands.{ROOMS[name]}", __package__)
        found: click.Command = next(each for each in room.COMMANDS if each.name == name)
        return found


@click.group(
    cls=_Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
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
