"""Checks that reject responses which would crash or exhaust the native parser.

Measured with pyoxigraph 0.5.13: some thousand nested triple terms crash the process (SIGSEGV) in
JSON, N-Triples and Turtle; entities in RDF/XML expand to gigabytes; the time for nested RDF/XML
grows with the square of its depth; JSON rows before the head are buffered at 17 bytes per byte; the
time for a head grows with the square of its variables, 300,000 of which take many minutes.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

DEEPEST: Final = 100
"""The most levels of elements in XML; about as many of objects and arrays in JSON."""
_PASSES: Final = 32
_MOST_TRIPLE_TERMS: Final = 1_000
"""In a line of N-Triples, or in a whole Turtle document."""
_HEADLESS: Final = 1 << 24
"""The most bytes of JSON in which rows may come before the head."""
_MOST_VARIABLES: Final = 10_000
"""In the head of a response."""
_VARIABLES: Final = re.compile(rb'"vars"\s*:\s*\[([^\]]*)')
_STRUCTURE: Final = b'"{}[]'
_REST: Final = bytes(sorted(set(range(256)) - set(_STRUCTURE)))


class UnsafeError(Exception):
    """A response that is unsafe to parse; the message is the reason."""


def guard_json(body: bytes) -> None:
    """Raise UnsafeError for JSON that is nested too deeply, has too many variables, or has its rows
    before its head.
    """
    if len(body) > _HEADLESS and not re.match(rb'\s*\{\s*"head"\s*:', body):
        raise UnsafeError(
            "its rows come before its head, which is supported in small responses only"
        )
    plain = re.sub(rb"\\.", b"", body, flags=re.S) if b"\\" in body else body
    if any(names[1].count(b",") >= _MOST_VARIABLES for names in _VARIABLES.finditer(plain)):
        raise UnsafeError(f"it has more than {_MOST_VARIABLES:,} variables")
    text = plain.translate(None, _REST).replace(b'""', b"")
    text = re.sub(rb'"[^"]*"', b"", text)
    # Each pass removes the innermost level; the rest is at least half as deep as it is long.
    for _ in range(_PASSES):
        shorter = text.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(text):
            break
        text = shorter
    if len(text) > 2 * _PASSES:
        raise UnsafeError("its values are nested too deeply")


def guard_xml(body: bytes) -> None:
    """Raise UnsafeError for entities, deep nesting and too many variables, and SyntaxError for
    malformed XML.
    """
    depth = variables = 0

    def start(name: str, __: object) -> None:
        nonlocal depth, variables
        depth += 1
        variables += name.rpartition(":")[2] == "variable"
        if depth > DEEPEST:
            raise UnsafeError("its elements are nested too deeply")
        if variables > _MOST_VARIABLES:
            raise UnsafeError(f"it has more than {_MOST_VARIABLES:,} variables")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: object) -> None:
        raise UnsafeError("it declares entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise SyntaxError(str(error)) from None


def guard_triples(body: bytes, by_line: bool) -> None:
    """Raise UnsafeError where triple terms may be nested too deeply."""
    if body.count(b"<<") <= _MOST_TRIPLE_TERMS:
        return
    if not by_line or any(line.count(b"<<") > _MOST_TRIPLE_TERMS for line in body.splitlines()):
        raise UnsafeError("its triple terms are nested too deeply")
