"""Projects and events over time, with the number of sources for each year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from ..graph.labels import designation_notes
from ..model.dates import plain_date
from ..model.periods import NOT_KNOWN, YES
from ..model.project import Project
from ..model.standing import ANNOUNCED, holds_with_standing, joined_standings, word_of_status
from ..model.words import quantity
from ..query.columns import Column, select_rows
from ..query.render import format_date
from ..query.saved import required_queries
from .coverage.basis import base_notes
from .coverage.matrix import certain_years, possible_years
from .coverage.report import NO_PROOF, scope_words
from .load import SOURCE_COLUMNS
from .scope import Scope, ScopedWorks, in_period, works_in
from .standing import (
    facts_of_dates,
    facts_of_scope,
    facts_shown,
    may_stand_otherwise,
    standing_text,
)
from .tables import LIST_OF_WORKS, ReportCell, ReportTable
from .works import Landscape, Work

CITATION_COLUMNS: Final = (Column("work"), Column("source"))


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What sources the graph rests on.

    `published` is the number of sources by year of publication, `undated` the number of sources
    that state none or leave the year open; `sources_by_work` maps a project or event to the sources
    of its facts.
    """

    published: Mapping[str, int]
    undated: int
    sources_by_work: Mapping[str, frozenset[str]]

    def cited(self, works: tuple[Work, ...]) -> int:
        """The number of distinct sources of facts of the works."""
        return len({source for work in works for source in self.sources_by_work.get(work.iri, ())})


@dataclass(frozen=True, slots=True)
class Timeline:
    """`dated` works by their first day, `undated` ones by label, and the works of each year.

    A work that states only its end is sorted by its end. `years` has all possible years, without
    gaps, each with the works that surely ran in it. `unsure` are the IRIs of works whose dates
    leave open whether they belong to the period of the scope, `standings` how the facts stand that
    the line of a work shows or that put it there, `deciding` only those that put it there: its
    dates, its status and what the scope selects by; both only of works of which any is not stated
    plainly. `base` says how many works state what the scope selects by.
    """

    dated: tuple[Work, ...]
    undated: tuple[Work, ...]
    years: Mapping[str, tuple[Work, ...]]
    collected: SourceCoverage
    unsure: frozenset[str] = frozenset()
    base: tuple[str, ...] = ()
    standings: Mapping[str, str] = field(default_factory=dict)
    deciding: Mapping[str, str] = field(default_factory=dict)

    def standing(self, work: Work) -> str:
        """How the facts stand that the line of a work shows or that put it there."""
        return self.standings.get(work.iri, "")

    def holds(self, work: Work) -> str:
        """Whether the line of a work surely holds: `yes` or `not known`."""
        return holds_with_standing(self.belongs(work), self.standing(work))

    def belongs(self, work: Work) -> str:
        """Whether a work surely belongs to the timeline, whatever else its line shows."""
        by_dates = NOT_KNOWN if work.iri in self.unsure else YES
        return holds_with_standing(by_dates, self.deciding.get(work.iri, ""))

    def by_holds(
        self, works: Iterable[Work], standings: Mapping[str, str] | None = None
    ) -> ScopedWorks:
        """Works that surely belong to the timeline, and works that may.

        `standings` are those of further facts that must hold of a work, by its IRI.
        """
        sure: list[Work] = []
        maybe: list[Work] = []
        for work in works:
            standing = standings.get(work.iri, "") if standings else ""
            holds = holds_with_standing(self.belongs(work), standing)
            (sure if holds == YES else maybe).append(work)
        return ScopedWorks(tuple(sure), tuple(maybe))

    @property
    def bounded(self) -> tuple[Work, ...]:
        """The dated works of which a first or a last possible day is on record."""
        return tuple(work for work in self.dated if work.earliest or work.latest)

    @property
    def counted(self) -> dict[str, tuple[Work, ...]]:
        """`years` from the first to the last in which a work surely ran."""
        used = [year for year, works in self.years.items() if works]
        return {y: works for y, works in self.years.items() if used and used[0] <= y <= used[-1]}

    @property
    def without_year(self) -> tuple[Work, ...]:
        """The dated works that did not surely run in any of the years."""
        counted = {work.iri for works in self.years.values() for work in works}
        return tuple(work for work in self.dated if work.iri not in counted)


