"""Exports mark what is not stated plainly, and say what a period leaves open."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from conftest import World, make_world, require
from test_export_faults import built, exported, put

from pcve_graph.api import KnowledgeGraph

FACTS = {
    "prefLabel": {"en": "Day of sails"},
    "kind": "meeting",
    "startDate": "2019-02-05",
    "location": "northtown",
    "status": "held",
}


@pytest.fixture(scope="module")
def sails(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with two more events: one stated as held, one with all facts inferred."""
    world = make_world(tmp_path_factory.mktemp("sails") / "northtown")
    put(world, "Event", "plain-sails", **FACTS)
    guessed = {"prefLabel": {"en": "Night of lamps"}, "startDate": "2019-03-07"}
    put(world, "Event", "guessed-sails", **{**FACTS, **guessed})
    name = "data/records/event/guessed-sails.yml"
    text = (world.root / name).read_text("utf-8")
    world.write(name, f"{text}    certainty: inferred\n    note: invented for a test\n")
    named = {"prefLabel": {"en": "Evening of oars"}, "startDate": "2019-06-11"}
    put(world, "Event", "named-sails", **{**FACTS, **named})
    name = "data/records/event/named-sails.yml"
    text = (world.root / name).read_text("utf-8")
    source = text.partition("source: ")[2].partition("\n")[0]
    inferred = f"  - source: {source}\n    prefLabel: {{sq: Dita e velave}}\n"
    world.write(name, f"{text}{inferred}    certainty: inferred\n    note: invented for a test\n")
    return built(world)


