"""A picture of ties between things: who overlaps with whom, and how much."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from ...graph.labels import footnotes
from ...model.problems import UsageError
from ..chart_page import Page, ink, shade, wrapped
from ..works import Landscape
from .find import Asked, Overlaps
from .report import scope
from .score import VERDICTS

MOST: Final = 60
"""So many things can still be told apart in one picture."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two things, by id, and how strong the tie is, from 0 to 1; a `loose` one is dashed."""

    one: str
    other: str
    strength: float
    loose: bool = False


def network(
    title: str,
    names: Mapping[str, str],
    ties: Sequence[Tie],
    notes: Sequence[str],
    suffix: str,
) -> bytes:
    """The ties as SVG or PNG: numbered things in groups, lines as thick as the tie is strong.

    `names` are the things that are tied, by id; each number stands in the list beside the picture.
    Raises UsageError for no ties, and for more than MOST things.
    """
    groups = grouped(ties)
    if not groups:
        raise UsageError("there is nothing to draw: no two things are tied")
    ordered = [node for group in groups for node in group]
    if len(ordered) > MOST:
        raise UsageError(
            f"{len(ordered)} things are more than a picture can tell apart ({MOST}); narrow it down"
        )
    number = {node: place for place, node in enumerate(ordered, 1)}
    places, wide, high = _places(groups)
    lines = [f"{number[node]}  {wrapped(names.get(node, node), 70, 2)}" for node in ordered]
    list_high = sum(0.2 + 0.17 * line.count("\n") for line in lines)
    below = ["Thicker: a stronger tie; dashed: what is known cannot decide it.", *notes]
    with Page(title, wide + 6.0, max(high, list_high) + 0.4, below, suffix) as page:
        axes = page.add_axes(0.1, 0.1, wide, high)
        axes.set_xlim(0, wide)
        axes.set_ylim(high, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        for tie in ties:
            (left, top), (right, bottom) = places[tie.one], places[tie.other]
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
                color=ink(colour),
                bbox={"boxstyle": "circle,pad=0.3", "facecolor": colour, "edgecolor": "#1a1a1a"},
                zorder=2,
            )
        down = page.top + 0.1
        for line in lines:
            page.write(wide + 0.3, down, line, size=8.5, linespacing=1.3)
            down += 0.2 + 0.17 * line.count("\n")
        return page.content()


def grouped(ties: Iterable[Tie]) -> list[list[str]]:
    """The things that hang together by ties, largest group first; within it by id."""
    group: dict[str, set[str]] = {}
    for tie in ties:
        joined = group.get(tie.one, {tie.one}) | group.get(tie.other, {tie.other})
        group |= dict.fromkeys(joined, joined)
    distinct = {min(joined): sorted(joined) for joined in group.values()}
    return sorted(distinct.values(), key=lambda ids: (-len(ids), ids))


def _places(groups: list[list[str]]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Inches from the left and the top of each thing: a ring for each group, rings in rows."""
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


def overlap_picture(
    landscape: Landscape, store: ox.Store, criteria: Asked, overlaps: Overlaps, suffix: str
) -> bytes:
    """The pairs that overlap, meet or collide, and dashed those that what is known cannot decide.

    Of more pairs than a picture can tell apart, the strongest. Raises as `network` does.
    """
    pairs = [
        pair for verdict in VERDICTS for pair in overlaps.pairs[verdict] if verdict != "related"
    ]
    ties: list[Tie] = []
    names: dict[str, str] = {}
    for pair in sorted(pairs, key=lambda pair_: (-pair_.score, pair_.one.iri, pair_.other.iri)):
        new = {work.iri: work.label for work in (pair.one, pair.other)}
        if len(names | new) > MOST:
            break
        names |= new
        loose = pair.verdict == "not-known"
        ties.append(Tie(pair.one.iri, pair.other.iri, pair.score, loose))
    where = scope(landscape, criteria)
    notes = [f"The {len(ties)} strongest of {len(pairs)} pairs."] if len(ties) < len(pairs) else []
    notes += footnotes(store, [where, *names.values()])
    return network(f"Overlaps {where}".strip(), names, ties, notes, suffix)
