"""What a matrix rests on: how the facts of a cell stand, and how many works state what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...model.periods import YES
from ...model.standing import holds_with_standing, joined_standings
from ...model.words import quantity
from ..scope import Scope, ScopedWorks, in_period, works_in
from ..standing import (
    Ways,
    facts_of_axis,
    facts_of_place,
    facts_of_places,
    facts_of_scope,
    may_stand_otherwise,
    standing_text,
)
from ..works import Landscape, Work
from .matrix import ALL, AxisEntry, Matrix

AXIS_WORDS: Final = {
    "topic": "topic",
    "pillar": "process",
    "group": "target group",
    "funder": "funder",
    "year": "year",
}
_STATED: Final = {"topic": "topics", "pillar": "pillars", "group": "groups", "funder": "funders"}
"""By axis, the attribute of a work that has its values."""


def is_transposed(matrix: Matrix) -> bool:
    """Whether the economies are the columns, as a fitted matrix may have them."""
    return any(row.role == "part" for row in matrix.rows)


def cell_standing(landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry) -> str:
    """How the facts stand that put works into a cell: as `standing_text` has it."""
    works = matrix.cell(row.key, column.key).all()
    return joined_standings(work_standing(landscape, matrix, work, row, column) for work in works)


def work_standing(
    landscape: Landscape, matrix: Matrix, work: Work, row: AxisEntry, column: AxisEntry
) -> str:
    """How the facts stand that put a work into a cell."""
    if not may_stand_otherwise(work):
        return ""
    place, value = (column, row) if is_transposed(matrix) else (row, column)
    return standing_text([(work, _facts_of_cell(landscape, matrix, work, place, value))])


def works_by_holds(
    landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry
) -> ScopedWorks:
    """The works that are surely in a cell, and those that may be.

    The latter are those whose dates leave it open, and those that are there by a fact that is not
    stated plainly.
    """
    things = matrix.cell(row.key, column.key)
    plain = {
        work.iri
        for work in things.sure
        if holds_with_standing(YES, work_standing(landscape, matrix, work, row, column)) == YES
    }
    return ScopedWorks(
        tuple(work for work in things.sure if work.iri in plain),
        tuple(work for work in things.all() if work.iri not in plain),
    )


def _facts_of_cell(
    landscape: Landscape, matrix: Matrix, work: Work, place: AxisEntry, value: AxisEntry
) -> set[Ways]:
    facts = facts_of_scope(landscape, work, matrix.scope)
    if place.key != ALL:
        is_stated = place.role in ("economy", "region")
        facts |= facts_of_place(landscape, work, place.key) if is_stated else facts_of_places(work)
    if value.role in ("broader", "part"):
        facts |= facts_of_axis(landscape, work, matrix.by, value.key)
    return facts


def base_notes(
    landscape: Landscape, scope: Scope, kinds: tuple[str, ...], by: str = ""
) -> Iterator[str]:
    """How many works state a value of the axis `by`, and of each axis that the scope names."""
    what = kinds[0] if len(kinds) == 1 else "thing"
    for axis, attribute in _STATED.items():
        value = getattr(scope, axis)
        if axis == by or value:
            every = scope.of(axis, "")
            works = [
                work
                for kind in kinds
                for work in in_period(works_in(landscape, kind, every), every).all()
            ]
            stating = sum(bool(getattr(work, attribute)) for work in works)
            if stating < len(works):
                verb = "states" if stating == 1 else "state"
                yield (
                    f"{stating:,} of {quantity(len(works), what)} {verb} a {AXIS_WORDS[axis]}; "
                    "the others may have any."
                )
