"""Maps records to statements and claims: keys become properties, blocks become claims.

What follows from the statements is added by `derived`. Values are checked here, before any engine
sees them: a bad date, an unknown key or a dangling reference never becomes a triple.
Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

from collections import abc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from ..model import namespaces
from ..model.messages import (
    choice_names,
    expected_values,
    rule_name,
    value_problem,
    with_passage,
)
from ..model.namespaces import expand, nterm
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.schema import Ontology, RecordClass, RecordKey
from ..model.suggest import IdSuggestions, did_you_mean
from ..model.terms import Iri, NTerm, RecordId
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode
from .block_terms import BlockTerms
from .blocks import ClaimBlock, Source
from .claims import ClaimCollector, Triple
from .coarsening import RecordLookup, coarsened
from .derived import derive_bounds, derive_direct_roles, derive_participations
from .private_mentions import collect_record_mentions, collect_source_mentions
from .reader import Record, Records
from .record_graph import RecordGraph
from .record_graph import shared_term as _term
from .record_keys import read_cleared
from .values import address, checked_key, texts, typed

_TYPE: Final = nterm("rdf:type")
_SOURCE: Final = expand("pcve:Source")


def record_iris(records: Iterable[Record], ontology: Ontology) -> dict[RecordId, Iri]:
    """The IRIs of the records whose class exists, by id; a redacted record has none."""
    iris_by_id = {}
    for record in records:
        kind = ontology.classes.get(record.type.text)
        if kind is not None and kind.folder and not record.settings.redacted:
            iris_by_id[record.id] = namespaces.record_iri(kind.folder, record.id)
    return iris_by_id


def map_records(
    records: Records,
    ontology: Ontology,
    iris_by_id: abc.Mapping[RecordId, Iri],
    lookup: RecordLookup | None = None,
) -> tuple[RecordGraph, ...]:
    """A sheet for each record, then for each source; `iris_by_id` are the IRIs of all records.

    `lookup` is that of all records, where `records` are some of them.
    Raises ContentError with all problems, those of reading included.
    """
    stated = {record.id for record in records.records if not record.settings.redacted}
    untyped = stated - iris_by_id.keys()
    lookup = lookup or RecordLookup.of(records)
    writer = RecordWriter(ontology, iris_by_id, records.unread | untyped, lookup)
    sheets = [writer.record(record) for record in records.records]
    sheets += [writer.source(source) for source in records.sources]
    problems = [*records.problems, *(problem for sheet in sheets for problem in sheet.problems)]
    if problems:
        raise ContentError(problems)
    return tuple(sheets)


class RecordWriter:
    """Writes records and sources as triples, given the ontology and the IRIs of all records."""

    def __init__(
        self,
        ontology: Ontology,
        iris_by_id: abc.Mapping[RecordId, Iri],
        unread: frozenset[RecordId] = frozenset(),
        lookup: RecordLookup | None = None,
    ) -> None:
        self.ontology = ontology
        self.iris_by_id = iris_by_id
        self.ids = IdSuggestions(
            iris_by_id, lambda name: namespaces.segment_of(iris_by_id[RecordId(name)])
        )
        self.unread = unread
        self.lookup = lookup or RecordLookup(lambda _: False, lambda _: None)

    def record(self, record: Record) -> RecordGraph:
        sheet = RecordGraph(
            f"record/{record.id}",
            record.position.path,
            line=record.position.line,
            digest=record.digest,
        )
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
        if record.settings.redacted:
            return RecordGraph(f"redacted/{record.id}", record.position.path)
        collect_record_mentions(record, sheet)
        if record.settings.sensitivity:
            record = coarsened(record, kind, self.ontology, self.lookup, sheet)
        subject = _term(namespaces.record_iri(kind.folder, record.id))
        sheet.add(sheet.facts, (subject, _TYPE, _term(kind.iri)), record.position)
        claims = ClaimCollector(sheet)
        for block in record.blocks:
            part = _BlockWriter(self, claims, block, kind, record.id)
            for key, value in block.facts:
                part.add_fact(subject, kind, key, value)
            for name in block.no_value:
                part.add_absence(subject, kind, name, "no-value")
            for name in block.not_known:
                part.add_absence(subject, kind, name, "not-known")
        claims.withdraw()
        self.nested_types(claims)
        claims.write()
        derive_bounds(claims)
        participation = self.ontology.by_iri[expand("pcve:Participation")]
        if kind.iri in participation.keys["inEvent"].classes:
            derive_participations(claims, subject, self.ontology)
        derive_direct_roles(claims, subject, kind, self.ontology)
        return sheet

    def nested_types(self, claims: ClaimCollector) -> None:
        """Adds the class of each entity that is nested in the record."""
        for claim in claims.facts():
            nested = self.ontology.by_iri.get(claim.key.classes[0]) if claim.key.classes else None
            if nested is not None and nested.folder is None and claim.is_link:
                triple = (claim.statement[2], _TYPE, _term(nested.iri))
                claims.sheet.add(claims.sheet.facts, triple, claim.place)

    def source(self, source: Source) -> RecordGraph:
        sheet = RecordGraph(f"source/{source.id}", source.position.path)
        kind, entries = self.ontology.by_iri[_SOURCE], source.entries
        subject = _term(namespaces.source_iri(source.id))
        try:
            collect_source_mentions(source, read_cleared(entries), sheet)
        except ContentError as error:
            sheet.problems.extend(error.problems)
        file = entries.get("textFile")
        if isinstance(file, ScalarNode):
            sheet.needs.add(f"text/{file.text}")
        sheet.add(sheet.facts, (subject, _TYPE, _term(kind.iri)), source.position)
        for name, value in entries.entries:
            if name.text in ("id", "cleared"):
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
            return _term(Iri(chosen)) if chosen else self.problem(key, value, sheet)
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
        return self.problem(key, value, sheet)

    def nested_elsewhere(
        self, key: RecordKey, value: ScalarNode, sheet: RecordGraph
    ) -> NTerm | Problem:
        """The entity nested in a record, from the ids of both, with a slash."""
        owner, _, nested = value.text.partition("/")
        identifier, kind = RecordId(owner), self.ontology.by_iri[key.classes[0]]
        is_record = identifier in self.iris_by_id or identifier in self.unread
        if not is_record or not namespaces.ID.fullmatch(nested):
            return self.problem(key, value, sheet)
        sheet.needs.add(f"record/{owner}")
        return _term(namespaces.record_iri(kind.segment, value.text))

    def problem(self, key: RecordKey, value: ScalarNode, sheet: RecordGraph) -> Problem:
        """The problem of a value that the key does not take, in the record of `sheet`."""
        named = RecordId(value.text.partition("/")[0])
        if not (key.scheme or key.datatypes) and self.lookup.is_redacted(named):
            message = f"the record {named} is redacted: its facts are gone on purpose"
            fix = "delete this reference, and what states no more without it"
            return rule_problem("redacted", value.position, message, fix)
        owner = RecordId(sheet.owner.removeprefix("record/"))
        subject = self.iris_by_id.get(owner, "")
        return value_problem(key, value.text, value.position, self.ontology, self.ids, subject)


class _BlockWriter:
    """Collects the statements of one block of a record."""

    def __init__(
        self,
        writer: RecordWriter,
        claims: ClaimCollector,
        block: ClaimBlock,
        kind: RecordClass,
        owner: str,
    ) -> None:
        self.writer, self.claims, self.sheet, self.block = writer, claims, claims.sheet, block
        self.terms = BlockTerms(writer, claims.sheet, block, kind)
        self.owner = owner
        self.holder: Triple | None = None

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
        problems = self.sheet.problems
        first = len(problems)
        for term, place in self.writer.values(key, value, self.sheet):
            statement = (subject, _term(key.path), term)
            self.claims.add(self.terms, statement, key, place, self.holder)
        for number in range(first, len(problems)):
            if problems[number].rule == rule_name(key.shape):
                message = with_passage(problems[number].message, self.block.passage)
                problems[number] = replace(problems[number], message=message)

    def add_absence(self, subject: NTerm, kind: RecordClass, name: ScalarNode, term: str) -> None:
        """Writes that the thing has no value for a key, or that the value is not known."""
        key = checked_key(kind, name, self.sheet, self.writer.ontology)
        if key is not None:
            value = _term(namespaces.concept_iri("value-status", term))
            statement = (subject, _term(key.path), value)
            self.claims.add(self.terms, statement, key, name.position, has_value=False)

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
        statement, outer = (subject, _term(key.path), node), self.holder
        self.claims.add(self.terms, statement, key, value.position, outer, is_link=True)
        self.holder = statement
        for name, member in value.entries:
            if name.text != "id":
                self.add_fact(node, nested, name, member)
        self.holder = outer
