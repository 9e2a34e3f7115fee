"""Blank nodes: the problems of each are reported at its own position, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import World
from hypothesis import given
from hypothesis import strategies as st

from pcve_graph.model.terms import Statement, from_term
from pcve_graph.syntax.positions import locate_statements, match_blank_nodes
from pcve_graph.validation import shacl
from pcve_graph.validation.documents import FORMATS

EVENT = "https://w3id.org/pcve/ns#Event"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
KIND, NAME = "pcvesh:Event-kind", "pcvesh:Thing-prefLabel"

FILES: dict[str, tuple[str, list[tuple[int, int, str]]]] = {
    "turtle": (
        f"""[] a <{EVENT}> ; <{LABEL}> "One"@en .
  [ a <{EVENT}> ; <{LABEL}> "Two"@en ] .
[] a <{EVENT}> .
_:x a <{EVENT}> ; <{LABEL}> "Three" .
""",
        [(1, 1, KIND), (2, 3, KIND), (3, 1, KIND), (3, 1, NAME), (4, 1, KIND), (4, 90, NAME)],
    ),
    "trig": (
        f"""<http://e.example/g> {{
  [] a <{EVENT}> ; <{LABEL}> "One"@en .
  [] a <{EVENT}> . }}
[] a <{EVENT}> .
""",
        [(2, 3, KIND), (3, 3, KIND), (3, 3, NAME), (4, 1, KIND), (4, 1, NAME)],
    ),
    "ntriples": (
        f'_:a <{TYPE}> <{EVENT}> .\n_:b <{TYPE}> <{EVENT}> .\n_:b <{LABEL}> "B" .\n',
        [(1, 1, KIND), (1, 1, NAME), (2, 1, KIND), (3, 53, NAME)],
    ),
    "nquads": (
        f"_:a <{TYPE}> <{EVENT}> <http://e.example/g> .\n  _:b <{TYPE}> <{EVENT}> .\n",
        [(1, 1, KIND), (1, 1, NAME), (2, 3, KIND), (2, 3, NAME)],
    ),
    "jsonld": (
        f"""[{{"@type": "{EVENT}", "{LABEL}": {{"@value": "One", "@language": "en"}}}},
 {{"@type": "{EVENT}"}},
  {{"@id": "_:x", "@type": "{EVENT}", "{LABEL}": "Two"}}]
""",
        [(1, 2, KIND), (2, 2, KIND), (2, 2, NAME), (3, 3, KIND), (3, 110, NAME)],
    ),
    "rdfxml": (
        f"""<r:RDF xmlns:r="{TYPE.removesuffix("type")}" xmlns:p="{EVENT.removesuffix("Event")}"
  xmlns:s="{LABEL.removesuffix("prefLabel")}">
<p:Event><s:prefLabel xml:lang="en">One</s:prefLabel></p:Event>
  <p:Event/>
