"""Why a row is in an answer: the facts that its query matched, and the words that each rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import pyoxigraph as ox

from ..graph.claims import Evidence, evidence, rank, values
from ..graph.labels import labels
from ..model.dates import first_and_last
from ..model.namespaces import expand, graph, local_name
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..model.terms import Term
from ..syntax.sparql_patterns import Pattern
from .binding import standalone
from .execute import Table, plain
from .property_paths import walked
from .render import day, in_cell, told
from .why_probe import Group, Probe, probe

Row: TypeAlias = Mapping[str, Term | None]


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that a row stands on, as terms.

    `evidence` are its claims. A triple that nobody claims has an `origin`, the graph that it is in
    (facts, vocabulary, ontology, or catalog for what is said of a source), and where it follows
    from claimed facts these are its `basis`: those of a bound, a participation, or the class of a
    thing.
    """

    subject: ox.NamedNode
    predicate: ox.NamedNode
    object: Term
    evidence: tuple[Evidence, ...] = ()
    basis: tuple[Reason, ...] = ()
    origin: str = ""

    def all(self) -> tuple[Reason, ...]:
        """The fact itself and those that it comes from."""
        return (self, *self.basis)


def why(
    store: ox.Store, ontology: Ontology, text: str, bindings: Mapping[str, Term], row: Row
) -> tuple[Reason, ...]:
    """The facts that `row` of the SELECT `text` stands on, claimed ones first.

    `bindings` are what its parameters were set to. For a row that counts or groups, these are the
    facts of everything counted. What a row says by absence (NOT EXISTS, MINUS) has no facts. Raises
    UsageError for a query whose rows have no reasons: not a SELECT, or one with SERVICE.
    """
    search = _Search(store)
    search.search(probe(standalone(text, bindings)), row)
    reasons = _Facts(store, ontology).reasons(search.triples)
    return tuple(sorted(reasons, key=_order))


def _order(reason: Reason) -> tuple[int, str, str, str]:
    place = 0 if reason.evidence else 1 if reason.basis else 2
    return place, str(reason.subject), str(reason.predicate), str(reason.object)


@dataclass(slots=True)
class _Search:
    """Collects the triples that a query matched for a row."""

    store: ox.Store
    triples: set[ox.Triple] = field(default_factory=set)
    done: set[tuple[int, frozenset[tuple[str, Term | None]]]] = field(default_factory=set)

    def search(self, query_probe: Probe, row: Row) -> None:
        """Add what `asked` matched in the solutions that gave `row`."""
        key = id(query_probe), frozenset(row.items())
        if key in self.done:
            return
        self.done.add(key)
        sure = query_probe.group.certain - query_probe.hidden - query_probe.computed
        pinned = {name: term for name, term in row.items() if term and name in sure}
        answer = self.store.query(
            standalone(query_probe.text, pinned), use_default_graph_as_union=True
        )
        assert isinstance(answer, ox.QuerySolutions)
        names = [variable.value for variable in answer.variables]
        for bindings in answer:
            solution = dict(zip(names, bindings, strict=True))
            if all(solution[name] == row[name] for name in names if name in row):
                for group in query_probe.group.all():
                    if solution.get(group.mark) is not None:
                        self.add(group, solution)

    def add(self, group: Group, solution: Row) -> None:
        """Add what the group matched in a solution; sub-selects and EXISTS are asked in turn."""
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

    def matched(self, pattern: Pattern, solution: Row) -> set[ox.Triple]:
        subject, goal = _term(pattern.subject, solution), _term(pattern.object, solution)
        path = pattern.path
        if isinstance(path, str):
            predicate = _term(path, solution)
            if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
                return set()
            quads = self.store.quads_for_pattern(subject, predicate, goal, None)
            return {quad.triple for quad in quads}
        if subject is not None:
            return walked(self.store, path, subject, goal)
        return walked(self.store, ("^", path), goal, None) if goal is not None else set()


def _term(text: str, solution: Row) -> Term | None:
    return solution.get(text[1:]) if text.startswith("?") else constant(text)


@lru_cache(maxsize=1024)
def constant(text: str) -> Term:
    """A term as N-Triples writes it."""
    line = f"<x:s> <x:p> {text} ."
    term: Term = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
    return term


