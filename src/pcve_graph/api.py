"""The Python interface: `KnowledgeGraph.open()`, and a method for each command that reads a graph.

Errors in content raise ContentError, with the problems; wrong use and failures of a server raise
UsageError. The messages of both include the fix.
"""

from __future__ import annotations

import datetime
import keyword
import warnings
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from .analysis.scope import read_day
from .ask.finder import QuestionCandidate, find_questions
from .graph.serialize import serialize
from .graph.settings import read_settings
from .model.calls import names_checked
from .model.limits import MEMORY_BYTES, QUERY_SECONDS, read_count
from .model.namespaces import PREFIXES
from .model.problems import ContentError, UsageError, damage_as_usage_error
from .model.project import open_project
from .model.suggest import did_you_mean
from .model.terms import Term
from .python.analyses import Analyses
from .python.arguments import (
    Day,
    check_type,
    day_text,
    flag,
    optional_text,
    parameter_texts,
    read_limit,
)
from .python.asked_question import AnswerToWords, AskedQuestion
from .python.checks import Checks
from .python.explained import explain_rows
from .python.names import Names
from .python.opened_graph import Bounds, read_bounds
from .python.publications import Publications
from .python.questions import Questions, select_questions
from .python.reports import Reasons, Report, ThingPage
from .query.access import EndpointGraph, SavedGraph, bind_for_graph
from .query.answering import answer_query
from .query.asked_terms import query_notes
from .query.execute import Answer, ResultTable, ResultTriples, ServiceRefusedError
from .query.foreign import parse_foreign_query, read_query_folder, resolve_query
from .query.parameters import MissingParameterError
from .query.readings import with_readings
from .query.remote.login import Credentials
from .query.remote.messages import EndpointError
from .query.results import Rows
from .query.saved import SavedQuery, read_queries
from .query.show import show
from .query.thing_view import with_rechecks
from .system.sandbox.watch import StoppedError

if TYPE_CHECKING:
    import rdflib

__all__ = ["EndpointError", "KnowledgeGraph", "StoppedError"]

_QUERY_ARGUMENTS = ("queries", "limit", "allow_service", "timeout", "memory")
"""The arguments of `query` that are not parameters of a question."""

