"""The build folder as the one process that builds has it: drafts, the switch, the clearing."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ..model.namespaces import GRAPHS
from ..model.problems import UsageError, shortage
from ..system.cache import FOLDER as KEPT
from ..system.locks import Lock, try_lock
from .generations import (
    CURRENT,
    DRAFT,
    GENERATIONS,
    LOCK,
    Generation,
    NoGraphError,
    Pointer,
    current_generation,
    is_build,
    is_first_layout,
    lock_file,
    numbers,
    read_current,
    write_current,
)
from .sums import Sum, UnusableError, sum_files, write_sums

Tell = Callable[[str], None]
"""Takes a line for the user about what goes on."""

PATIENCE: Final = 1.0
"""Seconds of waiting for another build before the user is told of it."""
_POLL: Final = 0.05
_DRAFT: Final = re.compile(DRAFT + r"\d+-[0-9a-f]{8}", re.ASCII)
"""How `BuildFolder.draft` names its folders: no other folder is taken for one and deleted."""
_FIRST_LAYOUT: Final = (
    "search.sqlite",
    "index.sqlite",
    "manifest.json",
    "inputs.sha256",
    "inputs.stamps",
)
_OF_STORE: Final = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG(\.old\.\d+)?|MANIFEST-\d+|OPTIONS-\d+|\d+\.(sst|log)"
)


class BuildFolder:
    """A build folder that this process alone may write to, while `opened`.

    `last` is the last build, to go on from; None where there is none that can be used, and
    `obstacle` then says why, empty where nothing was built yet.
    """

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self.lock = lock
        self.last: Generation | None = None
        self.obstacle = ""
        try:
            self.last = current_generation(path)
        except NoGraphError:
            pass
        except UnusableError as error:
            self.obstacle = error.reason

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A new empty folder for the next build. What is left of it at the end is deleted."""
        folder = self.path / f"{DRAFT}{os.getpid()}-{os.urandom(4).hex()}"
        try:
            with writing(self.path):
                (folder / "graph").mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, known: Mapping[str, Sum]) -> Generation:
        """Make `draft` the current generation, and delete those that nobody needs any more.

        `known` are the sums of the files that have been summed already. Raises UsageError where it
        cannot be written; the last build is then the current one still.
        """
        with writing(self.path):
            sums = sum_files(draft, known)
            return self._publish(draft, sums, write_sums(sums, draft))

    def _publish(self, draft: Path, sums: Mapping[str, Sum], digest: str) -> Generation:
        (self.path / GENERATIONS).mkdir(exist_ok=True)
        number = self._named(draft)
        try:
            lock = try_lock(lock_file(self.path, number), exclusive=False)
            pointer = Pointer(number, digest)
            write_current(self.path, pointer)
        except BaseException:
            if not self._is_current(number):
                self._delete(number)
            raise
        self._clear_generations(number)
        if is_first_layout(self.path):
            _delete_first_layout(self.path)
        return Generation(self.path, pointer, sums, lock)

    def _named(self, draft: Path) -> int:
        """Rename the draft into a generation of a new number, which is greater than all before."""
        number = max([*numbers(self.path), self.last.pointer.number if self.last else 0], default=0)
        while True:
            number += 1
            target = self.path / GENERATIONS / str(number)
            try:
                draft.rename(target)
            except OSError:
                if not target.exists():
                    raise
                # Where there are no locks, another build may have taken the number.
            else:
                return number

    def clear_drafts(self) -> None:
        """Delete the drafts of builds that were killed: with the lock held, all that there are."""
        for path in list(self.path.iterdir()) if self.lock.held else ():
            if _DRAFT.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)

    def _is_current(self, number: int) -> bool:
        with suppress(UsageError, OSError):
            return read_current(self.path).number == number
        return False

    def _clear_generations(self, current: int) -> None:
        """Delete all generations but the current one, the one before, and those that are read."""
        others = [number for number in numbers(self.path) if number != current]
        before = self.last.pointer.number if self.last else max(others, default=0)
        for number in others:
            if number == before:
                continue
            lock = try_lock(lock_file(self.path, number), exclusive=True)
            if lock is not None:
                self._delete(number)
                lock.close()

    def _delete(self, number: int) -> None:
        shutil.rmtree(self.path / GENERATIONS / str(number), ignore_errors=True)
        with suppress(OSError):
            lock_file(self.path, number).unlink()


