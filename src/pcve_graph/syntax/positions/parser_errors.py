"""The offset of a syntax error in RDF/XML or JSON-LD, for which the parser reports no position.

The real parser is run again on ever smaller parts of the file, so no second implementation of the
grammar can disagree with it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import pyoxigraph as ox

LARGEST: Final = 16 * 2**20
"""Bytes of the largest file that is parsed again; in a larger one, no offset is found."""

_ATTRIBUTE: Final = re.compile(rb"[^\s\"'=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ATTRIBUTES: Final = 50
"""The most attributes of the invalid element that are tried one by one."""

_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{\]},]', re.DOTALL)
_FIRST: Final = {b'"@context"': 0, b'"@type"': 1}


def find_error_offset(raw: bytes, form: str, message: str, base: str) -> int:
    """The byte offset at which the parser fails with `message`; 0 if it cannot be found.

    `form` is the format of the file, and `base` the base IRI with which the message occurred.
    """
    if len(raw) > LARGEST:
        return 0
    searches = {
        "rdfxml": (_in_xml, ox.RdfFormat.RDF_XML),
        "jsonld": (_in_json, ox.RdfFormat.JSON_LD),
    }
    if form not in searches:
        return 0
    search, rdf = searches[form]

    def is_error(file: io.BytesIO | _ByteFile) -> bool:
        try:
            for _ in ox.parse(file, format=rdf, base_iri=base):  # type: ignore[arg-type]
                pass
        except SyntaxError as error:
            return str(error.msg) == message
        return False

    return search(raw, is_error)


_Fails: TypeAlias = "Callable[[io.BytesIO | _ByteFile], bool]"
"""A function: whether the parser fails on a file with the given message."""


class _ByteFile:
    """A file that returns single bytes from the offset `start` on; `at` is the current offset."""

    def __init__(self, raw: bytes, start: int) -> None:
        self.raw, self.start, self.at = raw, start, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as `io.BufferedIOBase.read` returns them."""
        size = min(size if size > 0 else 2**16, max(1, self.start - self.at))
        chunk = self.raw[self.at : self.at + size]
        self.at += len(chunk)
        return chunk


def _in_xml(raw: bytes, is_error: _Fails) -> int:
    """The offset of the attribute, element or text at whose end the parser fails."""
    whole = _ByteFile(raw, len(raw))
    is_error(whole)
    file = _ByteFile(raw, max(0, whole.at - 2**17))
    is_error(file)
    end = file.at
    if raw[end - 1 : end] == b"<":
        text = raw.rfind(b">", 0, end - 1) + 1
        return end - len(raw[text:end].lstrip())
    start = raw.rfind(b"<", 0, end)
    for match in list(_ATTRIBUTE.finditer(raw, start, end))[:_ATTRIBUTES]:
        blank = b" " * len(match.group())
        without = raw[: match.start()] + blank + raw[match.end() : end]
        if not match.group().startswith(b"xmlns") and not is_error(io.BytesIO(without)):
            return match.start()
    return max(start, 0)


class _Part(NamedTuple):
    """A member of an object or a value of an array: its offset, that of its value, and its end."""

    start: int
    value: int
    end: int


def _in_json(raw: bytes, is_error: _Fails) -> int:
    """The offset of the innermost key or value without which the parser does not fail.

    At each level a binary search finds the shortest sequence of members on which it fails: the last
    of them is invalid. Contexts and types come first, since the other members depend on them.
    """
    before, after = b"", b""
    at, end = len(raw) - len(raw.lstrip()), len(raw.rstrip())
    while raw[at : at + 1] in (b"{", b"["):
        parts = _parts(raw, at, end)
        opening, closing = raw[at : at + 1], raw[end - 1 : end]

        def joined(count: int, parts: list[_Part] = parts, head: bytes = before + opening) -> bytes:
            return head + b",".join(raw[part.start : part.end] for part in parts[:count])

        def fails(count: int, tail: bytes = closing + after) -> bool:
            return is_error(io.BytesIO(joined(count) + tail))

        count = _first(fails, len(parts))
        if count == 0 or not fails(count):
            return at
        part = parts[count - 1]
        before = joined(count - 1) + (b"," if count > 1 else b"") + raw[part.start : part.value]
        after = closing + after
        at, end = part.value, part.end
        scalar = raw[at : at + 1] not in (b"{", b"[")
        if scalar and part.start < at and is_error(io.BytesIO(before + b"null" + after)):
            return part.start
    return at


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The least number for which `holds` is true, as for all greater ones; at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _parts(raw: bytes, at: int, end: int) -> list[_Part]:
    """The members or values of the object or array from `at` to `end`, contexts and types first.

    In a value object the order is unchanged: its type has no context.
    """
    parts: list[_Part] = []
    depth, start = 0, at + 1
    for match in _TOKEN.finditer(raw, at, end):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        if (token == b"," and depth == 1) or depth == 0:
            if raw[start : match.start()].strip():
                parts.append(_part(raw, start, match.start(), raw[at : at + 1] == b"{"))
            start = match.end()
        if depth == 0:
            break
    if any(raw[part.start : part.value].startswith(b'"@value"') for part in parts):
        return parts
    return sorted(parts, key=lambda part: _rank(raw[part.start : part.value]))


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
