"""A graph to read, wherever it lies: the saved one of a project, or one on a server.

Both answer the same questions with the same terms, and give what the readers of a thing, of names
and of labels need as a store.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pyoxigraph as ox

from ..graph.store import SEARCH_INDEX, Saved
from ..model.problems import damage_as_usage
from ..model.schema import Ontology
from ..model.terms import Term
from .execute import Answer, Table, ask
from .parameters import bind
from .saved import SavedQuery
from .search import Index, open_index, write_index
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
        return self.saved.index()

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
