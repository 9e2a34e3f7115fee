"""The verdicts of second readers on the evidence of a thing that is shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import pyoxigraph as ox

from ..evidence.reviews import Reading, read_reviews
from ..graph.claims import Evidence
from ..graph.reviewable import claims_of
from ..model.namespaces import expand
from ..model.project import Project
from .thing_view import ThingFact, ThingView

STALE = "stale"
"""In place of a verdict: the claim or its words have changed since it was read."""

_Readings: TypeAlias = Mapping[str, Sequence[tuple[str, Reading]]]


def with_readings(view: ThingView, store: ox.Store, project: Project) -> ThingView:
    """The view with the verdicts of second readers in a project on its evidence.

    `store` is the graph that is shown. Raises ContentError (`review`, `reader-id`) for a file of
    readings that is not as it was written.
    """
    reviews = read_reviews(project)
    if not reviews:
        return view
    by_id: dict[str, list[tuple[str, Reading]]] = defaultdict(list)
    for reader, readings in reviews.items():
        for reading in readings:
            by_id[reading.id].append((reader, reading))
    return replace(
        view,
        facts=_read_facts(view.facts, store, by_id),
        supported=tuple(
            replace(record, facts=_read_facts(record.facts, store, by_id))
            for record in view.supported
        ),
    )


def reading_mark(pieces: Iterable[Evidence]) -> str:
    """Who read the words of these pieces of evidence, and with which verdicts; empty if nobody did.

    Readers of the same words count together: `read by 2: supports`, with the number of each verdict
    where they differ. Of a fact with words of several sources, or several words of one, readers are
    counted for each: `2 passages read by 1 each: supports`, `2 passages read by 1 to 2: …`.
    """
    by_words: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for piece in pieces:
        by_words[piece.source[0], piece.words].update(piece.readings)
    read = [readings for readings in by_words.values() if readings]
    if not read:
        return ""
    verdicts = Counter(verdict for readings in read for _, verdict in readings)
    numbered = ", ".join(f"{number:,} {verdict}" for verdict, number in sorted(verdicts.items()))
    shown = next(iter(verdicts)) if len(verdicts) == 1 else numbered
    numbers = sorted(len({reader for reader, _ in readings}) for readings in read)
    if len(read) == 1:
        return f"read by {numbers[0]:,}: {shown}"
    least, most = numbers[0], numbers[-1]
    readers = f"{least:,} each" if least == most else f"{least:,} to {most:,}"
    return f"{len(read):,} passages read by {readers}: {shown}"


def _read_facts(
    facts: Iterable[ThingFact], store: ox.Store, by_id: _Readings
) -> tuple[ThingFact, ...]:
    return tuple(
        replace(
            fact,
            evidence=tuple(_read_piece(piece, store, by_id) for piece in fact.evidence),
            inner=_read_facts(fact.inner, store, by_id),
        )
        for fact in facts
    )


def _read_piece(piece: Evidence, store: ox.Store, by_id: _Readings) -> Evidence:
    if not piece.iri or not (piece.quote or piece.passage):
        return piece
    node, predicate = ox.NamedNode(piece.iri), ox.NamedNode(expand("pcve:evidence"))
    readings = {
        (reader, reading.verdict if reading.shown == claim.shown else STALE)
        for quad in store.quads_for_pattern(None, predicate, node, None)
        if isinstance(quad.subject, ox.NamedNode)
        for claim in claims_of(store, quad.subject)
        if claim.evidence == piece.iri
        for reader, reading in by_id.get(claim.id, ())
    }
    return replace(piece, readings=tuple(sorted(readings)))
