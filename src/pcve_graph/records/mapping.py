"""From the claim blocks of a record to claims: quads with their evidence."""

from __future__ import annotations

import re
from collections import abc
from collections.abc import Iterable, Iterator
from typing import Final

from ..model import namespaces
from ..model.dates import first_and_last, precision
from ..model.messages import takes, value_problem
from ..model.namespaces import expand, hashed
from ..model.problems import ContentError, Position, Problem, breach
from ..model.schema import Key, Ontology, RecordClass
from ..model.suggest import Ids, nearest
from ..syntax.tree import Mapping, Node, Scalar, Sequence
from .reader import Block, Record, Records, Source
from .record_graph import Sheet, iri, literal

XSD: Final = namespaces.PREFIXES["xsd"]


_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


_ADDRESS: Final = re.compile(r"https?://[^\s/<>\"{}|\\^`]+[^\s<>\"{}|\\^`]*")


_NUMBER: Final = {
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?\d+(\.\d+)?"),
}


_TYPE: Final = iri(expand("rdf:type"))


def things_of(records: Iterable[Record], ontology: Ontology) -> dict[str, str]:
    """The IRI of each record of a known class, by id."""
    things = {}
    for record in records:
        kind = ontology.classes.get(record.type.text)
        if kind is not None and kind.folder:
            things[record.id] = namespaces.thing(kind.folder, record.id)
    return things


def map_records(
    records: Records, ontology: Ontology, things: abc.Mapping[str, str]
) -> tuple[Sheet, ...]:
    """A sheet for each record, then for each source; `things` are all that may be referred to.

    Raises ContentError with everything that is wrong in any of them, what was wrong while
    reading included.
    """
    untyped = {record.id for record in records.records} - things.keys()
    writer = _Writer(ontology, things, records.unread | untyped)
    sheets = [writer.record(record) for record in records.records]
    sheets += [writer.source(source) for source in records.sources]
    problems = [*records.problems, *(problem for sheet in sheets for problem in sheet.problems)]
    if problems:
        raise ContentError(problems)
    return tuple(sheets)


class _Writer:
    """Writes records as triples, knowing every class and every thing there is."""

    def __init__(
        self,
        ontology: Ontology,
        things: abc.Mapping[str, str],
        unread: frozenset[str] = frozenset(),
    ) -> None:
        self.ontology = ontology
        self.things = things
        self.ids = Ids(things)
        self.unread = unread

    def record(self, record: Record) -> Sheet:
        sheet = Sheet(f"record/{record.id}", record.position.path)
        kind = self.ontology.classes.get(record.type.text)
        if kind is None or kind.folder is None:
            known = [record.name for record in self.ontology.records()]
            fix = nearest(record.type.text, known) or "known types: " + ", ".join(known)
            found = f'there is no type "{record.type.text}"'
            sheet.problems.append(breach("unknown-type", record.type.position, found, fix))
            return sheet
        if record.folder not in (None, kind.folder):
            found = f"a record of type {kind.name} lies in data/records/{record.folder}"
            fix = f"move it to data/records/{kind.folder}/"
            sheet.problems.append(breach("folder", record.type.position, found, fix))
            return sheet
        subject = iri(namespaces.thing(kind.folder, record.id))
        sheet.add(sheet.facts, (subject, _TYPE, iri(kind.iri)), record.position)
        for block in record.blocks:
            claim = _Claim(self, sheet, block, record.id)
            for key, value in block.facts:
                claim.fact(subject, kind, key, value)
        derive_bounds(sheet)
        part = self.ontology.by_iri[expand("pcve:Participation")]
        if kind.iri in part.keys["event"].classes:
            self.participations(sheet, subject)
        return sheet

    def source(self, source: Source) -> Sheet:
        sheet = Sheet(f"source/{source.id}", source.position.path)
        kind = self.ontology.by_iri[expand("pcve:Source")]
        subject = iri(namespaces.source(source.id))
        held = source.entries.get("textFile")
        if isinstance(held, Scalar):
            sheet.needs.add(f"text/{held.text}")
        sheet.add(sheet.facts, (subject, _TYPE, iri(kind.iri)), source.position)
        for name, value in source.entries.entries:
            if name.text == "id":
                continue
            key = known_key(kind, name, sheet)
            if key is None:
                continue
            for term, place in self.values(key, value, sheet):
                sheet.add(sheet.facts, (subject, iri(key.path), term), place)
        return sheet

    def participations(self, sheet: Sheet, event: str) -> None:
        """A participation for each fact of the event whose property stands for a role."""
        facts = [key for key in sheet.places if len(key) == 3 and key[0] == event]
        for _, predicate, actor in facts:
            role = self.ontology.roles.get(predicate[1:-1])
            if role is None or f"{event} {predicate} {actor} ." not in sheet.facts:
                continue
            tail = "/".join(
                namespaces.local_name(each.strip("<>")) for each in (event, role, actor)
            )
            node = iri(namespaces.thing("participation", tail))
            sheet.derived.add(node)
            place = sheet.places[event, predicate, actor]
            for name, term in (
                ("rdf:type", iri(expand("pcve:Participation"))),
                ("pcve:event", event),
                ("pcve:actor", actor),
                ("pcve:role", iri(role)),
            ):
                sheet.add(sheet.facts, (node, iri(expand(name)), term), place)

    def values(self, key: Key, node: Node, sheet: Sheet) -> Iterator[tuple[str, Position]]:
        """The terms that `node` stands for; what is none of them becomes a problem."""
        if isinstance(node, Sequence):
            for value in node.values:
                yield from self.values(key, value, sheet)
        elif "langString" in "".join(key.datatypes):
            yield from _texts(key, node, sheet, self.ontology)
        elif isinstance(node, Mapping):
            found, fix = (
                f"{key.name} does not take keys of its own",
                f"write one value: {takes(key)}",
            )
            sheet.problems.append(breach("structure", node.position, found, fix))
        else:
            term = self.term(key, node, sheet)
            if isinstance(term, Problem):
                sheet.problems.append(term)
            else:
                yield term, node.position

    def term(self, key: Key, value: Scalar, sheet: Sheet) -> str | Problem:
        """The term that `value` stands for, or the problem that its key has with it."""
        text = value.text
        if key.scheme and text in self.ontology.schemes.get(key.scheme, ()):
            return iri(namespaces.concept(key.scheme, text))
        if key.datatypes and (typed := _typed(key, text)):
            return typed
        if not key.scheme and not key.datatypes:
            if text in self.things or text in self.unread:
                sheet.needs.add(f"record/{text}")
                return iri(self.things.get(text, namespaces.unread(text)))
            if not key.classes and _ADDRESS.fullmatch(text):
                return iri(text)
        return value_problem(key, text, value.position, self.ontology, self.ids)


