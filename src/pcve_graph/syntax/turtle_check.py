"""Checks of Turtle, TriG, N-Triples and N-Quads before they are parsed, in one pass over the bytes.

A document that is nested too deeply exhausts the memory or the stack of a parser, and RDF 1.2 is
not supported by all programs that read the graph (W3C RDF 1.2 Turtle, section 2).
"""

from __future__ import annotations

import re
from typing import Final

from ..model.problems import ContentError, rule_problem
from .tree import DOCUMENT_DEPTH, document_depth_error, position_at

_TOKEN: Final = re.compile(
    rb"""[^"'<\#\\\[\](){}~@Vv]*+(?:
    (?P<skipped>\#[^\r\n]*+
        |\"\"\"[^"\\]*+(?:(?:\"{1,2}(?!\")|\\.)[^"\\]*+)*+(?:\"\"\")?
        |'''[^'\\]*+(?:(?:'{1,2}(?!')|\\.)[^'\\]*+)*+(?:''')?
        |"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"?
        |'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'?
        |\\.)
    |(?P<triple><<\()
    |(?P<reifier><<|~)
    |(?P<iri><[^<>"{}|^`\x00-\x20]*+>?)
    |(?P<annotation>\{\|)
    |(?P<direction>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+--[A-Za-z]*+)
    |(?P<version>(?<![\w:.%\\"'-])(?<![\x80-\xff])@?[Vv][Ee][Rr][Ss][Ii][Oo][Nn]\s*+(?=["']))
    |(?P<open>[\[({])
    |(?P<close>[\])}])
    |[@Vv\\])""",
    re.VERBOSE | re.DOTALL,
)
_RDF12: Final = {
    "triple": "a triple term, <<( … )>>",
    "reifier": "a reified triple, << … >> or ~",
    "annotation": "an annotation, {| … |}",
    "direction": "a base direction after a language",
    "version": "a VERSION directive",
}
_SUSPECT: Final = re.compile(rb"<<|\{\||~|@[A-Za-z0-9-]+--|version\s*[\"']", re.IGNORECASE)


def check_turtle(raw: bytes, name: str) -> None:
    """Refuse a document that uses RDF 1.2, or is nested more than `DOCUMENT_DEPTH` levels deep.

    Takes time in proportion to the file. Raises ContentError (`rdf-version`, `nesting`) at the
    position of the fault.
    """
    if sum(map(raw.count, (b"[", b"(", b"{"))) <= DOCUMENT_DEPTH and not _SUSPECT.search(raw):
        return
    depth = 0
    for match in _TOKEN.finditer(raw):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > DOCUMENT_DEPTH:
                raise document_depth_error(position_at(raw, match.start("open"), name))
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind in _RDF12:
            raise rdf12_error(raw, match.start(kind), name, _RDF12[kind])


def rdf12_error(raw: bytes, at: int, name: str, what: str) -> ContentError:
    """The error of `what`, a construct of RDF 1.2 at the byte offset `at` of a file."""
    fix = "use RDF 1.1; RDF 1.2 is not supported yet"
    place = position_at(raw, at, name)
    return ContentError(
        [rule_problem("rdf-version", place, f"found {what}, which is RDF 1.2", fix)]
    )
