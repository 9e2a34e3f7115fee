"""What a change affects: from changed triples back to the roots of rules, and from a root to all
quads that its rule reads.

A solution that a changed triple takes part in binds the triple's ends to two slots of one pattern;
following the rule's other patterns from there to the root finds every root affected. This uses the
old and the new graph together, since a removed triple may have been part of the path.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import nterm
from ..model.terms import NTerm, Term, from_term, parse_term
from ..syntax.sparql_patterns import PropertyPath, TriplePattern
from .graph_view import GraphView, PathWalker
from .rule_patterns import Rule

_TYPE: Final = nterm("rdf:type")
_HUB: Final = 20
"""The cost of a step from a class or any object back to its many subjects; others cost 1 or 2."""


@dataclass(frozen=True, slots=True)
class _Route:
    """The steps from one end of a pattern to the root, each a path and its direction."""

    end: str
    steps: tuple[tuple[PropertyPath, bool], ...]


class RuleIndex:
    """Rules from `with_bounds_checked`, indexed by the predicates that they read.

    `unbounded` names the rules whose dependencies cannot be traced. `entries` has (rule, position)
    of every pattern, by a predicate of its path, the path, and its object; empty if that is a
    variable.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self.unbounded = {name for name, rule in self.rules.items() if not rule.bounded}
        self.entries: dict[str, dict[PropertyPath, dict[str, list[tuple[str, int]]]]] = {}
        for name in self.rules.keys() - self.unbounded:
            for place, pattern in enumerate(self.rules[name].patterns):
                value = "" if pattern.object.startswith("?") else pattern.object
                for predicate in _predicates(pattern.path):
                    paths = self.entries.setdefault(predicate, {})
                    values = paths.setdefault(pattern.path, defaultdict(list))
                    values[value].append((name, place))
        self._routes: dict[str, list[tuple[_Route, ...]]] = {}

    def affected_roots(self, view: GraphView, changes: Iterable[ox.Quad]) -> dict[str, set[Term]]:
        """The roots of each bounded rule that `changes`, added or removed quads, may affect."""
        walk = PathWalker(view, old=True)
        roots: dict[str, set[Term]] = defaultdict(set)
        for quad in changes:
            for key in (from_term(quad.predicate), ""):
                for path, values in self.entries.get(key, {}).items():
                    subjects, objects = walk.touch(path, quad)
                    for value in ("", *map(str, objects)):
                        for name, place in values.get(value, ()):
                            ends = _ends(self.rules[name].patterns[place], quad, subjects, objects)
                            for route in self._routes_to_root(name)[place] if ends else ():
                                roots[name] |= _follow(route, ends, walk)
        return roots

    def _routes_to_root(self, name: str) -> list[tuple[_Route, ...]]:
        if name not in self._routes:
            self._routes[name] = _routes(self.rules[name]) or []
        return self._routes[name]

    def is_target(self, view: GraphView, rule: Rule, node: Term) -> bool:
        """Whether the node is a target of the shape (SHACL 2.1.3)."""
        walk = PathWalker(view)
        for target in rule.targets:
            if target.subject == rule.root:
                ends = walk.step(target.path, {node}, forward=True)
                if ends and (target.object.startswith("?") or target.object in map(str, ends)):
                    return True
            elif walk.step(target.path, {node}, forward=False):
                return True
        return str(node) in rule.nodes

    def targeted_roots(self, view: GraphView, nodes: Iterable[Term]) -> dict[str, set[Term]]:
        """The rules of the shapes that have any of `nodes` as a target, each with these nodes.

        It says of many nodes what `is_target` says of one, and follows each path once for a node.
        """
        walk = PathWalker(view)
        ways: dict[tuple[PropertyPath, bool], list[tuple[str, str]]] = defaultdict(list)
        for name, rule in self.rules.items():
            for target in rule.targets:
                forward = target.subject == rule.root
                value = target.object if forward else "?"
                ways[target.path, forward].append((name, value))
        listed = [(name, rule.nodes) for name, rule in self.rules.items() if rule.nodes]
        roots: dict[str, set[Term]] = defaultdict(set)
        for node in nodes:
            for (path, forward), wanted in ways.items():
                ends = set(map(str, walk.step(path, {node}, forward)))
                for name, value in wanted if ends else ():
                    if value.startswith("?") or value in ends:
                        roots[name].add(node)
            for name, terms in listed:
                if str(node) in terms:
                    roots[name].add(node)
        return roots

    def quads_read(self, view: GraphView, name: str, roots: set[Term]) -> set[ox.Quad]:
        """All quads that the rule `name` reads for these roots."""
        rule = self.rules[name]
        quads: set[ox.Quad] = set()
        walk = PathWalker(view, quads=quads)
        for scope, root_scope in _scope_pairs(rule):
            slots: dict[str, set[Term]] = {rule.root: roots}
            for pattern, forward, own in _plan(rule, scope, root_scope):
                start, end = pattern.subject, pattern.object
                if not forward:
                    start, end = end, start
                if isinstance(pattern.path, str) and pattern.path in slots and start not in slots:
                    quads |= _witnesses(view, slots[pattern.path])
                    continue
                walk.quads = quads if own else None
                nodes = slots[start] if start.startswith("?") else {parse_term(NTerm(start))}
                ends = walk.step(pattern.path, nodes, forward, first_only=end in rule.existential)
                slots.setdefault(end, ends)
        return quads


