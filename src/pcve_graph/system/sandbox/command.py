"""A command in a process with bounds: a fork of itself, which the process that began watches.

Where processes cannot fork, the command is started again as a process of its own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from . import inside

if TYPE_CHECKING:
    import subprocess

    from .watch import Child, Watch

FORKS: bool = hasattr(os, "fork")
"""Whether a command forks; where it cannot, it is started again as a process of its own."""
_HANDED_ON: Final = "PCVE_SANDBOX"
"""The variable with the descriptors that a command which is started again reports to."""
_GRACE: Final = 2.0
"""Seconds that a command has to clean up after a signal, before it is killed."""
_PACKAGE: Final = __name__.partition(".")[0]


def enter(tell: Callable[[str], None]) -> None:
    """Go on in a process that this one watches; this one ends as that does, and never returns.

    `tell` is given the message where it had to be stopped; the exit code is 2 then.
    """
    if os.environ.get(_HANDED_ON):
        reports, noise = map(_received, os.environ.pop(_HANDED_ON).split())
        inside.begin(reports, noise, os.getppid())
        return
    watch = _apart("pcve")
    if watch is not None:
        os._exit(_outlive(watch, tell))


def run_apart(work: Callable[[], int], tell: Callable[[str], None], without: str = "") -> int:
    """The exit code of `work`, done in a process of its own where this one is watched.

    Where processes cannot fork the whole command is started again, but for the option `without`.
    """
    if not inside.is_watched():
        return work()
    watch = _apart("pcve", without)
    if watch is not None:
        code = _outlive(watch, tell, ends=False)
        watch.noise.close()
        return code
    code = 1
    try:
        code = work()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        pass
    except BaseException as error:
        if inside.lacks_memory(error):
            inside.end_without_memory()
        sys.excepthook(type(error), error, error.__traceback__)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


class _Forked:
    """A child by fork."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: Any = None

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        code: int = self.returncode
        return code

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


def _apart(name: str, without: str = "") -> Watch | None:
    """The watch over a process that goes on from here; None in that process."""
    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # a standard stream that was closed is not to become one of the descriptors below
    os.close(free)
    noise = inside.temporary_file()
    reading, writing = os.pipe()
    child: Child
    if FORKS:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            inside.begin(writing, noise.fileno(), parent)
            return None
        child = _Forked(pid)
    else:
        child = _started_again(writing, noise.fileno(), without)
    os.close(writing)
    from .watch import Watch  # not before: the command need not wait for what watches it

    return Watch(child, os.fdopen(reading, "rb"), noise, name, "--timeout --memory")


def _outlive(watch: Watch, tell: Callable[[str], None], ends: bool = True) -> int:
    """Wait until the process has ended, pass signals on to it, and return its exit code.

    The signals are raised again here when it has ended; but Ctrl-C not if this process `ends` now,
    with the code that the other made of it.
    """
    from .watch import StoppedError

    received: list[int] = []

    def pass_on(number: int, _: FrameType | None) -> None:
        if number in received:  # asked twice
            watch.deadline = 0.0
        else:
            received.append(number)
            watch.deadline = time.monotonic() + _GRACE
        with contextlib.suppress(OSError, ValueError):
            os.kill(watch.child.pid, number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    code = 2
    try:
        watch.reply()
        code = watch.child.wait()
    except StoppedError as error:
        if received:
            code = 1
        else:
            with contextlib.suppress(OSError):
                tell(f"pcve: {error}")
    for number, handler in before.items():
        signal.signal(number, handler)
    for number in received:
        if number != signal.SIGINT or not ends:
            signal.raise_signal(number)
    return code


def _started_again(reports: int, noise: int, without: str) -> subprocess.Popen[bytes]:
    """The command of this process as another one, which reports to these descriptors."""
    import subprocess

    arguments = [each for each in sys.argv[1:] if each != without]
    command = [sys.executable, "-m", _PACKAGE, *arguments]
    environment = dict(os.environ)
    if sys.platform == "win32":
        import msvcrt

        handles = [msvcrt.get_osfhandle(each) for each in (reports, noise)]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        environment[_HANDED_ON] = " ".join(map(str, handles))
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        return subprocess.Popen(
            command, stdin=0, stdout=1, stderr=2, env=environment, startupinfo=startup
        )
    environment[_HANDED_ON] = f"{reports} {noise}"
    return subprocess.Popen(command, env=environment, pass_fds=(reports, noise))


def _received(handed: str) -> int:
    """The descriptor that was handed on by `_started_again`."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.open_osfhandle(int(handed), os.O_WRONLY)
    os.set_inheritable(int(handed), False)
    return int(handed)
