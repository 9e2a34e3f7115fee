"""Needs that somebody states, compared with the projects that respond to them.

A need is for an economy or region, on a topic, under a pillar and for a period, as far as its
source says so. A response is a project on the topic or a narrower one, in the economy or for a
region around it, that may run in the period. Explained in docs/explanation/gaps.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes, labels
from ...model.namespaces import local_name
from ...model.periods import NEVER, NO, NOT_KNOWN, YES, Period, period_of_dates, share_a_day
from ...model.project import Project
from ...model.standing import holds_with_standing, joined_standings
from ...model.words import quantity
from ...query.columns import Column, select_rows
from ...query.render import format_date
from ...query.saved import required_queries
from ..scope import Scope, holds_in, works_in
from ..standing import (
    any_of,
    facts_of_axis,
    facts_of_dates,
    facts_of_place,
    standing_text,
)
from ..tables import ReportCell, ReportTable
from ..works import Landscape, Work
from .matrix import NOT_SEARCHED, NOTHING_FOUND, RECORDED, Search
from .report import NO_PROOF, scope_words
from .searches import covers_cell, covers_days, search_text

NEED_COLUMNS: Final = (
    *(Column("need"), Column("country"), Column("topic"), Column("pillar", optional=True)),
    *(Column("priority", "text", True), Column("start", "date", True), Column("end", "date", True)),
    *(Column("statedBy"), Column("standing", "text", True)),
)
"""The columns of queries/landscape/needs.rq."""

COLUMNS: Final = (
    *("economy", "economyId", "pillar", "topic", "topicId", "start", "end", "need", "needId"),
    *("priority", "statedBy", "holds", "standing", "responses", "notKnown", "projects", "state"),
    "searches",
)
"""The columns of the table of needs."""

NO_NEEDS: Final = (
    "No need is on record here, which is not proof that there is none; "
    'data/FORMAT.md, "Needs and searches", says how to record one.'
)


@dataclass(frozen=True, slots=True)
class Need:
    """A need of one economy on one topic; a need with several of them is several of these.

    `economy`, `topic` and `pillar` are IRIs, `pillar` is empty where its source names none;
    `stated_by` are the labels of who states it. Dates are as stated.
    """

    iri: str
    economy: str
    topic: str
    pillar: str
    priority: str
    start: str
    end: str
    stated_by: tuple[str, ...]
    standing: str

    @property
    def period(self) -> Period:
        """The period for which it is stated."""
        return period_of_dates(self.start or None, self.end or None)


@dataclass(frozen=True, slots=True)
class Response:
    """A project that responds to a need: `reach` is economy or region.

    `holds` is `yes` if both surely have a day in common and it is stated plainly that the project
    responds, else `not known`.
    """

    work: Work
    reach: str
    holds: str
    standing: str


@dataclass(frozen=True, slots=True)
class NeedResponses:
    """A need with its responses, sure ones first, and the searches that cover it.

    `holds` says whether the need is for a day of the period that is asked for.
    """

    need: Need
    holds: str
    responses: tuple[Response, ...]
    searches: tuple[Search, ...]

    @property
    def state(self) -> str:
        """Whether a response is recorded, was searched and not found, or was not searched."""
        if self.responses:
            return RECORDED
        return NOT_SEARCHED if all(search.hits for search in self.searches) else NOTHING_FOUND


def read_needs(project: Project, store: ox.Store, landscape: Landscape) -> tuple[Need, ...]:
    """The needs on record, by economy, pillar, topic and period.

    Raises UsageError for a missing query, ContentError for one with other columns.
    """
    query = required_queries(project, "landscape", ["needs"])["needs"]
    stated_by: dict[tuple[str, str, str, str, str, str, str, str], set[str]] = {}
    for row in select_rows(store, query, NEED_COLUMNS):
        need, economy, topic, pillar, priority, start, end, body, standing = row
        economy, topic = (landscape.replaced.get(iri, iri) for iri in (economy, topic))
        key = need, economy, topic, pillar, priority, start, end, standing
        stated_by.setdefault(key, set()).add(landscape.replaced.get(body, body))
    names = labels(store, (ox.NamedNode(body) for bodies in stated_by.values() for body in bodies))
    return tuple(
        Need(
            *(need, economy, topic, pillar, priority, start, end),
            stated_by=tuple(sorted(names[body] for body in bodies)),
            standing=standing,
        )
        for (need, economy, topic, pillar, priority, start, end, standing), bodies in sorted(
            stated_by.items()
        )
    )


def compare_needs(
    landscape: Landscape,
    needs: Iterable[Need],
    searches: Iterable[Search],
    scope: Scope,
    pillar: str = "",
) -> tuple[NeedResponses, ...]:
    """The needs in a scope with their responses, in the order of `needs`.

    The topic and the country of the scope select needs, its group and funder select responses, its
    period selects both. `pillar` is the one under which a source lists the need.
    """
    ways = replace(scope, topic="", country="", pillar="")
    projects = works_in(landscape, "project", ways)
    searches = tuple(search for search in searches if "projects" in search.targets)
    compared = []
    for need in needs:
        holds = share_a_day(need.period, scope.period)
        around = (need.economy, *landscape.within.get(need.economy, ()))
        on = (need.topic, *landscape.broader.get(need.topic, ()))
        if holds == NO or (pillar and need.pillar != pillar):
            continue
        if (scope.topic or need.topic) not in on or (scope.country or need.economy) not in around:
            continue
        responses = _responses(landscape, need, projects, scope)
        covering = tuple(
            search
            for search in searches
            if covers_cell(search, landscape, need.economy, need.topic)
            and covers_days(search, *_days_of(need))
        )
        holds = holds_with_standing(holds, need.standing)
        compared.append(NeedResponses(need, holds, responses, covering))
    return tuple(compared)


def _responses(
    landscape: Landscape, need: Need, projects: Iterable[Work], scope: Scope
) -> tuple[Response, ...]:
    responses = []
    around = landscape.within.get(need.economy, ())
    for work in projects:
        if need.topic not in (*work.topics, *work.wider):
            continue
        in_economy = facts_of_place(landscape, work, need.economy)
        regional = any_of(("location", place) for place in work.places if place in around)
        holds = share_a_day(need.period, work.period, scope.period)
        if not (in_economy or regional) or holds == NO:
            continue
        facts = facts_of_axis(landscape, work, "topic", need.topic) | facts_of_dates(work)
        standing = standing_text([(work, facts | (in_economy or regional))])
        holds = holds if holds_in(work, scope) == YES else NOT_KNOWN
        reach = "economy" if in_economy else "region"
        responses.append(Response(work, reach, holds_with_standing(holds, standing), standing))
    return tuple(sorted(responses, key=lambda r: (r.holds != YES, r.reach, r.work.iri)))


def _days_of(need: Need) -> tuple[date | None, date | None]:
    """The first and the last possible day of the period of a need; None is open."""
    first, last = need.period.first, need.period.last
    return (
        date.fromordinal(first) if first > -NEVER else None,
        date.fromordinal(last) if last < NEVER else None,
    )


def need_table(
    landscape: Landscape,
    store: ox.Store,
    compared: tuple[NeedResponses, ...],
    scope: Scope,
    total: int,
) -> ReportTable:
    """A row for each need, economy and topic, by economy, pillar, topic and period.

    Dates are as stated; `total` is the number of needs on record. `responses` is the number of
    projects that surely respond in time, `notKnown` that of those of which the dates leave it open;
    `projects` names both.
    """
    words = _Words(landscape, store, compared)
    rows: list[tuple[ReportCell, ...]] = []
    for line in sorted(compared, key=words.order):
        need = line.need
        sure = sum(response.holds == YES for response in line.responses)
        standings = [need.standing, *(response.standing for response in line.responses)]
        standing = joined_standings(standings)
        rows.append(
            (
                *(words(need.economy), local_name(need.economy), words(need.pillar)),
                *(words(need.topic), local_name(need.topic), need.start or None, need.end or None),
                *(words(need.iri), local_name(need.iri), need.priority, "; ".join(need.stated_by)),
                *(holds_with_standing(line.holds, standing), standing),
                *(sure, len(line.responses) - sure),
                "; ".join(_response_text(response) for response in line.responses),
                line.state,
                "; ".join(search.id for search in line.searches),
            )
        )
    title = _title(landscape, scope)
    texts = [title, *(str(cell) for row in rows for cell in row)]
    notes = (*_notes(compared, total), *designation_notes(store, texts))
    return ReportTable(title, COLUMNS, tuple(rows), notes)


def needs_text(
    landscape: Landscape,
    store: ox.Store,
    compared: tuple[NeedResponses, ...],
    scope: Scope,
    total: int,
) -> str:
    """The needs with their responses as text, by economy, pillar, topic and period."""
    words = _Words(landscape, store, compared)
    lines = [_title(landscape, scope), "", *_notes(compared, total)]
    economy = pillar = None
    for line in sorted(compared, key=words.order):
        need = line.need
        if need.economy != economy:
            lines += ["", words(need.economy)]
        if (need.economy, need.pillar) != (economy, pillar):
            lines += [f"  {words(need.pillar) or 'no pillar named'}"]
        economy, pillar = need.economy, need.pillar
        dates = _dates_text(need.start, need.end)
        marks = [f"priority: {need.priority}"] if need.priority else []
        unsure = line.holds == NOT_KNOWN and bool(scope.first or scope.last)
        marks += [f"whether in the period: {NOT_KNOWN}"] if unsure else []
        marks += [need.standing] if need.standing else []
        end = f" ({'; '.join(marks)})" if marks else ""
        lines += [f"    {words(need.topic)}, {dates or 'no period stated'}"]
        lines += [f"      {words(need.iri)} [{local_name(need.iri)}]{end}"]
        lines += [f"      {_STATES[line.state]}"] if not line.responses else []
        lines += [f"      - {_response_text(response)}" for response in line.responses]
        lines += [f"        {search_text(s)}" for s in line.searches if not line.responses]
    return "\n".join([*lines, *designation_notes(store, lines)]) + "\n"


_STATES: Final = {
    NOTHING_FOUND: "searched, and no response found:",
    NOT_SEARCHED: f"no response on record and not searched, {NO_PROOF}",
}


class _Words:
    """The labels of what needs refer to, and the order of needs by these."""

    def __init__(
        self, landscape: Landscape, store: ox.Store, compared: tuple[NeedResponses, ...]
    ) -> None:
        needs = [line.need for line in compared]
        iris = {iri for need in needs for iri in (need.iri, need.pillar, need.topic)} - {""}
        self._labels = {**landscape.labels, **labels(store, map(ox.NamedNode, sorted(iris)))}

    def __call__(self, iri: str) -> str:
        return self._labels.get(iri) or local_name(iri)

    def order(self, line: NeedResponses) -> tuple[str, ...]:
        """Economy, pillar (none last), topic and period."""
        need = line.need
        pillar = self(need.pillar) if need.pillar else "\uffff"
        return self(need.economy), pillar, self(need.topic), need.start, need.end, need.iri


def _dates_text(start: str | None, end: str | None) -> str:
    """The dates as stated: `2016 to 2017`, `from 2016`, `until 2017`, or empty."""
    if start and end:
        return " to ".join(dict.fromkeys(map(format_date, (start, end))))
    return f"from {format_date(start)}" if start else f"until {format_date(end)}" if end else ""


def _response_text(response: Response) -> str:
    work = response.work
    marks = [_dates_text(work.start, work.end) or "no dates stated"]
    marks += ["for the region"] if response.reach == "region" else []
    marks += [f"whether it responds in time: {NOT_KNOWN}"] if response.holds == NOT_KNOWN else []
    marks += [response.standing] if response.standing else []
    return f"{work.label} [{work.id}] ({'; '.join(marks)})"


def _title(landscape: Landscape, scope: Scope) -> str:
    return ", ".join(["Needs and responses", *scope_words(landscape, scope)])


def _notes(compared: tuple[NeedResponses, ...], total: int) -> Iterator[str]:
    if not compared:
        none = f"None of {quantity(total, 'need')} on record is in this scope."
        yield none if total else NO_NEEDS
        return
    counts = Counter(line.state for line in compared)
    sure = sum(any(r.holds == YES for r in line.responses) for line in compared)
    yield (
        f"Of {quantity(len(compared), 'need')}: {counts[RECORDED]} with a response on record "
        f"({sure} of them surely in time), {counts[NOTHING_FOUND]} searched and none found, "
        f"{counts[NOT_SEARCHED]} not searched."
    )
    yield (
        "A response is a project on the topic or a narrower one, in the economy or for a region "
        "around it. That a need has one does not say that it is met."
    )
