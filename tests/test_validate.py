"""`pcve validate FILE`: foreign data, each result at its position, with the rule and the fix."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from conftest import World

EVENT = """PREFIX pcve: <https://w3id.org/pcve/ns#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

<https://w3id.org/pcve/id/event/fair> a pcve:Event ;
    skos:prefLabel "Fair"@en ;
    pcve:kind <https://w3id.org/pcve/vocab/event-kind/{kind}> ;
    {key} "{value}"@en ;
    schema:location <https://w3id.org/pcve/id/place/{place}> .
"""


def event(
    kind: str = "conference", key: str = "pcve:venue", value: str = "Hall", place: str = "northtown"
) -> str:
    values = {"{kind}": kind, "{key}": key, "{value}": value, "{place}": place}
    text = EVENT
    for old, new in values.items():
        text = text.replace(old, new)
    return text


def problems(world: World, path: Path, *options: str, code: int = 1) -> list[dict[str, object]]:
    """The errors and warnings; notes only if the options ask for them."""
    shown = ["--format", "json"]
    if "--severity" not in options:
        shown += ["--severity", "warning"]
    result = world.pcve("validate", str(path), *shown, *options)
    assert result.exit_code == code, result.output
    reported: list[dict[str, object]] = json.loads(result.stdout)
    return reported


def places(reported: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    return [(problem["line"], problem["column"], problem["rule"]) for problem in reported]


@pytest.fixture
def ttl(tmp_path: Path) -> Path:
    return tmp_path / "fair.ttl"


def test_right_data_conform_when_references_are_looked_up(northtown: World, ttl: Path) -> None:
    ttl.write_text(event())
    assert problems(northtown, ttl, "--against", code=0) == []
    (alone,) = problems(northtown, ttl)
    assert (alone["line"], alone["column"], alone["rule"]) == (9, 21, "pcvesh:Event-location")


def test_a_wrong_reference_names_the_nearest_record(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(place="nothtown"))
    (problem,) = problems(northtown, ttl, "--against")
    assert problem["fix"] == "did you mean <https://w3id.org/pcve/id/place/northtown>?"


def test_a_misspelt_key_and_class_are_results_of_their_own(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(key="pcve:venu") + "<https://w3id.org/pcve/id/event/x> a pcve:Evnt .\n")
    reported = problems(northtown, ttl, "--against")
    assert places(reported) == [(8, 5, "unknown-key"), (10, 38, "unknown-type")]
    assert [problem["fix"] for problem in reported] == [
        "did you mean pcve:venue?",
        "did you mean pcve:Event?",
    ]


def test_only_one_thing_or_only_errors_may_be_asked_for(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(kind="conferense") + "<https://w3id.org/pcve/id/event/x> a pcve:Event .\n")
    both = problems(northtown, ttl, "--against")
    focused = problems(
        northtown, ttl, "--against", "--focus", "https://w3id.org/pcve/id/event/fair"
    )
    assert places(focused) == [(7, 15, "pcvesh:Event-kind")]
    assert len(both) == 3
    assert problems(northtown, ttl, "--against", "--severity", "error") == both


def test_shapes_of_ones_own_stand_in_for_the_projects(northtown: World, tmp_path: Path) -> None:
    data, shapes = tmp_path / "d.ttl", tmp_path / "s.ttl"
    data.write_text("PREFIX e: <http://e.example/>\n\ne:a a e:Boat ;\n    e:length -3 .\n")
    shapes.write_text(
        "PREFIX e: <http://e.example/>\nPREFIX sh: <http://www.w3.org/ns/shacl#>\n"
        'e:Boat-length a sh:PropertyShape ; sh:path e:length ; sh:minInclusive 0 ; sh:message "At least 0." .\n'
        "e:BoatShape a sh:NodeShape ; sh:targetClass e:Boat ; sh:property e:Boat-length .\n"
    )
    (problem,) = problems(northtown, data, "--shapes", str(shapes))
    assert (problem["line"], problem["column"]) == (4, 14)
    assert problem["rule"] == "http://e.example/Boat-length"


@pytest.mark.parametrize(
    ("name", "content", "rule", "line"),
    [
        ("x.ttl", b"PREFIX e: <http://e.example/>\ne:a e:b .\n", "rdf-syntax", 2),
        ("x.trig", b"{ <http://e.example/a> ", "rdf-syntax", 1),
        ("x.nt", b'<http://a.example/> <http://b.example/> "c" .\n<x\n', "rdf-syntax", 2),
        ("x.nq", b"nothing\n", "rdf-syntax", 1),
        ("x.jsonld", b'{"@id": "http://a.example/",\n "http://b.example/": }', "rdf-syntax", 2),
        ("x.rdf", b"<rdf:RDF", "rdf-syntax", 1),
        ("x.ttl", b"\xff\xfe", "encoding", 1),
        ("x.ttl", b"<a:a> <a:b> 'x\0' .", "encoding", 1),
        ("x.ttl", gzip.compress(b"x" * 10_000_000, mtime=0), "encoding", 1),
        (
            "x.jsonld",
            b'{"@context": "https://c.example/c.jsonld", "@id": "http://a.example/"}',
            "rdf-syntax",
            1,
        ),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_position(
    northtown: World, tmp_path: Path, name: str, content: bytes, rule: str, line: int
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (problem,) = problems(northtown, path, code=2)
    assert (problem["rule"], problem["line"]) == (rule, line)
    assert problem["path"] == path.as_posix()


def test_a_file_past_the_size_is_refused_unread(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "large.nt"
    with path.open("wb") as file:
        file.truncate(400 * 2**20)
    (problem,) = problems(northtown, path, code=2)
    assert problem["rule"] == "file-size"


def test_every_file_of_a_folder_is_tried(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("no turtle")
    (tmp_path / "b.ttl").write_text(event(kind="conferense"))
    (tmp_path / "notes.txt").write_text("not read")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    reported = problems(northtown, tmp_path, "--against", code=2)
    assert {Path(str(problem["path"])).name for problem in reported} == {"a.ttl", "b.ttl"}


def test_stdin_is_read_in_the_format_that_is_named(northtown: World) -> None:
    options = ["validate", "-", "--input-format", "turtle", "--format", "json"]
    result = northtown.pcve(*options, stdin=event(kind="conferense"))
    assert result.exit_code == 1
    assert {problem["path"] for problem in json.loads(result.stdout)} == {"stdin"}
    result = northtown.pcve("validate", "-", stdin="")
    assert (result.exit_code, "--input-format" in result.stdout) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.ttl"], "there is no file or folder nowhere.ttl"),
        (["--format", "yaml"], "the formats are text, json, json-report, sarif, junit, turtle"),
        (["-", "--input-format", "n3"], "there is no input format"),
    ],
)
def test_wrong_use_is_reported(northtown: World, arguments: list[str], message: str) -> None:
    result = northtown.pcve("validate", *arguments, stdin="")
    assert result.exit_code == 2
    assert message in result.stdout + result.stderr


def test_a_record_from_elsewhere_is_checked_among_the_projects(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "fair.yml"
    path.write_text(
        "id: fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Fair}\n"
        "    kind: conferense\n    location: northtown\n"
    )
    (problem,) = problems(northtown, path)
    assert (problem["line"], problem["column"], problem["rule"]) == (6, 11, "pcvesh:Event-kind")
    assert problem["fix"] == "did you mean conference?"
    path.write_text(path.read_text().replace("conferense", "conference"))
    assert problems(northtown, path, code=0) == []


@pytest.mark.parametrize(
    ("written", "form", "datatype"),
    [
        ("20 January 2015", "2015-01-20", "date"),
        ("Jan 2015", "2015-01", "gYearMonth"),
        ("20.01.2015", "2015-01-20", "date"),
        ("2015/1/20", "2015-01-20", "date"),
        ("2015-01-20", "2015-01-20", "date"),
    ],
)
def test_a_date_in_another_form_is_put_right(
    northtown: World, ttl: Path, written: str, form: str, datatype: str
) -> None:
    ttl.write_text(
        event(key="schema:startDate", value=written).replace(
            "@en ;\n    schema:loc", " ;\n    schema:loc"
        )
    )
    (problem,) = problems(northtown, ttl, "--against")
    fix = f'write "{form}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>'
    assert (problem["rule"], problem["fix"]) == ("pcvesh:Event-startDate", fix)


def test_one_fault_has_one_rule_and_a_fix_in_the_syntax_of_the_file(
    northtown: World, tmp_path: Path
) -> None:
    ttl, jsonld, yml = (tmp_path / f"fair.{ending}" for ending in ("ttl", "jsonld", "yml"))
    ttl.write_text(event(kind="conferense"))
    graph = rdflib.Graph().parse(data=event(kind="conferense"), format="turtle")
    jsonld.write_text(graph.serialize(format="json-ld"))
    yml.write_text(
        "id: fair\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Fair}\n    kind: conferense\n"
    )
    concept = "https://w3id.org/pcve/vocab/event-kind/conference"
    right = {ttl: f"<{concept}>", jsonld: json.dumps({"@id": concept}), yml: "conference"}
    for path, term in right.items():
        (problem,) = problems(northtown, path, *(["--against"] if path != yml else []))
        fix = f"did you mean {term}?"
        assert (problem["rule"], problem["fix"]) == ("pcvesh:Event-kind", fix)


def test_sarif_has_what_a_code_host_reads(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(kind="conferense"))
    result = northtown.pcve(
        "validate", str(ttl), "--against", "--format", "sarif", "--severity", "warning"
    )
    document = json.loads(result.stdout)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    (finding,) = run["results"]
    assert run["tool"]["driver"]["rules"][finding["ruleIndex"]]["id"] == finding["ruleId"]
    location = finding["locations"][0]["physicalLocation"]
    assert location["region"] == {"startLine": 7, "startColumn": 15}
    assert location["artifactLocation"]["uri"] == ttl.as_uri()
    assert finding["level"] == "error"


def test_junit_has_a_case_for_each_file(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "good.ttl").write_text(event())
    (tmp_path / "bad.ttl").write_text(event(kind="conferense"))
    result = northtown.pcve("validate", str(tmp_path), "--against", "--format", "junit")
    root = ElementTree.fromstring(result.stdout)
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    (failure,) = root.iter("failure")
    assert "did you mean <https://w3id.org/pcve/vocab/event-kind/conference>?" in str(failure.text)


def test_a_report_is_a_validation_report(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(kind="conferense", key="pcve:venu"))
    result = northtown.pcve("validate", str(ttl), "--against", "--format", "turtle")
    graph = rdflib.Graph().parse(data=result.stdout, format="turtle")
    (report,) = graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationReport)
    assert graph.value(report, rdflib.SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(report, rdflib.SH.result))
    assert len(results) == 3
    for node in results:
        for key in ("focusNode", "resultSeverity", "sourceConstraintComponent"):
            assert graph.value(node, rdflib.SH[key]) is not None


@pytest.mark.long
def test_many_results_fit_a_first_screen(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "many.nt"
    line = "<https://w3id.org/pcve/id/event/e{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/pcve/ns#Event> .\n"
    path.write_text("".join(line.format(number) for number in range(1000)))
    result = northtown.pcve("validate", str(path), "--limit", "20")
    assert result.exit_code == 1
    assert result.stdout.startswith("1,000  error  pcvesh:Event-kind\n1,000  error  pcvesh:Thing-p")
    assert len(result.stdout.splitlines()) < 60
    assert result.stdout.count("many.nt:") == 40
    assert "    … and 980 more" in result.stdout
    assert "20 of each rule are shown; `--limit 0` lists all" in result.stdout
    every = northtown.pcve("validate", str(path), "--limit", "0")
    assert every.stdout.count(": error ") == 2000


FAIR = "<https://w3id.org/pcve/id/event/fair>"


def test_an_end_before_its_start_is_found_in_rdf_too(northtown: World, ttl: Path) -> None:
    dates = '"2015-01-20"^^<http://www.w3.org/2001/XMLSchema#date>'
    ttl.write_text(
        event()
        + f"{FAIR} schema:startDate {dates} .\n{FAIR} schema:endDate {dates.replace('20', '19', 1)} .\n"
    )
    (problem,) = problems(northtown, ttl, "--against")
    assert (problem["line"], problem["rule"]) == (10, "pcvesh:Dated-earliest")


def test_a_rule_in_sparql_is_named_and_placed_by_its_value(northtown: World, ttl: Path) -> None:
    series = "<https://w3id.org/pcve/id/event-series/northtown-conferences>"
    ttl.write_text(event() + f"{FAIR} pcve:series {series} ;\n    pcve:edition 3 .\n")
    (problem,) = problems(northtown, ttl, "--against")
    assert places([problem]) == [(11, 18, "pcvesh:Event-editionIsUnique")]


def test_what_a_person_may_not_have_is_reported_once(northtown: World, ttl: Path) -> None:
    ttl.write_text(
        "PREFIX schema: <https://schema.org/>\n"
        "<https://w3id.org/pcve/id/person/ana-vale> a <http://xmlns.com/foaf/0.1/Person> ;\n"
        '    schema:birthDate "1970-01-01" .\n'
    )
    (problem,) = problems(northtown, ttl, "--against")
    assert places([problem]) == [(3, 5, "unknown-key")]


def test_a_node_without_a_name_is_checked_too(northtown: World, ttl: Path) -> None:
    ttl.write_text("PREFIX pcve: <https://w3id.org/pcve/ns#>\n\n[] a pcve:Event .\n")
    reported = problems(northtown, ttl, "--against")
    assert {problem["rule"] for problem in reported} == {
        "blank-thing",
        "pcvesh:Event-kind",
        "pcvesh:Thing-prefLabel",
    }
    assert {(problem["line"], problem["column"]) for problem in reported} == {(3, 1)}


def test_xml_that_is_cut_short_is_reported_with_its_position(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "x.rdf"
    path.write_text(
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n  <r:Description>\n'
    )
    (problem,) = problems(northtown, path, code=2)
    assert (problem["line"], problem["rule"]) == (3, "rdf-syntax")


def test_a_base_does_not_change_a_prefix(northtown: World, ttl: Path) -> None:
    ttl.write_text("@base <https://x.example/> .\n" + event(kind="conferense"))
    (problem,) = problems(northtown, ttl, "--against")
    assert (problem["line"], problem["column"]) == (8, 15)


def test_a_long_value_is_cut_in_the_message(northtown: World, ttl: Path) -> None:
    ttl.write_text(event(key="schema:startDate", value="x" * 5000))
    (problem,) = problems(northtown, ttl, "--against")
    assert len(str(problem["message"])) < 300


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# comments only\n",
        "<http://e/s> <http://e/p> <http://e/o> .",
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://e/> sh:declare [ sh:prefix 'e' ] .",
    ],
)
@pytest.mark.parametrize("data", ["mine.ttl", "mine.yml"])
def test_shapes_without_a_shape_are_wrong_use(
    northtown: World, tmp_path: Path, content: str, data: str
) -> None:
    shapes, file = tmp_path / "own.ttl", tmp_path / data
    shapes.write_text(content)
    file.write_text("<http://e/s> <http://e/p> 1 ." if data == "mine.ttl" else "id: mine\n")
    result = northtown.pcve("validate", str(file), "--shapes", str(shapes))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"pcve: no shape in {shapes}: nothing would be checked\n"


def test_a_record_is_not_a_file_of_shapes(northtown: World, tmp_path: Path) -> None:
    record, file = tmp_path / "mine.yml", tmp_path / "mine.ttl"
    record.write_text("id: mine\n")
    file.write_text("<http://e/s> <http://e/p> 1 .")
    result = northtown.pcve("validate", str(file), "--shapes", str(record))
    assert (result.exit_code, result.stdout) == (2, "")
    refused = f"pcve: {record} is not a file of shapes: shapes are RDF, such as Turtle\n"
    assert result.stderr == refused


def test_stdin_cannot_be_watched(northtown: World) -> None:
    for more in (["--input-format", "turtle"], list[str]()):
        result = northtown.pcve("validate", "-", "--watch", *more, stdin="")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("pcve: --watch cannot be combined with -: stdin")


MISNAMED = """id: other-name
type: Event
claims:
  - source: {source}
    prefLabel: {{en: Lamp Fair}}
    kind: conferense
    startDate: 2018-05-22
    endDate: 2018-05-21
    location: nowhere
"""


@pytest.mark.parametrize("inside", [True, False])
def test_the_wrong_name_of_a_file_hides_no_other_problem(
    northtown: World, tmp_path: Path, inside: bool
) -> None:
    folder = northtown.root / "data" / "records" / "event" if inside else tmp_path
    path = folder / "lamp-fair.yml"

    def rules(text: str) -> set[object]:
        path.write_text(text)
        return {row["rule"] for row in problems(northtown, path)}

    text = MISNAMED.format(source="atlas")
    values = {"file-name", "pcvesh:Event-kind", "pcvesh:Event-location"}
    assert rules(text) == values
    assert rules(text.replace("atlas", "none")) == {*values, "unknown-source"}
    quoted = text.replace("atlas", "atlas\n    quote: Lamp Fair")
    assert rules(quoted) == {*values, "quote-not-held"}
    text = text.replace("conferense", "conference").replace("nowhere", "northtown")
    assert rules(text) == {"file-name", "pcvesh:Dated-earliest"}
    assert rules(text.replace("05-21", "05-23")) == {"file-name"}
    assert rules(text.replace("other-name", "Other Name")) == {"file-name"}
    path.unlink()
