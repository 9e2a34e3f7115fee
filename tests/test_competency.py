"""The twenty questions that the graph must answer, their saved queries, and the results.

They are those that coordinators, donors and researchers of this field put: who does what, where,
when and with whose money; where it overlaps, where there are gaps, and what came of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import World
from engines import QUERIES
from test_answers import shipped_rows

Ask = Callable[..., list[dict[str, str]]]

ASKED: list[tuple[str, tuple[str, ...]]] = [
    (
        "Which projects on a topic run, or ran, in a country, when, paid by whom?",
        ("projects-on-topic-in-country", "ongoing-projects"),
    ),
    ("Which topics have many projects in one country and none in another?", ("topic-gaps",)),
    ("Which projects overlap in topic, place and period?", ("overlapping-projects",)),
    (
        "What did an instrument pay for, and how much?",
        ("instrument-money", "paid-by", "money", "funders"),
    ),
    ("What succeeded a project?", ("lines-of-succession",)),
    ("Which editions of a series are there, and which are missing?", ("series-editions",)),
    ("What was decided at an event, and which document carries it?", ("decisions", "conclusions")),
    ("Who chaired, hosted, organised or only supported an event?", ("who-did-what",)),
    ("Who held a role on a day?", ("roles-on-a-day", "persons")),
    ("Which bodies work on a topic, and with which partners?", ("bodies-on-topic", "works-with")),
    ("Which events were back to back, or collide?", ("events-side-by-side",)),
    ("Which commitments does a project serve?", ("commitments-served",)),
    ("Which local actors took part, and under which project?", ("local-actors",)),
    ("What happened before and after a change of host?", ("host-changes", "hosts")),
    ("Which states and agencies are active in which pillar?", ("members-by-pillar",)),
    ("What came out of a project?", ("outputs",)),
    ("Which target groups has nobody served since a year?", ("unserved-groups",)),
    (
        "Which organisation is this, under which names, part of what?",
        ("identity", "all-known", "shared-names", "names-on-a-day"),
    ),
    ("Where do sources disagree?", ("disputed", "planned-and-held", "reports-of-events")),
    ("How did topics shift over time?", ("topics-by-year",)),
]


@pytest.fixture(scope="module")
def ask(shipped: World) -> Ask:
    """The rows of a question on the shipped graph, IRIs cut down to their last segment.

    What is asked is the examples of the parameters that are needed, and of those that are named.
    """

    def rows(name: str, *parameters: str) -> list[dict[str, str]]:
        query = QUERIES[name]
        wanted = {key for key, parameter in query.params.items() if parameter.required} | {
            *parameters
        }
        settings = {key: query.params[key].example for key in wanted}
        return [
            {key: value.rsplit("/", 1)[-1] if ":" in value else value for key, value in row.items()}
            for row in shipped_rows(shipped, name, settings)
        ]

    return rows


def test_there_are_twenty() -> None:
    assert len(ASKED) == 20
    assert {name for _, names in ASKED for name in names} <= QUERIES.keys()


@pytest.mark.long
@pytest.mark.parametrize(("question", "names"), ASKED, ids=[names[0] for _, names in ASKED])
def test_each_question_has_an_answer(ask: Ask, question: str, names: tuple[str, ...]) -> None:
    assert question.endswith("?")
    for name in names:
        assert ask(name), f"{name} has no row"


def test_a_change_of_host_parts_the_events_and_those_without_a_date_stay(ask: Ask) -> None:
    rows = ask("host-changes")
    before = {row["host"] for row in rows if "2017" <= row["start"] < "2020-04"}
    after = {row["host"] for row in rows if row["start"] >= "2020-05"}
    assert "dcaf-ljubljana" in before
    assert "rcc" in after
    assert "bih-coord-iom" in {row["event"] for row in rows if not row["start"]}


def test_a_country_has_the_name_of_the_day_and_its_note(ask: Ask) -> None:
    rows = ask("names-on-a-day")
    names = [row for row in rows if row["thing"] == "north-macedonia"]
    assert {row["name"] for row in names} >= {
        "FYROM",
        "Macedonia",
        "former Yugoslav Republic of Macedonia",
    }
    assert {(row["holds"], row["standing"], row["end"]) for row in names} == {
        ("not known", "inferred", "2019-02")
    }
    committee = {row["name"][-9:]: row["holds"] for row in rows if row["thing"] == "cdct"}
    assert committee == {"CODEXTER)": "not known", "sm (CDCT)": "not known"}
    (kosovo,) = [row for row in rows if row["thing"] == "kosovo"]
    assert kosovo["name"] == "Kosovo*"
    assert kosovo["note"].startswith("This designation is without prejudice")


def test_events_of_one_place_are_back_to_back_or_on_the_same_days(ask: Ask) -> None:
    pairs = {(row["event"], row["other"]): row["relation"] for row in ask("events-side-by-side")}
    assert pairs["rcc-nfp-7", "rnnc-3"] == "back to back"
    assert pairs["eu-wb-jha-2019", "iisg-board-4"] == "same days"


def test_a_gap_is_a_topic_without_a_project_in_the_country_alone(ask: Ask) -> None:
    gaps = {(row["topic"], row["country"]) for row in ask("topic-gaps")}
    assert len({country for _, country in gaps}) >= 2
    assert (
        not {("youth", country) for country in ("albania", "kosovo", "bosnia-herzegovina")} & gaps
    )


def test_an_overlap_is_certain_only_where_both_periods_are_dated(ask: Ask) -> None:
    pairs = {(row["project"], row["other"]): row["holds"] for row in ask("overlapping-projects")}
    assert pairs["communities-first", "iom-local-voices"] == "yes"
    assert ("coe-prisons-hf2", "coe-prisons-hf3") not in pairs
    assert "not known" in pairs.values()


def test_a_project_serves_the_plan_that_it_contributes_to(ask: Ask) -> None:
    assert {row["commitment"] for row in ask("commitments-served", "work")} >= {"jap-2018"}


def test_a_target_group_that_was_served_is_not_a_gap(ask: Ask) -> None:
    rows = ask("unserved-groups")
    assert all(row["served"][:4] < "2020" for row in rows)
    assert len({row["group"] for row in rows}) >= 2
    assert "law-enforcement" not in {row["group"] for row in rows}


def test_topics_shift_from_departures_to_the_right_wing(ask: Ask) -> None:
    years: dict[str, set[int]] = {}
    for row in ask("topics-by-year"):
        years.setdefault(row["topic"], set()).add(int(row["year"]))
    assert min(years["ftf"] - {0}) <= 2015
    assert max(years["right-wing-extremism"]) >= 2022
    assert 0 in years["pcve"]


def test_a_board_adopts_what_its_documents_say(ask: Ask) -> None:
    rows = {(row["what"], row["outcome"]) for row in ask("decisions", "event")}
    assert ("adopted", "iisg-needs-2021-2022") in rows
    assert len(rows) >= 3
