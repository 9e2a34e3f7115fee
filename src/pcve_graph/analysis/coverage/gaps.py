"""Coverage gaps: cells of a matrix that were searched and have no record, with nearby coverage.

Cells with weak records only and cells that nobody searched are listed too, but are not gaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes
from ...model.project import Project
from ...model.standing import joined_standings
from ...model.words import quantity
from ...query.columns import select_rows
from ...query.render import format_date
from ...query.saved import required_queries
from ..load import SOURCE_COLUMNS
from ..tables import ReportTable
from ..works import Landscape
from .basis import AXIS_WORDS
from .matrix import ALL, NOT_SEARCHED, NOTHING_FOUND, UNKNOWN, AxisEntry, Matrix, Search
from .report import NO_PROOF, scope_words
from .searches import search_text
from .weakness import SMALL, listed_work, weakness

_PROJECTS: Final = (
    "all have ended, have not begun, state no dates, or are small (a pilot, a component, "
    f"sub-grants, or under {SMALL:,} in all)"
)
_EVENTS: Final = "no dates are stated, or the events are announced only"
_OTHER_KIND: Final = {"projects": "event", "events": "project", "actors": ""}
_WEAK: Final = {"projects": _PROJECTS, "events": _EVENTS, "actors": f"{_PROJECTS}; {_EVENTS}"}


@dataclass(frozen=True, slots=True)
class OpenCell:
    """One cell without records, or with weak ones only: `weak` has each of them in words.

    The words are the name, the reason, and how the facts of both stand; `standing` is that of all.
    `state` is that of the cell; it is a gap if that is `NOTHING_FOUND`. `searches` cover the cell.
    `near` are the other economies with a record in the same column, `regional` the works located at
    the region as a whole, `wider` the labels of broader columns with a record in this economy,
    `unplaced` the works that state no place and so may belong here. `other_kind` is the number of
    events in the cell where projects are counted, and of projects where events are.
    """

    economy: AxisEntry
    column: AxisEntry
    weak: tuple[str, ...]
    standing: str
    near: tuple[AxisEntry, ...]
    regional: tuple[str, ...]
    wider: tuple[str, ...]
    unplaced: tuple[str, ...]
    other_kind: int
    state: str
    searches: tuple[Search, ...]

    @property
    def is_gap(self) -> bool:
        """Whether the cell was searched and nothing was found."""
        return self.state == NOTHING_FOUND

    @property
    def covered(self) -> int:
        """The number of covered neighbours: economies, plus one each for region and broader."""
        return len(self.near) + bool(self.regional) + bool(self.wider)


def last_access_day(project: Project, store: ox.Store) -> date | None:
    """The latest day on which a source was accessed, if any: the graph has nothing later."""
    query = required_queries(project, "landscape", ["sources"])["sources"]
    days = [read for _, _, read in select_rows(store, query, SOURCE_COLUMNS) if read]
    return date.fromisoformat(max(days)) if days else None


def find_open_cells(
    landscape: Landscape, matrix: Matrix, other_kind: Matrix | None, on: date | None
) -> tuple[OpenCell, ...]:
    """The cells that lack a record, or a strong one, on a day.

    Gaps come first, those with the most covered neighbours first of all; then the cells with weak
    records and those that nobody searched, which are in the order of their columns, not ranked.
    Without a day no work counts as ended. Works that may be in a cell count as being in it.
    `other_kind` is the same matrix for events where `matrix` counts projects, or the reverse.
    """
    columns = [column for column in matrix.columns if column.role in ("broader", "part")]
    cells = []

    def listed(row: AxisEntry, column: AxisEntry) -> list[tuple[str, str]]:
        works = matrix.cell(row.key, column.key).all()
        return [listed_work(landscape, matrix, work, row, column, on) for work in works]

    for column in columns:
        economies = {row: matrix.cell(row.key, column.key).all() for row in matrix.economies}
        around = {
            role: tuple(
                words for row in matrix.rows if row.role == role for words, _ in listed(row, column)
            )
            for role in ("region", UNKNOWN)
        }
        for row, works in economies.items():
            if not all(weakness(work, on) for work in works):
                continue
            weak = listed(row, column)
            wider = [
                landscape.label(above)
                for above in landscape.broader.get(column.key, ())
                if matrix.cell(row.key, above)
            ]
            cells.append(
                OpenCell(
                    economy=row,
                    column=column,
                    weak=tuple(words for words, _ in weak),
                    standing=joined_standings(standing for _, standing in weak),
                    near=tuple(
                        economy for economy, has in economies.items() if has and economy != row
                    ),
                    regional=around["region"],
                    wider=tuple(sorted(wider)),
                    unplaced=around[UNKNOWN],
                    other_kind=len(other_kind.cell(row.key, column.key).all()) if other_kind else 0,
                    state=matrix.state(row.key, column.key),
                    searches=matrix.searches.get((row.key, column.key), ()),
                )
            )
    return tuple(sorted(cells, key=_rank))


def _rank(cell: OpenCell) -> tuple[int, int, str]:
    if cell.is_gap:
        return 0, -cell.covered, cell.column.label
    return 1 if cell.weak else 2, 0, cell.column.label


def gap_table(
    landscape: Landscape,
    store: ox.Store,
    matrix: Matrix,
    cells: tuple[OpenCell, ...],
    on: date | None,
) -> ReportTable:
    """The open cells as a table, a row each, with notes."""
    both = matrix.count != "actors"
    heads = f"{matrix.by} economy state there standing covered near region broader unplaced".split()
    heads += [*([f"{_OTHER_KIND[matrix.count]}s"] if both else []), "searches"]
    rows = tuple(
        (
            gap.column.label,
            gap.economy.label,
            "only weakly" if gap.weak else gap.state,
            "; ".join(gap.weak),
            gap.standing,
            gap.covered,
            "; ".join(line.label for line in gap.near),
            "; ".join(gap.regional),
            "; ".join(gap.wider),
            "; ".join(gap.unplaced),
            *((gap.other_kind,) if both else ()),
            "; ".join(search_text(search) for search in gap.searches),
        )
        for gap in cells
    )
    name = _title(landscape, matrix, on)
    texts = [name, *(str(cell) for row in rows for cell in row)]
    return ReportTable(
        name,
        tuple(heads),
        rows,
        (*_counts(matrix, cells), _explanation(matrix), *designation_notes(store, texts)),
    )


def gap_briefing(
    landscape: Landscape,
    store: ox.Store,
    matrix: Matrix,
    cells: tuple[OpenCell, ...],
    on: date | None,
    limit: int,
) -> str:
    """The open cells as text: a summary, then at most `limit` topics, gaps first; 0 for all."""
    by_column: dict[AxisEntry, list[OpenCell]] = {}
    for cell in cells:
        by_column.setdefault(cell.column, []).append(cell)
    ranked = [column for column, of in by_column.items() if any(cell.is_gap for cell in of)]
    others = sorted(
        (c for c, of in by_column.items() if c not in ranked and any(cell.covered for cell in of)),
        key=lambda column: (column.label, column.key),
    )
    lines = [_title(landscape, matrix, on), "", *_answer(matrix, cells), ""]
    for place, column in enumerate([*ranked, *others][: limit or None]):
        if place == len(ranked):
            lines += ["Not ranked, as not searched or with weak records only:", ""]
        number = f"{place + 1}." if place < len(ranked) else "-"
        lines += [f"{number} {column.label}  [{column.id}]"]
        lines += [f"   {line}" for line in _about(by_column[column], _OTHER_KIND[matrix.count])]
        lines += [""]
    if limit and (more := len(ranked) + len(others) - limit) > 0:
        lines += [f"{more:,} more: `--limit 0` shows all; `--format csv` has a row per pair.", ""]
    nowhere = {c.label for c in by_column if c not in ranked and c not in others}
    if nowhere:
        lines += [
            "No record in any economy or the region, and not searched: "
            f"{', '.join(sorted(nowhere))}.",
            "",
        ]
    lines += [_explanation(matrix)]
    return "\n".join([*lines, *designation_notes(store, lines)]) + "\n"


def _title(landscape: Landscape, matrix: Matrix, on: date | None) -> str:
    words = [f"Gaps: {matrix.count} by economy and {AXIS_WORDS[matrix.by]}"]
    words += scope_words(landscape, matrix.scope)
    if on:
        words.append(f"as seen on {format_date(on.isoformat())}")
    return ", ".join(words)


def _counts(matrix: Matrix, cells: tuple[OpenCell, ...]) -> Iterator[str]:
    """How many cells are in which state, and whether any gap can be claimed."""
    columns = [column for column in matrix.columns if column.role in ("broader", "part")]
    economies = matrix.economies
    pairs, axis = len(columns) * len(economies), AXIS_WORDS[matrix.by]
    weak = sum(bool(cell.weak) for cell in cells)
    gaps = sum(cell.is_gap for cell in cells)
    not_searched = [cell for cell in cells if cell.state == NOT_SEARCHED]
    recorded = pairs - gaps - len(not_searched)
    what = "things" if matrix.count == "actors" else matrix.count
    yield (
        f"Of {pairs} pairs of an economy and a {axis} "
        f"({len(economies)} economies, {quantity(len(columns), axis)}), {recorded} have {what} on "
        f"record ({weak} of them only weak ones: ended, undated, small or announced), {gaps} were "
        f"searched and nothing was found, {len(not_searched)} were not searched."
    )
    if not_searched and not gaps:
        yield "No gap can be claimed: no search on record covers a pair without a record."
    if with_hits := sum(bool(cell.searches) for cell in not_searched):
        yield (
            f"Not searched, but part of a search that had hits: {with_hits}. Which of its "
            "pairs had none is not on record."
        )


def _answer(matrix: Matrix, cells: tuple[OpenCell, ...]) -> Iterator[str]:
    yield from _counts(matrix, cells)
    axis = AXIS_WORDS[matrix.by]
    what = "thing" if matrix.count == "actors" else matrix.count[:-1]
    numbers = [
        (sum(cell.economy == economy and cell.is_gap for cell in cells), economy.label)
        for economy in matrix.economies
    ]
    worst = max((number for number, _ in numbers), default=0)
    if worst:
        names = [label for number, label in numbers if number == worst]
        yield f"Most gaps: {', '.join(names)} ({quantity(worst, axis)})."
    whole = matrix.columns[-1 if matrix.columns[-1].key == ALL else 0].key
    every, nowhere = (len(matrix.cell(row, whole).all()) for row in (ALL, UNKNOWN))
    silent = len(matrix.cell(ALL, UNKNOWN).all())
    for number, lacking in ((silent, axis), (nowhere, "place")):
        if number:
            works = quantity(every, what)
            yield f"Of {works} {number} state no {lacking} and may close any of these."
    if worst:
        yield "Gaps with the most covered neighbours come first."


def _about(cells: list[OpenCell], other_kind: str) -> Iterator[str]:
    """The lines of one topic: gaps, economies not searched or weakly covered, near coverage."""
    for words, state in (("gap", NOTHING_FOUND), ("not searched", NOT_SEARCHED)):
        in_state = [cell for cell in cells if cell.state == state]
        if in_state:
            yield f"{words}: {', '.join(_economy(cell, other_kind) for cell in in_state)}"
        logs = {search for cell in in_state for search in cell.searches}
        yield from sorted(f"    {search_text(search)}" for search in logs)
    weakly = {cell.economy for cell in cells}
    if near := {economy for cell in cells for economy in cell.near} - weakly:
        yield f"covered: {', '.join(sorted(economy.label for economy in near))}"
    if weak := [cell for cell in cells if cell.weak]:
        yield f"only weakly: {', '.join(cell.economy.label for cell in weak)}"
        of: dict[str, list[str]] = {}
        for cell in weak:
            for words in cell.weak:
                of.setdefault(words, []).append(cell.economy.label)
        for description, economies in of.items():
            yield f"    {description} ({', '.join(economies)})"
    for words, works in (
        ("whole region", cells[0].regional),
        ("place not known", cells[0].unplaced),
    ):
        if works:
            yield f"{words}:"
            yield from (f"    {work}" for work in works)


def _economy(cell: OpenCell, other_kind: str) -> str:
    but = f" (but {quantity(cell.other_kind, other_kind)})" if cell.other_kind else ""
    return cell.economy.label + but


def _explanation(matrix: Matrix) -> str:
    return (
        "Gap: searched, and nothing found. Not searched: no record in this graph, "
        f"{NO_PROOF}. Weakly: {_WEAK[matrix.count]}. "
        "Works located at the region as a whole are not counted in an economy; they may reach it."
    )
