"""`pcve validate FILE --shapes SHAPES`: any file of shapes is used as far as it is well-formed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World
from pyshacl.entrypoints import meta_validate

from pcve_graph.validation.shacl_vocabulary import CLASSES, NAMESPACE, PARAMETERS, PROPERTIES

REPORTS = ROOT / "tests" / "reports"
ENGINES = ("turbo", "pyshacl")
PREFIXES = """@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = PREFIXES + 'ex:day a ex:Meeting ; ex:title "Open day" ; ex:start 2 ; ex:end 1 .\n'
GOOD = "ex:Good sh:targetClass ex:Meeting ; sh:property [ sh:path ex:place ; sh:minCount 1 ] .\n"


def checked(
    world: World, data: Path, *options: str, code: int | None = None
) -> list[tuple[str, int, int, str, str, str]]:
    """(file, line, column, severity, message, fix) of each problem, the same with both engines.

    That no shape was left to apply is a warning of its own, which tests/test_reports_checked.py has.
    """
    reports = []
    for engine in ENGINES:
        result = world.pcve("validate", str(data), *options, "--engine", engine, "--format", "json")
        assert code is None or result.exit_code == code, result.output
        assert not re.search(r"urn:x-shape|_:|\bn[0-9a-f]{32}b|Traceback", result.output)
        reports.append(
            [
                (
                    Path(problem["path"]).name,
                    problem["line"],
                    problem["column"],
                    problem["severity"],
                    problem["message"],
                    problem["fix"],
                )
                for problem in json.loads(result.stdout)
                if problem["rule"] != "nothing-checked"
            ]
        )
    assert [row[:4] for row in reports[0]] == [row[:4] for row in reports[1]]
    return reports[0]


def report(
    world: World, tmp_path: Path, shapes: str, *options: str, code: int, data: str = DATA
) -> list[tuple[str, int, int, str, str, str]]:
    (tmp_path / "data.ttl").write_text(data)
    (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes)
    return checked(
        world,
        tmp_path / "data.ttl",
        "--shapes",
        str(tmp_path / "shapes.ttl"),
        *options,
        code=code,
    )


def of_shapes(rows: list[tuple[str, int, int, str, str, str]]) -> list[tuple[int, int, str, str]]:
    """(line of the shapes, column, message, fix) of what is wrong with the shapes."""
    return [(row[1] - 5, row[2], row[4], row[5]) for row in rows if row[0] == "shapes.ttl"]


def test_a_stray_term_is_a_warning_and_the_rest_is_applied(northtown: World) -> None:
    shapes = REPORTS / "02-stray-term.shapes.ttl"
    rows = checked(northtown, REPORTS / "02-stray-term.ttl", "--shapes", str(shapes), code=1)
    assert [row[:4] for row in rows] == [
        ("02-stray-term.shapes.ttl", 12, 46, "warning"),
        ("02-stray-term.ttl", 3, 1, "error"),
    ]
    assert rows[0][4:] == (
        "ex:OtherShape: SHACL has no property sh:shape; it is ignored",
        "did you mean sh:node?",
    )


def test_an_undeclared_prefix_is_one_message_with_its_place(northtown: World) -> None:
    shapes = REPORTS / "03-undeclared-prefix.shapes.ttl"
    (row,) = checked(
        northtown, REPORTS / "03-undeclared-prefix.ttl", "--shapes", str(shapes), code=2
    )
    assert row[:3] == ("03-undeclared-prefix.shapes.ttl", 8, 47)
    assert row[4].startswith("ex:OrderShape: the prefix ex: of the query is not declared")
    assert row[5].startswith(
        'add sh:prefixes [ sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^'
    )


def test_the_fix_of_an_undeclared_prefix_can_be_pasted(northtown: World, tmp_path: Path) -> None:
    text = (REPORTS / "03-undeclared-prefix.shapes.ttl").read_text()
    (tmp_path / "a.ttl").write_text(text)
    data = REPORTS / "03-undeclared-prefix.ttl"
    (row,) = checked(northtown, data, "--shapes", str(tmp_path / "a.ttl"), code=2)
    fix = row[5].removeprefix("add ").removesuffix(" beside the query")
    (tmp_path / "b.ttl").write_text(text.replace("sh:message", f"{fix} ;\n sh:message"))
    (row,) = checked(northtown, data, "--shapes", str(tmp_path / "b.ttl"), code=1)
    assert row[0] == "03-undeclared-prefix.ttl"


@pytest.mark.parametrize("namespace", ["http://e.example/ns#", "https://e.example/ns#", "urn:ns:"])
def test_a_namespace_is_that_of_the_query(northtown: World, tmp_path: Path, namespace: str) -> None:
    data = f"@prefix n: <{namespace}> .\n<http://e.example/a> a n:Meeting ; n:start 2 ; n:end 1 .\n"
    shapes = f"""<urn:shapes> sh:declare [ sh:prefix "n" ; sh:namespace "{namespace}"^^xsd:anyURI ] .
ex:Order sh:targetClass <{namespace}Meeting> ; sh:sparql [ sh:prefixes <urn:shapes> ; sh:select
  "SELECT $this WHERE {{ $this n:start ?start ; n:end ?end . FILTER (?end < ?start) }}" ] .
"""
    (row,) = report(northtown, tmp_path, shapes, code=1, data=data)
    assert row[:4] == ("data.ttl", 2, 1, "error")


