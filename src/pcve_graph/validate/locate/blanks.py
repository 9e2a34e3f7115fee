"""Which blank node of a parser is which of a reader of places: each gives labels of its own.

Nodes are told apart by what is said of them, and by what is said of the blank nodes beside them,
again and again (the refinement that canonical forms begin with, W3C RDFC-1.0 section 4.4). Nodes
that cannot be told apart so are alike in every respect, and any of them may stand for any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...syntax.positions import Places

_ROUNDS = 12
"""Steps away at which a difference between two nodes still tells them apart."""

Statement = tuple[str, ...]


def pair_blanks(statements: Collection[Statement], places: Places) -> dict[str, str]:
    """From each blank node in `statements` to the one in `places` that it is.

    A label that both know is the same node. A node that has no like is left out.
    """
    theirs = _blanks(statements)
    ours = _blanks(key for key in places if len(key) == 3)
    for key in places:
        if key[0].startswith("_:"):
            ours.setdefault(key[0], [])
    same = theirs.keys() & ours.keys()
    paired = {label: label for label in same}
    left = _refined({node: rows for node, rows in theirs.items() if node not in same})
    right = _refined({node: rows for node, rows in ours.items() if node not in same})
    waiting: dict[int, list[str]] = defaultdict(list)
    for node, colour in right.items():
        waiting[colour].append(node)
    for node, colour in left.items():
        if waiting[colour]:
            paired[node] = waiting[colour].pop(0)
    return paired


def _blanks(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Each blank node, in the order of its first statement, and the statements that it is in."""
    found: dict[str, list[Statement]] = {}
    for row in statements:
        for node in {row[0], row[2]}:
            if node.startswith("_:"):
                found.setdefault(node, []).append(row)
    return found


def _refined(nodes: dict[str, list[Statement]]) -> dict[str, int]:
    """A colour for each node, the same in any graph where it is said of the same things."""
    colours = dict.fromkeys(nodes, 0)
    count = 1
    for _ in range(_ROUNDS):
        colours = {node: _colour(node, rows, colours) for node, rows in nodes.items()}
        if len(set(colours.values())) == count:
            break
        count = len(set(colours.values()))
    return colours


def _colour(node: str, rows: list[Statement], colours: dict[str, int]) -> int:
    def seen(term: str) -> object:
        return "self" if term == node else colours.get(term, term)

    return hash(frozenset((seen(one), two, seen(three)) for one, two, three in rows))
