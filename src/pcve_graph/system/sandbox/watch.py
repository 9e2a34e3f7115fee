"""Watching a child process: it is stopped at its limits, and its end is explained."""

from __future__ import annotations

import contextlib
import marshal
import os
import re
import signal
import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import IO, Any, Final, Protocol

from ...model import limits
from ...model.problems import UsageError
from . import inside

_POLL: Final = 0.05
"""Seconds between checks of the resident size, if the system does not limit the memory."""
_TICK: Final = 1.0
"""Seconds between checks of the other limits."""
_LAST_REPORTS: Final = 0.3
"""Seconds in which the reports of a halted process arrive."""
_LARGEST_OUTPUT: Final = 1 << 16
"""Bytes at the end of stderr that are searched for the messages of native code."""
_CRASHES: Final = 0xC0000000
"""The least exit code of a crash on Windows; elsewhere it is a negative signal number."""
_NO_STACK: Final = re.compile(r"overflowed its stack|stack overflow", re.IGNORECASE)


class StoppedError(UsageError):
    """A process was stopped at a limit, or ended before its work was done."""


class Child(Protocol):
    """A process: the part of `subprocess.Popen` that is used."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """The exit code, None while it runs."""

    def wait(self) -> int:
        """Wait until it ends, and return its exit code, negative for a signal."""

    def kill(self) -> None:
        """Kill it, if it is running."""


class Watch:
    """Watches a process: reads its reports, stops it at its limits, and explains how it ended.

    `native_stderr` is the stderr of its native code. `name` is what it works on, until it reports
    another name; `options` are the names of the options for time and memory, separated by a space.
    """

    def __init__(
        self, child: Child, reports: IO[bytes], native_stderr: IO[bytes], name: str, options: str
    ) -> None:
        self.child = child
        self.native_stderr = native_stderr
        self.name = name
        self.time_option, self.memory_option = options.split()
        self.seconds = 0.0
        self.deadline: float | None = None
        self.memory = 0
        self.lacks_memory = False
        self.ignores_interrupts = False
        self.failed = 0.0
        self.messages: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        threading.Thread(target=_read, args=(reports, self.messages), daemon=True).start()

    def reply(self) -> bytes | None:
        """The next reply; None if the process has ended normally.

        Raises StoppedError if it was stopped or ended abnormally.
        """
        while True:
            kind, *content = self._next_message()
            if kind == "reply":
                reply: bytes = content[0]
                return reply
            if kind == "end":
                self.child.wait()
                if cause := self._cause():
                    raise StoppedError(cause)
                return None
            self._note(kind, content)
            self._check_bounds(kind == "late")

    def set_deadline(self, seconds: float, left: float) -> None:
        """Stop the process in `left` seconds, the rest of a limit of `seconds`."""
        self.seconds = seconds
        self.deadline = time.monotonic() + left if seconds else None

    def stop(self) -> None:
        """Kill the process and its descendants."""
        for pid in _descendants(self.child.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.child.kill()
        self.child.wait()

    def _next_message(self) -> tuple[Any, ...]:
        """The next message; ("",) where it is time to check the limits, ("late",) to stop.

        What the process has reported before its deadline counts, such as that it writes its results
        and the limit is lifted: it is halted while its last reports are read.
        """
        with contextlib.suppress(Empty):
            return self.messages.get(timeout=self._wait_seconds())
        if self.deadline is None or time.monotonic() < self.deadline:
            return ("",)
        self._signal("SIGSTOP")
        try:
            message = self.messages.get(timeout=_LAST_REPORTS)
        except Empty:
            return ("late",)
        self._signal("SIGCONT")
        return message

    def _signal(self, name: str) -> None:
        """Send a signal to the process, if it is running and the system has this signal."""
        number = getattr(signal, name, None)
        if number is not None and self.child.returncode is None:
            with contextlib.suppress(OSError):
                os.kill(self.child.pid, number)

    def _note(self, kind: str, content: list[Any]) -> None:
        """Record a report of the process about itself."""
        if kind == "time":
            self.set_deadline(*content)
        elif kind == "memory":
            self.memory = content[0]
        elif kind == "name":
            self.name = content[0]
        elif kind == "terminal":
            self.ignores_interrupts = True
        elif kind == "out of memory":
            self.lacks_memory = True

    def _wait_seconds(self) -> float:
        """Seconds to wait for a message before the limits are checked."""
        interval = _POLL if self.memory and not inside.ENFORCES_MEMORY else _TICK
        if self.deadline is None:
            return interval
        return max(0.0, min(interval, self.deadline - time.monotonic()))

    def _check_bounds(self, late: bool) -> None:
        """Stop the process if it has passed a limit, or is `late` by all that it has reported."""
        overdue = self.deadline is not None and time.monotonic() >= self.deadline + _TICK
        if late or overdue:  # one that reports without end is stopped as well
            self.stop()
            hint = f"reduce the work, or raise the limit with {self.time_option}"
            raise StoppedError(f"{self.name} was stopped after {self.seconds:g} s; {hint}")
        polled = self.memory and not inside.ENFORCES_MEMORY
        if (polled and _resident(self.child.pid) > self.memory) or self._hangs_out_of_memory():
            self.stop()
            raise StoppedError(self._memory_message())

    def _hangs_out_of_memory(self) -> bool:
        """Whether an allocation failed in native code a while ago and the process has not ended.

        Rust can deadlock on a lock of its own while it reports the failure.
        """
        if not (
            self.memory
            and inside.ENFORCES_MEMORY
            and inside.NO_MEMORY.search(self._native_output())
        ):
            return False
        now = time.monotonic()
        self.failed = self.failed or now
        return now - self.failed >= _TICK

    def _native_output(self) -> str:
        """The end of the stderr of native code."""
        descriptor = self.native_stderr.fileno()
        start = max(0, os.fstat(descriptor).st_size - _LARGEST_OUTPUT)
        if hasattr(os, "pread"):  # it does not move the file position, which the process shares
            content = os.pread(descriptor, _LARGEST_OUTPUT, start)
        else:
            self.native_stderr.seek(start)
            content = self.native_stderr.read()
        return content.decode("utf-8", "replace")

    def _memory_message(self) -> str:
        hint = f"reduce the work, or raise the limit with {self.memory_option}"
        return f"{self.name} needs more than {limits.format_bytes(self.memory)} of memory; {hint}"

    def _cause(self) -> str:
        """Why the process ended abnormally; empty if it ended normally."""
        code = self.child.wait()
        native_stderr = self._native_output()
        if self.lacks_memory:
            return self._memory_message()
        if 0 <= code < _CRASHES:
            return ""
        if self.memory and inside.NO_MEMORY.search(native_stderr):
            return self._memory_message()
        if _NO_STACK.search(native_stderr):
            return f"{self.name} is nested too deeply: the stack of a parser overflowed"
        try:
            ended = signal.Signals(-code).name
        except ValueError:
            ended = f"code {code:#x}"
        if ended in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"):
            hint = ", perhaps because the machine ran out of memory" if ended == "SIGKILL" else ""
            return f"{self.name} was ended by a signal from outside ({ended}){hint}"
        lines = [line.strip() for line in native_stderr.splitlines() if line.strip()]
        reason = f": {lines[-1][:200]}" if lines else ""
        return f"{self.name} crashed in native code ({ended}){reason}; please report it"


def _read(reports: IO[bytes], messages: SimpleQueue[tuple[Any, ...]]) -> None:
    """Put the messages of a process into a queue, and an end message after them."""
    with reports, contextlib.suppress(EOFError, ValueError, TypeError, OSError):
        while True:
            messages.put(marshal.load(reports))
    messages.put(("end",))


def _resident(pid: int) -> int:
    """The resident memory of a process in bytes; 0 if it has ended."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0
    import psutil

    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def _descendants(pid: int) -> list[int]:
    """The ids of the children of a process and of all their descendants."""
    if not sys.platform.startswith("linux"):
        import psutil

        with contextlib.suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children(recursive=True)]
        return []
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{int(entry)}/stat", "rb") as file:  # noqa: PTH123
                parent = int(file.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry))
    descendants = list(children.get(pid, ()))
    for descendant in descendants:
        descendants += children.get(descendant, ())
    return descendants
