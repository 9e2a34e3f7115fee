"""What differs between two graphs, by statement, each with its reason and its evidence.

A statement is a subject, a predicate and a value. It is there if it is a fact, or if a claim states
it, disputed and superseded ones included. What the build derives (a bound, a participation, a
class) is told under the statement that it follows from. Every quad that one graph has and the other
has not belongs to exactly one change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ...graph.claims import Evidence
from ...model.dates import first_and_last
from ...model.namespaces import GRAPHS, expand
from ...model.terms import Term
from .reasons import Reason, Reasons
from .snapshot import Fact, Reading, Side, is_part
from .states import Pair, State, paired

_TYPE: Final = expand("rdf:type")


_DATES: Final = frozenset(map(expand, ("xsd:date", "xsd:gYearMonth", "xsd:gYear")))


def attach(
    stated: list[Pair], derived: Iterable[Pair], sides: tuple[Reading, Reading]
) -> Iterator[Pair]:
    """Put each of `derived` under the one of `stated` that it follows from; give the others back.

    A participation follows from the fact that an actor had a role, the class of a part of a record
    from the fact that names the part, and a bound from a date of the same thing.
    """
    by_subject: dict[Term, list[Pair]] = defaultdict(list)
    by_value: dict[Term, list[Pair]] = defaultdict(list)
    for pair in stated:
        by_subject[pair.fact[0]].append(pair)
        for value in pair.values():
            by_value[value].append(pair)
    for pair in derived:
        node, predicate, _ = pair.fact
        basis: Pair | None
        if any(expand("pcve:Participation") in side.types(node) for side in sides):
            basis = _role(node, by_subject, sides)
        elif predicate.value == _TYPE:
            basis = next(iter(by_value[node]), None) if is_part(node) else None
        else:
            basis = _date(pair, by_subject[node])
        if basis:
            basis.follows.append(pair)
        else:
            yield pair


def _role(
    node: ox.NamedNode, by_subject: dict[Term, list[Pair]], sides: tuple[Reading, Reading]
) -> Pair | None:
    for side in sides:
        event, actor, role = (
            side.one(node, expand(name)) for name in ("pcve:event", "pcve:actor", "pcve:role")
        )
        if event is None or actor is None or role is None:
            continue
        properties = side.roles(role)
        for pair in by_subject[event]:
            if pair.fact[1] in properties and actor in pair.values():
                return pair
    return None


def _date(bound: Pair, candidates: list[Pair]) -> Pair | None:
    """The change of a date that has this first or last day, else that of any date."""
    dated = [pair for pair in candidates if _days(pair)]
    wanted = {getattr(value, "value", "") for value in bound.values()}
    return next((pair for pair in dated if _days(pair) & wanted), next(iter(dated), None))


def _days(pair: Pair) -> set[str]:
    dates = (value for value in pair.values() if isinstance(value, ox.Literal))
    found = (first_and_last(date.value) for date in dates if date.datatype.value in _DATES)
    return {day.isoformat() for days in found if days for day in days}


Quads: TypeAlias = dict[str, list[ox.Quad]]
_OTHERS: Final = ("catalog", "ontology", "vocabulary")
_PLACES: Final = ("facts", "evidence", *_OTHERS)


@dataclass(frozen=True, slots=True)
class Change:
    """A statement that differs: `kind` is added, removed or changed; `old` and `new` its value.

    Where both values are one, the statement stays, on other evidence or with another standing.
    `before` and `after` are its claims on each side, `follows` what was derived from it, `removed`
    and `added` the quads of all that. `graph` is the local name of the graph it is in.
    """

    kind: str
    graph: str
    subject: ox.NamedNode
    predicate: ox.NamedNode
    old: Term | None
    new: Term | None
    reason: Reason
    before: tuple[Evidence, ...]
    after: tuple[Evidence, ...]
    follows: tuple[Change, ...]
    removed: tuple[ox.Quad, ...]
    added: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class Diff:
    """All changes from `old` to `new`, by graph, subject, predicate and value."""

    old: Side
    new: Side
    changes: tuple[Change, ...]

    def kinds(self) -> dict[str, int]:
        """The number of changes of each kind: added, changed, removed."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ("added", "changed", "removed")}

    def reasons(self) -> dict[str, int]:
        """The number of changes for each reason that there is."""
        return dict(sorted(Counter(change.reason.code for change in self.changes).items()))


