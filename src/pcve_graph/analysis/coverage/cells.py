"""The text of one cell of a coverage matrix: its works, or what is on record of an empty cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes as footnotes
from ...model.periods import NOT_KNOWN, YES
from ...model.problems import OptionError
from ...model.schema import Ontology
from ...model.standing import holds_with_standing, joined_standings
from ...model.words import quantity
from ...query.render_thing import render_thing
from ...query.show import show
from ...query.thing_view import ThingFact, ThingView
from ..standing import facts_shown, standing_text
from ..tables import LIST_OF_WORKS, ReportCell, ReportTable
from ..works import Landscape, Work
from .basis import work_standing, works_by_holds
from .matrix import NOTHING_FOUND, AxisEntry, Matrix
from .report import NO_PROOF, period_words
from .searches import search_text

KEYS_ALWAYS: Final = ("location", "startDate", "endDate", "status")


KEYS_BY_AXIS: Final = {
    "topic": ("about",),
    "group": ("audience",),
    "funder": ("funder", "isPartOf"),
    "pillar": ("isPartOf", "contributesTo"),
    "year": (),
}


def find_entry(lines: tuple[AxisEntry, ...], key: str, name: str) -> AxisEntry:
    """The row or column with this key. Raises UsageError, which lists all, if there is none."""
    for line in lines:
        if key == line.key:
            return line
    choices = ", ".join(line.id for line in lines)
    raise OptionError(
        "--cell: {name!r} is not in this matrix, which has {choices}", name=name, choices=choices
    )


def cell_text(
    landscape: Landscape,
    store: ox.Store,
    ontology: Ontology,
    matrix: Matrix,
    row: AxisEntry,
    column: AxisEntry,
) -> str:
    """The works of a cell as text, each with the facts that put it there and their evidence.

    For an empty cell, the works located at the region as a whole and those without a place.
    """
    things = matrix.cell(row.key, column.key)
    lines = [_title(matrix, row, column)]
    if not things:
        lines += ["", *empty_cell_lines(matrix, row, column)]
        for other_row in matrix.rows:
            near = matrix.cell(other_row.key, column.key).all()
            if other_row.role in ("region", "unknown") and near:
                lines += [f"{other_row.label}: {'; '.join(work.label for work in near)}"]
        return "\n".join([*lines, *footnotes(store, lines)]) + "\n"
    lines += [cell_count_line(landscape, matrix, row, column)]
    designation_notes: set[str] = set()
    for work in things.all():
        view = cell_view(landscape, store, ontology, work, matrix, row, column)
        designation_notes |= {*view.notes}
        text = render_thing(dataclasses.replace(view, notes=()), whole=True).rstrip("\n")
        standing = work_standing(landscape, matrix, work, row, column)
        lines += ["", text]
        lines += [_UNCERTAIN] if work in things.maybe else []
        lines += [f"({_RESTS} {standing.replace(', ', ' or ')})"] if standing else []
    designation_notes |= {*footnotes(store, lines[:1])}
    return (
        "\n".join([*lines, *(["", *sorted(designation_notes)] if designation_notes else [])]) + "\n"
    )


def cell_table(
    landscape: Landscape,
    store: ox.Store,
    ontology: Ontology,
    matrix: Matrix,
    row: AxisEntry,
    column: AxisEntry,
) -> ReportTable:
    """The works of a cell, a row each (`cell_works`), with columns as those of the timeline."""
    rows: list[tuple[ReportCell, ...]] = []
    for work, holds, standing in cell_works(landscape, matrix, row, column):
        where = ", ".join(landscape.label(place) for place in work.places)
        at = where or ("online" if work.mode == "online" else None)
        rows.append((work.start, work.end, work.label, work.kind, at, holds, standing, work.id))
    name = _title(matrix, row, column)
    empty = () if rows else tuple(empty_cell_lines(matrix, row, column))
    texts = [name, *(str(cell) for line in rows for cell in line)]
    notes = (*(note.strip() for note in empty), *footnotes(store, texts))
    return ReportTable(name, LIST_OF_WORKS, tuple(rows), notes)


def cell_works(
    landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry
) -> Iterator[tuple[Work, str, str]]:
    """The works of a cell, each with whether it holds that it is there, and with its standing.

    That says how the facts stand that a line about the work shows or that put it into the cell.
    `not known` are works with a standing, and those whose dates leave open if they belong there.
    """
    things = matrix.cell(row.key, column.key)
    for work in things.all():
        in_cell = work_standing(landscape, matrix, work, row, column)
        standing = joined_standings((in_cell, standing_text([(work, facts_shown(work))])))
        by_dates = NOT_KNOWN if work in things.maybe else YES
        yield work, holds_with_standing(by_dates, standing), standing


def _title(matrix: Matrix, row: AxisEntry, column: AxisEntry) -> str:
    period = "".join(f", {phrase}" for phrase in period_words(matrix.scope))
    return f"{row.label} / {column.label}{period}"


def empty_cell_lines(matrix: Matrix, row: AxisEntry, column: AxisEntry) -> Iterator[str]:
    """What is on record of a cell without works: that nobody searched it, or the searches."""
    what, log = matrix.unit, matrix.searches.get((row.key, column.key), ())
    if matrix.state(row.key, column.key) == NOTHING_FOUND:
        yield f"Searched, and no {what} found:"
    elif log:
        yield f"No {what} on record, {NO_PROOF}: searches for more than this cell had hits:"
    else:
        yield f"Not searched. No {what} on record, {NO_PROOF}."
    yield from (f"  {search_text(search)}" for search in log)


_UNCERTAIN: Final = "(its dates leave open whether it belongs to the period)"
_RESTS: Final = "it rests on facts that are"


def cell_count_line(landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry) -> str:
    """How many works are surely in a cell, and why others may not be."""
    things = matrix.cell(row.key, column.key)
    sure = works_by_holds(landscape, matrix, row, column).sure
    line = f"{quantity(len(sure), matrix.unit)} on record"
    if others := len(things.sure) - len(sure):
        line += f", and {others} by a fact that is not stated plainly"
    return line + (f", and {len(things.maybe)} whose dates leave it open" if things.maybe else "")


def cell_view(
    landscape: Landscape,
    store: ox.Store,
    ontology: Ontology,
    work: Work,
    matrix: Matrix,
    row: AxisEntry,
    column: AxisEntry,
) -> ThingView:
    """The view of a work reduced to the facts that put it into the cell."""
    view = show(store, ontology, work.iri)
    keys = {*KEYS_ALWAYS, *KEYS_BY_AXIS[matrix.by]}

    def places_in_cell(fact: ThingFact) -> bool:
        stated = str(getattr(fact.term, "value", ""))
        value = landscape.replaced.get(stated, stated)
        if fact.key == "location" and row.role in ("economy", "region"):
            return row.key in (value, *landscape.within.get(value, ()))
        if fact.key in ("about", "audience") and column.role in ("broader", "part"):
            return column.key in (value, *landscape.broader.get(value, ()))
        return True

    facts = tuple(fact for fact in view.facts if fact.key in keys and places_in_cell(fact))
    shown = footnotes(store, [view.label, *(fact.value for fact in facts)])
    return dataclasses.replace(view, facts=facts, named_by=(), notes=shown)
