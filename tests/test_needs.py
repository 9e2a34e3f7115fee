"""`coverage --needs`: needs on record and the projects that respond to them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from conftest import World


def compared(world: World, *arguments: str) -> dict[str, dict[str, Any]]:
    result = world.pcve("coverage", "--needs", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    return {row["needId"]: row for row in json.loads(result.stdout)["rows"]}


def states(world: World, *arguments: str) -> dict[str, str]:
    return {need: row["state"] for need, row in compared(world, *arguments).items()}


NEEDS = {
    "landia-prison-staff": "recorded",
    "landia-border-plan": "nothing found",
    "landia-prison-mentors": "not searched",
    "marshia-counsellors": "recorded",
    "marshia-first-line": "recorded",
}
"""The needs of Northtown in the order of economy, pillar, topic and period."""


def test_needs_are_compared_with_what_responds_in_their_period(northtown: World) -> None:
    rows = compared(northtown)
    assert {need: row["state"] for need, row in rows.items()} == NEEDS
    assert list(rows) == list(NEEDS)
    staff = rows["landia-prison-staff"]
    assert (staff["responses"], staff["notKnown"]) == (1, 0)
    assert "[calm-waters] (May 2015 to 30 Jun 2017)" in staff["projects"]
    assert (staff["start"], staff["end"], staff["priority"]) == ("2016", "2017", "high")
    # The project ended in 2017, so it does not respond to the need of 2018 and 2019.
    assert not rows["landia-prison-mentors"]["projects"]
    counsellors = rows["marshia-counsellors"]
    assert (counsellors["responses"], counsellors["notKnown"]) == (0, 3)
    assert rows["landia-border-plan"]["searches"] == "register-border"


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        (("--pillar", "prevent"), {"landia-prison-staff", "marshia-counsellors"}),
        (("--pillar", "respond"), {"landia-border-plan"}),
        (("--country", "marshia"), {"marshia-counsellors", "marshia-first-line"}),
        (("--country", "lake-coast"), {*NEEDS}),
        (("--topic", "prisons"), {"landia-prison-staff", "landia-prison-mentors"}),
        (("--topic", "rehabilitation-reintegration"), {"landia-prison-staff", "landia-prison-mentors"}),
        (("--as-of", "2018-06-01"), {"landia-prison-mentors"}),
        (("--since", "2018"), {"landia-prison-mentors"}),
        (("--until", "2017"), {*NEEDS} - {"landia-prison-mentors"}),
        (("--as-of", "2012-01-01"), set()),
    ],
)  # fmt: skip
def test_needs_are_selected_by_economy_pillar_topic_and_period(
    northtown: World, arguments: tuple[str, ...], needs: set[str]
) -> None:
    assert set(compared(northtown, *arguments)) == needs


def test_a_funder_selects_responses(northtown: World) -> None:
    every, funded = compared(northtown), compared(northtown, "--funder", "lake-fund")
    assert list(every) == list(funded)
    assert sum(row["notKnown"] for row in funded.values()) < sum(
        row["notKnown"] for row in every.values()
    )


def test_the_text_and_the_csv_have_the_same_needs(northtown: World) -> None:
    text = northtown.pcve("coverage", "--needs").stdout
    table = northtown.pcve("coverage", "--needs", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["needId"] for row in rows] == list(NEEDS)
    places = [text.index(f"[{need}]") for need in NEEDS]
    assert places == sorted(places)
    assert "Of 5 needs: 3 with a response on record (1 of them surely in time)" in text
    assert "searched, and no response found:\n        https://register.example/projects" in text
    assert "no response on record and not searched, which is not proof" in text


def test_without_a_need_one_line_says_so(shipped: World, northtown: World) -> None:
    if not list((shipped.root / "data/records/need").glob("*")):
        lines = shipped.pcve("coverage", "--needs").stdout.splitlines()
        assert len(lines) == 3
        assert lines[2].startswith("No need is on record here, which is not proof")
    text = northtown.pcve("coverage", "--needs", "--as-of", "2012-01-01").stdout
    assert text.splitlines()[2:] == ["None of 5 needs on record is in this scope."]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--needs", "--gaps"), "--needs cannot be combined with --gaps"),
        (("--needs", "--picture", "x.svg"), "--picture cannot be combined with --needs"),
        (("--needs", "--pillar", "prevnt"), "pillar/prevent"),
        (("--country", "marshia"), "--country requires --needs"),
    ],
)
def test_a_wrong_question_gets_one_plain_message(
    northtown: World, arguments: tuple[str, ...], message: str
) -> None:
    result = northtown.pcve("coverage", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("pcve: ")