def test_what_is_not_a_list_costs_its_shape(northtown: World, tmp_path: Path) -> None:
    shapes = REPORTS / "04-ignored-not-a-list.shapes.ttl"
    data = REPORTS / "04-ignored-not-a-list.ttl"
    (row,) = checked(northtown, data, "--shapes", str(shapes), code=2)
    assert row[:3] == ("04-ignored-not-a-list.shapes.ttl", 8, 26)
    assert row[5] == "write sh:ignoredProperties ( rdf:type )"
    text = shapes.read_text() + GOOD
    (tmp_path / "more.ttl").write_text(text)
    rows = checked(northtown, data, "--shapes", str(tmp_path / "more.ttl"), code=2)
    assert sorted(row[0] for row in rows) == ["04-ignored-not-a-list.ttl", "more.ttl"]


SHAPE = "ex:Bad sh:targetClass ex:Meeting ; "
PROPERTY = SHAPE + "sh:property [ sh:path ex:title ; {} ] ."
SELECT = SHAPE + 'sh:sparql [ sh:select "{}" ] .'
FAULTS = {
    "no path": (
        SHAPE + "sh:property [ sh:minCount 1 ] .",
        62,
        "the property shape has no sh:path",
        "add sh:path with the property it is about",
    ),
    "two paths": (
        SHAPE + "sh:property [ sh:path ex:a , ex:b ] .",
        65,
        "sh:path has 2 values: ex:a, ex:b",
        "keep one path; for either of them write sh:path [ sh:alternativePath ( … ) ]",
    ),
    "path of a literal": (
        SHAPE + 'sh:property [ sh:path "title" ] .',
        58,
        "the path is a literal",
        "",
    ),
    "path of one member": (
        SHAPE + "sh:property [ sh:path ( ex:a ) ] .",
        58,
        "the path is a list of one member",
        "",
    ),
    "alternatives without a list": (
        SHAPE + "sh:property [ sh:path [ sh:alternativePath ex:a ] ] .",
        58,
        "sh:alternativePath is not a list of two or more paths",
        "",
    ),
    "empty path": (
        SHAPE + "sh:property [ sh:path [] ] .",
        58,
        "the path is a blank node of none of the forms",
        "",
    ),
    "unknown property shape": (
        SHAPE + "sh:property ex:Nothing .",
        48,
        "sh:property names ex:Nothing, which the shapes do not describe",
        "",
    ),
    "in": (PROPERTY.format('sh:in "a"'), 75, 'sh:in is "a", not a list', 'write sh:in ( "a" )'),
    "or": (
        PROPERTY.format("sh:or [ sh:class ex:A ]"),
        75,
        "sh:or is a blank node, not a list",
        "write sh:or ( [ … ] [ … ] )",
    ),
    "and of literals": (
        PROPERTY.format('sh:and ( "a" )'),
        76,
        "sh:and is not a list of shapes",
        "write a list of shapes",
    ),
    "xone": (
        PROPERTY.format("sh:xone ex:A"),
        77,
        "sh:xone is ex:A, not a list",
        "write sh:xone ( ex:A )",
    ),
    "languageIn": (
        PROPERTY.format('sh:languageIn "en"'),
        83,
        'sh:languageIn is "en", not a list',
        'write sh:languageIn ( "en" )',
    ),
    "minCount": (
        PROPERTY.format('sh:minCount "1"'),
        81,
        'sh:minCount is "1"',
        "write sh:minCount 1",
    ),
    "minCount of a node shape": (
        SHAPE + "sh:minCount 1 .",
        48,
        "sh:minCount is on a node shape",
        "",
    ),
    "datatype": (
        PROPERTY.format('sh:datatype "xsd:date"'),
        81,
        'sh:datatype is "xsd:date", a literal',
        "write sh:datatype xsd:date",
    ),
    "two datatypes": (
        PROPERTY.format("sh:datatype xsd:date , xsd:gYear"),
        92,
        "sh:datatype has 2 values: xsd:date, xsd:gYear",
        "keep one; for either of them write sh:or ( [ sh:datatype … ] [ sh:datatype … ] )",
    ),
    "class": (PROPERTY.format('sh:class "A"'), 78, 'sh:class is "A"', "write an IRI"),
    "nodeKind": (
        PROPERTY.format("sh:nodeKind sh:Iri"),
        81,
        "sh:nodeKind is sh:Iri",
        "did you mean sh:IRI?",
    ),
    "closed": (SHAPE + 'sh:closed "true" .', 46, 'sh:closed is "true"', "write sh:closed true"),
    "deactivated": (
        SHAPE + 'sh:deactivated "no" .',
        51,
        'sh:deactivated is "no"',
        "write true or false",
    ),
    "pattern": (
        PROPERTY.format('sh:pattern "[a"'),
        80,
        '"[a" is not a regular expression that the engines read: unterminated character set',
        "correct the regular expression",
    ),
    "no select": (SHAPE + "sh:sparql [] .", 46, "the SPARQL constraint has no sh:select", ""),
    "SPARQL syntax": (
        SELECT.format("SELECT $this { ?x a }"),
        79,
        "unexpected }",
        "write subject, predicate and object of the triple pattern; one is missing",
    ),
    "MINUS": (
        SELECT.format("SELECT $this { $this a ?c MINUS { $this ?p 1 } }"),
        85,
        "a query of a shape may not have MINUS",
        "write FILTER NOT EXISTS { … }",
    ),
    "VALUES": (
        SELECT.format("SELECT $this { VALUES ?c { 1 } }"),
        74,
        "a query of a shape may not have VALUES",
        "",
    ),
    "SERVICE": (
        SELECT.format("SELECT $this { SERVICE <http://example.org/> { } }"),
        74,
        "a query of a shape may not have SERVICE",
        "",
    ),
    "FROM": (
        SELECT.format("SELECT $this FROM <http://example.org/> { }"),
        58,
        "the query has FROM, but shapes apply to the data that are checked",
        "delete FROM",
    ),
    "AS": (
        SELECT.format("SELECT $this { ?x a ?c BIND (?x AS $this) }"),
        94,
        "$this is bound beforehand, so AS may not bind it again",
        "use another variable",
    ),
    "AS $currentShape": (
        SELECT.format("SELECT $this ?value { $this a ?c BIND (?c AS ?currentShape) }"),
        104,
        "?currentShape is bound beforehand, so AS may not bind it again",
        "use another variable",
    ),
    "ASK": (
        SELECT.format("ASK { $this a ?c }"),
        59,
        "sh:select must be a SELECT query, but has ASK",
        "write a SELECT query",
    ),
    "CONSTRUCT": (
        SELECT.format("CONSTRUCT { $this a ?c } WHERE { { SELECT ?c { $this a ?c } } }"),
        59,
        "sh:select must be a SELECT query, but has CONSTRUCT",
        "write a SELECT query",
    ),
    "sub-select": (
        SELECT.format("SELECT $this { { SELECT ?c { $this a ?c } } }"),
        76,
        "SELECT does not select $this",
        "write SELECT $this …",
    ),
    "no $this": (SELECT.format("SELECT ?c { $this a ?c }"), 59, "SELECT does not select $this", ""),
}


