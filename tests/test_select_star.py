"""`SELECT *` gives its columns in the order in which the query has them, as rdflib's parser reads it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Variable

from pcve_graph import KnowledgeGraph
from pcve_graph.query.results import Rows

NAMES = st.sampled_from("zebra amber mango kiwi delta beta".split())


@pytest.fixture(scope="module")
def kg(northtown: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(northtown.root)


def variables_in_order(node: Any) -> Iterator[str]:
    """The variables of a parse tree of rdflib, from left to right."""
    if isinstance(node, Variable):
        yield str(node)
    elif isinstance(node, dict):
        for part in node.values():
            yield from variables_in_order(part)
    elif isinstance(node, str):
        return
    elif hasattr(node, "__iter__"):
        for part in node:
            yield from variables_in_order(part)


def expected_columns(text: str) -> list[str]:
    """The variables that rdflib's algebra makes visible, in the order of its parse tree.

    rdflib counts those of MINUS and NOT EXISTS among them, which SPARQL (18.2.1) does not.
    """
    tree = parseQuery(text)
    order = list(dict.fromkeys(variables_in_order(tree)))
    visible = {str(name) for name in translateQuery(tree).algebra.PV}
    return [name for name in order if name in visible]


@st.composite
def triples(draw: st.DrawFn) -> str:
    first, second, third = (draw(NAMES) for _ in range(3))
    return draw(
        st.sampled_from(
            [
                f"?{first} <urn:p> ?{second} .",
                f"${first} ?{second} ?{third} .",
                f"?{first} <urn:p> ?{second} ; <urn:q> ?{third} .",
                f"?{first} <urn:p>/<urn:q>* ?{second} , ?{third} .",
                f'?{first} <urn:p> "?{second} SELECT *" . # ?{third}\n',
            ]
        )
    )


def groups() -> st.SearchStrategy[str]:
    def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            inner.map(lambda text: f"OPTIONAL {{ {text} }}"),
            st.tuples(NAMES, inner).map(
                lambda pair: f"FILTER (BOUND(?{pair[0]})) {pair[1]} ?{pair[0]} a ?{pair[0]} ."
            ),
            st.tuples(inner, inner).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
            st.tuples(NAMES, inner).map(lambda pair: f"{{ SELECT ?{pair[0]} {{ {pair[1]} }} }}"),
            inner.map(lambda text: f"{{ SELECT DISTINCT * {{ {text} }} }}"),
            st.lists(inner, min_size=1, max_size=3).map(" ".join),
        )

    return st.recursive(triples(), around, max_leaves=4)


@pytest.mark.long
@given(parts=st.lists(groups(), min_size=1, max_size=3), start=st.sampled_from(["", "DISTINCT "]))
@settings(max_examples=150, deadline=None)
def test_columns_of_a_star_stand_as_the_query_has_them(
    kg: KnowledgeGraph, parts: list[str], start: str
) -> None:
    text = f"SELECT {start}* WHERE {{ {' '.join(parts)} }} LIMIT 1"
    rows = kg.sparql(text, timeout=0, memory=0)
    assert isinstance(rows, Rows)
    assert list(rows.columns) == expected_columns(text)


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?z a pcve:Event . ?z skos:prefLabel ?b ; pcve:earliest ?a }", "z b a"),
        ("prefix select: <urn:s> select reduced *\n{ ?b ?z ?a }", "b z a"),
        ("SELECT * { ?event a pcve:Event { SELECT * { ?b a pcve:Country } } }", "event b"),
        ("SELECT * { FILTER NOT EXISTS { ?e pcve:no ?a } ?z a pcve:Event ; ?p ?e }", "e z p"),
        ("SELECT * { ?z a pcve:Event MINUS { ?a pcve:none ?b } ?z ?y ?b }", "z b y"),
        ("SELECT ?b ?a { ?a ?z ?b }", "b a"),
    ],
)
def test_the_command_and_python_have_the_same_columns(
    kg: KnowledgeGraph, northtown: World, text: str, columns: str
) -> None:
    rows = kg.sparql(text)
    assert isinstance(rows, Rows)
    assert rows.columns == tuple(columns.split())
    printed = northtown.pcve("query", "-", "--format", "csv", stdin=text).stdout
    header, first = list(csv.reader(printed.splitlines()))[:2]
    assert header == columns.split()
    assert dict(zip(header, first, strict=True)) in [
        {name: str(value) for name, value in row.asdict().items()} for row in rows
    ]
