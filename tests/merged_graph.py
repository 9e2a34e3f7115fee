"""Many small files in one graph: each node that a file describes gets a name of its own there."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from pcve_graph.model.terms import NTerm, NTriple, Term, blank, from_iri, from_term, triple_line


def renamed(lines: Iterable[str], number: int) -> set[NTriple]:
    """N-Triples lines, with `number` in the name of every subject except the project's own terms."""
    quads = list(ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES))
    own = {quad.subject for quad in quads if "/pcve/ns#" not in str(quad.subject)}

    def name(term: Term) -> NTerm:
        if isinstance(term, ox.BlankNode):
            return blank(f"x{number}{term.value}")
        if isinstance(term, ox.NamedNode) and term in own:
            return from_iri(f"{term.value}-x{number}")
        return from_term(term)

    return {triple_line((name(q.subject), from_term(q.predicate), name(q.object))) for q in quads}
