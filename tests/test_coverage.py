"""Who works where on what, against a matrix made by hand, and against SPARQL."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import ROOT, World

from pcve_graph.analysis.coverage.matrix import AXES, Matrix, coverage_matrix, read_axis_labels
from pcve_graph.analysis.coverage.weakness import weakness
from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.scope import Scope
from pcve_graph.analysis.tables import FORMATS
from pcve_graph.analysis.works import Landscape, Money, Work, budget_sums
from pcve_graph.query.binding import substitute_terms
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


def matrix(
    shipped: World, landscape: Landscape, count: str, by: str = "topic", topic: str | None = None
) -> Matrix:
    lists = read_axis_labels(shipped.project, shipped.saved().store, landscape.lists)
    scope = Scope() if topic is None else Scope(topic=topic)
    return coverage_matrix(landscape, lists, scope, by, count)


def test_the_gold_matrix_is_whole() -> None:
    assert len(GOLD) >= 57
    assert {row["kind"] for row in GOLD} == {"project", "event"}


@pytest.mark.parametrize("kind", ["project", "event"])
def test_the_matrix_made_by_hand_is_reproduced_cell_by_cell(
    shipped: World, landscape: Landscape, kind: str
) -> None:
    coverage = matrix(shipped, landscape, f"{kind}s", topic=TOPIC + "rehabilitation-reintegration")
    cells = {
        (row.id, column.id): {work.id for work in coverage.cell(row.key, column.key).sure}
        for row in coverage.rows
        for column in coverage.columns
        if row.key != "all"
    }
    gold = {
        (row["place"], row["topic"]): set(row["things"].split())
        for row in GOLD
        if row["kind"] == kind
    }
    # Things that came after the matrix was made are not in it.
    listed = set().union(*gold.values())
    assert {key: ids & listed for key, ids in cells.items() if key in gold} == gold


NORTHTOWN = {
    ("landia", "first-line-practitioners"): {"calm-waters", "steady-hands"},
    ("landia", "prisons"): {"calm-waters"},
    ("lake-coast", "first-line-practitioners"): {"wide-shore"},
    ("marshia", "education"): {"low-tide", "open-doors", "soft-dunes"},
    ("islia", "unknown"): {"quiet-isles", "safe-harbours"},
    ("unknown", "unknown"): {"new-lanterns"},
}
"""The projects of Northtown by economy, or region as a whole, and topic, as its records state them."""


def test_the_matrix_of_northtown_has_these_cells_and_no_others(northtown: World) -> None:
    store = northtown.saved().store
    works = read_landscape(northtown.project, store)
    lists = read_axis_labels(northtown.project, store, works.lists)
    table = coverage_matrix(works, lists, Scope(), every=True)
    cells = {
        (row.id, column.id): {work.id for work in table.cell(row.key, column.key).sure}
        for row in table.rows
        for column in table.columns
        if "all" not in (row.key, column.key)
    }
    stated = {topic for _, topic in NORTHTOWN}
    assert {key: ids for key, ids in cells.items() if ids and key[1] in stated} == NORTHTOWN
    broader = {key: ids for key, ids in cells.items() if ids and key[1] not in stated}
    assert all(
        ids <= set().union(*(NORTHTOWN[key] for key in NORTHTOWN if key[0] == place))
        for (place, _), ids in broader.items()
    )


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
    lists = read_axis_labels(shipped.project, store, landscape.lists)
    coverage = coverage_matrix(landscape, lists, Scope(), every=True)
    cells = [
        (row.key, column.key)
        for row in coverage.economies
        for column in coverage.columns
        if column.role == "part"
    ]
    assert len(cells) >= 324
    assert {cell: len(coverage.cell(*cell).sure) for cell in cells} == {
        cell: counted.get(cell, 0) for cell in cells
    }
    assert sum(counted.get(cell, 0) for cell in cells) > 50


@pytest.mark.long
@pytest.mark.parametrize("axis", ["group", "funder", "pillar"])
def test_each_parameter_of_the_query_is_a_filter(
    shipped: World, landscape: Landscape, axis: str
) -> None:
    """A funder of a programme counts for the query also where the project has a funder of its own."""
    store = shipped.saved().store
    query = read_queries(shipped.project, "landscape")["coverage"]
    lists = read_axis_labels(shipped.project, store, landscape.lists)
    projects = landscape.of_kind("project")
    values = sorted({iri for work in projects for iri in getattr(work, f"{axis}s")})
    whole = ask(store, query.text)
    assert isinstance(whole, ResultTable)
    sizes = set()
    for iri in values[:4]:
        table = ask(store, substitute_terms(query.text, {axis: ox.NamedNode(iri)}))
        assert isinstance(table, ResultTable)
        counted = {
            (str(getattr(place, "value", "")), str(getattr(topic, "value", ""))): int(number.value)
            for place, topic, number in table.rows
            if isinstance(number, ox.Literal)
        }
        coverage = coverage_matrix(landscape, lists, Scope().of(axis, iri), every=True)
        for row in coverage.economies:
            for column in coverage.columns:
                if column.role == "part":
                    size = len(coverage.cell(row.key, column.key).sure)
                    number = counted.get((row.key, column.key), 0)
                    assert number >= size if axis == "funder" else number == size
        sizes.add(len(table.rows))
    assert max(sizes) < len(whole.rows)
    assert max(sizes) > 0 or axis == "group"  # no project with a place names a group


def test_a_broader_topic_counts_each_thing_of_its_narrower_ones_once(
    shipped: World, landscape: Landscape
) -> None:
    coverage = matrix(shipped, landscape, "projects", topic=TOPIC + "pcve")
    broad, *parts = coverage.columns
    for row in coverage.rows:
        ids = [work.id for work in coverage.cell(row.key, broad.key).sure]
        assert len(ids) == len(set(ids))
        inside = {work.id for part in parts for work in coverage.cell(row.key, part.key).sure}
        assert inside <= set(ids)


@pytest.mark.parametrize("by", AXES)
@pytest.mark.parametrize("count", ["projects", "events"])
def test_every_thing_is_in_some_row_and_some_column(
    shipped: World, landscape: Landscape, by: str, count: str
) -> None:
    coverage = matrix(shipped, landscape, count, by=by)
    every = {work.iri for work in coverage.cell("all", "all").sure}
    inside = {
        work.iri
        for row in coverage.rows
        for column in coverage.columns
        if "all" not in (row.role, column.role)
        for work in coverage.cell(row.key, column.key).sure
    }
    assert inside == every
    assert len(every) >= 30


@pytest.mark.long
def test_the_economies_are_those_that_the_graph_puts_into_the_region(world: World) -> None:
    """Northtown's world has no region: its own countries are the rows."""
    assert world.pcve("build").exit_code == 0
    graph = read_landscape(world.project, world.saved().store)
    rows = coverage_matrix(
        graph, read_axis_labels(world.project, world.saved().store, graph.lists), Scope()
    ).rows
    inside = {member for members in graph.members.values() for member in members}
    economies = {row.key for row in rows if row.role == "economy"}
    assert economies == (inside or set(graph.countries))


