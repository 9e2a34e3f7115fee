"""Every shape finds errors: valid and invalid examples, each with the report that it must give."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.namespaces import PREFIXES, expand
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.validation import shacl

FOLDER = ROOT / "tests" / "shapes"
VALID = sorted(FOLDER.glob("*/valid.*.ttl"))
INVALID = sorted(FOLDER.glob("*/invalid.*.ttl"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def vocabulary() -> Ontology:
    return read_ontology(Project(ROOT, ROOT / "build"))


def data(path: Path) -> str:
    ontology = vocabulary()
    triples = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    lines = {f"{quad.triple} ." for quad in triples}
    return "\n".join(sorted({*lines, *ontology.graphs["ontology"], *ontology.graphs["vocabulary"]}))


def local(iri: str) -> str:
    return iri.rsplit("#", 1)[-1]


def result_lines(path: Path, engine: str) -> list[str]:
    report = shacl.validate(data(path), vocabulary().shapes, engine)
    return sorted(
        f"{local(result.shape)} {local(result.component)} {result.focus.strip('<>')}"
        for result in report.results
    )


def test_there_are_as_many_examples_as_ever() -> None:
    assert len(VALID) >= 74
    assert len(INVALID) >= 491


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_passes(path: Path) -> None:
    assert result_lines(path, "turbo") == []


@pytest.mark.long
@pytest.mark.parametrize("path", INVALID, ids=name)
def test_an_invalid_example_gives_its_report(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text().splitlines()
    assert expected
    assert result_lines(path, "turbo") == sorted(expected)


@pytest.mark.parametrize("path", INVALID[:: max(1, len(INVALID) // 40)], ids=name)
@pytest.mark.long
def test_the_reference_engine_agrees(path: Path) -> None:
    ours = shacl.validate(data(path), vocabulary().shapes, "turbo").results
    assert shacl.validate(data(path), vocabulary().shapes, "pyshacl").results == ours


def shapes() -> dict[str, dict[str, list[str]]]:
    """Subject to predicate to objects of the shapes, for those with an IRI."""
    statements: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    paths = sorted((ROOT / "ontology/shapes").glob("*.ttl"))
    parsed = (ox.parse(path=path, format=ox.RdfFormat.TURTLE) for path in paths)
    for quad in chain.from_iterable(parsed):
        if isinstance(quad.subject, ox.NamedNode):
            value = getattr(quad.object, "value", str(quad.object))
            statements[quad.subject.value][quad.predicate.value].append(value)
    return statements


def of_type(kind: str) -> dict[str, dict[str, list[str]]]:
    return {
        iri: stated
        for iri, stated in shapes().items()
        if expand(kind) in stated[expand("rdf:type")]
    }


PROPERTY_SHAPES = {
    iri.removeprefix(PREFIXES["pcvesh"]): stated
    for iri, stated in of_type("sh:PropertyShape").items()
}


def test_every_property_shape_is_named_in_the_report_of_an_invalid_example() -> None:
    named = {
        line.split()[0]
        for path in INVALID
        for line in path.with_suffix(".expected").read_text().splitlines()
    }
    reached = {name for name in PROPERTY_SHAPES if not name.startswith("in-")}
    assert len(reached) >= 190
    assert reached - named == set()


def test_every_property_shape_is_used_by_a_valid_example() -> None:
    used: dict[str, set[str]] = defaultdict(set)
    for path in VALID:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            used[path.parent.name].add(quad.predicate.value)
    lacking = {
        name
        for name, stated in PROPERTY_SHAPES.items()
        if not name.startswith("in-")
        and stated[expand("sh:path")][0] not in used[name.split("-")[0]]
    }
    assert lacking == set()


@pytest.mark.parametrize("shape", PROPERTY_SHAPES)
def test_a_property_shape_says_what_it_is(shape: str) -> None:
    stated = PROPERTY_SHAPES[shape]
    for key in ("sh:path", "sh:name", "sh:description", "sh:message", "sh:order"):
        assert len(stated[expand(key)]) == 1, key
    assert expand("sh:Violation") not in stated[expand("sh:severity")], "that is the default"
    assert stated[expand("sh:message")][0].rstrip().endswith((".", "}."))


@pytest.mark.long
@pytest.mark.parametrize("shape", of_type("sh:NodeShape"))
def test_a_node_shape_says_what_it_is(shape: str) -> None:
    stated = of_type("sh:NodeShape")[shape]
    assert len(stated[expand("sh:name")]) == len(stated[expand("sh:description")]) == 1


def test_every_shape_that_is_named_exists() -> None:
    defined = shapes()
    for shape, stated in defined.items():
        for key in ("sh:property", "sh:node", "sh:sparql"):
            for reference in stated[expand(key)]:
                assert reference in defined, f"{shape} names {reference}"
