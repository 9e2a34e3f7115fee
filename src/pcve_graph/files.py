"""Files read within a bound, and written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .errors import UsageError


def read_file(path: Path, largest: int) -> bytes:
    """The content of a regular file of at most `largest` bytes.

    A FIFO, a device, a socket or a folder is never read from: opening one could block for ever.
    Raises UsageError for those and for a larger file, OSError where it cannot be opened.
    """
    # O_NONBLOCK keeps the opening of a FIFO without a writer from blocking; it has no effect on
    # regular files.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
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
