"""The pairs worth comparing, found without comparing all with all.

Projects are laid into a bucket for each zone and subject that can make a pair, events into one row;
each is walked by the day on which works can begin, and a work meets those still under way.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Final

from .profiles import Profile

ANYWHERE: Final = 0
"""The zone of works that state no place."""

_SOON: Final = 1
"""Days after the end of an event on which another still follows it."""


def projects(profiles: Sequence[Profile], telling: int) -> Iterator[tuple[Profile, Profile]]:
    """Each pair of projects once that share a telling subject, a place and a possible day.

    A subject is shared where one states it and the other states it or something narrower. A
    project without a place meets all, as does one without dates.
    """
    buckets: dict[tuple[int, int], list[Profile]] = {}
    for each in sorted(profiles, key=_begun):
        mask = (each.all_topics | each.all_groups) & telling
        while mask:
            low = mask & -mask
            mask ^= low
            buckets.setdefault((low, ANYWHERE), []).append(each)
            zones = each.zones
            while zones:
                zone = zones & -zones
                zones ^= zone
                buckets.setdefault((low, zone), []).append(each)
    for low, zone in sorted(buckets):
        members = buckets[low, zone]
        if zone != ANYWHERE:
            yield from _bucket(low, zone, telling, members)
        elif any(not each.places for each in members):
            yield from _unplaced(low, telling, members)


def _begun(profile: Profile) -> tuple[int, str]:
    return profile.when.first, profile.work.iri


def _bucket(
    low: int, zone: int, telling: int, members: list[Profile]
) -> Iterator[tuple[Profile, Profile]]:
    """The pairs of one subject in one zone; a pair comes only with the lowest of each it shares."""
    lower, below = (low - 1) & telling, zone - 1
    active: list[tuple[int, int, int, int, int, Profile]] = []
    for each in members:
        stated, every = each.topics | each.groups, each.all_topics | each.all_groups
        reach, zones, first = each.reach, each.zones & below, each.when.first
        active = [entry for entry in active if entry[0] >= first]
        for _, reached, said, meant, around, other in active:
            if reach & reached:
                shared = said & every | meant & stated
                if shared & low and not shared & lower and not zones & around:
                    yield other, each
        active.append((each.when.last, reach, stated, every, each.zones, each))


def _unplaced(low: int, telling: int, members: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """The pairs of one subject of which one at least states no place."""
    lower = (low - 1) & telling
    active: list[Profile] = []
    for each in members:
        stated, every = each.topics | each.groups, each.all_topics | each.all_groups
        active = [other for other in active if other.when.last >= each.when.first]
        for other in active:
            if each.places and other.places:
                continue
            shared = (other.topics | other.groups) & every
            shared |= (other.all_topics | other.all_groups) & stated
            if shared & low and not shared & lower:
                yield other, each
        active.append(each)


def events(profiles: Sequence[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Each pair of events once that can share a day or follow each other on the next.

    Events whose dates are vague, or missing, are paired only within one place.
    """
    near = [each for each in profiles if not each.when.vague]
    far = [each for each in profiles if each.when.vague]
    open_: list[Profile] = []
    for each in sorted(near, key=_begun):
        first = each.when.first - _SOON
        open_ = [other for other in open_ if other.when.last >= first]
        for other in open_:
            yield other, each
        open_.append(each)
    yield from _places(near, far)


def _places(near: list[Profile], far: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """The pairs within one place of which one at least has vague dates."""
    exact: dict[str, list[Profile]] = {}
    for each in sorted(near, key=_begun):
        for place in each.work.places:
            exact.setdefault(place, []).append(each)
    firsts = {place: [one.when.first for one in found] for place, found in exact.items()}
    vague: dict[str, list[Profile]] = {}
    for each in sorted(far, key=lambda one: one.work.iri):
        met: dict[str, Profile] = {}
        for place in each.work.places:
            row = exact.get(place, [])
            until = bisect.bisect_right(firsts.get(place, []), each.when.last + _SOON)
            for other in (*vague.get(place, ()), *row[:until]):
                if other.when.last + _SOON >= each.when.first:
                    met.setdefault(other.work.iri, other)
            vague.setdefault(place, []).append(each)
        for other in met.values():
            yield other, each
