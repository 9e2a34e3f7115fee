"""How well each thing of an index matches one word: by its own texts, and over its links.

A thing matches by its own texts, each field with a weight; and by the names of what it is linked
to, as `relations.tsv` says: of what it states a property of, of what contains that, and of what its
own frame states: a project matches by the funder of its programme, an event by the country of its
place.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .index import FIELDS
from .relations import relation
from .spelling import How, IndexTerm, IndexWords
from .words import SearchWord

_WEIGHTS: Final = dict(zip(FIELDS, (0.8, 1.0, 0.9, 0.25, 0.2, 0.35, 0.8), strict=True))
NAMING: Final = FIELDS[:3]
"""The fields whose words find what is linked to the thing, too."""

_LEAST: Final = 0.03
"""Scores below this are not followed on."""
_LONGEST_PATH: Final = 4
"""The most links from a thing to the name by which it matches."""
_DILUTION: Final = 0.04
"""What each further word of a text takes from the score of one."""
_MOST_DILUTED: Final = 20
"""The words from which on a text counts as no longer."""


@dataclass(frozen=True, slots=True)
class WordMatch:
    """Where a word of a search matches a thing.

    `word` is that of the search, as typed; `field` one of `FIELDS`, or the property that states the
    text, or that leads to the thing whose name matches: `location`; `text` is that text or name,
    `term` the word in it, `how` one of exact, form, prefix, meaning and spelling, and `score` from
    0 to 1.
    """

    word: str
    field: str
    text: str
    term: str
    how: How
    score: float


@dataclass(frozen=True, slots=True)
class WordMatches:
    """What a word of a search matches.

    `qualities` has the words of the index that it stands for, `by_iri` the matches of each thing,
    best first.
    """

    qualities: Mapping[str, float]
    by_iri: Mapping[str, Sequence[WordMatch]]

    def among(self, iris: Collection[str]) -> WordMatches:
        """The same, of these things alone."""
        by_iri = {iri: listed for iri, listed in self.by_iri.items() if iri in iris}
        return WordMatches(self.qualities, by_iri)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A text of the index that has a term."""

    iri: str
    field: str
    text: str
    term: IndexTerm
    score: float


@dataclass(slots=True)
class _Reached:
    """The best match of each thing in each field."""

    word: str
    best: dict[str, dict[str, WordMatch]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, iri: str, name: str, entry: _Entry, score: float) -> None:
        """Count the match of `entry` for a thing, unless the field has a better one."""
        by_field = self.best[iri]
        if name not in by_field or by_field[name].score < score:
            by_field[name] = WordMatch(
                self.word, name, entry.text, entry.term.text, entry.term.how, score
            )


class WordMatcher:
    """Matches words in an index, which `execute` reads; `redirects` lead on from retired things."""

    def __init__(
        self,
        execute: Callable[[str, list[Any]], list[tuple[Any, ...]]],
        redirects: Mapping[str, str],
    ) -> None:
        self._execute = execute
        self._redirects = redirects
        self.vocabulary = IndexWords(term for (term,) in execute("select term from vocabulary", []))

    def matches(self, word: SearchWord) -> WordMatches:
        """What a word matches.

        It is read as a misspelling only where no name, kind or year has it.
        """
        terms = self.vocabulary.matching(word.folded)
        entries = self._entries(terms)
        if not any(entry.field in (*NAMING, "kind", "year") for entry in entries):
            misspelt = self.vocabulary.misspelt(word.folded)
            entries += self._entries(misspelt)
            terms += misspelt
        reached = _Reached(word.typed)
        named: dict[tuple[str, bool], tuple[float, _Entry]] = {}
        for entry in sorted(entries, key=lambda entry: (-entry.score, entry.iri, entry.text)):
            reached.add(entry.iri, entry.field, entry, entry.score)
            if entry.field in NAMING:
                named.setdefault((entry.iri, True), (entry.score, entry))
        self._follow(named, reached)
        by_iri = {
            iri: sorted(by_field.values(), key=lambda match: (-match.score, match.field))
            for iri, by_field in reached.best.items()
        }
        return WordMatches({term.text: term.quality for term in terms}, by_iri)

    def _follow(
        self, named: Mapping[tuple[str, bool], tuple[float, _Entry]], reached: _Reached
    ) -> None:
        """Add what is linked to the things `named`, over properties of which one passes nothing on.

        The key of a thing on the way says whether it may still be reached by such a property.
        """
        frontier = dict(named)
        best = dict(named)
        for _ in range(_LONGEST_PATH):
            following: dict[tuple[str, bool], tuple[float, _Entry]] = {}
            for owner, name, target in self._links({iri for iri, _ in frontier}):
                row = relation(name)
                for is_free in (True, False):
                    score, entry = frontier.get((target, is_free), (0.0, None))
                    score *= row.weight
                    if entry is None or score < _LEAST or not (is_free or row.passes_on):
                        continue
                    reached.add(owner, name.partition(":")[2], entry, score)
                    state = owner, is_free and row.passes_on
                    if score > best.get(state, (0.0,))[0]:
                        best[state] = following[state] = score, entry
            frontier = following
            if not frontier:
                return

    def _entries(self, terms: Iterable[IndexTerm]) -> list[_Entry]:
        """The texts that have one of `terms`, each with the best of them."""
        by_text = {term.text: term for term in terms}
        if not by_text:
            return []
        rows = self._execute(
            "select iri, field, text, folded, property from entry where id in "
            "(select rowid from word where word match ?)",
            [" OR ".join(f'"{text}"' for text in by_text)],
        )
        entries = []
        for iri, number, text, folded, stated in rows:
            words = folded.split()
            listed = (by_text[word] for word in words if word in by_text)
            term = max(listed, key=lambda term: (term.quality, term.text))
            name, weight = FIELDS[number], _WEIGHTS[FIELDS[number]]
            if stated:
                name, weight = stated.partition(":")[2], relation(stated).weight
            elif name == "name" and iri in self._redirects:
                name, weight = "alias", _WEIGHTS["alias"]
            length = min(len(words) - 1, _MOST_DILUTED)
            score = weight * term.quality / (1 + _DILUTION * length)
            entries.append(_Entry(self._redirects.get(iri, iri), name, text, term, score))
        return entries

    def _links(self, targets: set[str]) -> list[tuple[str, str, str]]:
        """The links to these things: what is linked, the property, the thing."""
        former = [iri for iri, current in self._redirects.items() if current in targets]
        rows = self._execute(
            "select owner, property, target from link where target in "
            "(select value from json_each(?)) order by 1, 2, 3",
            [json.dumps([*sorted(targets), *former])],
        )
        return [
            (self._redirects.get(owner, owner), name, self._redirects.get(target, target))
            for owner, name, target in rows
        ]
