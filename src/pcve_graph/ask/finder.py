"""Finds the question that answers a wording, or the few between which it leaves a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..search.search import SearchIndex
from .askable import Askable
from .assignment import lists_of
from .mentions import NameMention, read_mentions
from .periods import read_period
from .score import AskedWords, Score, Scorer
from .wording import Wording, read_wording
from .words import folded_words

_LEAST: Final = 0.15
"""The score below which a question does not fit."""
_SURE: Final = 0.35
"""The score above which there may be no doubt."""
_CLEAR: Final = 0.04
"""By how much the best score exceeds the next where there is no doubt."""
_CHOICES: Final = 3
"""Questions between which a choice is offered."""


@dataclass(frozen=True, slots=True)
class QuestionCandidate:
    """A question that may answer a wording: a saved question, or a command (`is_command`).

    `parameters` are filled from the words; `command` asks it, to copy. `score` is higher for a
    better fit. `why` are pairs of words and of what they match: a parameter with its value, or the
    question itself. `unused` are the names and dates that it cannot be asked about, `missing` its
    required parameters without a value.
    """

    name: str
    summary: str
    parameters: dict[str, str]
    command: str
    score: float
    why: tuple[tuple[str, str], ...]
    unused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class QuestionMatches:
    """The questions nearest to a wording, the best first; none where none fits.

    `is_clear` is false where several answer about as well, or the best lacks a parameter.
    """

    text: str
    candidates: tuple[QuestionCandidate, ...]
    is_clear: bool


class QuestionFinder:
    """Finds questions among `askables`, for the things of `index`."""

    def __init__(self, askables: Sequence[Askable], index: SearchIndex) -> None:
        self._index = index
        self._lists = lists_of(param for askable in askables for param in askable.params.values())
        self._scorer = Scorer(askables)

    def find(self, text: str, limit: int = _CHOICES, today: date | None = None) -> QuestionMatches:
        """The questions that may answer `text`, at most `limit` (0 for all), best first.

        "today" and "now" in the text are the day `today`. Raises UsageError as `read_wording`.
        """
        wording = read_wording(text)
        asked = self._read(wording, today)
        ranked = self._scorer.scores(asked)
        best = ranked[0][1].value if ranked else 0
        shared = self._scorer.shared_words
        candidates = [
            _candidate(askable, score, wording, asked, shared(askable, score.words))
            for askable, score in ranked[: limit or None]
            if score.value >= _LEAST
        ]
        near = [score for _, score in ranked[1:] if score.value > best - _CLEAR]
        is_clear = best >= _SURE and not near and not candidates[0].missing
        return QuestionMatches(text, tuple(candidates), is_clear)

    def _read(self, wording: Wording, today: date | None) -> AskedWords:
        mentions = read_mentions(wording, self._index, self._lists)
        text = wording.text
        for mention in mentions:
            start, end = wording.words[mention.first].start, wording.words[mention.last - 1].end
            text = text[:start] + " " * (end - start) + text[end:]
        period, rest = read_period(text, today)
        words = tuple(folded_words(rest))
        words_of = {
            mention: tuple(word.folded for word in wording.words[mention.first : mention.last])
            for mention in mentions
        }
        return AskedWords(words, mentions, period, words_of)


def _candidate(
    askable: Askable,
    score: Score,
    wording: Wording,
    asked: AskedWords,
    shared: tuple[str, ...],
) -> QuestionCandidate:
    assignment = score.assignment

    def written(mention: NameMention) -> str:
        return wording.written(mention.first, mention.last)

    why = [
        (written(mention), f"{name}={assignment.settings[name]}")
        for name, mention in assignment.mention_of.items()
    ]
    dates = [f"{n}={v}" for n, v in assignment.settings.items() if n not in assignment.mention_of]
    if dates:
        why.append(("the date", " ".join(dates)))
    if shared:
        why.append((" ".join(shared), score.ask))
    unused = [written(mention) for mention in assignment.dropped]
    if asked.period and not assignment.period_fit:
        unused.append("the date")
    return QuestionCandidate(
        askable.name,
        askable.summary,
        dict(assignment.settings),
        askable.command(assignment.settings),
        round(score.value, 3),
        tuple(why),
        tuple(unused),
        assignment.missing,
        askable.is_command,
    )


def no_question_fits(text: str) -> str:
    """The message where no question fits."""
    return (
        f"no question fits {text!r}; `pcve queries` lists the questions, `pcve search` finds things"
    )
