"""Sensitive records: `sensitivity: economy` publishes years and economies, and no words.

The record is coarsened before it is mapped, so that every query, export and release has the same:
days and months become years, places the economy that they are in, and quotes, fingerprints, notes,
locators, web addresses, coordinates and free text other than the preferred name are left out. The
sources stay. Rule: data/FORMAT.md, "Do no harm".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ..model.namespaces import expand
from ..model.problems import rule_problem
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.terms import RecordId
from ..syntax.tree import (
    MappingNode,
    RecordNode,
    ScalarNode,
    SequenceNode,
    items_of,
    leaves_of,
    scalars_of,
)
from .blocks import BlockEvidence, ClaimBlock
from .precise_words import months_in, place_in
from .reader import Record, Records
from .record_graph import RecordGraph

NOTE: Final = "Coarsened: years and economies alone, without the words of the source."
_PLACES: Final = frozenset(map(expand, ("pcve:Place", "pcve:Country")))
_DATES: Final = frozenset(map(expand, ("xsd:date", "xsd:gYearMonth", "xsd:gYear")))
_TEXTS: Final = frozenset(map(expand, ("rdf:langString", "xsd:string")))
_DAY: Final = re.compile(r"(\d{2}[\dX]{2})(?:-[\dX]{2}){1,2}")
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?!\d)")
_NAME: Final = expand("skos:prefLabel")


class PlaceEntry(NamedTuple):
    """A place: whether it is an economy, the ids of the larger places that it is in, its names."""

    is_economy: bool
    within: tuple[RecordId, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordLookup:
    """What a record has to know of others: whether one is redacted, and where a place is."""

    is_redacted: Callable[[RecordId], bool]
    place: Callable[[RecordId], PlaceEntry | None]

    @classmethod
    def of(cls, records: Records) -> RecordLookup:
        """The lookup in `records` alone."""
        by_id = {record.id: record for record in records.records}

        def place(identifier: RecordId) -> PlaceEntry | None:
            record = by_id.get(identifier)
            return None if record is None else place_entry(record)

        return cls(lambda key: key in by_id and by_id[key].settings.redacted, place)


def place_entry(record: Record) -> PlaceEntry | None:
    """The place that `record` is; None for a record of another class."""
    if record.type.text not in ("Place", "Country"):
        return None
    larger = [
        RecordId(value.text)
        for block in record.blocks
        for key, node in block.facts
        if key.text == "containedInPlace"
        for value in scalars_of(node)
    ]
    names = {
        leaf.text
        for block in record.blocks
        for key, node in block.facts
        if key.text in ("prefLabel", "altLabel")
        for leaf in leaves_of(node)
    }
    is_economy = record.type.text == "Country"
    return PlaceEntry(is_economy, tuple(sorted(set(larger))), tuple(sorted(names)))


def coarsened(
    record: Record, kind: RecordClass, ontology: Ontology, lookup: RecordLookup, sheet: RecordGraph
) -> Record:
    """`record` as it is published; what prevents that is added to the problems of `sheet`.

    The sheet depends on the places that it was generalized by.
    """
    sensitivity = record.settings.sensitivity
    if sensitivity is not None and kind.iri in _PLACES:
        fix = "state the sensitivity of the records that name the place"
        message = "a place cannot be coarsened to the economy that it is in"
        sheet.problems.append(rule_problem("sensitivity", sensitivity.position, message, fix))
        return record
    writer = _Coarsening(ontology, lookup, sheet)
    blocks = tuple(writer.block(block, kind) for block in record.blocks)
    for leaf in (ScalarNode(record.id, record.position), *writer.published):
        if stated := writer.precise_words(leaf.text):
            fix = "give the record, or the part of it, a name and an id without it"
            message = f'"{stated}" in the name or id is what the record keeps from publication'
            sheet.problems.append(rule_problem("sensitivity", leaf.position, message, fix))
    return replace(record, blocks=blocks)


class _Coarsening:
    """Coarsens the blocks of one record, and remembers what it replaced.

    `published` are the texts that stay as they are: names, and the ids of parts.
    """

    def __init__(self, ontology: Ontology, lookup: RecordLookup, sheet: RecordGraph) -> None:
        self.ontology, self.lookup, self.sheet = ontology, lookup, sheet
        self.places: set[RecordId] = set()
        self.months: set[int] = set()
        self.published: list[ScalarNode] = []

    def block(self, block: ClaimBlock, kind: RecordClass) -> ClaimBlock:
        facts = tuple(
            (key, value)
            for key, node in block.facts
            if (value := self.value(kind.keys.get(key.text), node)) is not None
        )
        evidence = {_without_words(piece): None for piece in block.evidence}
        return replace(block, facts=facts, evidence=tuple(evidence))

    def value(self, key: RecordKey | None, node: RecordNode) -> RecordNode | None:
        """A value as it is published; None where it is not. An unknown key is for the mapping."""
        if key is None:
            return node
        nested = self.ontology.by_iri.get(key.classes[0]) if len(key.classes) == 1 else None
        if nested is not None and nested.folder is None and not (key.scheme or key.refers):
            items = tuple(self.nested(nested, item) for item in items_of(node))
            return items[0] if len(items) == 1 else SequenceNode(items, node.position)
        if _PLACES & set(key.classes):
            return _one_or_list([e for v in scalars_of(node) for e in self.economies(v)], node)
        if _DATES & set(key.datatypes):
            return self.years(key, node)
        if "langString" in "".join(key.datatypes) and key.path != _NAME:
            return None
        if _TEXTS & set(key.datatypes):
            self.published += leaves_of(node)
        plain = not (key.datatypes or key.scheme or key.classes or key.choices)
        if plain and any("://" in value.text for value in scalars_of(node)):
            return None
        return None if key.path in _COORDINATES else node

    def nested(self, kind: RecordClass, node: RecordNode) -> RecordNode:
        if not isinstance(node, MappingNode):
            return node
        if isinstance(identifier := node.get("id"), ScalarNode):
            self.published.append(identifier)
        entries = tuple(
            (name, value)
            for name, inner in node.entries
            if (
                value := inner if name.text == "id" else self.value(kind.keys.get(name.text), inner)
            )
            is not None
        )
        return MappingNode(entries, node.position)

    def economies(self, value: ScalarNode) -> Iterator[ScalarNode]:
        """The economies that a place is in; the place itself where it is in none: a region."""
        start = RecordId(value.text)
        economies = self.economies_around(start)
        if economies - {start}:
            self.places.add(start)
        for identifier in sorted(economies) or [start]:
            yield ScalarNode(identifier, value.position)

    def economies_around(self, start: RecordId) -> set[RecordId]:
        """The ids of the economies that a place is in, of an economy its own; or none."""
        waiting, economies, seen = [start], set[RecordId](), set[RecordId]()
        while waiting:
            identifier = waiting.pop()
            entry = self.lookup.place(identifier)
            self.sheet.needs.add(f"within/{identifier}")
            if entry is None or identifier in seen:
                continue
            seen.add(identifier)
            if entry.is_economy:
                economies.add(identifier)
            else:
                waiting += entry.within
        return economies

    def years(self, key: RecordKey, node: RecordNode) -> RecordNode | None:
        """The years of dates; None where the key takes days alone."""
        dates = []
        for value in scalars_of(node):
            self.months.update(
                int(match[1]) * 12 + int(match[2]) - 1 for match in _MONTH.finditer(value.text)
            )
            text = _DAY.sub(r"\1", value.text)
            first, _, last = text.partition("/")
            dates.append(ScalarNode(first if first == last else text, value.position))
        if expand("xsd:gYear") not in key.datatypes:
            return None
        return _one_or_list(dates, node)

    def precise_words(self, text: str) -> str:
        """The place or month that a name or id states although its record is coarsened; or empty.

        The months are those from the first to the last of the record; all, where it has none.
        """
        covered = range(min(self.months), max(self.months) + 1) if self.months else range(12)
        numbers = {month % 12 + 1 for month in covered}
        stated = (words for words, number in months_in(text) if number in numbers)
        return next(stated, "") or next(filter(None, self.stated_places(text)), "")

    def stated_places(self, text: str) -> Iterator[str]:
        """The words that state a place of the record, or a larger one within an economy."""
        waiting, seen = sorted(self.places), set[RecordId]()
        while waiting:
            identifier = waiting.pop()
            entry = self.lookup.place(identifier)
            economies = self.economies_around(identifier)
            if identifier in seen or entry is None or not economies - {identifier}:
                continue
            seen.add(identifier)
            waiting += entry.within
            around = filter(None, map(self.lookup.place, economies))
            allowed = [name for economy in around for name in economy.names]
            yield place_in(text, (identifier, *entry.names), (*economies, *allowed))


_COORDINATES: Final = frozenset(map(expand, ("schema:latitude", "schema:longitude")))


def _without_words(piece: BlockEvidence) -> BlockEvidence:
    """Evidence that names its source alone, and says why."""
    texts = tuple(entry for entry in piece.texts if entry[0] != "locator")
    return replace(piece, span=None, passage=None, note=NOTE, texts=texts)


def _one_or_list(values: list[ScalarNode], node: RecordNode) -> RecordNode:
    chosen = tuple({value.text: value for value in reversed(values)}.values())[::-1]
    return chosen[0] if len(chosen) == 1 else SequenceNode(chosen, node.position)
