"""How two works belong together, so that doing the same is no overlap.

Each work has a family: marks that it shares with what it is related to. Two works are related where
their families meet; the mark they share says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from ...model.text_normalization import fold
from ..works import Landscape, Work

_ORDER: Final = ("part", "line", "series", "named", "title")
"""What a mark can be, the nearest first."""

_NUMBER: Final = re.compile(
    r"\d+(?:st|nd|rd|th)?|[ivx]+|first|second|third|fourth|fifth|phase|edition"
)
_ASIDE: Final = re.compile(r"\([^)]*\)")

_LETTERS: Final = 20
"""Letters that a title needs for its likeness to mean anything."""


class Mark(NamedTuple):
    """What a work shares with its family: `sort` is one of _ORDER, `what` an IRI or a key."""

    sort: str
    what: str


def families(landscape: Landscape, instruments: frozenset[str]) -> dict[str, frozenset[Mark]]:
    """The marks of each work, by IRI.

    A project belongs to all that it is part of, an event to what it is part of directly; frames
    whose kind is one of `instruments`, and initiatives, make nobody related.
    """
    lines = _lines(landscape.works)
    umbrellas = {
        frame
        for frame in landscape.frames
        if landscape.sorts.get(frame) not in instruments and "/initiative/" not in frame
    }
    named: dict[str, set[Mark]] = {}
    for work in landscape.works:
        for named_iri in work.relation:
            mark = Mark("named", " ".join(sorted((work.iri, named_iri))))
            for iri in (work.iri, named_iri):
                named.setdefault(iri, set()).add(mark)
    wholes = {iri for work in landscape.works for iri in _above(work)}
    return {
        work.iri: frozenset({*_marks(work, umbrellas, wholes, lines), *named.get(work.iri, ())})
        for work in landscape.works
    }


def how(
    family: frozenset[Mark], other_family: frozenset[Mark], iris: tuple[str, str]
) -> Mark | None:
    """The nearest mark of both families; None where they are strangers.

    `iris` are the two works: a mark of sort `part` that is one of them says that it has the other
    as a part, any other that both are parts of it.
    """
    shared = family & other_family
    if not shared:
        return None
    return min(shared, key=lambda mark: (_ORDER.index(mark.sort), mark.what not in iris, mark.what))


def _above(work: Work) -> tuple[str, ...]:
    return work.frames if work.kind == "project" else work.part_of


def _marks(
    work: Work, umbrellas: set[str], wholes: set[str], lines: Mapping[str, str]
) -> Iterable[Mark]:
    if work.iri in wholes:
        yield Mark("part", work.iri)
    for iri in _above(work):
        if iri in umbrellas or "/project/" in iri or "/event/" in iri:
            yield Mark("part", iri)
    if work.iri in lines:
        yield Mark("line", lines[work.iri])
    for iri in work.series:
        yield Mark("series", iri)
    title = _title(work.label)
    if len(title) >= _LETTERS:
        yield Mark("title", f"{work.kind} {title}")


def _lines(works: Iterable[Work]) -> dict[str, str]:
    """Each work that follows or is followed, to the first IRI of its line of succession."""
    root: dict[str, str] = {}

    def top(iri: str) -> str:
        while root.setdefault(iri, iri) != iri:
            root[iri] = iri = root[root[iri]]
        return iri

    for work in works:
        for earlier in work.preceded_by:
            first, second = sorted((top(work.iri), top(earlier)))
            root[second] = first
    return {iri: top(iri) for iri in sorted(root)}


def _title(label: str) -> str:
    """A title without numbers and what stands in brackets: what editions and phases share."""
    words = fold(_ASIDE.sub(" ", label)).split()
    return " ".join(word for word in words if not _is_number(word))


@lru_cache(10_000)
def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word))
