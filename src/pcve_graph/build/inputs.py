"""The files that a build reads, and what tells that one has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from ..project import Project

SUMS: Final = "inputs.sha256"
STAMPS: Final = "inputs.stamps"


class File(NamedTuple):
    """A file as it was read: what a later look compares first, and its SHA-256."""

    size: int
    mtime: int
    inode: int
    sha256: str


def read_inputs(folder: Path) -> tuple[dict[str, File], int]:
    """The inputs that the build in `folder` read, by path, and when that was written (in ns).

    Without stamps, or with those of other inputs, every size is -1: nothing then looks the same.
    """
    sums, stamps = folder / SUMS, folder / STAMPS
    rows = [line.split("  ", 1) for line in sums.read_text("utf-8").split("\n")[:-1]]
    known = stamps.read_text("utf-8").split("\n") if stamps.is_file() else []
    if len(known) != len(rows) + 1:
        return {path: File(-1, 0, 0, digest) for digest, path in rows}, 0
    files = {}
    for stamp, (digest, path) in zip(known, rows, strict=False):
        size, mtime, inode = stamp.split(" ")
        files[path] = File(int(size), int(mtime), int(inode), digest)
    return files, stamps.stat().st_mtime_ns


def write_inputs(files: Mapping[str, File], folder: Path) -> None:
    """Write the SHA-256 sums of the inputs, as `sha256sum --check` reads them, and their stamps."""
    ordered = sorted(files.items())
    sums = "".join(f"{file.sha256}  {path}\n" for path, file in ordered)
    (folder / SUMS).write_text(sums, "utf-8")
    stamps = "".join(f"{file.size} {file.mtime} {file.inode}\n" for _, file in ordered)
    (folder / STAMPS).write_text(stamps, "utf-8")


def scan(
    project: Project, known: Mapping[str, File] | None = None, since: int = 0
) -> dict[str, File]:
    """Every file that a build reads, by its path from the project's root.

    A file of `known` with the same size, time and inode is not read again, unless it was changed
    at or after `since` (nanoseconds), the time that `known` was written: two changes within one
    tick of the clock look the same.
    """
    known = known or {}
    found = {}
    for folder in (project.data, project.ontology, project.queries / "checks"):
        for path, entry in _files(str(folder), project.relative(folder)):
            stat = entry.stat()
            stamp = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
            old = known.get(path)
            if old and old[:3] == stamp and stamp[1] < since:
                found[path] = old
            else:
                content = Path(entry.path).read_bytes()
                found[path] = File(*stamp, hashlib.sha256(content).hexdigest())
    return found


@lru_cache(1)
def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    own = sorted(Path(__file__).parents[1].rglob("*.py"))
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in own]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def _files(folder: str, name: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files under a folder, and in those beneath it, with their names from the root."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _files(entry.path, path)
        elif not entry.name.startswith(".") and entry.is_file():
            yield path, entry
