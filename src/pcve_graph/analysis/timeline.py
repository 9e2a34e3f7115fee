"""Projects and events in the order of time, and how topics shifted, beside what was collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..graph.labels import footnotes
from ..model.project import Project
from ..query.execute import Table, ask
from ..query.render import day
from ..query.saved import read_queries
from .coverage.matrix import UNKNOWN, Line, Matrix, years
from .coverage.report import NO_PROOF, NONE, many, scope_words
from .scope import Scope, chosen, in_period
from .tables import Cell, Sheet
from .works import Landscape, Work

FEW: Final = 5
"""A year with fewer things than that has no shares: one thing more would change them all."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected. `published` is how many sources are of each year, `undated` how many
    state no date of publication; `telling` is each project or event to the sources of its facts.
    """

    published: Mapping[str, int]
    undated: int
    telling: Mapping[str, frozenset[str]]

    def cited(self, works: tuple[Work, ...]) -> int:
        """How many different sources tell of the works."""
        return len({each for work in works for each in self.telling.get(work.iri, ())})


@dataclass(frozen=True, slots=True)
class Timeline:
    """`dated` works by their first day, `undated` ones by name; `years` has each year's works.

    A work that states only its end stands at its end. `years` leaves out no year between. `unsure`
    are the IRIs of those whose dates do not tell whether they belong to the period asked for.
    """

    dated: tuple[Work, ...]
    undated: tuple[Work, ...]
    years: Mapping[str, tuple[Work, ...]]
    collected: Collected
    unsure: frozenset[str] = frozenset()


def read_collected(project: Project, store: ox.Store, landscape: Landscape) -> Collected:
    """When the sources were published, and which tell of which project or event."""
    queries = read_queries(project, "landscape")

    def rows(name: str) -> Iterator[tuple[str, ...]]:
        table = ask(store, queries[name].text, name=queries[name].path)
        assert isinstance(table, Table)
        for row in table.rows:
            yield tuple(str(getattr(term, "value", "")) for term in row)

    issued = {source: date[:4] for source, date, _ in rows("sources")}
    telling: dict[str, set[str]] = {}
    for work, source in rows("tellings"):
        telling.setdefault(landscape.replaced.get(work, work), set()).add(source)
    return Collected(
        published=Counter(year for year in sorted(issued.values()) if year),
        undated=sum(not year for year in issued.values()),
        telling={work: frozenset(found) for work, found in telling.items()},
    )


def timeline(
    landscape: Landscape, collected: Collected, scope: Scope, kinds: tuple[str, ...]
) -> Timeline:
    """The works of `kinds` that `scope` asks for, in order."""
    asked = tuple(work for kind in kinds for work in chosen(landscape, kind, scope))
    things = in_period(asked, scope)
    works = things.all()
    dated = sorted((w for w in works if w.earliest or w.latest), key=_order)
    undated = sorted((w for w in works if not (w.earliest or w.latest)), key=lambda w: w.label)
    by_year: dict[str, list[Work]] = {}
    for work in dated:
        for year in sorted({_clamped(each, scope) for each in years(work)}):
            by_year.setdefault(year, []).append(work)
    known = sorted(map(int, by_year))
    span = range(known[0], known[-1] + 1) if known else range(0)
    return Timeline(
        tuple(dated),
        tuple(undated),
        {f"{year:04}": tuple(by_year.get(f"{year:04}", ())) for year in span},
        collected,
        frozenset(work.iri for work in things.maybe),
    )


def _clamped(year: str, scope: Scope) -> str:
    """A year, or the nearest one of the period asked for."""
    first, last = scope.first, scope.last
    number = max(int(year), first.year) if first else int(year)
    return f"{min(number, last.year) if last else number:04}"


def _order(work: Work) -> tuple[str, str, str]:
    first = work.earliest or work.latest or ""
    return first, work.latest or "", work.label


def timeline_sheet(landscape: Landscape, store: ox.Store, found: Timeline, scope: Scope) -> Sheet:
    """The works in order, a row each; those without a date last, with empty cells.

    Dates are as stated: a day, month or year. `sure` is no for those whose dates do not tell
    whether they belong to the period.
    """
    rows: list[tuple[Cell, ...]] = []
    for work in (*found.dated, *found.undated):
        where = ", ".join(landscape.label(place) for place in work.places)
        at = where or ("online" if work.mode == "online" else None)
        sure = "no" if work.iri in found.unsure else "yes"
        rows.append((work.start, work.end, work.label, work.kind, at, sure, work.id))
    name = ", ".join(["Timeline", *scope_words(landscape, scope)])
    texts = [name, *(str(cell) for row in rows for cell in row)]
    notes = (*undated_note(found), *strip(found), *footnotes(store, texts))
    return Sheet(name, ("from", "to", "what", "kind", "where", "sure", "id"), tuple(rows), notes)


def timeline_text(landscape: Landscape, store: ox.Store, found: Timeline, scope: Scope) -> str:
    """The works by the year that they began in, with how many sources tell of each year."""
    lines = [", ".join(["Timeline", *scope_words(landscape, scope)])]
    began: dict[str, str] = {}
    for year, works in found.years.items():
        for work in works:
            began.setdefault(work.iri, year)
    for year, works in found.years.items():
        going = f"{many(len(works), 'thing')} going on" if works else "nothing on record"
        lines += ["", f"{year}  ({going}, {many(found.collected.cited(works), 'source')})"]
        lines += [f"  {_line(landscape, work, found)}" for work in works if began[work.iri] == year]
    if found.undated:
        lines += ["", "without a date"]
        lines += [f"  {_line(landscape, work, found)}" for work in found.undated]
    below = [*undated_note(found), *published_note(found.collected)]
    return "\n".join([*lines, "", *below, *footnotes(store, lines)]) + "\n"


def _line(landscape: Landscape, work: Work, found: Timeline) -> str:
    dates = [day(each) for each in (work.start, work.end) if each]
    when = " – ".join(dict.fromkeys(dates))
    if not work.start and work.end:
        when = f"until {when}"
    elif work.kind == "project" and work.start and not work.end:
        when = f"since {when}"
    where = ", ".join(landscape.label(place) for place in work.places)
    where = where or ("online" if work.mode == "online" else "place not known")
    perhaps = " perhaps" if work.iri in found.unsure else ""
    when += ": " if when else ""
    return f"{when}{work.label} ({work.kind}, {where}) [{work.id}]{perhaps}"


def undated_note(found: Timeline) -> Iterator[str]:
    """How many works are not on the timeline, and how many events are announced only."""
    every = len(found.dated) + len(found.undated)
    if every == 0:
        yield f"Nothing on record, {NO_PROOF}."
    if found.undated:
        yield f"{len(found.undated)} of {every} without a date are not on the timeline."
    if perhaps := sum(work.iri in found.unsure for work in found.dated):
        yield f"{many(perhaps, 'thing')} among them only perhaps: the dates do not tell."
    announced = sum(work.status == "planned" for work in found.dated)
    if announced:
        yield f"Announced only, no source here says that it was held: {many(announced, 'event')}."


def strip(found: Timeline) -> Iterator[str]:
    """How many sources were collected for each year, in words."""
    if not found.years:
        return
    told = (f"{year} {found.collected.cited(works)}" for year, works in found.years.items())
    yield f"Sources that tell of each year's things: {', '.join(told)}."
    yield from published_note(found.collected)


def published_note(collected: Collected) -> Iterator[str]:
    """How many sources were published in each year, and how many do not say when."""
    if collected.published:
        told = (f"{year} {number}" for year, number in sorted(collected.published.items()))
        yield f"Sources by year of publication: {', '.join(told)}."
    if collected.undated:
        every = collected.undated + sum(collected.published.values())
        yield f"{collected.undated} of {every} sources state no date of publication."


def trend_sheet(
    landscape: Landscape, store: ox.Store, matrix: Matrix, found: Timeline, scope: Scope
) -> Sheet:
    """How many of each year's things are on each topic, with shares, and what was collected.

    `matrix` gives the topics. Shares are of all things of the year, so that they do not add up to
    100 where things have several topics.
    """
    span = list(found.years)
    rows: list[tuple[Cell, ...]] = []
    for topic in topics(matrix):
        numbers = trend(found, topic)
        if not any(numbers.values()):
            continue
        cells = [_share(number, len(found.years[year])) for year, number in numbers.items()]
        rows.append((topic.label, *cells))
    rows.append(("all things", *(len(works) for works in found.years.values())))
    cited = (found.collected.cited(works) for works in found.years.values())
    rows.append(("sources that tell of them", *cited))
    if found.collected.published:
        issued = (found.collected.published.get(year, 0) for year in span)
        rows.append(("sources published", *issued))
    name = ", ".join(["Topics by year", *scope_words(landscape, scope)])
    texts = [name, *(str(row[0]) for row in rows)]
    notes = (
        f"{NONE}  no record here, {NO_PROOF}.",
        "Shares are of the year's things; with several topics each, they do not add up to 100.",
        f"Years with fewer than {FEW} things have no shares.",
        "Where few sources tell of a year, read its shares as what was collected, not as a trend.",
        *undated_note(found),
        *published_note(found.collected),
        *footnotes(store, texts),
    )
    return Sheet(name, ("topic", *span), tuple(rows), notes)


def _share(number: int, of: int) -> str:
    if not number:
        return NONE
    return f"{number} ({100 * number / of:.0f} %)" if of >= FEW else str(number)


def topics(matrix: Matrix) -> tuple[Line, ...]:
    """The columns of a matrix that are topics, with any thing at all."""
    used = {column for _, column in matrix.cells}
    return tuple(
        column
        for column in matrix.columns
        if column.role in ("broader", "part") and column.key in used and column.key != UNKNOWN
    )


def trend(found: Timeline, topic: Line) -> dict[str, int]:
    """How many things of each year are on a topic or its narrower ones."""
    return {
        year: sum(topic.key in (*work.topics, *work.wider) for work in works)
        for year, works in found.years.items()
    }