def table(content: bytes, name: str) -> dict[str, dict[str, str]]:
    """The rows of a table of an archive by id."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        text = file.read(f"{name}.csv").decode()
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_a_calendar_confirms_only_what_is_stated(sails: World) -> None:
    require("icalendar")
    text = exported(sails, "ics").decode().replace("\r\n ", "")
    entries = {
        re.findall(r"UID:.*/(\S+)", entry)[0]: entry for entry in text.split("BEGIN:VEVENT")[1:]
    }
    assert "STATUS:CONFIRMED" in entries["plain-sails"]
    assert "Standing" not in entries["plain-sails"]
    assert "STATUS:TENTATIVE" in entries["guessed-sails"]
    assert r"Standing: inferred (name\; status\; start\; place\; kind)" in entries["guessed-sails"]
    assert "Standing: announced" in entries["southport-roundtable-2016"]


def test_search_engines_get_a_status_only_where_it_is_stated(sails: World) -> None:
    document = json.loads(exported(sails, "schemaorg"))
    events = {event["@id"].rpartition("/")[2]: event for event in document["@graph"]}
    assert events["plain-sails"]["eventStatus"] == "https://schema.org/EventScheduled"
    assert "description" not in events["plain-sails"]
    assert "inferred" in events["guessed-sails"]["description"]
    assert "eventStatus" not in events["guessed-sails"]
    assert "eventStatus" not in events["southport-roundtable-2016"], "announced only"


@pytest.mark.parametrize("options", [(), ("--by-event",)])
def test_a_map_says_how_each_event_stands(sails: World, options: tuple[str, ...]) -> None:
    properties = [
        feature["properties"]
        for feature in json.loads(exported(sails, "geojson", *options))["features"]
    ]
    events = properties if options else [event for p in properties for event in p["events"]]
    standings = {event["id"]: event.get("standing", "") for event in events}
    assert standings["plain-sails"] == ""
    assert standings["guessed-sails"] == "inferred"
    assert standings["southport-roundtable-2016"] == "announced"


def test_the_rows_of_a_table_say_how_they_stand(sails: World) -> None:
    rows = table(exported(sails, "csv"), "event")
    assert rows["plain-sails"]["standing"] == ""
    assert rows["guessed-sails"]["standing"] == "inferred"
    assert rows["guessed-sails"]["standing_of"] == "inferred (label; status; startDate)"
    assert rows["southport-roundtable-2016"]["standing"] == "announced"
    assert rows["named-sails"]["label"] == "Evening of oars"
    assert rows["named-sails"]["standing"] == "", "the name that is inferred is not in the table"
    assert "selected" not in rows["plain-sails"], "nothing was selected from the whole graph"


def test_the_edges_of_a_network_say_how_they_stand(sails: World) -> None:
    require("networkx")
    import networkx

    graph = networkx.parse_graphml(exported(sails, "graphml").decode(), force_multigraph=True)
    edges = {
        name: [edge.get("standing", "") for _, _, edge in graph.out_edges(name, data=True)]
        for name in ("plain-sails", "guessed-sails")
    }
    assert set(edges["plain-sails"]) == {""}
    assert set(edges["guessed-sails"]) == {"inferred"}


@pytest.fixture
def voyages(world: World) -> World:
    """Northtown with a project that has a start and no end, one that has ended, one undated."""
    put(world, "Project", "open-voyage", prefLabel={"en": "Open"}, startDate="2021-04")
    dates = {"startDate": "2021-04", "endDate": "2022-05"}
    put(world, "Project", "ended-voyage", prefLabel={"en": "Ended"}, **dates)
    put(world, "Project", "undated-voyage", prefLabel={"en": "Undated"})
    return built(world)


def test_what_a_period_leaves_open_is_counted(voyages: World) -> None:
    path = voyages.root / "out.zip"
    options = ("csv", "--only", "project", "--since", "2022", "-o", str(path))
    result = voyages.pcve("export", *options)
    assert result.exit_code == 0, result.output
    rows = table(path.read_bytes(), "project")
    assert rows["open-voyage"]["holds"] == "not known"
    assert rows["ended-voyage"]["holds"] == "yes"
    assert "undated-voyage" not in rows
    number = sum(row["holds"] == "not known" for row in rows.values())
    chosen = sum(row["selected"] == "yes" for row in rows.values())
    note = (
        rf"^{number} of {chosen}: whether in the period is not known; (\d+) without dates left out$"
    )
    assert re.search(note, result.stderr, re.M), result.stderr
    later = KnowledgeGraph.open(voyages.root).export("csv", only="project", since="2099")
    assert any("whether in the period is not known" in text for text in later.notes)
    assert "ended-voyage" not in table(later.content, "project")


def test_what_is_only_referred_to_is_not_selected(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    result = northtown.pcve("export", "csv", "--only", "project", "-o", str(path))
    assert result.exit_code == 0, result.output
    content = path.read_bytes()
    assert {row["selected"] for row in table(content, "project").values()} == {"yes"}
    assert {row["selected"] for row in table(content, "organization").values()} == {"no"}


@pytest.mark.parametrize("name", [pytest.param("ics", marks=pytest.mark.full), "schemaorg"])
def test_the_reason_is_that_no_event_matches(northtown: World, name: str) -> None:
    result = northtown.pcve("export", name, "--since", "2099")
    assert result.exit_code == 1
    assert "no event matches" in result.stderr
    assert "the days of no event" not in result.stderr


@pytest.mark.parametrize("name", [pytest.param("ics", marks=pytest.mark.full), "schemaorg"])
def test_what_is_left_out_is_counted(northtown: World, name: str) -> None:
    path = northtown.root / f"left-out.{name}"
    result = northtown.pcve("export", name, "-o", str(path))
    path.unlink()
    assert re.search(r"left out: \d+ of \d+ events: ", result.stderr)


def test_what_has_a_standing_is_not_surely_in_the_period(sails: World) -> None:
    graph = KnowledgeGraph.open(sails.root)
    result = graph.export("csv", only="event", since="2016", until="2019")
    rows = table(result.content, "event")
    assert rows["plain-sails"]["holds"] == rows["named-sails"]["holds"] == "yes"
    assert rows["guessed-sails"]["holds"] == "not known"
    assert rows["southport-roundtable-2016"]["holds"] == "not known", "announced only"
    assert not [i for i, row in rows.items() if row["standing"] and row["holds"] == "yes"]
    unknown = sum(row["holds"] == "not known" for row in rows.values())
    assert any(f"{unknown} of " in note for note in result.notes), result.notes
    listed = graph.export("schemaorg", since="2019-03", until="2019-06")
    assert any(note.startswith("1 of 2: whether in the period") for note in listed.notes)


def test_a_workbook_says_what_is_surely_in_the_period(sails: World) -> None:
    require("openpyxl")
    import openpyxl

    content = KnowledgeGraph.open(sails.root).export("xlsx", only="event", since="2016").content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["event"]
    names, *cells = sheet.iter_rows(values_only=True)
    rows = [dict(zip(names, row, strict=True)) for row in cells]
    assert {row["holds"] for row in rows if row["standing"]} == {"not known"}
    assert [row["holds"] for row in rows if row["id"] == "plain-sails"] == ["yes"]