class _Claim:
    """One block of a record: writes its facts, and for each the claim that carries it."""

    def __init__(self, writer: _Writer, sheet: Sheet, block: Block, owner: str) -> None:
        self.writer = writer
        self.sheet = sheet
        self.block = block
        self.owner = owner
        sheet.needs.update(f"source/{source.id}" for source in block.sources)
        self.sources = tuple(namespaces.source(source.id) for source in block.sources)
        self.certainty = self.closed("certainty", block.certainty, "stated")
        self.standing = self.closed("standing", block.standing, "current")
        self.quote = self.passage() if block.span else None

    def closed(self, scheme: str, value: Scalar | None, default: str) -> str:
        if value is None:
            return namespaces.concept(scheme, default)
        key = self.writer.ontology.by_iri[expand("pcve:Claim")].keys[scheme]
        term = self.writer.term(key, value, self.sheet)
        if isinstance(term, Problem):
            self.sheet.problems.append(term)
        return namespaces.concept(scheme, value.text)

    def passage(self) -> str:
        assert self.block.span
        held = self.block.sources[0].text
        assert held
        start, end = self.block.span
        exact = held.text[start:end]
        node = hashed("quote", self.sources[0], str(start), str(end), exact)
        integer = XSD + "integer"
        for name, term in (
            ("rdf:type", iri(expand("oa:TextQuoteSelector"))),
            ("rdf:type", iri(expand("oa:TextPositionSelector"))),
            ("oa:exact", literal(exact)),
            ("oa:start", literal(str(start), integer)),
            ("oa:end", literal(str(end), integer)),
            ("prov:wasQuotedFrom", iri(self.sources[0])),
        ):
            triple = (iri(node), iri(expand(name)), term)
            self.sheet.add(self.sheet.evidence, triple, self.block.position)
        return node

    def fact(self, subject: str, kind: RecordClass, name: Scalar, value: Node) -> None:
        key = known_key(kind, name, self.sheet)
        if key is None:
            return
        nested = self.writer.ontology.by_iri.get(key.classes[0]) if len(key.classes) == 1 else None
        if nested is not None and nested.folder is None and not key.scheme:
            for each in value.values if isinstance(value, Sequence) else (value,):
                self.inner(subject, key, nested, each)
            return
        for term, place in self.writer.values(key, value, self.sheet):
            self.state((subject, iri(key.path), term), place)
            if key.derives and self.current:
                self.bound(subject, key, value, place)

    @property
    def current(self) -> bool:
        return self.standing == namespaces.concept("standing", "current")

    def inner(self, subject: str, key: Key, nested: RecordClass, value: Node) -> None:
        """A thing that is written inside its record, such as a membership."""
        identifier = value.get("id") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(identifier, Scalar):
            found = f"{key.name} takes keys of its own, an id first"
            fix = f"write {key.name}: {{id: a-name, {', '.join(f'{k}: …' for k in nested.keys)}}}"
            self.sheet.problems.append(breach("structure", value.position, found, fix))
            return
        if not namespaces.ID.fullmatch(identifier.text):
            found = f'"{identifier.text}" is no id'
            fix = "small letters a-z, digits and single hyphens"
            self.sheet.problems.append(breach("structure", identifier.position, found, fix))
            return
        node = iri(namespaces.thing(nested.segment, f"{self.owner}/{identifier.text}"))
        self.state((subject, iri(key.path), node), value.position)
        if self.current:
            self.sheet.add(self.sheet.facts, (node, _TYPE, iri(nested.iri)), value.position)
        for name, each in value.entries:
            if name.text != "id":
                self.fact(node, nested, name, each)

    def bound(self, subject: str, key: Key, value: Node, place: Position) -> None:
        days = first_and_last(value.text) if isinstance(value, Scalar) else None
        if days is None:
            return
        for derive in key.derives:
            day = days[0] if derive == expand("pcve:earliest") else days[1]
            known = self.sheet.bounds.get((subject, derive))
            if known is None or known[0] <= key.order:
                self.sheet.bounds[subject, derive] = (key.order, day.isoformat(), place)

    def state(self, triple: tuple[str, str, str], place: Position) -> None:
        """The fact, if it is current, and its claim."""
        sheet, block = self.sheet, self.block
        if self.current:
            sheet.add(sheet.facts, triple, place)
        note = block.note.text if block.note else ""
        read = " ".join(sorted(self.sources))
        parts = (read, self.quote or "", self.certainty, self.standing, note)
        node = iri(hashed("claim", *triple, *parts))
        if (node,) in sheet.places:
            return
        terms = [
            ("rdf:type", iri(expand("pcve:Claim"))),
            ("rdf:subject", triple[0]),
            ("rdf:predicate", triple[1]),
            ("rdf:object", triple[2]),
            *(("prov:hadPrimarySource", iri(source)) for source in self.sources),
            ("pcve:certainty", iri(self.certainty)),
            ("pcve:standing", iri(self.standing)),
        ]
        if self.quote:
            terms.append(("pcve:quote", iri(self.quote)))
        if note:
            terms.append(("skos:note", literal(note)))
        for name, term in terms:
            sheet.add(sheet.evidence, (node, iri(expand(name)), term), place)
        if self.quote:
            sheet.verified += 1
        else:
            sheet.cited += 1


