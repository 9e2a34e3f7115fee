"""Names without script, case or diacritics, so that every spelling of one name is one.

Cyrillic becomes Latin the way its own languages write it (ш is š, so s; ц is c; њ is nj), not the
way English spells it; then diacritics go, đ, dj and ђ are d, and Marija is Maria. What is no letter
or digit becomes a space.
"""

from __future__ import annotations

import re
from typing import Final

_OWN: Final = str.maketrans(
    {"ђ": "d", "ж": "z", "љ": "lj", "њ": "nj", "ћ": "c", "х": "h", "ц": "c", "ч": "c", "џ": "dz"}
    | {"ш": "s", "ѓ": "gj", "ќ": "kj", "ѕ": "dz"}
)
_IJ: Final = re.compile("ij(?=[aeiou])")
_WORDS: Final = re.compile(r"[a-z0-9]+")
_GONE: Final = str.maketrans("", "", "'’ʼ`´")


def fold(text: str) -> str:
    """`text` in lower-case ASCII letters and digits, single spaces: `Đorđe Њ.` is `dorde nj`."""
    latin = text.casefold()
    if not latin.isascii():
        from anyascii import anyascii

        latin = anyascii(latin.translate(_OWN)).casefold()
    plain = _IJ.sub("i", latin.translate(_GONE).replace("dj", "d"))
    return " ".join(_WORDS.findall(plain))
