"""Nested and chained SPARQL: one message from every interface, and the process survives.

Each text is also given to the parser at just the size that is let through, within the smallest
stack in use: a thread of 1 MB.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import World

from pcve_graph import KnowledgeGraph
from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.execute import check_read_only
from pcve_graph.query.foreign import parse_foreign_query
from pcve_graph.syntax.sparql_bounds import (
    DEEPEST_BRACKET,
    HEAVIEST_CHAIN,
    LARGEST_QUERY,
    check_query_text,
    first_too_deep,
)
from pcve_graph.syntax.sparql_patterns import query_patterns
from pcve_graph.validation import shacl

pytestmark = pytest.mark.long

Form = Callable[[int], str]


def around(opening: str, inner: str, closing: str, head: str = "", tail: str = "") -> Form:
    """A query with `number` brackets in one another."""
    return lambda number: (
        f"SELECT * {{ ?s ?p ?o {head}{f'{opening} ' * number} {inner} {closing * number}{tail} }}"
    )


def chained(link: str, head: str, tail: str) -> Form:
    """A query with `number` links."""
    return lambda number: f"{head}{link * number}{tail}"


WHERE = "SELECT * { ?s ?p ?o FILTER("
NESTED: dict[str, Form] = {
    "groups": around("{", "?s ?p ?o", "}"),
    "sub-selects": around("{ SELECT * {", "?s ?p ?o", "} }"),
    "optional": around("OPTIONAL { ?s ?p ?o", "", "}"),
    "minus": around("MINUS { ?s ?p ?o", "", "}"),
    "graph": around("GRAPH ?g {", "?s ?p ?o", "}"),
    "exists": around("FILTER EXISTS { ?s ?p ?o", "", "}"),
    "parentheses": around("(", "1", ")", "FILTER(", ")"),
    "calls": around("STR(", "?s", ")", "FILTER(", " != '')"),
    "conditions": around("IF(true,", "?s", ", 1)", "FILTER(", " != '')"),
    "negations": around("!(", "true", ")", "FILTER(", ")"),
    "paths": around("(", "<urn:p>", ")*", ". ?s ", " ?o"),
    "lists": around("(", "1", ")", ". ?s ?p "),
    "blank nodes": around("[ ?p", "1", "]", ". ?s ?p "),
    "triple terms": around("<<( ?s ?p", "1", ")>>", ". ?s ?p "),
    "unclosed": lambda number: "SELECT * { ?s ?p ?o FILTER(" + "(" * number,
    "hidden": lambda number: (
        "SELECT*{?s ?p ?o FILTER(?o<" + "(" * number + "1" + ")" * number + ")FILTER(?s>?p)}"
    ),
}
CHAINED: dict[str, Form] = {
    "and": chained("?s = ?s && ", WHERE, "true) }"),
    "or": chained("?s != ?s || ", WHERE, "true) }"),
    "sum": chained("1+", WHERE, "1 > 0) }"),
    "product": chained("?o*", WHERE, "1 > 0) }"),
    "not": chained("!", WHERE, "true) }"),
    "union": chained("UNION { ?s ?p ?o }", "SELECT * { { ?s ?p ?o } ", "}"),
    "sequence": chained("<urn:p>/", "SELECT * { ?s ", "<urn:p> ?o }"),
    "alternatives": chained("<urn:p>|", "SELECT * { ?s ", "<urn:p> ?o }"),
    "filters": chained("FILTER(?s = ?s) ", "SELECT * { ?s ?p ?o ", "}"),
    "minus": chained("MINUS { ?s ?p ?x }", "SELECT * { ?s ?p ?o ", "}"),
    "bind": lambda number: (
        "SELECT * { ?s ?p ?o " + "".join(f"BIND(1 AS ?x{n}) " for n in range(number)) + "}"
    ),
    "columns": lambda number: (
        "SELECT " + "".join(f"(1 AS ?x{n}) " for n in range(number)) + "{ ?s ?p ?o }"
    ),
    "having": chained("(?s = ?s) ", "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING ", ""),
    "triples": chained("?s ?p ?o . ", "SELECT * { ", "}"),
    "predicates": chained("; ?p ?o ", "SELECT * { ?s ?p ?o ", "}"),
    "objects": chained(", ?o ", "SELECT * { ?s ?p ?o ", "}"),
    "members": chained("1 ", "SELECT * { ?s ?p (", ") }"),
    "truths": chained("true ", "SELECT * { ?s ?p (", ") }"),
    "texts": chained('"a"@en ', "SELECT * { ?s ?p (", ") }"),
    "described": chained("<urn:s> ", "DESCRIBE ", ""),
    "after a nest": lambda number: (
        "SELECT * { " + "{" * 20 + "}" * 20 + "FILTER(true) " * number + "}"
    ),
}
FLAT: dict[str, Form] = {
    "in": chained("-1, ", "SELECT * { ?s ?p ?o FILTER(?o IN (", "1)) }"),
    "values": chained("-1 ", "SELECT * { VALUES ?o { ", "} }"),
    "variables": lambda number: (
        "SELECT "
        + "".join(f"?x{n} " for n in range(number))
        + "{ VALUES ("
        + "".join(f"?x{n} " for n in range(number))
        + ") { ("
        + "1 " * number
        + ") } }"
    ),
    "rows": chained("(-1 <urn:a#b>) ", "SELECT * { VALUES (?s ?o) { ", "} }"),
    "arguments": chained("STR(?s), ", "SELECT * { ?s ?p ?o FILTER(CONCAT(", "'') != '') }"),
    "prefixes": lambda number: (
        "".join(f"PREFIX p{n}: <urn:{n}> " for n in range(number)) + "SELECT * { ?s ?p ?o }"
    ),
}
"""What is long and not nested: there may be much of it."""


def stopped(text: str) -> str:
    """The message for a text that is refused before any parser sees it."""
    with pytest.raises(ContentError) as caught:
        check_read_only(text)
    (problem,) = caught.value.problems
    assert problem.rule in ("query-nesting", "query-syntax")
    assert problem.position.line >= 1
    assert problem.fix
    return str(problem)


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_too_deep_is_refused(name: str) -> None:
    for number in (DEEPEST_BRACKET + 1, 1000, 20_000):
        assert ("nested more than 32 deep" in stopped(NESTED[name](number))) or name == "hidden"


@pytest.mark.parametrize("name", CHAINED)
def test_what_is_chained_too_long_is_refused(name: str) -> None:
    for number in (HEAVIEST_CHAIN + 1, 20_000):
        assert "is too long" in stopped(CHAINED[name](number))


def longest(form: Form, most: int) -> str:
    """The text of the form with the most brackets or links that are let through."""

    def passes(number: int) -> bool:
        try:
            check_read_only(form(number))
        except ContentError:
            return False
        return True

    return form(bisect_left(range(1, most), True, key=lambda number: not passes(number)))


SMALL_STACK = """
import sys, threading
import pyoxigraph as ox
from pcve_graph.syntax.sparql_errors import check_syntax

