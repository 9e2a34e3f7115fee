"""What a server answered, as the one type of answer: whole, or a message that it is not.

Servers differ in how they spell values and truth, and in how they say that an answer is a part;
those differences end here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from ..ask.query import Table, Triples
from ..names import expand
from ..questions.binding import Term
from .transport import EndpointError, Reply, shown, useful_line

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


def read_table(reply: Reply, columns: tuple[str, ...]) -> Table:
    """The rows of an answer, with these columns. Raises EndpointError where they are not all."""
    found = _results(reply)
    if isinstance(found, bool):
        raise EndpointError(f"{shown(reply.url)} answered yes or no where rows were asked for")
    rows = [tuple(row.get(name) for name in columns) for row in found]
    if "X-SPARQL-MaxRows" in reply.headers:
        cut = f"only the first {len(rows):,} rows; ask for fewer with LIMIT"
        raise EndpointError(f"{shown(reply.url)} gives {cut}")
    if reply.status == 206 or "X-SQL-Message" in reply.headers:
        said = useful_line(str(reply.headers.get("X-SQL-Message") or "").encode())
        raise EndpointError(f"{shown(reply.url)} gave a part of the answer only; {said}")
    spelling = _spelling(term for row in rows for term in row)
    return Table(columns, tuple(tuple(spelling.get(t, t) for t in row) for row in rows))


def read_truth(reply: Reply) -> bool:
    """Yes or no; Virtuoso gives it as the one value of a table. Raises EndpointError."""
    found = _results(reply)
    if isinstance(found, bool):
        return found
    values = [term for row in found for term in row.values()]
    if len(values) == 1 and isinstance(values[0], ox.Literal):
        return values[0].value in ("1", "true")
    raise EndpointError(f"{shown(reply.url)} answered rows where yes or no was asked for")


def _results(reply: Reply) -> bool | list[dict[str, Term]]:
    form = _ROWS.get(reply.kind)
    if form is None:
        raise _wrong_kind(reply, "rows")
    try:
        return _parsed(reply.body, form)
    except SyntaxError as error:
        said = error.msg
    raise _broken(reply, said)


def _parsed(body: bytes, form: ox.QueryResultsFormat) -> bool | list[dict[str, Term]]:
    """The truth, or what is bound in each row; of the parser nothing is left behind.

    A traceback would keep its objects, and they may not be dropped in another thread.
    """
    found = ox.parse_query_results(body, format=form)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    names = [each.value for each in found.variables]
    return [{name: term for name in names if (term := row[name])} for row in found]


def read_triples(reply: Reply) -> Triples:
    """The triples of an answer, sorted. Raises EndpointError."""
    form = _TRIPLES.get(reply.kind)
    if form is None:
        raise _wrong_kind(reply, "triples")
    store = ox.Store()
    try:
        store.load(reply.body, format=form)
        return Triples(tuple(sorted((quad.triple for quad in store), key=str)))
    except SyntaxError as error:
        said = error.msg
    raise _broken(reply, said)


def _wrong_kind(reply: Reply, asked: str) -> EndpointError:
    said = useful_line(reply.body)
    told = f": “{said}”" if said else ""
    return EndpointError(
        f"{shown(reply.url)} answered {reply.kind or 'something without a type'} where {asked} "
        f"were asked for{told}; is this the address for queries?"
    )


def _broken(reply: Reply, problem: str) -> EndpointError:
    """An answer that cannot be read: mostly one that stops in its midst, with the reason last."""
    last = reply.body[-400:].decode("utf-8", "replace").rstrip()
    said = re.search(r"[A-Z][\w ,.;:'’-]{8,}$", last)
    where = shown(reply.url)
    if said:
        return EndpointError(f"{where} broke off inside its answer: “{said.group()}”")
    if not last.endswith(("}", ">", ".")):
        return EndpointError(
            f"{where} broke off inside its answer, after {len(reply.body):,} bytes"
        )
    return EndpointError(f"{where} answered {reply.kind} that cannot be read: {problem}")


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
