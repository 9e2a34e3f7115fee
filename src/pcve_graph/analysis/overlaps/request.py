"""Overlaps as the options of `pcve overlaps` ask for them, in each of its formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...model.periods import period_of_days
from ..involvements import landscape_in_period
from ..opened import AnalysisGraph
from ..options import WORK_KINDS, check_choice
from ..scope import option_period
from ..tables import ReportTable, render_table
from .find import OverlapCriteria, Overlaps, find_overlaps, succession_pairs
from .formats import overlap_table, overlaps_as_turtle
from .profiles import WorkProfiles, build_profiles
from .report import Briefing, briefing_text
from .weights import read_weights

OVERLAP_FORMATS: Final = ("text", "table", "csv", "xlsx", "markdown", "json", "turtle")
"""The formats of overlaps; all but text have all pairs."""


@dataclass(frozen=True, slots=True)
class OverlapRequest:
    """The options of `pcve overlaps`, as typed; an empty text is not set.

    `related` and `limit` (pairs of a verdict, 0 for all) concern the text alone. Raises UsageError
    for an unknown kind.
    """

    country: str = ""
    topic: str = ""
    funder: str = ""
    since: str = ""
    until: str = ""
    kind: str = "all"
    min_score: float | None = None
    related: bool = False
    limit: int = 10

    def __post_init__(self) -> None:
        check_choice("--kind", self.kind, WORK_KINDS)


@dataclass(frozen=True, slots=True)
class OverlapAnswer:
    """The overlaps that a request asks for, with what their formats read."""

    graph: AnalysisGraph
    profiles: WorkProfiles
    criteria: OverlapCriteria
    overlaps: Overlaps
    request: OverlapRequest

    def table(self) -> ReportTable:
        """All pairs, by verdict and score."""
        return overlap_table(
            self.profiles.landscape, self.graph.store, self.criteria, self.overlaps
        )

    def render(self, form: str, width: int = 0) -> bytes:
        """The overlaps in one of `OVERLAP_FORMATS`; text and table are in lines of `width` columns.

        Raises UsageError as `render_table` does.
        """
        if form == "turtle":
            landscape = self.profiles.landscape
            return overlaps_as_turtle(landscape, self.graph.store, self.overlaps)
        if form != "text":
            return render_table(self.table(), "text" if form == "table" else form, width)
        return briefing_text(self.briefing(width)).encode()

    def briefing(self, width: int = 0) -> Briefing:
        """What the text is written from, in lines of `width` columns."""
        most = self.request.limit or max(map(len, self.overlaps.pairs.values()))
        lines = tuple(succession_pairs(self.profiles, self.criteria))
        where = self.profiles.landscape, self.graph.store, self.criteria, self.overlaps, lines
        return Briefing(*where, most, self.request.related, width)

    def picture(self, suffix: str) -> bytes:
        """The overlaps as a diagram; `suffix` is that of the file. Raises UsageError."""
        from .diagram import overlap_diagram

        where = self.profiles.landscape, self.graph.store, self.criteria, self.overlaps
        return overlap_diagram(*where, suffix)


def answer_overlaps(graph: AnalysisGraph, request: OverlapRequest) -> OverlapAnswer:
    """The overlaps that a request asks for.

    Raises UsageError for a name that is unknown, a date that there is not, and a period that ends
    before it begins.
    """
    first, last = option_period(request.since, request.until, None)
    names = graph.resolve(
        "overlaps", country=request.country, topic=request.topic, funder=request.funder
    )
    landscape = landscape_in_period(graph.landscape, period_of_days(first, last))
    profiles = build_profiles(landscape, read_weights(graph.project))
    criteria = OverlapCriteria(
        WORK_KINDS[request.kind],
        country=names.get("country", ""),
        topic=names.get("topic", ""),
        funder=names.get("funder", ""),
        since=first,
        until=last,
        least=request.min_score,
    )
    return OverlapAnswer(graph, profiles, criteria, find_overlaps(profiles, criteria), request)
