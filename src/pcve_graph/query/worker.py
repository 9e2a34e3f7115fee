"""Query execution with enforced limits, in a process that can be killed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ..model.limits import MEMORY_BYTES, QUERY_SECONDS
from ..model.project import Project
from ..model.terms import Term
from ..system.sandbox.process import LimitedProcess
from .execute import Answer, ask

if TYPE_CHECKING:
    from .why import RowReason, RowTerms


class QueryWorker:
    """Queries the store in a folder in `process`, or in a process of its own.

    A process runs one query after another. It is killed when a query exceeds a limit, and the next
    query starts a new one. `memory` is the default limit of a query, in bytes.
    """

    def __init__(
        self, store: Path, process: LimitedProcess | None = None, memory: int = MEMORY_BYTES
    ) -> None:
        self.store = store
        self.process = process or LimitedProcess()
        self.memory = memory

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = QUERY_SECONDS,
        memory: int | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        """As `execute.ask`, within `timeout` seconds and `memory` bytes.

        0 is no limit; None for `memory` is the limit of the worker. Raises as `execute.ask` does,
        and StoppedError if the query exceeds a limit.
        """
        arguments = (self.store.resolve(), text, dict(bindings or {}), name, limit, service)
        size = self.memory if memory is None else memory
        return self.process.call(_ask, *arguments, name=name, seconds=timeout, memory=size)

    def why(
        self, project: Project, text: str, bindings: Mapping[str, Term], row: RowTerms
    ) -> tuple[RowReason, ...]:
        """As `why.why` on the saved graph of `project`, within the default limits of a query.

        Raises as `ask` does.
        """
        arguments = (self.store.resolve(), project, text, dict(bindings), dict(row))
        return self.process.call(_why, *arguments, name="the search for reasons")

    def close(self) -> None:
        """Kill the process, even while it runs a query."""
        self.process.close()

    def __enter__(self) -> QueryWorker:
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
    """Runs in the process: the answer of the store in a folder."""
    return ask(_open_store(store), text, bindings, name, limit=limit, service=service)


def _why(
    store: Path, project: Project, text: str, bindings: Mapping[str, Term], row: RowTerms
) -> tuple[RowReason, ...]:
    """Runs in the process: the facts that support a row of an answer."""
    from .why import why

    return why(_open_store(store), text, bindings, row)


@lru_cache(1)
def _open_store(store: Path) -> ox.Store:
    """The store in a folder, opened once per process."""
    return ox.Store.read_only(str(store))
