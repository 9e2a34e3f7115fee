"""Overlaps, coverage and timelines, whose formats are rendered when they are read.

All of it runs in the process of a graph. The process keeps its last answer; where that is no longer
there, as the process was stopped or has answered another request, it is computed anew.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple, TypeAlias

from ..analysis.coverage.request import CoverageAnswer, CoverageRequest, answer_coverage
from ..analysis.opened import AnalysisGraph
from ..analysis.overlaps.request import OverlapAnswer, OverlapRequest, answer_overlaps
from ..analysis.tables import ReportTable
from ..analysis.timeline_request import TimelineAnswer, TimelineRequest, answer_timeline
from ..graph.generations import Pointer
from ..graph.store import StoredGraph, open_graph
from ..model.problems import UsageError
from ..model.project import Project

AnalysisRequest: TypeAlias = OverlapRequest | CoverageRequest | TimelineRequest
AnalysisAnswer: TypeAlias = OverlapAnswer | CoverageAnswer | TimelineAnswer


class AnswerKey(NamedTuple):
    """What an answer is recognized by: `token` is random, `pointer` names the build it is from."""

    token: str
    pointer: Pointer


_LAST: Final[dict[AnswerKey, AnalysisAnswer]] = {}
"""The last answer."""


def begin_report(
    project: Project, request: AnalysisRequest, suffix: str | None
) -> tuple[AnswerKey, ReportTable, ReportTable | None, bytes]:
    """The key of the answer, its table, the table to show, and the picture for a file suffix."""
    saved = open_graph(project)
    answer = _answer(project, saved, request)
    key = AnswerKey(secrets.token_hex(8), saved.generation.pointer)
    _hold(key, answer)
    return key, *_tables(answer), b"" if suffix is None else answer.picture(suffix)


def render_report(project: Project, request: AnalysisRequest, key: AnswerKey, form: str) -> bytes:
    """The answer with this key in a format. Raises UsageError where the graph is another by now."""
    answer = _LAST.get(key)
    if answer is None:
        saved = open_graph(project)
        if saved.generation.pointer != key.pointer:
            raise UsageError("the graph was built anew since this report; ask for the report again")
        answer = _answer(project, saved, request)
        _hold(key, answer)
    return answer.render(form)


def _answer(project: Project, saved: StoredGraph, request: AnalysisRequest) -> AnalysisAnswer:
    graph = AnalysisGraph(project, saved)
    if isinstance(request, OverlapRequest):
        return answer_overlaps(graph, request)
    if isinstance(request, CoverageRequest):
        return answer_coverage(graph, request)
    return answer_timeline(graph, request)


def _hold(key: AnswerKey, answer: AnalysisAnswer) -> None:
    _LAST.clear()
    _LAST[key] = answer


def _tables(answer: AnalysisAnswer) -> tuple[ReportTable, ReportTable | None]:
    if isinstance(answer, CoverageAnswer):
        return answer.table(tidy=True), None if answer.request.cell else answer.table(tidy=False)
    table = answer.table()
    return table, table
