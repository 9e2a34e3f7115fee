"""The graph that tools read: that of the last build of a project, opened once per process."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import pyoxigraph as ox

from ..analysis.opened import AnalysisGraph
from ..api import KnowledgeGraph
from ..graph.generations import current_generation
from ..graph.store import StoredGraph, open_generation
from ..model.project import Project
from ..model.terms import Term
from ..query.access import SavedGraph
from ..query.lists import Cell as TermCell
from ..query.python_values import json_value
from .answers import Cell, Scalar
from .fact_list import thing_ref

LONGEST_TEXT: Final = 1_500
"""The most characters of a text in a cell."""

_LONGEST_LIST: Final = 60
"""The most values of a list in a cell."""


class ToolGraph:
    """One generation of a project's graph, read in this process.

    `question_limits` is whether a question is stopped after the time that its header states.
    """

    def __init__(self, project: Project, saved: StoredGraph) -> None:
        self.project = project
        self.saved = saved
        self.store: ox.Store = saved.store
        self.graph = SavedGraph(saved)
        self.question_limits = True

    @cached_property
    def python(self) -> KnowledgeGraph:
        """The Python face of the graph."""
        return KnowledgeGraph(self.project, SavedGraph(self.saved))

    @cached_property
    def analysis(self) -> AnalysisGraph:
        """The graph as analyses read it."""
        return AnalysisGraph(self.project, self.saved)

    def cell(self, cell: TermCell) -> Cell:
        """The value of a cell of an answer."""
        if isinstance(cell, tuple):
            values = [self._scalar(term) for term in cell[:_LONGEST_LIST]]
            more = len(cell) - len(values)
            return [*values, f"and {more:,} more"] if more else values
        return self._scalar(cell)

    def _scalar(self, term: Term | None) -> Scalar:
        if isinstance(term, ox.NamedNode):
            return thing_ref(self.store, term.value)
        value = json_value(term)
        return short_text(value) if isinstance(value, str) else value


def short_text(text: str) -> str:
    """A text of at most `LONGEST_TEXT` characters, with an ellipsis where some are missing."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1].rstrip()}…"


class _Opened:
    graph: ToolGraph | None = None


def open_tool_graph(project: Project) -> ToolGraph:
    """The graph of the last build of a project; that of an earlier call while it is the last.

    Raises UsageError as `open_graph` does.
    """
    generation = current_generation(project.build)
    opened = _Opened.graph
    if opened is None or (opened.project, opened.saved.folder) != (project, generation.folder):
        opened = _Opened.graph = ToolGraph(project, open_generation(generation))
    return opened
