"""A SPARQL 1.1 server as a place to ask and to write: the same answers as the embedded store.

Servers differ in their addresses and in what they take; those differences end here.

A SPARQLWrapper holds each request: its address, parameters, kind, method and headers. It does not
send it: `SPARQLWrapper.query` opens every request with urllib's opener of the whole process, which
follows redirects to any server, reads without a bound, and has a timeout for a single wait only.
`Transport` sends what the public attributes of the wrapper state, the same bytes as `query` would.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
from SPARQLWrapper import GET, INSERT, JSON, POST, SELECT, SPARQLWrapper

from ...model.namespaces import GRAPHS, graph
from ...model.problems import UsageError
from ...model.terms import Term
from ...syntax.sparql_tokens import dataset, tokens, without_service
from ..binding import limited, standalone
from ..execute import Answer, Table, Triples, refuse
from .addresses import Addresses, parsed_origin, shown
from .answers import read_table, read_triples, read_truth
from .connection import Deadline, Request
from .content import LARGEST
from .http import ATTEMPTS, Reply, Transport
from .login import Credentials
from .messages import EndpointError

TIMEOUT: Final = 60.0
"""Seconds that a server has for an answer, where nothing else is asked."""
LONG: Final = 4000
"""A request of more characters than this is sent with POST: addresses have limits."""
_NO_STORE: Final = frozenset({404, 405, 501})
"""What a server answers that has no graph store where one was looked for."""
_FORMS: Final = {"SELECT": "rows", "CONSTRUCT": "graph", "DESCRIBE": "graph", "ASK": "truth"}
_WANT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_WANT_TRIPLES: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"


class Endpoint:
    """A SPARQL 1.1 server.

    Where it holds the graphs that `pcve publish` writes, a query reads those as one and no others;
    where it does not, its own default graph. `timeout` is in seconds, for each request from the
    look-up of the host to the last byte, with all attempts and waits; `largest` is in bytes, for
    each answer. `allow_redirects` are origins, as `https://data.example.org`, that the server may
    redirect to. Raises UsageError for what is none of these.
    """

    def __init__(
        self,
        where: Addresses | str,
        credentials: Credentials | None = None,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        *,
        allow_redirects: Collection[str] = (),
        largest: int = LARGEST,
    ) -> None:
        self._given = Addresses(where) if isinstance(where, str) else where
        self.timeout = _seconds(timeout)
        self.attempts = max(1, attempts)
        self.server = ""
        """What the server calls itself; empty until it has answered."""
        self._credentials = credentials or Credentials()
        allowed = [parsed_origin(text) for text in _listed(allow_redirects)]
        self._transport = Transport(self._credentials, allowed, largest)
        self._published: bool | None = None
        self._stores = True

    def __repr__(self) -> str:
        return f"Endpoint({shown(self._given.query)!r})"

    @property
    def where(self) -> Addresses:
        """Its addresses, as far as its answers have told; `store` is empty where it has none."""
        addresses = self._given.filled(self.server, bool(self._credentials))
        return addresses if self._stores else replace(addresses, store="")

    @property
    def published(self) -> bool:
        """Whether the server holds the graph of the facts under its name. Raises EndpointError."""
        return self._holds_facts(Deadline(self.timeout))

    def _holds_facts(self, deadline: Deadline) -> bool:
        if self._published is None:
            text = f"ASK {{ GRAPH <{graph('facts')}> {{ ?s ?p ?o }} }}"
            self._published = self._ask(text, (), deadline) is True
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

        `text` is SPARQL whose syntax was checked. `timeout` is for all that this takes, in seconds.
        Raises EndpointError for an answer that is none, or not whole, and UsageError for an update,
        SERVICE unless `service` allows it, and a timeout that is none.
        """
        deadline = Deadline(self.timeout if timeout is None else _seconds(timeout))
        refuse(text, service)
        written = standalone(text, bindings or {})
        if limit is not None and _form(written)[0] == "rows":
            written = limited(written, limit + 1)
        answer = self._ask(written, self._dataset(written, deadline), deadline)
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
        answer = self._ask(text, (), Deadline(self.timeout))
        assert isinstance(answer, Table)
        return int(getattr(answer.rows[0][0], "value", 0)) if answer.rows else 0

    def update(self, text: str, again: bool = True) -> None:
        """Have the server do a SPARQL Update; `again` where doing it twice does no harm.

        Raises EndpointError.
        """
        self._published = None
        wrapper = self._wrapper(self.where.update, text, "")
        wrapper.setMethod(POST)
        self._send(_request(wrapper), Deadline(self.timeout), self.attempts if again else 1)

    def load(self, name: str, lines: Iterable[str]) -> None:
        """Add N-Triples lines to the graph `name`: over the graph store, or where it has none, by
        an update. Raises EndpointError.
        """
        body = "\n".join(lines)
        store = self.where.store
        if store:
            parts = urlsplit(store)
            pairs = [*parse_qsl(parts.query, keep_blank_values=True), ("graph", name)]
            url = urlunsplit(parts._replace(query=urlencode(pairs)))
            request = Request(
                "POST", url, {"Content-Type": "application/n-triples"}, f"{body}\n".encode()
            )
            try:
                self._send(request, Deadline(self.timeout), self.attempts)
                return
            except EndpointError as error:
                if error.status not in _NO_STORE:
                    raise
                self._stores = False
        self.update(f"INSERT DATA {{ GRAPH <{name}> {{\n{body}\n}} }}")

    def _dataset(self, text: str, deadline: Deadline) -> tuple[tuple[str, str], ...]:
        """The parameters that make the published graphs the ones to read; none beside a FROM."""
        if dataset(text) or not self._holds_facts(deadline):
            return ()
        kinds = ("default-graph-uri", "named-graph-uri")
        return tuple((kind, graph(name)) for kind in kinds for name in GRAPHS)

    def _ask(self, text: str, dataset: tuple[tuple[str, str], ...], deadline: Deadline) -> Answer:
        form, columns = _form(text)
        accept = _WANT_TRIPLES if form == "graph" else _WANT_ROWS
        wrapper = self._wrapper(self.where.query, text, accept)
        for key, value in dataset:
            wrapper.addParameter(key, value)
        length = len(text) + sum(len(value) for _, value in dataset)
        wrapper.setMethod(POST if length > LONG else GET)
        reply = self._send(_request(wrapper), deadline, self.attempts)
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

    def _send(self, request: Request, deadline: Deadline, attempts: int) -> Reply:
        reply = self._transport.send(request, deadline, attempts)
        self.server = reply.header("Server") or self.server
        return reply


