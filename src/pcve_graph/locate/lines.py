"""Places in N-Triples and N-Quads: a statement a line (W3C N-Triples 1.1, N-Quads 1.1)."""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

_TERM: Final = re.compile(
    r"<[^>]*>|_:[^\s<\"]+|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"(?:\^\^<[^>]*>|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
)


def locate_lines(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """The places of subject, predicate and object of each line."""
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = list(_TERM.finditer(line))[:3]
        if len(found) == 3:
            quads = ox.parse(line, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
            triple = next(iter(quads)).triple
            terms = tuple(map(str, (triple.subject, triple.predicate, triple.object)))
            for width in (1, 2, 3):
                places.setdefault(terms[:width], (number, found[width - 1].start() + 1))
    return places