@pytest.mark.parametrize(
    ("query", "values"),
    {
        "SELECT $this ?value { $this ex:k ?v BIND (STRLEN(?v) AS ?value) FILTER (?value > 3) }": 1,
        "SELECT $this (COUNT(?v) AS ?value) { $this ex:k ?v } GROUP BY $this": 1,
        "SELECT $this (?v AS ?value) { $this ex:k ?v }": 2,
        "SELECT $this ?value { { SELECT $this (?v AS ?value) { $this ex:k ?v } } }": 2,
    }.items(),
)
def test_a_query_may_compute_the_value_of_its_result(
    northtown: World, tmp_path: Path, query: str, values: int
) -> None:
    query = query.replace("ex:k", "<http://example.org/k>")
    shapes = f'ex:S sh:targetClass ex:P ; sh:sparql [ sh:select "{query}" ] .'
    data = PREFIXES + 'ex:a a ex:P ; ex:k "long", "abc" .'
    rows = report(northtown, tmp_path, shapes, code=1, data=data)
    assert [row[0] for row in rows] == ["data.ttl"] * values


def test_a_query_of_another_form_costs_that_constraint_only(
    northtown: World, tmp_path: Path
) -> None:
    shapes = GOOD[:-2] + '; sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .'
    rows = report(northtown, tmp_path, shapes, code=2)
    assert [(row[0], row[3]) for row in rows] == [("data.ttl", "error"), ("shapes.ttl", "error")]


NESTED = {
    "node": "sh:node ex:N{}",
    "not": "sh:not ex:N{}",
    "or": "sh:or ( ex:N{0} ex:N{0} )",
    "xone": "sh:xone ( ex:N{0} )",
    "property and": "sh:property [ sh:path ex:title ; sh:and ( ex:N{} ) ]",
}


