"""Shapes that are nested more deeply in one another than the engines go.

Both engines stop the whole run at a shape that is 15 shapes deep (pySHACL's default; it also bounds
the time, which may double with each level).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from ..model.namespaces import nterm
from ..model.terms import NO_TERM, NTerm, Statement, is_blank
from .engines import CLASSES, TARGETS
from .shapes_graph import LOGICAL, TYPE, Fault, ShapesGraph, Show

_DEEPEST: Final = 14
"""Levels of shapes inside a shape that the engines apply."""

_SAME_NODE: Final = {nterm("sh:node"), nterm("sh:not"), *LOGICAL}
"""The parameters whose shapes are applied to the value nodes themselves, whatever the data."""

_TARGETS: Final = (*TARGETS, nterm("sh:target"))


def nesting_faults(graph: ShapesGraph, show: Show) -> Iterator[Fault]:
    """A fault for each shape that is applied and has too many levels of shapes inside.

    One that refers to itself has no end of them (SHACL 3.4.3).
    Levels of sh:property do not count, as it depends on the data how many of them are reached.
    """
    inner: defaultdict[NTerm, list[tuple[NTerm, Statement]]] = defaultdict(list)
    for row in graph.rows:
        if row.predicate in _SAME_NODE:
            for shape in graph.members.get(row, (row.object,)):
                inner[row.subject].append((shape, row))
    deep = set(graph.shapes)
    for _ in range(_DEEPEST + 1):
        outer = deep
        deep = {shape for shape in deep if any(node in outer for node, _ in inner[shape])}
    for shape in sorted(deep):
        if not _is_applied(graph, shape):
            continue
        row = next(row for node, row in inner[shape] if node in outer)
        if recursive := _recursive(inner, shape):
            named = graph.named_owner(recursive)
            refers = f"it refers to {show(named)}, which refers to itself"
            message = "it refers to itself" if named == shape else refers
            why = "what a shape means that refers to itself is not defined (SHACL 3.4.3)"
            yield Fault("shape", row, shape, message, why, "refer to another shape")
            continue
        message = f"it has more than {_DEEPEST} levels of shapes in one another"
        why = (
            f"the engines apply shapes with at most {_DEEPEST} levels of sh:node, sh:not, sh:and, "
        )
        why += "sh:or and sh:xone in one another"
        yield Fault("shape", row, shape, message, why, "say it with fewer levels")


def _recursive(inner: Mapping[NTerm, list[tuple[NTerm, Statement]]], shape: NTerm) -> NTerm:
    """`shape` if it refers to itself, else a shape that it refers to and that does so; or empty."""

    def reached(start: NTerm) -> set[NTerm]:
        nodes, waiting = set[NTerm](), [start]
        while waiting:
            new = {node for node, _ in inner.get(waiting.pop(), ())} - nodes
            nodes |= new
            waiting += new
        return nodes

    nodes = reached(shape)
    candidates = (shape, *sorted(nodes, key=lambda node: (is_blank(node), node)))
    return next((node for node in candidates if node in nodes & reached(node)), NO_TERM)


def _is_applied(graph: ShapesGraph, shape: NTerm) -> bool:
    """Whether a shape has a target, or is applied to the values or properties of another shape."""
    return (
        any(graph.values(shape, target) for target in _TARGETS)
        or any(kind in CLASSES for kind in graph.values(shape, TYPE))
        or any(parameter not in _SAME_NODE for _, parameter in graph.references(shape))
    )
