"""Files found and read within bounds, and written whole or not at all.

What is written goes to a draft beside its target first. A draft has a name of its own and is locked
by the process that writes it; the lock ends with that process, however it ends. So the next one
that writes the same target knows what is left over from a process that was killed, and removes it.
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

from ..model.problems import ContentError, Position, UsageError, breach

LARGEST: Final = 64 * 2**20
"""Bytes of the largest ontology, query, ledger or held text that is read."""

_LINK_FIX: Final = "put the file itself there, or delete the link"

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed: that is lock enough
    fcntl = None  # type: ignore[assignment]

DRAFT: Final = ".pcve-tmp"
"""How the name of a draft ends; it begins with a dot."""

PATIENCE: Final = 60
"""Seconds to wait for another process that writes the same file."""

_LONGEST: Final = 240
"""Bytes of a file's name that leave enough for a draft's: NAME_MAX is 255 on common systems."""

_DESCRIPTORS: Final = ("/dev/fd/", "/dev/stdout", "/dev/stderr", "/proc/")
"""Where open files have names. They are written to: a file in their place would not be them."""


def read_file(path: Path, largest: int) -> bytes:
    """The content of a regular file of at most `largest` bytes.

    A FIFO, a device, a socket or a folder is never read from: opening one could block for ever.
    Raises UsageError for those and for a larger file, OSError where it cannot be opened.
    """
    # O_NONBLOCK keeps the opening of a FIFO without a writer from blocking; it has no effect on
    # regular files.
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:  # so says a socket, and a terminal that is not there
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is not a regular file") from None
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UsageError(f"{path} is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > largest:
            raise UsageError(f"{path} has {status.st_size:,} bytes; at most {largest:,} are read")
        # Memory is taken for as many bytes as are asked for: the size of the file, not `largest`.
        content = file.read(status.st_size + 1)
        while len(content) <= largest and (more := file.read(2**20)):
            content += more
    if len(content) > largest:
        raise UsageError(f"{path} grew while it was read; at most {largest:,} bytes are read")
    return content


def walk(
    top: Path,
    called: str = "",
    root: Path | None = None,
    hidden: bool = False,
    refuse: Callable[[ContentError], None] | None = None,
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The regular files in a folder and beneath; their paths begin with `called`.

    Those whose names begin with a dot are left out, unless `hidden`. Links are followed, and each
    real folder is read once: folders that are no links come first, so that a file has the name of
    its own folder. Without `root`, what is neither a file nor a folder is passed over. With
    `root`, the folder of the project that `top` lies in, it is refused, and so is a link that
    leads nowhere or out of `root`, `top` if it is not a folder, and always a folder that may not
    be read: ContentError (`special-file`). With `refuse`, that is called with the error, and the
    walk goes on.
    """
    refuse = refuse or _raise
    seen: set[tuple[int, int]] = set()
    if root is not None:
        _check_inside(top, called.rstrip("/"), root)
        if top.exists() and not top.is_dir():
            raise _special(called.rstrip("/"), "found something that is no folder", "delete it")
    folders, links = [(str(top), called)], list[tuple[str, str]]()
    while folders or links:
        folder, name = folders.pop(0) if folders else links.pop(0)
        try:
            status, entries = Path(folder).stat(), _entries(folder)
        except FileNotFoundError:  # it is gone since it was seen
            continue
        except PermissionError:
            refuse(_special(name.rstrip("/"), "the folder may not be read", "let it be read"))
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            path, counts = name + entry.name, hidden or entry.name[0] != "."
            if root is not None and counts and (wrong := _wrong_entry(entry, path, root)):
                refuse(wrong)
            elif _is(entry.is_file):
                if counts:
                    yield path, entry
            elif _is(entry.is_dir):
                (links if entry.is_symlink() else folders).append((entry.path, f"{path}/"))


def _raise(error: ContentError) -> None:
    raise error


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return list(listing)


def _wrong_entry(entry: os.DirEntry[str], name: str, root: Path) -> ContentError | None:
    """What is wrong with a link out of `root`, and what is neither a file nor a folder."""
    try:
        if entry.is_symlink():
            _check_inside(Path(entry.path), name, root)
    except ContentError as error:
        return error
    if _is(entry.is_file) or _is(entry.is_dir):
        return None
    return _special(name, "found something that is no regular file", "delete it")


