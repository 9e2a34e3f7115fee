"""The saved graph: a folder `build/` with the graph's files, a store over them, and a manifest.

build/graph/<name>.nt   the product: one sorted N-Triples file for each named graph
build/store/            an Oxigraph store of the same, a cache of those files
build/manifest.json     what went in (SHA-256 of every input) and how much came out
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from .check import Checked
from .errors import UsageError
from .names import GRAPHS, graph
from .project import Project

_PARTS: Final = ("graph", "store", "manifest.json")


@dataclass(frozen=True, slots=True)
class Saved:
    """A graph on disk, open for reading."""

    store: ox.Store
    folder: Path
    manifest: dict[str, Any]

    def lines(self, name: str) -> list[str]:
        """The sorted N-Triples lines of the graph `name`, one of `names.GRAPHS`."""
        return (self.folder / "graph" / f"{name}.nt").read_text("utf-8").splitlines()


def inputs(project: Project) -> dict[str, str]:
    """The SHA-256 of every file that a build reads, by its path from the project's root."""
    folders = (project.data, project.ontology, project.queries / "checks")
    paths = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {
        project.relative(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
        if not path.name.startswith(".")
    }


def save_graph(checked: Checked, project: Project) -> Path:
    """Write `build/`, whole or not at all, and return it.

    Raises UsageError where the folder cannot be written.
    """
    if not isinstance(checked, Checked):
        raise TypeError("only a checked graph is saved")
    target = project.build
    fresh, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
    try:
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        (fresh / "graph").mkdir(parents=True)
        _write(checked, project, fresh)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
    return target


def _write(checked: Checked, project: Project, folder: Path) -> None:
    store = ox.Store(str(folder / "store"))
    for name in GRAPHS:
        text = "".join(line + "\n" for line in checked.graph.graphs[name]).encode()
        (folder / "graph" / f"{name}.nt").write_bytes(text)
        store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph(name)))
    store.flush()
    built = checked.graph
    manifest = {
        "inputs": inputs(project),
        "records": built.records,
        "sources": built.sources,
        "facts": {"verified": built.verified, "cited": built.cited},
        "triples": {name: len(built.graphs[name]) for name in GRAPHS},
    }
    written = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(written, "utf-8")


def open_graph(project: Project) -> Saved:
    """The graph that the last build saved. Raises UsageError where there is none."""
    folder = project.build
    if not all((folder / part).exists() for part in _PARTS):
        raise UsageError(f"there is no graph in {folder}; run `pcve build` first")
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        store = ox.Store.read_only(str(folder / "store"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} cannot be read ({error}); run `pcve build` again") from None
    return Saved(store, folder, manifest)


def is_stale(project: Project, saved: Saved) -> bool:
    """Whether a file that the build read has changed since, by content."""
    return bool(inputs(project) != saved.manifest["inputs"])
