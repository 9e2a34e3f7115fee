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
    for profile in sorted(profiles, key=_begun):
        mask = (profile.all_topics | profile.all_groups) & telling
        while mask:
            low = mask & -mask
            mask ^= low
            buckets.setdefault((low, ANYWHERE), []).append(profile)
            zones = profile.zones
            while zones:
                zone = zones & -zones
                zones ^= zone
                buckets.setdefault((low, zone), []).append(profile)
    for low, zone in sorted(buckets):
        members = buckets[low, zone]
        if zone != ANYWHERE:
            yield from _bucket(low, zone, telling, members)
        elif any(not member.places for member in members):
            yield from _unplaced(low, telling, members)


def _begun(profile: Profile) -> tuple[int, str]:
    return profile.when.first, profile.work.iri


def _bucket(
    low: int, zone: int, telling: int, members: list[Profile]
) -> Iterator[tuple[Profile, Profile]]:
    """The pairs of one subject in one zone; a pair comes only with the lowest of each it shares."""
    lower, below = (low - 1) & telling, zone - 1
    active: list[tuple[int, int, int, int, int, Profile]] = []
    for member in members:
        stated, every = member.topics | member.groups, member.all_topics | member.all_groups
        reach, zones, first = member.reach, member.zones & below, member.when.first
        active = [entry for entry in active if entry[0] >= first]
        for _, reached, stated_before, meant, around, earlier in active:
            if reach & reached:
                shared = stated_before & every | meant & stated
                if shared & low and not shared & lower and not zones & around:
                    yield earlier, member
        active.append((member.when.last, reach, stated, every, member.zones, member))


def _unplaced(low: int, telling: int, members: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """The pairs of one subject of which one at least states no place."""
    lower = (low - 1) & telling
    active: list[Profile] = []
    for member in members:
        stated, every = member.topics | member.groups, member.all_topics | member.all_groups
        active = [earlier for earlier in active if earlier.when.last >= member.when.first]
        for earlier in active:
            if member.places and earlier.places:
                continue
            shared = (earlier.topics | earlier.groups) & every
            shared |= (earlier.all_topics | earlier.all_groups) & stated
            if shared & low and not shared & lower:
                yield earlier, member
        active.append(member)


def events(profiles: Sequence[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Each pair of events once that can share a day or follow each other on the next.

    Events whose dates are vague, or missing, are paired only within one place.
    """
    near = [profile for profile in profiles if not profile.when.vague]
    far = [profile for profile in profiles if profile.when.vague]
    open_: list[Profile] = []
    for each in sorted(near, key=_begun):
        first = each.when.first - _SOON
        open_ = [earlier for earlier in open_ if earlier.when.last >= first]
        for earlier in open_:
            yield earlier, each
        open_.append(each)
    yield from _places(near, far)


def _places(near: list[Profile], far: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """The pairs within one place of which one at least has vague dates."""
    exact: dict[str, list[Profile]] = {}
    for profile in sorted(near, key=_begun):
        for place in profile.work.places:
            exact.setdefault(place, []).append(profile)
    firsts = {
        place: [profile.when.first for profile in row_profiles]
        for place, row_profiles in exact.items()
    }
    vague: dict[str, list[Profile]] = {}
    for profile in sorted(far, key=lambda profile: profile.work.iri):
        met: dict[str, Profile] = {}
        for place in profile.work.places:
            row = exact.get(place, [])
            until = bisect.bisect_right(firsts.get(place, []), profile.when.last + _SOON)
            for candidate in (*vague.get(place, ()), *row[:until]):
                if candidate.when.last + _SOON >= profile.when.first:
                    met.setdefault(candidate.work.iri, candidate)
            vague.setdefault(place, []).append(profile)
        for candidate in met.values():
            yield candidate, profile
