"""Result rows as Python values, by index or by column name, as data frames and as HTML tables."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, overload

import pyoxigraph as ox

from ..graph.labels import designation_notes, labels
from ..model.calls import names_checked
from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.terms import Term
from .execute import ResultTable
from .frames import FrameColumn, frame_columns, pandas_frame, polars_frame
from .html_tables import MOST_HTML_ROWS, count_line, html_table
from .lists import Cell, cell_of, row_cells, table_terms, terms_of
from .python_values import CellValue, cell_value
from .render import format_date

if TYPE_CHECKING:
    import pandas
    import polars

    from .why import RowReason

Reasons: TypeAlias = "Callable[[Mapping[str, Term | None]], tuple[RowReason, ...]]"


class NoColumnError(UsageError, KeyError, AttributeError):
    """A row has no column of this name."""

    __str__ = Exception.__str__  # that of KeyError shows the text with quotes


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `row.start`, `row["start"]`, `row[3]`. `terms` holds the same values as RDF terms.

    The value of a column that the header of the query names in `lists` is a list; among `terms` it
    is one literal, as the query returned it. `reasons` finds the facts that support the row; None
    where no evidence is available.
    """

    columns: tuple[str, ...]
    terms: tuple[Term | None, ...]
    reasons: Reasons | None = field(default=None, compare=False)
    lists: frozenset[str] = frozenset()

    def __getitem__(self, key: int | str) -> CellValue:
        place = self._column_index(key) if isinstance(key, str) else key
        return cell_value(cell_of(self.lists, self.columns[place], self.terms[place]))

    def __getattr__(self, name: str) -> CellValue:
        if name in self.columns:
            return self[name]
        raise self._no_column(name)

    def __iter__(self) -> Iterator[CellValue]:
        return (self[place] for place in range(len(self.columns)))

    def __len__(self) -> int:
        return len(self.terms)

    @names_checked
    def why(self) -> tuple[RowReason, ...]:
        """The facts that support the row, each with its claims: source, quote, certainty.

        Raises UsageError for a row from a server, and for a query whose rows have no reasons.
        """
        if self.reasons is None:
            raise UsageError(
                "reasons are available for rows of a built graph only, not for rows from a server"
            )
        return self.reasons(dict(zip(self.columns, self.terms, strict=True)))

    @names_checked
    def asdict(self) -> dict[str, CellValue]:
        """The values by column."""
        return dict(zip(self.columns, self, strict=True))

    def _column_index(self, name: str) -> int:
        if name not in self.columns:
            raise self._no_column(name)
        return self.columns.index(name)

    def _no_column(self, name: str) -> NoColumnError:
        hint = did_you_mean(name, self.columns) or f"its columns: {', '.join(self.columns)}"
        return NoColumnError(f"the row has no column {name!r}; {hint}")

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{key}={item!r}' for key, item in self.asdict().items())})"


class Rows(Sequence[Row]):
    """The rows of an answer, in order. `words` is a store with the labels of their IRIs.

    `question` is the SPARQL that they answer, with the values of its parameters. `notes` are
    sentences about the whole answer: what its counts are taken from, or a term of the query that
    the graph does not have.
    """

    def __init__(
        self,
        table: ResultTable,
        words: ox.Store,
        reasons: Reasons | None = None,
        question: tuple[str, Mapping[str, Term]] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.question = question
        self.table = table
        self._label_store = words
        self._reasons = reasons
        self.notes = notes

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the query's order."""
        return self.table.columns

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Rows: ...
    def __getitem__(self, place: int | slice) -> Row | Rows:
        if isinstance(place, slice):
            chosen = replace(self.table, rows=self.table.rows[place])
            return Rows(chosen, self._label_store, self._reasons, self.question, self.notes)
        return Row(self.columns, self.table.rows[place], self._reasons, self.table.lists)

    def __len__(self) -> int:
        return len(self.table.rows)

    @names_checked
    def to_pandas(self, labels: bool = True) -> pandas.DataFrame:
        """A data frame of `len(self)` rows, in which every column has one type.

        With `labels`, each column with IRIs has the labels beside it: `country_label`. Whole
        numbers are Int64, other numbers float64, lists objects. A column of dates is datetime64
        where all are whole days, else an ordered category of the texts as stated, such as
        `2019-02`; it sorts by the days that they can mean. Beside it `_earliest` and `_latest` are
        datetime64, with the first and last of these days, NaT where that is open. Raises UsageError
        where pandas is not installed.

        >>> kg.query("events-by-date").to_pandas().sort_values("start")  # doctest: +SKIP
        """
        return pandas_frame(self._frame_columns(labels))

    @names_checked
    def to_polars(self, labels: bool = True) -> polars.DataFrame:
        """As `to_pandas`: days are Date, dates as stated Enum, decimals Decimal, lists List.

        Raises UsageError where polars is not installed.
        """
        return polars_frame(self._frame_columns(labels))

    def _frame_columns(self, labels: bool) -> list[FrameColumn]:
        return frame_columns(self.table, self._label_store if labels else None)

    def __repr__(self) -> str:
        return f"<{len(self):,} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """The first rows as an HTML table: labels link to IRIs, dates read like 22 May 2018."""
        shown = replace(self.table, rows=self.table.rows[:MOST_HTML_ROWS])
        labels_by_iri = labels(self._label_store, table_terms(shown))
        rows = ([_cell_html(cell, labels_by_iri) for cell in cells] for cells in row_cells(shown))
        notes = designation_notes(self._label_store, labels_by_iri.values())
        return html_table(self.columns, rows, [count_line(len(self)), *self.notes, *notes])


def _cell_html(cell: Cell, labels_by_iri: dict[str, str]) -> str:
    return "; ".join(_term_html(term, labels_by_iri) for term in terms_of(cell))


def _term_html(term: Term, labels_by_iri: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        name = html.escape(labels_by_iri.get(term.value, term.value))
        if re.match(r"https?://", term.value):
            return f'<a href="{html.escape(term.value)}">{name}</a>'
        return name
    if isinstance(term, ox.Literal):
        return html.escape(format_date(term.value) if "date" in term.datatype.value else term.value)
    return html.escape(str(term))
