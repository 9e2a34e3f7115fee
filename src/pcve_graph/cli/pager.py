"""Results that are longer than the terminal, in a pager.

The pager is the command in PCVE_PAGER, else in PAGER, else `less -FRX` where that is installed; an
empty one, or `cat`, is none. There is none in CI either (the variable CI is set), on a terminal
without cursor movement (TERM=dumb), and with --no-pager.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
from typing import Final

from ..query.text_table import wrapped_height
from ..system.sandbox import inside

_USUAL: Final = ("less", "-FRX")
"""Ends at once if the text fits (F), shows bold (R), and leaves the text on the screen (X)."""


class _Paging:
    """Whether results may be shown in a pager in this run of a command."""

    allowed = True


def allow_paging(allowed: bool) -> None:
    """Say whether this run of a command may use a pager."""
    _Paging.allowed = allowed


def show_in_pager(text: str, size: tuple[int, int], encoding: str) -> bool:
    """Show a text for a terminal of `size` in a pager, and wait until the reader closes it.

    `size` is its columns and rows, (0, 0) where it does not report them. False if there is none,
    or the text fits on the screen: the caller writes it then. While the pager runs, no time limit
    holds, and Ctrl-C is for the pager.
    """
    command = _pager()
    if not command or _fits(text, *size):
        return False
    inside.hand_over_terminal()
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with contextlib.suppress(BrokenPipeError):  # the reader has closed it before the end
            process.communicate(text.encode(encoding, "backslashreplace"))
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _pager() -> tuple[str, ...]:
    """The command of the pager with its arguments; empty for none."""
    if not _Paging.allowed or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return ()
    for name in ("PCVE_PAGER", "PAGER"):
        if name in os.environ:
            try:
                command = tuple(shlex.split(os.environ[name]))
            except ValueError:  # a quotation mark without its partner
                return ()
            return () if command[:1] == ("cat",) else command
    return _USUAL if shutil.which(_USUAL[0]) else ()


def _fits(text: str, columns: int, rows: int) -> bool:
    """Whether a terminal shows the whole text, also where it wraps lines."""
    if not (columns and rows):
        return True
    return wrapped_height(text.splitlines(), columns) < rows
