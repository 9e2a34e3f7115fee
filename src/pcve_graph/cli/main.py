"""The command `pcve`: its subcommands, their summaries, and its entry point.

As commands read untrusted input, each runs in a process with bounds of time and memory, which the
starting process watches.
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

from ..model import limits
from ..model.problems import UsageError, shortage_message
from ..model.version import __version__
from ..model.visible import one_line
from ..system.sandbox import inside
from ..system.sandbox.command import enter_child
from .console import (
    discard,
    handle_errors,
    prepare_streams,
    show_progress,
    write_lines,
    write_messages,
)
from .groups import CommandGroup, report_command, write_section
from .pager import allow_paging

GC_THRESHOLDS = (100_000, 20, 50)
"""Thresholds of cyclic garbage collection. A command creates many objects and hardly any reference
cycles, and ends within seconds; with Python's own thresholds collection takes up to a fifth of it.
"""

COMMANDS: Final = {
    "Ask": {
        "ask": "Find the saved question that plain English asks, and answer it.",
        "query": "Run a saved query, or your own SPARQL from a file or stdin.",
        "queries": "List the saved queries, their parameters and an example of each.",
        "search": "Find things by any name, or by words about them.",
        "show": "Show all facts about one thing or term, or all on one source.",
        "terms": "List the closed lists, or the terms of one with definitions.",
        "overlaps": "Find who does the same work in the same place at the same time.",
        "coverage": "Show who works where on what, and where there is no record.",
        "timeline": "Show projects and events over time, and how topics shifted.",
        "mcp": "Serve the graph to language models: MCP on stdin and stdout.",
    },
    "Check": {
        "validate": "Check the project, or any files, against the shapes.",
        "explain": "Explain a class, key, list or rule, with examples that validate.",
    },
    "Curate": {
        "build": "Read, map, validate and store the project in build/.",
        "edit": "Start records, format files, migrate old records, and redact.",
        "evidence": "Start, cite, recheck, review and list sources; count their claims.",
        "diff": "Report what changed between two states of the graph.",
    },
    "Publish": {
        "export": "Write the graph, or a part of it, in one of many formats.",
        "docs": "Write HTML pages that describe the ontology or the rules.",
        "release": "Write or verify a release: every format in one folder.",
        "publish": "Load the built graph into a SPARQL 1.1 server.",
        "path": "Print where the files of the last build are.",
    },
}
"""The commands by group, with their summaries: `pcve --help` need not import any command."""
NAMES: Final = tuple(name for group in COMMANDS.values() for name in group)

_MODULES: Final = {"path": "build"}
"""The modules of commands that are not named after them."""
_MOVED: Final = {
    "explain --html": "pcve docs rules DIR",
    "fmt": "pcve edit fmt",
    "new": "pcve edit new KIND ID` or, for a source, `pcve evidence new ID",
    "reference": "pcve docs ontology DIR",
}
"""The commands that have replaced others."""
_HELP: Final = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""The error with which newer versions of click print the help of a group; its text has lines."""


def main() -> None:
    """Run `pcve` with the arguments of the process."""
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        prepare_streams()
        gc.freeze()  # a collection would write to the pages that the two processes share
        _check_completion()
        enter_child(_report_stop)
        cli(prog_name="pcve")
    except BaseException as error:
        if inside.is_out_of_memory(error):
            inside.exit_out_of_memory()
        if message := shortage_message(error):
            _report_stop(f"pcve: {message}")
            sys.exit(2)
        raise
    finally:
        gc.freeze()  # no last collection: memory is released when the process exits


@handle_errors
def _check_completion() -> None:
    """Raise UsageError if completion is asked for without the words that a shell gives."""
    wanted = os.environ.get("_PCVE_COMPLETE", "")
    missing = [name for name in ("COMP_WORDS", "COMP_CWORD") if name not in os.environ]
    if wanted.endswith("_complete"):
        shell = wanted.removesuffix("_complete")
        number = os.environ.get("COMP_CWORD", "")
        if missing or (shell != "fish" and not number.isdecimal()):
            fault = f"{' and '.join(missing)} not set" if missing else "COMP_CWORD is not a number"
            raise UsageError(
                f"completion: {fault}; the script that `_PCVE_COMPLETE={shell}_source pcve` prints "
                "sets them"
            )


