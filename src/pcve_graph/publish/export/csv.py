"""The tables as CSV (RFC 4180) with a Frictionless Data Package (v1) that describes them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from ...model.namespaces import BASE
from ...model.schema import Ontology
from .subset import Part
from .tables import Column, Table, tables

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date that every file in an archive has: the first that ZIP can write."""


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of `files`, by name, in their order; none has a date of its own.

    Nothing is compressed: what compresses, and so the bytes, differs between machines.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            made.writestr(entry, content)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}


_ABOUT: Final = {
    "profile": "tabular-data-package",
    "name": "pcve-graph",
    "title": "pcve-graph: work to prevent and counter violent extremism, each fact with its source",
    "homepage": BASE,
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
}


def csvs(part: Part, ontology: Ontology) -> bytes:
    """A ZIP archive: `datapackage.json`, and a CSV file in UTF-8 for each table with rows."""
    made = tables(part, ontology)
    names = {each.name for each in made}
    package = {**_ABOUT, "resources": [_resource(each, names) for each in made]}
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    files = {"datapackage.json": text.encode()}
    return archive(files | {f"{each.name}.csv": as_csv(each) for each in made})


def _resource(table: Table, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns]}
    if table.columns[0].name == "id":
        schema["primaryKey"] = ["id"]
    keys = [
        {"fields": [column.name], "reference": {"resource": _to(column, table), "fields": ["id"]}}
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


def _to(column: Column, table: Table) -> str:
    """The table that a foreign key refers to; empty for its own, as the standard has it."""
    return "" if column.refers == table.name else column.refers


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type}
    field["description"] = column.description
    if column.name == "id":
        field["constraints"] = {"required": True, "unique": True}
    return field


def as_csv(table: Table) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8: a line of names, then a line a row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows(table.rows)
    return out.getvalue().encode()
