"""The command `pcve`, and its parts.

It runs in a process with bounds of time and memory, which the one that begins watches: the commands
read what others wrote.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from . import __version__, limits
from .commands.console import discard, prepare, progress, tell
from .errors import shortage
from .sandbox import inside
from .sandbox.command import enter
from .visible import one_line

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
        prepare()
        gc.freeze()  # a search would write to the pages that the two processes share
        enter(_tell)
        cli(prog_name="pcve")
    except BaseException as error:
        if inside.lacks_memory(error):
            inside.end_without_memory()
        if message := shortage(error):
            _tell(f"pcve: {message}")
            sys.exit(2)
        raise
    finally:
        gc.freeze()  # what is there at the end goes with the process, without a last search


@contextlib.contextmanager
def _guarded_click() -> Iterator[None]:
    """What click writes itself, such as help: arguments that its messages repeat are made visible.

    Where it cannot be written, as on a full disk, that is said, and the exit code is 2.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None:
            raise
        discard(sys.stdout)
        tell(f"pcve: output cannot be written: {error.strerror}")
        sys.exit(2)
    except click.ClickException as error:
        vars(error)["message"] = one_line(error.message)
        raise


def _tell(message: str) -> None:
    """Say why the process with the command had to be stopped."""
    progress("")
    tell(message)


class _Rooms(click.Group):
    """The commands of `ROOMS`, each imported when it is asked for."""

    def make_context(self, *arguments: Any, **settings: Any) -> click.Context:
        with _guarded_click():
            return super().make_context(*arguments, **settings)

    def invoke(self, context: click.Context) -> Any:
        with _guarded_click():
            return super().invoke(context)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(ROOMS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in ROOMS:
            return None
        room = import_module(f".commands.{ROOMS[name]}", __package__)
        found: click.Command = next(each for each in room.COMMANDS if each.name == name)
        from .commands.bounds import add_bounds

        add_bounds(found)
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
    inside.working_on(context.invoked_subcommand or "pcve")
    inside.bound(seconds=limits.WORK_SECONDS, memory=limits.MEMORY)
    if os.environ.get("NO_COLOR"):
        context.color = False
