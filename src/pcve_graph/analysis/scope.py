"""Selects projects and events: by topic, target group, funder, pillar, country and period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..model.dates import first_and_last
from ..model.periods import NOT_KNOWN, YES, Period, period_of_days, share_a_day
from ..model.problems import OptionError
from ..model.standing import CALLED_OFF
from .involvements import FUNDER, work_in_period
from .works import Landscape, Work


@dataclass(frozen=True, slots=True)
class Scope:
    """The selection, as IRIs; empty selects all. `first` and `last` bound the period, inclusive."""

    topic: str = ""
    group: str = ""
    funder: str = ""
    pillar: str = ""
    country: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def period(self) -> Period:
        """The period of the scope."""
        return period_of_days(self.first, self.last)

    def of(self, axis: str, iri: str) -> Scope:
        """This scope narrowed to `iri` on an axis: `topic`, `group`, `funder` or `pillar`."""
        return {
            "topic": replace(self, topic=iri),
            "group": replace(self, group=iri),
            "funder": replace(self, funder=iri),
            "pillar": replace(self, pillar=iri),
        }[axis]


@dataclass(frozen=True, slots=True)
class ScopedWorks:
    """Works by their dates: `sure` are in the period; for `maybe` the dates leave it open."""

    sure: tuple[Work, ...] = ()
    maybe: tuple[Work, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sure or self.maybe)

    def all(self) -> tuple[Work, ...]:
        """`sure` followed by `maybe`."""
        return self.sure + self.maybe


def option_period(
    since: str | None, until: str | None, as_of: str | None
) -> tuple[date | None, ...]:
    """The first and the last day of the period that options give; None is open.

    `since` and `until` are days, months or years, `as_of` is a day. Raises UsageError for a value
    that is not a date, a period that ends before it begins, and `as_of` with `since` or `until`.
    """
    if as_of and (since or until):
        raise OptionError("--as-of cannot be combined with --since or --until")
    if as_of:
        day = read_day(as_of)
        return day, day
    first = _read("--since", since)[0] if since else None
    last = _read("--until", until)[1] if until else None
    if first and last and last < first:
        raise OptionError("--until {until} is before --since {since}", until=until, since=since)
    return first, last


def read_day(text: str) -> date:
    """The day that --as-of gives. Raises UsageError for anything but a day."""
    days = first_and_last(text.strip())
    if days is None or days[0] != days[1]:
        raise OptionError("--as-of requires a day such as 2019-05-01, not {text!r}", text=text)
    return days[0]


def _read(option: str, text: str) -> tuple[date, date]:
    days = first_and_last(text.strip())
    if days is None:
        forms = "a day, month or year (2019-05-01, 2019-05, 2019)"
        raise OptionError(f"{option} requires {forms}, not {{text!r}}", text=text)
    return days


def works_in(landscape: Landscape, kind: str, scope: Scope) -> tuple[Work, ...]:
    """The works of a kind in `scope` at any time, without cancelled events.

    Each is without the actors and funders whose parts surely lie outside the period of the scope.
    """
    works = landscape.of_kind(kind)
    return tuple(
        work
        for work in (work_in_period(work, scope.period) for work in works)
        if work.status not in CALLED_OFF
        and (not scope.topic or scope.topic in (*work.topics, *work.wider))
        and (not scope.group or scope.group in (*work.groups, *work.wider_groups))
        and (not scope.funder or scope.funder in work.funders)
        and (not scope.pillar or scope.pillar in work.pillars)
        and (not scope.country or scope.country in _places(landscape.within, work))
    )


def _places(within: Mapping[str, tuple[str, ...]], work: Work) -> set[str]:
    return {iri for place in work.places for iri in (place, *within.get(place, ()))}


def in_period(works: tuple[Work, ...], scope: Scope) -> ScopedWorks:
    """The works that surely ran, and those that may have run, on some day of the period.

    A year or month may mean any of its days. A project without a stated end may still be running;
    an event without one ends with its stated start.
    """
    if scope.first is None and scope.last is None:
        return ScopedWorks(works)
    answers = [(work, holds_in(work, scope)) for work in works]
    return ScopedWorks(
        tuple(work for work, answer in answers if answer == YES),
        tuple(work for work, answer in answers if answer == NOT_KNOWN),
    )


def holds_in(work: Work, scope: Scope) -> str:
    """Whether a work was going on in the period of a scope, paid by the funder that it names.

    `yes`, `not known` or `no`, as `share_a_day` has it.
    """
    answer = share_a_day(work.period, scope.period)
    return NOT_KNOWN if answer == YES and (FUNDER, scope.funder) in work.unsure_parts else answer
