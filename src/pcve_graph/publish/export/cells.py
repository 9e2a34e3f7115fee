"""The cells, columns and tables that an export writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ...model.namespaces import kebab_case, local_name
from ...model.terms import Iri, NTerm
from .entities import Entities, short_id, term_value


class ReferenceCell(str):
    """A cell that refers to another entity by its id.

    `label` is the label of that entity, `table` the table of its row; None for an address.
    """

    __slots__ = ("label", "table")
    label: str
    table: str | None

    def __new__(cls, identifier: str, label: str, table: str | None = None) -> ReferenceCell:
        ref = super().__new__(cls, identifier)
        ref.label, ref.table = label, table
        return ref


ExportCell = str | int | Decimal | ReferenceCell | None


class Cells(dict[NTerm, ExportCell]):
    """The cells by N-Triples term, created on first access."""

    def __init__(self, entities: Entities) -> None:
        super().__init__()
        self._things = entities

    def __missing__(self, text: NTerm) -> ExportCell:
        self[text] = cell = self._parsed(*term_value(text))
        return cell

    def _parsed(self, kind: str, text: str, language: str) -> ExportCell:
        match kind:
            case "@id":
                iri = Iri(text)
                kinds = self._things.kinds(iri)
                table = kebab_case(local_name(kinds[0])) if kinds else None
                return ReferenceCell(short_id(iri), self._things.label(iri), table)
            case "xsd:integer":
                return int(text)
            case "xsd:decimal":
                return Decimal(text)
        return text

    def labels(self, texts: Iterable[NTerm]) -> list[str]:
        """The texts that are displayed for these terms."""
        cells = [self[text] for text in texts]
        return [cell.label if isinstance(cell, ReferenceCell) else str(cell) for cell in cells]

    def first(self, texts: Sequence[NTerm]) -> ExportCell:
        """The cell of the first term; None without terms."""
        return self[texts[0]] if texts else None


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column. `type` is `string`, `integer`, `number` or `date` (as ISO 8601 text).

    `refers` is the table to whose `id` the cells refer; empty where they do not.
    """

    name: str
    type: str
    description: str
    refers: str = ""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table with rows in a fixed order. A column `id`, where there is one, is the primary key."""

    name: str
    description: str
    columns: tuple[ExportColumn, ...]
    rows: tuple[tuple[ExportCell, ...], ...]


ID: Final = ExportColumn("id", "string", "The id, unique within the table.")
