"""Writing files atomically: what is interrupted leaves the old file, whole.

A file is first written to a draft next to its target. The draft has a name of its own and is locked
by the process that writes it; the system releases the lock when the process ends. So the next
process that writes the same target recognizes and removes a draft left by a killed process.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from ..model.problems import UsageError

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed, which serves as the lock
    fcntl = None  # type: ignore[assignment]


DRAFT_SUFFIX: Final = ".pcve-tmp"
"""The suffix of the name of a draft, which begins with a dot."""


LOCK_SECONDS: Final = 60
"""Seconds to wait for another process that is writing the same file."""


_LONGEST: Final = 240
"""The longest file name, in bytes, that `DRAFT_SUFFIX` is appended to: NAME_MAX is mostly 255."""


_DESCRIPTORS: Final = ("/dev/fd/", "/dev/stdout", "/dev/stderr", "/proc/")
"""Paths of open files, which are written to directly: replacing them would have no effect."""


@contextmanager
def replacing_file(path: Path, expected: bytes | None = None) -> Iterator[IO[bytes]]:
    """A file to write, which replaces `path` when all of it is on disk.

    Until then, and if anything fails or the process is killed, `path` is unchanged. A symbolic link
    is followed; the new file has the permissions of the previous one, and its owner if that is
    allowed. Devices, FIFOs and descriptors (/dev/stdout) are written to directly. With `expected`,
    the file is not replaced if by then it no longer has that content.
    Raises OSError if it cannot be written.
    """
    target, previous = _target(path)
    if target is None:
        # Append: `>> log` with -o /dev/stdout must not truncate the log.
        with path.open("ab") as device:
            yield device
        return
    mode = 0o666 if previous is None else stat.S_IMODE(previous.st_mode)

    def finish(draft: Path) -> None:
        if previous is not None:
            _copy_owner_and_mode(draft, previous)
        if expected is not None and target.read_bytes() != expected:
            raise OSError(errno.EBUSY, "another program changed it; run the command again")
        draft.replace(target)

    with _written(target, mode, finish) as file:
        yield file


def write_file(path: Path, content: bytes | str, expected: bytes | None = None) -> None:
    """Replace the content of `path`, as `replacing_file` does; text is written as UTF-8."""
    with replacing_file(path, expected) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def write_errors_as_usage(place: Path) -> Iterator[None]:
    """Raise UsageError if `place` cannot be written within this context."""
    try:
        yield
    except BrokenPipeError:
        raise UsageError(f"{place} cannot be written: its reader has closed it") from None
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror or error}") from None


def replace_file(path: Path, content: bytes | str) -> None:
    """Make `path` a regular file with this content, whole or not at all: for files of pcve's own.

    Unlike with `write_file`, a link, FIFO or device is replaced itself: nothing is written through
    it. Text is written as UTF-8. Raises OSError where it cannot be written, or is a folder.
    """

    def finish(draft: Path) -> None:
        draft.replace(path)

    with _written(path, 0o666, finish) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def create_file(path: Path, content: bytes | str) -> None:
    """Write a new file atomically: other processes see no file, or all of it.

    Raises FileExistsError if the name exists, even if another process has just created it; OSError
    if the file cannot be written.
    """
    with _written(path, 0o666, lambda draft: _link(draft, path)) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def draft_name(name: str, ending: str = DRAFT_SUFFIX) -> str:
    """The name of the draft of the file `name`; a long name is cut and its hash added."""
    raw = os.fsencode(name)
    if len(raw) > _LONGEST:
        digest = hashlib.sha256(raw).hexdigest()[:16]
        name = raw[: _LONGEST - 17].decode("utf-8", "ignore") + f".{digest}"
    return f".{name}{ending}"


def remove_drafts(folder: Path) -> None:
    """Remove the drafts in `folder` that killed processes left, if that is allowed."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(".") and path.name.endswith(DRAFT_SUFFIX):
                with suppress(OSError):
                    _remove_leftover(path)


@contextmanager
def locked_draft(draft: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A new file `draft`, locked by this process until the context ends.

    A draft of a killed process is removed first; a running process is waited for. At the end the
    file is removed if it still has that name. Raises OSError.
    """
    file: IO[bytes] = os.fdopen(_create_locked(draft, mode), "wb")
    try:
        yield file
    finally:
        # Remove it while it is still locked: later it could be the draft of another process.
        with suppress(OSError):
            if fcntl is None:
                file.close()
            if file.closed or _is_at(file.fileno(), draft):
                draft.unlink()
        # An error of writing has already been raised; closing would only repeat it.
        with suppress(OSError):
            file.close()


def sync_folder(folder: Path) -> None:
    """Flush the entries of a folder to disk, if the system supports that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _written(target: Path, mode: int, finish: Callable[[Path], None]) -> Iterator[IO[bytes]]:
    """A draft to write; `finish` moves it into place when all of it is on disk."""
    draft = target.with_name(draft_name(target.name))
    with locked_draft(draft, mode) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()
        finish(draft)
    sync_folder(target.parent)


def _target(path: Path) -> tuple[Path | None, os.stat_result | None]:
    """The file that `path` refers to, or None if it is written directly; and its status, if any."""
    if str(path.absolute()).startswith(_DESCRIPTORS):
        return None, None
    try:
        status = path.stat()
    except FileNotFoundError:
        return Path(os.path.realpath(path)), None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        return None, None
    effective = os.access in os.supports_effective_ids
    if not os.access(path, os.W_OK, effective_ids=effective):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return Path(os.path.realpath(path)), status


def _copy_owner_and_mode(draft: Path, previous: os.stat_result) -> None:
    """Give a draft the mode of the file that it replaces, and its owner if that is allowed."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(draft, previous.st_uid, previous.st_gid)
    draft.chmod(stat.S_IMODE(previous.st_mode))


def _link(draft: Path, target: Path) -> None:
    """Give a draft the name `target` if that does not exist. Raises FileExistsError."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:
        # The file system has no hard links. Other processes of this program wait for the lock of
        # the draft, but another program could create the file between these two lines.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        draft.rename(target)


def _create_locked(draft: Path, mode: int) -> int:
    """A descriptor of the new and locked file `draft`. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            descriptor = os.open(draft, flags, mode)
        except FileExistsError:
            if not _remove_leftover(draft):
                if time.monotonic() > deadline:
                    raise OSError(errno.EBUSY, "another process is writing it") from None
                time.sleep(0.02)
            continue
        except PermissionError as error:
            message = f"no file can be created in its folder ({error.strerror})"
            raise PermissionError(error.errno, message) from None
        # Between these two calls another process can have removed the file as a leftover.
        if _lock(descriptor) and _is_at(descriptor, draft):
            return descriptor
        os.close(descriptor)


def _remove_leftover(draft: Path) -> bool:
    """Remove a draft whose process has ended; False if that process is running."""
    if fcntl is None:
        try:
            draft.unlink(missing_ok=True)
        except PermissionError:
            return False
        return True
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return True
    try:
        if not _lock(descriptor):
            return False
        if _is_at(descriptor, draft):
            draft.unlink()
        return True
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed; False if another process has locked it."""
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # the file system has no locks: two writers cannot be distinguished
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether `path` is the name of the open file."""
    try:
        return fcntl is None or os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
