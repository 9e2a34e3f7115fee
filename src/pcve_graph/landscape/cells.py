"""One cell of a matrix opened: its things, each with the facts and words that put it there."""

from __future__ import annotations

import dataclasses
from typing import Final

import pyoxigraph as ox

from ..analysis.coverage.matrix import Line, Matrix
from ..analysis.coverage.report import NO_PROOF, many, period_words
from ..analysis.works import Landscape, Work
from ..graph.labels import footnotes
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..query.render import present_view
from ..query.show import Fact, View, show

_ALWAYS: Final = ("location", "startDate", "endDate", "status")
_TELLING: Final = {
    "topic": ("about",),
    "group": ("audience",),
    "funder": ("funder", "isPartOf"),
    "pillar": ("isPartOf", "contributesTo"),
    "year": (),
}


def line_of(lines: tuple[Line, ...], key: str, name: str) -> Line:
    """The row or column with this key. Raises UsageError, naming them all, where there is none."""
    for line in lines:
        if key == line.key:
            return line
    known = ", ".join(line.id for line in lines)
    raise UsageError(f"--cell: {name!r} is not in this matrix; there are {known}")


def opened(
    landscape: Landscape,
    store: ox.Store,
    ontology: Ontology,
    matrix: Matrix,
    row: Line,
    column: Line,
) -> str:
    """The things of a cell as text, each with the facts that put it there and their evidence.

    An empty cell says so, and what is near: the region as a whole, and what states no place.
    """
    things = matrix.cell(row.key, column.key)
    period = "".join(f", {each}" for each in period_words(matrix.scope))
    lines = [f"{row.label} / {column.label}{period}"]
    what = {"events": "event", "actors": "thing"}.get(matrix.count, "project")
    if not things:
        lines += ["", f"No {what} on record, {NO_PROOF}."]
        for other in matrix.rows:
            near = matrix.cell(other.key, column.key).all()
            if other.role in ("region", "unknown") and near:
                lines += [f"{other.label}: {'; '.join(each.label for each in near)}"]
        return "\n".join([*lines, *footnotes(store, lines)]) + "\n"
    lines += [f"{many(len(things.sure), what)} on record"]
    if things.maybe:
        lines[-1] += f", and {len(things.maybe)} whose dates do not tell"
    notes: set[str] = set()
    for work in things.all():
        view = _view(landscape, store, ontology, work, matrix, row, column)
        notes |= {*view.notes}
        text = present_view(dataclasses.replace(view, notes=())).rstrip("\n")
        lines += ["", text + (_doubt(work) if work in things.maybe else "")]
    notes |= {*footnotes(store, lines[:1])}
    return "\n".join([*lines, *(["", *sorted(notes)] if notes else [])]) + "\n"


def _doubt(work: Work) -> str:
    return "\n(its dates do not tell whether it belongs to the period)"


def _view(
    landscape: Landscape,
    store: ox.Store,
    ontology: Ontology,
    work: Work,
    matrix: Matrix,
    row: Line,
    column: Line,
) -> View:
    """The view of a work with only the facts that put it into the cell."""
    view = show(store, ontology, work.iri)
    keys = {*_ALWAYS, *_TELLING[matrix.by]}

    def tells(fact: Fact) -> bool:
        stated = str(getattr(fact.term, "value", ""))
        value = landscape.replaced.get(stated, stated)
        if fact.key == "location" and row.role in ("economy", "region"):
            return row.key in (value, *landscape.within.get(value, ()))
        if fact.key in ("about", "audience") and column.role in ("broader", "part"):
            return column.key in (value, *landscape.broader.get(value, ()))
        return True

    facts = tuple(fact for fact in view.facts if fact.key in keys and tells(fact))
    shown = footnotes(store, [view.label, *(fact.value for fact in facts)])
    return dataclasses.replace(view, facts=facts, named_by=(), notes=shown)
