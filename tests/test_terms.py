"""A misspelt term is silent in RDF: so every term that is used must exist, and say what it means."""

from __future__ import annotations

import csv
import logging
import re
import tomllib
from functools import lru_cache
from itertools import combinations

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from conftest import ROOT, World, require
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from pcve_graph import __version__
from pcve_graph.model.namespaces import PREFIXES, expand, nterm, prefixed
from pcve_graph.model.terms import subject_of, to_iri, triple_line

FOLDER = ROOT / "ontology"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.ttl"))
FOLDERS = ("portable", "shapes", "vocab")
TERMS_0_1_0 = (ROOT / "tests" / "terms-0.1.0.txt").read_text("utf-8").split()
MODULES = ("pcve.ttl", "report.ttl", "axioms.ttl")
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
VS = {"term_status"}
OA = set(
    "SpecificResource TextPositionSelector TextQuoteSelector end exact hasSelector hasSource prefix "
    "start suffix".split()
)
SCHEMA = set(
    "Event Place MonetaryAmount about archivedAt audience author containedInPlace currency domainIncludes duration endDate founder funder latitude location longitude maxValue minValue "
    "name organizer publisher rangeIncludes roleName sameAs startDate url value".split()
)

RIGHTS = {
    f"{name}/1.0/"
    for name in "InC InC-OW-EU InC-EDU InC-NC InC-RUU NoC-CR NoC-NC NoC-OKLR NoC-US CNE UND NKC".split()
}
"""All statements of rightsstatements.org, version 1.0."""

ACCESS = {
    f"http://publications.europa.eu/resource/authority/access-right/{name}"
    for name in ("PUBLIC", "RESTRICTED", "NON_PUBLIC")
}
"""The terms of the list of access rights of the European Union that DCAT-AP recommends."""


@lru_cache(None)
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


@lru_cache(None)
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
    for prefix, terms in (("oa", OA), ("schema", SCHEMA), ("vs", VS)):
        if iri.startswith(PREFIXES[prefix]):
            return iri.removeprefix(PREFIXES[prefix]) in terms
    if iri.startswith(PREFIXES["edtf"]):
        return iri == expand("edtf:EDTF")
    if iri.startswith(PREFIXES["pcve"]):
        return iri in own_terms()
    if iri.startswith(PREFIXES["pcvesh"]):
        return iri in stated("shapes") or iri in stated("portable")
    if iri.startswith("https://w3id.org/pcve/vocab/"):
        return iri in stated("vocab") or iri == f"https://w3id.org/pcve/vocab/{__version__}"
    if iri.startswith("https://spdx.org/licenses/"):
        return is_licence(iri.rpartition("/")[2])
    if iri.startswith("http://rightsstatements.org/vocab/"):
        return iri.removeprefix("http://rightsstatements.org/vocab/") in RIGHTS
    if "/authority/access-right/" in iri:
        return iri in ACCESS
    matched = ("http://eurovoc.europa.eu/", "http://www.wikidata.org/entity/")
    return iri.startswith(
        ("https://w3id.org/pcve/", "https://creativecommons.org/licenses/", *matched)
    )


def is_licence(identifier: str) -> bool:
    try:
        return canonicalize_license_expression(identifier) == identifier
    except InvalidLicenseExpression:
        return False


@pytest.mark.parametrize("name", FILES)
def test_every_term_of_an_ontology_file_exists(name: str) -> None:
    assert {iri for iri in iris(name) if not exists(iri)} == set()


def test_the_check_for_terms_catches_a_slip() -> None:
    for wrong in ("sh:nodeType", "sh:dataType", "skos:prefLable", "pcve:locaton", "xsd:langString"):
        assert not exists(expand(wrong))
    assert not exists("https://w3id.org/pcve/vocab/topic/nothing")
    assert not exists("http://example.org/x")
    assert not exists("https://spdx.org/licenses/CC-BY-40")


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
    names = [ox.NamedNode(expand(name)) for name in ("rdfs:label", "pcve:displayLabel")]
    facts = {
        quad.predicate
        for name in ("facts", "evidence", "catalog")
        for quad in store.quads_for_pattern(
            None, None, None, ox.NamedNode(f"https://w3id.org/pcve/graph/{name}")
        )
    }
    labelled = {q.subject for name in names for q in store.quads_for_pattern(None, name, None)}
    bare = {p.value for p in facts - labelled}
    assert bare == {expand("rdf:type")}


