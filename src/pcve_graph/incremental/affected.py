"""How far a change reaches: from changed triples back to the roots of rules, and from a root to all
that its rule reads.

A solution of a rule that a changed triple takes part in binds the triple's ends to two slots of one
pattern; walking the rule's other patterns from there to the root finds every root concerned. Walks
back use the old and the new graph together, since a triple that is gone may have been the way.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox

from ..model.namespaces import expand
from ..syntax.sparql_patterns import Path, Pattern
from .rule_patterns import Rule

Node = Any
"""A term of pyoxigraph."""

_TYPE: Final = f"<{expand('rdf:type')}>"
_HUB: Final = 20
"""What going from a class or any object back to its many subjects costs, beside 1 and 2."""


class View:
    """A stored graph as it will be: without `removed`, with `added`. Nothing is written.

    With `old`, a look-up sees the graph before and after at once.
    """

    def __init__(
        self, store: ox.Store, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()
    ) -> None:
        self.store = store
        self.removed = frozenset(removed)
        self.by_subject: dict[Node, list[ox.Quad]] = defaultdict(list)
        self.by_object: dict[Node, list[ox.Quad]] = defaultdict(list)
        self.by_predicate: dict[Node, list[ox.Quad]] = defaultdict(list)
        for quad in added:
            self.by_subject[quad.subject].append(quad)
            self.by_object[quad.object].append(quad)
            self.by_predicate[quad.predicate].append(quad)
        self.met: dict[tuple[Node, Node, Node], tuple[ox.Quad, ...]] = {}

    def changes(self) -> Iterator[ox.Quad]:
        """What is added and what is removed."""
        yield from self.removed
        for quads in self.by_subject.values():
            yield from quads

    def quads(
        self, s: Node, p: Node, o: Node, old: bool = False, spare: bool = False
    ) -> Iterator[ox.Quad]:
        """The quads of this pattern, of which one term at least is given; None is any.

        With `spare` only the first few are wanted: what is stored is not read whole.
        """
        for quad in self._stored(s, p, o, spare):
            if old or quad not in self.removed:
                yield quad
        if s is not None:
            fresh = self.by_subject.get(s, ())
        else:
            fresh = self.by_object.get(o, ()) if o is not None else self.by_predicate.get(p, ())
        for quad in fresh:
            if (p is None or quad.predicate == p) and (o is None or quad.object == o):
                yield quad

    def _stored(self, s: Node, p: Node, o: Node, spare: bool) -> Iterable[ox.Quad]:
        if isinstance(s, ox.Literal):
            return ()
        key = (s, p, o)
        if spare and key not in self.met:
            return self.store.quads_for_pattern(s, p, o, None)
        if key not in self.met:
            self.met[key] = tuple(self.store.quads_for_pattern(s, p, o, None))
        return self.met[key]


@dataclass(slots=True)
class Walk:
    """Steps along paths in a view; `quads` gathers what was read, where it is kept."""

    view: View
    old: bool = False
    quads: set[ox.Quad] | None = None

    def step(self, path: Path, nodes: set[Node], ahead: bool, spare: bool = False) -> set[Node]:
        """The nodes at the other end of `path` (SPARQL 1.1, section 9.3), its object if `ahead`."""
        if isinstance(path, str) or path[0] == "!":
            return self._edge(path, nodes, ahead, spare)
        kind, *parts = path
        if kind == "^":
            return self.step(parts[0], nodes, not ahead)
        if kind == "|":
            return {node for part in parts for node in self.step(part, nodes, ahead)}
        if kind == "/":
            for part in parts if ahead else reversed(parts):
                nodes = self.step(part, nodes, ahead)
            return nodes
        reached = self.step(parts[0], nodes, ahead)
        if kind == "?":
            return nodes | reached
        fresh = reached
        while fresh:
            fresh = self.step(parts[0], fresh, ahead) - reached
            reached |= fresh
        return nodes | reached if kind == "*" else reached

    def _edge(self, path: Path, nodes: set[Node], ahead: bool, spare: bool) -> set[Node]:
        predicate = None
        if isinstance(path, str) and not path.startswith("?"):
            predicate = ox.NamedNode(path[1:-1])
        ends_reached = set()
        for node in nodes:
            ends = (node, None) if ahead else (None, node)
            for quad in self.view.quads(ends[0], predicate, ends[1], self.old, spare):
                ends_reached.add(quad.object if ahead else quad.subject)
                if self.quads is not None:
                    self.quads.add(quad)
                if spare:
                    break
        return ends_reached

    def touch(self, path: Path, quad: ox.Quad) -> tuple[set[Node], set[Node]]:
        """The subjects and objects of `path` that a triple lies between."""
        if isinstance(path, str):
            meets = path.startswith("?") or path == f"<{quad.predicate.value}>"
            return ({quad.subject}, {quad.object}) if meets else (set(), set())
        kind, *parts = path
        if kind == "!":
            return {quad.subject}, {quad.object}
        if kind == "^":
            subjects, objects = self.touch(parts[0], quad)
            return objects, subjects
        before: set[Node] = set()
        after: set[Node] = set()
        for place, part in enumerate(parts):
            subjects, objects = self.touch(part, quad)
            if not subjects:
                continue
            if kind == "/":
                for step in reversed(parts[:place]):
                    subjects = self.step(step, subjects, ahead=False)
                for step in parts[place + 1 :]:
                    objects = self.step(step, objects, ahead=True)
            elif kind in "*+":
                subjects = self.step(("*", part), subjects, ahead=False)
                objects = self.step(("*", part), objects, ahead=True)
            before |= subjects
            after |= objects
        return before, after


@dataclass(frozen=True, slots=True)
class _Route:
    """From one end of a pattern to the root: paths and directions."""

    end: str
    steps: tuple[tuple[Path, bool], ...]


class Reach:
    """Rules as `judged` gives them, ready for following changes.

    `unbounded` are those that cannot be followed. `entries` are the places of all patterns, by a
    predicate of their path, the path, and the object that they ask for, empty for any.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self.unbounded = {name for name, rule in self.rules.items() if not rule.bounded}
        self.entries: dict[str, dict[Path, dict[str, list[tuple[str, int]]]]] = {}
        for name in self.rules.keys() - self.unbounded:
            for place, pattern in enumerate(self.rules[name].patterns):
                value = "" if pattern.object.startswith("?") else pattern.object
                for predicate in _predicates(pattern.path):
                    paths = self.entries.setdefault(predicate, {})
                    values = paths.setdefault(pattern.path, defaultdict(list))
                    values[value].append((name, place))
        self._routes: dict[str, list[tuple[_Route, ...]]] = {}

    def touched(self, view: View, changes: Iterable[ox.Quad]) -> dict[str, set[Node]]:
        """The roots of each bounded rule that any of `changes`, added or removed, may concern."""
        walk = Walk(view, old=True)
        roots: dict[str, set[Node]] = defaultdict(set)
        for quad in changes:
            for key in (f"<{quad.predicate.value}>", ""):
                for path, values in self.entries.get(key, {}).items():
                    subjects, objects = walk.touch(path, quad)
                    for value in ("", *map(str, objects)):
                        for name, place in values.get(value, ()):
                            ends = _ends(self.rules[name].patterns[place], quad, subjects, objects)
                            for route in self._ways_back(name)[place] if ends else ():
                                roots[name] |= _along(route, ends, walk)
        return roots

    def _ways_back(self, name: str) -> list[tuple[_Route, ...]]:
        if name not in self._routes:
            self._routes[name] = _routes(self.rules[name]) or []
        return self._routes[name]

    def is_target(self, view: View, rule: Rule, node: Node) -> bool:
        """Whether a shape is for this node (SHACL 2.1.3)."""
        walk = Walk(view)
        for target in rule.targets:
            if target.subject == rule.root:
                ends = walk.step(target.path, {node}, ahead=True)
                if ends and (target.object.startswith("?") or target.object in map(str, ends)):
                    return True
            elif walk.step(target.path, {node}, ahead=False):
                return True
        return str(node) in rule.nodes

    def surroundings(self, view: View, name: str, roots: set[Node]) -> set[ox.Quad]:
        """All that the rule `name` reads of the graph for these roots."""
        rule = self.rules[name]
        quads: set[ox.Quad] = set()
        walk = Walk(view, quads=quads)
        for scope, home in _parts(rule):
            slots: dict[str, set[Node]] = {rule.root: roots}
            for pattern, ahead, own in _plan(rule, scope, home):
                start, end = pattern.subject, pattern.object
                if not ahead:
                    start, end = end, start
                if isinstance(pattern.path, str) and pattern.path in slots and start not in slots:
                    quads |= _witnesses(view, slots[pattern.path])
                    continue
                walk.quads = quads if own else None
                nodes = slots[start] if start.startswith("?") else {term(start)}
                ends = walk.step(pattern.path, nodes, ahead, spare=end in rule.sparing)
                slots.setdefault(end, ends)
        return quads


