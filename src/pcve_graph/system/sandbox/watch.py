"""The watch over a process: it is stopped when a bound is passed, and its end is explained."""

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
"""Seconds between two looks at the resident size, where the system does not bound the memory."""
_TICK: Final = 1.0
_NOISE: Final = 1 << 16
"""Bytes of what native code wrote to stderr that are looked at, from the end."""
_CRASHES: Final = 0xC0000000
"""Where the codes of crashes begin on Windows; elsewhere that of a crash is negative, a signal."""
_NO_STACK: Final = re.compile(r"overflowed its stack|stack overflow", re.IGNORECASE)


class StoppedError(UsageError):
    """A process was stopped at a bound, or ended before its work did."""


class Child(Protocol):
    """A process, as `subprocess.Popen` has it."""

    pid: int
    returncode: Any

    def wait(self) -> int:
        """The exit code; negative for a signal."""

    def kill(self) -> None:
        """End it, if it is running."""


class Watch:
    """Watches a process: reads its reports, stops it at its bounds, and says how it ended.

    `name` is what is worked on, until the process says it; `options` is what time and memory are
    called where they can be given.
    """

    def __init__(
        self, child: Child, reports: IO[bytes], noise: IO[bytes], name: str, options: str
    ) -> None:
        self.child = child
        self.noise = noise
        self.name = name
        self.time_option, self.memory_option = options.split()
        self.seconds = 0.0
        self.deadline: float | None = None
        self.memory = 0
        self.lacks_memory = False
        self.failed = 0.0
        self.messages: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        threading.Thread(target=_read, args=(reports, self.messages), daemon=True).start()

    def reply(self) -> bytes | None:
        """The next reply; None where the process has ended by itself.

        Raises StoppedError where it was stopped, or did not end as a process should.
        """
        while True:
            try:
                kind, *content = self.messages.get(timeout=self._patience())
            except Empty:
                kind, content = "", []
            if kind == "reply":
                reply: bytes = content[0]
                return reply
            if kind == "end":
                self.child.wait()
                if cause := self._cause():
                    raise StoppedError(cause)
                return None
            self._note(kind, content)
            self._check_bounds()

    def bound_time(self, seconds: float, left: float) -> None:
        """Stop the process when `left` of the `seconds` that it was given have passed."""
        self.seconds = seconds
        self.deadline = time.monotonic() + left if seconds else None

    def stop(self) -> None:
        """Kill the process, and all that it has started."""
        for pid in _descendants(self.child.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.child.kill()
        self.child.wait()

    def _note(self, kind: str, content: list[Any]) -> None:
        """Keep what the process says of itself."""
        if kind == "time":
            self.bound_time(*content)
        elif kind == "memory":
            self.memory = content[0]
        elif kind == "name":
            self.name = content[0]
        elif kind == "out of memory":
            self.lacks_memory = True

    def _patience(self) -> float:
        """Seconds until a bound is to be checked, if no message comes."""
        interval = _POLL if self.memory and not inside.ENFORCED else _TICK
        if self.deadline is None:
            return interval
        return max(0.0, min(interval, self.deadline - time.monotonic()))

    def _check_bounds(self) -> None:
        """Stop the process if it is over a bound."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            self.stop()
            hint = f"give it less to do, or longer with {self.time_option}"
            raise StoppedError(f"{self.name} was stopped after {self.seconds:g} s; {hint}")
        polled = self.memory and not inside.ENFORCED
        if (polled and _resident(self.child.pid) > self.memory) or self._hangs_without_memory():
            self.stop()
            raise StoppedError(self._too_large())

    def _hangs_without_memory(self) -> bool:
        """Whether an allocation failed in native code a while ago, and the process did not end.

        Rust can wait for ever on a lock of its own while it reports that.
        """
        if not (self.memory and inside.ENFORCED and inside.NO_MEMORY.search(self._noise())):
            return False
        now = time.monotonic()
        self.failed = self.failed or now
        return now - self.failed >= _TICK

    def _noise(self) -> str:
        """The end of what native code has written to stderr."""
        descriptor = self.noise.fileno()
        start = max(0, os.fstat(descriptor).st_size - _NOISE)
        if hasattr(os, "pread"):  # the position in the file is also that of the process
            content = os.pread(descriptor, _NOISE, start)
        else:
            self.noise.seek(start)
            content = self.noise.read()
        return content.decode("utf-8", "replace")

    def _too_large(self) -> str:
        hint = f"give it less to do, or more with {self.memory_option}"
        return f"{self.name} needs more than {limits.in_words(self.memory)} of memory; {hint}"

    def _cause(self) -> str:
        """Why the process has ended; empty where it did by itself."""
        code = self.child.wait()
        noise = self._noise()
        if self.lacks_memory:
            return self._too_large()
        if 0 <= code < _CRASHES:
            return ""
        if self.memory and inside.NO_MEMORY.search(noise):
            return self._too_large()
        if _NO_STACK.search(noise):
            return f"{self.name} is nested too deeply: the stack of a parser overflowed"
        try:
            ended = signal.Signals(-code).name
        except ValueError:
            ended = f"code {code:#x}"
        if ended in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"):
            hint = ", as where the machine runs out of memory" if ended == "SIGKILL" else ""
            return f"{self.name} was ended from outside ({ended}){hint}"
        lines = [line.strip() for line in noise.splitlines() if line.strip()]
        reason = f": {lines[-1][:200]}" if lines else ""
        return f"{self.name} ended in a crash of native code ({ended}){reason}; please report it"


def _read(reports: IO[bytes], messages: SimpleQueue[tuple[Any, ...]]) -> None:
    """Put the messages of a process into a queue, and an end behind them."""
    with reports, contextlib.suppress(EOFError, ValueError, TypeError, OSError):
        while True:
            messages.put(marshal.load(reports))
    messages.put(("end",))


def _resident(pid: int) -> int:
    """The memory that a process holds, in bytes; 0 where it is gone."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0
    import psutil

    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    if not sys.platform.startswith("linux"):
        import psutil

        with contextlib.suppress(psutil.Error):
            return [each.pid for each in psutil.Process(pid).children(recursive=True)]
        return []
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{int(entry)}/stat", "rb") as file:  # noqa: PTH123
                parent = int(file.read().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry))
    waiting = list(children.get(pid, ()))
    for each in waiting:
        waiting += children.get(each, ())
    return waiting
