"""Places that contain each other share ground, and a row counts the facts that link its things."""

from __future__ import annotations

import re

import pytest
from conftest import World, make_world
from test_export_faults import built, put
from test_standing import lines


@pytest.fixture(scope="module")
def nested_places(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with projects in a region, an economy in it, a town in that, and an economy not."""
    world = make_world(tmp_path_factory.mktemp("nested_places") / "northtown")
    places = {"reeds": "lake-coast", "sails": "landia", "lamps": "northtown", "nets": "islia"}
    for name, place in places.items():
        put(
            world,
            "Project",
            name,
            prefLabel={"en": name.title()},
            kind="implementation-project",
            location=place,
            about="cyber",
            startDate="2031-02-05",
            endDate="2032-02-05",
        )
    for name, link in (("plain-day", ""), ("guessed-day", "inferred")):
        put(
            world,
            "Event",
            name,
            prefLabel={"en": name.replace("-", " ")},
            kind="meeting",
            startDate="2015-02-05",
            status="held",
        )
        path = f"data/records/event/{name}.yml"
        text = (world.root / path).read_text("utf-8")
        reason = f"    certainty: {link}\n    note: invented for a test\n" if link else ""
        world.write(path, f"{text}  - source: atlas\n    considers: mentors-network\n{reason}")
    return built(world)


def pairs(world: World, *settings: str) -> dict[frozenset[str], str]:
    """The places in common of each pair, by the ids of its projects."""
    options = [word for setting in ("topic=cyber", *settings) for word in ("--set", setting)]
    rows = lines(world, "query", "overlapping-projects", *options)
    return {
        frozenset(re.sub(".*/", "", row[key]) for key in ("project", "other")): re.sub(
            ".*/", "", row["location"]
        )
        for row in rows
    }


@pytest.mark.long
def test_places_that_contain_each_other_share_ground(nested_places: World) -> None:
    expected = {
        frozenset({"reeds", "sails"}): "landia",
        frozenset({"reeds", "lamps"}): "northtown",
        frozenset({"sails", "lamps"}): "northtown",
    }
    assert pairs(nested_places) == expected
    for place in ("lake-coast", "landia"):
        assert pairs(nested_places, f"place={place}") == expected
    assert pairs(nested_places, "place=islia") == {}
    names = {"reeds", "sails", "lamps", "nets"}
    overlaps = lines(nested_places, "overlaps", "--kind", "project", "--since", "2031")
    computed = {frozenset({row["one"], row["other"]}) for row in overlaps}
    assert {pair for pair in computed if pair <= names} == expected.keys()


@pytest.mark.long
def test_a_search_for_a_region_is_one_for_its_economies(nested_places: World) -> None:
    def named(place: str) -> set[str]:
        rows = lines(nested_places, "query", "searches", "--set", f"place={place}")
        return {re.sub(".*/", "", row["search"]) for row in rows}

    assert named("landia") <= named("lake-coast")
    assert named("landia")


@pytest.mark.long
def test_a_link_that_the_curator_concludes_marks_the_row_of_a_host(nested_places: World) -> None:
    rows = lines(nested_places, "query", "host-changes", "--set", "hosted=mentors-network")
    standing = {re.sub(".*/", "", row["event"]): row["standing"] for row in rows}
    assert (standing["plain-day"], standing["guessed-day"]) == ("", "inferred")
