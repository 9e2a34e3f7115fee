"""Normalized text: the spellings of a name, by script, case or diacritics, give one text.

Every comparison of names goes through `fold`: search, the values of parameters, suggestions, titles
of works, and, without legal forms (`fold_name`), likely duplicates. Quotes are compared word for
word, so of them only the quotation marks are normalized (`straighten_quotes`).

Cyrillic is transliterated to Latin as its own languages do (ш is š, so s; ц is c; њ is nj), not as
English does; then diacritics are removed, đ, dj and ђ become d, and Marija becomes Maria.
Characters that are not letters or digits become spaces, but initials with and without dots are one
word.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_QUOTATION_MARKS: Final = dict.fromkeys("‘’‚‛‹›", "'") | dict.fromkeys("“”„‟«»", '"')
_LETTERS: Final = {
    "ђ": "d",
    "ж": "z",
    "љ": "lj",
    "њ": "nj",
    "ћ": "c",
    "х": "h",
    "ц": "c",
    "ч": "c",
    "џ": "dz",
} | {"ш": "s", "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "ǵ": "gj", "ḱ": "kj"}
_TABLE: Final = str.maketrans(_QUOTATION_MARKS | _LETTERS)
"""What stands for a character, where that is not what anyascii would write."""

_MARKS: Final = str.maketrans(_QUOTATION_MARKS)
_APOSTROPHES: Final = str.maketrans("", "", "'`")
_INVISIBLE: Final = "Cf"
"""The Unicode category of soft hyphens, joiners and directional marks: not a part of a spelling."""
_DOT_IN_INITIALS: Final = re.compile(r"(?:(?<=\b[a-z])|(?<=\bsh))\.(?=[a-z]\b)")
_DJ: Final = re.compile("dj+")
_IJ: Final = re.compile("ij(?=[aeiou])")
_WORDS: Final = re.compile(r"[a-z0-9]+")
_LEGAL_FORMS: Final = frozenset(("doo", "ltd", "gmbh", "ev", "shpk", "inc", "ngo", "nvo", "ojq"))


def fold(text: str) -> str:
    """`text` as lower-case ASCII letters, digits and single spaces: `Đorđe Њ.` is `dorde nj`.

    Folding the result again changes nothing. Texts that are canonically equivalent (Unicode
    Standard Annex 15), or equal by Unicode case folding, have one result.
    """
    latin = text.casefold()
    if not latin.isascii():
        latin = _transliterated(latin)
    joined = _DOT_IN_INITIALS.sub("", latin.translate(_APOSTROPHES))
    return " ".join(_WORDS.findall(_IJ.sub("i", _DJ.sub("d", joined))))


def fold_name(name: str) -> str:
    """`name` folded, without legal forms such as d.o.o., unless nothing else is left of it."""
    words = fold(name).split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


def straighten_quotes(text: str) -> str:
    """`text` with plain quotation marks for typographic ones; each character keeps its place."""
    return text.translate(_MARKS)


def _transliterated(text: str) -> str:
    from anyascii import anyascii

    # An acute accent alone is written for an apostrophe; NFKC would make it a space and an accent.
    composed = unicodedata.normalize("NFC", text).replace("´", "'")
    compatible = unicodedata.normalize("NFKC", composed).casefold()
    visible = "".join(char for char in compatible if unicodedata.category(char) != _INVISIBLE)
    return anyascii(visible.translate(_TABLE)).casefold()
