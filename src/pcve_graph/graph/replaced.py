"""What replaces the retired nodes of a store (dcterms:isReplacedBy)."""

from __future__ import annotations

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.redirects import last_replacement, last_replacements
from .claims import values

_REPLACED_BY = expand("dcterms:isReplacedBy")


def current_node(store: ox.Store, node: ox.NamedNode) -> ox.NamedNode:
    """What a retired node of `store` is read as: the last in the chain that replaces it.

    A node that is not retired is read as itself.
    """
    return ox.NamedNode(last_replacement(node.value, lambda iri: _replacement(store, iri)))


def replacements(store: ox.Store) -> dict[str, str]:
    """The IRIs of all retired nodes of `store`, each with that of what it is read as."""
    quads = store.quads_for_pattern(None, ox.NamedNode(_REPLACED_BY), None, None)
    return last_replacements(
        {
            quad.subject.value: quad.object.value
            for quad in quads
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
        }
    )


def _replacement(store: ox.Store, iri: str) -> str | None:
    nodes = values(store, ox.NamedNode(iri), _REPLACED_BY)
    return min((node.value for node in nodes if isinstance(node, ox.NamedNode)), default=None)
