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
from .dates_set_aside import without_dates_set_aside
from .names_in_words import carries_cue, carries_label, carries_name, carries_prose, is_in_role
from .negated_words import denials, is_denial, without
from .numbers_in_words import carries_currency, carries_duration, carries_number
from .word_forms import folded_words, plain_text


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
    be written as an ordinal, `is_country` a thing whose adjective counts, `is_deprecated` a value
    that was right once, as the day of a first plan.
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
    is_deprecated: bool = False


_SCHEME: Final = re.compile(r"^https?://(www\.)?", re.I)


def carries(words: str, value: Value) -> bool:
    """Whether the words carry the value. A part of a record (`PART`) has claims of its own."""
    text = value.text
    match value.kind:
        case ValueKind.DATE:
            return _carries_date(words, value)
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
            return _carries_thing(words, value)
        case ValueKind.CONCEPT:
            return _carries_concept(words, value.cues)
        case ValueKind.ADDRESS:
            return _SCHEME.sub("", text).rstrip("/") in words
        case ValueKind.TEXT:
            return " ".join(folded_words(text)) in " ".join(folded_words(words))
        case ValueKind.PART:
            return True


def _carries_date(words: str, value: Value) -> bool:
    """Whether a date stands in words that neither deny it nor set it aside for another."""
    if not value.is_deprecated:
        words = without(words, denials(words))
        words = without_dates_set_aside(words) if value.side else words
    return carries_date(words, value.text, value.side)


def _carries_thing(words: str, value: Value) -> bool:
    """Whether words name a thing, in the role that it has, and do not deny it.

    In "not organised by A but by B" the cue of the role is denied of A alone.
    """
    denied = () if any(denials(name) for name in value.names) else denials(words)
    if _is_named(without(words, denied), value):
        return True
    plain = plain_text(words)
    return any(
        _is_named(f"{cue.replace('*', '')} {plain[denial.end :]}", value)
        for denial in denied
        if denial.has_contrast
        for cue in value.cues
        if carries_cue(plain[denial.start : denial.end], [cue])
    )


def _is_named(words: str, value: Value) -> bool:
    if not carries_name(words, value.names, value.is_country):
        return False
    return not value.cues or (
        carries_cue(words, value.cues)
        and is_in_role(words, value.names, value.cues, value.other_cues)
    )


def _carries_concept(words: str, cues: tuple[str, ...]) -> bool:
    """Whether a cue stands in words that do not deny it; a cue may itself deny: was not held.

    "Was not held in A but in B" does not say that nothing was held.
    """
    denied = denials(words)
    if not denied:
        return carries_cue(words, cues)
    whole = without(words, (denial for denial in denied if denial.has_contrast))
    denying = [cue for cue in cues if is_denial(cue)]
    others = [cue for cue in cues if cue not in denying]
    return carries_cue(without(words, denied), others) or carries_cue(whole, denying)
