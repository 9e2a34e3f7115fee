"""The facts that an overlap rests on, each with its claims and their evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...graph.claims import Evidence, evidence, evidence_order, has_value, values
from ...model.namespaces import expand, local_name
from ...model.problems import UsageError
from ...query.render import format_date
from ..works import Landscape, Work
from .find import OverlapPair
from .reasons import SharedFacts, shared_facts
from .score import PARTS

_SUBJECT: Final = ox.NamedNode(expand("rdf:subject"))
_DERIVED: Final = expand("prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class SupportingFact:
    """One fact of one work that a part of the score rests on.

    `key` is the local name of its property, `value` the value in words; `claims` are the IRIs of
    its current claims and `evidence` the evidence of them all.
    """

    work: Work
    part: str
    key: str
    value: str
    claims: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def find_supporting_facts(
    landscape: Landscape, store: ox.Store, pair: OverlapPair
) -> tuple[SupportingFact, ...]:
    """The facts that `pair` rests on, sorted by work, part, property and value.

    Raises UsageError if a claim in `store` has no IRI, no predicate or no object.
    """
    common = shared_facts(landscape, pair)
    facts_of_both = []
    for work in (pair.first, pair.second):
        facts: dict[tuple[str, str], list[ox.NamedNode]] = {}
        for claim in _claims(store, work, ox.NamedNode(work.iri)):
            facts.setdefault(_fact(landscape, store, claim), []).append(claim)
        for node, name in _involvements(store, work):
            for claim in _claims(store, work, node):
                key, value = _fact(landscape, store, claim)
                if key == "actor":
                    facts.setdefault((name, value), []).append(claim)
        mine = []
        for (name, value), claims in facts.items():
            part = _part(landscape, pair.verdict, work, common, name, value)
            current = [
                (claim.value, pieces)
                for claim in claims
                if part and (pieces := evidence(store, claim)) and pieces[0].is_current
            ]
            if current:
                word = landscape.label(value) if value.startswith("http") else format_date(value)
                iris = tuple(sorted(iri for iri, _ in current))
                all_pieces = (piece for _, pieces in current for piece in pieces)
                sorted_pieces = tuple(sorted(all_pieces, key=evidence_order))
                mine.append(SupportingFact(work, part, name, word, iris, sorted_pieces))
        facts_of_both += sorted(mine, key=_order)
    return tuple(facts_of_both)


def _claims(store: ox.Store, work: Work, subject: ox.NamedNode) -> Iterator[ox.NamedNode]:
    """The claims with a value on a work, or on a node nested in it."""
    for quad in store.quads_for_pattern(None, _SUBJECT, subject, None):
        if not isinstance(quad.subject, ox.NamedNode):
            raise _damaged(f"a claim on {work.id} is a blank node")
        is_derived = next(values(store, quad.subject, _DERIVED), None) is not None
        if not is_derived and has_value(store, quad.subject):
            yield quad.subject


def _involvements(store: ox.Store, work: Work) -> Iterator[tuple[ox.NamedNode, str]]:
    """The involvements in a work, each with the local name of the property of its role."""
    for node in values(store, ox.NamedNode(work.iri), expand("pcve:hasInvolvement")):
        if isinstance(node, ox.NamedNode):
            for role in values(store, node, expand("pcve:role")):
                if isinstance(role, ox.NamedNode):
                    for path in values(store, role, expand("pcve:roleProperty")):
                        yield node, local_name(str(getattr(path, "value", "")))


def _order(proof: SupportingFact) -> tuple[int, bool, str, str]:
    return PARTS.index(proof.part), proof.key == "endDate", proof.key, proof.value


def _fact(landscape: Landscape, store: ox.Store, claim: ox.NamedNode) -> tuple[str, str]:
    """The local name of the property of a claim, and its value."""
    predicate = next(values(store, claim, expand("rdf:predicate")), None)
    term = next(values(store, claim, expand("rdf:object")), None)
    if predicate is None or term is None:
        missing = "rdf:object" if predicate else "rdf:predicate"
        raise _damaged(f"the claim {claim.value} has no {missing}")
    value = str(getattr(term, "value", ""))
    name = local_name(str(getattr(predicate, "value", "")))
    return name, landscape.replaced.get(value, value)


def _damaged(what: str) -> UsageError:
    return UsageError(f"the saved graph is damaged: {what}; delete the build and run `pcve build`")


def _part(
    landscape: Landscape, verdict: str, work: Work, common: SharedFacts, name: str, value: str
) -> str:
    """The part of the score that a fact of `work` supports; empty if none."""
    if name == "location":
        around = (value, *landscape.within.get(value, ()))
        shared_places = {
            up for place in common.places for up in (place, *landscape.within.get(place, ()))
        }
        supports = verdict == "colliding" or {*around} & {*common.places} or value in shared_places
        return "place" if supports else ""
    if name in ("about", "audience"):
        topics = (*common.topics, *common.wider)
        wanted = topics if name == "about" else (*common.groups, *common.wider_groups)
        around = (value, *landscape.broader.get(value, ()))
        return ("topic" if name == "about" else "group") if {*around} & {*wanted} else ""
    if name in ("startDate", "endDate"):
        return "time"
    return "company" if name in work.actors and value in common.company else ""
