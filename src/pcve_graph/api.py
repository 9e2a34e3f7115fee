"""The Python interface: `KnowledgeGraph.open()`, then query, search, show and validate.

Errors in content raise ContentError, with the problems; wrong use and failures of a server raise
UsageError. The messages of both include the fix.
"""

from __future__ import annotations

import datetime
import html
import keyword
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import pyoxigraph as ox

from .graph.ontology import read_ontology
from .graph.serialize import serialize
from .model.limits import (
    COMMAND_SECONDS,
    MEMORY_BYTES,
    QUERY_SECONDS,
    read_count,
    read_memory,
    read_seconds,
)
from .model.namespaces import PREFIXES
from .model.problems import Problem, UsageError, damage_as_usage_error
from .model.project import Project, open_project
from .model.schema import Ontology
from .model.terms import Term
from .query.access import EndpointGraph, ReadableGraph, SavedGraph, bind_for_graph
from .query.base import base_notes, remaining_seconds
from .query.execute import Answer, ResultTable, ResultTriples
from .query.foreign import parse_foreign_query, resolve_query
from .query.lists import with_lists
from .query.parameters import MissingParameterError, read_kinds
from .query.readings import with_readings
from .query.remote.login import Credentials
from .query.render_thing import render_thing
from .query.results import Rows
from .query.search import Hit
from .query.show import show
from .query.thing_view import ThingView, with_rechecks
from .query.worker import QueryWorker
from .system.sandbox.process import LimitedProcess

if TYPE_CHECKING:
    import rdflib

WorkResult = TypeVar("WorkResult")

_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class ThingPage:
    """The description of an entity or source; `view` holds its facts with their evidence.

    Its text takes 40 lines at most, as `pcve show` does, and says what it leaves out.
    """

    view: ThingView

    def __repr__(self) -> str:
        return render_thing(self.view)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(render_thing(self.view))}</pre>"