def compare(old: Side, new: Side) -> Diff:
    """What changed from `old` to `new`."""
    sides = Reading(old), Reading(new)
    gone, come = (
        {name: reading.quads(name, side.graphs[name] - other.graphs[name]) for name in GRAPHS}
        for reading, side, other in ((sides[0], old, new), (sides[1], new, old))
    )
    states, unclaimed, loose = _claimed(sides, gone, come)
    pairs = list(paired("facts", states))
    pairs += attach(pairs, paired("facts", unclaimed), sides)
    pairs += paired("evidence", loose)
    for name in _OTHERS:
        pairs += paired(name, _plain(gone[name], come[name]))
    reasons = Reasons(*sides, states)
    changes = [_change(pair, reasons.reason(pair)) for pair in pairs]
    return Diff(old, new, tuple(sorted(changes, key=_order)))


def _claimed(
    sides: tuple[Reading, Reading], gone: Quads, come: Quads
) -> tuple[list[State], list[State], list[State]]:
    """The claimed statements that differ, then the facts and the evidence that belong to none."""
    old, new = sides
    states: dict[Fact, State] = {}

    def state(fact: Fact) -> State:
        if fact not in states:
            found = old.is_fact(fact), new.is_fact(fact), old.claims(fact), new.claims(fact)
            states[fact] = State(fact, *found)
        return states[fact]

    loose: dict[bool, list[ox.Quad]] = {False: [], True: []}
    for is_new, side, quads in ((False, old, gone["evidence"]), (True, new, come["evidence"])):
        quotes = []
        for node, own in _by_subject(quads).items():
            fact = side.stated(node)
            if fact is None:
                quotes.append((node, own))
            else:
                _quads(state(fact), is_new).extend(own)
        for node, own in quotes:
            stated = map(side.stated, side.quoting(node))
            owner = next((fact for fact in stated if fact in states), None)
            (loose[is_new] if owner is None else _quads(states[owner], is_new)).extend(own)
    unclaimed: dict[bool, list[ox.Quad]] = {False: [], True: []}
    for is_new, quads in ((False, gone["facts"]), (True, come["facts"])):
        for quad in quads:
            fact = _fact(quad)
            if fact in states or old.claims(fact) or new.claims(fact):
                _quads(state(fact), is_new).append(quad)
            else:
                unclaimed[is_new].append(quad)
    derived, evidence = (list(_plain(each[False], each[True])) for each in (unclaimed, loose))
    return list(states.values()), derived, evidence


def _quads(state: State, is_new: bool) -> list[ox.Quad]:
    return state.added if is_new else state.removed


def _plain(gone: Iterable[ox.Quad], come: Iterable[ox.Quad]) -> Iterator[State]:
    """Statements that nobody claims."""
    for quad in gone:
        yield State(_fact(quad), was=True, now=False, removed=[quad])
    for quad in come:
        yield State(_fact(quad), was=False, now=True, added=[quad])


def _fact(quad: ox.Quad) -> Fact:
    assert isinstance(quad.subject, ox.NamedNode)
    return quad.subject, quad.predicate, quad.object


def _by_subject(quads: Iterable[ox.Quad]) -> dict[ox.NamedNode, list[ox.Quad]]:
    found: dict[ox.NamedNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        found[_fact(quad)[0]].append(quad)
    return found


def _change(pair: Pair, reason: Reason) -> Change:
    subject, predicate, _ = pair.fact
    removed, added = pair.quads()
    kind = "changed" if pair.old and pair.new else "added" if pair.new else "removed"
    follows = [_change(follow, reason) for follow in pair.follows]
    return Change(
        kind=kind,
        graph=pair.graph,
        subject=subject,
        predicate=predicate,
        old=pair.old.fact[2] if pair.old else None,
        new=pair.new.fact[2] if pair.new else None,
        reason=reason,
        before=tuple(each.evidence for each in pair.old.before) if pair.old else (),
        after=tuple(each.evidence for each in pair.new.after) if pair.new else (),
        follows=tuple(sorted(follows, key=_order)),
        removed=tuple(sorted(removed, key=str)),
        added=tuple(sorted(added, key=str)),
    )


def _order(change: Change) -> tuple[int, str, str, str]:
    value = change.new if change.old is None else change.old
    place = _PLACES.index(change.graph)
    return place, change.subject.value, change.predicate.value, str(value)
