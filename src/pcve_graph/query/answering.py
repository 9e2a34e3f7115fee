"""The answer to a question: its rows with their lists, and what it says about its base."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ..model.terms import Term
from .access import ReadableGraph
from .base import base_notes, remaining_seconds
from .execute import Answer
from .lists import with_lists
from .saved import SavedQuery


def answer_query(
    graph: ReadableGraph,
    query: SavedQuery,
    bindings: Mapping[str, Term],
    seconds: float,
    memory: int | None = None,
    *,
    limit: int | None = None,
    service: bool = False,
    base: bool = True,
) -> tuple[Answer, tuple[str, ...]]:
    """The answer to `query`, the cells of its lists as tuples, and the sentence on its base.

    Both are counted within the same `seconds`, 0 for no limit, and `memory` as in
    `ReadableGraph.ask`; without `base` there is no sentence. Raises ServiceRefusedError where the
    query has SERVICE and `service` is not set, and UsageError where it was stopped.
    """
    start = time.monotonic()
    answer = graph.ask(
        query.text,
        bindings,
        query.path,
        timeout=seconds,
        memory=memory,
        limit=limit,
        service=service,
    )
    notes: tuple[str, ...] = ()
    if base:
        left = remaining_seconds(seconds, time.monotonic() - start)
        notes = base_notes(graph.ask, query.base, bindings, left, memory=memory)
    return with_lists(answer, query.lists), notes
