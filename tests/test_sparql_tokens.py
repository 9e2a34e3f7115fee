"""What is read from a query before it runs: prefixes, refusals, and syntax errors."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
import rdflib
from conftest import World
from rdflib.plugins.sparql.parser import parseQuery

from pcve_graph.model.namespaces import PREFIXES
from pcve_graph.model.problems import ContentError
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.syntax.sparql_errors import check_syntax
from pcve_graph.syntax.sparql_tokens import (
    KEYWORDS,
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
        ("SELECT ?a (COUNT(?x) AS ?n) { ?x ?a ?z }", "1:8", "?a is neither", "GROUP BY ?a,"),
        ("SELECT ?x AVG(?y) { ?x ?p ?y }", "1:11", "unexpected AVG", "(COUNT(?x) AS ?n)"),
        ("SELECT ?s { ?s A ?o }", "1:16", "only the word a in lower case", "write a"),
        ("SELECT ?s { ?s <p> ?o }", "1:16", "the IRI <p> is relative", "BASE"),
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


OUTER = "SELECT ?c ?n { { %s } UNION { ?c ?p ?n } }"
GROUPED = [
    ("SELECT ?c ?t (COUNT(?e) AS ?n) { ?e ?c ?t } GROUP BY ?c", "?t", "GROUP BY ?c ?t,"),
    ("SELECT ?c (COUNT(?e) AS ?n) { ?e ?c ?t } GROUP BY ?c ?n", "?n", "delete it"),
    ("SELECT (STR(?t) AS ?c) (COUNT(?e) AS ?n) { ?e ?p ?t }", "?t", "SAMPLE(?t)"),
    ("SELECT (SUM(?t) + ?c AS ?n) { ?e ?c ?t }", "?c", "GROUP BY ?c,"),
    ("SELECT ?c (COUNT(?e) AS ?n) (?n + 1 AS ?m) { ?e ?p ?c } GROUP BY ?c", "?n", "sub-select"),
    ("SELECT ?c { ?e ?p ?c } HAVING (COUNT(?e) > 1)", "?c", "GROUP BY ?c,"),
    ("SELECT ?c { ?e ?p ?c } GROUP BY (STR(?c) AS ?k) LIMIT 3", "?c", "GROUP BY ?k ?c,"),
]


@pytest.mark.parametrize("outer", ["%s", OUTER, f"SELECT * {{ {{ {OUTER} }} OPTIONAL {{ }} }}"])
@pytest.mark.parametrize(("query", "variable", "fix"), GROUPED)
def test_a_column_that_is_not_grouped_is_shown_in_its_own_select(
    outer: str, query: str, variable: str, fix: str
) -> None:
    text = outer % query
    start = text.index(query)
    by = query.find("GROUP BY") if "delete" in fix else 0
    offset = text.index(variable, start + max(by, 0))
    if "sub-select" in fix:
        offset = text.index("(?n + 1", start) + 1
    with pytest.raises(ContentError) as caught:
        check_syntax(text, "q.rq")
    (problem,) = caught.value.problems
    assert (problem.position.line, problem.position.column) == (1, offset + 1)
    assert variable in problem.message
    assert fix in problem.fix


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?z (COUNT(?x) AS ?n) { ?x ?y ?z } GROUP BY ?z",
        "SELECT ?z (COUNT(?x) AS ?n) { ?x ?y ?c } GROUP BY (STR(?y) AS ?z) HAVING (?n > 1)",
        "SELECT ?z (CONCAT(STR(?z), MIN(?x)) AS ?n) { ?x ?y ?z } GROUP BY ?z ORDER BY ?x",
        "SELECT ?a { { SELECT ?a (MAX(?b + ABS(?c)) AS ?m) { ?a ?b ?c } GROUP BY ?a } ?a ?x ?y }",
    ],
)
def test_a_grouped_query_is_accepted(text: str) -> None:
    check_syntax(text, "q.rq")


QUERY_OF_KEYWORD = {
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "ROUND"), "SELECT (KEY(-1.5) AS ?x) { }"),
    **dict.fromkeys(
        ("STR", "LANG", "DATATYPE", "STRLEN", "UCASE", "LCASE", "ENCODE_FOR_URI", "MD5", "SHA1"),
        'SELECT (KEY("a") AS ?x) { }',
    ),
    **dict.fromkeys(("SHA256", "SHA384", "SHA512"), 'SELECT (KEY("a") AS ?x) { }'),
    **dict.fromkeys(
        ("ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "IRI", "URI"),
        "SELECT (KEY(<http://e/>) AS ?x) { }",
    ),
    **dict.fromkeys(
        ("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ"),
        'SELECT (KEY("2018-05-22T01:02:03Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>) AS ?x) '
        "{ }",
    ),
    **dict.fromkeys(("NOW", "RAND", "UUID", "STRUUID", "BNODE"), "SELECT (KEY() AS ?x) { }"),
    **dict.fromkeys(
        ("CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "LANGMATCHES", "SAMETERM"),
        'SELECT (KEY("ab", "a") AS ?x) { }',
    ),
    **dict.fromkeys(("REGEX", "CONCAT"), 'SELECT (KEY("ab", "a") AS ?x) { }'),
    **dict.fromkeys(
        ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"),
        "SELECT (KEY(?y) AS ?x) { VALUES ?y { 1 2 } }",
    ),
    "STRDT": 'SELECT (KEY("a", <http://e/>) AS ?x) { }',
    "STRLANG": 'SELECT (KEY("a", "en") AS ?x) { }',
    "SUBSTR": 'SELECT (KEY("abc", 2) AS ?x) { }',
    "REPLACE": 'SELECT (KEY("abc", "b", "d") AS ?x) { }',
    "IF": "SELECT (KEY(1 < 2, 1, 2) AS ?x) { }",
    "COALESCE": "SELECT (KEY(?z, 2) AS ?x) { }",
    "BOUND": "SELECT (KEY(?z) AS ?x) { }",
    "SEPARATOR": 'SELECT (GROUP_CONCAT(?y; KEY=",") AS ?x) { VALUES ?y { 1 } }',
    "TRUE": "SELECT ?x { BIND(KEY AS ?x) }",
    "FALSE": "SELECT ?x { VALUES ?x { KEY } ?s ?p KEY FILTER(?x = KEY || KEY) }",
    "UNDEF": "SELECT ?x { VALUES ?x { KEY } }",
    "NOT": "SELECT ?x { VALUES ?x { 1 } FILTER(?x KEY IN (2)) FILTER KEY EXISTS { ?x ?y ?z } }",
    "IN": "SELECT ?x { VALUES ?x { 1 } FILTER(?x KEY (1)) }",
    "EXISTS": "SELECT ?x { FILTER KEY { } }",
    "SERVICE": "SELECT ?x { KEY <http://127.0.0.1:9/> { ?x ?y ?z } }",
    "SILENT": "SELECT ?x { SERVICE KEY <http://127.0.0.1:9/> { ?x ?y ?z } }",
    "BASE": "KEY <http://e/> SELECT ?x { ?x <y> ?z }",
    "PREFIX": "KEY e: <http://e/> SELECT ?x { ?x e:y ?z }",
    "DESCRIBE": "KEY <http://e/>",
    "ASK": "KEY { }",
    "CONSTRUCT": "KEY { } WHERE { }",
    "FROM": "SELECT ?x KEY <http://e/> { ?x ?y ?z }",
    "NAMED": "SELECT ?x FROM KEY <http://e/> { GRAPH ?g { ?x ?y ?z } }",
    "SELECT": "KEY ?x { }",
    **dict.fromkeys(("DISTINCT", "REDUCED"), "SELECT KEY ?x { }"),
    "WHERE": "SELECT ?x KEY { }",
    "AS": "SELECT (1 KEY ?x) { }",
    "ORDER": "SELECT ?x { } KEY BY ?x",
    "BY": "SELECT ?x { } ORDER KEY ?x",
    **dict.fromkeys(("ASC", "DESC"), "SELECT ?x { } ORDER BY KEY(?x)"),
    "GROUP": "SELECT ?x { VALUES ?x { 1 } } KEY BY ?x",
    "HAVING": "SELECT ?x { VALUES ?x { 1 } } GROUP BY ?x KEY (COUNT(*) > 0)",
    **dict.fromkeys(("LIMIT", "OFFSET"), "SELECT ?x { } KEY 1"),
    **dict.fromkeys(("OPTIONAL", "MINUS"), "SELECT ?x { ?x ?y ?z KEY { ?x ?z ?y } }"),
    "UNION": "SELECT ?x { { } KEY { } }",
    "GRAPH": "SELECT ?x { KEY ?g { ?x ?y ?z } }",
    "FILTER": "SELECT ?x { KEY (1 = 1) }",
    "BIND": "SELECT ?x { KEY (1 AS ?x) }",
    "VALUES": "SELECT ?x { KEY ?x { 1 } }",
    "ALL": "",
}
"""A query with each keyword as KEY; ALL is one of updates only."""


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
@pytest.mark.parametrize("keyword", sorted(KEYWORDS))
def test_a_keyword_is_read_in_any_case(keyword: str, case: Callable[[str], str]) -> None:
    """SPARQL 1.1, section 19.8: in the embedded engine and in rdflib, alike."""
    query = QUERY_OF_KEYWORD[keyword].replace("KEY", case(keyword))
    if not query:
        return
    parseQuery(query)
    text = parse_foreign_query(query.encode(), "q.rq").text
    if keyword in ("SERVICE", "SILENT", "FROM", "NAMED"):  # they need a server or a graph
        return
    rdflib.Graph().query(query)
    answer = ask(ox.Store(), text)
    if keyword in ("TRUE", "FALSE") and isinstance(answer, ResultTable):
        assert all(str(term).startswith(f'"{keyword.lower()}"') for (term,) in answer.rows)
        assert answer == ask(ox.Store(), query)


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
    table = "b    a          day\nx|y  Northtown  22 May 2018\n\n1 place\nno row has a value for: none\n"
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
    assert asked(northtown, "ASK { ?s a pcve:Event ; pcve:kind pcve:Event }") == "no\n"
    assert '"boolean":true' in asked(northtown, "ASK { ?s a pcve:Event }", "--format", "json")
    assert "<boolean>false<" in asked(
        northtown, "ASK { pcve:Event pcve:kind ?o }", "--format", "xml"
    )


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (ROWS, ["--format", "turtle"], "the formats of rows are table, markdown, records, csv"),
        (ROWS, ["--format", "tabel"], "unknown format 'tabel'; did you mean table?"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ["--format", "csv"], "the formats of a graph are turtle"),
        ("SELECT * { SERVICE <http://e/> { } }", [], "--allow-service permits it"),
        ("SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }", [], "graphs are not fetched"),
        ("SELECT * { ?s ?p ?o FILTER(<http://e/f>(?s)) }", [], "not a function of SPARQL"),
        ("PREFIX e: <a:> SELECT * { ?s ?p ?o FILTER(e:f(?s) / 2) }", [], "e:f is not a function"),
        ("BASE <a:b> SELECT * { ?s ?p ?o FILTER(<f>(?s) / 2) }", [], "<a:f> is not a function"),
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
