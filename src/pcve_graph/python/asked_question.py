"""What `KnowledgeGraph.ask` returns: the question that answers plain words, and its answer."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from ..ask.finder import QuestionCandidate
from ..model.calls import names_checked
from ..model.limits import read_count
from ..model.problems import UsageError
from ..query.html_tables import html_table
from ..query.results import Rows
from .reports import Report, ThingPage

AnswerToWords: TypeAlias = Rows | Report | ThingPage
"""The rows of a saved question, or what the method of a command returns."""


@dataclass(frozen=True)
class AskedQuestion:
    """The question that answers a wording, and the nearest others.

    `candidates` are these, the best first. `is_clear` is false where several may be meant, or the
    best one lacks a parameter or leaves out a name, a number, a place or a negation of the wording
    (`doubts` says which); then there is no answer before `choose`.
    """

    text: str
    candidates: tuple[QuestionCandidate, ...]
    is_clear: bool
    run: Callable[[QuestionCandidate], AnswerToWords] = field(repr=False)

    @property
    def question(self) -> str:
        """The name of the saved question or command that fits best."""
        return self.candidates[0].name

    @property
    def summary(self) -> str:
        """What it asks."""
        return self.candidates[0].summary

    @property
    def parameters(self) -> dict[str, str]:
        """Its parameters, filled from the words."""
        return self.candidates[0].parameters

    @property
    def command(self) -> str:
        """The command that asks it, to copy."""
        return self.candidates[0].command

    @property
    def score(self) -> float:
        """How well it fits; to be compared with those of the alternatives only."""
        return self.candidates[0].score

    @property
    def why(self) -> tuple[tuple[str, str], ...]:
        """Pairs of words and of what they match: a parameter with its value, or the question."""
        return self.candidates[0].why

    @property
    def unused(self) -> tuple[str, ...]:
        """The words of the wording that it is not asked about."""
        return self.candidates[0].unused

    @property
    def doubts(self) -> tuple[str, ...]:
        """Lines on what makes it doubtful: what the answer leaves out of the wording."""
        return self.candidates[0].doubts

    @property
    def alternatives(self) -> tuple[QuestionCandidate, ...]:
        """The nearest others, the best first."""
        return self.candidates[1:]

    @cached_property
    def answer(self) -> AnswerToWords:
        """The answer: rows of a saved question, a report, or the page of a thing.

        It is worked out when it is first read. Raises UsageError, with the choices, where several
        questions may be meant or a parameter is missing.
        """
        best = self.candidates[0]
        if best.missing:
            raise UsageError(f"{best.name} requires {', '.join(best.missing)}: {best.command}")
        if not self.is_clear:
            choices = "\n".join(
                f"    {number}  {candidate.command}  {candidate.summary}"
                for number, candidate in enumerate(self.candidates, 1)
            )
            doubts = "".join(f"{doubt}\n" for doubt in self.doubts)
            head = "several questions may be meant"
            if len(self.candidates) == 1:
                head = "only this question comes near"
            raise UsageError(f"{doubts}{head}; choose(1) is the first:\n{choices}")
        return self.run(best)

    @property
    def rows(self) -> Sequence[Any]:
        """The rows of the answer, of a thing its facts. Raises as `answer` does."""
        answer = self.answer
        if isinstance(answer, Rows):
            return answer
        return answer.rows if isinstance(answer, Report) else answer.view.facts

    @names_checked
    def choose(self, number: int) -> AskedQuestion:
        """The same with the question `number`, from 1, as the one that is meant.

        Raises UsageError for a number that none has.
        """
        place = read_count(number, "number")
        if not 1 <= place <= len(self.candidates):
            raise UsageError(f"number is from 1 to {len(self.candidates)}, not {number}")
        chosen = self.candidates[place - 1]
        rest = tuple(candidate for candidate in self.candidates if candidate is not chosen)
        return replace(self, candidates=(chosen, *rest), is_clear=not chosen.missing)

    def __str__(self) -> str:
        listed = self.candidates[:1] if self.is_clear else self.candidates
        return "\n".join(f"{candidate.command}\n{candidate.summary}" for candidate in listed)

    def _repr_html_(self) -> str:
        """A table of the questions that may be meant, with their commands."""
        rows = [
            [html.escape(cell) for cell in (candidate.summary, candidate.command)]
            for candidate in (self.candidates[:1] if self.is_clear else self.candidates)
        ]
        return html_table(("question", "command"), rows, [])
