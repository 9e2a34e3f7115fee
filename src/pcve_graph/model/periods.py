"""The period of a dated thing with the uncertainty of its dates, and what holds on a day.

A stated month or year leaves the day open, a missing date leaves one side open. No day of an
approximate or uncertain date is certain, so it bounds the other side only as possible. This is the
one place that answers whether things share a day: `yes` under every reading of their dates, `no`
under none, else `not known`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Final

from .dates import BOUNDS, date_range

NEVER: Final = 10_000_000
"""An ordinal later than every day; negated, earlier than every day."""

YES: Final = "yes"
NOT_KNOWN: Final = "not known"
NO: Final = "no"

_MONTH: Final = 31


@dataclass(slots=True)
class Period:
    """A start from `first` to `latest_start` and an end from `earliest_end` to `last`.

    Days are ordinals (`date.toordinal`); an open side is NEVER or its negative. `exact`: both days
    are known. `bounded`: both sides are known, at least to the year. `vague`: the start or the end
    is uncertain by more than a month.
    """

    first: int
    latest_start: int
    earliest_end: int
    last: int
    exact: bool
    bounded: bool
    vague: bool


def period_of_bounds(first: int, latest_start: int, earliest_end: int, last: int) -> Period:
    """The period with these bounds of its start and its end."""
    exact = first == latest_start and earliest_end == last
    bounded = first > -NEVER and last < NEVER
    vague = latest_start - first > _MONTH or last - earliest_end > _MONTH
    return Period(first, latest_start, earliest_end, last, exact, bounded, vague)


def period_of_days(first: date | None, last: date | None) -> Period:
    """The period between two days that are asked for, both of them in it; None is an open side."""
    lower = first.toordinal() if first else -NEVER
    upper = last.toordinal() if last else NEVER
    return period_of_bounds(lower, lower, upper, upper)


def period_of_dates(start: str | None, end: str | None) -> Period:
    """The period from a start to an end as a source states them, in the forms of `date_range`.

    None, or a text that is no date, is a side that no source states.
    """
    first, _, latest_start, _ = _days(start)
    _, last, _, earliest_end = _days(end)
    if not _approximate(end):
        latest_start = min(latest_start, last)
    if not _approximate(start):
        earliest_end = max(earliest_end, first)
    return period_of_bounds(first, latest_start, earliest_end, last)


def period_of_node(bounds: dict[str, str]) -> Period:
    """The period of a node of the graph, from the texts of those of its `BOUNDS` that are there.

    Without the certain days nothing is certain.
    """
    days = {name: date.fromisoformat(text).toordinal() for name, text in bounds.items()}
    return period_of_bounds(
        days.get("earliest", -NEVER),
        days.get("certainFrom", NEVER),
        days.get("certainUntil", -NEVER),
        days.get("latest", NEVER),
    )


def _approximate(text: str | None) -> bool:
    """Whether a date is stated as approximate or uncertain."""
    days = date_range(text) if text else None
    return days is not None and days.approximate


@cache
def _days(text: str | None) -> tuple[int, int, int, int]:
    """The bounds of a date in the order of `BOUNDS`, as ordinals; all are open without a date."""
    days = date_range(text) if text else None
    bounds = [days.bound(name) if days else None for name in BOUNDS]
    first, last, certain_from, certain_until = (day and day.toordinal() for day in bounds)
    return first or -NEVER, last or NEVER, certain_from or NEVER, certain_until or -NEVER


def surely_overlap(left: Period, right: Period) -> bool:
    """Whether the two share a day under every reading of their dates."""
    return left.latest_start <= right.earliest_end and right.latest_start <= left.earliest_end


def surely_disjoint(left: Period, right: Period) -> bool:
    """Whether the two share no day under any reading of their dates."""
    return left.first > right.last or right.first > left.last


def share_a_day(*periods: Period) -> str:
    """Whether two or more periods have a day in common: `yes`, `not known` or `no`.

    Periods that overlap two by two have a day in common, and the readings of one do not depend on
    those of another, so the answer follows from the pairs.
    """
    pairs = list(combinations(periods, 2))
    if any(surely_disjoint(*pair) for pair in pairs):
        return NO
    return YES if all(surely_overlap(*pair) for pair in pairs) else NOT_KNOWN


def shared_fraction(left: Period, right: Period, unknown: float) -> float:
    """The share (0 to 1) of the shorter period that both cover; `unknown` if a side is open."""
    if not (left.bounded and right.bounded):
        return unknown
    first = left.first if left.first > right.first else right.first
    last = left.last if left.last < right.last else right.last
    shorter = min(left.last - left.first, right.last - right.first) + 1
    return (last - first + 1) / shorter if last >= first else 0.0


def days_between(left: Period, right: Period) -> int:
    """Days from the end of the earlier period to the start of the later; 0 or less if days overlap.

    Meaningful only for exact periods.
    """
    return max(left.first, right.first) - min(left.last, right.last)
