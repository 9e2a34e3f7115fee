"""How well a question answers a wording: what both say, and whether its parameters take all of it.

What a question says are its typical wordings (`asks`), its summary, tags and columns. Words count by
their rarity among all questions. What a question cannot be asked about counts against it, less
where its own words or columns have it; a required parameter without a value counts most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..query.asks import SLOT
from .askable import Askable
from .assignment import Assignment, assign
from .mentions import Mention
from .periods import AskedPeriod
from .words import features, folded_words

_ASK_WEIGHT: Final = 0.55
"""Of the similarity to the nearest typical wording."""
_TEXT_WEIGHT: Final = 0.45
"""Of the share of the wording that the question has somewhere."""
_SLOT_RARITY: Final = 1.5
_GROUP_WEIGHT: Final = 0.6
"""Of a group of words that mean the same, beside a word itself."""
_TAKEN: Final = 0.12
"""For a thing, term or period that a parameter takes."""
_DROPPED: Final = 0.18
"""For one that none takes."""
_EXCUSED: Final = 0.05
"""The same, where the question has it in its words or columns."""
_MISSING: Final = 0.45
"""For a required parameter without a value."""
_DATE_COLUMNS: Final = frozenset(("year", "start"))


@dataclass(frozen=True, slots=True)
class AskedWords:
    """What a wording says: folded words that name nothing, what it names, and its period."""

    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    period: AskedPeriod | None
    words_of: Mapping[Mention, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a question answers, higher is better; `ask` is the nearest typical wording.

    `shared` are the folded words of the wording that the question has.
    """

    value: float
    assignment: Assignment
    ask: str
    shared: tuple[str, ...]


class _Profile:
    """The features of a question: of each typical wording, and of all that it says."""

    def __init__(self, askable: Askable) -> None:
        self.askable = askable
        self.asks = [(ask, Counter(_ask_features(ask))) for ask in (askable.summary, *askable.asks)]
        words = [askable.summary, *askable.tags, *askable.columns, askable.name.replace("-", " ")]
        self.own = {feature for text in words for feature in _text_features(text)}
        self.own |= {feature for _, counts in self.asks for feature in counts}


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
        self._unseen = math.log(1 + number)
        self._lists = _lists_by_name(askables)

    def scores(self, asked: AskedWords) -> list[tuple[Askable, Score]]:
        """The score of each question, the best first, of equal ones by name."""
        pairs = [(profile.askable, self._score(profile, asked)) for profile in self._profiles]
        return sorted(pairs, key=lambda pair: (-pair[1].value, pair[0].name))

    def _weight(self, feature: str) -> float:
        if feature.startswith("{"):
            return _SLOT_RARITY
        rarity = self._rarity.get(feature, self._unseen)
        return rarity * _GROUP_WEIGHT if feature.startswith("#") else rarity

    def _score(self, profile: _Profile, asked: AskedWords) -> Score:
        assignment = assign(profile.askable.params, asked.mentions, asked.period)
        dropped = [word for mention in assignment.dropped for word in asked.words_of[mention]]
        counts = Counter(feature for feature, _, _ in features([*asked.words, *dropped]))
        wanted = dict.fromkeys(counts, 1.0)
        slots = {f"{{{name}}}": 1.0 for name in assignment.settings}
        similarity, ask = max((self._cosine(wanted | slots, own), ask) for ask, own in profile.asks)
        weights = {feature: self._weight(feature) for feature in wanted}
        total = sum(weights.values())
        share = sum(w for feature, w in weights.items() if feature in profile.own) / (total or 1)
        value = (
            _ASK_WEIGHT * similarity + _TEXT_WEIGHT * share + self._fit(profile, asked, assignment)
        )
        shared = {
            word
            for feature, first, last in features(asked.words)
            if feature in profile.own
            for word in asked.words[first:last]
        }
        return Score(value, assignment, ask, tuple(w for w in asked.words if w in shared))

    def _cosine(self, wanted: Mapping[str, float], own: Mapping[str, float]) -> float:
        product = sum(self._weight(feature) ** 2 for feature in wanted if feature in own)
        lengths = math.prod(
            math.sqrt(sum(self._weight(feature) ** 2 for feature in vector))
            for vector in (wanted, own)
        )
        return product / lengths if lengths else 0.0

    def _fit(self, profile: _Profile, asked: AskedWords, assignment: Assignment) -> float:
        value = sum(_TAKEN * fit for fit in assignment.fits.values())
        for mention in assignment.dropped:
            excused = self._is_excused(profile, asked.words_of[mention], mention)
            value -= _EXCUSED if excused else _DROPPED
        if asked.period is not None:
            if assignment.period_fit:
                value += _TAKEN * assignment.period_fit
            else:
                has_dates = _DATE_COLUMNS & {*profile.askable.columns}
                value -= _EXCUSED if has_dates else _DROPPED
        return value - _MISSING * len(assignment.missing)

    def _is_excused(self, profile: _Profile, words: Sequence[str], mention: Mention) -> bool:
        """Whether the question has a dropped mention in its words, or a column for its list."""
        lists = {
            hit.id.partition("/")[0] if hit.kind == "concept" else hit.kind for hit in mention.hits
        }
        if any(lists & self._lists.get(column, set()) for column in profile.askable.columns):
            return True
        own = [feature for feature, _, _ in features(words) if not feature.startswith("#")]
        return bool(own) and all(feature in profile.own for feature in own)


def _ask_features(ask: str) -> Iterable[str]:
    for part in SLOT.split(ask)[::2]:
        yield from _text_features(part)
    yield from (f"{{{name}}}" for name in SLOT.findall(ask))


def _text_features(text: str) -> Iterable[str]:
    return (feature for feature, _, _ in features(folded_words(text)))


def _lists_by_name(askables: Iterable[Askable]) -> dict[str, Collection[str]]:
    """The lists and kinds that parameters of a name take; columns of that name have the same."""
    lists: dict[str, set[str]] = {}
    for askable in askables:
        for param in askable.params.values():
            own = {param.scheme} if param.type == "concept" else {*param.kinds}
            lists.setdefault(param.name, set()).update(own)
    return {name: frozenset(values) for name, values in lists.items()}
