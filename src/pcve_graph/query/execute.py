"""Execution of SPARQL on a saved graph, and the answer types that all engines share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.problems import ContentError, Position, UsageError, damage_message, rule_problem
from ..model.terms import Term, from_iri
from ..syntax import sparql_results
from ..syntax.sparql_bounds import check_query_text
from ..syntax.sparql_constants import lower_booleans, with_placeholders
from ..syntax.sparql_errors import check_syntax, syntax_problem
from ..syntax.sparql_tokens import (
    dataset_graphs,
    has_service,
    line_and_column,
    tokenize,
    update_keyword,
    variable_names,
    variables_of_star,
)
from .binding import substitute_terms

RESULT_FORMATS: Final = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}


class ServiceRefusedError(UsageError):
    """A query has SERVICE, which its caller does not allow."""


_OTHER_FORMS: Final = ("ASK", "CONSTRUCT", "DESCRIBE")
"""The forms of a query that returns no rows."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The answer of a SELECT: columns in the query's order; a row has a term or None for each.

    `more` is true if a limit cut off further rows. `lists` names the columns whose texts hold
    several values, which `lists.row_cells` separates.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    more: bool = False
    lists: frozenset[str] = frozenset()

    def serialize(self, form: str) -> bytes:
        """The table as one of `RESULT_FORMATS` (W3C SPARQL 1.1 results in CSV, TSV, JSON, XML)."""
        rows = [
            {name: json_term(term) for name, term in zip(self.columns, row, strict=True) if term}
            for row in self.rows
        ]
        document = {"head": {"vars": self.columns}, "results": {"bindings": rows}}
        text = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
        if form == "json":
            return text
        solutions = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
        return solutions.serialize(format=RESULT_FORMATS[form]) or b""


