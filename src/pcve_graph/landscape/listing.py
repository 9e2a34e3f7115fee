"""The pairs as one table, a row each, for spreadsheets and programs."""

from __future__ import annotations

import pyoxigraph as ox

from ..analysis.overlaps.find import Asked, Overlaps
from ..analysis.overlaps.reasons import listed, reason, shared
from ..analysis.overlaps.report import scope
from ..analysis.overlaps.score import PARTS, VERDICTS
from ..analysis.tables import Cell, Sheet
from ..analysis.works import Landscape
from ..graph.labels import footnotes

COLUMNS = (
    *("verdict", "score", "one", "one name", "one start", "one end"),
    *("other", "other name", "other start", "other end"),
    *PARTS,
    *("shared topics and groups", "shared places", "shared bodies", "reason"),
)


def sheet(landscape: Landscape, store: ox.Store, asked: Asked, found: Overlaps) -> Sheet:
    """All pairs kept, by verdict and then score; scores and parts have four decimals.

    A part that cannot be known is an empty cell. Notes are the designation notes, and how many
    pairs were left out, if any.
    """
    rows: list[tuple[Cell, ...]] = []
    for verdict in VERDICTS:
        for pair in found.pairs[verdict]:
            common = shared(landscape, pair)
            parts = [pair.parts.get(name) for name in PARTS]
            works = [
                cell
                for work in (pair.one, pair.other)
                for cell in (work.id, work.label, work.start, work.end)
            ]
            rows.append(
                (
                    *(verdict, round(pair.score, 4), *works),
                    *(None if value is None else round(value, 4) for value in parts),
                    listed(landscape, common.subjects),
                    listed(landscape, common.places),
                    listed(landscape, common.company),
                    reason(landscape, pair),
                )
            )
    where = scope(landscape, asked)
    title = "Overlaps" + (f" {where}" if where else "")
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    left = sum(found.counts.values()) - len(rows)
    notes = [f"{left:,} weaker pairs are left out."] if left else []
    return Sheet(title, COLUMNS, tuple(rows), (*notes, *footnotes(store, [title, *texts])))
