"""The word lists of the search for private persons: listed terms, and what words of names are.

`private_terms.tsv` has the terms, `name_words.tsv` the words. A listed word is folded; one that
begins or ends with * stands for all words that end or begin so.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from ..model.text_normalization import fold

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*\.?")


class Word(NamedTuple):
    """A word of a text: as it stands, folded, and where it begins and ends."""

    text: str
    folded: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text, in order."""
    return [_word(match) for match in _WORD.finditer(text)]


def _word(match: re.Match[str]) -> Word:
    text = match[0]
    return Word(text, _folded(text), match.start(), match.end())


@lru_cache(2**16)
def _folded(text: str) -> str:
    return fold(text)


def terms_in(words: list[Word]) -> dict[int, int]:
    """Where listed terms begin, with the number of their words."""
    places: dict[int, int] = {}
    for place, word in enumerate(words):
        for rest in _begun(word.folded):
            following = words[place + 1 : place + 1 + len(rest)]
            if len(following) == len(rest) and all(
                _matches(pattern, other.folded)
                for pattern, other in zip(rest, following, strict=True)
            ):
                places[place] = max(places.get(place, 0), 1 + len(rest))
    return places


@lru_cache(2**16)
def _begun(folded: str) -> tuple[tuple[str, ...], ...]:
    """The remaining words of each term that begins with this word, or with a part of it."""
    listed = _terms()
    patterns = {pattern for part in {folded, *folded.split()} for pattern in _patterns_of(part)}
    return tuple(rest for pattern in sorted(patterns) for rest in listed.get(pattern, ()))


def _patterns_of(folded: str) -> set[str]:
    """Every pattern that a folded word matches."""
    places = range(1, len(folded) + 1)
    return {folded, *(f"{folded[:end]}*" for end in places), *(f"*{folded[-n:]}" for n in places)}


def _matches(pattern: str, folded: str) -> bool:
    return pattern in _patterns_of(folded)


def is_listed(kinds: tuple[str, ...], word: Word) -> bool:
    """Whether a word, or a part of it between hyphens, is listed as one of these kinds."""
    return is_listed_word(kinds, word.folded)


@lru_cache(2**16)
def is_listed_word(kinds: tuple[str, ...], folded: str) -> bool:
    """Whether a folded word, or a part of it between hyphens, is listed as one of these kinds.

    A given name is nothing else: Vladan is not a government (vlad*).
    """
    listed = _name_words()
    if folded in listed["given"]:
        return "given" in kinds
    return any(
        not listed[kind].isdisjoint(_patterns_of(part))
        for part in {folded, *folded.split()}
        for kind in kinds
    )


@cache
def _terms() -> dict[str, list[tuple[str, ...]]]:
    """The patterns of the further words of each listed term, by the pattern of its first word."""
    terms: dict[str, list[tuple[str, ...]]] = {}
    for *_, row in _rows("private_terms.tsv"):
        for term in row.split(","):
            first, *rest = map(_pattern, term.split())
            terms.setdefault(first, []).append(tuple(rest))
    return terms


@cache
def _name_words() -> dict[str, frozenset[str]]:
    rows = _rows("name_words.tsv")
    return {kind: frozenset(_pattern(word) for word in words.split(",")) for kind, words in rows}


def _pattern(word: str) -> str:
    """A pattern with its letters folded; the * that it begins or ends with stays."""
    word = word.strip()
    return f"{'*' * word.startswith('*')}{fold(word.strip('*')) or word}{'*' * word.endswith('*')}"


def _rows(name: str) -> list[list[str]]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