def derive_bounds(sheet: Sheet) -> None:
    """The first and last possible day of everything dated on the sheet."""
    for (owner, bound), (_, day, place) in sheet.bounds.items():
        sheet.add(sheet.facts, (owner, iri(bound), literal(day, XSD + "date")), place)


def known_key(kind: RecordClass, name: Scalar, sheet: Sheet) -> Key | None:
    """The key of `kind` that `name` is; where there is none, the problem goes on the sheet."""
    key = kind.keys.get(name.text)
    if key is None:
        found = f'{kind.name} has no key "{name.text}"'
        fix = nearest(name.text, kind.keys) or f"keys of {kind.name}: " + ", ".join(kind.keys)
        sheet.problems.append(breach("unknown-key", name.position, found, fix))
    return key


def _texts(
    key: Key, node: Node, sheet: Sheet, ontology: Ontology
) -> Iterator[tuple[str, Position]]:
    if not isinstance(node, Mapping):
        text = node.text if isinstance(node, Scalar) else "a list"
        sheet.problems.append(value_problem(key, text, node.position, ontology, Ids(())))
        return
    for tag, value in node.entries:
        if not _LANGUAGE.fullmatch(tag.text):
            found, fix = f'"{tag.text}" is no language', "write a code such as en, sq, sr, mk or bs"
            sheet.problems.append(breach("language", tag.position, found, fix))
            continue
        for each in value.values if isinstance(value, Sequence) else (value,):
            if isinstance(each, Scalar):
                yield literal(each.text, language=tag.text), each.position
            else:
                found, fix = "found keys where a text belongs", "write one text, or a list of texts"
                sheet.problems.append(breach("structure", each.position, found, fix))


def _typed(key: Key, text: str) -> str:
    """`text` as a literal of the datatype that fits it; empty where none of the key's does."""
    kinds = {namespaces.local_name(datatype): datatype for datatype in key.datatypes}
    if {"date", "gYear", "gYearMonth"} & kinds.keys():
        form = precision(text)
        return literal(text, kinds[form]) if form in kinds else ""
    for name, digits in _NUMBER.items():
        if name in kinds:
            return literal(text, kinds[name]) if digits.fullmatch(text) else ""
    return literal(text, None if "string" in kinds else next(iter(kinds.values())))
