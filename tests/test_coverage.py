"""Who works where on what, against a matrix made by hand, and against SPARQL."""

from __future__ import annotations

import csv

import pytest
from conftest import ROOT, World

from pcve_graph.build.store import open_graph
from pcve_graph.landscape.coverage import Matrix, coverage, read_lists
from pcve_graph.landscape.scope import Scope
from pcve_graph.landscape.work import Landscape, read_landscape

GOLD = [
    row
    for path in sorted((ROOT / "tests/coverage").glob("*.csv"))
    for row in csv.DictReader(path.open(encoding="utf-8"))
]
TOPIC = "https://w3id.org/pcve/vocab/topic/"


@pytest.fixture(scope="module")
def landscape(shipped: World) -> Landscape:
    return read_landscape(shipped.project, shipped.saved().store)


def matrix(shipped: World, landscape: Landscape, count: str, **asked: str) -> Matrix:
    lists = read_lists(shipped.project, shipped.saved().store)
    by = asked.pop("by", "topic")
    return coverage(landscape, lists, Scope(**asked), by, count)


def test_the_gold_matrix_is_whole() -> None:
    assert len(GOLD) >= 57
    assert {row["kind"] for row in GOLD} == {"project", "event"}


@pytest.mark.parametrize("kind", ["project", "event"])
def test_the_matrix_made_by_hand_is_reproduced_cell_by_cell(
    shipped: World, landscape: Landscape, kind: str
) -> None:
    found = matrix(shipped, landscape, f"{kind}s", topic=TOPIC + "rehabilitation-reintegration")
    cells = {
        (row.id, column.id): {work.id for work in found.cell(row.key, column.key).sure}
        for row in found.rows
        for column in found.columns
        if row.key != "all"
    }
    gold = {
        (row["place"], row["topic"]): set(row["things"].split())
        for row in GOLD
        if row["kind"] == kind
    }
    assert cells == gold
