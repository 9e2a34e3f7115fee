"""Statements that follow from the claims of a record, each with the claims that it follows from.

The bounds of dates, the participations in an event, and the direct property of the role in an
involvement. Each has the position of the statement that it is derived from.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from ..model import namespaces
from ..model.dates import date_range, stated_bounds
from ..model.namespaces import expand, hashed_iri, local_name, nterm
from ..model.problems import Position, Problem, rule_problem
from ..model.schema import Ontology, RecordClass
from ..model.terms import Iri, NTerm, lexical, literal, to_iri
from .block_terms import concept
from .claims import CERTAINTIES, ClaimCollector, CollectedClaim, Triple
from .record_graph import shared_term as _term

_ACTOR, _ROLE = nterm("pcve:actor"), nterm("pcve:role")
_HAS_INVOLVEMENT: Final = nterm("pcve:hasInvolvement")


def derive_bounds(claims: ClaimCollector) -> None:
    """Adds the first and last possible and certain day of each dated entity of the record.

    Where several keys give the same bound, the one with the higher sh:order counts.
    """
    bounds: dict[NTerm, dict[str, tuple[date | None, CollectedClaim]]] = {}
    for claim in claims.facts():
        days = date_range(lexical(claim.statement[2])) if claim.key.derives else None
        for bound in claim.key.derives if days else ():
            of_owner = bounds.setdefault(claim.statement[0], {})
            previous = of_owner.get(local_name(bound))
            if days and (previous is None or previous[1].key.order <= claim.key.order):
                of_owner[local_name(bound)] = days.bound(local_name(bound)), claim
    paths = {local_name(path): path for claim in claims.facts() for path in claim.key.derives}
    for owner, of_owner in bounds.items():
        stated = stated_bounds({name: day for name, (day, _) in of_owner.items()})
        certain = [of_owner[name][1] for name in ("certainFrom", "certainUntil") if name in stated]
        for name, (_, claim) in of_owner.items():
            if day := stated.get(name):
                term = literal(day.isoformat(), expand("xsd:date"))
                statement = (owner, _term(paths[name]), term)
                origins = certain if claim in certain and name.startswith("certain") else [claim]
                _add(claims, statement, claim.place, *origins)


def derive_participations(claims: ClaimCollector, event: NTerm, ontology: Ontology) -> None:
    """Adds a participation for each fact on the event whose property implies a role."""
    sheet = claims.sheet
    for claim in list(claims.facts()):
        subject, predicate, actor = claim.statement
        role = ontology.roles.get(to_iri(predicate))
        if role is None or subject != event:
            continue
        tail = "/".join(map(local_name, (to_iri(event), role, to_iri(actor))))
        node = _term(namespaces.record_iri("participation", tail))
        sheet.derived.add(node)
        for name, term in (
            ("rdf:type", nterm("pcve:Participation")),
            ("pcve:inEvent", event),
            ("pcve:actor", actor),
            ("pcve:role", _term(role)),
        ):
            sheet.add(sheet.facts, (node, nterm(name), term), claim.place)
        derivation = (node, nterm("prov:wasDerivedFrom"), _term(claim.iri))
        sheet.add(sheet.evidence, derivation, claim.place)


def derive_direct_roles(
    claims: ClaimCollector, subject: NTerm, kind: RecordClass, ontology: Ontology
) -> None:
    """Adds the property that the role of each involvement in the subject implies.

    It is a property of the subject with the actor as its value, or of the actor with the subject as
    its value (pcve:inverseRoleProperty). A role of which the class has no key is a problem of the
    sheet. The property is as certain as the weakest claim of the involvement that it follows from,
    and of several involvements as the strongest.
    """
    facts = list(claims.facts())
    by_property = {claim.statement[:2]: claim for claim in facts}
    involvements: dict[Triple, list[tuple[CollectedClaim, CollectedClaim, CollectedClaim]]] = {}
    for link in facts:
        if link.statement[:2] != (subject, _HAS_INVOLVEMENT):
            continue
        node = link.statement[2]
        actor, role = by_property.get((node, _ACTOR)), by_property.get((node, _ROLE))
        if actor is None or role is None:
            continue
        who, part = actor.statement[2], to_iri(role.statement[2])
        if path := ontology.implied.get(part):
            statement = (subject, _term(path), who)
            if not any(key.path == path for key in kind.keys.values()):
                problem = _no_such_role(part, kind, ontology, role.place)
                claims.sheet.problems.append(problem)
                continue
        elif path := ontology.implied_inversely.get(part):
            statement = (who, _term(path), subject)
        else:
            continue
        if _add(claims, statement, role.place, link, actor, role):
            involvements.setdefault(statement, []).append((link, actor, role))
    for statement, parts in involvements.items():
        certainty = min(map(_weakest, parts), key=CERTAINTIES.index)
        triple = (_node(statement), nterm("pcve:certainty"), concept("certainty", certainty))
        claims.sheet.add(claims.sheet.evidence, triple, parts[0][2].place)


def _add(
    claims: ClaimCollector, statement: Triple, place: Position, *origins: CollectedClaim
) -> bool:
    """Adds a statement to the facts, and to the evidence the claims that it follows from.

    One that a claim of the record denies is a problem of the sheet, and is not added: False.

    Rule: W3C PROV-O, prov:wasDerivedFrom.
    """
    sheet = claims.sheet
    if denial := claims.denying(statement):
        line = denial.place.line
        message = f"{denial.key.name} would follow from this part, and line {line} denies it"
        fix = "delete one of the two, or give them the same rank and dispute"
        sheet.problems.append(rule_problem("conflict", place, message, fix))
        return False
    sheet.add(sheet.facts, statement, place)
    node = _node(statement)
    for name, term in (
        ("rdf:type", nterm("pcve:DerivedStatement")),
        ("rdf:subject", statement[0]),
        ("rdf:predicate", statement[1]),
        ("rdf:object", statement[2]),
        *(("prov:wasDerivedFrom", _term(claim.iri)) for claim in origins),
    ):
        sheet.add(sheet.evidence, (node, nterm(name), term), place)
    return True


def _weakest(claims: Iterable[CollectedClaim]) -> str:
    """The certainty of the claim that is least certain."""
    return max((claim.certainty for claim in claims), key=CERTAINTIES.index)


def _node(statement: Triple) -> NTerm:
    """The node of a derived statement."""
    return _term(hashed_iri("derived", *statement))


def _no_such_role(part: Iri, kind: RecordClass, ontology: Ontology, place: Position) -> Problem:
    """The problem of a role that records of this class do not have."""
    paths = {key.path for key in kind.keys.values()}
    roles = [role for role, path in ontology.implied.items() if path in paths]
    names = sorted(map(local_name, [*roles, *ontology.implied_inversely]))
    message = f"{local_name(part)} is not a role in records of class {kind.name}"
    return rule_problem("involvement-role", place, message, f"roles in it: {', '.join(names)}")
