"""The node of a thing, source or term in a store, by its id or IRI."""

from __future__ import annotations

import pyoxigraph as ox

from ..model import namespaces
from ..model.namespaces import expand


def node_of_thing(store: ox.Store, identifier: str) -> ox.NamedNode | None:
    """The node of a thing, source or term with this id or IRI; None if there is none."""
    if identifier.startswith(namespaces.BASE):
        node = ox.NamedNode(identifier)
        kinds = store.quads_for_pattern(node, ox.NamedNode(expand("rdf:type")), None, None)
        return node if next(kinds, None) else None
    nodes_by_id = _nodes_by_id(_typed_nodes(store))
    return nodes_by_id.get(identifier) or nodes_by_id.get(f"source/{identifier}")


def _typed_nodes(store: ox.Store) -> dict[str, ox.NamedNode]:
    """The nodes of facts, the sources and the terms of closed lists by IRI."""
    kind = ox.NamedNode(expand("rdf:type"))
    return {
        quad.subject.value: quad.subject
        for graph in ("facts", "catalog", "vocabulary")
        for quad in store.quads_for_pattern(
            None, kind, None, ox.NamedNode(namespaces.graph_iri(graph))
        )
        if isinstance(quad.subject, ox.NamedNode)
    }


def _nodes_by_id(nodes: dict[str, ox.NamedNode]) -> dict[str, ox.NamedNode]:
    """The things with a record by id, the sources by `source/ID`, the terms by `list/term`."""
    nodes_by_id = {}
    for iri, node in nodes.items():
        match iri.removeprefix(namespaces.BASE).split("/"):
            case ["id", _, identifier]:
                nodes_by_id[identifier] = node
            case ["source", identifier]:
                nodes_by_id[f"source/{identifier}"] = node
            case ["vocab", scheme, term]:
                nodes_by_id[f"{scheme}/{term}"] = node
    return nodes_by_id
