"""A misspelt term is silent in RDF: so every term that is used must exist, and say what it means."""

from __future__ import annotations

import logging
import re
import tomllib

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from conftest import ROOT, World, require

from pcve_graph import __version__
from pcve_graph.model.namespaces import ALIGNED, PREFIXES, expand

FOLDER = ROOT / "ontology"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.ttl"))
FOLDERS = ("shapes", "vocab")
CLOSED = {
    PREFIXES[name]: space
    for name, space in {
        "dcterms": rdflib.DCTERMS,
        "foaf": rdflib.FOAF,
        "org": rdflib.ORG,
        "owl": rdflib.OWL,
        "prov": rdflib.PROV,
        "rdf": rdflib.RDF,
        "rdfs": rdflib.RDFS,
        "sh": rdflib.SH,
        "skos": rdflib.SKOS,
        "vann": rdflib.VANN,
        "xsd": rdflib.XSD,
    }.items()
}
OA = {"TextQuoteSelector", "TextPositionSelector", "exact", "start", "end"}
SCHEMA = set(
    "Event EventSeries Place Project Role FundingScheme MonetaryAmount about audience author "
    "containedInPlace currency duration endDate founder funder latitude location longitude maxValue minValue "
    "name organizer publisher roleName sameAs startDate url value".split()
)


def triples(name: str) -> list[ox.Triple]:
    """The triples of a file of the ontology, or of all files in a folder of it."""
    paths = sorted((FOLDER / name).glob("*.ttl")) if name in FOLDERS else [FOLDER / name]
    return [
        quad.triple for path in paths for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    ]


def iris(name: str) -> set[str]:
    values = set()
    for triple in triples(name):
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                values.add(term.value)
            elif isinstance(term, ox.Literal):
                values.add(term.datatype.value)
    return values


def stated(name: str) -> dict[str, dict[str, list[str]]]:
    statements: dict[str, dict[str, list[str]]] = {}
    for triple in triples(name):
        if isinstance(triple.subject, ox.NamedNode):
            own = statements.setdefault(triple.subject.value, {})
            value = str(getattr(triple.object, "value", triple.object))
            own.setdefault(triple.predicate.value, []).append(value)
    return statements


def exists(iri: str) -> bool:
    for space, closed in CLOSED.items():
        if iri.startswith(space) and iri != space.rstrip("#/"):
            return rdflib.URIRef(iri) in closed
    for prefix, terms in (("oa", OA), ("schema", SCHEMA)):
        if iri.startswith(PREFIXES[prefix]):
            return iri.removeprefix(PREFIXES[prefix]) in terms
    if iri.startswith(PREFIXES["pcve"]):
        return iri in stated("pcve.ttl")
    if iri.startswith(PREFIXES["pcvesh"]):
        return iri in stated("shapes")
    if iri.startswith("https://w3id.org/pcve/vocab/"):
        return iri in stated("vocab") or iri == f"https://w3id.org/pcve/vocab/{__version__}"
    matched = ("http://eurovoc.europa.eu/", "http://www.wikidata.org/entity/")
    return iri.startswith(
        ("https://w3id.org/pcve/", "https://creativecommons.org/licenses/", *matched)
    )


@pytest.mark.parametrize("name", FILES)
def test_every_term_of_an_ontology_file_exists(name: str) -> None:
    allowed = tuple(ALIGNED.values()) if name == "align.ttl" else ()
    assert {
        iri for iri in iris(name) if not exists(iri) and not iri.startswith(allowed or "-")
    } == set()


def test_the_check_for_terms_catches_a_slip() -> None:
    for wrong in ("sh:nodeType", "sh:dataType", "skos:prefLable", "pcve:locaton", "xsd:langString"):
        assert not exists(expand(wrong))
    assert not exists("https://w3id.org/pcve/vocab/topic/nothing")
    assert not exists("http://example.org/x")


@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_every_property_and_class_of_the_graph_exists(
    request: pytest.FixtureRequest, world: str
) -> None:
    used = set()
    for quad in request.getfixturevalue(world).saved().store:
        used.add(quad.predicate.value)
        if quad.predicate.value == expand("rdf:type"):
            used.add(getattr(quad.object, "value", ""))
    assert {iri for iri in used if not exists(iri)} == set()


@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_every_property_of_the_graph_has_a_label_in_it(
    request: pytest.FixtureRequest, world: str
) -> None:
    store = request.getfixturevalue(world).saved().store
    label = ox.NamedNode(expand("rdfs:label"))
    facts = {
        quad.predicate
        for name in ("facts", "evidence", "catalog")
        for quad in store.quads_for_pattern(
            None, None, None, ox.NamedNode(f"https://w3id.org/pcve/graph/{name}")
        )
    }
    bare = {p.value for p in facts if not list(store.quads_for_pattern(p, label, None, None))}
    assert bare == {expand("rdf:type")}


def own_terms() -> dict[str, dict[str, list[str]]]:
    return {iri: own for iri, own in stated("pcve.ttl").items() if iri.startswith(PREFIXES["pcve"])}