def copy_build(path: Path, target: Path) -> None:
    """Make `target` a build folder with the current generation of `path`, if it has one."""
    try:
        generation = current_generation(path)
        shutil.copytree(generation.folder, target / GENERATIONS / generation.folder.name)
    except (UsageError, OSError):
        return
    if (path / KEPT).is_dir():
        shutil.copytree(path / KEPT, target / KEPT)
    write_current(target, generation.pointer)


@contextmanager
def build_folder(path: Path, tell: Tell = lambda line: None) -> Iterator[BuildFolder]:
    """The build folder at `path` for this process alone, made where there is none.

    While another process builds there, it waits; after `PATIENCE` seconds it says so with `tell`.
    Raises UsageError where the folder cannot be written, is a link, or is not one of pcve's.
    """
    check_folder(path)
    lock = _locked(path, tell)
    try:
        folder = BuildFolder(path, lock)
        folder.clear_drafts()
        yield folder
    finally:
        _leave(path, lock)


def check_folder(path: Path) -> None:
    """Raise UsageError where `path` is a link, or holds what pcve did not write: it is left alone.

    In a folder that a build has been made in, files of others are ignored and never touched.
    """
    for each in (path, *(path / name for name in (CURRENT, GENERATIONS, KEPT, LOCK))):
        if each.is_symlink():
            raise UsageError(
                f"{each} is a symbolic link, and pcve builds into folders and files of its own "
                "only; nothing was changed. Move the link away"
            )
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(
            f"{path} is in the way: it is a file, where the build's folder is to be; nothing was "
            "changed. Move it away"
        )
    for each in (path / CURRENT, path / LOCK):
        if each.is_dir():
            raise UsageError(
                f"{each} is in the way: it is a folder, where a file of the build is to be; "
                "nothing was changed. Move it away"
            )
    foreign = sorted(each.name for each in path.iterdir() if not _is_ours(each.name))
    if foreign and not is_build(path):
        raise UsageError(
            f"{path} holds files that pcve did not write ({', '.join(foreign[:3])}); nothing was "
            "changed. Move the folder away"
        )


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell of what cannot be written to a build as UsageError."""
    try:
        yield
    except OSError as error:
        reason = f"{folder} cannot be written: {error.strerror or error}"
        raise UsageError(shortage(error) or reason) from None
    except Exception as error:
        import sqlite3

        # SQLITE_ERROR is no failure to write: the file is not one of pcve's.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR:
            raise
        raise UsageError(f"{folder} cannot be written: {error}") from None


def _locked(path: Path, tell: Tell) -> Lock:
    start = time.monotonic()
    told = False
    while True:
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        lock = try_lock(path / LOCK, exclusive=True)
        if lock is not None:
            return lock
        if not told and time.monotonic() - start > PATIENCE:
            tell(f"waiting for another build in {path} to end")
            told = True
        time.sleep(_POLL)


def _leave(path: Path, lock: Lock) -> None:
    """Release the folder; where nothing was built in it, it goes."""
    if lock.held and not _has_content(path):
        with suppress(OSError):
            (path / LOCK).unlink()
            path.rmdir()
    lock.close()


def _has_content(path: Path) -> bool:
    return any(each.name != LOCK and not _DRAFT.fullmatch(each.name) for each in path.iterdir())


def _is_ours(name: str) -> bool:
    """Whether the first build makes this; hidden files, as of file managers, do not count."""
    return name in (KEPT, LOCK) or name.startswith(".") or bool(_DRAFT.fullmatch(name))


def _delete_first_layout(build: Path) -> None:
    """Delete the files that a version before this layout wrote, and no others."""
    store, graph = build / "store", build / "graph"
    paths = [build / name for name in _FIRST_LAYOUT]
    paths += [graph / f"{name}.nt" for name in GRAPHS]
    if store.is_dir():
        paths += [path for path in store.iterdir() if _OF_STORE.fullmatch(path.name)]
    for path in paths:
        with suppress(OSError):
            path.unlink()
    for folder in (store, graph):
        with suppress(OSError):
            folder.rmdir()
