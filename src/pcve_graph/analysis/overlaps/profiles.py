"""What is compared of each work, as numbers and sets, so that many can be compared quickly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from ..periods import Period, period
from ..works import Landscape, Work
from .related import Mark, families
from .weights import Rarity, Weights, rarity


class Bits:
    """Terms as bits of whole numbers, in the order in which they are first met."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._places: dict[str, int] = {}

    def mask(self, terms: Iterable[str]) -> int:
        """The number whose bits stand for `terms`."""
        bits = 0
        for term in terms:
            if term not in self._places:
                self._places[term] = len(self.terms)
                self.terms.append(term)
            bits |= 1 << self._places[term]
        return bits

    def read(self, mask: int) -> list[str]:
        """The terms of `mask`, in their order."""
        terms = []
        while mask:
            low = mask & -mask
            terms.append(self.terms[low.bit_length() - 1])
            mask ^= low
        return terms


@dataclass(slots=True)
class Profile:
    """One work as it is compared.

    Masks are over `Profiles.subjects` (topics and target groups) and `Profiles.places`: what is
    stated, and what is stated or broader; `reach` are the countries that its places are, lie in or
    hold, and regions that hold none; `zones` the largest places around those; `towns` the stated
    places within a country. `here` is whether it is known to be somewhere, or online. `leaders` and
    `company` are empty for projects, which are not compared by them.
    """

    work: Work
    when: Period
    topics: int
    all_topics: int
    groups: int
    all_groups: int
    places: int
    all_places: int
    reach: int
    zones: int
    towns: int
    here: bool
    family: frozenset[Mark]
    leaders: frozenset[str]
    company: frozenset[str]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of all works, in their order, and the rarity of what they share.

    `telling` is the mask of the subjects that can make a pair: not too common, not too general.
    """

    all: tuple[Profile, ...]
    subjects: Bits
    places: Bits
    telling: int
    place: Rarity
    topic: Rarity
    group: Rarity
    weights: Weights
    landscape: Landscape


def profiles(landscape: Landscape, weights: Weights) -> Profiles:
    """The profiles of `landscape`; `weights` say what is too common to make a pair."""
    works = landscape.works
    topics = {topic_iri for work in works for topic_iri in (*work.topics, *work.wider)}
    groups = {group_iri for work in works for group_iri in (*work.groups, *work.wider_groups)}
    listed = {*landscape.broader, *(up for above in landscape.broader.values() for up in above)}
    topics |= {concept for concept in listed if "/topic/" in concept}
    groups |= {concept for concept in listed if "/target-group/" in concept}
    sites = {*landscape.within, *landscape.countries, *(p for w in works for p in w.places)}
    steady = weights["rarity.steady"]
    topic = rarity(
        topics, landscape.broader, (w.topics for w in works), weights["rarity.topic"], steady
    )
    group = rarity(
        groups, landscape.broader, (w.groups for w in works), weights["rarity.group"], steady
    )
    place = rarity(
        sites, landscape.within, (w.places for w in works), weights["rarity.place"], steady
    )
    subjects, places = Bits(), Bits()
    general = weights.words["topic.general"]
    common = weights["topic.common"]
    shares = {**topic.shares, **group.shares}
    telling = subjects.mask(
        share
        for share in sorted(shares)
        if shares[share] <= common and share.rpartition("/")[2] not in general
    )
    kin = families(landscape, weights.words["instruments"])
    grounds = _Grounds(landscape, places)
    mask = cache(subjects.mask)
    found_profiles = []
    for work in works:
        stated, around, reach, zones, towns = grounds(work)
        found_profiles.append(
            Profile(
                work=work,
                when=period(work),
                topics=mask(work.topics),
                all_topics=mask(work.topics) | mask(work.wider),
                groups=mask(work.groups),
                all_groups=mask(work.groups) | mask(work.wider_groups),
                places=stated,
                all_places=around,
                reach=reach,
                zones=zones,
                towns=towns,
                here=bool(work.places) or work.mode == "online",
                family=kin[work.iri],
                leaders=frozenset(work.leaders if work.kind == "event" else ()),
                company=frozenset(work.company if work.kind == "event" else ()),
            )
        )
    return Profiles(
        tuple(found_profiles), subjects, places, telling, place, topic, group, weights, landscape
    )


_Ground: TypeAlias = tuple[int, int, int, int, int]


class _Grounds:
    """The masks of the places of works; those of the same places are worked out once."""

    def __init__(self, landscape: Landscape, places: Bits) -> None:
        self._landscape = landscape
        self._places = places
        self._known: dict[tuple[str, ...], _Ground] = {}

    def __call__(self, work: Work) -> _Ground:
        """What is stated, that and what is around it, the reach, its zones, and the towns."""
        if work.places not in self._known:
            within, countries = self._landscape.within, self._landscape.countries
            around = [up for place in work.places for up in within.get(place, ())]
            reach = sorted({country for place in work.places for country in self._reached(place)})
            zones = sorted({zone for country in reach for zone in self._largest(country)})
            towns = [e for e in work.places if e not in countries and e not in work.regions]
            lists = (work.places, (*work.places, *around), reach, zones, towns)
            stated, every, reached, zoned, small = map(self._places.mask, lists)
            self._known[work.places] = stated, every, reached, zoned, small
        return self._known[work.places]

    def _reached(self, place: str) -> tuple[str, ...]:
        """The countries that a place is, lies in or holds; the place itself where none is."""
        landscape = self._landscape
        around = (place, *landscape.within.get(place, ()))
        named = tuple(iri for iri in around if iri in landscape.countries)
        return named or landscape.members.get(place, ()) or (place,)

    def _largest(self, place: str) -> tuple[str, ...]:
        """The largest places around a place; the place itself where none is."""
        within = self._landscape.within
        return tuple(e for e in within.get(place, ()) if not within.get(e)) or (place,)
