"""What a comparison is made of: statements that differ, paired into changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from ...model.terms import Term
from .snapshot import Claim, Fact


@dataclass(slots=True, eq=False)
class State:
    """One statement that is not the same on both sides, and the quads that tell so.

    `was` and `now` say whether it is in the graph of facts (or in its own graph, for what nobody
    claims), `before` and `after` are its claims.
    """

    fact: Fact
    was: bool
    now: bool
    before: tuple[Claim, ...] = ()
    after: tuple[Claim, ...] = ()
    removed: list[ox.Quad] = field(default_factory=list)
    added: list[ox.Quad] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        """Whether only the old side has it."""
        return not (self.now or self.after)

    @property
    def is_new(self) -> bool:
        """Whether only the new side has it."""
        return not (self.was or self.before)

    def lost(self) -> list[Claim]:
        """The claims that the new side does not have."""
        kept = {each.node for each in self.after}
        return [each for each in self.before if each.node not in kept]

    def won(self) -> list[Claim]:
        """The claims that the old side does not have."""
        kept = {each.node for each in self.before}
        return [each for each in self.after if each.node not in kept]


@dataclass(slots=True, eq=False)
class Pair:
    """A statement of the old side and what is in its place on the new one, in the graph `graph`.

    The same state twice is a statement that stays, with other evidence or another standing.
    `follows` are the derived statements that came or went with it.
    """

    graph: str
    old: State | None
    new: State | None
    follows: list[Pair] = field(default_factory=list)

    @property
    def fact(self) -> Fact:
        """The statement, as the new side has it where it has it."""
        state = self.new or self.old
        assert state
        return state.fact

    @property
    def is_same(self) -> bool:
        """Whether the statement stays."""
        return self.old is self.new

    def values(self) -> set[Term]:
        """The value, before and after."""
        return {state.fact[2] for state in (self.old, self.new) if state}

    def quads(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """What the old side alone has, and the new side alone, what follows included."""
        states = {id(state): state for state in (self.old, self.new) if state}.values()
        removed = [quad for state in states for quad in state.removed]
        added = [quad for state in states for quad in state.added]
        for follow in self.follows:
            less, more = follow.quads()
            removed += less
            added += more
        return removed, added


def paired(name: str, states: Iterable[State]) -> Iterator[Pair]:
    """The states of the graph `name` as pairs: what went and what came in its place.

    Of one subject, predicate and language, those that share words of a source, then those that
    share a source, then the only two.
    """
    groups: dict[tuple[ox.NamedNode, ox.NamedNode, str], list[State]] = defaultdict(list)
    for state in states:
        language = getattr(state.fact[2], "language", None) or ""
        groups[(*state.fact[:2], language)].append(state)
    for group in groups.values():
        yield from (Pair(name, each, each) for each in group if not (each.is_gone or each.is_new))
        olds = sorted((each for each in group if each.is_gone), key=_order)
        news = sorted((each for each in group if each.is_new), key=_order)
        for old, new in _matches(olds, news):
            olds.remove(old)
            news.remove(new)
            yield Pair(name, old, new)
        yield from (Pair(name, old, None) for old in olds)
        yield from (Pair(name, None, new) for new in news)


def _order(state: State) -> str:
    return str(state.fact[2])


def _matches(olds: list[State], news: list[State]) -> list[tuple[State, State]]:
    only = len(olds) == len(news) == 1
    ranked = sorted(
        (-likeness, place, other, old, new)
        for place, old in enumerate(olds)
        for other, new in enumerate(news)
        if old.was == new.now and (likeness := _likeness(old, new) or only)
    )
    taken: set[int] = set()
    found = []
    for *_, old, new in ranked:
        if not taken & {id(old), id(new)}:
            taken |= {id(old), id(new)}
            found.append((old, new))
    return found


def _likeness(old: State, new: State) -> int:
    """2 where the same words are read, 1 where the same source is, else 0."""
    if {each.words for each in old.before} & {each.words for each in new.after}:
        return 2
    sources = [each.sources for each in new.after]
    return int(any(each.sources & other for each in old.before for other in sources))
