"""The graph as tidy tables: one for each class, links, texts, and the tables of the evidence.

The table of a class has a row for each entity and a column for each single-valued key. The values
of other keys are in `links` (entities, concepts, addresses) and `texts` (with their language).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ...model.namespaces import expand, kebab, local_name
from ...model.schema import Key, Ontology, RecordClass
from .entities import Things, short, value
from .subset import Part


class Ref(str):
    """A cell that refers to another entity by its id.

    `label` is the label of that entity, `table` the table of its row; None for an address.
    """

    __slots__ = ("label", "table")
    label: str
    table: str | None

    def __new__(cls, identifier: str, label: str, table: str | None = None) -> Ref:
        ref = super().__new__(cls, identifier)
        ref.label, ref.table = label, table
        return ref


Cell = str | int | Decimal | Ref | None


class _Cells(dict[str, Cell]):
    """The cells by N-Triples term, created on first access."""

    def __init__(self, entities: Things) -> None:
        super().__init__()
        self._things = entities

    def __missing__(self, text: str) -> Cell:
        self[text] = cell = self._parsed(*value(text))
        return cell

    def _parsed(self, kind: str, text: str, language: str) -> Cell:
        match kind:
            case "@id":
                kinds = self._things.kinds(text)
                table = kebab(local_name(kinds[0])) if kinds else None
                return Ref(short(text), self._things.label(text), table)
            case "xsd:integer":
                return int(text)
            case "xsd:decimal":
                return Decimal(text)
        return text

    def labels(self, texts: Iterable[str]) -> list[str]:
        """The texts that are displayed for these terms."""
        cells = [self[text] for text in texts]
        return [cell.label if isinstance(cell, Ref) else str(cell) for cell in cells]

    def first(self, texts: Sequence[str]) -> Cell:
        """The cell of the first term; None without terms."""
        return self[texts[0]] if texts else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `type` is `string`, `integer`, `number` or `date` (as ISO 8601 text).

    `refers` is the table to whose `id` the cells refer; empty where they do not.
    """

    name: str
    type: str
    description: str
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rows in a fixed order. A column `id`, where there is one, is the primary key."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


_TYPES: Final = {"integer": "integer", "decimal": "number", "date": "date"}
_BOUNDS: Final = {
    "earliest": "The earliest day that the dates allow.",
    "latest": "The latest day that the dates allow.",
}
_PARTS: Final = tuple(map(expand, ("rdf:subject", "rdf:object", "pcve:certainty", "pcve:standing")))
_OTHER_TABLES: Final = ("Claim", "TextQuoteSelector", "Concept")
_ID: Final = Column("id", "string", "The id, unique within the table.")
_IRI: Final = Column("iri", "string", "The IRI.")
_LABEL: Final = Column("label", "string", "The label, in English where there is one.")


def tables(part: Part, ontology: Ontology, joined: bool = False) -> tuple[Table, ...]:
    """All tables of a part that have rows.

    With `joined`, a class has a column for each multi-valued key as well, with all labels in one
    cell; likewise a claim with its sources. `links`, `texts` and `claim-source`, which have a row
    for each of these values, are then left out.
    """
    entities = Things(part, "facts", "catalog", "vocabulary", "ontology")
    evidence = Things(part, "evidence")
    classes = sorted(ontology.by_iri.values(), key=lambda kind: kind.name)
    classes = [kind for kind in classes if kind.name not in _OTHER_TABLES]
    single, cells = _single(ontology), _Cells(entities)
    exported = [_of_class(kind, entities, ontology, single, cells, joined) for kind in classes]
    repeated = () if joined else tuple(_repeated_values(classes, entities, single))
    exported += [_concepts(entities, cells), _links(repeated, cells), _texts(repeated)]
    exported.append(_claims(evidence, cells, joined))
    if not joined:
        exported.append(_claim_sources(evidence))
    exported.append(_quotes(evidence))
    exported.append(_notes(exported, entities))
    return tuple(table for table in exported if table.rows)


