"""The words of an index that a word of a search may stand for, and how well."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal, TypeAlias

from ..evidence.word_forms import STEM, same_word
from .words import meanings

How: TypeAlias = Literal["exact", "form", "prefix", "meaning", "spelling"]
"""How a word of the index matches one of a search: it is the same, an inflected form, longer, a
word of the same meaning in another language or in other terms, or spelled in another way."""

_MOST: Final = 8
"""The most words that one misspelt word stands for."""
_MOST_TERMS: Final = 100
"""The most words of the index that one word stands for."""
_SHORTEST_PREFIX: Final = 3
_LONGEST_ENDING: Final = 4
_PLURALS: Final = (frozenset(("", "s")), frozenset(("", "es")), frozenset(("y", "ies")))


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """A word of the index that a word of a search stands for; `quality` is 1 for the same word."""

    text: str
    how: How
    quality: float


class IndexWords:
    """All words of an index, folded; `words` are in the order of their characters."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: Sequence[str] = sorted(words)

    def starting_with(self, start: str) -> Iterator[str]:
        """The words that begin with `start`, in their order."""
        for place in range(bisect_left(self.words, start), len(self.words)):
            if not self.words[place].startswith(start):
                return
            yield self.words[place]

    def matching(self, word: str) -> list[IndexTerm]:
        """The words that a folded word of a search stands for as it is written, best first."""
        terms = [*self._forms(word)]
        for meaning in meanings(word):
            terms += [
                IndexTerm(term.text, "meaning", 0.9 * term.quality)
                for term in self._forms(meaning)
                if term.how != "prefix"
            ]
        return _best_first(terms)[:_MOST_TERMS]

    def misspelt(self, word: str) -> list[IndexTerm]:
        """The words that a folded word of a search may be a misspelling of, best first."""
        terms = []
        for term, edits in nearest_words(word, self.words):
            quality = 0.75 if edits < 2 else 0.5
            terms.append(IndexTerm(term, "spelling", quality * (1 if term[0] == word[0] else 0.7)))
        return _best_first(terms)

    def _forms(self, word: str) -> Iterator[IndexTerm]:
        """The word itself, its inflected forms, and the words that begin with it."""
        has_forms = len(word) >= STEM and not word.isdigit()
        has_prefix = len(word) >= _SHORTEST_PREFIX and not word.isdigit()
        stem = word[: max(STEM, len(word) - _LONGEST_ENDING)] if has_forms else word
        for term in self.starting_with(stem):
            if term == word:
                yield IndexTerm(term, "exact", 1.0)
            elif has_forms and (likeness := _likeness(word, term)):
                yield IndexTerm(term, "form", likeness)
            elif has_prefix and term.startswith(word):
                yield IndexTerm(term, "prefix", 0.3 + 0.5 * len(word) / len(term))


def _likeness(word: str, other: str) -> float:
    """How likely two words are forms of one; 0 if they are not."""
    if not same_word(word, other):
        return 0
    pairs = zip(word, other, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    for length in range(shared, max(0, shared - 2), -1):
        if frozenset((word[length:], other[length:])) in _PLURALS:
            return 0.95
    return 0.5 + 0.35 * shared / max(len(word), len(other))


def _best_first(terms: Iterable[IndexTerm]) -> list[IndexTerm]:
    """The terms, each word once, in the order of their quality."""
    best: dict[str, IndexTerm] = {}
    for term in sorted(terms, key=lambda term: (-term.quality, term.text, term.how)):
        best.setdefault(term.text, term)
    return list(best.values())


def nearest_words(word: str, words: Collection[str]) -> list[tuple[str, int]]:
    """Those of `words` nearest to `word` and their distance: one edit, two from eight letters on.

    An edit adds, drops or replaces a letter, or swaps two (Damerau and Levenshtein).
    """
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    distance = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = process.extract(
        word,
        [other for other in words if abs(len(other) - len(word)) <= distance],
        scorer=DamerauLevenshtein.distance,
        score_cutoff=distance,
        limit=_MOST,
    )
    return [(term, int(edits)) for term, edits, _ in near]
