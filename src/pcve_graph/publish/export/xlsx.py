"""XLSX: a workbook with one sheet a table, and labels in place of ids."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, Final

from ...model.namespaces import BASE
from ...model.schema import Ontology
from .cells import ExportTable, ReferenceCell
from .csv import EPOCH, unzip, zip_archive
from .entities import import_optional
from .subset import GraphPart
from .tables import tables_with_rows

_OMITTED: Final = ("concept",)
_OMITTED_COLUMNS: Final = ("iri", "subject_kind", "object")
"""Columns that repeat other cells, or are only useful to programs."""

_FIRST_YEAR: Final = 1900
"""The first year whose days are dates in Excel; dates before it are text in cells."""

_LONGEST: Final = 32_767
"""The most characters of a cell in Excel, which XlsxWriter leaves empty beyond that."""

_CUT: Final = " … (cut: the cell is full; the export csv has the whole)"
_WIDTHS: Final = {"id": 26, "label": 48, "sources": 60, "quotes": 48, "notes": 48}


def xlsx(part: GraphPart, ontology: Ontology) -> bytes:
    """An Office Open XML workbook (ECMA-376) with filters and a frozen first row.

    Empty columns are left out. A day before 1900, which no cell of Excel can be, is text, such as
    `1878-06-13`. A text is cut where a cell is full. Raises UsageError where XlsxWriter is not
    installed.
    """
    writer = import_optional("xlsxwriter", "xlsx")
    out = io.BytesIO()
    book = writer.Workbook(out, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {"title": "pcve-graph", "comments": f"{BASE} CC BY 4.0", "created": datetime(*EPOCH)}
    )
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EDF2", "text_wrap": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format({"num_format": "#,##0.######"}),
    }
    for table in tables_with_rows(part, ontology, joined=True):
        if table.name not in _OMITTED:
            _sheet(book.add_worksheet(table.name[:31]), table, styles)
    book.close()
    return zip_archive(unzip(out.getvalue()))


def _sheet(sheet: Any, table: ExportTable, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    shown = [
        index
        for index, column in enumerate(table.columns)
        if column.name not in _OMITTED_COLUMNS and any(row[index] is not None for row in table.rows)
    ]
    columns = [table.columns[index] for index in shown]
    sheet.autofilter(0, 0, len(table.rows), len(columns) - 1)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, styles["head"])
        sheet.set_column(place, place, _WIDTHS.get(column.name, 20))
    dates = {place for place, column in enumerate(columns) if column.type == "date"}
    for line, row in enumerate(table.rows, 1):
        for place, index in enumerate(shown):
            cell = row[index]
            if cell is None:
                continue
            if isinstance(cell, ReferenceCell):
                sheet.write_string(line, place, _fitting(cell.label))
            elif not isinstance(cell, str):
                sheet.write_number(line, place, cell, styles["number"])
            elif place in dates and (day := date.fromisoformat(cell)).year >= _FIRST_YEAR:
                sheet.write_datetime(line, place, day, styles["date"])
            else:
                sheet.write_string(line, place, _fitting(cell))


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT
