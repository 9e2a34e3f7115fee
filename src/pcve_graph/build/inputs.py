"""The files that a build reads, and what tells that one has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..project import Project

SUMS: Final = "inputs.sha256"
STAMPS: Final = "inputs.stamps"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files by path from the project's root: the SHA-256 of each, and how it looked when read.

    A stamp is size, time of the last change (ns) and inode; `written` is when the stamps were
    written down (ns), 0 where they are not known.
    """

    sums: dict[str, str]
    stamps: dict[str, str]
    written: int = 0

    def changed(self, other: Inputs) -> set[str]:
        """The paths of the files that one has and the other has not, or with other content."""
        return {path for path, _ in self.sums.items() ^ other.sums.items()}


def read_inputs(folder: Path) -> Inputs:
    """The inputs that the build in `folder` read; without stamps, or with those of others, none."""
    file = folder / STAMPS
    sums = (folder / SUMS).read_text("utf-8").split("\n")[:-1]
    stamps = file.read_text("utf-8").split("\n")[:-1] if file.is_file() else []
    digests = {line[66:]: line[:64] for line in sums}
    if len(stamps) != len(sums):
        return Inputs(digests, {})
    return Inputs(digests, dict(zip(digests, stamps, strict=True)), file.stat().st_mtime_ns)


def write_inputs(files: Inputs, folder: Path) -> None:
    """Write the SHA-256 sums of the inputs, as `sha256sum --check` reads them, and their stamps."""
    ordered = sorted(files.sums)
    sums = "".join([f"{files.sums[path]}  {path}\n" for path in ordered])
    (folder / SUMS).write_text(sums, "utf-8")
    stamps = "".join([f"{files.stamps[path]}\n" for path in ordered])
    (folder / STAMPS).write_text(stamps, "utf-8")


def scan(project: Project, known: Inputs | None = None) -> Inputs:
    """Every file that a build reads.

    One that looks as in `known` is not read again, unless it was changed at or after the time that
    `known` was written: two changes within one tick of the clock look the same.
    """
    known = known or Inputs({}, {})
    looked, written = known.stamps, known.written
    sums, stamps = {}, {}
    for path, entry in _files(project):
        stat = entry.stat()
        stamp = stamps[path] = f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
        if looked.get(path) == stamp and stat.st_mtime_ns < written:
            sums[path] = known.sums[path]
        else:
            sums[path] = hashlib.sha256(Path(entry).read_bytes()).hexdigest()
    return Inputs(sums, stamps)


def completeness_file(project: Project) -> Path:
    """The saved question that a build asks; a project may do without."""
    return project.queries / "answers" / "completeness.rq"


@lru_cache(1)
def program() -> str:
    """A hash of the program's own files by their sizes and times: another program builds anew."""
    own = sorted(Path(__file__).parents[1].rglob("*.py"))
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in own]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def _files(project: Project) -> Iterator[tuple[str, Path | os.DirEntry[str]]]:
    """The files of the folders that are read, and of those beneath, by their path from the root."""
    read = (project.data, project.ontology, project.queries / "checks")
    waiting = [(str(folder), f"{project.relative(folder)}/") for folder in read if folder.is_dir()]
    for folder, name in waiting:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    if entry.name[0] != ".":
                        yield name + entry.name, entry
                elif entry.is_dir():
                    waiting.append((entry.path, f"{name}{entry.name}/"))
    question = completeness_file(project)
    if question.is_file():
        yield project.relative(question), question
