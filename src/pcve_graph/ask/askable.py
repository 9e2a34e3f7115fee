"""What can be asked: the saved questions of a project, and the commands that answer questions."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ..query.saved import Parameter, SavedQuery, entries, parameter, texts
from ..syntax.tree import MappingNode
from .words import packaged_header

ARGUMENT: Final = "id"
"""The parameter of a command that is its argument; all others are options."""


@dataclass(frozen=True, slots=True)
class Askable:
    """A saved question, or a command with the same standing (`is_command`).

    `asks` are typical wordings, in which a parameter stands in braces; `described` are the
    descriptions of the question, its parameters and its columns.
    """

    name: str
    summary: str
    tags: tuple[str, ...]
    asks: tuple[str, ...]
    params: Mapping[str, Parameter]
    columns: tuple[str, ...] = ()
    is_command: bool = False
    described: tuple[str, ...] = ()

    def command(self, settings: Mapping[str, str]) -> str:
        """The command that asks it, to copy; a required parameter that is not set is `…`."""
        values = dict(settings) | {
            name: "…"
            for name, param in self.params.items()
            if param.required and name not in settings
        }
        if not self.is_command:
            pairs = (f" --set {shlex.quote(f'{name}={value}')}" for name, value in values.items())
            return f"pcve query {shlex.quote(self.name)}{''.join(pairs)}"
        words = [values.pop(ARGUMENT)] if ARGUMENT in values else []
        for name, value in values.items():
            words += [f"--{name.replace('_', '-')}", value]
        return " ".join(["pcve", self.name, *map(shlex.quote, words)])


def askables(queries: Iterable[SavedQuery]) -> tuple[Askable, ...]:
    """The saved questions and the commands, by name."""
    questions = (
        Askable(
            query.name,
            query.summary,
            query.tags,
            query.asks,
            query.params,
            tuple(query.columns),
            described=(
                query.description,
                *(param.description for param in query.params.values()),
                *query.columns.values(),
            ),
        )
        for query in queries
    )
    return tuple(sorted([*questions, *commands()], key=lambda askable: askable.name))


@lru_cache(1)
def commands() -> tuple[Askable, ...]:
    """The commands that `commands.yml` describes."""
    return tuple(
        _command(key.text, node)
        for key, node in packaged_header("commands.yml").entries
        if isinstance(node, MappingNode)
    )


def _command(name: str, node: MappingNode) -> Askable:
    params = {
        key.text: parameter(key, value)
        for key, value in entries(node.get("params"))
        if isinstance(value, MappingNode)
    }
    summary = " ".join(texts(node.get("summary")))
    tags, asks = texts(node.get("tags")), texts(node.get("asks"))
    return Askable(name, summary, tags, asks, params, is_command=True)
