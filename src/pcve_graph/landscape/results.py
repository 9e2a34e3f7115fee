"""The pairs as RDF: `pcve:Overlap` with its parts, its reason and the claims that it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox

from ..analysis.overlaps.find import Overlaps, Pair
from ..analysis.overlaps.reasons import reason
from ..analysis.overlaps.score import VERDICTS
from ..analysis.works import Landscape
from ..graph.serialize import serialize
from ..model.namespaces import concept, expand, hashed
from .proofs import proofs


def turtle(landscape: Landscape, store: ox.Store, found: Overlaps) -> bytes:
    """All pairs kept, as Turtle that the shapes accept, without blank nodes.

    The IRI of an overlap is a hash of its two works, whichever is named first, so it stays the same
    while scores and claims change. Scores are decimals of four places.
    """
    triples = [
        triple
        for verdict in VERDICTS
        for pair in found.pairs[verdict]
        for triple in _triples(landscape, store, pair)
    ]
    return serialize(triples, "turtle")


def _triples(landscape: Landscape, store: ox.Store, pair: Pair) -> Iterator[ox.Triple]:
    node = ox.NamedNode(hashed("overlap", *sorted((pair.one.iri, pair.other.iri))))

    def stated(name: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(expand(name)), value)

    yield stated("rdf:type", ox.NamedNode(expand("pcve:Overlap")))
    for work in (pair.one, pair.other):
        yield stated("pcve:between", ox.NamedNode(work.iri))
    yield stated("pcve:verdict", ox.NamedNode(concept("verdict", pair.verdict)))
    yield stated("pcve:score", _decimal(pair.score))
    for part, value in pair.parts.items():
        yield stated(f"pcve:{part}Score", _decimal(value))
    yield stated("skos:note", ox.Literal(reason(landscape, pair)))
    claims = {claim for proof in proofs(landscape, store, pair) for claim in proof.claims}
    for claim in sorted(claims):
        yield stated("pcve:restsOn", ox.NamedNode(claim))


def _decimal(value: float) -> ox.Literal:
    number = Decimal(str(round(value, 4)))
    return ox.Literal(format(number, "f"), datatype=ox.NamedNode(expand("xsd:decimal")))
