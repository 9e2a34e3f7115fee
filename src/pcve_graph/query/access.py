"""A graph to read, wherever it lies: the saved one of a project, or one on a server.

Both answer the same questions with the same terms, and give what the readers of a thing, of names
and of labels need as a store.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from ..graph.store import SEARCH_INDEX, Saved
from ..model.problems import ContentError, UsageError, damage_as_usage
from ..model.schema import Ontology
from ..model.terms import Term
from .execute import Answer, Table, ask
from .parameters import bind
from .saved import SavedQuery
from .search import Index, open_index, saved_index, write_index
from .worker import Worker

if TYPE_CHECKING:
    from .remote.endpoint import Endpoint


_A_DAY: Final = 86_400.0


class Reading(Protocol):
    """What the readers of a graph ask of it."""

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = 0,
        memory: int | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        """The answer of `query.ask`, within `timeout` seconds and `memory` bytes, 0 for no bound.

        Without `memory` that of the worker holds; a server bounds its own.
        """

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        """A store with the labels and designation notes that `answer` needs in `form`."""

    def index(self) -> Index:
        """The names and texts of all things."""

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        """A store with all that `show` reads of one thing."""


class Here(Reading):
    """The saved graph of a project.

    `worker` asks it in a process with bounds; without one it is asked in this process, which has
    bounds of its own where it is that of a command.
    """

    def __init__(self, saved: Saved, worker: Worker | None = None) -> None:
        self.saved = saved
        self.worker = worker
        if worker is not None:
            worker.store = saved.folder / "store"

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = 0,
        memory: int | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        if self.worker is None or (timeout, memory) == (0, 0):
            with damage_as_usage():
                return ask(self.saved.store, text, bindings, name, limit=limit, service=service)
        return self.worker.ask(
            text, bindings, name, timeout=timeout, memory=memory, limit=limit, service=service
        )

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        return self.saved.store

    def index(self) -> Index:
        return saved_index(self.saved)

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        return self.saved.store


class There(Reading):
    """A graph on a server. Every method raises EndpointError where the server fails."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._index: Index | None = None

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        name: str = "query",
        *,
        timeout: float = 0,
        memory: int | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        seconds = timeout or _A_DAY
        return self.endpoint.ask(text, bindings, timeout=seconds, limit=limit, service=service)

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        from .remote.excerpts import of_words

        read = isinstance(answer, Table) and form in ("", "table", "markdown")
        return of_words(self.endpoint, answer) if read else ox.Store()  # type: ignore[arg-type]

    def index(self) -> Index:
        from .remote.excerpts import of_names

        if self._index is None:
            folder = Path(tempfile.mkdtemp(prefix="pcve-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            write_index(of_names(self.endpoint), folder / SEARCH_INDEX)
            self._index = open_index(folder)
        return self._index

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        from .remote.excerpts import of_thing

        return of_thing(self.endpoint, ontology, identifier)


def bind_in(graph: Reading, query: SavedQuery, settings: Mapping[str, str]) -> dict[str, Term]:
    """As `parameters.bind`, with the names of `graph` where a parameter is set to a name."""
    needed = any(
        parameter.type in ("thing", "concept") and settings.get(name, parameter.default)
        for name, parameter in query.params.items()
    )
    return bind(query, settings, graph.index() if needed else None)


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
    every = {
        name: parameter.example for name, parameter in query.params.items() if parameter.example
    }
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
