"""From a checked graph to `build/`: written whole, or the last one with a change."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ..errors import UsageError
from ..names import GRAPHS
from ..ontology import Ontology
from ..project import Project
from ..questions import search
from ..records.graph import Built
from ..records.likeness import named_things
from . import index as index_file
from .change import Change
from .check import Checked
from .completeness import counted, recounted
from .index import Index
from .inputs import Inputs, program, write_inputs
from .recheck import RULES
from .store import read_manifest


def save_graph(checked: Checked, project: Project, ontology: Ontology, files: Inputs) -> Path:
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
            counts = _write(checked.graph, project, fresh)
            index = indexed(checked.graph, ontology)
        else:
            counts = _update(checked.graph, target, fresh)
            index = checked.graph.index
        if (target / RULES).is_file():
            shutil.copyfile(target / RULES, fresh / RULES)
        write_inputs(files, fresh)
        index.set_results(checked.results)
        index.set_pairs(checked.pairs)
        index.save(fresh / index_file.FILE)
        _describe(checked, counts, fresh)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
    return target


def _write(built: Built, project: Project, folder: Path) -> dict[str, Any]:
    """The whole graph; the checks have read its terms strictly already."""
    for name in GRAPHS:
        text = "".join(line + "\n" for line in built.graphs[name]).encode()
        (folder / "graph" / f"{name}.nt").write_bytes(text)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(built.nquads(), format=ox.RdfFormat.N_QUADS, lenient=True)
    store.flush()
    search.write_index(store, folder / search.FILE)
    triples = {name: len(built.graphs[name]) for name in GRAPHS}
    return {"triples": triples, "completeness": counted(project, store)}


def indexed(built: Built, ontology: Ontology) -> Index:
    """The index of a whole build."""
    index = Index.create()
    index.put("program", program())
    index.add_sheets(built.sheets)
    sheets = {each.owner: each for each in built.sheets}
    things = named_things(built.sheets, ontology)
    index.add_things((sheets[f"record/{each.id}"].subjects[0][1:-1], each) for each in things)
    return index


def _update(change: Change, old: Path, folder: Path) -> dict[str, Any]:
    """The saved graph with a change; what stays the same is shared with the old folder.

    Large files are copied meanwhile: that is the system's work, not this program's.
    """
    counts = read_manifest(old)
    with ThreadPoolExecutor(1) as beside:
        copied = beside.submit(_copy, change, old, folder)
        change.view.store.backup(str(folder / "store"))
        store = ox.Store(str(folder / "store"))
        for quad in change.view.removed:
            store.remove(quad)
        store.extend(quad for quads in change.view.by_subject.values() for quad in quads)
        store.flush()
        for lines, sign in ((change.removed, -1), (change.added, 1)):
            for name, each in lines.items():
                counts["triples"][name] += sign * len(each)
        counts["completeness"] = recounted(change.project, counts["completeness"], change.view)
        copied.result()
    concerned = {str(quad.subject)[1:-1] for quad in change.view.changes()}
    search.update_index(folder / search.FILE, store, concerned)
    return {name: counts[name] for name in ("triples", "completeness")}


def _copy(change: Change, old: Path, folder: Path) -> None:
    """The graph files with the change, and the search index without it yet."""
    shutil.copyfile(old / search.FILE, folder / search.FILE)
    for name in GRAPHS:
        file = Path("graph") / f"{name}.nt"
        removed, added = change.removed.get(name, []), change.added.get(name, [])
        if removed or added:
            change.spelling.lines[name].replace(folder / file, removed, added)
        else:
            os.link(old / file, folder / file)


def _describe(checked: Checked, counts: dict[str, Any], folder: Path) -> None:
    tally = asdict(checked.graph.tally)
    manifest = {
        "records": tally["records"],
        "sources": tally["sources"],
        "facts": {key: tally[key] for key in ("verified", "cited")},
        **counts,
    }
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(written, "utf-8")
