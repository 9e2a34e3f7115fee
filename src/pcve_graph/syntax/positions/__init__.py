"""Where a statement stands in a file: readers that keep line and column.

RDF parsers drop positions, so each syntax is read once more, only when something is wrong, and only
to find places: the graph itself always comes from the real parser. What a reader here does not
find falls back to the place of the subject, and that to the first line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final

from .jsonld import locate_jsonld
from .ntriples import locate_lines
from .rdfxml import locate_rdfxml
from .turtle import locate_turtle

if TYPE_CHECKING:
    pass

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


__all__ = ["LOCATORS", "Place", "Places", "locate", "pair_blanks"]

Place = tuple[int, int]
"""Line and column, both from 1; the column counts characters."""

Places = dict[tuple[str, ...], Place]
"""By (subject,), (subject, predicate) or (subject, predicate, object), as N-Triples writes them."""

LOCATORS: Final[dict[str, Callable[[str], Places]]] = {
    "jsonld": locate_jsonld,
    "rdfxml": locate_rdfxml,
}


def locate(raw: bytes, form: str, subjects: Collection[str] | None = None) -> Places:
    """The places of the statements in `raw`, a document that the parser of `form` accepts.

    The first place of each is kept; with `subjects`, those of other subjects may be left out, and
    `_:` is any node without a name. Never raises: what cannot be followed is left out.
    """
    try:
        if form in ("ntriples", "nquads"):
            return locate_lines(raw, subjects)
        if form in ("turtle", "trig"):
            return locate_turtle(raw.decode(), subjects)
        return LOCATORS[form](raw.decode())
    except (RecursionError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}
