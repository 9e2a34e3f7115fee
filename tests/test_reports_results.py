"""The report that `pcve validate` writes: which results it has, where, how severe, in which words.

The inputs are in tests/reports, by number.
"""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
import rdflib.compare
from conftest import ROOT, World, make_world
from validation_reports import Report, Row, of_command, of_pyshacl

from pcve_graph.model.namespaces import expand
from pcve_graph.model.terms import NTerm, NTriple
from pcve_graph.validation.documents import read_document
from pcve_graph.validation.engines import ENGINES
from pcve_graph.validation.focus_nodes import find_mentions

REPORTS = ROOT / "tests" / "reports"
PREFIXES = """@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to run the command in, not built."""
    return make_world(tmp_path_factory.mktemp("reports") / "project")


def listed(world: World, data: Path, shapes: Path, *options: str) -> list[dict[str, object]]:
    """The problems as JSON."""
    command = ["validate", str(data), "--shapes", str(shapes), "--format", "json", *options]
    problems: list[dict[str, object]] = json.loads(world.pcve(*command).stdout)
    return problems


def files(folder: Path, data: str, shapes: str) -> tuple[Path, Path]:
    paths = folder / "data.ttl", folder / "shapes.ttl"
    for path, text in zip(paths, (data, shapes), strict=True):
        path.write_text(PREFIXES + text, "utf-8")
    return paths


def report_of(world: World, data: Path, shapes: Path) -> Report:
    """The report, which is the same with each engine, and in all but messages that of pySHACL."""
    reports = [of_command(world, data, shapes, engine) for engine in ENGINES]
    assert reports[0] == reports[1]
    texts = [
        "\n".join(read_document(path.read_bytes(), path.name, "turtle").lines())
        for path in (data, shapes)
    ]
    theirs = of_pyshacl(*texts)
    report = reports[0]
    assert not isinstance(report, str), report
    assert not isinstance(theirs, str), theirs
    assert report.conforms == theirs.conforms
    ours, others = (sorted(map(bare, written.rows.elements())) for written in (report, theirs))
    assert ours == others
    return report


def bare(row: Row) -> Row:
    return row._replace(messages=())


def ex(name: str) -> str:
    return f"<http://example.org/{name}>"


def faulty(name: str) -> tuple[Path, Path]:
    return REPORTS / f"{name}.ttl", REPORTS / f"{name}.shapes.ttl"


def test_a_node_that_the_file_only_names_is_reported_there(project: World) -> None:
    """Fault 01: the shape is about the objects of a property."""
    paths = faulty("01-organiser-only-named")
    report = report_of(project, *paths)
    (row,) = report.rows
    assert not report.conforms
    assert (row.focus, row.shape) == (ex("river-council"), "_:")
    assert row.messages == ('"an organiser has a name"@en',)
    (problem,) = listed(project, *paths)
    assert (problem["line"], problem["column"]) == (4, 18)


def test_a_result_on_a_node_that_points_to_itself_is_at_the_node(
    project: World, tmp_path: Path
) -> None:
    shape = 'ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:pattern "^urn:" .'
    paths = files(tmp_path, "ex:x a ex:P ;\n  ex:k 1 ;\n  ex:same ex:x .", shape)
    (problem,) = listed(project, *paths)
    assert (problem["line"], problem["column"]) == (4, 1)


def test_a_namespace_has_the_prefix_that_the_file_declares_first(
    project: World, tmp_path: Path
) -> None:
    data = "ex:x a ex:P ; ex:q ex:y .\n@prefix e2: <http://example.org/> .\n"
    shape = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:q ; sh:maxCount 0 ] ."
    )
    paths = files(tmp_path, data, shape)
    (problem,) = listed(project, *paths)
    assert problem["message"] == "ex:q of ex:x has the value ex:y, but takes none"
    assert problem["fix"] == "delete ex:q ex:y"
    run = project.pcve("validate", str(paths[0]), "--shapes", str(paths[1]))
    assert "e2:" not in run.output


