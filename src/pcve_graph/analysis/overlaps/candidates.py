"""Generates the candidate pairs to score, without comparing every work with every other.

Projects are put into one bucket per zone and pairing subject, events into one list. Each is swept
in order of the earliest start, and a work is paired with those that may still be under way.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Final

from .profiles import WorkProfile

ANYWHERE: Final = 0
"""The zone that stands for all places, for works that state none."""

_SOON: Final = 1
"""The most days from the end of an event to the start of one that follows it."""


def project_candidates(
    profiles: Sequence[WorkProfile], pairing: int
) -> Iterator[tuple[WorkProfile, WorkProfile]]:
    """Each pair of projects that share a subject of `pairing`, a place and a possible day, once.

    A subject is shared if one states it and the other states it or a narrower one. A project
    without a place is paired with those of all places, one without dates with those of all times.
    """
    buckets: dict[tuple[int, int], list[WorkProfile]] = {}
    for profile in sorted(profiles, key=_begun):
        mask = (profile.all_topics | profile.all_groups) & pairing
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
            yield from _bucket(low, zone, pairing, members)
        elif any(not member.places for member in members):
            yield from _unplaced(low, pairing, members)


def _begun(profile: WorkProfile) -> tuple[int, str]:
    return profile.when.first, profile.work.iri


def _bucket(
    low: int, zone: int, pairing: int, members: list[WorkProfile]
) -> Iterator[tuple[WorkProfile, WorkProfile]]:
    """The pairs of a subject and zone, each only for the lowest of both that it shares."""
    lower, below = (low - 1) & pairing, zone - 1
    active: list[tuple[int, int, int, int, int, WorkProfile]] = []
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


def _unplaced(
    low: int, pairing: int, members: list[WorkProfile]
) -> Iterator[tuple[WorkProfile, WorkProfile]]:
    """The pairs of a subject of which at least one project states no place."""
    lower = (low - 1) & pairing
    active: list[WorkProfile] = []
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


def event_candidates(profiles: Sequence[WorkProfile]) -> Iterator[tuple[WorkProfile, WorkProfile]]:
    """Each pair of events that can share a day or be on consecutive days, once.

    Events with vague or missing dates are paired only within one place.
    """
    dated_profiles = [profile for profile in profiles if not profile.when.vague]
    vague_profiles = [profile for profile in profiles if profile.when.vague]
    active: list[WorkProfile] = []
    for profile in sorted(dated_profiles, key=_begun):
        first = profile.when.first - _SOON
        active = [earlier for earlier in active if earlier.when.last >= first]
        for earlier in active:
            yield earlier, profile
        active.append(profile)
    yield from _with_vague_dates(dated_profiles, vague_profiles)


def _with_vague_dates(
    dated_profiles: list[WorkProfile], vague_profiles: list[WorkProfile]
) -> Iterator[tuple[WorkProfile, WorkProfile]]:
    """The pairs within one place of which at least one event has vague dates."""
    exact: dict[str, list[WorkProfile]] = {}
    for profile in sorted(dated_profiles, key=_begun):
        for place in profile.work.places:
            exact.setdefault(place, []).append(profile)
    first_days = {
        place: [profile.when.first for profile in profiles] for place, profiles in exact.items()
    }
    vague: dict[str, list[WorkProfile]] = {}
    for profile in sorted(vague_profiles, key=lambda profile: profile.work.iri):
        candidates_by_iri: dict[str, WorkProfile] = {}
        for place in profile.work.places:
            row = exact.get(place, [])
            until = bisect.bisect_right(first_days.get(place, []), profile.when.last + _SOON)
            for candidate in (*vague.get(place, ()), *row[:until]):
                if candidate.when.last + _SOON >= profile.when.first:
                    candidates_by_iri.setdefault(candidate.work.iri, candidate)
            vague.setdefault(place, []).append(profile)
        for candidate in candidates_by_iri.values():
            yield candidate, profile
