"""The passages of a built graph by source: what a recheck looks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from ..evidence.passages import fingerprint
from ..evidence.rechecking import SoughtPassage, SoughtSource, ValueWords
from ..model.namespaces import expand, local_name
from ..model.terms import Term
from .claims import HAS_PASSAGE, passage_of, value_text, values
from .labels import labels

_SELECTOR: Final = "oa:hasSelector"


def sources_to_recheck(store: ox.Store) -> dict[str, SoughtSource]:
    """Each source of the graph by its id, sorted, with its passages sorted by fingerprint.

    The same words that are the evidence of several facts are one passage, with all that it says.
    Raises UsageError for a passage whose numbers are none.
    """
    passages: dict[ox.NamedNode, dict[tuple[int, str], SoughtPassage]] = defaultdict(dict)
    for name, read in (("pcve:quote", _quote), (HAS_PASSAGE, _fingerprint)):
        for quad in store.quads_for_pattern(None, ox.NamedNode(expand(name)), None, None):
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            source = next(values(store, quad.subject, expand("prov:hadPrimarySource")), None)
            sought = read(store, quad.object, quad.subject)
            if sought is not None and isinstance(source, ox.NamedNode):
                same = passages[source].setdefault(sought.key, sought)
                if not same.quote and same.value_words != sought.value_words:
                    value_words = tuple(sorted({*same.value_words, *sought.value_words}))
                    passages[source][sought.key] = replace(same, value_words=value_words)
    kind = ox.NamedNode(expand("rdf:type"))
    nodes = {
        quad.subject
        for quad in store.quads_for_pattern(None, kind, ox.NamedNode(expand("pcve:Source")), None)
        if isinstance(quad.subject, ox.NamedNode)
    }
    titles = labels(store, list(nodes))
    sources = (_source(store, node, titles, passages[node]) for node in nodes)
    return {source.id: source for source in sorted(sources, key=lambda source: source.id)}


def _source(
    store: ox.Store,
    node: ox.NamedNode,
    titles: dict[str, str],
    passages: dict[tuple[int, str], SoughtPassage],
) -> SoughtSource:
    return SoughtSource(
        id=local_name(node.value),
        title=titles.get(node.value, ""),
        url=value_text(store, node, "schema:url"),
        archived_at=value_text(store, node, "schema:archivedAt"),
        sha256_read=value_text(store, node, "pcve:sha256Read"),
        passages=tuple(sorted(passages.values(), key=lambda passage: passage.sha256)),
    )


def _quote(store: ox.Store, node: Term, _: ox.NamedNode) -> SoughtPassage | None:
    """What is looked for of a quote; None for one without words."""
    selectors = list(values(store, node, expand(_SELECTOR)))
    quote, prefix, suffix = (
        next(filter(None, (value_text(store, selector, name) for selector in selectors)), "")
        for name in ("oa:exact", "oa:prefix", "oa:suffix")
    )
    words = fingerprint(quote)
    if not words.words:
        return None
    return SoughtPassage(words.words, words.sha256, quote, prefix, suffix)


def _fingerprint(store: ox.Store, node: Term, evidence: ox.NamedNode) -> SoughtPassage | None:
    passage = passage_of(store, node, evidence)
    if passage is None:
        return None
    value_words = (ValueWords(passage.at, passage.says),)
    return SoughtPassage(passage.words, passage.sha256, value_words=value_words)
