"""Folders of queries that were written for grlc and BASIL load, and nothing in a header is lost."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import World

from pcve_graph import KnowledgeGraph
from pcve_graph.model.namespaces import expand
from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.binding import substitute_terms
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.foreign import parse_foreign_query, read_query_folder
from pcve_graph.query.parameters import bind
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
        ("_name_sr_Latn", {"type": "text", "language": "sr-latn", "required": True}),
        ("_name_en_GB", {"type": "text", "language": "en-gb", "required": True}),
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


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("params: [country, since]", {"country", "since"}),
        ("params:\n  - country\n  - since", {"country", "since"}),
        ("params:\n  - name: country\n    type: thing\n  - name: since\n    type: year",
         {"country", "since"}),
        ("params:\n  - country: {type: thing}\n  - since: first year", {"country", "since"}),
        ("params:\n  country: {type: thing}\n  since: first year", {"country", "since"}),
        ("params: country", {"country"}),
    ],
)  # fmt: skip
def test_params_may_be_a_list(header: str, names: set[str]) -> None:
    query = read(header, "SELECT ?s { ?s ?country ?since }")
    assert query.params.keys() == names
    assert query.notes == ()
    if "thing" in header:
        assert query.params["country"].type == "thing"
    if "first year" in header:
        assert query.params["since"].description == "first year"


@pytest.mark.parametrize("variable", ["_kind", "__kind", "_kind_iri", "__kind_iri", "_kind_string"])
@pytest.mark.parametrize("written", ["kind", "_kind", "?_kind", "VARIABLE", "?VARIABLE"])
@pytest.mark.parametrize(
    "form",
    [
        "{key}:\n  - {name}: {value}",
        "{key}:\n  {name}: {value}",
        '{key}: [{{"{name}": "{value}"}}]',
        '{key}: {{"{name}": "{value}"}}',
    ],
)
@pytest.mark.parametrize("key", ["defaults", "enumerate"])
def test_a_default_is_read_with_any_form_of_its_parameter(
    variable: str, written: str, form: str, key: str
) -> None:
    name = written.replace("VARIABLE", variable)
    header = form.format(key=key, name=name, value="http://e/x")
    query = read(header, f"SELECT ?s {{ ?s ?p ?o OPTIONAL {{ ?s ?q ?{variable} }} }}")
    (param,) = query.params.values()
    assert (param.default if key == "defaults" else param.allowed[0]) == "http://e/x"
    assert query.notes == ()


def test_what_cannot_be_enumerated_or_be_a_default_is_noted() -> None:
    header = "enumerate:\n  - kind\n  - nobody\ndefaults:\n  - since: abc\n  - kind: shut"
    query = read(header, "SELECT ?s { ?s ?_kind ?_since_integer FILTER(REGEX(?s, '^?_word')) }")
    messages = " | ".join(note.message for note in query.notes)
    assert "enumerate: no value for kind" in messages
    assert "enumerate: unknown parameter nobody" in messages
    assert "the default is left out: since takes a whole number, not 'abc'" in messages
    assert "?_word stands inside a string or an IRI, where no value is put" in messages
    assert query.params["since"].default == ""
    assert query.params["kind"].default == "shut"


PLACES = [
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT ?_n_integer", {"n": "2"}, ["a", "b"]),
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT ?_n", {"n": "2"}, ["a", "b"]),
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s OFFSET ?_from_number LIMIT ?_n_number",
     {"from": "1", "n": "1"}, ["b"]),
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT ?__n_integer", {}, ["a", "b", "c"]),
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT ?__n_integer OFFSET ?__from_integer",
     {"from": "2"}, ["c"]),
    ("SELECT ?s { VALUES ?o { ?_a_integer ?_b_integer } ?s ?p ?o } ORDER BY ?s",
     {"a": "1", "b": "3"}, ["a", "c"]),
    ("SELECT ?s { VALUES (?p ?o) { (UNDEF ?_a_integer) (<http://e/q> 3) } ?s ?p ?o } ORDER BY ?s",
     {"a": "2"}, ["b"]),
    ("SELECT ?s { ?s ?p ?o } ORDER BY ?s VALUES ?o { ?_a_integer }", {"a": "2"}, ["b"]),
    ("SELECT ?s { VALUES ?o { ?__a_integer } ?s ?p ?o } ORDER BY ?s", {}, ["a", "b", "c"]),
    ("SELECT ?s { { SELECT ?s { VALUES ?o { ?_a_integer } ?s ?p ?o } LIMIT ?_n_integer } }",
     {"a": "3", "n": "5"}, ["c"]),
    ("SELECT ?s { ?s ?p ?o MINUS { VALUES ?o { ?_a_integer } ?s ?p ?o } } ORDER BY ?s",
     {"a": "1"}, ["b", "c"]),
    ("SELECT ?s { ?s ?_way_iri+ 1 }", {"way": "http://e/p"}, ["a"]),
    ("SELECT ?s { ?s <http://e/none>|?_way_iri 2 }", {"way": "http://e/p"}, ["b"]),
    ("SELECT ?s { ?o ^(?_way_iri/<http://e/none>?) ?s } ORDER BY ?s",
     {"way": "http://e/p"}, ["a", "b", "c"]),
    ("SELECT ?s FROM ?_graph_iri { ?s ?p ?o } ORDER BY ?s",
     {"graph": "http://e/g"}, ["a", "b", "c"]),
    ("SELECT ?s FROM NAMED ?__graph_iri { ?s ?p 2 }", {}, ["b"]),
    ('SELECT ?s { ?s ?p ?o FILTER(?o = "2"^^?_kind_iri) }', {"kind": XSD + "integer"}, ["b"]),
    ("SELECT (GROUP_CONCAT(STRAFTER(STR(?s), '/e/'); SEPARATOR=?_sign) AS ?s) { ?s ?p 1 }",
     {"sign": "|"}, ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "subjects"), PLACES)
def test_a_parameter_stands_where_grlc_puts_one(
    text: str, values: dict[str, str], subjects: list[str]
) -> None:
    store = ox.Store()
    triples = "".join(f"<http://e/{name}> <http://e/p> {n} ." for n, name in enumerate("abc", 1))
    store.load(triples, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://e/g"))
    query = read("summary: x", text)
    answer = ask(store, query.text, bind(query, values))
    assert isinstance(answer, ResultTable)
    assert [str(row[0]).strip('<>"').removeprefix("http://e/") for row in answer.rows] == subjects
    graph = rdflib.Dataset(default_union=True)
    graph.graph(rdflib.URIRef("http://e/g")).parse(data=triples, format="turtle")
    if "FROM" not in text:
        rows = graph.query(substitute_terms(query.text, bind(query, values)))
        assert [str(row[0]).removeprefix("http://e/") for row in rows] == subjects  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT ?s { ?s ?p ?o } LIMIT ?n", "1:30"),
        ("SELECT ?s { VALUES ?o { ?n } ?s ?p ?o }", "1:25"),
        ("SELECT ?s { ?s ?p+ ?o }", "1:20"),
        ("SELECT ?s { ?s ?_p_iri+ ?o } LIMIT ?_n_integer foo", "1:48"),
        ("SELECT ?s { ?s ?_p_iri ?o ?x }", "1:27"),
        ("SELECT ?s { ?s a ?o LIMIT ?_n_integer }", "1:21"),
    ],
)
def test_other_variables_where_sparql_has_constants_are_faults(text: str, place: str) -> None:
    with pytest.raises(ContentError) as caught:
        read("summary: x", text)
    assert str(caught.value.problems[0].position).endswith(f":2:{place.partition(':')[2]}")


PATTERNS = [
    ("subject=http://e/a\npredicate=\nobject=", 1),
    ("subject=\npredicate=http://e/p\nobject=", 3),
    ("subject =\npredicate = <http://e/p>\nobject = 2", 1),
    ('#+ summary: x\n\npredicate=http://e/p\nobject="2"^^<' + XSD + "integer>", 1),
    ("?s <http://e/p> ?o", 3),
    ("?s <http://e/p> 2 .\n# a comment", 1),
    ("SELECT ?s { ?s ?p 3 }", 1),
]


@pytest.mark.parametrize(("text", "count"), PATTERNS)
def test_a_triple_pattern_is_read(text: str, count: int) -> None:
    store = ox.Store()
    for number, name in enumerate("abc", 1):
        triple = f"<http://e/{name}> <http://e/p> {number} ."
        store.load(triple, format=ox.RdfFormat.TURTLE)
    query = parse_foreign_query(text.encode(), "folder/pattern.TPF")
    answer = ask(store, query.text)
    assert isinstance(answer, ResultTable)
    assert len(answer.rows) == count


def test_a_wrong_triple_pattern_is_a_fault() -> None:
    for text in ("", "# nothing", "subject=no iri\nobject=", "?s ?p"):
        with pytest.raises(ContentError):
            parse_foreign_query(text.encode(), "p.tpf")


def test_no_file_of_a_folder_is_passed_over(tmp_path: Path, northtown: World) -> None:
    contents = {
        "one.rq": SELECT, "TWO.RQ": SELECT, "three.SPARQL": SELECT, "four.tpf": "?s ?p ?o",
        "one.sparql": SELECT, "README.md": "# about", "LICENSE": "free", "hidden/.gitignore": "x",
        ".git/HEAD": "x", ".git/config": "x", "change.ru": "INSERT DATA { <a:b> <a:b> 1 }",
        "load.txt": "CLEAR ALL", "query.txt": SELECT, "data.ttl": "<a:b> <a:b> 1 .",
        "example.ttl": '[] a sh:SPARQLExecutable ; sh:select "SELECT" . # shacl',
        "json.json": '{"proto": {"id": "?id"}}', "other.json": "{}", "endpoint.txt": "http://e/",
    }  # fmt: skip
    contents["example.ttl"] = '@prefix sh: <http://www.w3.org/ns/shacl#> . [] sh:select "SELECT" .'
    for name, text in contents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    listed = northtown.pcve("queries", "--queries", str(tmp_path))
    assert listed.exit_code == 0
    queries = set(re.findall(r"^(\S+)", listed.stdout, re.M))
    assert queries == {"one", "one.sparql", "TWO", "three", "four"}
    unread = dict(re.findall(r": not read, (.*?): (.*); ", listed.stderr))
    named = {name for names in unread.values() for name in names.split(", ")}
    assert named == contents.keys() - {"one.rq", "one.sparql", "TWO.RQ", "three.SPARQL",
        "four.tpf", ".git/HEAD", ".git/config"} | {".git/"}  # fmt: skip
    assert unread["an update, which changes a graph"] == "change.ru, load.txt"
    assert unread["RDF data"] == "data.ttl"
    for name in ("TWO", "TWO.RQ", "one.sparql", "four.tpf"):
        asked = northtown.pcve("query", name, "--queries", str(tmp_path), "--limit", "1")
        assert (asked.exit_code, "\n1 " in asked.stdout) == (0, True)


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
    assert (asked.exit_code, asked.stdout.splitlines()[-1]) == (0, "14 events")
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
    assert "rdfs:label" in northtown.pcve("explain", "query-labels").stdout


@pytest.mark.parametrize("value", ["landia", "Landia", "LANDIA"])
def test_a_parameter_that_takes_an_iri_takes_a_name(
    value: str, tmp_path: Path, northtown: World
) -> None:
    (tmp_path / "in.rq").write_text(
        "SELECT ?e { ?e a pcve:Event ; schema:location/schema:containedInPlace* ?_country_iri }"
    )
    folder = ("--queries", str(tmp_path))
    iri = northtown.pcve("query", "in", *folder, "--set", f"country={expand('pcve:')}x")
    assert "0 rows" in iri.stdout
    asked = northtown.pcve("query", "in", *folder, "--set", f"country={value}")
    assert (asked.exit_code, asked.stderr) == (0, "")
    rows = KnowledgeGraph.open(northtown.root).query("in", queries=tmp_path, country=value)
    assert 0 < len(rows) == int(asked.stdout.splitlines()[-1].split()[0])
    printed = northtown.pcve("queries", "--sparql", "in", *folder, "--set", f"country={value}")
    assert "/landia>" in printed.stdout
    wrong = northtown.pcve("query", "in", *folder, "--set", "country=Landya")
    assert (wrong.exit_code, "did you mean:\n" in wrong.stderr) == (2, True)


def test_a_parameter_that_takes_an_iri_takes_the_name_of_a_concept(
    tmp_path: Path, northtown: World
) -> None:
    (tmp_path / "of.rq").write_text(
        "#+ defaults:\n#+   - _kind: https://w3id.org/pcve/vocab/event-kind/workshop\n"
        "SELECT ?e { ?e a pcve:Event OPTIONAL { ?e pcve:kind ?k } FILTER(?k = ?__kind_iri) }"
    )
    asked = northtown.pcve(
        "query", "of", "--queries", str(tmp_path), "--set", "kind=conference", "--format", "csv"
    )
    assert (asked.exit_code, asked.stderr) == (0, "")
    assert len(asked.stdout.splitlines()) > 1


def test_a_link_out_of_a_folder_of_queries_is_refused(tmp_path: Path, northtown: World) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for place in (folder, outside):
        place.mkdir()
        (place / "own.rq").write_text(SELECT)
    (outside / "secret.rq").write_text("hidden words")
    (folder / "within.rq").symlink_to(folder / "own.rq")
    (folder / "secret.rq").symlink_to(outside / "secret.rq")
    (folder / "below").symlink_to(outside)
    (folder / "gone.rq").symlink_to(folder / "nothing.rq")
    listed = northtown.pcve("queries", "--queries", str(folder))
    assert listed.exit_code == 1
    assert {line for line in listed.stdout.splitlines() if line[:1] != " "} == {"own", "within"}
    refused = {"secret.rq", "below", "gone.rq"}
    assert {f"{folder}/{name}:1:1" for name in refused} == {
        line.partition(": error special-file")[0]
        for line in listed.stderr.splitlines()
        if "special-file" in line
    }
    assert "the target of the link is outside the folder" in listed.stderr
    for name in ("secret", "secret.rq"):
        asked = northtown.pcve("query", name, "--queries", str(folder))
        assert (asked.exit_code, "special-file" in asked.stderr) == (1, True)
        assert "hidden" not in asked.output
    assert northtown.pcve("query", "below/own", "--queries", str(folder)).exit_code == 2
    with pytest.raises(ContentError, match="special-file"):
        KnowledgeGraph.open(northtown.root).questions(queries=folder)


def test_the_check_of_a_folder_counts_what_ran(tmp_path: Path, northtown: World) -> None:
    folder = tmp_path / "my queries"
    (folder / "below").mkdir(parents=True)
    (folder / "plain.rq").write_text(SELECT)
    (folder / "ask.rq").write_text("ASK { ?s ?p ?o }")
    (folder / "below" / "of one.rq").write_text("SELECT ?s { ?s a ?_class_iri ; ?p ?_value }")
    (folder / "set.rq").write_text(
        '#+ defaults:\n#+   - name: "it\'s $HOME"\n#+   - __more: x\n'
        "SELECT ?s { ?s ?p ?_name OPTIONAL { ?s ?p ?__more } }"
    )
    saved = tmp_path / "saved"
    check = ("queries", "--check", "--queries", str(folder))
    checked = northtown.pcve(*check, "--save", str(saved))
    assert checked.exit_code == 0
    assert "not run  below/of one: no example of class, value\n" in checked.stdout
    assert checked.stderr.splitlines() == [
        f"not in {saved}, without an answer in rows: ask, below/of one",
        "4 queries, 3 ran, 1 without a required value",
    ]
    assert sorted(path.name for path in saved.iterdir()) == ["plain.json", "set.json"]
    examples = [
        shlex.split(line.partition("example: pcve ")[2])
        for line in northtown.pcve("queries", "--queries", str(folder)).stdout.splitlines()
        if "example:" in line
    ]
    assert ["query", "below/of one", "--queries", str(folder), "--set", "class=…", "--set",
        "value=…"] in examples  # fmt: skip
    (typed,) = (words for words in examples if words[1] == "set")
    assert "name=it's $HOME" in typed
    assert northtown.pcve(*typed).exit_code == 0

    (folder / "bad.rq").write_text("SELECT ?s {")
    checked = northtown.pcve(*check, "--timeout", "1e-9")
    assert checked.exit_code == 1
    assert checked.stderr.splitlines()[-1] == (
        "4 queries, 0 ran, 3 failed, 1 without a required value; 1 file not readable"
    )


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("northtown", "northtown"),
        ("Northtown", "northtown"),
        ("https://w3id.org/pcve/id/place/southport", "southport"),
        ("hilltown", "place takes one of 2 values, not 'hilltown'"),
        ("https://w3id.org/pcve/id/place/hilltown", "place takes one of 2 values, not"),
        ("Nowhere", "place takes one of 2 values, not 'Nowhere'"),
    ],
)
def test_an_enumerated_iri_is_named_in_any_way(
    northtown: World, tmp_path: Path, value: str, answer: str
) -> None:
    places = "".join(
        f"#+   - https://w3id.org/pcve/id/place/{n}\n" for n in ("northtown", "southport")
    )
    text = "SELECT ?chosen { BIND (?_place_iri AS ?chosen) }"
    (tmp_path / "places.rq").write_text(f"#+ enumerate:\n#+  place:\n{places}{text}", "utf-8")
    options = ("--queries", str(tmp_path), "--set", f"place={value}", "--iris", "--format", "csv")
    result = northtown.pcve("query", "places", *options)
    if "takes" in answer:
        assert (result.exit_code, result.stdout) == (2, "")
        assert answer in result.stderr
    else:
        assert result.stdout.splitlines() == ["chosen", f"https://w3id.org/pcve/id/place/{answer}"]


def test_the_page_of_a_query_has_its_description(northtown: World, tmp_path: Path) -> None:
    page = northtown.pcve("queries", "events-by-date")
    assert page.exit_code == 0, page.output
    words = " ".join(page.stdout.split())
    assert "Dates are as precise as the source." in words
    assert "columns event: the event start: when it begins" in words
    assert "example: pcve query events-by-date" in words
    wrong = northtown.pcve("queries", "events-by-dat")
    assert (wrong.exit_code, "did you mean events-by-date?" in wrong.stderr) == (2, True)
    both = northtown.pcve("queries", "events-by-date", "--theme", "money")
    assert (both.exit_code, "NAME cannot be combined" in both.stderr) == (2, True)
    (tmp_path / "own.rq").write_text(f"#+ description: What it leaves out\n{SELECT}", "utf-8")
    own = northtown.pcve("queries", "own", "--queries", str(tmp_path)).stdout
    assert "What it leaves out" in own
    assert f"--queries {tmp_path}" in own
