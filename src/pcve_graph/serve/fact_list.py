"""The facts behind an answer, numbered, each once, with the sources of their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..analysis.overlaps.supporting_facts import SupportingFact
from ..graph.claims import Evidence, grade_of
from ..graph.labels import labels
from ..model import namespaces
from ..model.namespaces import LABELS, expand
from ..model.terms import Term
from ..model.text_fragments import text_fragment_link
from ..query.thing_view import ThingFact, ThingView, source_references
from ..query.why import RowReason
from .answers import EvidenceEntry, FactEntry, SourceEntry, ThingRef, json_size

_IN_LIST: Final = f"{namespaces.BASE}vocab/"
"""What the IRI of a term of a closed list begins with."""

MOST_PIECES: Final = 4
"""The most pieces of evidence of a fact that an answer has; the best come first."""

_NAMING: Final = frozenset(map(expand, (*LABELS, "rdf:type")))
"""The properties of facts that say least about a row: they come last."""


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact before it has a number."""

    subject: ThingRef
    property: str
    value: ThingRef | str
    evidence: tuple[Evidence, ...] = ()
    origin: str = ""
    holds: str = ""
    dates: str = ""


def thing_ref(store: ox.Store, iri: str) -> ThingRef:
    """A thing by its IRI, with its label and the id that opens it."""
    return ThingRef(labels(store, [ox.NamedNode(iri)])[iri], iri, _id(iri))


def _id(iri: str) -> str:
    match iri.removeprefix(namespaces.BASE).split("/"):
        case ["id", _, identifier, *_]:
            return identifier
        case ["vocab", scheme, term]:
            return f"{scheme}/{term}"
        case ["source", identifier]:
            return f"source/{identifier}"
    return ""


def term_value(store: ox.Store, term: Term) -> ThingRef | str:
    """A term as the value of a fact: a thing, or the text of a literal."""
    if isinstance(term, ox.NamedNode):
        return thing_ref(store, term.value)
    return str(getattr(term, "value", term))


def row_facts(store: ox.Store, reasons: Iterable[RowReason]) -> Iterator[StatedFact]:
    """The facts behind a row: claimed ones first, names and classes after these, then the rest."""
    facts = list(dict.fromkeys(fact for reason in reasons for fact in reason.all()))
    facts = [fact for fact in facts if fact.evidence or not fact.basis]

    def order(fact: RowReason) -> tuple[bool, bool]:
        return not fact.evidence, fact.predicate.value in _NAMING

    for fact in sorted(facts, key=order):
        yield StatedFact(
            thing_ref(store, fact.subject.value),
            labels(store, [fact.predicate])[fact.predicate.value],
            term_value(store, fact.object),
            fact.evidence,
            "" if fact.evidence else fact.origin,
        )


def supporting_facts(store: ox.Store, proofs: Iterable[SupportingFact]) -> Iterator[StatedFact]:
    """The facts that an overlap rests on; the part of the score that each supports is named."""
    for proof in proofs:
        subject = thing_ref(store, proof.work.iri)
        yield StatedFact(subject, f"{proof.key} ({proof.part})", proof.value, proof.evidence)


def thing_facts(store: ox.Store, view: ThingView) -> Iterator[StatedFact]:
    """The facts of a thing, in the order of its page; of a source, those that rest on it."""
    subject = ThingRef(view.label, view.iri, _id(view.iri))
    for fact in view.facts:
        yield _thing_fact(store, subject, fact)
    for record in view.supported:
        for fact in record.facts:
            yield _thing_fact(store, ThingRef(record.label, id=record.id), fact)
    for incoming in view.named_by:
        dates = dict.fromkeys(filter(None, (incoming.start, incoming.end)))
        yield StatedFact(
            ThingRef(incoming.label, id=incoming.id),
            incoming.property,
            subject,
            incoming.evidence,
            holds=incoming.holds,
            dates=" to ".join(dates),
        )