def read_inside(path: Path, root: Path, largest: int) -> bytes:
    """The content of a file of the project in `root`, which holds at most `largest` bytes.

    Raises ContentError for what is no regular file and for a link that leads nowhere or out of
    the project (`special-file`), and for a larger file (`file-size`); OSError where it cannot be
    opened.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    if path.is_relative_to(root):
        _check_inside(path, name, root)
    try:
        return read_file(path, largest)
    except UsageError:
        status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _special(name, "found something that is no regular file", "put a file there")
    found = f"the file has {status.st_size:,} bytes; at most {largest:,} are read"
    raise ContentError([breach("file-size", Position(name), found, "split it, or shorten it")])


def _check_inside(path: Path, name: str, root: Path) -> None:
    try:
        inside = path.resolve(strict=True).is_relative_to(root.resolve())
    except FileNotFoundError:
        if path.is_symlink():
            raise _special(name, "the link leads nowhere", _LINK_FIX) from None
        return
    except (OSError, RuntimeError):
        raise _special(name, "the link leads to itself", _LINK_FIX) from None
    if not inside:
        raise _special(name, "the link leads out of the project", _LINK_FIX)


def _is(asks: Callable[[], bool]) -> bool:
    """What an entry answers; a link that leads to itself is neither a file nor a folder."""
    try:
        return asks()
    except OSError:
        return False


def _special(name: str, found: str, fix: str) -> ContentError:
    return ContentError([breach("special-file", Position(name), found, fix)])


@contextmanager
def replacing(path: Path, expected: bytes | None = None) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` when all of it is on disk.

    Until then, and where anything fails or the process is killed, `path` is as it was. A symbolic
    link is followed; the permissions of the previous file are kept, and its owner where that is
    allowed. Devices, FIFOs and descriptors (/dev/stdout) are written to directly. With `expected`,
    a file that no longer holds that content just before it would be replaced is left alone.
    Raises OSError where it cannot be written.
    """
    target, previous = _target(path)
    if target is None:
        # Appended, since `>> log` with -o /dev/stdout must not empty the log.
        with path.open("ab") as device:
            yield device
        return
    mode = 0o666 if previous is None else stat.S_IMODE(previous.st_mode)

    def finish(draft: Path) -> None:
        if previous is not None:
            _take_over(draft, previous)
        if expected is not None and target.read_bytes() != expected:
            raise OSError(errno.EBUSY, "it was changed by another program; run this again")
        draft.replace(target)

    with _written(target, mode, finish) as file:
        yield file


def write_file(path: Path, content: bytes | str, expected: bytes | None = None) -> None:
    """Replace the content of `path`, as `replacing` does; text is written as UTF-8."""
    with replacing(path, expected) as file:
        file.write(content.encode() if isinstance(content, str) else content)


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
    """Write a file that is not there yet; whoever looks sees no file, or all of it.

    Raises FileExistsError where there is anything of that name, also if it came a moment ago;
    OSError where it cannot be written.
    """
    with _written(path, 0o666, lambda draft: _link(draft, path)) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def draft_name(name: str, ending: str = DRAFT) -> str:
    """The name of the draft of a file called `name`; a long name is cut, with its hash instead."""
    raw = os.fsencode(name)
    if len(raw) > _LONGEST:
        digest = hashlib.sha256(raw).hexdigest()[:16]
        name = raw[: _LONGEST - 17].decode("utf-8", "ignore") + f".{digest}"
    return f".{name}{ending}"


def remove_drafts(folder: Path) -> None:
    """Remove the drafts in `folder` that killed processes left, as far as that is allowed."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(".") and path.name.endswith(DRAFT):
                with suppress(OSError):
                    _remove_dead(path)


@contextmanager
def locked(draft: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A new file `draft`, which belongs to this process for as long as the context lasts.

    What a killed process left there is removed first; a process that lives is waited for. The file
    is removed at the end if it still has that name. Raises OSError.
    """
    file: IO[bytes] = os.fdopen(_claimed(draft, mode), "wb")
    try:
        yield file
    finally:
        # It is removed while it is still locked: later it could be another process's.
        with suppress(OSError):
            if fcntl is None:
                file.close()
            if file.closed or _is_at(file.fileno(), draft):
                draft.unlink()
        # Whether all was written has been told: closing would only say it again.
        with suppress(OSError):
            file.close()


def sync_folder(folder: Path) -> None:
    """Put on disk which names a folder holds, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _written(target: Path, mode: int, finish: Callable[[Path], None]) -> Iterator[IO[bytes]]:
    """A draft to write, which `finish` puts in its place when all of it is on disk."""
    draft = target.with_name(draft_name(target.name))
    with locked(draft, mode) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if fcntl is None:
            file.close()
        finish(draft)
    sync_folder(target.parent)


def _target(path: Path) -> tuple[Path | None, os.stat_result | None]:
    """The file that `path` leads to, None if it is not to be replaced; and how it looks so far."""
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


def _take_over(draft: Path, previous: os.stat_result) -> None:
    """Give a draft the owner of the file that it replaces, if that is allowed, and its mode."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(draft, previous.st_uid, previous.st_gid)
    draft.chmod(stat.S_IMODE(previous.st_mode))


def _link(draft: Path, target: Path) -> None:
    """Give a draft the name `target` if nothing has it. Raises FileExistsError."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links. Other processes of this program wait for the draft's
        # lock; another program could come in between these two lines.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        draft.rename(target)


def _claimed(draft: Path, mode: int) -> int:
    """A descriptor of the new and locked file `draft`. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            descriptor = os.open(draft, flags, mode)
        except FileExistsError:
            if not _remove_dead(draft):
                if time.monotonic() > deadline:
                    raise OSError(errno.EBUSY, "another process is writing it") from None
                time.sleep(0.02)
            continue
        except PermissionError as error:
            found = f"no file can be made in its folder ({error.strerror})"
            raise PermissionError(error.errno, found) from None
        # Between these two calls another process can have taken the file for a dead one's.
        if _lock(descriptor) and _is_at(descriptor, draft):
            return descriptor
        os.close(descriptor)


def _remove_dead(draft: Path) -> bool:
    """Remove a draft whose process is gone; False where that process lives."""
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
    """Lock a file until it is closed; False where another process has locked it."""
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: two writers are not told apart there
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one that has the name `path`."""
    try:
        return fcntl is None or os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
