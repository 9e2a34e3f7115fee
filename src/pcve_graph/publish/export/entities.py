"""The entities of a part with their values, for the formats that are not RDF."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import ModuleType
from typing import Final

from ...graph.serialize import JsonLdStatement, JsonLdValue, prefixed
from ...model.languages import canonical_tag
from ...model.namespaces import BASE, LABELS, expand, local_name
from ...model.problems import MissingLibraryError, NothingToWriteError
from ...model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    from_iri,
    has_language,
    is_iri,
    is_literal,
    literal_parts,
    parse_statement,
    to_iri,
)
from .subset import NAMING_PROPERTIES, GraphPart


@lru_cache(None)
def full_iri(name: str) -> Iri:
    """The IRI that a prefixed name stands for; an IRI is unchanged."""
    return Iri(name) if "//" in name else expand(name)


_NAMING = frozenset(map(full_iri, NAMING_PROPERTIES))


@lru_cache(None)
def term_value(term: NTerm) -> JsonLdValue:
    """The value of an N-Triples term."""
    if is_iri(term):
        return JsonLdValue("@id", to_iri(term))
    text, language, datatype = literal_parts(term)
    if language:
        return JsonLdValue("@language", text, canonical_tag(language))
    return JsonLdValue(prefixed(datatype) if datatype else "xsd:string", text)


_NOTHING: Final[Mapping[Iri, list[NTerm]]] = {}


class Entities:
    """The nodes of some graphs of a part. Properties and classes are given by prefixed name."""

    def __init__(self, part: GraphPart, *graphs: str) -> None:
        self._values: dict[Iri, dict[Iri, list[NTerm]]] = {}
        self._named = frozenset(map(to_iri, part.named))
        self._selection = part.selection
        last = NO_TERM
        values: dict[Iri, list[NTerm]] = {}
        for line in part.merged(*graphs):
            subject, predicate, value = parse_statement(line)
            if subject != last:
                last, values = subject, {}
                self._values[to_iri(subject)] = values
            values.setdefault(to_iri(predicate), []).append(value)
        self._classes: dict[Iri, list[Iri]] = defaultdict(list)
        for iri, values in self._values.items():
            for kind in values.get(full_iri("rdf:type"), ()):
                self._classes[to_iri(kind)].append(iri)
        self._labels: dict[Iri, str] = {}
        self._notes = {
            self.label(iri): self.text(iri, "pcve:designationNote")
            for iri, values in self._values.items()
            if full_iri("pcve:designationNote") in values
        }

    def of(self, *classes: str) -> list[Iri]:
        """The IRIs of the instances of these classes (prefixed names or IRIs), sorted."""
        return sorted({iri for name in classes for iri in self._classes.get(full_iri(name), ())})

    def all(self) -> list[Iri]:
        """The IRIs of all subjects, sorted."""
        return sorted(self._values)

    def kinds(self, iri: Iri) -> list[Iri]:
        """The IRIs of the classes of an entity."""
        return self.refs(iri, "rdf:type")

    def values_by_property(self, iri: Iri) -> Mapping[Iri, Sequence[NTerm]]:
        """The N-Triples terms of an entity by the IRIs of its properties."""
        return self._values.get(iri, _NOTHING)

    def statements(self) -> Iterator[JsonLdStatement]:
        """All statements: by subject, rdf:type first, then in the order of the lines."""
        rdf_type = full_iri("rdf:type")
        for iri, values in self._values.items():
            for predicate in sorted(values, key=lambda iri: iri != rdf_type):
                for text in values[predicate]:
                    yield iri, predicate, term_value(text)

    def is_described(self, iri: Iri) -> bool:
        """Whether the part describes an entity, and has more than its type and its names.

        One that another has replaced is retired, and not described.
        """
        properties = self.values_by_property(iri).keys()
        is_retired = full_iri("dcterms:isReplacedBy") in properties
        return iri not in self._named and not is_retired and bool(properties - _NAMING)

    @property
    def is_part(self) -> bool:
        """Whether the part was selected from a graph."""
        return self._selection is not None

    @property
    def has_period(self) -> bool:
        """Whether the part was selected by a period."""
        return self._selection is not None and self._selection.has_period

    def selected(self, iri: Iri) -> str:
        """`yes` for what matches all options and what is nested in it, `no` for all else."""
        term, selection = from_iri(iri), self._selection
        chosen = selection is None or term in selection.holds or term in selection.nodes
        return "yes" if chosen else "no"

    def holds(self, iri: Iri) -> str:
        """Whether a thing that matches is in the period: `yes` or `not known`; else empty."""
        selection = self._selection
        is_dated = selection is not None and selection.has_period
        return selection.holds.get(from_iri(iri), "") if selection and is_dated else ""

    def values(self, iri: Iri, name: str) -> Sequence[NTerm]:
        """The values of a property as N-Triples terms; `name` may also be its IRI."""
        return self.values_by_property(iri).get(full_iri(name), ())

    def refs(self, iri: Iri, name: str) -> list[Iri]:
        """The values of a property that are IRIs."""
        return [to_iri(term) for term in self.values(iri, name) if is_iri(term)]

    def literals(self, iri: Iri, name: str) -> list[str]:
        """The values of a property that are literals, those in English first."""
        literals = [term for term in self.values(iri, name) if is_literal(term)]
        if len(literals) > 1:
            literals.sort(key=lambda term: not has_language(term, "en"))
        return [term_value(literal).text for literal in literals]

    def text(self, iri: Iri, name: str) -> str:
        """The first of `literals`; empty without any."""
        return next(iter(self.literals(iri, name)), "")

    def label(self, iri: Iri) -> str:
        """The label of an entity, concept, source or term; the local name where it has none."""
        if iri not in self._labels:
            texts = (self.text(iri, name) for name in LABELS)
            self._labels[iri] = next(filter(None, texts), local_name(iri))
        return self._labels[iri]

    def labels(self, iris: Iterable[Iri]) -> list[str]:
        """The labels of these IRIs."""
        return [self.label(iri) for iri in iris]

    def notes(self, texts: Iterable[str]) -> list[str]:
        """The designation notes of the names that occur in `texts`, each after its name."""
        joined = "\n".join(texts)
        return [f"{name} {note}" for name, note in sorted(self._notes.items()) if name in joined]


def described_events(entities: Entities) -> list[Iri]:
    """The events that a part describes. Raises NothingToWriteError where there is none."""
    events = [event for event in entities.of("pcve:Event") if entities.is_described(event)]
    if not events:
        raise NothingToWriteError("no event matches")
    return events


def left_out_events(
    part: GraphPart, is_shown: Callable[[Entities, Iri], object], reason: str
) -> tuple[str, ...]:
    """A line that counts the events that a format does not show; none if it shows all.

    Raises NothingToWriteError without events.
    """
    entities = Entities(part, "facts")
    events = described_events(entities)
    number = sum(not is_shown(entities, event) for event in events)
    return (f"left out: {number:,} of {len(events):,} events: {reason}",) if number else ()


@lru_cache(None)
def short_id(iri: Iri) -> str:
    """The short id of an IRI: the id of a record or source, `list/term` for a concept.

    A node nested in a record has the id of the record, then its own; other IRIs are unchanged.
    """
    match iri.removeprefix(BASE).split("/"):
        case ["id", _, *rest] if rest:
            return "/".join(rest)
        case ["vocab" | "source" | "claim" | "evidence" | "quote" | "passage", *rest] if rest:
            return "/".join(rest)
    return iri


def import_optional(module: str, extra: str) -> ModuleType:
    """The module, which the extra `extra` installs. Raises MissingLibraryError without it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingLibraryError(
            f"this format requires {module.partition('.')[0]}, which is not installed; "
            f'run pip install "pcve-graph[{extra}]", or [exports] for all formats'
        ) from None
