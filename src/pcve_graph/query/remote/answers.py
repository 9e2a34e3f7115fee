"""Parsing of SPARQL responses into answers; an incomplete response raises EndpointError.

Servers differ in the lexical forms of values and booleans, and in how they mark a partial result.
This module normalizes those differences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Final, TypeVar

import pyoxigraph as ox

from ...model.namespaces import expand
from ...model.terms import Term
from ...system.http.addresses import printable, public_url
from ..execute import ResultTable, ResultTriples
from .guards import UnsafeError, guard_json, guard_triples, guard_xml
from .http import HttpReply
from .messages import EndpointError, useful_line

MOST_TERMS: Final = 10_000_000
"""The most values of an answer; that many take some 3 GB of memory."""
_BATCH: Final = 4096
"""Values between two checks of the deadline; literals normalized in one batch."""
Item = TypeVar("Item")

_ROW_FORMATS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
_TRIPLE_FORMATS: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


def read_table(reply: HttpReply, columns: tuple[str, ...]) -> ResultTable:
    """The rows of an answer, with these columns. Raises EndpointError if the result is partial."""
    rows = _results(reply, columns)
    if isinstance(rows, bool):
        raise EndpointError(f"{public_url(reply.url)} returned a boolean instead of rows")
    if "X-SPARQL-MaxRows" in reply.headers:
        cut = f"only the first {len(rows):,} rows; request fewer with LIMIT"
        raise EndpointError(f"{public_url(reply.url)} returned {cut}")
    if reply.status == 206 or "X-SQL-Message" in reply.headers:
        reason = useful_line(reply.header("X-SQL-Message").encode())
        raise EndpointError(f"{public_url(reply.url)} returned a partial result; {reason}")
    stored_forms = _stored_forms(term for row in rows for term in row)
    return ResultTable(columns, tuple(tuple(stored_forms.get(t, t) for t in row) for row in rows))


def read_truth(reply: HttpReply) -> bool:
    """The boolean of an ASK; Virtuoso returns a table with one value. Raises EndpointError."""
    rows = _results(reply, None)
    if isinstance(rows, bool):
        return rows
    values = [term for row in rows for term in row if term]
    if len(values) == 1 and isinstance(values[0], ox.Literal):
        return values[0].value in ("1", "true")
    raise EndpointError(f"{public_url(reply.url)} returned rows instead of a boolean")


def _results(
    reply: HttpReply, columns: tuple[str, ...] | None
) -> bool | list[tuple[Term | None, ...]]:
    """The boolean, or the rows with `columns`, by default all columns of the answer."""
    form = _ROW_FORMATS.get(reply.kind)
    if form is None:
        raise _unexpected_type(reply, "rows")
    try:
        (guard_json if form == ox.QueryResultsFormat.JSON else guard_xml)(reply.body)
        return _parsed(reply, form, columns)
    except SyntaxError as error:
        problem = error.msg
    except UnsafeError as error:
        raise EndpointError(f"{public_url(reply.url)}: the response is rejected: {error}") from None
    raise _unreadable(reply, problem)


def _parsed(
    reply: HttpReply, form: ox.QueryResultsFormat, columns: tuple[str, ...] | None
) -> bool | list[tuple[Term | None, ...]]:
    """The boolean, or the terms of each row; no reference to the parser remains.

    A traceback would keep its objects alive, and they must not be released in another thread.
    """
    results = ox.parse_query_results(reply.body, format=form)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = {variable.value for variable in results.variables}
    rows = _bounded(results, reply, max(1, len(names), len(columns or ())))
    if columns is None:
        return [tuple(row) for row in rows]
    return [tuple(row[name] if name in names else None for name in columns) for row in rows]


def _bounded(items: Iterable[Item], reply: HttpReply, terms: int) -> Iterator[Item]:
    """The items of an answer, each of `terms` values, within its deadline and `MOST_TERMS`.

    A parser takes time for what is not bound too, so the terms of a row are all its variables.
    Raises EndpointError.
    """
    for number, item in zip(count(1), items, strict=False):
        if number * terms > MOST_TERMS:
            raise EndpointError(
                f"{public_url(reply.url)} returned more than {MOST_TERMS:,} values; "
                "request fewer with LIMIT"
            )
        if number % max(1, _BATCH // terms) == 0 and reply.deadline.passed:
            raise EndpointError(
                f"the response of {public_url(reply.url)} was not read within "
                f"{reply.deadline.seconds:g} s; increase --timeout"
            )
        yield item


def read_triples(reply: HttpReply) -> ResultTriples:
    """The triples of an answer, sorted. Raises EndpointError."""
    form = _TRIPLE_FORMATS.get(reply.kind)
    if form is None:
        raise _unexpected_type(reply, "triples")
    store = ox.Store()
    try:
        if form == ox.RdfFormat.RDF_XML:
            guard_xml(reply.body)
        else:
            guard_triples(reply.body, form == ox.RdfFormat.N_TRIPLES)
        quads = ox.parse(reply.body, format=form)
        store.bulk_extend(_bounded(quads, reply, 3))
        return ResultTriples(tuple(sorted((quad.triple for quad in store), key=str)))
    except SyntaxError as error:
        problem = error.msg
    except UnsafeError as error:
        raise EndpointError(f"{public_url(reply.url)}: the response is rejected: {error}") from None
    raise _unreadable(reply, problem)


def _unexpected_type(reply: HttpReply, expected: str) -> EndpointError:
    excerpt = useful_line(reply.body)
    quoted = f": “{excerpt}”" if excerpt else ""
    return EndpointError(
        f"{public_url(reply.url)} returned {reply.kind or 'a response without a media type'} "
        f"instead of {expected}{quoted}; is this the address for queries?"
    )


def _unreadable(reply: HttpReply, problem: str) -> EndpointError:
    """The error for an unreadable response; most are truncated, some with the reason at the end."""
    last = reply.body[-400:].decode("utf-8", "replace").rstrip()
    excerpt = re.search(r"[A-Z][\w ,.;:'’-]{8,}$", last)
    where = public_url(reply.url)
    if excerpt:
        return EndpointError(f"{where} sent an incomplete response: “{excerpt.group()}”")
    if not last.endswith(("}", ">", ".")):
        return EndpointError(f"{where} sent an incomplete response of {len(reply.body):,} bytes")
    return EndpointError(f"{where} returned invalid {reply.kind}: {printable(problem)}")


def _stored_forms(terms: Iterable[Term | None]) -> dict[Term | None, Term]:
    """The lexical form in the embedded store of each literal for which it differs."""
    plain = expand("xsd:string")
    literals = {
        term
        for term in terms
        if isinstance(term, ox.Literal) and (term.language or term.datatype.value != plain)
    }
    stored_forms: dict[Term | None, Term] = {}
    pending = iter(literals)
    while block := list(islice(pending, _BATCH)):
        stored_forms |= _changed_in_store(block)
    return stored_forms


def _changed_in_store(literals: list[ox.Literal]) -> dict[Term | None, Term]:
    """The literals that a store changes, each with its stored form."""
    value = ox.NamedNode(expand("rdf:value"))
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:{number}"), value, literal)
        for number, literal in enumerate(literals)
    )
    pairs = (
        (literals[int(str(getattr(quad.subject, "value", ""))[4:])], quad.object) for quad in store
    )
    return {literal: stored for literal, stored in pairs if literal != stored}
