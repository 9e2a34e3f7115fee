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

    def add(self, one: Profile, other: Profile, found: Finding) -> None:
        if (other.when.first, other.work.iri) < (one.when.first, one.work.iri):
            one, other = other, one
        entry = -found.score, one.work.iri, other.work.iri, one.work, other.work, found
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
            Pair(one, other, found.verdict, found.score, found.parts, found.mark)
            for *_, one, other, found in self.entries
        )


def find_overlaps(known: Profiles, asked: Asked) -> Overlaps:
    """The pairs of works that overlap, meet or collide, as `asked`.

    Pairs of related works are kept under `related` where they would count otherwise. The same
    graph and the same question give the same answer.
    """
    judge = Judge(known)
    kept = {verdict: _Kept(asked.keep) for verdict in VERDICTS}
    counts: Counter[tuple[str, str]] = Counter()
    compared: dict[str, int] = {}
    silent: list[Work] = []
    narrow = bool(asked.funder or asked.country or asked.since or asked.until)
    for kind in asked.kinds:
        chosen = [
            each for each in known.all if each.work.kind == kind and _asked(each, asked, known)
        ]
        here = [each for each in chosen if not each.places or _reaches(each, asked, known)]
        compared[kind] = len(here)
        silent += [each.work for each in here if not (each.topics or each.groups)]
        least = known.weights[f"least.{kind}"] if asked.least is None else asked.least
        compare = judge.met if kind == "project" else judge.judge
        for one, other in _candidates(kind, chosen, known):
            found = compare(one, other)
            if found is None or (found.score < least and found.verdict != "related"):
                continue
            if narrow and not _wanted(one, other, asked, known):
                continue
            counts[kind, found.verdict] += 1
            strongest = kept[found.verdict]
            if found.score >= strongest.floor:
                strongest.add(one, other, found)
    pairs = {verdict: found.pairs() for verdict, found in kept.items()}
    return Overlaps(pairs, dict(counts), compared, tuple(silent))


def lines_of_succession(known: Profiles, asked: Asked) -> Iterator[tuple[Work, Work]]:
    """The works that follow another, with that one, as `asked`; the earlier one first."""
    works = {each.work.iri: each for each in known.all}
    for each in known.all:
        for before in each.work.preceded_by:
            earlier = works.get(before)
            if not earlier or each.work.kind not in asked.kinds:
                continue
            both = _asked(each, asked, known) and _asked(earlier, asked, known)
            if both and _wanted(earlier, each, asked, known):
                yield earlier.work, each.work


def _candidates(
    kind: str, chosen: list[Profile], known: Profiles
) -> Iterable[tuple[Profile, Profile]]:
    return (
        candidates.projects(chosen, known.telling)
        if kind == "project"
        else candidates.events(chosen)
    )


def _asked(profile: Profile, asked: Asked, known: Profiles) -> bool:
    """Whether a work can be one of a pair that is asked for."""
    work = profile.work
    if work.status in CALLED_OFF:
        return False
    if asked.topic and asked.topic not in work.topics and asked.topic not in work.wider:
        return False
    here = work.kind == "event" or not profile.places or _reaches(profile, asked, known)
    if not here:
        return False
    first = asked.since.toordinal() if asked.since else -NEVER
    last = asked.until.toordinal() if asked.until else NEVER
    return profile.when.last >= first and profile.when.first <= last


def _reaches(profile: Profile, asked: Asked, known: Profiles) -> bool:
    """Whether a work is known to reach the country, or one of the region, that is asked for."""
    if not asked.country:
        return True
    countries = known.landscape.members.get(asked.country, (asked.country,))
    return bool(profile.reach & known.places.mask(countries))


def _wanted(one: Profile, other: Profile, asked: Asked, known: Profiles) -> bool:
    """Whether a pair of works is one that is asked for."""
    if asked.funder and asked.funder not in (*one.work.funders, *other.work.funders):
        return False
    if not (_reaches(one, asked, known) or _reaches(other, asked, known)):
        return False
    if asked.since or asked.until:
        first = max(one.when.first, other.when.first)
        last = min(one.when.last, other.when.last)
        since = asked.since.toordinal() if asked.since else -NEVER
        until = asked.until.toordinal() if asked.until else NEVER
        return apart(one.when, other.when) or (last >= since and first <= until)
    return True
