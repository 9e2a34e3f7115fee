"""The files that a build reads, and what tells that one has changed."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..graph.store import SUMS, Saved, open_graph
from ..model.problems import UsageError
from ..model.project import Project
from ..system.background import Apart
from ..system.files import read_file, read_inside, walk

STAMPS: Final = "inputs.stamps"
LARGEST: Final = 300 * 2**20
"""Bytes of the largest file that a build reads."""


_UNSURE: Final = "changed while it was read"
"""The stamp of a file of which it is not known what a build read in it: the next reads it anew."""

_GONE: Final = "0" * 64
"""In the place of the SHA-256 of a file that went while it was looked at."""

_TICK: Final = 10**8
"""Nanoseconds: more than any system's clock for files takes from one time to the next."""

_COARSE: Final = 2 * 10**9
"""The same for file systems that keep whole seconds; FAT keeps every other one."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files by path from the project's root: the SHA-256 of each, and how it looked before that.

    A stamp is size, times of the last change of content and of status (ns), and inode; `folders`
    has those of the folders that hold them. `started` is when it was begun to look (ns since 1970).
    """

    sums: dict[str, str]
    stamps: dict[str, str]
    folders: dict[str, str]
    started: int


class News(NamedTuple):
    """What differs from the inputs of a build: the SHA-256 and stamp of each file that is new or
    looks otherwise, the paths of those that are gone, and `changed`: all that hold other content,
    or of which it is not known what the build read. `folders` and `started` are as in `Inputs`.
    """

    fresh: dict[str, tuple[str, str]]
    gone: set[str]
    changed: set[str]
    folders: dict[str, str]
    started: int


def read_inputs(folder: Path) -> Inputs:
    """The inputs that the build in `folder` read, as far as their stamps can be read."""
    sums, stamps, started = _written(folder)
    digests = {line[66:]: line[:64] for line in sums}
    return Inputs(digests, dict(zip(digests, stamps, strict=True)), {}, started)


def write_inputs(files: Inputs, folder: Path) -> None:
    """Write the SHA-256 sums of the inputs, as `sha256sum --check` reads them, and their stamps.

    The first line of the stamps is when they were begun, and the SHA-256 of the sums they are of.
    """
    ordered = sorted(files.sums)
    sums = "".join(f"{files.sums[path]}  {path}\n" for path in ordered).encode()
    head = f"{files.started} {hashlib.sha256(sums).hexdigest()}"
    stamps = "\n".join([head, *(files.stamps[path] for path in ordered), ""])
    (folder / SUMS).write_bytes(sums)
    (folder / STAMPS).write_text(stamps, "utf-8")


def renewed(folder: Path, changes: News) -> Inputs:
    """The inputs that the build in `folder` read, with `news` of them."""
    old = read_inputs(folder)
    fresh = {path: entry for path, entry in changes.fresh.items() if path not in changes.gone}
    sums = {path: digest for path, digest in old.sums.items() if path not in changes.gone}
    sums |= {path: digest for path, (digest, _) in fresh.items()}
    stamps = {path: fresh[path][1] if path in fresh else old.stamps[path] for path in sums}
    return Inputs(sums, stamps, changes.folders, changes.started)


def news(project: Project, last: Path) -> News:
    """What has changed in `project` since the build whose files are in the folder `last`.

    A file that looks as it did then is not read, unless it had changed so short a time before the
    build looked that a further change could look the same.
    """
    started = time.time_ns()
    sums, stamps, before = _written(last)
    stamps_by_path = dict(zip(map(_path, sums), stamps, strict=True))
    changed = {path for path, stamp in stamps_by_path.items() if stamp == _UNSURE}
    present: list[str] = []
    fresh: dict[str, tuple[str, str]] = {}
    for path, entry, status in _files(project):
        present.append(path)
        stamp = _stamp(status)
        if stamps_by_path.pop(path, "") != stamp or _is_recent(status, before):
            fresh[path] = (_digest(project, entry), stamp)
    digests = {line[66:]: line[:64] for line in sums if line[66:] in fresh}
    changed |= {path for path, (digest, _) in fresh.items() if digest != digests.get(path)}
    changed |= stamps_by_path.keys()
    return News(fresh, set(stamps_by_path), changed, _folders(project, present), started)


def news_apart(project: Project, last: Path) -> Callable[[], News]:
    """As `news`, looked for by a process of its own from now on; to be asked for once."""
    apart = Apart(lambda: tuple(news(project, last)))
    return lambda: News._make(apart.result())


