"""What has changed in a project since its graph was saved, as removed and added triples.

Only changed files are read, and the records that refer to something in them. Nothing is written.

A little over the length of other modules: each step of the reader needs what the earlier ones read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..graph.build_folder import reporting_write_errors
from ..graph.inputs import InputChanges
from ..graph.store import StoredGraph
from ..graph.sums import UnusableError
from ..model.problems import ContentError, Position, Problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import NTerm, NTriple, RecordId, subject_of, to_iri
from ..records.assemble import RecordCounts
from ..records.blocks import Source
from ..records.cited import CITED
from ..records.coarsening import RecordLookup
from ..records.data_files import held_files, unread_files
from ..records.duplicates import LEDGER, named_records
from ..records.files import RecordFile as ExternalFile
from ..records.mapping import map_records, record_iris
from ..records.private_mentions import LEFT_OUT, PERSON, explaining_names
from ..records.reader import (
    Record,
    Records,
    read_records_in,
    read_sources_in,
    without_faulty,
)
from ..records.record_graph import RecordGraph, StatementKey
from ..records.unassigned import UNASSIGNED, UNQUOTED
from ..syntax.tree import text_of
from ..system.background import BackgroundThread
from ..system.cache import program_hash
from .dependency_index import INDEX_FILE, DependencyIndex
from .graph_view import GraphView
from .lookups import IrisById, SourcesById, record_lookup
from .sorted_ntriples import LineLookup, parse_quads, saved_lines

_GRAPHS: Final = ("facts", "evidence", "catalog")


class FullBuildError(Exception):
    """The effects of the change cannot be traced; the project needs a full build."""


@dataclass
class GraphChange:
    """The new sheets, and what they change in the saved graph; places as in `Built`.

    `removed` and `added` are lines by graph name, `view` is the saved store with the change, and
    `spelling` returns the saved lines of its quads. `index` is a copy with the new state, and
    `tally` has its totals. `counts` gives, for each word of an added or removed name, the number of
    names that had it before. `news` are the changed inputs. `records` are the records that were
    read; `problems` explains why some of them were not mapped.
    """

    project: Project
    ontology: Ontology
    folder: Path
    index: DependencyIndex
    tally: RecordCounts
    input_changes: InputChanges
    sheets: dict[str, RecordGraph]
    removed: dict[str, list[NTriple]]
    added: dict[str, list[NTriple]]
    view: GraphView
    line_lookup: LineLookup
    changed_ids: frozenset[str]
    counts: dict[str, int]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    _mapped: dict[str, RecordGraph] = field(default_factory=dict)

    def places_of(self, focus: NTerm) -> dict[StatementKey, Position]:
        """The places of the statements about `focus`, also those in unchanged records."""
        places: dict[StatementKey, Position] = {}
        for sheet in self._sheets_of(focus):
            for key, place in sheet.places.items():
                if key[0] == focus:
                    places.setdefault(key, place)
        return places

    def is_derived(self, focus: NTerm) -> bool:
        """Whether the node is derived, so that no record states it."""
        return any(focus in sheet.derived for sheet in self._sheets_of(focus))

    def ids(self) -> dict[str, str]:
        """The local names of all things, those nested in records included, with their segments."""
        return self.index.ids()

    def has_name(self, folded: str) -> bool:
        """Whether a record has this name, in folded form, or a person this word in the name."""
        index = self.index
        if index.ids_with_name(folded):
            return True
        things = map(index.thing, index.ids_with_word(folded) if " " not in folded else ())
        return any(thing.family == PERSON for thing in things if thing is not None)

    def _sheets_of(self, focus: NTerm) -> list[RecordGraph]:
        owners = self.index.owners_of(focus)
        for owner in owners - self.sheets.keys() - self._mapped.keys():
            self._remap(owner)
        sheets = [self.sheets.get(owner) or self._mapped[owner] for owner in owners]
        return sorted(sheets, key=lambda sheet: (sheet.owner[0] != "r", Path(sheet.path)))

    def _remap(self, owner: str) -> None:
        """Map an unchanged file again, to get the places in it."""
        (path,) = self.index.paths([owner])
        sources = SourcesById(self.project, self.index, {}, set())
        file = self.project.root / path
        if owner.startswith("source/"):
            sources_by_id, problems = read_sources_in(self.project, [file])
            records = Records(
                (), tuple(source for source in sources_by_id.values() if source), problems
            )
        else:
            records = read_records_in(self.project, [file], sources)
        lookup = record_lookup(self.index, self.view.store, records.records)
        for sheet in map_records(records, self.ontology, IrisById(self.index), lookup):
            self._mapped[sheet.owner] = sheet


def read_change(
    project: Project,
    ontology: Ontology,
    saved: StoredGraph,
    work: Path,
    input_changes: InputChanges,
    external: Iterable[ExternalFile] = (),
    lenient: bool = False,
) -> GraphChange:
    """The change since `saved` was written: the changed inputs `input_changes`, and `external`.

    `external` are files of records from outside the project; each record replaces the project's
    record of the same id. The index of the new state is created in the folder `work`. Raises
    WholeError where everything must be read, UnusableError where another version of pcve wrote the
    index, and ContentError as reading and mapping do; with `lenient`, records that cannot be mapped
    are left out of the change, which then has their problems.
    """
    index = DependencyIndex.read(saved.folder / INDEX_FILE)
    if index is None or index.get("program") != program_hash():
        raise UnusableError(f"{project.build} was written by another version of pcve")
    data = project.relative(project.data)
    read_whole = {f"{data}/{name}" for name in (LEDGER, UNASSIGNED, UNQUOTED, CITED, LEFT_OUT)}
    for name in input_changes.changed:
        if not name.startswith(f"{data}/") or name in read_whole:
            raise FullBuildError(f"{name} has changed")
    reading = _ChangeReader(project, ontology, saved, index, input_changes, tuple(external))
    if not (input_changes.changed or reading.external):
        return reading.change(lambda: index, lenient)
    with BackgroundThread(partial(_copy, saved.folder / INDEX_FILE, work / INDEX_FILE)) as copying:
        return reading.change(lambda: DependencyIndex.edit(copying.result()), lenient)


def _copy(file: Path, to: Path) -> Path:
    with reporting_write_errors(to.parent):
        return shutil.copyfile(file, to)


class _ChangeReader:
    """Reads the changed files, and the files that depend on them."""

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        saved: StoredGraph,
        index: DependencyIndex,
        input_changes: InputChanges,
        external: tuple[ExternalFile, ...],
    ) -> None:
        self.project, self.ontology, self.index = project, ontology, index
        self.saved, self.input_changes, self.external = saved, input_changes, external
        inside = {name for name in input_changes.changed if name.endswith((".yml", ".jsonl"))}
        data = project.relative(project.data)
        folder = self.sources_folder = f"{data}/sources/"
        changed = input_changes.changed
        self.texts = {n.removeprefix(f"{folder}texts/") for n in changed if "/texts/" in n}
        self.source_paths = {
            name for name in inside if name.startswith(folder) and "/" not in name[len(folder) :]
        } | index.paths(index.owners_needing(f"text/{text}" for text in self.texts))
        self.record_paths = {name for name in inside if name.startswith(f"{data}/records/")}

    def change(self, writable_index: Callable[[], DependencyIndex], lenient: bool) -> GraphChange:
        """The change, which is applied to the index that `writable_index` returns."""
        index = self.index
        gone = index.owners(self.source_paths)
        read, problems = read_sources_in(self.project, self.present(self.source_paths))
        self.require_new_owners(gone, (f"source/{identifier}" for identifier in read))
        sources = SourcesById(self.project, index, read, gone)
        replaced_owners = index.owners(self.record_paths)
        external_records = self.read((), sources, self.external)
        external_ids = _ids(external_records)
        replaced_owners |= {f"record/{identifier}" for identifier in external_ids}
        project_records = self.read(self.present(self.record_paths), sources)
        self.require_new_owners(
            replaced_owners, (f"record/{identifier}" for identifier in _ids(project_records))
        )
        first = [record for record in project_records.records if record.id not in external_ids]
        first += external_records.records
        fresh = record_iris(first, self.ontology)
        replaced = frozenset(RecordId(owner.partition("/")[2]) for owner in replaced_owners)
        moved = {key for key in replaced | fresh.keys() if index.iri(key) != fresh.get(key)}
        needs = {
            *gone,
            *(f"source/{identifier}" for identifier in read),
            *(f"record/{identifier}" for identifier in moved),
            *(f"within/{identifier}" for identifier in replaced | fresh.keys()),
            *(f"name/{name}" for name in self.names_of(replaced)),
        }
        unchanged, second = self.read_dependents(needs, sources)
        problems = (*self.unread_files(read, gone), *problems)
        things = IrisById(index, fresh, replaced).without(second.unread)
        records = sorted((*first, *second.records), key=lambda record: Path(record.position.path))
        lookup = record_lookup(self.index, self.saved.store, records, replaced)
        everything = Records(
            records=tuple(records),
            sources=(*filter(None, read.values()), *unchanged),
            problems=(
                *problems,
                *project_records.problems,
                *external_records.problems,
                *second.problems,
            ),
            unread=project_records.unread | external_records.unread | second.unread,
        )
        mapped, everything, unmapped = self.mapped(everything, things, lookup, lenient)
        sheets = {sheet.owner: sheet for sheet in mapped}
        self.require_own_things(gone | replaced_owners, sheets)
        change = self.difference(writable_index(), sheets, gone | replaced_owners)
        return replace(change, records=everything.records, problems=unmapped)

    def names_of(self, ids: Iterable[RecordId]) -> set[str]:
        """The names by which these records explained mentions before the change."""
        things = filter(None, map(self.index.thing, ids))
        return {name for thing in things for name in explaining_names(thing)}

    def unread_files(self, read: Mapping[str, Source | None], gone: set[str]) -> list[Problem]:
        """The problems of changed files that nothing reads, and of texts no source names any more.

        `read` are the changed sources by id, `gone` the owners of the changed and deleted ones.
        """
        start = f"{self.project.relative(self.project.data)}/"
        changed = (n for n in self.input_changes.changed if n.startswith(start))
        present = sorted(name for name in changed if name not in self.input_changes.gone)
        problems = unread_files(self.project, present, None)
        if not (self.source_paths or self.texts) or None in read.values():
            return problems
        texts = self.index.texts_of(self.index.sources() - gone)
        texts |= {text_of(source.entries.get("textFile")) for source in read.values() if source}
        return problems + unread_files(self.project, held_files(self.project), texts)

    def read_dependents(
        self, needs: set[str], sources: SourcesById
    ) -> tuple[list[Source], Records]:
        """The unchanged sources and records whose lines depend on any of `needs`."""
        paths = self.index.paths(self.index.owners_needing(needs))
        paths -= self.record_paths | self.source_paths
        of_sources = {path for path in paths if path.startswith(self.sources_folder)}
        read, _ = read_sources_in(self.project, self.present(of_sources))
        records = self.read(self.present(paths - of_sources), sources)
        return [source for source in read.values() if source], records

    def read(
        self, paths: Iterable[Path], sources: SourcesById, external: tuple[ExternalFile, ...] = ()
    ) -> Records:
        return read_records_in(self.project, paths, sources, external)

    def mapped(
        self, records: Records, things: IrisById, lookup: RecordLookup, lenient: bool
    ) -> tuple[tuple[RecordGraph, ...], Records, tuple[Problem, ...]]:
        """The sheets of all records, the records, and the problems of mapping.

        With `lenient`, the records that have problems get no sheet; otherwise they are raised.
        """
        try:
            return map_records(records, self.ontology, things, lookup), records, ()
        except ContentError as error:
            if not lenient:
                raise
            mappable = without_faulty(records, error.problems)
            rest = things.without(mappable.unread)
            sheets = map_records(mappable, self.ontology, rest, lookup)
            return sheets, records, error.problems

    def present(self, paths: Iterable[str]) -> list[Path]:
        return sorted(
            self.project.root / path for path in paths if path not in self.input_changes.gone
        )

    def require_new_owners(self, gone: set[str], owners: Iterable[str]) -> None:
        """Leave it to a full build to report an id that occurs in two files."""
        added = [owner for owner in owners if owner not in gone]
        tombstones = {owner.replace("record/", "redacted/") for owner in added} - gone
        if self.index.paths([*added, *tombstones]):
            raise FullBuildError("an id is used twice")

    def require_own_things(self, gone: set[str], sheets: dict[str, RecordGraph]) -> None:
        """Leave it to a full build where an unchanged record too describes a thing: a member."""
        replaced = gone | sheets.keys()
        new = {subject for sheet in sheets.values() for subject in sheet.subjects}
        for subject in self.index.subjects(replaced) | new:
            if "/id/" in subject and self.index.owners_of(subject) - replaced:
                raise FullBuildError(f"several records describe {subject}")

    def before(self) -> RecordCounts:
        """The totals before the change."""
        manifest = self.saved.manifest
        facts = manifest["facts"]
        return RecordCounts(
            records=manifest["records"],
            sources=manifest["sources"],
            verified=facts["verified"],
            fingerprinted=facts["fingerprinted"],
            not_stated=facts["notStated"],
            cited=facts["cited"],
            quoted=facts["quoted"],
            unassigned=facts["unassigned"],
        )

    def difference(
        self, index: DependencyIndex, sheets: dict[str, RecordGraph], gone: set[str]
    ) -> GraphChange:
        """The change from replacing the sheets of `gone` by `sheets`; it is applied to `index`."""
        present = list(named_records(sheets.values(), self.ontology))
        ids = {owner.removeprefix("record/") for owner in (*gone, *sheets) if owner[0] == "r"}
        old_names = [thing for thing in map(index.thing, sorted(ids)) if thing is not None]
        names = [name for thing in (*old_names, *present) for name in thing.folded]
        counts = {
            word: index.count_names_with(word) for name in names for word in set(name.split())
        }
        replaced = gone | sheets.keys()
        new_counts = RecordCounts.of(sheet.counts for sheet in sheets.values())
        totals = zip(
            self.before(), RecordCounts.of(index.counts(replaced)), new_counts, strict=True
        )
        subjects = index.subjects(replaced)
        index.remove_sheets(replaced)
        shared = {subject for subject in subjects if index.owners_of(subject)}
        shared |= {s for sheet in sheets.values() for s in sheet.subjects if index.owners_of(s)}
        index.add_sheets(sheets.values())
        index.remove_things(ids)
        index.add_things(
            (to_iri(sheets[f"record/{thing.id}"].subjects[0]), thing) for thing in present
        )
        subjects |= {subject for sheet in sheets.values() for subject in sheet.subjects}
        lines = saved_lines(self.saved.folder)
        removed, added = {}, {}
        gone_quads: set[ox.Quad] = set()
        new_quads: set[ox.Quad] = set()
        for name in _GRAPHS:
            old = {line for subject in subjects for line in lines[name].of(subject)}
            new = {line for line in old if subject_of(line) in shared}
            new |= {line for sheet in sheets.values() for line in _lines_in(sheet, name)}
            removed[name], added[name] = sorted(old - new), sorted(new - old)
            before, after = parse_quads(old, name), parse_quads(new, name)
            gone_quads |= before - after
            new_quads |= after - before
        return GraphChange(
            project=self.project,
            ontology=self.ontology,
            folder=self.saved.folder,
            index=index,
            tally=RecordCounts(*(before - less + more for before, less, more in totals)),
            input_changes=self.input_changes,
            sheets=sheets,
            removed=removed,
            added=added,
            view=GraphView(self.saved.store, new_quads, gone_quads),
            line_lookup=LineLookup(lines, added, removed),
            changed_ids=frozenset(ids),
            counts=counts,
            records=(),
            problems=(),
        )


def _ids(records: Records) -> set[RecordId]:
    return {*records.unread, *(record.id for record in records.records)}


def _lines_in(sheet: RecordGraph, name: str) -> Iterable[NTriple]:
    """The lines that a sheet contributes to the graph `name`."""
    if sheet.owner.startswith("source/"):
        return sheet.facts if name == "catalog" else ()
    return {"facts": sheet.facts, "evidence": sheet.evidence}.get(name, {})
