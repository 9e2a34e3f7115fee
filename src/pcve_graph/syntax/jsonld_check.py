"""Checks of JSON-LD before it is parsed: its depth, and the size of its contexts.

A parser copies the active context for each nested context, which takes time in proportion to the
product of both, and defines a term by recursion through the terms that its definition uses, which
can exhaust the stack (JSON-LD 1.1 API, sections 4.1 and 4.2).
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeGuard

from ..model.namespaces import PREFIXES
from ..model.problems import ContentError, rule_problem
from .tree import DOCUMENT_DEPTH, document_depth_error, position_at

MOST_COPIES: Final = 10**7
"""The most terms that the contexts of one file may copy, which takes some seconds."""

_TOKEN: Final = re.compile(
    rb"""[^"\[\]{}]*+(?:(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+"?+)(?P<key>\s*+:)?+|(?P<open>[\[{])
    |(?P<close>[\]}]))""",
    re.VERBOSE | re.DOTALL,
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")

_KEY: Final = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")(\s*+:)?+', re.DOTALL)
"""Matches a string, whose second group says whether it is a key."""


def check_jsonld(raw: bytes, name: str) -> None:
    """Refuse a document that is nested too deeply, or copies too many terms.

    Takes time in proportion to the file. Raises ContentError (`nesting`) at the position of the
    fault.
    """
    contexts = _Contexts(raw, name)
    context, depth, at = -1, 0, 0
    for match in _TOKEN.finditer(raw):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > DOCUMENT_DEPTH:
                raise document_depth_error(position_at(raw, match.start(kind), name))
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
            if key and text == b'"@context"' and context < 0:
                context, at = depth, match.end()
            elif context < 0 and text in contexts.scoped:
                contexts.copy(match.start("text"))
            elif context == depth:
                context = -1


class _Contexts:
    """The contexts of a file. `sizes` holds the number of terms of each one that is active.

    `scoped` holds the terms, as they are typed, that have a scoped context.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        self.raw, self.name = raw, name
        self.sizes = [0]
        self.scoped: set[bytes] = set()
        self.copied = 0

    def copy(self, at: int) -> None:
        """Count the copy of the active context at the offset `at`."""
        self.copied += self.sizes[-1]
        if self.copied > MOST_COPIES:
            message = "the nested contexts copy too many terms"
            fix = "define the terms in one context at the beginning of the file"
            raise ContentError(
                [rule_problem("nesting", position_at(self.raw, at, self.name), message, fix)]
            )

    def enter(self, start: int, end: int) -> None:
        """Add the local context from `start` to `end` to the active one."""
        try:
            local = json.loads(self.raw[start:end])
        except ValueError:
            return
        self.copy(start)
        for definitions in context_objects(local):
            if _has_long_chain(_terms_used(definitions)):
                message = (
                    f"the definition of a term goes through more than {DOCUMENT_DEPTH} other terms"
                )
                place = position_at(self.raw, start, self.name)
                raise ContentError(
                    [rule_problem("nesting", place, message, "write its IRI in full")]
                )
            for term, value in definitions.items():
                if has_context(value):
                    self.scoped.add(json.dumps(term).encode())
            self.sizes[-1] += len(definitions)


def context_objects(local: object) -> list[dict[str, object]]:
    """The objects of a local context, including those of its scoped contexts, each once."""
    contexts, objects = [local], list[dict[str, object]]()
    seen: set[int] = set()  # contexts that files supply may share others
    for context in contexts:
        if id(context) in seen:
            continue
        seen.add(id(context))
        if isinstance(context, list):
            contexts += context
        elif isinstance(context, dict):
            objects.append(context)
            contexts += [value["@context"] for value in context.values() if has_context(value)]
    return objects


def has_context(value: object) -> TypeGuard[dict[str, object]]:
    """Whether the definition of a term, or a node, has a context of its own."""
    return isinstance(value, dict) and "@context" in value


def has_only_terms(raw: bytes) -> bool:
    """Whether each key is a keyword, a term of some context of the file, or has a declared prefix.

    Scopes of contexts are not followed, and with language maps a key may be a language too. Takes
    60 ms for each megabyte. Raises ValueError for a context that is not JSON.
    """
    keys: set[str] = {json.loads(key) for key in {m[1] for m in _KEY.finditer(raw) if m[2]}}
    terms: set[str] = set()
    has_languages = False
    decoder = json.JSONDecoder()
    for match in re.finditer(rb'"@context"\s*:\s*', raw):
        # a context is a small part of the file: what follows it is decoded only as far as needed
        end, size = match.end(), 2**16
        while True:
            part = raw[end : end + size].decode(errors="ignore")
            try:
                local, _ = decoder.raw_decode(part)
                break
            except ValueError:
                if end + size >= len(raw):
                    raise
                size *= 16
        for definitions in context_objects(local):
            terms |= definitions.keys()
            has_languages |= any(
                "@language" in str(term.get("@container"))
                for term in definitions.values()
                if isinstance(term, dict)
            )
    if any(f'"{prefix}:'.encode() in raw for prefix in PREFIXES.keys() - terms):
        return False
    if has_languages:
        keys = {key for key in keys if not _LANGUAGE.fullmatch(key)}
    return all(":" in key or key.startswith("@") or key in terms for key in keys)


def _terms_used(context: dict[str, object]) -> dict[str, list[str]]:
    """The terms that the definition of each term uses: in its IRI, its type, or as prefixes."""
    terms_used: dict[str, list[str]] = {}
    for term, value in context.items():
        stated = value if isinstance(value, dict) else {"@id": value}
        words = [term, *(stated.get(keyword) for keyword in ("@id", "@type", "@reverse"))]
        names = {part for word in words if isinstance(word, str) for part in _names(word)}
        terms_used[term] = sorted(name for name in names if name in context and name != term)
    return terms_used


def _names(word: str) -> tuple[str, str]:
    return word, word.partition(":")[0]


def _has_long_chain(terms_used: dict[str, list[str]]) -> bool:
    """Whether a chain of definitions has more than `DOCUMENT_DEPTH` terms, or is a cycle."""
    heights: dict[str, int] = {}
    for first in terms_used:
        path = [] if first in heights else [(first, iter(terms_used[first]))]
        while path:
            term, parts = path[-1]
            part = next((part for part in parts if part not in heights), None)
            if part is None:
                below = (heights.get(part, 0) for part in terms_used[term])
                heights[term] = 1 + max(below, default=0)
                path.pop()
            elif all(part != ancestor for ancestor, _ in path):
                path.append((part, iter(terms_used[part])))
            if len(path) > DOCUMENT_DEPTH or heights.get(term, 0) > DOCUMENT_DEPTH:
                return True
    return False
