"""Answers say where they rest on facts that are inferred, contested or announced."""

from __future__ import annotations

import csv
import io
import re

import pytest
from conftest import World

ORDER = ["inferred", "contested", "draft", "announced"]


def lines(world: World, *arguments: str) -> list[dict[str, str]]:
    result = world.pcve(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def claims(world: World, pattern: str) -> set[str]:
    """The ids of the projects and events with a claim on a date or a place that fits `pattern`."""
    text = f"""
    PREFIX pcve: <https://w3id.org/pcve/ns#>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    PREFIX schema: <https://schema.org/>
    SELECT DISTINCT ?work WHERE {{
      ?claim rdf:subject ?work ; rdf:predicate ?property ; rdf:object ?value .
      ?work ?property ?any .
      FILTER (?property IN (schema:startDate, schema:endDate, schema:location))
      {pattern}
    }}"""
    path = world.root / "claims.rq"
    path.write_text(text, "utf-8")
    try:
        result = world.pcve("query", str(path), "--iris", "--format", "csv")
    finally:
        path.unlink()
    assert result.exit_code == 0, result.output
    return {line["work"].rpartition("/")[2] for line in csv.DictReader(io.StringIO(result.stdout))}


def test_the_timeline_says_how_dates_and_places_stand(shipped: World) -> None:
    states = {line["id"]: line["standing"].split(", ") for line in lines(shipped, "timeline")}
    inferred = claims(
        shipped,
        "?work ?property ?value . ?claim pcve:certainty <https://w3id.org/pcve/vocab/certainty/inferred> "
        "FILTER NOT EXISTS { ?plain rdf:subject ?work ; rdf:predicate ?property ; rdf:object ?value ; "
        "pcve:certainty ?other FILTER (?other != <https://w3id.org/pcve/vocab/certainty/inferred>) }",
    )
    contested = claims(shipped, "?claim pcve:conflictsWith ?against")
    assert {
        work for work, words in states.items() if "inferred" in words
    } == inferred & states.keys()
    assert {w for w, words in states.items() if "contested" in words} == contested & states.keys()
    assert len(inferred & states.keys()) > 20
    assert contested & states.keys()
    assert any("announced" in words for words in states.values())
    for words in states.values():
        assert [word for word in ORDER if word in words] == [word for word in words if word]


@pytest.mark.long
def test_the_text_of_the_timeline_has_the_same_words(shipped: World) -> None:
    text = shipped.pcve("timeline", "--topic", "prisons").stdout
    for line in lines(shipped, "timeline", "--topic", "prisons"):
        words = re.search(rf"\[{line['id']}\](?: \((.*)\))?$", text, re.M)
        assert words
        assert (words[1] or "") == line["standing"]


@pytest.mark.long
@pytest.mark.parametrize("count", ["projects", "events"])
def test_a_number_that_rests_on_other_facts_is_marked(shipped: World, count: str) -> None:
    cells = lines(shipped, "coverage", "--count", count)
    text = shipped.pcve("coverage", "--count", count).stdout
    table, notes = text.split("\n\n")[1:3]
    assert table.count("†") == sum(bool(cell["standing"]) for cell in cells)
    words = {word for cell in cells for word in cell["standing"].split(", ") if word}
    sign = next(line for line in notes.splitlines() if line.startswith("†"))
    assert sign.endswith(f": {', '.join(word for word in ORDER if word in words)}.")
    assert not any(cell["standing"] for cell in cells if not cell["things"])


def test_a_pair_says_how_its_facts_stand(shipped: World) -> None:
    pairs = lines(shipped, "overlaps", "--kind", "project")
    assert {pair["standing"] for pair in pairs} == {"", "inferred"}
    for pair in pairs:
        assert ("Rests on facts that are" in pair["reason"]) is bool(pair["standing"])


@pytest.mark.long
def test_a_thin_base_is_stated(shipped: World) -> None:
    base = re.compile(
        r"^(\d+) of (\d+) projects? states? a target group; the others may have any\.$", re.M
    )
    cells = lines(shipped, "coverage", "--by", "group")
    by_id = {cell["groupId"]: cell for cell in cells if cell["economyId"] == "all"}
    silent = int(by_id["unknown"]["projects"])
    whole = int(by_id["all"]["projects"])
    for arguments in (
        ("coverage", "--by", "group"),
        ("timeline", "--kind", "project", "--group", "judicial-services"),
    ):
        result = shipped.pcve(*arguments)
        assert result.exit_code == 0, result.output
        match = base.search(result.stdout)
        assert match, result.stdout
        assert (int(match[1]), int(match[2])) == (whole - silent, whole)
