"""Read access to a graph: the saved graph of a project, or one on a SPARQL endpoint.

Both return the same terms for the same query, and provide the stores that the search index, `show`
and the rendering of labels read.
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

from ..graph.store import SEARCH_INDEX, StoredGraph
from ..model.problems import ContentError, UsageError, damage_as_usage_error
from ..model.schema import Ontology
from ..model.terms import Term
from ..search.index import write_index
from ..search.names import named_thing
from ..search.search import SearchIndex, open_index, saved_index
from .execute import Answer, ResultTable, ask
from .lists import with_lists
from .parameters import bind, is_looked_up
from .saved import SavedQuery
from .worker import QueryWorker

if TYPE_CHECKING:
    from .remote.endpoint import Endpoint


_UNLIMITED_SECONDS: Final = 86_400.0


class ReadableGraph(Protocol):
    """The operations that any readable graph offers."""

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
        """The answer of `execute.ask`, within `timeout` seconds and `memory` bytes; 0 is no limit.

        Without `memory` the limit of the worker applies; an endpoint limits its own memory.
        """

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        """A store with the labels and designation notes to render `answer` in the format `form`."""

    def index(self) -> SearchIndex:
        """An index of the names of all things."""

    def search_index(self) -> SearchIndex:
        """An index of the names of all things, of how they are linked, and of their years.

        That of a saved graph has their texts and quotes too.
        """

    def thing_iri(self, text: str, ontology: Ontology) -> str:
        """The IRI of the thing, source or term that `text` names, be it retired or not.

        Raises UsageError as `named_thing` does.
        """

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        """A store with everything that `show` reads about the thing with this IRI."""


class SavedGraph(ReadableGraph):
    """The saved graph of a project.

    `worker` runs queries in a process with limits on time and memory. Without one they run in this
    process, which the `pcve` command limits itself.
    """

    def __init__(self, saved: StoredGraph, worker: QueryWorker | None = None) -> None:
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
            with damage_as_usage_error():
                return ask(self.saved.store, text, bindings, name, limit=limit, service=service)
        return self.worker.ask(
            text, bindings, name, timeout=timeout, memory=memory, limit=limit, service=service
        )

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        return self.saved.store

    def index(self) -> SearchIndex:
        return saved_index(self.saved)

    def search_index(self) -> SearchIndex:
        return self.index()

    def thing_iri(self, text: str, ontology: Ontology) -> str:
        return named_thing(self.index(), text).named_iri

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        return self.saved.store


class EndpointGraph(ReadableGraph):
    """A graph on a SPARQL endpoint. Every method raises EndpointError if the server fails."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._index: SearchIndex | None = None
        self._is_linked = False

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
        seconds = timeout or _UNLIMITED_SECONDS
        return self.endpoint.ask(text, bindings, timeout=seconds, limit=limit, service=service)

    def words(self, answer: Answer, form: str = "") -> ox.Store:
        from .remote.excerpts import labels_excerpt

        is_labelled = isinstance(answer, ResultTable) and form in ("", "table", "markdown")
        return labels_excerpt(self.endpoint, answer) if is_labelled else ox.Store()  # type: ignore[arg-type]

    def index(self) -> SearchIndex:
        return self._written_index(is_linked=False)

    def search_index(self) -> SearchIndex:
        return self._written_index(is_linked=True)

    def _written_index(self, is_linked: bool) -> SearchIndex:
        """The index of an excerpt, written once; one with links serves for names too."""
        from .remote.excerpts import names_excerpt

        if self._index is None or (is_linked and not self._is_linked):
            folder = Path(tempfile.mkdtemp(prefix="pcve-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            write_index(names_excerpt(self.endpoint, is_linked), folder / SEARCH_INDEX)
            self._index, self._is_linked = open_index(folder), is_linked
        return self._index

    def thing_iri(self, text: str, ontology: Ontology) -> str:
        from .remote.excerpts import thing_with_id

        iri = thing_with_id(self.endpoint, ontology, text.strip())
        return iri or named_thing(self.index(), text).named_iri

    def around(self, identifier: str, ontology: Ontology) -> ox.Store:
        from .remote.excerpts import thing_excerpt

        return thing_excerpt(self.endpoint, ontology, identifier)


def bind_for_graph(
    graph: ReadableGraph, query: SavedQuery, settings: Mapping[str, str]
) -> dict[str, Term]:
    """As `parameters.bind`; names of things and concepts are looked up in the index of `graph`."""
    required = any(
        is_looked_up(parameter, settings.get(name, parameter.default))
        for name, parameter in query.params.items()
    )
    return bind(query, settings, graph.index() if required else None)


@dataclass(frozen=True, slots=True)
class QueryTrial:
    """One execution of a saved query.

    `problem` is empty if it returned the declared columns; `answer` is None if it returned nothing.
    """

    name: str
    settings: dict[str, str]
    rows: int
    milliseconds: float
    problem: str = ""
    answer: Answer | None = None


def example_settings(query: SavedQuery) -> Iterator[dict[str, str]]:
    """The settings to try: the required parameters alone, then every one that has an example."""
    examples_by_name = {
        name: parameter.example for name, parameter in query.params.items() if parameter.example
    }
    required = {
        name: text for name, text in examples_by_name.items() if query.params[name].required
    }
    yield required
    if examples_by_name != required:
        yield examples_by_name


def values_missing(query: SavedQuery) -> tuple[str, ...]:
    """The required parameters of a query that have no example, so that it is not tried."""
    params = query.params.values()
    return tuple(param.name for param in params if param.required and not param.example)


def run_trials(
    graph: ReadableGraph, queries: Iterable[SavedQuery], timeout: float
) -> Iterator[QueryTrial]:
    """Run each query with each of its examples, in order; `timeout` is in seconds for each run.

    A query with a required parameter that has no example is left out.
    """
    for query in (query for query in queries if not values_missing(query)):
        for settings in example_settings(query):
            start = time.perf_counter()
            rows, problem, answer = 0, "", None
            try:
                bindings = bind_for_graph(graph, query, settings)
                start = time.perf_counter()
                asked = graph.ask(query.text, bindings, query.path, timeout=timeout)
                answer = with_lists(asked, query.lists)
            except UsageError as error:
                problem = str(error)
            except ContentError as error:
                problem = str(error.problems[0])
            else:
                if isinstance(answer, ResultTable):
                    rows = len(answer.rows)
                    if query.columns and answer.columns != tuple(query.columns):
                        problem = f"the columns of its answer are {', '.join(answer.columns)}"
            milliseconds = (time.perf_counter() - start) * 1000
            yield QueryTrial(query.name, settings, rows, milliseconds, problem, answer)
