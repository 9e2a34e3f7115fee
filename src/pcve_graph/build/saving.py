"""From a checked graph to `build/`: written whole, or the last one with a change."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ..kept import carry_over, program
from ..names import GRAPHS
from ..project import Project
from ..questions import search
from ..records.graph import Built
from .change import Change
from .check import Checked
from .completeness import counted, recounted
from .index import FILE, Index
from .inputs import Inputs, renewed, settled, write_inputs
from .store import Saved, read_manifest, writing


class Draft:
    """The next `build/`, made in a folder beside it, and in its place only when it is whole.

    As a context, it leaves nothing else behind. Raises UsageError where it cannot be written.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.with_name(target.name + ".new")
        self._last = target.with_name(target.name + ".old")

    def __enter__(self) -> Draft:
        return self

    def begin(self) -> None:
        """Make the folder, empty."""
        self._clear()
        with writing(self.target):
            (self.folder / "graph").mkdir(parents=True)

    def copy(self, saved: Saved) -> None:
        """Begin with the store and the search index of the last build, for a change to them."""
        with writing(self.target):
            shutil.copyfile(saved.folder / search.FILE, self.folder / search.FILE)
            saved.store.backup(str(self.folder / "store"))

    def replace(self) -> None:
        """Put the folder in the place of the last build, which stays where that cannot be."""
        with writing(self.target):
            if self.target.exists():
                self.target.rename(self._last)
            try:
                self.folder.rename(self.target)
            except OSError:
                if self._last.exists():
                    self._last.rename(self.target)
                raise

    def __exit__(self, *_: object) -> None:
        self._clear()

    def _clear(self) -> None:
        spare = (self.folder, self._last) if self.target.exists() else (self.folder,)
        for folder in spare:
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=True)


def write_whole(built: Built, project: Project, folder: Path) -> dict[str, Any]:
    """All of a whole graph but what the checks find; how much there is in it.

    The checks read the terms strictly, this need not. Raises UsageError where it cannot be written.
    """
    with writing(project.build):
        indexed(built).save(folder / FILE)
        for name in GRAPHS:
            (folder / "graph" / f"{name}.nt").write_bytes(built.text(name))
        store = ox.Store(str(folder / "store"))
        # In one go: after several, each look-up goes through the files of each.
        store.bulk_load(built.nquads(), format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        search.write_index(store, folder / search.FILE)
    triples = {name: len(built.graphs[name]) for name in GRAPHS}
    return {"triples": triples, "completeness": counted(project, store)}


def indexed(built: Built) -> Index:
    """The index of a whole build."""
    index = Index.create()
    index.put("program", program())
    index.add_sheets(built.sheets)
    sheets = {each.owner: each for each in built.sheets}
    things = built.named.values()
    index.add_things((sheets[f"record/{each.id}"].subjects[0][1:-1], each) for each in things)
    return index


def write_change(change: Change, folder: Path) -> None:
    """The graph files with a change; store and search index in `folder` are brought on.

    It needs no outcome of the checks, and most of it is the system's work. Raises UsageError where
    it cannot be written.
    """
    with writing(change.project.build):
        _write_files(change, folder)
        store = ox.Store(str(folder / "store"))
        for quad in change.view.removed:
            store.remove(quad)
        store.extend(quad for quads in change.view.by_subject.values() for quad in quads)
        store.flush()
        concerned = {str(quad.subject)[1:-1] for quad in change.view.changes()}
        search.update_index(folder / search.FILE, store, concerned)


def _write_files(change: Change, folder: Path) -> None:
    for name in GRAPHS:
        file = Path("graph") / f"{name}.nt"
        removed, added = change.removed.get(name, []), change.added.get(name, [])
        if removed or added:
            change.spelling.lines[name].replace(folder / file, removed, added)
        else:
            os.link(change.folder / file, folder / file)


def finish_whole(
    checked: Checked, counts: dict[str, Any], project: Project, files: Inputs, draft: Draft
) -> None:
    """What is left to write after `write_whole`, which gave `counts`, and the draft in its place.

    `files` are the inputs, before they were read. Raises UsageError where it cannot be written.
    """
    with writing(draft.target):
        write_inputs(settled(project, files), draft.folder)
        _finish(checked, Index.edit(draft.folder / FILE), counts, draft)


def finish_change(checked: Checked, change: Change, draft: Draft) -> None:
    """What is left to write after `write_change`, and the draft in its place.

    Raises UsageError where it cannot be written.
    """
    counts = read_manifest(change.folder)
    for lines, sign in ((change.removed, -1), (change.added, 1)):
        for name, each in lines.items():
            counts["triples"][name] += sign * len(each)
    counts["completeness"] = recounted(change.project, counts["completeness"], change.view)
    with writing(draft.target):
        files = settled(change.project, renewed(change.folder, change.news))
        write_inputs(files, draft.folder)
        kept = {name: counts[name] for name in ("triples", "completeness")}
        _finish(checked, change.index, kept, draft)


def _finish(checked: Checked, index: Index, counts: dict[str, Any], draft: Draft) -> None:
    """Write what was found and how much there is, and put the draft in its place."""
    if not isinstance(checked, Checked):
        raise TypeError("only a checked graph is saved")
    index.set_results(checked.results)
    index.set_pairs(checked.pairs)
    index.close()
    tally = checked.graph.tally
    manifest = {
        "records": tally.records,
        "sources": tally.sources,
        "facts": {"verified": tally.verified, "cited": tally.cited},
        **counts,
    }
    carry_over(draft.target, draft.folder)
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (draft.folder / "manifest.json").write_text(written, "utf-8")
    draft.replace()