_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class KnowledgeGraph(Analyses, Checks, Names, Publications):
    """A graph to query: that of a project on disk, the shipped one, or one on a SPARQL server."""

    @classmethod
    @names_checked
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
            check_type("path", path, str, Path)
        check_type("allow_redirects", allow_redirects, tuple, list, set, frozenset)
        project = open_project(None if path is None else Path(path))
        if endpoint is not None:
            check_type("endpoint", endpoint, str)
            if credentials is not None:
                check_type("credentials", credentials, Credentials)
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
    def data_version(self) -> str:
        """The version of the data, by which a release is cited; empty if the project has none."""
        return read_settings(self.project).data_version

    @names_checked
    def questions(
        self, theme: str | None = None, *, queries: str | Path | None = None
    ) -> Questions:
        """The saved questions with their parameters and columns: all, or those of one theme.

        With `queries`, those of a folder, also one written for grlc or BASIL. Raises UsageError,
        with the nearest, for an unknown theme, and ContentError for a query that is not valid.

        >>> [question.name for question in kg.questions("money")]  # doctest: +SKIP
        """
        name = optional_text("theme", theme)
        if queries is None:
            return select_questions(read_queries(self.project, "answers").values(), name)
        check_type("queries", queries, str, Path)
        bounds = read_bounds(QUERY_SECONDS, MEMORY_BYTES)
        of_folder, problems = self._bounded(
            read_query_folder, Path(queries), name="questions", bounds=bounds
        )
        if problems:
            raise ContentError(problems)
        return select_questions(of_folder.values(), name)

    @names_checked
    def query(
        self,
        name: str,
        /,
        *,
        queries: str | Path | None = None,
        limit: int | None = None,
        allow_service: bool = False,
        timeout: float | None = None,
        memory: int | str = MEMORY_BYTES,
        **settings: str | int | datetime.date,
    ) -> Rows:
        """The result set of a saved query, of one in the folder `queries`, or of a `.rq` file.

        Parameters are keyword arguments, with a trailing `_` where the name is a Python keyword
        (`from_` for `from`): the id or any name of an entity, a number, a date or its text. The
        query runs in a process that is stopped after `timeout` seconds (None: that of the query,
        else 60) or above `memory` (bytes, or a text such as "600M"); 0 is no bound, and with both 0
        it runs in this process. Raises UsageError for an unknown query or parameter, with the
        nearest names, and where it was stopped.

        >>> kg.query("events-on-topic", topic="returnees").to_pandas()  # doctest: +SKIP
        """
        check_type("name", name, str)
        if queries is not None:
            check_type("queries", queries, str, Path)
        read_limit(limit)
        values = parameter_texts(settings)
        bounds = read_bounds(QUERY_SECONDS if timeout is None else timeout, memory)
        folder = None if queries is None else Path(queries)
        chosen = self._bounded(resolve_query, self.project, name, folder, name=name, bounds=bounds)
        self._check_parameters(chosen, values)
        try:
            bindings = bind_for_graph(self._graph, chosen, values)
        except MissingParameterError as error:
            keyword_name = f"{error.name}_" if keyword.iskeyword(error.name) else error.name
            raise error.with_example(f'{keyword_name}="{error.example}"') from None
        if timeout is None:
            bounds = chosen.timeout or bounds[0], bounds[1]
        service = flag("allow_service", allow_service)
        answer, notes = self._answer(chosen, bindings, limit, service, bounds)
        return self._rows(answer, chosen, bindings, notes)

    @names_checked
    def sparql(
        self,
        text: str,
        *,
        limit: int | None = None,
        allow_service: bool = False,
        timeout: float = QUERY_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Rows | rdflib.Graph | bool:
        """The result of SPARQL: rows for SELECT, an rdflib graph for CONSTRUCT, a bool for ASK.

        The prefixes of the project need not be declared; the columns of `SELECT *` are in the order
        of the text. A term that the graph does not have is in `rows.notes`, with the nearest one;
        for a result without rows it is a warning. `timeout` and `memory` are as those of `query`.
        Raises ContentError for a syntax error, UsageError where it was stopped.
        """
        check_type("text", text, str)
        bounds = read_bounds(timeout, memory)
        raw = text.encode(errors="surrogatepass")
        query = self._bounded(parse_foreign_query, raw, "query", name="query", bounds=bounds)
        answer, _ = self._answer(query, {}, limit, flag("allow_service", allow_service), bounds)
        if isinstance(answer, ResultTable):
            return self._rows(answer, query, {})
        for note in query_notes(self._graph, query, {}):
            warnings.warn(note.sentence, UserWarning, stacklevel=3)  # 2 is names_checked
        return answer if isinstance(answer, bool) else _graph(answer.triples)

    @names_checked
    def why(
        self,
        rows: Rows | str,
        number: int | None = None,
        /,
        *,
        timeout: float = QUERY_SECONDS,
        memory: int | str = MEMORY_BYTES,
        **settings: Any,
    ) -> Reasons:
        """The facts and quotes behind each row, or behind row `number`, from 1.

        `rows` are those of `query` or `sparql`, or the name of a saved query with its parameters as
        `settings`. Raises UsageError for rows from a server, a number that no row has, and a query
        whose rows have no reasons.

        >>> kg.why("initiative-origins", 1)  # doctest: +SKIP
        """
        if isinstance(rows, str):
            rows = self.query(rows, **settings)
        elif settings:
            raise UsageError("parameters belong to the name of a query, not to its rows")
        check_type("rows", rows, Rows)
        self._require_saved("why")
        if rows.question is None:
            raise UsageError("these rows are not those of a query of this graph")
        place = None if number is None else read_count(number, "number")
        arguments = (self.project, *rows.question, rows.table, place)
        return self._bounded(
            explain_rows, *arguments, name="why", bounds=read_bounds(timeout, memory)
        )

    @names_checked
    def ask(self, text: str, *, limit: int = 3, today: Day = None) -> AskedQuestion:
        """The saved question or command that answers plain English, with its parameters filled.

        Found by rules over what questions ask and what things are called, in this process. `limit`
        is how many questions are offered where it is not clear which is meant, 0 for all; `today`
        is the day that "today" means, by default this one. Raises UsageError for a text that is
        empty, has over 400 characters or 60 words, or that no question fits.

        >>> kg.ask("who pays for prison work in Albania?").rows  # doctest: +SKIP
        """
        check_type("text", text, str)
        day = day_text("today", today)
        matches = find_questions(
            read_queries(self.project, "answers").values(),
            self._graph.index(),
            text,
            read_count(limit, "limit"),
            today=read_day(day) if day else datetime.date.today(),
            is_remote=not isinstance(self._graph, SavedGraph),
        )
        return AskedQuestion(text, matches.candidates, matches.is_clear, self._run)

    def _run(self, candidate: QuestionCandidate) -> AnswerToWords:
        """The answer to a question that `ask` finds."""
        settings: dict[str, Any] = dict(candidate.parameters)
        if not candidate.is_command:
            return self.query(candidate.name, **settings)
        if candidate.name == "show":
            return self.show(settings["id"])
        method: Callable[..., Report] = getattr(self, candidate.name)
        return method(**settings)

    @names_checked
    def show(self, identifier: str, *, all: bool = False, as_of: Day = None) -> ThingPage:  # noqa: A002
        """The description of an entity, source or term, or its state on the day `as_of`.

        `identifier` is its id, IRI, `list/term`, code or any of its names. With `all`, its text has
        everything, with each passage and a link to it. Raises UsageError where nothing or several
        things have the name, with those that may be meant, and for a text that is no day.
        """
        check_type("identifier", identifier, str)
        whole, day = flag("all", all), day_text("as_of", as_of)
        iri = self._graph.thing_iri(identifier, self.ontology)
        store = self._graph.around(iri, self.ontology)
        with damage_as_usage_error():
            view = show(store, self.ontology, iri, read_day(day) if day else None)
        if isinstance(self._graph, SavedGraph):
            view = with_readings(with_rechecks(view, self.project), store, self.project)
        return ThingPage(view, whole)

    @names_checked
    def to_rdflib(self) -> rdflib.Graph:
        """All graphs as one rdflib graph, with the prefixes bound.

        Raises UsageError where a server answers with something other than triples.
        """
        answer = self._graph.ask(_EVERYTHING, timeout=0, memory=0)
        if not isinstance(answer, ResultTriples):
            raise UsageError("the answer to a CONSTRUCT is not triples")
        return _graph(answer.triples)

    def _check_parameters(self, query: SavedQuery, names: Collection[str]) -> None:
        """Raise UsageError for an argument that is nearly one of `query` itself: `limt`."""
        for name in names:
            if name not in query.params:
                nearest = did_you_mean(name, [*query.params, *_QUERY_ARGUMENTS])
                if any(f" {argument}?" in nearest for argument in _QUERY_ARGUMENTS):
                    raise UsageError(f"{query.name} has no parameter {name!r}; {nearest}")

    def _answer(
        self,
        query: SavedQuery,
        bindings: Mapping[str, Term],
        limit: int | None,
        service: bool,
        bounds: Bounds,
    ) -> tuple[Answer, tuple[str, ...]]:
        try:
            return answer_query(
                self._graph, query, bindings, *bounds, limit=read_limit(limit), service=service
            )
        except ServiceRefusedError as error:
            raise UsageError(f"{error}; allow_service=True permits it") from None

    def _rows(
        self,
        answer: Answer,
        query: SavedQuery,
        bindings: Mapping[str, Term],
        notes: tuple[str, ...] = (),
    ) -> Rows:
        if not isinstance(answer, ResultTable):
            raise UsageError(
                "the query has no result set (it is not a SELECT); kg.sparql() runs any query"
            )
        labels, reasons = self._graph.words(answer), None
        if isinstance(self._graph, SavedGraph) and self._graph.worker:
            reasons = partial(self._graph.worker.why, self.project, query.text, bindings)
        if query.is_foreign:
            notes += tuple(f"{note.message}; {note.fix}" for note in query.notes)
            notes += tuple(note.sentence for note in query_notes(self._graph, query, bindings))
        return Rows(answer, labels, reasons, (query.text, bindings), notes)

    def __repr__(self) -> str:
        if isinstance(self._graph, EndpointGraph):
            return f"KnowledgeGraph({self._graph.endpoint!r})"
        return f"KnowledgeGraph({str(self.project.root)!r})"


def _graph(triples: tuple[ox.Triple, ...]) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    return graph.parse(data=serialize(triples, "nt"), format="nt")
