"""Three or more works that overlap on one topic, and events that follow each other in one city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..analysis.overlaps.find import Pair
from ..analysis.overlaps.reasons import shared
from ..analysis.periods import period
from ..analysis.works import Landscape, Work

_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Works that hang together by pairs: `about` is the topic or city of all those pairs.

    `at_once` is how many of them can be under way on one day.
    """

    about: str
    works: tuple[Work, ...]
    at_once: int


def groups(landscape: Landscape, pairs: Iterable[Pair]) -> tuple[Group, ...]:
    """The groups among pairs that overlap or are back-to-back, the largest first."""
    links: dict[str, list[tuple[Work, Work]]] = {}
    for pair in pairs:
        common = shared(landscape, pair)
        for each in common.subjects if pair.verdict == "overlapping" else common.places:
            links.setdefault(each, []).append((pair.one, pair.other))
    found = []
    for about in sorted(links):
        for works in _joined(links[about]):
            if len(works) >= _LEAST:
                found.append(Group(about, works, _at_once(works)))
    return tuple(sorted(found, key=lambda each: (-len(each.works), each.about)))


def _joined(links: list[tuple[Work, Work]]) -> list[tuple[Work, ...]]:
    """The works of each connected part, by when they begin."""
    parts: dict[str, dict[str, Work]] = {}
    for one, other in links:
        merged = {one.iri: one, other.iri: other}
        merged |= parts.get(one.iri, {}) | parts.get(other.iri, {})
        for iri in merged:
            parts[iri] = merged
    distinct = {id(each): each for each in parts.values()}
    return [
        tuple(sorted(each.values(), key=lambda work: (period(work).first, work.iri)))
        for each in distinct.values()
    ]


def _at_once(works: tuple[Work, ...]) -> int:
    steps = sorted(
        step for each in map(period, works) for step in ((each.first, 1), (each.last + 1, -1))
    )
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most
