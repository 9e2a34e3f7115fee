"""The methods of `KnowledgeGraph` that compare work: overlaps, coverage, timeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..analysis.coverage.request import CoverageRequest, answer_coverage
from ..analysis.opened import AnalysisGraph, ScopeRequest
from ..analysis.overlaps.request import OverlapRequest, answer_overlaps
from ..analysis.timeline_request import TimelineRequest, answer_timeline
from ..graph.store import open_graph
from ..model.calls import names_checked
from ..model.limits import COMMAND_SECONDS, MEMORY_BYTES, read_count, read_score
from ..model.project import Project
from .arguments import Day, check_type, day_text, flag, optional_text, save_file
from .opened_graph import OpenedGraph, read_bounds
from .reports import Report


class Analyses(OpenedGraph):
    """Overlaps, coverage and timeline of the saved graph."""

    @names_checked
    def overlaps(
        self,
        *,
        country: str | None = None,
        topic: str | None = None,
        funder: str | None = None,
        since: Day = None,
        until: Day = None,
        kind: str = "all",
        min_score: float | None = None,
        related: bool = False,
        limit: int = 10,
        picture: str | Path | None = None,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Report:
        """Who does the same work in the same place at the same time, as `pcve overlaps` finds it.

        Things are named by id or by any name; a date is a `datetime.date`, a year as a number, or
        a text such as `2019-05`. `kind` is all, project or event; `limit` is the pairs of a verdict
        in the text (0 for all), the table has all pairs. `picture` is an .svg or .png file to draw
        to. Raises UsageError for an unknown name or date, for a server, and where it was stopped.

        >>> kg.overlaps(country="Albania", since="2019").to_pandas()  # doctest: +SKIP
        """
        self._require_saved("overlaps")
        request = OverlapRequest(
            country=optional_text("country", country),
            topic=optional_text("topic", topic),
            funder=optional_text("funder", funder),
            since=day_text("since", since),
            until=day_text("until", until),
            kind=optional_text("kind", kind),
            min_score=None if min_score is None else read_score(min_score),
            related=flag("related", related),
            limit=read_count(limit, "limit"),
        )
        return self._reported(_overlaps, request, picture, timeout, memory)

    @names_checked
    def coverage(
        self,
        *,
        by: str = "topic",
        count: str = "projects",
        topic: str | None = None,
        group: str | None = None,
        funder: str | None = None,
        pillar: str | None = None,
        since: Day = None,
        until: Day = None,
        as_of: Day = None,
        cell: str | None = None,
        gaps: bool = False,
        needs: bool = False,
        country: str | None = None,
        all_topics: bool = False,
        limit: int = 10,
        picture: str | Path | None = None,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Report:
        """Who works where on what, and where there is no record, as `pcve coverage` shows it.

        The table has a row for each cell, with ids; in a notebook the matrix is shown. With `gaps`,
        the cells without a record; with `needs`, the needs on record with what responds to them,
        also of one `country`. With `cell` (`albania/prisons`), the table has a row for each of its
        works, and the text their evidence. Columns are the broadest topics or groups, or with
        `all_topics` all of them. Raises UsageError as `overlaps` does, and for arguments that
        exclude each other.

        >>> kg.coverage(topic="prisons", count="events")  # doctest: +SKIP
        """
        self._require_saved("coverage")
        request = CoverageRequest(
            _scope(topic, group, funder, pillar, since, until, as_of, country),
            by=optional_text("by", by),
            count=optional_text("count", count),
            cell=optional_text("cell", cell),
            gaps=flag("gaps", gaps),
            needs=flag("needs", needs),
            all_topics=flag("all_topics", all_topics),
            limit=read_count(limit, "limit"),
            picture=picture is not None,
        )
        return self._reported(_coverage, request, picture, timeout, memory)

    @names_checked
    def timeline(
        self,
        *,
        topic: str | None = None,
        group: str | None = None,
        funder: str | None = None,
        pillar: str | None = None,
        country: str | None = None,
        since: Day = None,
        until: Day = None,
        as_of: Day = None,
        kind: str = "all",
        trend: bool = False,
        picture: str | Path | None = None,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Report:
        """Projects and events over time, or with `trend` topics by year, as `pcve timeline` shows.

        The table of a trend has a row for each topic and year; in a notebook, one for each topic.
        Raises UsageError as `overlaps` does.

        >>> kg.timeline(topic="prisons").to_pandas()  # doctest: +SKIP
        """
        self._require_saved("timeline")
        scope = _scope(topic, group, funder, pillar, since, until, as_of, country)
        request = TimelineRequest(
            scope, kind=optional_text("kind", kind), trend=flag("trend", trend)
        )
        return self._reported(_timeline, request, picture, timeout, memory)

    def _reported(
        self,
        work: Callable[..., Reported],
        request: object,
        picture: str | Path | None,
        timeout: float,
        memory: int | str,
    ) -> Report:
        """The report of `work`; its picture is written to the file `picture`."""
        if picture is not None:
            check_type("picture", picture, str, Path)
        suffix = Path(picture).suffix if picture is not None else None
        bounds = read_bounds(timeout, memory)
        report, drawn = self._bounded(
            work, self.project, request, suffix, name=work.__name__.lstrip("_"), bounds=bounds
        )
        if picture is not None:
            save_file("picture", picture, drawn)
        return report


def _scope(
    topic: str | None,
    group: str | None,
    funder: str | None,
    pillar: str | None,
    since: Day,
    until: Day,
    as_of: Day,
    country: str | None = None,
) -> ScopeRequest:
    """The scope that arguments select. Raises UsageError for one of the wrong type."""
    return ScopeRequest(
        topic=optional_text("topic", topic),
        group=optional_text("group", group),
        funder=optional_text("funder", funder),
        pillar=optional_text("pillar", pillar),
        since=day_text("since", since),
        until=day_text("until", until),
        as_of=day_text("as_of", as_of),
        country=optional_text("country", country),
    )


Reported = tuple[Report, bytes]
"""A report, and its picture where one is asked for."""


def _opened(project: Project) -> AnalysisGraph:
    return AnalysisGraph(project, open_graph(project))


def _overlaps(project: Project, request: OverlapRequest, suffix: str | None) -> Reported:
    """Runs in the process."""
    answer = answer_overlaps(_opened(project), request)
    table = answer.table()
    report = Report(answer.render("text").decode(), table, table, answer.render("turtle"))
    return report, b"" if suffix is None else answer.picture(suffix)


def _coverage(project: Project, request: CoverageRequest, suffix: str | None) -> Reported:
    """Runs in the process."""
    answer = answer_coverage(_opened(project), request)
    shown = None if request.cell else answer.table(tidy=False)
    report = Report(answer.render("text").decode(), answer.table(tidy=True), shown)
    return report, b"" if suffix is None else answer.picture(suffix)


def _timeline(project: Project, request: TimelineRequest, suffix: str | None) -> Reported:
    """Runs in the process."""
    answer = answer_timeline(_opened(project), request)
    shown = answer.table(tidy=False)
    report = Report(answer.render("text").decode(), answer.table(tidy=True), shown)
    return report, b"" if suffix is None else answer.picture(suffix)
