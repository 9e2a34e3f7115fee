"""Builds a project: read, map, validate and save, incrementally where possible."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from .graph.build_folder import BuildFolder, Notify, build_folder, reporting_write_errors
from .graph.generations import Generation
from .graph.inputs import (
    InputChanges,
    Inputs,
    find_input_changes,
    merge_input_changes,
    recheck_inputs,
    scan_inputs,
    write_inputs,
)
from .graph.ontology import read_ontology
from .graph.settings import read_settings
from .graph.store import (
    SEARCH_INDEX,
    GraphCounts,
    Manifest,
    StoredGraph,
    open_generation,
    read_manifest,
)
from .graph.sums import FileSum, UnusableError, linked_sums, sum_files
from .incremental.change import FullBuildError, GraphChange, read_change
from .incremental.completeness import count_completeness, update_completeness
from .incremental.dependency_index import FIGURES, INDEX_FILE, DependencyIndex
from .model.namespaces import GRAPHS
from .model.problems import ContentError, UsageError, shortage_message
from .model.project import Project
from .model.terms import from_term, to_iri
from .records.assemble import AssembledGraph, build_graph
from .records.reader import read_records
from .search.index import update_index, write_index
from .system.background import BackgroundThread
from .system.cache import program_hash
from .validation.gate import Checked, check_graph
from .validation.incremental_gate import Gate, check_change, open_gate


def copy_caches(saved: StoredGraph, folder: Path) -> None:
    """Copy the store and the search index of the last build to the draft in `folder`.

    They are then updated there. Raises UsageError where they cannot be written.
    """
    with reporting_write_errors(folder.parent):
        shutil.copyfile(saved.folder / SEARCH_INDEX, folder / SEARCH_INDEX)
        _copy_store(saved, folder / "store")


def write_whole(
    built: AssembledGraph, project: Project, folder: Path
) -> tuple[GraphCounts, dict[str, FileSum]]:
    """Write a whole graph except the validation results; return its counts and the sums.

    Terms are loaded leniently, as validation parses them strictly. Raises UsageError where the
    files cannot be written.
    """
    with reporting_write_errors(folder.parent):
        index_graph(built).save(folder / INDEX_FILE)
        for name in GRAPHS:
            (folder / "graph" / f"{name}.nt").write_bytes(built.text(name))
        store = ox.Store(str(folder / "store"))
        # One bulk load: after several, each look-up goes through the files of every one.
        store.bulk_load(built.nquads(), format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        write_index(store, folder / SEARCH_INDEX)
        triples = {name: len(built.graphs[name]) for name in GRAPHS}
        completeness = count_completeness(project, store)
        counts = GraphCounts(triples=triples, completeness=completeness)
        del store  # closing it writes to its files
        return counts, sum_files(folder, {}, without=INDEX_FILE)


def index_graph(built: AssembledGraph) -> DependencyIndex:
    """The dependency index of a whole build."""
    index = DependencyIndex.create()
    index.put("program", program_hash())
    index.add_sheets(built.sheets)
    sheets = {sheet.owner: sheet for sheet in built.sheets}
    things = built.named.values()
    index.add_things((to_iri(sheets[f"record/{thing.id}"].subjects[0]), thing) for thing in things)
    return index


def write_change(change: GraphChange, saved: StoredGraph, folder: Path) -> dict[str, FileSum]:
    """Write the changed graph files, update store and search index, and return the sums.

    Sums of files shared with `saved` are taken from there. Independent of validation, so the two
    run at once. Raises UsageError where the files cannot be written.
    """
    with reporting_write_errors(folder.parent):
        _write_files(change, folder)
        store = ox.Store(str(folder / "store"))
        for quad in change.view.removed:
            store.remove(quad)
        store.extend(quad for quads in change.view.by_subject.values() for quad in quads)
        store.flush()
        changed_iris = {to_iri(from_term(quad.subject)) for quad in change.view.changes()}
        update_index(folder / SEARCH_INDEX, store, changed_iris)
        del store  # closing it writes to its files
        known_sums = linked_sums(folder, saved.folder, saved.generation.sums)
        return sum_files(folder, known_sums, without=INDEX_FILE)


def _write_files(change: GraphChange, folder: Path) -> None:
    for name in GRAPHS:
        file = Path("graph") / f"{name}.nt"
        removed, added = change.removed.get(name, []), change.added.get(name, [])
        if removed or added:
            change.line_lookup.lines[name].replace(folder / file, removed, added)
        else:
            _link(change.folder / file, folder / file)


def _copy_store(saved: StoredGraph, folder: Path) -> None:
    """Copy the store, with hard links to its large files where the file system has them."""
    try:
        saved.store.backup(str(folder))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(saved.folder / "store", folder)


def _link(file: Path, to: Path) -> None:
    """A hard link to `file`, which never changes; a copy where the file system has no links."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def most_verified(folder: Path) -> str:
    """The id of the record with most verified claims of the build in `folder`, or an empty text."""
    index = DependencyIndex.read(folder / INDEX_FILE)
    return index.most_verified() if index else ""


def finish_whole(
    checked: Checked, counts: GraphCounts, project: Project, files: Inputs, folder: Path
) -> None:
    """Write the rest after `write_whole`, which returned `counts`.

    `files` are the inputs as scanned before reading. Raises UsageError where the files cannot be
    written.
    """
    with reporting_write_errors(folder.parent):
        write_inputs(recheck_inputs(project, files), folder)
        _finish(checked, DependencyIndex.edit(folder / INDEX_FILE), counts, folder)


