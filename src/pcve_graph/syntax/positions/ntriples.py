"""Places in N-Triples and N-Quads: a statement a line (W3C N-Triples 1.1, N-Quads 1.1)."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from itertools import islice
from typing import Final

import pyoxigraph as ox

_SUBJECT: Final = re.compile(rb"\s*(<[^>]*>|_:[^\s<\"]+)")
_TERM: Final = re.compile(
    r"<[^>]*>|_:[^\s<\"]+|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"(?:\^\^<[^>]*>|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
)


def locate_lines(
    raw: bytes, subjects: Collection[str] | None = None
) -> dict[tuple[str, ...], tuple[int, int]]:
    """The places of subject, predicate and object of each line that is about `subjects`."""
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    wanted = {each.encode() for each in subjects or ()}
    for number, line in enumerate(io.BytesIO(raw), 1):
        first = _SUBJECT.match(line)
        if first is None or not (
            subjects is None
            or first[1] in wanted
            or b"\\" in first[1]
            or (first[1].startswith(b"_:") and b"_:" in wanted)
        ):
            continue
        text = line.decode()
        found = [match.start() + 1 for match in islice(_TERM.finditer(text), 3)]
        if len(found) == 3:
            quads = ox.parse(line, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
            triple = next(iter(quads)).triple
            terms = tuple(map(str, (triple.subject, triple.predicate, triple.object)))
            for width in (1, 2, 3):
                places.setdefault(terms[:width], (number, found[width - 1]))
    return places
