"""Topics by year, with the number and share of the works of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ..graph.labels import designation_notes
from .coverage.matrix import ALL, UNKNOWN, AxisEntry, Matrix
from .coverage.report import NO_PROOF, NONE, POSSIBLE, count_text, scope_words
from .scope import Scope, ScopedWorks
from .standing import facts_of_axis, may_stand_otherwise, standing_text
from .tables import ReportCell, ReportTable
from .timeline import Timeline, publication_notes, undated_notes
from .works import Landscape

FEW: Final = 5
"""Years with fewer works have no shares, as one more work would change them all."""


def trend_table(
    landscape: Landscape, store: ox.Store, matrix: Matrix, timeline: Timeline, scope: Scope
) -> ReportTable:
    """The number and share of each year's works by topic, and the number of sources.

    `matrix` gives the topics. Numbers are as `count_text` has them: `3 +1?` is 3 works and possibly
    a fourth. Shares are of all works of the year, possible ones included, so they add up to more
    than 100 % where works have several topics.
    """
    span = list(timeline.counted)
    rows: list[tuple[ReportCell, ...]] = []
    for topic, by_year in _topics_on_record(landscape, matrix, timeline):
        cells = [_share_text(of, len(timeline.counted[year])) for year, of in by_year.items()]
        rows.append((topic.label, *cells))
    every = [timeline.by_holds(works) for works in timeline.counted.values()]
    rows.append(("all things", *map(_number, every)))
    cited = (timeline.collected.cited(works) for works in timeline.counted.values())
    rows.append(("sources cited", *cited))
    if timeline.collected.published:
        issued = (timeline.collected.published.get(year, 0) for year in span)
        rows.append(("sources published", *issued))
    name = _title(landscape, scope)
    texts = [name, *(str(row[0]) for row in rows)]
    notes = (
        f"{NONE}  no record here, {NO_PROOF}.",
        *possible_notes(timeline),
        *_share_notes(timeline),
        *designation_notes(store, texts),
    )
    return ReportTable(name, ("topic", *span), tuple(rows), notes, names=1)


def tidy_trend_table(
    landscape: Landscape, store: ox.Store, matrix: Matrix, timeline: Timeline, scope: Scope
) -> ReportTable:
    """The numbers of `trend_table` for programs: a row for each topic and year, empty ones too.

    `sure` and `notKnown` are numbers of works, `share` is what part of all works of the year both
    are, from 0 to 1, empty where the year has fewer than `FEW`. `things` has the ids of the works,
    `sources` is the number of their sources. The rows of the topic `all` have all works.
    """
    numbered = [
        (topic.label, topic.id, by_year)
        for topic, by_year in _topics_on_record(landscape, matrix, timeline)
    ]
    every = {year: timeline.by_holds(works) for year, works in timeline.counted.items()}
    rows: list[tuple[ReportCell, ...]] = []
    for label, identifier, by_year in (*numbered, ("all things", ALL, every)):
        for year, things in by_year.items():
            works, of = things.all(), len(timeline.counted[year])
            share = round(len(works) / of, 4) if of >= FEW else None
            ids = " ".join(work.id for work in works)
            counts = (len(things.sure), len(things.maybe), share)
            cited = timeline.collected.cited(works)
            rows.append((label, identifier, int(year), *counts, ids, cited))
    heads = ("topic", "topicId", "year", "sure", "notKnown", "share", "things", "sources")
    name = _title(landscape, scope)
    texts = [name, *(label for label, *_ in numbered)]
    notes = (*_share_notes(timeline), *designation_notes(store, texts))
    return ReportTable(name, heads, tuple(rows), notes)


def _title(landscape: Landscape, scope: Scope) -> str:
    return ", ".join(["Topics by year", *scope_words(landscape, scope)])


def _topics_on_record(
    landscape: Landscape, matrix: Matrix, timeline: Timeline
) -> Iterator[tuple[AxisEntry, dict[str, ScopedWorks]]]:
    """The topics of a matrix with their works by year, without those that no year has."""
    for topic in topics(matrix):
        by_year = works_by_year(landscape, timeline, topic)
        if any(by_year.values()):
            yield topic, by_year


def _share_notes(timeline: Timeline) -> Iterator[str]:
    """Notes on the shares, on works in no year, and on the sources."""
    yield "Shares are of the year's things; with several topics each, they do not add up to 100."
    yield f"Years with fewer than {FEW} things have no shares."
    yield "Where a year has few sources, its shares reflect what was collected, not a trend."
    yield from undated_notes(timeline)
    yield from publication_notes(timeline.collected)


def possible_notes(timeline: Timeline) -> Iterator[str]:
    """A note on what `+n?` means, if any work of a year is not sure."""
    if any(timeline.by_holds(works).maybe for works in timeline.counted.values()):
        yield POSSIBLE


def _number(things: ScopedWorks) -> ReportCell:
    """A number, or where some of the works are only possible, a text."""
    sure, maybe = len(things.sure), len(things.maybe)
    return count_text(sure, maybe) if maybe else sure


def _share_text(things: ScopedWorks, of: int) -> str:
    number = len(things.all())
    text = count_text(len(things.sure), len(things.maybe))
    return f"{text} ({100 * number / of:.0f} %)" if number and of >= FEW else text


def topics(matrix: Matrix) -> tuple[AxisEntry, ...]:
    """The columns of a matrix that are topics and have any works."""
    used = {column for _, column in matrix.cells}
    return tuple(
        column
        for column in matrix.columns
        if column.role in ("broader", "part") and column.key in used and column.key != UNKNOWN
    )


def works_by_year(
    landscape: Landscape, timeline: Timeline, topic: AxisEntry
) -> dict[str, ScopedWorks]:
    """The works on a topic or a narrower one, by year; possible where the topic is so."""
    works_on_topic = {
        year: [work for work in works if topic.key in (*work.topics, *work.wider)]
        for year, works in timeline.counted.items()
    }
    standings = {
        work.iri: standing_text([(work, facts_of_axis(landscape, work, "topic", topic.key))])
        for works in works_on_topic.values()
        for work in filter(may_stand_otherwise, works)
    }
    return {year: timeline.by_holds(works, standings) for year, works in works_on_topic.items()}
