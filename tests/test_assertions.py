"""No part of the program asserts: what can be wrong in a file or an answer has a message."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from conftest import ROOT, World
from servers.bad import Behaviour, Request, serving

from pcve_graph.model.namespaces import expand, graph_iri
from pcve_graph.publish.release.metadata import INPUTS, NQUADS
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.messages import EndpointError

SOURCES = sorted((ROOT / "src" / "pcve_graph").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_module_asserts(path: Path) -> None:
    """`python -O` removes assertions, and people see a traceback where one fails."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    assert [node.lineno for node in nodes if isinstance(node, ast.Assert)] == []


SPARQL = ("application/sparql-results+json", "application/n-triples")


def answering(store: ox.Store) -> Behaviour:
    """A server with the graphs of `store`, which answers queries as the protocol has it."""

    def behaviour(request: Request) -> None:
        asked = parse_qs(urlsplit(request.path).query) | parse_qs(request.body.decode())
        answer = store.query(asked["query"][0], use_default_graph_as_union=True)
        if isinstance(answer, ox.QueryTriples):
            triples = answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
            request.answer(200, SPARQL[1], triples)
        else:
            rows = answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
            request.answer(200, SPARQL[0], rows)

    return behaviour


def changed(store: ox.Store, predicate: str, value: ox.Literal) -> ox.Store:
    """A copy of `store` in which all values of a property of claims and quotes are `value`."""
    copy, key = ox.Store(), ox.NamedNode(expand(predicate))
    copy.extend(
        ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)
        if quad.predicate == key
        else quad
        for quad in store
    )
    return copy


@pytest.mark.parametrize(
    ("predicate", "value", "message"),
    [
        ("rdf:predicate", "name", "rdf:subject and rdf:predicate must be IRIs"),
        ("oa:start", "first", "oa:start and oa:end of its quote must be whole numbers"),
        ("oa:end", "-1", "oa:start and oa:end of its quote must be whole numbers"),
        (
            "prov:hadPrimarySource",
            "the news",
            "prov:hadPrimarySource of its evidence must be an IRI",
        ),
    ],
)
def test_an_invalid_claim_on_a_server_is_one_message(
    northtown: World, predicate: str, value: str, message: str
) -> None:
    store = changed(northtown.saved().store, predicate, ox.Literal(value))
    with serving(answering(store)) as server:
        result = northtown.pcve("show", "lake-fund", "--endpoint", server.url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("pcve: the graph has an invalid claim <https://w3id.org/pcve/")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_same_server_with_the_graph_as_it_was_built_is_shown(northtown: World) -> None:
    with serving(answering(northtown.saved().store)) as server:
        result = northtown.pcve("show", "lake-fund", "--endpoint", server.url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Lake Fund" in result.stdout


def test_a_quote_without_parts_is_an_empty_one(northtown: World) -> None:
    store = changed(northtown.saved().store, "pcve:quote", ox.Literal("a quote as text"))
    with serving(answering(store)) as server:
        result = northtown.pcve("show", "lake-fund", "--endpoint", server.url)
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_number_of_triples_that_is_none_is_one_message() -> None:
    row = '{"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "many"}}]}}'
    with (
        serving(lambda request: request.answer(200, SPARQL[0], row)) as server,
        pytest.raises(EndpointError, match="instead of a number of triples"),
    ):
        Endpoint(server.url).count("https://e.example/graph")


@pytest.fixture
def release(northtown: World, tmp_path: Path) -> Path:
    """A folder with what a diff reads of a release."""
    folder = tmp_path / "release"
    folder.mkdir()
    northtown.saved().store.dump(str(folder / NQUADS), format=ox.RdfFormat.N_QUADS)
    shutil.copy(northtown.built(INPUTS), folder / INPUTS)
    return folder


def test_a_release_with_a_blank_node_is_one_message(northtown: World, release: Path) -> None:
    line = f'_:b <{expand("skos:note")}> "x" <{graph_iri("facts")}> .\n'
    with (release / NQUADS).open("a") as quads:
        quads.write(line)
    result = northtown.pcve("diff", str(release), str(northtown.root))
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.match(
        "pcve: the graph has a statement about _:.*, which is not an IRI", result.stderr
    )


def test_a_release_with_a_damaged_list_of_inputs_is_one_message(
    northtown: World, release: Path
) -> None:
    (release / INPUTS).write_text("0123 data/x.yml\n")
    result = northtown.pcve("diff", str(release), str(northtown.root))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{INPUTS}:1: a line must be a SHA-256, two spaces and a path" in result.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sh:select", "sh:select <https://e.example/not-a-text> ; rdfs:comment"),
        ("sh:namespace", "rdfs:comment"),
        ("sh:prefix ", "rdfs:label "),
    ],
)
def test_a_constraint_that_is_not_sparql_is_no_traceback(world: World, old: str, new: str) -> None:
    """Also where a change is checked, which reads the patterns of all constraints."""
    assert world.pcve("build").exit_code == 0
    files = sorted(world.root.glob("ontology/shapes/*.ttl"))
    path = next(path for path in files if old in path.read_text("utf-8"))
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    for _ in range(2):
        result = world.pcve("build")
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in (0, 1, 2)
        world.replace(
            "data/records/organization/lake-fund.yml", "kind: foundation\n", "kind: foundation\n\n"
        )
