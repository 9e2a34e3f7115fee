"""CSV as Excel opens it with a double click, and without formulas from the data."""

from __future__ import annotations

import codecs
import csv
import io
import re
from decimal import Decimal
from typing import Final

from ...model.schema import Ontology
from .cells import ExportCell, ExportTable
from .csv import zip_archive
from .subset import GraphPart
from .tables import tables_with_rows

COMMA, SEMICOLON = ",", ";"

_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""What a cell begins with that spreadsheets take for a formula, or skip before one.

Rule: OWASP, CSV Injection. The last four are the same signs in full width.
"""


def excel_csv_archive(part: GraphPart, ontology: Ontology, separator: str = COMMA) -> bytes:
    r"""A ZIP archive: a CSV file for each table that has rows, as Excel reads it.

    UTF-8 with a byte order mark, lines that end in CR LF. A text that begins with a sign of
    formulas (`= + - @`, a tab or a line end) has `'` in front, so that nothing is computed:
    `=1+1` is `'=1+1`. With the separator `;`, which Excel uses where the decimal sign is a comma,
    numbers have a decimal comma. The archive has no datapackage.json, since its texts are changed.
    """
    exported_tables = tables_with_rows(part, ontology)
    return zip_archive({f"{table.name}.csv": _file(table, separator) for table in exported_tables})


def _file(table: ExportTable, separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([_cell(cell, separator) for cell in row] for row in table.rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def _cell(cell: ExportCell, separator: str) -> str | None:
    if isinstance(cell, str):
        return f"'{cell}" if _FORMULA.match(cell) else cell
    if isinstance(cell, Decimal) and separator == SEMICOLON:
        return f"{cell:f}".replace(".", ",")
    return None if cell is None else str(cell)
