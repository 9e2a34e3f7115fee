"""Positions in Turtle and TriG (W3C Turtle 1.1, section 6; TriG 1.1, section 4).

A reader for valid documents: it resolves prefixes and bases, follows blank nodes and collections,
and records the position of each term. Blank nodes have their labels; one without a label is named
by the offset of its bracket.
"""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Collection, Iterator
from typing import Final

import pyoxigraph as ox

from ...model.namespaces import DOCUMENT_BASE, PREFIXES, nterm
from ...model.terms import NTerm, blank, from_term, is_blank, is_iri, literal, to_iri
from ..iri_references import resolve_reference
from ..name_characters import LETTERS, WORD, name_class

_LOCAL: Final = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]"
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+|\#[^\n]*)
    |(?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
    |(?P<string>\"\"\"[^\"\\]*+(?:(?:\"{{1,2}}(?!\")|\\.)[^\"\\]*+)*+\"\"\"|'''[^'\\]*+(?:(?:'{{1,2}}(?!')|\\.)[^'\\]*+)*+'''
        |\"[^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+\"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+')
    |(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<type>\^\^)
    |(?P<blank>_:{name_class(WORD)}(?:{name_class(WORD + ".-")}*{name_class(WORD + "-")})?)
    |(?P<number>[+-]?(?:[0-9]++(?:\.[0-9]*+)?[eE][+-]?[0-9]++|\.[0-9]++[eE][+-]?[0-9]++
        |[0-9]*+\.[0-9]++|[0-9]++))
    |(?P<name>(?:{name_class(LETTERS)}{name_class(WORD + ".-")}*)?:
        (?:(?:{name_class(WORD + ":")}|{_LOCAL})
        (?:(?:{name_class(WORD + ":.-")}|{_LOCAL})*(?:{name_class(WORD + ":-")}|{_LOCAL}))?)?)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>[.;,\[\](){{}}])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CHARACTERS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_LONGEST_BASE: Final = 2**13
_XSD: Final = PREFIXES["xsd"]
_RDF: Final = PREFIXES["rdf"]


def locate_turtle(
    text: str, subjects: Collection[str] | None = None
) -> dict[tuple[NTerm, ...], tuple[int, int]]:
    """The places of the statements about `subjects`, or of all if that is None.

    Raises ValueError if they cannot be found.
    """
    reader = _Reader(text, subjects)
    reader.document()
    return reader.places


class _Reader:
    def __init__(self, text: str, subjects: Collection[str] | None) -> None:
        self.text = text
        self.subjects = subjects
        self.starts = array("Q", [0, *(match.end() for match in re.finditer("\n", text))])
        self.tokens = self._tokens()
        self.next = next(self.tokens)
        self.base = DOCUMENT_BASE
        self.prefixes: dict[str, str] = {}
        self.places: dict[tuple[NTerm, ...], tuple[int, int]] = {}

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise ValueError(f"no token at {at}")
            if match.lastgroup != "space":
                yield str(match.lastgroup), match.group(), at
            at = match.end()
        yield "end", "", at

    def note(self, key: tuple[NTerm, ...], at: int) -> None:
        """Record the place of `key`, if it is the first and its subject is requested."""
        subjects, subject = self.subjects, key[0]
        general = blank("") if is_blank(subject) else subject
        if subjects is None or subject in subjects or general in subjects:
            self.places.setdefault(key, self.place(at))

    def place(self, at: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def take(self, expected: str = "") -> tuple[str, str, int]:
        token = self.next
        if token[0] == "end" or (expected and token[1] != expected):
            raise ValueError(f"{expected or 'more'} expected at {token[2]}")
        self.next = next(self.tokens)
        return token

    def peek(self) -> str:
        return self.next[1]

    def document(self) -> None:
        while self.next[0] != "end":
            kind, text, _ = self.next
            if text.lower() in ("@prefix", "@base", "prefix", "base") and kind in ("at", "word"):
                self.directive()
            elif text == "{":
                self.block()
            elif kind == "word" and text.lower() == "graph":
                self.take()
                self.term()
                self.block()
            else:
                self.statement()

    def directive(self) -> None:
        _, word, _ = self.take()
        if word.lower().endswith("prefix"):
            _, name, _ = self.take()
            self.prefixes[name[:-1]] = self.iri(self.take()[1])
        else:
            self.base = self.iri(self.take()[1])
            if len(self.base) > _LONGEST_BASE:
                raise ValueError("a base that becomes longer with each of many directives")
        if word.startswith("@"):
            self.take(".")

    def block(self) -> None:
        self.take("{")
        while self.peek() != "}":
            self.statement(closing="}")
        self.take("}")

    def statement(self, closing: str = "") -> None:
        alone = self.peek() == "["
        subject, at = self.term()
        if self.peek() == "{":
            self.block()
            return
        self.note((subject,), at)
        if not (alone and self.peek() in (".", closing)):
            self.properties(subject, (".", closing))
        if self.peek() != closing or not closing:
            self.take(".")

    def properties(self, subject: NTerm, stops: tuple[str, ...]) -> None:
        while self.peek() not in stops:
            if self.peek() == ";":
                self.take()
                continue
            predicate, at = self.term()
            self.note((subject, predicate), at)
            self.object(subject, predicate)
            while self.peek() == ",":
                self.take()
                self.object(subject, predicate)

    def object(self, subject: NTerm, predicate: NTerm) -> None:
        value, at = self.term()
        self.note((subject, predicate, value), at)

    def term(self) -> tuple[NTerm, int]:
        """The next term in N-Triples syntax, and its offset."""
        kind, text, at = self.take()
        if text == "[":
            node = blank(f"at{at}")
            self.note((node,), at)
            self.properties(node, ("]",))
            self.take("]")
            return node, at
        if text == "(":
            return self.collection(at), at
        if kind == "string":
            return self.literal(text), at
        if kind == "number":
            form = "double" if "e" in text.lower() else "decimal" if "." in text else "integer"
            return literal(text, _XSD + form), at
        if kind == "word" and text in ("true", "false"):
            return literal(text, _XSD + "boolean"), at
        if kind == "blank":
            return NTerm(text), at
        return from_term(ox.NamedNode(self.iri(text))), at

    def collection(self, at: int) -> NTerm:
        items = []
        while self.peek() != ")":
            items.append(self.term())
        self.take(")")
        nodes = [blank(f"at{at}.{index}") for index in range(len(items))]
        rest = [*nodes[1:], nterm("rdf:nil")]
        for node, (item, where), following in zip(nodes, items, rest, strict=False):
            self.note((node,), where)
            self.note((node, nterm("rdf:first"), item), where)
            self.note((node, nterm("rdf:rest"), following), where)
        return nodes[0] if nodes else nterm("rdf:nil")

    def literal(self, text: str) -> NTerm:
        width = 3 if text[:3] in ('"""', "'''") else 1
        value = _unescaped(text[width:-width])
        kind, following, _ = self.next
        if kind == "at":
            self.take()
            return literal(value, language=following[1:])
        if kind == "type":
            self.take()
            return literal(value, self.iri(self.take()[1]))
        return literal(value)

    def iri(self, text: str) -> str:
        if is_iri(text):
            return resolve_reference(self.base, _unescaped(to_iri(NTerm(text))))
        if text == "a":
            return _RDF + "type"
        prefix, _, local = text.partition(":")
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _CHARACTERS.get(match[3], match[3])

    return _ESCAPE.sub(character, text) if "\\" in text else text
