"""A network diagram of the works that overlap, and how strongly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...graph.labels import designation_notes
from ...model.problems import UsageError
from ..chart_page import ChartPage, shade, text_colour, wrap_text
from ..works import Landscape
from .find import OverlapCriteria, Overlaps
from .report import criteria_text
from .score import VERDICTS

MOST: Final = 60
"""The most nodes that remain legible in one picture."""


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge between two ids, with a strength from 0 to 1; a `loose` one is drawn dashed."""

    first: str
    second: str
    strength: float
    loose: bool = False


def draw_network(
    title: str,
    names: Mapping[str, str],
    ties: Sequence[Tie],
    notes: Sequence[str],
    suffix: str,
) -> bytes:
    """The ties as SVG or PNG: numbered nodes in groups, and lines whose width shows the strength.

    `names` has the label of each node by id; the list to the right of the picture resolves the
    numbers. Raises UsageError for no ties, and for more than MOST nodes.
    """
    groups = connected_groups(ties)
    if not groups:
        raise UsageError("nothing to draw: there are no pairs")
    ordered = [node for group in groups for node in group]
    if len(ordered) > MOST:
        raise UsageError(
            f"{len(ordered)} works are too many for one picture (at most {MOST}); narrow it down"
        )
    number = {node: place for place, node in enumerate(ordered, 1)}
    places, wide, high = _places(groups)
    lines = [f"{number[node]}  {wrap_text(names.get(node, node), 70, 2)}" for node in ordered]
    list_high = sum(0.2 + 0.17 * line.count("\n") for line in lines)
    below = [
        "Thicker: a stronger overlap; dashed: undecided, as a date or place is missing.",
        *notes,
    ]
    with ChartPage(title, wide + 6.0, max(high, list_high) + 0.4, below, suffix) as page:
        axes = page.add_axes(0.1, 0.1, wide, high)
        axes.set_xlim(0, wide)
        axes.set_ylim(high, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        for tie in ties:
            (left, top), (right, bottom) = places[tie.first], places[tie.second]
            axes.plot(
                [left, right],
                [top, bottom],
                color="#555555",
                linewidth=0.6 + 3.4 * tie.strength,
                linestyle=(0, (1.5, 1)) if tie.loose else "solid",
                zorder=1,
            )
        colour = shade(0.1)
        for node, (across, down) in places.items():
            axes.text(
                *(across, down, str(number[node])),
                ha="center",
                va="center",
                color=text_colour(colour),
                bbox={"boxstyle": "circle,pad=0.3", "facecolor": colour, "edgecolor": "#1a1a1a"},
                zorder=2,
            )
        down = page.top + 0.1
        for line in lines:
            page.write(wide + 0.3, down, line, size=8.5, linespacing=1.3)
            down += 0.2 + 0.17 * line.count("\n")
        return page.content()


def connected_groups(ties: Iterable[Tie]) -> list[list[str]]:
    """The connected components of the ties, the largest first; ids are sorted within each."""
    group: dict[str, set[str]] = {}
    for tie in ties:
        joined = group.get(tie.first, {tie.first}) | group.get(tie.second, {tie.second})
        group |= dict.fromkeys(joined, joined)
    distinct = {min(joined): sorted(joined) for joined in group.values()}
    return sorted(distinct.values(), key=lambda ids: (-len(ids), ids))


def _places(groups: list[list[str]]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """The position of each node in inches from left and top, and the width and height of all.

    Each group forms a ring; the rings are laid out in rows.
    """
    radii = [max(0.45, 0.6 * len(group) / (2 * math.pi)) for group in groups]
    wide = max(5.0, 2 * radii[0] + 0.8)
    places: dict[str, tuple[float, float]] = {}
    left = top = tallest = 0.0
    for group, radius in zip(groups, radii, strict=True):
        side = 2 * radius + 0.8
        if left and left + side > wide:
            left, top, tallest = 0.0, top + tallest, 0.0
        tallest = max(tallest, side)
        for place, node in enumerate(group):
            angle = 2 * math.pi * place / len(group) - math.pi / 2
            across = left + side / 2 + radius * math.cos(angle)
            places[node] = (across, top + side / 2 + radius * math.sin(angle))
        left += side
    return places, wide, top + tallest


def overlap_diagram(
    landscape: Landscape,
    store: ox.Store,
    criteria: OverlapCriteria,
    overlaps: Overlaps,
    suffix: str,
) -> bytes:
    """The pairs that overlap, are back to back or collide, and, dashed, the undecided ones.

    If there are too many for one picture, the strongest. Raises UsageError as `draw_network` does.
    """
    pairs = [
        pair for verdict in VERDICTS for pair in overlaps.pairs[verdict] if verdict != "related"
    ]
    ties: list[Tie] = []
    names: dict[str, str] = {}
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.first.iri, pair.second.iri)):
        works = {work.iri: work.label for work in (pair.first, pair.second)}
        if len(names | works) > MOST:
            break
        names |= works
        loose = pair.verdict == "not-known"
        ties.append(Tie(pair.first.iri, pair.second.iri, pair.score, loose))
    where = criteria_text(landscape, criteria)
    notes = [f"The {len(ties)} strongest of {len(pairs)} pairs."] if len(ties) < len(pairs) else []
    notes += designation_notes(store, [where, *names.values()])
    return draw_network(f"Overlaps {where}".strip(), names, ties, notes, suffix)
