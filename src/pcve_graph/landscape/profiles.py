"""What is compared of each work, as numbers and sets, so that many can be compared quickly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .periods import Period, period
from .rarity import Rarity, rarity
from .related import Mark, families
from .weights import Weights
from .work import Landscape, Work


class Bits:
    """Terms as bits of whole numbers, in the order in which they are first met."""

    def __init__(self) -> None:
        self.terms: list[str] = []
        self._places: dict[str, int] = {}

    def mask(self, terms: Iterable[str]) -> int:
        """The number whose bits stand for `terms`."""
        found = 0
        for each in terms:
            if each not in self._places:
                self._places[each] = len(self.terms)
                self.terms.append(each)
            found |= 1 << self._places[each]
        return found

    def read(self, mask: int) -> list[str]:
        """The terms of `mask`, in their order."""
        found = []
        while mask:
            low = mask & -mask
            found.append(self.terms[low.bit_length() - 1])
            mask ^= low
        return found


@dataclass(frozen=True, slots=True)
class Profile:
    """One work as it is compared.

    Masks are over `Profiles.subjects` (topics and target groups) and `Profiles.places`: what is
    stated, and what is stated or broader; `reach` are the countries that its places are, lie in or
    hold, and regions that hold none. `towns` are the stated places within a country, `here` is
    whether it takes place somewhere, rather than online.
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
    topics = {each for work in works for each in (*work.topics, *work.wider)}
    groups = {each for work in works for each in (*work.groups, *work.wider_groups)}
    listed = {*landscape.broader, *(up for found in landscape.broader.values() for up in found)}
    topics |= {each for each in listed if "/topic/" in each}
    groups |= {each for each in listed if "/target-group/" in each}
    grounds = {*landscape.within, *landscape.countries, *(p for w in works for p in w.places)}
    steady = weights["rarity.steady"]
    topic = rarity(
        topics, landscape.broader, (w.topics for w in works), weights["rarity.topic"], steady
    )
    group = rarity(
        groups, landscape.broader, (w.groups for w in works), weights["rarity.group"], steady
    )
    place = rarity(
        grounds, landscape.within, (w.places for w in works), weights["rarity.place"], steady
    )
    subjects, places = Bits(), Bits()
    general = weights.words["topic.general"]
    common = weights["topic.common"]
    shares = {**topic.shares, **group.shares}
    telling = subjects.mask(
        each
        for each in sorted(shares)
        if shares[each] <= common and each.rpartition("/")[2] not in general
    )
    kin = families(landscape, weights.words["instruments"])
    reached = _reached(landscape)
    found = []
    for work in works:
        ups = {up for each in work.places for up in landscape.within.get(each, ())}
        found.append(
            Profile(
                work=work,
                when=period(work),
                topics=subjects.mask(work.topics),
                all_topics=subjects.mask((*work.topics, *work.wider)),
                groups=subjects.mask(work.groups),
                all_groups=subjects.mask((*work.groups, *work.wider_groups)),
                places=places.mask(work.places),
                all_places=places.mask((*work.places, *sorted(ups))),
                reach=places.mask(
                    sorted({each for place in work.places for each in reached(place)})
                ),
                towns=places.mask(
                    each
                    for each in work.places
                    if each not in landscape.countries and each not in work.regions
                ),
                here=bool(work.places) or work.mode == "online",
                family=kin[work.iri],
                leaders=frozenset(work.leaders),
                company=frozenset(work.company),
            )
        )
    return Profiles(
        tuple(found), subjects, places, telling, place, topic, group, weights, landscape
    )


def _reached(landscape: Landscape) -> _Reach:
    return _Reach(landscape.within, landscape.members, landscape.countries)


class _Reach:
    """The countries that a place is, lies in or holds; the place itself where there are none."""

    def __init__(
        self,
        within: Mapping[str, tuple[str, ...]],
        members: Mapping[str, tuple[str, ...]],
        countries: frozenset[str],
    ) -> None:
        self._within = within
        self._members = members
        self._countries = countries
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, place: str) -> tuple[str, ...]:
        if place not in self._known:
            around = [e for e in (place, *self._within.get(place, ())) if e in self._countries]
            self._known[place] = tuple(around) or self._members.get(place, ()) or (place,)
        return self._known[place]
