"""RDF/XML as text, before the parser of RDF sees it: its encoding, entities, depth and version.

The parser of RDF/XML reads UTF-8 alone, expands entities into memory, and says no places.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import Final
from xml.parsers import expat

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, breach
from .tree import DEEPEST, decode, place_in, too_nested
from .turtle_check import newer_rdf

ATTRIBUTES: Final = 1000
"""Attributes and namespaces that an element may have; a parser compares each with each."""

_BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BEGINNINGS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How a file without a byte order mark begins (XML 1.0, appendix F)."""

_DECLARED: Final = re.compile(r"<\?xml[^>]*?(\s+encoding\s*=\s*[\"']([\w.-]+)[\"'])")
_KNOWN: Final = re.compile(r"utf-?8|utf-?16(?:[lb]e)?|(?:us-)?ascii|iso-8859-\d+|windows-125\d")
_ENTITY: Final = re.compile(rb"<!ENTITY\s+([\w.-]+)\s+[\"']([^\"']*)[\"']\s*>")
_REFERENCE: Final = re.compile(rb"&([\w.-]+);")
_OUTSIDE: Final = re.compile(
    rb"<!(?:ENTITY\s+(?:%\s+)?[\w.-]+|DOCTYPE\s+[\w:.-]+)\s+(?:SYSTEM|PUBLIC)\b"
)
_RDF: Final = PREFIXES["rdf"]
_RDF12: Final = {
    f"{_RDF} version": "rdf:version",
    f"{_RDF} annotation": "rdf:annotation",
    f"{_RDF} annotationNodeID": "rdf:annotationNodeID",
    "http://www.w3.org/2005/11/its dir": "its:dir",
}


def decode_xml(raw: bytes, name: str) -> bytes:
    """The file as UTF-8, by its byte order mark, its first bytes, or its declaration.

    The declaration of another encoding is blanked, so that every place stays what it is.
    Raises ContentError (`encoding`) where the bytes are not what is declared, at the first of them.
    """
    if raw.startswith(codecs.BOM_UTF32_LE):  # which begins as that of UTF-16 does
        decode(raw, name)
    mark = next((each for each in _BYTE_ORDER_MARKS if raw.startswith(each)), b"")
    said = _BYTE_ORDER_MARKS.get(mark) or _BEGINNINGS.get(raw[:2])
    head = raw[:1000].decode(said or "latin-1", "ignore").removeprefix("\ufeff")
    declaration = _DECLARED.match(head)
    encoding = said or (declaration[2].casefold() if declaration else "utf-8")
    if encoding in ("utf-8", "utf8"):
        text = decode(raw, name)
    elif declaration is not None and not _KNOWN.fullmatch(declaration[2].casefold()):
        raise _misread(name, declaration.start(2), f"the encoding {declaration[2]} is not known")
    else:
        text = _decoded(raw, name, encoding)
    declaration = _DECLARED.match(text)
    if declaration is not None:
        blank = " " * len(declaration[1])
        text = text[: declaration.start(1)] + blank + text[declaration.end(1) :]
    return text.encode()


def _decoded(raw: bytes, name: str, encoding: str) -> str:
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(encoding, "ignore").removeprefix("\ufeff")
        place = place_in(before.encode(), len(before.encode()), name)
        found = f"the byte 0x{raw[error.start]:02x} is not {encoding}, which the file says it is"
        raise ContentError([breach("encoding", place, found, "save the file as UTF-8")]) from None
    except LookupError:
        raise _misread(name, 0, f"the encoding {encoding} is not known") from None
    if not text.lstrip().startswith("<"):
        raise _misread(name, 0, f"the file says that it is {encoding}, and is not")
    decode(text.encode(), name)
    return text


def _misread(name: str, at: int, found: str) -> ContentError:
    fix = "save the file as UTF-8 and declare that, or no encoding"
    return ContentError([breach("encoding", Position(name, 1, at + 1), found, fix)])


def check_entities(raw: bytes, name: str, largest: int) -> None:
    """Refuse entities that lie elsewhere, or that grow to more than `largest` bytes.

    Namespace abbreviations, which RDF/XML files do declare as entities, are let through.
    Raises ContentError (`rdf-syntax`): a parser would expand them into memory.
    """
    entities = dict(_ENTITY.findall(raw))
    uses = Counter(_REFERENCE.findall(raw)) if entities else Counter()
    grown = sum(len(value) * uses[entity] for entity, value in entities.items())
    nested = next((entity for entity, value in entities.items() if b"&" in value), b"")
    outside = _OUTSIDE.search(raw)
    if not (nested or outside or grown > largest):
        return
    at = raw.find(b"<!ENTITY " + nested) if nested else 0
    found = f"the entity {nested.decode()} is made of entities"
    if outside:
        found, at = "an entity lies outside the file", outside.start()
    elif not nested:
        found = "the entities grow too large"
    fix = "write the text out: entities are not followed"
    raise ContentError([breach("rdf-syntax", place_in(raw, at, name), found, fix)])


def check_elements(raw: bytes, name: str) -> None:
    """Refuse XML that is not well formed, too deep or too broad, and RDF 1.2, at its place.

    Raises ContentError (`rdf-syntax`, `nesting`, `rdf-version`).
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = namespaces = 0

    def declare(_prefix: str | None, _iri: str) -> None:
        nonlocal namespaces
        namespaces += 1

    def start(_tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, namespaces
        depth += 1
        breadth, namespaces = len(attributes) + namespaces, 0
        if depth > DEEPEST:
            raise too_nested(place_in(raw, parser.CurrentByteIndex, name))
        if breadth > ATTRIBUTES:
            place = place_in(raw, parser.CurrentByteIndex, name)
            found = f"the element has more than {ATTRIBUTES:,} attributes"
            raise ContentError([breach("nesting", place, found, "write them as elements")])
        if attributes:
            _check_version(raw, parser.CurrentByteIndex, name, attributes)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartNamespaceDeclHandler = declare
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        place = Position(name, error.lineno, error.offset + 1)
        found = expat.ErrorString(error.code)
        raise ContentError([breach("rdf-syntax", place, found, "correct the XML here")]) from None


def _check_version(raw: bytes, at: int, name: str, attributes: dict[str, str]) -> None:
    """Refuse the attributes of RDF 1.2 (RDF 1.2 XML Syntax, sections 2.5 and 2.18 to 2.20)."""
    newer = next((each for each in _RDF12 if each in attributes), "")
    if newer:
        local, what = newer.partition(" ")[2], _RDF12[newer]
    elif attributes.get(f"{_RDF} parseType") == "Triple":
        local, what = "parseType", 'rdf:parseType="Triple"'
    else:
        return
    match = re.compile(rb":%s\s*=" % local.encode()).search(raw, at)
    start = raw.rfind(b" ", at, match.start()) + 1 if match else at
    raise newer_rdf(raw, max(start, at), name, what)
