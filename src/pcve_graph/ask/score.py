"""How well a question answers a wording: what both say, and whether its parameters take all of it.

What a question says are its typical wordings (`asks`), its summary and tags. Words count by
their rarity among all questions. What a question cannot be asked about counts against it, less
where its own words or columns have it; a required parameter without a value counts most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..query.asks import SLOT
from .askable import Askable
from .assignment import Assignment, assign
from .mentions import NameMention
from .periods import AskedPeriod
from .words import features, folded_words, stem, word_lists

_ASK_WEIGHT: Final = 0.25
"""Of the similarity to the nearest typical wording."""
_WHOLE_WEIGHT: Final = 0.4
"""Of the similarity to all that the question says."""
_SHARE_WEIGHT: Final = 0.4
"""Of the share of the wording that the question has somewhere."""
_SUMMARY: Final = 2.0
_TAG: Final = 0.7
_DESCRIBED: Final = 0.4
"""How much a word counts in a summary, a tag, a description; 1 is one of a typical wording."""
_UNSEEN: Final = 1.0
"""The rarity of a word that no question has: it does not tell one from another."""
_SLOT_RARITY: Final = 1.5
_GROUP_WEIGHT: Final = 1.1
"""Of a group of words that mean the same, relative to a word itself."""
_ENOUGH: Final = 0.15
"""What both say that is enough for what parameters take to count in full."""
_TAKEN: Final = 0.15
"""For a thing or term that a parameter takes."""
_COMMON: Final = 0.4
"""Of a name that is a common word of questions too."""
_DROPPED_THING: Final = 0.24
_DROPPED_TERM: Final = 0.2
"""For a thing or a term that no parameter takes."""
_EXCUSED_THING: Final = 0.08
_EXCUSED_TERM: Final = 0.05
"""The same, where the question has it in its words or columns."""
_PERIOD_TAKEN: Final = 0.2
_PERIOD_DROPPED: Final = 0.3
"""For a day or a period, which a question about another one does not answer."""
_PERIOD_EXCUSED: Final = 0.05
_MISSING: Final = 0.3
"""For a required parameter without a value."""
_UNFILLED: Final = 0.02
"""For each parameter that could be set and is not: of two questions, the simpler one."""
_REMEMBERED: Final = 1_000
_DATE_COLUMNS: Final = frozenset(("year", "start"))


@dataclass(frozen=True, slots=True)
class AskedWords:
    """What a wording says: folded words that name nothing, what it names, and its period."""

    words: tuple[str, ...]
    mentions: tuple[NameMention, ...]
    period: AskedPeriod | None
    words_of: Mapping[NameMention, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a question answers, higher is better; `ask` is the nearest typical wording.

    `words` are the folded words of the wording that no parameter takes.
    """

    value: float
    assignment: Assignment
    ask: str
    words: tuple[str, ...]


class _Profile:
    """The features of a question: of each typical wording, and of all that it says."""

    def __init__(self, askable: Askable) -> None:
        self.askable = askable
        self.asks = [
            (ask, frozenset(_ask_features(ask)), frozenset(SLOT.findall(ask)))
            for ask in (askable.summary, *askable.asks)
        ]
        words = [askable.summary, *askable.tags, askable.name.replace("-", " ")]
        self.own = {feature for text in words for feature in _text_features(text)}
        self.own |= {feature for _, own, _ in self.asks for feature in own}
        self.counts = self._counted()
        self.described = (
            set(_text_features(" ".join((*askable.described, *askable.columns)))) - self.own
        )

    def _counted(self) -> dict[str, float]:
        """How often the question has each feature, in its words of each sort."""
        counts: dict[str, float] = {}
        own = self.askable
        sorts = (
            (_SUMMARY, [own.summary]),
            (1.0, own.asks),
            (_TAG, [*own.tags, own.name.replace("-", " ")]),
            (_DESCRIBED, [" ".join((*own.described, *own.columns))]),
        )
        for weight, texts in sorts:
            for text in texts:
                for feature in {*_text_features(SLOT.sub(" ", text))}:
                    counts[feature] = counts.get(feature, 0) + weight
        return counts

    def part(self, feature: str) -> float:
        """How far a question has a feature: in full, or in its description."""
        return 1 if feature in self.own else _DESCRIBED if feature in self.described else 0

    def says(self, mention: NameMention, asked: AskedWords) -> bool:
        """Whether one word that is another name of a term is a word of the question itself."""
        return (
            mention.words == 1
            and all(hit.kind == "concept" and hit.matched == "other name" for hit in mention.hits)
            and all(stem(word) in self.own for word in asked.words_of[mention])
        )


