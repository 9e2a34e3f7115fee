"""The label of an entity, and the notes on designations that a text must carry."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ..model.namespaces import LABELS, expand, local_name
from ..model.terms import Term


def labels(store: ox.Store, terms: Iterable[Term | None]) -> dict[str, str]:
    """The labels of the IRIs among `terms`.

    A label is the preferred label, else the RDFS label, else the display label that the ontology
    gives to a term of another vocabulary, else the title, English before any other language;
    without any, the local name of the IRI.
    """
    labels_by_iri: dict[str, str] = {}
    for term in terms:
        if isinstance(term, ox.NamedNode) and term.value not in labels_by_iri:
            labels_by_iri[term.value] = _label(store, term)
    return labels_by_iri


def _label(store: ox.Store, node: ox.NamedNode) -> str:
    for name in LABELS:
        texts_by_rank = sorted(
            (quad.object.language != "en", quad.object.value)
            for quad in store.quads_for_pattern(node, ox.NamedNode(expand(name)), None, None)
            if isinstance(quad.object, ox.Literal)
        )
        if texts_by_rank:
            return " ".join(texts_by_rank[0][1].split())
    return local_name(node.value)


def designation_notes(store: ox.Store, shown: Iterable[str]) -> tuple[str, ...]:
    """The designation notes of the names that occur in the texts `shown`: "name note", sorted."""
    texts = list(shown)
    notes = set()
    predicate = ox.NamedNode(expand("pcve:designationNote"))
    for quad in store.quads_for_pattern(None, predicate, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            name = _label(store, quad.subject)
            if any(name in text for text in texts):
                notes.add(f"{name} {' '.join(quad.object.value.split())}")
    return tuple(sorted(notes))
