"""The tools that compare work: overlaps, coverage and timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, zip_longest
from typing import Annotated, Final, Literal

from ..analysis.coverage.cells import (
    KEYS_ALWAYS,
    KEYS_BY_AXIS,
    cell_count_line,
    cell_view,
    cell_works,
    empty_cell_lines,
)
from ..analysis.coverage.matrix import AxisEntry, Matrix
from ..analysis.coverage.request import CoverageAnswer, CoverageRequest, answer_coverage
from ..analysis.opened import ScopeRequest
from ..analysis.overlaps.find import OverlapPair
from ..analysis.overlaps.formats import overlap_table
from ..analysis.overlaps.report import overlaps_summary
from ..analysis.overlaps.request import OverlapAnswer, OverlapRequest, answer_overlaps
from ..analysis.overlaps.score import VERDICTS
from ..analysis.overlaps.supporting_facts import find_supporting_facts
from ..analysis.tables import ReportCell, ReportTable
from ..analysis.timeline_request import TimelineRequest, answer_timeline
from ..analysis.works import Work
from ..model.limits import read_score
from ..query.show import show
from .answers import ROWS, Cell, ColumnEntry, TableAnswer, ThingRef
from .fact_list import StatedFact, supporting_facts, thing_facts
from .questions import EvidenceRows, Limit, Offset
from .table_answers import EVIDENCE_ROWS, RowDraft, TableBounds, bounded_table
from .tool_graph import ToolGraph, short_text

Topic = Annotated[str, "Only this topic and its narrower ones, by id or any name."]
Group = Annotated[str, "Only this target group and its narrower ones, by id or any name."]
Funder = Annotated[str, "Only what this body funds, by id or any name."]
Pillar = Annotated[str, "Only parts of this process or pillar, by id or any name."]
Country = Annotated[str, "Only this country or region, by id or any name."]
Since = Annotated[str, "Only what was under way on or after this date, such as 2019 or 2019-05."]
Until = Annotated[str, "Only what was under way on or before this date."]
AsOf = Annotated[str, "The state of affairs on this day."]
WorkKind = Literal["all", "project", "event"]

_ID_COLUMNS: Final = ("id", "needId", "things")
"""The columns of reports that have ids of things, separated by spaces."""


def overlaps(
    graph: ToolGraph,
    country: Country = "",
    topic: Topic = "",
    funder: Funder = "",
    since: Since = "",
    until: Until = "",
    kind: Annotated[WorkKind, "Projects, events, or both."] = "all",
    min_score: Annotated[float | None, "The lowest score, from 0 to 1."] = None,
    limit: Limit = 10,
    offset: Offset = 0,
    evidence: EvidenceRows = 5,
) -> TableAnswer:
    """Find who does the same work in the same place at the same time, each pair with its evidence.

    Verdicts: overlapping projects, events back-to-back or colliding; not-known where a date or
    place is missing; related (successors, parts of one frame) is not an overlap. Pairs have a
    score from 0 to 1 with its parts, and a sentence why.
    """
    request = OverlapRequest(
        country=country,
        topic=topic,
        funder=funder,
        since=since,
        until=until,
        kind=kind,
        min_score=None if min_score is None else read_score(min_score),
    )
    answer = answer_overlaps(graph.analysis, request)
    table = overlap_table(answer.profiles.landscape, graph.store, answer.criteria, answer.overlaps)
    pairs = [pair for verdict in VERDICTS for pair in answer.overlaps.pairs[verdict]]
    drafts = [
        RowDraft(_pair_values(pair, table, row), partial(_pair_facts, graph, answer, pair))
        for pair, row in zip(pairs, table.rows, strict=True)
    ]
    notes = [overlaps_summary(answer.briefing()), *table.notes]
    if silent := answer.overlaps.silent:
        notes.append(
            f"Not compared, as they state no topic or target group: {len(silent):,} works. "
            "What has no record here may still exist."
        )
    bounds = TableBounds(limit, offset, evidence, most_facts=24)
    columns = [ColumnEntry(name, _MEANINGS.get(name, "")) for name in _pair_values(None, table, ())]
    return _table(graph, table.title, columns, drafts, bounds, notes)


_MEANINGS: Final = {
    "verdict": "overlapping, back-to-back, colliding; related and not-known are no overlaps",
    "holds": "yes; not known where dates or the standing of facts leave it open",
    "standing": "how the facts stand that are not stated plainly",
    "score": "0 to 1, from its parts place, topic, group, time and company",
    "one": "the work that begins first",
    "other": "the work that begins later",
    "reason": "why, in words",
}
_PAIR_COLUMNS: Final = ("verdict", "holds", "standing", "score")
_PAIR_REST: Final = (
    *("place", "topic", "group", "time", "company", "shared topics and groups"),
    *("shared places", "shared bodies", "reason"),
)


def _pair_values(
    pair: OverlapPair | None, table: ReportTable, row: tuple[ReportCell, ...]
) -> dict[str, Cell]:
    """The values of a pair; without one, the columns alone."""
    cells = dict(zip(table.columns, row, strict=True)) if pair else dict.fromkeys(table.columns)
    values: dict[str, Cell] = {name: _plain(cells[name]) for name in _PAIR_COLUMNS}
    for side, work in (("one", pair and pair.first), ("other", pair and pair.second)):
        values[side] = _thing(work) if work else None
        for name in (f"{side} start", f"{side} end"):
            values[name] = _plain(cells[name])
    return values | {name: _plain(cells[name]) for name in _PAIR_REST}


def _pair_facts(graph: ToolGraph, answer: OverlapAnswer, pair: OverlapPair) -> Iterator[StatedFact]:
    proofs = find_supporting_facts(answer.profiles.landscape, graph.store, pair)
    of_each = [
        [proof for proof in proofs if proof.work is work] for work in (pair.first, pair.second)
    ]
    in_turn = filter(None, chain.from_iterable(zip_longest(*of_each)))
    return supporting_facts(graph.store, in_turn)


def coverage(
    graph: ToolGraph,
    by: Annotated[
        Literal["topic", "group", "funder", "pillar", "year"], "The columns of the matrix."
    ] = "topic",
    count: Annotated[
        Literal["projects", "events", "actors", "money"], "What is counted."
    ] = "projects",
    cell: Annotated[str, "The works of one cell, such as albania/prisons."] = "",
    gaps: Annotated[bool, "The pairs of economy and column without a strong record."] = False,
    needs: Annotated[bool, "The needs on record, with what responds to them."] = False,
    topic: Topic = "",
    group: Group = "",
    funder: Funder = "",
    pillar: Pillar = "",
    country: Annotated[str, "With needs: only this economy."] = "",
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    all_topics: Annotated[bool, "Also the narrower topics or groups as columns."] = False,
    limit: Limit = ROWS,
    offset: Offset = 0,
    evidence: EvidenceRows = EVIDENCE_ROWS,
) -> TableAnswer:
    """Show who works where on what: a row for each cell of a matrix, with its works.

    Cells without a record are not listed: no record is not proof of no activity. With `cell`, the
    works of one cell with the facts that put them there; with `gaps` or `needs`, these.
    """
    request = CoverageRequest(
        ScopeRequest(topic, group, funder, pillar, since, until, as_of, country),
        by=by,
        count=count,
        cell=cell,
        gaps=gaps,
        needs=needs,
        all_topics=all_topics,
    )
    answer = answer_coverage(graph.analysis, request)
    bounds = TableBounds(limit, offset, evidence)
    if cell and not needs:
        return _cell_works(graph, answer, bounds)
    table = answer.table(tidy=True)
    notes = list(table.notes)
    rows = table.rows
    if not (gaps or needs):
        place = table.columns.index("state")
        rows = tuple(row for row in rows if row[place] == "recorded" or row[place + 1])
        notes.append(f"{len(table.rows) - len(rows):,} cells have no record and no search.")
    if gaps:
        notes.append("coverage(cell=ECONOMY/COLUMN) has the works of a pair, with their evidence.")
    keys = () if needs else (*KEYS_ALWAYS, *KEYS_BY_AXIS[by])
    return _report_table(graph, table, rows, keys, bounds, notes)


def _cell_works(graph: ToolGraph, answer: CoverageAnswer, bounds: TableBounds) -> TableAnswer:
    """The works of the cell that is asked for, each with the facts that put it there."""
    landscape = graph.analysis.landscape
    matrix, row, column = answer.cell_of_matrix()
    if matrix.cell(row.key, column.key):
        notes = [cell_count_line(landscape, matrix, row, column) + "."]
    else:
        notes = list(empty_cell_lines(matrix, row, column))
    drafts = []
    for work, holds, standing in cell_works(landscape, matrix, row, column):
        values: dict[str, Cell] = {
            "thing": _thing(work),
            "kind": work.kind,
            "start": work.start,
            "end": work.end,
            "holds": holds,
            "standing": standing,
        }
        drafts.append(RowDraft(values, partial(_cell_facts, graph, work, matrix, row, column)))
    columns = [ColumnEntry(name) for name in ("thing", "kind", "start", "end", "holds", "standing")]
    title = f"{row.label} / {column.label}"
    return _table(graph, title, columns, drafts, bounds, notes)


def _cell_facts(
    graph: ToolGraph, work: Work, matrix: Matrix, row: AxisEntry, column: AxisEntry
) -> Iterator[StatedFact]:
    analysis = graph.analysis
    view = cell_view(analysis.landscape, graph.store, analysis.ontology, work, matrix, row, column)
    return thing_facts(graph.store, view)


def timeline(
    graph: ToolGraph,
    topic: Topic = "",
    group: Group = "",
    funder: Funder = "",
    pillar: Pillar = "",
    country: Country = "",
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    kind: Annotated[WorkKind, "Projects, events, or both."] = "all",
    trend: Annotated[bool, "The number of works by topic and year instead."] = False,
    limit: Limit = ROWS,
    offset: Offset = 0,
    evidence: EvidenceRows = EVIDENCE_ROWS,
) -> TableAnswer:
    """Show projects and events in the order of time, with dates as stated and their evidence."""
    scope = ScopeRequest(topic, group, funder, pillar, since, until, as_of, country)
    answer = answer_timeline(graph.analysis, TimelineRequest(scope, kind=kind, trend=trend))
    table = answer.table(tidy=True)
    keys = ("startDate", "endDate", "location", "status", *(("about",) if topic else ()))
    bounds = TableBounds(limit, offset, evidence)
    return _report_table(graph, table, table.rows, keys, bounds, table.notes)


def _report_table(
    graph: ToolGraph,
    table: ReportTable,
    rows: Iterable[tuple[ReportCell, ...]],
    keys: tuple[str, ...],
    bounds: TableBounds,
    notes: Iterable[str],
) -> TableAnswer:
    """Rows of a report; ids in them are things, and the facts those of these things by `keys`.

    Without `keys`, they are all facts about them.
    """
    works = {work.id: work for work in graph.analysis.landscape.works}
    drafts = [_report_row(graph, works, table.columns, row, keys) for row in rows]
    columns = [ColumnEntry(name) for name in table.columns]
    return _table(graph, table.title, columns, drafts, bounds, notes)


def _report_row(
    graph: ToolGraph,
    works: Mapping[str, Work],
    columns: tuple[str, ...],
    row: tuple[ReportCell, ...],
    keys: tuple[str, ...],
) -> RowDraft:
    values: dict[str, Cell] = {}
    identifiers: list[str] = []
    for name, cell in zip(columns, row, strict=True):
        if name in _ID_COLUMNS and isinstance(cell, str):
            identifiers += cell.split()
            things = [_thing(works[part]) if part in works else part for part in cell.split()]
            values[name] = things[0] if len(things) == 1 else list(things)
        else:
            values[name] = _plain(cell)
    return RowDraft(values, partial(_facts_by_key, graph, identifiers, frozenset(keys)))


def _facts_by_key(
    graph: ToolGraph, identifiers: Iterable[str], keys: frozenset[str]
) -> Iterator[StatedFact]:
    for identifier in identifiers:
        view = show(graph.store, graph.analysis.ontology, identifier)
        labels = {fact.label for fact in view.facts if not keys or fact.key in keys}
        for fact in thing_facts(graph.store, view):
            if fact.subject.iri == view.iri and fact.property in labels:
                yield fact


def _table(
    graph: ToolGraph,
    title: str,
    columns: Iterable[ColumnEntry],
    drafts: list[RowDraft],
    bounds: TableBounds,
    notes: Iterable[str],
) -> TableAnswer:
    more_facts = "call again with limit=1 and offset=N-1 for those behind row N"
    return bounded_table(graph.store, title, columns, drafts, bounds, notes, more_facts)


def _thing(work: Work) -> ThingRef:
    return ThingRef(work.label, work.iri, work.id)


def _plain(cell: ReportCell) -> Cell:
    """A cell of a report as JSON has it."""
    if isinstance(cell, str):
        return short_text(cell)
    return cell if cell is None or isinstance(cell, int) else float(cell)