def test_a_disjoint_qualified_shape_names_its_sibling_kinds(project: World, tmp_path: Path) -> None:
    """SHACL 4.7.3: a value that conforms to a sibling shape too does not count."""
    qualified = (
        "[ sh:path ex:m ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ;"
        " sh:qualifiedValueShape [ sh:class ex:{} ] ]"
    )
    properties = ", ".join(map(qualified.format, ("Thumb", "Finger")))
    shape = f"ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property {properties} ."
    data = "ex:a a ex:P ; ex:m ex:x . ex:x a ex:Thumb, ex:Finger ."
    rows = listed(project, *files(tmp_path, data, shape))
    kinds = [
        f"is an instance of ex:{kind}, and not of a sibling kind (is an instance of ex:{other})"
        for kind, other in (("Finger", "Thumb"), ("Thumb", "Finger"))
    ]
    assert [(row["message"], row["fix"]) for row in rows] == [
        (
            f"ex:m of ex:a has fewer than 1 value of this kind: {kind}; its values: ex:x",
            f"add a value of ex:m of this kind: {kind}",
        )
        for kind in kinds
    ]


XML = """{head}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:ex="http://example.org/" xml:lang="en">
<ex:P rdf:about="{name}">
<!-- xml:lang="" --><ex:k><![CDATA[xml:lang=""]]></ex:k>
{members}
<ex:l>one</ex:l></ex:P></rdf:RDF>"""
ENTITY = "<!DOCTYPE rdf:RDF [ <!ENTITY e {} > ]>"
XML_FORMS = {
    "an empty language": ("", "urn:a", '<ex:m ex:n=\'xml:lang=""\' xml:lang=""/><ex:l xml:lang="">two</ex:l>'),
    "an empty language above": ("", "urn:a", '<ex:m><ex:Q xml:lang = \'\' ex:n="x"><ex:o>y</ex:o></ex:Q></ex:m>'),
    "an XML literal": ("", "urn:a", '<ex:m rdf:parseType="Other"><b xml:lang="">x</b></ex:m>'),
    "an entity": (ENTITY.format('"http://example.org/"'), "&e;a", "<ex:l>&e;</ex:l>"),
    "single quotation marks": (ENTITY.format("'http://example.org/'"), "&e;a", "<ex:l>&e;</ex:l>"),
    "an entity that is not used": (ENTITY.format('"x"'), "urn:a", "<ex:l>two</ex:l>"),
}  # fmt: skip


@pytest.mark.parametrize("name", XML_FORMS)
def test_all_of_rdf_xml_is_read_with_its_places(project: World, tmp_path: Path, name: str) -> None:
    """XML 1.0, 2.12 and 4.2; RDF 1.1 XML Syntax, 7.2.20: rdflib has the same statements."""
    head, subject, members = XML_FORMS[name]
    shape = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:l ; sh:in ( 1 ) ]."
    )
    _, shapes = files(tmp_path, "", shape)
    path = tmp_path / "data.rdf"
    path.write_text(XML.format(head=head, name=subject, members=members))
    expected = rdflib.Graph().parse(path, format="xml")
    lines = "\n".join(read_document(path.read_bytes(), "x", "rdfxml").lines())
    actual = rdflib.Graph().parse(data=lines, format="nt")
    literals = {value for value in actual.objects() if isinstance(value, rdflib.Literal)}
    if "XML" in name:  # of which rdflib writes the namespaces in another way
        assert any('xml:lang="">x</b>' in str(value) for value in literals)
        assert len(actual) == len(expected)
    else:
        assert rdflib.compare.isomorphic(actual, expected)
    rows = listed(project, path, shapes)
    assert [row["line"] for row in rows] == [5, 6][2 - (members.count("<ex:l") + 1) :]


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ("sh:nodeKind sh:Literal", "ex:p of ex:a is a blank node, not a literal"),
        ("sh:datatype xsd:date", "ex:p of ex:a is a blank node, not a literal of the datatype xsd:date"),
        ("sh:not [ sh:nodeKind sh:BlankNode ]", "ex:p of ex:a is a blank node: that is excluded"),
        ("sh:minInclusive 3", "ex:p of ex:a is a blank node, which cannot be compared with 3"),
    ],
)  # fmt: skip
def test_a_blank_node_is_called_so_once(
    project: World, tmp_path: Path, constraint: str, message: str
) -> None:
    shape = (
        f"ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:p ; {constraint} ] ."
    )
    (row,) = listed(project, *files(tmp_path, "ex:a a ex:P ; ex:p [ ex:q 1 ] .", shape))
    assert row["message"] == message
    of_node = "ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:nodeKind sh:IRI ."
    (row,) = listed(project, *files(tmp_path, "[] a ex:P .", of_node))
    assert row["message"] == "a blank node is not an IRI"


