"""Triples by subject and by value, for an ontology that is small enough to be held in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from ..model.closure import closure
from ..model.namespaces import expand
from ..model.terms import plain_value


class TripleIndex:
    """Triples indexed by (subject, predicate) and (predicate, object); terms are plain values."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.by: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        for triple in triples:
            subject, predicate, value = (
                plain_value(triple.subject),
                triple.predicate.value,
                plain_value(triple.object),
            )
            self.by[subject, predicate].append(value)
            self.subjects[predicate, value].append(subject)

    def all(self, subject: str, name: str) -> list[str]:
        """The values of the property with the prefixed name `name`, sorted."""
        return sorted(self.by.get((subject, expand(name)), ()))

    def one(self, subject: str, name: str, default: str = "") -> str:
        """The first value of the property `name` in sorted order, or `default`."""
        return min(self.by.get((subject, expand(name)), ()), default=default)

    def subjects_with(self, name: str, value: str) -> list[str]:
        """The subjects for which the property `name` has this value, sorted."""
        return sorted(self.subjects.get((expand(name), value), ()))

    def listed(self, head: str) -> Iterator[str]:
        """The members of the RDF list `head`."""
        while head and head != expand("rdf:nil"):
            yield self.one(head, "rdf:first")
            head = self.one(head, "rdf:rest")


def superclasses(index: TripleIndex, class_iri: str) -> set[str]:
    """A class and all its superclasses."""
    return closure([class_iri], lambda current: index.all(current, "rdfs:subClassOf"))
