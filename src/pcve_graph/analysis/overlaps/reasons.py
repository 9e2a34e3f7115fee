"""Why two works are told together, in a sentence, and what they share by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ...query.render import day
from ..periods import gap, period, together
from ..works import Landscape, Work
from .find import Pair

_FEW: Final = 3
"""Places within a larger one that are named before the larger one is."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two works share, as IRIs, sorted: what both state, and apart from it what one states and
    the other implies by something narrower. `company` are bodies and persons with a part in both.
    """

    topics: tuple[str, ...]
    wider: tuple[str, ...]
    groups: tuple[str, ...]
    wider_groups: tuple[str, ...]
    places: tuple[str, ...]
    company: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The topics and groups to name: those that both state, or else the broader ones."""
        return (*self.topics, *self.groups) or (*self.wider, *self.wider_groups)


def shared(landscape: Landscape, pair: Pair) -> Shared:
    """What the two works of `pair` share; a broader topic only where one of them states it."""
    one, other = pair.one, pair.other
    return Shared(
        tuple(sorted({*one.topics} & {*other.topics})),
        _broader(one.topics, one.wider, other.topics, other.wider),
        tuple(sorted({*one.groups} & {*other.groups})),
        _broader(one.groups, one.wider_groups, other.groups, other.wider_groups),
        places(landscape, one, other),
        tuple(sorted({*one.company} & {*other.company})),
    )


def _broader(
    said: tuple[str, ...],
    implied: tuple[str, ...],
    said_too: tuple[str, ...],
    meant: tuple[str, ...],
) -> tuple[str, ...]:
    return tuple(sorted(({*said} & {*meant}) | ({*implied} & {*said_too})))


def places(landscape: Landscape, one: Work, other: Work) -> tuple[str, ...]:
    """The places that both state; else the few of one that lie in one of the other's, or the place
    that holds them where they are many; else the countries that both are in."""
    exact = {*one.places} & {*other.places}
    if exact:
        return tuple(sorted(exact))
    within = landscape.within
    held: set[str] = set()
    holding: set[str] = set()
    for inner, outer in ((one, other), (other, one)):
        for place in inner.places:
            above = {*within.get(place, ())} & {*outer.places}
            held |= {place} if above else set()
            holding |= above
    chosen = held if len(held) <= _FEW else holding
    return tuple(sorted(chosen or {*one.countries} & {*other.countries}))


def reason(landscape: Landscape, pair: Pair) -> str:
    """One sentence or two that say why `pair` has its verdict, or what is missing for one."""
    common = shared(landscape, pair)
    said = _subject(landscape, pair, common)
    if pair.mark:
        kin = _kin(landscape, pair)
        return f"{kin}." if pair.verdict == "related" else f"{said}. {_first_upper(kin)}."
    return f"{said}."


def _subject(landscape: Landscape, pair: Pair, common: Shared) -> str:
    subjects = listed(landscape, common.subjects)
    what = f"Both on {subjects}" if subjects else "Nothing is known to be shared but time and place"
    if not subjects and common.company:
        what = "No topic is shared"
    where = _where(landscape, pair, common)
    who = listed(landscape, common.company)
    parts = [what + (f" ({where})" if where else ""), _when(pair)]
    if who and pair.one.kind == "event":
        parts.append(f"in both: {who}")
    return "; ".join(part for part in parts if part)


def _where(landscape: Landscape, pair: Pair, common: Shared) -> str:
    works = (pair.one, pair.other)
    silent = [each.id for each in works if not each.places and each.mode != "online"]
    if silent:
        return f"the place of {' and of '.join(silent)} is not stated"
    if pair.verdict == "colliding":
        return " and ".join(listed(landscape, each.places) or "online" for each in works)
    return listed(landscape, common.places)


def _when(pair: Pair) -> str:
    one, other = pair.one, pair.other
    first, second = period(one), period(other)
    if pair.one.kind == "event":
        return _days(pair)
    if together(first, second):
        starts = [(time.first, work.start) for time, work in ((first, one), (second, other))]
        ends = [(time.last, work.end) for time, work in ((first, one), (second, other))]
        return f"together {_between(max(starts)[1], min(ends)[1])}"
    dates = ", ".join(f"{work.id} {span(work)}" for work in (one, other))
    return f"whether at the same time is not known: {dates}"


def _days(pair: Pair) -> str:
    one, other = period(pair.one), period(pair.other)
    dates = f"{span(pair.one)}, and {span(pair.other)}"
    if not (one.exact and other.exact):
        return f"the days are not known to meet: {dates}"
    if gap(one, other) > 0:
        return f"on days that follow each other: {dates}"
    return f"on the same days: {dates}"


def span(work: Work) -> str:
    """The dates of a work as they are stated, such as `from Apr 2016 to Jun 2018`, `undated`."""
    if work.kind == "project" or (work.end and work.end != work.start):
        return _between(work.start, work.end)
    return day(work.start) if work.start else "undated"


def _between(start: str | None, end: str | None) -> str:
    if start and end:
        return f"from {day(start)} to {day(end)}" if start != end else f"in {day(start)}"
    if start:
        return f"from {day(start)}, end not stated"
    return f"until {day(end)}, start not stated" if end else "undated"


def _kin(landscape: Landscape, pair: Pair) -> str:
    assert pair.mark
    sort, what = pair.mark
    if sort == "part":
        for part, whole in ((pair.one, pair.other), (pair.other, pair.one)):
            if what == whole.iri:
                return f"{part.id} is part of {whole.id}"
        return f"both are parts of {landscape.label(what)}"
    if sort == "line":
        return f"{pair.other.id} stands in one line of succession with {pair.one.id}"
    if sort == "series":
        return f"both are editions of {landscape.label(what)}"
    return "one names the other" if sort == "named" else "their titles differ in numbers alone"


def listed(landscape: Landscape, iris: Iterable[str]) -> str:
    """The labels of `iris`: `a`, `a and b`, `a, b and c`."""
    words = [landscape.label(each) for each in iris]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
