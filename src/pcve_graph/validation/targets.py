"""What shapes are about: their targets (W3C SHACL, section 2.1.3), read from the shapes.

What a SPARQL target (SHACL-AF, sh:target) selects is not counted; only that there is one is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ..model.closure import closure
from ..model.namespaces import nterm
from ..model.terms import (
    NTerm,
    NTriple,
    from_iri,
    is_iri,
    lexical,
    parse_statement,
    statement_lines,
)
from .engines import CLASSES

_TYPE: Final = nterm("rdf:type")
_TARGET: Final = nterm("sh:target")
_NAMESPACE: Final = nterm("sh:namespace")
SUBCLASS: Final = nterm("rdfs:subClassOf")
_SHAPES: Final = (nterm("sh:NodeShape"), nterm("sh:PropertyShape"))


@dataclass(frozen=True, slots=True)
class Targets:
    """The classes, nodes and properties that shapes name as targets, in N-Triples syntax.

    `classes` includes the shapes that are classes (implicit class targets, 2.1.3.3). The subjects
    of the properties in `subjects_of`, and the objects of those in `objects_of`, are targets.
    `has_queries` is set if there is a SPARQL target. `terms` are the IRIs that the shapes name as
    classes, properties or values, and the namespaces that they declare (sh:namespace).
    """

    classes: frozenset[NTerm]
    nodes: frozenset[NTerm] = frozenset()
    subjects_of: frozenset[NTerm] = frozenset()
    objects_of: frozenset[NTerm] = frozenset()
    has_queries: bool = False
    terms: frozenset[NTerm] = frozenset()

    @property
    def only_nodes(self) -> bool:
        """Whether all targets are nodes (sh:targetNode), as far as that is counted."""
        others = self.classes or self.subjects_of or self.objects_of or self.has_queries
        return bool(self.nodes) and not others


@lru_cache(4)
def read_targets(shapes: str) -> Targets:
    """The targets of `shapes`, N-Triples with one statement per line."""
    stated: dict[str, set[NTerm]] = {
        nterm(f"sh:target{kind}"): set() for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf")
    }
    has_queries = False
    of_shapes: set[NTerm] = set()
    of_classes: set[NTerm] = set()
    values: set[NTerm] = set()
    for line in statement_lines(shapes):
        subject, predicate, value = parse_statement(line)
        if is_iri(value):
            values.add(value)
        elif predicate == _NAMESPACE:
            values.add(from_iri(lexical(value)))
        if predicate in stated:
            stated[predicate].add(value)
        elif predicate == _TARGET:
            has_queries = True
        elif predicate == _TYPE and value in _SHAPES:
            of_shapes.add(subject)
        elif predicate == _TYPE and value in CLASSES:
            of_classes.add(subject)
    classes, nodes, subjects_of, objects_of = map(frozenset, stated.values())
    classes |= of_shapes & of_classes
    terms = frozenset(values - (of_shapes - of_classes))
    return Targets(classes, nodes, subjects_of, objects_of, has_queries, terms)


def superclasses_in(lines: Iterable[NTriple]) -> dict[NTerm, set[NTerm]]:
    """The direct superclasses of each class that these lines state."""
    superclasses: dict[NTerm, set[NTerm]] = {}
    for line in lines:
        if SUBCLASS in line:
            statement = parse_statement(line)
            if statement.predicate == SUBCLASS:
                superclasses.setdefault(statement.subject, set()).add(statement.object)
    return superclasses


def with_superclasses(class_term: NTerm, superclasses: Mapping[NTerm, set[NTerm]]) -> set[NTerm]:
    """A class and all its superclasses."""
    return closure([class_term], lambda term: superclasses.get(term, ()))
