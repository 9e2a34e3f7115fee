"""How many of the events say when, where, by whom and about what: counted, then kept up.

The saved question `completeness` counts nodes by what is said of each itself, so after a change it
is asked of the nodes that changed alone, as they were and as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ..model.project import Project
from ..query.saved import read_query, refuse_service
from .affected import View
from .inputs import completeness_file


def counted(project: Project, store: ox.Store) -> dict[str, int]:
    """The question's counts by column, of all that `store` holds; empty without the question."""
    file = completeness_file(project)
    if not file.is_file():
        return {}
    query = read_query(project.relative(file), file)
    refuse_service(query)
    solutions = store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    (row,) = solutions
    return {variable.value: int(row[variable].value) for variable in solutions.variables}


def recounted(project: Project, before: dict[str, int], view: View) -> dict[str, int]:
    """The counts after a change, from those `before` it."""
    nodes = {quad.subject for quad in view.changes()}
    quads = view.store.quads_for_pattern
    gone = counted(project, _holding(quad for node in nodes for quad in quads(node, None, None)))
    added = counted(project, _holding(q for node in nodes for q in view.quads(node, None, None)))
    return {name: number - gone[name] + added[name] for name, number in before.items()}


def _holding(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store
