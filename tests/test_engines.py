"""The engines behind `shacl.validate`: which is taken, what it is given, what each gets wrong."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_shapes import INVALID, data, name, vocabulary

from pcve_graph import shacl
from pcve_graph.errors import UsageError
from pcve_graph.names import expand

PREFIXES = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
EX = "http://example.org/"


def triples(turtle: str) -> str:
    """Turtle as the engines get it."""
    quads = ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return "\n".join(sorted(f"{quad.triple} ." for quad in quads))


def found(data: str, shapes: str, engine: str, **options: object) -> list[str]:
    report = shacl.validate(triples(data), triples(shapes), engine, **options)  # type: ignore[arg-type]
    return sorted(f"{each.focus} {each.component.rpartition('#')[2]}" for each in report.results)


def targeted(lines: str, shapes: str) -> dict[str, set[str]]:
    """The focus nodes that each shape's own targets choose (SHACL 2.1.3), those with an IRI."""
    store = ox.Store()
    store.load(lines, format=ox.RdfFormat.N_TRIPLES)
    chosen = {
        "sh:targetClass": "{ ?this a/rdfs:subClassOf* $target }",
        "sh:targetSubjectsOf": "{ ?this $target ?any }",
        "sh:targetNode": "{ VALUES ?this { $target } }",
    }
    pairs = defaultdict(set)
    for quad in ox.parse(shapes, format=ox.RdfFormat.N_TRIPLES):
        for key, pattern in chosen.items():
            if quad.predicate.value == expand(key):
                where = pattern.replace("$target", str(quad.object))
                rows = store.query(f"SELECT ?this {where}", prefixes={"rdfs": expand("rdfs:")})
                pairs[quad.subject.value] |= {
                    row["this"].value for row in rows if isinstance(row["this"], ox.NamedNode)
                }
    return dict(pairs)


@pytest.mark.parametrize("path", INVALID[::40], ids=name)
@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_pairs_of_all_targets_give_the_results_of_the_whole(path: Path, engine: str) -> None:
    lines, shapes = data(path), vocabulary().shapes
    whole = shacl.validate(lines, shapes, "turbo").results
    named = tuple(each for each in whole if each.focus != "_:")
    assert whole
    assert shacl.validate(lines, shapes, engine, targeted(lines, shapes)).results == named


SHAPES = """
ex:S a sh:NodeShape ; sh:targetClass ex:Event ; sh:property ex:p ; sh:sparql [
    sh:select "SELECT $this WHERE { $this a <http://example.org/Odd> }" ] .
ex:p a sh:PropertyShape ; sh:path ex:organiser ; sh:minCount 1 ;
    sh:or ( [ sh:class ex:Organisation ] [ sh:class ex:Person ] ) .
"""
EVENT = "ex:a a ex:Event , ex:Odd ; ex:organiser ex:place . ex:place a ex:Place . ex:b a ex:Event ."


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_a_pair_gives_every_result_of_that_shape_on_that_node_and_no_other(engine: str) -> None:
    of = [f"<{EX}a> OrConstraintComponent", f"<{EX}a> SPARQLConstraintComponent"]
    assert found(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "a"}}) == of
    both = [*of, f"<{EX}b> MinCountConstraintComponent"]
    assert found(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "a", EX + "b"}}) == both
    assert found(EVENT, SHAPES, engine, pairs={EX + "p": [EX + "a"]}) == of[:1]
    assert found(EVENT, SHAPES, engine, pairs={EX + "S": set()}) == []
    assert found(EVENT, SHAPES, engine, pairs={}) == []


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
def test_a_pair_applies_a_shape_to_a_node_that_it_does_not_target(engine: str) -> None:
    of = [f"<{EX}place> MinCountConstraintComponent"]
    assert found(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "place"}}) == of
    gone = [f"<{EX}gone> MinCountConstraintComponent"]
    assert found(EVENT, SHAPES, engine, pairs={EX + "S": {EX + "gone"}}) == gone


@pytest.mark.parametrize("engine", ["turbo", "pyshacl"])
@pytest.mark.parametrize("shape", ["Sx", "organiser", "Event"])
def test_a_name_that_is_no_shape_is_an_error(engine: str, shape: str) -> None:
    with pytest.raises(UsageError, match=f"there is no shape {EX}{shape}"):
        found(EVENT, SHAPES, engine, pairs={EX + shape: {EX + "a"}})
