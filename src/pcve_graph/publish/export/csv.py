"""CSV (RFC 4180): the tables, described by a Frictionless Data Package (v1)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Final

from ...model.namespaces import BASE
from ...model.schema import Ontology
from .cells import ExportColumn, ExportTable
from .subset import GraphPart
from .tables import tables_with_rows

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive: the first that ZIP can represent."""


def zip_archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of `files`, by name, in their order, all dated `EPOCH`.

    Nothing is compressed, because the bytes that zlib writes differ between machines.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)
    return out.getvalue()


def unzip(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


_ABOUT: Final = {
    "profile": "tabular-data-package",
    "name": "pcve-graph",
    "title": "pcve-graph: work to prevent and counter violent extremism, each fact with its source",
    "homepage": BASE,
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
}


def csv_archive(part: GraphPart, ontology: Ontology) -> bytes:
    """A ZIP archive: `datapackage.json`, and a UTF-8 CSV file for each table that has rows."""
    exported_tables = tables_with_rows(part, ontology)
    names = {table.name for table in exported_tables}
    package = {**_ABOUT, "resources": [_resource(table, names) for table in exported_tables]}
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    files = {"datapackage.json": text.encode()}
    return zip_archive(files | {f"{table.name}.csv": as_csv(table) for table in exported_tables})


def _resource(table: ExportTable, names: set[str]) -> dict[str, object]:
    schema: dict[str, object] = {"fields": [_field(column) for column in table.columns]}
    if table.columns[0].name == "id":
        schema["primaryKey"] = ["id"]
    keys = [
        {
            "fields": [column.name],
            "reference": {"resource": _target_table(column, table), "fields": ["id"]},
        }
        for column in table.columns
        if column.refers in names
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _target_table(column: ExportColumn, table: ExportTable) -> str:
    """The table that a foreign key refers to; empty for its own, as the standard specifies."""
    return "" if column.refers == table.name else column.refers


def _field(column: ExportColumn) -> dict[str, object]:
    field: dict[str, object] = {"name": column.name, "type": column.type}
    field["description"] = column.description
    if column.name == "id":
        field["constraints"] = {"required": True, "unique": True}
    return field


def as_csv(table: ExportTable) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8: a header line, then one line a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows(table.rows)
    return out.getvalue().encode()
