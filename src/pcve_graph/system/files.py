"""Finding and reading files of bounded size, without following links out of the project."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ..model.problems import ContentError, Position, UsageError, rule_problem

LARGEST_FILE: Final = 64 * 2**20
"""Bytes of the largest ontology, query, ledger or held text that is read."""

_LINK_FIX: Final = "replace the link by the file itself, or delete it"


def read_file(path: Path, largest: int) -> bytes:
    """The content of a regular file of at most `largest` bytes.

    A FIFO, a device, a socket or a folder is never read: opening one could block for ever.
    Raises UsageError for those and for a larger file, OSError if the file cannot be opened.
    """
    descriptor, size = _open_regular(path)
    with os.fdopen(descriptor, "rb") as file:
        if size > largest:
            raise UsageError(f"{path} has {size:,} bytes; at most {largest:,} are read")
        # Memory is taken for as many bytes as are asked for: the size of the file, not `largest`.
        content = file.read(size + 1)
        while len(content) <= largest and (more := file.read(2**20)):
            content += more
    if len(content) > largest:
        raise UsageError(f"{path} grew while it was being read; at most {largest:,} bytes are read")
    return content


def read_start(path: Path, count: int) -> bytes:
    """The first `count` bytes of a regular file of any size. Raises as `read_file` does."""
    with os.fdopen(_open_regular(path)[0], "rb") as file:
        return file.read(count)


def _open_regular(path: Path) -> tuple[int, int]:
    """The descriptor and the size of a regular file, opened to read."""
    # O_NONBLOCK: opening a FIFO that has no writer must not block. It does not affect regular
    # files.
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:  # for a socket, and a terminal that does not exist
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is not a regular file") from None
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UsageError(f"{path} is not a regular file")
    return descriptor, status.st_size


def walk_files(
    top: Path,
    called: str = "",
    root: Path | None = None,
    hidden: bool = False,
    refuse: Callable[[ContentError], None] | None = None,
    whole: str = "project",
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The regular files in `top` and its subfolders by their paths, which begin with `called`.

    Names that begin with a dot are skipped, unless `hidden`. Links are followed, and each real
    folder is read once: links come after the other folders, so that a file is found under the name
    of its own folder. Without `root`, entries that are neither files nor folders are skipped.
    With `root`, the folder of the project around `top`, such entries, links that are broken or
    lead out of `root`, and `top` if it is not a folder raise ContentError (`special-file`), and so
    does always a folder that must not be read. With `refuse`, that is called with the error
    instead, and the walk goes on. `whole` is what a message calls `root`.
    """
    refuse = refuse or _raise
    seen: set[tuple[int, int]] = set()
    if root is not None:
        _check_inside(top, called.rstrip("/"), root, whole)
        if top.exists() and not top.is_dir():
            raise _special_file(called.rstrip("/"), "it is not a folder", "delete it")
    folders, links = [(str(top), called)], list[tuple[str, str]]()
    while folders or links:
        folder, name = folders.pop(0) if folders else links.pop(0)
        try:
            status, entries = Path(folder).stat(), _entries(folder)
        except FileNotFoundError:  # removed since it was listed
            continue
        except PermissionError:
            refuse(_special_file(name.rstrip("/"), "the folder may not be read", "let it be read"))
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            path, included = name + entry.name, hidden or entry.name[0] != "."
            if (
                root is not None
                and included
                and (problem := _wrong_entry(entry, path, root, whole))
            ):
                refuse(problem)
            elif _is_kind(entry.is_file):
                if included:
                    yield path, entry
            elif _is_kind(entry.is_dir):
                (links if entry.is_symlink() else folders).append((entry.path, f"{path}/"))


def _raise(error: ContentError) -> None:
    raise error


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return list(listing)


def _wrong_entry(entry: os.DirEntry[str], name: str, root: Path, whole: str) -> ContentError | None:
    """What is wrong with a link out of `root`, and what is neither a file nor a folder."""
    try:
        if entry.is_symlink():
            _check_inside(Path(entry.path), name, root, whole)
    except ContentError as error:
        return error
    if _is_kind(entry.is_file) or _is_kind(entry.is_dir):
        return None
    return _special_file(name, "it is not a regular file", "delete it")


def read_inside(path: Path, root: Path, largest: int) -> bytes:
    """The content of a file of the project in `root`, of at most `largest` bytes.

    Raises ContentError for anything but a regular file and for a link that is broken or leads out
    of the project (`special-file`), and for a larger file (`file-size`); OSError if it cannot be
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
        raise _special_file(name, "it is not a regular file", "replace it by a regular file")
    message = f"the file has {status.st_size:,} bytes; at most {largest:,} are read"
    raise ContentError([rule_problem("file-size", Position(name), message, "split or shorten it")])


def _check_inside(path: Path, name: str, root: Path, whole: str = "project") -> None:
    try:
        inside = path.resolve(strict=True).is_relative_to(root.resolve())
    except FileNotFoundError:
        if path.is_symlink():
            raise _special_file(name, "the target of the link does not exist", _LINK_FIX) from None
        return
    except (OSError, RuntimeError):
        raise _special_file(name, "the link points to itself", _LINK_FIX) from None
    if not inside:
        raise _special_file(name, f"the target of the link is outside the {whole}", _LINK_FIX)


def _is_kind(test: Callable[[], bool]) -> bool:
    """The result of `test`; False for a link that points to itself, which is of no kind."""
    try:
        return test()
    except OSError:
        return False


def _special_file(name: str, message: str, fix: str) -> ContentError:
    return ContentError([rule_problem("special-file", Position(name), message, fix)])


def real_path(path: Path) -> Path:
    """The path that links lead to; of a loop of links, as far as they lead.

    `Path.resolve` raises RuntimeError for a loop in Python 3.11 and 3.12.
    """
    return Path(os.path.realpath(path))
