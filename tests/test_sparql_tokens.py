"""What is read from a query before it runs: prefixes, refusals, and syntax errors."""

from __future__ import annotations

import pytest
from conftest import World

from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.model.problems import ContentError
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.syntax.sparql_errors import check_syntax
from pcve_graph.syntax.sparql_tokens import (
    dataset_graphs,
    has_service,
    missing_prefixes,
    tokenize,
    update_keyword,
)

TRICKY = """PREFIX ex: <http://e/#x>
SELECT ?s # pcve:no 'nor this
{ ?s ex:p "skos:no # no" , 'org:no', \"\"\"a "foaf:no" \\\"\"\"\", <http://x/prov:no> ;
  a pcve:Event . FILTER(?s<3&&?x>4 || STR(?s) = "SERVICE <x>"@en-GB) _:b rdf:type ex:a.b }"""


def test_strings_iris_and_comments_are_not_read_as_names() -> None:
    assert missing_prefixes(TRICKY, PREFIXES) == ["pcve", "rdf"]
    assert not has_service(TRICKY)
    texts = [token.text for token in tokenize(TRICKY) if token.kind in ("string", "iri")]
    assert texts[1:5] == [
        '"skos:no # no"',
        "'org:no'",
        '"""a "foaf:no" \\""""',
        "<http://x/prov:no>",
    ]
    assert [token.text for token in tokenize("?s<3&&?x>4")] == [
        "?s",
        "<",
        "3",
        "&",
        "&",
        "?x",
        ">",
        "4",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT ?s { ?s ?p 'INSERT DATA' }", ""),
        ("# DELETE\nBASE <http://e/> PREFIX insert: <http://i/>\nASK { }", ""),
        ("PREFIX e: <http://e/> DELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("LOAD <http://e/>", "LOAD"),
        ("with <http://e/> insert { } where { }", "WITH"),
        ("", ""),
    ],
)
def test_an_update_is_recognized_by_its_first_word(text: str, word: str) -> None:
    assert update_keyword(text) == word


def test_the_graphs_that_a_query_asks_for() -> None:
    text = "SELECT * FROM <http://e/a> FROM NAMED <http://e/b> { ?s ?p 'FROM <http://e/c>' }"
    assert dataset_graphs(text) == ["http://e/a", "http://e/b"]


@pytest.mark.parametrize(
    ("text", "place", "message", "fix"),
    [
        ("", "1:1", "the query is empty", "SELECT ?event"),
        ("selct ?x { }", "1:1", "selct is not a keyword of SPARQL", "did you mean SELECT?"),
        ("SELECT ?x, ?y { ?x ?y ?z }", "1:10", "unexpected ,", "by spaces"),
        ("SELECT ?x {\n  ?x ?y ?z .\n  FILTR(?x) }", "3:3", "FILTR is not a keyword", "FILTER?"),
        ("SELECT ?x { ?x ?y ?z FILTER ?x > 1 }", "1:29", "unexpected ?x", "into ( )"),
        ("SELECT ?x { ?x ?y }", "1:19", "unexpected }", "one is missing"),
        ("SELECT ?x { ?x ?y ?z ?a }", "1:22", "unexpected ?a", "with a ."),
        ("SELECT ?x {\n?x ?y ?z", "2:9", "} is missing", "add } to close {"),
        ("SELECT ?x { ?x ?y ?z } }", "1:24", "} closes no bracket", "delete it"),
        ('SELECT ?x { ?x ?y "abc }', "1:19", '" opens a string', "close it"),
        ("SELECT ?x { ?x foo:y ?z }", "1:16", "the prefix foo: is not", "declare it"),
        ("SELECT ?x { ?x sko:y ?z }", "1:16", "the prefix sko: is not", "skos"),
        ("SELECT ?x { ?x ?y ?z FILTER(?x == 1) }", "1:33", "== is not SPARQL", "one ="),
        ("SELECT ?x { } LIMIT 4 ORDER BY ?x", "1:23", "unexpected ORDER", "GROUP BY, HAVING"),
        ("SELECT ?x { } ORDER ?x", "1:21", "unexpected ?x", "write ORDER BY"),
        ("SELECT ?x { } LIMIT ten", "1:21", "unexpected ten", "a whole number"),
        ("SELECT DISTINC ?x { }", "1:8", "DISTINC is not a keyword", "did you mean DISTINCT?"),
        ("SELECT COUNT(?x) { ?x ?y ?z }", "1:8", "unexpected COUNT", "(COUNT(?x) AS ?n)"),
        ("SELECT ?a (COUNT(?x) AS ?n) { ?x ?a ?z }", "1:1", "neither in GROUP BY", "GROUP BY"),
        (
            "SELECT ?x { ?x ?y ?z BIND(1 AS ?x) }",
            "1:36",
            "?x already has a value",
            "a new variable",
        ),
    ],
)
def test_a_mistake_is_shown_where_it_is_with_its_cure(
    text: str, place: str, message: str, fix: str
) -> None:
    with pytest.raises(ContentError) as caught:
        check_syntax(text, "q.rq")
    (problem,) = caught.value.problems
    assert (str(problem.position), problem.rule) == (f"q.rq:{place}", "query-syntax")
    assert message in problem.message
    assert fix in problem.fix


