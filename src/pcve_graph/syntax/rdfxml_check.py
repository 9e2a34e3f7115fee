"""Checks of RDF/XML before it is parsed: its encoding, entities, depth and RDF version.

The parser of RDF/XML reads only UTF-8, expands entities in memory, and reports no positions.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import Final
from xml.parsers import expat

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, Position, rule_problem
from .tree import DOCUMENT_DEPTH, decode_utf8, document_depth_error, position_at
from .turtle_check import rdf12_error

MOST_ATTRIBUTES: Final = 1000
"""The most attributes and namespaces of an element; a parser compares each pair of them."""

_BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BEGINNINGS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""The first bytes of a file without a byte order mark (XML 1.0, appendix F)."""

_DECLARED: Final = re.compile(r"<\?xml[^>]*?(\s+encoding\s*=\s*[\"']([\w.-]+)[\"'])")
_SUPPORTED: Final = re.compile(r"utf-?8|utf-?16(?:[lb]e)?|(?:us-)?ascii|iso-8859-\d+|windows-125\d")
_ENTITY: Final = re.compile(rb"<!ENTITY\s+([\w.-]+)\s+[\"']([^\"']*)[\"']\s*>")
_ROOT: Final = re.compile(rb"<([^\s!?/>]+)")
_REFERENCE: Final = re.compile(rb"&([\w.-]+);")
_EXTERNAL: Final = re.compile(
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
    """The file in UTF-8, decoded by its byte order mark, its first bytes, or its declaration.

    The declaration of an encoding is replaced by spaces, so that positions do not change.
    Raises ContentError (`encoding`) at the first byte that is not in the declared encoding.
    """
    if raw.startswith(codecs.BOM_UTF32_LE):  # which begins as that of UTF-16 does
        decode_utf8(raw, name)
    mark = next((mark for mark in _BYTE_ORDER_MARKS if raw.startswith(mark)), b"")
    detected = _BYTE_ORDER_MARKS.get(mark) or _BEGINNINGS.get(raw[:2])
    head = raw[:1000].decode(detected or "latin-1", "ignore").removeprefix("\ufeff")
    declaration = _DECLARED.match(head)
    encoding = detected or (declaration[2].casefold() if declaration else "utf-8")
    if encoding in ("utf-8", "utf8"):
        text = decode_utf8(raw, name)
    elif declaration is not None and not _SUPPORTED.fullmatch(declaration[2].casefold()):
        message = f"the encoding {declaration[2]} is not supported"
        raise _encoding_error(name, declaration.start(2), message)
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
        place = position_at(before.encode(), len(before.encode()), name)
        message = f"the byte 0x{raw[error.start]:02x} is not valid in the encoding {encoding}"
        raise ContentError(
            [rule_problem("encoding", place, message, "save the file as UTF-8")]
        ) from None
    except LookupError:
        raise _encoding_error(name, 0, f"the encoding {encoding} is not supported") from None
    if not text.lstrip().startswith("<"):
        raise _encoding_error(name, 0, f"the file is not in the declared encoding {encoding}")
    decode_utf8(text.encode(), name)
    return text


def _encoding_error(name: str, at: int, message: str) -> ContentError:
    fix = "save the file as UTF-8, and declare UTF-8 or no encoding"
    return ContentError([rule_problem("encoding", Position(name, 1, at + 1), message, fix)])


def check_entities(raw: bytes, name: str, largest: int) -> None:
    """Refuse external and nested entities, and those that expand to more than `largest` bytes.

    Entities that abbreviate namespaces, which are common in RDF/XML, are accepted. Raises
    ContentError (`rdf-syntax`): a parser would expand the entities in memory.
    """
    entities = dict(_ENTITY.findall(raw))
    uses = Counter(_REFERENCE.findall(raw)) if entities else Counter()
    expanded = sum(len(value) * uses[entity] for entity, value in entities.items())
    nested = next((entity for entity, value in entities.items() if b"&" in value), b"")
    external = _EXTERNAL.search(raw)
    if not (nested or external or expanded > largest):
        return
    at = raw.find(b"<!ENTITY " + nested) if nested else 0
    message = f"the entity {nested.decode()} refers to other entities"
    if external:
        message, at = "the file declares an external entity", external.start()
    elif not nested:
        message = "the expanded entities are too large"
    fix = "write the text in place of the entity"
    raise ContentError([rule_problem("rdf-syntax", position_at(raw, at, name), message, fix)])


def check_elements(raw: bytes, name: str) -> None:
    """Refuse XML that is not RDF/XML, not well-formed, nested too deeply or too broad, and RDF 1.2.

    Raises ContentError (`rdf-syntax`, `nesting`, `rdf-version`) at the position of the fault.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = namespaces = 0

    def declare(_prefix: str | None, _iri: str) -> None:
        nonlocal namespaces
        namespaces += 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, namespaces
        depth += 1
        if depth == 1 and " " not in tag:
            place = position_at(raw, parser.CurrentByteIndex, name)
            raise foreign_root_error(tag, place)
        breadth, namespaces = len(attributes) + namespaces, 0
        if depth > DOCUMENT_DEPTH:
            raise document_depth_error(position_at(raw, parser.CurrentByteIndex, name))
        if breadth > MOST_ATTRIBUTES:
            place = position_at(raw, parser.CurrentByteIndex, name)
            message = f"the element has more than {MOST_ATTRIBUTES:,} attributes"
            raise ContentError([rule_problem("nesting", place, message, "write them as elements")])
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
        message = expat.ErrorString(error.code)
        fix = "correct the XML at this position"
        raise ContentError([rule_problem("rdf-syntax", place, message, fix)]) from None


def foreign_root(raw: bytes) -> str:
    """The name of the root element, if the file does not name the namespace of RDF anywhere.

    Such a file may be RDF/XML all the same: its root may be a node (RDF 1.1 XML Syntax, 7.2.11).
    """
    if _RDF.encode() in raw:
        return ""
    root = _ROOT.search(raw)
    return root[1].decode("utf-8", "replace") if root else ""


def foreign_root_error(root: str, place: Position) -> ContentError:
    """The error for a file of XML with the root element `root`, which is not RDF/XML."""
    message = f"not RDF/XML: its root is {root}"
    fix = "give a file of RDF; in RDF/XML the root is rdf:RDF"
    return ContentError([rule_problem("rdf-syntax", place, message, fix)])


def _check_version(raw: bytes, at: int, name: str, attributes: dict[str, str]) -> None:
    """Refuse the attributes of RDF 1.2 (RDF 1.2 XML Syntax, sections 2.5 and 2.18 to 2.20)."""
    newer = next((attribute for attribute in _RDF12 if attribute in attributes), "")
    if newer:
        local, what = newer.partition(" ")[2], _RDF12[newer]
    elif attributes.get(f"{_RDF} parseType") == "Triple":
        local, what = "parseType", 'rdf:parseType="Triple"'
    else:
        return
    match = re.compile(rb":%s\s*=" % local.encode()).search(raw, at)
    start = raw.rfind(b" ", at, match.start()) + 1 if match else at
    raise rdf12_error(raw, max(start, at), name, what)
