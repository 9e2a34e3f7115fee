"""Who works where on what: projects, events, actors or money by economy and a second axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.labels import labels
from ...model.namespaces import BASE, local_name
from ...model.periods import YES, period_of_days, share_a_day
from ...model.project import Project
from ...query.columns import Column, select_rows
from ...query.saved import required_queries
from ..involvements import FUNDER
from ..options import check_choice
from ..scope import Scope, ScopedWorks, in_period, works_in
from ..works import TOTAL, Landscape, Work

AXES: Final = ("topic", "pillar", "group", "funder", "year")
COUNTS: Final = ("projects", "events", "actors", "money")
ELSEWHERE: Final = "elsewhere"
ONLINE: Final = "online"
UNKNOWN: Final = "unknown"
ALL: Final = "all"

RECORDED: Final = "recorded"
NOTHING_FOUND: Final = "nothing found"
NOT_SEARCHED: Final = "not searched"

LIST_COLUMNS: Final = (Column("list"), Column("concept"))
_PERSON: Final = f"{BASE}id/person/"


@dataclass(frozen=True, slots=True)
class AxisEntry:
    """A row or a column: `key` is an IRI, a year or one of the constants above.

    Roles of rows are economy, region (the region as a whole), elsewhere, online, unknown and all;
    of columns broader (the others are narrower), part, unknown and all.
    """

    key: str
    label: str
    role: str

    @property
    def id(self) -> str:
        """The local part of the key."""
        return local_name(self.key)


@dataclass(frozen=True, slots=True)
class Search:
    """One search of a portal or register: what it was for, when, and how many results fit.

    `targets` are projects or events; without `topics` it was for all of them. `first` and `last`
    bound the period to which it was limited, as ISO days; None is open. `portals` are labels.
    """

    iri: str
    targets: frozenset[str]
    places: frozenset[str]
    topics: frozenset[str]
    first: str | None
    last: str | None
    day: str
    hits: int
    portals: tuple[str, ...]
    query: str

    @property
    def id(self) -> str:
        """The local part of the IRI."""
        return local_name(self.iri)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The works of each cell, by the keys of its row and column; empty cells are absent.

    A work in several places or on several topics is in several cells, and once in those of `all`.
    `searches` are those that cover all of a cell.
    """

    by: str
    count: str
    scope: Scope
    rows: tuple[AxisEntry, ...]
    columns: tuple[AxisEntry, ...]
    cells: Mapping[tuple[str, str], ScopedWorks]
    searches: Mapping[tuple[str, str], tuple[Search, ...]] = field(default_factory=dict)

    def cell(self, row: str, column: str) -> ScopedWorks:
        """The works of one cell; an empty cell is not proof of no activity."""
        return self.cells.get((row, column), ScopedWorks())

    def state(self, row: str, column: str) -> str:
        """Whether a cell is recorded, searched with nothing found, or not searched.

        A search with hits shows nothing on a cell without a record: its hits are not recorded yet.
        """
        if self.cell(row, column):
            return RECORDED
        searches = self.searches.get((row, column), ())
        return NOT_SEARCHED if all(search.hits for search in searches) else NOTHING_FOUND

    @property
    def unit(self) -> str:
        """What the works of a cell are called, in the singular."""
        return {"events": "event", "actors": "thing"}.get(self.count, "project")

    @property
    def economies(self) -> tuple[AxisEntry, ...]:
        """The rows that are economies of the region."""
        return tuple(row for row in self.rows if row.role == "economy")


AxisLabels: TypeAlias = Mapping[str, Mapping[str, str]]
"""The labels of the concepts of the closed lists, by axis and IRI."""


def read_axis_labels(project: Project, store: ox.Store, lists: Mapping[str, str]) -> AxisLabels:
    """All topics and target groups, including unused ones; `lists` as in `Landscape`."""
    query = required_queries(project, "landscape", ["lists"])["lists"]
    rows = sorted(select_rows(store, query, LIST_COLUMNS))
    called = labels(store, (ox.NamedNode(concept) for _, concept in rows))
    return {
        axis: {concept: called[concept] for scheme, concept in rows if scheme == name}
        for axis, name in lists.items()
    }


def coverage_matrix(
    landscape: Landscape,
    lists: AxisLabels,
    scope: Scope,
    by: str = "topic",
    count: str = "projects",
    every: bool = False,
) -> Matrix:
    """The matrix of economies and one of `AXES`, of one of `COUNTS`.

    Columns are the broadest topics or groups; if `scope` names one, that and its narrower ones;
    with `every`, all of them. Raises UsageError for an unknown axis or count.
    """
    check_choice("--by", by, AXES)
    check_choice("--count", count, COUNTS)
    kinds = kinds_counted(count)
    works_in_scope = tuple(work for kind in kinds for work in works_in(landscape, kind, scope))
    things = in_period(works_in_scope, scope)
    cells: dict[tuple[str, str], list[list[Work]]] = {}
    for place, works in enumerate((things.sure, things.maybe)):
        for work in works:
            for row in (*row_keys(landscape, work), ALL):
                for column in (*column_keys(work, by, count), ALL):
                    at = max(place, by == "funder" and (FUNDER, column) in work.unsure_parts)
                    cells.setdefault((row, column), [[], []])[at].append(work)
    columns = _columns(landscape, lists, scope, by, count, things.all(), every)
    shown = {column.key for column in columns}
    return Matrix(
        by=by,
        count=count,
        scope=scope,
        rows=tuple(_rows(landscape, {row for row, _ in cells})),
        columns=columns,
        cells={
            key: ScopedWorks(tuple(sure), tuple(maybe))
            for key, (sure, maybe) in cells.items()
            if key[1] in shown
        },
    )


