"""The graph as tidy tables: one a class, one of links, one of texts, and those of the evidence.

A class has a row for each thing and a column for each key that holds one value; what may be said
more than once stands in `links` (things, concepts, addresses) and `texts` (with its language).
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
    """A cell that names another thing: its id.

    `label` is what that is called, `table` the one in which it has its row; None for an address.
    """

    __slots__ = ("label", "table")
    label: str
    table: str | None

    def __new__(cls, identifier: str, label: str, table: str | None = None) -> Ref:
        made = super().__new__(cls, identifier)
        made.label, made.table = label, table
        return made


Cell = str | int | Decimal | Ref | None


class _Cells(dict[str, Cell]):
    """The cell of each term, as N-Triples writes it: made where it is first asked for."""

    def __init__(self, things: Things) -> None:
        super().__init__()
        self._things = things

    def __missing__(self, text: str) -> Cell:
        self[text] = made = self._made(*value(text))
        return made

    def _made(self, kind: str, text: str, language: str) -> Cell:
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
        """What people read in place of each term."""
        cells = [self[text] for text in texts]
        return [cell.label if isinstance(cell, Ref) else str(cell) for cell in cells]

    def first(self, texts: Sequence[str]) -> Cell:
        """The cell of the first term; None where there is none."""
        return self[texts[0]] if texts else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `type` is `string`, `integer`, `number` or `date` as ISO 8601 text.

    `refers` is the table whose `id` the cells are, if they are.
    """

    name: str
    type: str
    description: str
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows are in a fixed order. Where there is a column `id`, it is the key."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


_TYPES: Final = {"integer": "integer", "decimal": "number", "date": "date"}
_BOUNDS: Final = {
    "earliest": "The first day that the dates can mean.",
    "latest": "The last day that the dates can mean.",
}
_PARTS: Final = tuple(map(expand, ("rdf:subject", "rdf:object", "pcve:certainty", "pcve:standing")))
_ALONE: Final = ("Claim", "TextQuoteSelector", "Concept")
_ID: Final = Column("id", "string", "The id; two things of one class never share it.")
_IRI: Final = Column("iri", "string", "The full name, as RDF writes it.")
_LABEL: Final = Column("label", "string", "What it is called, in English where it can be.")


def tables(part: Part, ontology: Ontology, joined: bool = False) -> tuple[Table, ...]:
    """All tables of a part that have rows.

    With `joined` a class has also a column for each key that may hold more than one value, with
    the labels of all in one cell; so a claim with its sources. `links`, `texts` and `claim-source`,
    which have a row for each of these, are left out.
    """
    things = Things(part, "facts", "catalog", "vocabulary", "ontology")
    evidence = Things(part, "evidence")
    classes = sorted(ontology.by_iri.values(), key=lambda each: each.name)
    classes = [each for each in classes if each.name not in _ALONE]
    single, cells = _single(ontology), _Cells(things)
    made = [_of_class(each, things, ontology, single, cells, joined) for each in classes]
    said = () if joined else tuple(_said(classes, things, single))
    made += [_concepts(things, cells), _links(said, cells), _texts(said)]
    made.append(_claims(evidence, cells, joined))
    if not joined:
        made.append(_claim_sources(evidence))
    made.append(_quotes(evidence))
    made.append(_notes(made, things))
    return tuple(each for each in made if each.rows)


def _of_class(
    kind: RecordClass,
    things: Things,
    ontology: Ontology,
    single: frozenset[str],
    cells: _Cells,
    joined: bool,
) -> Table:
    keys = [key for key in kind.keys.values() if key.name not in ("prefLabel", "title")]
    kept = [key for key in keys if joined or key.shape in single]
    bounds = [name for name in _BOUNDS if any(key.derives for key in kind.keys.values())]
    named = "prefLabel" in kind.keys or "title" in kind.keys
    columns = [_ID, _IRI, *([_LABEL] if named else ())]
    columns += [_column(key, ontology, single) for key in kept]
    columns += [Column(name, "date", _BOUNDS[name]) for name in bounds]
    rows = []
    for iri in things.of(kind.iri):
        said = things.said(iri)
        row = [_cell(said.get(key.path, ()), key.shape in single, cells) for key in kept]
        row += [things.text(iri, f"pcve:{name}") or None for name in bounds]
        label = [things.label(iri)] if named else []
        rows.append((short(iri), iri, *label, *row))
    return Table(kebab(kind.name), kind.description, tuple(columns), tuple(rows))


def _single(ontology: Ontology) -> frozenset[str]:
    """The shapes of the keys of which a thing has one value at most."""
    bound = f' <{expand("sh:maxCount")}> "1"'
    lines = ontology.shapes.split("\n")
    return frozenset(line.split(" ", 1)[0][1:-1] for line in lines if bound in line)


def _column(key: Key, ontology: Ontology, single: frozenset[str]) -> Column:
    alone = key.shape in single
    kinds = {_TYPES.get(local_name(datatype), "string") for datatype in key.datatypes}
    (kind, *others) = kinds or {"string"}
    refers = [
        each for each in map(ontology.by_iri.get, key.classes) if each and _sole(each, ontology)
    ]
    known = alone and len(key.classes) == len(refers) == 1
    target = "concept" if key.scheme else kebab(refers[0].name) if known else ""
    return Column(
        key.name,
        kind if alone and not others else "string",
        key.description or key.label,
        target if alone else "",
    )


def _sole(kind: RecordClass, ontology: Ontology) -> bool:
    """Whether things of the class are of no narrower class that has a table of its own."""
    return sum(each.segment == kind.segment for each in ontology.by_iri.values()) == 1


def _cell(texts: Sequence[str], alone: bool, cells: _Cells) -> Cell:
    return cells.first(texts) if alone else " | ".join(cells.labels(texts)) or None


