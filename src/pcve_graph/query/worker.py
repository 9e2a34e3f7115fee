"""Questions with bounds that hold: each is asked in a process that can be stopped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..model.limits import MEMORY, QUESTION_SECONDS
from ..model.project import Project
from ..model.terms import Term
from ..syntax.ontology import read_ontology
from ..system.sandbox.process import Process
from .execute import Answer, ask

if TYPE_CHECKING:
    from .why import Reason, Row


class Worker:
    """Asks the store in a folder in `process`, or in one of its own.

    A process serves one question after the other; it is killed when a bound is passed, and the
    next question starts another. `memory` bytes bound a question that says nothing else.
    """

    def __init__(self, store: Path, process: Process | None = None, memory: int = MEMORY) -> None:
        self.store = store
        self.process = process or Process()
        self.memory = memory

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = QUESTION_SECONDS,
        memory: int | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        """As `query.ask`, within `timeout` seconds and `memory` bytes.

        0 is no bound, None for `memory` that of the worker.
        Raises as it does, and StoppedError where time is up or the memory does not suffice.
        """
        question = (self.store.resolve(), text, dict(bindings or {}), name, limit, service)
        size = self.memory if memory is None else memory
        return self.process.call(_ask, *question, name=name, seconds=timeout, memory=size)

    def why(
        self, project: Project, text: str, bindings: Mapping[str, Term], row: Row
    ) -> tuple[Reason, ...]:
        """As `why.why` of the saved graph of `project`, within the time and memory of a question.

        Raises as `ask` does.
        """
        question = (self.store.resolve(), project, text, dict(bindings), dict(row))
        return self.process.call(_why, *question, name="the search for reasons")

    def close(self) -> None:
        """Stop the process, whatever it does."""
        self.process.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ask(
    store: Path,
    text: str,
    bindings: Mapping[str, Term],
    name: str,
    limit: int | None,
    service: bool,
) -> Answer:
    """In the process: the answer of the store in a folder."""
    return ask(_opened(store), text, bindings, name, limit=limit, service=service)


def _why(
    store: Path, project: Project, text: str, bindings: Mapping[str, Term], row: Row
) -> tuple[Reason, ...]:
    """In the process: what a row of an answer stands on."""
    from .why import why

    return why(_opened(store), read_ontology(project), text, bindings, row)


@lru_cache(1)
def _opened(store: Path) -> ox.Store:
    """The store in a folder, opened once in the process."""
    return ox.Store.read_only(str(store))
