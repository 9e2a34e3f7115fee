"""An answer says "yes", or names a year, only where the dates of the sources make it certain."""

from __future__ import annotations

import csv
import io

import pytest
from conftest import World

CONFERENCE = "data/records/event/northtown-conference-2016.yml"
WIDE_SHORE = "data/records/project/wide-shore.yml"
DATES = "    startDate: 2016\n    endDate: 2016\n"


def out(world: World, *arguments: str) -> str:
    result = world.pcve(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def answer(world: World, name: str, *settings: str) -> list[dict[str, str]]:
    options = [word for setting in settings for word in ("--set", setting)]
    text = out(world, "query", name, *options, "--format", "csv")
    return list(csv.DictReader(io.StringIO(text)))


def dated(world: World, start: str, end: str = "") -> None:
    """Gives the project Wide Shore these dates, and builds."""
    text = f"    startDate: {start}\n" + (f"    endDate: {end}\n" if end else "")
    world.replace(WIDE_SHORE, DATES, text)
    out(world, "build")


@pytest.mark.parametrize(
    ("start", "within"),
    [
        ("2016", "yes"), ("2016-XX", "yes"), ("2016-05/2016-09", "yes"), ("2015/2017", "not known"),
        ("2016?", "not known"), ("2016%", "not known"), ("2016~", "not known"),
        ("2016-05?", "not known"),
    ],
)  # fmt: skip
def test_an_event_of_an_uncertain_date_is_not_known_to_be_within(
    world: World, start: str, within: str
) -> None:
    world.replace(CONFERENCE, "startDate: 2016", f"startDate: {start}")
    out(world, "build")
    for first, last in (("2016-01-01", "2016-12-31"), ("2014-01-01", "2018-12-31")):
        lines = answer(world, "events-in-period", f"from={first}", f"until={last}")
        states = {
            line["within"] for line in lines if line["event"].endswith("northtown-conference-2016")
        }
        wide = first == "2014-01-01" and start == "2015/2017"
        assert states == {"yes" if wide else within}


@pytest.mark.parametrize(
    ("start", "year"),
    [
        ("2016-05", "2016"), ("2016-XX", "2016"), ("2016-05/2016-09", "2016"),
        ("2016/2017", "0"), ("201X", "0"), ("2016?", "0"), ("2016~", "0"), ("../2016", "0"),
        ("2016/..", "0"),
    ],
)  # fmt: skip
def test_a_work_begins_in_a_year_that_is_certain(world: World, start: str, year: str) -> None:
    world.replace(WIDE_SHORE, DATES, f"    startDate: {start}\n    preventionLevel: tertiary\n")
    world.replace(WIDE_SHORE, "first-line-practitioners", "border-security")
    out(world, "build")
    lines = answer(world, "topics-by-year", "topic=border-security")
    assert {line["year"] for line in lines if line["projects"] != "0"} == {year}
    levels = answer(world, "prevention-levels-by-year", "level=tertiary")
    assert year in {line["year"] for line in levels}


@pytest.mark.parametrize(
    ("start", "end", "intime"),
    [
        ("2016", "2016", "yes"), ("2014", "2018", "yes"), ("2016-05", "", "yes"),
        ("2014", "", "not known"), ("2016-05~", "", "not known"), ("2015", "2016~", "not known"),
        ("../2016-04", "2016-06", "yes"), ("2015/..", "2016-06", "yes"), ("2015/2016", "", "not known"),
    ],
)  # fmt: skip
def test_a_project_is_in_time_where_its_dates_decide(
    world: World, start: str, end: str, intime: str
) -> None:
    dated(world, start, end)
    settings = ("country=marshia", "topic=first-line-practitioners")
    days = ("from=2016-01-01", "until=2016-12-31")
    lines = answer(world, "projects-on-topic-in-country", *settings, *days)
    states = {line["intime"] for line in lines if line["project"].endswith("/wide-shore")}
    assert states == {intime}


@pytest.mark.parametrize(
    ("until", "sure"), [("2016-06", "yes"), ("2016", "not known"), ("2016-09~", "not known")]
)
def test_a_host_of_an_uncertain_period_is_not_certain(world: World, until: str, sure: str) -> None:
    world.replace(
        "data/records/initiative/mentors-network.yml", "endDate: 2016-06}", f"endDate: {until}}}"
    )
    out(world, "build")
    lines = answer(world, "host-changes", "hosted=mentors-network")
    states = {
        line["certain"]
        for line in lines
        if line["event"].endswith("2016-04") and line["host"].endswith("northtown-council")
    }
    assert states == {sure}


@pytest.mark.parametrize(("end", "listed"), [("2017", False), ("2017~", True), ("2016/2018", True)])
def test_a_group_is_served_in_a_year_that_is_certain(world: World, end: str, listed: bool) -> None:
    world.replace(
        WIDE_SHORE, DATES, f"    startDate: 2016\n    endDate: {end}\n    audience: women\n"
    )
    out(world, "build")
    lines = answer(world, "unserved-groups", "country=marshia", "year=2017")
    assert any(line["group"].endswith("/women") for line in lines) is listed
