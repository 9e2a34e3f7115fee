"""The saved graph: the files of one generation, as `generations.py` finds it.

graph/<name>.nt   the product: one sorted N-Triples file for each named graph
store/            an Oxigraph store of the same, a cache of those files
index.sqlite      what each input gave, a cache by which a change is followed
search.sqlite     the names and texts of things, as search.py writes them
inputs.sha256     what went in, as sha256sum reads it; inputs.stamps, how it looked then
manifest.json     how much came out
sums.json         the size and SHA-256 of all of these; unlike the graph, the manifest and the
                  inputs, caches differ from one build to the next, and so does this
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import pyoxigraph as ox

from ..model.namespaces import GRAPHS
from ..model.problems import UsageError, shortage
from ..model.project import Project
from .generations import Generation, current_generation
from .sums import damaged, read_part

SEARCH_INDEX: Final = "search.sqlite"
SUMS: Final = "inputs.sha256"
"""Files of a generation that several packages name."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A graph on disk, open for reading. Its files stay as long as this does."""

    store: ox.Store
    generation: Generation
    manifest: dict[str, Any]

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.generation.folder

    def lines(self, name: str) -> list[str]:
        """The sorted N-Triples lines of the graph `name`, one of `names.GRAPHS`.

        Raises UsageError where the file is damaged.
        """
        file = f"graph/{name}.nt"
        self.generation.check(file)
        return (self.folder / file).read_bytes().decode().split("\n")[:-1]


def read_manifest(folder: Path) -> dict[str, Any]:
    """How much the generation in `folder` gave: of records, sources, facts, triples and events.

    Raises UsageError where that file is damaged.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(read_part(path))
        counts = [manifest["records"], manifest["sources"]]
        counts += [manifest["facts"][name] for name in ("verified", "cited")]
        counts += [manifest["triples"][name] for name in GRAPHS]
        counts += manifest["completeness"].values()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None
    if not all(type(count) is int for count in counts):
        raise damaged(path)
    return cast(dict[str, Any], manifest)


def open_graph(project: Project) -> Saved:
    """The graph that the last build saved.

    Raises UsageError where there is none, it is damaged, or another version of pcve wrote it.
    """
    return open_generation(current_generation(project.build))


def open_generation(generation: Generation) -> Saved:
    """The graph of a generation. Raises UsageError where it is damaged."""
    folder = generation.folder
    try:
        store = ox.Store.read_only(str(folder / "store"))
    except (OSError, RuntimeError, ValueError) as error:
        if message := shortage(error):
            raise UsageError(message) from None
        raise damaged(folder / "store", str(error)) from None
    return Saved(store, generation, read_manifest(folder))
