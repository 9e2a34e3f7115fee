"""What words deny: was not held in Skopje, but in Ohrid. Denied words carry no value.

Denied is what stands between a negation and its contrast (not A but B), and what follows one beside
the verb of an event or a preposition, up to the next mark or conjunction; in Turkish, whose verb
stands last, what stands before it. "Not only" denies nothing, nor does a negation of anything else:
that the public was not admitted does not say that the event was not held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .word_forms import TextToken, folded_words, placed_tokens, plain_text, word_list

_ALWAYS: Final = word_list(
    "not never wasnt werent isnt arent didnt hasnt havent wont nobody nuk nie nece nisam niso nicht"
)
"""Words that deny what follows, whatever it is, as `fold` writes them: nije is nie."""
_EVENT_VERB: Final = re.compile(
    r"held|take|taken|organise[d]?|organising|host(ed)?|cancel\w*|postpone\w*|fund(ed)?|finance\w*"
    r"|led|convene[d]?|opened|met|meet|chaired|coordinated|implemented"
    r"|(mbajt|organiz|zhvill|anulua|shty|financ|prit|hap)\w*"
    r"|(odrz|otkaz|odloz|odgod|odgad|finans|sasta|bil|potek|odpoved|preloz|prestav|otvor)\w*"
    r"|(abge|statt|verschob|organis|veranstalt|finanzier)\w*"
    r"|(tenu|svolt|riunit|annul|rinvi|avuto|eu|lieu|reuni|report)\w*"
)
_SEPARABLE: Final = word_list("fand fanden findet finden")
"""German verbs before their negation: fand nicht statt."""
_VERB_NEAR: Final = 3
"""Words behind a negation in which the verb stands."""
_PREPOSITIONS: Final = word_list("in at on by from nga ne u na od v vo von vom im a da par")
_RELATIVES: Final = word_list("which who that koji koja koje kateri katera ki sto qe die der das")
_CONTRAST_NEAR: Final = 14
"""Words from a negation to its contrast, at most."""
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
        if _TURKISH.fullmatch(token.folded) and not _is_only(listed, at):
            first = _first_of_clause(listed, at)
        elif _denies(listed, at):
            last, has_contrast = _last_denied(listed, at)
            if last == at:
                continue
            if not has_contrast and _folded(listed, at - 1) in _SEPARABLE:
                first = at - 1
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
    """The last word that is denied, and whether a contrast follows it; `at` itself for none."""
    last, has_contrast = _reach(listed, at)
    if has_contrast and last - at <= _CONTRAST_NEAR:
        return last, True
    if any(_folded(listed, place) in _RELATIVES for place in (at - 1, at - 2)) and (
        listed[max(0, at - 3)].text != ","
    ):
        return at, False
    if _folded(listed, at + 1) in _PREPOSITIONS:
        others = (p for p in range(at + 2, last + 1) if _folded(listed, p) in _PREPOSITIONS)
        return next(others, last + 1) - 1, False
    verbs = range(at + 1, min(at + 1 + _VERB_NEAR, last + 1))
    is_of_event = any(_EVENT_VERB.fullmatch(_folded(listed, place)) for place in verbs)
    return (last if is_of_event else at), False


def _reach(listed: Sequence[TextToken], at: int) -> tuple[int, bool]:
    """The last word of the clause of a negation, and whether a contrast follows it."""
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
    before, after = _folded(listed, place - 1), _folded(listed, place + 1)
    if not before.isdecimal() or listed[place].text not in ".,":
        return False
    is_lower = bool(after) and not listed[place + 1].is_capital
    return after.isdecimal() or (listed[place].text == "." and is_lower)


def _is_only(listed: Sequence[TextToken], at: int) -> bool:
    """Whether the clause before a Turkish negation says "only", so that nothing is denied."""
    words = range(_first_of_clause(listed, at), at)
    return any(_folded(listed, place) in ("sadece", "yalnizca", "yalniz") for place in words)


def _first_of_clause(listed: Sequence[TextToken], at: int) -> int:
    first = at
    while first > 0 and listed[first - 1].text not in _BREAKS:
        first -= 1
    return first
