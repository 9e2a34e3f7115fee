"""Long results on a terminal are shown in a pager, and nothing else is."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import World, not_available

try:
    import fcntl
    import pty
    import struct
    import termios
except ImportError:
    not_available("this system has no pseudo-terminals")

SECONDS = 120


def on_a_terminal(
    world: World, *arguments: str, rows: int = 10, **environment: str
) -> tuple[str, int]:
    """What a terminal of 100 columns shows of a command, and its exit code."""
    quiet = {"CI": "", "COLUMNS": "", "TERM": "xterm", "PCVE_PAGER": "", "PAGER": ""}
    settings: Mapping[str, str] = {**os.environ, **quiet, **environment}
    pid, terminal = pty.fork()
    if pid == 0:
        size = struct.pack("HHHH", rows, 100, 0, 0)
        fcntl.ioctl(1, termios.TIOCSWINSZ, size)
        command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
        os.execve(sys.executable, command, dict(settings))
    shown, end = b"", time.monotonic() + SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n"), code


QUESTION = ("query", "events-by-date")


def test_a_long_answer_goes_to_the_pager(northtown: World, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shown, code = on_a_terminal(northtown, *QUESTION, PCVE_PAGER=f"tee {kept}")
    assert code == 0
    assert kept.read_text() == shown
    assert "\x1b[1mevent" in shown
    assert "14 events" in shown
    other = tmp_path / "other"
    _, code = on_a_terminal(northtown, "show", "northtown", PCVE_PAGER=f"tee {other}")
    assert code == 0
    assert "everything, with each passage" in other.read_text()


@pytest.mark.parametrize(
    ("arguments", "rows", "environment"),
    [
        (("--no-pager", *QUESTION), 10, {}),
        ((*QUESTION, "--no-pager"), 10, {}),
        (QUESTION, 10, {"CI": "true"}),
        (QUESTION, 10, {"TERM": "dumb"}),
        (QUESTION, 10, {"PCVE_PAGER": "cat"}),
        (QUESTION, 10, {"PCVE_PAGER": ""}),
        (QUESTION, 10, {"PCVE_PAGER": "no-such-command"}),
        (QUESTION, 10, {"PCVE_PAGER": "an unclosed ' quote"}),
        (QUESTION, 60, {}),
    ],
)
def test_there_is_none_where_none_is_wanted(
    northtown: World,
    tmp_path: Path,
    arguments: tuple[str, ...],
    rows: int,
    environment: dict[str, str],
) -> None:
    kept = tmp_path / "kept"
    settings = {"PCVE_PAGER": f"tee {kept}", **environment}
    shown, code = on_a_terminal(northtown, *arguments, rows=rows, **settings)
    assert code == 0
    assert "14 events" in shown
    assert not kept.exists()


def test_a_reader_who_closes_the_pager_early_causes_no_error(northtown: World) -> None:
    shown, code = on_a_terminal(northtown, "query", "everything", PCVE_PAGER="", PAGER="head -n 2")
    assert code == 0
    shown, code = on_a_terminal(northtown, "query", "everything", PCVE_PAGER="head -n 2")
    assert code == 0
    assert len(shown.splitlines()) == 2


def test_a_pipe_has_no_pager(northtown: World) -> None:
    result = northtown.pcve(*QUESTION)
    assert result.exit_code == 0
    assert "14 events" in result.stdout
    assert "\x1b" not in result.stdout
