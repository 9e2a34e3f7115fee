"""The transitive closure of a relation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def closure(start: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> set[Node]:
    """The nodes of `start` and all that `successors` lead to from them; cycles are safe.

    >>> above = {"tirana": ["albania"], "albania": ["western-balkans"]}
    >>> sorted(closure(["tirana"], lambda place: above.get(place, ())))
    ['albania', 'tirana', 'western-balkans']
    """
    reached = set(start)
    waiting = list(reached)
    while waiting:
        for successor in successors(waiting.pop()):
            if successor not in reached:
                reached.add(successor)
                waiting.append(successor)
    return reached
