"""What has changed in a project since its graph was saved, mapped as far as it reaches.

Only changed files are read, and the records that name something in them. What is gone and what is
new comes out as lines and quads; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..errors import ContentError, Position, Problem
from ..ontology import Ontology
from ..project import Project
from ..records.entries import File as Guest
from ..records.graph import Tally, map_records, things_of
from ..records.likeness import named_things
from ..records.records import (
    Record,
    Records,
    Source,
    read_records_in,
    read_sources_in,
    without,
)
from ..records.sheets import Place, Sheet
from .index import FILE, Index
from .inputs import Inputs, program, read_inputs, scan
from .lines import Spelling, quads, saved_lines
from .reach import View

_GRAPHS: Final = ("facts", "evidence", "catalog")


class WholeError(Exception):
    """The change cannot be followed: the whole project is built anew."""


@dataclass
class Change:
    """The sheets that are new, and what they change in the saved graph; places as in `Built`.

    `removed` and `added` are lines by graph name, `view` is the saved store with the change, and
    `spelling` gives the lines of its quads as they are written. `index` is a copy in memory that
    holds the new state. `counts` tells, for each word of a name that came or went, how many names
    had it before; `is_new` is False where no input differs. `records` are those that were read;
    `problems` is what kept some of them from being mapped.
    """

    project: Project
    ontology: Ontology
    folder: Path
    index: Index
    files: Inputs
    sheets: dict[str, Sheet]
    removed: dict[str, list[str]]
    added: dict[str, list[str]]
    view: View
    spelling: Spelling
    changed_ids: frozenset[str]
    counts: dict[str, int]
    is_new: bool
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    _mapped: dict[str, Sheet] = field(default_factory=dict)

    @property
    def tally(self) -> Tally:
        """How much there is after the change."""
        return Tally(*self.index.tally())

    def places_of(self, focus: str) -> dict[Place, Position]:
        """The places of what is said of `focus`, in records that have not changed too."""
        found: dict[Place, Position] = {}
        for sheet in self._sheets_of(focus):
            for key, place in sheet.places.items():
                if key[0] == focus:
                    found.setdefault(key, place)
        return found

    def is_derived(self, focus: str) -> bool:
        """Whether no record states this node."""
        return any(focus in sheet.derived for sheet in self._sheets_of(focus))

    def ids(self) -> set[str]:
        """The last segments of the IRIs of all things, what lies inside records included."""
        return self.index.ids()

    def _sheets_of(self, focus: str) -> list[Sheet]:
        owners = self.index.owners_of(focus)
        for owner in owners - self.sheets.keys() - self._mapped.keys():
            self._map_again(owner)
        sheets = [self.sheets.get(owner) or self._mapped[owner] for owner in owners]
        return sorted(sheets, key=lambda sheet: (sheet.owner[0] != "r", Path(sheet.path)))

    def _map_again(self, owner: str) -> None:
        """Map an unchanged file once more, for the places in it."""
        (path,) = self.index.paths([owner])
        sources = _Sources(self.project, self.index, {}, set())
        file = self.project.root / path
        if owner.startswith("source/"):
            known, problems = read_sources_in(self.project, [file])
            records = Records((), tuple(each for each in known.values() if each), problems)
        else:
            records = read_records_in(self.project, [file], sources)
        for sheet in map_records(records, self.ontology, self.index.things()):
            self._mapped[sheet.owner] = sheet


class _Sources(Mapping[str, "Source | None"]):
    """All sources by id: those that were read already, the others read when they are asked for."""

    def __init__(
        self, project: Project, index: Index, read: dict[str, Source | None], gone: set[str]
    ) -> None:
        self.project, self.index, self.read, self.gone = project, index, dict(read), gone

    def __getitem__(self, identifier: str) -> Source | None:
        if identifier not in self.read:
            if identifier not in self:
                raise KeyError(identifier)
            (path,) = self.index.paths([f"source/{identifier}"])
            known, _ = read_sources_in(self.project, [self.project.root / path])
            self.read.update({**known, **self.read})
        return self.read[identifier]

    def __contains__(self, identifier: object) -> bool:
        owner = f"source/{identifier}"
        return identifier in self.read or (
            owner not in self.gone and bool(self.index.paths([owner]))
        )

    def __iter__(self) -> Iterator[str]:
        known = {owner[7:] for owner in self.index.sources() - self.gone}
        return iter(sorted(known | self.read.keys()))

    def __len__(self) -> int:
        return len(list(iter(self)))


def read_change(
    project: Project,
    ontology: Ontology,
    store: ox.Store,
    guests: Iterable[Guest] = (),
    lenient: bool = False,
) -> Change:
    """What has changed since `project.build` was written; `store` is the one in it.

    `guests` are files of records from elsewhere, each in the place of the project's of its id.
    Raises WholeError where everything must be read, and ContentError as reading and mapping do;
    with `lenient`, what cannot be mapped is left out of the change, and its problems are in it.
    """
    path = project.build / FILE
    index = Index.copy(path)
    if index is None or index.get("program") != program():
        raise WholeError("there is no index of this program")
    old = read_inputs(project.build)
    files = scan(project, old)
    changed = old.changed(files)
    data = project.relative(project.data)
    for name in changed:
        if not name.startswith(f"{data}/") or name == f"{data}/ledger.yml":
            raise WholeError(f"{name} has changed")
    reading = _Reading(project, ontology, index, changed, data, tuple(guests))
    return reading.change(store, files, lenient)


class _Reading:
    """Reads what changed, and what depends on it."""

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        index: Index,
        changed: set[str],
        data: str,
        guests: tuple[Guest, ...],
    ) -> None:
        self.project, self.ontology, self.index = project, ontology, index
        self.guests = guests
        self.is_new = bool(changed)
        inside = {name for name in changed if name.endswith((".yml", ".jsonl"))}
        folder = f"{data}/sources/"
        texts = {f"text/{n.removeprefix(folder + 'texts/')}" for n in changed if "/texts/" in n}
        self.source_paths = {
            name for name in inside if name.startswith(folder) and "/" not in name[len(folder) :]
        } | index.paths(index.needing(texts))
        self.record_paths = {name for name in inside if name.startswith(f"{data}/records/")}

    def change(self, store: ox.Store, files: Inputs, lenient: bool) -> Change:
        index = self.index
        gone = index.owners(self.source_paths)
        read, problems = read_sources_in(self.project, self.present(self.source_paths, files))
        self.refuse_twice(gone, (f"source/{each}" for each in read))
        sources = _Sources(self.project, index, read, gone)
        mine = index.owners(self.record_paths)
        invited = self.read((), sources, self.guests)
        own = _ids(invited)
        mine |= {f"record/{each}" for each in own}
        home = self.read(self.present(self.record_paths, files), sources)
        self.refuse_twice(mine, (f"record/{each}" for each in _ids(home)))
        first = [each for each in home.records if each.id not in own]
        first += invited.records
        before = index.things()
        after = {key: iri for key, iri in before.items() if f"record/{key}" not in mine}
        after |= things_of(first, self.ontology)
        moved = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        needs = {*gone, *(f"source/{each}" for each in read), *(f"record/{each}" for each in moved)}
        more = index.paths(index.needing(needs)) - self.record_paths - self.source_paths
        second = self.read(self.present(more, files), sources)
        after = {key: iri for key, iri in after.items() if key not in second.unread}
        records = sorted((*first, *second.records), key=lambda each: Path(each.position.path))
        everything = Records(
            records=tuple(records),
            sources=tuple(each for each in read.values() if each is not None),
            problems=(*problems, *home.problems, *invited.problems, *second.problems),
            unread=home.unread | invited.unread | second.unread,
        )
        mapped, everything, told = self.mapped(everything, after, lenient)
        sheets = {each.owner: each for each in mapped}
        change = self.difference(store, files, sheets, gone | mine)
        return replace(change, records=everything.records, problems=told)

    def read(
        self, paths: Iterable[Path], sources: _Sources, guests: tuple[Guest, ...] = ()
    ) -> Records:
        return read_records_in(self.project, paths, sources, guests)

    def mapped(
        self, records: Records, things: dict[str, str], lenient: bool
    ) -> tuple[tuple[Sheet, ...], Records, tuple[Problem, ...]]:
        """The sheets of all records; if `lenient`, of those without problems, and the problems."""
        try:
            return map_records(records, self.ontology, things), records, ()
        except ContentError as error:
            if not lenient:
                raise
            kept = without(records, error.problems)
            rest = {key: iri for key, iri in things.items() if key not in kept.unread}
            return map_records(kept, self.ontology, rest), records, error.problems

    def present(self, paths: Iterable[str], files: Inputs) -> list[Path]:
        return sorted(self.project.root / path for path in paths if path in files.sums)

    def refuse_twice(self, gone: set[str], owners: Iterable[str]) -> None:
        """Leave it to a whole build to tell of an id that two files have."""
        if any(self.index.paths([each]) for each in owners if each not in gone):
            raise WholeError("an id is used twice")

    def difference(
        self, store: ox.Store, files: Inputs, sheets: dict[str, Sheet], gone: set[str]
    ) -> Change:
        index = self.index
        present = list(named_things(sheets.values(), self.ontology))
        ids = {each.removeprefix("record/") for each in (*gone, *sheets) if each[0] == "r"}
        old_names = [each for each in map(index.thing, sorted(ids)) if each is not None]
        names = [name for each in (*old_names, *present) for name in each.folded]
        counts = {word: index.sharers(word) for name in names for word in set(name.split())}
        replaced = gone | sheets.keys()
        subjects = index.subjects(replaced)
        index.remove_sheets(replaced)
        shared = {each for each in subjects if index.owners_of(each)}
        shared |= {s for each in sheets.values() for s in each.subjects if index.owners_of(s)}
        index.add_sheets(sheets.values())
        index.remove_things(ids)
        index.add_things((sheets[f"record/{each.id}"].subjects[0][1:-1], each) for each in present)
        subjects |= {subject for each in sheets.values() for subject in each.subjects}
        folder = self.project.build
        lines = saved_lines(folder)
        removed, added = {}, {}
        gone_quads: set[ox.Quad] = set()
        new_quads: set[ox.Quad] = set()
        for name in _GRAPHS:
            old = {line for subject in subjects for line in lines[name].of(subject)}
            new = {line for line in old if line.split(" ", 1)[0] in shared}
            new |= {line for each in sheets.values() for line in _part(each, name)}
            removed[name], added[name] = sorted(old - new), sorted(new - old)
            before, after = quads(old, name), quads(new, name)
            gone_quads |= before - after
            new_quads |= after - before
        return Change(
            project=self.project,
            ontology=self.ontology,
            folder=folder,
            index=index,
            files=files,
            sheets=sheets,
            removed=removed,
            added=added,
            view=View(store, new_quads, gone_quads),
            spelling=Spelling(lines, added, removed),
            changed_ids=frozenset(ids),
            counts=counts,
            is_new=self.is_new,
            records=(),
            problems=(),
        )


def _ids(records: Records) -> set[str]:
    return {*records.unread, *(each.id for each in records.records)}


def _part(sheet: Sheet, name: str) -> Iterable[str]:
    """What a sheet adds to the graph `name`."""
    if sheet.owner.startswith("source/"):
        return sheet.facts if name == "catalog" else ()
    return {"facts": sheet.facts, "evidence": sheet.evidence}.get(name, {})
