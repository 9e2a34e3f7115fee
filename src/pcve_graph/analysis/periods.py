"""The period of a work with the uncertainty of its stated dates, and comparisons of two periods.

A stated month or year leaves the day open, a missing date leaves one side open. No day of an
approximate or uncertain date is certain, so it bounds the other side only as possible. Two periods
surely overlap if they share a day under every reading of their dates, and are disjoint if under
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from ..model.dates import BOUNDS, date_range
from .works import Work

NEVER: Final = 10_000_000
"""An ordinal later than every day; negated, earlier than every day."""


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


def period_of_work(work: Work) -> Period:
    """The period of a project or an event; an event without a stated end ends when it starts."""
    end = work.start if work.end is None and work.kind == "event" else work.end
    first, _, latest_start, _ = _days(work.start)
    _, last, _, earliest_end = _days(end)
    if not _approximate(end):
        latest_start = min(latest_start, last)
    if not _approximate(work.start):
        earliest_end = max(earliest_end, first)
    return period_of_bounds(first, latest_start, earliest_end, last)


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
