"""The twenty questions that the graph is for, the saved queries that answer them, and what they find.

They are those that coordinators, donors and researchers of this field put: who does what, where,
when and with whose money; where it overlaps, where nobody is; what came of it.
"""

from __future__ import annotations

import csv

import pytest
from engines import QUERIES
from golden import GOLDEN

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


def found(name: str, run: str = "") -> list[dict[str, str]]:
    """The rows of a golden answer on the shipped graph, IRIs cut down to their last segment."""
    with (GOLDEN / "shipped" / f"{name}{run}.csv").open() as file:
        return [
            {key: value.rsplit("/", 1)[-1] if ":" in value else value for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def test_there_are_twenty() -> None:
    assert len(ASKED) == 20
    assert {name for _, names in ASKED for name in names} <= QUERIES.keys()


@pytest.mark.parametrize(("question", "names"), ASKED, ids=[names[0] for _, names in ASKED])
def test_each_is_answered(question: str, names: tuple[str, ...]) -> None:
    assert question.endswith("?")
    for name in names:
        assert found(name), f"{name} has no row"
