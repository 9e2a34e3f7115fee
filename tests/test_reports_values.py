"""What is wrong with a value in RDF, and a fix that can be followed: in the words of the file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import World

from pcve_graph.model.schema import Ontology
from pcve_graph.query.saved import read_queries
from pcve_graph.validation.notation import Notation
from pcve_graph.validation.rdf_wording import in_rdf

XSD = "http://www.w3.org/2001/XMLSchema"
PREFIXES = f"""@prefix event: <https://w3id.org/pcve/id/event/> .
@prefix ex: <http://example.org/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix pcve: <https://w3id.org/pcve/ns#> .
@prefix place: <https://w3id.org/pcve/id/place/> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <{XSD}#> .
"""
ROME = (
    'event:rome a pcve:Event ; skos:prefLabel "Rome"@en ; '
    "pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference>"
)
NORTHTOWN = "https://w3id.org/pcve/id/place/northtown"
VOCAB = "https://w3id.org/pcve/vocab/"


def problem(world: World, path: Path, rule: str, *options: str) -> dict[str, Any]:
    """The only problem of the rule in a file."""
    result = world.pcve("validate", str(path), *options, "--format", "json")
    (row,) = [row for row in json.loads(result.stdout) if row["rule"] == rule]
    return dict(row)


def turtle(folder: Path, statements: str, prefixes: str = PREFIXES) -> Path:
    path = folder / "data.ttl"
    path.write_text(f"{prefixes}{statements} .\n", "utf-8")
    return path


@pytest.mark.parametrize("value", ['[ skos:prefLabel "Hall"@en ]', "_:x", "<http://e.example/v>"])
def test_the_name_of_a_node_is_not_suggested_as_a_text(
    northtown: World, tmp_path: Path, value: str
) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(
        "PREFIX pcve: <https://w3id.org/pcve/ns#>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        '<http://e.example/e> a pcve:Event ; skos:prefLabel "E"@en ; pcve:venue '
        f"{value} ; pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference> ."
    )
    result = northtown.pcve("validate", str(path), "--format", "json", "--severity", "error")
    (problem,) = json.loads(result.stdout)
    assert (problem["rule"], problem["fix"]) == ("pcvesh:Event-venue", 'write "text"@en')


@pytest.mark.parametrize(
    ("statement", "rule", "fix", "fix_against"),
    [
        ('schema:location "Rome"', "Event-location", "write the IRI of Country or Place, or state that thing in this file, or validate with --against", ""),
        (f'schema:location "{NORTHTOWN}"', "Event-location", "write place:northtown", ""),
        ("schema:location event:rome", "Event-location", "event:rome exists, but is of another class", ""),
        ('schema:location "northtown"', "Event-location", "write the IRI of Country or Place", "write place:northtown"),
        ('schema:location "nortown"', "Event-location", "write the IRI of Country or Place", "did you mean place:northtown?"),
        ('schema:organizer "rome"', "Event-organizer", "event:rome exists, but", ""),
        ('schema:organizer "romee"', "Event-organizer", "write the IRI of Country, Initiative, Organization, OrganizationalUnit or Person", ""),
        ("pcve:precededBy event:rome-2", "Event-precededBy", "write the IRI of Event", ""),
        ('schema:sameAs "https://example.org/a"', "Thing-sameAs", "write <https://example.org/a>", ""),
        (f'schema:sameAs "https://example.org/a"^^<{XSD}#anyURI>', "Thing-sameAs", "write <https://example.org/a>", ""),
        ('schema:sameAs "example.org"', "Thing-sameAs", "write the full address as an IRI: <https://…>", ""),
    ],
)  # fmt: skip
def test_what_is_suggested_is_a_value_that_the_property_takes(
    northtown: World, tmp_path: Path, statement: str, rule: str, fix: str, fix_against: str
) -> None:
    """Of a class that it takes, never the thing itself, and an IRI where a thing is expected."""
    path = turtle(tmp_path, f"{ROME} ; {statement}")
    assert problem(northtown, path, f"pcvesh:{rule}")["fix"].startswith(fix)
    against = problem(northtown, path, f"pcvesh:{rule}", "--against")["fix"]
    assert against.startswith(fix_against)
    assert "mean event:rome" not in against


DURATION = (
    "write a text of the form of ISO 8601: "
    "PT4H for four hours, P3D for three days, P24M for 24 months"
)


@pytest.mark.parametrize(
    ("value", "fix"),
    [("3", DURATION), ('"3"', DURATION), ('"P3D"@en', 'write "P3D"'), ("ex:a", DURATION)],
)
def test_a_fix_of_a_text_has_the_form_that_the_rule_gives(
    northtown: World, tmp_path: Path, value: str, fix: str
) -> None:
    path = turtle(tmp_path, f"{ROME} ; schema:duration {value}")
    assert problem(northtown, path, "pcvesh:Event-duration")["fix"] == fix
    record = tmp_path / "zebra-fair.yml"
    record.write_text(
        "id: zebra-fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Zebra Fair}\n"
        "    kind: conference\n    duration: three days\n"
    )
    assert problem(northtown, record, "pcvesh:Event-duration")["fix"] == DURATION


def shapes_of_d(tmp_path: Path, constraint: str) -> Path:
    """A file of shapes with this constraint on the values of ex:d of each ex:T."""
    path = tmp_path / "shapes.ttl"
    path.write_text(
        f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:S-d ."
        f" ex:S-d sh:path ex:d ; {constraint} .\n"
    )
    return path


@pytest.mark.parametrize(
    ("constraint", "value", "fix"),
    [
        ('sh:datatype xsd:string ; sh:pattern "^p"', "3", 'write a value that has the datatype xsd:string and matches the pattern "^p"'),
        ('sh:datatype xsd:string ; sh:pattern "^P" ; sh:flags "i"', '"p"@en', 'write "p"'),
        ("sh:datatype xsd:string ; sh:maxLength 1", "33", "write a value that has the datatype xsd:string"),
        ("sh:datatype xsd:integer ; sh:maxInclusive 5", '"7"', "write a value that has the datatype xsd:integer"),
        ("sh:datatype xsd:integer ; sh:maxInclusive 5", '"4"', "write 4"),
        ("sh:datatype xsd:integer ; sh:in ( 1 2 )", '"3"', "write a value that has the datatype xsd:integer"),
    ],
)  # fmt: skip
def test_a_value_that_a_fix_states_conforms_to_the_shape(
    northtown: World, tmp_path: Path, constraint: str, value: str, fix: str
) -> None:
    shapes = shapes_of_d(tmp_path, constraint)
    path = turtle(tmp_path, f"ex:a a ex:T ; ex:d {value}")
    result = northtown.pcve("validate", str(path), "--shapes", str(shapes), "--format", "json")
    rows = [row for row in json.loads(result.stdout) if "datatype" in row["why"]]
    assert [row["fix"] for row in rows] == [fix]


CORRECT = "correct the shape: it requires a value that it does not allow"


@pytest.mark.parametrize(
    ("constraint", "values", "fix"),
    [
        ('sh:datatype xsd:date ; sh:pattern "^20(25|26)"', 'ex:d "2024/05/12"', 'write a value that has the datatype xsd:date and matches the pattern "^20(25|26)"'),
        ('sh:datatype xsd:date ; sh:pattern "^20(25|26)"', 'ex:d "2025/05/12"', 'write "2025-05-12"^^xsd:date'),
        ("sh:in () ; sh:minCount 1", "", CORRECT),
        ('sh:in ( "a" "b" ) ; sh:pattern "^z" ; sh:minCount 1', "", CORRECT),
        ('sh:in ( "a" "zb" ) ; sh:pattern "^z" ; sh:minCount 1', "", 'add ex:d: one of "zb"'),
        ('sh:hasValue "v"@en ; sh:pattern "^z"', "", CORRECT),
        ('sh:hasValue "v"@en ; sh:maxLength 1', "", 'add ex:d "v"@en'),
        ("sh:hasValue 5 ; sh:maxExclusive 5", "", CORRECT),
        ('sh:in ( "red" "blue" ex:red )', 'ex:d "Red"', 'did you mean "red"?'),
        ('sh:in ( ex:red "red" "blue" )', 'ex:d "Red"', 'did you mean "red"?'),
        ('sh:in ( "red" ex:red )', "ex:d ex:Red", "did you mean ex:red?"),
        ('sh:nodeKind sh:IRI ; sh:pattern "^https"', 'ex:d "http://a.example/"', "write an IRI"),
    ],
)  # fmt: skip
def test_no_fix_states_what_the_shape_forbids(
    northtown: World, tmp_path: Path, constraint: str, values: str, fix: str
) -> None:
    """A value that a fix states conforms to all that the shape says of values."""
    shapes = shapes_of_d(tmp_path, constraint)
    path = turtle(tmp_path, f"ex:a a ex:T ; {values}")
    for engine in ("turbo", "pyshacl"):
        command = ["validate", str(path), "--shapes", str(shapes), "--engine", engine]
        rows = json.loads(northtown.pcve(*command, "--format", "json").stdout)
        about = [row for row in rows if "does not match" not in row["message"]]
        assert [row["fix"] for row in about if row["severity"] == "error"] == [fix]


def test_a_record_is_not_suggested_to_itself(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "zebra-fair.yml"
    path.write_text(
        "id: zebra-fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Zebra Fair}\n"
        "    kind: conference\n    location: zebra-fairs\n    precededBy: zebra-fairs\n"
    )
    for rule in ("pcvesh:Event-location", "pcvesh:Event-precededBy"):
        row = problem(northtown, path, rule)
        assert row["fix"] == "create the record, or correct the id"


@pytest.mark.parametrize("address", ["https://example.org/a", NORTHTOWN])
def test_an_iri_in_json_ld_is_a_node(northtown: World, tmp_path: Path, address: str) -> None:
    key, rule = ("location", "Event-location") if "pcve" in address else ("sameAs", "Thing-sameAs")
    path = tmp_path / "data.jsonld"
    event = {"@id": "https://w3id.org/pcve/id/event/rome", "@type": "pcve:Event", key: address}
    context = {"@vocab": "https://schema.org/", "pcve": "https://w3id.org/pcve/ns#"}
    path.write_text(json.dumps({"@context": context, **event}))
    assert problem(northtown, path, f"pcvesh:{rule}")["fix"] == f'write {{"@id": "{address}"}}'


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        ('"18 November 2019"', "a text without a datatype", 'write "2019-11-18"^^xsd:date'),
        ('"18 November 2019"^^xsd:date', "which is not a valid xsd:date", 'write "2019-11-18"^^xsd:date'),
        ('"2019-11-18"', "a text without a datatype", 'write "2019-11-18"^^xsd:date'),
        ('"soon"^^xsd:date', "which is not a valid xsd:date", "write a day, month or year"),
        (
            f'"2019-11-18"^^<{XSD}date>',
            f"which has the datatype <{XSD}date>, not <{XSD}#date>",
            'write "2019-11-18"^^xsd:date',
        ),
    ],
)  # fmt: skip
def test_a_date_says_what_is_wrong_with_it(
    northtown: World, tmp_path: Path, value: str, message: str, fix: str
) -> None:
    row = problem(northtown, turtle(tmp_path, f"{ROME} ; schema:startDate {value}"), "pcvesh:Event-startDate")  # fmt: skip
    assert row["message"] == f'start of "Rome" is {value}, {message}'
    assert row["fix"].startswith(fix)


SHAPES = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:S-d . ex:S-d sh:path ex:d ; sh:datatype xsd:date"


@pytest.mark.parametrize(
    ("prefix", "value", "fix"),
    [
        (f"{XSD}#", '"18 November 2019"', 'write "2019-11-18"^^xsd:date'),
        (f"{XSD}#", '"18 November 2019"^^xsd:date', 'write "2019-11-18"^^xsd:date'),
        (f"{XSD}#", '"May 2019"', "write a value that has the datatype xsd:date"),
        (XSD, '"2019-11-18"^^xsd:date', f'write "2019-11-18"^^<{XSD}#date>'),
        (f"{XSD.replace('http', 'https')}#", '"2019-11-18"^^xsd:date', f'write "2019-11-18"^^<{XSD}#date>'),
    ],
)  # fmt: skip
def test_two_datatypes_of_one_name_are_whole_iris(
    northtown: World, tmp_path: Path, prefix: str, value: str, fix: str
) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(f"{PREFIXES}{SHAPES} .\n")
    path = turtle(tmp_path, f"ex:a a ex:T ; ex:d {value}", PREFIXES.replace(f"{XSD}#", prefix))
    row = problem(northtown, path, "http://example.org/S-d", "--shapes", str(shapes))
    assert row["fix"] == fix
    if prefix != f"{XSD}#":
        wrong = f"which has the datatype <{prefix}date>, not <{XSD}#date>"
        assert row["message"] == f'ex:d of ex:a is "2019-11-18"^^<{prefix}date>, {wrong}'


def test_a_text_without_a_language_is_called_so(northtown: World, tmp_path: Path) -> None:
    path = turtle(tmp_path, 'event:a a pcve:Event ; skos:prefLabel "Rome"')
    row = problem(northtown, path, "pcvesh:Thing-prefLabel")
    assert row["message"] == 'name of "Rome" is "Rome", a text without a language'
    assert row["why"].endswith('at most one in each language, written "the name"@en')
    assert row["fix"] == 'add the language of the text: "Rome"@en if it is English'


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("120", "is 129, but its end, 120, lies before it"),
        ("129", "is 129, and its end is the same"),
        ('"120"', 'is 129, which cannot be compared with its end, "120"'),
    ],
)
def test_a_quote_that_ends_before_it_starts(
    northtown: World, tmp_path: Path, end: str, message: str
) -> None:
    path = turtle(
        tmp_path,
        f"ex:q a pcve:Thing . <https://w3id.org/pcve/quote/1/p> a oa:TextPositionSelector ; oa:start 129 ; oa:end {end}",
    )
    row = problem(northtown, path, "pcvesh:QuotePosition-start")
    assert row["message"] == f"start of <https://w3id.org/pcve/quote/1/p> {message}"
    assert row["fix"] == "correct the start or the end: the end lies after the start"


def test_the_span_of_a_quote_is_never_negative(northtown: World, tmp_path: Path) -> None:
    quote = "<https://w3id.org/pcve/quote/1>"
    path = turtle(
        tmp_path,
        f'{quote} a oa:SpecificResource ; oa:hasSelector ex:w, ex:p . ex:w oa:exact "Northtown" . '
        "ex:p oa:start 129 ; oa:end 120",
    )
    row = problem(northtown, path, "check:quote-fills-its-span")
    assert row["message"] == "the end of the quote, 120, lies before its start, 129"
    assert "record" not in row["fix"]


RECORDS = re.compile(r"\b(?:records?|blocks?|keys?|ids?)\b|\{[a-z]+:", re.IGNORECASE)
"""Matches the words of records."""


def test_a_rule_is_worded_for_rdf(northtown: World, tmp_path: Path) -> None:
    path = turtle(
        tmp_path, f'{ROME} ; schema:location "x" ; pcve:venue "x" ; pcve:hasCount "x" ; pcve:x "x"'
    )
    listed = json.loads(northtown.pcve("validate", str(path), "--format", "json").stdout)
    errors = [row for row in listed if row["severity"] == "error"]
    assert len(errors) == 4
    for row in errors:
        if row["rule"] == "unknown-key":
            assert row["why"] == "a key, which is a property in RDF, is one that the class of the thing has"  # fmt: skip
        else:
            assert not RECORDS.search(row["why"] + row["fix"]), row


def test_all_rules_have_a_wording_for_rdf(ontology: Ontology, northtown: World) -> None:
    checks = read_queries(northtown.project, "checks").values()
    texts = [message for _, message in ontology.messages.values()]
    texts += [check.header.get(name, "") for check in checks for name in ("rule", "fix")]
    words = {text: in_rdf(text, Notation("turtle")) for text in texts}
    assert {text for text, worded in words.items() if RECORDS.search(worded)} == set()
    assert sum(bool(RECORDS.search(text)) for text in words) > 30


DERIVED = (
    'schema:startDate "2026"^^xsd:gYear', 'schema:endDate "2025-05"^^xsd:gYearMonth'
)  # fmt: skip


def test_a_bound_that_is_derived_is_reported_as_the_dates_of_the_file(
    northtown: World, tmp_path: Path
) -> None:
    start, end = DERIVED
    path = turtle(tmp_path, f"{ROME} ; {start} ; {end}")
    row = problem(northtown, path, "pcvesh:Dated-earliest")
    assert row["message"].endswith(f" has {start} and {end}")
    path = turtle(tmp_path, f'{ROME} ; {start} ; pcve:latest "2025-05-31"^^xsd:date')
    row = problem(northtown, path, "pcvesh:Dated-earliest")
    assert row["message"].endswith(f' has {start} and pcve:latest "2025-05-31"^^xsd:date')


@pytest.mark.parametrize(
    ("statement", "rule", "shown"),
    [
        (f"schema:about <{VOCAB}event-kind/forum>", "about", f'is <{VOCAB}event-kind/forum> ("forum")'),
        ("schema:location event:rome", "location", 'is event:rome ("'),
        ("schema:location event:none", "location", "is event:none"),
    ],
)  # fmt: skip
def test_a_value_of_another_list_or_class_is_named_by_its_iri(
    northtown: World, tmp_path: Path, statement: str, rule: str, shown: str
) -> None:
    row = problem(northtown, turtle(tmp_path, f"{ROME} ; {statement}"), f"pcvesh:Event-{rule}")
    assert shown in row["message"]


def test_a_thing_that_the_graph_may_have_names_the_option(northtown: World, tmp_path: Path) -> None:
    path = turtle(tmp_path, f"{ROME} ; schema:location <{NORTHTOWN}-2>")
    row = problem(northtown, path, "pcvesh:Event-location")
    assert "IRI of Country or Place, or state that thing in this file, or" in row["fix"]
    assert "--against" in row["fix"]
    assert "--against" not in problem(northtown, path, "pcvesh:Event-location", "--against")["fix"]
