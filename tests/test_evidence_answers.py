"""What answers and pages say of evidence: its rank, disputes, certainty, and claims without a value.

The record is added to Northtown, whose own records have few of these cases.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from conftest import World, make_world

from pcve_graph.analysis.load import read_landscape
from pcve_graph.analysis.overlaps.find import OverlapPair
from pcve_graph.analysis.overlaps.supporting_facts import find_supporting_facts
from pcve_graph.graph.claims import Evidence
from pcve_graph.query.render import format_evidence

RECORD = """\
id: fog-fair
type: Event
claims:
  - evidence:
      - {source: atlas, locator: p. 12, dateRead: 2026-11-23, curator: reader-a}
      - {source: atlas, locator: p. 40}
      - {source: northtown-news, quote: which originates from the Harbour Process,
         certainty: assigned}
    prefLabel: {en: Fog Fair}
  - source: [atlas, fair-calendar]
    location: northtown
  - source: atlas
    kind: conference
  - source: atlas
    startDate: 2016-05-03
    contested: true
    note: the calendar has the fourth
  - source: fair-calendar
    startDate: 2016-05-04
    contested: true
    note: the atlas has the third
  - source: atlas
    organizer: hill-foundation
    rank: preferred
  - source: fair-calendar
    organizer: lake-fund
    contested: true
    note: the fund only paid
  - source: atlas
    host: river-institute
  - source: atlas
    conclusion: {en: Fog is patient}
    rank: deprecated
    note: withdrawn by its author
  - source: atlas
    about: prisons
    certainty: inferred
    note: it took place in one
  - source: atlas
    noValue: endDate
  - source: atlas
    notKnown: edition
"""


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown with the record, built; not to be changed."""
    world = make_world(tmp_path_factory.mktemp("fair") / "project")
    world.write("data/records/event/fog-fair.yml", RECORD)
    world.write("data/unassigned.yml", "fog-fair: 1\n")
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


def rows(world: World, *question: str) -> list[dict[str, str]]:
    """The rows of a saved question, each IRI as its last segment."""
    result = world.pcve("query", *question, "--format", "csv")
    assert result.exit_code == 0, result.output
    return [
        {
            name: text.rsplit("/", 1)[-1].rsplit("#", 1)[-1] if text.startswith("http") else text
            for name, text in row.items()
        }
        for row in csv.DictReader(io.StringIO(result.stdout))
    ]


@pytest.mark.long
def test_a_page_says_how_each_fact_is_supported(fair: World) -> None:
    page = fair.pcve("show", "fog-fair", "--all").stdout
    for lines in (
        """\
kind: conference
    cited [1]
edition: not known
    cited [1]
start: 3 May 2016
    cited [1] (contested: the calendar has the fourth)
start: 4 May 2016
    cited [2] (contested: the atlas has the third)
end: no value
    cited [1]
""",
        """
    cited, one or more of [1], [2]
organiser: Hill Foundation
    cited [1] (preferred)
organiser: Lake Fund
    cited [2] (contested: the fund only paid)
""",
        """
name: Fog Fair
    “which originates from the Harbour Process” [3, characters 518-559]
    https://northtown.example/news#:~:text=which%20originates%20from%20the%20Harbour%20Process
    cited [1, p. 12, read 23 Nov 2026 by reader-a]
    cited [1, p. 40]
""",
        "    cited [1] (inferred: it took place in one)\n",
        "    cited [1] (deprecated: withdrawn by its author)\n",
    ):
        assert lines in page


def test_a_source_named_together_with_others_may_be_the_only_one_left() -> None:
    piece = Evidence(("atlas", "Atlas"), "", 0, 0, "assigned", True, "normal", False)
    assert format_evidence([piece]) == ["cited together with other sources: Atlas [atlas]"]
    shown = format_evidence([piece], assigned=True)
    assert shown == ["cited together with other sources: Atlas [atlas] (assigned)"]
    others = [replace(piece, source=("b", "B")), replace(piece, source=("c", "C"), note="why")]
    assert format_evidence([piece, *others]) == [
        "cited, one or more of: Atlas [atlas]; B [b]",
        "cited together with other sources: C [c] (why)",
    ]


