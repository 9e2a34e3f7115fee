"""Exports for aid: IATI activities against the published schema, and the HXL table by its library.

PCVE_IATI_SCHEMAS names a folder with iati-activities-schema.xsd 2.03 and what it includes.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import World, require
from test_export_faults import built, exported, put
from test_exports import PUBLISHER

STATED: dict[str, Any] = {
    "prefLabel": {"en": "Whole", "sq": "E tërë"},
    "purpose": {"en": "Fewer quarrels", "mk-Cyrl": "Помалку кавги"},
    "funder": "lake-fund",
    "implementer": ["reed-trust", "hill-foundation"],
    "location": "northtown",
    "about": "youth",
    "identifier": "INV 1",
    "startDate": "2019-02-05",
    "endDate": "2020-06",
    "ending": "as-planned",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def publisher(world: World) -> World:
    """Northtown, as an organisation that reports to IATI."""
    world.write("pcve.toml", PUBLISHER)
    return world


def activities(content: bytes) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(content)
    assert (root.tag, root.attrib) == ("iati-activities", {"version": "2.03"})
    return {node.findtext("iati-identifier") or "": node for node in root}


def test_an_activity_has_what_is_stated_and_no_more(publisher: World) -> None:
    put(publisher, "Project", "whole", **STATED)
    activity = activities(exported(built(publisher), "iati"))["XI-IATI-NORTHTOWN-whole"]
    assert activity.findall("reporting-org")[0].attrib == {
        "ref": "XI-IATI-NORTHTOWN",
        "type": "10",
        "secondary-reporter": "1",
    }
    texts = {
        (node.get(LANGUAGE), node.text)
        for node in activity.findall("description[@type='2']/narrative")
    }
    assert texts == {(None, "Fewer quarrels"), ("mk-Cyrl", "Помалку кавги")}
    actors = [
        (node.get("role"), node.findtext("narrative"))
        for node in activity.findall("participating-org")
    ]
    assert sorted(actors) == [("1", "Lake Fund"), ("4", "Hill Foundation"), ("4", "Reed Trust")]
    dates = [node.attrib for node in activity.findall("activity-date")]
    assert dates == [{"iso-date": "2019-02-05", "type": "2"}], "a month is no day"
    assert activity.find("activity-status[@code='4']") is not None
    assert activity.find("other-identifier[@ref='INV 1']") is not None
    assert activity.findtext("tag[@code='youth']/narrative") is not None
    assert activity.find("budget") is None


def test_the_country_is_the_code_of_two_letters_that_its_record_has(publisher: World) -> None:
    put(publisher, "Project", "whole", **STATED)
    publisher.replace(
        "data/records/place/landia.yml",
        "    kind: country\n",
        "    kind: country\n    userAssignedCode: [XL, XLD]\n    certainty: assigned\n",
    )
    for about in ((), ("--topic", "youth")):
        activity = activities(exported(built(publisher), "iati", *about))["XI-IATI-NORTHTOWN-whole"]
        assert [node.attrib for node in activity.findall("recipient-country")] == [{"code": "XL"}]


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("ending", "a status (how it ended)"),
        ("startDate", "a date to the day"),
        ("purpose", "a description (purpose, theme or target group)"),
    ],
)
def test_a_project_that_lacks_what_iati_requires_is_named_with_the_reason(
    publisher: World, key: str, reason: str
) -> None:
    facts = {name: value for name, value in STATED.items() if name != key}
    put(publisher, "Project", "partial", **facts)
    built(publisher)
    path = publisher.root / "out.xml"
    result = publisher.pcve("export", "iati", "-o", str(path))
    assert result.exit_code == 0
    assert f"left out: partial: not recorded: {reason}\n" in result.stderr
    assert list(activities(path.read_bytes())) == ["XI-IATI-NORTHTOWN-safe-harbours"]


def test_what_is_inferred_is_no_activity(publisher: World) -> None:
    put(publisher, "Project", "guess", **STATED)
    name = "data/records/project/guess.yml"
    text = (publisher.root / name).read_text("utf-8")
    publisher.write(name, f"{text}    certainty: inferred\n    note: invented for a test\n")
    result = built(publisher).pcve("export", "iati")
    assert "left out: guess: not recorded: a status" in result.stderr
    assert "Whole" not in result.stdout


def test_no_project_is_complete(publisher: World, tmp_path: Path) -> None:
    publisher.replace("data/records/project/safe-harbours.yml", "    ending: as-planned\n", "")
    publisher.replace(
        "data/records/project/safe-harbours.yml", "    quote: It ended as planned\n", ""
    )
    text = (publisher.root / "data/records/project/safe-harbours.yml").read_text("utf-8")
    publisher.write(
        "data/records/project/safe-harbours.yml",
        text.replace("  - source: isles-report\n  - source", "  - source"),
    )
    result = built(publisher).pcve("export", "iati", "-o", str(tmp_path / "out.xml"))
    assert result.exit_code == 1
    assert "none of 9 projects has all that IATI requires" in result.stderr
    assert not (tmp_path / "out.xml").exists()


@pytest.mark.full
def test_the_schema_of_iati_takes_the_activities(publisher: World) -> None:
    require("lxml")
    from lxml import etree

    folder = os.environ.get("PCVE_IATI_SCHEMAS")
    if not folder:
        pytest.skip("PCVE_IATI_SCHEMAS names no folder with the schemas of IATI 2.03")
    schema = etree.XMLSchema(etree.parse(Path(folder) / "iati-activities-schema.xsd"))
    put(publisher, "Project", "whole", **STATED)
    content = exported(built(publisher), "iati")
    schema.assertValid(etree.fromstring(content))
    broken = content.replace(b' code="4"', b"")
    assert broken != content
    assert not schema.validate(etree.fromstring(broken))


def rows(content: bytes) -> list[dict[str, str]]:
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    _, tags, *others = lines
    assert all(tag.startswith("#") for tag in tags)
    return [dict(zip(tags, row, strict=True)) for row in others]


def test_who_does_what_where_has_a_row_for_each_role_and_place(northtown: World) -> None:
    table = rows(exported(northtown, "hxl"))
    calm = [row for row in table if row["#activity+code"] == "calm-waters"]
    assert {(row["#org+code"], row["#org+role"]) for row in calm} == {
        ("lake-fund", "funder"),
        ("river-institute", "partner"),
        ("hill-foundation", "implementer"),
    }
    assert len(calm) == 3
    assert {(row["#country+name"], row["#loc+name"]) for row in calm} == {("Landia", "Northtown")}
    assert {row["#date+start"] for row in calm} == {"2015-05"}, "as stated"
    assert all("https://lake.example/review" in row["#meta+source+url+list"] for row in calm)
    (low,) = [row for row in table if row["#activity+code"] == "low-tide"]
    assert (low["#org+name"], low["#loc+name"]) == ("", "Hilltown")
    works = {row["#activity+code"] for row in table}
    assert len(works) == 9 + 2


def test_a_row_says_how_its_facts_stand(world: World) -> None:
    world.infer("data/records/project/safe-harbours.yml")
    table = rows(exported(built(world), "hxl"))
    standings = {row["#activity+code"]: row["#meta+standing"] for row in table}
    assert standings["safe-harbours"] == "inferred"
    assert standings["calm-waters"] == ""


@pytest.mark.full
def test_libhxl_reads_the_table(northtown: World) -> None:
    require("hxl")
    import hxl

    content = exported(northtown, "hxl")
    with hxl.data(io.BytesIO(content), hxl.InputOptions(allow_local=True)) as source:
        tags = [column.display_tag for column in source.columns]
        count = sum(1 for _ in source)
    assert len(tags) == len(rows(content)[0])
    assert count == len(rows(content))
    with hxl.data(io.BytesIO(content), hxl.InputOptions(allow_local=True)) as source:
        assert source.with_rows("#org+code=lake-fund").columns[0].tag == "#org"


@pytest.mark.long
@pytest.mark.parametrize(("name", "options"), [("hxl", ()), ("geojson", ("--by-event",))])
def test_what_is_retired_is_no_row(world: World, name: str, options: tuple[str, ...]) -> None:
    replaced = {"isReplacedBy": "safe-harbours"}
    put(world, "Project", "old-work", prefLabel={"en": "Retired harbour work"}, **replaced)
    replaced = {"isReplacedBy": "northtown-fair-2017", "kind": "meeting"}
    put(world, "Event", "old-day", prefLabel={"en": "Retired day of sails"}, **replaced)
    assert b"Retired" not in exported(built(world), name, *options)