def test_a_day_counts_what_surely_ran_apart_from_what_may_have(shipped: World) -> None:
    text = shipped.pcve(
        "coverage", "--topic", "rehabilitation-reintegration", "--as-of", "2020-01-01"
    ).stdout
    region = next(line for line in text.splitlines() if line.startswith("Western Balkans"))
    assert re.fullmatch(r"[1-9]\d* \+[1-9]\d*\?", region.split("  ")[1:][0].strip())
    assert "n more that are possible: by dates that leave it open" in text


def test_money_keeps_currencies_and_kinds_apart(shipped: World) -> None:
    arguments = ("coverage", "--count", "money", "--format", "json")
    rows = json.loads(shipped.pcve(*arguments).stdout)["rows"]
    every = [row for row in rows if row["economyId"] == row["topicId"] == "all"]
    by_kind = {(row["currency"], row["kind"]): row for row in every}
    committed = by_kind["EUR", "commitment"]["least"]
    assert committed >= 15_800_000 + 2_500_000 + 1_215_000 + 900_000
    assert committed < by_kind["EUR", "total"]["least"]
    assert all(row["stating"] < row["projects"] for row in every)


def test_the_money_of_a_funder_is_what_it_pays_itself(shipped: World) -> None:
    arguments = ("coverage", "--count", "money", "--by", "funder", "--format", "json")
    rows = json.loads(shipped.pcve(*arguments).stdout)["rows"]
    sums = {
        (row["funderId"], row["currency"], row["kind"]): row["least"]
        for row in rows
        if row["economyId"] == "all"
    }
    assert sums["bmz", "EUR", "commitment"] == 1_215_000
    assert sums["moi-italy", "EUR", "commitment"] == 900_000
    assert ("bmz", "EUR", "total") not in sums


