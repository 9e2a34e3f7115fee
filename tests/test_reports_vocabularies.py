"""RDF is an open world: a term is a fault only where its own vocabulary does not define it."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib.namespace
from conftest import World
from test_reports_checked import FAIR, REPORTS, rows, written

from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.validation.vocabularies import published_vocabularies

MORE = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <https://schema.org/> .
"""


def test_vocabularies_may_be_mixed(northtown: World) -> None:
    (note,) = rows(northtown, REPORTS / "08-mixed-vocabularies.ttl")
    assert note == (
        "info other-vocabularies",
        1,
        "4 statements with 4 properties of 3 other vocabularies are not checked: "
        "dcterms:created, ex:room, rdfs:label, rdfs:seeAlso",
        "",
    )


def test_a_skos_list_of_others_is_theirs(northtown: World) -> None:
    note, nothing = rows(northtown, REPORTS / "09-a-skos-list.ttl")
    assert note[0] == "info other-vocabularies"
    assert nothing[::2] == (
        "warning nothing-checked",
        "nothing was checked: no skos:Concept in the file is of this graph",
    )


def test_the_namespace_is_the_fault(northtown: World) -> None:
    near, unknown = rows(northtown, REPORTS / "10-http-and-https.ttl", code=1)
    assert near == (
        "warning near-namespace",
        9,
        "http://schema.org/startDate: the graph uses https://schema.org/startDate",
        "write the namespace as https://schema.org/",
    )
    message = "there is no class pcve:Organization"
    assert unknown == ("error unknown-type", 11, message, "write org:Organization")


@pytest.mark.parametrize(
    ("statement", "fix"),
    [
        ('schema:startdate "2024"', "did you mean schema:startDate?"),
        ('skos:prefLable "x"', "did you mean skos:prefLabel?"),
        ('dcterms:tittle "x"', "did you mean dcterms:title?"),
        ("org:hasMemberships ex:x", "did you mean org:hasMembership?"),
        ('foaf:nmae "x"', "did you mean foaf:name?"),
        ("prov:wasDerivedfrom ex:x", "did you mean prov:wasDerivedFrom?"),
        ("oa:hasSelecter ex:x", "did you mean oa:hasSelector?"),
        ("a foaf:Persom", "did you mean foaf:Person?"),
        ("schema:querry-input ex:b", "use a term that https://schema.org/ defines"),
        ("schema:Event-input ex:b", "did you mean schema:event?"),
        ('foaf:name-input "x"', "use a term that http://xmlns.com/foaf/0.1/ defines"),
        ("a schema:Evnt", "did you mean schema:Event?"),
        ("pcve:venu 1", "did you mean pcve:venue?"),
        (
            "dcterms:subject <https://w3id.org/pcve/vocab/event-kind/conferense>",
            "did you mean <https://w3id.org/pcve/vocab/event-kind/conference>?",
        ),
    ],
)
def test_a_term_that_its_vocabulary_lacks_is_an_error(
    northtown: World, tmp_path: Path, statement: str, fix: str
) -> None:
    path = written(tmp_path, f"{MORE}ex:a {statement} .\n")
    errors = [row for row in rows(northtown, path, code=1) if row[0].startswith("error")]
    assert [(row[0], row[1], row[3]) for row in errors] == [("error unknown-term", 12, fix)]


@pytest.mark.parametrize(
    "statement",
    [
        'schema:doorTime "18:00"',
        'foaf:surname "Vale"',
        "prov:wasAttributedTo ex:b",
        "oa:hasTarget ex:b",
        "org:hasPost ex:b",
        'dcterms:abstract "x"',
        "skos:exactMatch ex:b",
        'schema:measuredValue "x"',
        'schema:query-input "required"',
        "schema:result-output ex:b",
    ],
)
def test_a_term_that_it_defines_is_part_of_the_note(
    northtown: World, tmp_path: Path, statement: str
) -> None:
    path = written(tmp_path, MORE + FAIR.format("ex:fair") + f"ex:fair {statement} .\n")
    (note,) = rows(northtown, path)
    term = statement.split()[0]
    expected = f"1 statement with 1 property of 1 other vocabulary is not checked: {term}"
    assert (note[0], note[2]) == ("info other-vocabularies", expected)


def test_a_key_of_another_class_is_an_error_in_our_namespace_only(
    northtown: World, tmp_path: Path
) -> None:
    path = written(tmp_path, MORE + FAIR.format("ex:fair") + 'ex:fair dcterms:title "Fair"@en .\n')
    (note,) = rows(northtown, path)
    assert note[0] == "info other-vocabularies"
    path = written(tmp_path, FAIR.format("ex:fair") + "ex:fair pcve:implementer ex:x .\n")
    assert [row[0] for row in rows(northtown, path, code=1)] == ["error unknown-key"]


