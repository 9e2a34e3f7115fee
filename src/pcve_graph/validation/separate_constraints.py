"""Shapes in which each constraint has a shape of its own, so that each result names its constraint.

Each value of a parameter like sh:or is a constraint of its own (SHACL 2.1.2), but a result has the
shape and the component only (3.6.2), which are the same for all values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import local_name, nterm
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    Statement,
    Term,
    from_iri,
    is_iri,
    parse_statement,
    statement_lines,
    to_iri,
    triple_line,
)
from .engines import ALL_TARGETS, CLASSES
from .shacl_vocabulary import component_iri
from .shapes_graph import FIRST, NODE_SHAPE, PATH, PROPERTY, PROPERTY_SHAPE, SINGLE, TYPE

_OF_SHACL: Final = {
    nterm(f"sh:{name}"): component_iri(name)
    for name in (
        *("class", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
        *("not", "and", "or", "xone", "node", "hasValue"),
    )
}
"""The components of which a shape may have several constraints, by their parameters."""

_STATED: Final = re.compile(
    "^([^ ]+ {}(?:{})>) ".format(
        re.escape(nterm("sh:")[:-1]), "|".join(local_name(to_iri(term)) for term in _OF_SHACL)
    ),
    re.MULTILINE,
)
"""Matches a shape with the parameter of one of its constraints."""

_INNER: Final = {*SINGLE, FIRST, nterm("sh:filterShape"), nterm("sh:condition")} - {PROPERTY}
"""The properties of a shape or list whose value is a shape that has no results of its own there."""

_COPIED: Final = {PATH, nterm("sh:severity"), nterm("sh:message"), nterm("sh:deactivated")}
"""What the shape of one constraint has of the shape that it comes from."""

_NAMED: Final = "urn:x-constraint:"
"""How the IRIs begin of the shapes that are added."""


@dataclass(frozen=True, slots=True)
class SeparateConstraints:
    """Shapes (N-Triples) in which each constraint is in a shape of its own.

    `original` has the shape that each added one comes from, and `added` the shapes that are applied
    in place of one. `values` has the value of the parameter of a constraint, by shape and
    component, where the original shape has several.
    """

    text: str
    original: dict[Iri, Iri] = field(default_factory=dict)
    added: dict[Iri, tuple[Iri, ...]] = field(default_factory=dict)
    values: dict[tuple[Iri, Iri], NTerm] = field(default_factory=dict)

    def source(self, shape: Term | None) -> Term | None:
        """The shape that `shape` of a result comes from."""
        iri = Iri(shape.value) if isinstance(shape, ox.NamedNode) else Iri("")
        return ox.NamedNode(self.original[iri]) if iri in self.original else shape

    def value(self, shape: Term | None, component: Iri) -> NTerm:
        """The value of the parameter that a result is about; empty if its shape has one only."""
        iri = Iri(shape.value) if isinstance(shape, ox.NamedNode) else Iri("")
        return self.values.get((iri, component), NO_TERM)

    def applied(self, shapes: Iterable[Iri]) -> list[Iri]:
        """The shapes to apply in place of `shapes`."""
        return [name for shape in shapes for name in self.added.get(shape, (shape,))]


def parameter_of(component: Iri, own: Iterable[NTerm]) -> NTerm:
    """The only parameter of a component; `own` are those of a component that SHACL does not define.

    Empty if it has several.
    """
    of_shacl = [term for term, iri in _OF_SHACL.items() if iri == component]
    parameters = of_shacl or list(own)
    return parameters[0] if len(parameters) == 1 else NO_TERM


@lru_cache(4)
def separate_constraints(shapes: str) -> SeparateConstraints:
    """`shapes` (N-Triples) with a shape for each constraint of those that have results.

    A shape that others refer to, other than by sh:property, stays whole for these.
    """
    has_own = nterm("sh:parameter") in shapes
    if not has_own and len(stated := _STATED.findall(shapes)) == len(set(stated)):
        return SeparateConstraints(shapes)  # most shapes, of which none is read line by line
    graph = _Graph([parse_statement(line) for line in statement_lines(shapes)])
    if not graph.repeated:
        return SeparateConstraints(shapes)
    separate = SeparateConstraints("\n".join(dict.fromkeys(map(triple_line, graph.separated()))))
    for shape, shapes_of in graph.names.items():
        separate.added[to_iri(shape)] = tuple(map(to_iri, shapes_of))
        separate.original.update(
            (to_iri(name), to_iri(shape)) for name in shapes_of if name != shape
        )
    for name, predicate, value in graph.constraints():
        separate.values[to_iri(name), graph.components[predicate]] = value
    return separate


class _Graph:
    """The statements of shapes, and the names of the shapes that each of some is split into.

    `names` has, for a shape with several constraints of a component, first the one with all else.
    """

    def __init__(self, rows: list[Statement]) -> None:
        self.rows = rows
        self.components = dict(_own_components(rows)) | _OF_SHACL
        self.inner = {row.object for row in rows if row.predicate in _INNER}
        self.classes = {
            row.subject for row in rows if row.predicate == TYPE and row.object in CLASSES
        }
        values: defaultdict[tuple[NTerm, NTerm], dict[NTerm, None]] = defaultdict(dict)
        for subject, predicate, value in rows:
            if predicate in self.components:
                values[subject, predicate][value] = None
        applied = self._applied()
        self.repeated = {
            key: list(of) for key, of in values.items() if len(of) > 1 and key[0] in applied
        }
        self.names: dict[NTerm, list[NTerm]] = {}
        number = 0
        for (shape, _), of in self.repeated.items():
            if shape not in self.names:
                number += shape in self.inner
                head = from_iri(f"{_NAMED}{number}") if shape in self.inner else shape
                self.names[shape] = [head]
            for _ in of[1:]:
                number += 1
                self.names[shape].append(from_iri(f"{_NAMED}{number}"))

    def _applied(self) -> set[NTerm]:
        """The shapes with results of their own: with a target, of a property, or by themselves."""
        with_results = {row.subject for row in self.rows if row.predicate in ALL_TARGETS}
        with_results |= {row.object for row in self.rows if row.predicate == PROPERTY}
        subjects = {row.subject for row in self.rows}
        with_results |= (subjects & self.classes) | (subjects - self.inner)
        return set(filter(is_iri, with_results))

    def constraints(self) -> Iterator[tuple[NTerm, NTerm, NTerm]]:
        """(shape, parameter, value) of each constraint in a shape of its own."""
        rest = {shape: iter(names[1:]) for shape, names in self.names.items()}
        for (shape, predicate), values in self.repeated.items():
            yield self.names[shape][0], predicate, values[0]
            for value in values[1:]:
                yield next(rest[shape]), predicate, value

    def separated(self) -> Iterator[Statement]:
        """The statements with the shapes that are added."""
        for row in self.rows:
            referred = self.names.get(row.object, ()) if row.predicate == PROPERTY else ()
            for value in referred or (row.object,):
                yield from self._of_subject(row._replace(object=value))
        yield from (Statement(*constraint) for constraint in self.constraints())

    def _of_subject(self, row: Statement) -> Iterator[Statement]:
        """A statement about a shape, for each of those that it is split into."""
        shape, predicate, value = row
        if shape not in self.names:
            yield row
            return
        head, *others = self.names[shape]
        if predicate in ALL_TARGETS:
            yield from (row._replace(subject=name) for name in (head, *others))
            return
        if predicate == TYPE and value in CLASSES:
            added = (head, *others) if head != shape else others
            yield from (Statement(name, nterm("sh:targetClass"), shape) for name in added)
            if head == shape:
                yield row
            return
        if head != shape:
            yield row
        if (shape, predicate) not in self.repeated:
            yield row._replace(subject=head)
        if predicate in _COPIED or (predicate == TYPE and value in (NODE_SHAPE, PROPERTY_SHAPE)):
            yield from (row._replace(subject=name) for name in others)


def _own_components(rows: list[Statement]) -> Iterator[tuple[NTerm, Iri]]:
    """The parameters of the components that the shapes define, of those with one parameter."""
    paths = {row.subject: row.object for row in rows if row.predicate == PATH}
    parameters: defaultdict[NTerm, list[NTerm]] = defaultdict(list)
    for row in rows:
        if row.predicate == nterm("sh:parameter") and row.object in paths:
            parameters[row.subject].append(paths[row.object])
    for component, of in parameters.items():
        if len(of) == 1 and is_iri(component):
            yield of[0], to_iri(component)
