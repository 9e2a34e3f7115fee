"""The words of a search: which count, and which words of the index each may stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from ..evidence.word_forms import is_function_word, word_list
from ..model.problems import UsageError
from ..model.text_normalization import fold
from .packaged import packaged_rows

LONGEST_TEXT: Final = 1_000
"""The most characters of a search."""
MOST_WORDS: Final = 32
"""The most words of a search."""

_QUESTION_WORDS: Final = word_list(
    "any been can could did do does doing had has have how i me much many my our shall should so "
    "some than them there they was we were what when where while who whom whose why will with "
    "would you your about cili cila cilat kush ku kur si eshte jane ko tko gdje gde sta sto koji "
    "koja koje kada kako koi koj koga kade ki kje kdo kaj je su li ist sind wer wo wann was welche "
    "wie qui que quel quelle ou chi che dove quando"
)
"""Words of questions, folded, which carry nothing in a search."""

_ASKING: Final = word_list("who what which where when whose whom how is are does did was were")
_ASKED: Final = word_list(
    "about amount attend attended attends author began begin begins budget chair chaired chairs "
    "cost costs date end ended ends fund funded funding funds gave get gets give given gives "
    "happen happened happens have held hold holds host hosted hosts lead leads led list long made "
    "make makes money name names organise organised organises organize organized organizes paid "
    "participate participated pay pays place ran run runs show speak spoke start started starts "
    "take takes taking tell took work worked working works write written wrote"
)
"""What questions ask for, folded: in a question these words do not name what it is about."""


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word of a search: as it was typed, and folded."""

    typed: str
    folded: str


def search_words(text: str) -> list[SearchWord]:
    """The words of `text` that carry something, each once; all words if none does.

    A word in capitals is an acronym, which always counts: WHO, IN. Raises UsageError for a text
    that is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"a search has {LONGEST_TEXT:,} characters at most, and this one {len(text):,}; "
            "leave the less important words out"
        )
    words = [SearchWord(typed, folded) for typed in text.split() for folded in fold(typed).split()]
    if len(words) > MOST_WORDS:
        raise UsageError(
            f"a search has {MOST_WORDS} words at most, and this one {len(words)}; leave the less "
            "important ones out"
        )
    is_shouted = text.isupper()
    counted = [
        word
        for word in words
        if not (is_function_word(word.folded) or word.folded in _QUESTION_WORDS)
        or (word.typed.isupper() and len(word.typed) > 1 and not is_shouted)
    ]
    if words and words[0].folded in _ASKING:
        counted = [word for word in counted if word.folded not in _ASKED] or counted
    return list({word.folded: word for word in counted or words}.values())


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """The words that a word of a search stands for too, by the word or its beginning with `*`."""
    listed: dict[str, tuple[str, ...]] = {}
    for meanings, forms in packaged_rows("lexicon.tsv"):
        for form in forms.split():
            star = "*" if form.endswith("*") else ""
            key = fold(form).replace(" ", "") + star
            listed[key] = (*listed.get(key, ()), *meanings.split())
    return listed


def meanings(word: str) -> tuple[str, ...]:
    """The words of the field that a folded word of another language means; none for most words."""
    listed = lexicon()
    keys = [word, *(f"{word[:length]}*" for length in range(len(word), 2, -1))]
    return tuple(dict.fromkeys(meaning for key in keys for meaning in listed.get(key, ())))
