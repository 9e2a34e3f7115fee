"""Files without a statement: nothing in them can be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..model.problems import Position, Problem, rule_problem
from ..model.visible import one_line
from ..syntax.positions.jsonld import unmapped_keys
from .documents import Document

_SHOWN: Final = 5
"""Keys that a message names."""


def empty_problems(document: Document) -> Iterator[Problem]:
    """A warning if the document has no statements; with the reason, if its JSON-LD has keys.

    A file that is a context alone, for other files to refer to, has none to miss: that is a note.
    """
    if next(iter(document.lines()), None) is not None:
        return
    position = Position(document.name)
    message = "the file has no statements"
    fix = "leave the file out, or correct it if it should have some"
    severity = "warning"
    if _is_context(document):
        severity, message = "info", "the file is a context of JSON-LD: it has no statements"
        fix = "leave the file out"
    if document.form == "jsonld" and (unmapped := unmapped_keys(document.raw)):
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


def _is_context(document: Document) -> bool:
    if document.form != "jsonld":
        return False
    content = json.loads(document.raw)
    return isinstance(content, dict) and content.keys() == {"@context"}
