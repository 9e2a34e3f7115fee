"""Where an error of syntax stands whose place the parser does not say: in RDF/XML and JSON-LD.

The real parser is asked again, with less of the file each time: no second reading of the grammar
could differ from its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import pyoxigraph as ox

LARGEST: Final = 16 * 2**20
"""Bytes of the largest file that is asked again; in a larger one, an error has no place."""

_ATTRIBUTE: Final = re.compile(rb"[^\s\"'=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ATTRIBUTES: Final = 50
"""Attributes of the element at fault that are tried one by one."""

_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{\]},]', re.DOTALL)
_FIRST: Final = {b'"@context"': 0, b'"@type"': 1}


def find_fault(raw: bytes, form: str, message: str, base: str) -> int:
    """The offset at which the parser stops with `message`; 0 where it cannot be found.

    `base` is that with which the message came.
    """
    if len(raw) > LARGEST:
        return 0
    search = {"rdfxml": (_in_xml, ox.RdfFormat.RDF_XML), "jsonld": (_in_json, ox.RdfFormat.JSON_LD)}
    if form not in search:
        return 0
    look, rdf = search[form]

    def stops(file: io.BytesIO | _Dripping) -> bool:
        try:
            for _ in ox.parse(file, format=rdf, base_iri=base):  # type: ignore[arg-type]
                pass
        except SyntaxError as error:
            return str(error.msg) == message
        return False

    return look(raw, stops)


_Stops: TypeAlias = "Callable[[io.BytesIO | _Dripping], bool]"
"""Whether the parser stops with the message that is looked for."""


class _Dripping:
    """A file that gives one byte at a time from `start` on, and knows how many it gave."""

    def __init__(self, raw: bytes, start: int) -> None:
        self.raw, self.start, self.at = raw, start, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as `io.BufferedIOBase.read` gives them."""
        size = min(size if size > 0 else 2**16, max(1, self.start - self.at))
        chunk = self.raw[self.at : self.at + size]
        self.at += len(chunk)
        return chunk


def _in_xml(raw: bytes, stops: _Stops) -> int:
    """The attribute, element or text at whose end the parser stops."""
    whole = _Dripping(raw, len(raw))
    stops(whole)
    file = _Dripping(raw, max(0, whole.at - 2**17))
    stops(file)
    end = file.at
    if raw[end - 1 : end] == b"<":
        text = raw.rfind(b">", 0, end - 1) + 1
        return end - len(raw[text:end].lstrip())
    start = raw.rfind(b"<", 0, end)
    for match in list(_ATTRIBUTE.finditer(raw, start, end))[:_ATTRIBUTES]:
        blank = b" " * len(match.group())
        without = raw[: match.start()] + blank + raw[match.end() : end]
        if not match.group().startswith(b"xmlns") and not stops(io.BytesIO(without)):
            return match.start()
    return max(start, 0)


class _Part(NamedTuple):
    """A member of an object or a value of an array: the offsets of it, its value, and its end."""

    start: int
    value: int
    end: int


def _in_json(raw: bytes, stops: _Stops) -> int:
    """The key or value without which the parser does not stop, as deep inside as it lies.

    At each level the first members after which it stops are looked for by halves: the last of them
    is at fault. Contexts and types come first, since what they say holds for the others.
    """
    before, after = b"", b""
    at, end = len(raw) - len(raw.lstrip()), len(raw.rstrip())
    while raw[at : at + 1] in (b"{", b"["):
        parts = _parts(raw, at, end)
        opening, closing = raw[at : at + 1], raw[end - 1 : end]

        def joined(count: int, parts: list[_Part] = parts, head: bytes = before + opening) -> bytes:
            return head + b",".join(raw[each.start : each.end] for each in parts[:count])

        def fails(count: int, tail: bytes = closing + after) -> bool:
            return stops(io.BytesIO(joined(count) + tail))

        count = _first(fails, len(parts))
        if count == 0 or not fails(count):
            return at
        part = parts[count - 1]
        before = joined(count - 1) + (b"," if count > 1 else b"") + raw[part.start : part.value]
        after = closing + after
        at, end = part.value, part.end
        scalar = raw[at : at + 1] not in (b"{", b"[")
        if scalar and part.start < at and stops(io.BytesIO(before + b"null" + after)):
            return part.start
    return at


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The least number up to `most` for which `holds`, which holds for all that are greater."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _parts(raw: bytes, at: int, end: int) -> list[_Part]:
    """What the object or array from `at` to `end` is made of; contexts and types first.

    A type of a value stands in its place: it has no context of its own.
    """
    found: list[_Part] = []
    depth, start = 0, at + 1
    for match in _TOKEN.finditer(raw, at, end):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        if (token == b"," and depth == 1) or depth == 0:
            if raw[start : match.start()].strip():
                found.append(_part(raw, start, match.start(), raw[at : at + 1] == b"{"))
            start = match.end()
        if depth == 0:
            break
    if any(raw[part.start : part.value].startswith(b'"@value"') for part in found):
        return found
    return sorted(found, key=lambda part: _rank(raw[part.start : part.value]))


def _rank(key: bytes) -> int:
    return _FIRST.get(key.rstrip(b" \t\r\n:"), 2)


def _part(raw: bytes, start: int, end: int, keyed: bool) -> _Part:
    start += len(raw[start:end]) - len(raw[start:end].lstrip())
    end = start + len(raw[start:end].rstrip())
    value = start
    if keyed and (key := _TOKEN.match(raw, start, end)):
        value = key.end()
        colon = raw.find(b":", value, end) + 1
        value = colon + len(raw[colon:end]) - len(raw[colon:end].lstrip())
    return _Part(start, value, end)
