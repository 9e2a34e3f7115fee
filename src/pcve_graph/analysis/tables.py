"""Writes a table with its title and notes as text, CSV, Markdown, JSON or an Excel workbook."""

from __future__ import annotations

import csv
import datetime
import io
import json
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..query.render import markdown_table, single_line
from ..query.text_table import aligned_columns, table_blocks, table_or_records, wrap_line

FORMATS: Final = ("text", "csv", "xlsx", "markdown", "json")
TIDY: Final = ("csv", "json")
"""The formats for programs: a matrix has a row for each cell in them."""
LIST_OF_WORKS: Final = ("from", "to", "what", "kind", "where", "holds", "standing", "id")
"""The columns of a list of projects and events."""
ReportCell: TypeAlias = str | int | float | Decimal | None

_CREATED: Final = datetime.datetime(2000, 1, 1)
"""The creation date in every workbook, fixed so that output is reproducible."""
_HEAD: Final = 16
_WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: `columns` are its headers, each row has a cell for each; None is an empty cell.

    `notes` are sentences to print under it, such as caveats and notes on designations. `names` is
    the number of first columns that name the rows of a matrix, 0 for a list of things.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[ReportCell, ...], ...]
    notes: tuple[str, ...] = ()
    names: int = 0


def render_table(sheet: ReportTable, form: str, width: int = 0) -> bytes:
    """`sheet` in one of `FORMATS`; text is UTF-8, in lines of `width` columns, 0 for any length.

    CSV (RFC 4180) has only the header and the rows; the other formats include the title and notes.
    Raises UsageError for an unknown format, and for `xlsx` if XlsxWriter is not installed.
    """
    if form == "xlsx":
        return _workbook(sheet)
    if form == "text":
        return _text(sheet, width).encode()
    writers = {"csv": _csv, "markdown": _markdown, "json": _json}
    if form not in writers:
        hint = did_you_mean(form, FORMATS)
        choices = ", ".join(FORMATS)
        raise UsageError(f"unknown format {form!r}; " + (hint or f"the formats are {choices}"))
    return writers[form](sheet).encode()


def _cell_text(cell: ReportCell) -> str:
    if isinstance(cell, str) or cell is None:
        return cell or ""
    return f"{cell:,}"


def _text(sheet: ReportTable, width: int) -> str:
    if width:
        return _fitted_text(sheet, width)
    wrapper = textwrap.TextWrapper(_HEAD, break_long_words=False, break_on_hyphens=False)
    heads = [wrapper.wrap(name) or [""] for name in sheet.columns]
    deep = max(map(len, heads), default=0)
    lines = [[""] * (deep - len(head)) + head for head in heads]
    table = [list(line) for line in zip(*lines, strict=True)]
    table += [list(map(_cell_text, row)) for row in sheet.rows]
    notes = "".join(f"{note}\n" for note in sheet.notes)
    return f"{single_line(sheet.title)}\n\n{aligned_columns(table) if table else ''}" + (
        notes and f"\n{notes}"
    )


def _fitted_text(sheet: ReportTable, width: int) -> str:
    """The table in lines of `width` columns: a matrix in blocks of columns, a list as records."""
    rows = [list(sheet.columns), *(list(map(_cell_text, row)) for row in sheet.rows)]
    rows = [[single_line(cell) for cell in row] for row in rows]
    table = table_blocks(rows, sheet.names, width) if sheet.names else table_or_records(rows, width)
    title = f"{wrap_line(single_line(sheet.title), width)}\n"
    notes = "".join(f"{wrap_line(note, width)}\n" for note in sheet.notes)
    return "\n".join(filter(None, (title, table, notes)))


def _markdown(sheet: ReportTable) -> str:
    rows = [list(map(_cell_text, row)) for row in sheet.rows]
    lines = [list(sheet.columns), ["---"] * len(sheet.columns), *rows]
    return f"**{single_line(sheet.title)}**\n\n{markdown_table(lines)}" + "".join(
        f"\n{note}\n" for note in sheet.notes
    )


def _csv(sheet: ReportTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    return text.getvalue()


def _json(sheet: ReportTable) -> str:
    rows = [dict(zip(sheet.columns, map(_json_value, row), strict=True)) for row in sheet.rows]
    document = {"title": sheet.title, "rows": rows, "notes": sheet.notes}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _json_value(cell: ReportCell) -> str | int | float | None:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return cell


def _workbook(sheet: ReportTable) -> bytes:
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise UsageError(
            'XlsxWriter is not installed; pip install "pcve-graph[xlsx]", or use --format csv'
        ) from None
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": sheet.title, "created": _CREATED})
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        number = book.add_format({"num_format": "#,##0.##"})
        page = book.add_worksheet("table")
        page.write_string(0, 0, sheet.title, bold)
        for place, name in enumerate(sheet.columns):
            words = [name[:_HEAD], *(_cell_text(row[place]) for row in sheet.rows)]
            page.set_column(place, place, min(max(map(len, words)) + 2, _WIDEST))
            page.write_string(2, place, name, head)
        for line, row in enumerate(sheet.rows, 3):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(line, place, cell)
                elif isinstance(cell, int):
                    page.write_number(line, place, cell)
                elif cell is not None:
                    page.write_number(line, place, float(cell), number)
        page.freeze_panes(3, 1)
        below = len(sheet.rows) + 4
        for line, note in enumerate(sheet.notes, below):
            page.write_string(line, 0, note)
    return buffer.getvalue()
