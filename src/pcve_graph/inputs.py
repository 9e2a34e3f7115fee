"""The files that a build reads, and what tells that one has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .project import Project


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was read: its SHA-256, and what a later look compares first."""

    size: int
    mtime: int
    inode: int
    sha256: str


def scan(
    project: Project, known: Mapping[str, File] | None = None, since: int = 0
) -> dict[str, File]:
    """Every file that a build reads, by its path from the project's root, sorted.

    A file of `known` with the same size, time and inode is not read again, unless it was changed
    at or after `since` (nanoseconds), the time that `known` was written: two changes within one
    tick of the clock look the same.
    """
    known = known or {}
    found = {}
    folders = (project.data, project.ontology, project.queries / "checks")
    for folder in folders:
        for entry in _files(folder):
            path = project.relative(Path(entry.path))
            stat = entry.stat()
            old = known.get(path)
            same = old is not None and stat.st_mtime_ns < since
            if old and same and (old.size, old.mtime, old.inode) == _stamp(stat):
                found[path] = old
            else:
                digest = hashlib.sha256(Path(entry.path).read_bytes()).hexdigest()
                found[path] = File(*_stamp(stat), digest)
    return dict(sorted(found.items()))


def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    own = sorted(Path(__file__).parent.glob("*.py"))
    stamps = [(path.name, *_stamp(path.stat())) for path in own]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _files(Path(entry.path))
        elif entry.is_file() and not entry.name.startswith("."):
            yield entry
