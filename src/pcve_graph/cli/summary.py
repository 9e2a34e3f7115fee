"""The summary of a build or a validation, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model.words import quantity

if TYPE_CHECKING:
    from ..graph.store import Manifest
    from ..validation.gate import Checked


def summary(checked: Checked, seconds: float) -> list[str]:
    """The summary of a build or validation, as lines."""
    tally = checked.graph.tally
    share = 100 * tally.verified / tally.facts if tally.facts else 0.0
    parts = (
        (tally.quoted, "quoted: inferred from words of a held text, or assigned by them"),
        (tally.unassigned, "by several sources together"),
    )
    of_cited = ", ".join(f"{number:,} of them {how}" for number, how in parts if number)
    stated = tally.fingerprinted - tally.not_stated
    of_passages = (
        f"{stated:,} of the fingerprinted are stated, in words that are kept; {tally.not_stated:,} "
        "are inferred from the passage, or assigned by it"
    )
    return [
        f"read     {quantity(tally.records, 'record')} from {quantity(tally.sources, 'source')}",
        f"facts    {tally.facts:,}: {tally.verified:,} verified, said by the words of a held text "
        f"({share:.1f} %), {tally.fingerprinted:,} fingerprinted, {tally.cited:,} cited",
        *([f"passages {of_passages}"] if tally.fingerprinted else []),
        *([f"cited    {of_cited}"] if of_cited else []),
        f"checked  {quantity(checked.shapes, 'shape')} ({checked.engine}) and "
        f"{quantity(checked.checks, 'check')}: {quantity(len(checked.warnings), 'warning')}",
        f"took     {seconds:.2f} s",
    ]


_STATED: Final = {
    "dated": "have a date",
    "placed": "a place",
    "organised": "an organiser",
    "topical": "a topic",
}
"""The columns of the query `completeness` in words."""


def completeness(manifest: Manifest) -> list[str]:
    """The shares of events with a date, place, organiser and topic, as a line; none if empty."""
    (_, every), *counts = manifest["completeness"].items() or [("events", 0)]
    if not every:
        return []
    shares = [
        f"{100 * number / every:.0f} % {_STATED.get(column, column)}" for column, number in counts
    ]
    return [f"events   {every:,}: {', '.join(shares)}"]
