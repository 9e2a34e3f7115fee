"""Words of a wording that leave something out, which a question about it would answer in reverse.

No question takes "except Kosovo" or "not funded by": its answer would be what was left out. Words
such as "without an evaluation" and "nobody" are asked by questions that have them themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..evidence.word_forms import word_list
from ..query.asks import SLOT
from .mentions import NameMention
from .wording import Wording
from .words import features, folded_words, word_lists

_EXCEPTIONS: Final = word_list("except excepting excluding exclude excludes besides minus nor")
"""Words that no question has for something of its own."""
_IN_TWO_WORDS: Final = frozenset(
    ("other than", "rather than", "apart from", "aside from", "instead of")
)
"""The same in two words."""
_NONE: Final = word_list("no none nobody nothing never")
_PREFIX: Final = "non"
"""Part of another word, as in non-formal, unless a name is behind it."""
_NEAR: Final = 3
"""Words behind a negation that it may be about."""
_GAP: Final = "#gap"
_SLOT_START: Final = "{"


def negations(
    wording: Wording,
    mention_of: Mapping[str, NameMention],
    texts: Iterable[str],
    own: Collection[str],
) -> tuple[str, ...]:
    """The words that leave something out, as written, of which a question says nothing.

    `mention_of` has the mentions that its parameters take, `texts` are its typical wordings, and
    `own` its features.
    """
    asked = [word.folded for word in wording.words]
    for name, mention in mention_of.items():
        asked[mention.first : mention.last] = [f"{{{name}}}"] * mention.words
    scopes = [pair for text in texts for pair in _scopes(_slotted(text))]
    words = []
    for place, word in enumerate(asked):
        if " ".join(asked[max(0, place - 1) : place + 1]) in _IN_TWO_WORDS:
            words.append(wording.written(place - 1, place + 1))
        elif word in _EXCEPTIONS:
            words.append(wording.written(place, place + 1))
        elif word in word_lists().negations:
            is_gap = word in _NONE and _GAP in own
            scope = _scope(asked, place)
            is_part = word == _PREFIX and scope and not scope[0].startswith(_SLOT_START)
            if not (is_gap or is_part) and not any(
                _is_about(word, scope, *pair) for pair in scopes
            ):
                words.append(wording.written(place, place + 1))
    return tuple(dict.fromkeys(words))


def _slotted(text: str) -> list[str]:
    """The folded words of a typical wording, with its parameters in braces."""
    words: list[str] = []
    for order, part in enumerate(SLOT.split(text)):
        words += [f"{{{part}}}"] if order % 2 else folded_words(part)
    return words


def _scopes(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The negations of a typical wording, each with what it is about."""
    for place, word in enumerate(words):
        if word in word_lists().negations:
            yield word, _scope(words, place)


def _scope(words: Sequence[str], place: int) -> list[str]:
    """The next words with a content of their own behind a negation."""
    lists = word_lists()
    little = lists.skipped | lists.light
    return [word for word in words[place + 1 :] if word not in little][:_NEAR]


def _is_about(word: str, scope: Sequence[str], own_word: str, own_scope: Sequence[str]) -> bool:
    """Whether a negation in a wording is about the same as one in a typical wording."""
    if not scope or scope[0].startswith(_SLOT_START):
        return scope[:1] == own_scope[:1] and (word in _NONE) == (own_word in _NONE)
    nearest = {feature for feature, first, _ in features(scope) if first == 0}
    return bool(nearest & {feature for feature, _, _ in features(own_scope)})
