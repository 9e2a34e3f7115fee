"""Charts: the heat map of a coverage matrix, the timeline, and topics by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from ..graph.labels import designation_notes
from ..model.dates import precision
from ..model.problems import OptionError
from .chart_page import HATCH, ChartPage, shade, text_colour, wrap_text
from .coverage.basis import cell_standing
from .coverage.matrix import Matrix
from .coverage.report import (
    NO_PROOF,
    NONE,
    STANDING_SIGN,
    axis_titles,
    cell_counts,
    count_text,
    empty_column_notes,
    empty_sign,
    fit_to_page,
    matrix_notes,
    matrix_title,
    scope_words,
    standing_notes,
)
from .scope import Scope
from .timeline import SourceCoverage, Timeline, publication_notes, undated_notes
from .trend import FEW, possible_notes, topics, works_by_year
from .works import Landscape, Work

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BARS: Final = 45
"""The most works that are drawn as a bar each; more are counted by year."""

_UNKNOWN_NOTE: Final = "Hatched: the place, or the value of the column, is not known."


def heat_map(landscape: Landscape, store: ox.Store, matrix: Matrix, suffix: str) -> bytes:
    """The matrix as SVG or PNG: numbers on shades, hatched where the place or column is unknown.

    Raises UsageError for money: amounts in several currencies cannot share one colour scale.
    """
    if matrix.count == "money":
        raise OptionError(
            "amounts in several currencies cannot share one colour scale; use --count projects"
        )
    name = matrix_title(landscape, matrix)
    page_of, empty = fit_to_page(matrix)
    labels = [line.label for line in (*page_of.rows, *page_of.columns)]
    notes_below = [*matrix_notes(landscape, matrix), *standing_notes(landscape, page_of)]
    notes_below += [*empty_column_notes(empty), _UNKNOWN_NOTE]
    below = [*notes_below, *designation_notes(store, [name, *labels])]
    matrix = page_of
    step = 0.8 if matrix.by == "year" else 1.25
    wide, high = step * len(matrix.columns), 0.46 * len(matrix.rows)
    with ChartPage(name, 3.0 + max(wide, 5.5), high + 1.3, below, suffix) as page:
        axes = page.add_axes(2.75, 1.0, wide, high)
        counts = [
            [cell_counts(landscape, matrix, row, column) for column in matrix.columns]
            for row in matrix.rows
        ]
        most = max(
            (
                sure
                for row, line in zip(matrix.rows, counts, strict=True)
                for column, (sure, _) in zip(matrix.columns, line, strict=True)
                if "all" not in (row.role, column.role)
            ),
            default=0,
        )
        for down, (row, line) in enumerate(zip(matrix.rows, counts, strict=True)):
            for across, (column, number) in enumerate(zip(matrix.columns, line, strict=True)):
                total = "all" in (row.role, column.role)
                unknown = "unknown" in (row.role, column.role)
                share = None if total or not number[0] else number[0] / most
                text = count_text(*number) if any(number) else empty_sign(matrix, row, column)
                text += STANDING_SIGN if cell_standing(landscape, matrix, row, column) else ""
                _cell(axes, across, down, share, text, unknown)
        _grid(axes, [c.label for c in matrix.columns], [r.label for r in matrix.rows], step)
        page.write(0.15, page.top + 0.75, axis_titles(matrix)[0], size=9, style="italic")
        page.write(2.75, page.top + 0.02, axis_titles(matrix)[1], size=9, style="italic")
        return page.content()


def _cell(
    axes: Axes, across: int, down: int, share: float | None, text: str, unknown: bool
) -> None:
    """Draw a cell: `share` (0 to 1) of the maximum gives its shade; None leaves it white."""
    from matplotlib.patches import Rectangle

    colour = (1.0, 1.0, 1.0) if share is None else shade(share)
    box = Rectangle(
        (across, down), 1, 1, facecolor=colour, edgecolor="#8c8c8c", linewidth=0.6, clip_on=False
    )
    axes.add_patch(box)
    if unknown:
        lines = Rectangle((across, down), 1, 1, fill=False, linewidth=0, clip_on=False)
        lines.set(hatch=HATCH, edgecolor=(text_colour(colour), 0.55))
        axes.add_patch(lines)
    plate = {"facecolor": colour, "edgecolor": "none", "pad": 3} if unknown else None
    axes.text(
        across + 0.5,
        down + 0.5,
        text,
        ha="center",
        va="center",
        color=text_colour(colour),
        bbox=plate,
    )


def _grid(axes: Axes, columns: Sequence[str], rows: Sequence[str], step: float) -> None:
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    axes.xaxis.tick_top()
    letters = max(5, int(step * 12.5))
    axes.set_xticks([place + 0.5 for place in range(len(columns))])
    axes.set_xticklabels([wrap_text(column, letters, 4) for column in columns], fontsize=9)
    axes.set_yticks([place + 0.5 for place in range(len(rows))])
    axes.set_yticklabels([wrap_text(row, 32, 2) for row in rows])


def _strip(
    page: ChartPage,
    left: float,
    down: float,
    width: float,
    collected: SourceCoverage,
    years: Mapping[str, tuple[Work, ...]],
) -> None:
    """Draw the strip under a chart: sources cited for each year, and sources published in it."""
    axes = page.add_axes(left, down, width, 0.8)
    span = list(years)
    cited = [collected.cited(years[year]) for year in span]
    published = [collected.published.get(year, 0) for year in span]
    both = any(published)
    thick = 0.4 if both else 0.8
    places = [place + 0.5 - (0.2 if both else 0) for place in range(len(span))]
    axes.bar(places, cited, width=thick, color="#6b6b6b")
    tops = [*zip(places, cited, strict=True)]
    if both:
        places_published = [place + 0.4 for place in places]
        axes.bar(
            places_published,
            published,
            width=thick,
            color="white",
            edgecolor="#1a1a1a",
            hatch="....",
        )
        tops += zip(places_published, published, strict=True)
    for place, number in tops:
        axes.text(place, number, str(number), ha="center", va="bottom", fontsize=8)
    axes.set_xlim(0, len(span))
    axes.set_ylim(0, max([1, *cited, *published]) * 1.3)
    axes.set_yticks([])
    axes.set_xticks([place + 0.5 for place in range(len(span))])
    axes.set_xticklabels(span, fontsize=9)
    axes.set_ylabel("sources", rotation=0, ha="right", va="center", fontsize=9)


def _strip_notes(timeline: Timeline) -> list[str]:
    words = "Sources: those cited for what was going on in the year"
    words += "; dotted: those published in the year." if timeline.collected.published else "."
    caution = "Where few sources were collected, a drop is not a trend."
    return [f"{words} {caution}", *undated_notes(timeline), *publication_notes(timeline.collected)]


def trend_chart(
    landscape: Landscape,
    store: ox.Store,
    matrix: Matrix,
    timeline: Timeline,
    scope: Scope,
    suffix: str,
) -> bytes:
    """Topics by year as SVG or PNG: numbers, shaded by their share of the year, and source counts.

    Raises UsageError if nothing has a date.
    """
    _dated(timeline)
    name = ", ".join(["Topics by year", *scope_words(landscape, scope)])
    rows = [(topic, works_by_year(landscape, timeline, topic)) for topic in topics(matrix)]
    rows = [(topic, by_year) for topic, by_year in rows if any(by_year.values())]
    below = [
        "Numbers: projects and events in the year; shades: their share of all in the year. "
        f"Hatched: fewer than {FEW} in all, too few to compare.",
        f"{NONE}  no record here, {NO_PROOF}.",
        *possible_notes(timeline),
        *_strip_notes(timeline),
    ]
    below += designation_notes(store, [name, *(topic.label for topic, _ in rows)])
    step = 0.55
    years = timeline.counted
    wide, high = step * len(years), 0.42 * len(rows)
    with ChartPage(name, max(3.3 + wide, 8.5), high + 1.9, below, suffix) as page:
        axes = page.add_axes(3.05, 0.4, wide, high)
        for down, (_, by_year) in enumerate(rows):
            for across, (year, things) in enumerate(by_year.items()):
                number, every = len(things.all()), len(years[year])
                share = number / every if number and every >= FEW else None
                text = count_text(len(things.sure), len(things.maybe)).replace(" ", "\n")
                _cell(axes, across, down, share, text, 0 < every < FEW)
        _grid(axes, list(years), [topic.label for topic, _ in rows], step)
        page.write(0.15, page.top + 0.1, "topic", size=9, style="italic")
        _strip(page, 3.05, high + 0.6, wide, timeline.collected, years)
        return page.content()


def timeline_chart(
    landscape: Landscape, store: ox.Store, timeline: Timeline, scope: Scope, suffix: str
) -> bytes:
    """The timeline as SVG or PNG: a bar for each work, or counts by year for more than BARS works.

    Raises UsageError if nothing has a date.
    """
    _dated(timeline)
    name = ", ".join(["Timeline", *scope_words(landscape, scope)])
    many = len(timeline.bounded) > BARS
    wide = max(6.0, 0.55 * len(timeline.years))
    high = 2.4 if many else 0.38 * len(timeline.bounded)
    marks = (
        "Plain: projects going on in the year; hatched: events."
        if many
        else "Hatched: only a year or month is stated. Arrow: no start, or no end, is stated. "
        "Diamond: an event."
    )
    below = [marks, *(possible_notes(timeline) if many else ()), *_strip_notes(timeline)]
    texts = [name, *(work.label for work in timeline.bounded)]
    below += designation_notes(store, texts)
    left = 0.9 if many else 4.6
    with ChartPage(name, left + wide + 0.3, high + 1.6, below, suffix) as page:
        axes = page.add_axes(left, 0.15, wide, high)
        if many:
            _by_year(axes, timeline)
        else:
            _bars(axes, timeline)
        _strip(page, left, high + 0.4, wide, timeline.collected, timeline.years)
        return page.content()


def _dated(timeline: Timeline) -> None:
    if not timeline.bounded:
        raise OptionError("nothing to draw has a date; `--format text` lists the undated")


def _by_year(axes: Axes, timeline: Timeline) -> None:
    span = list(timeline.years.values())
    projects = [sum(work.kind == "project" for work in works) for works in span]
    events = [len(works) - number for works, number in zip(span, projects, strict=True)]
    places = [place + 0.5 for place in range(len(span))]
    axes.bar(places, projects, width=0.8, color=shade(0.75), edgecolor="#1a1a1a", linewidth=0.6)
    axes.bar(
        places,
        events,
        bottom=projects,
        width=0.8,
        color=shade(0.1),
        edgecolor="#1a1a1a",
        linewidth=0.6,
        hatch="//",
    )
    for place, works in zip(places, span, strict=True):
        things = timeline.by_holds(works)
        text = count_text(len(things.sure), len(things.maybe)).replace(" ", "\n")
        axes.text(place, len(works), text if works else "0", ha="center", va="bottom", fontsize=9)
    axes.set_xlim(0, len(span))
    axes.set_ylim(0, max([1, *map(len, span)]) * 1.2)
    axes.set_xticks([])
    axes.set_ylabel("projects and events")


def _bars(axes: Axes, timeline: Timeline) -> None:
    first = int(next(iter(timeline.years)))
    for down, work in enumerate(timeline.bounded):
        start = _years_after(first, work.earliest or work.latest or "")
        end = _years_after(first, work.latest or work.earliest or "") + 1 / 366
        end = max(end, start + 0.02)
        rough = any(precision(text) != "date" for text in (work.start, work.end) if text)
        colour = shade(0.75) if work.kind == "project" else shade(0.1)
        axes.barh(
            down + 0.5,
            end - start,
            left=start,
            height=0.5,
            color=colour,
            edgecolor="#1a1a1a",
            linewidth=0.6,
            hatch="//" if rough else None,
        )
        if work.kind == "event":
            axes.plot((start + end) / 2, down + 0.5, marker="D", color="#1a1a1a", markersize=4)
        elif not work.start:
            axes.plot(start - 0.06, down + 0.5, marker="<", color="#1a1a1a", markersize=5)
        elif not work.end:
            axes.plot(end + 0.06, down + 0.5, marker=">", color="#1a1a1a", markersize=5)
    axes.set_xlim(0, len(timeline.years))
    axes.set_ylim(len(timeline.bounded), 0)
    axes.set_yticks([place + 0.5 for place in range(len(timeline.bounded))])
    axes.set_yticklabels([wrap_text(work.label, 62, 2) for work in timeline.bounded], fontsize=8.5)
    axes.set_xticks(range(len(timeline.years) + 1))
    axes.set_xticklabels([])
    axes.grid(axis="x", color="#cccccc", linewidth=0.6)
    axes.set_axisbelow(True)


def _years_after(first: int, text: str) -> float:
    day = date.fromisoformat(text)
    return day.year - first + (day.timetuple().tm_yday - 1) / 366
