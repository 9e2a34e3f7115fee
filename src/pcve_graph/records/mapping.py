"""Maps records to statements and claims: keys become properties, blocks become claims.

Bounds and participations are derived. Values are checked here, before any engine sees them: a bad
date, an unknown key or a dangling reference never becomes a triple. Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

from collections import abc
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from ..model import namespaces
from ..model.dates import first_and_last
from ..model.messages import choice_names, expected_values, value_problem
from ..model.namespaces import expand, hashed_iri, local_name, nterm
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.suggest import IdSuggestions, did_you_mean
from ..model.terms import Iri, NTerm, RecordId, from_iri, literal, to_iri, triple_line
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from .quotes import HeldText
from .reader import ClaimBlock, Record, Records, Source
from .record_graph import RecordGraph
from .values import address, checked_key, texts, typed

XSD: Final = namespaces.PREFIXES["xsd"]

_TYPE: Final = nterm("rdf:type")
_SOURCE: Final = expand("pcve:Source")

_term: Final = lru_cache(2**16)(from_iri)
"""`from_iri`; equal terms are one object, of which a build holds many."""


def record_iris(records: Iterable[Record], ontology: Ontology) -> dict[RecordId, Iri]:
    """The IRIs of the records whose class exists, by id."""
    iris_by_id = {}
    for record in records:
        kind = ontology.classes.get(record.type.text)
        if kind is not None and kind.folder:
            iris_by_id[record.id] = namespaces.record_iri(kind.folder, record.id)
    return iris_by_id


def map_records(
    records: Records, ontology: Ontology, iris_by_id: abc.Mapping[RecordId, Iri]
) -> tuple[RecordGraph, ...]:
    """A sheet for each record, then for each source; `iris_by_id` are the IRIs of all records.

    Raises ContentError with all problems, those of reading included.
    """
    untyped = {record.id for record in records.records} - iris_by_id.keys()
    writer = _Writer(ontology, iris_by_id, records.unread | untyped)
    sheets = [writer.record(record) for record in records.records]
    sheets += [writer.source(source) for source in records.sources]
    problems = [*records.problems, *(problem for sheet in sheets for problem in sheet.problems)]
    if problems:
        raise ContentError(problems)
    return tuple(sheets)


class _Writer:
    """Writes records and sources as triples, given the ontology and the IRIs of all records."""

    def __init__(
        self,
        ontology: Ontology,
        iris_by_id: abc.Mapping[RecordId, Iri],
        unread: frozenset[RecordId] = frozenset(),
    ) -> None:
        self.ontology = ontology
        self.iris_by_id = iris_by_id
        self.ids = IdSuggestions(iris_by_id)
        self.unread = unread

    def record(self, record: Record) -> RecordGraph:
        sheet = RecordGraph(f"record/{record.id}", record.position.path)
        kind = self.ontology.classes.get(record.type.text)
        if kind is None or kind.folder is None:
            names = [record.name for record in self.ontology.records()]
            fix = did_you_mean(record.type.text, names) or "known types: " + ", ".join(names)
            message = f'no class is called "{record.type.text}"'
            sheet.problems.append(rule_problem("unknown-type", record.type.position, message, fix))
            return sheet
        if record.folder not in (None, kind.folder):
            message = f"a record of type {kind.name} is in data/records/{record.folder}"
            fix = f"move it to data/records/{kind.folder}/"
            sheet.problems.append(rule_problem("folder", record.type.position, message, fix))
            return sheet
        subject = _term(namespaces.record_iri(kind.folder, record.id))
        sheet.add(sheet.facts, (subject, _TYPE, _term(kind.iri)), record.position)
        for block in record.blocks:
            claim = _Claim(self, sheet, block, record.id)
            for key, value in block.facts:
                claim.add_fact(subject, kind, key, value)
        derive_bounds(sheet)
        part = self.ontology.by_iri[expand("pcve:Participation")]
        if kind.iri in part.keys["inEvent"].classes:
            self.participations(sheet, subject)
        return sheet

    def source(self, source: Source) -> RecordGraph:
        sheet = RecordGraph(f"source/{source.id}", source.position.path)
        kind, entries = self.ontology.by_iri[_SOURCE], source.entries
        subject = _term(namespaces.source_iri(source.id))
        file = entries.get("textFile")
        if isinstance(file, ScalarNode):
            sheet.needs.add(f"text/{file.text}")
        sheet.add(sheet.facts, (subject, _TYPE, _term(kind.iri)), source.position)
        for name, value in entries.entries:
            if name.text == "id":
                continue
            key = checked_key(kind, name, sheet, self.ontology)
            if key is None:
                continue
            new = kind.renamed(key.name)
            if new and not entries.get(new.name) and not self.is_record(value):
                message = f"{key.name} is no longer a text: that is now {new.name}"
                fix = f"write {new.name}, or run `pcve edit migrate`"
                sheet.problems.append(rule_problem("unknown-key", name.position, message, fix))
                continue
            for term, place in self.values(key, value, sheet):
                sheet.add(sheet.facts, (subject, _term(key.path), term), place)
        return sheet

    def is_record(self, value: RecordNode) -> bool:
        """Whether this is the id of a record, or of one that could not be read."""
        text = RecordId(value.text) if isinstance(value, ScalarNode) else RecordId("")
        return text in self.iris_by_id or text in self.unread

    def participations(self, sheet: RecordGraph, event: NTerm) -> None:
        """Adds a participation for each statement on the event whose property implies a role."""
        facts = [key for key in sheet.places if len(key) == 3 and key[0] == event]
        for _, predicate, actor in facts:
            role = self.ontology.roles.get(to_iri(predicate))
            if role is None or triple_line((event, predicate, actor)) not in sheet.facts:
                continue
            tail = "/".join(map(local_name, (to_iri(event), role, to_iri(actor))))
            node = _term(namespaces.record_iri("participation", tail))
            sheet.derived.add(node)
            place = sheet.places[event, predicate, actor]
            for name, term in (
                ("rdf:type", nterm("pcve:Participation")),
                ("pcve:inEvent", event),
                ("pcve:actor", actor),
                ("pcve:role", _term(role)),
            ):
                sheet.add(sheet.facts, (node, nterm(name), term), place)

    def values(
        self, key: RecordKey, node: RecordNode, sheet: RecordGraph
    ) -> Iterator[tuple[NTerm, Position]]:
        """The terms of `node`; a value without a term is added to the problems of the sheet."""
        if isinstance(node, SequenceNode):
            for value in node.values:
                yield from self.values(key, value, sheet)
        elif "langString" in "".join(key.datatypes):
            yield from texts(key, node, sheet, self.ontology)
        elif isinstance(node, MappingNode):
            message, fix = (
                f"{key.name} does not take nested keys",
                f"write one value: {expected_values(key)}",
            )
            sheet.problems.append(rule_problem("structure", node.position, message, fix))
        else:
            term = self.term(key, node, sheet)
            if isinstance(term, Problem):
                sheet.problems.append(term)
            else:
                yield term, node.position

    def term(self, key: RecordKey, value: ScalarNode, sheet: RecordGraph) -> NTerm | Problem:
        """The term of `value`, or the problem why it is not a value of `key`."""
        text = value.text
        if key.scheme and text in self.ontology.schemes.get(key.scheme, ()):
            return _term(namespaces.concept_iri(key.scheme, text))
        if key.datatypes and (literal_term := typed(key, text)):
            return literal_term
        if key.choices:
            names = dict(zip(choice_names(key), key.choices, strict=True))
            chosen = text if text in key.choices else names.get(text)
            return _term(Iri(chosen)) if chosen else self.problem(key, value)
        if key.classes == (_SOURCE,) and namespaces.ID.fullmatch(text):
            return _term(namespaces.source_iri(text))
        if key.refers:
            return self.nested_elsewhere(key, value, sheet)
        if not key.scheme and not key.datatypes:
            identifier = RecordId(text)
            if identifier in self.iris_by_id or identifier in self.unread:
                sheet.needs.add(f"record/{text}")
                return _term(self.iris_by_id.get(identifier, namespaces.unreadable_iri(text)))
            if not key.classes and (web_address := address(text)):
                return web_address
        return self.problem(key, value)

    def nested_elsewhere(
        self, key: RecordKey, value: ScalarNode, sheet: RecordGraph
    ) -> NTerm | Problem:
        """The entity nested in a record, from the ids of both, with a slash."""
        owner, _, nested = value.text.partition("/")
        identifier, kind = RecordId(owner), self.ontology.by_iri[key.classes[0]]
        is_record = identifier in self.iris_by_id or identifier in self.unread
        if not is_record or not namespaces.ID.fullmatch(nested):
            return self.problem(key, value)
        sheet.needs.add(f"record/{owner}")
        return _term(namespaces.record_iri(kind.segment, value.text))

    def problem(self, key: RecordKey, value: ScalarNode) -> Problem:
        """The problem of a value that the key does not take."""
        return value_problem(key, value.text, value.position, self.ontology, self.ids)


class _Claim:
    """Writes the facts of one block of a record, each with its claim."""

    def __init__(self, writer: _Writer, sheet: RecordGraph, block: ClaimBlock, owner: str) -> None:
        self.writer = writer
        self.sheet = sheet
        self.block = block
        self.owner = owner
        sheet.needs.update(f"source/{source.id}" for source in block.sources)
        self.sources = tuple(namespaces.source_iri(source.id) for source in block.sources)
        self.certainty = self.concept("certainty", block.certainty, "stated")
        self.standing = self.concept("standing", block.standing, "current")
        held, span = block.sources[0].text, block.span
        self.quote = self.quote_node(held, span) if held and span else None

    def concept(self, scheme: str, value: ScalarNode | None, default: str) -> Iri:
        if value is None:
            return namespaces.concept_iri(scheme, default)
        key = self.writer.ontology.by_iri[expand("pcve:Claim")].keys[scheme]
        term = self.writer.term(key, value, self.sheet)
        if isinstance(term, Problem):
            self.sheet.problems.append(term)
        return namespaces.concept_iri(scheme, value.text)

    def quote_node(self, held: HeldText, span: tuple[int, int]) -> Iri:
        start, end = span
        exact = held.text[start:end]
        node = hashed_iri("quote", self.sources[0], str(start), str(end), exact)
        integer = XSD + "integer"
        for name, term in (
            ("rdf:type", nterm("oa:TextQuoteSelector")),
            ("rdf:type", nterm("oa:TextPositionSelector")),
            ("oa:exact", literal(exact)),
            ("oa:start", literal(str(start), integer)),
            ("oa:end", literal(str(end), integer)),
            ("prov:wasQuotedFrom", _term(self.sources[0])),
        ):
            triple = (_term(node), nterm(name), term)
            self.sheet.add(self.sheet.evidence, triple, self.block.position)
        return node

    def add_fact(
        self, subject: NTerm, kind: RecordClass, name: ScalarNode, value: RecordNode
    ) -> None:
        key = checked_key(kind, name, self.sheet, self.writer.ontology)
        if key is None:
            return
        nested = self.writer.ontology.by_iri.get(key.classes[0]) if len(key.classes) == 1 else None
        if nested and nested.folder is None and not (key.scheme or key.refers):
            for item in value.values if isinstance(value, SequenceNode) else (value,):
                self.add_nested(subject, key, nested, item)
            return
        for term, place in self.writer.values(key, value, self.sheet):
            self.add_statement((subject, _term(key.path), term), place)
            if key.derives and self.is_current:
                self.date_bounds(subject, key, value, place)

    @property
    def is_current(self) -> bool:
        return self.standing == namespaces.concept_iri("standing", "current")

    def add_nested(
        self, subject: NTerm, key: RecordKey, nested: RecordClass, value: RecordNode
    ) -> None:
        """Writes an entity that is nested in its record, such as a membership."""
        identifier = value.get("id") if isinstance(value, MappingNode) else None
        if not isinstance(value, MappingNode) or not isinstance(identifier, ScalarNode):
            message = f"{key.name} takes nested keys, beginning with an id"
            fix = f"write {key.name}: {{id: a-name, {', '.join(f'{k}: …' for k in nested.keys)}}}"
            self.sheet.problems.append(rule_problem("structure", value.position, message, fix))
            return
        if not namespaces.ID.fullmatch(identifier.text):
            message = f'"{namespaces.short_id(identifier.text)}" is not a valid id'
            fault = rule_problem("id", identifier.position, message, namespaces.ID_FIX)
            self.sheet.problems.append(fault)
            return
        node = _term(namespaces.record_iri(nested.segment, f"{self.owner}/{identifier.text}"))
        self.add_statement((subject, _term(key.path), node), value.position)
        if self.is_current:
            self.sheet.add(self.sheet.facts, (node, _TYPE, _term(nested.iri)), value.position)
        for name, member in value.entries:
            if name.text != "id":
                self.add_fact(node, nested, name, member)

    def date_bounds(
        self, subject: NTerm, key: RecordKey, value: RecordNode, place: Position
    ) -> None:
        days = first_and_last(value.text) if isinstance(value, ScalarNode) else None
        if days is None:
            return
        for bound in key.derives:
            day = days[0] if bound == expand("pcve:earliest") else days[1]
            previous = self.sheet.bounds.get((subject, bound))
            if previous is None or previous[0] <= key.order:
                self.sheet.bounds[subject, bound] = (key.order, day.isoformat(), place)

    def add_statement(self, triple: tuple[NTerm, NTerm, NTerm], place: Position) -> None:
        """Writes the statement, if it is current, and its claim."""
        sheet, block = self.sheet, self.block
        if self.is_current:
            sheet.add(sheet.facts, triple, place)
        note = block.note.text if block.note else ""
        sources = " ".join(sorted(self.sources))
        parts = (sources, self.quote or "", self.certainty, self.standing, note)
        node = _term(hashed_iri("claim", *triple, *parts))
        if (node,) in sheet.places:
            return
        terms = [
            ("rdf:type", nterm("pcve:Claim")),
            ("rdf:subject", triple[0]),
            ("rdf:predicate", triple[1]),
            ("rdf:object", triple[2]),
            *(("prov:hadPrimarySource", _term(source)) for source in self.sources),
            ("pcve:certainty", _term(self.certainty)),
            ("pcve:standing", _term(self.standing)),
        ]
        if self.quote:
            terms.append(("pcve:quote", _term(self.quote)))
        if note:
            terms.append(("skos:note", literal(note)))
        for name, term in terms:
            sheet.add(sheet.evidence, (node, nterm(name), term), place)
        if self.quote:
            sheet.verified += 1
        else:
            sheet.cited += 1


def derive_bounds(sheet: RecordGraph) -> None:
    """Adds the earliest and latest possible day of each dated entity of the sheet."""
    for (owner, bound), (_, day, place) in sheet.bounds.items():
        sheet.add(sheet.facts, (owner, _term(bound), literal(day, XSD + "date")), place)
