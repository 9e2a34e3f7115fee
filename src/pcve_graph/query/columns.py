"""Result sets that code takes apart: their columns are declared, and every answer is checked.

The queries in queries/landscape and the query `completeness` are files that people edit. The code
that reads their rows declares the columns as `Column`s; an edit after which the answer differs from
them is a problem in the file (`query-columns`), at the column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, NamedTuple

import pyoxigraph as ox

from ..model.dates import precision
from ..model.problems import ContentError, Position, rule_problem
from ..model.terms import is_blank, is_iri
from ..syntax.sparql_results import cell_value
from ..syntax.sparql_tokens import Token, line_and_column, tokenize
from ..system.sandbox import inside
from .execute import column_names, tsv_table
from .saved import SavedQuery, refuse_service

_SHOWN: Final = 60
"""Characters of a value that a message shows."""


class Column(NamedTuple):
    """A column that code reads: `kind` is a key of `KINDS`; an `optional` one may be unbound."""

    name: str
    kind: str = "iri"
    optional: bool = False


def _is_literal(cell: str) -> bool:
    return not (is_iri(cell) or is_blank(cell))


def _is_amount(cell: str) -> bool:
    try:
        number = Decimal(cell_value(cell)) if _is_literal(cell) else Decimal("NaN")
    except InvalidOperation:
        return False
    return number.is_finite() and number >= 0


@lru_cache(4096)
def _precision(cell: str) -> str | None:
    return precision(cell_value(cell)) if _is_literal(cell) else None


KINDS: Final[dict[str, tuple[str, Callable[[str], bool]]]] = {
    "iri": ("an IRI", is_iri),
    "text": ("a text", _is_literal),
    "integer": ("a whole number (0 or more)", lambda cell: cell.isascii() and cell.isdigit()),
    "amount": ("a number (0 or more)", _is_amount),
    "date": ("a day, month or year", lambda cell: _precision(cell) is not None),
    "day": ("a day (2018-05-22)", lambda cell: _precision(cell) == "date"),
    "term": ("a value", bool),
}
"""The kinds of values: in words, and whether a cell (a term in TSV, never empty) is of the kind."""


def select_cells(store: ox.Store, query: SavedQuery, columns: Sequence[Column]) -> list[list[str]]:
    """The rows of `query` over the union of all graphs, each term in its TSV form.

    Raises ContentError (`query-columns`) unless the query is a SELECT of exactly `columns`, in
    their order, and all values are of the expected kinds, `query-service` if it has SERVICE; else
    as `execute.tsv_table` does. The process is stopped after the timeout of the query, if its
    header gives one.
    """
    refuse_service(query)
    with inside.shorter_time_limit(query.path, query.timeout):
        names, rows = tsv_table(store, query.text, query.path)
    _check_names(query, names, columns)
    for place, column in enumerate(columns):
        check_cells(query, column, {row[place] for row in rows})
    return rows


def select_rows(store: ox.Store, query: SavedQuery, columns: Sequence[Column]) -> list[list[str]]:
    """As `select_cells`, with the IRI or the value of each literal in place of its TSV form."""
    return [[cell_value(cell) for cell in row] for row in select_cells(store, query, columns)]


def check_columns(query: SavedQuery, columns: Sequence[Column]) -> None:
    """Raise ContentError as `select_cells` does, without running the query."""
    refuse_service(query)
    _check_names(query, column_names(query.text, query.path), columns)


def _check_names(query: SavedQuery, names: tuple[str, ...], columns: Sequence[Column]) -> None:
    declared = tuple(column.name for column in columns)
    if names != declared:
        raise _wrong_columns(query, names, declared)


def check_cells(query: SavedQuery, column: Column, cells: set[str]) -> None:
    """Raise ContentError (`query-columns`) unless all `cells` of `column` are of its kind."""
    _, is_of_kind = KINDS[column.kind]
    wrong = [cell for cell in cells if not (is_of_kind(cell) if cell else column.optional)]
    if wrong:
        raise wrong_value(query, column, min(wrong))


def wrong_value(
    query: SavedQuery, column: Column, cell: str, rule: str = "query-columns"
) -> ContentError:
    """The error for a `cell` that is not of the kind of its `column`."""
    shown = cell if len(cell) <= _SHOWN else cell[:_SHOWN] + "…"
    value = f"the value {shown}" if cell else "a row without a value"
    words, name = KINDS[column.kind][0], column.name
    message = f"?{name} has {value}, but must be {words}"
    fix = f"select {words} as ?{name}" + ("" if cell else " in every row")
    return query_error(query, name, message, fix, rule)


def query_error(
    query: SavedQuery, name: str, message: str, fix: str, rule: str = "query-columns"
) -> ContentError:
    """The error of a query at its column `name`, or at SELECT if it has no such column."""
    selected = _select_clause(query.text)
    variables = [token for token in selected if token.kind == "variable" and token.text[1:] == name]
    start = variables[-1].start if variables else selected[0].start
    position = Position(query.path, *line_and_column(query.text, start))
    return ContentError([rule_problem(rule, position, message, fix)])


def _wrong_columns(
    query: SavedQuery, names: tuple[str, ...], declared: tuple[str, ...]
) -> ContentError:
    place = next(
        (at for at, pair in enumerate(zip(names, declared, strict=False)) if pair[0] != pair[1]),
        min(len(names), len(declared)),
    )
    message = f"the query selects {_variables(names)}; pcve expects {_variables(declared)}"
    fix = f"select {_variables(declared)}, in this order"
    return query_error(query, names[place] if place < len(names) else "", message, fix)


def _variables(names: tuple[str, ...]) -> str:
    return " ".join(f"?{name}" for name in names) or "no columns"


def _select_clause(text: str) -> list[Token]:
    """The tokens of the outer SELECT clause: the keyword and all up to FROM, WHERE or `{`."""
    query_tokens = tokenize(text)
    first = next(at for at, token in enumerate(query_tokens) if token.word == "SELECT")
    ends = (at for at, token in enumerate(query_tokens) if token.word in ("FROM", "WHERE", "{"))
    return query_tokens[first : next((at for at in ends if at > first), None)]
