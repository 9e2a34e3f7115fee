"""A SPARQL 1.1 server as a place to ask and to write: the same answers as the embedded store.

Servers differ in their addresses and in what they take; those differences end here.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import pyoxigraph as ox
from SPARQLWrapper import GET, INSERT, JSON, POST, SELECT, SPARQLWrapper

from ..ask.query import Answer, Table, Triples, refuse
from ..errors import UsageError
from ..names import GRAPHS, graph
from ..questions.binding import Term, limited, standalone
from ..texts.sparqltext import dataset, tokens, without_service
from .answers import read_table, read_triples, read_truth
from .transport import ATTEMPTS, Credentials, EndpointError, Reply, Transport, shown

TIMEOUT: Final = 60.0
"""Seconds that a server has for an answer, where nothing else is asked."""
LONG: Final = 4000
"""A request of more characters than this is sent with POST: addresses have limits."""
_NO_STORE: Final = frozenset({404, 405, 501})
"""What a server answers that has no graph store where one was looked for."""
_FORMS: Final = {"SELECT": "rows", "CONSTRUCT": "graph", "DESCRIBE": "graph", "ASK": "truth"}
_WANT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_WANT_TRIPLES: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server takes queries, updates and graphs; empty where it is not said."""

    query: str
    update: str = ""
    store: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for what is no http or https address, or holds a password."""
        for url in (self.query, *filter(None, (self.update, self.store))):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise UsageError(f"{shown(url)!r} is no address of a server: http://… or https://…")
            if "@" in parts.netloc:
                raise UsageError(
                    f"{shown(url)}: keep user and password out of the address; "
                    "PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD hold them"
                )

    def filled(self, server: str, known: bool) -> Addresses:
        """With those that are not given made from the address of queries.

        `/query` goes with `/update` and `/store` (Oxigraph), `/<dataset>/query` or `/sparql` with
        `/update` and `/data` (Fuseki), `/repositories/<name>` with its `/statements` and
        `/rdf-graphs/service` (RDF4J, GraphDB); others take updates where they take queries.
        Virtuoso (`server` is what it calls itself) has `/sparql-graph-crud`, and for who is `known`
        both with `-auth`. `store` stays empty where none is known.
        """
        parts = urlsplit(self.query)
        base, _, last = parts.path.rstrip("/").rpartition("/")
        update, store = parts.path, ""
        if "virtuoso" in server.lower():
            guarded = "-auth" if known else ""
            update, store = f"{base}/sparql{guarded}", f"{base}/sparql-graph-crud{guarded}"
        elif last == "query" or (last == "sparql" and base):
            update, store = f"{base}/update", f"{base}/{'data' if base else 'store'}"
        elif base.endswith("/repositories"):
            update, store = f"{base}/{last}/statements", f"{base}/{last}/rdf-graphs/service"
        there = [urlunsplit(parts._replace(path=path)) if path else "" for path in (update, store)]
        return Addresses(self.query, self.update or there[0], self.store or there[1])


class Endpoint:
    """A server that is asked through SPARQLWrapper.

    Where it holds the graphs that `pcve publish` writes, a query reads those as one and no others;
    where it does not, its own default graph. `timeout` is in seconds, for each request.
    """

    def __init__(
        self,
        where: Addresses | str,
        credentials: Credentials | None = None,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._given = Addresses(where) if isinstance(where, str) else where
        self.timeout = timeout
        self.attempts = attempts
        self.server = ""
        """What the server calls itself; empty until it has answered."""
        self._credentials = credentials or Credentials()
        self._transport = Transport(self._credentials)
        self._published: bool | None = None
        self._stores = True

    def __repr__(self) -> str:
        return f"Endpoint({shown(self._given.query)!r})"

    @property
    def where(self) -> Addresses:
        """Its addresses, as far as its answers have told; `store` is empty where it has none."""
        found = self._given.filled(self.server, bool(self._credentials))
        return found if self._stores else replace(found, store="")

    @property
    def published(self) -> bool:
        """Whether the server holds the graph of the facts under its name. Raises EndpointError."""
        if self._published is None:
            text = f"ASK {{ GRAPH <{graph('facts')}> {{ ?s ?p ?o }} }}"
            self._published = self._ask(text, (), self.timeout) is True
        return self._published

    def ask(
        self,
        text: str,
        bindings: Mapping[str, Term] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        service: bool = False,
    ) -> Answer:
        """What `query.ask` answers, from the server, with the spelling of the embedded store.

        `text` is SPARQL whose syntax was checked. Raises EndpointError for an answer that is none,
        or not whole, and UsageError for an update, or SERVICE unless `service` allows it.
        """
        refuse(text, service)
        written = standalone(text, bindings or {})
        if limit is not None and _form(written)[0] == "rows":
            written = limited(written, limit + 1)
        answer = self._ask(written, self._dataset(written), timeout or self.timeout)
        if limit is None or isinstance(answer, bool):
            return answer
        if isinstance(answer, Triples):
            return Triples(answer.triples[:limit], len(answer.triples) > limit)
        return Table(answer.columns, answer.rows[:limit], len(answer.rows) > limit)

    def count(self, name: str) -> int:
        """The number of triples in the graph `name`, 0 where there is none.

        Raises EndpointError.
        """
        text = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        answer = self._ask(text, (), self.timeout)
        assert isinstance(answer, Table)
        return int(getattr(answer.rows[0][0], "value", 0)) if answer.rows else 0

    def update(self, text: str, again: bool = True) -> None:
        """Have the server do a SPARQL Update; `again` where doing it twice does no harm.

        Raises EndpointError.
        """
        self._published = None
        wrapper = self._wrapper(self.where.update, text, "")
        wrapper.setMethod(POST)
        self._sent(wrapper, self.timeout, self.attempts if again else 1)

    def load(self, name: str, lines: Iterable[str]) -> None:
        """Add N-Triples lines to the graph `name`: over the graph store, or where it has none, by
        an update. Raises EndpointError.
        """
        body = "\n".join(lines)
        store = self.where.store
        if store:
            request = urllib.request.Request(
                f"{store}?graph={quote(name, safe='')}", f"{body}\n".encode(), method="POST"
            )
            request.add_header("Content-Type", "application/n-triples")
            try:
                self._heard(self._transport.send(request, self.timeout, self.attempts))
                return
            except EndpointError as error:
                if error.status not in _NO_STORE:
                    raise
                self._stores = False
        self.update(f"INSERT DATA {{ GRAPH <{name}> {{\n{body}\n}} }}")

    def _dataset(self, text: str) -> tuple[tuple[str, str], ...]:
        """The parameters that make the published graphs the ones to read; none beside a FROM."""
        if dataset(text) or not self.published:
            return ()
        kinds = ("default-graph-uri", "named-graph-uri")
        return tuple((kind, graph(name)) for kind in kinds for name in GRAPHS)

    def _ask(self, text: str, dataset: tuple[tuple[str, str], ...], timeout: float) -> Answer:
        form, columns = _form(text)
        accept = _WANT_TRIPLES if form == "graph" else _WANT_ROWS
        wrapper = self._wrapper(self.where.query, text, accept)
        for key, value in dataset:
            wrapper.addParameter(key, value)
        length = len(text) + sum(len(value) for _, value in dataset)
        wrapper.setMethod(POST if length > LONG else GET)
        reply = self._sent(wrapper, timeout, self.attempts)
        if form == "graph":
            return read_triples(reply)
        return read_table(reply, columns) if form == "rows" else read_truth(reply)

    def _wrapper(self, url: str, text: str, accept: str) -> SPARQLWrapper:
        """A request with `text`; its kind is set, as SPARQLWrapper's guess reads comments too."""
        parts = urlsplit(url)
        wrapper = SPARQLWrapper(urlunsplit(parts._replace(query="")))
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            wrapper.addParameter(key, value)
        wrapper.setOnlyConneg(True)
        wrapper.setReturnFormat(JSON)
        wrapper.queryString, wrapper.queryType = text, SELECT if accept else INSERT
        wrapper.addCustomHttpHeader("Accept", accept or "*/*")
        return wrapper

    def _sent(self, wrapper: SPARQLWrapper, timeout: float, attempts: int) -> Reply:
        wrapper.setTimeout(max(1, round(timeout)))
        request = wrapper._createRequest()
        return self._heard(self._transport.send(request, timeout, attempts))

    def _heard(self, reply: Reply) -> Reply:
        self.server = str(reply.headers.get("Server") or self.server)
        return reply


def _form(text: str) -> tuple[str, tuple[str, ...]]:
    """What a query asks for (rows, graph or truth), and the columns of the rows."""
    word = next(each.word for each in tokens(text) if each.word in _FORMS)
    if word != "SELECT":
        return _FORMS[word], ()
    answer = ox.Store().query(without_service(text))
    assert isinstance(answer, ox.QuerySolutions)
    return "rows", tuple(each.value for each in answer.variables)
