"""The tests of FOOPS! (https://w3id.org/foops/) for ontologies, one test here for each of its own.

Those that resolve an address are run against a real Apache with the rules of docs/w3id over what
`pcve docs ontology` writes, which is what will answer once the folder is handed in. `ELSEWHERE` holds
those that ask a registry or a server of others, which no test here can, and what they wait for;
`WANTING` what is asked for that there is none of yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from conftest import ROOT, not_available
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN
from servers import missing
from w3id import W3id, served

BASE = "https://w3id.org/pcve/"
FILES = {"ns": "pcve.ttl", "shapes": "shapes/*.ttl", "vocab": "vocab/*.ttl"}
ELSEWHERE = {
    "FIND2": "asks prefix.cc and LOV for the prefix: to be registered there once the address answers",
    "FIND3": "asks LOV for the ontology: to be handed in there once the address answers",
    "FIND_3_BIS": "asks LOV for the metadata, as FIND3",
    "OM4.2": "fetches the licence from creativecommons.org; OM4.1 holds that it is the address of one",
}
WANTING = {
    "doi": "no DOI has been given",
    "logo": "there is no logo",
    "source": "the ontology is not derived from another",
    "status": "bibo:status has no term for a first version in use",
}
"""Of OM3, which FOOPS! calls detailed metadata."""

HERE = (
    "PURL1 HTTP1 URI1 URI2 VER1 VER2 OM1 OM2 OM3 OM4.1 OM5.1 OM5.2 FIND1 CN1 DOC1 RDF1 "
    "VOC1 VOC2 VOC3 VOC4"
).split()
FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}


@pytest.fixture(scope="module", params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def read(name: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in (ROOT / "ontology").glob(FILES[name]):
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def header(name: str) -> rdflib.URIRef:
    return rdflib.URIRef(BASE + name)


@pytest.fixture(scope="module")
def w3id() -> Iterator[W3id]:
    if reason := missing("apache"):
        not_available(reason)
    with served() as server:
        yield server


def has(read: rdflib.Graph, header: rdflib.URIRef, *properties: rdflib.URIRef) -> bool:
    """Whether the header says something for each."""
    return all(str(read.value(header, term) or "") for term in properties)


def test_every_test_of_foops_is_here_or_says_why_not() -> None:
    text = Path(__file__).read_text("utf-8")
    written = set(re.findall(r"^def test_([a-z0-9]+(?:_\d)?)_", text, re.M)) - {"every"}
    assert written == {name.lower().replace(".", "_") for name in HERE}
    assert len(HERE) + len(ELSEWHERE) == 24


def test_purl1_the_address_is_a_persistent_one(header: rdflib.URIRef) -> None:
    assert header.startswith("https://w3id.org/")


def test_http1_the_protocol_is_open(header: rdflib.URIRef) -> None:
    assert str(header).startswith(("http://", "https://"))


@pytest.mark.full
def test_uri1_the_address_resolves_to_rdf(w3id: W3id, name: str) -> None:
    kind, content = w3id.read(name, "text/turtle")
    assert kind == "text/turtle"
    assert len(rdflib.Graph().parse(data=content, format="turtle")) > 600


@pytest.mark.full
def test_uri2_the_address_is_the_id_of_the_ontology(
    w3id: W3id, name: str, header: rdflib.URIRef
) -> None:
    content = w3id.read(name, "text/turtle")[1]
    graph = rdflib.Graph().parse(data=content, format="turtle")
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [header]


def test_ver1_the_version_has_an_address_of_its_own(
    read: rdflib.Graph, header: rdflib.URIRef
) -> None:
    version, info = read.value(header, OWL.versionIRI), read.value(header, OWL.versionInfo)
    assert version == rdflib.URIRef(f"{header}/{info}") != header


@pytest.mark.full
def test_ver2_the_address_of_the_version_resolves(
    w3id: W3id, read: rdflib.Graph, header: rdflib.URIRef
) -> None:
    path = str(read.value(header, OWL.versionIRI)).removeprefix(BASE)
    for accept in ("text/html", "text/turtle"):
        assert w3id.read(path, accept)[0] == accept


def test_om1_it_has_the_least_metadata(read: rdflib.Graph, header: rdflib.URIRef) -> None:
    assert has(read, header, DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator)
    assert has(read, header, OWL.versionIRI, DCTERMS.created, VANN.preferredNamespaceUri)


def test_om2_it_has_the_metadata_that_are_recommended(
    read: rdflib.Graph, header: rdflib.URIRef
) -> None:
    assert has(read, header, VANN.preferredNamespacePrefix, OWL.versionInfo, DCTERMS.created)
    assert has(read, header, DCTERMS.bibliographicCitation)


def test_om3_it_has_the_detailed_metadata_that_there_are(
    read: rdflib.Graph, header: rdflib.URIRef
) -> None:
    assert has(read, header, DCTERMS.publisher, DCTERMS.issued)
    bibo = rdflib.Namespace("http://purl.org/ontology/bibo/")
    asked = {
        "doi": bibo.doi,
        "logo": rdflib.FOAF.logo,
        "source": DCTERMS.source,
        "status": bibo.status,
    }
    assert {name for name, term in asked.items() if not has(read, header, term)} == set(WANTING)


def test_om4_1_it_has_a_licence(read: rdflib.Graph, header: rdflib.URIRef) -> None:
    licence = read.value(header, DCTERMS.license)
    assert licence == rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_om5_1_it_says_by_whom_and_when(read: rdflib.Graph, header: rdflib.URIRef) -> None:
    assert has(read, header, DCTERMS.creator, DCTERMS.created)


def test_om5_2_it_says_who_published_it_and_when(read: rdflib.Graph, header: rdflib.URIRef) -> None:
    assert has(read, header, DCTERMS.publisher, DCTERMS.issued)


def test_find1_it_declares_its_prefix(read: rdflib.Graph, header: rdflib.URIRef) -> None:
    prefix = str(read.value(header, VANN.preferredNamespacePrefix))
    space = str(read.value(header, VANN.preferredNamespaceUri))
    assert dict(read.namespaces()).get(prefix, rdflib.URIRef(space)) == rdflib.URIRef(space)
    assert space.rstrip("#/") == str(header)


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.full
def test_cn1_it_is_given_in_the_form_that_is_asked_for(w3id: W3id, name: str, accept: str) -> None:
    kind, content = w3id.read(name, accept)
    assert kind == accept
    assert len(rdflib.Graph().parse(data=content, format=FORMS[accept])) > 600


@pytest.mark.full
def test_doc1_it_is_explained_in_html(w3id: W3id, name: str) -> None:
    kind, content = w3id.read(name, "text/html")
    assert kind == "text/html"
    assert b'<html lang="en">' in content


def test_rdf1_it_is_rdf_that_another_program_reads(read: rdflib.Graph) -> None:
    assert len(read) > 500


def test_voc1_its_metadata_are_in_vocabularies_of_others(
    read: rdflib.Graph, header: rdflib.URIRef
) -> None:
    used = set(read.predicates(header))
    assert used & set(map(rdflib.URIRef, (DCTERMS.title, VANN.preferredNamespaceUri)))
    assert not any(str(term).startswith(f"{BASE}ns#") for term in used)


def test_voc2_it_builds_on_vocabularies_of_others() -> None:
    read = rdflib.Graph().parse(ROOT / "ontology/pcve.ttl", format="turtle")
    above = {str(iri) for iri in read.objects(None, RDFS.subClassOf)}
    spaces = {re.sub(r"[^#/]+$", "", iri) for iri in above if not iri.startswith(BASE)}
    assert spaces >= {str(rdflib.FOAF), str(rdflib.ORG), str(rdflib.PROV), "https://schema.org/"}


def terms(read: rdflib.Graph) -> set[rdflib.term.Node]:
    """What FOOPS! asks labels and definitions of: classes, properties and concepts.

    Only ours: those of other vocabularies are declared, and their labels are left to them.
    """
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.Concept)
    typed = {term for kind in kinds for term in read.subjects(RDF.type, kind)}
    return {term for term in typed if str(term).startswith(BASE)}


def test_voc3_every_term_has_a_label(read: rdflib.Graph, name: str) -> None:
    own = terms(read)
    assert {
        term
        for term in own
        if not (read.value(term, RDFS.label) or read.value(term, SKOS.prefLabel))
    } == set()
    assert len(own) >= {"ns": 70, "shapes": 0, "vocab": 195}[name]


def test_voc4_every_term_has_a_definition(read: rdflib.Graph) -> None:
    assert {term for term in terms(read) if not read.value(term, SKOS.definition)} == set()
