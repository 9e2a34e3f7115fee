"""Why two works are told together, in a sentence, and what they share by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...graph.claims import Evidence, evidence, rank, values
from ...model.namespaces import expand, local_name
from ...query.render import day
from ..periods import gap, period, together
from ..works import LEADING, TAKING_PART, Landscape, Work
from .find import Pair
from .score import PARTS

_FEW: Final = 3
"""Places within a larger one that are named before the larger one is."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two works share, as IRIs, sorted: what both state, and apart from it what one states and
    the other implies by something narrower. `company` are bodies and persons with a part in both.
    """

    topics: tuple[str, ...]
    wider: tuple[str, ...]
    groups: tuple[str, ...]
    wider_groups: tuple[str, ...]
    places: tuple[str, ...]
    company: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The topics and groups to name: those that both state, or else the broader ones."""
        return (*self.topics, *self.groups) or (*self.wider, *self.wider_groups)


def shared(landscape: Landscape, pair: Pair) -> Shared:
    """What the two works of `pair` share; a broader topic only where one of them states it."""
    first, second = pair.one, pair.other
    return Shared(
        tuple(sorted({*first.topics} & {*second.topics})),
        _broader(first.topics, first.wider, second.topics, second.wider),
        tuple(sorted({*first.groups} & {*second.groups})),
        _broader(first.groups, first.wider_groups, second.groups, second.wider_groups),
        places(landscape, first, second),
        tuple(sorted({*first.company} & {*second.company})),
    )


def _broader(
    stated: tuple[str, ...],
    implied: tuple[str, ...],
    said_too: tuple[str, ...],
    meant: tuple[str, ...],
) -> tuple[str, ...]:
    return tuple(sorted(({*stated} & {*meant}) | ({*implied} & {*said_too})))


def places(landscape: Landscape, first: Work, second: Work) -> tuple[str, ...]:
    """The places that both state; else the few of one that lie in one of the other's, or the place
    that holds them where they are many; else the countries that both are in."""
    exact = {*first.places} & {*second.places}
    if exact:
        return tuple(sorted(exact))
    within = landscape.within
    held: set[str] = set()
    holding: set[str] = set()
    for inner, outer in ((first, second), (second, first)):
        for place in inner.places:
            above = {*within.get(place, ())} & {*outer.places}
            held |= {place} if above else set()
            holding |= above
    chosen = held if len(held) <= _FEW else holding
    return tuple(sorted(chosen or {*first.countries} & {*second.countries}))


def reason(landscape: Landscape, pair: Pair) -> str:
    """One sentence or two that say why `pair` has its verdict, or what is missing for one."""
    common = shared(landscape, pair)
    sentence = _subject(landscape, pair, common)
    if pair.mark:
        kin = _kin(landscape, pair)
        return f"{kin}." if pair.verdict == "related" else f"{sentence}. {_first_upper(kin)}."
    return f"{sentence}."


def _subject(landscape: Landscape, pair: Pair, common: Shared) -> str:
    subjects = listed(landscape, common.subjects)
    what = f"Both on {subjects}" if subjects else "Nothing is known to be shared but time and place"
    if not subjects and common.company:
        what = "No topic is shared"
    where = _where(landscape, pair, common)
    who = listed(landscape, common.company)
    parts = [what + (f" ({where})" if where else ""), _when(pair)]
    if who and pair.one.kind == "event":
        parts.append(f"in both: {who}")
    return "; ".join(part for part in parts if part)


def _where(landscape: Landscape, pair: Pair, common: Shared) -> str:
    works = (pair.one, pair.other)
    silent = [work.id for work in works if not work.places and work.mode != "online"]
    if silent:
        return f"the place of {' and of '.join(silent)} is not stated"
    if pair.verdict == "colliding":
        return " and ".join(listed(landscape, work.places) or "online" for work in works)
    return listed(landscape, common.places)


def _when(pair: Pair) -> str:
    first_work, second_work = pair.one, pair.other
    first, second = period(first_work), period(second_work)
    if pair.one.kind == "event":
        return _days(pair)
    if together(first, second):
        starts = [
            (time.first, work.start) for time, work in ((first, first_work), (second, second_work))
        ]
        ends = [
            (time.last, work.end) for time, work in ((first, first_work), (second, second_work))
        ]
        return f"together {_between(max(starts)[1], min(ends)[1])}"
    dates = ", ".join(f"{work.id} {span(work)}" for work in (first_work, second_work))
    return f"whether at the same time is not known: {dates}"


def _days(pair: Pair) -> str:
    first, second = period(pair.one), period(pair.other)
    dates = f"{span(pair.one)}, and {span(pair.other)}"
    if not (first.exact and second.exact):
        return f"the days are not known to meet: {dates}"
    if gap(first, second) > 0:
        return f"on days that follow each other: {dates}"
    return f"on the same days: {dates}"


def span(work: Work) -> str:
    """The dates of a work as they are stated, such as `from Apr 2016 to Jun 2018`, `undated`."""
    if work.kind == "project" or (work.end and work.end != work.start):
        return _between(work.start, work.end)
    return day(work.start) if work.start else "undated"


def _between(start: str | None, end: str | None) -> str:
    if start and end:
        return f"from {day(start)} to {day(end)}" if start != end else f"in {day(start)}"
    if start:
        return f"from {day(start)}, end not stated"
    return f"until {day(end)}, start not stated" if end else "undated"


