"""Postponed events are announced in every answer, and a number depends on what decides it."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from conftest import World, make_world, require
from test_export_faults import built, exported, put
from test_standing import lines

COMMON = {"kind": "meeting", "location": "northtown", "about": "border-security"}


@pytest.fixture(scope="module")
def announcing(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with a postponed, a planned and a cancelled event, and one of an inferred place."""
    world = make_world(tmp_path_factory.mktemp("announcing") / "northtown")
    for status in ("postponed", "planned", "cancelled"):
        put(
            world,
            "Event",
            f"{status}-day",
            prefLabel={"en": f"Day of reeds, {status}"},
            startDate="2031-02-05",
            status=status,
            **COMMON,
        )
    put(
        world,
        "Event",
        "placed-day",
        prefLabel={"en": "Day of lamps"},
        kind="meeting",
        status="held",
        startDate="2033-03-07",
    )
    for name, fact in (("placed-day", "location: northtown"), ("placed-day", "about: youth")):
        path = f"data/records/event/{name}.yml"
        text = (world.root / path).read_text("utf-8")
        reason = "certainty: inferred\n    note: invented for a test\n"
        world.write(path, f"{text}  - source: atlas\n    {fact}\n    {reason}")
    return built(world)


def states(rows: list[dict[str, str]], key: str) -> dict[str, tuple[str, str]]:
    """`holds` and `standing` of each event of `announcing`, by the id in the column `key`."""
    names = [row[key].rpartition("/")[2] for row in rows]
    return {
        name: (row["holds"], row["standing"])
        for name, row in zip(names, rows, strict=True)
        if name.endswith("-day")
    }


@pytest.mark.long
def test_planned_and_postponed_events_are_announced_alike(announcing: World) -> None:
    period = ("--since", "2031", "--until", "2031")
    expected = {
        "planned-day": ("not known", "announced"),
        "postponed-day": ("not known", "announced"),
    }
    assert states(lines(announcing, "timeline", *period), "id") == expected
    days = ("--set", "from=2031-01-01", "--set", "until=2031-12-31")
    assert states(lines(announcing, "query", "events-in-period", *days), "event") == expected
    text = announcing.pcve("timeline", *period).stdout
    assert "Announced only, with no source here that it was held: 2 events." in text


@pytest.mark.long
def test_planned_and_postponed_events_count_as_possible_and_overlap_as_announced(
    announcing: World,
) -> None:
    count = ("--count", "events", "--since", "2031", "--until", "2031")
    cells = lines(announcing, "coverage", *count)
    cell = next(
        c for c in cells if c["economyId"] == "landia" and c["events"] + c["notKnown"] > "00"
    )
    assert (cell["events"], cell["notKnown"], cell["standing"]) == ("0", "2", "announced")
    pairs = lines(announcing, "overlaps", "--kind", "event", "--since", "2031")
    pair = next(
        pair for pair in pairs if {pair["one"], pair["other"]} == {"planned-day", "postponed-day"}
    )
    assert (pair["holds"], pair["standing"]) == ("not known", "announced")
    assert "cancelled-day" not in str(pairs)


@pytest.mark.long
def test_exports_mark_postponed_events_as_announced(announcing: World) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(announcing, "csv"))) as file:
        text = file.read("event.csv").decode()
    standing = {row["id"]: row["standing"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert standing["postponed-day"] == standing["planned-day"] == "announced"
    require("icalendar")
    calendar = exported(announcing, "ics").decode().replace("\r\n ", "")
    entry = next(part for part in calendar.split("BEGIN:VEVENT") if "/postponed-day" in part)
    assert "Standing: announced" in entry
    assert "STATUS:TENTATIVE" in entry


@pytest.mark.long
def test_an_inferred_place_marks_its_row_and_leaves_the_number_of_the_year(
    announcing: World,
) -> None:
    period = ("--since", "2033", "--until", "2033", "--kind", "event")
    assert states(lines(announcing, "timeline", *period), "id") == {
        "placed-day": ("not known", "inferred")
    }
    text = announcing.pcve("timeline", *period).stdout
    assert re.search(r"^2033  \(1 thing going on, ", text, re.M), text
    assert "[placed-day] (inferred)" in text
    trend = lines(announcing, "timeline", *period, "--trend")
    by_topic = {row["topicId"]: (row["year"], row["sure"], row["notKnown"]) for row in trend}
    assert by_topic == {"all": ("2033", "1", "0"), "pcve": ("2033", "0", "1")}
    in_country = announcing.pcve("timeline", *period, "--country", "landia").stdout
    assert re.search(r"^2033  \(1 thing possibly going on, ", in_country, re.M), in_country
