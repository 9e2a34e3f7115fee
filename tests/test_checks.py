"""Every check catches its own bad graph, and passes Northtown and the shipped graph."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.model.namespaces import expand
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.saved import read_query

CHECKS = sorted((ROOT / "queries" / "checks").glob("*.rq"))


def answer(store: ox.Store, path: Path) -> ResultTable:
    table = ask(store, path.read_text())
    assert isinstance(table, ResultTable)
    return table


def test_there_are_as_many_checks_as_ever() -> None:
    assert len(CHECKS) >= 21
    assert {path.stem for path in CHECKS} == {
        path.stem for path in (ROOT / "tests/checks").iterdir()
    }


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_catches_its_bad_graph(path: Path) -> None:
    store = ox.Store()
    bad = ROOT / "tests" / "checks" / f"{path.stem}.trig"
    store.load(path=bad, format=ox.RdfFormat.TRIG)
    table = answer(store, path)
    assert {"subject", "problem"} <= set(table.columns)
    assert table.rows
    problems = [row[table.columns.index("problem")] for row in table.rows]
    assert all(isinstance(problem, ox.Literal) and problem.value for problem in problems)


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_passes_good_graphs(path: Path, northtown: World, shipped: World) -> None:
    for world in (northtown, shipped):
        assert answer(world.saved().store, path).rows == ()


def without(store: ox.Store, predicate: str) -> ox.Store:
    """A copy of `store` without the statements of a property."""
    copy, key = ox.Store(), ox.NamedNode(expand(predicate))
    copy.extend(quad for quad in store if quad.predicate != key)
    return copy


def columns(store: ox.Store, name: str, column: str) -> set[str]:
    """The values in a column of the answer of a check."""
    table = answer(store, ROOT / "queries" / "checks" / f"{name}.rq")
    number = table.columns.index(column)
    return {str(getattr(row[number], "value", "")) for row in table.rows}


def test_a_derived_fact_names_the_claim_that_it_follows_from(northtown: World) -> None:
    store = without(northtown.saved().store, "prov:wasDerivedFrom")
    reported = columns(store, "every-fact-has-a-claim", "predicate")
    bounds = ("pcve:earliest", "pcve:latest", "pcve:certainFrom", "pcve:certainUntil")
    participations = ("pcve:actor", "pcve:inEvent", "pcve:role")
    of_involvements = ("pcve:leader", "schema:funder", "pcve:memberOf")
    derived = (*bounds, *participations, *of_involvements)
    assert reported == {expand(name) for name in derived}


@pytest.mark.parametrize(
    ("stated", "value", "is_fact"),
    [
        ("pcve:rank rank:normal", "place:landia", True),
        ("pcve:rank rank:preferred", "place:landia", True),
        ("pcve:rank rank:deprecated", "place:landia", False),
        ("pcve:rank rank:normal ; pcve:conflictsWith claim:c2", "place:landia", False),
        ("pcve:rank rank:normal", "status:not-known", False),
    ],
)
def test_a_claim_is_a_fact_unless_it_is_deprecated_or_contested_or_has_no_value(
    stated: str, value: str, is_fact: bool
) -> None:
    base = "https://w3id.org/pcve/"
    spaces = {"claim": "claim/", "graph": "graph/", "place": "id/place/", "rank": "vocab/rank/"}
    spaces |= {"status": "vocab/value-status/", "pcve": "ns#", "vocab": "vocab/"}
    text = "".join(f"PREFIX {name}: <{base}{space}>\n" for name, space in spaces.items())
    for name in ("rdf", "schema", "skos"):
        text += f"PREFIX {name}: <{expand(f'{name}:')}>\n"
    text += "graph:vocabulary { status:not-known skos:inScheme vocab:value-status }\n"
    text += "graph:evidence { claim:c1 rdf:subject place:northtown ; "
    text += f"rdf:predicate schema:containedInPlace ; rdf:object {value} ; {stated} }}\n"
    fact = "graph:facts { place:northtown schema:containedInPlace place:landia }\n"
    only_claim, both = ox.Store(), ox.Store()
    only_claim.load(text, format=ox.RdfFormat.TRIG)
    both.load(text + fact, format=ox.RdfFormat.TRIG)
    assert bool(columns(only_claim, "current-claim-is-a-fact", "subject")) == is_fact
    assert bool(columns(both, "every-fact-has-a-claim", "subject")) != is_fact


@pytest.mark.parametrize("text", ["SELECT ?subject { ?subject ?p ?o }", "ASK { ?s ?p ?o }"])
def test_a_check_that_cannot_tell_a_problem_is_refused(world: World, text: str) -> None:
    world.write("queries/checks/mute.rq", text)
    result = world.pcve("build")
    assert result.exit_code == 1
    assert "queries/checks/mute.rq:1:1: error check-query" in result.stderr


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_says_its_rule_and_its_cure(path: Path) -> None:
    query = read_query(path.name, path)
    assert query.summary
    assert query.header["severity"] in ("error", "warning")
    assert query.header["rule"]
    assert query.header["fix"]


def test_a_fault_of_the_ontology_has_its_place(world: World) -> None:
    world.replace("ontology/pcve.ttl", '    skos:example "Council conclusions."@en ;\n', "")
    text = (world.root / "ontology/vocab/attendance-mode.ttl").read_text("utf-8")
    top = "    skos:topConceptOf <https://w3id.org/pcve/vocab/attendance-mode> ;\n"
    world.write("ontology/vocab/attendance-mode.ttl", text.replace(top, "", 1))
    result = world.pcve("build")
    assert result.exit_code == 1
    for name, subject, rule in (
        ("pcve", "pcve:basedOn", "term-is-explained"),
        ("vocab/attendance-mode", "<https://w3id.org/pcve/vocab/attendance-mode/hybrid>", "concept-is-reached-from-the-top"),
    ):  # fmt: skip
        lines = (world.root / f"ontology/{name}.ttl").read_text("utf-8").splitlines()
        line = lines.index(subject) + 1
        assert f"ontology/{name}.ttl:{line}:1: error check:{rule}" in result.stderr
    assert "2 errors" in result.stderr