class KnowledgeGraph:
    """A graph to query: that of a project on disk, the shipped one, or one on a SPARQL server."""

    def __init__(self, project: Project, graph: ReadableGraph) -> None:
        self.project = project
        self._graph = graph
        self._process = LimitedProcess()
        if isinstance(graph, SavedGraph) and graph.worker is None:
            graph.worker = QueryWorker(graph.saved.folder / "store", self._process)
        self._ontology: Ontology | None = None

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        endpoint: str | None = None,
        credentials: Credentials | None = None,
        allow_redirects: Collection[str] = (),
    ) -> KnowledgeGraph:
        """The graph of the project at `path`, else of the nearest above the current folder.

        Where there is none, the shipped project is built once, into the user's cache, and opened.
        With `endpoint` (a URL) the saved queries of that project are sent to a server, with
        `credentials` where it requires them; it may redirect to the origins `allow_redirects`, such
        as `https://data.example.org`, in addition to its own. Raises UsageError where `path` is not
        a project, or the project was not built yet.
        """
        if path is not None:
            _check_type("path", path, str, Path)
        _check_type("allow_redirects", allow_redirects, tuple, list, set, frozenset)
        project = open_project(None if path is None else Path(path))
        if endpoint is not None:
            _check_type("endpoint", endpoint, str)
            if credentials is not None:
                _check_type("credentials", credentials, Credentials)
            from .query.remote.endpoint import Endpoint

            server = Endpoint(endpoint, credentials, allow_redirects=allow_redirects)
            return cls(project, EndpointGraph(server))
        from .graph.store import open_graph

        if project.shipped:
            from .graph.inputs import is_current
            from .pipeline import build_project

            if not is_current(project):
                build_project(project)
        return cls(project, SavedGraph(open_graph(project)))

    @property
    def ontology(self) -> Ontology:
        """The classes, properties and shapes of the project."""
        if self._ontology is None:
            self._ontology = read_ontology(self.project)
        return self._ontology

    def query(
        self,
        name: str,
        /,
        *,
        limit: int | None = None,
        timeout: float | None = None,
        memory: int | str = MEMORY_BYTES,
        **settings: str | int | datetime.date,
    ) -> Rows:
        """The result set of a saved query, or of the `.rq` file of this name.

        Parameters are keyword arguments, with a trailing `_` where the name is a Python keyword
        (`from_` for `from`): the id or any name of an entity, a number, a date. The query runs in a
        process that is stopped after `timeout` seconds (None: that of the query, else 60) or above
        `memory` (bytes, or a text such as "600M"); 0 is no bound, and with both 0 it runs in this
        process. Raises UsageError for an unknown query or parameter, with the nearest names, and
        where it was stopped.
        """
        _check_type("name", name, str)
        values = {key.rstrip("_"): _parameter_text(key, value) for key, value in settings.items()}
        rows, size = _read_limit(limit), read_memory(memory)
        seconds = QUERY_SECONDS if timeout is None else read_seconds(timeout)
        chosen = self._bounded(
            resolve_query, self.project, name, None, name=name, bounds=(seconds, size)
        )
        if timeout is None:
            seconds = chosen.timeout or seconds
        try:
            bindings = bind_for_graph(self._graph, chosen, values)
        except MissingParameterError as error:
            keyword_name = f"{error.name}_" if keyword.iskeyword(error.name) else error.name
            raise error.with_example(f'{keyword_name}="{error.example}"') from None
        start = time.monotonic()
        answer = self._graph.ask(
            chosen.text, bindings, chosen.path, timeout=seconds, memory=size, limit=rows
        )
        left = remaining_seconds(seconds, time.monotonic() - start)
        notes = base_notes(self._graph.ask, chosen, bindings, left, memory=size)
        return self._rows(with_lists(answer, chosen.lists), chosen.text, bindings, notes)

    def sparql(
        self,
        text: str,
        *,
        limit: int | None = None,
        timeout: float = QUERY_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Rows | rdflib.Graph | bool:
        """The result of SPARQL: rows for SELECT, an rdflib graph for CONSTRUCT, a bool for ASK.

        The prefixes of the project need not be declared. `timeout` and `memory` are as those of
        `query`. Raises ContentError for a syntax error, UsageError where it was stopped.
        """
        _check_type("text", text, str)
        rows, bounds = _read_limit(limit), (read_seconds(timeout), read_memory(memory))
        raw = text.encode(errors="surrogatepass")
        query = self._bounded(parse_foreign_query, raw, "query", name="query", bounds=bounds)
        answer = self._graph.ask(
            query.text, {}, query.path, timeout=bounds[0], memory=bounds[1], limit=rows
        )
        if isinstance(answer, bool):
            return answer
        if isinstance(answer, ResultTriples):
            return _graph(answer.triples)
        return self._rows(with_lists(answer, query.lists), query.text, {})

    def search(self, text: str, *, kinds: tuple[str, ...] = (), limit: int = 20) -> list[Hit]:
        """The entities that match `text`, best first; `kinds` such as `event` or `concept`.

        `limit` is the largest number of hits, 0 for all. Raises UsageError for an unknown kind,
        with the nearest.
        """
        _check_type("text", text, str)
        _check_type("kinds", kinds, tuple, list, set, frozenset)
        for kind in kinds:
            _check_type("kinds", kind, str)
        index, largest = self._graph.index(), read_count(limit, "limit") or None
        return index.search(text, read_kinds(kinds, index), largest)

    def show(self, identifier: str, *, as_of: datetime.date | None = None) -> ThingPage:
        """The description of the entity or source with this id, or its state on the day `as_of`.

        Raises UsageError where it does not exist, with the nearest id.
        """
        _check_type("identifier", identifier, str)
        if as_of is not None:
            _check_type("as_of", as_of, datetime.date)
        store = self._graph.around(identifier, self.ontology)
        with damage_as_usage_error():
            view = show(store, self.ontology, identifier, as_of)
        if isinstance(self._graph, SavedGraph):
            view = with_readings(with_rechecks(view, self.project), store, self.project)
        return ThingPage(view)

    def to_rdflib(self) -> rdflib.Graph:
        """All graphs as one rdflib graph, with the prefixes bound.

        Raises UsageError where a server answers with something other than triples.
        """
        answer = self._graph.ask(_EVERYTHING, timeout=0, memory=0)
        if not isinstance(answer, ResultTriples):
            raise UsageError("the answer to a CONSTRUCT is not triples")
        return _graph(answer.triples)

    def validate(
        self,
        *paths: str | Path,
        against: bool = False,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> tuple[Problem, ...]:
        """The problems in files of RDF or records, or in the whole project without `paths`.

        With `against`, references are resolved in the saved graph. Sorted by file and line; empty
        where everything conforms. Validation runs in a process that is stopped after `timeout`
        seconds or above `memory` (bytes, or a text such as "600M"); 0 is no bound, and with both 0
        it runs in this process. A path that cannot be read is a problem. Raises UsageError where
        validation was stopped.
        """
        from .validation.run import problems_in

        if against and not isinstance(self._graph, SavedGraph):
            raise UsageError("against= requires the saved graph of a project, not a server")
        for path in paths:
            _check_type("a path", path, str, Path)
        files = tuple(Path(path) for path in paths)
        bounds = (read_seconds(timeout), read_memory(memory))
        return self._bounded(
            problems_in, self.project, files, against, name="validate", bounds=bounds
        )

    def _bounded(
        self,
        work: Callable[..., WorkResult],
        *arguments: object,
        name: str,
        bounds: tuple[float, int],
    ) -> WorkResult:
        """The result of `work`, run in the sandbox where there are bounds (seconds, bytes)."""
        seconds, memory = bounds
        if not (seconds or memory):
            return work(*arguments)
        return self._process.call(work, *arguments, name=name, seconds=seconds, memory=memory)

    def _rows(
        self,
        answer: Answer,
        text: str,
        bindings: Mapping[str, Term],
        notes: tuple[str, ...] = (),
    ) -> Rows:
        if not isinstance(answer, ResultTable):
            raise UsageError(
                "the query has no result set (it is not a SELECT); kg.sparql() runs any query"
            )
        labels, reasons = self._graph.words(answer), None
        if isinstance(self._graph, SavedGraph) and self._graph.worker:
            reasons = partial(self._graph.worker.why, self.project, text, bindings)
        return Rows(answer, labels, reasons, notes)

    def __repr__(self) -> str:
        if isinstance(self._graph, EndpointGraph):
            return f"KnowledgeGraph({self._graph.endpoint!r})"
        return f"KnowledgeGraph({str(self.project.root)!r})"


_TYPE_NAMES: Final = {
    str: "a text",
    Path: "a Path",
    datetime.date: "a date (datetime.date)",
    tuple: "a tuple or list of texts",
}
"""What an argument must be, in words, by type."""


def _check_type(name: str, value: object, *types: type) -> None:
    """Raise UsageError unless the argument `name` is of one of `types`, and no empty text."""
    if not isinstance(value, types):
        expected = " or ".join(_TYPE_NAMES[kind] for kind in types if kind in _TYPE_NAMES)
        raise UsageError(f"{name} must be {expected or types[0].__name__}, not {value!r}")
    if value == "":
        raise UsageError(f"{name} must not be empty")


def _parameter_text(name: str, value: object) -> str:
    """The text of a parameter. Raises UsageError unless it is a text, a number or a date."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal, datetime.date)):
        hint = f"{name}=… takes a text, a number or a date"
        raise UsageError(f"{hint}, not {value!r}; leave it out to leave it open")
    return str(value)


def _read_limit(limit: int | None) -> int | None:
    """A limit of rows; None for all. Raises UsageError for an invalid one."""
    return None if limit is None else read_count(limit, "limit") or None


def _graph(triples: tuple[ox.Triple, ...]) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    return graph.parse(data=serialize(triples, "nt"), format="nt")