@pytest.mark.parametrize(
    "thing",
    [
        'a foaf:Person ; foaf:name "Ana"',
        'a org:Organization ; skos:prefLabel "Council"',
        "a oa:SpecificResource ; oa:hasSource ex:page",
        "a oa:TextQuoteSelector",
        "a schema:MonetaryAmount",
        "a org:Membership",
        "a skos:Concept ; skos:inScheme ex:list",
        'schema:startDate "2024-02-02" ; schema:endDate "2023"',
    ],
)
def test_things_of_others_are_not_ours_by_a_general_class(
    northtown: World, tmp_path: Path, thing: str
) -> None:
    path = written(tmp_path, f"{MORE}ex:a {thing} .\n")
    assert not [row for row in rows(northtown, path) if row[0].startswith("error")]


@pytest.mark.parametrize(
    "thing",
    [
        "<https://w3id.org/pcve/id/person/ana> a foaf:Person",
        "ex:a a org:Organization ; pcve:inCountry ex:b",
        "ex:a a skos:Concept ; skos:inScheme <https://w3id.org/pcve/vocab/topic>",
        "ex:a a pcve:Project ; pcve:budget [ a schema:MonetaryAmount ]",
    ],
)
def test_they_are_where_the_thing_is_ours(northtown: World, tmp_path: Path, thing: str) -> None:
    path = written(tmp_path, f"{MORE}{thing} .\n")
    assert [row for row in rows(northtown, path, code=1) if row[0].startswith("error pcvesh:")]


def test_a_term_that_the_file_itself_describes_exists(northtown: World, tmp_path: Path) -> None:
    declared = "pcve:livestream a rdfs:Resource .\nex:a pcve:livestream ex:b .\n"
    assert not [row for row in rows(northtown, written(tmp_path, declared)) if "error" in row[0]]


@pytest.mark.parametrize(
    ("prefix", "name"),
    [(name, name.upper()) for name in ("dcterms", "foaf", "org", "prov", "skos")]
    + [("schema", "SDO")],
)
def test_the_lists_have_all_terms_that_rdflib_has(prefix: str, name: str) -> None:
    names = published_vocabularies()[PREFIXES[prefix]].names
    terms = {term for term in getattr(rdflib.namespace, name).__annotations__ if term[0] != "_"}
    assert len(terms) > 30
    assert terms - names == set()


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("event", "pcve:event is a property, not a class", "did you mean pcve:Event?"),
        ("venue", "pcve:venue is a property, not a class", "known types: Claim, "),
        ("organization", 'there is no type "organization"', "did you mean org:Organization?"),
        ("place", 'there is no type "place"', "did you mean Place?"),
    ],
)
def test_a_property_is_no_class(
    northtown: World, tmp_path: Path, name: str, message: str, fix: str
) -> None:
    path = written(tmp_path, f"ex:a a pcve:{name} .\n")
    (error,) = [row for row in rows(northtown, path, code=1) if row[0].startswith("error")]
    assert error[:3] == ("error unknown-type", 6, message)
    assert error[3].startswith(fix)
    written(tmp_path, f"ex:a a pcve:{name} . pcve:{name} a rdfs:Class .\n")
    assert not [row for row in rows(northtown, path) if row[0].startswith("error")]


@pytest.mark.parametrize(
    ("statement", "fix"),
    [
        ('pcve:Event "x"', "write a property; a class is a value of rdf:type"),
        ('a pcve:Place ; pcve:Event "x"', "keys of Place: "),
    ],
)
def test_a_class_is_no_property(northtown: World, tmp_path: Path, statement: str, fix: str) -> None:
    path = written(tmp_path, f"ex:a {statement} .\n")
    errors = [row for row in rows(northtown, path, code=1) if row[0] == "error unknown-key"]
    assert [row[1] for row in errors] == [6]
    assert errors[0][3].startswith(fix)


@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("https://x.example", 0),
        ("http://x.example?a=b", 0),
        ("https://x.example#a", 0),
        ("http://x.example/a", 0),
        ("https:///a", 1),
        ("https://?a", 1),
        ("mailto:a@x.example", 1),
    ],
)
def test_a_web_address_needs_no_path(
    northtown: World, tmp_path: Path, address: str, errors: int
) -> None:
    content = FAIR.format("ex:fair") + f"ex:fair <https://schema.org/sameAs> <{address}> .\n"
    reported = [row[0] for row in rows(northtown, written(tmp_path, content), code=errors)]
    assert reported == ["error pcvesh:Thing-sameAs"] * errors