@pytest.mark.parametrize("tag", ["en-GB", "mk-Cyrl", "sr-Latn-RS", "de-x-ab-abcd"])
def test_a_language_tag_is_shown_as_it_is_usually_written(
    project: World, tmp_path: Path, tag: str
) -> None:
    """RFC 5646, section 2.1.1; the parser gives tags in lower case."""
    shape = "ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:p ; {} ] ."
    data = f'ex:a a ex:P ; ex:p "x"@{tag}, "y"@{tag} .'
    (row,) = listed(project, *files(tmp_path, data, shape.format("sh:uniqueLang true")))
    assert row["message"] == (
        f'ex:p of ex:a has several texts in one language: "x"@{tag} and "y"@{tag} in {tag}'
    )
    assert row["fix"] == f'keep one of "x"@{tag} and "y"@{tag}'
    shapes = tmp_path / "shapes.ttl"
    path = tmp_path / "data.jsonld"
    value = {"@value": "x", "@language": tag.upper()}
    node = {"@id": "http://example.org/a", "http://example.org/p": [value, value | {"@value": "y"}]}
    path.write_text(json.dumps(node | {"@type": "http://example.org/P"}))
    (row,) = listed(project, path, shapes)
    assert f'"@language": "{tag}"' in str(row["fix"])


AS_STRING = '<ex:l rdf:datatype="http://www.w3.org/2001/XMLSchema#string">red</ex:l>'


@pytest.mark.parametrize(
    ("of_root", "of_node", "of_text", "fix"),
    [
        ('xml:lang="en"', "", "", AS_STRING),
        ("", "xml:lang='en'", "", AS_STRING),
        ("", "", 'xml:lang="en"', "<ex:l>red</ex:l>"),
    ],
)
def test_a_text_in_rdf_xml_does_not_inherit_the_language(
    project: World, tmp_path: Path, of_root: str, of_node: str, of_text: str, fix: str
) -> None:
    """The fix, pasted in, is no longer reported."""
    shape = 'ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:l ; sh:in ( "red" ) ].'
    _, shapes = files(tmp_path, "", shape)
    path, text = tmp_path / "data.rdf", f"<ex:l {of_text}>red</ex:l>"
    path.write_text(
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {of_root}\n'
        f' xmlns:ex="http://example.org/"><!-- a -->\n<ex:P rdf:about="urn:a" {of_node}>{text}</ex:P>\n'
        "</rdf:RDF>"
    )
    (problem,) = listed(project, path, shapes)
    assert problem["fix"] == f"write {fix}"
    path.write_text(path.read_text().replace(text, fix))
    assert listed(project, path, shapes) == []


