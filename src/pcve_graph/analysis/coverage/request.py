"""Coverage as the options of `pcve coverage` ask for it: a matrix, a cell, gaps or needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

import pyoxigraph as ox

from ...model.problems import OptionError
from ...model.schema import Ontology
from ..opened import AnalysisGraph, ScopeRequest
from ..scope import Scope
from ..tables import TIDY, ReportTable, render_table
from ..works import Landscape
from .cells import cell_table, cell_text, find_entry
from .gaps import OpenCell, find_open_cells, gap_briefing, gap_table, last_access_day
from .matrix import AxisEntry, Matrix
from .needs import NeedResponses, compare_needs, need_table, needs_text, read_needs
from .report import tidy_table, wide_table
from .searches import read_searches

_Gaps: TypeAlias = tuple[Landscape, ox.Store, Matrix, tuple[OpenCell, ...], date | None]
_Needs: TypeAlias = tuple[Landscape, ox.Store, tuple[NeedResponses, ...], Scope, int]
_Cell: TypeAlias = tuple[Landscape, ox.Store, Ontology, Matrix, AxisEntry, AxisEntry]
_OTHER_KIND = {"projects": "events", "events": "projects"}
"""The works that gaps mention in addition to those that are counted."""
_ROWS = frozenset(("elsewhere", "online", "unknown", "all"))
"""Rows and columns that are no thing."""


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """The options of `pcve coverage`, as typed; an empty text is not set.

    `limit` is the number of topics in the text of gaps, 0 for all; `picture` is whether the matrix
    will be drawn. Raises OptionError for options that exclude each other.
    """

    scope: ScopeRequest = field(default_factory=ScopeRequest)
    by: str = "topic"
    count: str = "projects"
    cell: str = ""
    gaps: bool = False
    needs: bool = False
    all_topics: bool = False
    limit: int = 10
    picture: bool = False

    def __post_init__(self) -> None:
        if self.cell and (self.gaps or self.picture):
            raise OptionError("--cell cannot be combined with --gaps or --picture")
        if (self.gaps or self.needs) and self.picture:
            option = "--gaps" if self.gaps else "--needs"
            raise OptionError(f"--picture cannot be combined with {option}")
        of_matrix = (self.by, self.count, self.cell, self.gaps, self.all_topics)
        if self.needs and of_matrix != ("topic", "projects", "", False, False):
            raise OptionError(
                "--needs cannot be combined with --gaps, --cell, --by, --count or --all-topics"
            )
        if self.scope.country and not self.needs:
            raise OptionError("--country requires --needs; --cell ROW/COLUMN shows one economy")
        if (self.gaps or self.cell) and self.count == "money":
            raise OptionError("--gaps and --cell require --count projects, events or actors")


class CoverageAnswer:
    """What a request asks for. `render` gives it in a format, `picture` draws the matrix."""

    def __init__(self, graph: AnalysisGraph, request: CoverageRequest) -> None:
        self.graph, self.request = graph, request
        if not request.needs:
            self.scope = graph.scope(request.scope)
        self._matrix: Matrix | None = None

    @property
    def matrix(self) -> Matrix:
        """The matrix of the scope, with the searches on record."""
        if self._matrix is None:
            request = self.request
            matrix = self.graph.matrix(self.scope, request.by, request.count, request.all_topics)
            self._matrix = self.graph.with_searches(matrix, self.scope)
        return self._matrix

    def render(self, form: str, width: int = 0) -> bytes:
        """The matrix, cell, gaps or needs in one of `tables.FORMATS`.

        csv and json have a row for each cell, with ids; the matrix as text is in lines of `width`
        columns, 0 for any length. Raises UsageError for another format.
        """
        if self.request.gaps:
            return self._gaps(form)
        if self.request.needs:
            compared = self._needs()
            if form == "text":
                return needs_text(*compared).encode()
            return render_table(need_table(*compared), form)
        if self.request.cell:
            where = self._cell()
            return (
                cell_text(*where).encode()
                if form == "text"
                else render_table(cell_table(*where), form)
            )
        return render_table(self.table(tidy=form in TIDY), form, width)

    def table(self, tidy: bool) -> ReportTable:
        """The gaps, the needs, the works of the cell, or the matrix.

        A `tidy` matrix has a row for each cell, else one for each economy.
        """
        if self.request.gaps:
            return gap_table(*self._open_cells())
        if self.request.needs:
            return need_table(*self._needs())
        if self.request.cell:
            return cell_table(*self._cell())
        where = self.graph.landscape, self.graph.store, self.matrix
        return tidy_table(*where) if tidy else wide_table(*where)

    def picture(self, suffix: str) -> bytes:
        """The matrix as a heat map; `suffix` is that of the file. Raises UsageError."""
        from ..charts import heat_map

        return heat_map(self.graph.landscape, self.graph.store, self.matrix, suffix)

    def _gaps(self, form: str) -> bytes:
        where = self._open_cells()
        if form == "text":
            return gap_briefing(*where, self.request.limit).encode()
        return render_table(gap_table(*where), form)

    def _open_cells(self) -> _Gaps:
        """The arguments of `gap_table`: the cells that lack a record, or a strong one."""
        graph, by, count = self.graph, self.request.by, self.request.count
        as_of = bool(self.request.scope.as_of)
        on = self.scope.first if as_of else last_access_day(graph.project, graph.store)
        on = None if by == "year" else on
        scope = replace(self.scope, first=None, last=None) if as_of else self.scope
        every = self.request.all_topics
        matrix = graph.with_searches(graph.matrix(scope, by, count, every), self.scope)
        other_matrix = (
            None if count == "actors" else graph.matrix(scope, by, _OTHER_KIND[count], every)
        )
        cells = find_open_cells(graph.landscape, matrix, other_matrix, on)
        return graph.landscape, graph.store, matrix, cells, on

    def _needs(self) -> _Needs:
        """The arguments of `need_table`: the needs of the scope with the works that respond."""
        graph = self.graph
        where = graph.project, graph.store, graph.landscape
        scope, pillar = graph.need_scope(self.request.scope)
        needs = read_needs(*where)
        compared = compare_needs(graph.landscape, needs, read_searches(*where), scope, pillar)
        return graph.landscape, graph.store, compared, scope, len(needs)

    def _cell(self) -> _Cell:
        """The arguments of `cell_text`."""
        graph = self.graph
        return graph.landscape, graph.store, graph.ontology, *self.cell_of_matrix()

    def cell_of_matrix(self) -> tuple[Matrix, AxisEntry, AxisEntry]:
        """The matrix with the cell that is asked for, its row and its column.

        Raises UsageError where there is no such cell.
        """
        graph, by, cell = self.graph, self.request.by, self.request.cell
        row, slash, column = (part.strip() for part in cell.partition("/"))
        if not (row and slash and column):
            raise OptionError(
                "--cell requires a row and a column, such as albania/prisons, not {cell!r}",
                cell=cell,
            )
        row_key = row if row in _ROWS else graph.resolve(country=row)["country"]
        column_key, scope = column, self.scope
        if column not in _ROWS and by != "year":
            column_key = graph.resolve(**{by: column})[by]
            scope = scope.of(by, column_key)
        matrix = graph.with_searches(graph.matrix(scope, by, self.request.count), scope)
        return (
            matrix,
            find_entry(matrix.rows, row_key, row),
            find_entry(matrix.columns, column_key, column),
        )


def answer_coverage(graph: AnalysisGraph, request: CoverageRequest) -> CoverageAnswer:
    """The coverage that a request asks for.

    Raises UsageError for a name that is unknown, and for a date that there is not.
    """
    return CoverageAnswer(graph, request)
