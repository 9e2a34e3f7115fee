"""The graph as tidy tables: one a class, one of links, one of texts, and those of the evidence.

A class has a row for each thing and a column for each key that holds one value; what may be said
more than once stands in `links` (things, concepts, addresses) and `texts` (with its language).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

import pyoxigraph as ox

from ..names import expand, kebab, local_name
from ..ontology import Key, Ontology, RecordClass
from ..questions.binding import Term
from .part import Part
from .things import Things, short


class Ref(NamedTuple):
    """A cell that names another thing: its id, and what that is called."""

    id: str
    label: str


Cell = str | int | Decimal | Ref | None


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
_ALONE: Final = ("Claim", "TextQuoteSelector", "Concept")
_ID: Final = Column("id", "string", "The id; two things of one class never share it.")
_IRI: Final = Column("iri", "string", "The full name, as RDF writes it.")
_LABEL: Final = Column("label", "string", "What it is called, in English where it can be.")


def tables(part: Part, ontology: Ontology, joined: bool = False) -> tuple[Table, ...]:
    """All tables of a part that have rows.

    With `joined` a class has also a column for each key that may hold more than one value, with
    the labels of all in one cell.
    """
    things = Things(part, "facts", "catalog", "vocabulary", "ontology")
    evidence = Things(part, "evidence")
    classes = sorted(ontology.by_iri.values(), key=lambda each: each.name)
    classes = [each for each in classes if each.name not in _ALONE]
    single = _single(ontology)
    made = [_of_class(each, things, ontology, single, joined) for each in classes]
    made += [_concepts(things), _links(classes, things, single)]
    made += [_texts(classes, things, single), _claims(things, evidence, joined)]
    made += [_claim_sources(evidence), _quotes(evidence)]
    made.append(_notes(made, things))
    return tuple(each for each in made if each.rows)


def _of_class(
    kind: RecordClass, things: Things, ontology: Ontology, single: frozenset[str], joined: bool
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
        cells = [_cell(things, iri, key, single) for key in kept]
        cells += [things.text(iri, f"pcve:{name}") or None for name in bounds]
        label = [things.label(iri)] if named else []
        rows.append((short(iri), iri, *label, *cells))
    return Table(kebab(kind.name), kind.description, tuple(columns), tuple(rows))


def _single(ontology: Ontology) -> frozenset[str]:
    """The shapes of the keys of which a thing has one value at most."""
    bound = f' <{expand("sh:maxCount")}> "1"'
    lines = ontology.shapes.split("\n")
    return frozenset(line.split(" ", 1)[0][1:-1] for line in lines if bound in line)


def _column(key: Key, ontology: Ontology, single: frozenset[str]) -> Column:
    alone = key.shape in single
    kinds = {_TYPES.get(local_name(each), "string") for each in key.datatypes}
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


def _cell(things: Things, iri: str, key: Key, single: frozenset[str]) -> Cell:
    if key.shape in single:
        return _first(things, iri, key.path, things)
    words = [_value(each, things) for each in things.values(iri, key.path)]
    return " | ".join(each.label if isinstance(each, Ref) else str(each) for each in words) or None


def _value(term: Term, things: Things) -> Cell:
    if isinstance(term, ox.NamedNode):
        return Ref(short(term.value), things.label(term.value))
    assert isinstance(term, ox.Literal)
    match local_name(term.datatype.value):
        case "integer":
            return int(term.value)
        case "decimal":
            return Decimal(term.value)
    return term.value


def _first(where: Things, iri: str, name: str, things: Things) -> Cell:
    value = where.first(iri, name)
    return None if value is None else _value(value, things)


def _table(things: Things, iri: str) -> str | None:
    """The table in which a thing has its row; None for an address."""
    return next((kebab(local_name(each)) for each in things.kinds(iri)), None)


def _concepts(things: Things) -> Table:
    columns = [_ID, _IRI, _LABEL, Column("list", "string", "The closed list that it is of.")]
    columns.append(Column("broader", "string", "The concept that it is part of.", "concept"))
    columns.append(Column("definition", "string", "What it means."))
    rows = []
    for iri in things.of("skos:Concept"):
        broader = _first(things, iri, "skos:broader", things)
        text = things.text(iri, "skos:definition") or None
        scheme = short(iri).partition("/")[0]
        rows.append((short(iri), iri, things.label(iri), scheme, broader, text))
    return Table("concept", "Terms of the closed lists.", tuple(columns), tuple(rows))


def _said(
    classes: Iterable[RecordClass], things: Things, single: frozenset[str]
) -> Iterator[tuple[RecordClass, str, Key, Term]]:
    """Every value of a key that may hold more than one."""
    for kind in classes:
        keys = [key for key in kind.keys.values() if key.shape not in single]
        for iri in things.of(kind.iri):
            for key in keys:
                for term in things.values(iri, key.path):
                    yield kind, iri, key, term


def _links(classes: Iterable[RecordClass], things: Things, single: frozenset[str]) -> Table:
    columns = (
        Column("subject", "string", "The id of what it is said of."),
        Column("subject_kind", "string", "The table of that."),
        Column("property", "string", "What is said: a key of its class."),
        Column("object", "string", "The id of what it points to; an address as it is."),
        Column("object_label", "string", "What that is called."),
        Column("object_kind", "string", "The table of that; empty for an address."),
    )
    rows = []
    for kind, iri, key, term in _said(classes, things, single):
        if isinstance(term, ox.NamedNode):
            there = _table(things, term.value)
            label = things.label(term.value) if there else None
            rows.append((short(iri), kebab(kind.name), key.name, short(term.value), label, there))
    return Table(
        "links", "What may be said more than once: what things point to.", columns, tuple(rows)
    )


def _texts(classes: Iterable[RecordClass], things: Things, single: frozenset[str]) -> Table:
    columns = (
        Column("subject", "string", "The id of what it is said of."),
        Column("subject_kind", "string", "The table of that."),
        Column("property", "string", "What is said: a key of its class."),
        Column("language", "string", "The language of the text, as BCP 47 writes it."),
        Column("text", "string", "The text."),
    )
    rows = [
        (short(iri), kebab(kind.name), key.name, term.language, term.value)
        for kind, iri, key, term in _said(classes, things, single)
        if isinstance(term, ox.Literal)
    ]
    return Table("texts", "What may be said more than once: names and notes.", columns, tuple(rows))


def _claims(things: Things, evidence: Things, joined: bool) -> Table:
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
    homes = {iri: _table(things, iri) for iri in things.all()}
    for iri in evidence.of("pcve:Claim"):
        (subject,) = evidence.refs(iri, "rdf:subject")
        (predicate,) = evidence.refs(iri, "rdf:predicate")
        (value,) = evidence.values(iri, "rdf:object")
        known = [
            _first(evidence, iri, f"pcve:{name}", things) for name in ("certainty", "standing")
        ]
        quotes = [
            Ref(short(each), evidence.text(each, "oa:exact"))
            for each in evidence.refs(iri, "pcve:quote")
        ]
        cell = _value(value, things)
        pair = cell if isinstance(cell, Ref) else (str(cell), str(cell))
        what, kind = Ref(short(subject), things.label(subject)), homes.get(subject)
        note = evidence.text(iri, "skos:note") or None
        row = (what, kind, local_name(predicate), *pair, *known, next(iter(quotes), None), note)
        sources = things.labels(evidence.refs(iri, "prov:hadPrimarySource")) if joined else []
        rows.append((short(iri), *row, *([" | ".join(sources)] if joined else ())))
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
