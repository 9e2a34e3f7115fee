"""What the command writes: results on stdout, messages and progress on stderr.

Nothing else writes to either. Text for people passes `visible`, so that no name, file or server
can send an escape sequence to the terminal; what the command sends itself is added here.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

import click

from ..model.problems import ContentError, Problem, UsageError, damage, shortage
from ..model.visible import one_line, visible
from ..system.files import write_file
from ..system.sandbox import inside

if TYPE_CHECKING:
    from ..validation.gate import Checked

Command = TypeVar("Command", bound=Callable[..., Any])

FOR_PEOPLE: Final = ("text", "table", "markdown")
"""Formats that people read; the others are read by programs, and keep their bytes in a file."""

_CLEAR: Final = "\r\x1b[K"
"""Back to the start of the line, and nothing left on it (ECMA-48, EL)."""

OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Without it: stdout."
)


def guarded(command: Command) -> Command:
    """Turn every known failure into its message and exit code: 1 content, 2 use or set-up."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ContentError as error:
            _end_without_memory(error)
            tell(*map(str, error.problems))
            tell(count(error.problems))
            sys.exit(1)
        except UsageError as error:
            _end_without_memory(error)
            tell("pcve: " + re.sub(r"\n(?=\S)", "\n  ", str(error)))
            sys.exit(2)
        except RecursionError:
            tell("pcve: what is read here is nested too deeply")
            sys.exit(2)
        except BrokenPipeError:
            sys.exit(0)
        except (OSError, MemoryError, RuntimeError, ImportError) as error:
            _end_without_memory(error)
            message = shortage(error) or damage(error)
            if not message:
                raise
            tell(f"pcve: {message}")
            sys.exit(2)

    return run  # type: ignore[return-value]


def prepare() -> None:
    """Make the standard streams safe to write to: call it once, before anything else is opened.

    A descriptor that is closed is taken by the null device, or the next file that is opened would
    get its number and what is written to the stream. What an encoding cannot hold is written as an
    escape.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_without_memory(error: Exception) -> None:
    """End with the true cause, where a message came about because there was no memory."""
    if inside.lacks_memory(error):
        inside.end_without_memory()


def tell(*lines: str) -> None:
    """Messages, on stderr. Where that cannot be written they are lost, and the work goes on."""
    _on_stderr("".join(f"{visible(line)}\n" for line in lines))


def progress(text: str) -> None:
    """Show what is being done in place of what was shown before, where somebody watches."""
    if sys.stderr is not None and sys.stderr.isatty():
        _on_stderr(_CLEAR + one_line(text))


def _on_stderr(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()


def on_terminal() -> bool:
    """Whether results go to a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def read_stdin() -> bytes:
    """All of stdin. Raises UsageError where it is closed."""
    if sys.stdin is None:
        raise UsageError("stdin is closed; nothing can be read from it")
    return sys.stdin.buffer.read()


def say(*lines: str) -> None:
    """Results for people, a line each, on stdout. Raises as `put` does."""
    put("".join(f"{line}\n" for line in lines))


def put(content: bytes | str, output: Path | None = None, form: str = "text") -> None:
    """Results on stdout, or in the file `output`.

    Formats for people are made visible, other formats on a terminal alone: in files and pipes they
    are UTF-8 as their standards have it. Raises UsageError where the content cannot be written, or
    is binary and would go to a terminal.
    """
    if form in FOR_PEOPLE or (output is None and on_terminal()):
        try:
            text = content.decode() if isinstance(content, bytes) else content
        except UnicodeDecodeError:
            raise UsageError(f"{form} is binary; write it to a file with -o FILE") from None
        content = visible(text)
        if form == "table" and output is None and on_terminal():
            content = _bold_head(content)
    if output is None:
        _on_stdout(content, form)
        return
    if isinstance(content, str):
        content = content.encode(errors="backslashreplace")
    with written_to(output):
        write_file(output, content)
    tell(f"wrote {len(content):,} bytes to {output}")


@contextlib.contextmanager
def written_to(place: Path) -> Iterator[None]:
    """Report what cannot be written to `place` as UsageError."""
    try:
        yield
    except BrokenPipeError:
        raise UsageError(f"{place} cannot be written: its reader has closed it") from None
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror or error}") from None


def _bold_head(table: str) -> str:
    """`table` with its first line in bold, as terminals show it (ECMA-48, SGR)."""
    head, line_end, rest = table.partition("\n")
    return f"\x1b[1m{head}\x1b[0m{line_end}{rest}"


def _on_stdout(content: bytes | str, form: str) -> None:
    """Write and flush; text for people in the encoding of the stream, all else as UTF-8."""
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


def discard(stream: IO[str]) -> None:
    """Let what is still in the buffers of `stream` go to the null device when Python ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def announce(engine: str | None) -> None:
    """Say that the slower engine is used because the faster is not installed, and the remedy."""
    from ..validation.shacl import slower

    if note := slower(engine):
        _tell_once(f"note: {note}")


@functools.cache
def _tell_once(line: str) -> None:
    """Talk, unless this process has said the same before."""
    tell(line)


def count(problems: tuple[Problem, ...]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{many(errors, 'error')}, {many(len(problems) - errors, 'warning')}"


def many(number: int, word: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


@contextlib.contextmanager
def doing(what: str) -> Iterator[None]:
    """Say what is being done while it is done, where somebody watches."""
    progress(f"{what} …")
    try:
        yield
    finally:
        progress("")


def summary(checked: Checked, seconds: float) -> list[str]:
    """What was read and checked, in a few lines."""
    tally = checked.graph.tally
    facts = tally.verified + tally.cited
    share = 100 * tally.verified / facts if facts else 0.0
    return [
        f"read     {many(tally.records, 'record')} from {many(tally.sources, 'source')}",
        f"facts    {facts:,}: {tally.verified:,} verified against the words of a held text "
        f"({share:.1f} %), {tally.cited:,} cited",
        f"checked  {many(checked.shapes, 'shape')} ({checked.engine}) and "
        f"{many(checked.checks, 'check')}: {many(len(checked.warnings), 'warning')}",
        f"took     {seconds:.2f} s",
    ]


def completeness(manifest: dict[str, Any]) -> list[str]:
    """How many of the events say when, where, by whom and about what."""
    (_, every), *having = manifest["completeness"].items() or [("events", 0)]
    if not every:
        return []
    shares = ", ".join(f"{name} {100 * number / every:.0f} %" for name, number in having)
    return [f"events   {every:,}: {shares}"]
