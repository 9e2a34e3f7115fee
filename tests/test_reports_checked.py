"""Nothing checked is not "0 errors": every run says what was checked, and warns of what was not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import World

from pcve_graph.validation.targets import read_targets

REPORTS = Path(__file__).with_name("reports")
NORTHTOWN = Path(__file__).with_name("world") / "data" / "records"
NOTHING = REPORTS / "07-nothing-targeted.ttl"
MEETINGS = REPORTS / "07-nothing-targeted.shapes.ttl"
PREFIXES = """@prefix ex: <http://example.org/> .
@prefix pcve: <https://w3id.org/pcve/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
FAIR = '{} a pcve:Event ; skos:prefLabel "Fair"@en ; pcve:kind <https://w3id.org/pcve/vocab/event-kind/conference> .\n'


def report(world: World, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    result = world.pcve("validate", *map(str, arguments), "--format", "json-report")
    assert result.exit_code == code, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def rows(world: World, *arguments: str | Path, code: int = 0) -> list[tuple[str, int, str, str]]:
    """Severity and rule, line, message and fix of each problem but the notes on claims and checks."""
    problems = report(world, *arguments, code=code)["problems"]
    return [
        (f"{row['severity']} {row['rule']}", row["line"], row["message"], row["fix"])
        for row in problems
        if row["rule"] not in ("no-claims", "checks-not-run")
    ]


def written(folder: Path, content: str, name: str = "data.ttl") -> Path:
    path = folder / name
    path.write_text(PREFIXES + content)
    return path


def line(world: World, *arguments: str | Path) -> str:
    """The line of the text report on what was checked."""
    output = world.pcve("validate", *map(str, arguments)).output
    (counts,) = (row for row in output.splitlines() if row.startswith("checked "))
    return counts


def test_a_class_that_no_shape_is_about_is_reported_with_the_nearest(northtown: World) -> None:
    arguments = (NOTHING, "--shapes", MEETINGS)
    message = "nothing was checked: no shape is about ex:Meetting"
    expected = ("warning nothing-checked", 3, message, "did you mean ex:Meeting?")
    assert rows(northtown, *arguments) == [expected]
    (error,) = rows(northtown, *arguments, "--require-checked", code=1)
    assert error == ("error nothing-checked", *expected[1:])
    assert line(northtown, *arguments) == "checked nothing; 1 thing has no shape"


SHAPE = (
    "ex:G sh:targetClass ex:Z ; sh:nodeKind sh:IRI .\n"
    "ex:S a sh:NodeShape ; sh:{} ; sh:nodeKind {} .\n"
)


@pytest.mark.parametrize(
    ("target", "message"),
    {
        "targetClass ex:P": "no shape about ex:P is applied",
        "targetSubjectsOf ex:k": "no shape that is applied is about anything in the file",
        "targetClass ex:Q": "no shape is about ex:P",
    }.items(),
)
def test_a_shape_that_errors_cost_is_not_called_absent(
    northtown: World, tmp_path: Path, target: str, message: str
) -> None:
    data = written(tmp_path, "ex:a a ex:P ; ex:k ex:v .\n")
    shapes = written(tmp_path, SHAPE.format(target, "sh:Bad"), "shapes.ttl")
    problems = rows(northtown, data, "--shapes", shapes, code=2)
    (text,) = (text for rule, _, text, _ in problems if rule == "warning nothing-checked")
    assert text == f"nothing was checked: {message}"


def test_a_focus_that_is_only_a_value_is_no_target(northtown: World, tmp_path: Path) -> None:
    data = written(tmp_path, "ex:a a ex:P ; ex:k ex:v .\n")
    shapes = written(tmp_path, SHAPE.format("targetClass ex:P", "sh:IRI"), "shapes.ttl")
    arguments = (data, "--shapes", shapes, "--require-checked", "--focus")
    assert rows(northtown, *arguments, "http://example.org/a") == []
    (problem,) = rows(northtown, *arguments, "http://example.org/v", code=1)
    assert problem[0] == "error nothing-checked"
    assert problem[2:] == (
        "nothing was checked: no shape is about ex:v",
        "state its class (rdf:type), or name another node with --focus",
    )
    broken = written(tmp_path, SHAPE.format("targetNode ex:v", "sh:Bad"), "broken.ttl")
    problems = rows(northtown, data, "--shapes", broken, "--focus", "http://example.org/v", code=2)
    message = "nothing was checked: no shape that is applied is about ex:v"
    assert message in {text for _, _, text, _ in problems}


@pytest.mark.parametrize("target", ["targetNode ex:v", "targetObjectsOf ex:k"])
def test_a_focus_that_is_only_a_value_may_be_a_target(
    northtown: World, tmp_path: Path, target: str
) -> None:
    data = written(tmp_path, "ex:a a ex:P ; ex:k ex:v .\n")
    shapes = written(tmp_path, SHAPE.format(target, "sh:IRI"), "shapes.ttl")
    arguments = (data, "--shapes", shapes, "--require-checked", "--focus", "http://example.org/v")
    assert rows(northtown, *arguments) == []


def test_a_target_that_is_not_in_the_file_is_nothing_in_it(
    northtown: World, tmp_path: Path
) -> None:
    data = written(tmp_path, "ex:a ex:k ex:v .\n")
    shape = "ex:S a sh:NodeShape ; sh:targetNode ex:absent ; sh:nodeKind sh:IRI .\n"
    shapes = written(tmp_path, shape, "shapes.ttl")
    arguments = (data, "--shapes", shapes, "--require-checked")
    (problem,) = rows(northtown, *arguments, code=1)
    assert problem[0] == "error nothing-checked"
    assert problem[2:] == (
        "nothing in the file was checked: the shapes are about ex:absent, which it does not mention",
        "name nodes of the file with sh:targetNode",
    )
    data.write_text(data.read_text().replace("ex:v", "ex:absent"))
    assert rows(northtown, *arguments) == []
    assert line(northtown, *arguments[:3]).startswith("checked 1 nodes of sh:targetNode; 1 thing")


NESTED = """ex:S a sh:NodeShape ; sh:targetClass ex:P ; sh:property [ sh:path {} ;
    sh:property [ sh:path ex:n ; sh:minCount 1 ] ] .
"""


@pytest.mark.parametrize(
    ("path", "statement"),
    [
        ("ex:k", "ex:a ex:k ex:v"),
        ("[ sh:inversePath ex:k ]", "ex:v ex:k ex:a"),
        ("( ex:k [ sh:zeroOrMorePath ex:k ] )", "ex:a ex:k ex:b . ex:b ex:k ex:v"),
        ("ex:m ; sh:property [ sh:path ex:k ; sh:property [ sh:path ex:n ] ]", "ex:a ex:m ex:b . ex:b ex:k ex:v"),
    ],
)  # fmt: skip
def test_a_focus_that_a_shape_inside_another_is_about_was_checked(
    northtown: World, tmp_path: Path, path: str, statement: str
) -> None:
    shapes = written(tmp_path, NESTED.format(path), "shapes.ttl")
    data = written(
        tmp_path, f"ex:a a ex:Q . ex:Q rdfs:subClassOf ex:P . {statement} . ex:v ex:n 1 .\n"
    )
    arguments = (data, "--shapes", shapes, "--require-checked", "--focus", "http://example.org/v")
    assert rows(northtown, *arguments) == []
    assert line(northtown, *arguments) == "checked 1 values of shapes in other shapes"
    data.write_text(data.read_text().replace("ex:a a ex:Q", "ex:a a ex:R"))
    (problem,) = rows(northtown, *arguments, code=1)
    assert problem[0] == "error nothing-checked"


def test_own_classes_are_compared_too(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, "ex:a a <https://w3id.org/pcve/ns/Event> .\n")
    near, nothing = sorted(rows(northtown, path))
    right = "https://w3id.org/pcve/ns#"
    assert near[:2] == ("warning near-namespace", 6)
    assert near[2:] == (
        f"https://w3id.org/pcve/ns/Event: the graph uses {right}Event",
        f"write the namespace as {right}",
    )
    assert nothing[0] == "warning nothing-checked"
    assert nothing[3] == "did you mean pcve:Event?"


@pytest.mark.parametrize(
    "namespace",
    [
        "http://w3id.org/pcve/ns#",
        "https://w3id.org/pcve/ns/",
        "https://w3id.org/pcve/ns",
        "https://w3id.org/pcv/ns#",
        "https://w3id.org/pcve/nss#",
        "HTTPS://w3id.org/PCVE/ns#",
    ],
)
def test_a_namespace_that_is_nearly_ours_is_named(
    northtown: World, tmp_path: Path, namespace: str
) -> None:
    path = tmp_path / "near.ttl"
    path.write_text(
        f"<http://example.org/fair> a <{namespace}Event> ;\n  <{namespace}edition> 3 .\n"
    )
    problems = rows(northtown, path)
    if not namespace.endswith("ns"):  # then its terms are in the namespace …/pcve/
        assert "warning near-namespace" in {rule for rule, *_ in problems}
    assert "warning nothing-checked" in {rule for rule, *_ in problems}


@pytest.mark.parametrize(
    ("stated", "column", "meant"),
    [
        ("<https://schema.orgstartDate> 1", 6, "https://schema.org/startDate"),
        ("<http://schema.orgstartDate> 1", 6, "https://schema.org/startDate"),
        ("<https://w3id.org/pcve/nsvenue> 1", 6, "https://w3id.org/pcve/ns#venue"),
        ("a <https://w3id.org/pcve/nsEvent>", 8, "https://w3id.org/pcve/ns#Event"),
        ('ex:p "1"^^<http://www.w3.org/2001/XMLSchema/date>', 11, "http://www.w3.org/2001/XMLSchema#date"),
    ],
)  # fmt: skip
def test_a_namespace_without_its_end_and_one_of_a_datatype_are_near(
    northtown: World, tmp_path: Path, stated: str, column: int, meant: str
) -> None:
    path = written(tmp_path, f"ex:a {stated} .\n")
    problems = report(northtown, path)["problems"]
    (problem,) = [row for row in problems if row["rule"] == "near-namespace"]
    assert (problem["line"], problem["column"], problem["severity"]) == (6, column, "warning")
    assert meant in problem["message"]
    assert problem["fix"] == f"write the namespace as {meant[: max(map(meant.rfind, '/#')) + 1]}"
    other = written(
        tmp_path, 'ex:a <https://schema.orgs> "1"^^<http://e.example/XMLSchema/date> .\n'
    )
    assert "near-namespace" not in {row["rule"] for row in report(northtown, other)["problems"]}


def test_namespaces_of_others_are_not_near(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "others.ttl"
    spaces = (
        "http://www.w3.org/ns/dcat#",
        "http://purl.org/dc/elements/1.1/",
        "http://www.w3.org/ns/oz#",
    )
    path.write_text("".join(f'<http://e/a> <{space}theme> "x" .\n' for space in spaces))
    assert {rule for rule, *_ in rows(northtown, path)} == {
        "info other-vocabularies",
        "warning nothing-checked",
    }


def test_a_thing_without_a_class_is_reported(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, 'ex:fair skos:prefLabel "Fair"@en ;\n    pcve:edition 3 .\n')
    missing, nothing = sorted(rows(northtown, path, "--require-checked", code=1), reverse=True)
    assert missing == (
        "warning no-class",
        6,
        "it has pcve:edition and no class, so it was not checked",
        "state its class (rdf:type); classes with these properties: pcve:Event",
    )
    assert nothing[0] == "error nothing-checked"


def test_the_built_graph_knows_the_class(northtown: World, tmp_path: Path) -> None:
    event = "<https://w3id.org/pcve/id/event/northtown-conference-2015>"
    path = written(tmp_path, f'{event} pcve:venue "Hall"@en .\n')
    assert [rule for rule, *_ in rows(northtown, path)] == [
        "warning nothing-checked",
        "warning no-class",
    ]
    assert rows(northtown, path, "--against", "--require-checked") == []
    assert line(northtown, path, "--against") == "checked 1 pcve:Event"


def test_a_fact_of_a_thing_whose_class_the_graph_states_gives_no_other_errors(
    northtown: World, tmp_path: Path
) -> None:
    one_each: dict[str, str] = {}
    for fact in northtown.saved().lines("facts"):
        subject, predicate, _ = fact.split(" ", 2)
        if subject.startswith("<") and "#type>" not in predicate:
            one_each.setdefault(subject, fact)
    path = tmp_path / "f2-facts.nt"
    path.write_text("".join(f"{fact.strip()}\n" for fact in one_each.values()))
    assert len(one_each) > 40
    assert [row for row in rows(northtown, path, "--against") if row[0].startswith("error")] == []


def test_a_wrong_fact_of_such_a_thing_is_the_only_error(northtown: World, tmp_path: Path) -> None:
    event = "<https://w3id.org/pcve/id/event/northtown-conference-2015>"
    wrong = "<https://w3id.org/pcve/vocab/place-kind/city>"
    path = written(tmp_path, f'{event} skos:altLabel "Fair"@en ;\n    pcve:kind {wrong} .\n')
    reported = rows(northtown, path, "--against", code=1)
    errors = [row for row in reported if row[0].startswith("error")]
    assert {(row[0], row[1]) for row in errors} == {("error pcvesh:Event-kind", 7)}


def test_the_keys_of_a_thing_whose_class_the_graph_states_are_checked(
    northtown: World, tmp_path: Path
) -> None:
    event = "<https://w3id.org/pcve/id/event/northtown-conference-2015>"
    place = "<https://w3id.org/pcve/id/place/northtown>"
    path = written(tmp_path, f'{event} pcve:venue "Hall"@en .\n{place} pcve:venue "Hall"@en .\n')
    errors = [row for row in rows(northtown, path, "--against", code=1) if "error" in row[0]]
    assert [row[:3] for row in errors] == [
        ("error unknown-key", 7, "Place has no property pcve:venue")
    ]
    path.write_text(path.read_text() + f"{place} a pcve:Event .\n")
    errors = [row for row in rows(northtown, path, "--against", code=1) if "error" in row[0]]
    assert "error unknown-key" not in {row[0] for row in errors}


def test_a_value_that_the_graph_has_is_named(northtown: World, tmp_path: Path) -> None:
    event = "<https://w3id.org/pcve/id/event/northtown-conference-2015>"
    facts = [line for line in northtown.saved().lines("facts") if line.startswith(event)]
    (saved,) = [line for line in facts if "/core#prefLabel>" in line and "@en " in line]
    name = saved.rstrip()[saved.index('"') : -2]
    path = written(tmp_path, f'{event} skos:prefLabel "Fair"@en .\n')
    (error,) = [row for row in rows(northtown, path, "--against", code=1) if "error" in row[0]]
    assert error[2].endswith(f'"Fair"@en and {name} in en; {name} is in the graph')
    assert error[3] == f'keep one of "Fair"@en and {name}; {name} is in the graph'
    (edition,) = [line.split('"')[1] for line in facts if "/ns#edition>" in line]
    path = written(tmp_path, f"{event} pcve:edition 77 .\n")
    (error,) = [row for row in rows(northtown, path, "--against", code=1) if "error" in row[0]]
    assert error[2].endswith(f"has too many values: 77 and {edition}; {edition} is in the graph")
    assert error[3] == f"keep one of 77 and {edition}; {edition} is in the graph"


def test_a_blank_node_of_our_classes_is_reported(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, FAIR.format("[]") + FAIR.format("[]"))
    (row,) = rows(northtown, path)
    message = "2 pcve:Event are blank nodes: nothing outside the file can refer to them"
    assert row == ("warning blank-thing", 6, message, "give each an IRI")
    (row,) = rows(northtown, written(tmp_path, FAIR.format("[]")))
    assert row[1:] == (
        6,
        "a pcve:Event is a blank node: nothing outside the file can refer to it",
        "give it an IRI",
    )


def test_a_focus_that_does_not_occur_is_reported(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, FAIR.format("ex:fair"))
    (problem,) = rows(northtown, path, "--focus", "http://example.org/fiar")
    message = "nothing was checked: <http://example.org/fiar> does not occur in the file"
    fix = "did you mean http://example.org/fair?"
    assert problem == ("warning absent-focus", 1, message, fix)
    required = ("--focus", "http://example.org/fiar", "--require-checked")
    assert rows(northtown, path, *required, code=1)[0][0] == "error absent-focus"
    assert rows(northtown, path, "--focus", "http://example.org/fair", "--require-checked") == []


def test_what_was_checked_is_counted_in_every_format(northtown: World, tmp_path: Path) -> None:
    content = "".join(FAIR.format(f"ex:{name}") for name in "abc")
    path = written(
        tmp_path, content + "ex:b rdfs:seeAlso ex:d .\nex:d a ex:Page .\nex:e a ex:Page .\n"
    )
    assert line(northtown, path) == "checked 3 pcve:Event; 2 things have no shape"
    event = "https://w3id.org/pcve/ns#Event"
    counts = {"things": 3, "classes": {event: 3}, "otherTargets": {}, "withoutShape": 2}
    stated = report(northtown, path)
    assert stated["checked"] == counts
    assert stated["files"] == [{"path": path.as_posix(), **counts}]
    (run,) = json.loads(northtown.pcve("validate", str(path), "--format", "sarif").stdout)["runs"]
    assert run["properties"] == {"checked": [{"path": path.as_posix(), **counts}]}
    suite = ElementTree.fromstring(
        northtown.pcve("validate", str(path), "--format", "junit").stdout
    )
    values = {node.get("name"): node.get("value") for node in suite.iter("property")}
    assert values == {"checked": "3", "checked pcve:Event": "3", "without shape": "2"}
    assert isinstance(
        json.loads(northtown.pcve("validate", str(path), "--format", "json").stdout), list
    )


@pytest.mark.parametrize(
    ("targets", "counts"),
    [
        ("sh:targetClass ex:Work", "checked 1 ex:Talk, 1 ex:Work; 3 things have no shape"),
        (
            "sh:targetNode ex:c, ex:absent",
            "checked 1 nodes of sh:targetNode, 1 nodes of sh:targetNode that are not in the file; "
            "4 things have no shape",
        ),
        ("sh:targetSubjectsOf ex:by", "checked 2 subjects of ex:by; 3 things have no shape"),
        ("sh:targetObjectsOf ex:by", "checked 1 values of ex:by; 5 things have no shape"),
        ("a rdfs:Class", "checked 1 ex:Shape; 4 things have no shape"),
    ],
)
def test_each_kind_of_target_is_counted(
    northtown: World, tmp_path: Path, targets: str, counts: str
) -> None:
    data = "ex:a a ex:Work ; ex:by ex:c . ex:b a ex:Talk ; ex:by ex:c . ex:c a ex:Person .\n"
    path = written(tmp_path, data + "ex:Talk rdfs:subClassOf ex:Work . ex:d a ex:Shape .\n")
    shapes = written(tmp_path, f"ex:Shape a sh:NodeShape ; {targets} .\n", "shapes.ttl")
    assert line(northtown, path, "--shapes", shapes, "--require-checked") == counts


def test_records_and_the_project_are_counted(northtown: World, tmp_path: Path) -> None:
    path = northtown.root / "data/records/event/northtown-conference-2015.yml"
    assert line(northtown, path) == "checked 1 pcve:Event"
    result = northtown.pcve("validate", "--require-checked")
    assert (result.exit_code, "things   " in result.output) == (0, True)


def test_an_empty_file_fails_where_checks_are_required(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("")
    rules = {rule for rule, *_ in rows(northtown, path, "--require-checked", code=1)}
    assert "error nothing-checked" in rules


def test_what_was_not_checked_is_no_error(northtown: World, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        FAIR.format("[]")
        + "ex:a pcve:edition 3 . ex:b <http://schema.org/startDate> 1 ; ex:room 2 .\n",
    )
    reported = {rule.split()[1] for rule, *_ in rows(northtown, path)}
    assert reported == {"blank-thing", "near-namespace", "no-class", "other-vocabularies"}
    assert rows(northtown, path, "--severity", "error") == []


def test_a_subclass_of_ours_is_ours(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, "ex:Fair rdfs:subClassOf pcve:Event .\nex:a a ex:Fair .\n")
    assert line(northtown, path) == "checked 1 ex:Fair; 1 thing has no shape"
    assert "error pcvesh:Event-kind" in {rule for rule, *_ in rows(northtown, path, code=1)}


def test_a_sparql_target_is_seen() -> None:
    select = "<http://www.w3.org/ns/shacl#target> _:t ."
    assert read_targets(f"<http://e/s> {select}").has_queries
    assert not read_targets(f"<http://e/s> {select}".replace("target>", "targetNode>")).has_queries


@pytest.mark.parametrize("files", [(), ("a.n3", "b.txt", "c.ttl.bak")])
def test_a_folder_in_which_nothing_is_read_is_reported(
    northtown: World, tmp_path: Path, files: tuple[str, ...]
) -> None:
    for name in files:
        written(tmp_path, "", name)
    reason = "no file in the folder has a known extension" if files else "the folder is empty"
    for options, severity, code in (((), "warning", 0), (("--require-checked",), "error", 1)):
        problems = report(northtown, tmp_path, *options, code=code)["problems"]
        (problem,) = (row for row in problems if row["rule"] == "nothing-checked")
        assert (problem["severity"], problem["path"]) == (severity, str(tmp_path))
        assert problem["message"] == f"nothing was checked: {reason}"
        assert len(problems) == 1 + bool(files)


def test_extensions_of_files_in_a_folder_may_be_upper_case(
    northtown: World, tmp_path: Path
) -> None:
    record = (NORTHTOWN / "event" / "northtown-conference-2015.yml").read_text()
    (tmp_path / "northtown-conference-2015.YML").write_text(record)
    (tmp_path / "sub").mkdir()
    written(tmp_path, FAIR.format("ex:fair"), "sub/B.TTL")
    assert line(northtown, tmp_path, "--require-checked") == "checked 2 pcve:Event"
    content = report(northtown, tmp_path)
    assert [Path(row["path"]).name for row in content["files"]] == [
        "northtown-conference-2015.YML",
        "B.TTL",
    ]


def test_files_that_a_folder_has_and_are_not_read_are_one_note(
    northtown: World, tmp_path: Path
) -> None:
    written(tmp_path, "ex:a ex:b ex:c .\n")
    (tmp_path / ".git").mkdir()
    for name in (*(f"{number}.txt" for number in range(7)), ".git/HEAD"):
        (tmp_path / name).write_text("text")
    problems = report(northtown, tmp_path)["problems"]
    (note,) = (row for row in problems if row["path"] == str(tmp_path))
    assert (note["severity"], note["rule"]) == ("info", "unreadable-file")
    assert note["message"] == (
        "7 files are not read (unknown file extension): "
        "0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 2 more"
    )


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("sh:targetClass ex:Talk ; sh:property [ sh:path ex:room ; sh:maxCount 1 ]", ""),
        ("sh:targetClass <https://schema.org/Event>", "the shapes use https://schema.org/Event"),
        (
            "sh:targetNode ex:a ; sh:property [ sh:path <https://schema.org/name> ; sh:maxCount 1 ]",
            "the shapes use the namespace https://schema.org/",
        ),
        ("sh:targetClass <http://schema.org/Event>", ""),
    ],
)
def test_the_namespace_is_compared_with_those_of_the_given_shapes(
    northtown: World, tmp_path: Path, shape: str, message: str
) -> None:
    path = written(tmp_path, "ex:a a <http://schema.org/Event> .\n")
    shapes = written(tmp_path, f"ex:Shape a sh:NodeShape ; {shape} .\n", "shapes.ttl")
    problems = rows(northtown, path, "--shapes", shapes)
    near = [row[2] for row in problems if row[0] == "warning near-namespace"]
    assert near == [f"http://schema.org/Event: {message}"] * bool(message)


CONTEXT = '"@context": {"@vocab": "http://example.org/v/", "url": {"@type": "@id"}}'


@pytest.mark.parametrize(
    ("name", "content", "counts"),
    [
        (  # a text in the data ends in a slash
            "a.jsonld",
            f'{{{CONTEXT}, "@id": "ex:a", "@type": "T", "homepage": "http://example.org/v/"}}',
            "1 <http://example.org/v/T>",
        ),
        (
            "a.jsonld",
            '{"@id": "ex:a", "@type": "v:T", "@context": {"v": "http://example.org/v/"}}',
            "1 v:T",
        ),
        (  # a definition with @id is no prefix unless it says so
            "a.jsonld",
            '{"@context": {"T": "http://example.org/v/T", "v": {"@id": "http://example.org/v/"}}, "@type": "T"}',
            "1 <http://example.org/v/T>",
        ),
        (
            "a.jsonld",
            '{"@context": [{"v": {"@id": "http://example.org/v/", "@prefix": true}}], "@type": "v:T"}',
            "1 v:T",
        ),
        (
            "a.ttl",
            '<x:a> a <http://example.org/v/T> ; <x:b> """\n@prefix v: <http://example.org/v/> .\n""" .\n'
            "# @prefix w: <http://example.org/v/> .\n",
            "1 <http://example.org/v/T>",
        ),
        ("a.ttl", "PREFIX # of the terms\n v: <http://example.org/v/> <x:a> a v:T .", "1 v:T"),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<!-- xmlns:w="http://example.org/v/" --><T xmlns="http://example.org/v/" rdf:about="x:a">'
            '<b>xmlns:v="http://example.org/v/"</b></T></rdf:RDF>',
            "1 <http://example.org/v/T>",
        ),
    ],
)
def test_prefixes_are_those_that_the_file_declares(
    northtown: World, tmp_path: Path, name: str, content: str, counts: str
) -> None:
    shapes = written(
        tmp_path, "ex:S a sh:NodeShape ; sh:targetClass <http://example.org/v/T> .\n", "s.ttl"
    )
    (tmp_path / name).write_text(content)
    assert line(northtown, tmp_path / name, "--shapes", shapes) == f"checked {counts}"


