"""Words that stand for a country beside its name: adjectives that share no stem with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from ..model.text_normalization import fold
from .word_forms import TextToken, folded_words, word_list

_ADJECTIVES: Final = {
    # name: adjectives; one that ends in * stands for all words that begin so
    "Bosnia and Herzegovina": "Bosnian",
    "Denmark": "Danish",
    "France": "French francuski francuska francusko francuske francuskog francuskoj"
    " francosk* franceze francez français* française* französisch* francese francesi",
    "Netherlands": "Dutch",
    "North Macedonia": "Macedonian",
    "Norway": "Norwegian norvešk* norvegjez* norveçk* norwegisch* norvegese norvégien* норвешк*",
    "Spain": "Spanish",
    "Switzerland": "Swiss švicarsk* švajcarsk* швајцарск* zviceran* schweizer* svizzer* suisse*",
    "United Kingdom": "British britansk* britanik* britannic* britannique* britisch*",
}
_LANGUAGE: Final = re.compile(r"languages?|speaking|jezi[kc]\w*|jazik\w*|sprache|dilin\w*|dil")
_LANGUAGE_BEFORE: Final = word_list("gjuha gjuhe gjuhen gjuhes langue lingua")


@lru_cache(1)
def _by_name() -> Mapping[str, tuple[tuple[str, bool], ...]]:
    return {
        fold(name): tuple((folded_words(word)[0], word.endswith("*")) for word in words.split())
        for name, words in _ADJECTIVES.items()
    }


def is_adjective_of(name: str, word: str) -> bool:
    """Whether a folded word is an adjective of the country of this name: Swiss of Switzerland."""
    return any(
        word.startswith(adjective) if is_start else word == adjective
        for adjective, is_start in _by_name().get(fold(name), ())
    )


def without_languages(listed: Sequence[TextToken], names: Sequence[str]) -> tuple[TextToken, ...]:
    """The words without adjectives that name a language, as in "the Albanian language"."""
    own = {word for name in names for word in fold(name).split()}
    return tuple(
        token
        for at, token in enumerate(listed)
        if token.folded in own
        or not (
            any(_LANGUAGE.fullmatch(after.folded) for after in listed[at + 1 : at + 2])
            or any(before.folded in _LANGUAGE_BEFORE for before in listed[max(0, at - 1) : at])
        )
    )