@contextlib.contextmanager
def _guarded_click() -> Iterator[None]:
    """Handle what click itself writes, such as help and usage errors.

    Control characters in arguments that its messages repeat are escaped. If stdout cannot be
    written, as on a full disk, a message reports it and the exit code is 2.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is not None:
            raise
        discard(sys.stdout)
        write_messages(f"pcve: output cannot be written: {error.strerror}")
        sys.exit(2)
    except click.ClickException as error:
        if isinstance(error, _HELP):
            raise
        vars(error)["message"] = one_line(error.message)
        raise


def _report_stop(message: str) -> None:
    """Report why the process of the command was stopped."""
    show_progress("")
    write_messages(message)


def _check_arguments(arguments: list[str]) -> None:
    """Raise a usage error for an empty argument or an empty value of an option.

    Most commands would take it for one that is not given, and answer another question.
    """
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for place, argument in enumerate(arguments):
        before = arguments[place - 1] if 0 < place < len(options) else ""
        option, equals, value = argument.partition("=")
        if not argument.strip():
            fault = f"{before} is followed by an empty value"
            fault = fault if before.startswith("-") else "an argument is empty"
        elif option.startswith("--") and equals and not value.strip() and place < len(options):
            fault = f"{option} has an empty value"
        else:
            continue
        raise click.UsageError(f"{fault}; give it one, or leave it out")


class _Commands(CommandGroup):
    """The commands of `COMMANDS`; each is imported when it is run."""

    def make_context(
        self, info_name: str | None, args: list[str], *parents: Any, **settings: Any
    ) -> click.Context:
        with _guarded_click():
            if not settings.get("resilient_parsing"):
                _check_arguments(args)
            return super().make_context(info_name, args, *parents, **settings)

    def invoke(self, context: click.Context) -> Any:
        with _guarded_click():
            return super().invoke(context)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(NAMES)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for title, summaries in COMMANDS.items():
            write_section(formatter, title, summaries)

    def load_command(self, name: str) -> click.Command | None:
        if name not in NAMES:
            return None
        module = import_module(f".{_MODULES.get(name, name)}", __package__)
        command: click.Command = getattr(module, name)
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not context.resilient_parsing and (moved := _moved_command(arguments)):
            write_messages(f"pcve: `pcve {moved}` is now `{_MOVED[moved]}`")
            sys.exit(2)
        return super().resolve_command(context, arguments)


def _moved_command(arguments: list[str]) -> str:
    """The key in `_MOVED` of the command that `arguments` give; empty if they give none."""
    name, *rest = arguments
    typed = rest[: rest.index("--")] if "--" in rest else rest
    options = {argument.partition("=")[0] for argument in typed}
    if name == "explain" and "--html" in options:
        return "explain --html"
    return name if name in _MOVED else ""


@handle_errors
def _show_versions(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version of the program and that of the data, if the project states one."""
    if not wanted or context.resilient_parsing:
        return
    from ..graph.settings import read_settings
    from ..model.project import open_project

    write_lines(f"pcve, version {__version__}")
    if version := read_settings(open_project(context.params.get("folder"))).data_version:
        write_lines(f"data, version {version}")
    context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    callback=_show_versions,
    help="Show the versions of the program and of the data.",
)
@click.option(
    "--project",
    "folder",
    is_eager=True,  # so that --version knows it
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Project folder (default: this folder or the nearest parent, else the shipped project).",
)
@click.option(
    "--no-pager", is_flag=True, help="Write long results to the terminal without a pager."
)
@click.pass_context
def cli(context: click.Context, folder: Path | None, no_pager: bool) -> None:
    """A knowledge graph of work to prevent and counter violent extremism.

    Every fact says where it comes from and how far that was checked: verified, fingerprinted or
    cited. The environment variable COLUMNS sets the width of tables and text.
    """
    context.obj = folder
    allow_paging(not no_pager)
    report_command(context)
    inside.set_limits(seconds=limits.COMMAND_SECONDS, memory=limits.MEMORY_BYTES)
    if os.environ.get("NO_COLOR"):
        context.color = False
