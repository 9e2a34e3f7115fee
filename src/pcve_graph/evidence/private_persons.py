"""Free text that names a private person beside a word of suspicion, children, family or religion.

A text is free of it if no run of words that looks like the name of a person stands within
`DISTANCE` words of a term of `private_terms.tsv` (five languages; sr stands for Bosnian, Croatian,
Montenegrin and Serbian, in both scripts). What such a name is, `name_words.tsv` says. Who has a
record is explained by it: that is for the caller to look up. Rule: docs/do-no-harm.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from ..model.text_normalization import fold
from .private_words import Word, is_listed, is_listed_word, terms_in, words_of
from .word_forms import word_list

DISTANCE: Final = 12
"""Words between a name and a term, at most."""

_NEAR: Final = 3
"""Words between a term and a given name that stands alone, at most."""

_LONGEST: Final = 4
"""Words of a name, at most; a longer run of capitalised words is a title of something."""

_INITIALS: Final = re.compile(r"\b[^\W\d_]\. ?[^\W\d_]\.(?!\w)")
_PARTICLES: Final = frozenset(
    ["de", "del", "der", "den", "di", "da", "van", "von", "al", "el", "bin", "ibn", "ben"]
)
_OF: Final = frozenset(("of", "for", "за", "za"))
"""Words between an institution and what it is for."""

_FAMILY: Final = frozenset(("family", "brothers", "sisters"))
"""Words that follow the surname of a family in English."""

_VERBS: Final = word_list("was is has had je bio bila bil eshte ishte u beshe bese e biti bo")
_LINKS: Final = _VERBS | word_list("a an the i been who later since koji koja ki qe koj sto ja")
"""Words between a surname and what somebody is accused of: Hoxha, who was later convicted."""

_SHORTEST: Final = 5
"""Letters of a surname in capitals, where no given name stands with it; acronyms are shorter."""

_AGE: Final = re.compile(r",? \(?[1-9]?\d(?:\)|,)")
"""An age after a name: (6), or 6 between commas."""

_ENDINGS: Final = ("a", "u", "e", "i", "o", "om", "em", "ot", "it", "in", "s", "un", "ov", "ev")
"""Endings of the cases of names, and of the English possessive."""

_TITLE_SHARE: Final = 0.6
"""Share of capitalised words from which a text is a title, where capitals say little."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that may be of a private person, and the nearest listed term.

    `spellings` are the folded names by which a record may explain it: its own, and those it may be
    an inflected form of.
    """

    name: str
    term: str
    spellings: frozenset[str]


def private_mentions(text: str) -> tuple[Mention, ...]:
    """The names in `text` that may be of private persons, in order, each once."""
    words = words_of(text)
    terms = terms_in(words)
    if not terms:
        return ()
    places = sorted(terms)
    mentions: dict[str, Mention] = {}
    for first, last in _names_in(text, words, terms):
        after = bisect_left(places, first)
        near = min(
            places[max(after - 1, 0) : bisect_left(places, last) + 1],
            key=lambda place: _gap(place, first, last),
        )
        alone = first == last and "." not in words[first].text
        if _gap(near, first, last) > (_NEAR if alone else DISTANCE):
            continue
        name = text[words[first].start : words[last].end].rstrip(".,")
        folded = fold(name)
        term = " ".join(word.text for word in words[near : near + terms[near]])
        mentions.setdefault(folded, Mention(name, term, spellings(folded)))
    return tuple(mentions.values())


def person_names(text: str) -> tuple[str, ...]:
    """The names in `text` that look like those of persons, without regard to terms."""
    words = words_of(text)
    return tuple(
        text[words[first].start : words[last].end] for first, last in _names_in(text, words, {})
    )


def person_of_id(identifier: str) -> str:
    """An id as a name, where one of its words is a given name or ends as surnames do; else empty.

    An id has no capitals, so a body that is called like a person is reported too.
    """
    parts = identifier.split("-")
    personal = [part for part in parts if not is_listed_word(("institution", "place"), part)]
    named = any(is_listed_word(("given", "surname"), part) for part in personal)
    return " ".join(parts) if named else ""


def spellings(folded: str) -> frozenset[str]:
    """A folded name, and the names of which it may be an inflected form: ane vale is ana vale."""
    forms = [_uninflected(word) for word in folded.split()[: _LONGEST + 1]]
    return frozenset(map(" ".join, product(*forms)))


def _uninflected(word: str) -> list[str]:
    stems = {word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) > 2}
    return sorted({word, *stems, *(f"{stem}a" for stem in stems)})


def _gap(place: int, first: int, last: int) -> int:
    """The number of words between a term at `place` and a name from `first` to `last`."""
    return max(first - place, place - last, 1) - 1


def _names_in(text: str, words: list[Word], terms: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The first and last word of each name; one word where it follows a term, or is a given name.

    In a title, where most words have capitals, a name has a given name or the ending of a surname.
    """
    yield from _initials_in(text, words)
    capitals = _capitals(words)
    upper = list(_names_in_capitals(text, words, terms, capitals))
    covered = {place for first, last in upper for place in range(first, last + 1)}
    yield from upper
    for run in _runs(text, words):
        name = _without_titles(run, words, terms)
        if covered.issuperset(name) or any(
            is_listed(("institution", "calendar"), words[place]) for place in name
        ):
            continue
        given = any(is_listed(("given",), words[place]) for place in name)
        of_place = any(is_listed(("place",), words[place]) for place in name) and not given
        of_term = name[-1] in terms and not given  # Center for Torture Victims
        of_body = _is_of_institution(words, name[0]) and not given  # Ministry of Spatial Planning
        if of_place or of_term or of_body or len(name) > _LONGEST or _is_namesake(words, name):
            continue
        titled = _is_title(capitals, name)
        if len(name) == 1:
            if _is_single_name(text, words, name[0], terms, titled):
                yield name[0], name[0]
        elif not titled or given or any(is_listed(("surname",), words[n]) for n in name[1:]):
            yield name[0], name[-1]