def scan(project: Project) -> Inputs:
    """Every file that a build reads, as it looked before it was read."""
    started = time.time_ns()
    sums: dict[str, str] = {}
    stamps: dict[str, str] = {}
    for path, entry, status in _files(project):
        stamps[path] = _stamp(status)
        sums[path] = _digest(project, entry)
    return Inputs(sums, stamps, _folders(project, sums), started)


def settled(project: Project, files: Inputs) -> Inputs:
    """`files`, which were looked at before all was read, now that it has been read.

    A file that changed in between, even if it changed back, gets a stamp by which the next build
    reads it anew; so does every file, where one came or went: it could have been read.
    """
    sums, stamps = dict(files.sums), dict(files.stamps)
    missing = set(sums)
    for path, entry, status in _files(project):
        missing.discard(path)
        same = stamps.get(path) == _stamp(status)
        if same and _is_recent(status, files.started):
            same = _digest(project, entry) == sums[path]
        if not same:
            stamps[path] = _UNSURE
            sums.setdefault(path, _digest(project, entry))
    if missing or _folders(project, sums) != files.folders:
        stamps = dict.fromkeys(sums, _UNSURE)
    return Inputs(sums, stamps, files.folders, files.started)


def completeness_file(project: Project) -> Path:
    """The saved question that a build asks; a project may do without."""
    return project.queries / "answers" / "completeness.rq"


def _written(folder: Path) -> tuple[list[str], list[str], int]:
    """The lines of sums and of stamps of a build, and when it was begun to look at the files.

    Stamps that are not of these sums, or cannot be read, are empty.
    """
    content = (folder / SUMS).read_bytes()
    sums = content.decode().split("\n")[:-1]
    with suppress(OSError, ValueError):
        head, *stamps = (folder / STAMPS).read_text("utf-8").split("\n")[:-1]
        started, digest = head.split(" ")
        if digest == hashlib.sha256(content).hexdigest() and len(stamps) == len(sums):
            return sums, stamps, int(started)
    return sums, [""] * len(sums), 0


def _stamp(status: os.stat_result) -> str:
    times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
    return f"{status.st_size} {times} {status.st_ino}"


def _is_recent(status: os.stat_result, started: int) -> bool:
    """Whether a file could have changed twice within one tick of its clock, `started` between."""
    return any(
        moment >= started - (_TICK if moment % 10**9 else _COARSE)
        for moment in (status.st_mtime_ns, status.st_ctime_ns)
    )


def _digest(project: Project, file: Path | os.DirEntry[str]) -> str:
    """The SHA-256 of a file. Raises ContentError or UsageError where it cannot be read."""
    try:
        try:
            content = read_file(Path(file), LARGEST)
        except UsageError:
            content = read_inside(Path(file), project.root, LARGEST)  # which says the place
    except FileNotFoundError:
        return _GONE
    except OSError as error:
        raise UsageError(f"{os.fspath(file)} cannot be read: {error.strerror}") from None
    return hashlib.sha256(content).hexdigest()


def _path(line: str) -> str:
    return line[66:]


def _folders(project: Project, paths: Iterable[str]) -> dict[str, str]:
    """The stamps of all folders that lead from the project's root to these files."""
    names: set[str] = set()
    for path in paths:
        name = path.rpartition("/")[0]
        while name and name not in names:
            names.add(name)
            name = name.rpartition("/")[0]
    stamps_by_folder: dict[str, str] = {}
    for name in names:
        with suppress(OSError):
            stamps_by_folder[name] = _stamp((project.root / name).stat())
    return stamps_by_folder


def _files(project: Project) -> Iterator[tuple[str, Path | os.DirEntry[str], os.stat_result]]:
    """The files of the folders that are read, and of those beneath, by their path from the root."""
    for path, entry in _entries(project):
        try:
            status = entry.stat()
        except FileNotFoundError:  # gone since its folder was listed
            continue
        yield path, entry, status


def _entries(project: Project) -> Iterator[tuple[str, Path | os.DirEntry[str]]]:
    for folder in (project.data, project.ontology, project.queries / "checks"):
        if folder.is_dir():
            yield from walk(folder, f"{project.relative(folder)}/", project.root)
    question = completeness_file(project)
    if question.is_file():
        yield project.relative(question), question


def is_stale(project: Project, saved: Saved) -> bool:
    """Whether a file that the build read has changed since, by content."""
    return bool(news(project, saved.folder).changed)


def is_current(project: Project) -> bool:
    """Whether there is a saved graph, made of the files as they are."""
    try:
        return not is_stale(project, open_graph(project))
    except (UsageError, OSError, ValueError):
        return False
