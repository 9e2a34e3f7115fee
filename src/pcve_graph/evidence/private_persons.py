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
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from ..model.text_normalization import fold

DISTANCE: Final = 12
"""Words between a name and a term, at most."""

_NEAR: Final = 3
"""Words between a term and a given name that stands alone, at most."""

_LONGEST: Final = 4
"""Words of a name, at most; a longer run of capitalised words is a title of something."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*\.?")
_INITIALS: Final = re.compile(r"\b[^\W\d_]\. ?[^\W\d_]\.(?!\w)")
_PARTICLES: Final = frozenset(
    ["de", "del", "der", "den", "di", "da", "van", "von", "al", "el", "bin", "ibn", "ben"]
)
_OF: Final = frozenset(("of", "for", "за", "za"))
"""Words between an institution and what it is for."""

_FAMILY: Final = frozenset(("family", "brothers", "sisters"))
"""Words that follow the surname of a family in English."""

_AGE: Final = re.compile(r",? \(?[1-9]?\d(?:\)|,)")
"""An age after a name: (6), or 6 between commas."""

_ENDINGS: Final = ("a", "u", "e", "i", "o", "om", "em", "ot", "it", "in", "s", "un", "ov", "ev")
"""Endings of the cases of names, and of the English possessive."""

_TITLE_SHARE: Final = 0.6
"""Share of capitalised words from which a text is a title, where capitals say little."""


class Word(NamedTuple):
    """A word of a text: as it stands, folded, and where it begins and ends."""

    text: str
    folded: str
    start: int
    end: int


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
    words = [_word(match) for match in _WORD.finditer(text)]
    terms = _terms_in(words)
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
        mentions.setdefault(folded, Mention(name, words[near].text, spellings(folded)))
    return tuple(mentions.values())


def person_names(text: str) -> tuple[str, ...]:
    """The names in `text` that look like those of persons, without regard to terms."""
    words = [_word(match) for match in _WORD.finditer(text)]
    return tuple(
        text[words[first].start : words[last].end] for first, last in _names_in(text, words, {})
    )


def person_of_id(identifier: str) -> str:
    """An id as a name, where one of its words is a given name or ends as surnames do; else empty.

    An id has no capitals, so a body that is called like a person is reported too.
    """
    parts = identifier.split("-")
    personal = [part for part in parts if not _in(("institution", "place"), part)]
    named = any(_in(("given", "surname"), part) for part in personal)
    return " ".join(parts) if named else ""


def spellings(folded: str) -> frozenset[str]:
    """A folded name, and the names of which it may be an inflected form: ane vale is ana vale."""
    forms = [_uninflected(word) for word in folded.split()[: _LONGEST + 1]]
    return frozenset(map(" ".join, product(*forms)))


def _uninflected(word: str) -> list[str]:
    stems = {word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) > 2}
    return sorted({word, *stems, *(f"{stem}a" for stem in stems)})


def _word(match: re.Match[str]) -> Word:
    text = match[0]
    return Word(text, _folded(text), match.start(), match.end())


@lru_cache(2**16)
def _folded(text: str) -> str:
    return fold(text)


def _gap(place: int, first: int, last: int) -> int:
    """The number of words between a term at `place` and a name from `first` to `last`."""
    return max(first - place, place - last, 1) - 1


def _terms_in(words: list[Word]) -> dict[int, int]:
    """Where listed terms begin, with the number of their words."""
    places: dict[int, int] = {}
    for place, word in enumerate(words):
        for rest in _begun(word.folded):
            following = words[place + 1 : place + 1 + len(rest)]
            if len(following) == len(rest) and all(
                _matches(pattern, other.folded)
                for pattern, other in zip(rest, following, strict=True)
            ):
                places[place] = max(places.get(place, 0), 1 + len(rest))
    return places


@lru_cache(2**16)
def _begun(folded: str) -> tuple[tuple[str, ...], ...]:
    """The remaining words of each term that begins with this word, or with a part of it."""
    listed = _terms()
    patterns = {pattern for part in {folded, *folded.split()} for pattern in _patterns_of(part)}
    return tuple(rest for pattern in sorted(patterns) for rest in listed.get(pattern, ()))


def _patterns_of(folded: str) -> set[str]:
    """Every pattern that a folded word matches."""
    places = range(1, len(folded) + 1)
    return {folded, *(f"{folded[:end]}*" for end in places), *(f"*{folded[-n:]}" for n in places)}


def _matches(pattern: str, folded: str) -> bool:
    return pattern in _patterns_of(folded)


def _names_in(text: str, words: list[Word], terms: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The first and last word of each name; one word where it follows a term, or is a given name.

    In a title, where most words have capitals, a name has a given name or the ending of a surname.
    """
    yield from _initials_in(text, words)
    capitals = _capitals(words)
    for run in _runs(text, words):
        name = _without_titles(run, words, terms)
        if not name or any(_is(("institution", "calendar"), words[place]) for place in name):
            continue
        given = any(_is(("given",), words[place]) for place in name)
        of_place = any(_is(("place",), words[place]) for place in name) and not given
        of_term = name[-1] in terms and not given  # Center for Torture Victims
        of_body = _is_of_institution(words, name[0]) and not given  # Ministry of Spatial Planning
        if of_place or of_term or of_body or len(name) > _LONGEST:
            continue
        titled = _is_title(capitals, name)
        if len(name) == 1:
            if _is_single_name(text, words, name[0], terms, titled):
                yield name[0], name[0]
        elif not titled or given or any(_is(("surname",), words[place]) for place in name[1:]):
            yield name[0], name[-1]


