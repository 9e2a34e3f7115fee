"""Terms of a query that the graph lacks are noted with the nearest one, and nothing else is."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from conftest import World

from pcve_graph import KnowledgeGraph

NONE = "https://schema.org/startDat"
NOTED = [
    ("PREFIX schema: <http://schema.org/> SELECT ?e { ?e a pcve:Event ; schema:startDate ?d }",
     ["http://schema.org/startDate", "https://schema.org/startDate"]),
    ("SELECT ?e { ?e a pcve:Evnt }", ["https://w3id.org/pcve/ns#Evnt", "ns#Event"]),
    ("SELECT ?e { ?e schema:startDat ?d }", [NONE, "https://schema.org/startDate"]),
    ("SELECT ?e { ?e schema:location/^schema:startDat* ?d }", [NONE]),
    ("SELECT ?e { ?e a pcve:Event OPTIONAL { ?e <https://schema.org/startDat> ?d } }", [NONE]),
    ("SELECT ?e { ?e a pcve:Event FILTER NOT EXISTS { ?e schema:startDat ?d } }", [NONE]),
    ("SELECT ?e { VALUES ?e { <https://w3id.org/pcve/id/place/nortown> } ?e a ?c }",
     ["https://w3id.org/pcve/id/place/nortown", "https://w3id.org/pcve/id/place/northtown"]),
    ("SELECT ?e { ?e a ?c FILTER(?c IN (pcve:Event, pcve:Organisation)) }",
     ["https://w3id.org/pcve/ns#Organisation"]),
    ("SELECT ?e { ?e <http://e/has> ?c }", ["http://e/has"]),
    ("SELECT ?e { ?e a pcve:Event ; skos:brooder ?c }", ["core#brooder", "core#broader"]),
    ("CONSTRUCT { ?e <http://e/new> <http://e/made> } { ?e a pcve:Evnt }", ["ns#Evnt"]),
    ("ASK { ?e a pcve:Evnt }", ["ns#Evnt"]),
]  # fmt: skip
QUIET = [
    "SELECT ?e { ?e a pcve:Event ; schema:startDate ?d }",
    "CONSTRUCT { ?e a <http://e/New> ; <http://e/p> [ <http://e/q> ?d ] } { ?e schema:startDate ?d }",
    "SELECT ?e ?x { ?e a pcve:Event BIND(<http://e/new> AS ?x) }",
    "SELECT ?e (IRI(CONCAT(STR(<http://e/new>), '1')) AS ?x) { ?e a pcve:Event }",
    "SELECT (<http://e/new> AS ?x) (STRDT('1', <http://e/kind>) AS ?y) { }",
    'SELECT ?e { ?e schema:startDate ?d FILTER(?d != "x"^^<http://e/kind>) }',
    "SELECT ?e { ?e schema:startDate ?d FILTER(xsd:integer('1') = 1) }",
    "PREFIX no: <http://e/none/> SELECT ?e { ?e a pcve:Event }",
    "BASE <http://e/none/> SELECT ?e { ?e a pcve:Event }",
    "SELECT ?e { ?e skos:prefLabel ?n FILTER(LANG(?n) = 'en' || LANG(?n) = '') }",
    'SELECT ?e { ?e skos:prefLabel ?n FILTER(LANGMATCHES(LANG(?n), "sr-Latn")) }',
    'SELECT ?e { ?e skos:prefLabel ?n FILTER(STR(?n) = "EN") }',
    'SELECT ?e { ?e skos:prefLabel "Northtown"@EN }',
    'SELECT ?e { ?e schema:startDate ?d FILTER(?d > "2018-01-01"^^xsd:date) }',
    'SELECT ?e { ?e schema:startDate ?d FILTER(STR(?d) >= "2018-01-01" || "2018" = STR(?d)) }',
    'SELECT ?e { ?e schema:startDate ?x BIND(STR(?x) AS ?d) FILTER(?d >= "2018-01-01") }',
    'SELECT ?e { ?e skos:prefLabel ?d FILTER(?d != "2018-01-01" && ?d > "2018-99-01") }',
]
DATES = [
    ('?d >= "2018-01-01"', 'the text "2018-01-01", which matches no date; write "2018-01-01"^^xsd:date'),
    ("?d<'2018-01-01'", 'write "2018-01-01"^^xsd:date'),
    ('"2018-01-01" <= ?d', 'write "2018-01-01"^^xsd:date'),
    ('?d = "2018-01"', "compare STR(?d)"),
    ('BOUND(?d) && "2018" > ?d', "compare STR(?d)"),
]  # fmt: skip
TAGS = [
    'LANG(?n) = "sr-Latn"', '"sr-Latn" = lang(?n)', "LANG(?n) != 'EN'", '(LANG(?n)) = "en-GB"',
    'LANG(?n) IN ("en", "sr-Latn")', 'LANG(?n) NOT IN ("sr-Latn", "en")',
]  # fmt: skip


@pytest.mark.parametrize(("text", "iris"), NOTED)
def test_a_term_that_the_graph_lacks_is_noted(text: str, iris: list[str], northtown: World) -> None:
    result = northtown.pcve("query", "-", stdin=text)
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith("stdin:1: note: ")
    assert "is not in this graph" in line
    for iri in iris:
        assert iri in line
    assert "did you mean" in line or len(iris) == 1


@pytest.mark.parametrize("text", QUIET)
def test_terms_that_a_query_makes_or_that_exist_are_not(text: str, northtown: World) -> None:
    result = northtown.pcve("query", "-", stdin=text)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("condition", TAGS)
def test_a_tag_in_capitals_is_noted(condition: str, northtown: World) -> None:
    text = f"SELECT ?s {{ ?s skos:prefLabel ?n\nFILTER({condition}) }}"
    result = northtown.pcve("query", "-", stdin=text)
    (line,) = result.stderr.splitlines()
    assert line.startswith("stdin:2: note: language tags are in lower case in this graph, so ")
    assert "LANGMATCHES" in line


@pytest.mark.parametrize(("condition", "fix"), DATES)
def test_a_date_as_plain_text_is_noted(condition: str, fix: str, northtown: World) -> None:
    text = f"SELECT ?s {{ ?s schema:startDate ?d\nFILTER({condition}) }}"
    result = northtown.pcve("query", "-", stdin=text)
    assert "\n0 rows" in f"\n{result.stdout}"
    (line,) = result.stderr.splitlines()
    assert line.startswith("stdin:2: note: ?d is compared with the text ")
    assert line.endswith(fix)


@pytest.mark.parametrize("variable", ["_since", "__since", "_since_string"])
def test_a_parameter_that_is_a_date_as_plain_text_is_noted(
    variable: str, tmp_path: Path, northtown: World
) -> None:
    text = "SELECT ?s { ?s schema:startDate ?d FILTER(?d >= ?%s) }"
    (tmp_path / "q.rq").write_text(text % variable)
    typed = f"{variable.removesuffix('_string')}_xsd_date"
    (tmp_path / "typed.rq").write_text(text % typed)
    folder = ("--queries", str(tmp_path), "--set", "since=2018-01-01")
    (line,) = northtown.pcve("query", "q", *folder).stderr.splitlines()
    assert line.endswith(f"name the parameter ?{typed}")
    asked = northtown.pcve("query", "typed", *folder)
    assert (asked.stderr, "\n0 rows" in asked.stdout) == ("", False)


def test_what_a_parameter_is_set_to_is_looked_up(tmp_path: Path, northtown: World) -> None:
    (tmp_path / "q.rq").write_text('SELECT ?s { ?s a ?_kind_iri FILTER(LANG("x"@en) = ?_lang) }')
    settings = ("--set", "kind=https://w3id.org/pcve/ns#Evnt", "--set", "lang=sr-Latn")
    result = northtown.pcve("query", "q", "--queries", str(tmp_path), *settings)
    assert "did you mean https://w3id.org/pcve/ns#Event?" in result.stderr
    assert 'write "sr-latn"' in result.stderr


def test_the_notes_are_with_the_rows_in_python(northtown: World) -> None:
    graph: Any = KnowledgeGraph.open(northtown.root)
    rows = graph.sparql("SELECT ?e { ?e schema:startDat ?d }")
    assert rows.notes == (
        f"{NONE} is not in this graph; did you mean https://schema.org/startDate?",
    )
    assert rows[:0].notes == rows.notes
    assert graph.sparql("SELECT ?e { ?e schema:startDate ?d }").notes == ()
    with pytest.warns(UserWarning, match="startDat is not in this graph") as caught:
        assert graph.sparql("ASK { ?e schema:startDat ?d }") is False
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph.sparql("CONSTRUCT { ?e <http://e/new> ?d } { ?e schema:startDate ?d }")


def test_many_unknown_terms_are_counted(northtown: World) -> None:
    terms = " ".join(f"<http://e/{number}>" for number in range(300))
    text = f"SELECT ?s {{ VALUES ?s {{ {terms} }} ?s ?p ?o }}"
    lines = northtown.pcve("query", "-", stdin=text).stderr.splitlines()
    assert len(lines) == 6
    assert lines[-1].endswith("note: 195 more IRIs are not in this graph")