class Scorer:
    """Scores wordings against questions; what it knows of their words is worked out once."""

    def __init__(self, askables: Sequence[Askable]) -> None:
        self._profiles = [_Profile(askable) for askable in askables]
        documents = Counter(
            feature for profile in self._profiles for feature in profile.own if "{" not in feature
        )
        number = len(self._profiles)
        self._rarity = {
            feature: math.log(1 + number / count) for feature, count in documents.items()
        }
        self._lists = _lists_by_name(askables)
        self._asks = {
            (profile.askable.name, ask): {name: self._weight(name) for name in sorted(own)}
            for profile in self._profiles
            for ask, own, _ in profile.asks
        }
        self._wholes = {
            profile.askable.name: _unit(
                {
                    name: self._weight(name) * math.sqrt(count)
                    for name, count in sorted(profile.counts.items())
                }
            )
            for profile in self._profiles
        }
        self._weights_by_words: dict[tuple[str, ...], dict[str, float]] = {}

    def scores(self, asked: AskedWords) -> list[tuple[Askable, Score]]:
        """The score of each question, the best first, of equal ones by name."""
        pairs = [(profile.askable, self._score(profile, asked)) for profile in self._profiles]
        return sorted(pairs, key=lambda pair: (-pair[1].value, pair[0].name))

    def _weight(self, feature: str) -> float:
        if feature.startswith("{"):
            return _SLOT_RARITY
        rarity = self._rarity.get(feature, _UNSEEN)
        return rarity * _GROUP_WEIGHT if feature.startswith("#") else rarity

    def _score(self, profile: _Profile, asked: AskedWords) -> Score:
        """The score by the typical wording that gives the best one."""
        own_words = [mention for mention in asked.mentions if profile.says(mention, asked)]
        mentions = [mention for mention in asked.mentions if mention not in own_words]
        scores = []
        assignments: dict[frozenset[str], Assignment] = {}
        for ask, _, slots in profile.asks:
            if slots not in assignments:
                params = profile.askable.params
                assignments[slots] = assign(params, mentions, asked.period, slots)
            weighted = ask, self._asks[profile.askable.name, ask]
            scores.append(self._score_of(profile, asked, weighted, assignments[slots], own_words))
        return max(scores, key=lambda score: score.value)

    def _score_of(
        self,
        profile: _Profile,
        asked: AskedWords,
        ask: tuple[str, Mapping[str, float]],
        assignment: Assignment,
        own_words: Sequence[NameMention],
    ) -> Score:
        words = [*asked.words]
        for mention in (*own_words, *assignment.dropped):
            words += asked.words_of[mention]
        wanted = self._weighted(tuple(words))
        slots = {f"{{{name}}}": _SLOT_RARITY for name in assignment.settings}
        similarity = self._cosine(wanted | slots, ask[1])
        share = sum(weight * profile.part(feature) for feature, weight in wanted.items())
        share /= sum(wanted.values()) or 1
        whole = self._wholes[profile.askable.name]
        likeness = sum(weight * whole.get(feature, 0) for feature, weight in wanted.items())
        likeness /= math.hypot(*wanted.values()) or 1
        text = _ASK_WEIGHT * similarity + _WHOLE_WEIGHT * likeness + _SHARE_WEIGHT * share
        fit = self._fit(profile, asked, assignment)
        value = text + (fit * min(1, text / _ENOUGH) if fit > 0 else fit)
        return Score(value, assignment, ask[0], tuple(words))

    def features_of(self, askable: Askable) -> tuple[frozenset[str], frozenset[str]]:
        """The features of what a question asks, and the others of its columns and descriptions."""
        profile = next(item for item in self._profiles if item.askable is askable)
        return frozenset(profile.own), frozenset(profile.described)

    def shared_words(self, askable: Askable, words: Sequence[str]) -> tuple[str, ...]:
        """The folded words that a question has too, in their order."""
        own, _ = self.features_of(askable)
        shared = {
            place
            for feature, first, last in features(words)
            if feature in own
            for place in range(first, last)
        }
        return tuple(words[place] for place in sorted(shared))

    def _weighted(self, words: tuple[str, ...]) -> dict[str, float]:
        """The features of words, each with its weight."""
        if words not in self._weights_by_words:
            if len(self._weights_by_words) > _REMEMBERED:
                self._weights_by_words.clear()
            names = {feature for feature, _, _ in features(words)}
            self._weights_by_words[words] = {name: self._weight(name) for name in sorted(names)}
        return self._weights_by_words[words]

    def _cosine(self, wanted: Mapping[str, float], own: Mapping[str, float]) -> float:
        product = sum(weight * own.get(feature, 0) for feature, weight in wanted.items())
        lengths = math.hypot(*wanted.values()) * math.hypot(*own.values())
        return product / lengths if lengths else 0.0

    def _fit(self, profile: _Profile, asked: AskedWords, assignment: Assignment) -> float:
        value = 0.0
        for name, fit in assignment.fits.items():
            common = _is_common(asked.words_of[assignment.mention_of[name]])
            value += _TAKEN * fit * (_COMMON if common else 1) - _DROPPED_THING * (1 - fit)
        for mention in assignment.dropped:
            is_term = all(hit.kind == "concept" for hit in mention.hits)
            if self._is_excused(profile, asked.words_of[mention], mention):
                value -= _EXCUSED_TERM if is_term else _EXCUSED_THING
            else:
                value -= _DROPPED_TERM if is_term else _DROPPED_THING
        if asked.period is not None:
            if assignment.period_fit:
                value += _PERIOD_TAKEN * assignment.period_fit
            else:
                has_dates = _DATE_COLUMNS & {*profile.askable.columns}
                value -= _PERIOD_EXCUSED if has_dates else _PERIOD_DROPPED
        unfilled = len(profile.askable.params) - len(assignment.settings)
        return value - _MISSING * len(assignment.missing) - _UNFILLED * unfilled

    def _is_excused(self, profile: _Profile, words: Sequence[str], mention: NameMention) -> bool:
        """Whether the question has a dropped mention in its words, or a column for its list."""
        lists = {
            hit.id.partition("/")[0] if hit.kind == "concept" else hit.kind for hit in mention.hits
        }
        if any(lists & self._lists.get(column, frozenset()) for column in profile.askable.columns):
            return True
        own = [feature for feature, _, _ in features(words) if not feature.startswith("#")]
        return _is_common(words) or (bool(own) and all(feature in profile.own for feature in own))


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    """A vector of length 1 in the same direction."""
    length = math.hypot(*vector.values()) or 1
    return {name: weight / length for name, weight in vector.items()}


def _is_common(words: Sequence[str]) -> bool:
    """Whether words that name a term are common in questions: host, partner, women."""
    return tuple(map(stem, words)) in word_lists().groups_by_phrase


def _ask_features(ask: str) -> Iterable[str]:
    for part in SLOT.split(ask)[::2]:
        yield from _text_features(part)
    yield from (f"{{{name}}}" for name in SLOT.findall(ask))


def _text_features(text: str) -> Iterable[str]:
    return (feature for feature, _, _ in features(folded_words(text)))


def _lists_by_name(askables: Iterable[Askable]) -> dict[str, frozenset[str]]:
    """The lists and kinds that parameters of a name take; columns of that name have the same."""
    lists: dict[str, set[str]] = {}
    for askable in askables:
        for param in askable.params.values():
            own = {param.scheme} if param.type == "concept" else {*param.kinds}
            lists.setdefault(param.name, set()).update(own)
    return {name: frozenset(values) for name, values in lists.items()}
