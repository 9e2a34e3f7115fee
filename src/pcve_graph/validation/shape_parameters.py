"""The parameters of shapes, from their N-Triples: what each constraint of a shape requires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from functools import cached_property, lru_cache
from typing import Final

from ..model.languages import preferred_literal
from ..model.namespaces import expand, nterm
from ..model.problems import ShaclResult
from ..model.terms import (
    NO_TERM,
    NTerm,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    lexical,
    literal,
    parse_statement,
    statement_lines,
)
from .blank_shapes import name_blank_shapes, name_of_blank
from .separate_constraints import parameter_of

_LABELS: Final = ("sh:name", "rdfs:label", "skos:prefLabel", "dcterms:title")
_OPERATORS: Final = {
    nterm("sh:zeroOrMorePath"): "*",
    nterm("sh:oneOrMorePath"): "+",
    nterm("sh:zeroOrOnePath"): "?",
}
_DEEPEST: Final = 8
"""Levels of nested paths and lists that are followed; malformed shapes may have circles."""


class ShapeParameters:
    """The statements of a shapes graph, by subject and property.

    Blank shapes have the names that the engines get (`name_blank_shapes`).
    """

    def __init__(self, shapes: str) -> None:
        self._objects: dict[NTerm, dict[NTerm, list[NTerm]]] = defaultdict(dict)
        for line in statement_lines(name_blank_shapes(shapes).text):
            row = parse_statement(line)
            self._objects[row.subject].setdefault(row.predicate, []).append(row.object)

    def nodes(self) -> Iterator[NTerm]:
        """The subjects of the statements."""
        return iter(self._objects.copy())

    def source(self, result: ShaclResult) -> NTerm:
        """The node of the shape that a result is of; empty if the shapes do not have it."""
        node = from_iri(result.shape) if result.shape else name_of_blank(result.blank_shape)
        return node if node in self._objects else NO_TERM

    def of_constraint(self, result: ShaclResult) -> ShapeParameters:
        """These statements, where the shape of the result has only the constraint of the result."""
        shape = self.source(result)
        own = self.values(from_iri(result.component), "sh:parameter")
        name = parameter_of(result.component, filter(None, map(self.path, own)))
        if not result.parameter or result.parameter not in self.objects(shape, name):
            return self
        narrowed = copy(self)
        narrowed._objects = self._objects | {
            shape: self._objects[shape] | {name: [result.parameter]}
        }
        return narrowed

    def constraint(self, result: ShaclResult) -> NTerm:
        """The node of the SPARQL constraint that a result is of; empty for any other result."""
        if result.constraint:
            return from_iri(result.constraint)
        return name_of_blank(result.blank_constraint)

    def values(self, node: NTerm, name: str) -> tuple[NTerm, ...]:
        """The values of the property `name`, such as `sh:class`, of `node`."""
        return self.objects(node, nterm(name))

    def objects(self, node: NTerm, predicate: NTerm) -> tuple[NTerm, ...]:
        """The values of the property that is the term `predicate`."""
        return tuple(self._objects.get(node, {}).get(predicate, ()))

    def value(self, node: NTerm, name: str) -> NTerm:
        """The first value of a property; empty if there is none."""
        return next(iter(self.values(node, name)), NO_TERM)

    def members(self, node: NTerm, name: str) -> list[NTerm]:
        """The members of the list that is the value of a property."""
        return list(self._members(self.value(node, name)))

    def lists(self, node: NTerm, name: str) -> list[list[NTerm]]:
        """The members of each list that is a value of a property."""
        return [list(self._members(cell)) for cell in self.values(node, name)]

    def _members(self, cell: NTerm) -> Iterator[NTerm]:
        passed = {nterm("rdf:nil"), NO_TERM}
        while cell not in passed:
            passed.add(cell)
            yield from self.values(cell, "rdf:first")[:1]
            cell = self.value(cell, "rdf:rest")

    def text(self, node: NTerm, *names: str) -> str:
        """The text of the first of these properties that `node` has, in the user's language."""
        for name in names:
            literals = [term for term in self.values(node, name) if is_literal(term)]
            if literals:
                return lexical(preferred_literal(literals))
        return ""

    def label(self, node: NTerm) -> str:
        """The name of a shape, or the label of a class or property; empty if it has none."""
        return self.text(node, *_LABELS)

    def siblings(self, shape: NTerm) -> list[NTerm]:
        """The sibling shapes of a qualified value shape that is disjoint (SHACL 4.7.3)."""
        disjoint = literal("true", expand("xsd:boolean"))
        if disjoint not in self.values(shape, "sh:qualifiedValueShapesDisjoint"):
            return []
        name, own = "sh:qualifiedValueShape", self.values(shape, "sh:qualifiedValueShape")
        nodes = [node for of in self._properties if shape in of for node in of]
        values = dict.fromkeys(value for node in nodes for value in self.values(node, name))
        return [value for value in values if value not in own]

    @cached_property
    def _properties(self) -> list[tuple[NTerm, ...]]:
        """The property shapes of each shape that has several."""
        several = (self.values(node, "sh:property") for node in self._objects)
        return [nodes for nodes in several if len(nodes) > 1]

    def is_datatype(self, node: NTerm) -> bool:
        """Whether a shape requires a datatype and nothing else."""
        properties = set(self._objects.get(node, {})) - {nterm("rdf:type")}
        return properties == {nterm("sh:datatype")}

    def path(self, node: NTerm) -> NTerm:
        """The property path of a shape: a property or a blank node; empty for a node shape."""
        return self.value(node, "sh:path")

    def path_parts(self, path: NTerm, depth: int = 0) -> Iterator[str | NTerm]:
        """A path as in SPARQL 1.1, section 9.1: its properties as terms, signs as text."""
        if is_iri(path) or depth > _DEEPEST:
            yield path
            return
        if self.value(path, "rdf:first"):
            yield from self._joined(list(self._members(path)), "/", depth)
        elif self.value(path, "sh:alternativePath"):
            members = self.members(path, "sh:alternativePath")
            yield from self._joined(members, "|", depth)
        elif inverse := self.value(path, "sh:inversePath"):
            yield "^"
            yield from self._group(inverse, depth)
        for operator, sign in _OPERATORS.items():
            if inner := self._objects.get(path, {}).get(operator):
                yield from self._group(inner[0], depth)
                yield sign

    def _joined(self, members: list[NTerm], sign: str, depth: int) -> Iterator[str | NTerm]:
        for number, member in enumerate(members):
            if number:
                yield sign
            yield from self._group(member, depth)

    def _group(self, path: NTerm, depth: int) -> Iterator[str | NTerm]:
        """A part of a path, in brackets if it is more than a property or its inverse."""
        simple = not is_blank(path) or bool(self.value(path, "sh:inversePath"))
        if not simple:
            yield "("
        yield from self.path_parts(path, depth + 1)
        if not simple:
            yield ")"


read_shapes = lru_cache(4)(ShapeParameters)
"""`ShapeParameters`, cached by the text of the shapes."""
