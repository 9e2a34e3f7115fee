"""Questions with limits that hold: each is asked in a process that can be stopped.

The embedded engine cannot be interrupted and its memory cannot be bounded, a process can. One
process serves one question after the other; it is killed when time is up, and the next question
starts another. Where the system has resource limits, the process also ends by itself: at its bound
of memory, and soon after its time if nobody is left to stop it.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import pyoxigraph as ox

from ..errors import ContentError, UsageError, damage, shortage
from ..questions.binding import Term
from .query import Answer, ask

TIMEOUT: Final = 60.0
"""Seconds that a question may take where nobody says otherwise."""
MEMORY: Final = 4 << 30
"""Bytes of address space that a question may take."""
_GRACE: Final = 5
"""Seconds of computing after which the process ends on its own, behind the time it was given."""


class Worker:
    """Asks the store in a folder, in a process of its own.

    The process starts at once and opens the store with the first question, so that it gets ready
    while others still look where the store is; `store` may be set until then.
    """

    def __init__(self, store: Path | None = None, memory: int = MEMORY) -> None:
        self.store = store
        self.memory = memory
        self.process: subprocess.Popen[bytes] | None = None
        self.replies: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.start()

    def start(self) -> None:
        """Start the process, if none is running."""
        if self.process is not None and self.process.poll() is None:
            return
        command = [sys.executable, "-m", __name__, str(self.memory)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.replies = queue.SimpleQueue()
        reader = threading.Thread(
            target=_listen, args=(self.process.stdout, self.replies), daemon=True
        )
        reader.start()

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = TIMEOUT,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        """As `query.ask`, within `timeout` seconds.

        Raises as it does, and UsageError where time is up or the memory does not suffice.
        """
        self.start()
        assert self.process
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError):
            store = str(self.store)
            request = (store, text, dict(bindings or {}), name, timeout, limit, service)
            _send(self.process.stdin, request)
        try:
            kind, content = self.replies.get(timeout=timeout)
        except queue.Empty:
            self.close()
            hint = "narrow it down, or give it longer with --timeout"
            raise UsageError(f"{name} was stopped after {timeout:g} s; {hint}") from None
        if kind == "content":
            raise ContentError(content)
        if kind == "usage":
            raise UsageError(content)
        if kind == "end":
            self.close()
            bound = f"{self.memory / (1 << 30):.1f} GB of memory"
            raise UsageError(f"{name} needs more than {bound}; narrow it down, or use a LIMIT")
        answer: Answer = content
        return answer

    def close(self) -> None:
        """Stop the process, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()
            self.process = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _send(stream: IO[bytes], message: Any) -> None:
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack(">Q", len(content)) + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError where there is none."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    size = struct.unpack(">Q", head)[0]
    return pickle.loads(stream.read(size))


def _listen(stream: IO[bytes], replies: queue.SimpleQueue[Any]) -> None:
    with contextlib.suppress(ValueError, OSError):
        while True:
            try:
                replies.put(_receive(stream))
            except (EOFError, pickle.UnpicklingError):
                break
    replies.put(("end", None))


def serve(memory: int, requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests about the store in a folder, always the same, until there are no more."""
    _bound("RLIMIT_AS", memory)
    opened: ox.Store | None = None
    with contextlib.suppress(EOFError):
        while True:
            store, text, bindings, name, timeout, limit, service = _receive(requests)
            _bound("RLIMIT_CPU", int(_computed() + timeout + _GRACE))
            reply: tuple[str, Any]
            try:
                opened = opened or ox.Store.read_only(store)
                answer = ask(opened, text, bindings, name, limit=limit, service=service)
                reply = ("answer", answer)
            except ContentError as error:
                reply = ("content", list(error.problems))
            except (UsageError, OSError, RuntimeError) as error:
                reply = ("usage", shortage(error) or damage(error) or str(error))
            except MemoryError:
                reply = ("end", None)
            _send(replies, reply)


def _bound(name: str, value: int) -> None:
    """Set a limit on this process, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    number = getattr(resource, name)
    hard = resource.getrlimit(number)[1]
    bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, (bounded, hard))


def _computed() -> float:
    """Seconds that this process has computed so far."""
    import time

    return time.process_time()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