def test_the_place_is_that_of_the_persons_own_text() -> None:
    with pytest.raises(ContentError, match=r"mine:1:34: error query-syntax: the prefix foo:"):
        parse_foreign_query(b"SELECT ?s { ?s a pcve:Event . ?s foo:p ?o }", "mine")
    with pytest.raises(ContentError, match=r"mine:2:3: error query-syntax"):
        parse_foreign_query(b"SELECT ?s { ?s a pcve:Event\n  ?s skos:prefLabel ?o }", "mine")
    assert parse_foreign_query(b"SELECT ?s { ?s a pcve:Event }", "mine").text.startswith(
        "PREFIX pcve:"
    )


def asked(world: World, text: str, *options: str) -> str:
    result = world.pcve("query", "-", *options, stdin=text)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


ROWS = (
    'SELECT ?b ?a ?day ?none { BIND(<https://w3id.org/pcve/id/place/northtown> AS ?a) BIND("x|y" '
    'AS ?b) BIND("2018-05-22"^^xsd:date AS ?day) }'
)


def test_rows_come_in_every_format_with_columns_as_asked(northtown: World) -> None:
    table = "b    a          day          none\nx|y  Northtown  22 May 2018\n\n1 row\n"
    assert asked(northtown, ROWS) == asked(northtown, ROWS, "--wide") == table
    assert "https://w3id.org/pcve/id/place/northtown" in asked(northtown, ROWS, "--iris")
    markdown = "| b | a | day | none |\n| --- | --- | --- | --- |\n| x\\|y | Northtown | 22 May 2018 |  |\n"
    assert asked(northtown, ROWS, "--format", "markdown") == markdown
    csv = asked(northtown, ROWS, "--format", "csv")
    assert csv == "b,a,day,none\nx|y,https://w3id.org/pcve/id/place/northtown,2018-05-22,\n"
    assert asked(northtown, ROWS, "--format", "tsv").startswith('?b\t?a\t?day\t?none\n"x|y"\t<')
    json = asked(northtown, ROWS, "--format", "json")
    assert json.index('"b"') < json.index('"a"') < json.index('"day"') < json.index('"none"')
    xml = asked(northtown, ROWS, "--format", "xml")
    names = [xml.index(f'<variable name="{name}"/>') for name in ("b", "a", "day", "none")]
    assert names == sorted(names)


def test_a_graph_comes_in_every_format(northtown: World) -> None:
    import pyoxigraph as ox

    text = "CONSTRUCT { ?s a ?t ; skos:prefLabel ?l ; pcve:x [ pcve:y 1.5 ] } { ?s a ?t ; skos:prefLabel ?l }"
    read = {
        "turtle": ox.RdfFormat.TURTLE,
        "jsonld": ox.RdfFormat.JSON_LD,
        "nt": ox.RdfFormat.N_TRIPLES,
        "rdfxml": ox.RdfFormat.RDF_XML,
    }
    graphs = set()
    for form, rdf in read.items():
        first = asked(northtown, text, "--format", form)
        assert first == asked(northtown, text, "--format", form)
        dataset = ox.Dataset(ox.parse(first.encode(), format=rdf))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        graphs.add(tuple(sorted(map(str, dataset))))
    assert len(graphs) == 1
    assert len(graphs.pop()) > 40
    assert asked(northtown, text).startswith("@prefix")


def test_a_yes_comes_in_every_format(northtown: World) -> None:
    assert asked(northtown, "ASK { ?s a pcve:Event }") == "yes\n"
    assert asked(northtown, "ASK { ?s a pcve:Evnt }") == "no\n"
    assert '"boolean":true' in asked(northtown, "ASK { ?s a pcve:Event }", "--format", "json")
    assert "<boolean>false<" in asked(northtown, "ASK { ?s a pcve:No }", "--format", "xml")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (ROWS, ["--format", "turtle"], "the formats of rows are table, markdown, csv"),
        (ROWS, ["--format", "tabel"], "unknown format 'tabel'; did you mean table?"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ["--format", "csv"], "the formats of a graph are turtle"),
        ("SELECT * { SERVICE <http://e/> { } }", [], "--allow-service permits it"),
        ("SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }", [], "graphs are not fetched"),
        ("SELECT * { ?s ?p ?o FILTER(<http://e/f>(?s)) }", [], "not a function of SPARQL"),
    ],
)
def test_what_is_refused_is_reported(
    northtown: World, text: str, options: list[str], message: str
) -> None:
    result = northtown.pcve("query", "-", *options, stdin=text)
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert result.stdout == ""


def test_a_named_graph_is_asked_alone(northtown: World) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s a pcve:Claim }}"
    facts = asked(northtown, count.format("FROM <https://w3id.org/pcve/graph/facts>"))
    assert facts.splitlines()[1] == "0"
    evidence = asked(northtown, count.format("FROM <https://w3id.org/pcve/graph/evidence>"))
    assert int(evidence.splitlines()[1]) > 10


def test_a_service_is_asked_where_that_is_wanted(northtown: World) -> None:
    text = "SELECT ?s { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert asked(northtown, text, "--allow-service").endswith("1 row\n")
