"""What the parser is given in place of a file: the same statements, in the forms that it reads.

The parser refuses or drops some of what the standards allow: in RDF/XML an empty xml:lang, other
values of rdf:parseType than the three of the standard, and entities in single quotation marks; in
JSON-LD the @id of a node in a type map, and such a map that is a set. These tokens alone are
written in another way. No line break is added or removed, and offsets can be traced back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple
from xml.parsers import expat

from ..model.namespaces import PREFIXES
from .json import JsonValue
from .positions.jsonld import TypeMapEntry, flattened, type_maps

_LARGEST: Final = 2**24
"""Bytes of the largest JSON-LD file that is rewritten: its type maps are read as a whole."""

_LANGUAGE: Final = "http://www.w3.org/XML/1998/namespace lang"
_PARSE_TYPE: Final = f"{PREFIXES['rdf']} parseType"
_ELEMENTS: Final = ("Resource", "Collection")
"""The values of rdf:parseType for which an element has nodes or properties in it (7.2.1)."""

_UNREAD_XML: Final = re.compile(
    rb"""xml:lang\s*=\s*(?:""|'')|:parseType\s*=\s*["'](?!(?:Literal|Resource|Collection)["'])
    |<!ENTITY\s+[^\s'"<>%]+\s+'""",
    re.VERBOSE,
)
_ENTITY: Final = re.compile(rb"<!ENTITY\s+[^\s'\"<>%]+\s+'(?P<value>[^'\"]*)'\s*>")
_ATTRIBUTE: Final = re.compile(rb"([^\s\"'=<>/]+)\s*=\s*(\"[^\"]*\"|'[^']*')")

_TYPE_MAP: Final = re.compile(rb'"@container"\s*:\s*(?:"@type"|\[[^\]]*"@type"[^\]]*\])')
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class Edit(NamedTuple):
    """The bytes from `start` to `end` of a file, and those that take their place."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True)
class ParserInput:
    """A file as the parser is given it: `raw` is the file with `edits`, which are sorted.

    `language` is the tag that stands for no language; empty if there is none.
    """

    raw: bytes
    edits: tuple[Edit, ...] = ()
    language: str = ""

    def original(self, at: int) -> int:
        """The offset in the file of the offset `at` in `raw`."""
        moved = 0
        for start, end, text in self.edits:
            if at < start + moved:
                break
            if at < start + moved + len(text):
                return start
            moved += len(text) - (end - start)
        return at - moved


def parser_input(raw: bytes, form: str) -> ParserInput:
    """What the parser is given for a file of this format, which is `raw` if it can read it.

    Never raises: a file that cannot be followed is left to the parser.
    """
    try:
        if form == "rdfxml" and _UNREAD_XML.search(raw):
            language = _unused_language(raw)
            return _edited(raw, _xml_edits(raw, language), language)
        if form == "jsonld" and len(raw) <= _LARGEST and _TYPE_MAP.search(raw):
            return _edited(raw, _json_edits(raw))
    except (
        expat.ExpatError,
        RecursionError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ):
        pass
    return ParserInput(raw)


def _edited(raw: bytes, edits: Iterable[Edit], language: str = "") -> ParserInput:
    ordered = tuple(sorted(edits))
    pieces, at = list[bytes](), 0
    for start, end, text in ordered:
        pieces += [raw[at:start], text]
        at = end
    return ParserInput(b"".join([*pieces, raw[at:]]), ordered, language)


def _unused_language(raw: bytes) -> str:
    """A language tag for private use that the file does not have (BCP 47, section 2.2.7)."""
    number = 1
    while re.search(rb"x-none%d" % number, raw, re.IGNORECASE):
        number += 1
    return f"x-none{number}"


def _xml_edits(raw: bytes, language: str) -> list[Edit]:
    """The attributes and entities of RDF/XML that the parser does not read; none in XML literals.

    An element without a language has `language` instead. Any other rdf:parseType is Literal
    (RDF 1.1 XML Syntax, section 7.2.20).
    """
    edits: list[Edit] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = literal = 0

    def start(_tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, literal
        depth += 1
        at = parser.CurrentByteIndex
        if depth == 1:
            entities = _ENTITY.finditer(raw, 0, at)
            edits.extend(
                Edit(match.start("value") - 1, match.end("value") + 1, b'"%b"' % match["value"])
                for match in entities
            )
        if literal:
            return
        form = attributes.get(_PARSE_TYPE)
        if attributes.get(_LANGUAGE) == "":
            edits.extend(_attribute(raw, at, b"xml:lang", language))
        if form is not None and form not in _ELEMENTS:
            literal = depth
            if form != "Literal":
                edits.extend(_attribute(raw, at, b":parseType", "Literal"))

    def end(_tag: str) -> None:
        nonlocal depth, literal
        literal = 0 if literal == depth else literal
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(raw, True)
    return edits


def _attribute(raw: bytes, at: int, name: bytes, value: str) -> Iterator[Edit]:
    """The edit that gives `value` to the attribute whose name ends in `name`.

    It is that of the start tag at the offset `at`.
    """
    place = at
    while match := _ATTRIBUTE.search(raw, place):
        if match[1].endswith(name):
            yield Edit(*match.span(2), f'"{value}"'.encode())
            return
        place = match.end()


def _json_edits(raw: bytes) -> list[Edit]:
    """The type maps of JSON-LD that the parser does not read, with their types in the nodes."""
    text = raw.decode()
    edits = [edit for entry in type_maps(text) for edit in _of_entry(text, entry)]
    edits.sort(key=lambda edit: edit[:2])
    offsets, at, offset = list[Edit](), 0, 0
    for start, end, new in edits:
        offset += len(text[at:start].encode())
        length = len(text[start:end].encode())
        offsets.append(Edit(offset, offset + length, new.encode()))
        at, offset = end, offset + length
    return offsets + list(_containers(raw))


def _containers(raw: bytes) -> Iterator[Edit]:
    """The containers that are a type map and a set; a set changes no statement (4.3.2)."""
    for match in _TYPE_MAP.finditer(raw):
        text = match.group()
        if b'"@set"' in text:
            yield Edit(match.start(), match.end(), b'"@container":"@type"')


def _of_entry(text: str, entry: TypeMapEntry) -> list[tuple[int, int, str]]:
    """The edits of an entry of a type map: it has the key @none, and its nodes have their type.

    None if the parser reads the entry, or if a context in a node may change what the type means.
    """
    context = entry.context
    items = list(flattened(entry.value))
    for item in items:
        items += [
            inner
            for key, _, value in item.members
            if context.keyword(key) == "@set"
            for inner in flattened(value)
        ]
    keys = {context.keyword(key) for item in items for key, _, _ in item.members}
    if context.keyword(entry.key) == "@none" or "@context" in keys or not keys & {"@id", "@set"}:
        return []
    end = _end(text, entry.at)
    kind = text[entry.at : end]
    edits = [(entry.at, end, '"@none"')]
    for item in items:
        stated = {context.keyword(key): value for key, _, value in item.members}
        if item.kind == '"':
            written = text[item.at : _end(text, item.at)]
            if entry.is_term:
                written = json.dumps(context.expand(item.text, True) or item.text)
            node = f'{{"@id":{written},"@type":{kind}}}'
            edits.append((item.at, _end(text, item.at), node))
        elif item.kind == "{" and "@set" not in stated:
            edits += _with_type(text, item, stated.get("@type"), kind)
    return edits


def _with_type(
    text: str, node: JsonValue, types: JsonValue | None, kind: str
) -> list[tuple[int, int, str]]:
    """The edits that add the type `kind`, as it is typed, to those that a node has."""
    if types is None:
        added = f'"@type":{kind}' + ("," if node.members else "")
        return [(node.at + 1, node.at + 1, added)]
    if types.kind == "[":
        added = kind + ("," if types.values else "")
        return [(types.at + 1, types.at + 1, added)]
    if types.kind == '"':
        end = _end(text, types.at)
        return [(types.at, types.at, f"[{kind},"), (end, end, "]")]
    return []


def _end(text: str, at: int) -> int:
    """The end of the JSON string that begins at `at`. Raises ValueError if there is none."""
    match = _STRING.match(text, at)
    if match is None:
        raise ValueError(f"no string at {at}")
    return match.end()
