"""From a project's files to a checked graph: what changed since the last build, or all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from .graph.build_folder import BuildFolder, Tell, build_folder, writing
from .graph.generations import Generation
from .graph.store import SEARCH_INDEX, Saved, open_generation, read_manifest
from .graph.sums import Sum, UnusableError, linked_sums, sum_files
from .incremental.change import Change, WholeError, read_change
from .incremental.completeness import counted, recounted
from .incremental.dependency_index import FILE, Index
from .incremental.inputs import Inputs, News, news, renewed, scan, settled, write_inputs
from .model.namespaces import GRAPHS
from .model.problems import ContentError, UsageError, shortage
from .model.project import Project
from .query import search
from .records.assemble import Built, build_graph
from .records.reader import read_records
from .syntax.ontology import read_ontology
from .system.background import Beside
from .system.cache import program
from .validation.gate import Checked, check_graph
from .validation.incremental_gate import Gate, check_change, open_gate


def copy_caches(saved: Saved, folder: Path) -> None:
    """Begin a draft in `folder` with the store and the search index of the last build.

    They are to be changed there. Raises UsageError where they cannot be written.
    """
    with writing(folder.parent):
        shutil.copyfile(saved.folder / SEARCH_INDEX, folder / SEARCH_INDEX)
        _copy_store(saved, folder / "store")


def write_whole(
    built: Built, project: Project, folder: Path
) -> tuple[dict[str, Any], dict[str, Sum]]:
    """All of a whole graph but what the checks find; how much there is in it, and the files' sums.

    The checks read the terms strictly, this need not. Raises UsageError where it cannot be written.
    """
    with writing(folder.parent):
        indexed(built).save(folder / FILE)
        for name in GRAPHS:
            (folder / "graph" / f"{name}.nt").write_bytes(built.text(name))
        store = ox.Store(str(folder / "store"))
        # In one go: after several, each look-up goes through the files of each.
        store.bulk_load(built.nquads(), format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        search.write_index(store, folder / SEARCH_INDEX)
        triples = {name: len(built.graphs[name]) for name in GRAPHS}
        counts = {"triples": triples, "completeness": counted(project, store)}
        del store  # closing it writes to its files
        return counts, sum_files(folder, {}, without=FILE)


def indexed(built: Built) -> Index:
    """The index of a whole build."""
    index = Index.create()
    index.put("program", program())
    index.add_sheets(built.sheets)
    sheets = {sheet.owner: sheet for sheet in built.sheets}
    things = built.named.values()
    index.add_things((sheets[f"record/{thing.id}"].subjects[0][1:-1], thing) for thing in things)
    return index


def write_change(change: Change, saved: Saved, folder: Path) -> dict[str, Sum]:
    """The graph files with a change; store and search index in `folder` are brought on.

    The sums of the files; those shared with `saved` are as there. It needs no outcome of the
    checks, and most of it is the system's work. Raises UsageError where it cannot be written.
    """
    with writing(folder.parent):
        _write_files(change, folder)
        store = ox.Store(str(folder / "store"))
        for quad in change.view.removed:
            store.remove(quad)
        store.extend(quad for quads in change.view.by_subject.values() for quad in quads)
        store.flush()
        concerned = {str(quad.subject)[1:-1] for quad in change.view.changes()}
        search.update_index(folder / SEARCH_INDEX, store, concerned)
        del store  # closing it writes to its files
        known = linked_sums(folder, saved.folder, saved.generation.sums)
        return sum_files(folder, known, without=FILE)


def _write_files(change: Change, folder: Path) -> None:
    for name in GRAPHS:
        file = Path("graph") / f"{name}.nt"
        removed, added = change.removed.get(name, []), change.added.get(name, [])
        if removed or added:
            change.spelling.lines[name].replace(folder / file, removed, added)
        else:
            _link(change.folder / file, folder / file)


def _copy_store(saved: Saved, folder: Path) -> None:
    """A copy of the store, with links to its large files; where links fail, copies of them."""
    try:
        saved.store.backup(str(folder))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(saved.folder / "store", folder)


def _link(file: Path, to: Path) -> None:
    """A hard link to `file`, which is never changed; a copy where the file system has no links."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def finish_whole(
    checked: Checked, counts: dict[str, Any], project: Project, files: Inputs, folder: Path
) -> None:
    """What is left to write after `write_whole`, which gave `counts`.

    `files` are the inputs, before they were read. Raises UsageError where it cannot be written.
    """
    with writing(folder.parent):
        write_inputs(settled(project, files), folder)
        _finish(checked, Index.edit(folder / FILE), counts, folder)


