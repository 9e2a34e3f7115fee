"""The view of one thing: its facts, their evidence, and the facts of others that refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox

from ..evidence.rechecks import Recheck
from ..graph.claims import Evidence, claimed_statement, evidence, values
from ..graph.labels import designation_notes, labels
from ..model import namespaces
from ..model.namespaces import expand, local_name
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from ..model.terms import Iri, NTerm, Term, from_iri, from_term
from ..syntax.sparql_results import solutions_of
from .binding import substitute_terms

_CLAIMS = (
    f"PREFIX rdf: {from_iri(namespaces.PREFIXES['rdf'])} "
    f"PREFIX pcve: {from_iri(namespaces.PREFIXES['pcve'])} SELECT ?s ?p ?o ?c "
    "{ ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; a pcve:Claim } ORDER BY ?p ?o ?c"
)


@dataclass(frozen=True, slots=True)
class ThingFact:
    """One property and value of a thing, as text and as a term, with the evidence of its claim."""

    key: str
    label: str
    value: str
    term: Term
    evidence: tuple[Evidence, ...]
    inner: tuple[ThingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ThingView:
    """One thing for display. `named_by` lists the (thing id, property label) that refer to it.

    `rechecks` are the last ones of its `sources`, where the reader of the view adds them.

    `label` is the name that the thing had on the requested day. `notes` are the designation notes
    for the names shown.
    """

    iri: str
    label: str
    type: str
    facts: tuple[ThingFact, ...]
    named_by: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    rechecks: tuple[Recheck, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources of all facts, and of the thing itself if it is one; sorted."""
        own = self.iri.removeprefix(f"{namespaces.BASE}source/")
        itself = {own} if own != self.iri else set()
        return tuple(sorted(itself | {name for fact in self.facts for name in _sources_of(fact)}))


def show(
    store: ox.Store, ontology: Ontology, identifier: str, as_of: date | None = None
) -> ThingView:
    """The view of the thing with this id or IRI; with `as_of`, only periods that include that day.

    A period without a start or end date is open on that side. Raises UsageError with the nearest id
    if there is no such thing.
    """
    return _ThingReader(store, ontology, as_of).view(_resolved_node(store, identifier))


def _resolved_node(store: ox.Store, identifier: str) -> ox.NamedNode:
    facts = ox.NamedNode(namespaces.graph_iri("facts"))
    kind = ox.NamedNode(expand("rdf:type"))
    nodes_by_iri = {
        quad.subject.value: quad.subject
        for quad in store.quads_for_pattern(None, kind, None, facts)
        if isinstance(quad.subject, ox.NamedNode)
    }
    if identifier in nodes_by_iri:
        return nodes_by_iri[identifier]
    nodes_by_id = {
        local_name(iri): node
        for iri, node in nodes_by_iri.items()
        if iri.count("/") == namespaces.BASE.count("/") + 2
    }
    if identifier in nodes_by_id:
        return nodes_by_id[identifier]
    hint = did_you_mean(identifier, nodes_by_id) or "`pcve query everything` lists all things"
    raise UsageError(f"nothing has the id {identifier!r}; {hint}")


