"""A SPARQL 1.1 server as a place to ask and to write: the same answers as the embedded store.

Servers differ in their addresses, in how they spell values, and in how they say that an answer is
not whole; those differences end here.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NoReturn
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import pyoxigraph as ox
from SPARQLWrapper import GET, INSERT, JSON, POST, SELECT, SPARQLWrapper

from .binding import Term, limited, standalone
from .errors import UsageError
from .names import GRAPHS, expand, graph
from .query import Answer, Table, Triples, refuse
from .sparqltext import dataset, tokens
from .transport import ATTEMPTS, Credentials, EndpointError, Reply, Transport, shown, useful_line

TIMEOUT: Final = 60.0
"""Seconds that a server has for an answer, where nothing else is asked."""
LONG: Final = 4000
"""A request of more characters than this is sent with POST: addresses have limits."""
_NO_STORE: Final = frozenset({404, 405, 501})
"""What a server answers that has no graph store where one was looked for."""
_FORMS: Final = {"SELECT": "rows", "CONSTRUCT": "graph", "DESCRIBE": "graph", "ASK": "truth"}
_WANT_ROWS: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_WANT_TRIPLES: Final = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
_ROWS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_TRIPLES: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


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
            return _triples(reply)
        return _table(reply, columns) if form == "rows" else _truth(reply)

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
    answer = ox.Store().query(text)
    assert isinstance(answer, ox.QuerySolutions)
    return "rows", tuple(each.value for each in answer.variables)


def _table(reply: Reply, columns: tuple[str, ...]) -> Table:
    found = _results(reply)
    if not isinstance(found, ox.QuerySolutions):
        raise EndpointError(f"{shown(reply.url)} answered yes or no where rows were asked for")
    known = {each.value for each in found.variables}
    rows = [
        tuple(row[name] if name in known else None for name in columns)
        for row in _whole(reply, found)
    ]
    if "X-SPARQL-MaxRows" in reply.headers:
        cut = f"only the first {len(rows):,} rows; ask for fewer with LIMIT"
        raise EndpointError(f"{shown(reply.url)} gives {cut}")
    if reply.status == 206 or "X-SQL-Message" in reply.headers:
        said = useful_line(str(reply.headers.get("X-SQL-Message") or "").encode())
        raise EndpointError(f"{shown(reply.url)} gave a part of the answer only; {said}")
    spelling = _spelling(term for row in rows for term in row)
    return Table(columns, tuple(tuple(spelling.get(t, t) for t in row) for row in rows))


def _truth(reply: Reply) -> bool:
    """Yes or no; Virtuoso gives it as the one value of a table."""
    found = _results(reply)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    values = [term for row in _whole(reply, found) for term in row]
    if len(values) == 1 and isinstance(values[0], ox.Literal):
        return values[0].value in ("1", "true")
    raise EndpointError(f"{shown(reply.url)} answered rows where yes or no was asked for")


def _results(reply: Reply) -> ox.QuerySolutions | ox.QueryBoolean:
    form = _ROWS.get(reply.kind)
    if form is None:
        _wrong_kind(reply, "rows")
    try:
        return ox.parse_query_results(reply.body, format=form)
    except SyntaxError as error:
        _broken(reply, error)


def _whole(reply: Reply, found: ox.QuerySolutions) -> list[ox.QuerySolution]:
    try:
        return list(found)
    except SyntaxError as error:
        _broken(reply, error)


def _triples(reply: Reply) -> Triples:
    form = _TRIPLES.get(reply.kind)
    if form is None:
        _wrong_kind(reply, "triples")
    store = ox.Store()
    try:
        store.load(reply.body, format=form)
    except SyntaxError as error:
        _broken(reply, error)
    return Triples(tuple(sorted((quad.triple for quad in store), key=str)))


def _wrong_kind(reply: Reply, asked: str) -> NoReturn:
    said = useful_line(reply.body)
    told = f": “{said}”" if said else ""
    raise EndpointError(
        f"{shown(reply.url)} answered {reply.kind or 'something without a type'} where {asked} "
        f"were asked for{told}; is this the address for queries?"
    )


def _broken(reply: Reply, error: SyntaxError) -> NoReturn:
    """An answer that cannot be read: mostly one that stops in its midst, with the reason last."""
    last = reply.body[-400:].decode("utf-8", "replace").rstrip()
    said = re.search(r"[A-Z][\w ,.;:'’-]{8,}$", last)
    where = shown(reply.url)
    if said:
        raise EndpointError(f"{where} broke off inside its answer: “{said.group()}”")
    if not last.endswith(("}", ">", ".")):
        raise EndpointError(f"{where} broke off inside its answer, after {len(reply.body):,} bytes")
    raise EndpointError(f"{where} answered {reply.kind} that cannot be read: {error.msg}")


def _spelling(terms: Iterable[Term | None]) -> dict[Term | None, Term]:
    """The embedded store's spelling of each literal that it spells otherwise."""
    plain = expand("xsd:string")
    literals = {
        each
        for each in terms
        if isinstance(each, ox.Literal) and (each.language or each.datatype.value != plain)
    }
    numbered = dict(enumerate(literals))
    value = ox.NamedNode(expand("rdf:value"))
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:{number}"), value, each) for number, each in numbered.items()
    )
    return {
        numbered[int(str(getattr(quad.subject, "value", ""))[4:])]: quad.object for quad in store
    }
