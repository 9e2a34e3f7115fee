"""A question as someone words it: its words and their places, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..model.problems import UsageError
from ..model.visible import has_surrogate
from ..query.asks import LONGEST_WORDING
from .words import folded_words

_MOST_WORDS: Final = 60
_CHUNK: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A folded word; `start` and `end` are of the text between spaces that it stands in."""

    folded: str
    start: int
    end: int
    written: str

    @property
    def has_capitals(self) -> bool:
        """Whether it is written with two capital letters at least, as acronyms are."""
        return sum(letter.isupper() for letter in self.written) > 1


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in plain words."""

    text: str
    words: tuple[AskedWord, ...]

    def folded(self, first: int, last: int) -> str:
        """The folded words from `first` to before `last`, with spaces."""
        return " ".join(word.folded for word in self.words[first:last])

    def written(self, first: int, last: int) -> str:
        """The text from the word `first` to before the word `last`, as it was written."""
        return self.text[self.words[first].start : self.words[last - 1].end].strip("?!.,;:()\"'“”„")


def read_wording(text: str) -> Wording:
    """The wording `text`. Raises UsageError if it has no words, too many, or is too long."""
    if len(text) > LONGEST_WORDING:
        raise UsageError(
            f"the question has {len(text):,} characters; ask it in {LONGEST_WORDING} at most"
        )
    if has_surrogate(text):
        raise UsageError("the question contains an unpaired surrogate")
    words = tuple(
        AskedWord(folded, chunk.start(), chunk.end(), chunk.group())
        for chunk in _CHUNK.finditer(text)
        for folded in folded_words(chunk.group().strip('?!.,;:()"“”„'))
    )
    if not words:
        raise UsageError("the question has no words; for instance: pcve ask 'who are the donors?'")
    if len(words) > _MOST_WORDS:
        raise UsageError(f"the question has {len(words):,} words; ask it in {_MOST_WORDS} at most")
    return Wording(text, words)
