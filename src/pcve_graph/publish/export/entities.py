"""The things of a part, as the formats that are no RDF look at them."""

from __future__ import annotations

import importlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from ...graph.serialize import Statement, Value, prefixed
from ...model.namespaces import BASE, expand, local_name
from ...model.problems import UsageError
from .subset import NAMES, Part

_LABELS = ("skos:prefLabel", "rdfs:label", "dcterms:title")


@lru_cache(None)
def _full(name: str) -> str:
    return name if "//" in name else expand(name)


_NAMING = frozenset(map(_full, NAMES))


@lru_cache(None)
def value(text: str) -> Value:
    """The value that a line of N-Triples, as the build writes it, has in this form."""
    if text[0] == "<":
        return Value("@id", text[1:-1])
    body, _, kind = text.rpartition('"')
    words = json.loads(f'{body}"', strict=False) if "\\" in body else body[1:]
    if kind.startswith("@"):
        return Value("@language", words, kind[1:])
    return Value(prefixed(kind[3:-1]) if kind else "xsd:string", words)


_NOTHING: Final[Mapping[str, list[str]]] = {}


class Things:
    """The nodes of some graphs of a part. Names of properties and classes are prefixed ones."""

    def __init__(self, part: Part, *graphs: str) -> None:
        self._values: dict[str, dict[str, list[str]]] = {}
        last = ""
        values: dict[str, list[str]] = {}
        for line in part.merged(*graphs):
            subject, predicate, value = line[:-2].split(" ", 2)
            if subject != last:
                last, values = subject, {}
                self._values[subject[1:-1]] = values
            values.setdefault(predicate[1:-1], []).append(value)
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

    def said(self, iri: str) -> Mapping[str, Sequence[str]]:
        """All that is said of a thing: `values` by the IRIs of its properties."""
        return self._values.get(iri, _NOTHING)

    def statements(self) -> Iterator[Statement]:
        """All that is said: by subject, its type first, then in the order of the lines."""
        kind = _full("rdf:type")
        for iri, values in self._values.items():
            for predicate in sorted(values, key=lambda each: each != kind):
                for text in values[predicate]:
                    yield iri, predicate, value(text)

    def is_told(self, iri: str) -> bool:
        """Whether more is said of a thing than what it is and what it is called."""
        return bool(self.said(iri).keys() - _NAMING)

    def values(self, iri: str, name: str) -> Sequence[str]:
        """The values of a property, as N-Triples writes them; `name` may also be its IRI."""
        return self.said(iri).get(_full(name), ())

    def refs(self, iri: str, name: str) -> list[str]:
        """The values that are IRIs."""
        return [each[1:-1] for each in self.values(iri, name) if each[0] == "<"]

    def words(self, iri: str, name: str) -> list[str]:
        """The values that are literals, those in English first."""
        found = [each for each in self.values(iri, name) if each[0] == '"']
        if len(found) > 1:
            found.sort(key=lambda each: not each.endswith('"@en'))
        return [value(each).text for each in found]

    def text(self, iri: str, name: str) -> str:
        """The first of `words`; empty where there is none."""
        return next(iter(self.words(iri, name)), "")

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


def library(module: str, extra: str) -> Any:
    """The module, which the extra `extra` brings. Raises UsageError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise UsageError(
            f"this format needs {module.partition('.')[0]}, which is not installed; "
            f'run pip install "pcve-graph[{extra}]", or [exports] for all formats'
        ) from None