@pytest.mark.parametrize("name", NESTED)
def test_a_shape_that_is_nested_too_deeply_costs_that_shape_only(
    northtown: World, tmp_path: Path, name: str
) -> None:
    link = NESTED[name].rpartition("[ sh:path ex:title ; ")[2].removesuffix(" ]")
    chain = f"ex:Deep sh:targetClass ex:Meeting ; {NESTED[name].format(1)} .\n"
    chain += "".join(f"ex:N{n} {link.format(n + 1)} .\n" for n in range(1, 22))
    rows = report(northtown, tmp_path, GOOD + chain + "ex:N22 sh:nodeKind sh:IRI .\n", code=2)
    assert [(row[0], row[3]) for row in rows] == [("data.ttl", "error"), ("shapes.ttl", "error")]
    ((line, _, message, _),) = of_shapes(rows)
    assert line == 2
    what = "this shape inside it" if name.startswith("property") else "this shape"
    levels = "more than 14 levels of shapes in one another"
    assert message == f"ex:Deep: it has {levels}; {what} is not applied"


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ("ex:R sh:targetClass ex:Meeting ; sh:node ex:R .", "it refers to itself"),
        (
            "ex:R sh:targetClass ex:Meeting ; sh:node ex:Q . ex:Q sh:not ex:R .",
            "it refers to itself",
        ),
        (
            "ex:R sh:targetClass ex:Meeting ; sh:or ( ex:Q ) . ex:Q sh:and ( ex:Q ) .",
            "it refers to ex:Q, which refers to itself",
        ),
    ],
)
def test_a_shape_that_refers_to_itself_is_called_so(
    northtown: World, tmp_path: Path, shapes: str, message: str
) -> None:
    """SHACL 3.4.3: what recursive shapes mean is not defined."""
    rows = report(northtown, tmp_path, GOOD + shapes, code=2)
    assert [(row[0], row[3]) for row in rows] == [("data.ttl", "error"), ("shapes.ttl", "error")]
    ((_, _, text, fix),) = of_shapes(rows)
    assert text == f"ex:R: {message}; this shape is not applied"
    assert fix == "refer to another shape"


@pytest.mark.parametrize("last", ["sh:nodeKind sh:IRI", "sh:node ex:N0"])
def test_recursion_is_looked_for_once_in_all_shapes(
    northtown: World, tmp_path: Path, last: str
) -> None:
    """Each of 2,000 shapes in one another has a target; a search for each of them takes an hour."""
    chain = [f"ex:N{n} sh:targetClass ex:Meeting ; sh:node ex:N{n + 1} ." for n in range(2_000)]
    (tmp_path / "shapes.ttl").write_text("\n".join([PREFIXES, *chain, f"ex:N2000 {last} ."]))
    (tmp_path / "data.ttl").write_text("")
    command = ["validate", str(tmp_path / "data.ttl"), "--shapes", str(tmp_path / "shapes.ttl")]
    result = northtown.pcve(*command, "--limit", "0", "--timeout", "120")
    message = "it refers to itself" if "N0" in last else "it has more than 14 levels"
    assert result.stdout.count(message) == (2_000 if "N0" in last else 1_986), result.output[-500:]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            'sh:sparql [ sh:select "SELECT $this { $this $PATH 1 }" ]',
            "the query has $PATH, but a node shape has no path; this constraint is not applied",
        ),
        (
            "sh:property [ sh:path [ sh:inversePath ex:p ; rdfs:comment 'c' ] ; sh:minCount 1 ]",
            "the blank node of the path has more than one statement; "
            "this shape inside it is not applied",
        ),
    ],
)
def test_what_an_engine_cannot_apply_has_a_reason_and_costs_itself_alone(
    northtown: World, tmp_path: Path, shape: str, message: str
) -> None:
    """SHACL 5.3.1 and 2.3.1: the rest of the shape is applied."""
    shapes = f"ex:Bad sh:targetClass ex:Meeting ; {shape} ; sh:class ex:Other ."
    rows = report(northtown, tmp_path, shapes, code=2)
    assert [row[4] for row in rows if row[0] == "data.ttl"] == [
        "ex:day is not an instance of ex:Other"
    ]
    assert [text for *_, text, _ in of_shapes(rows)] == [f"ex:Bad: {message}"]


def test_a_node_kind_is_not_taken_for_another_term(northtown: World, tmp_path: Path) -> None:
    shapes = GOOD + "ex:Bad sh:targetClass ex:Meeting ; sh:nodeKind ex:bad .\n"
    ((*_, fix),) = of_shapes(report(northtown, tmp_path, shapes, code=2))
    assert fix.startswith("write one of sh:IRI, sh:Literal, ")


def test_a_member_of_a_list_of_values_is_no_shape(northtown: World, tmp_path: Path) -> None:
    """Only the shapes of sh:and, sh:or and sh:xone are described; a value of sh:in is a node."""
    shapes = GOOD + "ex:I sh:targetNode ex:u ; sh:in ( ex:u ) . ex:J sh:node ex:u , ex:J2 .\n"
    shapes += "ex:J2 sh:or ( ex:v ) . ex:K sh:targetNode ex:w ; sh:in ( ex:v ex:w ) .\n"
    rows = of_shapes(report(northtown, tmp_path, shapes, code=1))
    assert sorted(text.partition(" is not")[0] for *_, text, _ in rows) == [
        "ex:J2: ex:v",
        "ex:J: ex:u",
    ]


