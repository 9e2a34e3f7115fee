"""How the facts of an export stand: stated plainly, inferred, or contested by another claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from ...model.namespaces import LABELS, concept_iri
from ...model.standing import CONTESTED, INFERRED, joined_standings, word_of_status
from ...model.terms import Iri, NTerm, is_iri, to_iri
from .entities import Entities, full_iri, term_value

Fact = tuple[Iri, Iri, NTerm]
"""Subject and property as IRIs, and the value."""

_INFERRED_IRI: Final = concept_iri("certainty", "inferred")

DATES: Final = ("schema:startDate", "schema:endDate")
_LABELS: Final = frozenset(map(full_iri, LABELS))
_DECIDING: Final = ("pcve:status", *DATES, "schema:location")
"""The facts that decide whether, when and where an event takes place."""


class Standings:
    """The standing of each fact, from the evidence of a part.

    A fact is inferred where all that supports it is, contested where a claim that is not taken
    says otherwise. The direct property of an involvement stands as the claims that it follows from.
    """

    def __init__(self, evidence: Entities) -> None:
        self._certainties: dict[Fact, set[Iri]] = defaultdict(set)
        self._sources: dict[Fact, set[Iri]] = defaultdict(set)
        self._contested: set[Fact] = set()
        facts = _stated_by(evidence, "pcve:Claim")
        for claim, fact in facts.items():
            for piece in evidence.refs(claim, "pcve:evidence"):
                self._certainties[fact].update(evidence.refs(piece, "pcve:certainty"))
                self._sources[fact].update(evidence.refs(piece, "prov:hadPrimarySource"))
            conflicting = [
                ref for ref in evidence.refs(claim, "pcve:conflictsWith") if ref in facts
            ]
            self._contested.update(facts[ref] for ref in (claim, *conflicting) if conflicting)
        for derived, fact in _stated_by(evidence, "pcve:DerivedStatement").items():
            certainties = evidence.refs(derived, "pcve:certainty")
            if not certainties:
                continue
            self._certainties[fact].update(certainties)
            claims = evidence.refs(derived, "prov:wasDerivedFrom")
            origins = [facts[claim] for claim in claims if claim in facts]
            self._sources[fact].update(*(self._sources[origin] for origin in origins))
            if not self._contested.isdisjoint(origins):
                self._contested.add(fact)

    def of(self, facts: Iterable[Fact], status: Iterable[Iri] = ()) -> str:
        """The words that apply to any of these facts, joined by `, `; empty if all stand plainly.

        `status` are the statuses of the thing that a row is about.
        """
        apply = {word_of_status(iri) for iri in status}
        for fact in facts:
            if self._certainties.get(fact) == {_INFERRED_IRI}:
                apply.add(INFERRED)
            if fact in self._contested:
                apply.add(CONTESTED)
        return joined_standings(apply)

    def of_event(self, entities: Entities, event: Iri) -> str:
        """`of` the facts that decide whether, when and where an event takes place."""
        statuses = entities.refs(event, "pcve:status")
        return self.of(facts_of(entities, event, *_DECIDING), statuses)

    def in_words(self, entities: Entities, iri: Iri, properties: Mapping[str, str]) -> str:
        """Which facts of a thing do not stand plainly: `inferred (start; topic: Youth), announced`.

        `properties` has the properties that a format shows by the words for them. The values are
        named where only some of a property are concerned. Empty if all stand plainly.
        """
        clauses = []
        for word in (INFERRED, CONTESTED):
            concerned = []
            for part, name in properties.items():
                facts = facts_shown(entities, iri, name)
                marked = [fact for fact in facts if word in self.of([fact]).split(", ")]
                if marked:
                    values = ", ".join(_value_text(entities, fact[2]) for fact in marked)
                    concerned.append(part if marked == facts else f"{part}: {values}")
            if concerned:
                clauses.append(f"{word} ({'; '.join(concerned)})")
        if announced := self.of([], entities.refs(iri, "pcve:status")):
            clauses.append(announced)
        return ", ".join(clauses)

    def sources(self, facts: Iterable[Fact]) -> list[Iri]:
        """The sources of all claims that state any of these facts, sorted."""
        return sorted({source for fact in facts for source in self._sources.get(fact, ())})


def _stated_by(evidence: Entities, name: str) -> dict[Iri, Fact]:
    """The facts that the claims or derived statements of a part state, by their IRIs."""
    return {
        node: (subject, predicate, value)
        for node in evidence.of(name)
        for subject in evidence.refs(node, "rdf:subject")
        for predicate in evidence.refs(node, "rdf:predicate")
        for value in evidence.values(node, "rdf:object")
    }


def _value_text(entities: Entities, term: NTerm) -> str:
    return entities.label(to_iri(term)) if is_iri(term) else term_value(term).text


def facts_of(entities: Entities, iri: Iri, *names: str) -> list[Fact]:
    """The facts of an entity for these properties, given by prefixed name or IRI."""
    return [(iri, full_iri(name), value) for name in names for value in entities.values(iri, name)]


def facts_shown(entities: Entities, iri: Iri, *names: str) -> list[Fact]:
    """`facts_of`, but of the names of an entity only the one that is its label."""
    return [
        fact
        for name in names
        for fact in facts_of(entities, iri, name)
        if full_iri(name) not in _LABELS or term_value(fact[2]).text == entities.label(iri)
    ]
