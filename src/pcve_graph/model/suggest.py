"""Suggestions for names that do not exist: the nearest existing ones, in any spelling or script."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
    """The ids of records, with a suggestion for an unknown one, which is looked up once."""

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = ids
        self._folded: dict[str, str] = {}
        self._suggestions: dict[str, str] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def nearest(self, word: str) -> str:
        """The most similar id; empty if none is, and once so many words would take too long."""
        if word in self._suggestions:
            return self._suggestions[word]
        self._folded = self._folded or {name: fold(name) for name in sorted(self._ids)}
        if len(self._suggestions) * len(self._folded) > _COMPARISONS:
            return ""
        from rapidfuzz import fuzz, process

        match = process.extractOne(fold(word), self._folded, scorer=fuzz.ratio, score_cutoff=_NEAR)
        self._suggestions[word] = match[2] if match else ""
        return self._suggestions[word]