def _request(wrapper: SPARQLWrapper) -> Request:
    """What the public attributes of a SPARQLWrapper state, as its `query` would send it.

    The SPARQL 1.1 Protocol (2.1, 2.2) has the query or update among the parameters, in the URL of
    a GET or as the form of a POST.
    """
    update = wrapper.isSparqlUpdateRequest()
    parameters = wrapper.parameters | {"update" if update else "query": [wrapper.queryString]}
    form = urlencode(parameters, doseq=True, safe="/")
    headers = {"User-Agent": wrapper.agent, **wrapper.customHttpHeaders}
    if wrapper.method == GET:
        return Request("GET", f"{wrapper.endpoint}?{form}", headers)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return Request("POST", wrapper.endpoint, headers, form.encode("ascii"))


def _seconds(timeout: float) -> float:
    """`timeout` where it is a number of seconds. Raises UsageError."""
    try:
        seconds = float(timeout)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds) or seconds <= 0:
        raise UsageError(f"a timeout is a finite number of seconds greater than 0, not {timeout!r}")
    return seconds


def _listed(texts: Collection[str]) -> Collection[str]:
    """One text as a list of one: a string is a collection of characters too."""
    return [texts] if isinstance(texts, str) else texts


def _form(text: str) -> tuple[str, tuple[str, ...]]:
    """What a query asks for (rows, graph or truth), and the columns of the rows."""
    word = next(token.word for token in tokens(text) if token.word in _FORMS)
    if word != "SELECT":
        return _FORMS[word], ()
    answer = ox.Store().query(without_service(text))
    assert isinstance(answer, ox.QuerySolutions)
    return "rows", tuple(variable.value for variable in answer.variables)
