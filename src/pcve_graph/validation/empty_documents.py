"""Files without a statement, and keys in JSON-LD that yield none: what they hold is not checked."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..model.namespaces import PREFIXES
from ..model.problems import Position, Problem, rule_problem
from ..model.terms import from_iri
from ..model.visible import one_line
from ..syntax.positions.jsonld import unread_words
from ..syntax.tree import position_at
from .documents import Document

_SHOWN: Final = 5
"""Keys that a message names."""

_LISTED: Final = 20
"""Keys of one file that have a warning each."""


def empty_problems(document: Document) -> Iterator[Problem]:
    """A warning if the document has no statements; with the reason, if its JSON-LD has keys.

    A file that is a context alone, for other files to refer to, has none to miss: that is a note.
    """
    if next(iter(document.lines()), None) is not None:
        if document.form == "jsonld":
            yield from _unread_problems(document)
        return
    position = Position(document.name)
    message = "the file has no statements"
    fix = "leave the file out, or correct it if it should have some"
    severity = "warning"
    if _is_context(document):
        severity, message = "info", "the file is a context of JSON-LD: it has no statements"
        fix = "leave the file out"
    if document.form == "jsonld" and (unmapped := unread_words(document.raw).keys):
        position = Position(document.name, *document.original(unmapped[0][1]))
        names = list(dict.fromkeys(key for key, _ in unmapped))
        listed = ", ".join(f'"{one_line(name)}"' for name in names[:_SHOWN])
        rest = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        plural = "s" if len(names) > 1 else ""
        reason = (
            "no context has a term for"
            if b'"@context"' in document.raw
            else "the file has no @context, which would map"
        )
        message += f": {reason} the key{plural} {listed}{rest}"
        fix = "state the context of the keys as @context, with its terms or with an address that "
        fix += "--context URL=FILE answers"
    problem = rule_problem("no-statements", position, message, fix)
    yield replace(problem, severity=severity)


_DIRECTION: Final = re.compile(rb'(?<!\\)"@direction"\s*:\s*"')
"""Matches a base direction, which JSON-LD 1.1 has and RDF 1.1 has not."""


def _unread_problems(document: Document) -> Iterator[Problem]:
    """A warning for each key that no context maps, and for each prefix that none declares.

    Base directions are a note: they are no part of the statements (JSON-LD 1.1 API, 8.2,
    rdfDirection).
    """
    if direction := _DIRECTION.search(document.raw):
        at = position_at(document.raw, direction.start(), document.name)
        message = "the base direction (@direction) is no part of the statements: RDF 1.1 has none"
        note = _warning(document, "rdf-version", (at.line, at.column), message, "")
        yield replace(note, severity="info")
    words = unread_words(document.raw)
    first = dict(reversed(words.keys))
    number = Counter(key for key, _ in words.keys)
    names = list(number)
    for name in names[:_LISTED]:
        times = f" ({number[name]:,} places)" if number[name] > 1 else ""
        message = (
            f'no context maps the key "{one_line(name)}" to an IRI{times}, so that JSON-LD drops '
            "it with its value"
        )
        if len(names) > _LISTED and name == names[_LISTED - 1]:
            message += f"; likewise {len(names) - _LISTED:,} more keys"
        yield _warning(document, "unmapped-key", first[name], message, _MAP_IT)
    prefixes: dict[str, tuple[str, tuple[int, int]]] = {}
    for word, place in words.prefixed:
        prefixes.setdefault(word.partition(":")[0], (word, place))
    for prefix, (word, place) in prefixes.items():
        shown = one_line(word)
        message = (
            f'no context declares {prefix} as a prefix, so that "{shown}" is the IRI '
            f"{from_iri(shown)}"
        )
        fix = f'declare it in @context: "{prefix}": "{PREFIXES[prefix]}"'
        yield _warning(document, "undeclared-prefix", place, message, fix)


_MAP_IT: Final = "map the key in @context, write it with a prefix, or leave it out"


def _warning(
    document: Document, rule: str, place: tuple[int, int], message: str, fix: str
) -> Problem:
    position = Position(document.name, *document.original(place))
    return replace(rule_problem(rule, position, message, fix), severity="warning")


def _is_context(document: Document) -> bool:
    if document.form != "jsonld":
        return False
    content = json.loads(document.raw)
    return isinstance(content, dict) and content.keys() == {"@context"}