ASKS = 'sh:validator [ sh:ask "ASK { FILTER (isIRI ($value)) }" ]'
"""A validator that asks, of which a component has one."""


@pytest.mark.parametrize(
    ("component", "message"),
    {
        ASKS: "the component has no parameter that a shape must state",
        f"sh:parameter [ sh:path ex:c ; sh:optional true ] ; {ASKS}": "the component has no "
        "parameter that a shape must state",
        f"sh:parameter [ sh:path ex:c ] , [ sh:name 'n' ] ; {ASKS}": "the parameter has no sh:path",
        f"sh:parameter [ sh:path ex:c, ex:d ] ; {ASKS}": "the parameter has 2 sh:path",
        f"sh:parameter [ sh:path ( ex:c ex:d ) ] ; {ASKS}": "the sh:path of the parameter is not "
        "an IRI",
        f"sh:parameter [ sh:path ex:c ] , [ sh:path ex:value ] ; {ASKS}": "ex:value is a parameter "
        "of the name value",
        f"sh:parameter [ sh:path ex:c ] ; {ASKS} , [ sh:ask 'ASK {{}}' ]": "the component has 2 "
        "values of sh:validator",
        "sh:parameter [ sh:path ex:c ] ; sh:validator [ sh:message 'm' ]": "the validator has no "
        "sh:ask",
        "sh:parameter [ sh:path ex:c ] ; sh:validator [ sh:ask 'ASK {}' , 'ASK { ?s ?p 1 }' ]": "the "
        "validator has 2 sh:ask",
        "sh:parameter [ sh:path ex:c ] ; sh:nodeValidator [ sh:select 'SELECT $this { $this $PATH 1 }"
        "' ]": "the query has $PATH, but a node shape has no path",
        "sh:parameter [ sh:path ex:c ] ; sh:nodeValidator [ sh:select 'SELECT $this (1 AS ?c) {}' ]": ""
        "?c is bound beforehand, so AS may not bind it again",
    }.items(),
)
def test_a_broken_component_costs_itself_alone(
    northtown: World, tmp_path: Path, component: str, message: str
) -> None:
    """SHACL 6.2: no component costs the run, nor the shapes that state its parameters."""
    shapes = f"ex:C a sh:ConstraintComponent ; {component} .\n"
    shapes += "ex:S sh:targetClass ex:Meeting ; sh:class ex:Other ; ex:c 1 .\n"
    rows = report(northtown, tmp_path, shapes, code=2)
    assert [row[4] for row in rows if row[0] == "data.ttl"] == [
        "ex:day is not an instance of ex:Other"
    ]
    ((*_, text, _),) = of_shapes(rows)
    assert text == f"ex:C: {message}; this component is not applied"


def test_a_component_without_a_validator_for_a_shape_is_not_applied_to_it(
    northtown: World, tmp_path: Path
) -> None:
    shapes = "ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:c ] ; sh:nodeValidator "
    shapes += "[ sh:select 'SELECT $this { $this a ?type }' ; sh:message 5 ] .\n"
    shapes += (
        "ex:S sh:targetClass ex:Meeting ; ex:c 1 ; sh:property [ sh:path ex:title ; ex:c 1 ] ."
    )
    rows = report(northtown, tmp_path, shapes, code=2)
    assert [row[4] for row in rows if row[0] == "data.ttl"] == ["ex:day violates this rule"]
    assert [text for *_, text, _ in of_shapes(rows)] == [
        "ex:C: sh:message is not a text; it is ignored",
        "ex:S: ex:C has no validator for property shapes; it is not applied",
    ]


def test_fourteen_levels_of_shapes_are_applied(northtown: World, tmp_path: Path) -> None:
    shapes = "ex:Deep sh:targetClass ex:Meeting ; sh:node ex:N1 .\n"
    shapes += "".join(f"ex:N{n} sh:node ex:N{n + 1} .\n" for n in range(1, 14))
    rows = report(northtown, tmp_path, shapes + "ex:N14 sh:nodeKind sh:Literal .\n", code=1)
    assert [(row[0], row[3]) for row in rows] == [("data.ttl", "error")]


VALIDATOR = """ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:c ] ;
  sh:validator [ {} ] .
ex:S sh:targetClass ex:Meeting ; ex:c 1 .
"""


@pytest.mark.parametrize(
    ("query", "message"),
    {
        'sh:ask "ASK { BIND (1 AS ?value) }"': "?value is bound beforehand, so AS may not bind it again",
        'sh:ask "SELECT $this { $this a ?c }"': "sh:ask must be an ASK query, but has SELECT",
    }.items(),
)
def test_a_broken_validator_costs_its_component(
    northtown: World, tmp_path: Path, query: str, message: str
) -> None:
    rows = report(northtown, tmp_path, GOOD + VALIDATOR.format(query), code=2)
    assert ("data.ttl", "error") in [(row[0], row[3]) for row in rows]
    (text,) = (text for *_, text, _ in of_shapes(rows))
    assert message in text


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_shape_costs_that_shape_only(northtown: World, tmp_path: Path, fault: str) -> None:
    shapes, column, message, fix = FAULTS[fault]
    rows = report(northtown, tmp_path, GOOD + shapes, code=2)
    assert [row[0] for row in rows if row[3] == "error"] == ["data.ttl", "shapes.ttl"]
    ((line, at, text, repair),) = of_shapes(rows)
    assert (line, at) == (2, column)
    assert re.fullmatch(
        f"ex:Bad: {re.escape(message)}; this (shape( inside it)?|constraint) is not applied", text
    )
    assert repair
    assert fix in ("", repair)


