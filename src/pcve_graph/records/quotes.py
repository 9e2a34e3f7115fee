"""Exact search for quotes in the held texts of sources.

White space counts as one space and typographic quotation marks as plain ones. Of one spelling are
what Unicode holds equivalent (NFC and NFD), ligatures and their letters, a word with and without
soft hyphens or characters of no width, and a word that the text divides at the end of a line.
Everything else, case and dashes included, must match. Rule: data/FORMAT.md, "Quotes".
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Final

from ..model.text_normalization import straighten_quotes

_BREAK: Final = "\ufdd0"
"""Stands for a hyphen and the line end behind it, where it may divide a word; no text has it."""

_HIDDEN: Final = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""The soft hyphen, and characters without width or shape."""

_HYPHENS: Final = "-\u2010\u00ad"
_LINE_END: Final = re.compile("[ \t]*[\n\v\f\r\x85\u2028\u2029]\\s*")
_FIRST_MARK: Final = "\u0300"
_LIGATURES: Final = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x01C4, 0x01CD), *range(0xFB00, 0xFB07), *range(0xFB13, 0xFB18))
}
_LOOK: Final = str.maketrans(
    "аеорсухіјѕԁԛԝһАВЕКМНОРСТУХІЈЅ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο" + "‐‑‒–—―−",
    "aeopcyxijsdqwhABEKMHOPCTYXIJS" + "ABEZHIKMNOPTYXo" + "-------",
)
"""Letters of Cyrillic and Greek that look like Latin ones, and dashes that look like a hyphen."""


class HeldText:
    """The held text of a source, indexed for the search for quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for characters, start, end in _units(text):
            if characters == " " and (not folded or folded[-1] == " "):
                continue
            for character in characters:
                folded.append(character)
                starts.append(start)
                ends.append(end)
        self._folded = "".join(folded)
        self._starts, self._ends = starts, ends

    def find(self, quote: str, most: int = sys.maxsize) -> list[tuple[int, int]]:
        """The first `most` occurrences of `quote`: (start, end) in characters, end exclusive.

        Empty where there is none, or where `quote` contains no words. An occurrence with a word
        that is divided at the end of a line counts only where there is none without.
        """
        folded_quote = fold_quote(quote)
        if not folded_quote:
            return []
        spans: list[tuple[int, int]] = []
        at = self._folded.find(folded_quote)
        while at >= 0 and len(spans) < most:
            spans += self._span(at, at + len(folded_quote))
            at = self._folded.find(folded_quote, at + 1)
        if not spans and _BREAK in self._folded:
            pattern, at = _divided(folded_quote), 0
            while len(spans) < most and (match := pattern.search(self._folded, at)):
                spans += self._span(*match.span())
                at = match.start() + 1
        return spans

    def _span(self, first: int, end: int) -> list[tuple[int, int]]:
        """The span in the text of a part of the folded text; none where it cuts a character."""
        starts = self._starts
        cuts = (first, end) if end < len(starts) else (first,)
        if any(cut and starts[cut - 1] == starts[cut] for cut in cuts):
            return []
        return [(starts[first], self._ends[end - 1])]

    def divergence(self, quote: str) -> tuple[str, str, str]:
        """Where a quote that does not occur departs from the text: (shared, quote, text).

        `shared` is the end of the longest prefix of the quote that occurs in the text; the other
        two are the continuations of the quote and of the text. All are empty where not even the
        first word occurs.
        """
        folded_quote, folded = fold_quote(quote), self._folded.replace(_BREAK, "")
        low, high = 0, len(folded_quote)
        while low < high:
            middle = (low + high + 1) // 2
            if folded_quote[:middle] in folded:
                low = middle
            else:
                high = middle - 1
        if low < len(folded_quote.split(" ", 1)[0]):
            return "", "", ""
        at = folded.find(folded_quote[:low]) + low
        return (
            folded_quote[max(0, low - 30) : low],
            folded_quote[low : low + 20],
            folded[at : at + 20],
        )

    def unseen_difference(self, quote: str) -> str:
        """The first difference of a quote from words of the text that look the same.

        Such as `U+043E CYRILLIC SMALL LETTER O for o`; empty where no words look the same.
        """
        folded_quote, folded = fold_quote(quote), self._folded.replace(_BREAK, "")
        at = folded.translate(_LOOK).find(folded_quote.translate(_LOOK))
        pairs = zip(folded_quote, folded[at:], strict=False) if at >= 0 and folded_quote else ()
        return next((f"{_named(ours)} for {_named(its)}" for ours, its in pairs if ours != its), "")


def fold_quote(words: str) -> str:
    """`words` with single spaces, plain quotation marks and one spelling of letters, trimmed."""
    folded = "".join(characters for characters, _, _ in _units(words))
    return " ".join(folded.replace(_BREAK, "- ").split())


def _units(text: str) -> Iterator[tuple[str, int, int]]:
    """The characters of `text` in one spelling, with the place of each: start and end.

    A run of white space is one space. A hyphen at the end of a line, between two letters of which
    the second is small, is `_BREAK`.
    """
    text = straighten_quotes(text)
    at, length = 0, len(text)
    while at < length:
        character, end = text[at], at + 1
        if character.isspace():
            while end < length and text[end].isspace():
                end += 1
            yield " ", at, end
        elif character in _HYPHENS and (line_end := _line_end(text, at)):
            yield _BREAK, at, line_end
            end = line_end
        elif character not in _HIDDEN:
            while end < length and text[end] >= _FIRST_MARK and _continues(text[end]):
                end += 1
            spelling = text[at:end]
            if not spelling.isascii():
                spelling = unicodedata.normalize("NFC", spelling.translate(_LIGATURES))
            yield spelling, at, end
        at = end


def _line_end(text: str, at: int) -> int:
    """The end of the white space behind the hyphen at `at`, if it divides a word there; else 0."""
    if not at or not text[at - 1].isalpha():
        return 0
    match = _LINE_END.match(text, at + 1)
    return match.end() if match and text[match.end() : match.end() + 1].islower() else 0


def _continues(character: str) -> bool:
    """Whether a character joins the one before it: a combining mark, a vowel or final of Hangul."""
    is_mark = unicodedata.category(character)[0] == "M" and character not in _HIDDEN
    return is_mark or "\u1160" <= character <= "\u11ff"


def _divided(folded_quote: str) -> re.Pattern[str]:
    """The quote, each word of which may be divided at the end of a line, with or without hyphen."""
    parts: list[str] = []
    at = 0
    while at < len(folded_quote):
        character = folded_quote[at]
        in_word = at > 0 and folded_quote[at - 1].isalpha()
        if character == "-" and in_word:
            hyphen = "- " if folded_quote.startswith("- ", at) else "-"
            parts.append(f"(?:{hyphen}|{_BREAK})")
            at += len(hyphen)
            continue
        if in_word and character.islower():
            parts.append(f"{_BREAK}?")
        parts.append(re.escape(character))
        at += 1
    return re.compile("".join(parts))


def _named(character: str) -> str:
    """A character of ASCII as it is, another one by its code point and its name in Unicode."""
    if character.isascii():
        return character
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
