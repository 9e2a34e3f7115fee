"""From a checked graph to `build/`: written whole, or the last one with a change."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pyoxigraph as ox

from ..errors import UsageError
from ..names import GRAPHS
from ..ontology import Ontology
from ..project import Project
from ..questions import search
from ..questions.saved import read_queries
from ..records.graph import Built
from ..records.likeness import named_things
from . import index as index_file
from .change import Change
from .check import Checked
from .index import Index
from .inputs import File, program, write_inputs
from .recheck import keep_rules


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
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        (fresh / "graph").mkdir(parents=True)
        if isinstance(checked.graph, Built):
            triples = _write(checked.graph, fresh)
            index = indexed(checked.graph, ontology)
        else:
            triples = _update(checked.graph, target, fresh)
            index = checked.graph.index
        checks = read_queries(project, "checks")
        keep_rules(target, fresh, ontology, checks)
        write_inputs(files, fresh)
        index.set_results(checked.results)
        index.set_pairs(checked.pairs)
        index.save(fresh / index_file.FILE)
        _describe(checked, triples, fresh)
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


def indexed(built: Built, ontology: Ontology) -> Index:
    """The index of a whole build."""
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


def _describe(checked: Checked, triples: dict[str, int], folder: Path) -> None:
    tally = asdict(checked.graph.tally)
    manifest = {
        "records": tally["records"],
        "sources": tally["sources"],
        "facts": {key: tally[key] for key in ("verified", "cited")},
        "triples": triples,
    }
    written = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(written, "utf-8")