def read_source_coverage(project: Project, store: ox.Store, landscape: Landscape) -> SourceCoverage:
    """The publication years of the sources, and the sources of each project and event."""
    queries = required_queries(project, "landscape", ["sources", "works-by-source"])
    source_rows = select_rows(store, queries["sources"], SOURCE_COLUMNS)
    issued = {source: plain_date(date)[:4] for source, date, _ in source_rows}
    sources_by_work: dict[str, set[str]] = {}
    for work, source in select_rows(store, queries["works-by-source"], CITATION_COLUMNS):
        sources_by_work.setdefault(landscape.replaced.get(work, work), set()).add(source)
    return SourceCoverage(
        published=Counter(year for year in sorted(issued.values()) if year),
        undated=sum(not year for year in issued.values()),
        sources_by_work={work: frozenset(sources) for work, sources in sources_by_work.items()},
    )


def build_timeline(
    landscape: Landscape, collected: SourceCoverage, scope: Scope, kinds: tuple[str, ...]
) -> Timeline:
    """The works of `kinds` in `scope`, in order of time."""
    works_in_scope = tuple(work for kind in kinds for work in works_in(landscape, kind, scope))
    things = in_period(works_in_scope, scope)
    works = things.all()
    dated = sorted((work for work in works if work.start or work.end), key=_order)
    undated = sorted((w for w in works if not (w.start or w.end)), key=lambda w: w.label)
    by_year: dict[str, list[Work]] = {}
    possible: set[int] = set()
    for work in dated:
        possible |= {_clamped(year, scope) for year in possible_years(work)}
        for year in sorted({_clamped(int(year), scope) for year in certain_years(work)}):
            by_year.setdefault(f"{year:04}", []).append(work)
    span = range(min(possible), max(possible) + 1) if possible else range(0)
    return Timeline(
        tuple(dated),
        tuple(undated),
        {f"{year:04}": tuple(by_year.get(f"{year:04}", ())) for year in span},
        collected,
        frozenset(work.iri for work in things.maybe),
        tuple(base_notes(landscape, scope, kinds)),
        *_standings(landscape, works, scope),
    )


def _clamped(year: int, scope: Scope) -> int:
    """A year, or the nearest year of the period of `scope`."""
    first, last = scope.first, scope.last
    number = max(year, first.year) if first else year
    return min(number, last.year) if last else number


def _order(work: Work) -> tuple[str, str, str]:
    first = work.earliest or work.latest or ""
    return first, work.latest or "", work.label


def timeline_table(
    landscape: Landscape, store: ox.Store, timeline: Timeline, scope: Scope
) -> ReportTable:
    """The works in order of time, a row each; those without a date last, with empty cells.

    Dates are as stated: a day, month or year. `standing` says how the facts stand that a row shows
    (name, dates, places) or that put it there (dates, status, what the scope selects by); the cell
    `holds` is `not known` where it is not empty, and for works whose dates leave open whether they
    belong to the period.
    """
    rows: list[tuple[ReportCell, ...]] = []
    for work in (*timeline.dated, *timeline.undated):
        where = ", ".join(landscape.label(place) for place in work.places)
        at = where or ("online" if work.mode == "online" else None)
        holds, standing = timeline.holds(work), timeline.standing(work)
        rows.append((work.start, work.end, work.label, work.kind, at, holds, standing, work.id))
    name = ", ".join(["Timeline", *scope_words(landscape, scope)])
    texts = [name, *(str(cell) for row in rows for cell in row)]
    notes = (
        *undated_notes(timeline),
        *source_count_notes(timeline),
        *designation_notes(store, texts),
    )
    return ReportTable(name, LIST_OF_WORKS, tuple(rows), notes)


def timeline_text(landscape: Landscape, store: ox.Store, timeline: Timeline, scope: Scope) -> str:
    """The works by the first year in which they surely ran, with the number of sources, as text.

    Those that surely ran in no year follow, then those without a date.
    """
    lines = [", ".join(["Timeline", *scope_words(landscape, scope)])]
    began: dict[str, str] = {}
    for year, works in timeline.counted.items():
        for work in works:
            began.setdefault(work.iri, year)
    for year, works in timeline.counted.items():
        going = _going_on(timeline.by_holds(works))
        lines += ["", f"{year}  ({going}, {quantity(timeline.collected.cited(works), 'source')})"]
        lines += [
            f"  {_line(landscape, work, timeline, scope)}"
            for work in works
            if began[work.iri] == year
        ]
    if timeline.without_year:
        lines += ["", "year not known"]
        lines += [f"  {_line(landscape, work, timeline, scope)}" for work in timeline.without_year]
    if timeline.undated:
        lines += ["", "without a date"]
        lines += [f"  {_line(landscape, work, timeline, scope)}" for work in timeline.undated]
    below = [*undated_notes(timeline), *publication_notes(timeline.collected)]
    return "\n".join([*lines, "", *below, *designation_notes(store, lines)]) + "\n"


