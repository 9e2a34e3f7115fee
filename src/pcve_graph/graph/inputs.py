"""The files that a build reads, and how a change of one is detected."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..evidence.rechecks import RECHECKS
from ..evidence.reviews import REVIEWS
from ..model.problems import UsageError
from ..model.project import Project
from ..system.background import BackgroundProcess
from ..system.files import read_file, read_inside, walk_files
from .store import SUMS, StoredGraph, open_graph
from .sums import damaged, read_part

STAMPS: Final = "inputs.stamps"
LARGEST: Final = 300 * 2**20
"""Bytes of the largest file that a build reads."""
_UNSURE: Final = "changed while it was read"
"""The stamp of a file that may differ from what the build read; the next build reads it again."""

_GONE: Final = "0" * 64
"""Stands for the SHA-256 of a file that was deleted during the scan."""

_TICK: Final = 10**8
"""Nanoseconds; longer than the resolution of the file timestamps of any system."""

_COARSE: Final = 2 * 10**9
"""The same for file systems that store whole seconds; FAT has a resolution of two."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """SHA-256 and stamp of each input file, by path relative to the project's root.

    A stamp is size, mtime and ctime (ns) and inode, taken before the file was read; `folders` has
    the stamps of the folders that contain the files. `started` is the start of the scan (ns since
    1970).
    """

    sums: dict[str, str]
    stamps: dict[str, str]
    folders: dict[str, str]
    started: int


class InputChanges(NamedTuple):
    """Differences from the inputs of a build.

    `fresh` has SHA-256 and stamp of each file that is new or whose stamp differs, `gone` the paths
    of deleted files, and `changed` the paths of all files whose content differs, or may differ from
    what the build read. `folders` and `started` are as in `Inputs`.
    """

    fresh: dict[str, tuple[str, str]]
    gone: set[str]
    changed: set[str]
    folders: dict[str, str]
    started: int


def read_inputs(folder: Path) -> Inputs:
    """The inputs of the build in `folder`; stamps that cannot be read are empty."""
    sums, stamps, started = _saved_inputs(folder)
    digests = {line[66:]: line[:64] for line in sums}
    return Inputs(digests, dict(zip(digests, stamps, strict=True)), {}, started)


def write_inputs(files: Inputs, folder: Path) -> None:
    """Write the SHA-256 sums of the inputs, in the format of `sha256sum --check`, and their stamps.

    The first line of the stamps has the start of the scan and the SHA-256 of the file of sums.
    """
    ordered = sorted(files.sums)
    sums = "".join(f"{files.sums[path]}  {path}\n" for path in ordered).encode()
    head = f"{files.started} {hashlib.sha256(sums).hexdigest()}"
    stamps = "\n".join([head, *(files.stamps[path] for path in ordered), ""])
    (folder / SUMS).write_bytes(sums)
    (folder / STAMPS).write_text(stamps, "utf-8")


def merge_input_changes(folder: Path, changes: InputChanges) -> Inputs:
    """The inputs of the build in `folder` after `changes`."""
    old = read_inputs(folder)
    fresh = {path: entry for path, entry in changes.fresh.items() if path not in changes.gone}
    sums = {path: digest for path, digest in old.sums.items() if path not in changes.gone}
    sums |= {path: digest for path, (digest, _) in fresh.items()}
    stamps = {path: fresh[path][1] if path in fresh else old.stamps[path] for path in sums}
    return Inputs(sums, stamps, changes.folders, changes.started)


def find_input_changes(project: Project, last: Path) -> InputChanges:
    """The changes in `project` since the build in the folder `last`.

    A file with an unchanged stamp is not read, unless it was modified so shortly before the scan
    that a later change could have left the same stamp.
    """
    started = time.time_ns()
    sums, stamps, before = _saved_inputs(last)
    stamps_by_path = dict(zip(map(_path_of, sums), stamps, strict=True))
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
    return InputChanges(fresh, set(stamps_by_path), changed, _folders(project, present), started)


def start_input_changes(project: Project, last: Path) -> Callable[[], InputChanges]:
    """Start `find_input_changes` in a separate process; the result waits for it. Call it once."""
    apart = BackgroundProcess(lambda: tuple(find_input_changes(project, last)))
    return lambda: InputChanges._make(apart.result())


def scan_inputs(project: Project) -> Inputs:
    """Every file that a build reads, stamped before it is read."""
    started = time.time_ns()
    sums: dict[str, str] = {}
    stamps: dict[str, str] = {}
    for path, entry, status in _files(project):
        stamps[path] = _stamp(status)
        sums[path] = _digest(project, entry)
    return Inputs(sums, stamps, _folders(project, sums), started)


def recheck_inputs(project: Project, files: Inputs) -> Inputs:
    """`files`, which were scanned before the build read them, after it has read them.

    A file that changed in between, even if it changed back, gets a stamp by which the next build
    reads it again. So do all files if one was added or deleted, since it may have been read.
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
    """The path of the saved query that a build runs; a project need not have it."""
    return project.queries / "answers" / "completeness.rq"


def _saved_inputs(folder: Path) -> tuple[list[str], list[str], int]:
    """The lines of sums, the stamps, and the start of the scan of a build.

    Stamps that do not belong to these sums, or cannot be read, are empty.
    """
    content = read_part(folder / SUMS)
    try:
        sums = content.decode().split("\n")[:-1]
    except UnicodeDecodeError:
        raise damaged(folder / SUMS) from None
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
    """Whether the file could change again after `started` without a change of its timestamps."""
    return any(
        moment >= started - (_TICK if moment % 10**9 else _COARSE)
        for moment in (status.st_mtime_ns, status.st_ctime_ns)
    )


def _digest(project: Project, file: Path | os.DirEntry[str]) -> str:
    """The SHA-256 of a file. Raises ContentError or UsageError if it cannot be read."""
    try:
        try:
            content = read_file(Path(file), LARGEST)
        except UsageError:
            content = read_inside(Path(file), project.root, LARGEST)  # its error has the position
    except FileNotFoundError:
        return _GONE
    except OSError as error:
        raise UsageError(f"{os.fspath(file)} cannot be read: {error.strerror}") from None
    return hashlib.sha256(content).hexdigest()


def _path_of(line: str) -> str:
    return line[66:]


def _folders(project: Project, paths: Iterable[str]) -> dict[str, str]:
    """The stamps of all folders on the paths from the project's root to these files."""
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
    """Path from the root, entry and status of each input file."""
    for path, entry in _entries(project):
        try:
            status = entry.stat()
        except FileNotFoundError:  # gone since its folder was listed
            continue
        yield path, entry, status


def _entries(project: Project) -> Iterator[tuple[str, Path | os.DirEntry[str]]]:
    for folder in (project.data, project.ontology, project.queries / "checks"):
        yield from walk_files(folder, f"{project.relative(folder)}/", project.root)
    for path in (completeness_file(project), project.settings):
        if os.path.lexists(path):
            yield project.relative(path), path


def is_stale(project: Project, saved: StoredGraph) -> bool:
    """Whether the content of an input of the graph has changed since the build.

    What commands write on its evidence is not in the graph: a build only checks it.
    """
    by_commands = tuple(f"{project.relative(project.data / name)}/" for name in (RECHECKS, REVIEWS))
    changed = find_input_changes(project, saved.folder).changed
    return any(not path.startswith(by_commands) for path in changed)


def is_current(project: Project) -> bool:
    """Whether there is a saved graph, built from the files in their present state."""
    try:
        return not is_stale(project, open_graph(project))
    except (UsageError, OSError, ValueError):
        return False