def test_all_messages_are_reported_and_the_users_is_shown(
    project: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 06: a message in German and in English."""
    paths = faulty("06-message-in-two-languages")
    (row,) = report_of(project, *paths).rows
    german, english = "Der Beginn fehlt", "the start is missing"
    assert row.messages == (f'"{german}"@de', f'"{english}"@en')
    for locale, message in (
        ({"LC_ALL": "de_AT.UTF-8"}, german),
        ({"LC_MESSAGES": "de"}, german),
        ({"LANG": "de_CH@euro", "LC_MESSAGES": "C"}, english),
        ({"LANG": "fr_FR"}, english),
        ({"LANG": "POSIX"}, english),
        ({}, english),
    ):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in locale.items():
            monkeypatch.setenv(name, value)
        for form in ("text", "json", "sarif", "junit"):
            command = ["validate", str(paths[0]), "--shapes", str(paths[1]), "--format", form]
            shown = project.pcve(*command).output
            assert (german in shown, english in shown) == (message == german, message == english)


def test_without_english_the_untagged_message_is_shown_else_the_first(
    project: World, tmp_path: Path
) -> None:
    for messages, shown in (
        ('"la fino"@eo, "plain", "das Ende"@de', "plain"),
        ('"la fino"@eo, "das Ende"@de', "das Ende"),
    ):
        shape = (
            "ex:S sh:targetNode ex:a ; a sh:NodeShape ; sh:property ex:p ."
            f"ex:p sh:path ex:end ; sh:minCount 1 ; sh:message {messages} ."
        )
        (problem,) = listed(project, *files(tmp_path, "ex:a ex:b 1 .", shape))
        assert str(problem["message"]).endswith(f": {shown}")


def test_severities_stay_and_determine_the_exit_code(project: World) -> None:
    """Fault 23: sh:Info, and a severity of another vocabulary."""
    paths = faulty("23-severities")
    report = report_of(project, *paths)
    assert not report.conforms
    assert {(row.path, row.severity) for row in report.rows} == {
        (ex("title"), f"<{expand('sh:Info')}>"),
        (ex("place"), ex("Urgent")),
    }
    assert sorted(str(problem["severity"]) for problem in listed(project, *paths)) == [
        "error",
        "info",
    ]
    command = ["validate", str(paths[0]), "--shapes", str(paths[1])]
    assert "1 error, 0 warnings, 1 info in 1 file" in project.pcve(*command).output
    results = json.loads(project.pcve(*command, "--format", "sarif").stdout)["runs"][0]["results"]
    assert sorted(result["level"] for result in results) == ["error", "note"]
    suites = ElementTree.fromstring(project.pcve(*command, "--format", "junit").stdout)
    assert suites.get("failures") == "1"
    for severity in ("error", "warning"):
        (problem,) = listed(project, *paths, "--severity", severity)
        assert problem["severity"] == "error"


@pytest.mark.parametrize(
    ("severity", "code"),
    [("sh:Violation", 1), ("sh:Warning", 0), ("sh:Info", 0), ("ex:Urgent", 1)],
)
def test_any_result_is_against_conformance_but_only_errors_fail(
    project: World, tmp_path: Path, severity: str, code: int
) -> None:
    shape = f"ex:S sh:targetNode ex:a ; a sh:NodeShape ; sh:class ex:C ; sh:severity {severity} ."
    data, shapes = files(tmp_path, "ex:a ex:b 1 .", shape)
    assert not report_of(project, data, shapes).conforms
    assert project.pcve("validate", str(data), "--shapes", str(shapes)).exit_code == code


@pytest.mark.parametrize(
    ("data", "shape", "focus", "place"),
    [
        ('ex:a ex:b "x" , 5 .', "sh:targetObjectsOf ex:b ; sh:datatype xsd:string", "5", (4, 17)),
        ("ex:a ex:b ex:c .", "sh:targetNode ex:absent ; sh:class ex:C", ex("absent"), (1, 1)),
        ("ex:a ex:b ex:c .", 'sh:targetNode "no" ; sh:nodeKind sh:IRI', '"no"', (1, 1)),
        ("ex:a ex:b ex:c .", "sh:targetNode ex:c ; sh:class ex:C", ex("c"), (4, 11)),
        ("ex:a ex:b [] .", "sh:targetObjectsOf ex:b ; sh:nodeKind sh:IRI", "_:", (4, 11)),
        ("ex:a ex:b [ ex:c 1 ] .", "sh:targetObjectsOf ex:b ; sh:class ex:C", "_:", (4, 11)),
        ("ex:a ex:b ( ex:c ) .", "sh:targetObjectsOf ex:b ; sh:nodeKind sh:IRI", "_:", (4, 13)),
        ("ex:a a ex:M .", "sh:targetNode ex:b ; sh:class ex:C", ex("b"), (1, 1)),
        ("ex:a a ex:M .", "sh:targetClass ex:M ; sh:class ex:C", ex("a"), (4, 1)),
    ],
)
@pytest.mark.parametrize("named", ["ex:S", "[]"])
def test_a_result_is_reported_wherever_its_focus_node_is(
    project: World,
    tmp_path: Path,
    data: str,
    shape: str,
    focus: str,
    place: tuple[int, int],
    named: str,
) -> None:
    paths = files(tmp_path, data, f"{named} a sh:NodeShape ; {shape} .")
    (row,) = report_of(project, *paths).rows
    assert row.focus.removesuffix(f"^^<{expand('xsd:integer')}>").strip() in (focus, f'"{focus}"')
    assert row.shape == (ex("S") if named == "ex:S" else "_:")
    (problem,) = listed(project, *paths)
    assert (problem["line"], problem["column"]) == place


def test_results_of_several_absent_nodes_are_all_shown(project: World, tmp_path: Path) -> None:
    shape = "ex:S a sh:NodeShape ; sh:targetNode ex:x , ex:y ; sh:class ex:C ; sh:message 'a C' ."
    paths = files(tmp_path, "ex:a ex:b ex:c .", shape)
    assert len(listed(project, *paths)) == 2
    (problem,) = listed(project, *paths, "--focus", "http://example.org/y")
    assert "y" in str(problem["message"])


def test_each_value_that_a_path_leads_to_is_a_problem(project: World, tmp_path: Path) -> None:
    """In every format: values without a statement of their own on the focus node have one place."""
    data = (
        "ex:a a ex:T ; ex:c [ ex:n '1' , '2' ] , [ ex:n '3' ] ; ex:x 'a' , 'b' ; ex:y 'c' ."
        "ex:a ex:z ex:d . ex:d ex:z ex:e , ex:f . ex:q ex:of ex:a . ex:r ex:of ex:a ."
        "ex:a ex:l [ ex:m [ ex:k 1 ] , [ ex:k 2 ] ] . ex:b a ex:T ; ex:big 1 , 2 ."
    )
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:T ;
      sh:property [ sh:path ( ex:c ex:n ) ; sh:datatype xsd:integer ] ,
        [ sh:path [ sh:inversePath ex:of ] ; sh:class ex:P ] ,
        [ sh:path [ sh:alternativePath ( ex:x ex:y ) ] ; sh:minLength 3 ] ,
        [ sh:path [ sh:oneOrMorePath ex:z ] ; sh:nodeKind sh:BlankNode ] ,
        [ sh:path ( ex:l ex:m ) ; sh:nodeKind sh:IRI ] ,
        [ sh:path ex:big ; sh:minInclusive 5 ] , [ sh:path ex:big ; sh:minInclusive 6 ] .
    ex:Q a sh:NodeShape ; sh:targetSubjectsOf ex:big ; sh:description "No query finds a node." ;
      sh:sparql [ sh:select "SELECT $this WHERE { $this a <http://example.org/T> }" ;
        sh:message "is a T" ] ,
      [ sh:select "SELECT $this WHERE { $this <http://example.org/big> 1 }" ;
        sh:message "is big" ] ."""
    paths = files(tmp_path, data, shapes)
    rows = report_of(project, *paths).rows
    assert rows.total() == 19
    problems = listed(project, *paths)
    assert len(problems) == 19
    assert len({(row["line"], row["column"], row["message"]) for row in problems}) == 19
    command = ("validate", str(paths[0]), "--shapes", str(paths[1]), "--limit", "0")
    assert "19 errors" in project.pcve(*command).stdout
    assert 'message="19 errors"' in project.pcve(*command, "--format", "junit").stdout
    sarif = json.loads(project.pcve(*command, "--format", "sarif").stdout)
    assert len(sarif["runs"][0]["results"]) == 19


def test_shapes_of_ones_own_see_the_file_alone(project: World, tmp_path: Path) -> None:
    """The terms of the project's ontology are no part of the data, as for any SHACL validator."""
    shape = "ex:S a sh:NodeShape ; sh:targetClass <http://www.w3.org/2004/02/skos/core#Concept> ; sh:closed true ."
    data = "ex:a a <http://www.w3.org/2004/02/skos/core#Concept> ."
    assert {row.focus for row in report_of(project, *files(tmp_path, data, shape)).rows} == {
        ex("a")
    }


def test_against_limits_results_to_what_the_file_says(northtown: World, tmp_path: Path) -> None:
    place = "<https://w3id.org/pcve/id/place/northtown>"
    data = f"ex:a <https://schema.org/location> {place} ; ex:near {place} ."
    shape = (
        "ex:S a sh:NodeShape ; sh:targetClass <https://w3id.org/pcve/ns#Place> ;"
        " sh:targetNode ex:absent ; sh:property [ sh:path ex:never ; sh:minCount 1 ] ."
        "ex:T a sh:NodeShape ; sh:targetObjectsOf ex:near ; sh:class ex:C ."
    )
    paths = files(tmp_path, data, shape)
    (problem,) = listed(northtown, *paths, "--against")
    assert problem["rule"] == "http://example.org/T"
    assert problem["line"] == 4
    traced = (
        "ex:U a sh:NodeShape ; sh:targetNode ex:n ; sh:property [ sh:path ex:q ; sh:node ex:U ] ."
    )
    whole = files(tmp_path, data, f"{shape} {traced}")  # a recursive shape reads the whole graph
    assert listed(northtown, *whole, "--against") == [problem]


def test_a_node_of_the_context_alone_is_not_reported() -> None:
    """A concept of the ontology that the file does not mention, where a target names both."""
    data, context = ["<x:a> <x:b> <x:c> ."], ["<x:c> <x:d> 1 .", "<x:e> <x:d> 1 ."]
    nodes = [NTerm(f"<x:{name}>") for name in "acef"]
    mentions = find_mentions(nodes, set(nodes[:1]), map(NTriple, data), map(NTriple, context))
    assert [mentions.is_reported(node, limited=False) for node in nodes] == [
        True,
        True,
        False,
        True,
    ]
    assert [mentions.is_reported(node, limited=True) for node in nodes] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("shape", "message", "rule"),
    [
        (
            "sh:or ( [ sh:path ex:mail ; sh:minCount 1 ] [ sh:path ex:web ; sh:minCount 1 ] )",
            "ex:a meets none of: its ex:mail has at least 1 value; its ex:web has at least 1 value",
            "a node of ex:S meets one or more of "
            "(its ex:mail has at least 1 value; its ex:web has at least 1 value)",
        ),
        (
            "sh:xone ( [ sh:path ex:name ; sh:minCount 1 ] [ sh:path ex:name ; sh:maxCount 1 ] )",
            "ex:a does not meet exactly one of: "
            "its ex:name has at least 1 value; its ex:name has at most 1 value",
            "a node of ex:S meets exactly one of "
            "(its ex:name has at least 1 value; its ex:name has at most 1 value)",
        ),
        (
            "sh:and ( [ sh:path ex:name ; sh:datatype xsd:date ] )",
            "ex:a does not meet all of: its ex:name has the datatype xsd:date",
            "a node of ex:S meets all of (its ex:name has the datatype xsd:date)",
        ),
        (
            "sh:not [ sh:path [ sh:inversePath ex:knows ] ; sh:maxCount 0 ]",
            "ex:a meets what is excluded: its ^ex:knows has no value",
            "a node of ex:S does not meet (its ^ex:knows has no value)",
        ),
        (
            "sh:not [ sh:property [ sh:path ex:name ; sh:minCount 1 ] ]",
            "ex:a meets what is excluded: its ex:name has at least 1 value",
            "a node of ex:S does not meet (its ex:name has at least 1 value)",
        ),
        (
            "sh:node [ sh:path ex:name ; sh:datatype xsd:date ]",
            "ex:a does not conform to its shape: "
            'ex:name of ex:a is "n", which has the datatype xsd:string, not xsd:date',
            "a node of ex:S: its ex:name has the datatype xsd:date",
        ),
    ],
)
def test_the_property_of_a_shape_inside_another_is_named(
    project: World, tmp_path: Path, shape: str, message: str, rule: str
) -> None:
    shapes = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape} ."
    (row,) = listed(project, *files(tmp_path, 'ex:a a ex:C ; ex:name "n" .', shapes))
    assert (row["message"], row["why"]) == (message, rule)


