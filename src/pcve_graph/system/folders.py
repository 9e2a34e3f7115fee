"""Writing folders of files so that a killed process never leaves an incomplete one unmarked.

All files are written to a draft folder first. A new folder is the draft, renamed. If the folder
exists, the files are moved into it one by one and its other files stay; meanwhile its start page
states that the folder is incomplete.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .atomic_writes import (
    DRAFT_SUFFIX,
    draft_name,
    locked_draft,
    remove_drafts,
    sync_folder,
    write_file,
)

_FOLDER: Final = ".pcve-draft"
"""The suffix of the name of a draft folder, which is guarded by a locked draft file next to it."""

_START: Final = "index.html"
UNFINISHED: Final = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Not finished</title>
<p>These pages are being written. If this stays, the command was stopped: run it again.</p></html>
"""


def create_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` (content by path in the folder) as the new folder `target`, all or none.

    Drafts that killed processes left next to it are removed. Raises OSError if it cannot be
    written, or if `target` exists and is not an empty folder.
    """
    target = Path(os.path.realpath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target.parent)
    with _drafted(target.parent, target.name, files) as draft:
        draft.replace(target)
    sync_folder(target.parent)


def update_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` (content by path in the folder) into `target`, which may hold other files.

    Nothing is changed if the disk is full. Raises OSError if the files cannot be written.
    """
    target = Path(os.path.realpath(target))
    if not os.path.lexists(target):
        create_folder(target, files)
        return
    _remove_leftovers(target)
    with _drafted(target, "pages", files) as draft:
        if _START in files:
            write_file(target / _START, UNFINISHED)
        for name in sorted(files, key=lambda name: (name == _START, name)):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(path)
    sync_folder(target)


@contextmanager
def _drafted(folder: Path, name: str, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A draft folder in `folder` with all of `files` on disk; it is removed afterwards."""
    draft = folder / draft_name(name, _FOLDER)
    with locked_draft(folder / draft_name(name)):
        try:
            _clear(draft)
            for inner_path, content in files.items():
                path = draft / inner_path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            # In a second pass, so that the system can write all of them at once.
            for path in sorted(draft.rglob("*"), reverse=True):
                _sync(path)
            sync_folder(draft)
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """Remove the drafts of files and folders in `folder` whose processes have ended."""
    remove_drafts(folder)
    for draft in folder.glob(f".*{_FOLDER}"):
        guard = draft.with_name(draft.name.removesuffix(_FOLDER) + DRAFT_SUFFIX)
        if not guard.exists():
            _clear(draft)


def _clear(draft: Path) -> None:
    if draft.is_dir() and not draft.is_symlink():
        shutil.rmtree(draft)


def _sync(path: Path) -> None:
    if path.is_dir():
        sync_folder(path)
        return
    with path.open("rb+") as file:
        os.fsync(file.fileno())
