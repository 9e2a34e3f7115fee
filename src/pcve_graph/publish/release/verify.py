"""A release compared with one that is built again from the project's files."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Final

from ...graph.store import open_graph
from ...model.problems import UsageError
from ...model.project import Project
from ...syntax.ontology import read_ontology
from ...system.files import read_file, walk
from .build import release_files
from .metadata import MANIFEST, SUMS

_LARGEST: Final = 2**32
"""Bytes of the largest file of a release that is read."""


def rebuilt(project: Project, build: Callable[[Project], object]) -> dict[str, bytes]:
    """The files of a release of the project, which `build` builds in a temporary folder.

    Raises ContentError where the project does not build.
    """
    with tempfile.TemporaryDirectory() as folder:
        again = replace(project, build=Path(folder) / "build")
        build(again)
        return release_files(again, open_graph(again), read_ontology(again))


def check_release(folder: Path) -> None:
    """Raise UsageError where `folder` is no release."""
    if not (folder / MANIFEST).is_file() or not (folder / SUMS).is_file():
        raise UsageError(f"{folder} is no release: it has no {MANIFEST} and {SUMS}")


def differences(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """One line for each way in which the release in `folder` is not `files`: none if it is.

    Causes come first: inputs and tools that are others, files that were changed after they were
    released.
    """
    there = {
        name: read_file(Path(entry), _LARGEST)
        for name, entry in sorted(walk(folder, hidden=True), key=itemgetter(0))
    }
    return [
        *_causes(_manifest(there[MANIFEST]), _manifest(files[MANIFEST])),
        *_damage(there),
        *_files(there, files),
    ]


def _manifest(content: bytes) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _causes(
    released: Mapping[str, Mapping[str, str]], again: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for what, name in (("tool", "tools"), ("input", "inputs")):
        old, new = released.get(name, {}), again.get(name, {})
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                yield f"{what} {key}: only the release had it"
            elif key not in old:
                yield f"{what} {key}: the release had none"
            elif old[key] != new[key] and what == "tool":
                yield f"{what} {key}: {old[key]} made the release, {new[key]} is here"
            elif old[key] != new[key]:
                yield f"{what} {key}: another content"


def _damage(there: Mapping[str, bytes]) -> Iterator[str]:
    """Files that are not what the sums of the release itself say."""
    rows = (line.split("  ", 1) for line in there[SUMS].decode("utf-8", "replace").splitlines())
    for digest, name in (row for row in rows if len(row) == 2):
        if name in there and hashlib.sha256(there[name]).hexdigest() != digest:
            yield f"file {name}: changed after the release, says {SUMS}"


def _files(there: Mapping[str, bytes], files: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(there.keys() | files.keys()):
        if name not in there:
            yield f"file {name}: missing"
        elif name not in files:
            yield f"file {name}: not one that the project makes"
        elif there[name] != files[name]:
            yield f"file {name}: differs{_line(there[name], files[name])}"


def _line(old: bytes, new: bytes) -> str:
    """` from line 12 on`; nothing for what has no lines."""
    if b"\0" in old or b"\0" in new:
        return f" ({len(old):,} bytes, {len(new):,} rebuilt)"
    rows = zip(old.splitlines(), new.splitlines(), strict=False)
    number = next((place for place, (one, two) in enumerate(rows, 1) if one != two), 0)
    return f" from line {number} on" if number else " at its end"