def test_there_are_as_many_terms_as_ever() -> None:
    assert len(own_terms()) >= 70


@pytest.mark.parametrize("term", own_terms())
def test_a_term_says_what_it_means(term: str) -> None:
    own = own_terms()[term]
    assert len(own[expand("rdfs:label")]) == 1
    (definition,) = own[expand("skos:definition")]
    assert definition.endswith(".")
    assert own.get(expand("skos:example")) or own.get(expand("skos:scopeNote"))
    assert own[expand("rdfs:isDefinedBy")] == ["https://w3id.org/pcve/ns"]


def test_words_for_people_have_a_language() -> None:
    words = (
        "label",
        "definition",
        "example",
        "scopeNote",
        "description",
        "message",
        "usageNote",
        "title",
    )
    for name in FILES:
        for triple in triples(name):
            if re.split(r"[#/]", triple.predicate.value)[-1] in words:
                assert isinstance(triple.object, ox.Literal)
                assert triple.object.language == "en", str(triple)


def test_labels_of_terms_are_unique() -> None:
    kinds: dict[tuple[str, str], str] = {}
    for iri, own in own_terms().items():
        key = (own[expand("rdf:type")][0], own[expand("rdfs:label")][0])
        assert key not in kinds, f"{iri} and {kinds.get(key)}"
        kinds[key] = iri


SKOSIFY = {
    "circle": "hierarchy_cycles",
    "related and broader": "disjoint_relations",
    "two ways up": "hierarchical_redundancy",
    "one name as two": "label_overlap",
    "two prefLabels": "preflabel_uniqueness",
}
"""The checks of SKOS by an independent program."""


def lint(graph: rdflib.Graph, caplog: pytest.LogCaptureFixture) -> set[str]:
    """The checks that report something."""
    from skosify import check

    failed = set()
    for name, function in SKOSIFY.items():
        caplog.clear()
        options = {"policy": "shortest"} if function == "preflabel_uniqueness" else {}
        getattr(check, function)(graph, **options)
        if [record for record in caplog.records if record.levelno >= logging.WARNING]:
            failed.add(name)
    return failed


@pytest.mark.full
def test_skosify_finds_nothing_wrong_with_the_lists(caplog: pytest.LogCaptureFixture) -> None:
    require("skosify")
    graph = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in triples("vocab")))
    assert lint(graph, caplog) == set()
    bad = """
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        PREFIX x: <http://northtown.example/>
        x:a a skos:Concept ; skos:broader x:b ; skos:prefLabel "a"@en , "b"@en ; skos:altLabel "a"@en .
        x:b a skos:Concept ; skos:broader x:a , x:c ; skos:related x:c .
        x:c a skos:Concept .
        x:d a skos:Concept ; skos:broader x:e , x:f .
        x:e a skos:Concept ; skos:broader x:f .
        x:f a skos:Concept .
    """
    graph = rdflib.Graph().parse(data=bad, format="turtle")
    assert lint(graph, caplog) == set(SKOSIFY)


HEADERS = {"pcve.ttl": "ns", "shapes/header.ttl": "shapes", "vocab/header.ttl": "vocab"}


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_of_an_ontology_file_is_complete(name: str) -> None:
    header = stated(name)[f"https://w3id.org/pcve/{HEADERS[name]}"]
    for key in (
        "dcterms:title", "dcterms:description", "dcterms:creator", "dcterms:license",
        "dcterms:created", "owl:versionIRI", "owl:versionInfo", "vann:preferredNamespacePrefix",
        "vann:preferredNamespaceUri",
    ):  # fmt: skip
        assert header[expand(key)], key


def test_concepts_have_no_cycle_and_belong_to_a_list() -> None:
    vocabulary = stated("vocab")
    concepts = {
        iri: own
        for iri, own in vocabulary.items()
        if expand("skos:Concept") in own[expand("rdf:type")]
    }
    assert len(concepts) >= 190
    for iri, own in concepts.items():
        (scheme,) = own[expand("skos:inScheme")]
        assert iri.startswith(scheme + "/")
        assert scheme in vocabulary
        seen = {iri}
        while above := own.get(expand("skos:broader")):
            assert above[0] not in seen
            seen.add(above[0])
            own = concepts[above[0]]
        assert len(seen) <= 3


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    changes = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert project == citation["version"] == __version__ == changes[0]
    for name, place in HEADERS.items():
        iri = f"https://w3id.org/pcve/{place}"
        header = stated(name)[iri]
        assert header[expand("owl:versionInfo")] == [project]
        assert header[expand("owl:versionIRI")] == [f"{iri}/{project}"]
        assert header[expand("dcterms:issued")] == [citation["date-released"].isoformat()]
        (cited,) = header[expand("dcterms:bibliographicCitation")]
        assert f"version {project}. {iri}" in cited


def test_without_alignments_nothing_breaks(world: World) -> None:
    (world.root / "ontology" / "align.ttl").unlink()
    assert world.pcve("build").exit_code == 0
