"""Output of the command: results on stdout, messages and progress on stderr.

No other module writes to either. Text for people passes through `escape_hidden`, so that no name,
file or server can send escape sequences to the terminal; those of the command are added here.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, ParamSpec, TypeVar

import click

from ..model.problems import (
    ContentError,
    NothingToWriteError,
    Problem,
    UsageError,
    damage_message,
    denial,
    shortage_message,
)
from ..model.visible import escape_hidden, one_line
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from ..system.sandbox import inside
from .pager import show_in_pager

if TYPE_CHECKING:
    pass

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_PIECES: Final = 1000
"""Pieces of results that are written at once."""

FOR_PEOPLE: Final = ("text", "table", "markdown")
"""Formats for people; the others are for programs, and their bytes are written unchanged."""

_USUAL_WIDTH: Final = 80
"""The columns of a terminal that does not report its size."""

_CLEAR: Final = "\r\x1b[K"
"""Returns to the start of the line and erases it (ECMA-48, EL)."""

OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE instead of stdout.",
)


def handle_errors(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Turn expected errors into a message and exit code: 1 for content, 2 for usage or set-up."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except ContentError as error:
            _end_without_memory(error)
            write_messages(*map(str, error.problems))
            write_messages(problem_counts(error.problems))
            sys.exit(1)
        except UsageError as error:
            _end_without_memory(error)
            write_messages("pcve: " + re.sub(r"\n(?=\S)", "\n  ", str(error)))
            sys.exit(1 if isinstance(error, NothingToWriteError) else 2)
        except RecursionError:
            write_messages("pcve: the input is nested too deeply")
            sys.exit(2)
        except BrokenPipeError:
            sys.exit(0)
        except (OSError, MemoryError, RuntimeError, ImportError) as error:
            _end_without_memory(error)
            message = shortage_message(error) or damage_message(error) or denial(error)
            if not message:
                raise
            write_messages(f"pcve: {message}")
            sys.exit(2)

    return run


def prepare_streams() -> None:
    """Make the standard streams safe to write to; call it once, before any file is opened.

    A closed standard descriptor is opened on the null device: otherwise the next file that is
    opened would get its number, and the output of the stream. Characters that the encoding lacks
    are written as escapes.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_without_memory(error: Exception) -> None:
    """End the process with the message on memory, if lack of memory caused `error`."""
    if inside.is_out_of_memory(error):
        inside.exit_out_of_memory()


def write_messages(*lines: str) -> None:
    """Write messages to stderr, a line each. If stderr cannot be written, they are dropped."""
    text = "".join(f"{escape_hidden(line)}\n" for line in lines)
    if sys.stderr is not None and sys.stderr.isatty() and (width := terminal_width()):
        from ..query.text_table import fold_text

        text = fold_text(text, width)
    _on_stderr(text)


def show_progress(text: str) -> None:
    """Replace the progress line on stderr, if that is a terminal; an empty text clears it."""
    if sys.stderr is not None and sys.stderr.isatty():
        _on_stderr(_CLEAR + one_line(text))


def _on_stderr(text: str) -> None:
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError, ValueError):
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            discard(sys.stderr)  # or Python would try again at its end, and exit with 120


def on_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_width() -> int:
    """The columns that text for people is laid out in; 0 for lines of any length.

    They are those that COLUMNS states, else those of the terminal that stdout is, 80 where it does
    not report its size. Text for files and pipes has lines of any length unless COLUMNS is set.
    """
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    if not on_terminal():
        return 0
    return _terminal_size()[0] or _USUAL_WIDTH


def text_width_for(output: Path | None) -> int:
    """The columns of text that goes to a file, or without one to stdout; 0 for any length."""
    return 0 if output else terminal_width()


def _terminal_size() -> tuple[int, int]:
    """The columns and rows of the terminal that stdout is; (0, 0) where it does not report them."""
    try:
        return os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return (0, 0)


def _in_pager(text: str) -> bool:
    """Show a text in a pager. False if there is none, or the terminal shows the whole text."""
    sys.stdout.flush()
    return show_in_pager(text, _terminal_size(), sys.stdout.encoding)


def read_stdin() -> bytes:
    """All bytes of stdin. Raises UsageError if it is closed."""
    if sys.stdin is None:
        raise UsageError("stdin is closed and cannot be read")
    return sys.stdin.buffer.read()


def read_named_file(path: Path, largest: int) -> bytes:
    """The content of a file that the user names. Raises UsageError if it cannot be read."""
    from ..system.files import read_file

    try:
        return read_file(path, largest)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def write_lines(*lines: str) -> None:
    """Write results for people to stdout, a line each. Raises UsageError as `write_result` does."""
    write_result("".join(f"{line}\n" for line in lines), fold=False, last=False)