class _ThingReader:
    def __init__(self, store: ox.Store, ontology: Ontology, as_of: date | None) -> None:
        self.store = store
        self.ontology = ontology
        self.as_of = as_of.isoformat() if as_of else None

    def view(self, node: ox.NamedNode) -> ThingView:
        kind = self.type_of(node)
        shape = self.ontology.by_iri.get(kind)
        type_label = shape.label if shape else local_name(kind)
        label = labels(self.store, [node])[node.value]
        facts = self.facts(node)
        if self.as_of:
            label = next((name for fact in facts for name in _names_in(fact)), label)
        shown = [label, *(fact.value for fact in facts)]
        notes = designation_notes(self.store, shown)
        return ThingView(node.value, label, type_label, facts, self.references_to(node), notes)

    def type_of(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Iri:
        kind = ox.NamedNode(expand("rdf:type"))
        quads = self.store.quads_for_pattern(node, kind, None, None)
        kinds = (quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))
        return Iri(min(kinds, default=""))

    def facts(self, node: ox.NamedNode) -> tuple[ThingFact, ...]:
        """The facts of a node in the order of its shape, contested ones included.

        Those that are claimed, and those that follow from an involvement of another thing.
        """
        text = substitute_terms(_CLAIMS, {"s": node})
        rows = solutions_of(self.store.query(text, use_default_graph_as_union=True))
        claims: dict[tuple[Iri, NTerm], list[tuple[Term, Term]]] = {}
        for _, stated_predicate, stated_value, claim in rows:
            statement = claimed_statement(claim, node, stated_predicate, stated_value)
            _, predicate, value = statement
            claims.setdefault((Iri(predicate.value), from_term(value)), []).append((value, claim))
        for path, value, claim in self.inverse_roles(node):
            claims.setdefault((path, from_term(value)), []).append((value, claim))
        kind = self.ontology.by_iri.get(self.type_of(node))
        keys = list(kind.keys.values()) if kind else []
        order = {key.path: (place, key.label) for place, key in enumerate(keys)}
        elsewhere = {key.path for key in keys if key.refers}
        facts = []
        for (path, _), valued_claims in claims.items():
            value = valued_claims[0][0]
            inner: tuple[ThingFact, ...] = ()
            if self.is_out_of_period(node, path, value):
                continue
            is_thing = isinstance(value, ox.NamedNode) and "/id/" in value.value
            if isinstance(value, ox.NamedNode) and is_thing and path not in elsewhere:
                inside = self.ontology.by_iri.get(self.type_of(value))
                if inside is not None and inside.folder is None:
                    if not self.includes_day(value):
                        continue
                    inner = self.facts(value)
            nodes = [claim for _, claim in valued_claims if isinstance(claim, ox.NamedNode)]
            proofs = tuple(piece for node in nodes for piece in evidence(self.store, node))
            label = order.get(path, (0, local_name(path)))[1]
            text = self.text_of(value)
            if path in elsewhere and isinstance(value, ox.NamedNode):
                text = "/".join(value.value.split("/")[-2:])
            facts.append(ThingFact(local_name(path), label, text, value, proofs, inner))
        places = {key.name: order[key.path][0] for key in keys}
        return tuple(sorted(facts, key=lambda fact: (places.get(fact.key, 99), fact.value)))

    def inverse_roles(self, node: ox.NamedNode) -> Iterator[tuple[Iri, Term, Term]]:
        """What involvements in other things imply of a node, with each claim that it rests on."""
        for path in sorted({*self.ontology.implied_inversely.values()}):
            for value in values(self.store, node, path):
                statement = (from_term(node), from_iri(path), from_term(value))
                derived = ox.NamedNode(namespaces.hashed_iri("derived", *statement))
                for claim in values(self.store, derived, expand("prov:wasDerivedFrom")):
                    yield path, value, claim

    def includes_day(self, node: ox.NamedNode) -> bool:
        """Whether the period of a node includes the requested day."""
        if self.as_of is None:
            return True
        first = self.value(node, "pcve:earliest")
        last = self.value(node, "pcve:latest")
        begun = first is None or getattr(first, "value", "") <= self.as_of
        return begun and (last is None or getattr(last, "value", "") >= self.as_of)

    def is_out_of_period(self, node: Term, path: Iri, value: Term) -> bool:
        """Whether a direct property is that of involvements that all exclude the requested day."""
        roles = {**self.ontology.implied, **self.ontology.implied_inversely}
        concepts = [role for role, implied in roles.items() if implied == path]
        if self.as_of is None or not concepts:
            return False
        if path in self.ontology.implied_inversely.values():
            node, value = value, node
        parts = [
            part
            for part in values(self.store, node, expand("pcve:hasInvolvement"))
            if isinstance(part, ox.NamedNode)
            and self.value(part, "pcve:actor") == value
            and str(getattr(self.value(part, "pcve:role"), "value", "")) in concepts
        ]
        return bool(parts) and not any(map(self.includes_day, parts))

    def text_of(self, term: Term) -> str:
        if isinstance(term, ox.Literal):
            return term.value
        return labels(self.store, [term]).get(getattr(term, "value", ""), str(term))

    def value(self, node: Term, name: str) -> Term | None:
        return next(values(self.store, node, expand(name)), None)

    def references_to(self, node: ox.NamedNode) -> tuple[tuple[str, str], ...]:
        """Facts of other things whose value is this one: (id, property label), sorted."""
        facts = ox.NamedNode(namespaces.graph_iri("facts"))
        references = set()
        for quad in self.store.quads_for_pattern(None, None, node, facts):
            kind = self.ontology.by_iri.get(self.type_of(quad.subject))
            key = kind.keys.get(local_name(quad.predicate.value)) if kind else None
            if self.is_out_of_period(quad.subject, Iri(quad.predicate.value), node):
                continue
            if key and kind and kind.folder:
                references.add((local_name(str(getattr(quad.subject, "value", ""))), key.label))
        return tuple(sorted(references))


def _sources_of(fact: ThingFact) -> Iterator[str]:
    """The ids of the sources of a fact and of the facts within it."""
    yield from (piece.source[0] for piece in fact.evidence)
    for inner in fact.inner:
        yield from _sources_of(inner)


def _names_in(fact: ThingFact) -> list[str]:
    """The name in a fact that is a naming; empty for other facts."""
    named = fact.term.value if isinstance(fact.term, ox.NamedNode) else ""
    if "/id/naming/" not in named:
        return []
    return [inner.value for inner in fact.inner if inner.key == "name"]