def _is_of_institution(words: list[Word], place: int) -> bool:
    """Whether "Ministry of" or another institution stands before a word."""
    before = words[max(place - 2, 0) : place]
    return len(before) == 2 and before[1].folded in _OF and _is(("institution",), before[0])


def _is_single_name(
    text: str, words: list[Word], place: int, terms: dict[int, int], titled: bool
) -> bool:
    """Whether one word with a capital is a name: Ms Hoti, the Hoti family, Hamza (6), suspect Hoti.

    A given name is one too; a word after another with a capital is not: Women and Girls Helpline.
    """
    if place > 0 and _is(("courtesy",), words[place - 1]):
        return True
    if place > 0 and words[place - 1].text[0].isupper() and place > 1:
        return False
    following = words[place + 1].folded if place + 1 < len(words) else ""
    if (place > 0 and following in _FAMILY) or _AGE.match(text, words[place].end):
        return not titled
    return _is(("given",), words[place]) or (place - 1 in terms and not titled)


def _initials_in(text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
    """Initials in the place of a name: A.K., as the press writes of suspects."""
    for match in _INITIALS.finditer(text):
        letters = [char for char in match[0] if char.isalpha()]
        if all(char.isupper() for char in letters) and not _in(
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
    return before.text[-1] == "." and (len(before.text) == 2 or _is(("title",), before))


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
    """A run without what stands before a name: titles, places, listed terms, a first "The"."""
    first = 0
    while first < len(run) and (
        run[first] in terms
        or _is(("title",), words[run[first]])
        or (_is(("place",), words[run[first]]) and len(run) - first > 2)
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


def _is(kinds: tuple[str, ...], word: Word) -> bool:
    return _in(kinds, word.folded)


@lru_cache(2**16)
def _in(kinds: tuple[str, ...], folded: str) -> bool:
    """Whether a folded word, or a part of it between hyphens, is listed as one of these kinds.

    A given name is nothing else: Vladan is not a government (vlad*).
    """
    listed = _name_words()
    if folded in listed["given"]:
        return "given" in kinds
    return any(
        not listed[kind].isdisjoint(_patterns_of(part))
        for part in {folded, *folded.split()}
        for kind in kinds
    )


@cache
def _terms() -> dict[str, list[tuple[str, ...]]]:
    """The patterns of the further words of each listed term, by the pattern of its first word."""
    terms: dict[str, list[tuple[str, ...]]] = {}
    for *_, row in _rows("private_terms.tsv"):
        for term in row.split(","):
            first, *rest = map(_pattern, term.split())
            terms.setdefault(first, []).append(tuple(rest))
    return terms


@cache
def _name_words() -> dict[str, frozenset[str]]:
    rows = _rows("name_words.tsv")
    return {kind: frozenset(_pattern(word) for word in words.split(",")) for kind, words in rows}


def _pattern(word: str) -> str:
    """A pattern with its letters folded; the * that it begins or ends with stays."""
    word = word.strip()
    return f"{'*' * word.startswith('*')}{fold(word.strip('*')) or word}{'*' * word.endswith('*')}"


def _rows(name: str) -> list[list[str]]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
