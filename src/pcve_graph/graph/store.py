"""The saved graph: the files of one generation (see `generations`).

graph/<name>.nt   the product: one sorted N-Triples file for each named graph
store/            an Oxigraph store of the same, a cache of those files
index.sqlite      the statements of each input, a cache for incremental builds
search.sqlite     the index for full-text search
inputs.sha256     the checksums of the inputs, for sha256sum; inputs.stamps, their file stamps
manifest.json     counts of records, sources, facts, triples and events; the version of the data
sums.json         the size and SHA-256 of all of these. Graph, manifest and inputs are the same in
                  every build of the same inputs; caches, and so this file, are not
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict, cast

import pyoxigraph as ox

from ..model.namespaces import GRAPHS
from ..model.problems import UsageError, shortage_message
from ..model.project import Project
from ..model.terms import NTriple
from .generations import Generation, current_generation
from .sums import damaged, read_part

SEARCH_INDEX: Final = "search.sqlite"
SUMS: Final = "inputs.sha256"
"""Files of a generation that several packages use."""


class GraphCounts(TypedDict):
    """The number of triples of each graph, and of the events that have a date, place and so on.

    `dataVersion` is that of pcve.toml, if it states one.
    """

    triples: dict[str, int]
    completeness: dict[str, int]
    dataVersion: NotRequired[str]


class FactCounts(TypedDict):
    """The number of facts by grade: `verified`, `fingerprinted` and `cited`.

    `notStated` are those of the fingerprinted that are inferred from the passage or assigned by it,
    `quoted` are those of the cited that are inferred from words of a held text or assigned by them,
    `unassigned` those whose sources are only named together.
    """

    verified: int
    fingerprinted: int
    notStated: int
    cited: int
    quoted: int
    unassigned: int


class Manifest(GraphCounts):
    """The content of manifest.json."""

    records: int
    sources: int
    facts: FactCounts


@dataclass(frozen=True, slots=True)
class StoredGraph:
    """A graph on disk, open for reading; its files are not deleted as long as it exists."""

    store: ox.Store
    generation: Generation
    manifest: Manifest

    @property
    def folder(self) -> Path:
        """The folder with its files."""
        return self.generation.folder

    def lines(self, name: str) -> list[NTriple]:
        """The sorted N-Triples lines of the graph `name`, one of `namespaces.GRAPHS`.

        Raises UsageError where the file is damaged.
        """
        file = f"graph/{name}.nt"
        self.generation.check(file)
        lines = (self.folder / file).read_bytes().decode().split("\n")
        return list(map(NTriple, lines[:-1]))


def read_manifest(folder: Path) -> Manifest:
    """The counts of the generation in `folder`: of records, sources, facts, triples and events.

    Raises UsageError where that file is damaged.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(read_part(path))
        counts = [manifest["records"], manifest["sources"]]
        for name in ("fingerprinted", "notStated", "quoted", "unassigned"):
            manifest["facts"].setdefault(name, 0)  # a build of version 0.1.0 does not count them
        counts += [manifest["facts"][name] for name in FactCounts.__required_keys__]
        counts += [manifest["triples"][name] for name in GRAPHS]
        counts += manifest["completeness"].values()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None
    if not all(type(count) is int for count in counts):
        raise damaged(path)
    return cast(Manifest, manifest)


def open_graph(project: Project) -> StoredGraph:
    """The graph that the last build saved.

    Raises UsageError where there is none, it is damaged, or was written by another version.
    """
    return open_generation(current_generation(project.build))


def open_generation(generation: Generation) -> StoredGraph:
    """The graph of a generation. Raises UsageError where it is damaged."""
    folder = generation.folder
    try:
        store = ox.Store.read_only(str(folder / "store"))
    except (OSError, RuntimeError, ValueError) as error:
        if message := shortage_message(error):
            raise UsageError(message) from None
        raise damaged(folder / "store", str(error)) from None
    return StoredGraph(store, generation, read_manifest(folder))
