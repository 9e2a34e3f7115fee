"""The saved graph: a folder `build/` with the graph's files, a store over them, and a manifest.

build/graph/<name>.nt   the product: one sorted N-Triples file for each named graph
build/store/            an Oxigraph store of the same, a cache of those files
build/index.sqlite      what each input gave, a cache by which a change is followed
build/search.sqlite     the names and texts of things, as search.py writes them
build/kept/             the ontology as it was read, and what each rule reads, for the next command
build/inputs.sha256     what went in, as sha256sum reads it; inputs.stamps, how it looked then
build/manifest.json     how much came out
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ..errors import UsageError
from ..project import Project
from ..questions import search
from .inputs import SUMS, news

_PARTS: Final = ("graph", "store", search.FILE, SUMS, "manifest.json")


@dataclass(frozen=True, slots=True)
class Saved:
    """A graph on disk, open for reading."""

    store: ox.Store
    folder: Path
    manifest: dict[str, Any]

    def lines(self, name: str) -> list[str]:
        """The sorted N-Triples lines of the graph `name`, one of `names.GRAPHS`."""
        content = (self.folder / "graph" / f"{name}.nt").read_bytes()
        return content.decode().split("\n")[:-1]


def read_manifest(folder: Path) -> dict[str, Any]:
    """How much the build in `folder` gave: of records, sources, facts, triples and events."""
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def open_graph(project: Project) -> Saved:
    """The graph that the last build saved. Raises UsageError where there is none."""
    folder = project.build
    if not all((folder / part).exists() for part in _PARTS):
        raise UsageError(f"there is no graph in {folder}; run `pcve build` first")
    try:
        manifest = read_manifest(folder)
        store = ox.Store.read_only(str(folder / "store"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} cannot be read ({error}); run `pcve build` again") from None
    return Saved(store, folder, manifest)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell of what cannot be written to a build as UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}") from None


def is_stale(project: Project) -> bool:
    """Whether a file that the build read has changed since, by content."""
    return bool(news(project).changed)