class _Facts:
    """From the triples that were matched to the facts that people claimed."""

    def __init__(self, store: ox.Store, ontology: Ontology) -> None:
        self.store = store
        self.ontology = ontology
        self.roles = {concept: predicate for predicate, concept in ontology.roles.items()}

    def reasons(self, triples: Iterable[ox.Triple]) -> set[Reason]:
        """The facts that the triples are, and those that triples of the evidence speak of."""
        reasons: set[Reason] = set()
        claims: set[ox.NamedNode] = set()
        quotes: set[ox.NamedNode] = set()
        for triple in triples:
            subject = triple.subject
            if not isinstance(subject, ox.NamedNode):
                continue
            if self.one(subject, "rdf:subject") is not None:
                claims.add(subject)
            elif self.one(subject, "oa:exact") is not None:
                quotes.add(subject)
            else:
                reasons.add(self.reason(subject, triple.predicate, triple.object))
        for quote in quotes:
            quoted = set(self.pointing("pcve:quote", quote))
            claims |= quoted if not quoted & claims else set()
        return reasons | {self.claimed(claim) for claim in claims}

    def reason(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term) -> Reason:
        """The fact that a triple of the other graphs is."""
        claims = self.claims(subject, predicate, value)
        if claims:
            return Reason(subject, predicate, value, self.known(claims))
        basis = self.basis(subject, predicate, value)
        origin = self.origin(subject, predicate, value)
        return Reason(subject, predicate, value, basis=basis, origin=origin)

    def known(self, claims: Iterable[ox.NamedNode]) -> tuple[Evidence, ...]:
        return tuple(sorted((evidence(self.store, claim) for claim in claims), key=rank))

    def claimed(self, claim: ox.NamedNode) -> Reason:
        """What `claim` states, with that claim alone."""
        subject, predicate, value = (
            self.one(claim, name) for name in ("rdf:subject", "rdf:predicate", "rdf:object")
        )
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(predicate, ox.NamedNode)
        assert value is not None
        return Reason(subject, predicate, value, self.known([claim]))

    def claims(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> list[ox.NamedNode]:
        """The claims of a triple."""
        return [
            claim
            for claim in self.pointing("rdf:subject", subject)
            if self.one(claim, "rdf:predicate") == predicate
            and self.one(claim, "rdf:object") == value
        ]

    def basis(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term
    ) -> tuple[Reason, ...]:
        """The claimed facts that the build derived a triple from; none for another triple."""
        kind = self.one(subject, "rdf:type")
        name = getattr(kind, "value", "")
        if name == expand("pcve:Participation"):
            return self.part(subject)
        if predicate.value == expand("rdf:type"):
            return self.introduced(subject)
        shape = self.ontology.by_iri.get(name)
        keys = shape.keys.values() if shape else ()
        reasons: list[Reason] = []
        for key in keys:
            if predicate.value in key.derives:
                reasons += self.bound(subject, ox.NamedNode(key.path), predicate, value)
        return tuple(sorted(set(reasons), key=_order))

    def introduced(self, node: ox.NamedNode) -> tuple[Reason, ...]:
        """The claims that give a thing its name, or that put a part of a record into it."""
        named = ox.NamedNode(expand("skos:prefLabel"))
        facts = [(node, named, value) for value in values(self.store, node, named.value)]
        for claim in () if facts else self.pointing("rdf:object", node):
            subject, predicate = self.one(claim, "rdf:subject"), self.one(claim, "rdf:predicate")
            if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode):
                facts.append((subject, predicate, node))
        reasons = {Reason(*fact, self.known(self.claims(*fact))) for fact in facts}
        return tuple(sorted((reason for reason in reasons if reason.evidence), key=_order))

    def part(self, node: ox.NamedNode) -> tuple[Reason, ...]:
        """The fact that a participation stands for."""
        event, actor, role = (
            self.one(node, name) for name in ("pcve:event", "pcve:actor", "pcve:role")
        )
        predicate = self.roles.get(getattr(role, "value", ""))
        if predicate is None or actor is None or not isinstance(event, ox.NamedNode):
            return ()
        claims = self.claims(event, ox.NamedNode(predicate), actor)
        return (Reason(event, ox.NamedNode(predicate), actor, self.known(claims)),)

    def bound(
        self, subject: ox.NamedNode, key: ox.NamedNode, predicate: ox.NamedNode, day: Term
    ) -> list[Reason]:
        """The dates of `subject` under `key` whose first or last day is `day`."""
        side = 0 if predicate.value == expand("pcve:earliest") else 1
        reasons = []
        for date in values(self.store, subject, key.value):
            days = first_and_last(str(getattr(date, "value", "")))
            if days and days[side].isoformat() == getattr(day, "value", ""):
                claims = self.claims(subject, key, date)
                if claims:
                    reasons.append(Reason(subject, key, date, self.known(claims)))
        return reasons

    def origin(self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Term) -> str:
        for quad in self.store.quads_for_pattern(subject, predicate, value, None):
            if isinstance(quad.graph_name, ox.NamedNode):
                return local_name(quad.graph_name.value)
        return local_name(graph("facts"))

    def one(self, node: ox.NamedNode, name: str) -> Term | None:
        return next(values(self.store, node, expand(name)), None)

    def pointing(self, name: str, value: Term) -> list[ox.NamedNode]:
        quads = self.store.quads_for_pattern(None, ox.NamedNode(expand(name)), value, None)
        return [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]


