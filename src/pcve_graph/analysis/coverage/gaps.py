"""Coverage gaps: cells of a matrix without records or with weak ones, and nearby coverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes
from ...model.project import Project
from ...query.columns import select_rows
from ...query.render import format_date
from ...query.saved import required_queries
from ..load import SOURCE_COLUMNS
from ..tables import ReportTable
from ..works import Landscape, Work, budget_sums
from .matrix import ALL, UNKNOWN, AxisEntry, Matrix
from .report import AXIS_WORDS, NO_PROOF, quantity, scope_words

SMALL: Final = Decimal(100_000)
"""In the currency of the budget: a project with a lower total budget counts as small."""
SMALL_KINDS: Final = {
    "pilot-project": "a pilot project",
    "sub-grant-scheme": "a sub-grant scheme",
    "component": "a component of a project",
}

_PROJECTS: Final = (
    "all have ended, have not begun, state no dates, or are small (a pilot, a component, "
    f"sub-grants, or under {SMALL:,} in all)"
)
_EVENTS: Final = "no dates are stated, or the events are announced only"
_OTHER_KIND: Final = {"projects": "event", "events": "project", "actors": ""}
_WEAK: Final = {"projects": _PROJECTS, "events": _EVENTS, "actors": f"{_PROJECTS}; {_EVENTS}"}


@dataclass(frozen=True, slots=True)
class Gap:
    """One cell without records, or with weak ones only: `weak` has each of them with its reason.

    `near` are the other economies with a record in the same column, `regional` the works located at
    the region as a whole, `wider` the labels of broader columns with a record in this economy,
    `unplaced` the works that state no place and so may belong here. `other_kind` is the number of
    events in the cell where projects are counted, and of projects where events are.
    """

    economy: AxisEntry
    column: AxisEntry
    weak: tuple[tuple[Work, str], ...]
    near: tuple[AxisEntry, ...]
    regional: tuple[Work, ...]
    wider: tuple[str, ...]
    unplaced: tuple[Work, ...]
    other_kind: int

    @property
    def covered(self) -> int:
        """The number of covered neighbours: economies, plus one each for region and broader."""
        return len(self.near) + bool(self.regional) + bool(self.wider)


def last_access_day(project: Project, store: ox.Store) -> date | None:
    """The latest day on which a source was accessed, if any: the graph has nothing later."""
    query = required_queries(project, "landscape", ["sources"])["sources"]
    days = [read for _, _, read in select_rows(store, query, SOURCE_COLUMNS) if read]
    return date.fromisoformat(max(days)) if days else None


def find_gaps(
    landscape: Landscape, matrix: Matrix, other_kind: Matrix | None, on: date | None
) -> tuple[Gap, ...]:
    """The gaps of a matrix on a day: without records first, then by covered neighbours, most first.

    Without a day no work counts as ended. Works that may be in a cell count as being in it.
    `other_kind` is the same matrix for events where `matrix` counts projects, or the reverse.
    """
    columns = [column for column in matrix.columns if column.role in ("broader", "part")]
    regions = [row for row in matrix.rows if row.role == "region"]
    found_gaps = []
    for column in columns:
        economies = {row: matrix.cell(row.key, column.key).all() for row in matrix.economies}
        regional = tuple(work for row in regions for work in matrix.cell(row.key, column.key).all())
        for row, works in economies.items():
            weak = [(work, weakness(work, on)) for work in works]
            if not all(reason for _, reason in weak):
                continue
            wider = [
                landscape.label(above)
                for above in landscape.broader.get(column.key, ())
                if matrix.cell(row.key, above)
            ]
            found_gaps.append(
                Gap(
                    economy=row,
                    column=column,
                    weak=tuple(weak),
                    near=tuple(
                        economy for economy, has in economies.items() if has and economy != row
                    ),
                    regional=regional,
                    wider=tuple(sorted(wider)),
                    unplaced=matrix.cell(UNKNOWN, column.key).all(),
                    other_kind=len(other_kind.cell(row.key, column.key).all()) if other_kind else 0,
                )
            )
    return tuple(
        sorted(found_gaps, key=lambda gap: (bool(gap.weak), -gap.covered, gap.column.label))
    )


def weakness(work: Work, on: date | None) -> str:
    """Why a work covers its cell only weakly; empty if it does not.

    A project has ended, has not begun, states no dates or is small. An event states no date, or is
    only announced.
    """
    if not work.earliest and not work.latest:
        return "no dates stated"
    if work.kind == "event":
        return "announced only" if work.status == "planned" else ""
    if on and work.latest and work.latest < on.isoformat():
        return f"ended {format_date(work.end or work.start or work.latest)}"
    if on and work.earliest and work.earliest > on.isoformat():
        return f"begins {format_date(work.start or work.end or work.earliest)}"
    if work.sort in SMALL_KINDS:
        return SMALL_KINDS[work.sort]
    totals = [
        total for total in budget_sums([work]) if total.share == "total" and total.most is not None
    ]
    if totals and all(total.most is not None and total.most < SMALL for total in totals):
        return f"small, {totals[0].currency} {totals[0]} in all"
    return ""


def gap_table(
    landscape: Landscape, store: ox.Store, matrix: Matrix, gaps: tuple[Gap, ...], on: date | None
) -> ReportTable:
    """The gaps as a table, a row each, with notes."""
    both = matrix.count != "actors"
    heads = f"{matrix.by} economy state there covered near region broader unplaced".split()
    heads += [f"{_OTHER_KIND[matrix.count]}s"] if both else []
    rows = tuple(
        (
            gap.column.label,
            gap.economy.label,
            "only weakly" if gap.weak else "no record",
            "; ".join(f"{work.label} ({reason})" for work, reason in gap.weak),
            gap.covered,
            "; ".join(line.label for line in gap.near),
            "; ".join(work.label for work in gap.regional),
            "; ".join(gap.wider),
            "; ".join(work.label for work in gap.unplaced),
            *((gap.other_kind,) if both else ()),
        )
        for gap in gaps
    )
    name = _title(landscape, matrix, on)
    texts = [name, *(str(cell) for row in rows for cell in row)]
    return ReportTable(
        name, tuple(heads), rows, (_explanation(matrix), *designation_notes(store, texts))
    )


def gap_briefing(
    landscape: Landscape,
    store: ox.Store,
    matrix: Matrix,
    gaps: tuple[Gap, ...],
    on: date | None,
    limit: int,
) -> str:
    """The gaps as text: a summary, then at most `limit` topics; 0 for all."""
    by_column: dict[AxisEntry, list[Gap]] = {}
    for gap in gaps:
        if gap.covered:
            by_column.setdefault(gap.column, []).append(gap)
    lines = [_title(landscape, matrix, on), "", *_answer(matrix, gaps), ""]
    columns = list(by_column)[: limit or None]
    for place, column in enumerate(columns, 1):
        lines += [f"{place}. {column.label}  [{column.id}]"]
        lines += [f"   {line}" for line in _about(by_column[column], _OTHER_KIND[matrix.count], on)]
        lines += [""]
    if more := len(by_column) - len(columns):
        lines += [
            f"{more:,} more have gaps: `--limit 0` shows all; `--format csv` has a row per gap."
        ]
    nowhere = {gap.column.label for gap in gaps if not gap.covered and not gap.weak}
    nowhere -= {column.label for column in by_column}
    if nowhere:
        lines += [f"No record in any economy or the region: {', '.join(sorted(nowhere))}.", ""]
    lines += [_explanation(matrix)]
    return "\n".join([*lines, *designation_notes(store, lines)]) + "\n"


def _title(landscape: Landscape, matrix: Matrix, on: date | None) -> str:
    words = [f"Gaps: {matrix.count} by economy and {AXIS_WORDS[matrix.by]}"]
    words += scope_words(landscape, matrix.scope)
    if on:
        words.append(f"as seen on {format_date(on.isoformat())}")
    return ", ".join(words)


def _answer(matrix: Matrix, gaps: tuple[Gap, ...]) -> Iterator[str]:
    columns = [column for column in matrix.columns if column.role in ("broader", "part")]
    economies = matrix.economies
    bare = sum(not gap.weak for gap in gaps)
    cells = len(columns) * len(economies)
    axis = AXIS_WORDS[matrix.by]
    what = "thing" if matrix.count == "actors" else matrix.count[:-1]
    nothing = "nothing" if matrix.count == "actors" else f"no {what}"
    yield (
        f"Of {cells} pairs of an economy and a {axis} "
        f"({len(economies)} economies, {quantity(len(columns), axis)}), {bare} have {nothing} on "
        f"record and {len(gaps) - bare} only weak ones (ended, undated, small or announced)."
    )
    least = [
        (sum(g.economy == economy and not g.weak for g in gaps), economy.label)
        for economy in economies
    ]
    worst = max((number for number, _ in least), default=0)
    names = [label for number, label in least if number == worst]
    if worst:
        yield f"Most without a record: {', '.join(names)} ({quantity(worst, axis)})."
    whole = matrix.columns[-1 if matrix.columns[-1].key == ALL else 0].key
    every, nowhere = (len(matrix.cell(row, whole).all()) for row in (ALL, UNKNOWN))
    silent = len(matrix.cell(ALL, UNKNOWN).all())
    for number, lacking in ((silent, axis), (nowhere, "place")):
        if number:
            works = quantity(every, what)
            yield f"Of {works} {number} state no {lacking} and may close any of these."
    yield "Gaps with the most covered neighbours come first."


def _about(gaps: list[Gap], other_kind: str, on: date | None) -> Iterator[str]:
    """The lines of one topic: economies without records, with weak ones only, and near coverage."""
    bare = [
        gap.economy.label
        + (f" (but {quantity(gap.other_kind, other_kind)})" if gap.other_kind else "")
        for gap in gaps
        if not gap.weak
    ]
    if bare:
        yield f"no record: {', '.join(bare)}"
    weakly = {gap.economy for gap in gaps}
    if near := {economy for gap in gaps for economy in gap.near} - weakly:
        yield f"covered: {', '.join(sorted(economy.label for economy in near))}"
    if weak := [gap for gap in gaps if gap.weak]:
        yield f"only weakly: {', '.join(gap.economy.label for gap in weak)}"
        of: dict[str, list[str]] = {}
        for gap in weak:
            for work, reason in gap.weak:
                of.setdefault(f"{work.label}, {reason}", []).append(gap.economy.label)
        for description, economies in of.items():
            yield f"    {description} ({', '.join(economies)})"
    for words, works in (
        ("whole region", gaps[0].regional),
        ("place not known", gaps[0].unplaced),
    ):
        if works:
            yield f"{words}:"
            yield from (f"    {_with_reason(work, on)}" for work in works)


def _with_reason(work: Work, on: date | None) -> str:
    reason = weakness(work, on)
    return f"{work.label}, {reason}" if reason else work.label


def _explanation(matrix: Matrix) -> str:
    return (
        f"No record: nothing in this graph, {NO_PROOF}. Weakly: {_WEAK[matrix.count]}. "
        "Works located at the region as a whole are not counted in an economy; they may reach it."
    )
