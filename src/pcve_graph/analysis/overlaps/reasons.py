"""Explains overlaps: what two works share, a sentence why, groups of works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ...model.dates import EDTF, date_range, precision
from ...model.periods import NOT_KNOWN, Period, days_between, surely_overlap
from ...query.render import format_date
from ..standing import (
    Ways,
    any_of,
    facts_of_axis,
    facts_of_dates,
    facts_of_places,
    may_stand_otherwise,
    standing_text,
)
from ..works import Landscape, Work
from .find import OverlapPair
from .related import RelationMark

_MOST_NAMED: Final = 3
"""The most places within a larger one that are named one by one."""


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """What two works share, as sorted IRIs.

    `topics` and `groups` are stated by both, `wider` and `wider_groups` by one and implied by a
    narrower one of the other. `company` are bodies and persons with a role in both.
    """

    topics: tuple[str, ...]
    wider: tuple[str, ...]
    groups: tuple[str, ...]
    wider_groups: tuple[str, ...]
    places: tuple[str, ...]
    company: tuple[str, ...]

    @property
    def by_axis(self) -> dict[str, tuple[str, ...]]:
        """The topics and the groups that both state or imply, by `topic` and `group`."""
        groups = (*self.groups, *self.wider_groups)
        return {"topic": (*self.topics, *self.wider), "group": groups}

    @property
    def subjects(self) -> tuple[str, ...]:
        """The topics and groups that both state, or else the broader shared ones."""
        return (*self.topics, *self.groups) or (*self.wider, *self.wider_groups)


def shared_facts(landscape: Landscape, pair: OverlapPair) -> SharedFacts:
    """What the two works of `pair` share; broader topics only if one of them states it."""
    first, second = pair.first, pair.second
    return SharedFacts(
        tuple(sorted({*first.topics} & {*second.topics})),
        _broader(first.topics, first.wider, second.topics, second.wider),
        tuple(sorted({*first.groups} & {*second.groups})),
        _broader(first.groups, first.wider_groups, second.groups, second.wider_groups),
        common_places(landscape, first, second),
        tuple(sorted({*first.company} & {*second.company})),
    )


def _broader(
    stated: tuple[str, ...],
    implied: tuple[str, ...],
    stated_too: tuple[str, ...],
    implied_too: tuple[str, ...],
) -> tuple[str, ...]:
    return tuple(sorted(({*stated} & {*implied_too}) | ({*implied} & {*stated_too})))


def common_places(landscape: Landscape, first: Work, second: Work) -> tuple[str, ...]:
    """The places that both works state, as sorted IRIs.

    Without any, the places of one that lie in a place of the other (or, if they are many, that
    larger place); without those, the countries of both.
    """
    exact = {*first.places} & {*second.places}
    if exact:
        return tuple(sorted(exact))
    within = landscape.within
    inner_places: set[str] = set()
    outer_places: set[str] = set()
    for inner, outer in ((first, second), (second, first)):
        for place in inner.places:
            above = {*within.get(place, ())} & {*outer.places}
            inner_places |= {place} if above else set()
            outer_places |= above
    chosen = inner_places if len(inner_places) <= _MOST_NAMED else outer_places
    return tuple(sorted(chosen or {*first.countries} & {*second.countries}))


def pair_standing(landscape: Landscape, pair: OverlapPair) -> str:
    """How the facts stand that a pair shares, and the dates and places of both works."""
    common = shared_facts(landscape, pair)

    def facts(work: Work) -> set[Ways]:
        stated = facts_of_dates(work) | facts_of_places(work)
        for axis, iris in common.by_axis.items():
            for iri in iris:
                stated |= facts_of_axis(landscape, work, axis, iri)
        for iri in common.company:
            stated |= any_of((role, iri) for role, actors in work.actors.items() if iri in actors)
        return stated

    works = (pair.first, pair.second)
    return standing_text((work, facts(work)) for work in works if may_stand_otherwise(work))


def reason_text(landscape: Landscape, pair: OverlapPair) -> str:
    """Why `pair` has its verdict, or what is missing to decide, and how that stands."""
    common = shared_facts(landscape, pair)
    sentence = _subject(landscape, pair, common)
    if pair.mark:
        relation = _relation(landscape, pair, pair.mark)
        sentence = (
            relation if pair.verdict == "related" else f"{sentence}. {_first_upper(relation)}"
        )
    if pair.holds == NOT_KNOWN and pair.verdict != "not-known":
        sentence += ". Whether in the period that is asked for is not known"
    if standing := pair_standing(landscape, pair):
        sentence += f". Rests on facts that are {standing.replace(', ', ' or ')}"
    return f"{sentence}."


def _subject(landscape: Landscape, pair: OverlapPair, common: SharedFacts) -> str:
    subjects = label_list(landscape, common.subjects)
    what = f"Both on {subjects}" if subjects else "Only time and place are known to be shared"
    if not subjects and common.company:
        what = "No topic is shared"
    where = _where(landscape, pair, common)
    who = label_list(landscape, common.company)
    parts = [what + (f" ({where})" if where else ""), _when(pair)]
    if who and pair.first.kind == "event":
        parts.append(f"in both: {who}")
    return "; ".join(part for part in parts if part)


def _where(landscape: Landscape, pair: OverlapPair, common: SharedFacts) -> str:
    works = (pair.first, pair.second)
    silent = [work.id for work in works if not work.places and work.mode != "online"]
    if silent:
        return f"the place of {' and of '.join(silent)} is not stated"
    if pair.verdict == "colliding":
        return " and ".join(label_list(landscape, work.places) or "online" for work in works)
    return label_list(landscape, common.places)


def _when(pair: OverlapPair) -> str:
    first_work, second_work = pair.first, pair.second
    first, second = first_work.period, second_work.period
    if pair.first.kind == "event":
        return _event_days(pair)
    if surely_overlap(first, second):
        return f"together {_days_together((first, first_work), (second, second_work))}"
    dates = ", ".join(f"{work.id} {dates_text(work)}" for work in (first_work, second_work))
    return f"whether at the same time is not known: {dates}"


def _days_together(*sides: tuple[Period, Work]) -> str:
    """The time that two projects surely share, as precise as the dates that bound it.

    Where such a date is an interval or has unspecified digits, it is the day that is certain; where
    it is approximate or open, it is not known.
    """
    start = max(sides, key=lambda side: side[0].latest_start)[1].start
    end = min(sides, key=lambda side: side[0].earliest_end)[1].end
    begun, ended = _certain_date(start, "certainFrom"), _certain_date(end, "certainUntil")
    if begun and (ended or not end):
        return _between(begun, ended)
    if begun:
        return f"from {format_date(begun)}, end not known"
    if ended and not start:
        return _between(None, ended)
    return f"until {format_date(ended)}, start not known" if ended else "on a day that is not known"


def _certain_date(text: str | None, bound: str) -> str | None:
    """A plain date as it is, the certain day of a date in EDTF; None if there is none."""
    if not text or precision(text) != EDTF:
        return text
    days = date_range(text)
    day = days.bound(bound) if days else None
    return day.isoformat() if day else None


def _event_days(pair: OverlapPair) -> str:
    first, second = pair.first.period, pair.second.period
    dates = f"{dates_text(pair.first)}, and {dates_text(pair.second)}"
    if not (first.exact and second.exact):
        return f"the days are not known to meet: {dates}"
    if days_between(first, second) > 0:
        return f"on consecutive days: {dates}"
    return f"on the same days: {dates}"


def dates_text(work: Work) -> str:
    """The stated dates of a work, such as `from Apr 2016 to Jun 2018` or `undated`."""
    if work.kind == "project" or (work.end and work.end != work.start):
        return _between(work.start, work.end)
    return format_date(work.start) if work.start else "undated"


def _between(start: str | None, end: str | None) -> str:
    if start and end and start != end and "/" in start + end:
        return f"start {format_date(start)}, end {format_date(end)}"
    if start and end:
        return (
            f"from {format_date(start)} to {format_date(end)}"
            if start != end
            else f"in {format_date(start)}"
        )
    if start:
        return f"from {format_date(start)}, end not stated"
    return f"until {format_date(end)}, start not stated" if end else "undated"


def _relation(landscape: Landscape, pair: OverlapPair, mark: RelationMark) -> str:
    sort, what = mark
    if sort == "part":
        for part, whole in ((pair.first, pair.second), (pair.second, pair.first)):
            if what == whole.iri:
                return f"{part.id} is part of {whole.id}"
        return f"both are parts of {landscape.label(what)}"
    if sort == "line":
        return f"{pair.second.id} is in one line of succession with {pair.first.id}"
    if sort == "series":
        return f"both are editions of {landscape.label(what)}"
    return "one refers to the other" if sort == "named" else "their titles differ only in numbers"


def label_list(landscape: Landscape, iris: Iterable[str]) -> str:
    """The labels of `iris`: `a`, `a and b`, `a, b and c`."""
    words = [landscape.label(iri) for iri in iris]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


_LEAST_WORKS: Final = 3


@dataclass(frozen=True, slots=True)
class OverlapGroup:
    """Works connected by pairs: `about` is the IRI of the topic or city that all these pairs share.

    `at_once` is the largest number of them that can be under way on one day.
    """

    about: str
    works: tuple[Work, ...]
    at_once: int


def overlap_groups(landscape: Landscape, pairs: Iterable[OverlapPair]) -> tuple[OverlapGroup, ...]:
    """The groups of three or more works among pairs with one verdict, the largest first."""
    links: dict[str, list[tuple[Work, Work]]] = {}
    for pair in pairs:
        common = shared_facts(landscape, pair)
        for iri in common.subjects if pair.verdict == "overlapping" else common.places:
            links.setdefault(iri, []).append((pair.first, pair.second))
    group_list = []
    for about in sorted(links):
        for works in _joined(links[about]):
            if len(works) >= _LEAST_WORKS:
                group_list.append(OverlapGroup(about, works, _at_once(works)))
    return tuple(sorted(group_list, key=lambda group: (-len(group.works), group.about)))


def _joined(links: list[tuple[Work, Work]]) -> list[tuple[Work, ...]]:
    """The works of each connected component, in order of their earliest start."""
    parts: dict[str, dict[str, Work]] = {}
    for first, second in links:
        merged = {first.iri: first, second.iri: second}
        merged |= parts.get(first.iri, {}) | parts.get(second.iri, {})
        for iri in merged:
            parts[iri] = merged
    distinct = {id(part): part for part in parts.values()}
    return [
        tuple(sorted(part.values(), key=lambda work: (work.period.first, work.iri)))
        for part in distinct.values()
    ]


def _at_once(works: tuple[Work, ...]) -> int:
    steps = sorted(
        step
        for when in (work.period for work in works)
        for step in ((when.first, 1), (when.last + 1, -1))
    )
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most
