"""The graph as tidy tables: one for each class, links, texts, and the tables of the evidence.

The table of a class has a row for each entity and a column for each single-valued key. The values
of other keys are in `links` (entities, concepts, addresses) and `texts` (with their language).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ...model.namespaces import expand, kebab_case, local_name, nterm
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology, RecordClass, RecordKey
from ...model.terms import Iri, NTerm, literal, parse_statement, to_iri
from .cells import ID, Cells, ExportCell, ExportColumn, ExportTable, ReferenceCell
from .entities import Entities, short_id, term_value
from .evidence_tables import evidence_tables
from .subset import GraphPart

_TYPES: Final = {"integer": "integer", "decimal": "number", "date": "date"}
_BOUNDS: Final = {
    "pcve:earliest": "The earliest day that the dates allow.",
    "pcve:latest": "The latest day that the dates allow.",
    "pcve:certainFrom": "The first day on which it had surely begun, by its dates.",
    "pcve:certainUntil": "The last day on which it had surely not ended, by its dates.",
}
_OTHER_TABLES: Final = (
    *("Claim", "Evidence", "DerivedStatement", "Concept"),
    *("SpecificResource", "TextQuoteSelector", "TextPositionSelector"),
)
_IRI: Final = ExportColumn("iri", "string", "The IRI.")
_LABEL: Final = ExportColumn("label", "string", "The label, in English where there is one.")


def export_tables(
    part: GraphPart, ontology: Ontology, joined: bool = False
) -> tuple[ExportTable, ...]:
    """All tables of a part that have rows.

    With `joined`, a class has a column for each multi-valued key as well, with all labels in one
    cell; likewise a claim with its evidence. `links`, `texts` and `evidence`, which have a row for
    each of these values, are then left out.
    """
    entities = Entities(part, "facts", "catalog", "vocabulary", "ontology")
    evidence = Entities(part, "evidence")
    classes = sorted(ontology.by_iri.values(), key=lambda kind: kind.name)
    classes = [kind for kind in classes if kind.name not in _OTHER_TABLES]
    single, cells = _single(ontology), Cells(entities)
    exported = [_of_class(kind, entities, ontology, single, cells, joined) for kind in classes]
    repeated = () if joined else tuple(_repeated_values(classes, entities, single))
    exported += [_concepts(entities, cells), _links(repeated, cells), _texts(repeated)]
    exported += evidence_tables(evidence, entities, cells, joined)
    exported.append(_notes(exported, entities))
    return tuple(table for table in exported if table.rows)


def tables_with_rows(
    part: GraphPart, ontology: Ontology, joined: bool = False
) -> tuple[ExportTable, ...]:
    """`export_tables`. Raises NothingToWriteError where no table has a row."""
    exported = export_tables(part, ontology, joined)
    if not exported:
        raise NothingToWriteError("no table has a row")
    return exported


def _of_class(
    kind: RecordClass,
    entities: Entities,
    ontology: Ontology,
    single: frozenset[Iri],
    cells: Cells,
    joined: bool,
) -> ExportTable:
    keys = [key for key in kind.keys.values() if key.name not in ("prefLabel", "title")]
    shown_keys = [key for key in keys if joined or key.shape in single]
    derived = {bound for key in kind.keys.values() for bound in key.derives}
    bounds = [name for name in _BOUNDS if expand(name) in derived]
    named = "prefLabel" in kind.keys or "title" in kind.keys
    columns = [ID, _IRI, *([_LABEL] if named else ())]
    columns += [_column(key, ontology, single) for key in shown_keys]
    columns += [ExportColumn(name.partition(":")[2], "date", _BOUNDS[name]) for name in bounds]
    rows = []
    for iri in entities.of(kind.iri):
        values_by_path = entities.values_by_property(iri)
        row = [
            _cell(values_by_path.get(key.path, ()), key.shape in single, cells)
            for key in shown_keys
        ]
        row += [entities.text(iri, name) or None for name in bounds]
        label = [entities.label(iri)] if named else []
        rows.append((short_id(iri), iri, *label, *row))
    return ExportTable(kebab_case(kind.name), kind.description, tuple(columns), tuple(rows))


def _single(ontology: Ontology) -> frozenset[Iri]:
    """The shapes of the single-valued keys (sh:maxCount 1)."""
    statements = map(parse_statement, ontology.shapes.split("\n"))
    bound = (nterm("sh:maxCount"), literal("1", expand("xsd:integer")))
    return frozenset(to_iri(subject) for subject, *rest in statements if (*rest,) == bound)


def _column(key: RecordKey, ontology: Ontology, single: frozenset[Iri]) -> ExportColumn:
    is_single = key.shape in single
    kinds = {_TYPES.get(local_name(datatype), "string") for datatype in key.datatypes}
    (kind, *others) = kinds or {"string"}
    refers = [
        kind
        for kind in map(ontology.by_iri.get, key.classes)
        if kind and _has_own_table(kind, ontology)
    ]
    has_one_table = is_single and len(key.classes) == len(refers) == 1
    target = "concept" if key.scheme else kebab_case(refers[0].name) if has_one_table else ""
    return ExportColumn(
        key.name,
        kind if is_single and not others else "string",
        key.description or key.label,
        target if is_single else "",
    )


def _has_own_table(kind: RecordClass, ontology: Ontology) -> bool:
    """Whether no other class shares the table of this one."""
    return sum(related.segment == kind.segment for related in ontology.by_iri.values()) == 1


def _cell(texts: Sequence[NTerm], is_single: bool, cells: Cells) -> ExportCell:
    return cells.first(texts) if is_single else " | ".join(cells.labels(texts)) or None


def _concepts(entities: Entities, cells: Cells) -> ExportTable:
    columns = [
        ID,
        _IRI,
        _LABEL,
        ExportColumn("list", "string", "The closed list that it belongs to."),
    ]
    columns.append(ExportColumn("broader", "string", "The broader concept.", "concept"))
    columns.append(ExportColumn("definition", "string", "The definition."))
    rows = []
    for iri in entities.of("skos:Concept"):
        broader = cells.first(entities.values(iri, "skos:broader"))
        text = entities.text(iri, "skos:definition") or None
        scheme = short_id(iri).partition("/")[0]
        rows.append((short_id(iri), iri, entities.label(iri), scheme, broader, text))
    return ExportTable("concept", "Terms of the closed lists.", tuple(columns), tuple(rows))


def _repeated_values(
    classes: Iterable[RecordClass], entities: Entities, single: frozenset[Iri]
) -> Iterator[tuple[str, str, str, NTerm]]:
    """The values of multi-valued keys: (id of the entity, its table, key, value)."""
    for kind in classes:
        table = kebab_case(kind.name)
        keys = [key for key in kind.keys.values() if key.shape not in single]
        for iri in entities.of(kind.iri):
            for key in keys:
                for text in entities.values(iri, key.path):
                    yield short_id(iri), table, key.name, text


def _links(repeated: Iterable[tuple[str, str, str, NTerm]], cells: Cells) -> ExportTable:
    columns = (
        ExportColumn("subject", "string", "The id of the subject."),
        ExportColumn("subject_kind", "string", "The table of the subject."),
        ExportColumn("property", "string", "The property: a key of the class of the subject."),
        ExportColumn("object", "string", "The id of the object, or an address."),
        ExportColumn("object_label", "string", "The label of the object."),
        ExportColumn("object_kind", "string", "The table of the object; empty for an address."),
    )
    rows = []
    for identifier, table, key, text in repeated:
        if isinstance(cell := cells[text], ReferenceCell):
            rows.append(
                (identifier, table, key, cell, cell.label if cell.table else None, cell.table)
            )
    return ExportTable(
        "links", "Values of multi-valued keys: references and addresses.", columns, tuple(rows)
    )


def _texts(repeated: Iterable[tuple[str, str, str, NTerm]]) -> ExportTable:
    columns = (
        ExportColumn("subject", "string", "The id of the subject."),
        ExportColumn("subject_kind", "string", "The table of the subject."),
        ExportColumn("property", "string", "The property: a key of the class of the subject."),
        ExportColumn("language", "string", "The language of the text (BCP 47)."),
        ExportColumn("text", "string", "The text."),
    )
    rows = []
    for identifier, table, key, text in repeated:
        kind, words, language = term_value(text)
        if kind != "@id":
            rows.append((identifier, table, key, language or None, words))
    return ExportTable(
        "texts", "Values of multi-valued keys: names and notes.", columns, tuple(rows)
    )


def _notes(tables: Iterable[ExportTable], entities: Entities) -> ExportTable:
    columns = (ExportColumn("note", "string", "The name and its designation note."),)
    shown = {
        cell.label if isinstance(cell, ReferenceCell) else cell
        for table in tables
        for row in table.rows
        for cell in row
    }
    notes = entities.notes(text for text in shown if isinstance(text, str))
    rows = tuple((note,) for note in notes)
    return ExportTable(
        "notes", "Notes that must accompany names wherever they are shown.", columns, rows
    )
