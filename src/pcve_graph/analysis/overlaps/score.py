"""What two works are to each other, and how strongly: the rules of docs/overlap-score.md.

The verdicts are *overlapping* (projects), *back-to-back* and *colliding* (events), *related*, and
*not known* where a day or place that no source states decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, TypeVar

from .. import periods
from .profiles import Profile, Profiles
from .related import Mark, how

VERDICTS: Final = ("overlapping", "back-to-back", "colliding", "related", "not-known")


PARTS: Final = ("place", "topic", "group", "time", "company")
"""The parts of a score, in their order."""

Values: TypeAlias = tuple[float | None, float | None, float | None, float | None, float | None]


class Finding(NamedTuple):
    """A verdict and its score from 0 to 1; `values` are those of PARTS, None where not known.

    `mark` is what the related share.
    """

    verdict: str
    score: float
    values: Values
    mark: Mark | None = None

    @property
    def parts(self) -> dict[str, float]:
        """The parts that are known, by name."""
        pairs = zip(PARTS, self.values, strict=True)
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class _Meeting:
    """How two events lie to each other: `days` shared, adjacent, open or none; `city` same, other
    or open."""

    days: str
    city: str


Key = TypeVar("Key")


class _Memo(dict[Key, float]):
    """What `value` gives for each key, worked out when it is first asked for."""

    def __init__(self, value: Callable[[Key], float]) -> None:
        self.value = value

    def __missing__(self, key: Key) -> float:
        self[key] = worth = self.value(key)
        return worth


class Judge:
    """Compares profiles; what it works out of places and topics is kept for the next pair."""

    def __init__(self, profiles: Profiles) -> None:
        self.known = profiles
        self.weights = profiles.weights
        parts = {kind: profiles.weights.of(kind) for kind in ("project", "event")}
        self._weights = {
            kind: (*(weights.get(name, 0.0) for name in PARTS),) for kind, weights in parts.items()
        }
        self._floor, self._open = profiles.weights["time.floor"], profiles.weights["time.open"]
        self._broader = profiles.weights["topic.broader"]
        self._neighbours = profiles.weights["place.neighbours"]
        self._reach = profiles.weights["place.reach"]
        self._subject = _Memo(self._say)
        self._rarest: _Memo[int] = _Memo(lambda mask: self._worth(mask, max))
        self._commonest: _Memo[int] = _Memo(lambda mask: self._worth(mask, min))
        says = {**profiles.topic.says, **profiles.group.says}
        general = profiles.weights.words["topic.general"]
        self._says = [
            0.0 if term.rpartition("/")[2] in general else says.get(term, 0.0)
            for term in profiles.subjects.terms
        ]
        self._rare = [profiles.place.says.get(term, 0.0) for term in profiles.places.terms]

    def judge(self, left: Profile, right: Profile) -> Finding | None:
        """What `one` and `other` are to each other; None where there is nothing to say."""
        if left.work.kind != right.work.kind:
            mark = how(left.family, right.family, (left.work.iri, right.work.iri))
            return Finding("related", 0.0, _NOTHING, mark) if mark else None
        return (
            self._projects(left, right)
            if left.work.kind == "project"
            else self._events(left, right)
        )

    def telling(self, left: Profile, right: Profile) -> int:
        """Subjects in common that make a pair: stated by one, stated or implied by the other."""
        shared = left.topics & right.all_topics | left.all_topics & right.topics
        shared |= left.groups & right.all_groups | left.all_groups & right.groups
        return shared & self.known.telling

    def _projects(self, left: Profile, right: Profile) -> Finding | None:
        if left.family.isdisjoint(right.family):
            if not self.telling(left, right) or periods.apart(left.when, right.when):
                return None
            if left.places and right.places and not left.reach & right.reach:
                return None
        return self.met(left, right)

    def met(self, left: Profile, right: Profile) -> Finding:
        """What two projects are that meet: a telling subject, a place and a day may be shared."""
        when, with_ = left.when, right.when
        time = None
        if when.begun <= with_.ended and with_.begun <= when.ended:
            share = periods.shared_part(when, with_, self._open)
            time = self._floor + (1 - self._floor) * share
        place = self._place(left, right)
        score, parts = self._scored(left, right, place, time)
        if not left.family.isdisjoint(right.family):
            return Finding("related", score, parts, self._mark(left, right))
        decided = time is not None and place is not None
        return Finding("overlapping" if decided else "not-known", score, parts)

    def _events(self, left: Profile, right: Profile) -> Finding | None:
        mark = self._mark(left, right)
        within = mark is not None and mark.sort == "part" and mark.what in _iris(left, right)
        meeting = self._meeting(left, right)
        verdict = None if within else self._met(left, right, meeting)
        if verdict is None or (mark and verdict == "not-known"):
            if mark is None:
                return None
            place = self._place(left, right)
            return Finding("related", *self._scored(left, right, place, None), mark)
        time = None
        if meeting.days == "adjacent":
            time = self.weights["time.adjacent"]
        elif meeting.days == "shared":
            share = periods.shared_part(left.when, right.when, 1.0)
            time = self._floor + (1 - self._floor) * share
        place = self._place(left, right) if meeting.city == "same" else None
        score, parts = self._scored(left, right, place, time)
        return Finding(verdict, score, parts, mark)

    def _met(self, left: Profile, right: Profile, meeting: _Meeting) -> str | None:
        vague = left.when.vague or right.when.vague
        if meeting.days == "none" or (vague and not left.places & right.places):
            return None
        led = not left.leaders.isdisjoint(right.leaders)
        if meeting.city == "same" and meeting.days == "shared":
            return "back-to-back"
        stated = left.topics & right.topics | left.groups & right.groups
        if meeting.city == "same" and meeting.days == "adjacent":
            return "back-to-back" if led or self._in_common(left, right) else None
        if meeting.city == "other" and meeting.days == "shared":
            return "colliding" if led or stated else None
        if meeting.days == "adjacent" and meeting.city == "other":
            return None
        if not (led or stated & self.known.telling):
            return None
        return "not-known" if self._may_meet(left, right, meeting) else None

    def _may_meet(self, left: Profile, right: Profile, meeting: _Meeting) -> bool:
        """Whether a missing day or place is all that keeps two events from a verdict.

        In one place any missing day may; elsewhere, days are known to the month at least.
        """
        if meeting.days != "open":
            return meeting.city == "open"
        return bool(left.places & right.places) or meeting.city == "other"

    def _in_common(self, left: Profile, right: Profile) -> bool:
        shared = left.topics & right.all_topics | left.all_topics & right.topics
        return bool(shared | left.groups & right.groups)

    def _meeting(self, left: Profile, right: Profile) -> _Meeting:
        if left.when.exact and right.when.exact and left.when.bounded and right.when.bounded:
            between = periods.gap(left.when, right.when)
            days = "shared" if between <= 0 else "adjacent" if between == 1 else "none"
        elif periods.apart(left.when, right.when):
            days = "none"
        else:
            days = "shared" if periods.together(left.when, right.when) else "open"
        if left.towns & right.towns:
            city = "same"
        elif not (left.here and right.here):
            city = "open"
        elif left.places and right.places and left.reach & right.reach:
            city = "other" if left.towns and right.towns else "open"
        else:
            city = "other"
        return _Meeting(days, city)

    def _mark(self, left: Profile, right: Profile) -> Mark | None:
        if left.family.isdisjoint(right.family):
            return None
        return how(left.family, right.family, _iris(left, right))

    def _scored(
        self, left: Profile, right: Profile, place: float | None, time: float | None
    ) -> tuple[float, Values]:
        """The score and the values of its parts; what cannot be known weighs nothing."""
        by_place, by_topic, by_group, by_time, by_company = self._weights[left.work.kind]
        topic = group = company = None
        score = weight = 0.0
        if place is not None:
            score, weight = by_place * place, by_place
        if left.topics and right.topics:
            shared = left.topics & right.all_topics | left.all_topics & right.topics
            topic = self._subject[left.topics & right.topics, shared]
            score, weight = score + by_topic * topic, weight + by_topic
        if left.groups and right.groups:
            shared = left.groups & right.all_groups | left.all_groups & right.groups
            group = self._subject[left.groups & right.groups, shared]
            score, weight = score + by_group * group, weight + by_group
        if time is not None:
            score, weight = score + by_time * time, weight + by_time
        if by_company:
            company = self._company(left, right)
            if company is not None:
                score, weight = score + by_company * company, weight + by_company
        return (score / weight if weight else 0.0), (place, topic, group, time, company)

    def _say(self, masks: tuple[int, int]) -> float:
        """One minus the product of what each subject in common leaves unsaid.

        `masks` are the subjects that both state, and those that one states and both mean.
        """
        exact, shared = masks
        left = 1.0
        for bit in _bits(shared):
            factor = 1.0 if exact >> bit & 1 else self._broader
            left *= 1 - factor * self._says[bit]
        return 1 - left

    def _place(self, left: Profile, right: Profile) -> float | None:
        """What the best place in common is worth; None where one of the two states none."""
        if not (left.places and right.places):
            return None
        exact = left.places & right.places
        if exact:
            return self._rarest[exact]
        held = left.reach & right.reach
        if not held:
            return 0.0
        around = left.places & right.all_places | left.all_places & right.places
        return (self._reach if around else self._neighbours) * self._commonest[held]

    def _worth(self, mask: int, chosen: Callable[[list[float]], float]) -> float:
        rare = chosen([self._rare[bit] for bit in _bits(mask)])
        floor = self.weights["place.floor"]
        return floor + (1 - floor) * rare

    def _company(self, left: Profile, right: Profile) -> float | None:
        """Bodies in common; None where there are none, for no list of them is ever complete."""
        if not left.leaders.isdisjoint(right.leaders):
            return self.weights["company.leading"]
        if not left.company.isdisjoint(right.company):
            return self.weights["company.beside"]
        return None


_NOTHING: Final[Values] = (None, None, None, None, None)


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        low = mask & -mask
        bits.append(low.bit_length() - 1)
        mask ^= low
    return bits


def _iris(left: Profile, right: Profile) -> tuple[str, str]:
    return left.work.iri, right.work.iri
