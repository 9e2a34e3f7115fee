"""The saved graph: a folder `build/` with the graph's files, a store over them, and a manifest.

build/graph/<name>.nt   the product: one sorted N-Triples file for each named graph
build/store/            an Oxigraph store of the same, a cache of those files
build/index.sqlite      what each input gave, a cache by which a change is followed
build/search.sqlite    the names and texts of things, as search.py writes them
build/rules.json        what each rule reads, a cache of the ontology and the checks
build/manifest.json     what went in (SHA-256 of every input) and how much came out
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from . import index as index_file
from . import search
from .change import Change
from .check import Checked
from .errors import UsageError
from .graph import Built
from .index import Index
from .inputs import File, program, scan
from .likeness import named_things
from .names import GRAPHS
from .ontology import Ontology
from .project import Project
from .recheck import keep_rules
from .saved import read_queries

_PARTS: Final = ("graph", "store", search.FILE, "manifest.json")


@dataclass(frozen=True, slots=True)
class Saved:
    """A graph on disk, open for reading."""

    store: ox.Store
    folder: Path
    manifest: dict[str, Any]

    def lines(self, name: str) -> list[str]:
        """The sorted N-Triples lines of the graph `name`, one of `names.GRAPHS`."""
        text = (self.folder / "graph" / f"{name}.nt").read_text("utf-8")
        return text.split("\n")[:-1]


def save_graph(
    checked: Checked, project: Project, ontology: Ontology, files: dict[str, File]
) -> Path:
    """Write `build/`, whole or not at all, and return it.

    `files` are the inputs, as they were before they were read. Raises UsageError where the folder
    cannot be written.
    """
    if not isinstance(checked, Checked):
        raise TypeError("only a checked graph is saved")
    target = project.build
    if not isinstance(checked.graph, Built) and not checked.graph.is_new:
        return target
    fresh, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
    try:
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        (fresh / "graph").mkdir(parents=True)
        if isinstance(checked.graph, Built):
            triples = _write(checked.graph, fresh)
            index = _indexed(checked.graph, ontology)
        else:
            triples = _update(checked.graph, target, fresh)
            index = checked.graph.index
        checks = read_queries(project, "checks")
        keep_rules(target, fresh, ontology, checks)
        index.update_files(index.files(), files)
        index.set_results(checked.results)
        index.set_pairs(checked.pairs)
        index.save(fresh / index_file.FILE)
        _describe(checked, files, triples, fresh)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
    return target


def _write(built: Built, folder: Path) -> dict[str, int]:
    for name in GRAPHS:
        text = "".join(line + "\n" for line in built.graphs[name]).encode()
        (folder / "graph" / f"{name}.nt").write_bytes(text)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(built.nquads(), format=ox.RdfFormat.N_QUADS)
    store.flush()
    search.write_index(store, folder / search.FILE)
    return {name: len(built.graphs[name]) for name in GRAPHS}


def _indexed(built: Built, ontology: Ontology) -> Index:
    index = Index.create()
    index.put("program", program())
    index.add_sheets(built.sheets)
    sheets = {each.owner: each for each in built.sheets}
    things = named_things(built.sheets, ontology)
    index.add_things((sheets[f"record/{each.id}"].subjects[0][1:-1], each) for each in things)
    return index


def _update(change: Change, old: Path, folder: Path) -> dict[str, int]:
    """The saved graph with a change; what stays the same is shared with the old folder."""
    counts: dict[str, int] = json.loads((old / "manifest.json").read_text("utf-8"))["triples"]
    for name in GRAPHS:
        file = Path("graph") / f"{name}.nt"
        removed, added = change.removed.get(name, []), change.added.get(name, [])
        if removed or added:
            change.spelling.lines[name].replace(folder / file, removed, added)
            counts[name] += len(added) - len(removed)
        else:
            os.link(old / file, folder / file)
    change.view.store.backup(str(folder / "store"))
    store = ox.Store(str(folder / "store"))
    for quad in change.view.removed:
        store.remove(quad)
    store.extend(quad for quads in change.view.by_subject.values() for quad in quads)
    store.flush()
    shutil.copyfile(old / search.FILE, folder / search.FILE)
    concerned = {str(quad.subject)[1:-1] for quad in change.view.changes()}
    search.update_index(folder / search.FILE, store, concerned)
    return counts


def _describe(
    checked: Checked, files: dict[str, File], triples: dict[str, int], folder: Path
) -> None:
    tally = asdict(checked.graph.tally)
    manifest = {
        "inputs": {path: file.sha256 for path, file in files.items()},
        "records": tally["records"],
        "sources": tally["sources"],
        "facts": {key: tally[key] for key in ("verified", "cited")},
        "triples": triples,
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
    known = saved.manifest["inputs"]
    return bool({path: file.sha256 for path, file in scan(project).items()} != known)
