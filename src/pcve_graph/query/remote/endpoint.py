"""Client of a SPARQL 1.1 server, whose answers equal those of the embedded store.

Servers differ in their addresses and in the requests they accept; this module hides that.

A SPARQLWrapper represents each request: address, parameters, type, method and headers. It does not
send it: `SPARQLWrapper.query` uses the process-wide opener of urllib, which follows redirects to
any server, reads without a limit, and applies its timeout to single waits only. `Transport` sends
what the public attributes of the wrapper specify, the same bytes as `query` would.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
from SPARQLWrapper import GET, INSERT, JSON, POST, SELECT, SPARQLWrapper

from ...model.namespaces import GRAPHS, graph_iri
from ...model.problems import UsageError
from ...model.terms import Term, from_iri
from ...syntax.sparql_results import solutions_of
from ...syntax.sparql_tokens import dataset_graphs, tokenize, without_service
from ...system.http.addresses import parsed_origin, public_url
from ...system.http.connection import Deadline, HttpRequest
from ...system.http.content import LARGEST
from ..binding import substitute_terms, with_limit
from ..execute import (
    Answer,
    ResultTable,
    ResultTriples,
    check_read_only,
    in_order_of_appearance,
)
from .addresses import EndpointAddresses
from .answers import read_table, read_triples, read_truth
from .http import ATTEMPTS, HttpReply, Transport
from .login import Credentials
from .messages import EndpointError

TIMEOUT: Final = 60.0
"""The default timeout of a request, in seconds."""
LONGEST_GET: Final = 4000
"""The most characters of a GET request; longer ones use POST, as servers limit URLs."""
_NO_STORE_STATUSES: Final = frozenset({404, 405, 501})
"""The status codes of a server that has no graph store at the address."""
_KINDS: Final = {"SELECT": "rows", "CONSTRUCT": "graph", "DESCRIBE": "graph", "ASK": "boolean"}
_ACCEPT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_ACCEPT_TRIPLES: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"


class Endpoint:
    """A SPARQL 1.1 server.

    If it has the graphs that `pcve publish` writes, a query reads the union of these and no others;
    otherwise the default graph of the server. `timeout` is in seconds, for each request from name
    resolution to the last byte, with all attempts and waits; `largest` is the most bytes of each
    answer. `allow_redirects` are the origins, such as `https://data.example.org`, that the server
    may redirect to. Raises UsageError for an invalid address, timeout or origin.
    """

    def __init__(
        self,
        where: EndpointAddresses | str,
        credentials: Credentials | None = None,
        timeout: float = TIMEOUT,
        attempts: int = ATTEMPTS,
        *,
        allow_redirects: Collection[str] = (),
        largest: int = LARGEST,
    ) -> None:
        self._given_addresses = EndpointAddresses(where) if isinstance(where, str) else where
        self.timeout = _seconds(timeout)
        self.attempts = max(1, attempts)
        self.server = ""
        """The `Server` header of the server; empty until the first response."""
        self._credentials = credentials or Credentials()
        allowed = [parsed_origin(text) for text in _as_collection(allow_redirects)]
        self._transport = Transport(self._credentials, allowed, largest)
        self._published: bool | None = None
        self._has_store = True

    def __repr__(self) -> str:
        return f"Endpoint({public_url(self._given_addresses.query)!r})"

    @property
    def addresses(self) -> EndpointAddresses:
        """Its addresses, derived where not given; `store` is empty if the server has none."""
        addresses = self._given_addresses.with_derived(self.server, bool(self._credentials))
        return addresses if self._has_store else replace(addresses, store="")

    @property
    def published(self) -> bool:
        """Whether the server has the named graph of the facts. Raises EndpointError."""
        return self._holds_facts(Deadline(self.timeout))

    def _holds_facts(self, deadline: Deadline) -> bool:
        if self._published is None:
            text = f"ASK {{ GRAPH {from_iri(graph_iri('facts'))} {{ ?s ?p ?o }} }}"
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
        """The answer of the server, with the lexical forms of the embedded store.

        `text` is SPARQL whose syntax has been checked. `timeout` is for the whole call, in seconds.
        Raises EndpointError for an invalid or partial response, and UsageError for an update, for
        SERVICE unless `service` allows it, and for an invalid timeout.
        """
        deadline = Deadline(self.timeout if timeout is None else _seconds(timeout))
        check_read_only(text, service)
        query = substitute_terms(text, bindings or {})
        if limit is not None and _result_kind(query)[0] == "rows":
            query = with_limit(query, limit + 1)
        answer = self._ask(query, self._dataset(query, deadline), deadline)
        answer = in_order_of_appearance(answer, text)
        if limit is None or isinstance(answer, bool):
            return answer
        if isinstance(answer, ResultTriples):
            return ResultTriples(answer.triples[:limit], len(answer.triples) > limit)
        return ResultTable(answer.columns, answer.rows[:limit], len(answer.rows) > limit)

    def count(self, name: str) -> int:
        """The number of triples in the graph `name`, 0 if it does not exist.

        Raises EndpointError.
        """
        text = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {from_iri(name)} {{ ?s ?p ?o }} }}"
        answer = self._ask(text, (), Deadline(self.timeout))
        cell = answer.rows[0][0] if isinstance(answer, ResultTable) and answer.rows else None
        count = getattr(cell, "value", "")
        if not (count.isascii() and count.isdecimal()):
            url = public_url(self.addresses.query)
            raise EndpointError(f"{url} returned {str(cell)[:60]} instead of a number of triples")
        return int(count)

    def update(self, text: str, again: bool = True) -> None:
        """Run a SPARQL Update; `again` allows retries, which requires an idempotent update.

        Raises EndpointError.
        """
        self._published = None
        wrapper = self._wrapper(self.addresses.update, text, "")
        wrapper.setMethod(POST)
        self._send(_request(wrapper), Deadline(self.timeout), self.attempts if again else 1)

    def load(self, name: str, lines: Iterable[str]) -> None:
        """Add N-Triples lines to the graph `name`, through the graph store or else by an update.

        Raises EndpointError.
        """
        body = "\n".join(lines)
        store = self.addresses.store
        if store:
            parts = urlsplit(store)
            pairs = [*parse_qsl(parts.query, keep_blank_values=True), ("graph", name)]
            url = urlunsplit(parts._replace(query=urlencode(pairs)))
            request = HttpRequest(
                "POST", url, {"Content-Type": "application/n-triples"}, f"{body}\n".encode()
            )
            try:
                self._send(request, Deadline(self.timeout), self.attempts)
                return
            except EndpointError as error:
                if error.status not in _NO_STORE_STATUSES:
                    raise
                self._has_store = False
        self.update(f"INSERT DATA {{ GRAPH {from_iri(name)} {{\n{body}\n}} }}")

    def _dataset(self, text: str, deadline: Deadline) -> tuple[tuple[str, str], ...]:
        """The request parameters that select the published graphs; none for a query with FROM."""
        if dataset_graphs(text) or not self._holds_facts(deadline):
            return ()
        kinds = ("default-graph-uri", "named-graph-uri")
        return tuple((kind, graph_iri(name)) for kind in kinds for name in GRAPHS)

    def _ask(self, text: str, dataset: tuple[tuple[str, str], ...], deadline: Deadline) -> Answer:
        form, columns = _result_kind(text)
        accept = _ACCEPT_TRIPLES if form == "graph" else _ACCEPT_ROWS
        wrapper = self._wrapper(self.addresses.query, text, accept)
        for key, value in dataset:
            wrapper.addParameter(key, value)
        length = len(text) + sum(len(value) for _, value in dataset)
        wrapper.setMethod(POST if length > LONGEST_GET else GET)
        reply = self._send(_request(wrapper), deadline, self.attempts)
        if form == "graph":
            return read_triples(reply)
        return read_table(reply, columns) if form == "rows" else read_truth(reply)

    def _wrapper(self, url: str, text: str, accept: str) -> SPARQLWrapper:
        """A request with `text`; its type is set, as SPARQLWrapper is misled by comments."""
        parts = urlsplit(url)
        wrapper = SPARQLWrapper(urlunsplit(parts._replace(query="")))
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            wrapper.addParameter(key, value)
        wrapper.setOnlyConneg(True)
        wrapper.setReturnFormat(JSON)
        wrapper.queryString, wrapper.queryType = text, SELECT if accept else INSERT
        wrapper.addCustomHttpHeader("Accept", accept or "*/*")
        return wrapper

    def _send(self, request: HttpRequest, deadline: Deadline, attempts: int) -> HttpReply:
        reply = self._transport.send(request, deadline, attempts)
        self.server = reply.header("Server") or self.server
        return reply


def _request(wrapper: SPARQLWrapper) -> HttpRequest:
    """The request that the public attributes of a SPARQLWrapper specify, as `query` would send it.

    In the SPARQL 1.1 Protocol (2.1, 2.2) the query or update is one of the parameters, in the URL
    of a GET or the form of a POST.
    """
    update = wrapper.isSparqlUpdateRequest()
    parameters = wrapper.parameters | {"update" if update else "query": [wrapper.queryString]}
    form = urlencode(parameters, doseq=True, safe="/")
    headers = {"User-Agent": wrapper.agent, **wrapper.customHttpHeaders}
    if wrapper.method == GET:
        return HttpRequest("GET", f"{wrapper.endpoint}?{form}", headers)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return HttpRequest("POST", wrapper.endpoint, headers, form.encode("ascii"))


def _seconds(timeout: float) -> float:
    """`timeout` as a finite number of seconds. Raises UsageError."""
    try:
        seconds = float(timeout)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds) or seconds <= 0:
        raise UsageError(f"a timeout is a finite number of seconds greater than 0, not {timeout!r}")
    return seconds


def _as_collection(texts: Collection[str]) -> Collection[str]:
    """A collection of texts; a single text becomes a list, as a str is a collection itself."""
    return [texts] if isinstance(texts, str) else texts


def _result_kind(text: str) -> tuple[str, tuple[str, ...]]:
    """The kind of result of a query (rows, graph or boolean), and the columns of its rows."""
    word = next(token.word for token in tokenize(text) if token.word in _KINDS)
    if word != "SELECT":
        return _KINDS[word], ()
    answer = solutions_of(ox.Store().query(without_service(text)))
    return "rows", tuple(variable.value for variable in answer.variables)
