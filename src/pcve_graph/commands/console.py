"""How the command talks: problems, progress and summaries, on stderr where they are talk."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import ContentError, Problem, UsageError, damage, shortage

if TYPE_CHECKING:
    from ..build.check import Checked

Command = TypeVar("Command", bound=Callable[..., Any])


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
            tell(*map(str, error.problems))
            tell(count(error.problems))
            sys.exit(1)
        except UsageError as error:
            tell(f"pcve: {error}")
            sys.exit(2)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except (OSError, MemoryError, RuntimeError, ImportError) as error:
            message = shortage(error) or damage(error)
            if not message:
                raise
            tell(f"pcve: {message}")
            sys.exit(2)

    return run  # type: ignore[return-value]


def tell(*lines: str) -> None:
    """Talk, on stderr."""
    for line in lines:
        click.echo(line, err=True)


def put(content: bytes, output: Path | None) -> None:
    """Results on stdout, or in the file `output`. Raises UsageError if that cannot be written."""
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    tell(f"wrote {len(content):,} bytes to {output}")


def announce(engine: str | None) -> None:
    """Say that the default engine cannot be used here, where it is asked for, and why."""
    from ..shapes.shacl import fallback

    notice = fallback(engine)
    if notice:
        tell(f"note: {notice}; pySHACL is used, which is right but slow")


def count(problems: tuple[Problem, ...]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(each.severity == "error" for each in problems)
    return f"{many(errors, 'error')}, {many(len(problems) - errors, 'warning')}"


def many(number: int, word: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


@contextlib.contextmanager
def doing(what: str) -> Iterator[None]:
    """Say what is being done while it is done, where somebody watches."""
    watched = sys.stderr.isatty()
    if watched:
        click.echo(f"{what} …", err=True, nl=False)
    try:
        yield
    finally:
        if watched:
            click.echo("\r\x1b[K", err=True, nl=False)


def summary(checked: Checked, seconds: float) -> list[str]:
    """What was read and checked, in a few lines."""
    tally = checked.graph.tally
    facts = tally.verified + tally.cited
    share = 100 * tally.verified / facts if facts else 0.0
    lines = [
        f"read     {many(tally.records, 'record')} from {many(tally.sources, 'source')}",
        f"facts    {facts:,}: {tally.verified:,} verified against the words of a held text "
        f"({share:.1f} %), {tally.cited:,} cited",
        f"checked  {many(checked.shapes, 'shape')} ({checked.engine}) and "
        f"{many(checked.checks, 'check')}: {many(len(checked.warnings), 'warning')}",
        f"took     {seconds:.2f} s",
    ]
    return [f"note     {checked.notice}; pySHACL was used", *lines] if checked.notice else lines


def completeness(manifest: dict[str, Any]) -> list[str]:
    """How many of the events say when, where, by whom and about what."""
    (_, every), *having = manifest["completeness"].items() or [("events", 0)]
    if not every:
        return []
    shares = ", ".join(f"{name} {100 * number / every:.0f} %" for name, number in having)
    return [f"events   {every:,}: {shares}"]
