"""The tables as Apache Parquet files, typed, for programs that read columns."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

from ..ontology import Ontology
from .files import archive
from .library import library
from .part import Part
from .tables import Cell, Column, Ref, Table, tables


def parquet(part: Part, ontology: Ontology) -> bytes:
    """A ZIP archive: a Parquet file for each table with rows; what refers to a thing is its id.

    Raises UsageError where pyarrow is not installed.
    """
    arrow, writer = library("pyarrow", "parquet"), library("pyarrow.parquet", "parquet")
    return archive(
        {f"{each.name}.parquet": _file(arrow, writer, each) for each in tables(part, ontology)}
    )


def _file(arrow: Any, writer: Any, table: Table) -> bytes:
    types = {
        "string": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.decimal128(38, 6),
        "date": arrow.date32(),
    }
    columns = zip(*table.rows, strict=True)
    arrays = [
        arrow.array([_plain(each, cell) for cell in cells], type=types[each.type])
        for each, cells in zip(table.columns, columns, strict=True)
    ]
    fields = [
        arrow.field(each.name, types[each.type], metadata={"description": each.description})
        for each in table.columns
    ]
    schema = arrow.schema(fields, metadata={"description": table.description})
    out = io.BytesIO()
    writer.write_table(arrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _plain(column: Column, cell: Cell) -> str | int | Decimal | date | None:
    if isinstance(cell, Ref):
        return cell.id
    return date.fromisoformat(cell) if column.type == "date" and isinstance(cell, str) else cell
