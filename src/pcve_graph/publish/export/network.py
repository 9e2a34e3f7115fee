"""GraphML and GEXF: entities and their relations as a network, for Gephi and similar programs."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from ...model.namespaces import LABELS, kebab_case
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri, NTerm, from_iri, is_iri, to_iri
from .entities import Entities, import_optional, short_id
from .standings import DATES, Fact, Standings, facts_of, facts_shown
from .subset import GraphPart

_DATE_WRITTEN: Final = re.compile(r' lastmodifieddate="[^"]*"')
"""The date of writing, which would make the bytes differ from day to day."""


def network(part: GraphPart, ontology: Ontology) -> Any:
    """A directed `networkx.MultiDiGraph` of the entities, the concepts and their relations.

    A node is named by its id and has `label`, `kind` (its class) and, where it is dated, `start`
    and `end`; an edge has `label` (the property) and the dates of its subject: for participants,
    those of the event. A membership is an edge from person to body. `standing` says where the
    relation of an edge, the name of a node, or the dates of either are inferred, contested or
    announced. In a part, `selected` says of a node whether it matches all options, or is only
    referred to. Raises UsageError where networkx is not installed.
    """
    graph = import_optional("networkx", "networks").MultiDiGraph(name="pcve-graph")
    entities = Entities(part, "facts", "vocabulary", "ontology")
    standings = Standings(Entities(part, "evidence"))
    records = list(ontology.records())
    for kind in records:
        for iri in entities.of(kind.iri):
            _node(graph, entities, standings, iri, kebab_case(kind.name))
    concepts = entities.of("skos:Concept")
    for iri in concepts:
        _node(graph, entities, standings, iri, short_id(iri).partition("/")[0])
    paths = {key.path: key.name for kind in records for key in kind.keys.values()}
    add = partial(_edge, graph, entities, standings)
    for iri in entities.of(*(record.iri for record in records)):
        for path in sorted(paths.keys() & entities.values_by_property(iri).keys()):
            for fact in facts_of(entities, iri, path):
                add(iri, fact[2], paths[path], iri, [fact])
        for link in facts_of(entities, iri, "org:hasMembership"):
            part_of = to_iri(link[2])
            for fact in facts_of(entities, part_of, "org:organization"):
                add(iri, fact[2], "memberOf", part_of, [link, fact])
        for link in facts_of(entities, iri, "pcve:hostedBy"):
            part_of = to_iri(link[2])
            for fact in facts_of(entities, part_of, "pcve:hostingOrganization"):
                add(to_iri(fact[2]), from_iri(iri), "hosts", part_of, [link, fact])
    graph.remove_nodes_from([name for name in map(short_id, concepts) if not graph.degree(name)])
    return graph


def graphml(part: GraphPart, ontology: Ontology) -> bytes:
    """GraphML 1.0 of `network`."""
    lines = import_optional("networkx", "networks").generate_graphml(_filled(part, ontology))
    return ("\n".join(lines) + "\n").encode()


def gexf(part: GraphPart, ontology: Ontology) -> bytes:
    """GEXF 1.2 of `network`, as a dynamic graph, for the timeline of Gephi."""
    graph = _filled(part, ontology)
    for _, _, key, attributes in graph.edges(keys=True, data=True):
        attributes["id"] = key
    lines = import_optional("networkx", "networks").generate_gexf(graph)
    return (_DATE_WRITTEN.sub("", "\n".join(lines)) + "\n").encode()


def _filled(part: GraphPart, ontology: Ontology) -> Any:
    """`network`. Raises NothingToWriteError where it has no node."""
    graph = network(part, ontology)
    if not graph:
        raise NothingToWriteError("no thing matches")
    return graph


def _node(graph: Any, entities: Entities, standings: Standings, iri: Iri, kind: str) -> None:
    attributes = {
        "note": "; ".join(entities.notes([entities.label(iri)])),
        **_dates(entities, iri),
        "standing": _standing(entities, standings, iri, facts_shown(entities, iri, *LABELS)),
        "selected": entities.selected(iri) if entities.is_part else "",
    }
    shown = {name: text for name, text in attributes.items() if text}
    graph.add_node(short_id(iri), label=entities.label(iri), kind=kind, iri=iri, **shown)


def _dates(entities: Entities, iri: Iri) -> dict[str, str]:
    days = {"start": entities.text(iri, "pcve:earliest"), "end": entities.text(iri, "pcve:latest")}
    return {name: day for name, day in days.items() if day}


def _standing(entities: Entities, standings: Standings, dated: Iri, facts: list[Fact]) -> str:
    """How these facts stand, with the dates and the status of `dated`."""
    dates = facts_of(entities, dated, *DATES, "dcterms:issued")
    return standings.of([*facts, *dates], entities.refs(dated, "pcve:status"))


def _edge(
    graph: Any,
    entities: Entities,
    standings: Standings,
    source: Iri,
    target: NTerm,
    label: str,
    dated: Iri,
    facts: list[Fact],
) -> None:
    """Add an edge to `target`, where that is a node."""
    if is_iri(target) and short_id(to_iri(target)) in graph:
        ends = short_id(source), short_id(to_iri(target))
        attributes = _dates(entities, dated)
        if standing := _standing(entities, standings, dated, facts):
            attributes["standing"] = standing
        graph.add_edge(*ends, key=f"{ends[0]} {label} {ends[1]}", label=label, **attributes)