UNSEEN = {
    "alternatives without a list",
    "and of literals",
    "class",
    "no $this",
    "no select",
    "pattern",
    "unknown property shape",
    *(
        "AS",
        "FROM",
        "MINUS",
        "SERVICE",
        "SPARQL syntax",
        "ASK",
        "AS $currentShape",
        "CONSTRUCT",
        "VALUES",
        "sub-select",
    ),
}
"""What the shapes of the W3C for shapes do not say; most is in the text of SHACL only."""


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in UNSEEN])
def test_the_shapes_of_the_w3c_for_shapes_find_the_same_faults(fault: str) -> None:
    shapes = rdflib.Graph().parse(data=PREFIXES + GOOD + FAULTS[fault][0])
    assert not meta_validate(shapes)[0]
    assert meta_validate(rdflib.Graph().parse(data=PREFIXES + GOOD))[0]


def test_the_terms_are_those_of_the_vocabulary(northtown: World) -> None:
    import pyshacl

    path = Path(pyshacl.__file__).parent / "assets" / "shacl.ttl"
    defined = {
        quad.subject.value.removeprefix(NAMESPACE)
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode) and "shacl#" in quad.subject.value
    }
    assert {name for name in defined if name and "-" not in name} <= PROPERTIES | CLASSES
    assert {f"<{NAMESPACE}{name}>" for name in PROPERTIES} >= set(PARAMETERS)


def test_a_misspelt_term_has_the_nearest_one(northtown: World, tmp_path: Path) -> None:
    shapes = (
        "ex:S a sh:NodeShap ; sh:targetClass ex:Meeting ; sh:targetClas ex:Other ;"
        " sh:property [ sh:path ex:place ; sh:mincount 2 ; sh:minCount 1 ] ."
    )
    rows = report(northtown, tmp_path, shapes, code=1)
    assert [row[3] for row in rows] == ["error", "warning", "warning", "warning"]
    assert of_shapes(rows) == [
        (1, 8, "ex:S: SHACL has no term sh:NodeShap; it is ignored", "did you mean sh:NodeShape?"),
        (
            1,
            64,
            "ex:S: SHACL has no property sh:targetClas; it is ignored",
            "did you mean sh:targetClass?",
        ),
        (
            1,
            120,
            "ex:S: SHACL has no property sh:mincount; it is ignored",
            "did you mean sh:minCount?",
        ),
    ]


def test_what_negates_a_broken_shape_is_not_applied_either(
    northtown: World, tmp_path: Path
) -> None:
    broken = '[ sh:property [ sh:path ex:title ; sh:minCount "1" ] ]'
    negated = f"ex:S sh:targetClass ex:Meeting ; sh:not {broken} ."
    assert [row[0] for row in report(northtown, tmp_path, negated, code=2)] == ["shapes.ttl"]
    counted = (
        "ex:S sh:targetClass ex:Meeting ; sh:property [ sh:path ex:title ;"
        f" sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape {broken} ] ."
    )
    assert [row[0] for row in report(northtown, tmp_path, counted, code=2)] == ["shapes.ttl"]


def test_a_closed_shape_keeps_the_path_of_a_broken_property_shape(
    northtown: World, tmp_path: Path
) -> None:
    shapes = (
        "ex:S sh:targetClass ex:Meeting ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;"
        ' sh:property [ sh:path ex:title ; sh:minCount "1" ] , [ sh:path ex:start ] .'
    )
    rows = report(northtown, tmp_path, shapes, code=2)
    assert [(row[0], row[1]) for row in rows] == [("data.ttl", 6), ("shapes.ttl", 6)]


def test_a_shape_that_is_only_named_is_a_warning(northtown: World, tmp_path: Path) -> None:
    shapes = GOOD + "ex:S sh:targetClass ex:Meeting ; sh:node ex:Nothing ."
    assert of_shapes(report(northtown, tmp_path, shapes, code=1)) == [
        (
            2,
            42,
            "ex:S: ex:Nothing is not described in the shapes, so everything conforms to it",
            "describe it, correct its name, or give its file with --shapes too",
        )
    ]


def test_a_namespace_that_is_nearly_that_of_shacl(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        PREFIXES.replace("http://www.w3.org/ns/shacl", "https://www.w3.org/ns/shacl") + GOOD
    )
    result = northtown.pcve("validate", str(tmp_path / "data.ttl"), "--shapes", str(shapes))
    assert result.exit_code == 2
    assert (
        "the namespace of SHACL is http://www.w3.org/ns/shacl#, and this file has" in result.output
    )


