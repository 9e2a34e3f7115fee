"""The limits of a watched process, from inside: it sets them, reports its work, and ends.

Native parsers and engines cannot be interrupted, nor their memory limited; a process can. So
everything that reads foreign content runs in a process that another one watches (`watch`). The
functions of this module run in the watched process: they limit its memory, and report to the
watching process what it works on and its time limit. In an unwatched process they do nothing.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import marshal
import math
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from typing import IO, Final

ENFORCES_MEMORY: bool = sys.platform.startswith("linux")
"""Whether the system enforces RLIMIT_AS; otherwise the resident size is polled."""
_OVERTIME: Final = 10.0
"""Seconds after its time limit at which a process ends itself, if it has not been stopped."""
NO_MEMORY: Final = re.compile(
    r"memory allocation of|bad_alloc|out of memory|cannot allocate memory|failed to map segment"
    r"|can't start new thread|unable to start watchdog thread|failed to spawn thread"
    r"|resource temporarily unavailable"
    r"|terminate called without an active exception|ThreadPoolBuildError|MemoryError",
    re.IGNORECASE,
)
"""The messages, of native code and of Python, if memory or a thread cannot be allocated."""
_TOO_LONG: Final = "buffer maximal size"
"""In the MemoryError that pyoxigraph raises for a term over 16 MB, a fault of the content."""
_PR_SET_PDEATHSIG: Final = 1
_M_ARENA_MAX: Final = -8


class _State:
    """The watched process: the descriptor that it reports to, and its limits."""

    def __init__(self) -> None:
        self.reports: int | None = None
        self.name = ""
        self.seconds = 0.0
        self.memory = 0
        self.deadline = 0.0

    def report(self, *message: bytes | str | float) -> None:
        if self.reports is None:
            return
        content = memoryview(marshal.dumps(message))
        with contextlib.suppress(BrokenPipeError):
            while content:
                content = content[os.write(self.reports, content) :]


_state = _State()


def is_watched() -> bool:
    """Whether another process watches this one and stops it at its limits."""
    return _state.reports is not None


def current_limits() -> tuple[float, int]:
    """The limits of this process as (seconds, bytes), 0 for none."""
    return _state.seconds, _state.memory


def set_limits(*, seconds: float | None = None, memory: int | None = None) -> None:
    """Set the limits of this process, if it is watched: 0 for none, None to leave one unchanged.

    `seconds` is the time from now on, `memory` the address space in bytes.
    """
    if not is_watched():
        return
    if memory is not None:
        _state.memory = _limit_memory(memory)
        _state.report("memory", _state.memory)
    if seconds is not None:
        _bound_time(seconds, seconds)


def _bound_time(seconds: float, left: float) -> None:
    """Limit the process to `left` seconds, the rest of a limit of `seconds`."""
    _state.seconds = seconds
    _state.deadline = time.monotonic() + left
    faulthandler.cancel_dump_traceback_later()
    if seconds:  # the process ends itself if its parent has not stopped it
        faulthandler.dump_traceback_later(left + _OVERTIME, exit=True, file=2)
    _state.report("time", seconds, left)


def hand_over_terminal() -> None:
    """End the time limit, and have the watching process leave Ctrl-C to another program."""
    set_limits(seconds=0)
    _state.report("terminal")


def report_task(name: str) -> None:
    """Report what this process works on, for the message if it is stopped."""
    _state.name = name
    _state.report("name", name)


@contextlib.contextmanager
def time_limit(name: str, seconds: float) -> Iterator[None]:
    """A time limit for one part of the work; afterwards the rest of the previous limit holds."""
    if not is_watched():
        yield
        return
    before, bounded, left = _state.name, _state.seconds, _state.deadline - time.monotonic()
    set_limits(seconds=seconds)
    report_task(name)
    try:
        yield
    finally:
        _bound_time(bounded, max(left, 0.0))
        report_task(before)


@contextlib.contextmanager
def shorter_time_limit(name: str, seconds: float) -> Iterator[None]:
    """As `time_limit`, unless `seconds` is 0 or more time than the process has left."""
    left = _state.deadline - time.monotonic() if _state.seconds else math.inf
    if not is_watched() or not 0 < seconds < left:
        yield
        return
    with time_limit(name, seconds):
        yield


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error`, or an error that led to it, means that the memory limit is reached."""
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


def exit_out_of_memory() -> None:
    """Exit at once; the watching process reports that the memory limit was reached."""
    _limit_memory(0)
    _state.report("out of memory")
    os._exit(2)


def _limit_memory(size: int) -> int:
    """Limit the address space of this process, if the system enforces such a limit.

    Returns the limit in bytes, 0 for none: a lower hard limit of this process takes precedence.
    """
    if sys.platform == "win32" or not ENFORCES_MEMORY:
        return size
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        size = min(size or hard, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size or hard, hard))
    return size


def begin_watched(reports: int, native_stderr: int, parent: int) -> None:
    """Make this process a watched one, which reports to a descriptor and ends with `parent`.

    Native code writes its errors to descriptor 2, which becomes `native_stderr`, where the watching
    process looks for the cause of a failure; Python's stderr is unchanged.
    """
    _state.reports = reports
    if sys.stderr is not None:
        before = sys.stderr
        before.flush()
        descriptor = os.dup(before.fileno())
        encoding, errors = before.encoding, before.errors
        sys.stderr = os.fdopen(descriptor, "w", 1, encoding=encoding, errors=errors)
    os.dup2(native_stderr, 2)
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
    if ENFORCES_MEMORY:
        import ctypes

        with contextlib.suppress(AttributeError):  # musl has no arenas
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def release_memory() -> None:
    """Return freed memory to the system; the C library otherwise keeps what small blocks used."""
    if sys.platform.startswith("linux"):
        import ctypes

        with contextlib.suppress(AttributeError):  # musl returns it by itself
            ctypes.CDLL(None).malloc_trim(0)


def temporary_file() -> IO[bytes]:
    """A temporary file without a name, in memory if the system supports that."""
    if sys.platform.startswith("linux"):
        return os.fdopen(os.memfd_create("pcve-stderr"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def _interrupt(*_: object) -> None:
    """Raise KeyboardInterrupt once: Ctrl-C comes from the terminal, and forwarded by the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def serve() -> None:
    """Run the calls that a parent writes to stdin, and report their results, until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _state.reports = os.dup(1)
    os.dup2(2, 1)
    _reserve_little()
    with contextlib.suppress(EOFError):
        while True:
            content = _run_call(*marshal.load(sys.stdin.buffer))
            _state.report("reply", content)


def _run_call(folder: str, name: str, seconds: float, memory: int, call: bytes) -> bytes:
    """The pickled (result, error) of a call; one of them is None."""
    import pickle

    try:
        os.chdir(folder)
        set_limits(seconds=seconds, memory=memory)
        report_task(name)
        work, arguments = pickle.loads(call)
        content = pickle.dumps((work(*arguments), None), protocol=pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        if is_out_of_memory(error):
            exit_out_of_memory()
        content = _pickled_error(error)
    faulthandler.cancel_dump_traceback_later()
    return content


def _pickled_error(error: BaseException) -> bytes:
    import pickle

    try:
        return pickle.dumps((None, error))
    except Exception:  # an error of native code, whose type has no module
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
