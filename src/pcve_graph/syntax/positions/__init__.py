"""The positions of statements in RDF files: readers that record line and column.

RDF parsers drop positions, so a file with a problem is read a second time, only to find positions:
the graph itself always comes from the real parser. A statement that is not found has the position
of its subject, and that the first line. To change one syntax, open the module of its name; for the
positions of syntax errors, `parser_errors`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Final, TypeAlias

from ...model.terms import NTerm, Statement, blank, is_blank
from .jsonld import locate_jsonld
from .ntriples import locate_lines
from .rdfxml import locate_rdfxml
from .turtle import locate_turtle

_ROUNDS = 12
"""The distance up to which a difference distinguishes two blank nodes."""

ANY_BLANK: Final = blank("")
"""Stands for any blank node among requested subjects."""


def match_blank_nodes(statements: Collection[Statement], places: Places) -> dict[NTerm, NTerm]:
    """The blank node of `places` that corresponds to each one of `statements`.

    A label that occurs in both is the same node; other nodes are matched by their statements. A
    node without a match is left out.
    """
    theirs = _blanks(statements)
    ours = _blanks(Statement(*key) for key in places if len(key) == 3)
    for key in places:
        if is_blank(key[0]):
            ours.setdefault(key[0], [])
    same = theirs.keys() & ours.keys()
    paired = {label: label for label in same}
    left = _refined({node: rows for node, rows in theirs.items() if node not in same})
    right = _refined({node: rows for node, rows in ours.items() if node not in same})
    unpaired: dict[int, list[NTerm]] = defaultdict(list)
    for node, colour in right.items():
        unpaired[colour].append(node)
    for node, colour in left.items():
        if unpaired[colour]:
            paired[node] = unpaired[colour].pop(0)
    return paired


def _blanks(statements: Iterable[Statement]) -> dict[NTerm, list[Statement]]:
    """The statements of each blank node; the nodes are in the order of their first statement."""
    statements_by_node: dict[NTerm, list[Statement]] = {}
    for row in statements:
        for node in {row.subject, row.object}:
            if is_blank(node):
                statements_by_node.setdefault(node, []).append(row)
    return statements_by_node


def _refined(nodes: dict[NTerm, list[Statement]]) -> dict[NTerm, int]:
    """A colour for each node by colour refinement; it depends on the statements, not on labels."""
    colours = dict.fromkeys(nodes, 0)
    count = 1
    for _ in range(_ROUNDS):
        colours = {node: _colour(node, rows, colours) for node, rows in nodes.items()}
        if len(set(colours.values())) == count:
            break
        count = len(set(colours.values()))
    return colours


def _colour(node: NTerm, rows: list[Statement], colours: dict[NTerm, int]) -> int:
    def seen(term: NTerm) -> object:
        return "self" if term == node else colours.get(term, term)

    return hash(
        frozenset((seen(subject), predicate, seen(value)) for subject, predicate, value in rows)
    )


__all__ = ["LOCATORS", "Place", "Places", "locate", "pair_blanks"]

Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1; the column counts characters."""

Places: TypeAlias = dict[tuple[NTerm, ...], Place]
"""By (subject,), (subject, predicate) or (subject, predicate, object) in N-Triples syntax."""

LOCATORS: Final[dict[str, Callable[[str], Places]]] = {
    "jsonld": locate_jsonld,
    "rdfxml": locate_rdfxml,
}


def locate_statements(raw: bytes, form: str, subjects: Collection[NTerm] | None = None) -> Places:
    """The places of the statements in `raw`, a document that the parser of `form` accepts.

    Of several places of a statement the first is returned. With `subjects`, those of other subjects
    may be left out, and `_:` is any blank node. Never raises: if the document cannot be followed,
    the result is empty.
    """
    try:
        if form in ("ntriples", "nquads"):
            return locate_lines(raw, subjects)
        if form in ("turtle", "trig"):
            return locate_turtle(raw.decode(), subjects)
        return LOCATORS[form](raw.decode())
    except (RecursionError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return {}
