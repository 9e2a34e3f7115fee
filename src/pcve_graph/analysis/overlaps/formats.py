"""Overlaps as a table and as Turtle."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes
from ...graph.serialize import serialize
from ...model.namespaces import concept_iri, expand, hashed_iri
from ...model.standing import holds_with_standing
from ..tables import ReportCell, ReportTable
from ..works import Landscape
from .find import OverlapCriteria, OverlapPair, Overlaps
from .reasons import label_list, pair_standing, reason_text, shared_facts
from .report import criteria_text
from .score import PARTS, VERDICTS
from .supporting_facts import find_supporting_facts

COLUMNS = (
    *("verdict", "holds", "standing", "score", "one", "one name", "one start", "one end"),
    *("other", "other name", "other start", "other end"),
    *PARTS,
    *("shared topics and groups", "shared places", "shared bodies", "reason"),
)


def overlap_table(
    landscape: Landscape, store: ox.Store, criteria: OverlapCriteria, overlaps: Overlaps
) -> ReportTable:
    """The pairs as a table, by verdict, then score; scores and parts have four decimals.

    `holds` is `not known` where `standing` is not empty. An unknown part is an empty cell. The
    notes are those on designations and the number of pairs beyond the limit, if any.
    """
    rows: list[tuple[ReportCell, ...]] = []
    for verdict in VERDICTS:
        for pair in overlaps.pairs[verdict]:
            common = shared_facts(landscape, pair)
            standing = pair_standing(landscape, pair)
            parts = [pair.parts.get(name) for name in PARTS]
            works = [
                cell
                for work in (pair.first, pair.second)
                for cell in (work.id, work.label, work.start, work.end)
            ]
            rows.append(
                (
                    *(verdict, holds_with_standing(pair.holds, standing), standing),
                    *(round(pair.score, 4), *works),
                    *(None if value is None else round(value, 4) for value in parts),
                    label_list(landscape, common.subjects),
                    label_list(landscape, common.places),
                    label_list(landscape, common.company),
                    reason_text(landscape, pair),
                )
            )
    where = criteria_text(landscape, criteria)
    title = "Overlaps" + (f" {where}" if where else "")
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    left = sum(overlaps.counts.values()) - len(rows)
    notes = [f"{left:,} weaker pairs are left out."] if left else []
    return ReportTable(
        title, COLUMNS, tuple(rows), (*notes, *designation_notes(store, [title, *texts]))
    )


def overlaps_as_turtle(landscape: Landscape, store: ox.Store, overlaps: Overlaps) -> bytes:
    """The pairs as Turtle that conforms to the shapes, without blank nodes.

    The IRI of an overlap is a hash of its two works in either order, so it does not change with
    scores and claims. Scores are decimals of four places.
    """
    triples = [
        triple
        for verdict in VERDICTS
        for pair in overlaps.pairs[verdict]
        for triple in _triples(landscape, store, pair)
    ]
    return serialize(triples, "turtle")


_SCORE_PROPERTIES: Final = {
    "place": "pcve:placeScore",
    "topic": "pcve:topicScore",
    "group": "pcve:groupScore",
    "time": "pcve:timeScore",
    "company": "pcve:companyScore",
}
"""The property of the value of each part of a score."""


def _triples(landscape: Landscape, store: ox.Store, pair: OverlapPair) -> Iterator[ox.Triple]:
    node = ox.NamedNode(hashed_iri("overlap", *sorted((pair.first.iri, pair.second.iri))))

    def stated(name: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(expand(name)), value)

    yield stated("rdf:type", ox.NamedNode(expand("pcve:Overlap")))
    for work in (pair.first, pair.second):
        yield stated("pcve:between", ox.NamedNode(work.iri))
    yield stated("pcve:verdict", ox.NamedNode(concept_iri("verdict", pair.verdict)))
    yield stated("pcve:score", _decimal(pair.score))
    for part, value in pair.parts.items():
        yield stated(_SCORE_PROPERTIES[part], _decimal(value))
    yield stated("skos:note", ox.Literal(reason_text(landscape, pair)))
    claims = {
        claim for proof in find_supporting_facts(landscape, store, pair) for claim in proof.claims
    }
    for claim in sorted(claims):
        yield stated("pcve:restsOn", ox.NamedNode(claim))


def _decimal(value: float) -> ox.Literal:
    number = Decimal(str(round(value, 4)))
    return ox.Literal(format(number, "f"), datatype=ox.NamedNode(expand("xsd:decimal")))
