"""What the build derives, put under the statement that it follows from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from ..model.dates import first_and_last
from ..model.namespaces import expand
from ..model.terms import Term
from ..publish.diff.states import Pair
from .reading import Reading, is_part

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
