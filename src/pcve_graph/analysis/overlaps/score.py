"""Scores pairs of works and assigns verdicts, by the rules of docs/overlap-score.md.

The verdicts are *overlapping* (projects), *back-to-back* and *colliding* (events), *related*, and
*not known* if the verdict depends on a day or place that no source states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, TypeVar

from .. import periods
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
        self._open_share = profiles.weights["time.open"]
        self._broader = profiles.weights["topic.broader"]
        self._neighbours = profiles.weights["place.neighbours"]
        self._reach = profiles.weights["place.reach"]
        self._subject_scores = _Memo(self._subject_score)
        self._rarest_score: _Memo[int] = _Memo(lambda mask: self._mask_score(mask, max))
        self._commonest_score: _Memo[int] = _Memo(lambda mask: self._mask_score(mask, min))
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
            place = self._place_score(left, right)
            return PairScore("related", *self._score(left, right, place, None), mark)
        time = None
        if relation.days == "adjacent":
            time = self.weights["time.adjacent"]
        elif relation.days == "shared":
            share = periods.shared_fraction(left.when, right.when, 1.0)
            time = self._floor + (1 - self._floor) * share
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
        if not (led or stated & self.profiles.pairing_subjects):
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
        """The score and the values of its parts; unknown parts have no weight."""
        by_place, by_topic, by_group, by_time, by_company = self._weights[left.work.kind]
        topic = group = company = None
        score = weight = 0.0
        if place is not None:
            score, weight = by_place * place, by_place
        if left.topics and right.topics:
            shared = left.topics & right.all_topics | left.all_topics & right.topics
            topic = self._subject_scores[left.topics & right.topics, shared]
            score, weight = score + by_topic * topic, weight + by_topic
        if left.groups and right.groups:
            shared = left.groups & right.all_groups | left.all_groups & right.groups
            group = self._subject_scores[left.groups & right.groups, shared]
            score, weight = score + by_group * group, weight + by_group
        if time is not None:
            score, weight = score + by_time * time, weight + by_time
        if by_company:
            company = self._company_score(left, right)
            if company is not None:
                score, weight = score + by_company * company, weight + by_company
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
        """The score of the best shared place; None if one of the two states no place."""
        if not (left.places and right.places):
            return None
        exact = left.places & right.places
        if exact:
            return self._rarest_score[exact]
        held = left.reach & right.reach
        if not held:
            return 0.0
        around = left.places & right.all_places | left.all_places & right.places
        return (self._reach if around else self._neighbours) * self._commonest_score[held]

    def _mask_score(self, mask: int, chosen: Callable[[list[float]], float]) -> float:
        rare = chosen([self._place_weights[bit] for bit in _bits(mask)])
        floor = self.weights["place.floor"]
        return floor + (1 - floor) * rare

    def _company_score(self, left: WorkProfile, right: WorkProfile) -> float | None:
        """The score of shared actors; None if there are none, as lists of actors are incomplete."""
        if not left.leaders.isdisjoint(right.leaders):
            return self.weights["company.leading"]
        if not left.company.isdisjoint(right.company):
            return self.weights["company.beside"]
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
