"""Answers as data frames of pandas and polars: one type for each column, dates that sort.

The type of a column follows from its terms. Where they have no type in common, it is text.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from ..model.dates import EDTF, date_range, first_and_last
from ..model.namespaces import local_name
from ..model.problems import UsageError
from ..model.terms import Term, plain_value
from .execute import ResultTable
from .label_columns import Column, labelled_columns, table_columns
from .lists import Cell, terms_of
from .python_values import PythonValue, python_value

if TYPE_CHECKING:
    import pandas
    import polars

BOUND_SUFFIXES: Final = ("earliest", "latest")
"""What the names of the columns with the first and last possible day of a date end in."""

_DATES: Final = frozenset(("date", "gYearMonth", "gYear", EDTF))
_MIXTURES: Final = {
    frozenset((int, Decimal)): Decimal,
    frozenset((int, float)): float,
    frozenset((float, Decimal)): float,
    frozenset((int, float, Decimal)): float,
}
"""The type of a column that has values of several types of numbers."""


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """A column of a data frame: `type` is that of all `values` but None.

    It is one of str, int, float, bool, Decimal, date, datetime and list (of str). `order` are the
    texts of dates in the order of time, in which their column sorts; empty for other columns.
    """

    name: str
    type: type
    values: list[Any]
    order: tuple[str, ...] = ()


def frame_columns(table: ResultTable, store: ox.Store | None) -> list[FrameColumn]:
    """The columns of a data frame; with a `store` of labels, a column of labels beside IRIs.

    A date is a day in a column of whole days, else text as stated. Right of it, `_earliest` and
    `_latest` have the first and last day that it can mean, None where that is open.
    """
    columns = table_columns(table) if store is None else labelled_columns(table, store)
    taken = {name for name, _ in columns}
    typed: list[FrameColumn] = []
    for column in columns:
        dates = _stated_dates(column)
        typed.append(_typed(column, dates))
        if dates is not None:
            typed += (bound for bound in bound_columns(column[0], dates) if bound.name not in taken)
    return typed


def _stated_dates(column: Column) -> list[str] | None:
    """The dates in a column as stated, "" where there is none; None if it is no such column."""
    cells = column[1]
    dates = [_date_text(cell) for cell in cells]
    return None if None in dates or not any(dates) else [text or "" for text in dates]


def _date_text(cell: Cell) -> str | None:
    """The text of a date, "" for an empty cell, and None for anything else."""
    if cell is None:
        return ""
    if not isinstance(cell, ox.Literal) or local_name(cell.datatype.value) not in _DATES:
        return None
    return cell.value if date_range(cell.value) else None


def date_column(name: str, dates: list[str]) -> FrameColumn:
    """A column of dates as stated, "" being none, that sorts by the days that they can mean."""
    order = sorted(filter(None, set(dates)), key=_days)
    return FrameColumn(name, str, [text or None for text in dates], tuple(order))


def _days(text: str) -> tuple[datetime.date, datetime.date, str]:
    """The first and last day that a date can mean; a side that is open is before or after all."""
    days = date_range(text)
    first, last = (days.first, days.last) if days else (None, None)
    return first or datetime.date.min, last or datetime.date.max, text


def bound_columns(name: str, dates: list[str]) -> Iterable[FrameColumn]:
    """The columns with the first and last day that dates can mean, "" being none."""
    ranges = [date_range(text) for text in dates]
    for suffix in BOUND_SUFFIXES:
        days = [days.bound(suffix) if days else None for days in ranges]
        yield FrameColumn(f"{name}_{suffix}", datetime.date, days)


def _typed(column: Column, dates: list[str] | None) -> FrameColumn:
    name, cells = column
    if any(isinstance(cell, tuple) for cell in cells):
        return FrameColumn(name, list, [_texts(cell) for cell in cells])
    terms: list[Term | None] = [None if isinstance(cell, tuple) else cell for cell in cells]
    if dates is not None:
        if all(_is_day(text) for text in dates if text):
            return FrameColumn(name, datetime.date, list(map(python_value, terms)))
        return date_column(name, dates)
    values = list(map(python_value, terms))
    kind = common_type(values)
    if kind is datetime.datetime:
        return FrameColumn(name, kind, _moments(values))
    if kind is str or kind is datetime.date:
        return FrameColumn(name, str, converted(plain_value, terms))
    return FrameColumn(name, kind, converted(kind, values))


def common_type(values: Iterable[object]) -> type:
    """The type of all values but None; str where they have several that are not all numbers."""
    types = frozenset(map(type, values)) - {type(None)}
    return next(iter(types)) if len(types) == 1 else _MIXTURES.get(types, str)


def _is_day(text: str) -> bool:
    days = first_and_last(text)
    return days is not None and days[0] == days[1]


def _texts(cell: Cell) -> list[str]:
    return [plain_value(term) for term in terms_of(cell)]


def converted(kind: Callable[[Any], object], values: Iterable[object]) -> list[Any]:
    """The values as `kind`; None stays None."""
    return [None if value is None else kind(value) for value in values]


def _moments(values: list[PythonValue]) -> list[Any]:
    """Times of day; all in UTC where one has a time zone, as a column has one or none."""
    moments = [value for value in values if isinstance(value, datetime.datetime)]
    if not any(moment.tzinfo for moment in moments):
        return list(values)
    zone = datetime.UTC
    return [
        (value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone))
        if isinstance(value, datetime.datetime)
        else None
        for value in values
    ]


def pandas_frame(columns: list[FrameColumn]) -> pandas.DataFrame:
    """The columns as a pandas data frame: string, Int64, float64, boolean, datetime64, category.

    Decimals are float64, dates as stated an ordered category, lists are objects. Raises UsageError
    where pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise UsageError(not_installed("pandas")) from None
    types: dict[type, str] = {
        str: "string",
        int: "Int64",
        float: "float64",
        Decimal: "float64",
        bool: "boolean",
        datetime.date: "datetime64[s]",
    }
    series: dict[str, Any] = {}
    for column in columns:
        if column.order:
            kind = pandas.CategoricalDtype(list(column.order), ordered=True)
            series[column.name] = pandas.Series(column.values, dtype=kind)
        elif column.type is datetime.datetime:
            series[column.name] = pandas.to_datetime(pandas.Series(column.values, dtype=object))
        else:
            series[column.name] = pandas.Series(
                column.values, dtype=types.get(column.type, "object")
            )
    return pandas.DataFrame(series, columns=[column.name for column in columns])


def polars_frame(columns: list[FrameColumn]) -> polars.DataFrame:
    """The columns as a polars data frame: String, Int64, Float64, Boolean, Decimal, Date, Datetime.

    Dates as stated are an Enum in the order of time, lists are List(String). Raises UsageError
    where polars is not installed.
    """
    try:
        import polars
    except ImportError:
        raise UsageError(not_installed("polars")) from None

    def kind(column: FrameColumn) -> Any:
        if column.order:
            return polars.Enum(column.order)
        return polars.List(polars.String) if column.type is list else column.type

    schema = {column.name: kind(column) for column in columns}
    return polars.DataFrame({column.name: column.values for column in columns}, schema=schema)


def not_installed(name: str) -> str:
    """The message that a library of the extra `name` is missing."""
    return f"{name} is not installed; pip install 'pcve-graph[{name}]'"
