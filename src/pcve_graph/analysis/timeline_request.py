"""The timeline as the options of `pcve timeline` ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .coverage.matrix import Matrix
from .opened import AnalysisGraph, ScopeRequest
from .options import WORK_KINDS, check_choice
from .scope import Scope
from .tables import TIDY, ReportTable, render_table
from .timeline import (
    Timeline,
    build_timeline,
    read_source_coverage,
    timeline_table,
    timeline_text,
)
from .trend import tidy_trend_table, trend_table


@dataclass(frozen=True, slots=True)
class TimelineRequest:
    """The options of `pcve timeline`, as typed; `trend` counts topics by year.

    Raises UsageError for an unknown kind.
    """

    scope: ScopeRequest = field(default_factory=ScopeRequest)
    kind: str = "all"
    trend: bool = False

    def __post_init__(self) -> None:
        check_choice("--kind", self.kind, WORK_KINDS)


@dataclass(frozen=True, slots=True)
class TimelineAnswer:
    """The timeline that a request asks for; `matrix` gives the topics of a trend."""

    graph: AnalysisGraph
    timeline: Timeline
    scope: Scope
    matrix: Matrix | None

    def table(self, tidy: bool) -> ReportTable:
        """The works in order of time, or the counts of topics by year.

        The latter are `tidy` with a row for each topic and year, else with one for each topic.
        """
        where = self.graph.landscape, self.graph.store
        if self.matrix:
            trend = tidy_trend_table if tidy else trend_table
            return trend(*where, self.matrix, self.timeline, self.scope)
        return timeline_table(*where, self.timeline, self.scope)

    def render(self, form: str, width: int = 0) -> bytes:
        """The timeline in one of `tables.FORMATS`; a table as text is in lines of `width` columns.

        A trend as csv and json has a row for each topic and year, with numbers. Raises UsageError
        for another format.
        """
        if form == "text" and not self.matrix:
            where = self.graph.landscape, self.graph.store
            return timeline_text(*where, self.timeline, self.scope).encode()
        return render_table(self.table(tidy=form in TIDY), form, width)

    def picture(self, suffix: str) -> bytes:
        """The timeline or the trend as a chart; `suffix` is that of the file. Raises UsageError."""
        from .charts import timeline_chart, trend_chart

        where = self.graph.landscape, self.graph.store
        if self.matrix:
            return trend_chart(*where, self.matrix, self.timeline, self.scope, suffix)
        return timeline_chart(*where, self.timeline, self.scope, suffix)


def answer_timeline(graph: AnalysisGraph, request: TimelineRequest) -> TimelineAnswer:
    """The timeline that a request asks for.

    Raises UsageError for a name that is unknown, and for a date that there is not.
    """
    scope = graph.scope(request.scope)
    collected = read_source_coverage(graph.project, graph.store, graph.landscape)
    timeline = build_timeline(graph.landscape, collected, scope, WORK_KINDS[request.kind])
    matrix = graph.matrix(scope, "topic", "actors") if request.trend else None
    return TimelineAnswer(graph, timeline, scope, matrix)
