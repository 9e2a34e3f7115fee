"""The order of the things that match a search.

The score of a thing is the sum, over the words of the search, of how well each matches it times how
rare it is (Robertson and Spärck Jones: the logarithm of the number of things over that of those
that match), as a share of what the words can give; and a bonus where its name begins with the
search or has it as a phrase. What has the search as its name comes first, as its other name next,
and then the sources with this title; then what matches all words, then what matches some of them,
the less it misses the earlier. Where a name has all words as they are typed, what has only a slip
or another meaning of one of them comes after what has them all: Republika Srpska is not Serbia.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..evidence.word_forms import significant
from ..model.text_normalization import fold
from .scores import NAMING, WordMatch, WordMatches

_FURTHER: Final = 0.1
"""What the second to fourth best matches of a word add, at most."""
_ALIAS: Final = 0.9
_PHRASES: Final = (0.5, 0.35, 0.3, 0.15)
"""What a name adds that is the search, begins with its words, with its letters, or contains it."""
_LONG_PHRASE: Final = 3
"""A search of so many words that a name contains is hardly there by chance: it adds the most."""
_SLIGHT: Final = 0.1
"""Matches with a lower score count only for a thing that has no better ones."""
_COVERED: Final = 0.4
"""What a name adds of which the search has every word, in whatever order and form."""
_TITLE, _ALL, _LOOSE, _SOME = 2, 3, 4, 5
"""The tiers after 0, the name, and 1, another name."""
_LOOSELY: Final = frozenset(("meaning", "spelling"))
"""How a word is matched that does not stand there, in any form."""
_SOURCE: Final = "source"
_KINDS: Final = {"concept": 0.8, _SOURCE: 0.6}
"""What the score of a term of a list or of a source is multiplied with."""


@dataclass(frozen=True, slots=True)
class RankedThing:
    """A thing that matches: its tier (0 is best), its score, the best match of each word.

    `listed` has all matches of each word, `phrases` the folded search where a name is the search.
    """

    iri: str
    tier: int
    score: float
    matches: tuple[WordMatch, ...]
    listed: Sequence[Sequence[WordMatch]]
    phrases: Sequence[str]

    def shown(self) -> tuple[str, str]:
        """The field and text in which most words match, and best; the name that is the search."""
        by_text: dict[tuple[str, str], float] = defaultdict(float)
        for match in itertools.chain.from_iterable(self.listed):
            by_text[match.field, match.text] += 1 + match.score
        whole = [place for place in by_text if self.phrases and fold(place[1]) in self.phrases]
        return max(whole or by_text, key=lambda place: (by_text[place], place))


def ranked_things(
    matches: Sequence[WordMatches],
    names: Mapping[str, Sequence[tuple[str, str]]],
    kinds: Mapping[str, str],
    phrases: Sequence[str],
) -> list[RankedThing]:
    """The things that match, unordered.

    `matches` has those of each word by IRI, `names` the fields and folded names of things whose
    name has all words, `kinds` the kind of every thing; `phrases` are the folded search and its
    words alone.
    """
    masses = [sum(best[0].score for best in word.by_iri.values()) for word in matches]
    rarities = [math.log(1 + len(kinds) / (1 + mass)) for mass in masses]
    total = sum(rarities) or 1.0
    has_literal = _has_literal(names, kinds, phrases)
    things = []
    for iri in {iri for word in matches for iri in word.by_iri}:
        listed = [word.by_iri.get(iri, ()) for word in matches]
        score = covered = 0.0
        for of_word, rarity in zip(listed, rarities, strict=True):
            if of_word:
                further = min(1.0, sum(match.score for match in of_word[1:4]))
                score += rarity * (of_word[0].score + _FURTHER * further)
                covered += rarity * min(1.0, 0.4 + of_word[0].score)
        tier, bonus = _by_name(names.get(iri, ()), phrases, matches)
        score = (score / total + bonus) * _KINDS.get(kinds[iri], 1.0)
        best = [of_word[0] for of_word in listed if of_word]
        best = [match for match in best if match.score >= _SLIGHT] or best
        if tier < _ALL and kinds[iri] == _SOURCE:
            tier = _TITLE
        elif tier == _ALL and len(best) < len(matches):
            tier, score = _SOME, score * (covered / total) ** 2
        elif tier == _ALL and has_literal and any(match.how in _LOOSELY for match in best):
            tier = _LOOSE
        named = phrases if tier < _ALL else ()
        things.append(RankedThing(iri, tier, round(score, 4), tuple(best), listed, named))
    return things


def _has_literal(
    names: Mapping[str, Sequence[tuple[str, str]]],
    kinds: Mapping[str, str],
    phrases: Sequence[str],
) -> bool:
    """Whether a name of a record or term has all words that count, as they are typed."""
    words = set.intersection(*({*phrase.split()} for phrase in phrases))
    return any(
        words <= {*name.split()}
        for iri, listed in names.items()
        if kinds[iri] != _SOURCE
        for _, name in listed
    )


def _by_name(
    names: Sequence[tuple[str, str]], phrases: Sequence[str], matches: Sequence[WordMatches]
) -> tuple[int, float]:
    """The tier of a thing whose names have all words, and what its best name adds."""
    tier, bonus = _ALL, 0.0
    for field, name in names:
        is_alias = field == NAMING[-1]
        if name in phrases:
            tier = min(tier, 1 if is_alias else 0)
        added = max(
            *(_of_phrase(name, phrase) for phrase in phrases), _COVERED * _covered(name, matches)
        )
        bonus = max(bonus, added * (_ALIAS if is_alias else 1.0))
    return tier, bonus


def _of_phrase(name: str, phrase: str) -> float:
    """What a name adds that has the search as a phrase."""
    likenesses = (
        name == phrase,
        f"{name} ".startswith(f"{phrase} "),
        name.startswith(phrase),
        f" {phrase} " in f" {name} ",
    )
    if likenesses[-1] and phrase.count(" ") >= _LONG_PHRASE - 1:
        return _PHRASES[0]
    return next((added for added, holds in zip(_PHRASES, likenesses, strict=True) if holds), 0.0)


def _covered(name: str, matches: Sequence[WordMatches]) -> float:
    """How much of a name the search has, if the name has all words of the search; else 0."""
    words = significant(name.split())
    if not all(any(word in match.qualities for word in words) for match in matches):
        return 0
    best = (max(match.qualities.get(word, 0.0) for match in matches) for word in words)
    return sum(best) / len(words)