def judged(rule: Rule) -> Rule:
    """The rule; not bounded where no way leads from the root to a pattern, or back.

    It takes longer than following one change, so what is kept of rules is kept judged.
    """
    bounded = rule.bounded and _followed(rule) and _routes(rule) is not None
    return replace(rule, bounded=bounded)


def term(text: str) -> Node:
    """A term that N-Triples writes so."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    line = f"<urn:s> <urn:p> {text} ."
    return next(
        iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False))
    ).object


def _witnesses(view: View, predicates: set[Node]) -> set[ox.Quad]:
    witnesses = (
        next(view.quads(None, predicate, None, spare=True), None) for predicate in predicates
    )
    return {quad for quad in witnesses if quad is not None}


def _ends(
    pattern: Pattern, quad: ox.Quad, subjects: set[Node], objects: set[Node]
) -> dict[str, set[Node]]:
    """What the ends of a pattern are bound to by a triple; empty where a constant forbids it."""
    for end, nodes in ((pattern.subject, subjects), (pattern.object, objects)):
        if not end.startswith("?") and end not in map(str, nodes):
            return {}
    return {"subject": subjects, "object": objects, "predicate": {quad.predicate}}


def _along(route: _Route, ends: dict[str, set[Node]], walk: Walk) -> set[Node]:
    """Where a route leads from the end that it begins at."""
    nodes = ends[route.end]
    for path, ahead in route.steps:
        nodes = walk.step(path, nodes, ahead)
    return nodes


def _predicates(path: Path) -> set[str]:
    """The predicates of a path; the empty string for any."""
    if isinstance(path, str):
        return {"" if path.startswith("?") else path}
    if path[0] == "!":
        return {""}
    return {predicate for part in path[1:] for predicate in _predicates(part)}


def _cost(path: Path, ahead: bool) -> int:
    if isinstance(path, str):
        if path.startswith("?") or path == _TYPE:
            return 1 if ahead else _HUB
        return 1 if ahead else 2
    if path[0] == "!":
        return 1 if ahead else _HUB
    if path[0] == "^":
        return _cost(path[1], not ahead)
    return sum(_cost(part, ahead) for part in path[1:])


def _homes(rule: Rule, scope: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The outermost parts in which the root stands; only the one around `scope` if there is one."""
    scopes = {
        pattern.scope
        for pattern in rule.patterns
        if rule.root in (pattern.subject, pattern.path, pattern.object)
    }
    homes = sorted(
        scope
        for scope in scopes
        if not any(outer != scope and scope[: len(outer)] == outer for outer in scopes)
    )
    return [home for home in homes if scope[: len(home)] == home] or homes


