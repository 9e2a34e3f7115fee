"""The evidence of a statement: its claims with sources, quote, certainty and standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand, local_name
from ..model.terms import Term
from .labels import labels

_SOURCE: Final = expand("prov:hadPrimarySource")
_QUOTE: Final = expand("pcve:quote")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim of a statement. `quote` is empty where the sources are only cited.

    `sources` are (id, title); `start` and `end` are character offsets in the held text, 0 without
    a quote.
    """

    sources: tuple[tuple[str, str], ...]
    quote: str
    start: int
    end: int
    certainty: str
    standing: str
    note: str


def evidence(store: ox.Store, claim: ox.NamedNode) -> Evidence:
    """The evidence of `claim`."""
    sources = [str(getattr(value, "value", "")) for value in values(store, claim, _SOURCE)]
    titles = labels(store, map(ox.NamedNode, sources))
    quote = next(values(store, claim, _QUOTE), None)

    def text(node: Term | None, name: str) -> str:
        term = next(values(store, node, expand(name)), None) if node else None
        return str(getattr(term, "value", ""))

    return Evidence(
        sources=tuple(sorted((local_name(source), titles[source]) for source in sources)),
        quote=text(quote, "oa:exact"),
        start=int(text(quote, "oa:start") or 0),
        end=int(text(quote, "oa:end") or 0),
        certainty=local_name(text(claim, "pcve:certainty")),
        standing=local_name(text(claim, "pcve:standing")),
        note=text(claim, "skos:note"),
    )


def values(store: ox.Store, node: Term, predicate: str) -> Iterator[Term]:
    """The objects of `node` for the predicate with this IRI, in any graph."""
    assert isinstance(node, ox.NamedNode)
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        yield quad.object


def claim_rank(claim: Evidence) -> tuple[bool, tuple[tuple[str, str], ...], int]:
    """The sort key of claims: current ones first, then by source and offset."""
    return claim.standing != "current", claim.sources, claim.start