def test_what_is_disputed_has_both_sides_and_what_is_taken(fair: World) -> None:
    about_it = [row for row in rows(fair, "disputed") if row.pop("thing") == "fog-fair"]
    assert ["|".join(row.values()) for row in about_it] == [
        "organizer|lake-fund|contested|organizer|hill-foundation|yes|the fund only paid",
        "startDate|2016-05-03|contested|startDate|2016-05-04|no|the calendar has the fourth",
        "startDate|2016-05-04|contested|startDate|2016-05-03|no|the atlas has the third",
        "conclusion|Fog is patient|deprecated||||withdrawn by its author",
    ]


def test_the_evidence_has_a_row_for_each_source_and_place(fair: World) -> None:
    answer = rows(fair, "evidence", "--set", "thing=fog-fair")
    assert len({tuple(row.items()) for row in answer}) == len(answer) == 15
    by_property: dict[str, list[dict[str, str]]] = {}
    for row in answer:
        by_property.setdefault(row["property"], []).append(row)
    assert [row["locator"] for row in by_property["prefLabel"]] == ["p. 12", "p. 40", ""]
    assert {row["support"] for row in by_property["location"]} == {"unassigned"}
    assert {row["contested"] for row in by_property["startDate"]} == {"yes"}
    assert {row["rank"]: row["contested"] for row in by_property["organizer"]} == {
        "preferred": "no",
        "normal": "yes",
    }
    assert by_property["kind"][0]["certainty"] == "assigned"
    assert by_property["conclusion"][0]["rank"] == "deprecated"
    assert (by_property["endDate"][0]["value"], by_property["edition"][0]["value"]) == (
        "no-value",
        "not-known",
    )
    table = fair.pcve("query", "evidence", "--set", "thing=fog-fair").stdout
    assert re.search(r"^end +no value +Atlas of Landia", table, re.MULTILINE)
    assert "value-status" not in table


def test_what_is_no_fact_is_in_no_answer_about_facts(fair: World) -> None:
    answer = rows(fair, "all-known", "--set", "thing=fog-fair")
    assert {row["property"] for row in answer} == {
        *("prefLabel", "about", "location", "organizer", "host", "kind"),
    }
    assert "Fog is patient" not in {row["text"] for row in rows(fair, "conclusions")}
    (dated,) = (row for row in rows(fair, "events-by-date") if row["event"] == "fog-fair")
    assert (dated["start"], dated["end"]) == ("", "")


def test_sources_that_were_named_together_are_counted(fair: World) -> None:
    counts = {row["source"]: row for row in rows(fair, "sources")}
    assert (counts["atlas"]["unassigned"], counts["fair-calendar"]["unassigned"]) == ("1", "1")
    assert counts["northtown-news"]["unassigned"] == "0"


def test_a_row_stands_on_the_evidence_that_matched(fair: World) -> None:
    question = ("query", "evidence", "--set", "thing=fog-fair")
    answer = list(csv.DictReader(io.StringIO(fair.pcve(*question, "--format", "csv").stdout)))
    document = json.loads(fair.pcve(*question, "--why", "--format", "json").stdout)
    stated = {}
    for row, reasons in zip(answer, document, strict=True):
        (fact,) = reasons["facts"]
        (piece,) = fact["evidence"]
        assert row["source"].endswith(piece["source"]["id"])
        assert row["quote"] == piece.get("quote", "")
        assert row["locator"] == piece.get("locator", "")
        assert (row["contested"] == "yes") == piece["contested"]
        stated[row["property"].rsplit("/", 1)[-1].rsplit("#", 1)[-1], row["locator"]] = piece
    assert stated["prefLabel", "p. 12"] == {
        "source": {"id": "atlas", "title": "Atlas of Landia"},
        "certainty": "stated",
        "rank": "normal",
        "contested": False,
        "locator": "p. 12",
        "dateRead": "2026-11-23",
        "curator": "reader-a",
    }
    assert stated["location", ""]["support"] == "unassigned"


def test_an_overlap_rests_on_values_only(fair: World) -> None:
    store = fair.saved().store
    landscape = read_landscape(fair.project, store)
    works = {work.id: work for work in landscape.works}
    pair = OverlapPair(works["fog-fair"], works["fog-fair"], "overlapping", 0.5, {"time": 1.0})
    parts = {fact.part for fact in find_supporting_facts(landscape, store, pair)}
    assert "place" in parts
    assert "time" not in parts
