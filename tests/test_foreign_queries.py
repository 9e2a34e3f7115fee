"""Folders of queries that were written for grlc and BASIL load, and nothing in a header is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.namespaces import expand
from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.foreign import parse_foreign_query, read_query_folder
from pcve_graph.query.saved import Parameter, SavedQuery, read_query

SELECT = "SELECT ?s WHERE { ?s ?p ?o }"


def read(header: str, text: str = SELECT) -> SavedQuery:
    lines = "".join(f"#+ {line}\n" for line in header.splitlines())
    return parse_foreign_query((lines + text).encode(), "folder/q.rq")


DECORATED = """summary: Events of a country
description: >-
  A longer text,
  on two lines
endpoint: http://dbpedia.org/sparql
endpoint_in_url: False
method: GET
pagination: 100
tags:
  - one
  - two
defaults:
  - country: http://e/albania
enumerate:
  - lang:
    - en
    - sq
transform: {
    "key": "?p",
    "$anchor": "key"
  }"""


def test_every_public_decorator_of_grlc_is_read() -> None:
    text = "SELECT ?s { ?s ?p ?_country_iri FILTER(LANG(?s) = ?_lang) }"
    query = read(DECORATED, text)
    assert (query.summary, query.description) == (
        "Events of a country",
        "A longer text, on two lines",
    )
    assert query.tags == ("one", "two")
    assert query.params["country"].default == "http://e/albania"
    assert query.params["lang"].allowed == ("en", "sq")
    decorators = {note.message.split('"')[1] for note in query.notes}
    assert decorators == {"endpoint", "endpoint_in_url", "method", "pagination", "transform"}
    assert all(note.severity == "note" for note in query.notes)


@pytest.mark.parametrize(
    "summary",
    [
        "a: b",
        "Cities: the biggest",
        'the "best" of: all',
        "'quoted: inside'",
        "*stars* all",
        "&and more",
        "@home",
        "`ticks`",
        "% of all",
        "a [list, not closed",
        "{open",
        "- dash: x",
        "it's: a 'text'",
        "!bang",
        "| pipe",
        "\t: tab",
    ],
)
def test_a_colon_or_quote_never_loses_metadata(summary: str) -> None:
    query = read(f"summary: {summary}\ntags: [kept]\ndescription: {summary}")
    bare = summary.strip().strip("'") if summary[0] == "'" else summary.strip()
    assert query.summary == bare
    assert query.description == bare
    assert query.tags == ("kept",)
    assert read(f"summary: '{bare.replace(chr(39), chr(39) * 2)}'").summary == bare


def test_a_header_may_be_json() -> None:
    header = '{\n  "summary": "a: b",\n  "tags": [\n    "one"\n  ],\n  "defaults": [{"x": "1"}]\n}'
    query = read(header, "SELECT ?s { ?s ?p ?__x }")
    assert (query.summary, query.tags, query.notes) == ("a: b", ("one",), ())
    assert query.params["x"].default == "1"


def test_a_description_with_keys_of_its_own_is_text() -> None:
    query = read("description:\n  Note: this counts\n  Also: that\nsummary: kept")
    assert query.description == "Note: this counts Also: that"
    assert query.summary == "kept"


def test_one_bad_line_of_a_mapping_leaves_the_others() -> None:
    header = "columns:\n  s: who: the actor\n  p: what\nparams:\n  s: {type: thing, kinds: [Event]}"
    query = read(header)
    assert query.columns == {"s": "who: the actor", "p": "what"}
    assert query.params["s"] == Parameter("s", "thing", "s", kinds=("event",))


def test_what_a_header_says_twice_or_nowhere_is_noted() -> None:
    raw = f"#+ stray words\n#+summary: one\n#+ summary: two\n#+ empty:\n#+ sumary: x\n{SELECT}"
    query = parse_foreign_query(raw.encode(), "q.rq")
    assert query.summary == "one"
    notes = [(note.position.line, note.message) for note in query.notes]
    assert notes == [
        (1, "'stray words' does not belong to a key"),
        (3, 'duplicate key "summary"'),
        (4, '"empty" has no value'),
        (5, 'unknown key "sumary"; ignored'),
    ]
    assert query.notes[-1].fix == "did you mean summary?"


XSD = expand("xsd:")


@pytest.mark.parametrize(
    ("variable", "parameter"),
    [
        ("_name", {"type": "text", "required": True}),
        ("__name", {"type": "text"}),
        ("_name_iri", {"type": "iri", "required": True}),
        ("__name_iri", {"type": "iri"}),
        ("_name_number", {"type": "number", "required": True}),
        ("_name_literal", {"type": "text", "required": True}),
        ("_name_string", {"type": "text", "required": True}),
        ("_name_en", {"type": "text", "language": "en", "required": True}),
        ("__name_sq", {"type": "text", "language": "sq"}),
        ("_name_integer", {"type": "literal", "datatype": XSD + "integer", "required": True}),
        ("_name_gYear", {"type": "literal", "datatype": XSD + "gYear", "required": True}),
        ("_name_xsd_date", {"type": "date", "required": True}),
        ("_name_xsd_dateTime", {"type": "literal", "datatype": XSD + "dateTime", "required": True}),
        ("_name_geo_wktLiteral", {"type": "literal", "datatype": "http://geo/wktLiteral"}),
    ],
)
def test_a_variable_name_says_what_it_takes(variable: str, parameter: dict[str, object]) -> None:
    text = f"PREFIX geo: <http://geo/> SELECT ?s {{ ?s ?p ?{variable} . ?s geo:x ?__agg_1__ }}"
    expected = {"required": variable[1] != "_", **parameter}
    actual = read("summary: x", text).params["name"]
    assert actual == Parameter(name="name", variable=variable, **expected)  # type: ignore[arg-type]


def test_a_plain_variable_is_not_a_parameter() -> None:
    assert read("summary: x", "SELECT ?s ?a_b { ?s ?p ?a_b }").params == {}


def test_every_file_of_a_folder_is_tried(tmp_path: Path, northtown: World) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "good.rq").write_text("#+ summary: a: b\nSELECT ?s { ?s a ?_class_iri }")
    (tmp_path / "bad.rq").write_text("SELECT ?s {\n ?s a }")
    (tmp_path / "update.sparql").write_text("INSERT DATA { <a:b> <a:b> 1 }")
    (tmp_path / "latin.rq").write_bytes(b"SELECT ?s { ?s ?p 'caf\xe9' }")
    (tmp_path / "below/good.rq").write_text(SELECT)
    queries, problems = read_query_folder(tmp_path)
    assert sorted(queries) == ["below/good", "good"]
    assert sorted((Path(problem.position.path).name, problem.rule) for problem in problems) == [
        ("bad.rq", "query-syntax"),
        ("latin.rq", "encoding"),
        ("update.sparql", "query-syntax"),
    ]
    listed = northtown.pcve("queries", "--queries", str(tmp_path))
    assert listed.exit_code == 1
    assert "good  a: b\n    class (iri, required)\n" in listed.stdout
    assert "3 errors" in listed.stderr
    asked = northtown.pcve(
        "query", "good", "--queries", str(tmp_path), "--set", f"class={expand('pcve:Event')}"
    )
    assert (asked.exit_code, asked.stdout.splitlines()[-1]) == (0, "14 rows")
    assert "note:" in asked.stderr
    missing = northtown.pcve("query", "goood", "--queries", str(tmp_path))
    assert (missing.exit_code, "did you mean good?" in missing.stderr) == (2, True)
    with pytest.raises(UsageError, match="is not a folder of queries"):
        read_query_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("header", "place", "message"),
    [
        ("#+ summary: a: b", "1:14", "error yaml-syntax"),
        ("#+ sumary: x", "1:4", 'error query-header: unknown key "sumary" in the header'),
        ("#+ params:\n#+   s: {type: txt}", "2:6", "has no valid type"),
        ("#+ params:\n#+   s: {type: text, exampel: y}", "2:22", "did you mean example?"),
        ("#+ timeout: soon", "1:13", "write it in seconds"),
        ("#+ just words", "1:4", "the header has no keys"),
    ],
)
def test_the_projects_own_headers_are_strict(
    tmp_path: Path, header: str, place: str, message: str
) -> None:
    path = tmp_path / "q.rq"
    path.write_text(f"{header}\n{SELECT}")
    with pytest.raises(ContentError) as caught:
        read_query("queries/answers/q.rq", path)
    assert str(caught.value).startswith(f"queries/answers/q.rq:{place}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT ?l { ?s a pcve:Event ; rdfs:label ?l }", "1:31"),
        ("PREFIX r: <http://www.w3.org/2000/01/rdf-schema#>\nSELECT ?l { ?s r:label ?l }", "2:16"),
        ("SELECT ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l }", "1:16"),
        ("SELECT ?l { ?s a pcve:Event ; schema:name ?l }", "1:31"),
        ("SELECT ?l { ?s skos:prefLabel|rdfs:label ?l }", ""),
        ("SELECT ?l { ?s pcve:hasNaming/schema:name ?l }", ""),
        ("SELECT ?l { ?s skos:altLabel ?l FILTER(?l != 'rdfs:label') } # rdfs:label", ""),
    ],
)
def test_one_note_says_which_property_holds_the_names(
    northtown: World, text: str, place: str
) -> None:
    asked = northtown.pcve("query", "-", "--format", "csv", stdin=text)
    assert asked.exit_code == 0
    assert "note: " not in asked.stdout
    if not place:
        assert asked.stderr == ""
        return
    (line,) = asked.stderr.splitlines()
    assert line.startswith(f"stdin:{place}: note: ")
    assert "skos:prefLabel" in line
