"""The graph as JSON-LD: flat, one node object a thing."""

from __future__ import annotations

from ..graph.serialize import compact
from ..model.schema import Ontology
from ..publish.export.entities import Things
from ..publish.export.subset import Part


def jsonld(part: Part, ontology: Ontology) -> bytes:
    """JSON-LD 1.1: the context made from the shapes, then one node object a thing."""
    shaped = [key.path for kind in ontology.by_iri.values() for key in kind.keys.values()]
    classes = {iri: kind.name for iri, kind in ontology.by_iri.items()}
    return compact(list(Things(part, *part.graphs).statements()), shaped, classes)
