"""The evidence of a statement: its claims with sources, quote, certainty and standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand, local_name
from ..model.problems import UsageError
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
    """The evidence of `claim`. Raises UsageError for a source or an offset that is not one."""
    nodes = list(values(store, claim, _SOURCE))
    sources = [node.value for node in nodes if isinstance(node, ox.NamedNode)]
    if len(sources) < len(nodes):
        raise _invalid_claim(claim, "prov:hadPrimarySource must be an IRI")
    titles = labels(store, map(ox.NamedNode, sources))
    quote = next(values(store, claim, _QUOTE), None)

    def text(node: Term | None, name: str) -> str:
        term = next(values(store, node, expand(name)), None) if node else None
        return str(getattr(term, "value", ""))

    return Evidence(
        sources=tuple(sorted((local_name(source), titles[source]) for source in sources)),
        quote=text(quote, "oa:exact"),
        start=_offset(text(quote, "oa:start"), claim),
        end=_offset(text(quote, "oa:end"), claim),
        certainty=local_name(text(claim, "pcve:certainty")),
        standing=local_name(text(claim, "pcve:standing")),
        note=text(claim, "skos:note"),
    )


def values(store: ox.Store, node: Term, predicate: str) -> Iterator[Term]:
    """The objects of `node` for the predicate with this IRI, in any graph; none for a literal."""
    if not isinstance(node, ox.NamedNode):
        return
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        yield quad.object


def claimed_statement(
    claim: Term | None, subject: Term | None, predicate: Term | None, value: Term | None
) -> tuple[ox.NamedNode, ox.NamedNode, Term]:
    """The statement that a claim is about, given the values that a graph has for its parts.

    Raises UsageError where they are no statement: a graph on a server may hold anything.
    """
    if (
        not isinstance(subject, ox.NamedNode)
        or not isinstance(predicate, ox.NamedNode)
        or value is None
    ):
        raise _invalid_claim(
            claim, "rdf:subject and rdf:predicate must be IRIs, and rdf:object set"
        )
    return subject, predicate, value


def _offset(text: str, claim: ox.NamedNode) -> int:
    if text and not (text.isascii() and text.isdecimal()):
        raise _invalid_claim(claim, "oa:start and oa:end of its quote must be whole numbers")
    return int(text or 0)


def _invalid_claim(claim: Term | None, rule: str) -> UsageError:
    return UsageError(f"the graph has an invalid claim {claim}: {rule}; publish the graph again")


def claim_rank(claim: Evidence) -> tuple[bool, tuple[tuple[str, str], ...], int]:
    """The sort key of claims: current ones first, then by source and offset."""
    return claim.standing != "current", claim.sources, claim.start