def _thing_fact(store: ox.Store, subject: ThingRef, fact: ThingFact) -> StatedFact:
    """A fact of a thing; facts nested in it are its value, as text, and their evidence its own."""
    is_simple = isinstance(fact.term, ox.NamedNode) and not fact.inner
    value = thing_ref(store, fact.term.value) if is_simple else nested_text(fact)  # type: ignore[union-attr]
    pieces = tuple(dict.fromkeys(_pieces(fact)))
    origin = "" if pieces else "vocabulary" if _IN_LIST in subject.iri else "catalog"
    return StatedFact(subject, fact.label, value, pieces, origin, fact.holds)


def nested_text(fact: ThingFact) -> str:
    """The value of a fact, or the facts nested in it: `actor: OSCE; role: organiser`."""
    if not fact.inner:
        return fact.value
    return "; ".join(f"{inner.label}: {nested_text(inner)}" for inner in fact.inner)


def _pieces(fact: ThingFact) -> Iterator[Evidence]:
    if not fact.inner:
        yield from fact.evidence
    for inner in fact.inner:
        yield from _pieces(inner)


def _brief(thing: ThingRef) -> ThingRef:
    """A thing without its IRI, where an id stands for it: facts repeat things many times."""
    return ThingRef(thing.label, "" if thing.id else thing.iri, thing.id)


class FactList:
    """Facts with their numbers, from 1, as long as they take at most `most_bytes` as JSON.

    If it is `whole`, evidence has the fingerprints of passages.
    """

    def __init__(self, store: ox.Store, most_bytes: int, whole: bool = True) -> None:
        self._whole = whole
        self.facts: list[FactEntry] = []
        self.bytes_left = most_bytes
        self._store = store
        self._numbers: dict[tuple[object, ...], int] = {}
        self._sources: dict[str, SourceEntry] = {}

    @property
    def sources(self) -> list[SourceEntry]:
        """The sources of the facts, in the order in which they are first named."""
        return list(self._sources.values())

    def number(self, fact: StatedFact) -> int | None:
        """The number of a fact, which is added to the list; None where there is no space for it."""
        key = (fact.subject, fact.property, fact.value, fact.holds)
        if key in self._numbers:
            return self._numbers[key]
        pieces = fact.evidence[:MOST_PIECES]
        sources = self._new_sources(pieces)
        evidence = [self._entry(piece, sources) for piece in pieces]
        entry = FactEntry(
            len(self.facts) + 1,
            _brief(fact.subject),
            fact.property,
            fact.value if isinstance(fact.value, str) else _brief(fact.value),
            grade_of(fact.evidence).value if fact.evidence else "",
            evidence,
            fact.origin,
            fact.holds,
            fact.dates,
        )
        size = json_size(entry) + sum(map(json_size, sources.values()))
        if size > self.bytes_left:
            return None
        self.bytes_left -= size
        self._sources |= sources
        self.facts.append(entry)
        self._numbers[key] = entry.number
        return entry.number

    def _new_sources(self, pieces: Iterable[Evidence]) -> dict[str, SourceEntry]:
        """The sources of `pieces` that the list does not have."""
        return {
            source.id: SourceEntry(source.id, source.title, source.address, source.archived)
            for source in source_references(self._store, pieces)
            if source.id not in self._sources
        }

    def _entry(self, piece: Evidence, sources: dict[str, SourceEntry]) -> EvidenceEntry:
        identifier = piece.source[0]
        address = (sources.get(identifier) or self._sources[identifier]).address
        passage = piece.passage
        return EvidenceEntry(
            identifier,
            grade_of([piece]).value,
            piece.certainty,
            text_fragment_link(address, piece.words),
            piece.quote,
            passage.says if passage else "",
            passage.sha256 if passage and self._whole else "",
            passage.words if passage and self._whole else 0,
            piece.locator,
            piece.date_read,
            piece.rank,
            piece.contested,
            piece.is_withdrawn,
            piece.unassigned,
            piece.note,
            [f"{reader}: {verdict}" for reader, verdict in piece.readings],
        )
