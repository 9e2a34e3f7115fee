"""Derives the outlines of the six economies from Natural Earth, as npm's `world-atlas` carries it.

`npm pack world-atlas@2.0.2`, unpack it, then `python tests/outlines.py package/countries-50m.json`.
Natural Earth is in the public domain. Coordinates are rounded to a thousandth of a degree, about
100 metres; the scale of the map is 1 : 50 million.
"""

from __future__ import annotations

import json
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

OUTLINES = Path(__file__).parents[1] / "src" / "pcve_graph" / "publish" / "export" / "outlines.json"
NAMES = {
    "Albania": "albania",
    "Bosnia and Herz.": "bosnia-herzegovina",
    "Kosovo": "kosovo",
    "Montenegro": "montenegro",
    "Macedonia": "north-macedonia",
    "Serbia": "serbia",
}
"""The ids of the economies by their names in Natural Earth 4.1."""

Ring = list[list[float]]


def rings(topology: dict[str, Any], geometry: dict[str, Any]) -> list[Ring]:
    """The rings of a polygon of TopoJSON; the outer one counterclockwise, its holes clockwise."""
    decoded = [ring(topology, arcs) for arcs in geometry["arcs"]]
    return [
        points if (area(points) > 0) == (number == 0) else points[::-1]
        for number, points in enumerate(decoded)
    ]


def ring(topology: dict[str, Any], arcs: list[int]) -> Ring:
    points: Ring = []
    for number in arcs:
        arc = decoded(topology, topology["arcs"][number if number >= 0 else ~number])
        points += (arc if number >= 0 else arc[::-1])[bool(points) :]
    rounded = [[round(x, 3), round(y, 3)] for x, y in points]
    return [point for at, point in enumerate(rounded) if at == 0 or point != rounded[at - 1]]


def decoded(topology: dict[str, Any], deltas: list[list[int]]) -> Ring:
    """The degrees of an arc, which is written as differences of whole numbers."""
    scale, move = (topology["transform"][name] for name in ("scale", "translate"))
    steps = (accumulate(delta[axis] for delta in deltas) for axis in (0, 1))
    axes = ([step * scale[axis] + move[axis] for step in some] for axis, some in enumerate(steps))
    return [list(point) for point in zip(*axes, strict=True)]


def area(points: Ring) -> float:
    """Twice the area within a ring of degrees; positive where it runs counterclockwise."""
    pairs = pairwise(points)
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairs)


def main(path: str) -> None:
    topology = json.loads(Path(path).read_text("utf-8"))
    outlines = {
        NAMES[shape["properties"]["name"]]: rings(topology, shape)
        for shape in topology["objects"]["countries"]["geometries"]
        if shape["properties"]["name"] in NAMES and shape["type"] == "Polygon"
    }
    lines = [f' "{name}": {json.dumps(outlines[name])}' for name in sorted(outlines)]
    OUTLINES.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
