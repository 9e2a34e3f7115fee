"""Running a command in a process with limits: a fork of the first process, which watches it.

If the system cannot fork, the command is started again as a new process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Final

from . import inside

if TYPE_CHECKING:
    import subprocess

    from .watch import Child, Watch

FORKS: bool = hasattr(os, "fork")
"""Whether a command is forked; otherwise it is started again as a new process."""
_INHERITED: Final = "PCVE_SANDBOX"
"""The environment variable with the descriptors to which a restarted command reports."""
_GRACE: Final = 2.0
"""Seconds in which a command can clean up after a signal before it is killed."""
_PACKAGE: Final = __name__.partition(".")[0]


def enter_child(show_error: Callable[[str], None]) -> None:
    """Continue in a child process; this one watches it, and exits with its code.

    The call returns in the child only. If the child is stopped, `show_error` is called with the
    message, and the exit code is 2.
    """
    if os.environ.get(_INHERITED):
        reports, native_stderr = map(_received, os.environ.pop(_INHERITED).split())
        inside.begin_watched(reports, native_stderr, os.getppid())
        return
    watch = _start_child("pcve")
    if watch is not None:
        os._exit(_wait_for(watch, show_error))


def run_in_child(
    work: Callable[[], int], show_error: Callable[[str], None], without: str = ""
) -> int:
    """The exit code of `work`, which is run in a new process if this one is watched.

    If the system cannot fork, the whole command is started again, without the option `without`.
    """
    if not inside.is_watched():
        return work()
    watch = _start_child("pcve", without)
    if watch is not None:
        code = _wait_for(watch, show_error, ends=False)
        watch.native_stderr.close()
        return code
    code = 1
    try:
        code = work()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        pass
    except BaseException as error:
        if inside.is_out_of_memory(error):
            inside.exit_out_of_memory()
        sys.excepthook(type(error), error, error.__traceback__)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


class _Forked:
    """A forked child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


def _start_child(name: str, without: str = "") -> Watch | None:
    """The watch over a child that continues from here; None in the child."""
    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # the descriptors below must not get the numbers of closed standard streams
    os.close(free)
    native_stderr = inside.temporary_file()
    reading, writing = os.pipe()
    child: Child
    if FORKS:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            inside.begin_watched(writing, native_stderr.fileno(), parent)
            return None
        child = _Forked(pid)
    else:
        child = _restarted(writing, native_stderr.fileno(), without)
    os.close(writing)
    from .watch import Watch  # after the fork: the command does not wait for this import

    return Watch(child, os.fdopen(reading, "rb"), native_stderr, name, "--timeout --memory")


def _wait_for(watch: Watch, show_error: Callable[[str], None], ends: bool = True) -> int:
    """Wait until the child has ended, forward signals to it, and return its exit code.

    The signals are raised again in this process afterwards, except Ctrl-C if this process `ends`
    now with the exit code of the child.
    """
    from .watch import StoppedError

    received: list[int] = []

    def forward(number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT and watch.ignores_interrupts:
            return
        if number in received:  # sent twice
            watch.deadline = 0.0
        else:
            received.append(number)
            watch.deadline = time.monotonic() + _GRACE
        with contextlib.suppress(OSError, ValueError):
            os.kill(watch.child.pid, number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, forward)
    code = 2
    try:
        watch.reply()
        code = watch.child.wait()
    except StoppedError as error:
        message = f"pcve: {error}"
        if received:  # native code does not see Ctrl-C; the message is that of click
            code, message = 1, "Aborted!" if signal.SIGINT in received else ""
        if message:
            with contextlib.suppress(OSError):
                show_error(message)
    for number, handler in before.items():
        signal.signal(number, handler)
    for number in received:
        if number != signal.SIGINT or not ends:
            signal.raise_signal(number)
    return code


def _restarted(reports: int, native_stderr: int, without: str) -> subprocess.Popen[bytes]:
    """A new process with the command of this one, which reports to these descriptors."""
    import subprocess

    arguments = [argument for argument in sys.argv[1:] if argument != without]
    command = [sys.executable, "-m", _PACKAGE, *arguments]
    environment = dict(os.environ)
    if sys.platform == "win32":
        import msvcrt

        handles = [msvcrt.get_osfhandle(descriptor) for descriptor in (reports, native_stderr)]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        environment[_INHERITED] = " ".join(map(str, handles))
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        return subprocess.Popen(
            command, stdin=0, stdout=1, stderr=2, env=environment, startupinfo=startup
        )
    environment[_INHERITED] = f"{reports} {native_stderr}"
    return subprocess.Popen(command, env=environment, pass_fds=(reports, native_stderr))


def _received(inherited: str) -> int:
    """The descriptor that `_restarted` passed on as the text `inherited`."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.open_osfhandle(int(inherited), os.O_WRONLY)
    os.set_inheritable(int(inherited), False)
    return int(inherited)
