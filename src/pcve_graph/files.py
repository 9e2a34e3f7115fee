"""Files found and read within bounds, and written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from .errors import ContentError, Position, UsageError, breach

LARGEST: Final = 64 * 2**20
"""Bytes of the largest ontology, query, ledger or held text that is read."""

_LINK_FIX: Final = "put the file itself there, or delete the link"


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
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path} is not a regular file")
        if status.st_size > largest:
            raise UsageError(f"{path} has {status.st_size:,} bytes; at most {largest:,} are read")
        content = file.read(largest + 1)
    if len(content) > largest:
        raise UsageError(f"{path} grew while it was read; at most {largest:,} bytes are read")
    return content


def walk(
    top: Path, called: str = "", root: Path | None = None, hidden: bool = False
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The regular files in a folder and beneath; their paths begin with `called`.

    Those whose names begin with a dot are left out, unless `hidden`. Links are followed, and each
    real folder is read once: folders that are no links come first, so that a file has the name of
    its own folder. Without `root`, what is neither a file nor a folder is passed over. With
    `root`, the folder of the project that `top` lies in, it is refused, and so is a link that
    leads nowhere or out of `root`: ContentError (`special-file`).
    """
    seen: set[tuple[int, int]] = set()
    if root is not None:
        _check_inside(top, called.rstrip("/"), root)
    folders, links = [(str(top), called)], list[tuple[str, str]]()
    while folders or links:
        folder, name = folders.pop(0) if folders else links.pop(0)
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            for entry in entries:
                path, counts = name + entry.name, hidden or entry.name[0] != "."
                if root is not None and counts and entry.is_symlink():
                    _check_inside(Path(entry.path), path, root)
                if _is(entry.is_file):
                    if counts:
                        yield path, entry
                elif _is(entry.is_dir):
                    (links if entry.is_symlink() else folders).append((entry.path, f"{path}/"))
                elif root is not None and counts:
                    raise _special(path, "found something that is no regular file", "delete it")


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
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` when all of it is on disk.

    It is written under another name in the same folder, flushed to disk and renamed, so that a
    crash or a full disk leaves the previous content. The mode of the previous file is kept, and a
    symbolic link is followed. Raises OSError where it cannot be written.
    """
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def write_file(path: Path, content: bytes | str) -> None:
    """Replace the content of `path`, as `replacing` does; text is written as UTF-8."""
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _mode(target: Path) -> int:
    """The permissions of `target`, or those that a new file gets under the current umask."""
    with suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