def with_bounds_checked(rule: Rule) -> Rule:
    """The rule, marked as unbounded if a pattern cannot be reached from the root, or the reverse.

    This takes longer than tracing one change, so the cache holds rules that have been checked.
    """
    bounded = rule.bounded and _is_readable_from_root(rule) and _routes(rule) is not None
    return replace(rule, bounded=bounded)


def _witnesses(view: GraphView, predicates: set[Term]) -> set[ox.Quad]:
    """One quad of each predicate that is in use."""
    witnesses = (
        next(view.quads(None, predicate, None, first_only=True), None)
        for predicate in predicates
        if isinstance(predicate, ox.NamedNode)
    )
    return {quad for quad in witnesses if quad is not None}


def _ends(
    pattern: TriplePattern, quad: ox.Quad, subjects: set[Term], objects: set[Term]
) -> dict[str, set[Term]]:
    """The nodes that a triple binds to the ends of a pattern; empty if a constant differs."""
    for end, nodes in ((pattern.subject, subjects), (pattern.object, objects)):
        if not end.startswith("?") and end not in map(str, nodes):
            return {}
    return {"subject": subjects, "object": objects, "predicate": {quad.predicate}}


def _follow(route: _Route, ends: dict[str, set[Term]], walk: PathWalker) -> set[Term]:
    """The nodes at which a route ends."""
    nodes = ends[route.end]
    for path, forward in route.steps:
        nodes = walk.step(path, nodes, forward)
    return nodes


def _predicates(path: PropertyPath) -> set[str]:
    """The predicates of a path; the empty string stands for any predicate."""
    if isinstance(path, str):
        return {"" if path.startswith("?") else path}
    if path[0] == "!":
        return {""}
    return {predicate for part in path[1:] for predicate in _predicates(part)}


def _cost(path: PropertyPath, forward: bool) -> int:
    if isinstance(path, str):
        if path.startswith("?") or path == _TYPE:
            return 1 if forward else _HUB
        return 1 if forward else 2
    if path[0] == "!":
        return 1 if forward else _HUB
    if path[0] == "^":
        return _cost(path[1], not forward)
    return sum(_cost(part, forward) for part in path[1:])


