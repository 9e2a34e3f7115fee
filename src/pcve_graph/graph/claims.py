"""The evidence of a fact: its claims, each with its sources, the words, and how sure it is."""

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
    """One claim of a fact. `quote` is empty where the sources are cited without their words.

    `sources` are (id, title); `start` and `end` are characters of the held text, 0 without a quote.
    """

    sources: tuple[tuple[str, str], ...]
    quote: str
    start: int
    end: int
    certainty: str
    standing: str
    note: str


def evidence(store: ox.Store, claim: ox.NamedNode) -> Evidence:
    """What `claim` rests on."""
    sources = [str(getattr(value, "value", "")) for value in values(store, claim, _SOURCE)]
    titles = labels(store, map(ox.NamedNode, sources))
    quote = next(values(store, claim, _QUOTE), None)

    def word(node: Term | None, name: str) -> str:
        found = next(values(store, node, expand(name)), None) if node else None
        return str(getattr(found, "value", ""))

    return Evidence(
        sources=tuple(sorted((local_name(source), titles[source]) for source in sources)),
        quote=word(quote, "oa:exact"),
        start=int(word(quote, "oa:start") or 0),
        end=int(word(quote, "oa:end") or 0),
        certainty=local_name(word(claim, "pcve:certainty")),
        standing=local_name(word(claim, "pcve:standing")),
        note=word(claim, "skos:note"),
    )


def values(store: ox.Store, node: Term, predicate: str) -> Iterator[Term]:
    """The values of `node` for the predicate with this IRI, in any graph."""
    assert isinstance(node, ox.NamedNode)
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        yield quad.object


def rank(found: Evidence) -> tuple[bool, tuple[tuple[str, str], ...], int]:
    """The order of claims: current ones first, then by source and place."""
    return found.standing != "current", found.sources, found.start
