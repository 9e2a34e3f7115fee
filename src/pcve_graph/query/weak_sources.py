"""Sources that are weak as evidence, each with the reasons.

The reasons are read off the graph: the address, what is recorded about the source, and the claims
that rest on it. Whether a text is right they do not say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl

import pyoxigraph as ox

from ..graph.claims import value_text
from ..graph.labels import labels
from ..model import namespaces
from ..model.namespaces import expand, local_name
from .execute import ResultTable

MANY_CLAIMS: Final = 50
"""The most claims on one source that are not many."""

REASONS: Final = {
    "listing": "the address of a list or start page, whose content moves",
    "mirror": "it repeats another source, or is a copy of another address",
    "no-title": "no title, or one in square brackets, which is the curator's",
    "no-date": "no date of publication",
    "many-claims": f"more than {MANY_CLAIMS} claims on one page",
    "never-rechecked": "not compared with its address since it was read",
    "unused": "no claim rests on it",
}
"""What makes a source weak, by the name of the reason."""

COLUMNS: Final = ("source", "claims", "reasons", "address")

_LISTS_BELOW: Final = frozenset({"author", "category", "list", "search", "tag", "tags", "topic"})
"""Segments of a path that lists of posts are below, in the usual systems for web pages."""

_LISTS: Final = frozenset(
    {"archive", "archives", "blog", "calendar", "events", "library", "media", "news"}
    | {"news-and-events", "newsroom", "press", "projects", "publications"}
)
"""Last segments of paths that are those of lists."""

_PAGING: Final = frozenset({"offset", "page", "paged", "pg", "start"})
_FILTERS: Final = frozenset(
    {"eventdisplay", "keyword", "keywords", "month", "s", "search", "tribe-bar-date", "y", "year"}
)
"""Keys of a query that choose what a list has on it."""


def weak_sources(
    store: ox.Store, rechecked: Collection[str], reason: str = ""
) -> tuple[ResultTable, Counter[str]]:
    """The sources with a reason, or with `reason`, most reasons first; and how many have which.

    `rechecked` are the ids of the sources that were compared with their address since they were
    read. Sources that are withdrawn are left out.
    """
    kind = ox.NamedNode(expand("rdf:type"))
    catalog = ox.NamedNode(namespaces.graph_iri("catalog"))
    source_class = ox.NamedNode(expand("pcve:Source"))
    counts = _claims_by_source(store)
    totals: Counter[str] = Counter()
    rows = []
    for quad in store.quads_for_pattern(None, kind, source_class, catalog):
        node = quad.subject
        if not isinstance(node, ox.NamedNode) or value_text(store, node, "pcve:withdrawn"):
            continue
        source = local_name(node.value)
        reasons = list(_reasons(store, node, counts[source], source in rechecked))
        totals.update(reasons)
        if reason in ("", *reasons) and reasons:
            row = (source, counts[source], reasons, value_text(store, node, "schema:url"))
            rows.append(((-len(reasons), -counts[source], source), row))
    table = ResultTable(COLUMNS, tuple(_terms(*row) for _, row in sorted(rows)))
    return table, totals


def _terms(
    source: str, claims: int, reasons: list[str], address: str
) -> tuple[ox.Literal | ox.NamedNode | None, ...]:
    return (
        ox.Literal(source),
        ox.Literal(claims),
        ox.Literal(", ".join(reasons)),
        ox.Literal(address) if address else None,
    )


def _claims_by_source(store: ox.Store) -> Counter[str]:
    """How many claims have evidence from each source, by its id."""
    claims_by_piece: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("pcve:evidence")), None, None):
        claims_by_piece.setdefault(str(quad.object), set()).add(str(quad.subject))
    claims_by_source: dict[str, set[str]] = {}
    primary = ox.NamedNode(expand("prov:hadPrimarySource"))
    for quad in store.quads_for_pattern(None, primary, None, None):
        source = local_name(getattr(quad.object, "value", ""))
        claims = claims_by_piece.get(str(quad.subject), {str(quad.subject)})
        claims_by_source.setdefault(source, set()).update(claims)
    return Counter({source: len(claims) for source, claims in claims_by_source.items()})


def _reasons(
    store: ox.Store, source: ox.NamedNode, claims: int, is_rechecked: bool
) -> Iterator[str]:
    """The names of the reasons that hold for a source, in the order of `REASONS`."""
    address = value_text(store, source, "schema:url")
    title = labels(store, [source])[source.value]
    if is_listing(address):
        yield "listing"
    if value_text(store, source, "pcve:mirrorOf") or re.search(r"/https?:", address[8:]):
        yield "mirror"
    if not value_text(store, source, "dcterms:title") or title.startswith("["):
        yield "no-title"
    if not value_text(store, source, "dcterms:issued"):
        yield "no-date"
    if claims > MANY_CLAIMS:
        yield "many-claims"
    if not is_rechecked:
        yield "never-rechecked"
    if not claims:
        yield "unused"


def is_listing(address: str) -> bool:
    """Whether an address is that of a start page or of a list of posts, by its form alone.

    A page that a query identifies, such as `?p=4017`, is not a list.
    """
    page, _, query = address.partition("#")[0].partition("?")
    segments = [part for part in page.lower().partition("://")[2].split("/") if part][1:]
    settings = [(key.lower(), text) for key, text in parse_qsl(query, keep_blank_values=True)]
    if any(key in _FILTERS or (key in _PAGING and text.isdecimal()) for key, text in settings):
        return True
    if not segments:
        return bool(address) and not settings
    is_paged = any(
        part == "page" and following.isdecimal() for part, following in pairwise(segments)
    )
    return is_paged or segments[-1] in _LISTS or not _LISTS_BELOW.isdisjoint(segments)