def finish_change(checked: Checked, change: GraphChange, folder: Path) -> None:
    """Write the rest after `write_change`.

    Raises UsageError where the files cannot be written.
    """
    counts = read_manifest(change.folder)
    for lines, sign in ((change.removed, -1), (change.added, 1)):
        for name, graph_lines in lines.items():
            counts["triples"][name] += sign * len(graph_lines)
    counts["completeness"] = update_completeness(
        change.project, counts["completeness"], change.view
    )
    with reporting_write_errors(folder.parent):
        write_inputs(
            recheck_inputs(
                change.project, merge_input_changes(change.folder, change.input_changes)
            ),
            folder,
        )
        _finish(checked, change.index, counts, folder)


def _finish(checked: Checked, index: DependencyIndex, counts: GraphCounts, folder: Path) -> None:
    """Write the results of validation and the manifest."""
    if not isinstance(checked, Checked):
        raise TypeError("only a validated graph is saved")
    index.set_results(checked.results)
    index.set_pairs(checked.pairs)
    index.put(FIGURES, checked.counts.to_json() if checked.counts else "")
    index.close()
    tally = checked.graph.tally
    manifest: Manifest = {
        "records": tally.records,
        "sources": tally.sources,
        "facts": {
            "verified": tally.verified,
            "fingerprinted": tally.fingerprinted,
            "notStated": tally.not_stated,
            "cited": tally.cited,
            "quoted": tally.quoted,
            "unassigned": tally.unassigned,
        },
        "triples": counts["triples"],
        "completeness": counts["completeness"],
    }
    if "dataVersion" in counts:
        manifest["dataVersion"] = counts["dataVersion"]
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(written, "utf-8")


def build_project(
    project: Project,
    engine: str | None = None,
    whole: bool = False,
    notify: Notify = lambda line: None,
    folder: BuildFolder | None = None,
    find_changes: Callable[[], InputChanges] | None = None,
) -> Checked:
    """Build and validate the graph of the project, and save it in `project.build`.

    Where there is a saved graph, the build is incremental, unless `whole`; the outcome is the same.
    One process builds at a time, others wait. `notify` receives progress messages. `folder` is the
    build folder, if it is open already; `find_changes` then returns what changed in the inputs.
    Raises UsageError where the folder cannot be written, ContentError with all problems.
    """
    with nullcontext(folder) if folder else build_folder(project.build, notify) as opened:
        if opened.last is not None and not whole:
            find_changes = find_changes or partial(find_input_changes, project, opened.last.folder)
            try:
                return _build_change(project, engine, opened, opened.last, find_changes)
            except FullBuildError:
                pass
            except UnusableError as error:
                opened.unusable_reason = error.reason
            except (ContentError, UsageError):
                raise
            except Exception as error:  # a whole build does not depend on the last one
                if shortage_message(error):
                    raise
                opened.unusable_reason = f"the last build cannot be continued ({error!r})"
        if opened.unusable_reason:
            notify(f"{opened.unusable_reason}; the graph is built from scratch")
        return _build_whole(project, engine, opened)


def _build_whole(project: Project, engine: str | None, folder: BuildFolder) -> Checked:
    """Read, validate and save everything, independently of the last build."""
    files = scan_inputs(project)
    settings = read_settings(project)
    ontology = read_ontology(project)
    built = build_graph(read_records(project), ontology)
    with folder.draft() as draft:
        with BackgroundThread(partial(write_whole, built, project, draft)) as write_task:
            checked = check_graph(built, ontology, project, engine)
        counts, sums = write_task.result()
        if settings.data_version:
            counts["dataVersion"] = settings.data_version
        finish_whole(checked, counts, project, files, draft)
        folder.publish(draft, sums)
    return checked


def _build_change(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    find_changes: Callable[[], InputChanges],
) -> Checked:
    """Validate and save what changed since the last build, both at once.

    Raises WholeError where the change requires a whole build, and UnusableError where the last
    build is damaged; problems of the content that follow from damage are not reported.
    """
    with BackgroundThread(last.check) as file_check:
        try:
            return _continue(project, engine, folder, last, find_changes, file_check)
        except Exception:
            file_check.result()
            raise


def _continue(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    find_changes: Callable[[], InputChanges],
    file_check: BackgroundThread[None],
) -> Checked:
    with BackgroundThread(partial(open_generation, last)) as saved_task:
        ontology = read_ontology(project)
    saved = saved_task.result()
    with BackgroundThread(partial(open_gate, project, ontology)) as gate_task:
        changes = find_changes()
    if not changes.changed:
        change = read_change(project, ontology, saved, folder.path, changes)
        checked = check_change(change, _current(gate_task.result()), engine)
        file_check.result()
        return checked
    with folder.draft() as draft:
        with BackgroundThread(partial(copy_caches, saved, draft)) as copy_task:
            change = read_change(project, ontology, saved, draft, changes)
        copy_task.result()
        gate = _current(gate_task.result())
        with BackgroundThread(partial(write_change, change, saved, draft)) as write_task:
            checked = check_change(change, gate, engine)
        sums = write_task.result()
        finish_change(checked, change, draft)
        file_check.result()
        folder.publish(draft, sums)
    return checked


def _current(gate: Gate) -> Gate:
    """`gate`, if the ontology and the checks have not changed since it was created.

    They are read while the changes are determined; one made in between could be read but not
    detected. Raises WholeError where they have changed.
    """
    if read_ontology(gate.project) is not gate.ontology or not gate.is_current():
        raise FullBuildError("the ontology or the checks have changed")
    return gate
