"""The words of questions: stems, words that say little, and words that mean the same.

`words.yml` has the words; what two wordings have in common is counted in the features that
`features` gives: the stem of each word, and the name of each group that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ..model.text_normalization import fold
from ..query.saved import entries, texts
from ..syntax.tree import MappingNode, RecordNode
from ..syntax.yaml import parse_yaml_record

_LONGEST_PHRASE: Final = 5
_IZE: Final = re.compile(r"iz(?=at|e|ing)")
_SHORTEST_PLURAL: Final = 4
_PLURALS: Final = {"ies": "y", "ches": "ch", "shes": "sh", "sses": "ss", "xes": "x", "s": ""}
_OWN_STEMS: Final = frozenset(("activity", "authority", "meeting", "organisation", "succession"))
"""Nouns that the stemmer takes for forms of active, author, meet, organise and success."""
_POSSESSIVE: Final = ("'s", "’s")


@dataclass(frozen=True, slots=True)
class WordLists:
    """The content of `words.yml`.

    `light` are words that need not be answered, though they help to find the question; `negations`
    leave something out. `groups_by_phrase` has the names of groups by the stems of a word or
    phrase, `names_by_term` other words for a term of a list, by its id.
    """

    skipped: frozenset[str]
    light: frozenset[str]
    negations: frozenset[str]
    groups_by_phrase: Mapping[tuple[str, ...], tuple[str, ...]]
    names_by_term: Mapping[str, tuple[str, ...]]


@lru_cache(1)
def word_lists() -> WordLists:
    """The words that the program has."""
    content = packaged_header("words.yml")
    groups: dict[tuple[str, ...], set[str]] = {}
    for name, phrases in _texts(content.get("same")):
        for phrase in phrases.split(","):
            groups.setdefault(stems(phrase), set()).add(f"#{name}")
    return WordLists(
        _word_set(content, "skipped"),
        _word_set(content, "light"),
        _word_set(content, "negations"),
        {phrase: tuple(sorted(names)) for phrase, names in groups.items()},
        {
            term: tuple(name.strip() for name in names.split(","))
            for term, names in _texts(content.get("terms"))
        },
    )


def _word_set(content: MappingNode, key: str) -> frozenset[str]:
    return frozenset(" ".join(texts(content.get(key))).split())


def packaged_header(name: str) -> MappingNode:
    """The content of a YAML file of this package, with keys as the header of a query has them."""
    node = parse_yaml_record(Path(__file__).with_name(name).read_text("utf-8"), name)
    return node if isinstance(node, MappingNode) else MappingNode((), node.position)


def _texts(node: RecordNode | None) -> Iterator[tuple[str, str]]:
    for key, value in entries(node):
        yield key.text, " ".join(texts(value))


@lru_cache(8192)
def stem(word: str) -> str:
    """The stem of a folded English word, in British spelling: organisation, organize."""
    noun = singular(word)
    return noun if noun in _OWN_STEMS else str(_stemmer().stemWord(_IZE.sub("is", word)))


def singular(word: str) -> str:
    """A folded English noun in the singular and in British spelling; other words as they are."""
    word = _IZE.sub("is", word)
    if len(word) < _SHORTEST_PLURAL or word.endswith(("ss", "is", "us")):
        return word
    for ending, replaced in _PLURALS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + replaced
    return word


@lru_cache(1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of a text."""
    return tuple(map(stem, folded_words(text)))


def folded_words(text: str) -> list[str]:
    """The folded words of a text, without the ending of a genitive."""
    for ending in _POSSESSIVE:
        text = text.replace(ending + " ", " ").removesuffix(ending)
    return fold(text).split()


def features(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(feature, first word, last word + 1) of folded words, each feature as often as it stands.

    A feature is the stem of a word that is not skipped, or `#group` of a word or phrase.
    """
    lists = word_lists()
    stemmed = list(map(stem, words))
    for first in range(len(words)):
        if words[first] not in lists.skipped and not words[first].isdecimal():
            yield stemmed[first], first, first + 1
        for last in range(first + 1, min(first + _LONGEST_PHRASE, len(words)) + 1):
            for group in lists.groups_by_phrase.get(tuple(stemmed[first:last]), ()):
                yield group, first, last
