"""Apache Parquet: the tables with typed columns."""

from __future__ import annotations

import io
from types import ModuleType

from ...model.schema import Ontology
from .cells import ExportTable
from .csv import as_csv, zip_archive
from .entities import import_optional
from .subset import GraphPart
from .tables import tables_with_rows


def parquet(part: GraphPart, ontology: Ontology) -> bytes:
    """A ZIP archive: a Parquet file for each table that has rows; references are ids.

    Raises UsageError where pyarrow is not installed.
    """
    arrow = import_optional("pyarrow", "parquet")
    reader, writer = (import_optional(f"pyarrow.{name}", "parquet") for name in ("csv", "parquet"))
    exported_tables = tables_with_rows(part, ontology)
    return zip_archive(
        {f"{table.name}.parquet": _file(arrow, reader, writer, table) for table in exported_tables}
    )


def _file(arrow: ModuleType, reader: ModuleType, writer: ModuleType, table: ExportTable) -> bytes:
    """The table, converted from its CSV: from lists of cells Arrow would require pandas."""
    types = {
        "string": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.decimal128(38, 6),
        "date": arrow.date32(),
    }
    fields = [
        arrow.field(column.name, types[column.type], metadata={"description": column.description})
        for column in table.columns
    ]
    schema = arrow.schema(fields, metadata={"description": table.description})
    read = reader.read_csv(
        io.BytesIO(as_csv(table)),
        read_options=reader.ReadOptions(use_threads=False),
        parse_options=reader.ParseOptions(newlines_in_values=True),
        convert_options=reader.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True
        ),
    )
    out = io.BytesIO()
    typed = arrow.Table.from_arrays(read.columns, schema=schema)
    writer.write_table(typed, out, compression="zstd")
    return out.getvalue()
