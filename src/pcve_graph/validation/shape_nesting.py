"""Shapes that are nested more deeply in one another than the engines go.

Both engines stop the whole run at a shape that is 15 shapes deep (pySHACL's default; it also bounds
the time, which may double with each level).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from ..model.namespaces import nterm
from ..model.terms import NTerm, Statement, is_blank
from .engines import ALL_TARGETS, CLASSES
from .shapes_graph import LOGICAL, TYPE, Fault, ShapesGraph, Show

_DEEPEST: Final = 14
"""Levels of shapes inside a shape that the engines apply."""

_SAME_NODE: Final = {nterm("sh:node"), nterm("sh:not"), *LOGICAL}
"""The parameters whose shapes are applied to the value nodes themselves, whatever the data."""


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
    recursive = _recursive_shapes(inner) if deep else {}
    for shape in sorted(deep):
        if not _is_applied(graph, shape):
            continue
        row = next(row for node, row in inner[shape] if node in outer)
        if shape in recursive:
            named = graph.named_owner(recursive[shape])
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


def _recursive_shapes(inner: Mapping[NTerm, list[tuple[NTerm, Statement]]]) -> dict[NTerm, NTerm]:
    """Of each shape that leads to recursion, a shape that refers to itself: if it can, the shape.

    Else the first of those that it leads to, named ones before blank ones. Takes linear time, as
    the shapes may be anybody's: by strongly connected components (R. Tarjan, Depth-first search and
    linear graph algorithms, SIAM Journal on Computing 1, 1972), those without followers first.
    """
    recursive, led_to = dict[NTerm, NTerm](), dict[NTerm, NTerm]()
    for component in _components({shape: [node for node, _ in inner[shape]] for shape in inner}):
        members = set(component)
        followers = {node for shape in component for node, _ in inner.get(shape, ())}
        own = members if followers & members else set[NTerm]()
        candidates = {*own, *(led_to[node] for node in followers if node in led_to)}
        if not candidates:
            continue
        led = min(candidates, key=lambda node: (is_blank(node), node))
        led_to |= dict.fromkeys(component, led)
        recursive |= {shape: shape if own else led for shape in component}
    return recursive


def _components(followers: Mapping[NTerm, list[NTerm]]) -> Iterator[list[NTerm]]:
    """The strongly connected components, each after all those that it leads to."""
    numbers, lowest = dict[NTerm, int](), dict[NTerm, int]()
    held, held_nodes = list[NTerm](), set[NTerm]()
    for start in followers:
        path = [start] if start not in numbers else []
        rest: dict[NTerm, Iterator[NTerm]] = {}
        while path:
            node = path[-1]
            if node not in numbers:
                numbers[node] = lowest[node] = len(numbers)
                held.append(node)
                held_nodes.add(node)
                rest[node] = iter(followers.get(node, ()))
            following = next(rest[node], None)
            if following is not None:
                if following not in numbers:
                    path.append(following)
                elif following in held_nodes:
                    lowest[node] = min(lowest[node], numbers[following])
                continue
            path.pop()
            if path:
                lowest[path[-1]] = min(lowest[path[-1]], lowest[node])
            if lowest[node] == numbers[node]:
                component = [held.pop()]
                while component[-1] != node:
                    component.append(held.pop())
                held_nodes.difference_update(component)
                yield component


def _is_applied(graph: ShapesGraph, shape: NTerm) -> bool:
    """Whether a shape has a target, or is applied to the values or properties of another shape."""
    return (
        any(graph.values(shape, target) for target in ALL_TARGETS)
        or any(kind in CLASSES for kind in graph.values(shape, TYPE))
        or any(parameter not in _SAME_NODE for _, parameter in graph.references(shape))
    )
