"""Places in RDF/XML (W3C RDF 1.1 XML Syntax): elements by the lines where they begin.

Expat loads nothing from outside; a document with entities of its own is not followed here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin
from xml.parsers import expat

import pyoxigraph as ox

from ..names import PREFIXES

_RDF: Final = PREFIXES["rdf"]
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BASE: Final = "http://www.w3.org/XML/1998/namespace base"


def locate_rdfxml(text: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """The places of subjects and their properties. Raises ValueError where it loses the way."""
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


class _Reader:
    """Alternates between node elements and property elements, as RDF/XML does (section 2.2)."""

    parser: expat.XMLParserType

    def __init__(self) -> None:
        self.places: dict[tuple[str, ...], tuple[int, int]] = {}
        self.stack: list[tuple[str, str, tuple[int, int], dict[str, str]]] = []
        self.bases = [""]
        self.text: list[str] = []

    def entity(self, *_: object) -> None:
        raise ValueError("the document declares entities")

    def place(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        iri = name.replace(" ", "")
        base = attributes.get(_BASE, self.bases[-1])
        self.bases.append(base)
        self.text = []
        if iri == _RDF + "RDF":
            self.stack.append(("rdf", "", self.place(), attributes))
        elif not self.stack or self.stack[-1][0] in ("rdf", "property"):
            self.node(iri, attributes)
        else:
            subject = self.stack[-1][1]
            predicate = f"<{iri}>"
            self.places.setdefault((subject, predicate), self.place())
            resource = attributes.get(_RDF.strip() + " resource")
            if resource is not None:
                value = str(ox.NamedNode(_resolved(base, resource)))
                self.places.setdefault((subject, predicate, value), self.place())
            self.stack.append(("property", predicate, self.place(), attributes))

    def node(self, iri: str, attributes: dict[str, str]) -> None:
        about = attributes.get(_RDF + " about")
        identifier = attributes.get(_RDF + " ID")
        label = attributes.get(_RDF + " nodeID")
        base = self.bases[-1]
        if about is not None:
            subject = f"<{_resolved(base, about)}>"
        elif identifier is not None:
            subject = f"<{base}#{identifier}>"
        else:
            line, column = self.place()
            subject = f"_:{label}" if label else f"_:at{line}.{column}"
        self.places.setdefault((subject,), self.place())
        if iri != _RDF + "Description":
            self.places.setdefault((subject, f"<{_RDF}type>", f"<{iri}>"), self.place())
        for name in attributes:
            predicate = name.replace(" ", "")
            if " " in name and not predicate.startswith((_RDF, "http://www.w3.org/XML/")):
                self.places.setdefault((subject, f"<{predicate}>"), self.place())
        self.stack.append(("node", subject, self.place(), attributes))

    def words(self, text: str) -> None:
        self.text.append(text)

    def end(self, name: str) -> None:
        kind, predicate, place, attributes = self.stack.pop()
        self.bases.pop()
        if kind == "property" and self.stack and _RDF + " resource" not in attributes:
            datatype = attributes.get(_RDF + " datatype")
            language = attributes.get("http://www.w3.org/XML/1998/namespace lang")
            value = "".join(self.text)
            if datatype:
                literal = ox.Literal(value, datatype=ox.NamedNode(datatype))
            else:
                literal = ox.Literal(value, language=language) if language else ox.Literal(value)
            self.places.setdefault((self.stack[-1][1], predicate, str(literal)), place)
        self.text = []


def _resolved(base: str, reference: str) -> str:
    return urljoin(base, reference) if base and not _SCHEME.match(reference) else reference
