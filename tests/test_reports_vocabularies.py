"""RDF is an open world: a term is a fault only where its own vocabulary does not define it."""

from __future__ import annotations

import json
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
    assert unknown == (
        "error unknown-type",
        11,
        message,
        "write <http://www.w3.org/ns/org#Organization>",
    )


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
        ("venue", "pcve:venue is a property, not a class", "known types: pcve:Claim, "),
        (
            "organization",
            'there is no type "organization"',
            "did you mean <http://www.w3.org/ns/org#Organization>?",
        ),
        ("place", 'there is no type "place"', "did you mean pcve:Place?"),
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
        ('a pcve:Place ; pcve:Event "x"', "properties of Place: "),
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


def document(folder: Path, context: object, **event: object) -> Path:
    path = folder / "data.jsonld"
    about = {"@context": context, "@id": "https://w3id.org/pcve/id/event/fair"}
    path.write_text(json.dumps(about | event), "utf-8")
    return path


SCHEMA, PCVE = "https://schema.org/", "https://w3id.org/pcve/ns#"


@pytest.mark.parametrize(
    ("context", "event", "fixes"),
    [
        (
            {"@vocab": SCHEMA, "pcve": PCVE},
            {"@type": "pcve:Event", "startdate": "2018", "pcve:kinde": "x"},
            {"did you mean startDate?", "did you mean pcve:kind?", "add pcve:kind: a term of event-kind"},
        ),
        (
            {"@vocab": PCVE, "s": SCHEMA},
            {"@type": "Evnt", "s:startdate": "2018", "venu": "x"},
            {"did you mean Event?", "did you mean s:startDate?", "did you mean venue?"},
        ),
        (
            [{"p": PCVE}, {"@vocab": "p:", "venue": None, "kind": SCHEMA + "genre"}],
            {"@type": "Event", "venu": "x"},
            {"did you mean p:venue?", "add p:kind: a term of event-kind"},
        ),
        (
            [{"@vocab": PCVE}, {"@vocab": None}],
            {"@type": f"{PCVE}Event", f"{PCVE}venu": "x"},
            {f"did you mean {PCVE}venue?", f"add {PCVE}kind: a term of event-kind"},
        ),
    ],
)  # fmt: skip
def test_names_are_those_of_the_context(
    northtown: World, tmp_path: Path, context: object, event: dict[str, object], fixes: set[str]
) -> None:
    """A bare name where the context has @vocab, unless it defines the name otherwise."""
    path = document(tmp_path, context, **event)
    assert fixes <= {row[3] for row in rows(northtown, path, code=1)}


def test_a_datatype_is_named_by_the_context(northtown: World, tmp_path: Path) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    event = {"@type": f"{PCVE}Event", f"{SCHEMA}startDate": "2018-05-01"}
    path = document(tmp_path, {"@vocab": xsd}, **event)
    fixes = {row[3] for row in rows(northtown, path, code=1)}
    assert 'write {"@value": "2018-05-01", "@type": "date"}' in fixes


def test_a_context_that_is_not_in_the_file_names_terms_too(
    northtown: World, tmp_path: Path
) -> None:
    """Of our own context, of which only the terms that the file uses are written out in it."""
    path = document(tmp_path, "https://w3id.org/pcve/context.jsonld", type="Event")
    fixes = {row[3] for row in rows(northtown, path, code=1)}
    assert "add kind: a term of event-kind" in fixes


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("statement", "fix"),
    [
        ('s:startdate "2024"', "did you mean s:startDate?"),
        ("a s:Evnt", "did you mean s:Event?"),
        ('o:nmae "x"', "did you mean o:name?"),
    ],
)
def test_a_term_is_an_error_under_both_schemes(
    northtown: World, tmp_path: Path, scheme: str, statement: str, fix: str
) -> None:
    prefixes = (
        f"@prefix s: <{scheme}://schema.org/> .\n@prefix o: <{scheme}://xmlns.com/foaf/0.1/> .\n"
    )
    path = written(tmp_path, f"{prefixes}ex:a {statement} ; s:name 'x' ; o:mbox ex:b .\n")
    listed = rows(northtown, path, code=1)
    assert [row[3] for row in listed if row[0] == "error unknown-term"] == [fix]
    near = {row[2].split("; so")[0] for row in listed if row[0] == "warning near-namespace"}
    assert near == {
        "http://schema.org/name: the graph uses https://schema.org/name"
        if scheme == "http"
        else "https://xmlns.com/foaf/0.1/mbox: the graph uses http://xmlns.com/foaf/0.1/mbox"
    }


def test_the_namespace_of_a_context_is_corrected_in_a_copy(
    northtown: World, tmp_path: Path
) -> None:
    """The fix can be followed: then there is no warning, and what is wrong is still an error."""
    context = tmp_path / "schemaorg.jsonld"
    text = json.dumps({"@context": {"@vocab": "http://schema.org/", "id": "@id", "type": "@type"}})
    context.write_text(text)
    path = document(tmp_path, SCHEMA, type="Event", name="x", startdate="2018")
    option = ("--context", f"{SCHEMA}={context}")
    near, unknown = rows(northtown, path, *option, code=1)
    assert (near[0], unknown[0]) == ("warning near-namespace", "error unknown-term")
    assert near[3] == (
        f"it comes from the context {SCHEMA}, not from this file: in a copy of that context, write "
        f"{SCHEMA} in place of http://schema.org/, and pass it with --context {SCHEMA}=FILE"
    )
    context.write_text(text.replace("http://", "https://"))
    (unknown,) = rows(northtown, path, *option, code=1)
    assert unknown[::3] == ("error unknown-term", "did you mean startDate?")
