"""Mutated queries of other makers: read, or refused with a place, and never a traceback."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import World
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.execute import ask
from pcve_graph.query.foreign import parse_foreign_query, read_query_folder
from pcve_graph.query.foreign_files import query_paths, unread_files
from pcve_graph.query.parameters import bind

SECONDS = 60 if os.environ.get("PCVE_FUZZ") else 10
"""How long mutated queries are read: `PCVE_FUZZ=1` for as long as CI does."""

FOLDER = os.environ.get("PCVE_FOREIGN_QUERIES", "")
"""A folder with a folder of queries of each of several makers, which no test brings along."""

HEADER = """#+ summary: Events of a kind
#+ endpoint: http://e/sparql
#+ tags: [one, 'two']
#+ params:
#+   - name: kind
#+     description: "of which: kind"
#+ defaults:
#+   - limit: 10
#+   - since: 2018
#+ enumerate:
#+   - lang: [en, sq]
#+   - place
#+ transform: {"key": "?p", "$anchor": "key"}
"""
QUERY = """PREFIX ex: <http://e/> SELECT ?s (COUNT(DISTINCT ?o) AS ?n) FROM NAMED ?__graph_iri
WHERE { ?s a ex:Event ; ex:kind/?_path_iri+ ?__kind_iri ; ex:name "a\\"b"@en-GB , TRUE .
  VALUES (?a ?b) { (?_one_integer UNDEF) (ex:x ?__two_en) }
  { SELECT ?s (MAX(?d) AS ?last) { ?s ex:day ?d FILTER(?d >= ?_since_xsd_date) } GROUP BY ?s }
  OPTIONAL { ?s ex:in ?where BIND(IRI(CONCAT("http://e/", ?__lang)) AS ?made) }
  MINUS { ?s ex:not ?_not_number } FILTER NOT EXISTS { ?s ex:p "?_x" } # a comment
} GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY DESC(?n) LIMIT ?_limit_integer OFFSET ?__from
"""
PIECES = [
    *"{}()[]<>.,;:?$#+-*/|^!=&\"'\\@_%~\n\t\r\x00\x85\u2028\ufeff",
    "#+ ", "\n#+", "#+ summary", ": ", "- ", "{{{{", "((((", "}}}}", "))))", "&a", "*a", "!!x",
    "SELECT ", "VALUES ", "LIMIT ", "OFFSET ", "GROUP BY ", "FROM ", "UNION ", "MINUS ", "GRAPH ",
    "?_", "?__", "?_a_iri", "?__a_integer", "?_a_b_c", "?_a_sr_Latn", "^^", "a:b", "'''", '"""',
    "TRUE", "False", "undef", "SERVICE <http://127.0.0.1:9/> {", "INSERT DATA {", "\\u0022",
    "(" * 40, "{" * 40, "?_a_iri/" * 40, "1 + " * 500, "|| ?x " * 200, "defaults: ", "subject=",
]  # fmt: skip
NAMES = ("q.rq", "q.SPARQL", "q.tpf")


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """(name, text): HEADER and QUERY with pieces cut out, doubled, swapped and put in."""
    text = draw(st.sampled_from([HEADER + QUERY, QUERY, HEADER + "?s ?p ?_x", HEADER]))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.sampled_from(PIECES))
        kind = draw(st.integers(0, 3))
        middle = ("", piece, text[start:end] * 2, text[start:end] + piece)[kind]
        text = text[:start] + middle + text[end:]
    return draw(st.sampled_from(NAMES)), text


def read_and_ask(name: str, text: str) -> None:
    """Read a query and ask it of an empty store; only the refusals of the project may be raised."""
    try:
        query = parse_foreign_query(text.encode("utf-8", "surrogatepass"), name)
        for note in query.notes:
            assert note.message
            assert note.fix
            assert note.position.line >= 1
        values = {
            key: param.example or ("http://e/x" if param.type == "iri" else "1")
            for key, param in query.params.items()
        }
        for given_values in (values, {}):
            try:
                ask(ox.Store(), query.text, bind(query, given_values), name)
            except UsageError as error:
                assert str(error)
    except ContentError as error:
        for problem in error.problems:
            assert problem.message
            assert problem.position.line is None or problem.position.line >= 0


