"""How the facts that decide an answer about works stand, in the words of `model.standing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from ..model.standing import joined_standings, word_of_status
from ..syntax.sparql_results import cell_value
from .scope import Scope
from .works import Landscape, Work

Fact: TypeAlias = tuple[str, str]
"""A fact of a work: the local name of its property and its value, an IRI or a date as stated."""


Ways: TypeAlias = frozenset[frozenset[Fact]]
"""Something that must hold of a work: the ways to it, each the facts that it takes.

One way whose facts are all stated plainly is enough.
"""


def read_standings(
    rows: Iterable[Iterable[str]], keys_by_cell: Mapping[str, str], current: Mapping[str, str]
) -> dict[str, dict[Fact, tuple[str, ...]]]:
    """The facts that are not stated plainly, with their words, by work.

    `rows` are those of queries/landscape/standings.rq, `keys_by_cell` maps properties to keys, and
    `current` a replaced record to its replacement.
    """
    standings: dict[str, dict[Fact, tuple[str, ...]]] = {}
    for work, name, cell, word in rows:
        if key := keys_by_cell.get(name):
            facts = standings.setdefault(cell_value(work), {})
            fact = key, current.get(cell_value(cell), cell_value(cell))
            facts[fact] = (*facts.get(fact, ()), cell_value(word))
    return standings


def standing_text(works_facts: Iterable[tuple[Work, Iterable[Ways]]]) -> str:
    """How the facts of works that must hold, and their statuses, stand; empty if all do plainly.

    Where no way to one of them is plain, the words of all its ways apply. The status decides each
    row about a work: whether it took place, or is only announced.
    """
    words: set[str] = set()
    for work, required in works_facts:
        words.add(word_of_status(work.status))
        if work.standings:
            words.update(*(_words(work, ways) for ways in required))
            words.update(*(of for (key, _), of in work.standings.items() if key == "status"))
    return joined_standings(words)


def _words(work: Work, ways: Ways) -> set[str]:
    """The words of the ways to something; none if one of the ways is plain."""
    words_by_way = [{word for fact in way for word in work.standings.get(fact, ())} for way in ways]
    return set().union(*words_by_way) if all(words_by_way) else set()


def each_of(facts: Iterable[Fact]) -> set[Ways]:
    """What must hold where each of these facts must."""
    return {frozenset({frozenset({fact})}) for fact in facts}


def any_of(facts: Iterable[Fact]) -> set[Ways]:
    """What must hold where one of these facts must; nothing where there are none."""
    ways = frozenset(frozenset({fact}) for fact in facts)
    return {ways} if ways else set()


def may_stand_otherwise(work: Work) -> bool:
    """Whether any fact of a work is not stated plainly, or the work is only announced."""
    return bool(work.standings or word_of_status(work.status))


def facts_of_dates(work: Work) -> set[Ways]:
    """The start and the end that a work states."""
    dates = (("startDate", work.start), ("endDate", work.end))
    return each_of((key, text) for key, text in dates if text)


def facts_shown(work: Work) -> set[Ways]:
    """The facts that a line about a work shows: its name, its dates, and where it is.

    Where no place is stated, that is whether it was online.
    """
    facts = each_of([("prefLabel", work.label)]) | facts_of_dates(work) | facts_of_places(work)
    if not work.places and work.mode == "online":
        facts |= each_of(fact for fact in work.standings if fact[0] == "mode")
    return facts


def facts_of_places(work: Work) -> set[Ways]:
    """All locations of a work."""
    return each_of(("location", iri) for iri in work.places)


def facts_of_place(landscape: Landscape, work: Work, place: str) -> set[Ways]:
    """What puts a work into a place: one of the locations that are it or lie in it."""
    return any_of(
        ("location", iri) for iri in work.places if place in (iri, *landscape.within.get(iri, ()))
    )


def facts_of_axis(landscape: Landscape, work: Work, axis: str, iri: str) -> set[Ways]:
    """What puts a work on a topic, to a group, a funder or a pillar: one of its facts is enough.

    What a work has from a frame rests on its being part of that.
    """
    if axis in ("topic", "group"):
        key, stated = ("about", work.topics) if axis == "topic" else ("audience", work.groups)
        return any_of(
            (key, value) for value in stated if iri in (value, *landscape.broader.get(value, ()))
        )
    if axis == "pillar":
        ways = (("isPartOf", work.part_of), ("contributesTo", work.contributes_to))
        return any_of(
            (key, value)
            for key, values in ways
            for value in values
            if iri in (value, *landscape.frames.get(value, ()))
        )
    if axis == "funder":
        is_own = iri in work.own_funders
        return each_of([("funder", iri)] if is_own else (("isPartOf", f) for f in work.part_of))
    return facts_of_dates(work) if axis == "year" else set()


def facts_of_scope(landscape: Landscape, work: Work, scope: Scope) -> set[Ways]:
    """What puts a work into a scope."""
    facts = facts_of_dates(work) if scope.first or scope.last else set()
    for axis in ("topic", "group", "funder", "pillar"):
        if iri := getattr(scope, axis):
            facts |= facts_of_axis(landscape, work, axis, iri)
    return facts | (facts_of_place(landscape, work, scope.country) if scope.country else set())
