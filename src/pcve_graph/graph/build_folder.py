"""The build folder, locked by the process that builds: drafts, publishing and deletion."""

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
from ..model.problems import UsageError, shortage_message
from ..system.cache import CACHE_FOLDER as KEPT
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
    generation_numbers,
    is_build,
    is_first_layout,
    lock_file,
    read_current,
    write_current,
)
from .sums import FileSum, UnusableError, sum_files, write_sums

Notify = Callable[[str], None]
"""Receives a progress message for the user, one line."""

PATIENCE: Final = 1.0
"""Seconds of waiting for another build before the user is notified."""
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
    """A build folder that only this process may write to.

    `last` is the last build; None where no usable one exists. `obstacle` is then the reason,
    empty where nothing was built yet.
    """

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self.lock = lock
        self.last: Generation | None = None
        self.unusable_reason = ""
        try:
            self.last = current_generation(path)
        except NoGraphError:
            pass
        except UnusableError as error:
            self.unusable_reason = error.reason

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A new empty folder for the next build; deleted at the end unless it was published."""
        folder = self.path / f"{DRAFT}{os.getpid()}-{os.urandom(4).hex()}"
        try:
            with reporting_write_errors(self.path):
                (folder / "graph").mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, known_sums: Mapping[str, FileSum]) -> Generation:
        """Make `draft` the current generation, and delete those that are no longer in use.

        `known_sums` are the sums of files that need not be computed again. Raises UsageError where
        the folder cannot be written; the last build then remains the current one.
        """
        with reporting_write_errors(self.path):
            sums = sum_files(draft, known_sums)
            return self._publish(draft, sums, write_sums(sums, draft))

    def _publish(self, draft: Path, sums: Mapping[str, FileSum], digest: str) -> Generation:
        (self.path / GENERATIONS).mkdir(exist_ok=True)
        number = self._renamed(draft)
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

    def _renamed(self, draft: Path) -> int:
        """Rename the draft to a generation with a new number, the greatest so far."""
        number = max(
            [*generation_numbers(self.path), self.last.pointer.number if self.last else 0],
            default=0,
        )
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
        """Delete the drafts of killed builds: while the lock is held, every draft is one."""
        for path in list(self.path.iterdir()) if self.lock.held else ():
            if _DRAFT.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)

    def _is_current(self, number: int) -> bool:
        with suppress(UsageError, OSError):
            return read_current(self.path).number == number
        return False

    def _clear_generations(self, current: int) -> None:
        """Delete all generations but the current one, the previous one, and those being read."""
        others = [number for number in generation_numbers(self.path) if number != current]
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
    """Copy the current generation of `path`, if it has one, to a build folder at `target`."""
    try:
        generation = current_generation(path)
        shutil.copytree(generation.folder, target / GENERATIONS / generation.folder.name)
    except (UsageError, OSError):
        return
    if (path / KEPT).is_dir():
        shutil.copytree(path / KEPT, target / KEPT)
    write_current(target, generation.pointer)


@contextmanager
def build_folder(path: Path, notify: Notify = lambda line: None) -> Iterator[BuildFolder]:
    """The build folder at `path`, locked for this process; created where it does not exist.

    Waits while another process builds there, and calls `notify` after `PATIENCE` seconds. Raises
    UsageError where the folder cannot be written, is a link, or was not written by pcve.
    """
    check_folder(path)
    lock = _locked(path, notify)
    try:
        folder = BuildFolder(path, lock)
        folder.clear_drafts()
        yield folder
    finally:
        _release(path, lock)


def check_folder(path: Path) -> None:
    """Raise UsageError where `path` is a link, or holds files that pcve did not write.

    In a folder that contains a build, foreign files are ignored and never touched.
    """
    for own_path in (path, *(path / name for name in (CURRENT, GENERATIONS, KEPT, LOCK))):
        if own_path.is_symlink():
            raise UsageError(
                f"{own_path} is a symbolic link; pcve only builds into folders and files of its "
                "own. Nothing was changed; move the link away"
            )
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(
            f"{path} is a file, where the build folder is expected. Nothing was "
            "changed; move the file away"
        )
    for path_of_file in (path / CURRENT, path / LOCK):
        if path_of_file.is_dir():
            raise UsageError(
                f"{path_of_file} is a folder, where a file of the build is expected. Nothing was "
                "changed; move the folder away"
            )
    foreign = sorted(entry.name for entry in path.iterdir() if not _is_ours(entry.name))
    if foreign and not is_build(path):
        raise UsageError(
            f"{path} holds files that pcve did not write ({', '.join(foreign[:3])}). Nothing was "
            "changed; move the folder away"
        )


@contextmanager
def reporting_write_errors(folder: Path) -> Iterator[None]:
    """Report errors of writing to a build as UsageError."""
    try:
        yield
    except OSError as error:
        reason = f"{folder} cannot be written: {error.strerror or error}"
        raise UsageError(shortage_message(error) or reason) from None
    except Exception as error:
        import sqlite3

        # SQLITE_ERROR is no failure to write: the file is not one of pcve's.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR:
            raise
        raise UsageError(f"{folder} cannot be written: {error}") from None


def _locked(path: Path, notify: Notify) -> Lock:
    start = time.monotonic()
    notified = False
    while True:
        with reporting_write_errors(path):
            path.mkdir(parents=True, exist_ok=True)
        lock = try_lock(path / LOCK, exclusive=True)
        if lock is not None:
            return lock
        if not notified and time.monotonic() - start > PATIENCE:
            notify(f"waiting for another build in {path} to finish")
            notified = True
        time.sleep(_POLL)


def _release(path: Path, lock: Lock) -> None:
    """Release the folder; delete it where nothing was built in it."""
    if lock.held and not _has_content(path):
        with suppress(OSError):
            (path / LOCK).unlink()
            path.rmdir()
    lock.close()


def _has_content(path: Path) -> bool:
    return any(entry.name != LOCK and not _DRAFT.fullmatch(entry.name) for entry in path.iterdir())


def _is_ours(name: str) -> bool:
    """Whether a first build creates this, or it is a hidden file (as of file managers)."""
    return name in (KEPT, LOCK) or name.startswith(".") or bool(_DRAFT.fullmatch(name))


def _delete_first_layout(build: Path) -> None:
    """Delete only the files that a version before this layout wrote."""
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
