"""The files that a build reads, and what tells that one has changed."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import UsageError
from ..files import read_file, read_inside, walk
from ..project import Project
from .beside import Apart

SUMS: Final = "inputs.sha256"
STAMPS: Final = "inputs.stamps"
LARGEST: Final = 300 * 2**20
"""Bytes of the largest file that a build reads."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files by path from the project's root: the SHA-256 of each, and how it looked when read.

    A stamp is size, time of the last change (ns) and inode.
    """

    sums: dict[str, str]
    stamps: dict[str, str]


class News(NamedTuple):
    """What differs from the inputs of a build: the SHA-256 and stamp of each file that is new or
    looks otherwise, the paths of those that are gone, and `changed`: all that hold other content.
    """

    fresh: dict[str, tuple[str, str]]
    gone: set[str]
    changed: set[str]


def read_inputs(folder: Path) -> Inputs:
    """The inputs that the build in `folder` read; without stamps, or with those of others, none."""
    sums, stamps, _ = _written(folder)
    digests = {line[66:]: line[:64] for line in sums}
    return Inputs(digests, dict(zip(digests, stamps, strict=True)))


def write_inputs(files: Inputs, folder: Path) -> None:
    """Write the SHA-256 sums of the inputs, as `sha256sum --check` reads them, and their stamps."""
    ordered = sorted(files.sums)
    sums = [f"{files.sums[path]}  {path}" for path in ordered]
    _write(folder, sums, [files.stamps[path] for path in ordered])


def renew_inputs(old: Path, folder: Path, news: News) -> None:
    """Write to `folder` the inputs that the build in `old` read, with `news` of them."""
    sums, stamps, _ = _written(old)
    for path in sorted((*news.fresh, *news.gone)):
        start = bisect_left(sums, path, key=_path)
        end = bisect_right(sums, path, start, key=_path)
        fresh = [news.fresh[path]] if path in news.fresh else []
        sums[start:end] = [f"{digest}  {path}" for digest, _ in fresh]
        stamps[start:end] = [stamp for _, stamp in fresh]
    _write(folder, sums, stamps)


def news(project: Project) -> News:
    """What has changed in `project` since its build.

    A file that looks as it did then is not read, unless it was changed at or after the time that
    its look was written down: two changes within one tick of the clock look the same.
    """
    sums, stamps, written = _written(project.build)
    known = dict(zip(map(_path, sums), stamps, strict=True))
    fresh: dict[str, tuple[str, str]] = {}
    for path, entry in _files(project):
        stat = entry.stat()
        stamp = _stamp(stat)
        if known.pop(path, "") != stamp or stat.st_mtime_ns >= written:
            fresh[path] = (_digest(project, entry), stamp)
    before = {line[66:]: line[:64] for line in sums if line[66:] in fresh}
    changed = {path for path, (digest, _) in fresh.items() if digest != before.get(path)}
    return News(fresh, set(known), changed | known.keys())


def news_apart(project: Project) -> Callable[[], News]:
    """As `news`, looked for by a process of its own from now on; to be asked for once."""
    apart = Apart(lambda: tuple(news(project)))
    return lambda: News._make(apart.result())


def scan(project: Project) -> Inputs:
    """Every file that a build reads, as it looked before it was read."""
    found = Inputs({}, {})
    for path, entry in _files(project):
        found.stamps[path] = _stamp(entry.stat())
        found.sums[path] = _digest(project, entry)
    return found


def completeness_file(project: Project) -> Path:
    """The saved question that a build asks; a project may do without."""
    return project.queries / "answers" / "completeness.rq"


def _written(folder: Path) -> tuple[list[str], list[str], int]:
    """The lines of sums and of stamps of a build, and when the stamps were written down."""
    file = folder / STAMPS
    sums = (folder / SUMS).read_text("utf-8").split("\n")[:-1]
    stamps = file.read_text("utf-8").split("\n")[:-1] if file.is_file() else []
    if len(stamps) != len(sums):
        return sums, [""] * len(sums), 0
    return sums, stamps, file.stat().st_mtime_ns


def _write(folder: Path, sums: list[str], stamps: list[str]) -> None:
    for name, lines in ((SUMS, sums), (STAMPS, stamps)):
        (folder / name).write_text("\n".join([*lines, ""]), "utf-8")


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"


def _digest(project: Project, file: Path | os.DirEntry[str]) -> str:
    try:
        content = read_file(Path(file), LARGEST)
    except UsageError:
        content = read_inside(Path(file), project.root, LARGEST)  # which says the place
    return hashlib.sha256(content).hexdigest()


def _path(line: str) -> str:
    return line[66:]


def _files(project: Project) -> Iterator[tuple[str, Path | os.DirEntry[str]]]:
    """The files of the folders that are read, and of those beneath, by their path from the root."""
    for folder in (project.data, project.ontology, project.queries / "checks"):
        if folder.is_dir():
            yield from walk(folder, f"{project.relative(folder)}/", project.root)
    question = completeness_file(project)
    if question.is_file():
        yield project.relative(question), question