def amount(
    value: int | None, kind: str, least: int | None = None, most: int | None = None
) -> Money:
    stated, low, high = (None if n is None else Decimal(n) for n in (value, least, most))
    return Money(stated, low, high, "EUR", kind)


def transaction(
    iri: str, value: int, payer: str, origins: tuple[str, ...] = (), kind: str = "commitment"
) -> Money:
    return Money(Decimal(value), None, None, "EUR", kind, iri, payer, frozenset(origins))


def test_two_totals_of_one_project_are_a_range_and_transactions_add_up() -> None:
    first = Work("a", "project", "a", budget=(amount(5, "total"), amount(7, "total")))
    second = Work("b", "project", "b", budget=(amount(10, "total"), amount(None, "total", 1, 2)))
    third = Work("c", "project", "c", budget=(amount(None, "total", 4),))
    paid = Work("d", "project", "d", budget=(amount(2, "commitment"), amount(3, "commitment")))
    assert [str(total) for total in budget_sums([first])] == ["5–7"]
    assert [(total.least, total.most) for total in budget_sums([first, second])] == [
        (Decimal(6), Decimal(17))
    ]
    assert [str(total) for total in budget_sums([third])] == ["4 or more"]
    assert [str(total) for total in budget_sums([paid])] == ["5"]


def test_what_is_passed_on_within_the_works_is_counted_once() -> None:
    whole = Work("a", "project", "a", budget=(transaction("t", 12, "donor"),))
    part = transaction("u", 7, "donor", ("t",))
    paid = transaction("v", 7, "donor", ("t",), kind="disbursement")
    below = Work("b", "project", "b", budget=(part, paid, transaction("w", 2, "other")))
    assert [(total.kind, total.least) for total in budget_sums([whole, below])] == [
        ("commitment", Decimal(14)), ("disbursement", Decimal(7)),
    ]  # fmt: skip
    assert [str(total) for total in budget_sums([below])] == ["9", "7"]
    assert [str(total) for total in budget_sums([whole, below], "donor")] == ["12", "7"]
    assert [str(total) for total in budget_sums([whole, below], "other")] == ["2"]


def test_an_open_cell_has_its_things_and_the_words_that_put_them_there(shipped: World) -> None:
    text = shipped.pcve("coverage", "--cell", "North Macedonia/rehabilitation-reintegration")
    head = r"North Macedonia / rehabilitation and reintegration\n\d+ projects"
    assert re.match(head, text.stdout)
    assert "/project/horizon-bridge" in text.stdout
    assert "/project/ran-ps-wb" in text.stdout
    assert re.search(
        r"^    fingerprint of a passage of \d+ words with “.+”: \[\d+\]", text.stdout, re.M
    )
    assert re.search(r"^\[\d+\] .+\n    https://", text.stdout, re.M)
    assert "location: Albania" not in text.stdout


@pytest.mark.long
def test_an_empty_cell_is_not_reported_as_no_activity(shipped: World) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.pcve("coverage", "--format", "csv").stdout)))
    empty = [
        f"{row['economyId']}/{row['topicId']}"
        for row in rows
        if not row["things"] and row["topicId"] not in ("all", "unknown")
    ]
    texts = [shipped.pcve("coverage", "--cell", cell).stdout for cell in empty[::10]]
    assert all(
        "Not searched. No project on record, which is not proof of no activity." in text
        for text in texts
    )
    assert any("place not known: " in text for text in texts)
    assert not any("no activity in" in text for text in texts)


