"""The triples of a graph by which a property path leads from one node to another.

A path is compiled to a nondeterministic automaton, as property paths are regular expressions (W3C
SPARQL 1.1, section 9). A forward search from the start node follows every possible step; a backward
search from the accepting states keeps the steps that lead to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from ..model.terms import NTerm, Term, to_iri
from ..syntax.sparql_patterns import PropertyPath


class PathAutomaton:
    """The automaton of a path: the `steps` and `free` moves of each state, from 0 to `last`.

    A step is a predicate (None for any), whether it is taken from object to subject, and the next
    state. A free move consumes no triple.
    """

    def __init__(self, path: PropertyPath) -> None:
        self.steps: dict[int, list[tuple[ox.NamedNode | None, bool, int]]] = defaultdict(list)
        self.free: dict[int, list[int]] = defaultdict(list)
        self.states = 1
        self.last = self.add(path, 0, backward=False)

    def state(self) -> int:
        """Add a state; returns its number."""
        self.states += 1
        return self.states - 1

    def add(self, path: PropertyPath, start: int, *, backward: bool) -> int:
        """Add `path` from the state `start`; returns the state at its end."""
        if isinstance(path, str):
            end = self.state()
            self.steps[start].append((ox.NamedNode(to_iri(NTerm(path))), backward, end))
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

    def repeat(self, sign: PropertyPath, path: PropertyPath, start: int, *, backward: bool) -> int:
        """Add `path` with the quantifier `sign`, one of `* + ?`; returns the state at its end."""
        begin, end = self.state(), self.state()
        self.free[start].append(begin)
        done = self.add(path, begin, backward=backward)
        self.free[done].append(end)
        if sign in ("*", "+"):
            self.free[done].append(begin)
        if sign in ("*", "?"):
            self.free[begin].append(end)
        return end


_Place = tuple[Term, int]


def triples_on_path(
    store: ox.Store, path: PropertyPath, start: Term, goal: Term | None
) -> set[ox.Triple]:
    """The triples on all routes of `path` from `start` to `goal`, or to any node without one."""
    automaton = PathAutomaton(path)
    predecessors: dict[_Place, list[tuple[_Place, ox.Triple | None]]] = defaultdict(list)
    seen: set[_Place] = {(start, 0)}
    pending: list[_Place] = [(start, 0)]
    while pending:
        place = pending.pop()
        for after, triple in _next_places(store, automaton, place):
            predecessors[after].append((place, triple))
            if after not in seen:
                seen.add(after)
                pending.append(after)
    ends = [
        place for place in seen if place[1] == automaton.last and (goal is None or place[0] == goal)
    ]
    triples: set[ox.Triple] = set()
    done = set(ends)
    while ends:
        for before, triple in predecessors[ends.pop()]:
            if triple is not None:
                triples.add(triple)
            if before not in done:
                done.add(before)
                ends.append(before)
    return triples


def _next_places(
    store: ox.Store, automaton: PathAutomaton, place: _Place
) -> Iterator[tuple[_Place, ox.Triple | None]]:
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
