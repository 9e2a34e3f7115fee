"""A program that uses the Python API, as a strict type checker reads it: `.ci/run` checks it."""

from __future__ import annotations

from pcve_graph import KnowledgeGraph


def labels(path: str | None = None) -> list[str]:
    """The events on returning foreign fighters, as text."""
    graph: KnowledgeGraph = KnowledgeGraph.open(path)
    return [str(row) for row in graph.query("events-on-topic", topic="ftf", limit=3)]


def number_of_problems(file: str) -> int:
    """The number of problems in a file."""
    return len(KnowledgeGraph.open().validate(file, against=True))