ADVANCED = {
    "sh:rule": (
        "ex:S sh:targetClass ex:Meeting ; sh:rule [ a sh:TripleRule ; sh:subject sh:this ;"
        " sh:predicate rdf:type ; sh:object ex:Late ] .\n"
        "ex:T sh:targetClass ex:Late ; sh:property [ sh:path ex:reason ; sh:minCount 1 ] ."
    ),
    "sh:target": (
        "ex:S sh:target [ a sh:SPARQLTarget ; sh:select"
        ' "SELECT ?this { ?this <http://example.org/start> 2 }" ] ;'
        " sh:property [ sh:path ex:reason ; sh:minCount 1 ] ."
    ),
    "target type": (
        "ex:Type a sh:SPARQLTargetType ; rdfs:subClassOf sh:Target ; sh:parameter [ sh:path ex:k ] ;"
        ' sh:select "SELECT ?this { ?this a $k }" .\n'
        "ex:S sh:target [ a ex:Type ; ex:k ex:Meeting ] ;"
        " sh:property [ sh:path ex:reason ; sh:minCount 1 ] ."
    ),
    "sh:expression": "ex:S sh:targetClass ex:Meeting ; sh:expression [ sh:path ex:reason ] .",
    "functions": (
        "ex:f a sh:SPARQLFunction ; sh:parameter [ sh:path ex:k ; sh:datatype xsd:integer ] ;"
        ' sh:returnType xsd:boolean ; sh:ask "ASK { FILTER ($k = 2) }" .\n'
        'ex:S sh:targetClass ex:Meeting ; sh:sparql [ sh:select """SELECT $this ?value'
        "\n{ $this <http://example.org/start> ?value FILTER (<http://example.org/f>(?value)) }"
        '""" ] .'
    ),
}


@pytest.mark.parametrize("feature", ADVANCED)
def test_advanced_features_run_if_asked_for(northtown: World, tmp_path: Path, feature: str) -> None:
    shapes = ADVANCED[feature]
    rows = report(northtown, tmp_path, shapes, code=0)
    assert {(row[0], row[3]) for row in rows} == {("shapes.ttl", "warning")}
    assert all("skipped" in row[4] and row[5] == "run it with --advanced" for row in rows)
    (row,) = report(northtown, tmp_path, shapes, "--advanced", code=1)
    assert row[0] == "data.ttl"


@pytest.mark.parametrize(
    "text",
    [
        'sh:js [ a sh:JSConstraint ; sh:jsFunctionName "f" ]',
        "sh:property [ sh:path ex:title ; sh:values [ sh:path ex:name ] ]",
    ],
)
def test_what_no_engine_runs_is_a_warning(northtown: World, tmp_path: Path, text: str) -> None:
    shapes = f"{GOOD}ex:S sh:targetClass ex:Meeting ; {text} ."
    for options in ([], ["--advanced"]):
        rows = report(northtown, tmp_path, shapes, *options, code=1)
        assert [(row[0], row[3]) for row in rows] == [
            ("data.ttl", "error"),
            ("shapes.ttl", "warning"),
        ]
        assert "is not run by the engines here" in rows[1][4]


HIERARCHY = PREFIXES + "ex:Meeting rdfs:subClassOf ex:Gathering .\n"
OF_CLASS = "ex:S sh:targetClass ex:Gathering ; sh:property [ sh:path ex:place ; sh:minCount 1 ] ."


def test_a_class_hierarchy_counts_wherever_it_is(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "classes.ttl").write_text(HIERARCHY)
    assert report(northtown, tmp_path, OF_CLASS, code=0) == []
    option = ("--ontology", str(tmp_path / "classes.ttl"))
    assert [row[0] for row in report(northtown, tmp_path, OF_CLASS, *option, code=1)] == [
        "data.ttl"
    ]
    within = "ex:Meeting rdfs:subClassOf ex:Gathering .\n" + OF_CLASS
    assert [row[0] for row in report(northtown, tmp_path, within, code=1)] == ["data.ttl"]


def test_a_class_of_values_may_have_its_subclasses_in_an_ontology(
    northtown: World, tmp_path: Path
) -> None:
    (tmp_path / "classes.ttl").write_text(HIERARCHY)
    shapes = "ex:S sh:targetSubjectsOf ex:part ; sh:property [ sh:path ex:part ; sh:class ex:Gathering ] ."
    data = DATA + "ex:fair ex:part ex:day .\n"
    assert report(northtown, tmp_path, shapes, code=1, data=data) != []
    option = ("--ontology", str(tmp_path / "classes.ttl"))
    assert report(northtown, tmp_path, shapes, *option, code=0, data=data) == []


