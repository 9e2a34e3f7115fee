"""Rows of cells equal the rows of `ask`, without term objects."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.execute import ResultTable, ask, tsv_table
from pcve_graph.syntax.sparql_results import cell_value

ROWS = "SELECT ?s ?none ?o WHERE { ?s <http://x.test/p> ?o } ORDER BY ?s"


def texts(store: ox.Store, query: str) -> list[list[str]]:
    return [[cell_value(cell) for cell in row] for row in tsv_table(store, query)[1]]


def store(*literals: ox.Literal) -> ox.Store:
    graph = ox.Store()
    for number, literal in enumerate(literals):
        subject = ox.NamedNode(f"http://x.test/{number:02}")
        graph.add(ox.Quad(subject, ox.NamedNode("http://x.test/p"), literal))
    return graph


def test_every_character_of_a_literal_comes_back() -> None:
    words = ['a "b", c', "line\nline\r\nline\rline", "tab\t", "\\n", "", " ", "\u2028\x85\x0b", "й"]
    words.append("long" * 100_000)
    literals = (ox.Literal(word, language="en" if word else None) for word in words)
    rows = texts(store(*literals), ROWS)
    assert [row[2] for row in rows] == words
    assert {row[1] for row in rows} == {""}


def test_rows_are_those_of_ask() -> None:
    graph = store(ox.Literal("2019-03", datatype=ox.NamedNode("http://x.test/t")), ox.Literal(7))
    asked = ask(graph, ROWS)
    assert isinstance(asked, ResultTable)
    plain = [[getattr(term, "value", "") for term in row] for row in asked.rows]
    assert texts(graph, ROWS) == plain
    assert texts(graph, ROWS.replace("/p>", "/q>")) == []


def test_what_ask_refuses_is_refused() -> None:
    with pytest.raises(UsageError, match="DELETE"):
        tsv_table(store(), "DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(ContentError, match=r"works\.rq:1"):
        tsv_table(store(), "SELECT ?s WHERE { ?s ?p }", "works.rq")
