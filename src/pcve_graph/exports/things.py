"""The things of a part, as the formats that are no RDF look at them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox

from ..names import BASE, expand, local_name
from ..questions.binding import Term
from .part import NAMES, Part

_NAMING = frozenset(map(expand, NAMES))
_LABELS = ("skos:prefLabel", "rdfs:label", "dcterms:title")


@lru_cache(None)
def _full(name: str) -> str:
    return name if "//" in name else expand(name)


@lru_cache(None)
def _term(text: str) -> Term:
    """The term that a line of N-Triples, as the build writes it, has in this form."""
    if text[0] == "<":
        return ox.NamedNode(text[1:-1])
    body, _, kind = text.rpartition('"')
    value = json.loads(f'{body}"', strict=False) if "\\" in body else body[1:]
    if kind.startswith("@"):
        return ox.Literal(value, language=kind[1:])
    return ox.Literal(value, datatype=ox.NamedNode(kind[3:-1])) if kind else ox.Literal(value)


class Things:
    """The nodes of some graphs of a part. Names of properties and classes are prefixed ones."""

    def __init__(self, part: Part, *graphs: str) -> None:
        self._values: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for line in sorted({line for name in graphs for line in part.graphs.get(name, ())}):
            subject, predicate, value = line.split(" ", 2)
            self._values[subject[1:-1]].setdefault(predicate[1:-1], []).append(value[:-2])
        self._classes: dict[str, list[str]] = defaultdict(list)
        for iri, values in self._values.items():
            for kind in values.get(_full("rdf:type"), ()):
                self._classes[kind[1:-1]].append(iri)
        self._called: dict[str, str] = {}
        self._notes = {
            self.label(iri): self.text(iri, "pcve:designationNote")
            for iri, values in self._values.items()
            if _full("pcve:designationNote") in values
        }

    def of(self, *classes: str) -> list[str]:
        """The IRIs of the things of these classes, by prefixed name or IRI, sorted."""
        return sorted({iri for name in classes for iri in self._classes.get(_full(name), ())})

    def all(self) -> list[str]:
        """The IRIs of everything of which something is said, sorted."""
        return sorted(self._values)

    def kinds(self, iri: str) -> list[str]:
        """The IRIs of the classes of a thing."""
        return self.refs(iri, "rdf:type")

    def predicates(self, iri: str) -> Iterator[str]:
        """The IRIs of the properties that a thing has."""
        return iter(self._values.get(iri, {}))

    def is_told(self, iri: str) -> bool:
        """Whether more is said of a thing than what it is and what it is called."""
        return bool(self._values.get(iri, {}).keys() - _NAMING)

    def values(self, iri: str, name: str) -> list[Term]:
        """The values of a property, in the order of their lines; `name` may also be its IRI."""
        return [_term(each) for each in self._values.get(iri, {}).get(_full(name), ())]

    def first(self, iri: str, name: str) -> Term | None:
        """The first of `values`; None where there is none."""
        found = self._values.get(iri, {}).get(_full(name))
        return _term(found[0]) if found else None

    def refs(self, iri: str, name: str) -> list[str]:
        """The values that are IRIs."""
        found = self._values.get(iri, {}).get(_full(name), ())
        return [each[1:-1] for each in found if each[0] == "<"]

    def words(self, iri: str, name: str) -> list[str]:
        """The values that are literals, those in English first."""
        found = [each for each in self.values(iri, name) if isinstance(each, ox.Literal)]
        if len(found) < 2:
            return [each.value for each in found]
        return [each.value for each in sorted(found, key=lambda each: each.language != "en")]

    def text(self, iri: str, name: str) -> str:
        """The first of `words`; empty where there is none."""
        found = self._values.get(iri, {}).get(_full(name), ())
        if len(found) > 1:
            return next(iter(self.words(iri, name)), "")
        return next((each.value for each in map(_term, found) if isinstance(each, ox.Literal)), "")

    def label(self, iri: str) -> str:
        """What a thing, concept, source or term is called; what its IRI ends in if nothing says."""
        if iri not in self._called:
            texts = (self.text(iri, name) for name in _LABELS)
            self._called[iri] = next(filter(None, texts), local_name(iri))
        return self._called[iri]

    def labels(self, iris: Iterable[str]) -> list[str]:
        """The label of each."""
        return [self.label(iri) for iri in iris]

    def notes(self, texts: Iterable[str]) -> list[str]:
        """The designation notes of the names that stand in `texts`, each after its name."""
        every = "\n".join(texts)
        return [f"{name} {note}" for name, note in sorted(self._notes.items()) if name in every]


@lru_cache(None)
def short(iri: str) -> str:
    """What people type for a thing: a record's or source's id, `list/term` for a concept.

    A node within a thing has the id of that and its own; any other IRI stays as it is.
    """
    match iri.removeprefix(BASE).split("/"):
        case ["id", _, *rest] if rest:
            return "/".join(rest)
        case ["vocab" | "source" | "claim" | "quote", *rest] if rest:
            return "/".join(rest)
    return iri
