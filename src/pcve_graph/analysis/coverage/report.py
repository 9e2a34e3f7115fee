"""Writes a coverage matrix: a wide table for people, a tidy one for programs, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox

from ...graph.labels import designation_notes as footnotes
from ...model.standing import ANNOUNCED, joined_standings, word_of_status
from ...model.words import quantity
from ...query.render import format_date
from ..scope import Scope, ScopedWorks
from ..tables import ReportCell, ReportTable
from ..works import BudgetSum, Landscape, budget_sums
from .basis import AXIS_WORDS, base_notes, cell_standing, is_transposed, works_by_holds
from .matrix import (
    ALL,
    ELSEWHERE,
    NOT_SEARCHED,
    NOTHING_FOUND,
    UNKNOWN,
    AxisEntry,
    Matrix,
    actors_of_works,
    kinds_counted,
)

NONE = "·"
FOUND_NOTHING = "0"
NO_PROOF = "which is not proof of no activity"
COLUMNS = 11
"""The most columns that fit a page."""
STANDING_SIGN = "†"
POSSIBLE = (
    "+n?  n more that are possible: by dates that leave it open, or by facts not stated plainly."
)


def cell_counts(
    landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry
) -> tuple[int, int]:
    """The number of works (or actors) surely in a cell, and of those that may be in addition."""
    things = works_by_holds(landscape, matrix, row, column)
    if matrix.count == "actors":
        sure = actors_of_works(things.sure, surely=True)
        return len(sure), len(actors_of_works(things.all()) - sure)
    return len(things.sure), len(things.maybe)


def count_text(sure: int, maybe: int) -> str:
    """`3`, `3 +1?` if there may be one more, `·` without a record."""
    words = [str(sure)] if sure else []
    return " ".join([*words, f"+{maybe}?"] if maybe else words) or NONE


def fit_to_page(matrix: Matrix) -> tuple[Matrix, tuple[str, ...]]:
    """The matrix fitted to a page, and the labels of the empty columns that were left out.

    If there are more than COLUMNS, empty ones are dropped; if there are still more, the matrix is
    transposed. Years are narrow and left as they are.
    """
    if len(matrix.columns) <= COLUMNS or matrix.by == "year":
        return matrix, ()
    used = {column for _, column in matrix.cells} | {ALL}
    used |= {column for row, column in matrix.searches if matrix.state(row, column) != NOT_SEARCHED}
    used_columns = tuple(column for column in matrix.columns if column.key in used)
    empty = tuple(column.label for column in matrix.columns if column.key not in used)
    matrix = replace(matrix, columns=used_columns)
    if len(used_columns) > COLUMNS:
        matrix = replace(
            matrix,
            rows=used_columns,
            columns=matrix.rows,
            cells={(column, row): things for (row, column), things in matrix.cells.items()},
            searches={(column, row): log for (row, column), log in matrix.searches.items()},
        )
    return matrix, empty


def axis_titles(matrix: Matrix) -> tuple[str, str]:
    """The axis of the rows and that of the columns of a fitted matrix, in words."""
    axes = ("economy", AXIS_WORDS[matrix.by])
    return axes[::-1] if is_transposed(matrix) else axes


def matrix_title(landscape: Landscape, matrix: Matrix) -> str:
    """The title of a matrix."""
    what = "Money of projects" if matrix.count == "money" else matrix.count.capitalize()
    words = f"{what} by economy and {AXIS_WORDS[matrix.by]}"
    return words + "".join(f", {phrase}" for phrase in scope_words(landscape, matrix.scope))


def scope_words(landscape: Landscape, scope: Scope) -> Iterator[str]:
    """The scope in words: `on prisons`, `paid by …`, `on 1 May 2022`."""
    ways = (("on", scope.topic), ("for", scope.group), ("paid by", scope.funder))
    for word, iri in (*ways, ("within", scope.pillar), ("in", scope.country)):
        if iri:
            yield f"{word} {landscape.label(iri)}"
    yield from period_words(scope)


def period_words(scope: Scope) -> Iterator[str]:
    """The period, in words: `on 1 May 2022`, or `from` one day and `up to` another."""
    first, last = scope.first, scope.last
    if first and first == last:
        yield f"on {format_date(first.isoformat())}"
    else:
        if first:
            yield f"from {format_date(first.isoformat())}"
        if last:
            yield f"up to {format_date(last.isoformat())}"


def wide_table(landscape: Landscape, store: ox.Store, matrix: Matrix) -> ReportTable:
    """The matrix as a wide table for people: a row for each economy, a column for each topic."""
    page, empty = fit_to_page(matrix)
    heads = (axis_titles(page)[0], *(column.label for column in page.columns))
    if matrix.count == "money":
        heads = (heads[0], "money", *heads[1:])
        rows = tuple(_money_rows(page))
    else:
        rows = tuple(
            (row.label, *(_cell(landscape, page, row, column) for column in page.columns))
            for row in page.rows
        )
    name = matrix_title(landscape, matrix)
    texts = [name, *heads, *(str(cell) for row in rows for cell in row)]
    notes_below = (
        *matrix_notes(landscape, matrix),
        *standing_notes(landscape, page),
        *empty_column_notes(empty),
        *footnotes(store, texts),
    )
    return ReportTable(name, heads, rows, notes_below, 2 if matrix.count == "money" else 1)


def empty_column_notes(empty: tuple[str, ...]) -> Iterator[str]:
    """A note that names the columns that are left out as empty, if any."""
    if empty:
        yield f"No record in any row, {NO_PROOF}: {', '.join(empty)}."


def empty_sign(matrix: Matrix, row: AxisEntry, column: AxisEntry) -> str:
    """The sign of a cell without a record: `0` if it was searched, `·` if not."""
    return FOUND_NOTHING if matrix.state(row.key, column.key) == NOTHING_FOUND else NONE


def _cell(landscape: Landscape, matrix: Matrix, row: AxisEntry, column: AxisEntry) -> ReportCell:
    sure, maybe = cell_counts(landscape, matrix, row, column)
    if matrix.state(row.key, column.key) == NOTHING_FOUND:
        return 0
    if cell_standing(landscape, matrix, row, column):
        return count_text(sure, maybe) + STANDING_SIGN
    return sure if sure and not maybe else count_text(sure, maybe)


def standing_notes(landscape: Landscape, matrix: Matrix) -> Iterator[str]:
    """What the sign at a number means, with the words that apply to the cells of a matrix."""
    words = joined_standings(
        cell_standing(landscape, matrix, row, column)
        for row in matrix.rows
        for column in matrix.columns
    )
    if words:
        yield (
            f"{STANDING_SIGN}  some of its works are there by a fact that is not stated plainly: "
            f"{words}."
        )


def _money_rows(matrix: Matrix) -> Iterator[tuple[ReportCell, ...]]:
    """A row for each currency and kind of an economy; a row of dots if it has none."""
    for row in matrix.rows:
        cells = [matrix.cell(row.key, column.key) for column in matrix.columns]
        sums_by_kind = [
            {(total.currency, total.kind): total for total in cell_sums(matrix, row, column)}
            for column in matrix.columns
        ]
        kinds = sorted({key for kind in sums_by_kind for key in kind})
        signs = [empty_sign(matrix, row, column) for column in matrix.columns]
        for key in kinds:
            yield (
                row.label,
                " ".join(key),
                *(
                    _amount(totals.get(key), things, sign)
                    for totals, things, sign in zip(sums_by_kind, cells, signs, strict=True)
                ),
            )
        if not kinds:
            yield row.label, "", *(map(_amount, [None] * len(cells), cells, signs))


def cell_sums(matrix: Matrix, row: AxisEntry, column: AxisEntry) -> tuple[BudgetSum, ...]:
    """The sums of the money in a cell; where it is that of one funder, of what this funder pays."""
    payer = matrix.scope.funder or None
    if matrix.by == "funder":
        line = row if is_transposed(matrix) else column
        if line.role in ("part", "broader"):
            payer = line.key
        elif line.role == UNKNOWN:
            payer = ""
    return budget_sums(matrix.cell(row.key, column.key).sure, payer)


def _amount(total: BudgetSum | None, things: ScopedWorks, sign: str) -> str:
    if total is None:
        return f"not stated (0 of {len(things.sure)})" if things.sure else sign
    return f"{total} ({total.stating} of {len(things.sure)})"


def tidy_table(landscape: Landscape, store: ox.Store, matrix: Matrix) -> ReportTable:
    """The matrix as a tidy table for programs: a row for each cell, empty ones included."""
    heads: tuple[str, ...] = ("economy", "economyId", matrix.by, f"{matrix.by}Id")
    money = ("currency", "kind", "least", "most", "stating", "projects")
    heads += money if matrix.count == "money" else (matrix.count, "notKnown")
    heads += ("standing", "things", "state", "searches")
    rows: list[tuple[ReportCell, ...]] = []
    for row in matrix.rows:
        for column in matrix.columns:
            things = matrix.cell(row.key, column.key)
            start = (row.label, row.id, column.label, column.id)
            ids: tuple[ReportCell, ...] = (
                cell_standing(landscape, matrix, row, column),
                " ".join(work.id for work in things.all()),
                matrix.state(row.key, column.key),
                " ".join(log.id for log in matrix.searches.get((row.key, column.key), ())),
            )
            if matrix.count != "money":
                rows.append((*start, *cell_counts(landscape, matrix, row, column), *ids))
                continue
            stated: list[tuple[ReportCell, ...]] = [
                (total.currency, total.kind, total.least, total.most, total.stating)
                for total in cell_sums(matrix, row, column)
            ]
            for cells in stated or [(None, None, None, None, 0)]:
                rows.append((*start, *cells, len(things.sure), *ids))
    name = matrix_title(landscape, matrix)
    texts = [name, *(str(cell) for row in rows for cell in row)]
    return ReportTable(
        name, heads, tuple(rows), (*matrix_notes(landscape, matrix), *footnotes(store, texts))
    )


def matrix_notes(landscape: Landscape, matrix: Matrix) -> Iterator[str]:
    """Notes: what is unknown, how works in several cells are counted, and what the signs mean."""
    every = matrix.cell(ALL, ALL) or matrix.cell(ALL, matrix.columns[0].key)
    yield f"{NONE}  not searched: no record here, {NO_PROOF}."
    if any(matrix.state(row, column) == NOTHING_FOUND for row, column in matrix.searches):
        yield f"{FOUND_NOTHING}  searched, and nothing found."
    if every.maybe or _has_possible(landscape, matrix):
        yield POSSIBLE
    regions = [row for row in matrix.rows if row.role == "region"]
    for row in regions:
        yield (
            f"Works located at the {landscape.label(row.key)} as a whole have a row of their own; "
            "they are not spread over the economies."
        )
    nowhere = len(_distinct(matrix, UNKNOWN))
    what = matrix.unit
    if nowhere:
        yield f"No place is stated for {quantity(nowhere, what)}, which may be in any economy."
    if any(row.key == ELSEWHERE for row in matrix.rows):
        yield "elsewhere: in other countries, or in another region than that of the economies."
    yield from base_notes(landscape, matrix.scope, kinds_counted(matrix.count), matrix.by)
    if unknown := len(matrix.cell(ALL, UNKNOWN).all()):
        if matrix.by == "year":
            yield f"No date is stated for {quantity(unknown, what)}."
        elif matrix.count == "money" and matrix.by == "funder":
            yield f"No payer of some or all of the money is stated for {quantity(unknown, what)}."
    if matrix.by in ("topic", "group"):
        yield (
            "A broader column counts the works of its narrower ones, each once; a work with "
            "several places or columns is in each, so rows and columns do not add up."
        )
    else:
        yield "A work with several places or columns is in each, so rows and columns do not add up."
    announced = sum(word_of_status(work.status) == ANNOUNCED for work in every.all())
    if announced:
        events = quantity(announced, "event")
        yield f"Announced only, with no source here that it was held: {events}."
    if matrix.count == "actors":
        yield "Actors: bodies with any role in a project or event there; persons are not counted."
    if matrix.count == "money":
        yield (
            "(a of b): of b projects in the cell, a state it. A budget (total) or transaction is "
            "whole in each cell of its project; kinds and currencies are never added up. What a "
            "transaction passes on from another one in the cell is counted once."
        )
    if matrix.count == "money" and (matrix.by == "funder" or matrix.scope.funder):
        yield (
            "Of a funder: the transactions that it is the first to pay, and the budgets of "
            "projects that nobody else funds."
        )
    if matrix.by == "year":
        yield "A work counts in each year that its dates span; without an end, in its first."


def _has_possible(landscape: Landscape, matrix: Matrix) -> bool:
    """Whether a cell has a work that is there by a fact that is not stated plainly."""
    return matrix.count != "money" and any(
        cell_standing(landscape, matrix, row, column)
        for row in matrix.rows
        for column in matrix.columns
    )


def _distinct(matrix: Matrix, row: str) -> set[str]:
    return {work.iri for column in matrix.columns for work in matrix.cell(row, column.key).all()}
