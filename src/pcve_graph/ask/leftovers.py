"""The words of a wording that an answer does not use, so that none is left out without a word.

A word is used if it says little, stands in a name that a parameter takes, is part of a date that
one takes, or is a word of the question itself. Where one that is left is a name, a number or a
place, the answer would be about something else than was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ..evidence.word_forms import word_list
from .assignment import Assignment
from .mentions import NameMention
from .score import AskedWords
from .wording import Wording
from .words import features, word_lists

_PLACE_PREPOSITIONS: Final = word_list("in at near from across within inside around throughout")
_BETWEEN_PLACES: Final = word_list("the a an and or both either")
"""Words that may stand between such a preposition and a place."""
_PLACES: Final = frozenset(("country", "place"))


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Words that an answer does not use, as written; `are_decisive` if it would be wrong so."""

    texts: tuple[str, ...]
    are_decisive: bool


def leftovers(
    wording: Wording,
    asked: AskedWords,
    assignment: Assignment,
    own: Collection[str],
    described: Collection[str],
) -> Leftovers:
    """The words of a wording that are left by a question with the features `own`.

    `described` are those of its columns and descriptions.
    """
    left = _left_words(wording, asked, own, described)
    dropped = [
        mention for mention in assignment.dropped if not _has_words(wording, mention, {*own})
    ]
    dropped_places = {place for mention in dropped for place in _places(mention)}
    for mention in assignment.dropped:
        left -= {*_places(mention)}
    for mention in asked.mentions:
        left -= {*_places(mention)}
    left |= dropped_places
    is_dated = asked.period is not None and not assignment.period_fit
    texts = _texts(wording, left)
    places = {
        place
        for mention in asked.mentions
        if any(hit.kind in _PLACES for hit in mention.hits)
        for place in _places(mention)
    }
    are_decisive = (
        (is_dated and asked.period is not None and not asked.period.is_today)
        or any(_is_decisive(wording, place, left | places) for place in left)
        or any(hit.kind != "concept" for mention in dropped for hit in mention.hits)
    )
    return Leftovers((*texts, *(["the date"] if is_dated else [])), are_decisive)


def _left_words(
    wording: Wording, asked: AskedWords, own: Collection[str], described: Collection[str]
) -> set[int]:
    """The places of words with a content of their own that the question does not have."""
    folded = [word.folded for word in wording.words]
    lists = word_lists()
    named = {place for mention in asked.mentions for place in _places(mention)}
    dates = Counter(word for place, word in enumerate(folded) if place not in named)
    dates -= Counter(asked.words)
    left = set()
    for place, word in enumerate(folded):
        if place not in named and dates[word]:
            dates[word] -= 1
        elif word not in lists.skipped | lists.light | lists.negations:
            left.add(place)
    for feature, first, last in features(folded):
        if feature in own or (feature in described and not _is_name(wording, first)):
            left -= {*range(first, last)}
    return left


def _has_words(wording: Wording, mention: NameMention, own: Collection[str]) -> bool:
    """Whether the words of a mention are words of the question itself."""
    words = [wording.words[place].folded for place in _places(mention)]
    stems = [feature for feature, _, _ in features(words) if not feature.startswith("#")]
    return bool(stems) and all(stem in own for stem in stems)


def _places(mention: NameMention) -> range:
    return range(mention.first, mention.last)


def _texts(wording: Wording, left: Collection[int]) -> list[str]:
    """The words at places, as written; those that stand together as one text."""
    runs: list[list[int]] = []
    for place in sorted(left):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return list(dict.fromkeys(wording.written(run[0], run[-1] + 1) for run in runs))


def _is_decisive(wording: Wording, place: int, passed: Collection[int]) -> bool:
    """Whether a word is a number, a name, or stands behind a preposition of place."""
    if wording.words[place].folded.isdecimal() or _is_name(wording, place):
        return True
    before = place - 1
    while before >= 0 and (before in passed or wording.words[before].folded in _BETWEEN_PLACES):
        before -= 1
    return before >= 0 and wording.words[before].folded in _PLACE_PREPOSITIONS


def _is_name(wording: Wording, place: int) -> bool:
    """Whether a word is written as a name is: with a capital, not at the beginning."""
    if wording.text.isupper():
        return False
    word = wording.words[place]
    begins = word.written.lstrip("\"'“”„(")[:1].isupper()
    return word.has_capitals or (place > 0 and begins)
