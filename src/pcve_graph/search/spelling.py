"""The words of an index that a misspelt word may stand for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

MOST: Final = 8
"""The most words that one misspelt word stands for."""


def nearest_words(word: str, words: Collection[str]) -> list[str]:
    """Those of `words` nearest to `word`: one edit away, two for words of eight letters on."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    distance = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = process.extract(
        word,
        [other for other in words if abs(len(other) - len(word)) <= distance],
        scorer=DamerauLevenshtein.distance,
        score_cutoff=distance,
        limit=MOST,
    )
    return [term for term, *_ in near]
