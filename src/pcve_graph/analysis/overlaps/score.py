"""Scores pairs of works and assigns verdicts, by the rules of docs/overlap-score.md.

The verdicts are *overlapping* (projects), *back-to-back* and *colliding* (events), *related*, and
*not known* if the verdict depends on a day or place that no source states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, TypeAlias, TypeVar

from ...model import periods
from .profiles import WorkProfile, WorkProfiles
from .related import RelationMark, closest_relation

VERDICTS: Final = ("overlapping", "back-to-back", "colliding", "related", "not-known")


PARTS: Final = ("place", "topic", "group", "time", "company")
"""The parts of a score; the order of `PairScore.values`."""

PartValues: TypeAlias = tuple[float | None, float | None, float | None, float | None, float | None]


class PairScore(NamedTuple):
    """A verdict and its score from 0 to 1; `values` are those of PARTS, None if unknown.

    `mark` is what related works share.
    """

    verdict: str
    score: float
    values: PartValues
    mark: RelationMark | None = None

    @property
    def parts(self) -> dict[str, float]:
        """The known parts of the score, by name."""
        pairs = zip(PARTS, self.values, strict=True)
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class _Relation:
    """Two events: `days` is shared, adjacent, open or none; `city` is same, other or open."""

    days: str
    city: str


Key = TypeVar("Key")


class _Memo(dict[Key, float]):
    """A cache of the function `value` by its argument."""

    def __init__(self, value: Callable[[Key], float]) -> None:
        self.value = value

    def __missing__(self, key: Key) -> float:
        self[key] = value = self.value(key)
        return value


class PairScorer:
    """Scores pairs of profiles; scores of places and subjects are cached between pairs."""

    def __init__(self, profiles: WorkProfiles) -> None:
        self.profiles = profiles
        self.weights = profiles.weights
        parts = {kind: profiles.weights.of(kind) for kind in ("project", "event")}
        self._weights = {
            kind: (*(weights.get(name, 0.0) for name in PARTS),) for kind, weights in parts.items()
        }
        self._floor = profiles.weights["time.floor"]
        self._adjacent = profiles.weights["time.adjacent"]
        self._open_share = profiles.weights["time.open"]
        self._leading = profiles.weights["company.leading"]
        self._taking_part = profiles.weights["company.participating"]
        self._place_floor = profiles.weights["place.floor"]
        self._topic_floor = profiles.weights["topic.floor"]
        self._broader = profiles.weights["topic.broader"]
        self._neighbours = profiles.weights["place.neighbours"]
        self._reach = profiles.weights["place.reach"]
        self._subject_scores = _Memo(self._subject_score)
        self._place_scores = _Memo(self._places_score)
        self._masks_of_place = cache(profiles.masks_of_place)
        term_weights = {**profiles.topic.weight_by_term, **profiles.group.weight_by_term}
        general = profiles.weights.words["topic.general"]
        self._subject_weights = [
            0.0 if term.rpartition("/")[2] in general else term_weights.get(term, 0.0)
            for term in profiles.subjects.terms
        ]
        self._place_weights = [
            profiles.place.weight_by_term.get(term, 0.0) for term in profiles.places.terms
        ]

    def compare(self, left: WorkProfile, right: WorkProfile) -> PairScore | None:
        """The finding for two works, given in order of their start; None if they are unrelated."""
        if left.work.kind != right.work.kind:
            mark = closest_relation(left.family, right.family, (left.work.iri, right.work.iri))
            return PairScore("related", 0.0, _NO_VALUES, mark) if mark else None
        return (
            self._projects(left, right)
            if left.work.kind == "project"
            else self._events(left, right)
        )

    def shared_subjects(self, left: WorkProfile, right: WorkProfile) -> int:
        """The mask of pairing subjects that one states and the other states or implies."""
        shared = left.topics & right.all_topics | left.all_topics & right.topics
        shared |= left.groups & right.all_groups | left.all_groups & right.groups
        return shared & self.profiles.pairing_subjects

    def _projects(self, left: WorkProfile, right: WorkProfile) -> PairScore | None:
        if left.family.isdisjoint(right.family):
            if not self.shared_subjects(left, right) or periods.surely_disjoint(
                left.when, right.when
            ):
                return None
            if left.places and right.places and not left.reach & right.reach:
                return None
        return self.score_projects(left, right)

    def score_projects(self, left: WorkProfile, right: WorkProfile) -> PairScore:
        """The finding for two projects that share a pairing subject, and possibly place and day."""
        when, other_period = left.when, right.when
        time = None
        if (
            when.latest_start <= other_period.earliest_end
            and other_period.latest_start <= when.earliest_end
        ):
            share = periods.shared_fraction(when, other_period, self._open_share)
            time = self._floor + (1 - self._floor) * share
        place = self._place_score(left, right)
        score, parts = self._score(left, right, place, time)
        if not left.family.isdisjoint(right.family):
            return PairScore("related", score, parts, self._nearest_mark(left, right))
        decided = time is not None and place is not None
        return PairScore("overlapping" if decided else "not-known", score, parts)

    def _events(self, left: WorkProfile, right: WorkProfile) -> PairScore | None:
        mark = self._nearest_mark(left, right)
        within = mark is not None and mark.sort == "part" and mark.what in _iris(left, right)
        relation = self._relation(left, right)
        verdict = None if within else self._verdict(left, right, relation)
        if verdict is None or (mark and verdict == "not-known"):
            if mark is None:
                return None
            verdict = "related"
        time = None
        if relation.days == "adjacent":
            time = self._adjacent
        elif relation.days == "shared":
            share = periods.shared_fraction(left.when, right.when, 1.0)
            time = max(self._adjacent, self._floor + (1 - self._floor) * share)
        place = self._place_score(left, right) if relation.city == "same" else None
        score, parts = self._score(left, right, place, time)
        return PairScore(verdict, score, parts, mark)

    def _verdict(self, left: WorkProfile, right: WorkProfile, relation: _Relation) -> str | None:
        vague = left.when.vague or right.when.vague
        if relation.days == "none" or (vague and not left.places & right.places):
            return None
        led = not left.leaders.isdisjoint(right.leaders)
        if relation.city == "same" and relation.days == "shared":
            return "back-to-back"
        stated = left.topics & right.topics | left.groups & right.groups
        if relation.city == "same" and relation.days == "adjacent":
            return "back-to-back" if led or self._share_subject(left, right) else None
        if relation.city == "other" and relation.days == "shared":
            return "colliding" if led or stated else None
        if relation.days == "adjacent" and relation.city == "other":
            return None
        if relation.days != "shared":  # if shared, they collide unless the city is the same
            stated &= self.profiles.pairing_subjects
        if not (led or stated):
            return None
        return "not-known" if self._is_undecided(left, right, relation) else None

    def _is_undecided(self, left: WorkProfile, right: WorkProfile, relation: _Relation) -> bool:
        """Whether only a missing day or place prevents a verdict on two events.

        In one place any missing day does; elsewhere the days must be known at least to the month.
        """
        if relation.days != "open":
            return relation.city == "open"
        return bool(left.places & right.places) or relation.city == "other"

    def _share_subject(self, left: WorkProfile, right: WorkProfile) -> bool:
        shared = left.topics & right.all_topics | left.all_topics & right.topics
        return bool(shared | left.groups & right.groups)

    def _relation(self, left: WorkProfile, right: WorkProfile) -> _Relation:
        if left.when.exact and right.when.exact and left.when.bounded and right.when.bounded:
            between = periods.days_between(left.when, right.when)
            days = "shared" if between <= 0 else "adjacent" if between == 1 else "none"
        elif periods.surely_disjoint(left.when, right.when):
            days = "none"
        else:
            days = "shared" if periods.surely_overlap(left.when, right.when) else "open"
        if left.towns & right.towns:
            city = "same"
        elif not (left.located and right.located):
            city = "open"
        elif left.places and right.places and left.reach & right.reach:
            city = "other" if left.towns and right.towns else "open"
        else:
            city = "other"
        return _Relation(days, city)

    def _nearest_mark(self, left: WorkProfile, right: WorkProfile) -> RelationMark | None:
        if left.family.isdisjoint(right.family):
            return None
        return closest_relation(left.family, right.family, _iris(left, right))

    def _score(
        self, left: WorkProfile, right: WorkProfile, place: float | None, time: float | None
    ) -> tuple[float, PartValues]:
        """The score and the values of its parts, by the rules of docs/overlap-score.md.

        The score is monotone, as an unknown part never counts more than one with anything shared:
        `raising` holds the parts that are left out where they would lower it.
        """
        by_place, by_topic, by_group, by_time, by_company = self._weights[left.work.kind]
        topic = group = company = None
        score, weight = 0.0, by_topic
        raising = [] if time is None else [(time, by_time)]
        if left.work.kind == "project":
            score += by_place * (self._place_floor if place is None else place)
            weight += by_place
        elif place is not None:
            raising.append((place, by_place))
        if left.topics and right.topics:
            shared = left.topics & right.all_topics | left.all_topics & right.topics
            topic = self._subject_scores[left.topics & right.topics, shared]
            topic = max(topic, self._topic_floor) if shared else 0.0
        score += by_topic * (self._topic_floor if topic is None else topic)
        if left.groups and right.groups:
            shared = left.groups & right.all_groups | left.all_groups & right.groups
            group = self._subject_scores[left.groups & right.groups, shared]
            if shared:
                raising.append((group, by_group))
            else:
                weight += by_group
        if by_company:
            company = self._company_score(left, right)
            if company is not None:
                raising.append((company, by_company))
        if len(raising) > 1:
            raising.sort(reverse=True)
        for value, part_weight in raising:
            if value * weight > score or not weight:
                score, weight = score + part_weight * value, weight + part_weight
        return (score / weight if weight else 0.0), (place, topic, group, time, company)

    def _subject_score(self, masks: tuple[int, int]) -> float:
        """One minus the product of one minus the weight of each shared subject.

        `masks` are the subjects that both state, and those that one states and both imply.
        """
        exact, shared = masks
        remainder = 1.0
        for bit in _bits(shared):
            factor = 1.0 if exact >> bit & 1 else self._broader
            remainder *= 1 - factor * self._subject_weights[bit]
        return 1 - remainder

    def _place_score(self, left: WorkProfile, right: WorkProfile) -> float | None:
        """The score of the places in common; None if one of the two states no place."""
        if not (left.places and right.places):
            return None
        return self._place_scores[left.places, right.places]

    def _places_score(self, masks: tuple[int, int]) -> float:
        """The score of the best shared place.

        Without a place in common, all places of the one are compared with all of the other. With
        one, also each with each: else the place in common could hide a nearer pair.
        """
        left, right = map(_bits, masks)
        common = masks[0] & masks[1]
        if not common:
            return self._apart_score(*masks)
        rarest = max(self._place_weights[bit] for bit in _bits(common))
        apart = (
            self._apart_score(1 << first, 1 << second)
            for first in left
            for second in right
            if first != second
        )
        return max(self._floor_and(rarest), *apart, 0.0)

    def _apart_score(self, left: int, right: int) -> float:
        """The score of places of which none is in common, by the commonest country both reach."""
        (around, reach), (other_around, other_reach) = map(self._masks_of_places, (left, right))
        held = reach & other_reach
        if not held:
            return 0.0
        one_holds_other = left & other_around or around & right
        factor = self._reach if one_holds_other else self._neighbours
        return factor * self._floor_and(min(self._place_weights[bit] for bit in _bits(held)))

    def _masks_of_places(self, mask: int) -> tuple[int, int]:
        around = reach = 0
        for bit in _bits(mask):
            wider, reached = self._masks_of_place(bit)
            around, reach = around | wider, reach | reached
        return around, reach

    def _floor_and(self, rarity: float) -> float:
        return self._place_floor + (1 - self._place_floor) * rarity

    def _company_score(self, left: WorkProfile, right: WorkProfile) -> float | None:
        """The score of shared actors; None if there are none, as lists of actors are incomplete."""
        if not left.leaders.isdisjoint(right.leaders):
            return max(self._leading, self._taking_part)
        if not left.company.isdisjoint(right.company):
            return self._taking_part
        return None


_NO_VALUES: Final[PartValues] = (None, None, None, None, None)


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        low = mask & -mask
        bits.append(low.bit_length() - 1)
        mask ^= low
    return bits


def _iris(left: WorkProfile, right: WorkProfile) -> tuple[str, str]:
    return left.work.iri, right.work.iri
