"""What holds on a day or in a period, against all exact days that vague dates allow."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest
from conftest import World
from hypothesis import event, given, settings
from hypothesis import strategies as st

from pcve_graph.model.dates import date_range
from pcve_graph.model.periods import period_of_dates, period_of_days, share_a_day

FIRST, LAST = date(2018, 3, 1), date(2018, 7, 31)
"""Days around all dates of the examples; a side that is not stated can mean any of them."""

Reading = tuple[date, date]


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def days_of(text: str | None, certain: bool) -> list[date]:
    """The days that a date can mean; for what is `certain`, an approximate one can mean any."""
    days = date_range(text) if text else None
    if days is None or (certain and days.approximate):
        return days_from(FIRST, LAST)
    return days_from(days.first or FIRST, days.last or LAST)


@cache
def readings(start: str | None, end: str | None, certain: bool) -> list[Reading]:
    pairs = itertools.product(days_of(start, certain), days_of(end, certain))
    return [(begun, ended) for begun, ended in pairs if begun <= ended]


def meet(*periods: Reading) -> bool:
    return max(begun for begun, _ in periods) <= min(ended for _, ended in periods)


def expected(dates: tuple[str | None, str | None], asked: Reading) -> str:
    """The answer by brute force over the readings of one thing."""
    if not any(meet(reading, asked) for reading in readings(*dates, False)):
        return "no"
    certain = all(meet(reading, asked) for reading in readings(*dates, True))
    return "yes" if certain else "not known"


def day_texts(first: date = date(2018, 4, 1), last: date = date(2018, 6, 30)) -> list[str]:
    return [day.isoformat() for day in days_from(first, last)]


@st.composite
def dates(draw: st.DrawFn, longest: int = 40) -> tuple[str | None, str | None]:
    """A start and an end: days, months, intervals, approximate dates, or not stated."""

    def text() -> str | None:
        first, last = sorted(draw(st.sampled_from(day_texts())) for _ in range(2))
        last = min(last, (date.fromisoformat(first) + timedelta(longest)).isoformat())
        forms = (first, first, first[:7], f"{first[:7]}-XX", f"{first[:7]}~", f"{first}?", None)
        intervals = (f"{first}/{last}",) * (first != last) + (f"../{last}", f"{first}/..")
        return draw(st.sampled_from((*forms, *intervals)))

    return draw(
        st.builds(lambda: (text(), text())).filter(lambda pair: bool(readings(*pair, False)))
    )


@st.composite
def asked_periods(draw: st.DrawFn) -> Reading:
    """Days with one more on each side: a side that is not stated may lie beyond all of them."""
    days = days_from(FIRST, LAST)[1:-1]
    first, last = sorted(draw(st.sampled_from(days)) for _ in range(2))
    return (first, first) if draw(st.booleans()) else (first, last)


@settings(max_examples=300, deadline=None)
@given(dates(), asked_periods())
def test_a_thing_holds_in_a_period_where_all_readings_agree(
    stated: tuple[str | None, str | None], asked: Reading
) -> None:
    answer = share_a_day(period_of_dates(*stated), period_of_days(*asked))
    event(answer)
    assert answer == expected(stated, asked)


@settings(max_examples=150, deadline=None)
@given(dates(4), dates(4), asked_periods())
def test_two_things_meet_in_a_period_where_all_readings_agree(
    stated: tuple[str | None, str | None], others: tuple[str | None, str | None], asked: Reading
) -> None:
    def pairs(certain: bool) -> Iterator[tuple[Reading, Reading]]:
        return itertools.product(readings(*stated, certain), readings(*others, certain))

    if len(readings(*stated, True)) * len(readings(*others, True)) > 60_000:
        return
    meeting = any(meet(*pair, asked) for pair in pairs(False))
    surely = meeting and all(meet(*pair, asked) for pair in pairs(True))
    sides = period_of_dates(*stated), period_of_dates(*others)
    answer = share_a_day(*sides, period_of_days(*asked))
    event(answer)
    assert answer == ("yes" if surely else "not known" if meeting else "no")


# Through the command, over the shipped works

SAMPLE = ("2010-01-01", "2018-05-22", "2019-12-31", "2021-06-30", "2023-12-31", "2026-01-01")


def lines(world: World, *arguments: str) -> list[dict[str, str]]:
    result = world.pcve(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@cache
def holds_on(start: str, end: str, day: date) -> str:
    """By brute force; a side that is not stated can mean any day, of which those nearby decide."""

    def meant(text: str, certain: bool) -> list[date]:
        days = date_range(text) if text else None
        if (
            days is None
            or days.first is None
            or days.last is None
            or (certain and days.approximate)
        ):
            near = [day - timedelta(1), day, day + timedelta(1)]
            return [date(1, 1, 1), *near, date(9999, 12, 31)]
        return days_from(days.first, days.last)

    def pairs(certain: bool) -> Iterator[Reading]:
        sides = itertools.product(meant(start, certain), meant(end, certain))
        return ((begun, ended) for begun, ended in sides if begun <= ended)

    if not any(begun <= day <= ended for begun, ended in pairs(False)):
        return "no"
    return "yes" if all(begun <= day <= ended for begun, ended in pairs(True)) else "not known"


@pytest.mark.long
@pytest.mark.parametrize("day", SAMPLE)
def test_the_timeline_of_a_day_agrees_with_all_exact_days(shipped: World, day: str) -> None:
    every = lines(shipped, "timeline")
    assert len(every) > 200
    of_day = {line["id"]: line for line in lines(shipped, "timeline", "--as-of", day)}
    answers = {identifier: line["holds"] for identifier, line in of_day.items()}
    for line in every:
        end = line["to"] or (line["from"] if line["kind"] == "event" else "")
        answer = holds_on(line["from"], end, date.fromisoformat(day))
        if answer == "yes" and of_day[line["id"]]["standing"]:
            answer = "not known"
        assert answers.get(line["id"], "no") == answer, line


@pytest.mark.long
@pytest.mark.parametrize("day", SAMPLE[1:3])
def test_the_cells_of_a_day_agree_with_the_timeline_of_it(shipped: World, day: str) -> None:
    """A place that is not stated plainly is none of the facts behind the cell of all economies."""
    timeline = lines(shipped, "timeline", "--kind", "project", "--as-of", day)
    cells = lines(shipped, "coverage", "--as-of", day)
    whole = next(cell for cell in cells if cell["economyId"] == cell["topicId"] == "all")
    sure, every = sum(line["holds"] == "yes" for line in timeline), len(timeline)
    by_dates = [
        line for line in lines(shipped, "timeline", "--kind", "project") if line["standing"]
    ]
    assert int(whole["projects"]) + int(whole["notKnown"]) == every
    assert sure <= int(whole["projects"]) <= sure + len(by_dates)
