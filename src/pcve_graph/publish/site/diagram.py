"""Draws a graph of references as SVG: boxes on an ellipse, arrows through its interior.

Deterministic. A page must also give the content of the drawing as text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import combinations
from typing import Final

Arrow = tuple[str, str, str]
"""The name of the start box, that of the end box, and the label."""

_WIDTH, _HEIGHT = 880, 680
_BOX: Final = 26
_LETTER: Final = 7.4
"""The height of a box and the width of a letter, in units of the drawing."""

_HEAD: Final = (
    '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="CanvasText"/></marker>'
)


def draw(arrows: Iterable[Arrow], above: Iterable[tuple[str, str]], title: str) -> str:
    """An SVG of `arrows`, with the (narrower, broader) pairs `above` as dashed lines.

    Arrows between the same two boxes are one line, whose width grows with their number; an arrow
    from a box to itself is a mark in the box.
    """
    arrows = sorted(set(arrows))
    above = sorted(set(above))
    self_references = {start for start, end, _ in arrows if start == end}
    between = Counter((start, end) for start, end, _ in arrows if start != end)
    names = {name for pair in (*between, *above) for name in pair} | self_references
    at = _places(_order(sorted(names), [*between.elements(), *above]))
    lines = [
        _line(at, pair, f'stroke-width="{1 + 0.35 * min(count, 8):.2f}"', " through ".join(words))
        for pair, count in sorted(between.items())
        for words in [("", ", ".join(what for start, end, what in arrows if (start, end) == pair))]
    ]
    lines += [
        _line(at, pair, 'stroke-dasharray="5 4" stroke-width="1.2"', " is a subclass")
        for pair in above
    ]
    boxes = [_box(at[name], name, name in self_references) for name in sorted(names)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
            f"<defs>{_HEAD}</defs>",
            '<g fill="none" stroke="CanvasText" stroke-opacity=".55" marker-end="url(#head)">',
            *lines,
            "</g>",
            '<g fill="CanvasText" text-anchor="middle">',
            *boxes,
            "</g>",
            "</svg>",
        ]
    )


def _order(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The order of the names around the ellipse, related ones close together.

    Two names are swapped as long as that shortens the total distance of pairs along the ellipse.
    """
    order = list(names)
    length = _length(order, pairs)
    improved = True
    while improved:
        improved = False
        for first, second in combinations(range(len(order)), 2):
            order[first], order[second] = order[second], order[first]
            new_length = _length(order, pairs)
            if new_length < length:
                length, improved = new_length, True
            else:
                order[first], order[second] = order[second], order[first]
    return order


def _length(order: Sequence[str], pairs: Iterable[tuple[str, str]]) -> int:
    at = {name: number for number, name in enumerate(order)}
    steps = (abs(at[start] - at[end]) for start, end in pairs)
    return sum(min(step, len(order) - step) for step in steps)


def _places(order: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The centre of each box: down the right side and up the left, at equal vertical distances."""
    centres = {}
    for number, name in enumerate(order):
        turn = 2 * number / len(order)
        down = 2 * turn - 1 if turn <= 1 else 3 - 2 * turn
        across = math.sqrt(1 - down * down) * (1 if turn <= 1 else -1)
        x = _WIDTH / 2 + across * (_WIDTH / 2 - 95)
        centres[name] = (x, _HEIGHT / 2 + down * (_HEIGHT / 2 - 24))
    return centres


def _width(name: str) -> float:
    return len(name) * _LETTER + 36


def _line(
    at: dict[str, tuple[float, float]], pair: tuple[str, str], attributes: str, words: str
) -> str:
    """A curve between two boxes, bent towards the centre of the drawing."""
    (x1, y1), (x2, y2) = at[pair[0]], at[pair[1]]
    bend = ((x1 + x2) / 4 + _WIDTH / 4, (y1 + y2) / 4 + _HEIGHT / 4)
    start, end = (_edge(at[name], _width(name), bend) for name in pair)
    curve = "M{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}".format(*start, *bend, *end)
    label = escape(f"{pair[0]} to {pair[1]}{words}")
    return f'<path d="{curve}" {attributes}><title>{label}</title></path>'


def _edge(
    middle: tuple[float, float], width: float, towards: tuple[float, float]
) -> tuple[float, float]:
    """The point at which the line from the centre of a box towards a point leaves the box."""
    across, down = towards[0] - middle[0], towards[1] - middle[1]
    part = min(
        (width / 2) / abs(across) if across else math.inf, (_BOX / 2) / abs(down) if down else 1
    )
    part = min(part, 1)
    return middle[0] + across * part, middle[1] + down * part


def _box(middle: tuple[float, float], name: str, marked: bool) -> str:
    (x, y), width = middle, _width(name)
    shown = escape(name) + (" ↻" if marked else "")
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - _BOX / 2:.1f}" width="{width:.1f}" '
        f'height="{_BOX}" rx="5" fill="Canvas" stroke="CanvasText"/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}">{shown}</text>'
    )
