"""Who works where on what, against a matrix made by hand, and against SPARQL."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.analysis.coverage.gaps import weakness
from pcve_graph.analysis.coverage.matrix import AXES, Matrix, coverage_matrix, read_axis_labels
from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.scope import Scope
from pcve_graph.analysis.tables import FORMATS
from pcve_graph.analysis.works import ADDITIVE_SHARE, Landscape, Money, Work, budget_sums
from pcve_graph.query.execute import ResultTable, ask
from pcve_graph.query.saved import read_queries

GOLD = [
    row
    for path in sorted((ROOT / "tests/coverage").glob("*.csv"))
    for row in csv.DictReader(path.read_text("utf-8").splitlines())
]
TOPIC = "https://w3id.org/pcve/vocab/topic/"


@pytest.fixture(scope="module")
def landscape(shipped: World) -> Landscape:
    return read_landscape(shipped.project, shipped.saved().store)


def matrix(shipped: World, landscape: Landscape, count: str, **asked: str) -> Matrix:
    lists = read_axis_labels(shipped.project, shipped.saved().store)
    by = asked.pop("by", "topic")
    return coverage_matrix(landscape, lists, Scope(**asked), by, count)


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


def test_what_sparql_counts_is_what_the_matrix_counts(shipped: World, landscape: Landscape) -> None:
    store = shipped.saved().store
    query = read_queries(shipped.project, "landscape")["coverage"]
    table = ask(store, query.text)
    assert isinstance(table, ResultTable)
    counted = {
        (str(getattr(place, "value", "")), str(getattr(topic, "value", ""))): int(number.value)
        for place, topic, number in table.rows
        if isinstance(number, ox.Literal)
    }
    lists = read_axis_labels(shipped.project, store)
    found = coverage_matrix(landscape, lists, Scope(), every=True)
    cells = [
        (row.key, column.key)
        for row in found.economies
        for column in found.columns
        if column.role == "part"
    ]
    assert len(cells) >= 324
    assert {cell: len(found.cell(*cell).sure) for cell in cells} == {
        cell: counted.get(cell, 0) for cell in cells
    }
    assert sum(counted.get(cell, 0) for cell in cells) > 50


def test_a_broader_topic_counts_each_thing_of_its_narrower_ones_once(
    shipped: World, landscape: Landscape
) -> None:
    found = matrix(shipped, landscape, "projects", topic=TOPIC + "pcve")
    broad, *parts = found.columns
    for row in found.rows:
        ids = [work.id for work in found.cell(row.key, broad.key).sure]
        assert len(ids) == len(set(ids))
        inside = {work.id for part in parts for work in found.cell(row.key, part.key).sure}
        assert inside <= set(ids)


@pytest.mark.parametrize("by", AXES)
@pytest.mark.parametrize("count", ["projects", "events"])
def test_every_thing_is_in_some_row_and_some_column(
    shipped: World, landscape: Landscape, by: str, count: str
) -> None:
    found = matrix(shipped, landscape, count, by=by)
    every = {work.iri for work in found.cell("all", "all").sure}
    inside = {
        work.iri
        for row in found.rows
        for column in found.columns
        if "all" not in (row.role, column.role)
        for work in found.cell(row.key, column.key).sure
    }
    assert inside == every
    assert len(every) >= 30


def test_the_economies_are_those_that_the_graph_puts_into_the_region(world: World) -> None:
    """Northtown's world has no region: its own countries are the rows."""
    assert world.pcve("build").exit_code == 0
    graph = read_landscape(world.project, world.saved().store)
    rows = coverage_matrix(
        graph, read_axis_labels(world.project, world.saved().store), Scope()
    ).rows
    inside = {each for members in graph.members.values() for each in members}
    economies = {row.key for row in rows if row.role == "economy"}
    assert economies == (inside or set(graph.countries))


def test_a_day_counts_what_surely_ran_apart_from_what_may_have(shipped: World) -> None:
    text = shipped.pcve(
        "coverage", "--topic", "rehabilitation-reintegration", "--as-of", "2020-01-01"
    ).stdout
    region = next(line for line in text.splitlines() if line.startswith("Western Balkans"))
    assert region.split("  ")[1:][0].strip() == "2 +1?"
    assert "leave open whether they belong to the period" in text


def test_money_keeps_currencies_and_shares_apart(shipped: World) -> None:
    arguments = ("coverage", "--count", "money", "--format", "json")
    rows = json.loads(shipped.pcve(*arguments).stdout)["rows"]
    every = [row for row in rows if row["economyId"] == row["topicId"] == "all"]
    by_share = {(row["currency"], row["share"]): row for row in every}
    assert by_share["EUR", "eu-contribution"]["least"] == 15_800_000 + 2_500_000
    assert by_share["EUR", "other-contribution"]["least"] == 1_215_000 + 900_000
    assert all(row["stating"] < row["projects"] for row in every)


def amount(
    value: int | None, share: str, least: int | None = None, most: int | None = None
) -> Money:
    numbers = (None if each is None else Decimal(each) for each in (value, least, most))
    return Money(*numbers, "EUR", share)


