"""The nearest names to one that does not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

_NEAR: Final = 60
"""Of 100: how like two words are that one may be meant for the other."""


_COMPARISONS: Final = 20_000_000
"""Of pairs of ids, at a few million a second."""


def likely(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of `known` that are nearest to `word`, the nearest first; none if none is."""
    from rapidfuzz import fuzz, process

    folded = {each.casefold(): each for each in known}
    found = process.extract(
        word.casefold(), sorted(folded), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit
    )
    return [folded[each] for each, _, _ in found]


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest of `known`; empty where none is near."""
    found = likely(word, known, 1)
    return f"did you mean {found[0]}?" if found else ""


class Ids:
    """The ids of things, and for a wrong one the nearest of them: each is sought once."""

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = ids
        self._sorted: list[str] = []
        self._sought: dict[str, str] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def nearest(self, word: str) -> str:
        """As `nearest`; empty for all further words after so many that it would take too long."""
        if word in self._sought:
            return self._sought[word]
        self._sorted = self._sorted or sorted(self._ids)
        if len(self._sought) * len(self._sorted) > _COMPARISONS:
            return ""
        from rapidfuzz import fuzz, process

        match = process.extractOne(
            word.casefold(), self._sorted, scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        self._sought[word] = f"did you mean {match[0]}?" if match else ""
        return self._sought[word]
