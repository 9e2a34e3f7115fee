"""The pairs worth comparing, found without comparing all with all.

Projects are laid into a bucket for each subject that can make a pair, events into one row; each is
walked by the day on which works can begin, and a work meets those that can still be under way.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Final

from .periods import NEVER
from .profiles import Profile

_SOON: Final = 1
"""Days after the end of an event on which another still follows it."""

_LONG: Final = 31
"""An event whose days are known no nearer than this meets only those of its place."""


def projects(profiles: Sequence[Profile], telling: int) -> Iterator[tuple[Profile, Profile]]:
    """Each pair of projects once that share a telling subject, a place and a possible day.

    A subject is shared where one states it and the other states it or something narrower. A
    project without a place meets all, as does one without dates.
    """
    buckets: dict[int, list[Profile]] = {}
    for each in profiles:
        mask = (each.all_topics | each.all_groups) & telling
        while mask:
            low = mask & -mask
            buckets.setdefault(low, []).append(each)
            mask ^= low
    for low in sorted(buckets):
        yield from _bucket(low, telling, buckets[low])


def _bucket(low: int, telling: int, members: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """The pairs of one subject whose lowest telling subject it is, so that no pair comes twice."""
    lower = (low - 1) & telling
    open_: list[tuple[int, int, int, int, Profile]] = []
    for each in sorted(members, key=lambda one: (one.when.first, one.work.iri)):
        stated, every = each.topics | each.groups, each.all_topics | each.all_groups
        reach, first = each.reach, each.when.first
        open_ = [entry for entry in open_ if entry[0] >= first]
        for _, said, meant, reached, other in open_:
            if reach and reached and not reach & reached:
                continue
            shared = said & every | meant & stated
            if shared & low and not shared & lower:
                yield other, each
        open_.append((each.when.last, stated, every, reach, each))


def events(profiles: Sequence[Profile]) -> Iterator[tuple[Profile, Profile]]:
    """Each pair of events once that can share a day or follow each other on the next.

    Events dated to a month at best by their year, or not at all, are paired only within one place.
    """
    near = [each for each in profiles if each.when.last - each.when.first <= _LONG]
    far = [each for each in profiles if each.when.last - each.when.first > _LONG]
    open_: list[Profile] = []
    for each in sorted(near, key=lambda one: (one.when.first, one.work.iri)):
        first = each.when.first - _SOON
        open_ = [other for other in open_ if other.when.last >= first]
        for other in open_:
            yield other, each
        open_.append(each)
    yield from _places(near, far)


def _places(near: list[Profile], far: list[Profile]) -> Iterator[tuple[Profile, Profile]]:
    by_place: dict[str, list[Profile]] = {}
    for each in sorted(near, key=lambda one: (one.when.first, one.work.iri)):
        for place in each.work.places:
            by_place.setdefault(place, []).append(each)
    firsts = {place: [one.when.first for one in found] for place, found in by_place.items()}
    loose: dict[str, list[Profile]] = {}
    for each in sorted(far, key=lambda one: one.work.iri):
        met: set[str] = {each.work.iri}
        for place in each.work.places:
            for other in loose.get(place, ()):
                if other.work.iri not in met:
                    met.add(other.work.iri)
                    yield other, each
            row = by_place.get(place, [])
            lowest = max(each.when.first - _LONG - 1, -NEVER)
            start = bisect.bisect_left(firsts.get(place, []), lowest)
            for other in row[start:]:
                if other.when.first > each.when.last:
                    break
                if other.work.iri not in met:
                    met.add(other.work.iri)
                    yield other, each
        for place in each.work.places:
            loose.setdefault(place, []).append(each)