def own_terms() -> dict[str, dict[str, list[str]]]:
    """The statements of the file that declares each of our terms."""
    return {
        iri: own
        for name in MODULES
        for iri, own in stated(name).items()
        if iri.startswith(PREFIXES["pcve"]) and expand("rdfs:isDefinedBy") in own
    }


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


@pytest.mark.parametrize("term", own_terms())
def test_a_term_says_since_when_it_stands_and_how_settled_it_is(term: str) -> None:
    own = own_terms()[term]
    (since,) = own[expand("pcve:since")]
    assert (since == "0.1.0") == (term in TERMS_0_1_0)
    (status,) = own[expand("vs:term_status")]
    replaced = expand("owl:deprecated") in own
    assert status == ("archaic" if replaced else "stable" if since == "0.1.0" else "testing")


def test_terms_of_others_get_no_label_and_no_statement_but_notes() -> None:
    allowed = {
        "rdf:type",
        "rdfs:subClassOf",
        "owl:disjointWith",
        "pcve:displayLabel",
        "vann:usageNote",
    }
    for name in MODULES:
        for iri, own in stated(name).items():
            if not iri.startswith("https://w3id.org/pcve/"):
                assert {prefixed(predicate) for predicate in own} <= allowed, iri
                assert len(own.get(expand("rdf:type"), ())) <= 1


@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_every_term_that_the_graph_uses_is_declared_once(
    request: pytest.FixtureRequest, world: str
) -> None:
    kinds = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    declared: dict[str, list[str]] = {}
    for name in MODULES:
        for iri, own in stated(name).items():
            own_kinds = [
                kind for kind in kinds if expand(f"owl:{kind}") in own.get(expand("rdf:type"), ())
            ]
            declared.setdefault(iri, []).extend(own_kinds)
    used = set()
    for quad in request.getfixturevalue(world).saved().store:
        used |= {quad.predicate.value}
        if quad.predicate.value == expand("rdf:type"):
            used |= {getattr(quad.object, "value", "")}
    built_in = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
    own_and_reused = {iri for iri in used if not iri.startswith(built_in)}
    assert {
        iri: declared.get(iri) for iri in own_and_reused if len(declared.get(iri, ())) != 1
    } == {}
    assert len(own_and_reused) > 60


DISJOINT = """
    pcve:Claim pcve:Count pcve:DerivedStatement pcve:Document pcve:Event pcve:EventSeries pcve:Evidence
    pcve:Hosting pcve:Involvement pcve:Naming pcve:Overlap pcve:Participation pcve:Passage pcve:Programme pcve:Project pcve:Source pcve:Transaction org:Membership schema:MonetaryAmount
    skos:Concept
""".split()
GROUPS = (
    [*DISJOINT, "foaf:Agent"],
    [*DISJOINT, "pcve:Place"],
    ["pcve:Country", "pcve:Initiative", "foaf:Person", "org:Organization"],
)
"""Each group is what owl:AllDisjointClasses says with blank nodes, which our files have none of."""


def test_each_pair_of_disjoint_classes_is_stated_once() -> None:
    pairs = [
        frozenset((prefixed(iri), prefixed(other)))
        for name in MODULES
        for iri, own in stated(name).items()
        for other in own.get(expand("owl:disjointWith"), ())
    ]
    wanted = {frozenset(pair) for group in GROUPS for pair in combinations(group, 2)}
    assert set(pairs) == wanted
    assert len(pairs) == len(wanted)


