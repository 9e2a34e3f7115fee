"""What has changed in a project since its graph was saved, mapped as far as it reaches.

Only changed files are read, and the records that name something in them. What is gone and what is
new comes out as lines and quads; nothing is written.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..graph.build_folder import writing
from ..graph.store import Saved
from ..graph.sums import UnusableError
from ..model.problems import ContentError, Position, Problem
from ..model.project import Project
from ..model.schema import Ontology
from ..records.assemble import Tally
from ..records.duplicates import named_things
from ..records.files import File as Guest
from ..records.mapping import map_records, things_of
from ..records.reader import Record, Records, Source, read_records_in, read_sources_in, without
from ..records.record_graph import Place, Sheet
from ..system.background import Beside
from ..system.cache import program
from .affected import View
from .dependency_index import FILE, Index
from .inputs import News
from .sorted_ntriples import Spelling, quads, saved_lines


class Sources(Mapping[str, "Source | None"]):
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
            sources, _ = read_sources_in(self.project, [self.project.root / path])
            self.read.update({**sources, **self.read})
        return self.read[identifier]

    def __contains__(self, identifier: object) -> bool:
        owner = f"source/{identifier}"
        return identifier in self.read or (
            owner not in self.gone and bool(self.index.paths([owner]))
        )

    def __iter__(self) -> Iterator[str]:
        saved_ids = {owner[7:] for owner in self.index.sources() - self.gone}
        return iter(sorted(saved_ids | self.read.keys()))

    def __len__(self) -> int:
        return len(list(iter(self)))


class Things(Mapping[str, str]):
    """The IRI of each record by its id: of `own` those that were read, of the others but `gone` as
    the index has them."""

    def __init__(
        self, index: Index, own: Mapping[str, str] | None = None, gone: frozenset[str] = frozenset()
    ) -> None:
        self.index, self.own, self.gone = index, own or {}, gone

    def __getitem__(self, identifier: str) -> str:
        iri = self.own.get(identifier)
        if iri is None and identifier not in self.gone:
            iri = self.index.iri(identifier)
        if iri is None:
            raise KeyError(identifier)
        return iri

    def __iter__(self) -> Iterator[str]:
        return iter(self.own.keys() | (set(self.index.things()) - self.gone))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def without(self, ids: Collection[str]) -> Things:
        """The same, but for these."""
        own = {key: iri for key, iri in self.own.items() if key not in ids}
        return Things(self.index, own, self.gone | frozenset(ids))


_GRAPHS: Final = ("facts", "evidence", "catalog")


class WholeError(Exception):
    """The change cannot be followed: the whole project is built anew."""


@dataclass
class Change:
    """The sheets that are new, and what they change in the saved graph; places as in `Built`.

    `removed` and `added` are lines by graph name, `view` is the saved store with the change, and
    `spelling` gives the lines of its quads as they are written. `index` is a copy that holds the
    new state, `tally` how much there is then. `counts` tells, for each word of a name that came or
    went, how many names had it before. `news` are the inputs that differ. `records` are those that
    were read; `problems` is what kept some of them from being mapped.
    """

    project: Project
    ontology: Ontology
    folder: Path
    index: Index
    tally: Tally
    news: News
    sheets: dict[str, Sheet]
    removed: dict[str, list[str]]
    added: dict[str, list[str]]
    view: View
    spelling: Spelling
    changed_ids: frozenset[str]
    counts: dict[str, int]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    _mapped: dict[str, Sheet] = field(default_factory=dict)

    def places_of(self, focus: str) -> dict[Place, Position]:
        """The places of what is said of `focus`, in records that have not changed too."""
        places: dict[Place, Position] = {}
        for sheet in self._sheets_of(focus):
            for key, place in sheet.places.items():
                if key[0] == focus:
                    places.setdefault(key, place)
        return places

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
        sources = Sources(self.project, self.index, {}, set())
        file = self.project.root / path
        if owner.startswith("source/"):
            sources_by_id, problems = read_sources_in(self.project, [file])
            records = Records(
                (), tuple(source for source in sources_by_id.values() if source), problems
            )
        else:
            records = read_records_in(self.project, [file], sources)
        for sheet in map_records(records, self.ontology, Things(self.index)):
            self._mapped[sheet.owner] = sheet


def read_change(
    project: Project,
    ontology: Ontology,
    saved: Saved,
    work: Path,
    news: News,
    guests: Iterable[Guest] = (),
    lenient: bool = False,
) -> Change:
    """What has changed since `saved` was written: `news` of the inputs, and `guests`.

    `guests` are files of records from elsewhere, each in the place of the project's of its id. In
    the folder `work` the index of the new state is made. Raises WholeError where everything must be
    read, UnusableError where another version of pcve wrote the index, and ContentError as reading
    and mapping do; with `lenient`, what cannot be mapped is left out of the change, and its
    problems are in it.
    """
    index = Index.read(saved.folder / FILE)
    if index is None or index.get("program") != program():
        raise UnusableError(f"{project.build} was written by another version of pcve")
    data = project.relative(project.data)
    for name in news.changed:
        if not name.startswith(f"{data}/") or name == f"{data}/ledger.yml":
            raise WholeError(f"{name} has changed")
    reading = _Reading(project, ontology, saved, index, news, tuple(guests))
    if not (news.changed or reading.guests):
        return reading.change(lambda: index, lenient)
    with Beside(partial(_copied, saved.folder / FILE, work / FILE)) as copying:
        return reading.change(lambda: Index.edit(copying.result()), lenient)


def _copied(file: Path, to: Path) -> Path:
    with writing(to.parent):
        return shutil.copyfile(file, to)


class _Reading:
    """Reads what changed, and what depends on it."""

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        saved: Saved,
        index: Index,
        news: News,
        guests: tuple[Guest, ...],
    ) -> None:
        self.project, self.ontology, self.index = project, ontology, index
        self.saved, self.news, self.guests = saved, news, guests
        inside = {name for name in news.changed if name.endswith((".yml", ".jsonl"))}
        data = project.relative(project.data)
        folder = f"{data}/sources/"
        texts = {n.removeprefix(f"{folder}texts/") for n in news.changed if "/texts/" in n}
        self.source_paths = {
            name for name in inside if name.startswith(folder) and "/" not in name[len(folder) :]
        } | index.paths(index.needing(f"text/{text}" for text in texts))
        self.record_paths = {name for name in inside if name.startswith(f"{data}/records/")}

    def change(self, own: Callable[[], Index], lenient: bool) -> Change:
        """The change, taken in by the index that `own` gives."""
        index = self.index
        gone = index.owners(self.source_paths)
        read, problems = read_sources_in(self.project, self.present(self.source_paths))
        self.refuse_twice(gone, (f"source/{identifier}" for identifier in read))
        sources = Sources(self.project, index, read, gone)
        mine = index.owners(self.record_paths)
        invited = self.read((), sources, self.guests)
        guests = _ids(invited)
        mine |= {f"record/{guest}" for guest in guests}
        home = self.read(self.present(self.record_paths), sources)
        self.refuse_twice(mine, (f"record/{identifier}" for identifier in _ids(home)))
        first = [record for record in home.records if record.id not in guests]
        first += invited.records
        fresh = things_of(first, self.ontology)
        replaced = frozenset(owner.removeprefix("record/") for owner in mine)
        moved = {key for key in replaced | fresh.keys() if index.iri(key) != fresh.get(key)}
        needs = {
            *gone,
            *(f"source/{identifier}" for identifier in read),
            *(f"record/{identifier}" for identifier in moved),
        }
        more = index.paths(index.needing(needs)) - self.record_paths - self.source_paths
        second = self.read(self.present(more), sources)
        things = Things(index, fresh, replaced).without(second.unread)
        records = sorted((*first, *second.records), key=lambda record: Path(record.position.path))
        everything = Records(
            records=tuple(records),
            sources=tuple(source for source in read.values() if source is not None),
            problems=(*problems, *home.problems, *invited.problems, *second.problems),
            unread=home.unread | invited.unread | second.unread,
        )
        mapped, everything, unmapped = self.mapped(everything, things, lenient)
        sheets = {sheet.owner: sheet for sheet in mapped}
        change = self.difference(own(), sheets, gone | mine)
        return replace(change, records=everything.records, problems=unmapped)

    def read(
        self, paths: Iterable[Path], sources: Sources, guests: tuple[Guest, ...] = ()
    ) -> Records:
        return read_records_in(self.project, paths, sources, guests)

    def mapped(
        self, records: Records, things: Things, lenient: bool
    ) -> tuple[tuple[Sheet, ...], Records, tuple[Problem, ...]]:
        """The sheets of all records; if `lenient`, of those without problems, and the problems."""
        try:
            return map_records(records, self.ontology, things), records, ()
        except ContentError as error:
            if not lenient:
                raise
            mappable = without(records, error.problems)
            rest = things.without(mappable.unread)
            return map_records(mappable, self.ontology, rest), records, error.problems

    def present(self, paths: Iterable[str]) -> list[Path]:
        return sorted(self.project.root / path for path in paths if path not in self.news.gone)

    def refuse_twice(self, gone: set[str], owners: Iterable[str]) -> None:
        """Leave it to a whole build to tell of an id that two files have."""
        if any(self.index.paths([owner]) for owner in owners if owner not in gone):
            raise WholeError("an id is used twice")

    def before(self) -> Tally:
        """How much there was."""
        manifest = self.saved.manifest
        facts = manifest["facts"]
        return Tally(manifest["records"], manifest["sources"], facts["verified"], facts["cited"])

    def difference(self, index: Index, sheets: dict[str, Sheet], gone: set[str]) -> Change:
        """The change, from the sheets that are new and whose they replace; `index` takes it in."""
        present = list(named_things(sheets.values(), self.ontology))
        ids = {owner.removeprefix("record/") for owner in (*gone, *sheets) if owner[0] == "r"}
        old_names = [thing for thing in map(index.thing, sorted(ids)) if thing is not None]
        names = [name for thing in (*old_names, *present) for name in thing.folded]
        counts = {word: index.sharers(word) for name in names for word in set(name.split())}
        replaced = gone | sheets.keys()
        come = Tally.of((sheet.owner, sheet.verified, sheet.cited) for sheet in sheets.values())
        counted = zip(self.before(), Tally.of(index.counts(replaced)), come, strict=True)
        subjects = index.subjects(replaced)
        index.remove_sheets(replaced)
        shared = {subject for subject in subjects if index.owners_of(subject)}
        shared |= {s for sheet in sheets.values() for s in sheet.subjects if index.owners_of(s)}
        index.add_sheets(sheets.values())
        index.remove_things(ids)
        index.add_things(
            (sheets[f"record/{thing.id}"].subjects[0][1:-1], thing) for thing in present
        )
        subjects |= {subject for sheet in sheets.values() for subject in sheet.subjects}
        lines = saved_lines(self.saved.folder)
        removed, added = {}, {}
        gone_quads: set[ox.Quad] = set()
        new_quads: set[ox.Quad] = set()
        for name in _GRAPHS:
            old = {line for subject in subjects for line in lines[name].of(subject)}
            new = {line for line in old if line.split(" ", 1)[0] in shared}
            new |= {line for sheet in sheets.values() for line in _part(sheet, name)}
            removed[name], added[name] = sorted(old - new), sorted(new - old)
            before, after = quads(old, name), quads(new, name)
            gone_quads |= before - after
            new_quads |= after - before
        return Change(
            project=self.project,
            ontology=self.ontology,
            folder=self.saved.folder,
            index=index,
            tally=Tally(*(before - less + more for before, less, more in counted)),
            news=self.news,
            sheets=sheets,
            removed=removed,
            added=added,
            view=View(self.saved.store, new_quads, gone_quads),
            spelling=Spelling(lines, added, removed),
            changed_ids=frozenset(ids),
            counts=counts,
            records=(),
            problems=(),
        )


def _ids(records: Records) -> set[str]:
    return {*records.unread, *(record.id for record in records.records)}


def _part(sheet: Sheet, name: str) -> Iterable[str]:
    """What a sheet adds to the graph `name`."""
    if sheet.owner.startswith("source/"):
        return sheet.facts if name == "catalog" else ()
    return {"facts": sheet.facts, "evidence": sheet.evidence}.get(name, {})
