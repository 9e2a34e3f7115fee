"""What a server answered, as the one type of answer: whole, or a message that it is not.

Servers differ in how they spell values and truth, and in how they say that an answer is a part;
those differences end here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Final, TypeVar

import pyoxigraph as ox

from ...model.namespaces import expand
from ...model.terms import Term
from ..execute import Table, Triples
from .addresses import printable, shown
from .guards import UnsafeError, guard_json, guard_triples, guard_xml
from .http import Reply
from .messages import EndpointError, useful_line

MOST_TERMS: Final = 10_000_000
"""Values of an answer that are read at most; an answer of so many takes some 3 GB of memory."""
_BETWEEN: Final = 4096
"""Rows or triples between two looks at the deadline; literals that are spelled at once."""
Item = TypeVar("Item")

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
    rows = _results(reply, columns)
    if isinstance(rows, bool):
        raise EndpointError(f"{shown(reply.url)} answered yes or no where rows were asked for")
    if "X-SPARQL-MaxRows" in reply.headers:
        cut = f"only the first {len(rows):,} rows; ask for fewer with LIMIT"
        raise EndpointError(f"{shown(reply.url)} gives {cut}")
    if reply.status == 206 or "X-SQL-Message" in reply.headers:
        reason = useful_line(reply.header("X-SQL-Message").encode())
        raise EndpointError(f"{shown(reply.url)} gave a part of the answer only; {reason}")
    spelling = _spelling(term for row in rows for term in row)
    return Table(columns, tuple(tuple(spelling.get(t, t) for t in row) for row in rows))


def read_truth(reply: Reply) -> bool:
    """Yes or no; Virtuoso gives it as the one value of a table. Raises EndpointError."""
    rows = _results(reply, None)
    if isinstance(rows, bool):
        return rows
    values = [term for row in rows for term in row if term]
    if len(values) == 1 and isinstance(values[0], ox.Literal):
        return values[0].value in ("1", "true")
    raise EndpointError(f"{shown(reply.url)} answered rows where yes or no was asked for")


def _results(reply: Reply, columns: tuple[str, ...] | None) -> bool | list[tuple[Term | None, ...]]:
    """The truth, or the rows in `columns`, or in those of the answer."""
    form = _ROWS.get(reply.kind)
    if form is None:
        raise _wrong_kind(reply, "rows")
    try:
        (guard_json if form == ox.QueryResultsFormat.JSON else guard_xml)(reply.body)
        return _parsed(reply, form, columns)
    except SyntaxError as error:
        problem = error.msg
    except UnsafeError as error:
        raise EndpointError(
            f"{shown(reply.url)} gave an answer that is not read: {error}"
        ) from None
    raise _broken(reply, problem)


def _parsed(
    reply: Reply, form: ox.QueryResultsFormat, columns: tuple[str, ...] | None
) -> bool | list[tuple[Term | None, ...]]:
    """The truth, or what is bound in each row; of the parser nothing is left behind.

    A traceback would keep its objects, and they may not be dropped in another thread.
    """
    results = ox.parse_query_results(reply.body, format=form)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = {variable.value for variable in results.variables}
    wanted = sorted(names) if columns is None else columns
    return [
        tuple(row[name] if name in names else None for name in wanted)
        for row in _bounded(results, reply, max(1, len(wanted)))
    ]


def _bounded(items: Iterable[Item], reply: Reply, terms: int) -> Iterator[Item]:
    """The items of an answer, of so many terms each, within its deadline and `MOST_TERMS`.

    Raises EndpointError.
    """
    for number, item in zip(count(1), items, strict=False):
        if number * terms > MOST_TERMS:
            raise EndpointError(
                f"{shown(reply.url)} answered more than {MOST_TERMS:,} values; "
                "ask for fewer with LIMIT"
            )
        if number % _BETWEEN == 0 and reply.deadline.passed:
            raise EndpointError(
                f"the answer of {shown(reply.url)} was not read within "
                f"{reply.deadline.seconds:g} s; --timeout allows more"
            )
        yield item


def read_triples(reply: Reply) -> Triples:
    """The triples of an answer, sorted. Raises EndpointError."""
    form = _TRIPLES.get(reply.kind)
    if form is None:
        raise _wrong_kind(reply, "triples")
    store = ox.Store()
    try:
        if form == ox.RdfFormat.RDF_XML:
            guard_xml(reply.body)
        else:
            guard_triples(reply.body, form == ox.RdfFormat.N_TRIPLES)
        quads = ox.parse(reply.body, format=form)
        store.bulk_extend(_bounded(quads, reply, 3))
        return Triples(tuple(sorted((quad.triple for quad in store), key=str)))
    except SyntaxError as error:
        problem = error.msg
    except UnsafeError as error:
        raise EndpointError(
            f"{shown(reply.url)} gave an answer that is not read: {error}"
        ) from None
    raise _broken(reply, problem)


def _wrong_kind(reply: Reply, expected: str) -> EndpointError:
    excerpt = useful_line(reply.body)
    quoted = f": “{excerpt}”" if excerpt else ""
    return EndpointError(
        f"{shown(reply.url)} answered {reply.kind or 'something without a type'} where {expected} "
        f"were asked for{quoted}; is this the address for queries?"
    )


def _broken(reply: Reply, problem: str) -> EndpointError:
    """An answer that cannot be read: mostly one that stops in its midst, with the reason last."""
    last = reply.body[-400:].decode("utf-8", "replace").rstrip()
    excerpt = re.search(r"[A-Z][\w ,.;:'’-]{8,}$", last)
    where = shown(reply.url)
    if excerpt:
        return EndpointError(f"{where} broke off inside its answer: “{excerpt.group()}”")
    if not last.endswith(("}", ">", ".")):
        return EndpointError(
            f"{where} broke off inside its answer, after {len(reply.body):,} bytes"
        )
    return EndpointError(f"{where} answered {reply.kind} that cannot be read: {printable(problem)}")


def _spelling(terms: Iterable[Term | None]) -> dict[Term | None, Term]:
    """The embedded store's spelling of each literal that it spells otherwise."""
    plain = expand("xsd:string")
    literals = {
        term
        for term in terms
        if isinstance(term, ox.Literal) and (term.language or term.datatype.value != plain)
    }
    spelling: dict[Term | None, Term] = {}
    waiting = iter(literals)
    while block := list(islice(waiting, _BETWEEN)):
        spelling |= _stored(block)
    return spelling


def _stored(literals: list[ox.Literal]) -> dict[Term | None, Term]:
    """The literals that come out of a store otherwise than they went in."""
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