def _kin(landscape: Landscape, pair: Pair) -> str:
    assert pair.mark
    sort, what = pair.mark
    if sort == "part":
        for part, whole in ((pair.one, pair.other), (pair.other, pair.one)):
            if what == whole.iri:
                return f"{part.id} is part of {whole.id}"
        return f"both are parts of {landscape.label(what)}"
    if sort == "line":
        return f"{pair.other.id} stands in one line of succession with {pair.one.id}"
    if sort == "series":
        return f"both are editions of {landscape.label(what)}"
    return "one names the other" if sort == "named" else "their titles differ in numbers alone"


def listed(landscape: Landscape, iris: Iterable[str]) -> str:
    """The labels of `iris`: `a`, `a and b`, `a, b and c`."""
    words = [landscape.label(iri) for iri in iris]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Works that hang together by pairs: `about` is the topic or city of all those pairs.

    `at_once` is how many of them can be under way on one day.
    """

    about: str
    works: tuple[Work, ...]
    at_once: int


def groups(landscape: Landscape, pairs: Iterable[Pair]) -> tuple[Group, ...]:
    """The groups among pairs that overlap or are back-to-back, the largest first."""
    links: dict[str, list[tuple[Work, Work]]] = {}
    for pair in pairs:
        common = shared(landscape, pair)
        for iri in common.subjects if pair.verdict == "overlapping" else common.places:
            links.setdefault(iri, []).append((pair.one, pair.other))
    found_groups = []
    for about in sorted(links):
        for works in _joined(links[about]):
            if len(works) >= _LEAST:
                found_groups.append(Group(about, works, _at_once(works)))
    return tuple(sorted(found_groups, key=lambda group: (-len(group.works), group.about)))


def _joined(links: list[tuple[Work, Work]]) -> list[tuple[Work, ...]]:
    """The works of each connected part, by when they begin."""
    parts: dict[str, dict[str, Work]] = {}
    for first, second in links:
        merged = {first.iri: first, second.iri: second}
        merged |= parts.get(first.iri, {}) | parts.get(second.iri, {})
        for iri in merged:
            parts[iri] = merged
    distinct = {id(part): part for part in parts.values()}
    return [
        tuple(sorted(part.values(), key=lambda work: (period(work).first, work.iri)))
        for part in distinct.values()
    ]


def _at_once(works: tuple[Work, ...]) -> int:
    steps = sorted(
        step for when in map(period, works) for step in ((when.first, 1), (when.last + 1, -1))
    )
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


_SUBJECT: Final = ox.NamedNode(expand("rdf:subject"))


_ROLES: Final = frozenset((*LEADING, *TAKING_PART))


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact of one work: the part of the score that it bears, its property by local name, and
    its value in words. `claims` are the IRIs of its current claims, `evidence` what each rests on.
    """

    work: Work
    part: str
    key: str
    value: str
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def proofs(landscape: Landscape, store: ox.Store, pair: Pair) -> tuple[Proof, ...]:
    """The facts that `pair` rests on, by work, then by part, then by property and value."""
    common = shared(landscape, pair)
    facts_found = []
    for work in (pair.one, pair.other):
        facts: dict[tuple[str, str], list[ox.NamedNode]] = {}
        for quad in store.quads_for_pattern(None, _SUBJECT, ox.NamedNode(work.iri), None):
            assert isinstance(quad.subject, ox.NamedNode)
            facts.setdefault(_fact(landscape, store, quad.subject), []).append(quad.subject)
        mine = []
        for (name, value), claims in facts.items():
            part = _part(landscape, pair, common, name, value)
            evidence_by_claim = (
                [(evidence(store, claim), claim.value) for claim in claims] if part else []
            )
            current = sorted(
                (entry for entry in evidence_by_claim if entry[0].standing == "current"), key=_rank
            )
            if current:
                word = landscape.label(value) if value.startswith("http") else day(value)
                current_evidence, iris = zip(*current, strict=True)
                mine.append(Proof(work, part, name, word, iris, current_evidence))
        facts_found += sorted(mine, key=_order)
    return tuple(facts_found)


def _order(proof: Proof) -> tuple[int, bool, str, str]:
    return PARTS.index(proof.part), proof.key == "endDate", proof.key, proof.value


def _rank(entry: tuple[Evidence, str]) -> tuple[object, str]:
    return rank(entry[0]), entry[1]


def _fact(landscape: Landscape, store: ox.Store, claim: ox.NamedNode) -> tuple[str, str]:
    """The property and value of a claim, the property by its local name."""
    predicate = next(values(store, claim, expand("rdf:predicate")))
    value = str(getattr(next(values(store, claim, expand("rdf:object"))), "value", ""))
    name = local_name(str(getattr(predicate, "value", "")))
    return name, landscape.replaced.get(value, value)


def _part(landscape: Landscape, pair: Pair, common: Shared, name: str, value: str) -> str:
    """The part of the score that a fact bears; empty where it bears none."""
    if name == "location":
        around = (value, *landscape.within.get(value, ()))
        held = {up for place in common.places for up in (place, *landscape.within.get(place, ()))}
        bears = pair.verdict == "colliding" or {*around} & {*common.places} or value in held
        return "place" if bears else ""
    if name in ("about", "audience"):
        topics = (*common.topics, *common.wider)
        wanted = topics if name == "about" else (*common.groups, *common.wider_groups)
        around = (value, *landscape.broader.get(value, ()))
        return ("topic" if name == "about" else "group") if {*around} & {*wanted} else ""
    if name in ("startDate", "endDate"):
        return "time"
    return "company" if name in _ROLES and value in common.company else ""