def _concepts(things: Things, cells: _Cells) -> Table:
    columns = [_ID, _IRI, _LABEL, Column("list", "string", "The closed list that it is of.")]
    columns.append(Column("broader", "string", "The concept that it is part of.", "concept"))
    columns.append(Column("definition", "string", "What it means."))
    rows = []
    for iri in things.of("skos:Concept"):
        broader = cells.first(things.values(iri, "skos:broader"))
        text = things.text(iri, "skos:definition") or None
        scheme = short(iri).partition("/")[0]
        rows.append((short(iri), iri, things.label(iri), scheme, broader, text))
    return Table("concept", "Terms of the closed lists.", tuple(columns), tuple(rows))


def _said(
    classes: Iterable[RecordClass], things: Things, single: frozenset[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Every value of a key that may hold more than one: id and table of the thing, key, value."""
    for kind in classes:
        table = kebab(kind.name)
        keys = [key for key in kind.keys.values() if key.shape not in single]
        for iri in things.of(kind.iri):
            for key in keys:
                for text in things.values(iri, key.path):
                    yield short(iri), table, key.name, text


def _links(said: Iterable[tuple[str, str, str, str]], cells: _Cells) -> Table:
    columns = (
        Column("subject", "string", "The id of what it is said of."),
        Column("subject_kind", "string", "The table of that."),
        Column("property", "string", "What is said: a key of its class."),
        Column("object", "string", "The id of what it points to; an address as it is."),
        Column("object_label", "string", "What that is called."),
        Column("object_kind", "string", "The table of that; empty for an address."),
    )
    rows = []
    for *head, text in said:
        if isinstance(cell := cells[text], Ref):
            rows.append((*head, cell, cell.label if cell.table else None, cell.table))
    return Table(
        "links", "What may be said more than once: what things point to.", columns, tuple(rows)
    )


def _texts(said: Iterable[tuple[str, str, str, str]]) -> Table:
    columns = (
        Column("subject", "string", "The id of what it is said of."),
        Column("subject_kind", "string", "The table of that."),
        Column("property", "string", "What is said: a key of its class."),
        Column("language", "string", "The language of the text, as BCP 47 writes it."),
        Column("text", "string", "The text."),
    )
    rows = []
    for *head, text in said:
        kind, words, language = value(text)
        if kind != "@id":
            rows.append((*head, language or None, words))
    return Table("texts", "What may be said more than once: names and notes.", columns, tuple(rows))


def _claims(evidence: Things, cells: _Cells, joined: bool) -> Table:
    columns = [
        _ID,
        Column("subject", "string", "The id of what it is said of."),
        Column("subject_kind", "string", "The table of that."),
        Column("property", "string", "What is said."),
        Column("object", "string", "The id of what it points to, or the value."),
        Column("object_label", "string", "What that is called, or the value."),
        Column("certainty", "string", "Whether the source states it.", "concept"),
        Column("standing", "string", "Whether it holds.", "concept"),
        Column("quote", "string", "The words of the source; empty where it is cited.", "quote"),
        Column("note", "string", "What a curator has to say of it."),
    ]
    if joined:
        columns.append(Column("sources", "string", "What it rests on."))
    rows = []
    for iri in evidence.of("pcve:Claim"):
        parts = evidence.said(iri)
        subject, value, *known = (cells.first(parts.get(name, ())) for name in _PARTS)
        assert isinstance(subject, Ref)
        (predicate,) = evidence.refs(iri, "rdf:predicate")
        label = value.label if isinstance(value, Ref) else str(value)
        quotes = [
            Ref(short(ref), evidence.text(ref, "oa:exact"))
            for ref in evidence.refs(iri, "pcve:quote")
        ]
        said = (subject, subject.table, local_name(predicate), str(value), label)
        more = [next(iter(quotes), None), evidence.text(iri, "skos:note") or None]
        if joined:
            sources = evidence.values(iri, "prov:hadPrimarySource")
            more.append(" | ".join(cells.labels(sources)))
        rows.append((short(iri), *said, *known, *more))
    return Table("claim", "Each fact that a source states.", tuple(columns), tuple(rows))


def _claim_sources(evidence: Things) -> Table:
    columns = (
        Column("claim", "string", "The claim.", "claim"),
        Column("source", "string", "A source that it rests on.", "source"),
    )
    rows = tuple(
        (short(iri), short(source))
        for iri in evidence.of("pcve:Claim")
        for source in evidence.refs(iri, "prov:hadPrimarySource")
    )
    return Table("claim-source", "Which source a claim rests on.", columns, rows)


def _quotes(evidence: Things) -> Table:
    columns = (
        _ID,
        Column("source", "string", "Where the words stand.", "source"),
        Column("exact", "string", "The words."),
        Column("start", "integer", "The character of the held text at which they begin, from 0."),
        Column("end", "integer", "The character after the last."),
    )
    rows = []
    for iri in evidence.of("oa:TextQuoteSelector"):
        source = short(evidence.refs(iri, "prov:wasQuotedFrom")[0])
        start, end = (int(evidence.text(iri, name)) for name in ("oa:start", "oa:end"))
        rows.append((short(iri), source, evidence.text(iri, "oa:exact"), start, end))
    return Table("quote", "The words that claims rest on.", columns, tuple(rows))


def _notes(made: Iterable[Table], things: Things) -> Table:
    columns = (Column("note", "string", "The name, and what it says nothing about."),)
    shown = {
        cell.label if isinstance(cell, Ref) else cell
        for table in made
        for row in table.rows
        for cell in row
    }
    notes = things.notes(each for each in shown if isinstance(each, str))
    rows = tuple((note,) for note in notes)
    return Table("notes", "Notes that belong to names wherever these are shown.", columns, rows)
