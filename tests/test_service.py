"""What an endpoint says of itself is read by rdflib, counted again by SPARQL, and spelt right."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from conftest import World
from rdflib.namespace import DefinedNamespaceMeta

from pcve_graph.model.namespaces import GRAPHS, graph_iri
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.release.service_description import DATASET, describe_service

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
KNOWN = set(
    "Service Dataset Graph NamedGraph SPARQL11Query UnionDefaultGraph endpoint supportedLanguage "
    "feature defaultDataset resultFormat defaultGraph namedGraph name graph".split()
)
"""The terms of the W3C vocabulary that it uses."""

ENDPOINT = "http://northtown.example/sparql"


@pytest.fixture(scope="module")
def described(northtown: World, ontology: Ontology) -> rdflib.Graph:
    text = describe_service(northtown.saved(), ontology, ENDPOINT)
    assert text == describe_service(northtown.saved(), ontology, ENDPOINT)
    return rdflib.Graph().parse(data=text, format="turtle")


def test_it_describes_one_service_and_its_dataset(described: rdflib.Graph) -> None:
    endpoint = rdflib.URIRef(ENDPOINT)
    assert list(described.subjects(rdflib.RDF.type, SD.Service)) == [endpoint]
    assert described.value(endpoint, SD.endpoint) == endpoint
    assert described.value(endpoint, SD.defaultDataset) == rdflib.URIRef(DATASET)
    assert described.value(rdflib.URIRef(DATASET), rdflib.VOID.sparqlEndpoint) == endpoint
    licence = described.value(rdflib.URIRef(DATASET), rdflib.DCTERMS.license)
    assert str(licence) == "https://creativecommons.org/licenses/by/4.0/"


def test_its_counts_are_those_of_a_recount(northtown: World, described: rdflib.Graph) -> None:
    store = northtown.saved().store

    def recount(pattern: str, union: bool = False) -> int:
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        solutions = store.query(text, use_default_graph_as_union=union)
        assert isinstance(solutions, ox.QuerySolutions)
        return int(next(solutions)["n"].value)

    counted = {}
    for named in described.subjects(rdflib.RDF.type, SD.NamedGraph):
        content = described.value(named, SD.graph)
        count = described.value(content, rdflib.VOID.triples)
        counted[str(described.value(named, SD.name))] = int(str(count))
    assert counted == {
        graph_iri(name): recount(f"GRAPH <{graph_iri(name)}> {{ ?s ?p ?o }}") for name in GRAPHS
    }
    whole = described.value(rdflib.URIRef(DATASET), SD.defaultGraph)
    number = int(str(described.value(whole, rdflib.VOID.triples)))
    assert number == recount("?s ?p ?o", union=True) > 0


def test_its_terms_exist(described: rdflib.Graph) -> None:
    used = {str(term) for triple in described for term in triple if str(term).startswith(str(SD))}
    assert {term.removeprefix(str(SD)) for term in used} == KNOWN
    spaces: list[DefinedNamespaceMeta] = [rdflib.VOID, rdflib.DCTERMS, rdflib.OWL, rdflib.RDF]
    for predicate in described.predicates():
        for space in spaces:
            if str(predicate).startswith(str(space)):
                assert str(predicate) in space
    assert not any(isinstance(term, rdflib.BNode) for triple in described for term in triple)
