"""`show --as-of`: the name, the facts and the incoming links of a thing on a day."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from conftest import World

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.periods import period_of_dates, period_of_days, share_a_day
from pcve_graph.query.show import show
from pcve_graph.query.thing_view import ThingView


def view(world: World, identifier: str, day: str = "") -> ThingView:
    as_of = date.fromisoformat(day) if day else None
    return show(world.saved().store, read_ontology(world.project), identifier, as_of)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2019-02-20", "which name it had on 20 Feb 2019 is not known"),
        ("2018-05-01", "is not known: FYROM, Macedonia, former Yugoslav Republic of Macedonia"),
    ],
)
def test_a_name_is_uncertain_where_two_may_hold(shipped: World, day: str, words: str) -> None:
    assert words in view(shipped, "north-macedonia", day).label
    assert view(shipped, "north-macedonia", "2019-03-01").label == "North Macedonia"


def test_a_name_that_ended_is_no_fact_of_a_later_day(shipped: World) -> None:
    def names(day: str) -> dict[str, str]:
        facts = view(shipped, "north-macedonia", day).facts
        return {fact.value: fact.holds for fact in facts if fact.key in ("prefLabel", "altLabel")}

    before, after = names("2018-05-01"), names("2020-05-01")
    assert "FYROM" in before
    assert "FYROM" not in after
    assert "North Macedonia" not in before
    assert after["Republic of North Macedonia"] == "undated"


def test_a_fact_without_dates_is_marked(northtown: World) -> None:
    shown = northtown.pcve("show", "dune-circle", "--as-of", "2017-01-01").stdout
    assert "(undated" in shown
    facts = view(northtown, "dune-circle", "2017-01-01").facts
    assert {fact.holds for fact in facts} <= {"", "yes", "not known", "undated"}
    assert all(not fact.holds for fact in facts if fact.key in ("startDate", "endDate"))
    assert all(not inner.holds for fact in facts for inner in fact.inner)
    assert not any(fact.holds for fact in view(northtown, "dune-circle").facts)


@pytest.mark.long
@pytest.mark.parametrize("day", ["2016-06-01", "2018-05-22", "2023-12-31"])
def test_incoming_links_are_those_of_what_goes_on_that_day(shipped: World, day: str) -> None:
    timeline = shipped.pcve("timeline", "--format", "csv").stdout
    works = {line["id"]: line for line in csv.DictReader(io.StringIO(timeline))}
    asked = period_of_days(date.fromisoformat(day), date.fromisoformat(day))
    answers = set()
    for identifier in ("kosovo", "western-balkans", "rcc"):
        incoming = {fact.id: fact for fact in view(shipped, identifier, day).named_by}
        for fact in view(shipped, identifier).named_by:
            if line := works.get(fact.id):
                end = line["to"] or (line["from"] if line["kind"] == "event" else "")
                answer = share_a_day(period_of_dates(line["from"] or None, end or None), asked)
                assert (fact.start, fact.end) == (line["from"], line["to"])
                assert (fact.id in incoming) is (answer != "no"), line
        answers |= {fact.holds for fact in incoming.values()}
    assert {"yes", "not known"} <= answers


@pytest.mark.parametrize(
    ("day", "words"),
    [("2010-05-01", "outside its dates"), ("2019-05-01", "leave open whether within them")],
)
def test_the_dates_of_the_thing_itself_are_compared(shipped: World, day: str, words: str) -> None:
    lines = shipped.pcve("show", "iisg", "--as-of", day).stdout.splitlines()
    assert words in lines[2]


@pytest.mark.parametrize(
    ("identifier", "day", "words"),
    [
        ("rcc-nfp-3", "2017-03-22", "within its dates; not sure, as facts are announced"),
        ("cscwb-2017", "2019-01-01", "within its dates; not sure, as facts are inferred"),
        ("cscwb-2017", "2023-01-01", "outside its dates (inferred)"),
    ],
)
def test_the_line_of_the_day_says_how_its_facts_stand(
    shipped: World, identifier: str, day: str, words: str
) -> None:
    lines = shipped.pcve("show", identifier, "--as-of", day).stdout.splitlines()
    assert lines[2].endswith(f": {words}")
    assert view(shipped, identifier, day).holds == ("no" if "outside" in words else "not known")


def test_a_link_from_what_is_only_announced_is_not_sure(northtown: World) -> None:
    day = "2016-06-03"
    incoming = view(northtown, "southport", day).named_by
    (fact,) = [fact for fact in incoming if fact.id == "southport-roundtable-2016"]
    assert (fact.holds, fact.standing) == ("not known", "announced")
    text = northtown.pcve("show", "southport", "--all", "--as-of", day).stdout
    assert "(southport-roundtable-2016), 3 Jun 2016 (not known) (announced)" in text
