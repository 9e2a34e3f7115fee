"""Folding of names: every spelling of a name, by script, case or diacritics, gives one text.

Cyrillic is transliterated to Latin as its own languages do (ш is š, so s; ц is c; њ is nj), not as
English does; then diacritics are removed, đ, dj and ђ become d, and Marija becomes Maria.
Characters that are not letters or digits become spaces.
"""

from __future__ import annotations

import re
from typing import Final

_TRANSLITERATION: Final = str.maketrans(
    {"ђ": "d", "ж": "z", "љ": "lj", "њ": "nj", "ћ": "c", "х": "h", "ц": "c", "ч": "c", "џ": "dz"}
    | {"ш": "s", "ѓ": "gj", "ќ": "kj", "ѕ": "dz"}
)
_IJ: Final = re.compile("ij(?=[aeiou])")
_WORDS: Final = re.compile(r"[a-z0-9]+")
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`´")


def fold(text: str) -> str:
    """`text` as lower-case ASCII letters, digits and single spaces: `Đorđe Њ.` is `dorde nj`."""
    latin = text.casefold()
    if not latin.isascii():
        from anyascii import anyascii

        latin = anyascii(latin.translate(_TRANSLITERATION)).casefold()
    plain = _IJ.sub("i", latin.translate(_APOSTROPHES).replace("dj", "d"))
    return " ".join(_WORDS.findall(plain))
