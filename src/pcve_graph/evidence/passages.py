"""Fingerprints of passages: what is kept of a passage whose text is not.

A fingerprint is the number of words of a passage and the SHA-256 of its normalized words, so anyone
who has the source can confirm it, and nobody can read the passage from it. Rule: data/FORMAT.md,
"Fingerprints", which has the normalization in words and ten vectors; docs/evidence.md has it in ten
lines of Python without this module.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

FEWEST_WORDS: Final = 8
"""The fewest words of a passage with a fingerprint: shorter ones stand in many texts."""

MOST_WORDS: Final = 9999
"""The most words of a passage with a fingerprint."""

MOST_WORDS_SAID: Final = 8
"""The most words of a passage that are kept: a date, name, place or number, never a sentence."""

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""The soft hyphen, and characters without a width: joiners, directional marks, selectors."""

_HYPHEN: Final = re.compile(r"(?<=\S)[-\u2010](\s+)(?=(\S))")
_LINE_END: Final = re.compile("[\n\v\f\r\x85\u2028\u2029]")
_LAST_WITHOUT_MARKS: Final = "\u02ff"
_WORD_CATEGORIES: Final = "LMN"
"""The first letters of the general categories of letters, marks and numbers."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a passage: the number of its words, and their SHA-256 in small hexadecimal digits."""

    words: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was read at its source, as a record keeps it.

    `words` and `sha256` are its fingerprint; `says` are those words of it that carry the value, at
    most `MOST_WORDS_SAID`, as they are spelled; `at` is the index of the first of them among the
    words of the passage, from 0.
    """

    words: int
    sha256: str
    says: str
    at: int


def words_of(text: str) -> list[str]:
    """The normalized words of `text`, in order; empty where it has no letter, mark or number."""
    return _split(_folded(_cleaned(text)))


def fingerprint(passage: str) -> Fingerprint:
    """The fingerprint of `passage`, whatever its number of words."""
    words = words_of(passage)
    return Fingerprint(len(words), _sha256(words))


def places_of_words(words: Sequence[str], part: Sequence[str]) -> list[int]:
    """The indexes in `words` at which `part` stands, in order; none where `part` is empty."""
    return list(_runs(words, part)) if part else []


def spelled(text: str, first: int, count: int) -> str:
    """`count` words of `text` from the index `first`, as it spells them, in one line."""
    start, end = PassageText(text).span(first, count)
    return " ".join(_cleaned(text[start:end]).split())


def line_end_hyphens(text: str) -> list[str]:
    """The words of `text` that a hyphen divides at the end of a line, without it."""
    visible = _INVISIBLE.sub("", text)
    kept = [visible[start:end] for start, end in _remaining_parts(visible)]
    return [
        re.split(r"\s", before)[-1] + re.split(r"\s", after, maxsplit=1)[0]
        for before, after in pairwise(kept)
    ]


def find_passage(text: str, passage: Passage) -> list[tuple[int, int]]:
    """The places of `passage` in `text`: (start, end) in characters, end exclusive, in order.

    Empty where the fingerprint matches no run of words with `says` at its place. To look for
    several passages in one text, use `PassageText`.
    """
    return PassageText(text).find(passage)


class PassageText:
    """A text in which passages are looked for, with its normalized words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.words: list[str] = words_of(text)

    @property
    def fingerprint(self) -> Fingerprint:
        """That of the whole text."""
        return Fingerprint(len(self.words), _sha256(self.words))

    def find(self, passage: Passage) -> list[tuple[int, int]]:
        """The places of `passage`, as `find_passage` gives them."""
        return [
            self.span(start, passage.words)
            for start in self._starts(passage)
            if _sha256(self.words[start : start + passage.words]) == passage.sha256
        ]

    def span(self, first: int, count: int) -> tuple[int, int]:
        """The characters of `count` words (1 or more) from the word with the index `first`."""
        starts, ends = self._bounds
        return starts[first], ends[first + count - 1]

    def shared(self, words: Sequence[str]) -> tuple[int, str]:
        """How many of the first of `words` stand in the text together, and what follows them there.

        The number is the most of any place, 0 where none has the first word.
        """
        most, after = 0, 0
        for place in _runs(self.words, words[:1]):
            count = 0
            while self.words[place + count : place + count + 1] == list(words[count : count + 1]):
                count += 1
                if count == len(words):
                    break
            if count > most:
                most, after = count, place + count
        return most, " ".join(self.words[after : after + 4]) if most else ""

    def _starts(self, passage: Passage) -> Iterator[int]:
        """The indexes of words at which the passage can begin."""
        last = len(self.words) - passage.words
        anchor = words_of(passage.says)
        if not anchor:
            yield from range(last + 1)
            return
        for place in _runs(self.words, anchor):
            if 0 <= place - passage.at <= last:
                yield place - passage.at

    @cached_property
    def _bounds(self) -> tuple[array[int], array[int]]:
        """The first character of each word in the text, and the one after its last.

        A character is normalized together with the marks that follow it, as within the text: `>`
        and U+0338 are one symbol, and no letter.
        """
        starts, ends = array("Q"), array("Q")
        forms: dict[str, list[bool]] = {}
        inside = False
        for first, last, characters in _with_marks(self._text):
            form = forms.get(characters)
            if form is None:
                form = [_is_in_word(part) for part in _folded(characters)]
                forms[characters] = form
            for part in form:
                if part and not inside:
                    starts.append(first)
                    ends.append(last + 1)
                elif part:
                    ends[-1] = last + 1
                inside = part
        return starts, ends


def _cleaned(text: str) -> str:
    """`text` without invisible characters and without hyphens at the ends of lines."""
    visible = _INVISIBLE.sub("", text)
    return "".join(visible[start:end] for start, end in _remaining_parts(visible))


def _remaining_parts(visible: str) -> Iterator[tuple[int, int]]:
    """The parts of a text that remain without its line-end hyphens before a lower-case letter."""
    start = 0
    for match in _HYPHEN.finditer(visible):
        if _LINE_END.search(match[1]) and unicodedata.category(match[2]) == "Ll":
            yield start, match.start()
            start = match.end()
    yield start, len(visible)


def _remaining_places(text: str) -> Iterator[int]:
    """The places in `text` of the characters of `_cleaned(text)`."""
    places = [place for place, character in enumerate(text) if not _INVISIBLE.match(character)]
    for start, end in _remaining_parts(_INVISIBLE.sub("", text)):
        yield from places[start:end]


def _with_marks(text: str) -> Iterator[tuple[int, int, str]]:
    """The characters of `_cleaned(text)`, each with its marks: (first place, last place, text)."""
    first = last = -1
    characters = ""
    for place in _remaining_places(text):
        character = text[place]
        if characters and character > _LAST_WITHOUT_MARKS and _is_mark(character):
            characters, last = characters + character, place
            continue
        if characters:
            yield first, last, characters
        first, last, characters = place, place, character
    if characters:
        yield first, last, characters


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _is_in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in _WORD_CATEGORIES


def _split(folded: str) -> list[str]:
    separators = {ord(character): " " for character in set(folded) if not _is_in_word(character)}
    return folded.translate(separators).split()


def _sha256(words: Sequence[str]) -> str:
    # A lone surrogate, which UTF-8 does not have, is not in any word: its category is Cs.
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _runs(words: Sequence[str], part: Sequence[str]) -> Iterator[int]:
    """The indexes in `words` of the runs of words that are `part`, which is not empty."""
    place = -1
    while True:
        try:
            place = words.index(part[0], place + 1)
        except ValueError:
            return
        if list(words[place : place + len(part)]) == list(part):
            yield place
