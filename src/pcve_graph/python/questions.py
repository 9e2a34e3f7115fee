"""The saved questions of a project, as `KnowledgeGraph.questions` lists them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.words import quantity
from ..query.html_tables import html_table
from ..query.saved import Parameter, SavedQuery
from ..query.themes import THEMES


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question. `kg.query(question.name, **question.example)` has rows.

    `parameters` are what it can be asked about, `columns` what each column means, by its name.
    """

    name: str
    summary: str
    description: str
    theme: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: dict[str, str]
    sparql: str = field(repr=False)

    @property
    def example(self) -> dict[str, str]:
        """An example of each parameter that is required, as arguments of `query`."""
        return {
            parameter.name: parameter.example
            for parameter in self.parameters
            if parameter.required and parameter.example
        }


class Questions(tuple[Question, ...]):
    """Questions, in the order of their themes and names."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(f"{question.name}  {question.summary}" for question in self)

    def _repr_html_(self) -> str:
        """A table: theme, name, question and parameters."""
        rows = [[html.escape(cell) for cell in _cells(question)] for question in self]
        count = quantity(len(self), "question")
        return html_table(("theme", "name", "question", "parameters"), rows, [count])


def _cells(question: Question) -> tuple[str, ...]:
    names = ", ".join(
        parameter.name + (" (required)" if parameter.required else "")
        for parameter in question.parameters
    )
    return question.theme, question.name, question.summary, names


def select_questions(queries: Iterable[SavedQuery], theme: str) -> Questions:
    """The queries of `theme`, or all of them where it is empty, by theme and name.

    Raises UsageError, with the nearest, for a theme that is none of THEMES.
    """
    if theme and theme not in THEMES:
        hint = did_you_mean(theme, THEMES) or "the themes are " + ", ".join(THEMES)
        raise UsageError(f"there is no theme {theme!r}; {hint}")
    order = {name: place for place, name in enumerate(THEMES)}
    chosen = [query for query in queries if not theme or query.theme == theme]
    chosen.sort(key=lambda query: (order.get(query.theme, len(order)), query.name))
    return Questions(
        Question(
            query.name,
            query.summary,
            query.description,
            query.theme,
            query.tags,
            tuple(query.params.values()),
            query.columns,
            query.text,
        )
        for query in chosen
    )
