"""The regular expressions in shapes and in their queries, which the engines read as Python does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from ..model.namespaces import nterm
from ..model.terms import (
    NO_TERM,
    is_literal,
    lexical,
    literal,
    parse_statement,
    statement_lines,
    subject_of,
    triple_line,
)
from ..syntax.sparql_tokens import Token, tokenize
from .shape_queries import QUERIES
from .xpath_patterns import python_pattern

_FLAGS: Final = {"REGEX": 2, "REPLACE": 3}
"""The functions whose second argument is a pattern, and where their flags are (SPARQL 17.4.3)."""

_PATTERN, _FLAGS_OF_SHAPE = nterm("sh:pattern"), nterm("sh:flags")
_WRITTEN: Final = re.compile(r"\\\\[pPiIcC]|-\[")
"""Matches what only XPath has in a pattern, in N-Triples, where a backslash is written twice."""

_LONGEST: Final = 2**14
"""Characters of a pattern that is looked at; the engines bound the size of what they compile."""


class QueryPattern(NamedTuple):
    """A pattern that a query states as a string: its token, its text, and `i` of its flags.

    The other flags of a function are applied by the engines.
    """

    token: Token
    text: str
    flags: str

    @property
    def fault(self) -> str:
        """Why the engines do not read it; empty if they do."""
        return pattern_fault(self.text, self.flags)


def pattern_fault(pattern: str, flags: str) -> str:
    """Why the engines do not read a pattern; empty if they do."""
    try:
        re.compile(python_pattern(pattern, flags))
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        return str(getattr(error, "msg", error))
    return ""


def query_patterns(query: str) -> Iterator[QueryPattern]:
    """The patterns in a query that are strings; others are known only when it runs."""
    tokens = tokenize(query)
    for at, token in enumerate(tokens):
        if token.word in _FLAGS:
            arguments = _arguments(tokens[at + 1 :])
            pattern = _string(arguments, 1)
            flags = _string(arguments, _FLAGS[token.word])
            if pattern and len(pattern.text) <= _LONGEST:
                ignores_case = "i" if flags and "i" in _value(flags) else ""
                yield QueryPattern(pattern, _value(pattern), ignores_case)


@lru_cache(4)
def with_python_patterns(shapes: str) -> str:
    """Shapes with their patterns as the engines read them; N-Triples, a statement per line.

    The patterns are the values of sh:pattern, and what the queries state as strings. One that
    cannot be written so stays, and the engines refuse it.
    """
    lines = statement_lines(shapes)
    rows = [parse_statement(line) for line in lines if _FLAGS_OF_SHAPE in line]
    flags = {row.subject: row.object for row in rows if row.predicate == _FLAGS_OF_SHAPE}
    written = [
        at
        for at, line in enumerate(lines)
        if _WRITTEN.search(line) or (flags and _PATTERN in line and subject_of(line) in flags)
    ]
    if not written:
        return shapes
    for at in written:
        row = parse_statement(lines[at])
        if not is_literal(row.object):
            continue
        text = lexical(row.object)
        if row.predicate == _PATTERN:
            of_shape = flags.get(row.subject, NO_TERM)
            with suppress(ValueError):
                text = python_pattern(text, lexical(of_shape) if is_literal(of_shape) else "")
        elif row.predicate in QUERIES:
            text = _query_for_engines(text)
        if text != lexical(row.object):
            lines[at] = triple_line((row.subject, row.predicate, literal(text)))
    return "\n".join(lines)


def _query_for_engines(query: str) -> str:
    """`query` with its patterns as the engines read them."""
    for token, text, flags in reversed(list(query_patterns(query))):
        if not pattern_fault(text, flags) and (translated := python_pattern(text, flags)) != text:
            query = query[: token.start] + literal(translated) + query[token.end :]
    return query


def _arguments(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each argument of a call, from its bracket on; none if that is not next."""
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.word == "(") - (token.word == ")")
        if depth == 0:
            return arguments if token.word == ")" else []
        if depth == 1 and token.word == ",":
            arguments.append([])
        elif depth > 1 or token.word != "(":
            arguments[-1].append(token)
    return []


def _string(arguments: list[list[Token]], number: int) -> Token | None:
    """The argument of this number if it is one string."""
    tokens = arguments[number] if number < len(arguments) else []
    return tokens[0] if len(tokens) == 1 and tokens[0].kind == "string" else None


def _value(token: Token) -> str:
    """The text of a string of SPARQL."""
    rows: Any = ox.Store().query(f"SELECT ({token.text} AS ?value) {{}}")
    return str(next(rows)["value"].value)
