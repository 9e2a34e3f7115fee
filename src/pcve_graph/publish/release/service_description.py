"""The description of a SPARQL endpoint over the graph (W3C SPARQL 1.1 Service Description).

A server returns it for a request to the endpoint without a query (section 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ...graph.serialize import sorted_triples
from ...graph.store import StoredGraph
from ...graph.triple_index import TripleIndex
from ...model.namespaces import BASE, GRAPHS, PREFIXES, expand, graph_iri
from ...model.schema import Ontology

_SPACES: Final = {
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
}
DATASET: Final = f"{BASE}dataset"
"""The IRI of the whole graph as a dataset, independent of how it is published."""

_RESULTS: Final = (
    "SPARQL_Results_XML",
    "SPARQL_Results_JSON",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)


def describe_service(saved: StoredGraph, ontology: Ontology, endpoint: str) -> bytes:
    """The description of the endpoint at the address `endpoint`, as Turtle 1.1.

    The service supports queries, not updates; the default graph is the union of all graphs. Counts
    are of triples. The dataset is `DATASET`, as in VoID; other nodes begin with `endpoint` and `#`.
    """
    triples = sorted_triples(_service(endpoint))
    triples += sorted_triples(_dataset(saved, ontology, endpoint))
    prefixes = {key: PREFIXES[key] for key in ("dcterms", "owl", "xsd")} | _SPACES
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_SPACES[prefix] + local if prefix in _SPACES else expand(name))


def _triple(subject: str, name: str, value: str) -> ox.Triple:
    """A triple whose object is given by prefixed name or IRI."""
    term = ox.NamedNode(value) if "://" in value else _term(value)
    return ox.Triple(ox.NamedNode(subject), _term(name), term)


def _triple_count(subject: str, number: int) -> ox.Triple:
    count = ox.Literal(str(number), datatype=_term("xsd:integer"))
    return ox.Triple(ox.NamedNode(subject), _term("void:triples"), count)


def _service(endpoint: str) -> Iterator[ox.Triple]:
    yield _triple(endpoint, "rdf:type", "sd:Service")
    yield _triple(endpoint, "sd:endpoint", endpoint)
    yield _triple(endpoint, "sd:supportedLanguage", "sd:SPARQL11Query")
    yield _triple(endpoint, "sd:feature", "sd:UnionDefaultGraph")
    yield _triple(endpoint, "sd:defaultDataset", DATASET)
    for name in _RESULTS:
        yield _triple(endpoint, "sd:resultFormat", f"formats:{name}")


def _dataset(saved: StoredGraph, ontology: Ontology, endpoint: str) -> Iterator[ox.Triple]:
    header = f"{BASE}ns"
    parsed = ox.parse("\n".join(ontology.graphs["ontology"]), format=ox.RdfFormat.N_TRIPLES)
    statements = TripleIndex(quad.triple for quad in parsed)
    yield _triple(DATASET, "rdf:type", "sd:Dataset")
    yield _triple(DATASET, "rdf:type", "void:Dataset")
    yield _triple(DATASET, "void:sparqlEndpoint", endpoint)
    yield _triple(DATASET, "dcterms:conformsTo", header)
    for licence in statements.all(header, "dcterms:license"):
        yield _triple(DATASET, "dcterms:license", licence)
    for version in statements.all(header, "owl:versionInfo"):
        yield ox.Triple(ox.NamedNode(DATASET), _term("owl:versionInfo"), ox.Literal(version))
    space = ox.Literal(BASE)
    yield ox.Triple(ox.NamedNode(DATASET), _term("void:uriSpace"), space)
    lines_by_graph = {name: set(saved.lines(name)) for name in GRAPHS}
    whole = f"{endpoint}#all"
    yield _triple(DATASET, "sd:defaultGraph", whole)
    yield _triple(whole, "rdf:type", "sd:Graph")
    number = len(set().union(*lines_by_graph.values()))
    yield _triple_count(whole, number)
    yield _triple_count(DATASET, number)
    for name, lines in lines_by_graph.items():
        named, content = f"{endpoint}#{name}", f"{endpoint}#{name}-triples"
        yield _triple(DATASET, "sd:namedGraph", named)
        yield _triple(named, "rdf:type", "sd:NamedGraph")
        yield _triple(named, "sd:name", graph_iri(name))
        yield _triple(named, "sd:graph", content)
        yield _triple(content, "rdf:type", "sd:Graph")
        yield _triple_count(content, len(lines))
