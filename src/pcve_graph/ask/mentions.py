"""The things and terms of lists that a question names, by any of their names.

The longest names win. A name of several words may be in the plural, and an adjective stands for
its country. An acronym that is a common word, such as HOPE or LIVE, counts in capitals only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from ..evidence.names_in_words import carries_name
from ..evidence.word_forms import word_list
from ..search.names import NamedThing
from ..search.names_in_text import names_of, things_named
from ..search.search import SearchIndex
from .partial_names import partial_names
from .wording import Wording
from .words import folded_words, singular, word_lists

_LONGEST_NAME: Final = 14
"""Words of a name, at most."""
_LINKS: Final = frozenset(("and", "of", "the", "for", "in", "on", "to", "a"))
_ADJECTIVE_ENDS: Final = ("n", "r", "ch", "sh", "ss", "se", "c", "ene")
_CODE: Final = 2
"""Letters of a code of a country, which counts in capitals only."""
_COUNTRY: Final = "country"
_WORDS_IN_CAPITALS: Final = word_list(
    "see it us at de es si hr ba hope live near cat bridge tip nap pave pact soc is as an or be pra"
    " am me can may ct first line sg tot ran led"
)


@dataclass(frozen=True, slots=True)
class NameMention:
    """Words from `first` to before `last` that name one thing, or several, each a hit."""

    first: int
    last: int
    hits: tuple[NamedThing, ...]

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.last - self.first


def read_mentions(
    wording: Wording, index: SearchIndex, lists: Collection[str]
) -> tuple[NameMention, ...]:
    """The mentions of a wording, which do not overlap, in order; of terms, those of `lists`."""
    mentions = [*_by_name(wording, index), *_terms(wording, index, lists)]
    named = {place for mention in mentions for place in range(mention.first, mention.last)}
    spans = {(mention.first, mention.last) for mention in mentions}
    mentions += [
        NameMention(first, last, (hit,))
        for first, last, hit in partial_names(wording, index, named)
        if (first, last) not in spans
    ]
    mentions.sort(key=lambda mention: (-mention.words, mention.first))
    chosen: list[NameMention] = []
    for mention in mentions:
        same = next((m for m in chosen if (m.first, m.last) == (mention.first, mention.last)), None)
        if same:
            iris = {hit.iri for hit in same.hits}
            more = tuple(hit for hit in mention.hits if hit.iri not in iris)
            chosen[chosen.index(same)] = replace(same, hits=same.hits + more)
        elif all(mention.last <= m.first or m.last <= mention.first for m in chosen):
            chosen.append(mention)
    return tuple(sorted(chosen, key=lambda mention: mention.first))


def _by_name(wording: Wording, index: SearchIndex) -> Iterable[NameMention]:
    """The things whose id or name stands in the wording, word for word."""
    spans: dict[str, list[tuple[int, int]]] = {}
    countries = _countries_by_adjective(wording, index)
    for first, last in _spans(len(wording.words)):
        words = [word.folded for word in wording.words[first:last]]
        replaced = [countries.get(word, word) for word in words]
        for text in {" ".join(words), " ".join(replaced), *_singular(words)}:
            spans.setdefault(text, []).append((first, last))
    for text, hits in things_named(index, spans).items():
        for first, last in spans[text]:
            if not _is_common_word(wording, first, last):
                yield NameMention(first, last, hits)


def _is_common_word(wording: Wording, first: int, last: int) -> bool:
    """Whether it is one word that is no name as it is written here."""
    word = wording.words[first]
    common = word_lists().skipped | _WORDS_IN_CAPITALS
    is_common = word.folded in common or len(word.folded) <= _CODE
    return last - first == 1 and (word.folded.isdecimal() or (is_common and not word.has_capitals))


def _spans(number: int) -> Iterable[tuple[int, int]]:
    for first in range(number):
        for last in range(first + 1, min(first + _LONGEST_NAME, number) + 1):
            yield first, last


def _singular(words: list[str]) -> Iterable[str]:
    last = words[-1]
    if len(last) > 3 and last.endswith("s"):
        yield " ".join([*words[:-1], last[:-1]])


def _countries_by_adjective(wording: Wording, index: SearchIndex) -> dict[str, str]:
    """The folded name of a country by each adjective of it in the wording: albania, albanian."""
    words = {word.folded for word in wording.words if word.folded.endswith(_ADJECTIVE_ENDS)}
    countries = names_of(index, (_COUNTRY,))
    names_by_label: dict[str, list[str]] = {}
    for hit in countries:
        names_by_label.setdefault(hit.label, []).append(hit.text)
    own = {word for hit in countries for word in folded_words(hit.text)}
    return {
        word: " ".join(folded_words(label))
        for word in sorted(words - own)
        if len(word) > 4
        for label in names_by_label
        if carries_name(word.capitalize(), [label], is_country=True)
    }


def _terms(wording: Wording, index: SearchIndex, lists: Collection[str]) -> Iterable[NameMention]:
    """The terms of lists one of whose names stands in the wording, in any form of its words."""
    hits_by_words: dict[tuple[str, ...], dict[str, NamedThing]] = {}
    more = word_lists().names_by_term
    for hit in names_of(index, lists) if lists else ():
        for text in (hit.text, *more.get(hit.id, ())):
            hits_by_words.setdefault(_key(folded_words(text)), {})[hit.iri] = hit
    longest = max(map(len, hits_by_words), default=0)
    for first, last in _spans(len(wording.words)):
        words = [word.folded for word in wording.words[first:last]]
        if words[0] in _LINKS or words[-1] in _LINKS:
            continue
        key = _key(words)
        is_name = len(key) <= longest and key in hits_by_words
        if is_name and not _is_common_word(wording, first, last):
            yield NameMention(first, last, tuple(hits_by_words[key].values()))


def _key(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a name in the singular, without those that only link others."""
    return tuple(singular(word) for word in words if word not in _LINKS)
