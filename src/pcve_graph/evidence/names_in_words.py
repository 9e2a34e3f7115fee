"""Names, labels, phrases and cues in the words of a source, compared in folded form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from .country_words import is_adjective_of, without_languages
from .number_words import ordinals
from .word_forms import TextToken, is_function_word, same_word, significant, tokens, word_list

_SLACK: Final = 3
"""Other significant words that may stand among those of a name: a `Council (RCC) of the Region`."""

_DOTTED: Final = re.compile(r"(?<![\w.])(?:[^\W\d_a-z]\.){1,6}[^\W\d_a-z]\.?(?!\w)")
"""Initials with dots: U.S., O.S.C.E."""
_SHORTEST_ACRONYM: Final = 3
_INITIALS: Final = 8
"""Words of a name that can have an acronym, at most."""

_Cue: TypeAlias = tuple[tuple[str, bool], ...]
"""The folded words of a cue, each with whether it is the start of a word."""
_KEY: Final = 2
"""Letters by which cues are looked up: no word of a cue that ends in `*` is shorter."""
_BESIDE: Final = 2
"""The distance from a name to the cue of another role at which the cue counts against its own."""
_BREAK: Final = 3
_NEAR: Final = 1
"""The distance from a name to a cue of its own role at which no other role counts."""
_FAR: Final = 1_000
_BREAKS: Final = frozenset(",;.:()–—")
_RELATIVES: Final = word_list("which who whose koji koja koje ki kateri che qui cila cili")
"""Words that lead back to the name before them, across a comma."""
_CONJUNCTIONS: Final = word_list("and und dhe i ve et e while")

_AGENTS: Final = word_list("by nga von vom od strane par")
"""Words behind which a cue has the name of who does it."""
_CLAUSE: Final = 2
"""Lower-case words behind a comma that make a clause of its own."""

_PROSE_SHARE: Final = 0.5
"""Share of the significant words of a paraphrase that stand in the words, at least."""


def carries_name(words: str, names: Iterable[str], is_country: bool = False) -> bool:
    """Whether words have one of the names of a thing, or its initials.

    All significant words of a name stand near each other, in any order, each in some form. The
    initials of a name of three words or more count where they are written in capitals. Of a
    country, an adjective of its name counts: Italian for Italy; not where it names a language.
    Initials with dots are those without: U.S. for US.
    """
    names = list(names)
    listed = _significant_tokens(_with_initials(words))
    if is_country:
        listed = without_languages(listed, names)
    folded = tuple(token.folded for token in listed)
    for name in names:
        if is_country and any(is_adjective_of(name, word) for word in folded):
            return True
        wanted = significant(_canonical(name))
        if wanted and _stand_together(folded, tuple(wanted), is_country):
            return True
        if any(
            token.text.upper() == token.text and token.folded in _acronyms(name)
            for token in listed
            if len(token.text) >= _SHORTEST_ACRONYM
        ):
            return True
    return False


def _with_initials(words: str) -> str:
    """The words, with the dots of initials left out."""
    return _DOTTED.sub(lambda match: match.group().replace(".", ""), words)


def carries_label(words: str, label: str) -> bool:
    """Whether each significant word of a label stands in the words, in some form."""
    return not lacking(words, label)


def lacking(words: str, label: str) -> list[str]:
    """The significant words of a label, folded, that no word of the text is a form of."""
    present = _canonical(words)
    return [
        wanted
        for wanted in significant(_canonical(label))
        if not any(same_word(wanted, word) for word in present)
    ]


def carries_prose(words: str, text: str) -> bool:
    """Whether a text says the same as the words, as far as a machine can tell.

    Each number and each name in it (a word with a capital letter inside a sentence) stands in the
    words, and at least half of its significant words.
    """
    absent = set(lacking(words, text))
    wanted = significant(_canonical(text))
    if not wanted:
        return False
    sentence_start = True
    for token in tokens(text):
        is_name = token.is_capital and not sentence_start and not is_function_word(token.folded)
        if token.folded in absent and (is_name or token.is_number or _is_acronym(token)):
            return False
        sentence_start = token.text in (".", ":", "!", "?", "–", "“", '"', "‘") or (
            sentence_start and not token.folded
        )
    return len(wanted) - len([word for word in wanted if word in absent]) >= (
        _PROSE_SHARE * len(wanted)
    )


def carries_cue(words: str, cues: Collection[str]) -> bool:
    """Whether a cue of a concept stands in the words.

    A cue is one or several words that follow each other; one that ends in `*` stands for all words
    that begin so.
    """
    return bool(_spans(tokens(words), cues))


def is_in_role(
    words: str, names: Iterable[str], cues: Collection[str], other_cues: Collection[str]
) -> bool:
    """Whether no mention of a thing stands closer to another role than to its own.

    Distance is the number of words between, without articles, prepositions and the like; a mark or
    a conjunction between counts as `_BREAK`. Only the cues of another role beside the name (at most
    `_BESIDE`) count against its own, and no preposition alone does.
    """
    listed = tokens(_with_initials(words))
    mentions = _mentions(listed, names)
    if not mentions:
        return True
    own = _spans(listed, cues)
    others = _spans(listed, other_cues, telling=True)
    others = [span for span in others if not any(_overlap(span, span_a) for span_a in own)]
    for mention in mentions:
        free = [span for span in own if not _serves_another(listed, span, mention)]
        if own and not free:
            continue
        nearest = min((_distance(listed, mention, span) for span in free), default=_FAR)
        other = min((_distance(listed, mention, span) for span in others), default=_FAR)
        if not (_NEAR < nearest > other <= _BESIDE):
            return True
    return False


def _serves_another(
    listed: tuple[TextToken, ...], cue: tuple[int, int], mention: tuple[int, int]
) -> bool:
    """Whether a cue with "by" has a name beside it, and the mention stands in the next clause.

    Organised by A, the forum heard B: B has not organised it. In a list, by A, B and C, it serves
    each: no lower-case words stand before a name behind the comma.
    """
    between = listed[cue[1] + 1 : mention[0]]
    if not any(token.folded in _AGENTS for token in (listed[cue[1]], *between[:1])):
        return False
    comma = next((at for at, token in enumerate(between) if token.text == ","), None)
    if comma is None or not any(token.is_capital for token in between[:comma]):
        return False
    clause = [token for token in between[comma + 1 :] if token.folded]
    words = [token for token in clause if not is_function_word(token.folded)]
    is_list = any(token.folded in _AGENTS | _CONJUNCTIONS for token in clause)
    is_clause = sum(token.text.islower() for token in words) >= _CLAUSE
    return is_clause and not is_list and not any(token.is_capital for token in words)


def _is_of_function_words(cue: str) -> bool:
    """Whether a cue is only a preposition or the like, which other roles have as well."""
    return all(is_function_word(word) and not is_start for word, is_start in _cue_words(cue))


def _mentions(listed: tuple[TextToken, ...], names: Iterable[str]) -> list[tuple[int, int]]:
    """Where names stand as they are written, as first and last token."""
    spans = []
    for name in names:
        wanted = [token.folded for token in tokens(name) if token.folded]
        for at in range(len(listed)):
            end, place = at, 0
            while end < len(listed) and place < len(wanted):
                if listed[end].folded and not same_word(wanted[place], listed[end].folded):
                    break
                place += bool(listed[end].folded)
                end += 1
            if wanted and place == len(wanted) and listed[at].folded:
                spans.append((at, end - 1))
    return spans


def _spans(
    listed: tuple[TextToken, ...], cues: Collection[str], telling: bool = False
) -> list[tuple[int, int]]:
    """Where cues stand, as first and last token; with `telling` without prepositions alone."""
    places = [place for place, token in enumerate(listed) if token.folded]
    present = [listed[place].folded for place in places]
    index = _cue_index(frozenset(cues), telling)
    return [
        (places[at], places[at + len(wanted) - 1])
        for at, word in enumerate(present)
        for wanted in index.get(word[:_KEY], ())
        if _stands_at(present, wanted, at)
    ]


@lru_cache(256)
def _cue_index(cues: frozenset[str], telling: bool) -> Mapping[str, list[_Cue]]:
    """The cues by the first letters of their first word."""
    index: dict[str, list[_Cue]] = defaultdict(list)
    for cue in sorted(cues):
        wanted = _cue_words(cue)
        if wanted and not (telling and _is_of_function_words(cue)):
            index[wanted[0][0][:_KEY]].append(wanted)
    return dict(index)


def _overlap(span_a: tuple[int, int], span_b: tuple[int, int]) -> bool:
    return span_a[0] <= span_b[1] and span_b[0] <= span_a[1]


def _distance(listed: tuple[TextToken, ...], name: tuple[int, int], cue: tuple[int, int]) -> int:
    if _overlap(name, cue):
        return _FAR
    first, last = (name, cue) if name[1] < cue[0] else (cue, name)
    number = 0
    for place in range(first[1] + 1, last[0]):
        token = listed[place]
        if token.folded in _RELATIVES or listed[place + 1].folded in _RELATIVES:
            continue
        if token.text in _BREAKS or token.folded in _CONJUNCTIONS:
            number += _BREAK
        else:
            number += bool(token.folded) and not is_function_word(token.folded)
    return number


@lru_cache(4096)
def _cue_words(cue: str) -> _Cue:
    """The folded words of a cue, each with whether it is the start of a word."""
    parts: list[tuple[str, bool]] = []
    for part in cue.split():
        folded = [token.folded for token in tokens(part.rstrip("*")) if token.folded]
        parts += [(word, False) for word in folded[:-1]]
        parts += [(word, part.endswith("*")) for word in folded[-1:]]
    return tuple(parts)


def _stands_at(present: list[str], cue: _Cue, at: int) -> bool:
    return at + len(cue) <= len(present) and all(
        word.startswith(wanted) if is_start else word == wanted
        for (wanted, is_start), word in zip(cue, present[at : at + len(cue)], strict=True)
    )


@lru_cache(4096)
def _significant_tokens(words: str) -> tuple[TextToken, ...]:
    return tuple(
        token._replace(folded=_as_number(token.folded))
        for token in _with_ordinals(words)
        if token.folded and not is_function_word(token.folded)
    )


def _with_ordinals(words: str) -> Iterable[TextToken]:
    """The tokens; the ending of an ordinal in digits is left out: 3rd is 3."""
    before = ""
    for token in tokens(words):
        if not (before.isdecimal() and token.folded in ("st", "nd", "rd", "th")):
            yield token
        before = token.folded


@lru_cache(2**14)
def _canonical(text: str) -> list[str]:
    """The folded words of a text, with digits for ordinals and for numbers as words."""
    return [_as_number(token.folded) for token in _with_ordinals(text) if token.folded]


def _as_number(word: str) -> str:
    value = ordinals().get(word)
    return str(value if value is not None else word)


def _stand_together(present: tuple[str, ...], wanted: tuple[str, ...], is_country: bool) -> bool:
    """Whether forms of all wanted words stand within a few words of each other."""
    width = len(wanted) + _SLACK
    first = wanted[0]
    for at, word in enumerate(present):
        if not _is_same(first, word, is_country):
            continue
        if len(wanted) == 1:
            return True
        near = present[max(0, at - width + 1) : at + width]
        if all(any(_is_same(name, other, is_country) for other in near) for name in wanted[1:]):
            return True
    return False


def _is_same(name: str, word: str, is_country: bool) -> bool:
    if same_word(name, word):
        return True
    if not is_country or name.isdecimal() or len(name) < 5:
        return False
    shared = next(
        (place for place, pair in enumerate(zip(name, word, strict=False)) if pair[0] != pair[1]),
        min(len(name), len(word)),
    )
    return shared >= 4 and len(name) - shared <= 3 and len(word) - shared <= 3


@lru_cache(2**14)
def _acronyms(name: str) -> frozenset[str]:
    """The initials of the significant words of a name, and of all its words, folded."""
    words = [token.folded for token in tokens(name) if token.folded]
    kept = [word for word in words if not is_function_word(word)]
    if not _SHORTEST_ACRONYM <= len(words) <= _INITIALS:
        return frozenset()
    initials = {"".join(word[0] for word in part) for part in (words, kept)}
    return frozenset(text for text in initials if len(text) >= _SHORTEST_ACRONYM)


def _is_acronym(token: TextToken) -> bool:
    return len(token.text) > 1 and token.text.isupper()
