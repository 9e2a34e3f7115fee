"""Which projects do the same in the same place and time, and which events meet or collide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from ..periods import NEVER, apart
from ..scope import CALLED_OFF
from ..works import Work
from . import candidates
from .profiles import Profile, Profiles
from .related import Mark
from .score import VERDICTS, Finding, Judge


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pairs are wanted; what is empty or None asks for all.

    `country` is reached by both projects, or by one of two events; `topic` is what both are about,
    narrower ones included; `funder` pays for one of them at least. `since` and `until` are days
    within which both are under way. `least` is the lowest score, `keep` the most pairs of each
    verdict that are kept, the strongest ones.
    """

    kinds: tuple[str, ...] = ("project", "event")
    country: str = ""
    topic: str = ""
    funder: str = ""
    since: date | None = None
    until: date | None = None
    least: float | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two works and what they are to each other; `one` begins first, or comes first by its IRI.

    `parts` are the parts of the score, 0 to 1 each; `mark` is what the related share.
    """

    one: Work
    other: Work
    verdict: str
    score: float
    parts: Mapping[str, float]
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What was found: the pairs of each verdict, the strongest first, and how many there are.

    `counts` are of (kind, verdict), all pairs included, also those that were not kept. `compared`
    is how many works of each kind can be asked for; `silent` those of them that can make no pair,
    as they state neither a topic nor a target group.
    """

    pairs: Mapping[str, tuple[Pair, ...]]
    counts: Mapping[tuple[str, str], int]
    compared: Mapping[str, int]
    silent: tuple[Work, ...]


_Entry: TypeAlias = tuple[float, str, str, Work, Work, Finding]


@dataclass(slots=True)
class _Kept:
    """The strongest pairs of one verdict; twice as many are held at most, and cut when they are."""

    most: int | None
    entries: list[_Entry] = field(default_factory=list)
    worst: _Entry | None = None
    """The last of those kept; what comes after it need not be held."""

    floor: float = 0.0
    """The score of `worst`."""

    def add(self, first: Profile, second: Profile, finding: Finding) -> None:
        if (second.when.first, second.work.iri) < (first.when.first, first.work.iri):
            first, second = second, first
        entry = -finding.score, first.work.iri, second.work.iri, first.work, second.work, finding
        if self.worst is None or entry < self.worst:
            self.entries.append(entry)
            if self.most is not None and len(self.entries) >= 2 * self.most:
                self.cut()

    def cut(self) -> None:
        self.entries.sort()
        if self.most is not None:
            del self.entries[self.most :]
            if len(self.entries) == self.most > 0:
                self.worst = self.entries[-1]
                self.floor = -self.worst[0]

    def pairs(self) -> tuple[Pair, ...]:
        self.cut()
        return tuple(
            Pair(first, second, finding.verdict, finding.score, finding.parts, finding.mark)
            for *_, first, second, finding in self.entries
        )


def find_overlaps(profiles: Profiles, criteria: Asked) -> Overlaps:
    """The pairs of works that overlap, meet or collide, as `asked`.

    Pairs of related works are kept under `related` where they would count otherwise. The same
    graph and the same question give the same answer.
    """
    judge = Judge(profiles)
    strongest_by_verdict = {verdict: _Kept(criteria.keep) for verdict in VERDICTS}
    counts: Counter[tuple[str, str]] = Counter()
    compared: dict[str, int] = {}
    silent: list[Work] = []
    narrow = bool(criteria.funder or criteria.country or criteria.since or criteria.until)
    for kind in criteria.kinds:
        chosen = [
            profile
            for profile in profiles.all
            if profile.work.kind == kind and _asked(profile, criteria, profiles)
        ]
        reaching = [
            profile
            for profile in chosen
            if not profile.places or _reaches(profile, criteria, profiles)
        ]
        compared[kind] = len(reaching)
        silent += [profile.work for profile in reaching if not (profile.topics or profile.groups)]
        least = profiles.weights[f"least.{kind}"] if criteria.least is None else criteria.least
        compare = judge.met if kind == "project" else judge.judge
        for first, second in _candidates(kind, chosen, profiles):
            finding = compare(first, second)
            if finding is None or (finding.score < least and finding.verdict != "related"):
                continue
            if narrow and not _wanted(first, second, criteria, profiles):
                continue
            counts[kind, finding.verdict] += 1
            strongest = strongest_by_verdict[finding.verdict]
            if finding.score >= strongest.floor:
                strongest.add(first, second, finding)
    pairs = {
        verdict: strongest_pairs.pairs()
        for verdict, strongest_pairs in strongest_by_verdict.items()
    }
    return Overlaps(pairs, dict(counts), compared, tuple(silent))


def lines_of_succession(profiles: Profiles, criteria: Asked) -> Iterator[tuple[Work, Work]]:
    """The works that follow another, with that one, as `asked`; the earlier one first."""
    works = {profile.work.iri: profile for profile in profiles.all}
    for profile in profiles.all:
        for before in profile.work.preceded_by:
            earlier = works.get(before)
            if not earlier or profile.work.kind not in criteria.kinds:
                continue
            both = _asked(profile, criteria, profiles) and _asked(earlier, criteria, profiles)
            if both and _wanted(earlier, profile, criteria, profiles):
                yield earlier.work, profile.work


def _candidates(
    kind: str, chosen: list[Profile], profiles: Profiles
) -> Iterable[tuple[Profile, Profile]]:
    return (
        candidates.projects(chosen, profiles.telling)
        if kind == "project"
        else candidates.events(chosen)
    )


def _asked(profile: Profile, criteria: Asked, profiles: Profiles) -> bool:
    """Whether a work can be one of a pair that is asked for."""
    work = profile.work
    if work.status in CALLED_OFF:
        return False
    if criteria.topic and criteria.topic not in work.topics and criteria.topic not in work.wider:
        return False
    reaches = work.kind == "event" or not profile.places or _reaches(profile, criteria, profiles)
    if not reaches:
        return False
    first = criteria.since.toordinal() if criteria.since else -NEVER
    last = criteria.until.toordinal() if criteria.until else NEVER
    return profile.when.last >= first and profile.when.first <= last


def _reaches(profile: Profile, criteria: Asked, profiles: Profiles) -> bool:
    """Whether a work is known to reach the country, or one of the region, that is asked for."""
    if not criteria.country:
        return True
    countries = profiles.landscape.members.get(criteria.country, (criteria.country,))
    return bool(profile.reach & profiles.places.mask(countries))


def _wanted(first_work: Profile, second_work: Profile, criteria: Asked, profiles: Profiles) -> bool:
    """Whether a pair of works is one that is asked for."""
    if criteria.funder and criteria.funder not in (
        *first_work.work.funders,
        *second_work.work.funders,
    ):
        return False
    if not (_reaches(first_work, criteria, profiles) or _reaches(second_work, criteria, profiles)):
        return False
    if criteria.since or criteria.until:
        first = max(first_work.when.first, second_work.when.first)
        last = min(first_work.when.last, second_work.when.last)
        since = criteria.since.toordinal() if criteria.since else -NEVER
        until = criteria.until.toordinal() if criteria.until else NEVER
        return apart(first_work.when, second_work.when) or (last >= since and first <= until)
    return True
