"""Positions in JSON-LD 1.1: the nodes, keys and values, expanded with the contexts of the document.

Implements the expansion (JSON-LD 1.1 API, section 5) that yields statements: scoped contexts,
containers, lists, reverse and nested properties. Other values, such as graphs, are left out; their
statements have the position of the key or the node.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from ...model.namespaces import PREFIXES, nterm
from ...model.terms import NO_TERM, NTerm, blank, from_iri, is_blank, literal
from ..json import JsonValue, read_json
from ..jsonld_check import has_only_terms
from .jsonld_context import ActiveContext, TermDefinition

_XSD: Final = PREFIXES["xsd"]
_PLAIN: Final = TermDefinition("")
_TYPE: Final = nterm("rdf:type")
_NO_IRIS: Final = ("@base", "@direction", "@import", "@language")
"""The keywords of a context whose strings are not abbreviated."""


def locate_jsonld(text: str) -> dict[tuple[NTerm, ...], tuple[int, int]]:
    """The places of subjects, properties and values. Raises ValueError if `text` is not JSON."""
    reader = _Reader(text)
    reader.document()
    return reader.places


class UnreadWords(NamedTuple):
    """Words of a file that no context maps to an IRI, each with its place.

    `keys` are keys of node objects; expansion drops them with their values (JSON-LD 1.1 API,
    section 5.1.2, step 13.3). `prefixed` are keys, types and references with a prefix of `PREFIXES`
    that is not declared, which expansion takes for whole IRIs.
    """

    keys: list[tuple[str, tuple[int, int]]]
    prefixed: list[tuple[str, tuple[int, int]]]


def unread_words(raw: bytes) -> UnreadWords:
    """The words that no context maps. None if the document cannot be followed; never raises.

    A file of more than `_LARGE` bytes whose keys are all terms of its contexts is not read as a
    whole, nor is one of more than `_LARGEST` bytes: reading takes a second for each megabyte.
    """
    try:
        if len(raw) > _LARGE and (len(raw) > _LARGEST or has_only_terms(raw)):
            return UnreadWords([], [])
        reader = _Reader(raw.decode())
        reader.document()
    except (RecursionError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return UnreadWords([], [])
    return UnreadWords(
        [(key, reader.place(at)) for key, at in reader.unmapped],
        [(word, reader.place(at)) for word, at in reader.prefixed],
    )


class TypeMapEntry(NamedTuple):
    """An entry of a type map (JSON-LD 1.1, section 4.6.4): its key, offset and value.

    `context` is that of the map; `is_term` says whether strings in it are terms of a vocabulary.
    """

    key: str
    at: int
    value: JsonValue
    context: ActiveContext
    is_term: bool


def type_maps(text: str) -> list[TypeMapEntry]:
    """The entries of the type maps of a document. Raises ValueError if `text` is not JSON."""
    reader = _Reader(text)
    reader.document()
    return reader.type_maps


_LARGE: Final = 2**20
_LARGEST: Final = 2**24


def flattened(value: JsonValue) -> Iterator[JsonValue]:
    """The values of an array and of the arrays in it, or the single value."""
    if value.kind != "[":
        yield value
    for item in value.values:
        yield from flattened(item)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.places: dict[tuple[NTerm, ...], tuple[int, int]] = {}
        self.unmapped: list[tuple[str, int]] = []
        self.prefixed: list[tuple[str, int]] = []
        self.type_maps: list[TypeMapEntry] = []

    def document(self) -> None:
        for item in flattened(read_json(self.text)):
            if item.kind == "{":
                self.node(item, ActiveContext())

    def place(self, at: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def note(self, at: int, *key: NTerm) -> None:
        """Record the place of a statement or of its first terms, unless one is recorded."""
        self.places.setdefault(key, self.place(at))

    def check_prefix(self, word: str, at: int, context: ActiveContext) -> None:
        """Record a word whose prefix is one of `PREFIXES` and is not declared."""
        prefix, colon, _ = word.partition(":")
        if colon and prefix in PREFIXES and context.expand(word, True) == word:
            self.prefixed.append((word, at))

    def check_definitions(
        self, local: JsonValue, context: ActiveContext, scopes: frozenset[str] = frozenset()
    ) -> None:
        """Record the words with an undeclared prefix in a local context, of which `context` is.

        `scopes` are the terms of the scoped contexts around it. They are not processed: each would
        be a copy of all terms.
        """
        for definitions in flattened(local):
            for name, _, value in definitions.members:
                stated = [(key, word) for key, _, word in value.members if not name.startswith("@")]
                words = [word for key, word in stated if key in ("@id", "@reverse", "@type")]
                for word in words if name in _NO_IRIS else (value, *words):
                    if word.kind == '"' and word.text.partition(":")[0] not in scopes:
                        self.check_prefix(word.text, word.at, context)
                for scoped in (word for key, word in stated if key == "@context"):
                    terms = {term for part in flattened(scoped) for term, _, _ in part.members}
                    self.check_definitions(scoped, context, scopes | terms)

    def plain(self, value: JsonValue) -> object:
        """A JSON value as the Python value that `json.loads` returns."""
        if value.kind == "[":
            return [self.plain(item) for item in value.values]
        if value.kind == "{":
            return {key: self.plain(member) for key, _, member in value.members}
        return value.text if value.kind == '"' else json.loads(value.text)

    def node(self, node: JsonValue, context: ActiveContext, subject: NTerm | None = None) -> NTerm:
        """Record the statements of a node object and return its term, `subject` unless None."""
        context = context.inside({context.keyword(key) for key, _, _ in node.members})
        for key, _, value in node.members:
            if key == "@context":
                context = context.with_local(self.plain(value))
                self.check_definitions(value, context)
        stated = {context.keyword(key): value for key, _, value in node.members}
        types = list(flattened(stated["@type"])) if "@type" in stated else []
        kinds = [(context.expand(kind.text, True, True), kind.at) for kind in types]
        for name in sorted(kind.text for kind in types):
            term = context.terms.get(name)
            if term is not None and term.has_scope:
                context = context.with_local(term.scoped, propagates=False)
        subject = subject or self.node_term(node, stated.get("@id"), context)
        if stated.keys() - {"@id", "@context", "@index"}:
            self.note(node.at, subject)
        for written in types:
            self.check_prefix(written.text, written.at, context)
        for kind, at in kinds:
            self.note(at, subject, _TYPE, _node(kind))
        self.members(node, subject, context)
        return subject

    def node_term(
        self, node: JsonValue, identifier: JsonValue | None, context: ActiveContext
    ) -> NTerm:
        if identifier is None or identifier.kind != '"':
            return blank(f"at{node.at}")
        self.check_prefix(identifier.text, identifier.at, context)
        return _node(context.expand(identifier.text, False, True))

    def members(self, node: JsonValue, subject: NTerm, context: ActiveContext) -> None:
        for key, at, value in node.members:
            name = context.keyword(key)
            if name in ("@graph", "@included"):
                for item in flattened(value):
                    if item.kind == "{":
                        self.node(item, context)
            elif name == "@type":
                self.note(at, subject, _TYPE)
            elif name == "@nest":
                term = context.terms.get(key, _PLAIN)
                scope = context.with_local(term.scoped) if term.has_scope else context
                for item in flattened(value):
                    self.members(item, subject, scope)
            elif name == "@reverse":
                for inner, where, item in value.members:
                    if iri := context.keyword(inner):
                        self.check_prefix(inner, where, context)
                        self.reversed(from_iri(iri), where, item, subject, context)
                    elif inner not in context.terms:
                        self.unmapped.append((inner, where))
            elif ":" in name and not is_blank(name):
                self.check_prefix(key, at, context)
                self.property(subject, key, at, value, context)
            elif not name.startswith("@") and key not in context.terms:
                # a term of a context that maps it to nothing is dropped on purpose (4.1)
                self.unmapped.append((key, at))

    def property(
        self, subject: NTerm, key: str, at: int, value: JsonValue, context: ActiveContext
    ) -> None:
        term = context.terms.get(key, _PLAIN)
        predicate = from_iri(context.keyword(key))
        if term.has_scope:
            context = context.of_values(term.scoped)
        if term.reverse:
            for item in _indexed(value, term):
                self.reversed(predicate, at, item, subject, context)
            return
        self.note(at, subject, predicate)
        if "@graph" in term.holds:
            keyed = value.kind == "{" and term.holds & {"@id", "@index"}
            graphs = [item for _, _, item in value.members] if keyed else [value]
            for item in (item for graph in graphs for item in flattened(graph)):
                if item.kind == "{":
                    self.node(item, context)
        if "@graph" in term.holds or term.type == "@json":
            return
        if "@list" in term.holds:
            self.note(value.at, subject, predicate, self.list(value, term, context))
            return
        for item, name in self.contained(value, term, context):
            if name:
                self.note(item.at, subject, predicate, name)

    def reversed(
        self, predicate: NTerm, at: int, value: JsonValue, subject: NTerm, context: ActiveContext
    ) -> None:
        """Record the statements of a reverse property, whose values are the subjects (4.8)."""
        for item in flattened(value):
            if item.kind == "{":
                owner = self.node(item, context)
                self.note(at, owner, predicate)
                self.note(item.at, owner, predicate, subject)

    def contained(
        self, value: JsonValue, term: TermDefinition, context: ActiveContext
    ) -> Iterator[tuple[JsonValue, NTerm]]:
        """The values of a property, in any container, each with its term in N-Triples syntax."""
        maps = term.holds & {"@language", "@index", "@id", "@type"}
        if not maps or value.kind != "{":
            for item in flattened(value):
                yield from self.value(item, term, context)
            return
        for key, at, inner in value.members:
            if "@type" in maps:
                entry = TypeMapEntry(key, at, inner, context, term.type == "@vocab")
                self.type_maps.append(entry)
            for item in flattened(inner):
                if "@language" in maps:
                    language = "" if context.keyword(key) == "@none" else key.lower()
                    yield item, self.words(item, language)
                elif "@id" in maps and item.kind == "{":
                    iri = context.expand(key, False, True)
                    yield item, self.node(item, context, from_iri(iri))
                elif "@type" in maps:
                    for node, name in self.value(item, _for_type_map(term), context):
                        kind = context.expand(key, True, True)
                        self.note(node.at, name)
                        self.note(node.at, name, _TYPE, from_iri(kind))
                        yield node, name
                else:
                    yield from self.value(item, term, context)

    def words(self, value: JsonValue, language: str) -> NTerm:
        return literal(value.text, language=language) if value.kind == '"' else NO_TERM

    def value(
        self, value: JsonValue, term: TermDefinition, context: ActiveContext
    ) -> Iterator[tuple[JsonValue, NTerm]]:
        """A value with its term, empty if it is not supported; a set yields several values."""
        if value.kind == "{":
            stated = {context.keyword(key): member for key, _, member in value.members}
            if "@value" in stated:
                yield value, self.value_object(stated, context)
            elif "@list" in stated:
                yield value, self.list(stated["@list"], term, context)
            elif "@set" in stated:
                for item in flattened(stated["@set"]):
                    yield from self.value(item, term, context)
            else:
                yield value, self.node(value, context)
        elif value.kind == '"' and term.type in ("@id", "@vocab"):
            iri = context.expand(value.text, term.type == "@vocab", True)
            self.check_prefix(value.text, value.at, context)
            yield value, _node(iri)
        elif value.kind == '"' and (not term.type or term.type.startswith("@")):
            language = context.language if term.language is None else term.language
            yield value, self.words(value, "" if term.type == "@none" else language)
        elif value.kind != "n":
            yield value, self.literal(value, "" if term.type.startswith("@") else term.type)

    def value_object(self, stated: dict[str, JsonValue], context: ActiveContext) -> NTerm:
        """The literal of a value object."""
        value = stated["@value"]
        if value.kind in "{[n":
            return NO_TERM
        if "@language" in stated:
            return self.words(value, stated["@language"].text.lower())
        kind = stated.get("@type")
        if kind is not None:
            self.check_prefix(kind.text, kind.at, context)
        datatype = context.expand(kind.text, True, True) if kind is not None else ""
        return NO_TERM if datatype.startswith("@") else self.literal(value, datatype)

    def literal(self, value: JsonValue, datatype: str) -> NTerm:
        """A literal of `datatype`, or of the default datatype of a JSON value (API, 8.2)."""
        text, native = value.text, ""
        if value.kind in "tf":
            native = "boolean"
        elif value.kind == "0":
            number = Decimal(text)
            small = number.adjusted() < 21 and datatype != _XSD + "double"
            whole = small and number == number.to_integral_value()
            native = "integer" if whole else "double"
            text = str(int(number)) if whole else _double(number)
        return literal(text, datatype or (_XSD + native if native else ""))

    def list(self, value: JsonValue, term: TermDefinition, context: ActiveContext) -> NTerm:
        """The first node of an RDF list, whose nodes are recorded; nested arrays are lists too."""
        cells: list[tuple[int, NTerm]] = []
        for element in value.values if value.kind == "[" else (value,):
            if element.kind == "[":
                cells.append((element.at, self.list(element, term, context)))
            else:
                terms = self.value(element, term, context)
                cells += [(cell.at, name) for cell, name in terms]
        names = [blank(f"at{value.at}.{index}") for index in range(len(cells))]
        for name, (at, item), rest in zip(
            names, cells, [*names[1:], nterm("rdf:nil")], strict=False
        ):
            self.note(at, name)
            if item:
                self.note(at, name, nterm("rdf:first"), item)
            self.note(at, name, nterm("rdf:rest"), rest)
        return names[0] if names else nterm("rdf:nil")


def _indexed(value: JsonValue, term: TermDefinition) -> list[JsonValue]:
    """The values of an index map, or the single value (JSON-LD 1.1, section 4.6.1)."""
    if "@index" in term.holds and value.kind == "{":
        return [item for _, _, item in value.members]
    return [value]


def _node(name: str) -> NTerm:
    """The term of an expanded IRI or of a blank node identifier."""
    return NTerm(name) if is_blank(name) else from_iri(name)


def _for_type_map(term: TermDefinition) -> TermDefinition:
    """`term` for the values of a type map, where a string is the IRI of a node."""
    return TermDefinition(term.iri, type=term.type or "@id")


def _double(number: Decimal) -> str:
    """A number in the canonical form of xsd:double, such as 1.5E0 (XML Schema 1.0, 3.2.5.2)."""
    sign, digits, _ = number.as_tuple()
    written = "".join(map(str, digits)).strip("0") or "0"
    exponent = number.adjusted() if number else 0
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or 0}E{exponent}"
