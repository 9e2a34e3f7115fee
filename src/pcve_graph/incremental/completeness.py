"""How many events have a date, a place, an organizer and a topic, counted and updated.

The saved query `completeness` counts nodes by their own statements, so after a change it runs over
the changed nodes only, before and after the change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from ..graph.inputs import completeness_file
from ..model.project import Project
from ..query.columns import Column, query_error, select_rows
from ..query.saved import read_query
from .graph_view import GraphView

_COLUMNS: Final = tuple(
    Column(name, "integer") for name in ("events", "dated", "placed", "organised", "topical")
)


def count_completeness(project: Project, store: ox.Store) -> dict[str, int]:
    """The counts of the query over `store`, by column; empty if the project has no such query.

    Raises ContentError (`query-columns`) if the query does not return one row of counts.
    """
    file = completeness_file(project)
    if not file.is_file():
        return {}
    query = read_query(project.relative(file), file)
    # A build has a time limit of its own, and counts while other parts of it run.
    rows = select_rows(store, replace(query, timeout=0), _COLUMNS)
    if len(rows) != 1:
        message = f"the query returns {len(rows):,} rows; pcve expects one"
        raise query_error(query, "", message, "return one row of counts: leave out GROUP BY")
    return {column.name: int(count) for column, count in zip(_COLUMNS, rows[0], strict=True)}


def update_completeness(
    project: Project, before: dict[str, int], view: GraphView
) -> dict[str, int]:
    """The counts after a change, computed from the counts `before` it."""
    nodes = {quad.subject for quad in view.changes()}
    quads = view.store.quads_for_pattern
    old = count_completeness(
        project, _memory_store(q for node in nodes for q in quads(node, None, None))
    )
    new = count_completeness(
        project, _memory_store(q for node in nodes for q in view.quads(node, None, None))
    )
    return {name: number - old[name] + new[name] for name, number in before.items()}


def _memory_store(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store
