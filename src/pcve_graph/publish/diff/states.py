"""The states of statements that differ, and how removed and added ones are paired to changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from ...model.terms import Term
from .snapshot import SnapshotClaim, StatementTerms


@dataclass(slots=True, eq=False)
class StatementState:
    """A statement that differs between the two sides, with the quads that only one side has.

    `was` and `now` are whether the old and the new side have it as a fact (without claims: in its
    own graph); `before` and `after` are the evidence of its claims.
    """

    fact: StatementTerms
    was: bool
    now: bool
    before: tuple[SnapshotClaim, ...] = ()
    after: tuple[SnapshotClaim, ...] = ()
    removed: list[ox.Quad] = field(default_factory=list)
    added: list[ox.Quad] = field(default_factory=list)

    @property
    def is_removed(self) -> bool:
        """Whether only the old side has it."""
        return not (self.now or self.after)

    @property
    def is_new(self) -> bool:
        """Whether only the new side has it."""
        return not (self.was or self.before)

    def claims_removed(self) -> list[SnapshotClaim]:
        """The claims that the new side does not have."""
        return [claim for claim in self.before if claim not in self.after]

    def claims_added(self) -> list[SnapshotClaim]:
        """The claims that the old side does not have."""
        return [claim for claim in self.after if claim not in self.before]


@dataclass(slots=True, eq=False)
class StatementPair:
    """A statement of the old side and its counterpart on the new side, in the graph `graph`.

    The same state on both sides is a statement that remains, with changed evidence or rank.
    `follows` are the derived statements that changed with it.
    """

    graph: str
    old: StatementState | None
    new: StatementState | None
    follows: list[StatementPair] = field(default_factory=list)

    @property
    def fact(self) -> StatementTerms:
        """The statement of the new side, else that of the old side; every pair has one of them."""
        return next(state.fact for state in (self.new, self.old) if state)

    @property
    def is_same(self) -> bool:
        """Whether the statement remains."""
        return self.old is self.new

    def values(self) -> set[Term]:
        """The old and the new value."""
        return {state.fact[2] for state in (self.old, self.new) if state}

    def quads(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """The quads of the old side alone, and of the new side alone, derived ones included."""
        states = {id(state): state for state in (self.old, self.new) if state}.values()
        removed = [quad for state in states for quad in state.removed]
        added = [quad for state in states for quad in state.added]
        for follow in self.follows:
            derived_removed, derived_added = follow.quads()
            removed += derived_removed
            added += derived_added
        return removed, added


def pair_states(name: str, states: Iterable[StatementState]) -> Iterator[StatementPair]:
    """The states of the graph `name` as pairs of a removed statement and its replacement.

    Within one subject, predicate and language, statements with the same quote are paired first,
    then those with a common source, then the only two that are left.
    """
    groups: dict[tuple[ox.NamedNode, ox.NamedNode, str], list[StatementState]] = defaultdict(list)
    for state in states:
        language = getattr(state.fact[2], "language", None) or ""
        groups[(*state.fact[:2], language)].append(state)
    for group in groups.values():
        yield from (
            StatementPair(name, state, state)
            for state in group
            if not (state.is_removed or state.is_new)
        )
        removals = sorted((state for state in group if state.is_removed), key=_order)
        additions = sorted((state for state in group if state.is_new), key=_order)
        for old, new in _matches(removals, additions):
            removals.remove(old)
            additions.remove(new)
            yield StatementPair(name, old, new)
        yield from (StatementPair(name, old, None) for old in removals)
        yield from (StatementPair(name, None, new) for new in additions)


def _order(state: StatementState) -> str:
    return str(state.fact[2])


def _matches(
    removals: list[StatementState], additions: list[StatementState]
) -> list[tuple[StatementState, StatementState]]:
    only = len(removals) == len(additions) == 1
    ranked = sorted(
        (-likeness, place, new_place, old, new)
        for place, old in enumerate(removals)
        for new_place, new in enumerate(additions)
        if old.was == new.now and (likeness := _likeness(old, new) or only)
    )
    taken: set[int] = set()
    matches = []
    for *_, old, new in ranked:
        if not taken & {id(old), id(new)}:
            taken |= {id(old), id(new)}
            matches.append((old, new))
    return matches


def _likeness(old: StatementState, new: StatementState) -> int:
    """2 for the same source and quote, 1 for a common source, else 0."""
    if {claim.source_and_quote for claim in old.before} & {
        claim.source_and_quote for claim in new.after
    }:
        return 2
    sources = {claim.source for claim in new.after}
    return int(any(claim.source in sources for claim in old.before))
