"""Finds the pairs of works that overlap, are back to back or collide, and selects from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from ...model.periods import NO, NOT_KNOWN, YES, Period, period_of_days, share_a_day
from ...model.standing import CALLED_OFF
from ..involvements import FUNDER
from ..works import Work
from . import candidates
from .profiles import WorkProfile, WorkProfiles
from .related import RelationMark
from .score import VERDICTS, PairScore, PairScorer


@dataclass(frozen=True, slots=True)
class OverlapCriteria:
    """Which pairs to find; an empty value or None selects all.

    `country` is reached by both projects, or by one of two events; `topic`, or a narrower one, is
    a topic of both; `funder` funds at least one. Both are under way on a day from `since` to
    `until`. `least` is the lowest score; of each verdict only the `limit` strongest pairs are kept.
    """

    kinds: tuple[str, ...] = ("project", "event")
    country: str = ""
    topic: str = ""
    funder: str = ""
    since: date | None = None
    until: date | None = None
    least: float | None = None
    limit: int | None = None

    @property
    def period(self) -> Period:
        """The period that is asked for."""
        return period_of_days(self.since, self.until)


@dataclass(frozen=True, slots=True)
class OverlapPair:
    """Two works and their verdict; `first` begins first, or has the lower IRI.

    `parts` are the parts of the score, 0 to 1 each; `mark` is what related works share. `holds` is
    `yes`, or `not known` where a date, or a place, leaves open whether they overlap, or do in the
    period that is asked for; how the facts stand (`reasons.pair_standing`) does not change it.
    """

    first: Work
    second: Work
    verdict: str
    score: float
    parts: Mapping[str, float]
    mark: RelationMark | None = None
    holds: str = YES


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The result: the pairs of each verdict, the strongest first, and their numbers.

    `counts` has the number of all pairs by (kind, verdict), including those beyond the limit.
    `compared` is the number of works of each kind that match the criteria; `silent` those of them
    that can form no pair, as they state neither a topic nor a target group.
    """

    pairs: Mapping[str, tuple[OverlapPair, ...]]
    counts: Mapping[tuple[str, str], int]
    compared: Mapping[str, int]
    silent: tuple[Work, ...]


_Entry: TypeAlias = tuple[float, str, str, Work, Work, PairScore, str]


@dataclass(slots=True)
class _Strongest:
    """The `most` strongest pairs of one verdict; `entries` is cut when it reaches twice as many."""

    most: int | None
    entries: list[_Entry] = field(default_factory=list)
    worst: _Entry | None = None
    """The last entry after a cut; weaker ones need not be added."""

    floor: float = 0.0
    """The score of `worst`."""

    def add(self, first: WorkProfile, second: WorkProfile, finding: PairScore, holds: str) -> None:
        if (second.when.first, second.work.iri) < (first.when.first, first.work.iri):
            first, second = second, first
        works = first.work, second.work
        entry = -finding.score, first.work.iri, second.work.iri, *works, finding, holds
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

    def pairs(self) -> tuple[OverlapPair, ...]:
        self.cut()
        return tuple(
            OverlapPair(
                *(first, second, finding.verdict, finding.score, finding.parts, finding.mark),
                NOT_KNOWN if finding.verdict == "not-known" else holds,
            )
            for *_, first, second, finding, holds in self.entries
        )