def _parts(rule: Rule) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each part of a query with each home of the root that may go with it."""
    for scope in dict.fromkeys(pattern.scope for pattern in rule.patterns):
        for home in _homes(rule, scope):
            yield scope, home


def _holding(rule: Rule, scope: tuple[str, ...], home: tuple[str, ...]) -> list[Pattern]:
    """The patterns that hold wherever one of `scope` matters: those of the parts around it."""
    return [
        pattern
        for pattern in rule.patterns
        if pattern.scope == scope[: len(pattern.scope)]
        or pattern.scope == home[: len(pattern.scope)]
    ]


def _routes(rule: Rule) -> list[tuple[_Route, ...]] | None:
    """For each pattern the cheapest ways to the root, one in each home; None if one has no way."""
    ways = {part: _ways(_holding(rule, *part), rule.root) for part in _parts(rule)}
    routes_by_pattern = []
    for pattern in rule.patterns:
        routes: dict[_Route, None] = {}
        for home in _homes(rule, pattern.scope):
            ways_home = ways[pattern.scope, home]
            ends = [(*ways_home[slot], end) for end, slot in pattern.ends() if slot in ways_home]
            if not ends:
                return None
            cost = min(cost for cost, _, _ in ends)
            routes |= {_Route(end, steps): None for price, steps, end in ends if price == cost}
        routes_by_pattern.append(tuple(routes))
    return routes_by_pattern


def _ways(
    patterns: list[Pattern], root: str
) -> dict[str, tuple[int, tuple[tuple[Path, bool], ...]]]:
    """The cheapest way from each slot to the root: its cost, and its steps."""
    near: dict[str, list[tuple[str, Path, bool]]] = defaultdict(list)
    for pattern in patterns:
        near[pattern.object].append((pattern.subject, pattern.path, True))
        near[pattern.subject].append((pattern.object, pattern.path, False))
    best: dict[str, tuple[int, tuple[tuple[Path, bool], ...]]] = {}
    waiting: list[tuple[int, int, str, tuple[tuple[Path, bool], ...]]] = [(0, 0, root, ())]
    count = 0
    while waiting:
        cost, _, slot, steps = heapq.heappop(waiting)
        if slot in best:
            continue
        best[slot] = (cost, steps)
        for far, path, ahead in near[slot]:
            if far.startswith("?") and far not in best:
                count += 1
                longer = ((path, ahead), *steps)
                heapq.heappush(waiting, (cost + _cost(path, ahead), count, far, longer))
    return best


def _followed(rule: Rule) -> bool:
    """Whether every pattern can be read from the root."""
    return all(
        {id(pattern) for pattern in rule.patterns if pattern.scope == scope}
        <= {id(pattern) for pattern, _, _ in _plan(rule, scope, home)}
        for scope, home in _parts(rule)
    )


def _plan(
    rule: Rule, scope: tuple[str, ...], home: tuple[str, ...]
) -> list[tuple[Pattern, bool, bool]]:
    """How the patterns of a part are read from the root, in order: direction, and whether kept.

    Patterns of the parts around it are read too where they lead there, and not kept again.
    """
    holding = _holding(rule, scope, home)
    at: dict[Path, list[int]] = defaultdict(list)
    for place, candidate in enumerate(holding):
        for slot in (candidate.subject, candidate.path, candidate.object):
            at[slot].append(place)
    plan: list[tuple[Pattern, bool, bool]] = []
    costs = {rule.root: 0}
    options: list[tuple[int, int, bool]] = []

    def offer(place: int) -> None:
        pattern = holding[place]
        start = costs.get(pattern.subject, None if pattern.subject.startswith("?") else _HUB)
        if start is not None:
            heapq.heappush(options, (start + _cost(pattern.path, True), place, True))
        if pattern.object in costs:
            heapq.heappush(
                options, (costs[pattern.object] + _cost(pattern.path, False), place, False)
            )
        if pattern.path in costs and {pattern.subject, pattern.object} <= {*rule.sparing, *costs}:
            heapq.heappush(options, (costs[str(pattern.path)] + 1, place, True))

    for place, candidate in enumerate(holding):
        if place in at[rule.root] or not candidate.subject.startswith("?"):
            offer(place)
    done: set[int] = set()
    while options:
        cost, place, ahead = heapq.heappop(options)
        if place in done:
            continue
        done.add(place)
        pattern = holding[place]
        plan.append((pattern, ahead or pattern.subject in costs, pattern.scope == scope))
        for end in (pattern.subject, pattern.object):
            if end.startswith("?") and end not in costs:
                costs[end] = cost
                for waiting_place in at[end]:
                    offer(waiting_place)
    return plan
