"""The search log: which cells of a matrix somebody searched, and in which nothing was found.

A cell without a record is a gap only if a search without hits covers all of it. Rule:
data/FORMAT.md, "Searches".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import pyoxigraph as ox

from ...graph.labels import labels
from ...model.namespaces import local_name
from ...model.project import Project
from ...query.columns import Column, select_rows
from ...query.render import format_date
from ...query.saved import required_queries
from ..scope import Scope
from ..works import Landscape
from .matrix import ALL, AxisEntry, Matrix, Search

SEARCH_COLUMNS: Final = (
    *(Column("search"), Column("target"), Column("place"), Column("topic", optional=True)),
    *(Column("first", "day", True), Column("last", "day", True), Column("day", "day")),
    *(Column("hits", "integer"), Column("portal"), Column("query", "text")),
)
"""The columns of queries/landscape/searches.rq."""

_TARGETS: Final = {"events": {"events"}, "actors": {"projects", "events"}}
"""What a search must have looked for to cover what is counted; projects where not named."""


@dataclass(slots=True)
class _Values:
    """The values of one search that may be several."""

    targets: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    portals: set[str] = field(default_factory=set)


def read_searches(project: Project, store: ox.Store, landscape: Landscape) -> tuple[Search, ...]:
    """The searches on record, sorted by IRI.

    Raises UsageError for a missing query, ContentError for one with other columns.
    """
    query = required_queries(project, "landscape", ["searches"])["searches"]
    values_by_search: dict[tuple[str, ...], _Values] = {}
    for row in select_rows(store, query, SEARCH_COLUMNS):
        iri, target, place, topic, first, last, day, hits, portal, words = row
        values = values_by_search.setdefault((iri, first, last, day, hits, words), _Values())
        values.targets.add(local_name(target))
        values.places.add(landscape.replaced.get(place, place))
        values.topics |= {topic} - {""}
        values.portals.add(portal)
    return tuple(
        Search(
            iri=iri,
            targets=frozenset(values.targets),
            places=frozenset(values.places),
            topics=frozenset(values.topics),
            first=first or None,
            last=last or None,
            day=day,
            hits=int(hits),
            portals=tuple(sorted(_portal_label(store, portal) for portal in values.portals)),
            query=words,
        )
        for (iri, first, last, day, hits, words), values in sorted(values_by_search.items())
    )


def _portal_label(store: ox.Store, portal: str) -> str:
    """The label of a body on record; a web address as it is."""
    label = labels(store, [ox.NamedNode(portal)])[portal]
    return portal if label == local_name(portal) else label


def with_searches(
    landscape: Landscape, matrix: Matrix, searches: tuple[Search, ...], period: Scope
) -> Matrix:
    """The matrix with the searches that cover all of a cell, for each cell that has any.

    The scope of a cell is its economy or region, its topic, and the days of `period`.
    """
    target = _TARGETS.get(matrix.count, {"projects"})
    searches = tuple(search for search in searches if target <= search.targets)
    searches_by_cell = {}
    for row in matrix.rows if searches else ():
        if row.role not in ("economy", "region"):
            continue
        for column in matrix.columns:
            covering = tuple(
                search
                for search in searches
                if column.role != "unknown"
                and covers_cell(search, landscape, row.key, _topic_of(matrix, column))
                and covers_days(search, *_days(matrix, column, period))
            )
            if covering:
                searches_by_cell[row.key, column.key] = covering
    return replace(matrix, searches=searches_by_cell)


def _topic_of(matrix: Matrix, column: AxisEntry) -> str:
    """The topic of a column, or that of the scope; empty for all topics."""
    return column.key if matrix.by == "topic" and column.key != ALL else matrix.scope.topic


def covers_cell(search: Search, landscape: Landscape, place: str, topic: str) -> bool:
    """Whether the search was for the place and the topic of a cell, or for broader ones.

    A target group, funder, process or year makes a cell smaller, so any search that covers the cell
    without it covers it too. An empty `topic` is all topics.
    """
    if search.places.isdisjoint((place, *landscape.within.get(place, ()))):
        return False
    return not search.topics or (
        bool(topic) and not search.topics.isdisjoint((topic, *landscape.broader.get(topic, ())))
    )


def _days(matrix: Matrix, column: AxisEntry, period: Scope) -> tuple[date | None, date | None]:
    first, last = period.first, period.last
    if matrix.by == "year" and column.key != ALL:
        year = int(column.key)
        begin, end = date(year, 1, 1), date(year, 12, 31)
        first, last = max(first or begin, begin), min(last or end, end)
    return first, last


def covers_days(search: Search, first: date | None, last: date | None) -> bool:
    """Whether the search was for all days of a period; without an end it reaches to its own day.

    A period without an end is covered by any search that was not limited to an earlier one.
    """
    if search.first and (first is None or search.first > first.isoformat()):
        return False
    if last is None:
        return search.last is None
    return last.isoformat() <= min(search.last or search.day, search.day)


def search_text(search: Search) -> str:
    """One search in words: where, the query, the day and the hits."""
    hits = "no hits" if not search.hits else f"{search.hits:,} hit" + "s" * (search.hits != 1)
    portals = ", ".join(search.portals)
    return f"{portals}, “{search.query}”, {format_date(search.day)}: {hits}  [{search.id}]"
