"""Columns of labels beside the columns with IRIs, for what people compute with or read.

The column `country` gets `country_label` to its right, unless the query has a column of that name.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from ..graph.labels import labels
from ..model.problems import UsageError
from ..model.terms import Term, plain_value
from .execute import RESULT_FORMATS, ResultTable
from .lists import SEPARATOR, Cell, row_cells, table_terms, terms_of
from .python_values import json_records
from .render_rows import RECORDS

LABELLED_FORMATS: Final = (*RESULT_FORMATS, RECORDS)
"""The formats that label columns are added to; tables show labels in place of IRIs."""

Column = tuple[str, list[Cell]]
"""A column: its name, and its cells from the first row on."""


def table_columns(table: ResultTable) -> list[Column]:
    """The columns of a table, with a tuple of terms in the cells of lists."""
    rows = list(row_cells(table))
    return [(name, [row[place] for row in rows]) for place, name in enumerate(table.columns)]


def labelled_columns(table: ResultTable, store: ox.Store) -> list[Column]:
    """The columns of a table, each that has an IRI followed by the labels that `store` has.

    A label is a literal, in a list at the place of its IRI. What is no IRI is its own label: the
    text "not stated" in a column of payers.
    """
    labels_by_iri = labels(store, table_terms(table))
    columns: list[Column] = []
    for name, cells in table_columns(table):
        columns.append((name, cells))
        label_column = f"{name}_label"
        terms = (term for cell in cells for term in terms_of(cell))
        if label_column not in table.columns and any(
            isinstance(term, ox.NamedNode) for term in terms
        ):
            columns.append((label_column, [_label(cell, labels_by_iri) for cell in cells]))
    return columns


def _label(cell: Cell, labels_by_iri: dict[str, str]) -> Cell:
    if isinstance(cell, tuple):
        return tuple(_label_of_term(term, labels_by_iri) for term in cell)
    return None if cell is None else _label_of_term(cell, labels_by_iri)


def _label_of_term(term: Term, labels_by_iri: dict[str, str]) -> ox.Literal:
    text = plain_value(term)
    return ox.Literal(labels_by_iri.get(text, text) if isinstance(term, ox.NamedNode) else text)


def render_labelled(table: ResultTable, form: str, store: ox.Store) -> str:
    """The table with label columns in one of `LABELLED_FORMATS`.

    The labels of a list are joined as its IRIs are, in their order. Raises UsageError for another
    format.
    """
    if form not in LABELLED_FORMATS:
        raise UsageError(
            f"--labels adds columns to --format {', '.join(LABELLED_FORMATS)}; tables have labels"
        )
    columns = labelled_columns(table, store)
    names = tuple(name for name, _ in columns)
    rows = zip(*(cells for _, cells in columns), strict=True)
    if form == RECORDS:
        return json_records(names, rows)
    joined = tuple(tuple(map(_joined, row)) for row in rows)
    return ResultTable(names, joined).serialize(form).decode()


def _joined(cell: Cell) -> Term | None:
    if isinstance(cell, tuple):
        return ox.Literal(SEPARATOR.join(map(plain_value, cell)))
    return cell
