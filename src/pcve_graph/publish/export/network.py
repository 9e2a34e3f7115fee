"""GraphML and GEXF: entities and their relations as a network, for Gephi and similar programs."""

from __future__ import annotations

import re
from typing import Any, Final

from ...model.namespaces import kebab_case
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology
from ...model.terms import Iri
from .entities import Entities, import_optional, short_id
from .subset import GraphPart

_DATE_WRITTEN: Final = re.compile(r' lastmodifieddate="[^"]*"')
"""The date of writing, which would make the bytes differ from day to day."""


def network(part: GraphPart, ontology: Ontology) -> Any:
    """A directed `networkx.MultiDiGraph` of the entities, the concepts and their relations.

    A node is named by its id and has `label`, `kind` (its class) and, where it is dated, `start`
    and `end`; an edge has `label` (the property) and the dates of its subject: for participants,
    those of the event. A membership is an edge from person to body. Raises UsageError where
    networkx is not installed.
    """
    graph = import_optional("networkx", "networks").MultiDiGraph(name="pcve-graph")
    entities = Entities(part, "facts", "vocabulary", "ontology")
    records = list(ontology.records())
    for kind in records:
        for iri in entities.of(kind.iri):
            _node(graph, entities, iri, kebab_case(kind.name))
    concepts = entities.of("skos:Concept")
    for iri in concepts:
        _node(graph, entities, iri, short_id(iri).partition("/")[0])
    paths = {key.path: key.name for kind in records for key in kind.keys.values()}
    for iri in entities.of(*(record.iri for record in records)):
        for path in sorted(paths.keys() & entities.values_by_property(iri).keys()):
            for target in entities.refs(iri, path):
                _edge(graph, entities, iri, target, paths[path], iri)
        for part_of in entities.refs(iri, "org:hasMembership"):
            for body in entities.refs(part_of, "org:organization"):
                _edge(graph, entities, iri, body, "memberOf", part_of)
        for part_of in entities.refs(iri, "pcve:hostedBy"):
            for host in entities.refs(part_of, "pcve:hostingOrganization"):
                _edge(graph, entities, host, iri, "hosts", part_of)
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


def _node(graph: Any, entities: Entities, iri: Iri, kind: str) -> None:
    notes = entities.notes([entities.label(iri)])
    note = {"note": "; ".join(notes)} if notes else {}
    graph.add_node(
        short_id(iri),
        label=entities.label(iri),
        kind=kind,
        iri=iri,
        **note,
        **_dates(entities, iri),
    )


def _dates(entities: Entities, iri: Iri) -> dict[str, str]:
    days = {"start": entities.text(iri, "pcve:earliest"), "end": entities.text(iri, "pcve:latest")}
    return {name: day for name, day in days.items() if day}


def _edge(graph: Any, entities: Entities, source: Iri, target: Iri, label: str, dated: Iri) -> None:
    """Add an edge to `target`, where that is a node."""
    if short_id(target) in graph:
        key = f"{short_id(source)} {label} {short_id(target)}"
        graph.add_edge(
            short_id(source), short_id(target), key=key, label=label, **_dates(entities, dated)
        )
