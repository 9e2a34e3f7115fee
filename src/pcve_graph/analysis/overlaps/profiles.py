"""The profile of each work: what overlaps compare, as bit masks and sets, for fast comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from ...model.periods import Period
from ..works import Landscape, Work
from .related import RelationMark, relation_marks
from .weights import Rarity, Weights, compute_rarity


class BitIndex:
    """Encodes sets of terms as integers: each term has a bit, in the order of first use."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._places: dict[str, int] = {}

    def mask(self, terms: Iterable[str]) -> int:
        """The integer that encodes `terms`; new terms get the next bits."""
        bits = 0
        for term in terms:
            if term not in self._places:
                self._places[term] = len(self.terms)
                self.terms.append(term)
            bits |= 1 << self._places[term]
        return bits

    def read(self, mask: int) -> list[str]:
        """The terms that `mask` encodes, in order of their bits."""
        terms = []
        while mask:
            low = mask & -mask
            terms.append(self.terms[low.bit_length() - 1])
            mask ^= low
        return terms


@dataclass(slots=True)
class WorkProfile:
    """One work as it is compared.

    The masks of topics and groups are over `WorkProfiles.subjects`, those of places over
    `WorkProfiles.places`; `all_` adds broader terms to the stated ones. `reach` are the countries
    that the places are, lie in or contain, and regions without countries; `zones` the largest
    places around those; `towns` the stated places within a country. `located` is whether a place or
    `online` is stated. `leaders` and `company` (all actors) are empty for projects, which are not
    compared by them.
    """

    work: Work
    when: Period
    topics: int
    all_topics: int
    groups: int
    all_groups: int
    places: int
    reach: int
    zones: int
    towns: int
    located: bool
    family: frozenset[RelationMark]
    leaders: frozenset[str]
    company: frozenset[str]


@dataclass(frozen=True, slots=True)
class WorkProfiles:
    """The profiles of all works, in their order, and the rarity of places, topics and groups.

    `pairing_subjects` is the mask of the subjects that can form a pair: neither common nor general.
    """

    all: tuple[WorkProfile, ...]
    subjects: BitIndex
    places: BitIndex
    pairing_subjects: int
    place: Rarity
    topic: Rarity
    group: Rarity
    weights: Weights
    landscape: Landscape

    def masks_of_place(self, bit: int) -> tuple[int, int]:
        """The masks of the larger places around a stated place, and of the countries it reaches."""
        place = self.places.terms[bit]
        around = self.landscape.within.get(place, ())
        return self.places.mask(around), self.places.mask(_countries_reached(self.landscape, place))


def build_profiles(landscape: Landscape, weights: Weights) -> WorkProfiles:
    """The profiles of `landscape`; by `weights` some subjects are too common to form a pair."""
    works = landscape.works
    topics = {topic for work in works for topic in (*work.topics, *work.wider)}
    groups = {group for work in works for group in (*work.groups, *work.wider_groups)}
    listed = {*landscape.broader, *(up for above in landscape.broader.values() for up in above)}
    for terms, axis in ((topics, "topic"), (groups, "group")):
        if axis in landscape.lists:
            start = f"{landscape.lists[axis]}/"
            terms.update(concept for concept in listed if concept.startswith(start))
    sites = {*landscape.within, *landscape.countries, *(p for w in works for p in w.places)}
    steady = weights["rarity.steady"]
    topic = compute_rarity(
        topics, landscape.broader, (w.topics for w in works), weights["rarity.topic"], steady
    )
    group = compute_rarity(
        groups, landscape.broader, (w.groups for w in works), weights["rarity.group"], steady
    )
    place = compute_rarity(
        sites, landscape.within, (w.places for w in works), weights["rarity.place"], steady
    )
    subjects, places = BitIndex(), BitIndex()
    general_topics = weights.words["topic.general"]
    common = weights["topic.common"]
    shares = {**topic.shares, **group.shares}
    pairing_subjects = subjects.mask(
        subject
        for subject in sorted(shares)
        if shares[subject] <= common and subject.rpartition("/")[2] not in general_topics
    )
    kin = relation_marks(landscape, weights.words["instruments"])
    place_masks = _PlaceMasks(landscape, places)
    mask = cache(subjects.mask)
    built = []
    for work in works:
        stated, reach, zones, towns = place_masks(work)
        built.append(
            WorkProfile(
                work=work,
                when=work.period,
                topics=mask(work.topics),
                all_topics=mask(work.topics) | mask(work.wider),
                groups=mask(work.groups),
                all_groups=mask(work.groups) | mask(work.wider_groups),
                places=stated,
                reach=reach,
                zones=zones,
                towns=towns,
                located=bool(work.places) or work.mode == "online",
                family=kin[work.iri],
                leaders=frozenset(work.leaders if work.kind == "event" else ()),
                company=frozenset(work.company if work.kind == "event" else ()),
            )
        )
    return WorkProfiles(
        tuple(built), subjects, places, pairing_subjects, place, topic, group, weights, landscape
    )


_Masks: TypeAlias = tuple[int, int, int, int]


class _PlaceMasks:
    """The masks of the places of works, cached by the set of places."""

    def __init__(self, landscape: Landscape, places: BitIndex) -> None:
        self._landscape = landscape
        self._places = places
        self._masks_by_places: dict[tuple[str, ...], _Masks] = {}

    def __call__(self, work: Work) -> _Masks:
        """The masks `places`, `reach`, `zones` and `towns` of a `WorkProfile`."""
        if work.places not in self._masks_by_places:
            countries = self._landscape.countries
            reach = sorted(
                {
                    country
                    for place in work.places
                    for country in _countries_reached(self._landscape, place)
                }
            )
            zones = sorted({zone for country in reach for zone in self._largest_places(country)})
            towns = [e for e in work.places if e not in countries and e not in work.regions]
            stated, reached, zoned, small = map(
                self._places.mask, (work.places, reach, zones, towns)
            )
            self._masks_by_places[work.places] = stated, reached, zoned, small
        return self._masks_by_places[work.places]

    def _largest_places(self, place: str) -> tuple[str, ...]:
        """The largest places around a place; the place itself if there is none."""
        within = self._landscape.within
        return tuple(e for e in within.get(place, ()) if not within.get(e)) or (place,)


def _countries_reached(landscape: Landscape, place: str) -> tuple[str, ...]:
    """The countries that a place is, lies in or contains; the place itself if there is none."""
    around = (place, *landscape.within.get(place, ()))
    named = tuple(iri for iri in around if iri in landscape.countries)
    return named or landscape.members.get(place, ()) or (place,)
