"""The graph after a change, and property paths followed in it, before and after the change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from ..model.terms import NTerm, Term, from_term, to_iri
from ..syntax.sparql_patterns import PropertyPath

_Pattern: TypeAlias = "tuple[Term | None, ox.NamedNode | None, Term | None]"
"""Subject, predicate and object; None matches any term."""


class GraphView:
    """A stored graph after a change, without `removed` and with `added`. Nothing is written.

    With `old`, a look-up returns quads of the graph before the change as well.
    """

    def __init__(
        self, store: ox.Store, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()
    ) -> None:
        self.store = store
        self.removed = frozenset(removed)
        self.by_subject: dict[Term, list[ox.Quad]] = defaultdict(list)
        self.by_object: dict[Term, list[ox.Quad]] = defaultdict(list)
        self.by_predicate: dict[ox.NamedNode | None, list[ox.Quad]] = defaultdict(list)
        for quad in added:
            self.by_subject[quad.subject].append(quad)
            self.by_object[quad.object].append(quad)
            self.by_predicate[quad.predicate].append(quad)
        self.cached: dict[_Pattern, tuple[ox.Quad, ...]] = {}

    def changes(self) -> Iterator[ox.Quad]:
        """The removed and the added quads."""
        yield from self.removed
        for quads in self.by_subject.values():
            yield from quads

    def quads(
        self,
        s: Term | None,
        p: ox.NamedNode | None,
        o: Term | None,
        old: bool = False,
        first_only: bool = False,
    ) -> Iterator[ox.Quad]:
        """The quads that match the pattern; None matches any term, and one term must not be None.

        With `first_only` the caller needs only the first few, so the matches are not all read.
        """
        for quad in self._stored(s, p, o, first_only):
            if old or quad not in self.removed:
                yield quad
        if s is not None:
            fresh = self.by_subject.get(s, ())
        else:
            fresh = self.by_object.get(o, ()) if o is not None else self.by_predicate.get(p, ())
        for quad in fresh:
            if (p is None or quad.predicate == p) and (o is None or quad.object == o):
                yield quad

    def value(self, node: Term, predicate: ox.NamedNode) -> Term | None:
        """The first value of a property of a node; None without one."""
        return next((quad.object for quad in self.quads(node, predicate, None)), None)

    def _stored(
        self, s: Term | None, p: ox.NamedNode | None, o: Term | None, first_only: bool
    ) -> Iterable[ox.Quad]:
        if isinstance(s, ox.Literal):
            return ()
        key = (s, p, o)
        if first_only and key not in self.cached:
            return self.store.quads_for_pattern(s, p, o, None)
        if key not in self.cached:
            self.cached[key] = tuple(self.store.quads_for_pattern(s, p, o, None))
        return self.cached[key]


@dataclass(slots=True)
class PathWalker:
    """Follows property paths in a view; collects the quads read in `quads` unless it is None."""

    view: GraphView
    old: bool = False
    quads: set[ox.Quad] | None = None

    def step(
        self, path: PropertyPath, nodes: set[Term], forward: bool, first_only: bool = False
    ) -> set[Term]:
        """The nodes at the other end of `path` (SPARQL 1.1, 9.3): its objects if `forward`."""
        if isinstance(path, str) or path[0] == "!":
            return self._edge(path, nodes, forward, first_only)
        kind, *parts = path
        if kind == "^":
            return self.step(parts[0], nodes, not forward)
        if kind == "|":
            return {node for part in parts for node in self.step(part, nodes, forward)}
        if kind == "/":
            for part in parts if forward else reversed(parts):
                nodes = self.step(part, nodes, forward)
            return nodes
        reached = self.step(parts[0], nodes, forward)
        if kind == "?":
            return nodes | reached
        fresh = reached
        while fresh:
            fresh = self.step(parts[0], fresh, forward) - reached
            reached |= fresh
        return nodes | reached if kind == "*" else reached

    def _edge(
        self, path: PropertyPath, nodes: set[Term], forward: bool, first_only: bool
    ) -> set[Term]:
        predicate = None
        if isinstance(path, str) and not path.startswith("?"):
            predicate = ox.NamedNode(to_iri(NTerm(path)))
        ends_reached = set()
        for node in nodes:
            subject, value = (node, None) if forward else (None, node)
            for quad in self.view.quads(subject, predicate, value, self.old, first_only):
                ends_reached.add(quad.object if forward else quad.subject)
                if self.quads is not None:
                    self.quads.add(quad)
                if first_only:
                    break
        return ends_reached

    def touch(self, path: PropertyPath, quad: ox.Quad) -> tuple[set[Term], set[Term]]:
        """The subjects and objects that `path` connects by way of this triple."""
        if isinstance(path, str):
            meets = path.startswith("?") or path == from_term(quad.predicate)
            return ({quad.subject}, {quad.object}) if meets else (set(), set())
        kind, *parts = path
        if kind == "!":
            return {quad.subject}, {quad.object}
        if kind == "^":
            subjects, objects = self.touch(parts[0], quad)
            return objects, subjects
        before: set[Term] = set()
        after: set[Term] = set()
        for place, part in enumerate(parts):
            subjects, objects = self.touch(part, quad)
            if not subjects:
                continue
            if kind == "/":
                for step in reversed(parts[:place]):
                    subjects = self.step(step, subjects, forward=False)
                for step in parts[place + 1 :]:
                    objects = self.step(step, objects, forward=True)
            elif kind in ("*", "+"):
                subjects = self.step(("*", part), subjects, forward=False)
                objects = self.step(("*", part), objects, forward=True)
            before |= subjects
            after |= objects
        return before, after