STATES = {"nothing found": "1", "only weakly": "2", "not searched": "3"}
"""The states of a row of `--gaps`, in their order."""


def gap_rows(world: World, *arguments: str) -> list[dict[str, Any]]:
    whole = () if "--topic" in arguments else ("--all-topics",)
    form = ("--format", "json")
    rows = json.loads(world.pcve("coverage", "--gaps", *whole, *form, *arguments).stdout)["rows"]
    assert [STATES[row["state"]] for row in rows] == sorted(STATES[row["state"]] for row in rows)
    return list(rows)


def test_gaps_come_with_most_neighbours_covered_first(northtown: World) -> None:
    rows = [row for row in gap_rows(northtown) if row["state"] == "nothing found"]
    covered = [row["covered"] for row in rows]
    assert covered == sorted(covered, reverse=True)
    assert covered[0] > covered[-1]


def test_what_nobody_searched_is_not_ranked(shipped: World) -> None:
    rows = [row for row in gap_rows(shipped) if row["state"] != "nothing found"]
    for state in ("only weakly", "not searched"):
        labels = [row["topic"] for row in rows if row["state"] == state]
        assert labels == sorted(labels)
        assert len(labels) > 20


def test_without_a_search_no_gap_is_claimed(shipped: World) -> None:
    """As long as the shipped data have no search; each record of one may make a gap."""
    searched = list((shipped.root / "data/records/search").glob("*"))
    text = shipped.pcve("coverage", "--gaps", "--all-topics").stdout
    claimed = [row for row in gap_rows(shipped) if row["state"] == "nothing found"]
    numbers = re.search(r"(\d+) were searched and nothing was found, (\d+) were not searched", text)
    assert numbers
    assert len(claimed) == int(numbers[1])
    assert searched or "No gap can be claimed: no search on record covers" in text
    assert bool(claimed) == bool(re.search(r"^   gap: ", text, re.M))
    assert int(numbers[2]) > 100


@pytest.mark.long
def test_gaps_start_from_the_broadest_topics(shipped: World) -> None:
    pairs = re.compile(r"Of (\d+) pairs of an economy and a topic \(6 economies, (\d+) topics\)")
    texts = [
        shipped.pcve("coverage", "--gaps", *options).stdout
        for options in ((), ("--topic", "pcve"), ("--all-topics",))
    ]
    numbers = [int(match[2]) for text in texts if (match := pairs.search(text))]
    assert len(numbers) == 3
    assert numbers[0] <= 13 < numbers[1] < numbers[2]
    assert numbers[2] >= 54


def cell_states(world: World, *arguments: str) -> dict[tuple[str, str], str]:
    """The cells of an economy by the ids of economy and column, in their state; no unsearched ones."""
    text = world.pcve("coverage", "--format", "csv", *arguments).stdout
    return {
        (row["economyId"], row["topicId"]): row["state"]
        for row in csv.DictReader(io.StringIO(text))
        if row["state"] != "not searched"
        and row["economyId"] in ("landia", "marshia", "lake-coast")
    }


def test_a_search_without_hits_makes_a_gap_where_it_looked_and_nowhere_else(
    northtown: World,
) -> None:
    searched = {(row["economy"], row["topic"]) for row in gap_rows(northtown) if row["searches"]}
    gaps = {
        (row["economy"], row["topic"])
        for row in gap_rows(northtown)
        if row["state"] == "nothing found"
    }
    assert gaps == {
        ("Marshia", "radicalisation in prisons"),
        ("Landia", "border security"),
        ("Marshia", "border security"),
    }
    # A search of the region for first-line work had hits: they lie in Landia, so Marshia stays open.
    assert searched - gaps == {("Marshia", "first-line practitioners")}


