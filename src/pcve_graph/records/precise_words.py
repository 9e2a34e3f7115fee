"""Whether a text states a place or a month, in the languages of the region.

What a coarsened record publishes beside years and economies is searched for them: its id, the ids
of its parts, its name. Words are compared in folded form, so script, case and diacritics make no
difference, and with the endings of cases and adjectives. Rule: data/FORMAT.md, "Do no harm".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from ..evidence.month_names import is_ambiguous, months
from ..evidence.word_forms import is_function_word, same_word, word_list
from ..model.text_normalization import fold

_WORD: Final = re.compile(r"[a-z]+|\d+")
_YEAR: Final = r"(?:19|20)\d\d"
_SEPARATOR: Final = r"[-–./_ ]{1,2}"
_NUMERIC: Final = (
    re.compile(rf"(?<!\d){_YEAR}[-–./_: ](\d\d?)(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}(\d\d)(?:\d\d)?(?!\d)"),
    re.compile(rf"(?<!\d)(?<!\d[-–./_])(\d\d?)[-–./_]{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d)\d\d?{_SEPARATOR}(\d\d?){_SEPARATOR}{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d)(\d\d?)[-/]\d\d?[-/]{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d)\d\d?{_SEPARATOR}([ivx]+){_SEPARATOR}{_YEAR}(?!\d)", re.I),
)
"""Dates in digits: 2019-11, 20191118, 11/2019, 18.11.2019, 11/18/2019, 18. XI 2019."""

_ROMAN: Final = "i ii iii iv v vi vii viii ix x xi xii"
_NUMBERS: Final = {
    numeral: number
    for number, roman in enumerate(_ROMAN.split(), 1)
    for numeral in (roman, str(number))
}
_ENDINGS: Final = word_list(
    "ski ska sko skog skoga skom skoj sku skih skim ske skega skem skiot skata skoto skite"
    " s a e i u t ve it in ut un om ot ta"
)
"""Endings of cases, and of the adjectives: novembarski, noemvriskiot."""

_SHORTEST: Final = 5
"""Letters of a month that has endings; three letters alone are another word as likely."""

_LONG: Final = 6
"""Letters of a name that is recognized within a word too: novemberforum, forumskopje."""

_OTHER_WORDS: Final = word_list("march julia junia sept kasim studeni maji")
"""Further forms that are other words too."""
_WHOLE: Final = word_list("may march maj mai mars mart")
"""Of the forms that are other words, those that begin or end a name as months: May Forum."""
_IN: Final = word_list("in im u ne vo v gjate tokom during tijekom")
_ORDINAL: Final = word_list("st nd rd th ti te mi ri vi")


def months_in(text: str) -> Iterator[tuple[str, int]]:
    """Each month that a text states, as the words that state it and its number, 1 to 12.

    A form that is another word too (may, nov) is a month beside a number, or after "in".
    """
    digits = unicodedata.normalize("NFKC", text)
    for pattern in _NUMERIC:
        for match in pattern.finditer(digits):
            number = _NUMBERS.get(match[1].lower().removeprefix("0"))
            if number is not None:
                yield match[0], number
    words = [word for word in _words(text) if word not in _ORDINAL]
    for place, word in enumerate(words):
        stem = _month_stem(word)
        if stem and (not _is_doubtful(stem) or _is_dated(words, place)):
            yield word, months()[stem]


def place_in(text: str, names: Iterable[str], allowed: Iterable[str] = ()) -> str:
    """The words of a text that state a place with one of these names, in some form; else empty.

    `allowed` are the names of what may be stated: the economy that the place is in.
    """
    words = _words(text)
    permitted = set(map(fold, allowed))
    for name in sorted(_all_forms(frozenset(map(fold, names)))):
        wanted = name.split()
        if not wanted or name in permitted:
            continue
        joined = "".join(wanted)
        for place, word in enumerate(words):
            following = words[place : place + len(wanted)]
            if len(following) == len(wanted) and _are_forms(wanted, following):
                return " ".join(following)
            if len(wanted) > 1 and word == joined:
                return word
    return ""


def _words(text: str) -> list[str]:
    """The folded words and numbers of a text; nov2019 is two."""
    return _WORD.findall(fold(text))


def _month_stem(word: str) -> str:
    """The listed form of a month that a word is, or has an ending of, or contains; else empty."""
    listed = months()
    if word in listed:
        return word
    for ending in sorted(_ENDINGS):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST - 2:
            continue
        for form in (stem, f"{stem}a", f"{stem}i"):
            if form in listed and (len(form) >= _SHORTEST or ending.startswith("sk")):
                return form
    within = (form for form in listed if len(form) >= _LONG and form in word)
    return next((form for form in within if not _is_doubtful(form)), "")


def _is_doubtful(form: str) -> bool:
    is_word = is_ambiguous(form) and form != "april"
    return len(form) <= 3 or is_word or form in _OTHER_WORDS


def _is_dated(words: list[str], place: int) -> bool:
    """Whether a number stands beside a word, apart from "of" and the like, or "in" before it.

    Whole names of months need none where a text begins or ends: May Forum, quiet-may.
    """
    before = [word for word in words[max(place - 2, 0) : place] if not is_function_word(word)]
    after = [word for word in words[place + 1 : place + 3] if not is_function_word(word)]
    beside = before[-1:] + after[:1]
    is_at_end = words[place] in _WHOLE and place in (0, len(words) - 1)
    is_after_in = place > 0 and words[place - 1] in _IN
    return is_at_end or is_after_in or any(map(str.isdecimal, beside))


def _are_forms(names: list[str], words: list[str]) -> bool:
    return all(
        _is_form(name, word, len(names) > 1) for name, word in zip(names, words, strict=True)
    )


def _is_form(name: str, word: str, is_part: bool) -> bool:
    """Whether a word is the name of a place, with another ending: skopski, not most for Mostar.

    Of a name of several words, the first three letters will do: Novom Pazaru.
    """
    if name == word:
        return True
    if name.isdecimal() or len(word) < len(name) - 1:
        return False
    if len(name) >= _LONG and name in word:
        return True
    return same_word(name, word) or (is_part and len(name) > 2 and word.startswith(name[:3]))


def _all_forms(names: Collection[str]) -> frozenset[str]:
    """The names, and the other names of the same places in the list."""
    return frozenset(names).union(*(row for row in _listed_places() if row & set(names)))


@cache
def _listed_places() -> tuple[frozenset[str], ...]:
    lines = Path(__file__).with_name("place_names.tsv").read_text("utf-8").splitlines()
    return tuple(
        frozenset(map(fold, line.split(","))) for line in lines if not line.startswith("#")
    )
