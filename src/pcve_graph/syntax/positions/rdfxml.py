"""Positions in RDF/XML (W3C RDF 1.1 XML Syntax), those of the start tags of elements.

Expat loads no external resources. What is in an entity is at the reference to it; a document whose
entities have elements in them is not supported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

import pyoxigraph as ox

from ...model.namespaces import DOCUMENT_BASE, PREFIXES, nterm
from ...model.terms import NO_TERM, NTerm, blank, from_iri, from_term, literal
from ..iri_references import resolve_reference

_RDF: Final = PREFIXES["rdf"]
_XML: Final = "http://www.w3.org/XML/1998/namespace"


def locate_rdfxml(text: str) -> dict[tuple[NTerm, ...], tuple[int, int]]:
    """The places of subjects and their properties. Raises ValueError if they cannot be found."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    reader.parser = parser
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return reader.places


@dataclass(slots=True)
class _Frame:
    """An open element. `kind` is rdf, node, property, or literal for an XML literal.

    `term` is its subject or predicate, `cell` the last list node of a collection, `items` the
    number of rdf:li in a node; `filled` is whether a property already has its value.
    """

    kind: str
    term: NTerm
    place: tuple[int, int]
    attributes: dict[str, str]
    base: str
    language: str
    cell: NTerm | None = None
    items: int = 0
    filled: bool = False


class _Reader:
    """The handlers of the XML parser: node and property elements alternate (section 2.2)."""

    parser: expat.XMLParserType

    def __init__(self) -> None:
        self.places: dict[tuple[NTerm, ...], tuple[int, int]] = {}
        self.stack: list[_Frame] = [_Frame("rdf", NO_TERM, (1, 1), {}, DOCUMENT_BASE, "")]
        self.text: list[str] = []

    def entity(self, _name: str, _is_parameter: bool, value: str | None, *_: object) -> None:
        if value is None or "<" in value:
            raise ValueError("the document declares entities with elements")

    def place(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def note(self, *key: NTerm, at: tuple[int, int] | None = None) -> None:
        """Record the place of a statement and its first terms, unless one is recorded."""
        for width in range(1, len(key) + 1):
            self.places.setdefault(key[:width], at or self.place())

    def start(self, name: str, attributes: dict[str, str]) -> None:
        iri = name.replace(" ", "")
        parent = self.stack[-1]
        base = attributes.get(_XML + " base", parent.base)
        language = attributes.get(_XML + " lang", parent.language)
        frame = _Frame("node", NO_TERM, self.place(), attributes, base, language)
        self.stack.append(frame)
        self.text = []
        if parent.kind == "literal":
            frame.kind = "literal"
        elif iri == _RDF + "RDF":
            frame.kind = "rdf"
        elif parent.kind == "node":
            self.property(frame, parent, iri)
        else:
            self.node(frame, parent, iri)

    def node(self, frame: _Frame, parent: _Frame, iri: str) -> None:
        frame.term = self.subject(frame)
        self.note(frame.term)
        if iri != _RDF + "Description":
            self.note(frame.term, nterm("rdf:type"), from_iri(iri))
        self.described(frame, frame.term)
        if parent.kind == "property":
            parent.filled = True
            self.value(parent, frame.term)

    def subject(self, frame: _Frame) -> NTerm:
        attributes = frame.attributes
        if (about := attributes.get(_RDF + " about")) is not None:
            return from_iri(resolve_reference(frame.base, about))
        if (identifier := attributes.get(_RDF + " ID")) is not None:
            return from_iri(resolve_reference(frame.base, "#" + identifier))
        label = attributes.get(_RDF + " nodeID")
        return blank(label) if label else self.blank()

    def blank(self, suffix: str = "") -> NTerm:
        line, column = self.place()
        return blank(f"at{line}.{column}{suffix}")

    def value(self, frame: _Frame, term: NTerm) -> None:
        """Record `term` as the value of the property `frame`, or as an item of its collection."""
        owner = self.stack[-3].term
        if frame.attributes.get(_RDF + " parseType") == "Collection":
            cell = self.blank(".cell")
            link = (frame.cell, nterm("rdf:rest")) if frame.cell else (owner, frame.term)
            self.note(*link, cell, at=frame.place)
            self.note(cell, nterm("rdf:first"), term)
            frame.cell = cell
        else:
            self.note(owner, frame.term, term, at=frame.place)

    def described(self, frame: _Frame, subject: NTerm) -> bool:
        """Record the properties in attributes of `subject`; returns whether there are any."""
        has_properties = False
        for name, text in frame.attributes.items():
            predicate = name.replace(" ", "")
            if predicate == _RDF + "type":
                self.note(
                    subject, from_iri(predicate), from_iri(resolve_reference(frame.base, text))
                )
            elif " " in name and not predicate.startswith((_RDF, _XML)):
                term = literal(text, language=frame.language)
                self.note(subject, from_iri(predicate), term)
            else:
                continue
            has_properties = True
        return has_properties

    def property(self, frame: _Frame, parent: _Frame, iri: str) -> None:
        if iri == _RDF + "li":
            parent.items += 1
            iri = f"{_RDF}_{parent.items}"
        frame.kind, frame.term = "property", from_iri(iri)
        self.note(parent.term, frame.term)
        form = frame.attributes.get(_RDF + " parseType")
        resource = frame.attributes.get(_RDF + " resource")
        label = frame.attributes.get(_RDF + " nodeID")
        value = self.blank()
        if form == "Resource":
            self.note(parent.term, frame.term, value)
            frame.kind, frame.term = "node", value
        elif form not in (None, "Collection"):
            frame.kind = "literal"
        elif resource is not None:
            value = from_term(ox.NamedNode(resolve_reference(frame.base, resource)))
        elif label:
            value = blank(label)
        if frame.kind == "property" and form is None:
            frame.filled = self.described(frame, value) or bool(label) or resource is not None
            if frame.filled:
                self.note(parent.term, frame.term, value)

    def words(self, text: str) -> None:
        self.text.append(text)

    def end(self, name: str) -> None:
        frame = self.stack.pop()
        owner = self.stack[-1].term
        if frame.kind == "property" and frame.attributes.get(_RDF + " parseType") == "Collection":
            link = (frame.cell, nterm("rdf:rest")) if frame.cell else (owner, frame.term)
            self.note(*link, nterm("rdf:nil"), at=frame.place)
        elif frame.kind == "property" and not frame.filled:
            datatype, value = frame.attributes.get(_RDF + " datatype"), "".join(self.text)
            if datatype:
                term = literal(value, resolve_reference(frame.base, datatype))
            else:
                term = literal(value, language=frame.language)
            self.note(owner, frame.term, term, at=frame.place)
        self.text = []
