"""Result rows as Python values, by index or by column name, as data frames and as HTML tables."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias, overload

import pyoxigraph as ox

from ..graph.labels import designation_notes, labels
from ..model.problems import UsageError
from ..model.terms import Term
from ..model.visible import escape_hidden
from .execute import ResultTable
from .lists import Cell, cell_of, row_cells, table_terms, terms_of
from .python_values import CellValue, cell_value
from .render import format_date

if TYPE_CHECKING:
    import pandas
    import polars

    from .why import RowReason

Reasons: TypeAlias = "Callable[[Mapping[str, Term | None]], tuple[RowReason, ...]]"
_MOST_HTML_ROWS: Final = 50


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
        raise AttributeError(f"the row has no column {name!r}; its columns: {self._column_list()}")

    def __iter__(self) -> Iterator[CellValue]:
        return (self[place] for place in range(len(self.columns)))

    def __len__(self) -> int:
        return len(self.terms)

    def why(self) -> tuple[RowReason, ...]:
        """The facts that support the row, each with its claims: source, quote, certainty.

        Raises UsageError for a row from a server, and for a query whose rows have no reasons.
        """
        if self.reasons is None:
            raise UsageError(
                "reasons are available for rows of a built graph only, not for rows from a server"
            )
        return self.reasons(dict(zip(self.columns, self.terms, strict=True)))

    def asdict(self) -> dict[str, CellValue]:
        """The values by column."""
        return dict(zip(self.columns, self, strict=True))

    def _column_index(self, name: str) -> int:
        if name not in self.columns:
            raise KeyError(f"{name}; the columns are {self._column_list()}")
        return self.columns.index(name)

    def _column_list(self) -> str:
        return ", ".join(self.columns)

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{key}={item!r}' for key, item in self.asdict().items())})"


class Rows(Sequence[Row]):
    """The rows of an answer, in order. `words` is a store with the labels of their IRIs.

    `notes` are sentences about the whole answer, such as what its counts are taken from.
    """

    def __init__(
        self,
        table: ResultTable,
        words: ox.Store,
        reasons: Reasons | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
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
            return Rows(chosen, self._label_store, self._reasons, self.notes)
        return Row(self.columns, self.table.rows[place], self._reasons, self.table.lists)

    def __len__(self) -> int:
        return len(self.table.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of `len(self)` rows. Days are datetime64, whole numbers Int64.

        Raises UsageError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise UsageError(_install("pandas")) from None
        frame = pandas.DataFrame([list(row) for row in self], columns=list(self.columns))
        for name, kind in self._kinds().items():
            if kind is int:
                frame[name] = frame[name].astype("Int64")
            elif kind is bool:
                frame[name] = frame[name].astype("boolean")
            elif kind in (datetime.date, datetime.datetime):
                frame[name] = pandas.to_datetime(frame[name])
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A data frame of `len(self)` rows. Days are Date, whole numbers Int64.

        Raises UsageError where polars is not installed.
        """
        try:
            import polars
        except ImportError:
            raise UsageError(_install("polars")) from None
        kinds = self._kinds()
        data = {
            name: [
                item if kinds[name] or item is None else str(item)
                for item in (row[place] for row in self)
            ]
            for place, name in enumerate(self.columns)
        }
        schema = {
            name: polars.List(polars.String) if kinds[name] is list else kinds[name] or str
            for name in self.columns
        }
        return polars.DataFrame(data, schema=schema)

    def _kinds(self) -> dict[str, type | None]:
        """The type of the values of each column; None where they have several."""
        kinds: dict[str, type | None] = {}
        for place, name in enumerate(self.columns):
            types = {type(row[place]) for row in self} - {type(None)}
            kinds[name] = types.pop() if len(types) == 1 else None
        return kinds

    def __repr__(self) -> str:
        return f"<{len(self):,} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """The first rows as an HTML table: labels link to IRIs, dates read like 22 May 2018."""
        shown = replace(self.table, rows=self.table.rows[:_MOST_HTML_ROWS])
        labels_by_iri = labels(self._label_store, table_terms(shown))
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{_cell_html(cell, labels_by_iri)}</td>' for cell in cells)}</tr>"
            for cells in row_cells(shown)
        )
        notes = designation_notes(self._label_store, labels_by_iri.values())
        more = len(self) - len(shown.rows)
        below = [f"{len(self):,} rows" + (f", {more:,} of them not shown" if more else "")]
        below += [*self.notes, *notes]
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in below)
        page = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{paragraphs}"
        return escape_hidden(page)


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


def _install(name: str) -> str:
    return f"{name} is not installed; pip install 'pcve-graph[{name}]'"