def _going_on(things: ScopedWorks) -> str:
    """How many things go on in a year: `2 things going on, and 1 possibly`."""
    sure, maybe = len(things.sure), len(things.maybe)
    if not sure:
        return f"{quantity(maybe, 'thing')} possibly going on" if maybe else "nothing on record"
    return f"{quantity(sure, 'thing')} going on" + (f", and {maybe} possibly" if maybe else "")


def _standings(
    landscape: Landscape, works: Iterable[Work], scope: Scope
) -> tuple[dict[str, str], dict[str, str]]:
    """`standings` and `deciding` of a timeline of these works."""
    standings, deciding = {}, {}
    for work in filter(may_stand_otherwise, works):
        facts = facts_of_dates(work) | facts_of_scope(landscape, work, scope)
        if words := standing_text([(work, facts | facts_shown(work))]):
            standings[work.iri] = words
        if words := standing_text([(work, facts)]):
            deciding[work.iri] = words
    return standings, deciding


def _line(landscape: Landscape, work: Work, timeline: Timeline, scope: Scope) -> str:
    dates = [format_date(text) for text in (work.start, work.end) if text]
    when = " – ".join(dict.fromkeys(dates))
    if not work.start and work.end:
        when = f"until {when}"
    elif work.kind == "project" and work.start and not work.end:
        when = f"since {when}"
    where = ", ".join(landscape.label(place) for place in work.places)
    where = where or ("online" if work.mode == "online" else "place not known")
    unsure = bool(scope.first or scope.last) and timeline.belongs(work) == NOT_KNOWN
    marks = [f"whether in the period: {NOT_KNOWN}"] if unsure else []
    marks += filter(None, [timeline.standing(work)])
    when += ": " if when else ""
    text = f"{when}{work.label} ({work.kind}, {where}) [{work.id}]"
    return f"{text} ({'; '.join(marks)})" if marks else text


def undated_notes(timeline: Timeline) -> Iterator[str]:
    """Notes: how many works are undated, unsure or not stated plainly, and the base."""
    every = len(timeline.dated) + len(timeline.undated)
    if every == 0:
        yield f"Nothing on record, {NO_PROOF}."
    if timeline.undated:
        yield f"{len(timeline.undated)} of {every} without a date are not on the timeline."
    if unsure := sum(work.iri in timeline.unsure for work in timeline.dated):
        yield f"Of {quantity(unsure, 'thing')} the dates leave open whether in the period."
    rest = [words for work in timeline.dated if (words := timeline.standing(work))]
    if rest:
        words = joined_standings(rest).replace(", ", " or ")
        yield f"Not sure, as facts are {words}: {quantity(len(rest), 'thing')}."
    announced = sum(word_of_status(work.status) == ANNOUNCED for work in timeline.dated)
    if unplaced := len(timeline.without_year):
        yield f"{quantity(unplaced, 'thing')} in no year for certain: counted in none."
    if announced:
        events = quantity(announced, "event")
        yield f"Announced only, with no source here that it was held: {events}."
    yield from timeline.base


def source_count_notes(timeline: Timeline) -> Iterator[str]:
    """Notes: the number of sources for each year, and by year of publication."""
    if not timeline.counted:
        return
    counts = (
        f"{year} {timeline.collected.cited(works)}" for year, works in timeline.counted.items()
    )
    yield f"Sources cited for each year: {', '.join(counts)}."
    yield from publication_notes(timeline.collected)


def publication_notes(collected: SourceCoverage) -> Iterator[str]:
    """Notes: the number of sources by year of publication, and of those that state none."""
    if collected.published:
        counts = (f"{year} {number}" for year, number in sorted(collected.published.items()))
        yield f"Sources by year of publication: {', '.join(counts)}."
    if collected.undated:
        every = collected.undated + sum(collected.published.values())
        yield f"{collected.undated} of {every} sources state no date of publication."
