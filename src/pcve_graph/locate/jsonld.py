"""Places in JSON-LD 1.1: node objects by their @id, keys by what the document's context makes them.

The context is read as far as terms, prefixes and @vocab go; scoped contexts and other turns of the
standard are left to the parser, and what is said with them falls back to the place of its node.
"""

from __future__ import annotations

import bisect
import json
import re
from typing import Any, Final
from urllib.parse import urljoin

import pyoxigraph as ox

from ..names import PREFIXES

_TOKEN: Final = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_RDF: Final = PREFIXES["rdf"]
_XSD: Final = PREFIXES["xsd"]


def locate_jsonld(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """The places of subjects, properties and values. Raises ValueError for what is no JSON."""
    reader = _Reader(text)
    reader.document(_parse(text))
    return reader.places


class _Value:
    """A JSON value and its offset; `inner` lists (key, key's offset, value), or values."""

    def __init__(self, at: int, plain: Any, inner: Any = None) -> None:
        self.at, self.plain, self.inner = at, plain, inner


def _parse(text: str) -> _Value:
    tokens = [
        (match.group(), match.start())
        for match in _TOKEN.finditer(text)
        if not match.group().isspace()
    ]
    place = 0

    def value() -> _Value:
        nonlocal place
        token, at = tokens[place]
        place += 1
        if token == "{":
            pairs = []
            while tokens[place][0] != "}":
                key, where = tokens[place]
                place += 2
                pairs.append((json.loads(key), where, value()))
                place += tokens[place][0] == ","
            place += 1
            return _Value(at, {key: each.plain for key, _, each in pairs}, pairs)
        if token == "[":
            items = []
            while tokens[place][0] != "]":
                items.append(value())
                place += tokens[place][0] == ","
            place += 1
            return _Value(at, [each.plain for each in items], items)
        return _Value(at, json.loads(token))

    return value()


class _Reader:
    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.places: dict[tuple[str, ...], tuple[int, int]] = {}
        self.context: dict[str, Any] = {}

    def place(self, at: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def document(self, root: _Value) -> None:
        for each in root.inner if isinstance(root.plain, list) else [root]:
            if isinstance(each.plain, dict):
                self.load(each.plain.get("@context"))
                self.node(each)

    def load(self, context: Any) -> None:
        for each in context if isinstance(context, list) else [context]:
            if isinstance(each, dict):
                self.context.update(each)

    def expand(self, name: str, vocabulary: bool = True) -> str:
        """The IRI that a key or @id stands for."""
        term = self.context.get(name)
        if vocabulary and term is not None:
            iri = term.get("@id", name) if isinstance(term, dict) else term
            return iri if iri == name or str(iri).startswith("@") else self.expand(str(iri))
        prefix, colon, local = name.partition(":")
        if colon and not local.startswith("//"):
            space = self.context.get(prefix)
            space = space.get("@id") if isinstance(space, dict) else space
            return f"{space}{local}" if isinstance(space, str) else name
        if colon:
            return name
        start = self.context.get("@vocab" if vocabulary else "@base", "")
        return str(start) + name if vocabulary else urljoin(str(start), name)

    def keyword(self, name: str) -> str:
        """`@id` for `id` where the context says so."""
        term = self.context.get(name)
        return term if isinstance(term, str) and term.startswith("@") else name

    def node(self, node: _Value) -> str:
        stated = {self.keyword(key): value for key, _, value in node.inner}
        if "@context" in stated:
            self.load(stated["@context"].plain)
        identifier = stated.get("@id")
        if identifier is not None and isinstance(identifier.plain, str):
            iri = self.expand(identifier.plain, vocabulary=False)
            subject = iri if iri.startswith("_:") else f"<{iri}>"
        else:
            subject = f"_:at{node.at}"
        self.places.setdefault((subject,), self.place(node.at))
        for key, at, value in node.inner:
            name = self.keyword(key)
            values = value.inner if isinstance(value.plain, list) else [value]
            if name in ("@graph", "@included"):
                for each in values:
                    if isinstance(each.plain, dict):
                        self.node(each)
            elif name == "@type":
                for each in values:
                    kind = f"<{self.expand(str(each.plain))}>"
                    self.places.setdefault((subject, f"<{_RDF}type>"), self.place(at))
                    self.places.setdefault((subject, f"<{_RDF}type>", kind), self.place(each.at))
            elif not name.startswith("@"):
                self.property(subject, key, at, value)
        return subject

    def property(self, subject: str, key: str, at: int, value: _Value) -> None:
        predicate = f"<{self.expand(key)}>"
        self.places.setdefault((subject, predicate), self.place(at))
        term = self.context.get(key)
        kind = term.get("@type", "") if isinstance(term, dict) else ""
        languages = isinstance(term, dict) and term.get("@container") == "@language"
        if languages and isinstance(value.plain, dict):
            for language, _, each in value.inner:
                for one in each.inner if isinstance(each.plain, list) else [each]:
                    literal = ox.Literal(str(one.plain), language=language.lower())
                    self.places.setdefault((subject, predicate, str(literal)), self.place(one.at))
            return
        for each in value.inner if isinstance(value.plain, list) else [value]:
            found = self.value(each, str(kind))
            if found:
                self.places.setdefault((subject, predicate, found), self.place(each.at))

    def value(self, value: _Value, kind: str) -> str:
        plain = value.plain
        if isinstance(plain, dict):
            stated = {self.keyword(key): each for key, each in plain.items()}
            if "@value" not in stated:
                return self.node(value)
            if "@language" in stated:
                return str(ox.Literal(str(stated["@value"]), language=stated["@language"].lower()))
            return self.literal(stated["@value"], stated.get("@type", ""))
        if isinstance(plain, str) and kind in ("@id", "@vocab"):
            return f"<{self.expand(plain, vocabulary=kind == '@vocab')}>"
        return self.literal(plain, kind)

    def literal(self, plain: Any, kind: str) -> str:
        if isinstance(plain, bool):
            return str(ox.Literal(str(plain).lower(), datatype=ox.NamedNode(_XSD + "boolean")))
        if isinstance(plain, int):
            return str(ox.Literal(str(plain), datatype=ox.NamedNode(_XSD + "integer")))
        if not isinstance(plain, str):
            return ""
        if not kind or kind.startswith("@"):
            return str(ox.Literal(plain))
        return str(ox.Literal(plain, datatype=ox.NamedNode(self.expand(kind))))
