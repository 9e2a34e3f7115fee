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
    for folder in (project.data, project.ontology, project.queries / "checks"):
        for path, entry in _files(str(folder), project.relative(folder)):
            stat = entry.stat()
            stamp = _stamp(stat)
            old = known.get(path)
            if old and (old.size, old.mtime, old.inode) == stamp and old.mtime < since:
                found[path] = old
            else:
                content = Path(entry.path).read_bytes()
                found[path] = File(*stamp, hashlib.sha256(content).hexdigest())
    return dict(sorted(found.items()))


def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    own = sorted(Path(__file__).parent.glob("*.py"))
    stamps = [(path.name, *_stamp(path.stat())) for path in own]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


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