def test_two_totals_of_one_project_are_a_range_and_other_shares_add_up() -> None:
    one = Work("a", "project", "a", budget=(amount(5, "total"), amount(7, "total")))
    two = Work("b", "project", "b", budget=(amount(10, "total"), amount(None, "total", 1, 2)))
    three = Work("c", "project", "c", budget=(amount(None, "total", 4),))
    paid = Work("d", "project", "d", budget=(amount(2, ADDITIVE_SHARE), amount(3, ADDITIVE_SHARE)))
    assert [str(each) for each in budget_sums([one])] == ["5–7"]
    assert [(each.least, each.most) for each in budget_sums([one, two])] == [(6, 17)]
    assert [str(each) for each in budget_sums([three])] == ["4 or more"]
    assert [str(each) for each in budget_sums([paid])] == ["5"]


def test_an_open_cell_has_its_things_and_the_words_that_put_them_there(shipped: World) -> None:
    text = shipped.pcve("coverage", "--cell", "North Macedonia/rehabilitation-reintegration")
    assert text.stdout.startswith("North Macedonia / rehabilitation and reintegration\n2 projects")
    assert "/project/horizon-bridge" in text.stdout
    assert "/project/ran-ps-wb" in text.stdout
    assert "cited: [icct.nl" in text.stdout
    assert "location: Albania" not in text.stdout


def test_an_empty_cell_is_not_said_to_be_without_activity(shipped: World) -> None:
    text = shipped.pcve("coverage", "--cell", "serbia/post-penal-support").stdout
    assert "No project on record, which is not proof of no activity." in text
    assert "place not known: HOlistic" in text
    assert "no activity in" not in text


def test_gaps_come_with_most_neighbours_covered_first(shipped: World) -> None:
    arguments = ("coverage", "--gaps", "--format", "json")
    rows = json.loads(shipped.pcve(*arguments).stdout)["rows"]
    for state in ("no record", "only weakly"):
        covered = [row["covered"] for row in rows if row["state"] == state]
        assert covered == sorted(covered, reverse=True)
        assert len(covered) > 20
    assert rows[0]["covered"] >= 5


def test_the_briefing_says_the_answer_first(shipped: World) -> None:
    arguments = (
        "coverage",
        "--gaps",
        "--count",
        "events",
        "--topic",
        "rehabilitation-reintegration",
    )
    lines = shipped.pcve(*arguments).stdout.splitlines()
    assert lines[2].startswith(
        "Of 18 pairs of an economy and a topic (6 economies, 3 topics), 7 have"
    )
    assert lines[3] == "Most without a record: Serbia (3 topics)."
    assert lines[4] == "Of 21 events 5 state no place and may close any of these."
    assert "   no record: Albania (but 1 project), Serbia (but 1 project)" in lines
    assert lines[-1].startswith("Kosovo* ")


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (Work("a", "project", "a"), "no dates stated"),
        (Work("a", "project", "a", end="2019-12", latest="2019-12-31"), "ended Dec 2019"),
        (Work("a", "project", "a", start="2021", earliest="2021-01-01"), "begins 2021"),
        (Work("a", "project", "a", earliest="2019-01-01", sort="pilot-project"), "a pilot project"),
        (
            Work("a", "project", "a", earliest="2019-01-01", budget=(amount(40_000, "total"),)),
            "small, EUR 40,000 in all",
        ),
        (
            Work(
                "a", "project", "a", earliest="2019-01-01", budget=(amount(40_000, "allocation"),)
            ),
            "",
        ),
        (Work("a", "event", "a", earliest="2019-01-01", latest="2019-01-01"), ""),
        (Work("a", "event", "a", earliest="2019-01-01", status="planned"), "announced only"),
    ],
)
def test_what_covers_a_cell_weakly_has_its_reason(work: Work, reason: str) -> None:
    assert weakness(work, date(2020, 6, 1)) == reason


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_has_the_same_bytes_twice(shipped: World, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"table.{form}"
    found = []
    for _ in range(2):
        assert shipped.pcve("coverage", "--format", form, "-o", str(path)).exit_code == 0
        found.append(path.read_bytes())
    assert found[0] == found[1]
    if form == "xlsx":
        rows = list(openpyxl.load_workbook(path).active.values)
        assert rows[0][0] == "Projects by economy and topic"
        assert rows[3][:2] == ("Albania", "·")
    else:
        assert "Kosovo*" in found[0].decode()


def test_csv_has_a_row_for_each_cell_empty_ones_too(shipped: World) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.pcve("coverage", "--format", "csv").stdout)))
    cells = {(row["economyId"], row["topicId"]): row for row in rows}
    assert len(rows) == len(cells)
    assert cells["serbia", "migration"]["projects"] == "0"
    assert cells["serbia", "counter-terrorism"]["things"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--by", "topics"], "did you mean topic?"),
        (["--count", "budget"], "--count must be one of projects, events, actors, money"),
        (["--cell", "albnia/prisons"], "albania  Albania (country)"),
        (["--cell", "albania/prison"], "topic/prisons"),
        (["--cell", "albania"], "--cell requires a row and a column"),
        (["--cell", "sarajevo/prisons"], "'sarajevo' is not in this matrix, which has albania"),
        (
            ["--cell", "albania/1850", "--by", "year"],
            "'1850' is not in this matrix, which has 2016",
        ),
        (["--cell", "albania/prisons", "--gaps"], "cannot be combined with --gaps"),
        (["--cell", "albania/prisons", "--format", "csv"], "--cell is available as text only"),
        (["--gaps", "--count", "money"], "require --count projects, events or actors"),
        (["-o", "/nowhere/x"], "cannot be written"),
    ],
)
def test_a_wrong_question_gets_one_plain_message(
    shipped: World, arguments: list[str], said: str
) -> None:
    result = shipped.pcve("coverage", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.startswith("pcve: ")
