"""Inside a process with bounds: which bounds hold, what is worked on, and how it ends.

Native parsers and engines cannot be interrupted, and their memory cannot be bounded; a process can.
So all that reads foreign content runs in a process that another watches (`watch`). This module
is what the watched process does: it sets the bounds of memory on itself, and tells the other what
it works on and how long that may take. In a process that nobody watches all of it does nothing.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import marshal
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from typing import IO, Any, Final

ENFORCED: bool = sys.platform.startswith("linux")
"""Whether the system keeps RLIMIT_AS; where it does not, the resident size is polled."""

_ALONE: Final = 10.0
"""Seconds after its time in which a process ends by itself, if nobody has stopped it."""
NO_MEMORY: Final = re.compile(
    r"memory allocation of|bad_alloc|out of memory|cannot allocate memory|failed to map segment"
    r"|can't start new thread|failed to spawn thread|resource temporarily unavailable"
    r"|terminate called without an active exception|ThreadPoolBuildError|MemoryError",
    re.IGNORECASE,
)
"""What is written where memory, or the stack of a thread, cannot be allocated."""
_TOO_LONG: Final = "buffer maximal size"
"""In the MemoryError that pyoxigraph raises for a term over 16 MB, which is of the content."""
_PR_SET_PDEATHSIG: Final = 1
_M_ARENA_MAX: Final = -8


class _State:
    """The watched process: where it reports to, and the bounds that hold."""

    def __init__(self) -> None:
        self.reports: int | None = None
        self.name = ""
        self.seconds = 0.0
        self.memory = 0
        self.deadline = 0.0

    def report(self, *message: Any) -> None:
        if self.reports is None:
            return
        content = memoryview(marshal.dumps(message))
        with contextlib.suppress(BrokenPipeError):
            while content:
                content = content[os.write(self.reports, content) :]


_state = _State()


def is_watched() -> bool:
    """Whether another process watches this one, and stops it at its bounds."""
    return _state.reports is not None


def bounds() -> tuple[float, int]:
    """(seconds, bytes): the bounds that this process was given, 0 for none."""
    return _state.seconds, _state.memory


def bound(*, seconds: float | None = None, memory: int | None = None) -> None:
    """Set bounds on this process from now on, if it is watched; 0 is none, None as it was.

    `seconds` is the time from now, `memory` the address space in bytes.
    """
    if not is_watched():
        return
    if memory is not None:
        _state.memory = _limit_memory(memory)
        _state.report("memory", _state.memory)
    if seconds is not None:
        _bound_time(seconds, seconds)


def _bound_time(seconds: float, left: float) -> None:
    """Let the process have `left` of the `seconds` that it was given."""
    _state.seconds = seconds
    _state.deadline = time.monotonic() + left
    faulthandler.cancel_dump_traceback_later()
    if seconds:  # ends the process on its own, should nobody be left to stop it
        faulthandler.dump_traceback_later(left + _ALONE, exit=True, file=2)
    _state.report("time", seconds, left)


def working_on(name: str) -> None:
    """Say what is worked on, as a message names it should this process be stopped."""
    _state.name = name
    _state.report("name", name)


@contextlib.contextmanager
def meanwhile(name: str, seconds: float) -> Iterator[None]:
    """Another bound of time for a part of the work; then what was left of the bound before."""
    if not is_watched():
        yield
        return
    before, bounded, left = _state.name, _state.seconds, _state.deadline - time.monotonic()
    bound(seconds=seconds)
    working_on(name)
    try:
        yield
    finally:
        _bound_time(bounded, max(left, 0.0))
        working_on(before)


def lacks_memory(error: BaseException) -> bool:
    """Whether `error`, or what it comes from, is that the bound of memory is reached."""
    seen: BaseException | None = error
    while _state.memory and seen is not None:
        text = str(seen)
        if isinstance(seen, MemoryError) and _TOO_LONG not in text:
            return True
        if isinstance(seen, OSError) and seen.errno == errno.ENOMEM:
            return True
        if isinstance(seen, (ImportError, OSError, RuntimeError)) and NO_MEMORY.search(text):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def end_without_memory() -> None:
    """End at once; the watching process says that the memory does not suffice."""
    _limit_memory(0)
    _state.report("out of memory")
    os._exit(2)


def _limit_memory(size: int) -> int:
    """Bound the address space of this process, where the system keeps such a bound.

    Returns the bytes that hold, 0 for no bound: whoever started the process may have set fewer.
    """
    if sys.platform == "win32" or not ENFORCED:
        return size
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        size = min(size or hard, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size or hard, hard))
    return size


def begin(reports: int, noise: int, parent: int) -> None:
    """Make this process a watched one, which reports to a descriptor and ends with `parent`.

    What native code writes when it fails goes to descriptor 2, which is `noise` from now on, for
    the watching process to find the cause in; Python's stderr stays where it was.
    """
    _state.reports = reports
    if sys.stderr is not None:
        before = sys.stderr
        before.flush()
        descriptor = os.dup(before.fileno())
        encoding, errors = before.encoding, before.errors
        sys.stderr = os.fdopen(descriptor, "w", 1, encoding=encoding, errors=errors)
    os.dup2(noise, 2)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        _reserve_little()
        if os.getppid() != parent:
            os._exit(2)


def _reserve_little() -> None:
    """Have all threads share two arenas of memory, where the C library is glibc.

    It reserves 64 MB of address space for each, up to eight for a core: most of the bound of
    memory, on a machine of many cores all of it, is gone before anything is stored there.
    """
    if ENFORCED:
        import ctypes

        with contextlib.suppress(AttributeError):  # musl has no arenas
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def temporary_file() -> IO[bytes]:
    """A file without a name, in memory where the system has such files."""
    if sys.platform.startswith("linux"):
        return os.fdopen(os.memfd_create("pcve-stderr"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def _interrupt(*_: Any) -> None:
    """One KeyboardInterrupt, though Ctrl-C comes from the terminal and the parent passes it on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def serve() -> None:
    """Answer the calls of a `process.Process` on stdin, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _state.reports = os.dup(1)
    os.dup2(2, 1)
    _reserve_little()
    with contextlib.suppress(EOFError):
        while True:
            content = _answer(*marshal.load(sys.stdin.buffer))
            _state.report("reply", content)


def _answer(folder: str, name: str, seconds: float, memory: int, call: bytes) -> bytes:
    """The pickled result of a call, and the error that it raised or None."""
    import pickle

    try:
        os.chdir(folder)
        bound(seconds=seconds, memory=memory)
        working_on(name)
        work, arguments = pickle.loads(call)
        content = pickle.dumps((work(*arguments), None), protocol=pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        if lacks_memory(error):
            end_without_memory()
        content = _pickled(error)
    faulthandler.cancel_dump_traceback_later()
    return content


def _pickled(error: BaseException) -> bytes:
    import pickle

    try:
        return pickle.dumps((None, error))
    except Exception:  # an error of native code, whose type has no module
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
