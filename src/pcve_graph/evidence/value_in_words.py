"""Whether the words of a source carry a value: the check of one claim, a pure function.

A value says no more than its words (data/FORMAT.md, "Quotes"). What is compared: of a date its day,
month and year; of a number the number; of a name each significant word; of a thing one of its
names; of a concept one of its cues; of a web address the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .dates_in_words import carries_date
from .names_in_words import carries_cue, carries_label, carries_name, carries_prose, is_in_role
from .numbers_in_words import carries_currency, carries_duration, carries_number
from .word_forms import folded_words


class ValueKind(Enum):
    """What a value is, and so what of it stands in the words."""

    DATE = "date"
    NUMBER = "number"
    DURATION = "duration"
    CURRENCY = "currency"
    LABEL = "label"
    PROSE = "prose"
    THING = "thing"
    CONCEPT = "concept"
    ADDRESS = "address"
    TEXT = "text"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a claim.

    `text` is its lexical form, `names` those of a thing, `cues` those of a concept, or of the role
    that the property of a thing is, and `other_cues` those of all other roles. `side` is "start" or
    "end" of a date that is one end of a span,
    `bound` "min" or "max" of a number that is one end of a range; `ordinal` marks a number that may
    be written as an ordinal, `is_country` a thing whose adjective counts.
    """

    kind: ValueKind
    text: str = ""
    names: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    other_cues: frozenset[str] = frozenset()
    side: str = ""
    bound: str = ""
    ordinal: bool = False
    is_country: bool = False


_SCHEME: Final = re.compile(r"^https?://(www\.)?", re.I)


def carries(words: str, value: Value) -> bool:
    """Whether the words carry the value. A part of a record (`PART`) has claims of its own."""
    text = value.text
    match value.kind:
        case ValueKind.DATE:
            return carries_date(words, text, value.side)
        case ValueKind.NUMBER:
            return carries_number(words, text, value.bound, value.ordinal)
        case ValueKind.DURATION:
            return carries_duration(words, text)
        case ValueKind.CURRENCY:
            return carries_currency(words, text)
        case ValueKind.LABEL:
            return carries_label(words, text)
        case ValueKind.PROSE:
            return carries_prose(words, text)
        case ValueKind.THING:
            if not carries_name(words, value.names, value.is_country):
                return False
            if not value.cues:
                return True
            return carries_cue(words, value.cues) and is_in_role(
                words, value.names, value.cues, value.other_cues
            )
        case ValueKind.CONCEPT:
            return carries_cue(words, value.cues)
        case ValueKind.ADDRESS:
            return _SCHEME.sub("", text).rstrip("/") in words
        case ValueKind.TEXT:
            return " ".join(folded_words(text)) in " ".join(folded_words(words))
        case ValueKind.PART:
            return True