SHOWN = 30
"""Facts under one row of the text; the JSON form has all."""


def grounds(
    store: ox.Store,
    ontology: Ontology,
    text: str,
    bindings: Mapping[str, Term],
    table: Table,
    number: int,
    form: str,
) -> str:
    """The rows of `table`, the answer of `text`, with their reasons; `number` 0 is all of them.

    `form` is empty or `table` for text, or `json`. Raises UsageError for another form, and for a
    number that no row has.
    """
    if form not in ("", "table", "json"):
        raise UsageError(f"--why is written as table or json, not {form}")
    if number > len(table.rows):
        has = f"{len(table.rows)} rows" if len(table.rows) != 1 else "one row"
        raise UsageError(f"there is no row {number}; the answer has {has}")
    chosen = range(len(table.rows)) if number == 0 else (number - 1,)
    explained_rows = []
    for place in chosen:
        row = dict(zip(table.columns, table.rows[place], strict=True))
        explained_rows.append((place + 1, row, why(store, ontology, text, bindings, row)))
    if form == "json":
        document = [_document(*explained) for explained in explained_rows]
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return "\n".join(_text(store, *explained) for explained in explained_rows)


def _text(
    store: ox.Store, number: int, row: Mapping[str, Term | None], reasons: tuple[Reason, ...]
) -> str:
    claimed = list(
        dict.fromkeys(fact for reason in reasons for fact in reason.all() if fact.evidence)
    )
    bare = [reason for reason in reasons if not reason.evidence and not reason.basis]
    terms = [term for reason in (*claimed, *bare) for term in _terms(reason)]
    called = labels(store, [*terms, *row.values()])
    lines = [f"row {number}"]
    lines += [f"  {name}: {_word(term, called)}" for name, term in row.items() if term is not None]
    for fact in claimed[:SHOWN]:
        lines.append(f"    {_sentence(fact, called)}")
        lines += [f"        {told(proof)}" for proof in fact.evidence]
    if len(claimed) > SHOWN:
        lines.append(f"    and {len(claimed) - SHOWN:,} facts more; --format json has them all")
    lines += [f"    {_sentence(reason, called)}  ({reason.origin})" for reason in bare[:SHOWN]]
    return "\n".join(lines) + "\n"


def _terms(reason: Reason) -> tuple[Term, Term, Term]:
    return reason.subject, reason.predicate, reason.object


def _sentence(reason: Reason, called: dict[str, str]) -> str:
    subject, predicate, value = (_word(term, called) for term in _terms(reason))
    return f"{subject}, {predicate}: {value}"


def _word(term: Term, called: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return called.get(term.value) or local_name(term.value)
    return in_cell(day(str(getattr(term, "value", term))))


def _document(
    number: int, row: Mapping[str, Term | None], reasons: tuple[Reason, ...]
) -> dict[str, Any]:
    return {
        "row": number,
        "values": {name: plain(term) for name, term in row.items() if term is not None},
        "facts": [_fact(reason) for reason in reasons],
    }


def _fact(reason: Reason) -> dict[str, Any]:
    subject, predicate, value = map(plain, _terms(reason))
    document: dict[str, Any] = {"subject": subject, "predicate": predicate, "object": value}
    if reason.evidence:
        document["evidence"] = [proof_as_json(proof) for proof in reason.evidence]
    else:
        document["graph"] = reason.origin
    if reason.basis:
        document["because"] = [_fact(premise) for premise in reason.basis]
    return document


def proof_as_json(proof: Evidence) -> dict[str, Any]:
    """One claim's evidence for json.dumps; a quote with its offsets, in characters."""
    document: dict[str, Any] = {
        "sources": [{"id": source, "title": title} for source, title in proof.sources],
        "certainty": proof.certainty,
        "standing": proof.standing,
    }
    if proof.quote:
        document |= {"quote": proof.quote, "start": proof.start, "end": proof.end}
    return document | ({"note": proof.note} if proof.note else {})
