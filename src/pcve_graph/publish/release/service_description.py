"""What a SPARQL endpoint over the graph says of itself (W3C SPARQL 1.1 Service Description).

A server gives it at its own address to whoever asks there without a query (section 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from ...graph.serialize import ordered
from ...graph.store import Saved
from ...model.namespaces import BASE, GRAPHS, PREFIXES, expand, graph
from ...model.schema import Ontology
from ...syntax.ontology import Triples

_SPACES: Final = {
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
}
DATASET: Final = f"{BASE}dataset"
"""The graph as a whole, whatever it is published with."""

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


def describe_service(saved: Saved, ontology: Ontology, endpoint: str) -> bytes:
    """The description of the endpoint at the address `endpoint`, as Turtle 1.1.

    It takes queries, not updates; a query without FROM is asked of all graphs as one. Numbers are
    of triples. The dataset is `DATASET`, as in VoID; further nodes begin with `endpoint` and a `#`.
    """
    triples = ordered(_service(endpoint))
    triples += ordered(_dataset(saved, ontology, endpoint))
    prefixes = {key: PREFIXES[key] for key in ("dcterms", "owl", "xsd")} | _SPACES
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_SPACES[prefix] + local if prefix in _SPACES else expand(name))


def _says(subject: str, name: str, value: str) -> ox.Triple:
    """A triple whose object is a term by its prefixed name, or any other IRI."""
    term = ox.NamedNode(value) if "://" in value else _term(value)
    return ox.Triple(ox.NamedNode(subject), _term(name), term)


def _counts(subject: str, number: int) -> ox.Triple:
    count = ox.Literal(str(number), datatype=_term("xsd:integer"))
    return ox.Triple(ox.NamedNode(subject), _term("void:triples"), count)


def _service(endpoint: str) -> Iterator[ox.Triple]:
    yield _says(endpoint, "rdf:type", "sd:Service")
    yield _says(endpoint, "sd:endpoint", endpoint)
    yield _says(endpoint, "sd:supportedLanguage", "sd:SPARQL11Query")
    yield _says(endpoint, "sd:feature", "sd:UnionDefaultGraph")
    yield _says(endpoint, "sd:defaultDataset", DATASET)
    for name in _RESULTS:
        yield _says(endpoint, "sd:resultFormat", f"formats:{name}")


def _dataset(saved: Saved, ontology: Ontology, endpoint: str) -> Iterator[ox.Triple]:
    header = f"{BASE}ns"
    parsed = ox.parse("\n".join(ontology.graphs["ontology"]), format=ox.RdfFormat.N_TRIPLES)
    said = Triples(quad.triple for quad in parsed)
    yield _says(DATASET, "rdf:type", "sd:Dataset")
    yield _says(DATASET, "rdf:type", "void:Dataset")
    yield _says(DATASET, "void:sparqlEndpoint", endpoint)
    yield _says(DATASET, "dcterms:conformsTo", header)
    for licence in said.all(header, "dcterms:license"):
        yield _says(DATASET, "dcterms:license", licence)
    for version in said.all(header, "owl:versionInfo"):
        yield ox.Triple(ox.NamedNode(DATASET), _term("owl:versionInfo"), ox.Literal(version))
    space = ox.Literal(BASE)
    yield ox.Triple(ox.NamedNode(DATASET), _term("void:uriSpace"), space)
    every = {name: set(saved.lines(name)) for name in GRAPHS}
    whole = f"{endpoint}#all"
    yield _says(DATASET, "sd:defaultGraph", whole)
    yield _says(whole, "rdf:type", "sd:Graph")
    number = len(set().union(*every.values()))
    yield _counts(whole, number)
    yield _counts(DATASET, number)
    for name, lines in every.items():
        named, content = f"{endpoint}#{name}", f"{endpoint}#{name}-triples"
        yield _says(DATASET, "sd:namedGraph", named)
        yield _says(named, "rdf:type", "sd:NamedGraph")
        yield _says(named, "sd:name", graph(name))
        yield _says(named, "sd:graph", content)
        yield _says(content, "rdf:type", "sd:Graph")
        yield _counts(content, len(lines))