def find_overlaps(profiles: WorkProfiles, criteria: OverlapCriteria) -> Overlaps:
    """The pairs of works that overlap, are back to back or collide, and match `criteria`.

    Pairs of related works that would otherwise count have the verdict `related`. The result depends
    on nothing but the graph, the weights and the criteria.
    """
    scorer = PairScorer(profiles)
    strongest_by_verdict = {verdict: _Strongest(criteria.limit) for verdict in VERDICTS}
    counts: Counter[tuple[str, str]] = Counter()
    compared: dict[str, int] = {}
    silent: list[Work] = []
    narrow = bool(criteria.funder or criteria.country or criteria.since or criteria.until)
    for kind in criteria.kinds:
        chosen = [
            profile
            for profile in profiles.all
            if profile.work.kind == kind and _eligible(profile, criteria, profiles)
        ]
        reaching = [
            profile
            for profile in chosen
            if not profile.places or _reaches(profile, criteria, profiles)
        ]
        compared[kind] = len(reaching)
        silent += [profile.work for profile in reaching if not (profile.topics or profile.groups)]
        least = profiles.weights[f"least.{kind}"] if criteria.least is None else criteria.least
        compare = scorer.score_projects if kind == "project" else scorer.compare
        for first, second in _candidates(kind, chosen, profiles):
            finding = compare(first, second)
            if finding is None or (finding.score < least and finding.verdict != "related"):
                continue
            holds = YES
            if narrow:
                if not _matches(first, second, criteria, profiles):
                    continue
                holds = _holds(first, second, criteria)
            counts[kind, finding.verdict] += 1
            strongest = strongest_by_verdict[finding.verdict]
            if finding.score >= strongest.floor:
                strongest.add(first, second, finding, holds)
    pairs = {
        verdict: strongest_pairs.pairs()
        for verdict, strongest_pairs in strongest_by_verdict.items()
    }
    return Overlaps(pairs, dict(counts), compared, tuple(silent))


def succession_pairs(
    profiles: WorkProfiles, criteria: OverlapCriteria
) -> Iterator[tuple[Work, Work]]:
    """Pairs of a work and the one that succeeds it, where both match `criteria`."""
    works = {profile.work.iri: profile for profile in profiles.all}
    for profile in profiles.all:
        for before in profile.work.preceded_by:
            earlier = works.get(before)
            if not earlier or profile.work.kind not in criteria.kinds:
                continue
            both = _eligible(profile, criteria, profiles) and _eligible(earlier, criteria, profiles)
            if both and _matches(earlier, profile, criteria, profiles):
                yield earlier.work, profile.work


def _candidates(
    kind: str, chosen: list[WorkProfile], profiles: WorkProfiles
) -> Iterable[tuple[WorkProfile, WorkProfile]]:
    return (
        candidates.project_candidates(chosen, profiles.pairing_subjects)
        if kind == "project"
        else candidates.event_candidates(chosen)
    )


def _eligible(profile: WorkProfile, criteria: OverlapCriteria, profiles: WorkProfiles) -> bool:
    """Whether a work can be part of a pair that matches the criteria."""
    work = profile.work
    if work.status in CALLED_OFF:
        return False
    if criteria.topic and criteria.topic not in work.topics and criteria.topic not in work.wider:
        return False
    reaches = work.kind == "event" or not profile.places or _reaches(profile, criteria, profiles)
    if not reaches:
        return False
    return share_a_day(profile.when, criteria.period) != NO


def _reaches(profile: WorkProfile, criteria: OverlapCriteria, profiles: WorkProfiles) -> bool:
    """Whether a work is known to reach the country, or a country of the region, of the criteria."""
    if not criteria.country:
        return True
    countries = profiles.landscape.members.get(criteria.country, (criteria.country,))
    return bool(profile.reach & profiles.places.mask(countries))


def _matches(
    left: WorkProfile, right: WorkProfile, criteria: OverlapCriteria, profiles: WorkProfiles
) -> bool:
    """Whether a pair of works matches the criteria."""
    if criteria.funder and criteria.funder not in (
        *left.work.funders,
        *right.work.funders,
    ):
        return False
    if not (_reaches(left, criteria, profiles) or _reaches(right, criteria, profiles)):
        return False
    return _holds(left, right, criteria) != NO


def _holds(left: WorkProfile, right: WorkProfile, criteria: OverlapCriteria) -> str:
    """Whether a pair shares a day of the period that is asked for: `yes`, `not known` or `no`.

    Of a pair that surely shares no day (consecutive events, a successor), whether both works have a
    day in the period. A funder whose part may lie outside the period leaves it open.
    """
    sides = left.when, right.when
    answers = {share_a_day(*sides, criteria.period)}
    if share_a_day(*sides) == NO:
        answers = {share_a_day(side, criteria.period) for side in sides}
    if criteria.funder and not _surely_pays(criteria.funder, (left.work, right.work)):
        answers |= {NOT_KNOWN}
    return NO if NO in answers else NOT_KNOWN if NOT_KNOWN in answers else YES


def _surely_pays(funder: str, works: tuple[Work, Work]) -> bool:
    return any(
        funder in work.funders and (FUNDER, funder) not in work.unsure_parts for work in works
    )
