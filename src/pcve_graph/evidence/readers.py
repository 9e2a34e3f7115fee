"""The ids of those who read and review sources: a pseudonym or an ORCID, never a name.

Rule: docs/do-no-harm.md, "Who reads". ORCID: ISO/IEC 7064, MOD 11-2, as orcid.org defines it.
"""

from __future__ import annotations

import re
from typing import Final

from ..model.namespaces import ID

_ORCID: Final = re.compile(r"(?:https://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")


def is_reader_id(text: str) -> bool:
    """Whether `text` is an id such as reader-a, or an ORCID with its right check digit."""
    if match := _ORCID.fullmatch(text):
        return _check_digit(match[1]) == text[-1]
    return bool(ID.fullmatch(text)) and any(char.isalpha() for char in text)


def _check_digit(orcid: str) -> str:
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)
