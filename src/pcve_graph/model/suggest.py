"""Suggestions for names that do not exist: the nearest existing ones, in any spelling or script."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from .text_normalization import fold

_NEAR: Final = 60
"""The least similarity, of 100, at which a name is suggested."""

_COMPARISONS: Final = 20_000_000
"""Comparisons of ids before suggestions stop; a few million take a second."""


def similar_names(word: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of `names` that are similar to `word`, the most similar first."""
    from rapidfuzz import fuzz, process

    folded = {name: fold(name) for name in sorted(names)}
    matches = process.extract(
        fold(word), folded, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit
    )
    return [name for _, _, name in matches]


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """`did you mean …?` with the most similar of `names`; empty if none is similar."""
    matches = similar_names(word, names, 1)
    return f"did you mean {matches[0]}?" if matches else ""


class IdSuggestions:
    """The ids of things, with a suggestion for an unknown one, which is looked up once.

    `segment_of` gives the segment that the IRI of a thing has before its id, which is that of its
    class; an empty text if it is not known.
    """

    def __init__(
        self, ids: Collection[str], segment_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        self._ids, self._segment_of = ids, segment_of
        self._folded: dict[frozenset[str], dict[str, str]] = {}
        self._suggestions: dict[tuple[str, frozenset[str], str], str] = {}
        self._compared = 0

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def is_in(self, identifier: str, segments: Collection[str]) -> bool:
        """Whether a thing may be of a class with one of these segments; any, if there are none."""
        segment = self._segment_of(identifier) if segments else ""
        return not segment or segment in segments

    def nearest(
        self, word: str, segments: frozenset[str] = frozenset(), other_than: str = ""
    ) -> str:
        """The most similar id in `segments` (in any, if empty), but `other_than`.

        Empty if none is similar, and once so many words would take too long.
        """
        key = (word, segments, other_than)
        if key in self._suggestions:
            return self._suggestions[key]
        if segments not in self._folded:
            names = (name for name in sorted(self._ids) if self.is_in(name, segments))
            self._folded[segments] = {name: fold(name) for name in names}
        folded = self._folded[segments]
        self._compared += len(folded)
        if self._compared > _COMPARISONS:
            return ""
        from rapidfuzz import fuzz, process

        matches = process.extract(
            fold(word), folded, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2
        )
        near = (name for _, _, name in matches if name != other_than)
        self._suggestions[key] = next(near, "")
        return self._suggestions[key]