def kinds_counted(count: str) -> tuple[str, ...]:
    """The kinds of works that one of `COUNTS` counts."""
    return {"events": ("event",), "actors": ("project", "event")}.get(count, ("project",))


def row_keys(landscape: Landscape, work: Work) -> set[str]:
    """The keys of the rows of a work: economies, a region as a whole, or one of the constants."""
    inside = {country for countries in landscape.members.values() for country in countries}
    if not inside:
        inside = {*landscape.countries}
    keys = {country if country in inside else ELSEWHERE for country in work.countries}
    for place in work.regions:
        around = [
            region
            for region in (place, *landscape.within.get(place, ()))
            if region in landscape.members
        ]
        keys.add(around[0] if around else ELSEWHERE)
    if keys:
        return keys
    return {ONLINE if work.mode == "online" else UNKNOWN}


def column_keys(work: Work, by: str, count: str = "projects") -> set[str]:
    """The keys of the columns of a work, including broader ones; UNKNOWN if it states none.

    By funder, money whose payer no source states is UNKNOWN, whoever else funds the work.
    """
    keys_by_axis = {
        "topic": {*work.topics, *work.wider},
        "group": {*work.groups, *work.wider_groups},
        "funder": {*work.funders},
        "pillar": {*work.pillars},
        "year": certain_years(work) if by == "year" else set(),
    }[by]
    if (by, count) == ("funder", "money"):
        keys_by_axis |= {
            UNKNOWN for money in work.budget if money.kind != TOTAL and not money.payer
        }
    return keys_by_axis or {UNKNOWN}


def possible_years(work: Work) -> range:
    """The years from the first to the last that the dates of a work allow; empty without dates."""
    first, last = work.earliest or work.latest, work.latest or work.earliest
    return range(int(first[:4]), int(last[:4]) + 1) if first and last else range(0)


def certain_years(work: Work) -> set[str]:
    """The years in which a work surely ran; of a work without an end, or start, that of the other.

    A year that is only possible, as of `201X` or `2018~`, is left out.
    """
    return {
        f"{year:04}"
        for year in possible_years(work)
        if share_a_day(work.period, period_of_days(date(year, 1, 1), date(year, 12, 31))) == YES
    }


def _rows(landscape: Landscape, used: set[str]) -> Iterator[AxisEntry]:
    inside = {country for countries in landscape.members.values() for country in countries}
    for iri in _by_label(landscape, inside or landscape.countries):
        yield AxisEntry(iri, landscape.label(iri), "economy")
    for iri in _by_label(landscape, landscape.members):
        yield AxisEntry(iri, f"{landscape.label(iri)} (as a whole)", "region")
    others = ((ELSEWHERE, "elsewhere"), (ONLINE, "online, no place"), (UNKNOWN, "place not known"))
    for key, label in others:
        if key in used:
            yield AxisEntry(key, label, key)
    yield AxisEntry(ALL, "all, each once", ALL)


def _columns(
    landscape: Landscape,
    lists: AxisLabels,
    scope: Scope,
    by: str,
    count: str,
    works: Iterable[Work],
    every: bool,
) -> tuple[AxisEntry, ...]:
    used = Counter(key for work in works for key in column_keys(work, by, count))
    called = lists.get(by, {})
    focus = "" if by == "year" else getattr(scope, by)
    lines_found = [AxisEntry(focus, landscape.label(focus), "broader")] if focus else []
    if by in lists:
        concepts = {*called, *used} - {UNKNOWN}
        inside = [
            concept
            for concept in concepts - {focus}
            if (focus in landscape.broader.get(concept, ()) if focus else True)
            and (every or focus or not landscape.broader.get(concept))
        ]
    elif by == "year":
        known_years = sorted(int(key) for key in used if key != UNKNOWN)
        span = range(known_years[0], known_years[-1] + 1) if known_years else ()
        inside = [f"{year:04}" for year in span if _within(scope, year)]
    else:
        inside = [key for key in used if key not in (UNKNOWN, focus) and not focus]
    lines = [AxisEntry(key, called.get(key) or landscape.label(key), "part") for key in inside]
    if by == "year":
        lines = [AxisEntry(key, key, "part") for key in inside]
    lines_found += lines if by == "year" else sorted(lines, key=lambda line: (line.label, line.key))
    if not focus and used[UNKNOWN]:
        word = f"{by} not known"
        word = "not stated" if (by, count) == ("funder", "money") else word
        lines_found.append(AxisEntry(UNKNOWN, word, UNKNOWN))
    if not focus:
        lines_found.append(AxisEntry(ALL, "all, each once", ALL))
    return tuple(lines_found)


def _within(scope: Scope, year: int) -> bool:
    after = scope.first is None or scope.first.year <= year
    return after and (scope.last is None or year <= scope.last.year)


def _by_label(landscape: Landscape, iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda iri: (landscape.label(iri), iri))


def actors_of_works(works: Iterable[Work], surely: bool = False) -> frozenset[str]:
    """The organisations and processes with a role in any of the works; persons are not counted.

    With `surely`, without those whose part may lie outside the period that is asked for.
    """
    return frozenset(
        actor
        for work in works
        for role, actors in work.actors.items()
        for actor in actors
        if not actor.startswith(_PERSON) and not (surely and (role, actor) in work.unsure_parts)
    )