@pytest.mark.parametrize("name", ["😀", "a😀b", "हिन्दी", "a‿b", "a·b", "𠀀"])
def test_a_name_may_have_any_character_of_turtle(project: World, tmp_path: Path, name: str) -> None:
    """PN_CHARS of Turtle 1.1 (6.5) has marks and characters that are not letters to Python."""
    text = f"""PREFIX {name if name != "a‿b" else "a"}: <http://example.org/n#>
_:{name} a ex:C .
ex:{name} a ex:C ; ex:p ex:{name}s ;
  ex:q 2 .
"""
    shapes = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ex:q ; sh:maxInclusive 1 ] ."""
    rows = listed(project, *files(tmp_path, text, shapes))
    assert sorted((row["line"], row["column"]) for row in rows) == [(5, 1), (7, 8)]


def test_an_engine_does_not_word_messages(project: World, tmp_path: Path) -> None:
    """Where a shape states none, the report has that of the command, alike with each engine."""
    shape = (
        "[] a sh:NodeShape ; sh:targetSubjectsOf ex:b ; sh:closed true ; sh:property "
        "[ sh:path ex:b ; sh:node [ sh:property [ sh:path ex:c ; sh:minCount 1 ] ] ; "
        "sh:or ( [ sh:datatype xsd:date ] [ sh:class ex:C ] ) ; sh:not [ sh:hasValue 3 ] ] ."
    )
    report = report_of(project, *files(tmp_path, "ex:a ex:b 3 .", shape))
    words = " ".join(text for row in report.rows for text in row.messages)
    for inside in ("ConstraintComponent", "Literal(", "urn:x-shape"):
        assert inside not in words


def test_a_query_without_an_iri_is_the_source_constraint(project: World, tmp_path: Path) -> None:
    query = "SELECT $this ?value { $this <http://example.org/b> ?value }"
    shape = f"""[] a sh:NodeShape ; sh:targetNode ex:a ;
        sh:sparql [ sh:select "{query}" ; sh:message "found {{?value}}"@en , "trovis {{?value}}"@eo ] ;
        sh:sparql [ sh:select "{query}" ] ."""
    rows = report_of(project, *files(tmp_path, "ex:a ex:b 3 .", shape)).rows
    assert {(row.shape, row.constraint) for row in rows} == {("_:", "_:")}
    assert ('"found 3"@en', '"trovis 3"@eo') in {row.messages for row in rows}


def test_the_help_states_the_rule_of_the_exit_code(project: World) -> None:
    shown = " ".join(project.pcve("validate", "--help").output.split())
    assert "sh:Info is info, of sh:Warning a warning, of any other an error" in shown
    assert "[error|warning|info]" in shown


COMPONENT = """ex:Long a sh:ConstraintComponent ; sh:parameter [ sh:path ex:atLeast ] ;
  {} [ {} {} ] .
ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:k ; ex:atLeast 4 {} ] .
"""
ASK = 'sh:ask "ASK { FILTER (STRLEN ($value) >= $atLeast) }"'
PICK = 'sh:select "SELECT $this ?value { $this $PATH ?value FILTER (STRLEN (?value) < $atLeast) }"'
BINDS = PICK.replace("SELECT $this", "SELECT $this ('bound' AS ?message)")
SHORT = 'sh:message "too short"@en ;'


@pytest.mark.parametrize(
    ("kind", "message", "query", "of_shape", "text"),
    [
        ("sh:validator", "", ASK, "", 'ex:k of ex:a is "abc"'),
        ("sh:validator", SHORT, ASK, "", 'ex:k of ex:a ("abc"): too short'),
        ("sh:validator", "", ASK, '; sh:message "mine"', 'ex:k of ex:a ("abc"): mine'),
        ("sh:propertyValidator", "", PICK, "", 'ex:k of ex:a is "abc"'),
        ("sh:propertyValidator", SHORT, PICK, "", 'ex:k of ex:a ("abc"): too short'),
        ("sh:propertyValidator", "", BINDS, "", 'ex:k of ex:a is "abc"'),
    ],
)
def test_a_component_of_ones_own_is_worded_by_its_author_or_here(
    project: World, tmp_path: Path, kind: str, message: str, query: str, of_shape: str, text: str
) -> None:
    """No format has the text that an engine makes up, and the value is shown with each message."""
    shapes = COMPONENT.format(kind, message, query, of_shape)
    paths = files(tmp_path, 'ex:a a ex:P ; ex:k "abc" .\n', shapes)
    for engine in ENGINES:
        (row,) = listed(project, *paths, "--engine", engine)
        assert row["message"] == text
    command = ["validate", str(paths[0]), "--shapes", str(paths[1]), "--format", "turtle"]
    reports = {project.pcve(*command, "--engine", engine).stdout for engine in ENGINES}
    assert len(reports) == 1
    assert "violated at" not in reports.pop()


@pytest.mark.parametrize("name", ["in", "languageIn", "or", "xone"])
def test_an_empty_list_allows_no_value(project: World, tmp_path: Path, name: str) -> None:
    shape = f"ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path ex:k ; sh:{name} () ] .\n"
    paths = files(tmp_path, 'ex:a a ex:P ; ex:k "abc"@en .\n', shape)
    rows = (row for row in listed(project, *paths) if row["severity"] == "error")
    assert [(row["message"], row["why"], row["fix"]) for row in rows] == [
        (
            f'ex:k of ex:a is "abc"@en, which is not allowed: sh:{name} is an empty list',
            f"ex:k takes no value, as sh:{name} is an empty list",
            "delete this value, or correct the shape",
        )
    ]