@pytest.mark.long
def test_mutated_queries_are_read_or_refused() -> None:
    """Each within two seconds of processor time; together for `SECONDS`, from fixed seeds."""
    end = time.monotonic() + SECONDS
    taken: list[float] = []

    @settings(
        max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(mutated())
    def mutate(case: tuple[str, str]) -> None:
        start = time.process_time()
        read_and_ask(*case)
        taken.append(time.process_time() - start)

    number = 0
    while number == 0 or time.monotonic() < end:
        seed(number)(mutate)()
        number += 1
    assert len(taken) >= 100
    assert max(taken) < 2


BIG = [
    "SELECT ?s { VALUES ?s { " + "?_a_iri " * 20_000 + "} }",
    "SELECT ?s { ?s " + "/".join(["?_a_iri"] * 150) + " ?o }",
    "SELECT ?s { " + " ".join(f"?s ?_p{n}_iri+ ?o ." for n in range(60)) + " }",
    "SELECT ?s { " + "{ SELECT ?s ?t (COUNT(*) AS ?n) { " * 15 + "}" * 30 + " }",
    "SELECT ?s { ?s ?p ?o } LIMIT ?_n_integer " * 2_000,
    "".join(f"#+ defaults: {{a{n}: {n}}}\n" for n in range(3_000)) + "SELECT ?s { ?s ?p ?o }",
    "#+ " + "[" * 5_000 + "\nSELECT ?s { ?s ?p ?o }",
    "#+ params: " + "{a: " * 500 + "\nSELECT ?s { ?s ?p ?o }",
    "#+ a: &x [*x, *x]\nSELECT ?s { ?s ?p ?o }",
    "SELECT ?s { ?s ?p " + '"?_a" , ' * 5_000 + "1 }",
    "subject=" + "<" * 20_000,
    "SELECT (" * 5_000,
    "?_a_iri " * 20_000,
]


@pytest.mark.long
@pytest.mark.parametrize("text", BIG, ids=range(len(BIG)))
@pytest.mark.parametrize("name", ["q.rq", "q.tpf"])
def test_a_large_or_deep_query_keeps_the_bounds(text: str, name: str) -> None:
    start = time.process_time()
    read_and_ask(name, text)
    assert time.process_time() - start < 3


@pytest.mark.long
def test_no_traceback_at_the_command(tmp_path: Path, northtown: World) -> None:
    for number, text in enumerate(text for text in BIG if len(text) < 100_000):
        (tmp_path / f"q{number}.rq").write_text(text)
        (tmp_path / f"q{number}.tpf").write_text(text)
    listed = northtown.pcve("queries", "--queries", str(tmp_path))
    assert listed.exit_code == 1
    assert "Traceback" not in listed.stderr + listed.stdout
    paths = set(map(str, query_paths(tmp_path).values()))
    queries, problems = read_query_folder(tmp_path)
    assert {query.path for query in queries.values()} | {p.position.path for p in problems} == paths


@pytest.mark.skipif(not FOLDER, reason="PCVE_FOREIGN_QUERIES names no folder of foreign queries")
def test_the_queries_of_other_makers_are_read_or_named() -> None:
    folders = [path for path in sorted(Path(FOLDER).iterdir()) if path.is_dir()]
    assert folders
    for folder in folders:
        paths = {str(path) for path in query_paths(folder).values()}
        queries, problems = read_query_folder(folder)
        read = {query.path for query in queries.values()}
        refused = {problem.position.path for problem in problems}
        assert read | refused == paths
        assert read.isdisjoint(refused)
        assert all(problem.message and problem.fix for problem in problems)
        lines = [line.partition(": not read, ")[2] for line in unread_files(folder)]
        named = sum(_count(line) for line in lines if "begins with a dot" not in line)
        files = [path for path in folder.rglob("*") if path.is_file()]
        shown = [
            path
            for path in files
            if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        ]
        assert len(paths) + named == len(shown)


def _count(line: str) -> int:
    """The files that a line of `unread_files` names or counts."""
    names = line.partition(": ")[2].rpartition("; ")[0]
    listed, _, more = names.partition(" and ")
    counted = int(more.removesuffix(" more").replace(",", "")) if more.endswith(" more") else 0
    return listed.count(", ") + 1 + counted
