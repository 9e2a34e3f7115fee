"""What the vocabulary states about a term of a closed list, for its view."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from ..graph.labels import labels
from ..model.namespaces import expand, local_name
from ..model.schema import Ontology
from ..model.terms import Iri, Term
from .thing_view import TERMS, ThingFact

_LEFT_OUT: Final = frozenset(map(expand, ("rdf:type", "skos:inScheme", "pcve:cue")))
_FIRST: Final = ("skos:prefLabel", "skos:definition", "skos:scopeNote", "skos:altLabel")
_BROADER: Final = ox.NamedNode(expand("skos:broader"))


def concept_type(node: ox.NamedNode) -> str:
    """What a term is: `term of the list topic`."""
    return f"term of the list {node.value.removeprefix(TERMS).partition('/')[0]}"


def concept_facts(store: ox.Store, ontology: Ontology, node: ox.NamedNode) -> tuple[ThingFact, ...]:
    """The names, definition, notes and relations of a term, without evidence: nobody claims them.

    Its narrower terms are among them.
    """
    shape = ontology.by_iri.get(Iri(expand("skos:Concept")))
    names = {key.path: key.label for key in shape.keys.values()} if shape else {}
    order = {expand(name): place for place, name in enumerate(_FIRST)}
    facts = []
    for quad in store.quads_for_pattern(node, None, None, None):
        path, value = Iri(quad.predicate.value), quad.object
        if path not in _LEFT_OUT:
            label = names.get(path) or labels(store, [quad.predicate])[path]
            rank = (order.get(path, len(order)), label, _text(store, value))
            facts.append((rank, ThingFact(local_name(path), label, rank[2], value, ())))
    for quad in store.quads_for_pattern(None, _BROADER, node, None):
        if isinstance(quad.subject, ox.NamedNode):
            text = _text(store, quad.subject)
            fact = ThingFact("narrower", "narrower", text, quad.subject, ())
            facts.append(((len(order), "broader ", text), fact))
    unique = dict(sorted(facts, key=lambda pair: pair[0]))
    return tuple(unique.values())


def _text(store: ox.Store, term: Term) -> str:
    if isinstance(term, ox.NamedNode) and term.value.startswith(TERMS):
        return f"{labels(store, [term])[term.value]} ({term.value.removeprefix(TERMS)})"
    return str(getattr(term, "value", term))
