"""Finds the question that answers a wording, or the few between which it leaves a choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..model.problems import UsageError
from ..query.saved import SavedQuery
from ..search.search import SearchIndex
from .askable import Askable, askables
from .assignment import lists_of
from .leftovers import leftovers
from .mentions import read_mentions
from .negations import negations
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
    question itself. `unused` are words, names and dates that it is not asked about, `negations`
    words that leave out what its answer has, and `missing` its required parameters without a value.
    With `is_doubtful` the answer would not be about what was asked: it leaves a name, a number, a
    place or a date unused, or the wording has a negation that it does not have.
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
    negations: tuple[str, ...] = ()
    is_doubtful: bool = False

    @property
    def doubts(self) -> tuple[str, ...]:
        """The remarks where they make it doubtful; none where they do not."""
        return self.remarks if self.is_doubtful else ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Lines on what the answer leaves out of the wording."""
        lines = [f"not asked about: {', '.join(self.unused)}"] if self.unused else []
        if self.negations:
            words = ", ".join(repr(word) for word in self.negations)
            lines.insert(0, f"no question takes {words}: the answer has what this leaves out")
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class QuestionMatches:
    """The questions nearest to a wording, the best first; none where none fits.

    `is_clear` is false where several answer about as well, or the best lacks a parameter or is
    doubtful.
    """

    text: str
    candidates: tuple[QuestionCandidate, ...]
    is_clear: bool

    @property
    def doubts(self) -> tuple[str, ...]:
        """Lines on why the best question is doubtful."""
        return self.candidates[0].doubts if self.candidates else ()


class QuestionFinder:
    """Finds questions among `askables`, for the things of `index`."""

    def __init__(self, askables: Sequence[Askable], index: SearchIndex) -> None:
        self._index = index
        self._lists = lists_of(param for askable in askables for param in askable.params.values())
        self._scorer = Scorer(askables)

    def find(self, text: str, limit: int = _CHOICES, today: date | None = None) -> QuestionMatches:
        """The questions that may answer `text`, at most `limit` (0 for all), best first.

        "today" and "now" in the text are the day `today`. Raises UsageError as `read_wording`, and
        for a day that does not exist.
        """
        wording = read_wording(text)
        asked = self._read(wording, today)
        ranked = self._scorer.scores(asked)
        best = ranked[0][1].value if ranked else 0
        candidates = [
            self._candidate(askable, score, wording, asked)
            for askable, score in ranked[: limit or None]
            if score.value >= _LEAST
        ]
        near = [score for _, score in ranked[1:] if score.value > best - _CLEAR]
        is_clear = best >= _SURE and not near and not candidates[0].missing
        is_clear = is_clear and not candidates[0].is_doubtful
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
        self, askable: Askable, score: Score, wording: Wording, asked: AskedWords
    ) -> QuestionCandidate:
        assignment = score.assignment
        own, described = self._scorer.features_of(askable)
        shared = self._scorer.shared_words(askable, score.words)
        left = leftovers(wording, asked, assignment, own, described)
        texts = (askable.summary, *askable.asks)
        negating = negations(wording, assignment.mention_of, texts, own)
        return QuestionCandidate(
            askable.name,
            askable.summary,
            dict(assignment.settings),
            askable.command(assignment.settings),
            round(score.value, 3),
            _why(wording, score, shared),
            left.texts,
            assignment.missing,
            askable.is_command,
            negating,
            left.are_decisive or bool(negating),
        )


def _why(wording: Wording, score: Score, shared: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of words and of what they match."""
    assignment = score.assignment
    why = [
        (wording.written(mention.first, mention.last), f"{name}={assignment.settings[name]}")
        for name, mention in assignment.mention_of.items()
    ]
    dates = [f"{n}={v}" for n, v in assignment.settings.items() if n not in assignment.mention_of]
    if dates:
        why.append(("the date", " ".join(dates)))
    if shared:
        why.append((" ".join(shared), score.ask))
    return tuple(why)


def find_questions(
    queries: Iterable[SavedQuery],
    index: SearchIndex,
    text: str,
    limit: int = _CHOICES,
    *,
    today: date,
    is_remote: bool = False,
) -> QuestionMatches:
    """The saved questions and commands that may answer `text`: `QuestionFinder.find`, one at least.

    Of the commands a server answers `show` alone: with `is_remote` there are no others. Raises
    UsageError as `find`, and where nothing fits.
    """
    listed = askables(queries)
    if is_remote:
        listed = tuple(item for item in listed if not item.is_command or item.name == "show")
    matches = QuestionFinder(listed, index).find(text, limit, today)
    if not matches.candidates:
        raise UsageError(
            f"no question fits {text!r}; `pcve queries` lists the questions, `pcve search` finds "
            "things"
        )
    return matches