def test_a_search_for_events_makes_no_gap_of_projects(northtown: World) -> None:
    topic = ("--topic", "education")
    assert cell_states(northtown, *topic) == {("marshia", "education"): "recorded"}
    events = cell_states(northtown, *topic, "--count", "events")
    assert events == {("landia", "education"): "nothing found"}
    assert ("landia", "education") not in cell_states(northtown, *topic, "--count", "actors")


@pytest.mark.parametrize(
    ("period", "state"),
    [
        (("--since", "2015", "--until", "2016"), "nothing found"),
        (("--as-of", "2016-12-31"), "nothing found"),
        (("--since", "2014-12-31", "--until", "2016"), None),
        (("--since", "2015", "--until", "2017-01-01"), None),
        (("--since", "2016"), None),
        ((), None),
    ],
)
def test_a_search_of_a_period_says_nothing_on_other_days(
    northtown: World, period: tuple[str, ...], state: str | None
) -> None:
    states = cell_states(northtown, "--topic", "youth", *period)
    assert states.get(("landia", "youth")) == state


def test_a_search_says_nothing_on_what_came_after_its_day(northtown: World) -> None:
    border = ("--topic", "border-security")
    cell = ("landia", "border-security")
    assert cell_states(northtown, *border, "--until", "2026-11-20")[cell] == "nothing found"
    assert cell not in cell_states(northtown, *border, "--until", "2026-11-21")
    gaps = [gap_rows(northtown, *border, "--as-of", day) for day in ("2026-11-20", "2026-11-21")]
    states = [{row["economy"]: row["state"] for row in rows} for rows in gaps]
    searched, unsearched = ("Landia", "Marshia"), ("Islia",)
    assert states == [
        dict.fromkeys(searched, "nothing found") | dict.fromkeys(unsearched, "not searched"),
        dict.fromkeys(searched + unsearched, "not searched"),
    ]


def test_a_search_for_all_time_covers_each_year(northtown: World) -> None:
    arguments = ("coverage", "--by", "year", "--topic", "prisons", "--format", "json")
    rows = json.loads(northtown.pcve(*arguments).stdout)["rows"]
    states = {(row["economyId"], row["yearId"]): row["state"] for row in rows}
    for year in ("2015", "2016", "2017", "all"):
        assert states["landia", year] == "recorded"
        assert states["marshia", year] == "nothing found"
        assert states["lake-coast", year] == "not searched"


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_each_format_keeps_the_three_states_apart(northtown: World, form: str) -> None:
    arguments = ("coverage", "--topic", "prisons", "--format", form)
    text = northtown.pcve(*arguments).stdout
    lines = [line for line in text.splitlines() if "Landia" in line or "Marshia" in line]
    if form in ("text", "markdown"):
        assert re.search(r"Landia[ |]+1\b", lines[0])
        assert re.search(r"Marshia[ |]+0\b", lines[1])
        assert re.search(r"Lake Coast \(as a whole\)[ |]+·", text)
        assert "·  not searched: no record here, which is not proof of no activity." in text
        assert "0  searched, and nothing found." in text
        return
    rows = json.loads(text)["rows"] if form == "json" else list(csv.DictReader(io.StringIO(text)))
    states = {row["economyId"]: (row["state"], row["searches"]) for row in rows}
    assert states["landia"] == ("recorded", "")
    assert states["marshia"] == ("nothing found", "register-prison-marshia")
    assert states["lake-coast"] == ("not searched", "")


@pytest.mark.full
def test_a_workbook_and_a_picture_keep_the_three_states_apart(
    northtown: World, tmp_path: Path
) -> None:
    import openpyxl

    path = tmp_path / "coverage.xlsx"
    arguments = ("coverage", "--topic", "prisons")
    assert northtown.pcve(*arguments, "--format", "xlsx", "-o", str(path)).exit_code == 0
    cells = {row[0]: row[1] for row in openpyxl.load_workbook(path).active.values if row[0]}
    shown = [cells[name] for name in ("Landia", "Marshia", "Lake Coast (as a whole)")]
    assert shown == [1, 0, "·"]
    picture = tmp_path / "coverage.svg"
    assert northtown.pcve(*arguments, "--picture", str(picture)).exit_code == 0
    words = re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text("utf-8"))
    assert {"1", "0", "·"} <= set(words)
    assert any("searched, and nothing found" in word for word in words)


