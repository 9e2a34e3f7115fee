"""Compares two snapshots by statement; each change has its reason and its evidence.

A statement (subject, predicate, value) exists in a snapshot if it is a fact, or if a claim states
it, disputed and superseded ones included. Derived statements (bounds, participations, classes) are
reported with the statement that they follow from. Every quad that only one graph has belongs to
exactly one change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.claims import Evidence
from ...model.dates import date_range
from ...model.namespaces import GRAPHS, expand
from ...model.problems import UsageError
from ...model.terms import Term
from .reasons import ChangeReason, ReasonFinder
from .snapshot import Snapshot, SnapshotReader, StatementTerms, is_nested
from .states import StatementPair, StatementState, pair_states

_TYPE: Final = expand("rdf:type")
_PART: Final = frozenset(ox.NamedNode(expand(name)) for name in ("pcve:actor", "pcve:role"))
_DATES: Final = frozenset(map(expand, ("xsd:date", "xsd:gYearMonth", "xsd:gYear", "edtf:EDTF")))


def attach_derived(
    stated: list[StatementPair],
    derived: Iterable[StatementPair],
    sides: tuple[SnapshotReader, SnapshotReader],
) -> Iterator[StatementPair]:
    """Attach each of `derived` to the one of `stated` that it follows from; yield the others.

    A participation or the direct property of an involvement follows from the statement that an
    actor had a role, the class of a nested node from the statement that refers to it, and a bound
    from a date of the same entity.
    """
    by_subject: dict[Term, list[StatementPair]] = defaultdict(list)
    by_value: dict[Term, list[StatementPair]] = defaultdict(list)
    for pair in stated:
        by_subject[pair.fact[0]].append(pair)
        for value in pair.values():
            by_value[value].append(pair)
    for pair in derived:
        node, predicate, _ = pair.fact
        basis: StatementPair | None
        if any(expand("pcve:Participation") in side.types(node) for side in sides):
            basis = _role(node, by_subject, sides)
        elif predicate.value == _TYPE:
            basis = next(iter(by_value[node]), None) if is_nested(node) else None
        elif part := _involvement(pair, by_subject, sides):
            basis = part
        else:
            basis = _date(pair, by_subject[node])
        if basis:
            basis.follows.append(pair)
        else:
            yield pair


def _role(
    node: ox.NamedNode,
    by_subject: dict[Term, list[StatementPair]],
    sides: tuple[SnapshotReader, SnapshotReader],
) -> StatementPair | None:
    for side in sides:
        event, actor, role = (
            side.first_value(node, expand(name))
            for name in ("pcve:inEvent", "pcve:actor", "pcve:role")
        )
        if event is None or actor is None or role is None:
            continue
        properties = side.roles(role)
        for pair in by_subject[event]:
            if pair.fact[1] in properties and actor in pair.values():
                return pair
    return None


def _involvement(
    derived: StatementPair,
    by_subject: dict[Term, list[StatementPair]],
    sides: tuple[SnapshotReader, SnapshotReader],
) -> StatementPair | None:
    """The changed actor or role of an involvement that implies a direct property."""
    subject, predicate, value = derived.fact
    for side in sides:
        for whole, actor in ((subject, value), (value, subject)):
            for node in side.all_values(whole, expand("pcve:hasInvolvement")):
                role = side.first_value(node, expand("pcve:role"))
                if role is None or side.first_value(node, expand("pcve:actor")) != actor:
                    continue
                if predicate in side.roles(role):
                    pairs = (pair for pair in by_subject[node] if pair.fact[1] in _PART)
                    return next(pairs, None)
    return None


def _date(bound: StatementPair, candidates: list[StatementPair]) -> StatementPair | None:
    """The changed date whose first or last day is this bound, else any changed date."""
    dated = [pair for pair in candidates if _days(pair)]
    bound_days = {getattr(value, "value", "") for value in bound.values()}
    return next((pair for pair in dated if _days(pair) & bound_days), next(iter(dated), None))


def _days(pair: StatementPair) -> set[str]:
    dates = (value for value in pair.values() if isinstance(value, ox.Literal))
    ranges = (date_range(date.value) for date in dates if date.datatype.value in _DATES)
    return {day.isoformat() for days in ranges if days for day in (days.first, days.last) if day}


QuadsByGraph: TypeAlias = dict[str, list[ox.Quad]]
_UNCLAIMED_GRAPHS: Final = ("catalog", "ontology", "vocabulary")
_GRAPH_ORDER: Final = ("facts", "evidence", *_UNCLAIMED_GRAPHS)

KINDS: Final = ("added", "changed", "removed", "unchanged")
"""The kinds of changes."""


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A statement that differs: `kind` is one of `KINDS`; `old` and `new` are its values.

    Where both values are equal, the statement remains, but its evidence or rank changed; an
    unchanged one has the same evidence and rank, in other quads: those of another program version,
    or of the same words at another place of the text.
    `before` and `after` are its evidence on each side, `follows` the changes derived from it,
    `removed` and `added` the quads of all of these. `graph` is the local name of its graph.
    """

    kind: str
    graph: str
    subject: ox.NamedNode
    predicate: ox.NamedNode
    old: Term | None
    new: Term | None
    reason: ChangeReason
    before: tuple[Evidence, ...]
    after: tuple[Evidence, ...]
    follows: tuple[StatementChange, ...]
    removed: tuple[ox.Quad, ...]
    added: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class Diff:
    """All changes from `old` to `new`, sorted by graph, subject, predicate and value.

    `changes` are the statements that differ; `unchanged` those that only the quads of their claims
    differ of.
    """

    old: Snapshot
    new: Snapshot
    changes: tuple[StatementChange, ...]
    unchanged: tuple[StatementChange, ...] = ()

    def quads(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """All quads that only the old graph has, and those that only the new one has."""
        changes = (*self.changes, *self.unchanged)
        return (
            [quad for change in changes for quad in change.removed],
            [quad for change in changes for quad in change.added],
        )

    def kinds(self) -> dict[str, int]:
        """The number of statements that differ, of each kind: added, changed, removed."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in KINDS[:-1]}

    def reasons(self) -> dict[str, int]:
        """The number of changes by code of the reason, without zeros."""
        return dict(sorted(Counter(change.reason.code for change in self.changes).items()))


def compare(old: Snapshot, new: Snapshot) -> Diff:
    """The differences from `old` to `new`."""
    sides = SnapshotReader(old), SnapshotReader(new)
    removed, added = (
        {name: reading.quads(name, side.graphs[name] - counterpart.graphs[name]) for name in GRAPHS}
        for reading, side, counterpart in ((sides[0], old, new), (sides[1], new, old))
    )
    states, unclaimed, unattached = _claimed(sides, removed, added)
    pairs = list(pair_states("facts", states))
    pairs += attach_derived(pairs, pair_states("facts", unclaimed), sides)
    pairs += pair_states("evidence", unattached)
    for name in _UNCLAIMED_GRAPHS:
        pairs += pair_states(name, _unclaimed_states(removed[name], added[name]))
    reasons = ReasonFinder(*sides, states)
    changes = [_change(pair, reasons.reason(pair)) for pair in pairs]
    parts: dict[bool, list[StatementChange]] = {False: [], True: []}
    for change in sorted(changes, key=_order):
        parts[change.kind == "unchanged"].append(change)
    return Diff(old, new, tuple(parts[False]), tuple(parts[True]))


def _claimed(
    sides: tuple[SnapshotReader, SnapshotReader], removed: QuadsByGraph, added: QuadsByGraph
) -> tuple[list[StatementState], list[StatementState], list[StatementState]]:
    """The claimed statements that differ, then the facts and the evidence without a claim."""
    old, new = sides
    states: dict[StatementTerms, StatementState] = {}

    def state(fact: StatementTerms) -> StatementState:
        if fact not in states:
            values = old.is_fact(fact), new.is_fact(fact), old.claims(fact), new.claims(fact)
            states[fact] = StatementState(fact, *values)
        return states[fact]

    parts = []
    for is_new, side, quads in ((False, old, removed["evidence"]), (True, new, added["evidence"])):
        for node, node_quads in _by_subject(quads).items():
            fact = side.stated(node)
            if fact is None:
                parts.append((is_new, node, node_quads))
            else:
                _quads(state(fact), is_new).extend(node_quads)
    unclaimed: dict[bool, list[ox.Quad]] = {False: [], True: []}
    for is_new, quads in ((False, removed["facts"]), (True, added["facts"])):
        for quad in quads:
            fact = _fact(quad)
            if fact in states or old.claims(fact) or new.claims(fact):
                _quads(state(fact), is_new).append(quad)
            else:
                unclaimed[is_new].append(quad)
    derived = list(_unclaimed_states(unclaimed[False], unclaimed[True]))
    unattached: dict[bool, list[ox.Quad]] = {False: [], True: []}
    for is_new, node, quads in _attached(parts, derived, sides, states):
        owners = sides[is_new].owners(node)
        owner_quads = _quads(state(owners[0]), is_new) if owners else unattached[is_new]
        owner_quads.extend(quads)
    evidence = list(_unclaimed_states(unattached[False], unattached[True]))
    return list(states.values()), derived, evidence


Part: TypeAlias = tuple[bool, ox.NamedNode, list[ox.Quad]]
"""A node of the evidence other than a claim: whether it is of the new side, and its quads."""


def _attached(
    parts: list[Part],
    derived: list[StatementState],
    sides: tuple[SnapshotReader, SnapshotReader],
    states: dict[StatementTerms, StatementState],
) -> Iterator[Part]:
    """Add the quads of each part to a statement that differs anyway; yield the other parts.

    That is the statement whose claim the part belongs to, else the one that takes its quads of the
    other side, else the derived statement that it describes.
    """
    by_fact = {state.fact: state for state in derived}
    by_subject = {state.fact[0]: state for state in derived}
    state_by_node: dict[ox.NamedNode, StatementState] = {}
    others = []
    for part in parts:
        is_new, node, quads = part
        owner = next((fact for fact in sides[is_new].owners(node) if fact in states), None)
        if owner is None:
            others.append(part)
        else:
            state_by_node[node] = states[owner]
            _quads(states[owner], is_new).extend(quads)
    for part in others:
        is_new, node, quads = part
        described = sides[is_new].described(node)
        state = state_by_node.get(node) or (
            by_fact.get(described) if described else by_subject.get(node)
        )
        if state is None:
            yield part
        else:
            _quads(state, is_new).extend(quads)


def _quads(state: StatementState, is_new: bool) -> list[ox.Quad]:
    return state.added if is_new else state.removed


def _unclaimed_states(
    removed: Iterable[ox.Quad], added: Iterable[ox.Quad]
) -> Iterator[StatementState]:
    """The states of statements without claims."""
    for quad in removed:
        yield StatementState(_fact(quad), was=True, now=False, removed=[quad])
    for quad in added:
        yield StatementState(_fact(quad), was=False, now=True, added=[quad])


def _fact(quad: ox.Quad) -> StatementTerms:
    """The statement of a quad. Raises UsageError for one about a blank node."""
    if not isinstance(quad.subject, ox.NamedNode):
        raise UsageError(
            f"the graph has a statement about {quad.subject}, which is not an IRI: it is not the "
            "graph of a build or release of pcve; make it again"
        )
    return quad.subject, quad.predicate, quad.object


def _by_subject(quads: Iterable[ox.Quad]) -> dict[ox.NamedNode, list[ox.Quad]]:
    quads_by_subject: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        quads_by_subject[_fact(quad)[0]].append(quad)
    return quads_by_subject


def _change(pair: StatementPair, reason: ChangeReason) -> StatementChange:
    subject, predicate, _ = pair.fact
    removed, added = pair.quads()
    kind = "changed" if pair.old and pair.new else "added" if pair.new else "removed"
    if reason.code in ("form", "shifted"):
        kind = "unchanged"
    follows = [_change(follow, reason) for follow in pair.follows]
    return StatementChange(
        kind=kind,
        graph=pair.graph,
        subject=subject,
        predicate=predicate,
        old=pair.old.fact[2] if pair.old else None,
        new=pair.new.fact[2] if pair.new else None,
        reason=reason,
        before=tuple(claim.evidence for claim in pair.old.before) if pair.old else (),
        after=tuple(claim.evidence for claim in pair.new.after) if pair.new else (),
        follows=tuple(sorted(follows, key=_order)),
        removed=tuple(sorted(removed, key=str)),
        added=tuple(sorted(added, key=str)),
    )


def _order(change: StatementChange) -> tuple[int, str, str, str]:
    value = change.new if change.old is None else change.old
    place = _GRAPH_ORDER.index(change.graph)
    return place, change.subject.value, change.predicate.value, str(value)
