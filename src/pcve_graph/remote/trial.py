"""Every saved question asked with its examples: does it answer, with the columns it promises?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..model.problems import ContentError, UsageError
from ..query.access import Reading, bind_in
from ..query.execute import Table
from ..query.saved import SavedQuery


@dataclass(frozen=True, slots=True)
class Trial:
    """One question asked once. `problem` is empty where it answered as it should."""

    name: str
    settings: dict[str, str]
    rows: int
    milliseconds: float
    problem: str = ""


def examples(query: SavedQuery) -> Iterator[dict[str, str]]:
    """The settings to try: what is needed alone, then every parameter that has an example."""
    every = {name: each.example for name, each in query.params.items() if each.example}
    needed = {name: text for name, text in every.items() if query.params[name].required}
    yield needed
    if every != needed:
        yield every


def trials(graph: Reading, queries: Iterable[SavedQuery], timeout: float) -> Iterator[Trial]:
    """Each question with each of its examples, in their order; `timeout` in seconds for each."""
    for query in queries:
        for settings in examples(query):
            start = time.perf_counter()
            rows, problem = 0, ""
            try:
                bindings = bind_in(graph, query, settings)
                start = time.perf_counter()
                answer = graph.ask(query.text, bindings, query.path, timeout=timeout)
            except UsageError as error:
                problem = str(error)
            except ContentError as error:
                problem = str(error.problems[0])
            else:
                if isinstance(answer, Table):
                    rows = len(answer.rows)
                    if query.columns and answer.columns != tuple(query.columns):
                        problem = f"its columns are {', '.join(answer.columns)}"
            spent = (time.perf_counter() - start) * 1000
            yield Trial(query.name, settings, rows, spent, problem)
