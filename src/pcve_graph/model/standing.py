"""How facts stand: the words of a cell `standing`, their order, and what is announced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .namespaces import concept_iri
from .periods import NOT_KNOWN, YES

INFERRED: Final = "inferred"
CONTESTED: Final = "contested"
ANNOUNCED: Final = "announced"

WORDS: Final = (INFERRED, CONTESTED, ANNOUNCED)
"""The words of a cell `standing`, in their order (queries/README.md)."""

CALLED_OFF: Final = ("cancelled",)
"""Ids of the statuses of events that did not take place; they are neither rows nor counted."""

_ANNOUNCED: Final = ("planned", "postponed")
"""Ids of the statuses of events that no source states to have been held."""

_WORDS_OF_STATUS: Final[dict[str, str]] = {
    form: ANNOUNCED
    for status in _ANNOUNCED
    for form in (status, concept_iri("event-status", status))
}


def word_of_status(status: str) -> str:
    """The word for a thing by its status, given as id or IRI; empty for all others.

    >>> word_of_status("postponed"), word_of_status("held")
    ('announced', '')
    """
    return _WORDS_OF_STATUS.get(status, "")


def joined_standings(texts: Iterable[str]) -> str:
    """The words of `WORDS` that occur in any of the texts, joined by a comma.

    >>> joined_standings(["announced", "", "contested, inferred"])
    'inferred, contested, announced'
    """
    words = {word for text in texts for word in text.split(", ")}
    return ", ".join(word for word in WORDS if word in words)


def holds_with_standing(answer: str, standing: str) -> str:
    """Whether a row holds, by the answer that its dates give and by its standing.

    A row that rests on facts that are not stated plainly is never `yes` (queries/README.md).

    >>> holds_with_standing("yes", ""), holds_with_standing("yes", "announced")
    ('yes', 'not known')
    """
    return NOT_KNOWN if answer == YES and standing else answer
