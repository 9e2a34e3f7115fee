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
        self[key] = found = self.value(key)
        return found


class Judge:
    """Compares profiles; what it works out of places and topics is kept for the next pair."""

    def __init__(self, known: Profiles) -> None:
        self.known = known
        self.weights = known.weights
        parts = {kind: known.weights.of(kind) for kind in ("project", "event")}
        self._weights = {
            kind: (*(found.get(name, 0.0) for name in PARTS),) for kind, found in parts.items()
        }
        self._floor, self._open = known.weights["time.floor"], known.weights["time.open"]
        self._broader = known.weights["topic.broader"]
        self._neighbours = known.weights["place.neighbours"]
        self._reach = known.weights["place.reach"]
        self._subject = _Memo(self._say)
        self._rarest: _Memo[int] = _Memo(lambda mask: self._worth(mask, max))
        self._commonest: _Memo[int] = _Memo(lambda mask: self._worth(mask, min))
        says = {**known.topic.says, **known.group.says}
        general = known.weights.words["topic.general"]
        self._says = [
            0.0 if each.rpartition("/")[2] in general else says.get(each, 0.0)
            for each in known.subjects.terms
        ]
        self._rare = [known.place.says.get(each, 0.0) for each in known.places.terms]

    def judge(self, one: Profile, other: Profile) -> Finding | None:
        """What `one` and `other` are to each other; None where there is nothing to say."""
        if one.work.kind != other.work.kind:
            mark = how(one.family, other.family, (one.work.iri, other.work.iri))
            return Finding("related", 0.0, _NOTHING, mark) if mark else None
        return (
            self._projects(one, other) if one.work.kind == "project" else self._events(one, other)
        )

    def telling(self, one: Profile, other: Profile) -> int:
        """Subjects in common that make a pair: stated by one, stated or implied by the other."""
        shared = one.topics & other.all_topics | one.all_topics & other.topics
        shared |= one.groups & other.all_groups | one.all_groups & other.groups
        return shared & self.known.telling

    def _projects(self, one: Profile, other: Profile) -> Finding | None:
        if one.family.isdisjoint(other.family):
            if not self.telling(one, other) or periods.apart(one.when, other.when):
                return None
            if one.places and other.places and not one.reach & other.reach:
                return None
        return self.met(one, other)

    def met(self, one: Profile, other: Profile) -> Finding:
        """What two projects are that meet: a telling subject, a place and a day may be shared."""
        when, with_ = one.when, other.when
        time = None
        if when.begun <= with_.ended and with_.begun <= when.ended:
            share = periods.shared_part(when, with_, self._open)
            time = self._floor + (1 - self._floor) * share
        place = self._place(one, other)
        score, parts = self._scored(one, other, place, time)
        if not one.family.isdisjoint(other.family):
            return Finding("related", score, parts, self._mark(one, other))
        known = time is not None and place is not None
        return Finding("overlapping" if known else "not-known", score, parts)

    def _events(self, one: Profile, other: Profile) -> Finding | None:
        mark = self._mark(one, other)
        within = mark is not None and mark.sort == "part" and mark.what in _iris(one, other)
        meeting = self._meeting(one, other)
        verdict = None if within else self._met(one, other, meeting)
        if verdict is None or (mark and verdict == "not-known"):
            if mark is None:
                return None
            place = self._place(one, other)
            return Finding("related", *self._scored(one, other, place, None), mark)
        time = None
        if meeting.days == "adjacent":
            time = self.weights["time.adjacent"]
        elif meeting.days == "shared":
            share = periods.shared_part(one.when, other.when, 1.0)
            time = self._floor + (1 - self._floor) * share
        place = self._place(one, other) if meeting.city == "same" else None
        score, parts = self._scored(one, other, place, time)
        return Finding(verdict, score, parts, mark)

    def _met(self, one: Profile, other: Profile, meeting: _Meeting) -> str | None:
        vague = one.when.vague or other.when.vague
        if meeting.days == "none" or (vague and not one.places & other.places):
            return None
        led = not one.leaders.isdisjoint(other.leaders)
        if meeting.city == "same" and meeting.days == "shared":
            return "back-to-back"
        stated = one.topics & other.topics | one.groups & other.groups
        if meeting.city == "same" and meeting.days == "adjacent":
            return "back-to-back" if led or self._in_common(one, other) else None
        if meeting.city == "other" and meeting.days == "shared":
            return "colliding" if led or stated else None
        if meeting.days == "adjacent" and meeting.city == "other":
            return None
        if not (led or stated & self.known.telling):
            return None
        return "not-known" if self._may_meet(one, other, meeting) else None

    def _may_meet(self, one: Profile, other: Profile, meeting: _Meeting) -> bool:
        """Whether a missing day or place is all that keeps two events from a verdict.

        In one place any missing day may; elsewhere, days are known to the month at least.
        """
        if meeting.days != "open":
            return meeting.city == "open"
        return bool(one.places & other.places) or meeting.city == "other"

    def _in_common(self, one: Profile, other: Profile) -> bool:
        shared = one.topics & other.all_topics | one.all_topics & other.topics
        return bool(shared | one.groups & other.groups)

    def _meeting(self, one: Profile, other: Profile) -> _Meeting:
        if one.when.exact and other.when.exact and one.when.bounded and other.when.bounded:
            between = periods.gap(one.when, other.when)
            days = "shared" if between <= 0 else "adjacent" if between == 1 else "none"
        elif periods.apart(one.when, other.when):
            days = "none"
        else:
            days = "shared" if periods.together(one.when, other.when) else "open"
        if one.towns & other.towns:
            city = "same"
        elif not (one.here and other.here):
            city = "open"
        elif one.places and other.places and one.reach & other.reach:
            city = "other" if one.towns and other.towns else "open"
        else:
            city = "other"
        return _Meeting(days, city)

    def _mark(self, one: Profile, other: Profile) -> Mark | None:
        if one.family.isdisjoint(other.family):
            return None
        return how(one.family, other.family, _iris(one, other))

    def _scored(
        self, one: Profile, other: Profile, place: float | None, time: float | None
    ) -> tuple[float, Values]:
        """The score and the values of its parts; what cannot be known weighs nothing."""
        by_place, by_topic, by_group, by_time, by_company = self._weights[one.work.kind]
        topic = group = company = None
        score = weight = 0.0
        if place is not None:
            score, weight = by_place * place, by_place
        if one.topics and other.topics:
            shared = one.topics & other.all_topics | one.all_topics & other.topics
            topic = self._subject[one.topics & other.topics, shared]
            score, weight = score + by_topic * topic, weight + by_topic
        if one.groups and other.groups:
            shared = one.groups & other.all_groups | one.all_groups & other.groups
            group = self._subject[one.groups & other.groups, shared]
            score, weight = score + by_group * group, weight + by_group
        if time is not None:
            score, weight = score + by_time * time, weight + by_time
        if by_company:
            company = self._company(one, other)
            if company is not None:
                score, weight = score + by_company * company, weight + by_company
        return (score / weight if weight else 0.0), (place, topic, group, time, company)

    def _say(self, masks: tuple[int, int]) -> float:
        """One minus the product of what each subject in common leaves unsaid.

        `masks` are the subjects that both state, and those that one states and both mean.
        """
        exact, shared = masks
        left = 1.0
        for each in _bits(shared):
            factor = 1.0 if exact >> each & 1 else self._broader
            left *= 1 - factor * self._says[each]
        return 1 - left

    def _place(self, one: Profile, other: Profile) -> float | None:
        """What the best place in common is worth; None where one of the two states none."""
        if not (one.places and other.places):
            return None
        exact = one.places & other.places
        if exact:
            return self._rarest[exact]
        held = one.reach & other.reach
        if not held:
            return 0.0
        around = one.places & other.all_places | one.all_places & other.places
        return (self._reach if around else self._neighbours) * self._commonest[held]

    def _worth(self, mask: int, chosen: Callable[[list[float]], float]) -> float:
        rare = chosen([self._rare[each] for each in _bits(mask)])
        floor = self.weights["place.floor"]
        return floor + (1 - floor) * rare

    def _company(self, one: Profile, other: Profile) -> float | None:
        """Bodies in common; None where there are none, for no list of them is ever complete."""
        if not one.leaders.isdisjoint(other.leaders):
            return self.weights["company.leading"]
        if not one.company.isdisjoint(other.company):
            return self.weights["company.beside"]
        return None


_NOTHING: Final[Values] = (None, None, None, None, None)


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def _iris(one: Profile, other: Profile) -> tuple[str, str]:
    return one.work.iri, other.work.iri
