"""Provenance of a result row: the facts that its query matched, with the evidence of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..graph.claims import Evidence, claimed_statement, evidence, values
from ..model.namespaces import expand, graph_iri, hashed_iri, local_name
from ..model.terms import NTerm, Term, from_term, parse_term
from ..syntax.sparql_patterns import TriplePattern
from ..syntax.sparql_results import solutions_of
from .binding import substitute_terms
from .lists import agree
from .property_paths import triples_on_path
from .why_probe import MarkedGroup, QueryProbe, probe

_EVIDENCE: Final = expand("pcve:evidence")
RowTerms: TypeAlias = "Mapping[str, Term | None]"


@dataclass(frozen=True, slots=True)
class RowReason:
    """One fact that supports a row, as terms.

    `evidence` is that of its claim. A triple without a claim has an `origin`, the graph that
    contains it (facts, vocabulary, ontology, or catalog for the metadata of a source). If it is
    derived from claimed facts, these are its `basis`: those of a time bound, a participation, or
    the class of a thing.
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
    store: ox.Store, text: str, bindings: Mapping[str, Term], row: RowTerms
) -> tuple[RowReason, ...]:
    """The facts that support `row` of the SELECT `text`, claimed ones first.

    `bindings` are the values of its parameters. For an aggregate row, they are the facts of all
    solutions in its group. Negation (NOT EXISTS, MINUS) has no facts. Raises UsageError for a query
    whose rows have no reasons: one that is not a SELECT, or has SERVICE.
    """
    search = _MatchSearch(store)
    search.search(probe(substitute_terms(text, bindings)), row)
    reasons = _FactReader(store).reasons(search.triples)
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
            if agree(row, solution):
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

    def __init__(self, store: ox.Store) -> None:
        self.store = store

    def reasons(self, triples: Iterable[ox.Triple]) -> set[RowReason]:
        """The facts among the triples, and those that matched claims and evidence are about.

        Where triples of single pieces of evidence matched, a claim has these alone.
        """
        reasons: set[RowReason] = set()
        claims: dict[ox.NamedNode, set[str]] = {}
        parts: set[ox.NamedNode] = set()
        for triple in triples:
            subject = triple.subject
            if not isinstance(subject, ox.NamedNode):
                continue
            if self.is_claim(subject):
                pieces = claims.setdefault(subject, set())
                if triple.predicate.value == _EVIDENCE:
                    pieces.add(str(getattr(triple.object, "value", "")))
            elif self.stating(subject):
                parts.add(subject)
            else:
                reasons.add(self.reason(subject, triple.predicate, triple.object))
        matched_claims = frozenset(claims)
        for part in parts:
            stating = self.stating(part)
            if not stating.keys() & matched_claims:
                for claim, pieces in stating.items():
                    claims.setdefault(claim, set()).update(pieces)
        stated = {(reason.subject, reason.predicate, reason.object) for reason in reasons}
        for claim, pieces in claims.items():
            reason = self.reason_of_claim(claim, pieces)
            if (reason.subject, reason.predicate, reason.object) not in stated:
                reasons.add(reason)
        return reasons

    def is_claim(self, node: ox.NamedNode) -> bool:
        """Whether a node is a claim, and not a statement that is derived from one."""
        return self.value_of(node, "pcve:evidence") is not None

    def stating(self, node: ox.NamedNode) -> dict[ox.NamedNode, set[str]]:
        """The claims that a node of the evidence belongs to.

        It is a piece of evidence, a quote, a selector, a passage or a derived statement.
        With each claim, the IRIs of those pieces of its evidence that the node is or belongs to.
        """
        nodes = {node}
        for name in ("oa:hasSelector", "pcve:quote", "pcve:passage"):
            nodes |= {owner for part in nodes for owner in self.subjects_with(name, part)}
        claims: dict[ox.NamedNode, set[str]] = {}
        for piece in nodes:
            for claim in self.subjects_with("pcve:evidence", piece):
                claims.setdefault(claim, set()).add(piece.value)
        derived_from = self.value_of(node, "prov:wasDerivedFrom")
        if isinstance(derived_from, ox.NamedNode) and self.value_of(node, "rdf:subject"):
            claims.setdefault(derived_from, set())
        return claims

    def reason(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term) -> RowReason:
        """The reason for a triple outside the evidence graph."""
        claims = self.claims(subject, predicate, value)
        if claims:
            return RowReason(subject, predicate, value, self.evidence_of(claims))
        basis = self.basis(subject, predicate, value)
        origin = self.graph_of(subject, predicate, value)
        return RowReason(subject, predicate, value, basis=basis, origin=origin)

    def evidence_of(self, claims: Iterable[ox.NamedNode]) -> tuple[Evidence, ...]:
        return tuple(piece for claim in claims for piece in evidence(self.store, claim))

    def reason_of_claim(self, claim: ox.NamedNode, pieces: Collection[str] = ()) -> RowReason:
        """The statement of `claim`, with its evidence, or with that of the IRIs in `pieces`."""
        subject, predicate, value = (
            self.value_of(claim, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")
        )
        statement = claimed_statement(claim, subject, predicate, value)
        proofs = self.evidence_of([claim])
        chosen = tuple(piece for piece in proofs if piece.iri in pieces) if pieces else proofs
        return RowReason(*statement, chosen)

    def claims(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> list[ox.NamedNode]:
        """The claims of a triple."""
        return [
            claim
            for claim in self.subjects_with("rdf:subject", subject)
            if self.is_claim(claim)
            and self.value_of(claim, "rdf:predicate") == predicate
            and self.value_of(claim, "rdf:object") == value
        ]

    def basis(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> tuple[RowReason, ...]:
        """The claimed facts that the build derived a triple from; empty for other triples.

        The build records them with prov:wasDerivedFrom, but for the class of a thing.
        """
        statement = (from_term(subject), from_term(predicate), from_term(value))
        node = ox.NamedNode(hashed_iri("derived", *statement))
        claims = [
            claim
            for derived in (subject, node)
            for claim in values(self.store, derived, expand("prov:wasDerivedFrom"))
            if isinstance(claim, ox.NamedNode)
        ]
        if claims:
            return tuple(sorted({self.reason_of_claim(claim) for claim in claims}, key=_order))
        return self.naming_facts(subject) if predicate.value == expand("rdf:type") else ()

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
