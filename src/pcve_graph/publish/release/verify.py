"""Verifies a release: compares it with one that is rebuilt from the project's files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Final

from ...graph.ontology import read_ontology
from ...graph.settings import read_settings
from ...graph.store import open_graph
from ...model.problems import UsageError
from ...model.project import Project
from ...system.files import read_file, walk_files
from .build import ReleaseContents, release_contents
from .metadata import MANIFEST, SUMS

_LARGEST: Final = 2**32
"""Size limit of a file of a release, in bytes."""


def rebuild_release(project: Project, build: Callable[[Project], object]) -> ReleaseContents:
    """What a release of the project has, rebuilt with `build` in a temporary folder.

    Raises ContentError where the project does not build.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = replace(project, build=Path(folder) / "build")
        build(copy)
        return release_contents(copy, open_graph(copy), read_ontology(copy), read_settings(copy))


def check_release(folder: Path) -> None:
    """Raise UsageError where `folder` is not a release."""
    if not (folder / MANIFEST).is_file() or not (folder / SUMS).is_file():
        raise UsageError(f"{folder} is not a release: it must contain {MANIFEST} and {SUMS}")


def differences(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """One line for each difference between the release in `folder` and `files`; empty without any.

    Causes come first: inputs and tools that differ, and files that changed after the release.
    """
    released = {
        name: read_file(Path(entry), _LARGEST)
        for name, entry in sorted(walk_files(folder, hidden=True), key=itemgetter(0))
    }
    return [
        *_causes(_manifest(released[MANIFEST]), _manifest(files[MANIFEST])),
        *_damage(released),
        *_files(released, files),
    ]


def _manifest(content: bytes) -> dict[str, dict[str, str]]:
    try:
        manifest = json.loads(content)
    except ValueError:
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _causes(
    released: Mapping[str, Mapping[str, str]], rebuild: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for what, name in (("tool", "tools"), ("input", "inputs")):
        old, new = released.get(name, {}), rebuild.get(name, {})
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                yield f"{what} {key}: only in the release"
            elif key not in old:
                yield f"{what} {key}: not in the release"
            elif old[key] != new[key] and what == "tool":
                yield f"{what} {key}: {old[key]} in the release, {new[key]} installed"
            elif old[key] != new[key]:
                yield f"{what} {key}: the content differs"


def _damage(released: Mapping[str, bytes]) -> Iterator[str]:
    """The files that do not match the checksums of the release itself."""
    rows = (line.split("  ", 1) for line in released[SUMS].decode("utf-8", "replace").splitlines())
    for digest, name in (row for row in rows if len(row) == 2):
        if name in released and hashlib.sha256(released[name]).hexdigest() != digest:
            yield f"file {name}: changed after the release, according to {SUMS}"


def _files(released: Mapping[str, bytes], files: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(released.keys() | files.keys()):
        if name not in released:
            yield f"file {name}: missing"
        elif name not in files:
            yield f"file {name}: not part of the rebuilt release"
        elif released[name] != files[name]:
            yield f"file {name}: differs{_line(released[name], files[name])}"


def _line(old: bytes, new: bytes) -> str:
    """` from line 12 on`; for binary files the sizes."""
    if b"\0" in old or b"\0" in new:
        return f" ({len(old):,} bytes, {len(new):,} rebuilt)"
    rows = zip(old.splitlines(), new.splitlines(), strict=False)
    number = next(
        (place for place, (old_line, new_line) in enumerate(rows, 1) if old_line != new_line), 0
    )
    return f" from line {number} on" if number else " at its end"