RECORD = "id: {0}\ntype: {1}\nclaims:\n  - source: atlas\n    prefLabel: {{en: Fair {0}}}\n    kind: conference\n"


def test_a_record_with_errors_was_checked(northtown: World, tmp_path: Path) -> None:
    """Also if it is not mapped: its keys and values were compared with its class."""
    for name, more in (("fair-a", "    venu: x\n"), ("fair-b", "    startDate: soon\n")):
        path = tmp_path / f"{name}.yml"
        path.write_text(RECORD.format(name, "Event") + more)
        assert line(northtown, path) == "checked 1 pcve:Event"
        assert report(northtown, path, code=1)["checked"]["things"] == 1
    (tmp_path / "fair-c.yml").write_text(RECORD.format("fair-c", "Evnt"))
    assert line(northtown, tmp_path) == "checked 2 pcve:Event"
    assert line(northtown, tmp_path / "fair-c.yml") == "checked nothing"


def test_a_source_with_errors_was_checked(world: World) -> None:
    path = world.root / "data/sources/atlas.yml"
    path.write_text(path.read_text() + "titel: x\n")
    assert line(world, path) == "checked 1 pcve:Source"
    path.write_text("id: [\n")
    assert line(world, path) == "checked nothing"


def test_a_file_that_is_named_twice_is_checked_once(northtown: World, tmp_path: Path) -> None:
    path = written(tmp_path, FAIR.format("ex:fair"))
    (tmp_path / "link.ttl").symlink_to(path)
    (tmp_path / "sub").mkdir()
    for paths in ((path, path), (path, tmp_path), (tmp_path, path), (path, tmp_path / "sub/../data.ttl")):  # fmt: skip
        content = report(northtown, *paths)
        assert (content["checked"]["things"], len(content["files"])) == (1, 1)
    missing = northtown.pcve("validate", str(tmp_path / "no.ttl"), str(tmp_path / "no.ttl"))
    assert "1 error, 0 warnings in 1 file" in missing.output
