"""Advisory locks on files, which the system releases when their process ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

_NO_DESCRIPTORS: Final = (errno.EMFILE, errno.ENFILE)
_WINDOWS_RANGE: Final = 2**31 - 1


class Lock:
    """A lock on a file, until `close` is called or the object is collected.

    `held` is False if nothing is locked: the file system has no locks, or the file can neither be
    created nor opened.
    """

    def __init__(self, descriptor: int | None, held: bool) -> None:
        self.held = held
        self._descriptor = descriptor

    def close(self) -> None:
        """Release the lock; a second call does nothing."""
        descriptor, self._descriptor, self.held = self._descriptor, None, False
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def try_lock(path: Path, exclusive: bool) -> Lock | None:
    """A lock on the file `path`, which is created if missing; None if another lock excludes it.

    Shared locks exclude exclusive ones, also within one process. Raises OSError if no more files
    can be opened.
    """
    while True:
        descriptor = _open(path)
        if descriptor is None:
            return Lock(None, held=False)
        lock = Lock(descriptor, held=True)
        try:
            _lock(descriptor, exclusive)
        except (BlockingIOError, PermissionError):
            lock.close()
            return None
        except OSError:  # network and FUSE file systems without locks
            lock.held = False
            return lock
        if _is_at(descriptor, path):
            return lock
        # The file was deleted between opening and locking: a lock on it would exclude nobody.
        lock.close()


def _open(path: Path) -> int | None:
    """A descriptor of the file; None if it can neither be created nor opened."""
    # Some network file systems lock only files open for writing; others are read-only.
    for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        try:
            return os.open(path, flags, 0o666)
        except OSError as error:
            if error.errno in _NO_DESCRIPTORS:
                raise
    return None


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt
    import random

    def _lock(descriptor: int, exclusive: bool) -> None:
        # The C library of Windows has no shared locks: a reader locks one byte, a writer all.
        start, length = (0, _WINDOWS_RANGE) if exclusive else (random.randrange(_WINDOWS_RANGE), 1)
        os.lseek(descriptor, start, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, length)

else:
    import fcntl

    def _lock(descriptor: int, exclusive: bool) -> None:
        kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