def _root_scopes(rule: Rule, scope: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The outermost scopes that contain the root; only the one around `scope` if there is one."""
    scopes = {
        pattern.scope
        for pattern in rule.patterns
        if rule.root in (pattern.subject, pattern.path, pattern.object)
    }
    root_scopes = sorted(
        scope
        for scope in scopes
        if not any(outer != scope and scope[: len(outer)] == outer for outer in scopes)
    )
    return [
        root_scope for root_scope in root_scopes if scope[: len(root_scope)] == root_scope
    ] or root_scopes


def _scope_pairs(rule: Rule) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each scope of a query with each scope of the root that it may be combined with."""
    for scope in dict.fromkeys(pattern.scope for pattern in rule.patterns):
        for root_scope in _root_scopes(rule, scope):
            yield scope, root_scope


def _patterns_around(
    rule: Rule, scope: tuple[str, ...], root_scope: tuple[str, ...]
) -> list[TriplePattern]:
    """The patterns that hold wherever one of `scope` does: those of the scopes around it."""
    return [
        pattern
        for pattern in rule.patterns
        if pattern.scope == scope[: len(pattern.scope)]
        or pattern.scope == root_scope[: len(pattern.scope)]
    ]


def _routes(rule: Rule) -> list[tuple[_Route, ...]] | None:
    """The cheapest routes to the root for each pattern, one for each scope of the root.

    None if a pattern has no route.
    """
    ways = {
        part: _cheapest_ways(_patterns_around(rule, *part), rule.root)
        for part in _scope_pairs(rule)
    }
    routes_by_pattern = []
    for pattern in rule.patterns:
        routes: dict[_Route, None] = {}
        for root_scope in _root_scopes(rule, pattern.scope):
            routes_by_slot = ways[pattern.scope, root_scope]
            ends = [
                (*routes_by_slot[slot], end)
                for end, slot in pattern.ends()
                if slot in routes_by_slot
            ]
            if not ends:
                return None
            cost = min(cost for cost, _, _ in ends)
            routes |= {_Route(end, steps): None for price, steps, end in ends if price == cost}
        routes_by_pattern.append(tuple(routes))
    return routes_by_pattern


def _cheapest_ways(
    patterns: list[TriplePattern], root: str
) -> dict[str, tuple[int, tuple[tuple[PropertyPath, bool], ...]]]:
    """The cheapest route from each slot to the root: its cost and its steps."""
    near: dict[str, list[tuple[str, PropertyPath, bool]]] = defaultdict(list)
    for pattern in patterns:
        near[pattern.object].append((pattern.subject, pattern.path, True))
        near[pattern.subject].append((pattern.object, pattern.path, False))
    best: dict[str, tuple[int, tuple[tuple[PropertyPath, bool], ...]]] = {}
    waiting: list[tuple[int, int, str, tuple[tuple[PropertyPath, bool], ...]]] = [(0, 0, root, ())]
    count = 0
    while waiting:
        cost, _, slot, steps = heapq.heappop(waiting)
        if slot in best:
            continue
        best[slot] = (cost, steps)
        for far, path, forward in near[slot]:
            if far.startswith("?") and far not in best:
                count += 1
                longer = ((path, forward), *steps)
                heapq.heappush(waiting, (cost + _cost(path, forward), count, far, longer))
    return best


def _is_readable_from_root(rule: Rule) -> bool:
    """Whether every pattern can be reached from the root."""
    return all(
        {id(pattern) for pattern in rule.patterns if pattern.scope == scope}
        <= {id(pattern) for pattern, _, _ in _plan(rule, scope, root_scope)}
        for scope, root_scope in _scope_pairs(rule)
    )


def _plan(
    rule: Rule, scope: tuple[str, ...], root_scope: tuple[str, ...]
) -> list[tuple[TriplePattern, bool, bool]]:
    """The patterns of a scope in the order in which they are read from the root.

    Each comes with whether it is read forward, and whether it is of this scope: patterns of the
    surrounding scopes are read where they lead to it, but their quads are collected elsewhere.
    """
    patterns = _patterns_around(rule, scope, root_scope)
    at: dict[PropertyPath, list[int]] = defaultdict(list)
    for place, candidate in enumerate(patterns):
        for slot in (candidate.subject, candidate.path, candidate.object):
            at[slot].append(place)
    plan: list[tuple[TriplePattern, bool, bool]] = []
    costs = {rule.root: 0}
    options: list[tuple[int, int, bool]] = []

    def offer(place: int) -> None:
        pattern = patterns[place]
        start = costs.get(pattern.subject, None if pattern.subject.startswith("?") else _HUB)
        if start is not None:
            heapq.heappush(options, (start + _cost(pattern.path, True), place, True))
        if pattern.object in costs:
            heapq.heappush(
                options, (costs[pattern.object] + _cost(pattern.path, False), place, False)
            )
        if pattern.path in costs and {pattern.subject, pattern.object} <= {
            *rule.existential,
            *costs,
        }:
            heapq.heappush(options, (costs[str(pattern.path)] + 1, place, True))

    for place, candidate in enumerate(patterns):
        if place in at[rule.root] or not candidate.subject.startswith("?"):
            offer(place)
    done: set[int] = set()
    while options:
        cost, place, forward = heapq.heappop(options)
        if place in done:
            continue
        done.add(place)
        pattern = patterns[place]
        plan.append((pattern, forward or pattern.subject in costs, pattern.scope == scope))
        for end in (pattern.subject, pattern.object):
            if end.startswith("?") and end not in costs:
                costs[end] = cost
                for next_place in at[end]:
                    offer(next_place)
    return plan