def ask():
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(1)))
    for text in sys.stdin.read().split("\\0"):
        check_syntax(text, "query")
        if not text.endswith("# parse"):
            next(iter(store.query(text)), None)
        print(len(text), flush=True)

threading.stack_size(2**20)
thread = threading.Thread(target=ask)
thread.start()
thread.join()
"""


def test_what_is_let_through_fits_into_the_smallest_stack() -> None:
    """Blank nodes and lists are parsed alone: so many joins would take the planner minutes."""
    forms = {f"nested {name}": form for name, form in NESTED.items()}
    forms |= {f"chained {name}": form for name, form in CHAINED.items()}
    del forms["nested unclosed"], forms["nested hidden"]
    forms["both"] = lambda number: (
        "SELECT * { ?s ?p ?o "
        + "FILTER EXISTS { ?s ?p ?o " * 30
        + "".join(f"BIND(1 AS ?x{n}) " for n in range(number))
        + "}" * 31
    )
    slow = ["nested blank nodes", "nested lists", "chained sequence", "nested triple terms"]
    slow += [
        f"chained {name}"
        for name in ("triples", "predicates", "objects", "members", "truths", "texts")
    ]
    texts = [
        longest(form, HEAVIEST_CHAIN + 2 if "nested" not in name else DEEPEST_BRACKET + 2)
        + (" # parse" if name in slow else "")
        for name, form in forms.items()
    ]
    command = [sys.executable, "-c", SMALL_STACK]
    run = subprocess.run(command, input="\0".join(texts).encode(), capture_output=True, timeout=300)
    assert run.returncode == 0, (run.stderr[-500:], [*forms][len(run.stdout.split()) :][:1])
    assert run.stdout.split() == [str(len(text)).encode() for text in texts]


@pytest.mark.parametrize("name", ["groups", "calls", "exists", "parentheses", "paths"])
def test_rdflib_reads_what_is_let_through(name: str) -> None:
    """Its parser makes more nested calls for that than Python allows of itself."""
    before = sys.getrecursionlimit()
    assert query_patterns(longest(NESTED[name], DEEPEST_BRACKET + 2)).patterns
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize("name", FLAT)
def test_what_is_long_and_flat_is_let_through(name: str) -> None:
    check_query_text(FLAT[name](5000), "query")


def test_all_ways_in_say_where(northtown: World, tmp_path: Path) -> None:
    text = "SELECT * {\n  ?s ?p ?o FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }"
    (tmp_path / "deep.rq").write_text(text)
    for command in (
        ["query", "-"],
        ["query", str(tmp_path / "deep.rq")],
        ["queries", "--queries", str(tmp_path)],
        ["queries", "--queries", str(tmp_path), "--check"],
        ["query", "-", "--endpoint", "http://127.0.0.1:9/query"],
    ):
        program = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
        run = subprocess.run([*program, *command], input=text.encode(), capture_output=True)
        output = (run.stdout + run.stderr).decode()
        assert run.returncode == 1, (command, run.returncode, output[-500:])
        assert ":2:49: error query-nesting: brackets are nested more than 32 deep" in output
        assert "Traceback" not in output
    with pytest.raises(ContentError, match="query:2:49: error query-nesting"):
        KnowledgeGraph.open(northtown.root).sparql(text)


@pytest.mark.parametrize("name", ["triples", "objects", "predicates", "members", "described"])
def test_many_triples_are_one_message(northtown: World, name: str) -> None:
    """The planner calls itself for each: these ended its process with a segmentation fault."""
    text = CHAINED[name](12_000)
    program = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
    run = subprocess.run([*program, "query", "-"], input=text.encode(), capture_output=True)
    assert run.returncode == 1, run.stderr
    assert b"is too long" in run.stderr
    with pytest.raises(ContentError, match="is too long"):
        KnowledgeGraph.open(northtown.root).sparql(text)


def test_a_thread_of_a_notebook_lives(northtown: World) -> None:
    caught: list[type[BaseException]] = []

    def ask() -> None:
        try:
            KnowledgeGraph.open(northtown.root).sparql(NESTED["calls"](5000))
        except ContentError as error:
            caught.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert caught == [ContentError]


def test_the_place_is_that_of_the_persons_own_text() -> None:
    with pytest.raises(ContentError, match=r"mine:1:59: error query-nesting"):
        parse_foreign_query(f"SELECT * {{ ?s a pcve:Event {'{' * 40}".encode(), "mine")


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.parametrize("part", ["query", "prefix"])
def test_shapes_with_a_nested_query(part: str, engine: str) -> None:
    sh, rdf = "http://www.w3.org/ns/shacl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    nest = "(" * 5000
    text = f"SELECT $this {{ FILTER({nest if part == 'query' else '1'}) }}"
    lines = [
        f"<urn:S> <{rdf}type> <{sh}NodeShape> .",
        f"<urn:S> <{sh}targetNode> <urn:s> .",
        f"<urn:S> <{sh}sparql> <urn:C> .",
        f'<urn:C> <{sh}select> "{text}" .',
        f"<urn:C> <{sh}prefixes> <urn:P> .",
        f"<urn:P> <{sh}declare> <urn:D> .",
        f'<urn:D> <{sh}prefix> "{nest if part == "prefix" else "e"}" .',
        f'<urn:D> <{sh}namespace> "http://e/" .',
    ]
    with pytest.raises(UsageError, match="the shapes cannot be used"):
        shacl.validate(f"<urn:s> <{rdf}type> <urn:T> .", "\n".join(lines), engine)


HOSTILE = {
    "marks": '"\\',
    "long marks": '"""\n\\',
    "names": "a-b.c",
    "dots": "a.",
    "labels": "_:a.",
    "open IRIs": "<a",
    "parentheses": "(",
    "escapes": "\\u0041",
    "numbers": "1.",
    "tags": "@a-",
    "sums": "1+",
    "spaces": " \n",
    "parts": ":a....",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_tokens_takes_time_in_proportion(name: str) -> None:
    """A quarter of the largest text takes half a second; work that squares takes hours."""
    text = HOSTILE[name] * (LARGEST_QUERY // 4 // len(HOSTILE[name]))
    start = time.process_time()
    try:
        check_query_text(text, "query")
    except ContentError as error:
        assert len(str(error)) < 500
    assert time.process_time() - start < 20


def test_a_text_of_10_mb_is_not_read(northtown: World, tmp_path: Path) -> None:
    text = b"SELECT * { ?s ?p ?o } #" + b"x" * (10 * LARGEST_QUERY)
    (tmp_path / "long.rq").write_bytes(text)
    for arguments in (["query", "-"], ["query", str(tmp_path / "long.rq")]):
        result = northtown.pcve(*arguments, stdin=text)
        assert result.exit_code == 1
        assert "query-size: the query is longer than 1,048,576 characters" in result.stderr
    listed = northtown.pcve("queries", "--queries", str(tmp_path))
    assert listed.exit_code == 1
    assert "query-size" in listed.stderr


@pytest.mark.quick
def test_brackets_of_any_language_are_counted() -> None:
    signs = [("[", 0), ("(", 1), (")", 2), ("x", 3), ("<<", 4), ("[", 5), ("]", 6), (">>", 7)]
    assert first_too_deep(signs, 3) is None
    assert first_too_deep(signs, 2) == 5
