"""The view of one thing: its facts, their evidence, and the facts of others that refer to it.

A source is a thing too: its facts are what is recorded about it, and `supported` are the facts of
records that rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import pyoxigraph as ox

from ..graph.claims import Evidence, claimed_statement, evidence, value_text, values
from ..graph.labels import designation_notes, labels
from ..graph.replaced import current_node
from ..model import namespaces
from ..model.namespaces import expand, local_name
from ..model.periods import NO
from ..model.problems import UsageError
from ..model.schema import Ontology
from ..model.standing import holds_with_standing
from ..model.terms import Iri, NTerm, Term, from_iri, from_term
from ..syntax.sparql_results import solutions_of
from .binding import substitute_terms
from .concept_facts import concept_facts, concept_type
from .incoming import claims_with_object
from .node_of_thing import node_of_thing
from .page_order import LAST, page_order
from .state_of_day import DATES, UNDATED, StateOfDay, standing_of
from .thing_view import (
    SOURCES,
    TERMS,
    IncomingFact,
    SourceReference,
    SupportedRecord,
    ThingFact,
    ThingView,
    source_references,
)

_CLAIMS = (
    f"PREFIX rdf: {from_iri(namespaces.PREFIXES['rdf'])} "
    f"PREFIX pcve: {from_iri(namespaces.PREFIXES['pcve'])} SELECT ?s ?p ?o ?c "
    "{ ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; a pcve:Claim } ORDER BY ?p ?o ?c"
)

_SOUGHT = ("kind", "archivedAt", "language", "issued", "license")
"""The keys of a source that its view mentions also where they are not recorded."""


def show(
    store: ox.Store, ontology: Ontology, identifier: str, as_of: date | None = None
) -> ThingView:
    """The view of the thing with this id or IRI; with `as_of`, what may hold on that day.

    Each fact then says whether it surely does, or has no dates (`ThingFact.holds`); facts that
    surely do not are left out. A period without a start or end date is open on that side. What is
    retired is shown as what replaces it, and a note says so. A source has an id too, or `source/ID`
    where a record has the same; a term of a closed list has `list/term`. Any other name is looked
    up before (`search.names`). Raises UsageError if there is no such thing.
    """
    reader = _ThingReader(store, ontology, as_of)
    named = node_of_thing(store, identifier)
    if named is None:
        raise UsageError(f"nothing has the id {identifier!r}; `pcve search` finds ids by names")
    node = current_node(store, named)
    if node.value.startswith(SOURCES):
        return reader.source_view(node)
    if node.value.startswith(TERMS):
        facts = concept_facts(store, ontology, node)
        view = reader.recorded_view(node, concept_type(node), facts)
    else:
        view = reader.view(node)
    if node != named:
        what = "term" if view.is_term else "record"
        note = f"{local_name(named.value)} is retired: this {what} replaces it."
        view = replace(view, notes=(note, *view.notes))
    return view


class _ThingReader:
    def __init__(self, store: ox.Store, ontology: Ontology, as_of: date | None) -> None:
        self.store = store
        self.ontology = ontology
        self.state = StateOfDay(store, ontology, as_of) if as_of else None

    def view(self, node: ox.NamedNode) -> ThingView:
        kind = self.type_of(node)
        shape = self.ontology.by_iri.get(kind)
        type_label = shape.label if shape else local_name(kind)
        label = labels(self.store, [node])[node.value]
        facts = self.facts(node)
        named_by = self.references_to(node)
        if self.state:
            label, facts = self.state.names(node, facts, label)
        shown = [label, *(fact.value for fact in facts)]
        notes = designation_notes(self.store, shown)
        return ThingView(
            iri=node.value,
            label=label,
            type=type_label,
            facts=facts,
            named_by=named_by,
            notes=notes,
            sources=self.sources_of(facts, named_by),
            day=self.state.day.isoformat() if self.state else "",
            holds=self.state.of_node(node) if self.state else "",
            within_dates=self.state.by_dates(node) if self.state else "",
            standing=self.state.standing(node) if self.state else "",
        )

    def recorded_view(
        self, node: ox.NamedNode, type_label: str, facts: tuple[ThingFact, ...]
    ) -> ThingView:
        """The view of a node whose `facts` are recorded without claims."""
        label = labels(self.store, [node])[node.value]
        named_by = self.references_to(node)
        return ThingView(
            iri=node.value,
            label=label,
            type=type_label,
            facts=facts,
            named_by=named_by,
            notes=designation_notes(self.store, [label, *_texts(facts)]),
            sources=self.sources_of(facts, named_by),
            day=self.state.day.isoformat() if self.state else "",
            holds=UNDATED if self.state else "",
            within_dates=UNDATED if self.state else "",
        )

    def source_view(self, node: ox.NamedNode) -> ThingView:
        """The view of a source."""
        source = local_name(node.value)
        records = []
        for identifier, record in sorted(self.records_on(node).items()):
            facts = _resting_on(source, self.facts(record, inversely=False))
            if facts:
                label = labels(self.store, [record])[record.value]
                records.append(SupportedRecord(identifier, label, facts))
        own_facts, absent = self.recorded(node)
        named_by = self.references_to(node)
        supported = [fact for record in records for fact in record.facts]
        label = labels(self.store, [node])[node.value]
        shown = [label, *(record.label for record in records), *_texts(supported)]
        return ThingView(
            iri=node.value,
            label=label,
            type="source",
            facts=own_facts,
            named_by=named_by,
            notes=designation_notes(self.store, shown),
            sources=self.sources_of(supported, named_by),
            supported=tuple(records),
            absent=absent,
        )

    def recorded(self, source: ox.NamedNode) -> tuple[tuple[ThingFact, ...], tuple[str, ...]]:
        """What is recorded about a source, in the order of its shape; labels of what is not."""
        shape = self.ontology.by_iri.get(Iri(expand("pcve:Source")))
        facts = []
        absent = []
        for key in sorted(shape.keys.values(), key=lambda key: key.order) if shape else ():
            terms = sorted(set(values(self.store, source, key.path)), key=str)
            for term in terms:
                facts.append(ThingFact(key.name, key.label, self.text_of(term), term, ()))
            if not terms and key.name in _SOUGHT:
                absent.append(key.label)
        return tuple(facts), tuple(absent)

    def records_on(self, source: ox.NamedNode) -> dict[str, ox.NamedNode]:
        """The records with a claim that rests on a source, by id."""
        primary, piece = map(ox.NamedNode, map(expand, ("prov:hadPrimarySource", "pcve:evidence")))
        claims = set()
        for quad in self.store.quads_for_pattern(None, primary, source, None):
            if isinstance(quad.subject, ox.NamedNode):
                owners = self.store.quads_for_pattern(None, piece, quad.subject, None)
                claims |= {owner.subject for owner in owners} or {quad.subject}
        paths = (
            subject.value.removeprefix(namespaces.BASE).split("/")
            for claim in claims
            if isinstance(claim, ox.NamedNode)
            for subject in values(self.store, claim, expand("rdf:subject"))
            if isinstance(subject, ox.NamedNode)
        )
        # The IRI of a part has its class where that of a record has the folder.
        return {
            identifier: ox.NamedNode(namespaces.record_iri(folder, identifier))
            for identifier in {path[2] for path in paths if len(path) > 2}
            for folder in {kind.folder for kind in self.ontology.classes.values() if kind.folder}
            if self.type_of(ox.NamedNode(namespaces.record_iri(folder, identifier)))
        }

    def sources_of(
        self, facts: Iterable[ThingFact], named_by: Iterable[IncomingFact] = ()
    ) -> tuple[SourceReference, ...]:
        """The sources of facts, of those nested in them and of those of others, by id."""
        pieces = [piece for fact in facts for piece in _all_evidence(fact)]
        pieces += [piece for fact in named_by for piece in fact.evidence]
        return source_references(self.store, pieces)

    def type_of(self, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Iri:
        kind = ox.NamedNode(expand("rdf:type"))
        quads = self.store.quads_for_pattern(node, kind, None, None)
        kinds = (quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))
        return Iri(min(kinds, default=""))

    def facts(self, node: ox.NamedNode, inversely: bool = True) -> tuple[ThingFact, ...]:
        """The facts of a node in the order of its shape, contested ones included.

        Those that are claimed, and `inversely` those that follow from an involvement of another
        thing.
        """
        text = substitute_terms(_CLAIMS, {"s": node})
        rows = solutions_of(self.store.query(text, use_default_graph_as_union=True))
        claims: dict[tuple[Iri, NTerm], list[tuple[Term, Term]]] = {}
        for _, stated_predicate, stated_value, claim in rows:
            statement = claimed_statement(claim, node, stated_predicate, stated_value)
            _, predicate, value = statement
            claims.setdefault((Iri(predicate.value), from_term(value)), []).append((value, claim))
        for path, value, claim in self.inverse_roles(node) if inversely else ():
            claims.setdefault((path, from_term(value)), []).append((value, claim))
        kind = self.ontology.by_iri.get(self.type_of(node))
        keys = list(kind.keys.values()) if kind else []
        order = {key.path: (place, key.label) for place, key in enumerate(keys)}
        elsewhere = {key.path for key in keys if key.refers}
        dating = {key.path for key in keys if key.derives}
        facts = []
        for (path, _), valued_claims in claims.items():
            value = valued_claims[0][0]
            inner: tuple[ThingFact, ...] = ()
            holds = self.state.of_role(node, path, value) if self.state else ""
            is_thing = isinstance(value, ox.NamedNode) and "/id/" in value.value
            if isinstance(value, ox.NamedNode) and is_thing and path not in elsewhere:
                inside = self.ontology.by_iri.get(self.type_of(value))
                if inside is not None and inside.folder is None:
                    holds = self.state.of_node(value) if self.state else ""
                    inner = tuple(replace(fact, holds="") for fact in self.facts(value))
            if holds == NO:
                continue
            nodes = [claim for _, claim in valued_claims if isinstance(claim, ox.NamedNode)]
            proofs = tuple(piece for node in nodes for piece in evidence(self.store, node))
            label = order.get(path, (0, local_name(path)))[1]
            text = self.text_of(value)
            if path in elsewhere and isinstance(value, ox.NamedNode):
                text = "/".join(value.value.split("/")[-2:])
            holds = "" if path in dating else holds_with_standing(holds, standing_of(proofs))
            facts.append(ThingFact(local_name(path), label, text, value, proofs, inner, holds))
        has_page = kind is not None and kind.folder is not None
        places = {
            key.name: (page_order(key) if has_page else 0.0, place)
            for place, key in enumerate(sorted(keys, key=lambda key: order[key.path][0]))
        }
        return tuple(sorted(facts, key=lambda fact: (places.get(fact.key, (LAST, 0)), fact.value)))

    def inverse_roles(self, node: ox.NamedNode) -> Iterator[tuple[Iri, Term, Term]]:
        """What involvements in other things imply of a node, with each claim that it rests on."""
        for path in sorted({*self.ontology.implied_inversely.values()}):
            for value in values(self.store, node, path):
                statement = (from_term(node), from_iri(path), from_term(value))
                derived = ox.NamedNode(namespaces.hashed_iri("derived", *statement))
                for claim in values(self.store, derived, expand("prov:wasDerivedFrom")):
                    yield path, value, claim

    def text_of(self, term: Term) -> str:
        if isinstance(term, ox.Literal):
            return term.value
        if isinstance(term, ox.NamedNode) and not term.value.startswith(namespaces.BASE):
            return term.value
        return labels(self.store, [term]).get(getattr(term, "value", ""), str(term))

    def value(self, node: Term, name: str) -> Term | None:
        return next(values(self.store, node, expand(name)), None)

    def references_to(self, node: ox.NamedNode) -> tuple[IncomingFact, ...]:
        """Facts of other things whose value is this one, by thing and property.

        With a day, those that surely do not hold on it are left out.
        """
        facts = ox.NamedNode(namespaces.graph_iri("facts"))
        references = {}
        claims = claims_with_object(self.store, node)
        for quad in self.store.quads_for_pattern(None, None, node, facts):
            kind = self.ontology.by_iri.get(self.type_of(quad.subject))
            key = kind.keys.get(local_name(quad.predicate.value)) if kind else None
            if not (key and kind and kind.folder and isinstance(quad.subject, ox.NamedNode)):
                continue
            path = Iri(quad.predicate.value)
            holds = self.state.of_reference(quad.subject, path, node) if self.state else ""
            if holds == NO:
                continue
            start, end = (value_text(self.store, quad.subject, name) for name in DATES)
            proofs = tuple(
                piece
                for claim in claims.get((quad.subject.value, path), ())
                for piece in evidence(self.store, claim)
            )
            references[local_name(quad.subject.value), key.label] = IncomingFact(
                id=local_name(quad.subject.value),
                property=key.label,
                label=labels(self.store, [quad.subject])[quad.subject.value],
                start=start,
                end=end,
                holds=holds_with_standing(holds, standing_of(proofs)),
                evidence=proofs,
                standing=self.state.standing(quad.subject) if self.state else "",
            )
        return tuple(reference for _, reference in sorted(references.items()))


def _resting_on(source: str, facts: Iterable[ThingFact]) -> tuple[ThingFact, ...]:
    """The facts with evidence from a source, and no other evidence; also within other facts."""
    resting = []
    for fact in facts:
        pieces = tuple(piece for piece in fact.evidence if piece.source[0] == source)
        inner = _resting_on(source, fact.inner)
        if pieces or inner:
            resting.append(replace(fact, evidence=pieces, inner=inner))
    return tuple(resting)


def _all_evidence(fact: ThingFact) -> Iterator[Evidence]:
    yield from fact.evidence
    for inner in fact.inner:
        yield from _all_evidence(inner)


def _texts(facts: Iterable[ThingFact]) -> Iterator[str]:
    """The values of facts and of those nested in them."""
    for fact in facts:
        yield fact.value
        yield from _texts(fact.inner)
