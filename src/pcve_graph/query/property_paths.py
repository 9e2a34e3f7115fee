"""The triples of a graph that a property path takes from one node to another.

A path is read as an automaton (W3C SPARQL 1.1, section 9, is a language of regular expressions):
forward from the one end, every step that is possible; backward from the other, only those that
arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from ..model.terms import Term
from ..syntax.sparql_patterns import Path


class Steps:
    """The automaton of a path: `steps` and `free` moves of each state, from 0 to `last`.

    A step is a predicate, or None for any, whether it is taken backward, and the state after it.
    """

    def __init__(self, path: Path) -> None:
        self.steps: dict[int, list[tuple[ox.NamedNode | None, bool, int]]] = defaultdict(list)
        self.free: dict[int, list[int]] = defaultdict(list)
        self.states = 1
        self.last = self.add(path, 0, backward=False)

    def state(self) -> int:
        """A new state."""
        self.states += 1
        return self.states - 1

    def add(self, path: Path, start: int, *, backward: bool) -> int:
        """Add `path` from the state `start`; returns the state at its end."""
        if isinstance(path, str):
            end = self.state()
            self.steps[start].append((ox.NamedNode(path[1:-1]), backward, end))
            return end
        sign, *parts = path
        if sign == "!":
            end = self.state()
            self.steps[start] += [(None, backward, end), (None, not backward, end)]
            return end
        if sign == "^":
            return self.add(parts[0], start, backward=not backward)
        if sign == "/":
            for part in reversed(parts) if backward else parts:
                start = self.add(part, start, backward=backward)
            return start
        if sign == "|":
            end = self.state()
            for part in parts:
                self.free[self.add(part, start, backward=backward)].append(end)
            return end
        return self.repeat(sign, parts[0], start, backward=backward)

    def repeat(self, sign: str, path: Path, start: int, *, backward: bool) -> int:
        """Add `path` as often as `* + ?` says."""
        begin, end = self.state(), self.state()
        self.free[start].append(begin)
        done = self.add(path, begin, backward=backward)
        self.free[done].append(end)
        if sign in "*+":
            self.free[done].append(begin)
        if sign in "*?":
            self.free[begin].append(end)
        return end


Place = tuple[Term, int]


def walked(store: ox.Store, path: Path, start: Term, goal: Term | None) -> set[ox.Triple]:
    """The triples on the ways that `path` goes from `start` to `goal`, or to anything."""
    automaton = Steps(path)
    came: dict[Place, list[tuple[Place, ox.Triple | None]]] = defaultdict(list)
    seen: set[Place] = {(start, 0)}
    waiting: list[Place] = [(start, 0)]
    while waiting:
        place = waiting.pop()
        for after, triple in _onward(store, automaton, place):
            came[after].append((place, triple))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    ends = [
        place for place in seen if place[1] == automaton.last and (goal is None or place[0] == goal)
    ]
    triples: set[ox.Triple] = set()
    done = set(ends)
    while ends:
        for before, triple in came[ends.pop()]:
            if triple is not None:
                triples.add(triple)
            if before not in done:
                done.add(before)
                ends.append(before)
    return triples


def _onward(
    store: ox.Store, automaton: Steps, place: Place
) -> Iterator[tuple[Place, ox.Triple | None]]:
    node, state = place
    for after in automaton.free[state]:
        yield (node, after), None
    for predicate, backward, after in automaton.steps[state]:
        if backward:
            for quad in store.quads_for_pattern(None, predicate, node, None):
                yield (quad.subject, after), quad.triple
        elif isinstance(node, ox.NamedNode | ox.BlankNode):
            for quad in store.quads_for_pattern(node, predicate, None, None):
                yield (quad.object, after), quad.triple
