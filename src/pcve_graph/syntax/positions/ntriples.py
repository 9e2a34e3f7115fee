"""Positions in N-Triples and N-Quads, one statement a line (N-Triples 1.1, N-Quads 1.1)."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from itertools import islice
from typing import Final

import pyoxigraph as ox

from ...model.terms import NTerm, from_term

_SUBJECT: Final = re.compile(rb"\s*(<[^>]*>|_:[^\s<\"]+)")
_TERM: Final = re.compile(
    r"<[^>]*>|_:[^\s<\"]+|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"(?:\^\^<[^>]*>|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
)


def locate_lines(
    raw: bytes, subjects: Collection[NTerm] | None = None
) -> dict[tuple[NTerm, ...], tuple[int, int]]:
    """The places of the terms of each statement about `subjects`, or of all if that is None."""
    places: dict[tuple[NTerm, ...], tuple[int, int]] = {}
    requested = {subject.encode() for subject in subjects or ()}
    for number, line in enumerate(io.BytesIO(raw), 1):
        first = _SUBJECT.match(line)
        if first is None or not (
            subjects is None
            or first[1] in requested
            or b"\\" in first[1]
            or (first[1].startswith(b"_:") and b"_:" in requested)
        ):
            continue
        text = line.decode()
        columns = [match.start() + 1 for match in islice(_TERM.finditer(text), 3)]
        if len(columns) == 3:
            quads = ox.parse(line, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
            triple = next(iter(quads)).triple
            terms = tuple(map(from_term, (triple.subject, triple.predicate, triple.object)))
            for width in (1, 2, 3):
                places.setdefault(terms[:width], (number, columns[width - 1]))
    return places