@pytest.mark.parametrize("option", [["--advanced"], ["--ontology", "classes.ttl"]])
def test_options_of_shapes_need_shapes(northtown: World, tmp_path: Path, option: list[str]) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    result = northtown.pcve("validate", str(tmp_path / "data.ttl"), *option)
    assert result.exit_code == 2
    assert f"{option[0]} requires --shapes" in result.output


def test_several_files_and_folders_are_one_set_of_shapes(northtown: World, tmp_path: Path) -> None:
    """Prefixes that one file declares are those of queries in another."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    query = "SELECT $this { $this ex:start ?s ; ex:end ?e FILTER (?e < ?s) }"
    rule = f'ex:S sh:targetClass ex:Meeting ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .'
    declare = 'ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .'
    (folder / "rule.ttl").write_text(PREFIXES + rule)
    (tmp_path / "data.ttl").write_text(DATA)
    first = ["--shapes", str(folder / "rule.ttl")]
    (row,) = checked(northtown, tmp_path / "data.ttl", *first, code=2)
    assert "the prefix ex: of the query is not declared" in row[4]
    (folder / "prefixes.ttl").write_text(PREFIXES + declare)
    two = [*first, "--shapes", str(folder / "prefixes.ttl")]
    for options in (two, ["--shapes", str(folder)]):
        (row,) = checked(northtown, tmp_path / "data.ttl", *options, code=1)
        assert row[0] == "data.ttl"


@pytest.mark.parametrize("form", ["nt", "json-ld", "xml", "trig", "pretty-xml"])
def test_shapes_in_every_format_are_read_and_their_faults_located(
    northtown: World, tmp_path: Path, form: str
) -> None:
    text = GOOD + "ex:Bad sh:targetClass ex:Meeting ; sh:closed ex:yes ; sh:targetClas ex:Other ."
    ending = {"nt": "nt", "json-ld": "jsonld", "trig": "trig"}.get(form, "rdf")
    path = tmp_path / f"shapes.{ending}"
    rdflib.Graph().parse(data=PREFIXES + text).serialize(path, format=form, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA)
    rows = checked(northtown, tmp_path / "data.ttl", "--shapes", str(path), code=2)
    assert [(row[0], row[3]) for row in rows].count((path.name, "error")) == 1
    assert [(row[0], row[3]) for row in rows].count((path.name, "warning")) == 1
    assert [row[0] for row in rows].count("data.ttl") == 1
    for name, line, _, severity, *_ in rows:
        if name == path.name:
            word = "closed" if severity == "error" else "targetClas"
            lines = path.read_text().splitlines()
            assert word in "".join(lines[max(line - 3, 0) : line])


def test_a_syntax_error_of_shapes_has_its_place(northtown: World, tmp_path: Path) -> None:
    (row,) = report(northtown, tmp_path, "ex:S sh:targetClass ;", code=2)
    assert row[:4] == ("shapes.ttl", 6, 21, "error")


def test_a_fault_in_a_long_query_is_on_its_own_line(northtown: World, tmp_path: Path) -> None:
    shapes = 'ex:Bad sh:targetClass ex:Meeting ; sh:sparql [ sh:select """\nSELECT $this\n{ $this x:a 1 }""" ] .'
    (row,) = report(northtown, tmp_path, shapes, code=2)
    assert row[:3] == ("shapes.ttl", 8, 9)


def test_each_kind_of_fault_has_its_rule(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    path = tmp_path / "shapes.ttl"
    rules = {
        "shacl-term": "sh:mincount 1",
        "shacl-advanced": "sh:rule []",
        "shape": "sh:closed 1",
        "shape-query": "sh:sparql []",
    }
    for rule, text in rules.items():
        path.write_text(f"{PREFIXES}{GOOD}ex:S sh:targetClass ex:Meeting ; {text} .")
        options = ("--shapes", str(path), "--format", "json")
        result = northtown.pcve("validate", str(tmp_path / "data.ttl"), *options)
        problems = json.loads(result.stdout)
        assert [row["rule"] for row in problems if row["path"].endswith("shapes.ttl")] == [rule]


def test_a_warning_on_the_shapes_is_no_result_on_the_data(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA)
    path = tmp_path / "shapes.ttl"
    path.write_text(f"{PREFIXES}ex:S sh:targetClass ex:Meeting ; sh:mincount 1 .")
    options = ("--shapes", str(path), "--format", "turtle")
    result = northtown.pcve("validate", str(tmp_path / "data.ttl"), *options)
    assert result.exit_code == 0
    assert "sh:conforms true" in result.stdout


def test_recursive_shapes_are_applied_alike(northtown: World, tmp_path: Path) -> None:
    shapes = (
        "ex:S sh:targetSubjectsOf ex:part ; sh:property"
        " [ sh:path ex:part ; sh:node ex:S ; sh:minCount 1 ] ."
    )
    data = DATA + "ex:a ex:part ex:b . ex:b ex:part ex:a . ex:c ex:part ex:d .\n"
    rows = report(northtown, tmp_path, shapes, code=1, data=data)
    assert all(row[0] == "data.ttl" for row in rows)