def write_result(
    content: bytes | str | Iterator[str],
    output: Path | None = None,
    form: str = "text",
    head: int | None = None,
    fold: bool = True,
    last: bool = True,
) -> None:
    """Write results to the file `output`, or to stdout without one.

    The time limit of the command is lifted where they are its `last` work, before anything of them
    is written: a command whose results stand there whole must not end as one that was stopped.

    Content in pieces is written to stdout as it comes.

    Text that is longer than the terminal is shown in a pager, where there is one (`pager`). The
    line with the number `head`, from 0, is the header of a table: bold on a terminal.

    Lines of text are wrapped at the width of the terminal unless `fold` is false, as for what is to
    be copied into a file. Control characters are escaped in formats for people, and in others only
    on a terminal; to files and pipes those are written as UTF-8. Raises UsageError if the content
    cannot be written, or is binary and stdout is a terminal.
    """
    if isinstance(content, Iterator):
        if output is None and form not in FOR_PEOPLE and not on_terminal():
            piece = "".join(islice(content, _PIECES))
            while following := "".join(islice(content, _PIECES)):
                _on_stdout(piece, form)
                piece = following
            _lift_time_limit(last)
            _on_stdout(piece, form)
            return
        content = "".join(content)
    if form in FOR_PEOPLE or (output is None and on_terminal()):
        try:
            text = content.decode() if isinstance(content, bytes) else content
        except UnicodeDecodeError:
            raise UsageError(
                f"refusing to write binary output ({form}) to a terminal; use -o FILE"
            ) from None
        content = escape_hidden(text)
        if fold and form == "text" and output is None and (width := terminal_width()):
            from ..query.text_table import fold_text

            content = fold_text(content, width)
        if head is not None and output is None and on_terminal():
            content = _bold_line(content, head)
    _lift_time_limit(last)
    if output is None:
        if not (isinstance(content, str) and on_terminal() and _in_pager(content)):
            _on_stdout(content, form)
        return
    if isinstance(content, str):
        content = content.encode(errors="backslashreplace")
    with write_errors_as_usage(output):
        write_file(output, content)
    write_messages(f"wrote {len(content):,} bytes to {one_line(str(output))}")


def _lift_time_limit(last: bool) -> None:
    if last:
        inside.set_limits(seconds=0)


def _bold_line(text: str, number: int) -> str:
    """`text` with the line `number`, from 0, in bold (ECMA-48, SGR)."""
    lines = text.split("\n")
    lines[number] = f"\x1b[1m{lines[number]}\x1b[0m"
    return "\n".join(lines)


def _on_stdout(content: bytes | str, form: str) -> None:
    """Write and flush: text for people in the encoding of the stream, other formats as UTF-8."""
    stream = sys.stdout
    if stream is None:
        raise UsageError("stdout is closed; redirect it to a file")
    if isinstance(content, str) and form not in FOR_PEOPLE:
        content = content.encode(errors="backslashreplace")
    try:
        if isinstance(content, str):
            stream.write(content)
        else:
            stream.flush()
            stream.buffer.write(content)
        stream.flush()
    except OSError as error:
        discard(stream)
        if isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"stdout cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def despite_closed_pipe() -> Iterator[None]:
    """End this context, but not the command, where the reader of stdout has closed it.

    For output whose exit code states what was found: it must not become that of success. What is
    written to stdout afterwards is dropped.
    """
    with contextlib.suppress(BrokenPipeError):
        yield


def discard(stream: IO[str]) -> None:
    """Redirect `stream` to the null device, so that flushing it at exit cannot fail."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def note_engine(engine: str | None) -> None:
    """Write a note if the slower engine is used because the faster one is not installed."""
    from ..validation.shacl import engine_note

    if note := engine_note(engine):
        _tell_once(f"note: {note}")


@functools.cache
def _tell_once(line: str) -> None:
    """Write a message unless this process has written the same before."""
    write_messages(line)


def problem_counts(problems: tuple[Problem, ...]) -> str:
    """`2 errors, 1 warning`, and `, 3 infos` if there are any."""
    numbers = Counter(problem.severity for problem in problems)
    text = f"{quantity(numbers['error'], 'error')}, {quantity(numbers['warning'], 'warning')}"
    return f"{text}, {quantity(numbers['info'], 'info')}" if numbers["info"] else text


@contextlib.contextmanager
def progress_of(what: str) -> Iterator[None]:
    """Show `what` as progress within this context."""
    show_progress(f"{what} …")
    try:
        yield
    finally:
        show_progress("")