def json_term(term: Term) -> dict[str, str]:
    """A term as an object of the SPARQL 1.1 Query Results JSON Format (W3C)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        document = {"type": "literal", "value": term.value}
        if term.language:
            return {**document, "xml:lang": term.language}
        is_string = term.datatype.value == expand("xsd:string")
        return document if is_string else {**document, "datatype": term.datatype.value}
    return {"type": "bnode", "value": getattr(term, "value", str(term))}


@dataclass(frozen=True, slots=True)
class ResultTriples:
    """The answer of a CONSTRUCT or DESCRIBE, sorted. `more` is true if a limit cut off triples."""

    triples: tuple[ox.Triple, ...]
    more: bool = False


Answer: TypeAlias = ResultTable | ResultTriples | bool


def ask(
    store: ox.Store,
    text: str,
    bindings: Mapping[str, Term] | None = None,
    name: str = "query",
    *,
    limit: int | None = None,
    service: bool = False,
) -> Answer:
    """Run SPARQL over the union of all graphs, with `bindings` substituted for its variables.

    `limit` is the largest number of rows or triples; further ones are not computed where the
    query's order allows. Raises ContentError for a syntax error, with its line and column in
    `name`, and UsageError for an update, a graph that the store does not contain, and SERVICE
    unless `service` allows queries to other servers.
    """
    try:
        answer = collect_answer(_answer(store, text, bindings or {}, name, service), limit)
        return in_order_of_appearance(answer, text)
    except (RuntimeError, OSError) as error:
        raise _failure(text, name, error) from None


def _not_select(text: str, name: str) -> ContentError:
    form = next(token for token in tokenize(text) if token.word in _OTHER_FORMS)
    position = Position(name, *line_and_column(text, form.start))
    message, fix = f"the query returns no rows: it is of the form {form.word}", "ask with SELECT"
    return ContentError([rule_problem("query-columns", position, message, fix)])


def _answer(
    store: ox.Store, text: str, bindings: Mapping[str, Term], name: str, service: bool
) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
    check_read_only(text, service, name)
    query = lower_booleans(substitute_terms(text, bindings))
    graphs = [name for name in dataset_graphs(query) if ":" in name]
    for graph in graphs:
        if "//" in graph and not store.contains_named_graph(ox.NamedNode(graph)):
            raise UsageError(
                f"the store has no graph {from_iri(graph)}; graphs are not fetched from the web"
            )
    try:
        return store.query(query, use_default_graph_as_union=not graphs)
    except SyntaxError:
        check_syntax(with_placeholders(lower_booleans(text), variable_names(text))[0], name)
        names = ", ".join(bindings)
        message = (
            f"{name}: the value of {names} is not allowed in its position; is an IRI required?"
        )
        raise UsageError(message) from None


def _failure(text: str, name: str, error: RuntimeError | OSError) -> Exception:
    """The exception to raise for an error of the engine during evaluation."""
    message = " ".join(str(error).split())
    if has_service(text):
        return UsageError(f"{name}: the endpoint of SERVICE did not answer: {message[:300]}")
    if damaged := damage_message(error):
        return UsageError(damaged)
    return (
        error if isinstance(error, OSError) else ContentError([syntax_problem(text, message, name)])
    )


def tsv_table(
    store: ox.Store, text: str, name: str = "query"
) -> tuple[tuple[str, ...], list[list[str]]]:
    """The columns and rows of a SELECT over the union of all graphs, each term in its TSV form.

    `sparql_results.cell_value` returns the value of such a term. Raises as `ask` does, and
    ContentError (`query-columns`) for a query that returns no rows.
    """
    try:
        answer = _answer(store, text, {}, name, service=False)
        if not isinstance(answer, ox.QuerySolutions):
            raise _not_select(text, name)
        columns = tuple(variable.value for variable in answer.variables)
        written = answer.serialize(format=ox.QueryResultsFormat.TSV) or b""
        return columns, sparql_results.read_tsv_rows(written)
    except (RuntimeError, OSError) as error:
        raise _failure(text, name, error) from None


def column_names(text: str, name: str = "query") -> tuple[str, ...]:
    """The columns that a SELECT returns; nothing of it is evaluated. Raises as `tsv_table` does."""
    answer = _answer(ox.Store(), text, {}, name, service=False)
    if not isinstance(answer, ox.QuerySolutions):
        raise _not_select(text, name)
    return tuple(variable.value for variable in answer.variables)


def check_read_only(text: str, service: bool = False, name: str = "query") -> None:
    """Raise UsageError for an update, and for SERVICE unless `service` allows it.

    Raises ContentError for a text that is unsafe to parse, as `check_query_text` does.
    """
    check_query_text(text, name)
    if word := update_keyword(text):
        raise UsageError(f"{word} is an update; queries are read-only")
    if not service and has_service(text):
        raise ServiceRefusedError("SERVICE is refused: it queries another server")


def collect_answer(
    answer: ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean, limit: int | None
) -> Answer:
    """The result of an engine as an Answer, with at most `limit` rows or triples."""
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    taken = list(islice(answer, limit))
    more = limit is not None and next(iter(answer), None) is not None
    if isinstance(answer, ox.QueryTriples):
        return ResultTriples(tuple(sorted(taken, key=str)), more)
    columns = tuple(variable.value for variable in answer.variables)
    return ResultTable(columns, tuple(tuple(row) for row in taken), more)


def in_order_of_appearance(answer: Answer, text: str) -> Answer:
    """`answer`; the columns of `SELECT *` in the order in which the query `text` has them."""
    named = variables_of_star(text)
    if named is None or not isinstance(answer, ResultTable):
        return answer
    places = {name: place for place, name in enumerate(named)}
    order = sorted(
        range(len(answer.columns)), key=lambda at: places.get(answer.columns[at], len(places))
    )
    rows = tuple(tuple(row[at] for at in order) for row in answer.rows)
    return replace(answer, columns=tuple(answer.columns[at] for at in order), rows=rows)


def serialize_boolean(answer: bool, form: str) -> bytes:
    """The answer of an ASK as one of `RESULT_FORMATS`."""
    document = json.dumps({"head": {}, "boolean": answer})
    boolean = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON)
    return boolean.serialize(format=RESULT_FORMATS[form]) or b""
