"""The statements of a shapes file as a graph: its shapes and lists, and which refer to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

from ..model.closure import closure
from ..model.namespaces import nterm
from ..model.terms import NTerm, Statement, is_blank, is_iri, is_literal
from .shacl_vocabulary import PARAMETERS

Costs: TypeAlias = Literal["node", "statement", "nothing"]
"""What the engines do not get because of a fault."""

Show = Callable[[NTerm], str]
"""Prints a term as the shapes file writes it."""

TYPE: Final = nterm("rdf:type")
PATH: Final = nterm("sh:path")
PROPERTY: Final = nterm("sh:property")
FIRST: Final = nterm("rdf:first")
REST: Final = nterm("rdf:rest")
NIL: Final = nterm("rdf:nil")
NODE_SHAPE: Final = nterm("sh:NodeShape")
PROPERTY_SHAPE: Final = nterm("sh:PropertyShape")
COMPONENT: Final = nterm("sh:ConstraintComponent")

LOGICAL: Final = {nterm(f"sh:{name}") for name in ("and", "or", "xone")}
SPARQL: Final = nterm("sh:sparql")
SINGLE: Final = {nterm(f"sh:{name}") for name in ("node", "not", "property", "qualifiedValueShape")}
MODIFIERS: Final = {
    nterm(f"sh:{name}")
    for name in ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
}
ALTERNATIVE: Final = nterm("sh:alternativePath")

_NOT_WEAKER: Final = {nterm("sh:not"), nterm("sh:xone"), nterm("sh:qualifiedValueShape")}
"""The parameters under which a shape with fewer constraints may give more results."""


@dataclass(frozen=True)
class Fault:
    """A fault at `statement`. `costs` is what the engine does not get because of it.

    That is the shape `node` with everything it says, the statement alone, or nothing. `offset` is
    the place in the text of a query, or -1.
    """

    rule: str
    statement: Statement
    node: NTerm
    message: str
    why: str
    fix: str
    costs: Costs = "node"
    severity: str = "error"
    offset: int = -1


class ShapesGraph:
    """The statements of one or more shapes files, indexed.

    `shapes` are the nodes that SHACL 2.1 calls shapes; `property_shapes` those of them that must
    have a path.
    """

    def __init__(self, rows: Iterable[Statement]) -> None:
        self.rows = tuple(dict.fromkeys(rows))
        self.objects: defaultdict[NTerm, defaultdict[NTerm, list[NTerm]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self.holders: defaultdict[NTerm, list[Statement]] = defaultdict(list)
        for row in self.rows:
            self.objects[row.subject][row.predicate].append(row.object)
            if not is_literal(row.object):
                self.holders[row.object].append(row)
        self.members = {
            row: tuple(self.list_of(row.object) or ())
            for row in self.rows
            if row.predicate in LOGICAL
        }
        self.shapes, self.property_shapes = self._find_shapes()

    def values(self, node: NTerm, predicate: NTerm) -> list[NTerm]:
        """The objects of the statements about `node` with `predicate`, in the order of the file."""
        return self.objects[node][predicate] if node in self.objects else []

    def one(self, node: NTerm, predicate: NTerm) -> NTerm | None:
        """The object of the only statement about `node` with `predicate`; else None."""
        values = self.values(node, predicate)
        return values[0] if len(values) == 1 else None

    def list_of(self, node: NTerm) -> list[NTerm] | None:
        """The members of the list `node`; None if it is not a well-formed list (SHACL 1.3)."""
        members: list[NTerm] = []
        cells: set[NTerm] = set()
        while node != NIL:
            first, rest = self.one(node, FIRST), self.one(node, REST)
            if first is None or rest is None or node in cells:
                return None
            cells.add(node)
            members.append(first)
            node = rest
        return members

    @cached_property
    def cells_of_shapes(self) -> set[NTerm]:
        """The cells of the lists of shapes of sh:and, sh:or and sh:xone."""
        return closure((row.object for row in self.members), lambda cell: self.values(cell, REST))

    def _find_shapes(self) -> tuple[frozenset[NTerm], frozenset[NTerm]]:
        stated = {
            row.subject
            for row in self.rows
            if row.predicate in PARAMETERS
            or (row.predicate == TYPE and row.object in (NODE_SHAPE, PROPERTY_SHAPE))
        }
        parameters = {row.object for row in self.rows if row.predicate == nterm("sh:parameter")}
        of_paths = {
            row.object
            for row in self.rows
            if row.predicate == PROPERTY and not is_literal(row.object)
        }
        nested = {
            node
            for row in self.rows
            for node in ((row.object,) if row.predicate in SINGLE else self.members.get(row, ()))
            if not is_literal(node)
        }
        shapes = (stated | nested) - parameters
        typed = {node for node in shapes if PROPERTY_SHAPE in self.values(node, TYPE)}
        with_path = {node for node in shapes if self.values(node, PATH)}
        return frozenset(shapes), frozenset((typed | with_path | of_paths) & shapes)

    def references(self, shape: NTerm) -> Iterator[tuple[NTerm, NTerm]]:
        """(shape that refers to the shape or SPARQL constraint `shape`, by which parameter)."""
        waiting, cells = [shape], {shape}
        while waiting:
            for row in self.holders[waiting.pop()]:
                if row.predicate in SINGLE or row.predicate in LOGICAL or row.predicate == SPARQL:
                    yield row.subject, row.predicate
                elif row.predicate in (FIRST, REST) and row.subject not in cells:
                    cells.add(row.subject)
                    waiting.append(row.subject)

    def owner(self, node: NTerm) -> NTerm:
        """The nearest shape around `node`, or `node` itself if it is a shape or in none."""
        return self._nearest(node, lambda outer: outer in self.shapes)

    def named_owner(self, node: NTerm) -> NTerm:
        """The nearest node around `node` that has an IRI; `node` itself if there is none."""
        return self._nearest(node, lambda outer: not is_blank(outer))

    def _nearest(self, node: NTerm, is_wanted: Callable[[NTerm], bool]) -> NTerm:
        """The first of `node` and the nodes around it that is wanted, or `node` if none is."""
        seen = {node}
        current = node
        while not is_wanted(current):
            outer = [row.subject for row in self.holders[current] if row.subject not in seen]
            if not outer:
                return node
            current = outer[0]
            seen.add(current)
        return current

    def unusable(self, broken: Collection[NTerm]) -> frozenset[NTerm]:
        """`broken`, and the shapes that cannot be applied without them.

        A shape that loses a constraint gives fewer results. So one that refers to a broken shape
        by sh:property is kept, except where it is itself counted or negated; one that refers to it
        in another way is not applied. A closed shape needs the paths of its property shapes.
        """
        dead, weak = set[NTerm](), set[NTerm]()
        waiting = [(shape, True) for shape in broken]
        while waiting:
            shape, gone = waiting.pop()
            if shape in dead or (not gone and shape in weak):
                continue
            (dead if gone else weak).add(shape)
            for outer, parameter in self.references(shape):
                fatal = parameter in _NOT_WEAKER or (gone and parameter not in (PROPERTY, SPARQL))
                needed = gone and parameter == PROPERTY and self._needs_path(outer, shape)
                waiting.append((outer, fatal or needed))
        return frozenset(dead)

    def _needs_path(self, outer: NTerm, shape: NTerm) -> bool:
        paths = self.values(shape, PATH)
        closed = any(value.startswith('"true"') for value in self.values(outer, nterm("sh:closed")))
        return closed and not (len(paths) == 1 and is_iri(paths[0]))

    def without(self, dead: Collection[NTerm], rows: Collection[Statement] = ()) -> list[Statement]:
        """The statements without `rows` and without what `dead` nodes say.

        Of a dead property shape with one IRI as its path the path is kept, which constrains
        nothing; references to any other dead node go, and what is left of its blank nodes.
        """
        stubs = {node for node in dead if self._is_stub(node)}
        removed = set(rows)
        kept = []
        for row in self.rows:
            if row in removed or (row.object in dead and row.object not in stubs):
                continue
            if row.subject in dead and not (row.subject in stubs and _is_of_stub(row)):
                continue
            kept.append(row)
        roots = {row.subject for row in self.rows if not self.holders[row.subject]}
        orphans = _reached(self.rows, roots) - _reached(kept, roots)
        return [row for row in kept if row.subject not in orphans]

    def _is_stub(self, node: NTerm) -> bool:
        paths = self.values(node, PATH)
        return len(paths) == 1 and is_iri(paths[0]) and node in self.property_shapes


def _is_of_stub(row: Statement) -> bool:
    return row.predicate == PATH or (row.predicate == TYPE and row.object == PROPERTY_SHAPE)


def _reached(rows: Iterable[Statement], roots: Collection[NTerm]) -> set[NTerm]:
    """The IRIs with statements, `roots`, and the blank nodes that these lead to."""
    nodes: defaultdict[NTerm, list[NTerm]] = defaultdict(list)
    for row in rows:
        nodes[row.subject].append(row.object)
    waiting = [node for node in nodes if not is_blank(node) or node in roots]
    reached = set(waiting)
    while waiting:
        for node in nodes.get(waiting.pop(), ()):
            if is_blank(node) and node not in reached:
                reached.add(node)
                waiting.append(node)
    return reached
