"""Function calls in a process with limits, which is started for them.

The calling program, such as a notebook, can have threads: it is neither forked nor limited itself.
"""

from __future__ import annotations

import contextlib
import marshal
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar, cast

from ...model import limits
from . import inside
from .watch import StoppedError, Watch

if TYPE_CHECKING:
    import subprocess

T = TypeVar("T")


class LimitedProcess:
    """A process that runs one call after the other, each within limits.

    It starts with the first call, or with `start`, and runs until it is stopped at a limit, closed,
    or collected. Calls from several threads run one at a time. `options` are the names of the
    options for time and memory in messages, separated by a space.
    """

    def __init__(self, options: str = "timeout= memory=") -> None:
        self._options = options
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._running: tuple[Watch, IO[bytes]] | None = None
        self._close: Callable[[], object] = lambda: None

    @property
    def pid(self) -> int | None:
        """The id of the process; None if none is running."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start the process, if it is not running."""
        self._started()

    def _started(self) -> tuple[Watch, IO[bytes]]:
        """The watch and the requests of the process, which is started if it is not running."""
        if self._child is not None and self._child.poll() is None and self._running:
            return self._running
        self._stop()
        import subprocess

        code = f"import sys; sys.path[:] = {sys.path!r}; from {inside.__name__} import serve"
        native_stderr = inside.temporary_file()
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", f"{code}; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=native_stderr,
        )
        # Both are pipes, as asked for above; Popen declares them as such or None.
        requests, reports = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        self._child = child
        self._running = Watch(child, reports, native_stderr, "", self._options), requests
        self._close = weakref.finalize(self, _end, *self._running)
        return self._running

    def call(
        self,
        work: Callable[..., T],
        *arguments: object,
        name: str,
        seconds: float = limits.QUERY_SECONDS,
        memory: int = limits.MEMORY_BYTES,
    ) -> T:
        """The return value of `work(*arguments)`; `work` is a function of a module.

        `seconds` and `memory` (bytes) are its limits, 0 for none; messages call it `name`. Raises
        what `work` raises, and StoppedError if it is stopped at a limit or crashes.
        """
        import pickle

        with self._lock:
            watch, requests = self._started()
            request = pickle.dumps((work, arguments), protocol=pickle.HIGHEST_PROTOCOL)
            watch.name, watch.memory = name, memory
            watch.set_deadline(seconds, seconds)
            try:
                with contextlib.suppress(BrokenPipeError):
                    marshal.dump((str(Path.cwd()), name, seconds, memory, request), requests)
                    requests.flush()
                reply = watch.reply()
                if reply is None:
                    raise StoppedError(f"{name} ended without a result")
            except BaseException:
                self._stop()
                raise
        result, error = pickle.loads(reply)
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def close(self) -> None:
        """Stop the process, even during a call; the next call starts a new one."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        self._close()
        self._child = self._running = None

    def __enter__(self) -> LimitedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _end(watch: Watch, requests: IO[bytes]) -> None:
    watch.stop()
    watch.native_stderr.close()
    with contextlib.suppress(OSError):
        requests.close()