def _of_class(
    kind: RecordClass,
    entities: Things,
    ontology: Ontology,
    single: frozenset[str],
    cells: _Cells,
    joined: bool,
) -> Table:
    keys = [key for key in kind.keys.values() if key.name not in ("prefLabel", "title")]
    shown_keys = [key for key in keys if joined or key.shape in single]
    bounds = [name for name in _BOUNDS if any(key.derives for key in kind.keys.values())]
    named = "prefLabel" in kind.keys or "title" in kind.keys
    columns = [_ID, _IRI, *([_LABEL] if named else ())]
    columns += [_column(key, ontology, single) for key in shown_keys]
    columns += [Column(name, "date", _BOUNDS[name]) for name in bounds]
    rows = []
    for iri in entities.of(kind.iri):
        values_by_path = entities.values_by_property(iri)
        row = [
            _cell(values_by_path.get(key.path, ()), key.shape in single, cells)
            for key in shown_keys
        ]
        row += [entities.text(iri, f"pcve:{name}") or None for name in bounds]
        label = [entities.label(iri)] if named else []
        rows.append((short(iri), iri, *label, *row))
    return Table(kebab(kind.name), kind.description, tuple(columns), tuple(rows))


def _single(ontology: Ontology) -> frozenset[str]:
    """The shapes of the single-valued keys (sh:maxCount 1)."""
    bound = f' <{expand("sh:maxCount")}> "1"'
    lines = ontology.shapes.split("\n")
    return frozenset(line.split(" ", 1)[0][1:-1] for line in lines if bound in line)


def _column(key: Key, ontology: Ontology, single: frozenset[str]) -> Column:
    is_single = key.shape in single
    kinds = {_TYPES.get(local_name(datatype), "string") for datatype in key.datatypes}
    (kind, *others) = kinds or {"string"}
    refers = [
        kind
        for kind in map(ontology.by_iri.get, key.classes)
        if kind and _has_own_table(kind, ontology)
    ]
    has_one_table = is_single and len(key.classes) == len(refers) == 1
    target = "concept" if key.scheme else kebab(refers[0].name) if has_one_table else ""
    return Column(
        key.name,
        kind if is_single and not others else "string",
        key.description or key.label,
        target if is_single else "",
    )


def _has_own_table(kind: RecordClass, ontology: Ontology) -> bool:
    """Whether no other class shares the table of this one."""
    return sum(related.segment == kind.segment for related in ontology.by_iri.values()) == 1


def _cell(texts: Sequence[str], is_single: bool, cells: _Cells) -> Cell:
    return cells.first(texts) if is_single else " | ".join(cells.labels(texts)) or None


def _concepts(entities: Things, cells: _Cells) -> Table:
    columns = [_ID, _IRI, _LABEL, Column("list", "string", "The closed list that it belongs to.")]
    columns.append(Column("broader", "string", "The broader concept.", "concept"))
    columns.append(Column("definition", "string", "The definition."))
    rows = []
    for iri in entities.of("skos:Concept"):
        broader = cells.first(entities.values(iri, "skos:broader"))
        text = entities.text(iri, "skos:definition") or None
        scheme = short(iri).partition("/")[0]
        rows.append((short(iri), iri, entities.label(iri), scheme, broader, text))
    return Table("concept", "Terms of the closed lists.", tuple(columns), tuple(rows))


def _repeated_values(
    classes: Iterable[RecordClass], entities: Things, single: frozenset[str]
) -> Iterator[tuple[str, str, str, str]]:
    """The values of multi-valued keys: (id of the entity, its table, key, value)."""
    for kind in classes:
        table = kebab(kind.name)
        keys = [key for key in kind.keys.values() if key.shape not in single]
        for iri in entities.of(kind.iri):
            for key in keys:
                for text in entities.values(iri, key.path):
                    yield short(iri), table, key.name, text


def _links(repeated: Iterable[tuple[str, str, str, str]], cells: _Cells) -> Table:
    columns = (
        Column("subject", "string", "The id of the subject."),
        Column("subject_kind", "string", "The table of the subject."),
        Column("property", "string", "The property: a key of the class of the subject."),
        Column("object", "string", "The id of the object, or an address."),
        Column("object_label", "string", "The label of the object."),
        Column("object_kind", "string", "The table of the object; empty for an address."),
    )
    rows = []
    for *head, text in repeated:
        if isinstance(cell := cells[text], Ref):
            rows.append((*head, cell, cell.label if cell.table else None, cell.table))
    return Table(
        "links", "Values of multi-valued keys: references and addresses.", columns, tuple(rows)
    )


