"""Provenance of a result row: the facts that its query matched, with the evidence of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import pyoxigraph as ox

from ..graph.claims import Evidence, claim_rank, claimed_statement, evidence, values
from ..model.dates import date_range
from ..model.namespaces import expand, graph_iri, local_name
from ..model.schema import Ontology
from ..model.terms import NO_IRI, Iri, NTerm, Term, parse_term
from ..syntax.sparql_patterns import TriplePattern
from ..syntax.sparql_results import solutions_of
from .binding import substitute_terms
from .property_paths import triples_on_path
from .why_probe import MarkedGroup, QueryProbe, probe

RowTerms: TypeAlias = "Mapping[str, Term | None]"


@dataclass(frozen=True, slots=True)
class RowReason:
    """One fact that supports a row, as terms.

    `evidence` are its claims. A triple without a claim has an `origin`, the graph that contains it
    (facts, vocabulary, ontology, or catalog for the metadata of a source). If it is derived from
    claimed facts, these are its `basis`: those of a time bound, a participation, or the class of a
    thing.
    """

    subject: ox.NamedNode
    predicate: ox.NamedNode
    object: Term
    evidence: tuple[Evidence, ...] = ()
    basis: tuple[RowReason, ...] = ()
    origin: str = ""

    def all(self) -> tuple[RowReason, ...]:
        """The fact itself and those that it is derived from."""
        return (self, *self.basis)


def why(
    store: ox.Store, ontology: Ontology, text: str, bindings: Mapping[str, Term], row: RowTerms
) -> tuple[RowReason, ...]:
    """The facts that support `row` of the SELECT `text`, claimed ones first.

    `bindings` are the values of its parameters. For an aggregate row, they are the facts of all
    solutions in its group. Negation (NOT EXISTS, MINUS) has no facts. Raises UsageError for a query
    whose rows have no reasons: one that is not a SELECT, or has SERVICE.
    """
    search = _MatchSearch(store)
    search.search(probe(substitute_terms(text, bindings)), row)
    reasons = _FactReader(store, ontology).reasons(search.triples)
    return tuple(sorted(reasons, key=_order))


def _order(reason: RowReason) -> tuple[int, str, str, str]:
    place = 0 if reason.evidence else 1 if reason.basis else 2
    return place, str(reason.subject), str(reason.predicate), str(reason.object)


@dataclass(slots=True)
class _MatchSearch:
    """Collects the triples that a query matched for a row."""

    store: ox.Store
    triples: set[ox.Triple] = field(default_factory=set)
    done: set[tuple[int, frozenset[tuple[str, Term | None]]]] = field(default_factory=set)

    def search(self, query_probe: QueryProbe, row: RowTerms) -> None:
        """Add the triples that `query_probe` matched in the solutions of `row`."""
        key = id(query_probe), frozenset(row.items())
        if key in self.done:
            return
        self.done.add(key)
        certain_names = query_probe.group.certain - query_probe.hidden - query_probe.computed
        pinned = {name: term for name, term in row.items() if term and name in certain_names}
        text = substitute_terms(query_probe.text, pinned)
        answer = solutions_of(self.store.query(text, use_default_graph_as_union=True))
        names = [variable.value for variable in answer.variables]
        for bindings in answer:
            solution = dict(zip(names, bindings, strict=True))
            if all(solution[name] == row[name] for name in names if name in row):
                for group in query_probe.group.all():
                    if solution.get(group.mark) is not None:
                        self.add(group, solution)

    def add(self, group: MarkedGroup, solution: RowTerms) -> None:
        """Add the triples that a group matched in a solution, with its sub-selects and EXISTS."""
        for pattern in group.patterns:
            if not pattern.negated:
                self.triples |= self.matched(pattern, solution)
        for inner in group.selects:
            shown = {
                name: term
                for name, term in solution.items()
                if inner.columns is None or name in inner.columns
            }
            self.search(inner, shown)
        for inner in group.exists:
            bound = {name: term for name, term in solution.items() if term}
            self.search(inner, bound)

    def matched(self, pattern: TriplePattern, solution: RowTerms) -> set[ox.Triple]:
        subject, goal = (
            _pattern_term(pattern.subject, solution),
            _pattern_term(pattern.object, solution),
        )
        path = pattern.path
        if isinstance(path, str):
            predicate = _pattern_term(path, solution)
            if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
                return set()
            quads = self.store.quads_for_pattern(subject, predicate, goal, None)
            return {quad.triple for quad in quads}
        if subject is not None:
            return triples_on_path(self.store, path, subject, goal)
        return triples_on_path(self.store, ("^", path), goal, None) if goal is not None else set()


def _pattern_term(text: str, solution: RowTerms) -> Term | None:
    return solution.get(text[1:]) if text.startswith("?") else _cached_term(NTerm(text))


_cached_term = lru_cache(maxsize=1024)(parse_term)


class _FactReader:
    """Maps matched triples to the claimed facts that support them."""

    def __init__(self, store: ox.Store, ontology: Ontology) -> None:
        self.store = store
        self.ontology = ontology
        self.roles = {concept: predicate for predicate, concept in ontology.roles.items()}

    def reasons(self, triples: Iterable[ox.Triple]) -> set[RowReason]:
        """The facts among the triples, and those that matched claims and quotes are about."""
        reasons: set[RowReason] = set()
        claims: set[ox.NamedNode] = set()
        quotes: set[ox.NamedNode] = set()
        for triple in triples:
            subject = triple.subject
            if not isinstance(subject, ox.NamedNode):
                continue
            if self.value_of(subject, "rdf:subject") is not None:
                claims.add(subject)
            elif self.value_of(subject, "oa:exact") is not None:
                quotes.add(subject)
            else:
                reasons.add(self.reason(subject, triple.predicate, triple.object))
        for quote in quotes:
            quoted = set(self.subjects_with("pcve:quote", quote))
            claims |= quoted if not quoted & claims else set()
        return reasons | {self.reason_of_claim(claim) for claim in claims}

    def reason(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term) -> RowReason:
        """The reason for a triple outside the evidence graph."""
        claims = self.claims(subject, predicate, value)
        if claims:
            return RowReason(subject, predicate, value, self.evidence_of(claims))
        basis = self.basis(subject, predicate, value)
        origin = self.graph_of(subject, predicate, value)
        return RowReason(subject, predicate, value, basis=basis, origin=origin)

    def evidence_of(self, claims: Iterable[ox.NamedNode]) -> tuple[Evidence, ...]:
        return tuple(sorted((evidence(self.store, claim) for claim in claims), key=claim_rank))

    def reason_of_claim(self, claim: ox.NamedNode) -> RowReason:
        """The fact that `claim` states, with that claim as its only evidence."""
        subject, predicate, value = (
            self.value_of(claim, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")
        )
        statement = claimed_statement(claim, subject, predicate, value)
        return RowReason(*statement, self.evidence_of([claim]))

    def claims(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> list[ox.NamedNode]:
        """The claims of a triple."""
        return [
            claim
            for claim in self.subjects_with("rdf:subject", subject)
            if self.value_of(claim, "rdf:predicate") == predicate
            and self.value_of(claim, "rdf:object") == value
        ]

    def basis(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> tuple[RowReason, ...]:
        """The claimed facts that the build derived a triple from; empty for other triples."""
        kind = self.value_of(subject, "rdf:type")
        name = Iri(kind.value) if isinstance(kind, ox.NamedNode) else NO_IRI
        if name == expand("pcve:Participation"):
            return self.participation(subject)
        if parts := self.involvement(subject, predicate, value):
            return parts
        if predicate.value == expand("rdf:type"):
            return self.naming_facts(subject)
        shape = self.ontology.by_iri.get(name)
        keys = shape.keys.values() if shape else ()
        reasons: list[RowReason] = []
        for key in keys:
            if predicate.value in key.derives:
                reasons += self.bounding_dates(subject, ox.NamedNode(key.path), predicate, value)
        return tuple(sorted(set(reasons), key=_order))

    def naming_facts(self, node: ox.NamedNode) -> tuple[RowReason, ...]:
        """The claimed names of a thing, or the facts whose value is a node within a record."""
        named = ox.NamedNode(expand("skos:prefLabel"))
        facts = [(node, named, value) for value in values(self.store, node, named.value)]
        for claim in () if facts else self.subjects_with("rdf:object", node):
            subject, predicate = (
                self.value_of(claim, "rdf:subject"),
                self.value_of(claim, "rdf:predicate"),
            )
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode):
                facts.append((subject, predicate, node))
        reasons = {RowReason(*fact, self.evidence_of(self.claims(*fact))) for fact in facts}
        return tuple(sorted((reason for reason in reasons if reason.evidence), key=_order))

    def participation(self, node: ox.NamedNode) -> tuple[RowReason, ...]:
        """The fact that a participation is derived from."""
        event, actor, role = (
            self.value_of(node, name) for name in ("pcve:inEvent", "pcve:actor", "pcve:role")
        )
        predicate = self.roles.get(Iri(role.value)) if isinstance(role, ox.NamedNode) else None
        if predicate is None or actor is None or not isinstance(event, ox.NamedNode):
            return ()
        claims = self.claims(event, ox.NamedNode(predicate), actor)
        return (RowReason(event, ox.NamedNode(predicate), actor, self.evidence_of(claims)),)

    def involvement(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> tuple[RowReason, ...]:
        """The actor and the role of each involvement that implies a triple."""
        directions = (
            (subject, value, self.ontology.implied),
            (value, subject, self.ontology.implied_inversely),
        )
        reasons: list[RowReason] = []
        for whole, actor, implied in directions:
            if not isinstance(whole, ox.NamedNode) or predicate.value not in implied.values():
                continue
            for node in values(self.store, whole, expand("pcve:hasInvolvement")):
                role = self.value_of(node, "pcve:role") if isinstance(node, ox.NamedNode) else None
                if not isinstance(node, ox.NamedNode) or not isinstance(role, ox.NamedNode):
                    continue
                path = implied.get(Iri(role.value))
                if path != predicate.value or self.value_of(node, "pcve:actor") != actor:
                    continue
                for name, stated in (("pcve:actor", actor), ("pcve:role", role)):
                    key = ox.NamedNode(expand(name))
                    evidence_of_part = self.evidence_of(self.claims(node, key, stated))
                    reasons.append(RowReason(node, key, stated, evidence_of_part))
        return tuple(sorted(set(reasons), key=_order))

    def bounding_dates(
        self, subject: ox.NamedNode, key: ox.NamedNode, predicate: ox.NamedNode, bound: Term
    ) -> list[RowReason]:
        """The dates of `subject` under `key` that give `bound`, the value of `predicate`."""
        name = local_name(predicate.value)
        reasons = []
        for date in values(self.store, subject, key.value):
            days = date_range(str(getattr(date, "value", "")))
            day = days.bound(name) if days else None
            if day and day.isoformat() == getattr(bound, "value", ""):
                claims = self.claims(subject, key, date)
                if claims:
                    reasons.append(RowReason(subject, key, date, self.evidence_of(claims)))
        return reasons

    def graph_of(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term) -> str:
        for quad in self.store.quads_for_pattern(subject, predicate, value, None):
            if isinstance(quad.graph_name, ox.NamedNode):
                return local_name(quad.graph_name.value)
        return local_name(graph_iri("facts"))

    def value_of(self, node: ox.NamedNode, name: str) -> Term | None:
        return next(values(self.store, node, expand(name)), None)

    def subjects_with(self, name: str, value: Term) -> list[ox.NamedNode]:
        quads = self.store.quads_for_pattern(None, ox.NamedNode(expand(name)), value, None)
        return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
