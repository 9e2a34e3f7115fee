"""Places in JSON-LD 1.1: nodes, keys and values by what the document's contexts make of them.

Follows expansion (JSON-LD 1.1 API, section 5) as far as it gives statements: contexts of terms and
types, containers, lists, reverse and nested properties. What it does not follow, such as graphs as
values, is left out, and stands at the place of its key or its node.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from ...model.namespaces import PREFIXES
from ..json import Value, read
from .jsonld_context import Context, Term

_RDF: Final = PREFIXES["rdf"]
_XSD: Final = PREFIXES["xsd"]
_PLAIN: Final = Term("")
_TYPE: Final = f"<{_RDF}type>"


def locate_jsonld(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """The places of subjects, properties and values. Raises ValueError for what is no JSON."""
    reader = _Reader(text)
    for each in _each(read(text)):
        if each.kind == "{":
            reader.node(each, Context())
    return reader.places


def _each(value: Value) -> Iterator[Value]:
    """The values of an array and of those in it, or the one value."""
    if value.kind != "[":
        yield value
    for each in value.values:
        yield from _each(each)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.places: dict[tuple[str, ...], tuple[int, int]] = {}

    def note(self, at: int, *key: str) -> None:
        """The place of a statement or of its beginning; the first is kept."""
        line = bisect.bisect_right(self.starts, at)
        self.places.setdefault(key, (line, at - self.starts[line - 1] + 1))

    def plain(self, value: Value) -> object:
        """A value as Python has it."""
        if value.kind == "[":
            return [self.plain(each) for each in value.values]
        if value.kind == "{":
            return {key: self.plain(each) for key, _, each in value.members}
        return value.text if value.kind == '"' else json.loads(value.text)

    def node(self, node: Value, context: Context, subject: str = "") -> str:
        """Note what a node object says, and return what it is called: `subject` if it is given."""
        context = context.inside({context.keyword(key) for key, _, _ in node.members})
        for key, _, value in node.members:
            if key == "@context":
                context = context.with_local(self.plain(value))
        stated = {context.keyword(key): value for key, _, value in node.members}
        types = list(_each(stated["@type"])) if "@type" in stated else []
        kinds = [(context.expand(each.text, True, True), each.at) for each in types]
        for name in sorted(each.text for each in types):
            term = context.terms.get(name)
            if term is not None and term.has_scope:
                context = context.with_local(term.scoped, propagates=False)
        subject = subject or self.called(node, stated.get("@id"), context)
        if stated.keys() - {"@id", "@context", "@index"}:
            self.note(node.at, subject)
        for kind, at in kinds:
            self.note(at, subject, _TYPE, f"<{kind}>" if not kind.startswith("_:") else kind)
        self.members(node, subject, context)
        return subject

    def called(self, node: Value, identifier: Value | None, context: Context) -> str:
        if identifier is None or identifier.kind != '"':
            return f"_:at{node.at}"
        iri = context.expand(identifier.text, False, True)
        return iri if iri.startswith("_:") else f"<{iri}>"

    def members(self, node: Value, subject: str, context: Context) -> None:
        for key, at, value in node.members:
            name = context.keyword(key)
            if name in ("@graph", "@included"):
                for each in _each(value):
                    if each.kind == "{":
                        self.node(each, context)
            elif name == "@type":
                self.note(at, subject, _TYPE)
            elif name == "@nest":
                for each in _each(value):
                    self.members(each, subject, context)
            elif name == "@reverse":
                for inner, where, each in value.members:
                    self.reversed(f"<{context.keyword(inner)}>", where, each, subject, context)
            elif ":" in name and not name.startswith("_:"):
                self.property(subject, key, at, value, context)

    def property(self, subject: str, key: str, at: int, value: Value, context: Context) -> None:
        term = context.terms.get(key, _PLAIN)
        predicate = f"<{context.keyword(key)}>"
        if term.has_scope:
            context = context.with_local(term.scoped)
        if term.reverse:
            self.reversed(predicate, at, value, subject, context)
            return
        self.note(at, subject, predicate)
        if "@graph" in term.holds:
            for each in _each(value):
                if each.kind == "{":
                    self.node(each, context)
        if "@graph" in term.holds or term.type == "@json":
            return
        if "@list" in term.holds:
            self.note(value.at, subject, predicate, self.list(value, term, context))
            return
        for each, found in self.contained(value, term, context):
            if found:
                self.note(each.at, subject, predicate, found)

    def reversed(
        self, predicate: str, at: int, value: Value, subject: str, context: Context
    ) -> None:
        """What a reverse property says: its values are the subjects (section 4.8)."""
        for each in _each(value):
            if each.kind == "{":
                owner = self.node(each, context)
                self.note(at, owner, predicate)
                self.note(each.at, owner, predicate, subject)

    def contained(self, value: Value, term: Term, context: Context) -> Iterator[tuple[Value, str]]:
        """Each value of a property with the term that it is, whatever the container."""
        maps = term.holds & {"@language", "@index", "@id", "@type"}
        if not maps or value.kind != "{":
            for each in _each(value):
                yield from self.value(each, term, context)
            return
        for key, _, inner in value.members:
            for each in _each(inner):
                if "@language" in maps:
                    language = "" if context.keyword(key) == "@none" else key.lower()
                    yield each, self.words(each, language)
                elif "@id" in maps and each.kind == "{":
                    iri = context.expand(key, False, True)
                    yield each, self.node(each, context, f"<{iri}>")
                elif "@type" in maps:
                    for one, found in self.value(each, _as_nodes(term), context):
                        kind = context.expand(key, True, True)
                        self.note(one.at, found, _TYPE, f"<{kind}>")
                        yield one, found
                else:
                    yield from self.value(each, term, context)

    def words(self, value: Value, language: str) -> str:
        return str(ox.Literal(value.text, language=language or None)) if value.kind == '"' else ""

    def value(self, value: Value, term: Term, context: Context) -> Iterator[tuple[Value, str]]:
        """A value with the term that it is, empty where that is not followed; a set gives many."""
        if value.kind == "{":
            stated = {context.keyword(key): each for key, _, each in value.members}
            if "@value" in stated:
                yield value, self.stated(stated, context)
            elif "@list" in stated:
                yield value, self.list(stated["@list"], term, context)
            elif "@set" in stated:
                for each in _each(stated["@set"]):
                    yield from self.value(each, term, context)
            else:
                yield value, self.node(value, context)
        elif value.kind == '"' and term.type in ("@id", "@vocab"):
            iri = context.expand(value.text, term.type == "@vocab", True)
            yield value, iri if iri.startswith("_:") else f"<{iri}>"
        elif value.kind == '"' and (not term.type or term.type.startswith("@")):
            language = context.language if term.language is None else term.language
            yield value, self.words(value, "" if term.type == "@none" else language)
        elif value.kind != "n":
            yield value, self.literal(value, "" if term.type.startswith("@") else term.type)

    def stated(self, stated: dict[str, Value], context: Context) -> str:
        """The literal of a value object."""
        value = stated["@value"]
        if "@direction" in stated or value.kind in "{[n":
            return ""
        if "@language" in stated:
            return self.words(value, stated["@language"].text.lower())
        kind = stated.get("@type")
        datatype = context.expand(kind.text, True, True) if kind is not None else ""
        return "" if datatype.startswith("@") else self.literal(value, datatype)

    def literal(self, value: Value, datatype: str) -> str:
        """A literal of `datatype`, or of the one that JSON-LD gives such a value (API, 8.2)."""
        text, native = value.text, ""
        if value.kind in "tf":
            native = "boolean"
        elif value.kind == "0":
            number = Decimal(text)
            small = number.adjusted() < 21 and datatype != _XSD + "double"
            whole = small and number == number.to_integral_value()
            native = "integer" if whole else "double"
            text = str(int(number)) if whole else _double(number)
        kind = datatype or (_XSD + native if native else "")
        return str(ox.Literal(text, datatype=ox.NamedNode(kind) if kind else None))

    def list(self, value: Value, term: Term, context: Context) -> str:
        """The first cell of a list, whose cells are noted; lists in it are lists too."""
        cells: list[tuple[int, str]] = []
        for each in value.values if value.kind == "[" else (value,):
            if each.kind == "[":
                cells.append((each.at, self.list(each, term, context)))
            else:
                found = self.value(each, term, context)
                cells += [(one.at, name) for one, name in found]
        names = [f"_:at{value.at}.{place}" for place in range(len(cells))]
        for name, (at, item), rest in zip(names, cells, [*names[1:], f"<{_RDF}nil>"], strict=False):
            self.note(at, name)
            if item:
                self.note(at, name, f"<{_RDF}first>", item)
            self.note(at, name, f"<{_RDF}rest>", rest)
        return names[0] if names else f"<{_RDF}nil>"


def _as_nodes(term: Term) -> Term:
    """`term` in a map of types, where a text is the address of a node."""
    return Term(term.iri, type=term.type or "@id")


def _double(number: Decimal) -> str:
    """A number in the canonical form of xsd:double, such as 1.5E0 (XML Schema 1.0, 3.2.5.2)."""
    sign, digits, _ = number.as_tuple()
    written = "".join(map(str, digits)).strip("0") or "0"
    exponent = number.adjusted() if number else 0
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or 0}E{exponent}"
