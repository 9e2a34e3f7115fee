"""The size and SHA-256 of each file of a build, by which damage is detected."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ..model.namespaces import GRAPHS
from ..model.problems import UsageError
from ..system.files import LARGEST_FILE, read_file

SUMS_FILE: Final = "sums.json"
_NAME: Final = re.compile(r"\w[\w-]*(\.\w+)?(/\w[\w-]*(\.\w+)?)*", re.ASCII)
"""How files of a build are named: no such name leads out of its folder."""
_NEEDED: Final = frozenset(
    [f"graph/{name}.nt" for name in GRAPHS]
    + ["index.sqlite", "inputs.sha256", "inputs.stamps", "manifest.json", "search.sqlite"]
    + ["store/CURRENT"]
)
"""Files that every build has, or its store would not open."""
_NOT_DAMAGE: Final = (errno.EACCES, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EPERM)


class FileSum(NamedTuple):
    """The size of a file in bytes, and its SHA-256."""

    size: int
    digest: str


class UnusableError(UsageError):
    """A build cannot be used for `reason`: damage, or another version of pcve."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}; run `pcve build`")


def sum_files(
    folder: Path, known_sums: Mapping[str, FileSum], without: str = ""
) -> dict[str, FileSum]:
    """The sums of all files in `folder` and its subfolders, by relative path, sorted.

    `known_sums` are not computed again. The file `without` is left out, and so are RocksDB's log
    and lock, which contain nothing of the graph.
    """
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = sorted(path.relative_to(folder).as_posix() for path in paths)
    return {
        name: known_sums.get(name) or _sum(folder / name)
        for name in names
        if name != without and not name.startswith(("store/LOG", "store/LOCK"))
    }


def linked_sums(folder: Path, last: Path, sums: Mapping[str, FileSum]) -> dict[str, FileSum]:
    """Those of `sums`, of the files in `last`, whose file in `folder` is a hard link to it."""
    return {
        name: checksum for name, checksum in sums.items() if _is_same(folder / name, last / name)
    }


def write_sums(sums: Mapping[str, FileSum], folder: Path) -> str:
    """Write `sums` to `folder`, and return the SHA-256 of the file."""
    content = (json.dumps(sums, indent=1) + "\n").encode()
    (folder / SUMS_FILE).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def read_sums(folder: Path, digest: str) -> dict[str, FileSum]:
    """The sums in `folder`. Raises UnusableError where the SHA-256 of the file is not `digest`."""
    path = folder / SUMS_FILE
    content = read_part(path)
    if hashlib.sha256(content).hexdigest() != digest:
        raise damaged(path)
    try:
        sums = {name: FileSum(*pair) for name, pair in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None
    if not all(map(_NAME.fullmatch, sums)):
        raise damaged(path, "it names files that do not belong to a build")
    if not sums.keys() >= _NEEDED:
        raise damaged(path, "it does not name all files of a build")
    return sums


def read_part(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The content of a small file of a build.

    Raises UnusableError where it is missing, larger, or no regular file; OSError where the file
    may be right, but cannot be read by this process.
    """
    try:
        return read_file(path, largest)
    except OSError as error:
        raise _unreadable(path, error) from None
    except UsageError as error:
        raise damaged(path, str(error)) from None


def check_sizes(folder: Path, sums: Mapping[str, FileSum]) -> None:
    """Compare the sizes of all files. Raises UnusableError where one is missing or differs."""
    for name, expected in sums.items():
        path = folder / name
        try:
            status = path.lstat()
        except OSError as error:
            raise _unreadable(path, error) from None
        if not stat.S_ISREG(status.st_mode) or status.st_size != expected.size:
            raise damaged(path)


def check_contents(folder: Path, sums: Mapping[str, FileSum], names: Iterable[str]) -> None:
    """Compare the SHA-256 of the files `names`. Raises UnusableError where one differs."""
    for name in names:
        path = folder / name
        try:
            content = _sum(path)
        except OSError as error:
            raise _unreadable(path, error) from None
        if content != sums.get(name):
            raise damaged(path)


def damaged(path: Path, reason: str = "its content has changed") -> UnusableError:
    """The error for a damaged file of a build."""
    return UnusableError(f"{path} is damaged ({reason})")


def _unreadable(path: Path, error: OSError) -> Exception:
    """The error for an unreadable file; `error` itself where the file need not be damaged."""
    return error if error.errno in _NOT_DAMAGE else damaged(path, error.strerror or str(error))


def _sum(path: Path) -> FileSum:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileSum(file.tell(), digest)


def _is_same(path: Path, last: Path) -> bool:
    try:
        return path.samefile(last)
    except OSError:
        return False
