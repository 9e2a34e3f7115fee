"""An opened graph: the project, the readable graph, and the process that work is done in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias, TypeVar

from ..graph.ontology import read_ontology
from ..model.limits import read_memory, read_seconds
from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..query.access import ReadableGraph, SavedGraph
from ..query.worker import QueryWorker
from ..system.sandbox.process import LimitedProcess

WorkResult = TypeVar("WorkResult")

Bounds: TypeAlias = tuple[float, int]
"""The limits of a call: seconds and bytes, 0 for none."""


def read_bounds(timeout: float, memory: int | str) -> Bounds:
    """The limits that the arguments `timeout` and `memory` set. Raises UsageError."""
    return read_seconds(timeout), read_memory(memory)


class OpenedGraph:
    """What the methods of `KnowledgeGraph` read."""

    def __init__(self, project: Project, graph: ReadableGraph) -> None:
        self.project = project
        self._graph = graph
        self._process = LimitedProcess()
        if isinstance(graph, SavedGraph) and graph.worker is None:
            graph.worker = QueryWorker(graph.saved.folder / "store", self._process)

    @cached_property
    def ontology(self) -> Ontology:
        """The classes, properties and shapes of the project."""
        return read_ontology(self.project)

    def _bounded(
        self, work: Callable[..., WorkResult], *arguments: object, name: str, bounds: Bounds
    ) -> WorkResult:
        """The result of `work`, run in the sandbox where there are bounds."""
        seconds, memory = bounds
        if not (seconds or memory):
            return work(*arguments)
        return self._process.call(work, *arguments, name=name, seconds=seconds, memory=memory)

    def _require_saved(self, name: str) -> None:
        """Raise UsageError for a graph on a server, which the method `name` cannot read."""
        if not isinstance(self._graph, SavedGraph):
            raise UsageError(f"{name} requires the saved graph of a project, not a server")
