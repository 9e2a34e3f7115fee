"""The tables as a workbook for people: labels in place of ids, one sheet a table."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, Final

from ...model.namespaces import BASE
from ...model.schema import Ontology
from .csv import EPOCH, archive, unpacked
from .entities import library
from .subset import Part
from .tables import Ref, Table, tables

_LEFT: Final = ("concept",)
_LEFT_COLUMNS: Final = ("iri", "subject_kind", "object")
"""What stands in other cells in another form, or is of no use without a program."""

_WIDTHS: Final = {"id": 26, "label": 48, "sources": 60, "quote": 48, "note": 48}


def xlsx(part: Part, ontology: Ontology) -> bytes:
    """An Office Open XML workbook (ECMA-376), the filter set and the first row kept in sight.

    A column in which nothing stands is left out.
    Raises UsageError where XlsxWriter is not installed.
    """
    writer = library("xlsxwriter", "xlsx")
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
    for table in tables(part, ontology, joined=True):
        if table.name not in _LEFT:
            _sheet(book.add_worksheet(table.name[:31]), table, styles)
    book.close()
    return archive(unpacked(out.getvalue()))


def _sheet(sheet: Any, table: Table, styles: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    said = [any(row[n] is not None for row in table.rows) for n in range(len(table.columns))]
    kept = [n for n, each in enumerate(table.columns) if each.name not in _LEFT_COLUMNS and said[n]]
    columns = [table.columns[n] for n in kept]
    sheet.autofilter(0, 0, len(table.rows), len(columns) - 1)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, styles["head"])
        sheet.set_column(place, place, _WIDTHS.get(column.name, 20))
    dates = {place for place, column in enumerate(columns) if column.type == "date"}
    for line, row in enumerate(table.rows, 1):
        for place, n in enumerate(kept):
            cell = row[n]
            if cell is None:
                continue
            if isinstance(cell, Ref):
                sheet.write_string(line, place, cell.label)
            elif not isinstance(cell, str):
                sheet.write_number(line, place, cell, styles["number"])
            elif place in dates:
                sheet.write_datetime(line, place, date.fromisoformat(cell), styles["date"])
            else:
                sheet.write_string(line, place, cell)
