"""The claims behind the facts of others that refer to a thing."""

from __future__ import annotations

import pyoxigraph as ox

from ..graph.claims import values
from ..model.namespaces import expand


def claims_with_object(
    store: ox.Store, node: ox.NamedNode
) -> dict[tuple[str, str], list[ox.NamedNode]]:
    """The claims of statements whose object is a node, by subject and predicate.

    Those of a statement that the build derived are the claims that it follows from.
    """
    claims: dict[tuple[str, str], list[ox.NamedNode]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("rdf:object")), node, None):
        subject, predicate = (
            str(getattr(next(values(store, quad.subject, expand(name)), None), "value", ""))
            for name in ("rdf:subject", "rdf:predicate")
        )
        origins = list(values(store, quad.subject, expand("prov:wasDerivedFrom")))
        stated = claims.setdefault((subject, predicate), [])
        stated += [
            claim
            for claim in origins or [quad.subject]
            if isinstance(claim, ox.NamedNode) and claim not in stated
        ]
    return claims
