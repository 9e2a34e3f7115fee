"""Which projects and events are counted: of a topic, group, funder or pillar, and in a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..model.dates import first_and_last
from ..model.problems import UsageError
from .periods import NEVER, apart, between, together
from .periods import period as when
from .works import Landscape, Work

CALLED_OFF = ("cancelled", "postponed")
"""Events of these kinds did not take place on their day, and are not counted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for, as IRIs; empty is all. `first` and `last` are the days of the period."""

    topic: str = ""
    group: str = ""
    funder: str = ""
    pillar: str = ""
    country: str = ""
    first: date | None = None
    last: date | None = None

    def of(self, axis: str, iri: str) -> Scope:
        """The same, narrowed to one `topic`, `group`, `funder` or `pillar`."""
        return {
            "topic": replace(self, topic=iri),
            "group": replace(self, group=iri),
            "funder": replace(self, funder=iri),
            "pillar": replace(self, pillar=iri),
        }[axis]


@dataclass(frozen=True, slots=True)
class Things:
    """Works by what is known of their time: `sure` are in the period, `maybe` cannot be told."""

    sure: tuple[Work, ...] = ()
    maybe: tuple[Work, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sure or self.maybe)

    def all(self) -> tuple[Work, ...]:
        """Both, those that are sure first."""
        return self.sure + self.maybe


def period(since: str | None, until: str | None, as_of: str | None) -> tuple[date | None, ...]:
    """The first and the last day of what was asked for; None is open.

    `since` and `until` are days, months or years, `as_of` is one day. Raises UsageError for what is
    no date, for a period that ends before it begins, and for a day beside a period.
    """
    if as_of and (since or until):
        raise UsageError("--as-of is one day; --since and --until are a period: give one of them")
    if as_of:
        day = _read("--as-of", as_of)
        if day[0] != day[1]:
            raise UsageError(f"--as-of takes a day such as 2019-05-01, not {as_of!r}")
        return day
    first = _read("--since", since)[0] if since else None
    last = _read("--until", until)[1] if until else None
    if first and last and last < first:
        raise UsageError(f"--until {until} is before --since {since}")
    return first, last


def _read(option: str, text: str) -> tuple[date, date]:
    found = first_and_last(text.strip())
    if found is None:
        raise UsageError(
            f"{option} takes a day, month or year (2019-05-01, 2019-05, 2019): {text!r}"
        )
    return found


def chosen(landscape: Landscape, kind: str, scope: Scope) -> tuple[Work, ...]:
    """The works of a kind that `scope` asks for, its period aside; the called off are left out."""
    return tuple(
        work
        for work in landscape.of_kind(kind)
        if work.status not in CALLED_OFF
        and (not scope.topic or scope.topic in (*work.topics, *work.wider))
        and (not scope.group or scope.group in (*work.groups, *work.wider_groups))
        and (not scope.funder or scope.funder in work.funders)
        and (not scope.pillar or scope.pillar in work.pillars)
        and (not scope.country or scope.country in _places(landscape.within, work))
    )


def _places(within: Mapping[str, tuple[str, ...]], work: Work) -> set[str]:
    return {each for place in work.places for each in (place, *within.get(place, ()))}


def in_period(works: tuple[Work, ...], scope: Scope) -> Things:
    """The works that surely, and those that may have run on some day of the period.

    A year or month may mean any of its days. A project without a stated end may still run, an event
    without one is over when its stated time is.
    """
    if scope.first is None and scope.last is None:
        return Things(works)
    told = [(work, meets(work, scope.first, scope.last)) for work in works]
    return Things(
        tuple(work for work, answer in told if answer),
        tuple(work for work, answer in told if answer is None),
    )


def meets(work: Work, first: date | None, last: date | None) -> bool | None:
    """Whether a work was going on between two days; None where its dates cannot tell."""
    lower = first.toordinal() if first else -NEVER
    upper = last.toordinal() if last else NEVER
    asked, known = between(lower, lower, upper, upper), when(work)
    if apart(known, asked):
        return False
    return True if together(known, asked) else None