def _texts(repeated: Iterable[tuple[str, str, str, str]]) -> Table:
    columns = (
        Column("subject", "string", "The id of the subject."),
        Column("subject_kind", "string", "The table of the subject."),
        Column("property", "string", "The property: a key of the class of the subject."),
        Column("language", "string", "The language of the text (BCP 47)."),
        Column("text", "string", "The text."),
    )
    rows = []
    for *head, text in repeated:
        kind, words, language = value(text)
        if kind != "@id":
            rows.append((*head, language or None, words))
    return Table("texts", "Values of multi-valued keys: names and notes.", columns, tuple(rows))


def _claims(evidence: Things, cells: _Cells, joined: bool) -> Table:
    columns = [
        _ID,
        Column("subject", "string", "The id of the subject."),
        Column("subject_kind", "string", "The table of the subject."),
        Column("property", "string", "The property."),
        Column("object", "string", "The id of the object, or a literal value."),
        Column("object_label", "string", "The label of the object, or a literal value."),
        Column("certainty", "string", "Whether the source states it or it is inferred.", "concept"),
        Column("standing", "string", "Whether it is current, disputed or superseded.", "concept"),
        Column("quote", "string", "The quote; empty where the source is only cited.", "quote"),
        Column("note", "string", "The curator's note."),
    ]
    if joined:
        columns.append(Column("sources", "string", "The sources."))
    rows = []
    for iri in evidence.of("pcve:Claim"):
        parts = evidence.values_by_property(iri)
        subject, value, *statuses = (cells.first(parts.get(name, ())) for name in _PARTS)
        assert isinstance(subject, Ref)
        (predicate,) = evidence.refs(iri, "rdf:predicate")
        label = value.label if isinstance(value, Ref) else str(value)
        quotes = [
            Ref(short(ref), evidence.text(ref, "oa:exact"))
            for ref in evidence.refs(iri, "pcve:quote")
        ]
        statement = (subject, subject.table, local_name(predicate), str(value), label)
        optional = [next(iter(quotes), None), evidence.text(iri, "skos:note") or None]
        if joined:
            sources = evidence.values(iri, "prov:hadPrimarySource")
            optional.append(" | ".join(cells.labels(sources)))
        rows.append((short(iri), *statement, *statuses, *optional))
    return Table(
        "claim", "The claims: each fact that a source states.", tuple(columns), tuple(rows)
    )


def _claim_sources(evidence: Things) -> Table:
    columns = (
        Column("claim", "string", "The claim.", "claim"),
        Column("source", "string", "A source of the claim.", "source"),
    )
    rows = tuple(
        (short(iri), short(source))
        for iri in evidence.of("pcve:Claim")
        for source in evidence.refs(iri, "prov:hadPrimarySource")
    )
    return Table("claim-source", "The sources of each claim.", columns, rows)


def _quotes(evidence: Things) -> Table:
    columns = (
        _ID,
        Column("source", "string", "The source of the quote.", "source"),
        Column("exact", "string", "The words of the quote."),
        Column("start", "integer", "Offset of the first character in the held text, from 0."),
        Column("end", "integer", "Offset after the last character."),
    )
    rows = []
    for iri in evidence.of("oa:TextQuoteSelector"):
        source = short(evidence.refs(iri, "prov:wasQuotedFrom")[0])
        start, end = (int(evidence.text(iri, name)) for name in ("oa:start", "oa:end"))
        rows.append((short(iri), source, evidence.text(iri, "oa:exact"), start, end))
    return Table("quote", "The quotes that support claims.", columns, tuple(rows))


def _notes(tables: Iterable[Table], entities: Things) -> Table:
    columns = (Column("note", "string", "The name and its designation note."),)
    shown = {
        cell.label if isinstance(cell, Ref) else cell
        for table in tables
        for row in table.rows
        for cell in row
    }
    notes = entities.notes(text for text in shown if isinstance(text, str))
    rows = tuple((note,) for note in notes)
    return Table("notes", "Notes that must accompany names wherever they are shown.", columns, rows)
