"""Exports: read back by other readers they are the same graph, and the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World

from pcve_graph.ask.export import FORMATS, triples
from pcve_graph.ontology import Ontology

RDFLIB = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}
OXIGRAPH = {
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


def test_every_format_is_read_back() -> None:
    assert FORMATS.keys() == OXIGRAPH.keys()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_oxigraph_reads_the_same_graph(
    request: pytest.FixtureRequest, ontology: Ontology, form: str, world: str
) -> None:
    saved = request.getfixturevalue(world).saved()
    quads = list(ox.parse(FORMATS[form](saved, ontology), format=OXIGRAPH[form]))
    if form in ("nquads", "trig"):
        assert {str(quad) for quad in quads} == {str(quad) for quad in saved.store}
    else:
        assert {str(q.triple) for q in quads} == {str(t) for t in triples(saved)}
        assert len(quads) == len(triples(saved))


@pytest.mark.parametrize("form", RDFLIB)
@pytest.mark.parametrize("world", ["northtown", "shipped"])
def test_rdflib_reads_the_same_graph(
    request: pytest.FixtureRequest, ontology: Ontology, form: str, world: str
) -> None:
    saved = request.getfixturevalue(world).saved()
    graph = rdflib.Graph().parse(data=FORMATS[form](saved, ontology).decode(), format=RDFLIB[form])
    expected = rdflib.Graph().parse(
        data="".join(f"{triple} .\n" for triple in triples(saved)), format="nt"
    )
    plain = rdflib.XSD.string

    def terms(found: rdflib.Graph) -> set[tuple[rdflib.term.Node, ...]]:
        return {
            tuple(
                rdflib.Literal(str(t))
                if isinstance(t, rdflib.Literal) and t.datatype == plain
                else t
                for t in triple
            )
            for triple in found
        }

    assert terms(graph) == terms(expected)


def test_json_ld_has_readable_keys_and_one_node_a_thing(shipped: World, ontology: Ontology) -> None:
    document = json.loads(FORMATS["jsonld"](shipped.saved(), ontology))
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    event = nodes["https://w3id.org/pcve/id/event/osce-ct-2018"]
    assert event["@type"] == "Event"
    assert event["startDate"] == {"@value": "2018-05-10", "@type": "xsd:date"} or (
        event["startDate"] == "2018-05-10"
    )
    assert event["prefLabel"] == {"en": "2018 OSCE-wide Counter-Terrorism Conference"}
    assert event["location"] == "https://w3id.org/pcve/id/place/rome"
    shaped = {key for kind in ontology.classes.values() for key in kind.keys}
    assert {key for key in event if not key.startswith("@")} <= shaped | {"earliest", "latest"}


def test_turtle_groups_a_subject_under_prefixes(shipped: World, ontology: Ontology) -> None:
    text = FORMATS["turtle"](shipped.saved(), ontology).decode()
    start = text.index("<https://w3id.org/pcve/id/event/osce-ct-2018> a pcve:Event")
    assert 'schema:startDate "2018-05-10"^^xsd:date' in text[start : start + 3000]
    assert text.count("\n<https://w3id.org/pcve/id/event/osce-ct-2018> ") == 1


BUILD = """
import os, pathlib, random, sys
from pcve_graph.cli import cli
rglob, glob = pathlib.Path.rglob, pathlib.Path.glob
def shuffled(find):
    def run(self, *arguments, **settings):
        found = list(find(self, *arguments, **settings))
        random.Random(os.environ["PYTHONHASHSEED"]).shuffle(found)
        return iter(found)
    return run
pathlib.Path.rglob, pathlib.Path.glob = shuffled(rglob), shuffled(glob)
folder, forms = sys.argv[1], sys.argv[2:]
cli(["--project", folder, "build"], standalone_mode=False)
for form in forms:
    cli(["--project", folder, "export", form, "-o", f"{folder}/out.{form}"], standalone_mode=False)
"""


def products(folder: Path) -> dict[str, bytes]:
    paths = [*(folder / "build" / "graph").iterdir(), *folder.glob("out.*")]
    paths += [folder / "build" / name for name in ("manifest.json", "inputs.sha256")]
    return {path.name: path.read_bytes() for path in paths}


def test_the_bytes_are_the_same_under_any_seed_and_order_of_files(tmp_path: Path) -> None:
    found = []
    for seed in ("0", "1", "424242"):
        folder = tmp_path / seed
        for name in ("data", "ontology", "queries"):
            (folder / name).parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "-r", str(ROOT / name), str(folder / name)], check=True)
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", BUILD, str(folder), *FORMATS]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        found.append(products(folder))
    assert len(found[0]) == 5 + len(FORMATS) + 2
    assert found[0] == found[1] == found[2]


def test_a_second_build_writes_the_same_bytes(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    before = products(world.root)
    assert world.pcve("build").exit_code == 0
    assert products(world.root) == before