def _names_in_capitals(
    text: str, words: list[Word], terms: dict[int, int], capitals: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Names with a word in capitals: BESNIK TERSHANA, Zef MARKU.

    Acronyms and headings have capitals too, so a given name stands in it, or a word for somebody
    accused beside it.
    """
    for run in _capital_runs(text, words, terms):
        upper = [place for place in run if words[place].text.isupper()]
        if len(run) < 2 or not upper:
            continue
        given = [n for n, place in enumerate(run) if is_listed(("given",), words[place])]
        if given:
            first = min(given[0], len(run) - 2)
            yield run[first], run[first + 1]
        elif (
            len(run) < _LONGEST
            and max(len(words[place].text) for place in upper) >= _SHORTEST
            and _is_near_accused(words, run)
            and not _is_title(capitals, run)
        ):
            yield run[0], run[-1]


def _capital_runs(text: str, words: list[Word], terms: dict[int, int]) -> Iterator[list[int]]:
    """Runs of words with a capital or in capitals, without listed words and terms."""
    run: list[int] = []
    for place, word in enumerate(words):
        before = words[place - 1]
        if run and (text[before.end : word.start].strip() or _ends_sentence(before)):
            yield run
            run = []
        letters = word.text.rstrip(".")
        is_upper = len(letters) > 2 and letters.isupper() and letters.isalpha()
        listed = place in terms or is_listed(("institution", "calendar", "title", "place"), word)
        if (is_upper or _is_capitalised(word.text)) and not listed:
            run.append(place)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _ends_sentence(word: Word) -> bool:
    """Whether a word has a point and is neither an initial nor a title."""
    return word.text[-1] == "." and len(word.text) > 2 and not is_listed(("title",), word)


def _is_near_accused(words: list[Word], name: list[int]) -> bool:
    """Whether a word for somebody accused stands within a few words of a name."""
    near = words[max(name[0] - _NEAR - 1, 0) : name[-1] + _NEAR + 2]
    return any(is_listed(("accused",), word) for word in near)


def _is_namesake(words: list[Word], name: list[int]) -> bool:
    """Whether a school or the like is called so: škola Ivo Andrić; nobody accused is near."""
    before = name[0] - 1
    is_called = before >= 0 and is_listed(("namesake",), words[before])
    return is_called and not _is_near_accused(words, name)


def _is_of_institution(words: list[Word], place: int) -> bool:
    """Whether "Ministry of" or another institution stands before a word."""
    before = words[max(place - 2, 0) : place]
    return len(before) == 2 and before[1].folded in _OF and is_listed(("institution",), before[0])


def _is_single_name(
    text: str, words: list[Word], place: int, terms: dict[int, int], titled: bool
) -> bool:
    """Whether one word with a capital is a name: Ms Hoti, the Hoti family, Hamza (6), suspect Hoti.

    A given name is one too; a word after another with a capital is not: Women and Girls Helpline.
    """
    if place > 0 and is_listed(("courtesy",), words[place - 1]):
        return True
    if _is_accused(text, words, place):
        return not titled
    if place > 0 and words[place - 1].text[0].isupper() and place > 1:
        return False
    following = words[place + 1].folded if place + 1 < len(words) else ""
    if (place > 0 and following in _FAMILY) or _AGE.match(text, words[place].end):
        return not titled
    return is_listed(("given",), words[place]) or (place - 1 in terms and not titled)


def _is_accused(text: str, words: list[Word], place: int) -> bool:
    """Whether an accusation follows a word: Hoxha, convicted in 2016; that Hoxha was convicted.

    Where a sentence begins with it, nouns have a capital too: with a verb, it is a listed surname.
    """
    after = place + 1
    while after < min(place + _NEAR + 1, len(words)) and words[after].folded in _LINKS:
        after += 1
    if after >= len(words) or not is_listed(("accused",), words[after]):
        return False
    mark = text[words[place].end : words[place + 1].start].strip()
    if mark:
        return mark in (",", "(", "–", "-")
    begins = place == 0 or text[words[place - 1].end : words[place].start].strip() != ""
    begins = begins or words[place - 1].text.endswith(".")
    has_verb = words[place + 1].folded in _VERBS
    return has_verb and (not begins or is_listed(("surname", "given"), words[place]))


def _initials_in(text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
    """Initials in the place of a name: A.K., as the press writes of suspects."""
    for match in _INITIALS.finditer(text):
        letters = [char for char in match[0] if char.isalpha()]
        if all(char.isupper() for char in letters) and not is_listed_word(
            ("never",), "".join(map(fold, letters))
        ):
            first, after = (
                bisect_left(words, place, key=lambda word: word.start) for place in match.span()
            )
            inside = range(first, after)
            if inside and not (inside[-1] + 1 < len(words) and _continues(text, words, inside[-1])):
                yield inside[0], inside[-1]


def _continues(text: str, words: list[Word], place: int) -> bool:
    """Whether a word with a capital follows at once: initials before a surname are of the run."""
    following = words[place + 1]
    return following.text[0].isupper() and text[words[place].end : following.start].isspace()


def _runs(text: str, words: list[Word]) -> Iterator[list[int]]:
    """Runs of words with a capital that only white space separates; particles may stand inside."""
    run: list[int] = []
    for place, word in enumerate(words):
        adjacent = not run or not text[words[place - 1].end : word.start].strip()
        if run and not (
            (adjacent and words[place - 1].text[-1] != ".") or _is_initial(words, place)
        ):
            yield _trimmed(run, words)
            run = []
        if _is_capitalised(word.text) or (run and word.text in _PARTICLES):
            run.append(place)
        elif run:
            yield _trimmed(run, words)
            run = []
    if run:
        yield _trimmed(run, words)


def _is_initial(words: list[Word], place: int) -> bool:
    """Whether the word before is one letter with a point, or a title such as Dr."""
    before = words[place - 1]
    return before.text[-1] == "." and (len(before.text) == 2 or is_listed(("title",), before))


def _trimmed(run: list[int], words: list[Word]) -> list[int]:
    while run and words[run[-1]].text in _PARTICLES:
        run.pop()
    return run


def _is_capitalised(text: str) -> bool:
    """Whether a word is written as names are: a capital, then small letters; not an acronym."""
    parts = [part for part in re.split(r"[-'’.]", text) if part]
    if not parts or not parts[0][0].isupper() or any(char.isdigit() for char in text):
        return False
    return len(text.rstrip(".")) == 1 or any(char.islower() for char in parts[0])


def _without_titles(run: list[int], words: list[Word], terms: dict[int, int]) -> list[int]:
    """A run without what stands before a name: titles, places, schools, listed terms, "The"."""
    first = 0
    while first < len(run) and (
        run[first] in terms
        or is_listed(("title", "namesake"), words[run[first]])
        or (is_listed(("place",), words[run[first]]) and len(run) - first > 2)
    ):
        first += 1
    return run[first:]


def _capitals(words: list[Word]) -> list[tuple[int, int]]:
    """For each place, how many longer words there are before it, and how many with a capital.

    The first word of a text is not counted.
    """
    counts = [(0, 0)]
    for place, word in enumerate(words):
        long, capital = counts[-1]
        if place and len(word.text) > 3 and not word.text[0].isdigit():
            long, capital = long + 1, capital + word.text[0].isupper()
        counts.append((long, capital))
    return counts


def _is_title(capitals: list[tuple[int, int]], name: list[int]) -> bool:
    """Whether most words of a text have capitals, apart from its first and those of `name`."""
    first, last = capitals[name[0]], capitals[name[-1] + 1]
    long, capital = (capitals[-1][n] - (last[n] - first[n]) for n in (0, 1))
    return long > 1 and capital >= _TITLE_SHARE * long
