"""JSON-LD as text, before the parser of RDF sees it: its depth, its contexts, its version.

A parser copies the active context for each context inside it, and defines a term by way of those
that it is made of, one inside the other: the first costs the product of both, the second its stack
(JSON-LD 1.1 API, sections 4.1 and 4.2).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..model.problems import ContentError, breach
from .tree import DEEPEST, place_in, too_nested
from .turtle_check import newer_rdf

COPIES: Final = 10**7
"""Terms that may be copied from context to context in reading one file; they take some seconds."""

_TOKEN: Final = re.compile(
    rb"""[^"\[\]{}]*+(?:(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+"?+)(?P<key>\s*+:)?+|(?P<open>[\[{])
    |(?P<close>[\]}]))""",
    re.VERBOSE | re.DOTALL,
)
_NULL: Final = re.compile(rb"\s*null\b")


def check_jsonld(raw: bytes, name: str) -> None:
    """Refuse what is nested too deeply or copies too many terms, and RDF 1.2, at its place.

    Takes time in proportion to the file. Raises ContentError (`nesting`, `rdf-version`).
    """
    contexts = _Contexts(raw, name)
    context, depth, at = -1, 0, 0
    for match in _TOKEN.finditer(raw):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > DEEPEST:
                raise too_nested(place_in(raw, match.start(kind), name))
            contexts.sizes.append(contexts.sizes[-1])
        elif kind == "close":
            if depth:
                depth -= 1
                contexts.sizes.pop()
            if context == depth:
                contexts.enter(at, match.end())
            if context >= depth:
                context = -1
        else:
            key = kind == "key"
            text = match["text"]
            if key and text in contexts.directions and not _NULL.match(raw, match.end()):
                raise newer_rdf(raw, match.start("text"), name, "a base direction")
            if key and text == b'"@context"' and context < 0:
                context, at = depth, match.end()
            elif context < 0 and text in contexts.scoped:
                contexts.copy(match.start("text"))
            elif context == depth:
                context = -1


class _Contexts:
    """The contexts that a file is inside of, by how many terms each of them has.

    `scoped` holds the terms, as they are typed, whose use enters a context of their own, and
    `directions` those that stand for @direction.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        self.raw, self.name = raw, name
        self.sizes = [0]
        self.scoped: set[bytes] = set()
        self.directions = {b'"@direction"'}
        self.copied = 0

    def copy(self, at: int) -> None:
        """Count the copy of the active context that is made at the offset `at`."""
        self.copied += self.sizes[-1]
        if self.copied > COPIES:
            found = "the contexts inside contexts copy too many terms"
            fix = "state the terms in one context, at the beginning of the file"
            raise ContentError([breach("nesting", place_in(self.raw, at, self.name), found, fix)])

    def enter(self, start: int, end: int) -> None:
        """Make the local context that is written from `start` to `end` part of the active one."""
        try:
            local = json.loads(self.raw[start:end])
        except ValueError:
            return
        self.copy(start)
        for each in _objects(local):
            if _is_long(_made_of(each)):
                found = f"a term is defined by way of more than {DEEPEST} others"
                place = place_in(self.raw, start, self.name)
                raise ContentError([breach("nesting", place, found, "write its IRI out")])
            for term, value in each.items():
                if _has_context(value):
                    self.scoped.add(json.dumps(term).encode())
                if "@direction" in (value, value.get("@id") if isinstance(value, dict) else None):
                    self.directions.add(json.dumps(term).encode())
            self.sizes[-1] += len(each)


def _objects(local: Any) -> list[dict[str, Any]]:
    """The objects of a local context, those of its scoped contexts with them."""
    waiting, found = [local], list[dict[str, Any]]()
    for each in waiting:
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            found.append(each)
            waiting += [value["@context"] for value in each.values() if _has_context(value)]
    return found


def _has_context(value: Any) -> bool:
    return isinstance(value, dict) and "@context" in value


def _made_of(context: dict[str, Any]) -> dict[str, list[str]]:
    """From each term to those that it is defined by: its IRI, its type, and their prefixes."""
    made: dict[str, list[str]] = {}
    for term, value in context.items():
        stated = value if isinstance(value, dict) else {"@id": value}
        words = [term, *(stated.get(each) for each in ("@id", "@type", "@reverse"))]
        names = {part for word in words if isinstance(word, str) for part in _names(word)}
        made[term] = sorted(each for each in names if each in context and each != term)
    return made


def _names(word: str) -> tuple[str, str]:
    return word, word.partition(":")[0]


def _is_long(made: dict[str, list[str]]) -> bool:
    """Whether a chain of definitions has more than `DEEPEST` terms, or goes round in as many."""
    heights: dict[str, int] = {}
    for first in made:
        path = [] if first in heights else [(first, iter(made[first]))]
        while path:
            term, parts = path[-1]
            part = next((each for each in parts if each not in heights), None)
            if part is None:
                heights[term] = 1 + max((heights.get(each, 0) for each in made[term]), default=0)
                path.pop()
            elif all(part != each for each, _ in path):
                path.append((part, iter(made[part])))
            if len(path) > DEEPEST or heights.get(term, 0) > DEEPEST:
                return True
    return False
