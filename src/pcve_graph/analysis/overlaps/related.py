"""Relations between works, such as being parts of one umbrella, that make a pair no overlap.

Each work has a set of marks, its family. Two works are related if they have a mark in common, which
states how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from ...model.text_normalization import fold
from ..works import Landscape, Work

_ORDER: Final = ("part", "line", "series", "named", "title")
"""The sorts of marks, the closest relation first."""

_NUMBER: Final = re.compile(
    r"\d+(?:st|nd|rd|th)?|[ivx]+|first|second|third|fourth|fifth|phase|edition"
)
_PARENTHESES: Final = re.compile(r"\([^)]*\)")

_LEAST_CHARACTERS: Final = 20
"""The least characters of a title for equal titles to mean a relation."""


class RelationMark(NamedTuple):
    """One thing that related works share: `sort` is one of _ORDER, `what` an IRI or a key."""

    sort: str
    what: str


def relation_marks(
    landscape: Landscape, instruments: frozenset[str]
) -> dict[str, frozenset[RelationMark]]:
    """The marks of each work, by IRI.

    A project has a mark for all that it is part of, an event for what it is directly part of.
    Initiatives, and frames whose kind is one of `instruments`, do not make works related.
    """
    lines = _lines(landscape.works)
    umbrellas = {
        frame
        for frame in landscape.frames
        if landscape.sorts.get(frame) not in instruments and "/initiative/" not in frame
    }
    named: dict[str, set[RelationMark]] = {}
    for work in landscape.works:
        for named_iri in work.relation:
            mark = RelationMark("named", " ".join(sorted((work.iri, named_iri))))
            for iri in (work.iri, named_iri):
                named.setdefault(iri, set()).add(mark)
    wholes = {iri for work in landscape.works for iri in _above(work)}
    return {
        work.iri: frozenset({*_marks(work, umbrellas, wholes, lines), *named.get(work.iri, ())})
        for work in landscape.works
    }


def closest_relation(
    family: frozenset[RelationMark], other_family: frozenset[RelationMark], iris: tuple[str, str]
) -> RelationMark | None:
    """The mark of the closest relation between two works; None if they are unrelated.

    `iris` are the two works. A mark of sort `part` for one of them means that the other is a part
    of it; any other mark of sort `part`, that both are parts of the same thing.
    """
    shared = family & other_family
    if not shared:
        return None
    return min(shared, key=lambda mark: (_ORDER.index(mark.sort), mark.what not in iris, mark.what))


def _above(work: Work) -> tuple[str, ...]:
    return work.frames if work.kind == "project" else work.part_of


def _marks(
    work: Work, umbrellas: set[str], wholes: set[str], lines: Mapping[str, str]
) -> Iterable[RelationMark]:
    if work.iri in wholes:
        yield RelationMark("part", work.iri)
    for iri in _above(work):
        if iri in umbrellas or "/project/" in iri or "/event/" in iri:
            yield RelationMark("part", iri)
    if work.iri in lines:
        yield RelationMark("line", lines[work.iri])
    for iri in work.series:
        yield RelationMark("series", iri)
    title = _title(work.label)
    if len(title) >= _LEAST_CHARACTERS:
        yield RelationMark("title", f"{work.kind} {title}")


def _lines(works: Iterable[Work]) -> dict[str, str]:
    """The lowest IRI of its line of succession, for each work that succeeds or is succeeded."""
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
    """A title without numbers and parentheses: what editions and phases have in common."""
    words = fold(_PARENTHESES.sub(" ", label)).split()
    return " ".join(word for word in words if not _is_number(word))


@lru_cache(10_000)
def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word))
