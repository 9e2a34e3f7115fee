"""What words deny: was not held in Skopje, but in Ohrid. Denied words carry no value.

A negation reaches from its word to the next mark, conjunction or contrast; in Turkish, whose verb
stands last, back to the mark before it. "Not only" denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .word_forms import TextToken, folded_words, placed_tokens, plain_text, word_list

_ALWAYS: Final = word_list(
    "not never wasnt werent isnt arent didnt hasnt havent wont nobody nuk nie nece nisam"
    " niso nicht kein keine keinen keiner"
)
"""Words that deny what follows, whatever it is, as `fold` writes them: nije is nie."""
_BEFORE: Final = {
    # A word that denies only before some words: elsewhere it is a word of another language, as
    # Albanian "ne" (in) without its diacritic.
    "ne": word_list("se v u na bo bodo kje od s z"),
    "ni": word_list("bil bila bilo potekal potekala potekalo organiziral organizirala se"),
    "non": word_list("si e ha hanno sono fu era a in da dal dalla venne stato stata"),
    "no": word_list(
        "one event forum conference meeting workshop seminar training roundtable session"
    ),
    "jo": word_list("ne nga me"),
}
_AS_WRITTEN: Final = frozenset(("не", "nisu", "нису"))
"""Words that deny as they are written: without their letters they are në (in) and Nišu (in Niš)."""
_FRENCH: Final = "pas"
"""A negation in French behind `ne` or `n'`; in Albanian a preposition."""
_TURKISH: Final = re.compile(r"degil|(yapil|duzenlen|toplan|gerceklestiril|gercekles)m[ae]di\w*")
_ONLY: Final = word_list(
    "only just merely solely samo vetem solo soltanto nur seulement edino until before earlier"
)
"""Words behind a negation with which it denies nothing, or only until a day."""
_CONTRASTS: Final = word_list(
    "but vec nego tuku ampak temvec sondern mais ma bensi por instead rather dok"
)
_ENDS: Final = word_list(
    "and und dhe i et while which who because although until before after when"
)
_BREAKS: Final = frozenset(",;.:!?()–—")
_FOR_BREAK: Final = " ; "
"""What stands for denied words: a mark that ends what is before it."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Words that are denied, by their place in the plain text, and whether a contrast follows."""

    start: int
    end: int
    has_contrast: bool


@lru_cache(4096)
def denials(words: str) -> tuple[Denial, ...]:
    """What words deny, in order, by its place in `plain_text(words)`."""
    placed = placed_tokens(plain_text(words))
    listed = [token for token, _ in placed]
    denied: list[Denial] = []
    for at, token in enumerate(listed):
        if denied and placed[at][1][0] < denied[-1].end:
            continue
        first, last, has_contrast = at, at, False
        if _TURKISH.fullmatch(token.folded):
            first = _first_of_clause(listed, at)
        elif _denies(listed, at):
            last, has_contrast = _last_denied(listed, at)
        else:
            continue
        denied.append(Denial(placed[first][1][0], placed[last][1][1], has_contrast))
    return tuple(denied)


def is_denial(text: str) -> bool:
    """Whether a cue or name has a word of negation itself: was not held."""
    listed = set(folded_words(text.replace("*", "")))
    return bool(listed & (_ALWAYS | set(_BEFORE) | {_FRENCH})) or bool(
        denials(text.replace("*", ""))
    )


def without(words: str, denied: Iterable[Denial]) -> str:
    """The words without those that are denied; the same words where nothing is."""
    listed = list(denied)
    if not listed:
        return words
    plain = plain_text(words)
    for denial in reversed(listed):
        plain = plain[: denial.start] + _FOR_BREAK + plain[denial.end :]
    return plain


def _folded(listed: Sequence[TextToken], at: int) -> str:
    return listed[at].folded if 0 <= at < len(listed) else ""


def _denies(listed: Sequence[TextToken], at: int) -> bool:
    token, after = listed[at], _folded(listed, at + 1)
    if after in _ONLY or (token.is_capital and token.folded in ("no", "non", "not")):
        return False
    if token.folded in _ALWAYS or token.text in _AS_WRITTEN:
        return True
    if token.folded == _FRENCH:
        return any(listed[i].text.casefold() in ("ne", "n") for i in range(max(0, at - 3), at))
    is_own_form = token.text.isascii()
    return is_own_form and after in _BEFORE.get(token.folded, ())


def _last_denied(listed: Sequence[TextToken], at: int) -> tuple[int, bool]:
    """The last word that is denied, and whether a contrast follows it."""
    last = at
    for place in range(at + 1, len(listed)):
        token = listed[place]
        if token.folded in _CONTRASTS:
            return last, True
        if token.text in _BREAKS and not _is_in_number(listed, place):
            return last, _folded(listed, place + 1) in _CONTRASTS
        if token.text.casefold() in _ENDS and place > at + 1:
            return last, False
        last = place
    return last, False


def _is_in_number(listed: Sequence[TextToken], place: int) -> bool:
    """Whether a mark is part of a date or number: 3. maja, 12.5.2018."""
    return (
        listed[place].text in ".,"
        and _folded(listed, place - 1).isdecimal()
        and bool(_folded(listed, place + 1))
        and not (place + 1 < len(listed) and listed[place + 1].is_capital)
    )


def _first_of_clause(listed: Sequence[TextToken], at: int) -> int:
    first = at
    while first > 0 and listed[first - 1].text not in _BREAKS:
        first -= 1
    return first
