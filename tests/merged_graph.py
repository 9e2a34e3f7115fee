"""Many small files in one graph: each node that a file describes gets a name of its own there."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox


def renamed(lines: Iterable[str], number: int) -> set[str]:
    """N-Triples lines, with `number` in the name of every subject but the terms of ours."""
    quads = list(ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES))
    own = {quad.subject for quad in quads if "/pcve/ns#" not in str(quad.subject)}

    def name(term: ox.Term) -> ox.Term:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(f"x{number}{term.value}")
        return ox.NamedNode(f"{term.value}-x{number}") if term in own else term  # type: ignore[union-attr]

    return {f"{name(q.subject)} {q.predicate} {name(q.object)} ." for q in quads}