<p:Event r:nodeID="x"><s:prefLabel>Two</s:prefLabel></p:Event>
</r:RDF>
""",
        [(3, 1, KIND), (4, 3, KIND), (4, 3, NAME), (5, 1, KIND), (5, 23, NAME)],
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("more", [["--engine", "turbo"], ["--engine", "pyshacl"], ["--against"]])
@pytest.mark.parametrize("form", FILES)
def test_each_problem_is_reported_at_its_own_position(
    northtown: World, form: str, more: list[str]
) -> None:
    text, expected = FILES[form]
    options = ["--input-format", form, *more, "--format", "json", "--severity", "warning"]
    result = northtown.pcve("validate", "-", *options, stdin=text)
    reported = [
        (problem["line"], problem["column"], problem["rule"])
        for problem in json.loads(result.stdout)
        if problem["rule"] in (KIND, NAME)
    ]
    assert reported == expected


def test_a_misspelt_key_of_a_blank_node_is_reported_at_its_position(northtown: World) -> None:
    text = (
        "PREFIX pcve: <https://w3id.org/pcve/ns#>\n"
        "[] a pcve:Event ; pcve:venue 1 .\n"
        "[] a pcve:Event ; pcve:venu 1 .\n"
        "[] a pcve:Event ; pcve:mode [ pcve:venu 2 ; a pcve:Event ] .\n"
    )
    options = ["--input-format", "turtle", "--format", "json"]
    problems = json.loads(northtown.pcve("validate", "-", *options, stdin=text).stdout)
    keys = [
        (problem["line"], problem["column"])
        for problem in problems
        if problem["rule"] == "unknown-key"
    ]
    assert keys == [(3, 19), (4, 31)]


def test_similar_nodes_are_distinguished_by_what_points_to_them(northtown: World) -> None:
    place = "<https://schema.org/location>"
    text = f"<https://e.example/a> {place} [] .\n<https://e.example/b> {place} [] .\n" + "".join(
        f"<https://e.example/{name}> a <{EVENT}> ; <{LABEL}> 'x'@en ;\n"
        "  <https://w3id.org/pcve/ns#kind> <https://w3id.org/pcve/vocab/event-kind/conference> .\n"
        for name in "ba"
    )
    options = ["--input-format", "turtle", "--format", "json", "--focus", "https://e.example/b"]
    (problem,) = json.loads(northtown.pcve("validate", "-", *options, stdin=text).stdout)
    assert (problem["line"], problem["column"], problem["rule"]) == (2, 53, "pcvesh:Event-location")


def test_a_node_without_a_name_is_called_by_its_label(northtown: World) -> None:
    result = northtown.pcve("validate", "-", "--input-format", "turtle", stdin=FILES["turtle"][0])
    assert 'kind of "Two" is missing' in result.stdout
    assert "kind of a blank node is missing" in result.stdout


def test_a_report_names_blank_nodes_the_same_each_time(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(FILES["turtle"][0])
    first, second = (
        northtown.pcve("validate", str(path), "--format", "turtle").stdout for _ in range(2)
    )
    assert first == second
    graph = rdflib.Graph().parse(data=first, format="turtle")
    focus = set(graph.objects(None, rdflib.SH.focusNode))
    assert len(focus) == 4
    assert all(isinstance(node, rdflib.BNode) for node in focus)


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_a_blank_node_stays_one_to_the_shapes(engine: str) -> None:
    """Kinds of nodes, closed shapes and SPARQL see the data as they are, labels or not."""
    data = "_:a <http://e.example/p> _:b .\n_:a <http://e.example/q> <http://e.example/c> ."
    shapes = ox.serialize(
        (
            quad.triple
            for quad in ox.parse(
                "PREFIX e: <http://e.example/> PREFIX sh: <http://www.w3.org/ns/shacl#>\n"
                "e:S a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:closed true ; sh:nodeKind sh:BlankNode ;"
                " sh:property e:P, e:Q .\n"
                "e:P a sh:PropertyShape ; sh:path e:p ; sh:nodeKind sh:IRI .\n"
                "e:Q a sh:PropertyShape ; sh:path e:q ; sh:nodeKind sh:BlankNode .",
                format=ox.RdfFormat.TURTLE,
            )
        ),
        format=ox.RdfFormat.N_TRIPLES,
    )
    assert shapes
    results = shacl.validate(data, shapes.decode().strip(), engine).results
    assert [(result.focus, result.path, result.value) for result in results] == [
        ("_:a", "<http://e.example/p>", "_:b"),
        ("_:a", "<http://e.example/q>", "<http://e.example/c>"),
    ]


NODES = st.sampled_from(
    [ox.BlankNode(label) for label in "abcd"] + [ox.NamedNode("http://e.example/n")]
)
NAMES = st.sampled_from([ox.NamedNode(f"http://e.example/{name}") for name in "pq"])


@given(st.lists(st.tuples(NODES, NAMES, NODES | st.just(ox.Literal("x"))), min_size=1, max_size=9))
def test_any_blank_nodes_are_paired_so_that_each_statement_is_found(
    rows: list[tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode, object]],
) -> None:
    triples = list({ox.Triple(*row) for row in rows})  # type: ignore[arg-type]
    for form in ("turtle", "jsonld", "rdfxml"):
        text = (ox.serialize(triples, format=FORMATS[form]) or b"").decode()
        quads = ox.parse(text, format=FORMATS[form])
        stated = [Statement._make(map(from_term, q.triple)) for q in quads]
        places = locate_statements(text.encode(), form)
        alias = match_blank_nodes(stated, places)
        blank = {term for row in stated for term in row if term.startswith("_:")}
        assert alias.keys() == blank, form
        assert len(set(alias.values())) == len(blank), form
