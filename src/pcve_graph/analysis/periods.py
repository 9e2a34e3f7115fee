"""When a work was under way, as far as its dates tell, and whether two were so together.

A stated month or year leaves the day open, and a missing date leaves one side open. Two works are
*together* where every reading of their dates has them share a day, *apart* where none has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from ..model.dates import first_and_last
from .works import Work

NEVER: Final = 10_000_000
"""A day after all days, and negated one before them."""


_MONTH: Final = 31


@dataclass(slots=True)
class Period:
    """Days as ordinals (date.toordinal): `first` to `begun` the start can lie, `ended` to `last`
    the end; an open side is NEVER or its negative.

    `exact` says that both days are known, `bounded` that both sides are, at least by their month or
    year, and `vague` that a start or an end is known no nearer than to more than a month.
    """

    first: int
    begun: int
    ended: int
    last: int
    exact: bool
    bounded: bool
    vague: bool


def between(first: int, begun: int, ended: int, last: int) -> Period:
    """The period that starts from `first` to `begun` and ends from `ended` to `last`."""
    exact = first == begun and ended == last
    bounded = first > -NEVER and last < NEVER
    vague = begun - first > _MONTH or last - ended > _MONTH
    return Period(first, begun, ended, last, exact, bounded, vague)


def period(work: Work) -> Period:
    """The period of a project or an event; an event without an end ends as it began."""
    start, end = _days(work.start), _days(work.end)
    if end is None and work.kind == "event":
        end = start
    first, begun = start or (-NEVER, NEVER)
    ended, last = end or (-NEVER, NEVER)
    return between(first, min(begun, last), max(ended, first), last)


@cache
def _days(text: str | None) -> tuple[int, int] | None:
    found = first_and_last(text) if text else None
    return (found[0].toordinal(), found[1].toordinal()) if found else None


def together(one: Period, other: Period) -> bool:
    """Whether they share a day, however their dates are read."""
    return one.begun <= other.ended and other.begun <= one.ended


def apart(one: Period, other: Period) -> bool:
    """Whether they share no day, however their dates are read."""
    return one.first > other.last or other.first > one.last


def shared_part(one: Period, other: Period, unknown: float) -> float:
    """How much of the shorter one they are together, 0 to 1; `unknown` where an end is open."""
    if not (one.bounded and other.bounded):
        return unknown
    first = one.first if one.first > other.first else other.first
    last = one.last if one.last < other.last else other.last
    shorter = min(one.last - one.first, other.last - other.first) + 1
    return (last - first + 1) / shorter if last >= first else 0.0


def gap(one: Period, other: Period) -> int:
    """Days from the end of the earlier to the start of the later; 0 or less where days are shared.

    Only between exact periods does it mean anything.
    """
    return max(one.first, other.first) - min(one.last, other.last)
