"""The graph as tidy tables: one for each class, links, texts, and the tables of the evidence.

The table of a class has a row for each entity and a column for each single-valued key. The values
of other keys are in `links` (entities, concepts, addresses) and `texts` (with their language). All
three have `standing`; in a part of the graph, `selected` and `holds` of a row say what it is there
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ...model.namespaces import expand, kebab_case, local_name, nterm
from ...model.problems import NothingToWriteError
from ...model.schema import Ontology, RecordClass, RecordKey
from ...model.terms import Iri, NTerm, from_iri, literal, parse_statement, to_iri
from .cells import ID, Cells, ExportCell, ExportColumn, ExportTable, ReferenceCell
from .entities import Entities, short_id, term_value
from .evidence_tables import evidence_tables
from .standings import Standings, facts_shown
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
_STANDING: Final = ExportColumn(
    "standing",
    "string",
    "Whether any fact of the row is inferred, contested or announced; else empty.",
)
_STANDING_OF: Final = ExportColumn(
    "standing_of", "string", "The columns that are inferred or contested."
)
_SELECTED: Final = ExportColumn(
    "selected", "string", "yes if it matches all options; no if it is only referred to."
)
_HOLDS: Final = ExportColumn(
    "holds",
    "string",
    "Whether what is selected is in the period: yes, or not known (always so with a standing).",
)
_NAMING: Final = ("prefLabel", "title")
"""The keys of the label."""
_WITHOUT_CLAIMS: Final = expand("pcve:Source")


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
    single, cells, standings = _single(ontology), Cells(entities), Standings(evidence)
    exported = [
        _of_class(kind, entities, standings, ontology, single, cells, joined) for kind in classes
    ]
    repeated = () if joined else tuple(_repeated_values(classes, entities, standings, single))
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
    standings: Standings,
    ontology: Ontology,
    single: frozenset[Iri],
    cells: Cells,
    joined: bool,
) -> ExportTable:
    shown_keys = _shown_keys(kind, single, joined)
    derived = {bound for key in kind.keys.values() for bound in key.derives}
    bounds = [name for name in _BOUNDS if expand(name) in derived]
    named = "prefLabel" in kind.keys or "title" in kind.keys
    columns = [ID, _IRI, *([_LABEL] if named else ())]
    columns += [_column(key, ontology, single) for key in shown_keys]
    columns += [ExportColumn(name.partition(":")[2], "date", _BOUNDS[name]) for name in bounds]
    columns += _status_columns(kind, entities)
    shown = _shown_properties(kind, shown_keys)
    rows = []
    for iri in entities.of(kind.iri):
        values_by_path = entities.values_by_property(iri)
        row = [
            _cell(values_by_path.get(key.path, ()), key.shape in single, cells)
            for key in shown_keys
        ]
        row += [entities.text(iri, name) or None for name in bounds]
        row += _status_cells(kind, entities, standings, iri, shown)
        label = [entities.label(iri)] if named else []
        rows.append((short_id(iri), iri, *label, *row))
    return ExportTable(kebab_case(kind.name), kind.description, tuple(columns), tuple(rows))


def _shown_keys(kind: RecordClass, single: frozenset[Iri], joined: bool) -> list[RecordKey]:
    """The keys of a class that have a column, without those of its label."""
    keys = (key for key in kind.keys.values() if key.name not in _NAMING)
    return [key for key in keys if joined or key.shape in single]


def _shown_properties(kind: RecordClass, shown_keys: Iterable[RecordKey]) -> dict[str, Iri]:
    """The properties whose values a row shows, by column."""
    naming = [key for key in kind.keys.values() if key.name in _NAMING]
    return {("label" if key in naming else key.name): key.path for key in (*naming, *shown_keys)}


def with_row_standings(part: GraphPart, ontology: Ontology, joined: bool = False) -> GraphPart:
    """The part in which nothing whose row has a standing is surely in the period.

    `joined` is as in `export_tables`.
    """
    if part.selection is None or not part.selection.has_period:
        return part
    entities = Entities(part, "facts", "catalog", "vocabulary", "ontology")
    standings, single = Standings(Entities(part, "evidence")), _single(ontology)
    words_by_term: dict[NTerm, str] = {}
    for kind in ontology.by_iri.values():
        if kind.iri == _WITHOUT_CLAIMS:
            continue
        shown = _shown_properties(kind, _shown_keys(kind, single, joined))
        for iri in entities.of(kind.iri):
            words_by_term[from_iri(iri)] = _row_standing(entities, standings, iri, shown)
    return replace(part, selection=part.selection.with_standings(words_by_term))


def _row_standing(
    entities: Entities, standings: Standings, iri: Iri, shown: Mapping[str, str]
) -> str:
    """How the facts of a row stand; `shown` has its properties."""
    facts = facts_shown(entities, iri, *shown.values())
    return standings.of(facts, entities.refs(iri, "pcve:status"))


def _status_columns(kind: RecordClass, entities: Entities) -> list[ExportColumn]:
    """The columns of `_status_cells`: sources are read as they are, and never selected."""
    if kind.iri == _WITHOUT_CLAIMS:
        return []
    in_part = [_SELECTED] * entities.is_part + [_HOLDS] * entities.has_period
    return [_STANDING, _STANDING_OF, *in_part]


def _status_cells(
    kind: RecordClass,
    entities: Entities,
    standings: Standings,
    iri: Iri,
    shown: Mapping[str, str],
) -> Iterator[str | None]:
    """How the facts of a row stand, and what it is there for; `shown` has its properties."""
    if kind.iri == _WITHOUT_CLAIMS:
        return
    yield _row_standing(entities, standings, iri, shown) or None
    yield standings.in_words(entities, iri, shown) or None
    if entities.is_part:
        yield entities.selected(iri)
    if entities.has_period:
        yield entities.holds(iri) or None


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


class _Repeated(NamedTuple):
    """A value of a multi-valued key of an entity, and how that fact stands."""

    identifier: str
    table: str
    key: str
    term: NTerm
    standing: str | None


def _repeated_values(
    classes: Iterable[RecordClass],
    entities: Entities,
    standings: Standings,
    single: frozenset[Iri],
) -> Iterator[_Repeated]:
    """The values of multi-valued keys."""
    for kind in classes:
        table = kebab_case(kind.name)
        keys = [key for key in kind.keys.values() if key.shape not in single]
        for iri in entities.of(kind.iri):
            for key in keys:
                for term in entities.values(iri, key.path):
                    standing = standings.of([(iri, key.path, term)]) or None
                    yield _Repeated(short_id(iri), table, key.name, term, standing)


_SUBJECT: Final = (
    ExportColumn("subject", "string", "The id of the subject."),
    ExportColumn("subject_kind", "string", "The table of the subject."),
    ExportColumn("property", "string", "The property: a key of the class of the subject."),
)
"""The columns of `links` and `texts` that name the entity and the key of a value."""


def _links(repeated: Iterable[_Repeated], cells: Cells) -> ExportTable:
    columns = (
        *_SUBJECT,
        ExportColumn("object", "string", "The id of the object, or an address."),
        ExportColumn("object_label", "string", "The label of the object."),
        ExportColumn("object_kind", "string", "The table of the object; empty for an address."),
        _STANDING,
    )
    rows = []
    for identifier, table, key, term, standing in repeated:
        if isinstance(cell := cells[term], ReferenceCell):
            label = cell.label if cell.table else None
            rows.append((identifier, table, key, cell, label, cell.table, standing))
    return ExportTable(
        "links", "Values of multi-valued keys: references and addresses.", columns, tuple(rows)
    )


def _texts(repeated: Iterable[_Repeated]) -> ExportTable:
    columns = (
        *_SUBJECT,
        ExportColumn("language", "string", "The language of the text (BCP 47)."),
        ExportColumn("text", "string", "The text."),
        _STANDING,
    )
    rows = []
    for identifier, table, key, term, standing in repeated:
        kind, words, language = term_value(term)
        if kind != "@id":
            rows.append((identifier, table, key, language or None, words, standing))
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
