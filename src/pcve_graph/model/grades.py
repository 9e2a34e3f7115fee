"""How far a fact was checked: verified, fingerprinted or cited. Rule: data/FORMAT.md, "Grades"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """The grades of a fact, the best first."""

    VERIFIED = "verified"
    FINGERPRINTED = "fingerprinted"
    CITED = "cited"


class Support(NamedTuple):
    """What one piece of evidence gives: words in a held text, a fingerprint, and its certainty.

    That of a source that is withdrawn gives nothing.
    """

    has_words: bool
    is_stated: bool
    has_fingerprint: bool = False
    is_withdrawn: bool = False


def grade(pieces: Iterable[Support]) -> Grade:
    """The grade of a fact: the best of its evidence.

    Verified: words stand in a held text, and the fact is stated; a build in which they do not carry
    the value is refused (rule value-not-in-words). Fingerprinted: the passage was read at its
    source, and its fingerprint is kept. Cited: all else, also words from which the fact is inferred
    or by which it is assigned.
    """
    listed = [piece for piece in pieces if not piece.is_withdrawn]
    if any(piece.has_words and piece.is_stated for piece in listed):
        return Grade.VERIFIED
    if any(piece.has_fingerprint for piece in listed):
        return Grade.FINGERPRINTED
    return Grade.CITED
