"""Python and JSON values of RDF terms and of the cells of an answer."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.terms import Term, plain_value
from .lists import Cell

PythonValue: TypeAlias = (
    str | int | float | bool | Decimal | datetime.date | datetime.datetime | None
)
"""IRIs and texts are str, as are months and years, which have no date type in Python."""

CellValue: TypeAlias = PythonValue | list[PythonValue]
"""The value of a cell; a list where the header of the query names the column in `lists`."""

_INTEGER_TYPES: Final = frozenset(
    expand(f"xsd:{name}")
    for name in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")
)


def python_value(term: Term | None) -> PythonValue:
    """The Python value of a term; a str where the lexical form is invalid for its datatype."""
    if not isinstance(term, ox.Literal):
        return None if term is None else plain_value(term)
    kind, text = term.datatype.value, term.value
    try:
        if kind in _INTEGER_TYPES:
            return int(text)
        if kind == expand("xsd:decimal"):
            return Decimal(text)
        if kind in (expand("xsd:double"), expand("xsd:float")):
            return float(text)
        if kind == expand("xsd:boolean"):
            return {"true": True, "1": True, "false": False, "0": False}[text]
        if kind == expand("xsd:date"):
            return datetime.date.fromisoformat(text)
        if kind == expand("xsd:dateTime"):
            return datetime.datetime.fromisoformat(text)
    except (ArithmeticError, KeyError, ValueError):
        return text
    return text


def cell_value(cell: Cell) -> CellValue:
    """The Python value of a cell: of its term, or a list of those of its terms."""
    return list(map(python_value, cell)) if isinstance(cell, tuple) else python_value(cell)


def json_records(columns: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> str:
    """Rows as a JSON array with an object for each, which has a key for each of `columns`.

    Whole and decimal numbers are numbers, lists are arrays, unbound cells are null; all else is
    text: IRIs, and dates as they are stated.
    """
    records = [dict(zip(columns, map(_json_cell, cells), strict=True)) for cells in rows]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def _json_cell(cell: Cell) -> object:
    return list(map(json_value, cell)) if isinstance(cell, tuple) else json_value(cell)


def json_value(term: Term | None) -> str | int | float | bool | None:
    """The value of a term that JSON has; a number that JSON lacks (INF, NaN) stays text."""
    value = python_value(term)
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, Decimal | float) and math.isfinite(value):
        return int(value) if value == int(value) else float(value)
    return plain_value(term)
