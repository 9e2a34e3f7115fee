"""Statements that follow from those of a record, and are added to them without a claim.

The bounds of dates, the participations in an event, and the direct property of the role in an
involvement. Each has the position of the statement that it is derived from.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from ..model import namespaces
from ..model.dates import stated_bounds
from ..model.namespaces import expand, local_name, nterm
from ..model.problems import Position, Problem, rule_problem
from ..model.schema import Ontology, RecordClass
from ..model.terms import Iri, NTerm, literal, to_iri, triple_line
from .record_graph import RecordGraph
from .record_graph import shared_term as _term

_ACTOR, _ROLE = nterm("pcve:actor"), nterm("pcve:role")
_HAS_INVOLVEMENT: Final = nterm("pcve:hasInvolvement")


def derive_bounds(sheet: RecordGraph) -> None:
    """Adds the first and last possible and certain day of each dated entity of the sheet."""
    bounds: dict[NTerm, dict[str, date | None]] = {}
    for (owner, bound), (_, day, _) in sheet.bounds.items():
        bounds.setdefault(owner, {})[local_name(bound)] = day
    stated = {owner: stated_bounds(days) for owner, days in bounds.items()}
    for (owner, bound), (_, _, place) in sheet.bounds.items():
        if bound_day := stated[owner].get(local_name(bound)):
            term = literal(bound_day.isoformat(), expand("xsd:date"))
            sheet.add(sheet.facts, (owner, _term(bound), term), place)


def derive_participations(sheet: RecordGraph, event: NTerm, ontology: Ontology) -> None:
    """Adds a participation for each statement on the event whose property implies a role."""
    facts = [key for key in sheet.places if len(key) == 3 and key[0] == event]
    for _, predicate, actor in facts:
        role = ontology.roles.get(to_iri(predicate))
        if role is None or triple_line((event, predicate, actor)) not in sheet.facts:
            continue
        tail = "/".join(map(local_name, (to_iri(event), role, to_iri(actor))))
        node = _term(namespaces.record_iri("participation", tail))
        sheet.derived.add(node)
        place = sheet.places[event, predicate, actor]
        for name, term in (
            ("rdf:type", nterm("pcve:Participation")),
            ("pcve:inEvent", event),
            ("pcve:actor", actor),
            ("pcve:role", _term(role)),
        ):
            sheet.add(sheet.facts, (node, nterm(name), term), place)


def derive_direct_roles(
    sheet: RecordGraph, subject: NTerm, kind: RecordClass, ontology: Ontology
) -> None:
    """Adds the property that the role of each involvement in the subject implies.

    It is a property of the subject with the actor as its value, or of the actor with the subject as
    its value (pcve:inverseRoleProperty). A role of which the class has no key is a problem of the
    sheet.
    """
    if (subject, _HAS_INVOLVEMENT) not in sheet.places:
        return
    triples = [key for key in sheet.places if len(key) == 3 and triple_line(key) in sheet.facts]
    nodes = [value for _, predicate, value in triples if predicate == _HAS_INVOLVEMENT]
    values = {(owner, predicate): value for owner, predicate, value in triples}
    for node in nodes:
        actor, role = values.get((node, _ACTOR)), values.get((node, _ROLE))
        if actor is None or role is None:
            continue
        place = sheet.places[node, _ROLE, role]
        if path := ontology.implied.get(to_iri(role)):
            if any(key.path == path for key in kind.keys.values()):
                sheet.add(sheet.facts, (subject, _term(path), actor), place)
            else:
                sheet.problems.append(_no_such_role(to_iri(role), kind, ontology, place))
        elif path := ontology.implied_inversely.get(to_iri(role)):
            sheet.add(sheet.facts, (actor, _term(path), subject), place)


def _no_such_role(concept: Iri, kind: RecordClass, ontology: Ontology, place: Position) -> Problem:
    """The problem of a role that records of this class do not have."""
    paths = {key.path for key in kind.keys.values()}
    roles = [role for role, path in ontology.implied.items() if path in paths]
    names = sorted(map(local_name, [*roles, *ontology.implied_inversely]))
    message = f"{local_name(concept)} is not a role in records of class {kind.name}"
    return rule_problem("involvement-role", place, message, f"roles in it: {', '.join(names)}")
