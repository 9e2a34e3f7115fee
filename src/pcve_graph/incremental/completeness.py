"""How many events have a date, a place, an organizer and a topic, counted and updated.

The saved query `completeness` counts nodes by their own statements, so after a change it runs over
the changed nodes only, before and after the change.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ..graph.inputs import completeness_file
from ..model.project import Project
from ..query.saved import read_query, refuse_service
from .affected import GraphView


def count_completeness(project: Project, store: ox.Store) -> dict[str, int]:
    """The counts of the query over `store`, by column; empty if the project has no such query."""
    file = completeness_file(project)
    if not file.is_file():
        return {}
    query = read_query(project.relative(file), file)
    refuse_service(query)
    solutions = store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    (row,) = solutions
    return {variable.value: int(row[variable].value) for variable in solutions.variables}


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
