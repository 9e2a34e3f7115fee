"""The statements of an ontology's files with their positions, for checks before they are used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.problems import Position, Problem, rule_problem
from ..model.schema import VOCAB_BASE
from ..model.terms import NTerm, from_term, is_blank
from ..syntax.positions.turtle import locate_turtle
from .triple_index import TripleIndex, superclasses

NAME: Final = expand("skos:prefLabel")
"""The property of a name, which every record has."""


@dataclass(frozen=True, slots=True)
class OntologyFile:
    """A Turtle file of the ontology, by its name in messages."""

    name: str
    text: str
    triples: Sequence[ox.Triple]

    def position(self, *terms: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Position:
        """The position of a subject, or of a statement; the first line if it is not found.

        A statement with a blank node is found by its other terms: labels differ between parsers.
        """
        key = _unlabelled(map(from_term, terms))
        try:
            places = locate_turtle(self.text)
        except ValueError:
            places = {}
        for place, (line, column) in places.items():
            if _unlabelled(place) == key:
                return Position(self.name, line, column)
        return Position(self.name)


def _unlabelled(terms: Iterable[NTerm]) -> tuple[NTerm, ...]:
    return tuple(NTerm("_:") if is_blank(term) else term for term in terms)


def iri_of(term: object) -> str:
    """The IRI of a term; empty for a blank node or a literal."""
    return term.value if isinstance(term, ox.NamedNode) else ""


def part_problem(position: Position, message: str, fix: str) -> Problem:
    """The problem (`ontology-part`) of a part that is missing or cannot be read."""
    return rule_problem("ontology-part", position, message, fix)


def described_subjects(files: Iterable[OntologyFile]) -> set[str]:
    """The IRIs of all subjects."""
    return {iri_of(triple.subject) for file in files for triple in file.triples} - {""}


def has_own_shape(index: TripleIndex, class_iri: str) -> bool:
    """Whether a shape describes this class alone, not together with others."""
    shapes = index.subjects_with("sh:targetClass", class_iri)
    return any(set(index.all(shape, "sh:targetClass")) == {class_iri} for shape in shapes)


def property_paths(index: TripleIndex, class_iri: str) -> set[str]:
    """The paths of the properties in the shapes of a class and its superclasses."""
    return {
        path
        for current in superclasses(index, class_iri)
        for shape in index.subjects_with("sh:targetClass", current)
        for member in index.all(shape, "sh:property")
        for path in index.all(member, "sh:path")
    }


def list_fault(index: TripleIndex, scheme: str) -> str:
    """What is wrong with the closed list `scheme`; empty if it exists and has concepts."""
    name = scheme.removeprefix(VOCAB_BASE)
    if expand("skos:ConceptScheme") not in index.all(scheme, "rdf:type"):
        return f"there is no list {name} (a skos:ConceptScheme)"
    concepts = index.subjects_with("skos:inScheme", scheme)
    return "" if concepts else f"the list {name} has no concept"