def finish_change(checked: Checked, change: Change, folder: Path) -> None:
    """What is left to write after `write_change`.

    Raises UsageError where it cannot be written.
    """
    counts = read_manifest(change.folder)
    for lines, sign in ((change.removed, -1), (change.added, 1)):
        for name, each in lines.items():
            counts["triples"][name] += sign * len(each)
    counts["completeness"] = recounted(change.project, counts["completeness"], change.view)
    with writing(folder.parent):
        write_inputs(settled(change.project, renewed(change.folder, change.news)), folder)
        kept = {name: counts[name] for name in ("triples", "completeness")}
        _finish(checked, change.index, kept, folder)


def _finish(checked: Checked, index: Index, counts: dict[str, Any], folder: Path) -> None:
    """Write what was found and how much there is."""
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
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(written, "utf-8")


def build_project(
    project: Project,
    engine: str | None = None,
    whole: bool = False,
    tell: Tell = lambda line: None,
    folder: BuildFolder | None = None,
    told: Callable[[], News] | None = None,
) -> Checked:
    """The project's graph, checked, and saved in `project.build`.

    Where there is a saved graph, only what has changed since is read and checked, unless `whole`;
    the outcome is the same. One process builds at a time, others wait. `tell` takes lines on what
    goes on. `folder` is the build folder where it is opened already, and `told` then gives the news
    of the inputs where they are looked for. Raises UsageError where the folder cannot be written,
    ContentError with all that is wrong.
    """
    with nullcontext(folder) if folder else build_folder(project.build, tell) as opened:
        if opened.last is not None and not whole:
            told = told or partial(news, project, opened.last.folder)
            try:
                return _build_change(project, engine, opened, opened.last, told)
            except WholeError:
                pass
            except UnusableError as error:
                opened.obstacle = error.reason
            except (ContentError, UsageError):
                raise
            except Exception as error:  # whatever it is, a whole build does without the last one
                if shortage(error):
                    raise
                opened.obstacle = f"the last build cannot be continued ({error!r})"
        if opened.obstacle:
            tell(f"{opened.obstacle}; everything is built anew")
        return _build_whole(project, engine, opened)


def _build_whole(project: Project, engine: str | None, folder: BuildFolder) -> Checked:
    """Everything read, checked and saved; nothing of the last build is used."""
    files = scan(project)
    ontology = read_ontology(project)
    built = build_graph(read_records(project), ontology)
    with folder.draft() as draft:
        with Beside(partial(write_whole, built, project, draft)) as writing:
            checked = check_graph(built, ontology, project, engine)
        counts, sums = writing.result()
        finish_whole(checked, counts, project, files, draft)
        folder.publish(draft, sums)
    return checked


def _build_change(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    told: Callable[[], News],
) -> Checked:
    """What has changed since the last build, checked and saved: it is written while it is checked.

    Raises WholeError where the change cannot be followed, and UnusableError where the last build is
    damaged. What a damaged one led to, be it problems of the content, does not count.
    """
    with Beside(last.check) as checking:
        try:
            return _continue(project, engine, folder, last, told, checking)
        except Exception:
            checking.result()
            raise


def _continue(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    told: Callable[[], News],
    checking: Beside[None],
) -> Checked:
    with Beside(partial(open_generation, last)) as opening:
        ontology = read_ontology(project)
    saved = opening.result()
    with Beside(partial(open_gate, project, ontology)) as readying:
        changes = told()
    if not changes.changed:
        change = read_change(project, ontology, saved, folder.path, changes)
        checked = check_change(change, _current(readying.result()), engine)
        checking.result()
        return checked
    with folder.draft() as draft:
        with Beside(partial(copy_caches, saved, draft)) as copying:
            change = read_change(project, ontology, saved, draft, changes)
        copying.result()
        gate = _current(readying.result())
        with Beside(partial(write_change, change, saved, draft)) as writing:
            checked = check_change(change, gate, engine)
        sums = writing.result()
        finish_change(checked, change, draft)
        checking.result()
        folder.publish(draft, sums)
    return checked


def _current(gate: Gate) -> Gate:
    """`gate`, if ontology and checks still are what it was made of.

    They were read while it was found out what has changed: what changed just then could have been
    read, and not found. Raises WholeError.
    """
    if read_ontology(gate.project) is not gate.ontology or not gate.is_current():
        raise WholeError("the ontology or the checks have changed")
    return gate