def test_a_cell_names_its_searches(northtown: World) -> None:
    text = northtown.pcve("coverage", "--cell", "marshia/prisons").stdout
    assert "Searched, and no project found:\n  https://register.example/projects, “prison”" in text
    assert "20 Nov 2026: no hits  [register-prison-marshia]" in text
    text = northtown.pcve("coverage", "--cell", "marshia/first-line-practitioners").stdout
    assert "No project on record, which is not proof of no activity: searches for more" in text
    assert "3 hits  [register-mentor]" in text


@pytest.mark.long
def test_a_search_that_has_a_hit_makes_no_gap(world: World) -> None:
    path = world.root / "data/records/search/register-prison-marshia.yml"
    text = path.read_text("utf-8")
    cell = ("coverage", "--cell", "marshia/prisons")
    for before, after, words in (
        ("hits: 0", "hits: 1", "1 hit  [register-prison-marshia]"),
        ("about: prisons", "about: education", "Not searched. No project"),
        ("location: marshia", "location: landia", "Not searched. No project"),
        ("searchedFor: projects", "searchedFor: events", "Not searched. No project"),
        ("    about: prisons\n", "", "Searched, and no project found"),
        ("location: marshia", "location: lake-coast", "Searched, and no project found"),
        ("about: prisons", "about: pcve", "Searched, and no project found"),
    ):
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        result = world.pcve("build")
        assert result.exit_code == 0, result.output
        assert words in world.pcve(*cell).stdout


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
    of = r"Of \d+ pairs of an economy and a topic \(6 economies, \d+ topics\), \d+ have events on"
    assert re.match(of, lines[2])
    assert re.match(r"No gap can be claimed|Most gaps: .+ \(\d+ topics?\)", lines[3])
    assert re.match(r"Of \d+ events \d+ states? no place and may close any of these\.", lines[4])
    assert any(re.match(r"   not searched: .*\(but \d+ projects?\)", line) for line in lines)
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


@pytest.mark.long
@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[pytest.mark.full] * (form == "xlsx")) for form in FORMATS]
)
def test_each_format_has_the_same_bytes_twice(shipped: World, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"table.{form}"
    contents = []
    for _ in range(2):
        assert shipped.pcve("coverage", "--format", form, "-o", str(path)).exit_code == 0
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    if form == "xlsx":
        import openpyxl

        rows = list(openpyxl.load_workbook(path).active.values)
        assert rows[0][0] == "Projects by economy and topic"
        assert rows[3][:2] == ("Albania", "·")
    else:
        assert "Kosovo*" in contents[0].decode()


def test_csv_has_a_row_for_each_cell_empty_ones_too(shipped: World) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.pcve("coverage", "--format", "csv").stdout)))
    cells = {(row["economyId"], row["topicId"]): row for row in rows}
    assert len(rows) == len(cells)
    assert "0" in {row["projects"] for row in rows}
    assert cells["serbia", "counter-terrorism"]["things"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "topics"], "did you mean topic?"),
        (["--count", "budget"], "--count must be one of projects, events, actors, money"),
        (["--cell", "albnia/prisons"], "albania  Albania (country)"),
        (["--cell", "albania/prisns"], "topic/prisons"),
        (["--cell", "albania"], "--cell requires a row and a column"),
        (["--cell", "sarajevo/prisons"], "'sarajevo' is not in this matrix, which has albania"),
        (
            ["--cell", "albania/1850", "--by", "year"],
            "'1850' is not in this matrix, which has 20",
        ),
        (["--cell", "albania/prisons", "--gaps"], "cannot be combined with --gaps"),
        (["--gaps", "--count", "money"], "require --count projects, events or actors"),
        (["-o", "/nowhere/x"], "cannot be written"),
    ],
)
def test_a_wrong_question_gets_one_plain_message(
    shipped: World, arguments: list[str], message: str
) -> None:
    result = shipped.pcve("coverage", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("pcve: ")
