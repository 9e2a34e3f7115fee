"""Cells that hold several values: the columns that the header key `lists` of a query names.

SPARQL has no lists, so such a column is a text: `GROUP_CONCAT(DISTINCT STR(?x); separator=" | ")`.
An answer keeps the text, as the engine returned it; what shows or computes with the values reads
them here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.terms import Term
from .execute import Answer, ResultTable

SEPARATOR: Final = " | "
"""Separates the values of a cell; no IRI contains a space."""

Cell: TypeAlias = "Term | tuple[Term, ...] | None"
"""The content of a cell: a term, the terms of a list, or None where it is unbound."""

_IRI: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)[^\s<>\"{}|^`\\]+")


def with_lists(answer: Answer, names: Collection[str]) -> Answer:
    """`answer` with the columns `names` marked as lists; other kinds of answers unchanged."""
    if not isinstance(answer, ResultTable) or not names:
        return answer
    return replace(answer, lists=frozenset(names) & frozenset(answer.columns))


def list_terms(text: str) -> tuple[Term, ...]:
    """The values in the text of a cell, sorted and once each.

    They are IRIs if all of them are absolute IRIs, else literals; an empty text has none.

    >>> list_terms("https://x.test/b | https://x.test/a")
    (<NamedNode value=https://x.test/a>, <NamedNode value=https://x.test/b>)
    """
    parts = sorted(set(filter(None, text.split(SEPARATOR))))
    if all(map(_IRI.fullmatch, parts)):
        return tuple(map(ox.NamedNode, parts))
    return tuple(map(ox.Literal, parts))


def cell_of(lists: Collection[str], name: str, term: Term | None) -> Cell:
    """The content of a cell of the column `name`, in which an answer with `lists` has `term`.

    Engines differ in whether the list of a group without values is unbound or an empty text; both
    are empty lists.
    """
    if name not in lists or not isinstance(term, ox.Literal | None):
        return term
    return () if term is None else list_terms(term.value)


def row_cells(table: ResultTable) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table, with a tuple of terms in the cells of lists."""
    for row in table.rows:
        yield tuple(
            cell_of(table.lists, name, term) for name, term in zip(table.columns, row, strict=True)
        )


def terms_of(cell: Cell) -> tuple[Term, ...]:
    """The terms in a cell: one, those of a list, or none."""
    if cell is None:
        return ()
    return cell if isinstance(cell, tuple) else (cell,)


def table_terms(table: ResultTable) -> Iterator[Term]:
    """All terms in a table, row by row."""
    for cells in row_cells(table):
        for cell in cells:
            yield from terms_of(cell)


def agree(row: Mapping[str, Term | None], solution: Mapping[str, Term | None]) -> bool:
    """Whether a solution has the values of `row` in the columns that both have.

    An engine may join the values of a list in another order; that is the same list.
    """
    return all(_same(row[name], term) for name, term in solution.items() if name in row)


def _same(one_term: Term | None, other_term: Term | None) -> bool:
    if one_term == other_term:
        return True
    if not (isinstance(one_term, ox.Literal) and isinstance(other_term, ox.Literal)):
        return False
    texts = one_term.value, other_term.value
    return all(SEPARATOR in text for text in texts) and list_terms(texts[0]) == list_terms(texts[1])
