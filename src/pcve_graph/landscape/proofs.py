"""What each part of a pair's score rests on: the claims of the facts that both works share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..analysis.overlaps.find import Pair
from ..analysis.overlaps.reasons import Shared, shared
from ..analysis.overlaps.score import PARTS
from ..analysis.works import LEADING, TAKING_PART, Landscape, Work
from ..graph.claims import Evidence, evidence, rank, values
from ..model.namespaces import expand, local_name
from ..query.render import day

_SUBJECT: Final = ox.NamedNode(expand("rdf:subject"))
_ROLES: Final = frozenset((*LEADING, *TAKING_PART))


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact of one work: the part of the score that it bears, its property by local name, and
    its value in words. `claims` are the IRIs of its current claims, `evidence` what each rests on.
    """

    work: Work
    part: str
    key: str
    value: str
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def proofs(landscape: Landscape, store: ox.Store, pair: Pair) -> tuple[Proof, ...]:
    """The facts that `pair` rests on, by work, then by part, then by property and value."""
    common = shared(landscape, pair)
    found = []
    for work in (pair.one, pair.other):
        facts: dict[tuple[str, str], list[ox.NamedNode]] = {}
        for quad in store.quads_for_pattern(None, _SUBJECT, ox.NamedNode(work.iri), None):
            assert isinstance(quad.subject, ox.NamedNode)
            facts.setdefault(_fact(landscape, store, quad.subject), []).append(quad.subject)
        mine = []
        for (name, value), claims in facts.items():
            part = _part(landscape, pair, common, name, value)
            known = [(evidence(store, each), each.value) for each in claims] if part else []
            current = sorted((each for each in known if each[0].standing == "current"), key=_rank)
            if current:
                word = landscape.label(value) if value.startswith("http") else day(value)
                told, iris = zip(*current, strict=True)
                mine.append(Proof(work, part, name, word, iris, told))
        found += sorted(mine, key=_order)
    return tuple(found)


def _order(proof: Proof) -> tuple[int, bool, str, str]:
    return PARTS.index(proof.part), proof.key == "endDate", proof.key, proof.value


def _rank(found: tuple[Evidence, str]) -> tuple[object, str]:
    return rank(found[0]), found[1]


def _fact(landscape: Landscape, store: ox.Store, claim: ox.NamedNode) -> tuple[str, str]:
    """The property and value of a claim, the property by its local name."""
    predicate = next(values(store, claim, expand("rdf:predicate")))
    value = str(getattr(next(values(store, claim, expand("rdf:object"))), "value", ""))
    name = local_name(str(getattr(predicate, "value", "")))
    return name, landscape.replaced.get(value, value)


def _part(landscape: Landscape, pair: Pair, common: Shared, name: str, value: str) -> str:
    """The part of the score that a fact bears; empty where it bears none."""
    if name == "location":
        around = (value, *landscape.within.get(value, ()))
        held = {up for each in common.places for up in (each, *landscape.within.get(each, ()))}
        told = pair.verdict == "colliding" or {*around} & {*common.places} or value in held
        return "place" if told else ""
    if name in ("about", "audience"):
        topics = (*common.topics, *common.wider)
        wanted = topics if name == "about" else (*common.groups, *common.wider_groups)
        around = (value, *landscape.broader.get(value, ()))
        return ("topic" if name == "about" else "group") if {*around} & {*wanted} else ""
    if name in ("startDate", "endDate"):
        return "time"
    return "company" if name in _ROLES and value in common.company else ""