def test_every_role_of_ours_is_below_participant() -> None:
    (top,) = [expand("pcve:participant")]
    roles = {
        role
        for own in stated("vocab").values()
        if own.get(expand("skos:inScheme")) == ["https://w3id.org/pcve/vocab/role"]
        for role in own.get(expand("pcve:roleProperty"), ())
        if role.startswith(PREFIXES["pcve"]) and role != top
    }
    assert len(roles) >= 9
    for role in roles:
        assert own_terms()[role][expand("rdfs:subPropertyOf")] == [top]
    assert expand("rdfs:domain") not in stated("axioms.ttl")[top]


def test_what_classes_use_a_property_is_derived_from_the_shapes(northtown: World) -> None:
    lines = set(northtown.saved().lines("ontology"))
    speaker, domain, values = map(
        nterm, ("pcve:speaker", "schema:domainIncludes", "schema:rangeIncludes")
    )
    assert triple_line((speaker, domain, nterm("pcve:Event"))) in lines
    assert triple_line((speaker, values, nterm("foaf:Agent"))) in lines
    assert triple_line((nterm("pcve:dateRead"), values, nterm("xsd:date"))) in lines
    derived = [line for line in lines if domain in line or values in line]
    assert len(derived) > 150
    subjects = {to_iri(subject_of(line)) for line in derived}
    assert {iri for iri in subjects if not iri.startswith(PREFIXES["pcve"])} == {
        expand("schema:domainIncludes"), expand("schema:rangeIncludes"),
    }  # fmt: skip


MAPPINGS = ROOT / "ontology" / "mappings.sssom.tsv"


def test_near_terms_of_others_are_a_set_of_mappings() -> None:
    """SSSOM: https://mapping-commons.github.io/sssom/spec-model/, required slots of set and mapping."""
    lines = MAPPINGS.read_text("utf-8").splitlines()
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    rows = list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))
    assert header["mapping_set_id"] == "https://w3id.org/pcve/mappings"
    assert header["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert header["mapping_set_version"] == __version__
    assert len(rows) >= 11
    for row in rows:
        for column in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
            assert header["curie_map"][row[column].partition(":")[0]], row
        assert row["predicate_id"] in ("skos:closeMatch", "skos:broadMatch")
        subject = header["curie_map"]["pcve"] + row["subject_id"].removeprefix("pcve:")
        assert own_terms()[subject][expand("rdfs:label")] == [row["subject_label"]]
    keys = [(row["subject_id"], row["object_id"]) for row in rows]
    assert keys == sorted(set(keys))
    matched = {expand("skos:closeMatch"), expand("skos:exactMatch"), expand("skos:broadMatch")}
    assert not any(matched & own.keys() for own in own_terms().values())


def test_words_for_people_have_a_language() -> None:
    words = (
        "label",
        "definition",
        "example",
        "scopeNote",
        "description",
        "message",
        "usageNote",
        "displayLabel",
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


HEADERS = {
    "pcve.ttl": "ns",
    "axioms.ttl": "axioms",
    "report.ttl": "report",
    "shapes/header.ttl": "shapes",
    "vocab/header.ttl": "vocab",
}


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


def test_without_axioms_and_mappings_nothing_breaks(world: World) -> None:
    for name in ("axioms.ttl", "mappings.sssom.tsv"):
        (world.root / "ontology" / name).unlink()
    assert world.pcve("build").exit_code == 0


def test_the_shape_of_an_overlap_needs_the_terms_of_reports(world: World) -> None:
    (world.root / "ontology" / "report.ttl").unlink()
    result = world.pcve("build")
    assert result.exit_code == 1
    faults = [line for line in result.output.splitlines() if ": error " in line]
    assert all(
        re.match(
            r"ontology/\S+: error ontology-part: pcve:\w+ is not described in ontology/", fault
        )
        for fault in faults
    )
    described = {match[1] for fault in faults if (match := re.search(r"(pcve:\w+) is not", fault))}
    assert described >= {"pcve:Overlap", "pcve:between", "pcve:score", "pcve:verdict"}
