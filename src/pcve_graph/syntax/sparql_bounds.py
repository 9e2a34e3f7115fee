"""Checks of a SPARQL text before it is parsed: its size, its nesting, and that it is unambiguous.

Parsers of SPARQL recurse for each bracket and for each link of a chain (`a && b && …`), and a
native parser that overflows its stack ends the process. The tokens of a text decide whether it has
SERVICE, so a text that parsers may split into other tokens is refused as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from ..model.problems import ContentError, Position, rule_problem
from .sparql_tokens import Token, line_and_column, tokenize

LARGEST_QUERY: Final = 2**20
"""The most characters of a query, and bytes of its file."""

DEEPEST_BRACKET: Final = 32
"""The most brackets that may be open at once.

With 1 MB of stack (threads under musl libc, the smallest in use) pyoxigraph 0.5.13 crashes on 103
nested FILTER EXISTS, 118 nested STR( or IF(, 275 groups, 325 OPTIONAL; with 8 MB on eight times as
many. rdflib 7 takes 45 Python frames for a bracket, so `sparql_patterns` raises the limit of 1,000.
"""

HEAVIEST_CHAIN: Final = 400
"""The greatest weight of a chain: `_OPERATOR` for an operator, `_BRACKET` for a bracket, `_TRIPLE`
for the end of a triple, `_MEMBER` for a member of a list, `_DESCRIBED` for a term of DESCRIBE.

With 1 MB of stack pyoxigraph 0.5.13 crashes on 825 links of `+`, 825 of UNION, 1,175 of `&&`, `||`
or HAVING, and on 325 BIND, MINUS or (… AS ?x): on a weight of 825 or more. Its planner also crashes
on lists of 199 members, on 390 terms of DESCRIBE, and on 305 triples in 31 nested FILTER EXISTS,
but not on 133, 305 and 199. The worst combination within both limits, 32 nested FILTER EXISTS
around 101 BIND, takes some 650 kB.
"""
_OPERATOR: Final = 1
_BRACKET: Final = 3
_TRIPLE: Final = 2
_MEMBER: Final = 4
_DESCRIBED: Final = 3
_TERM: Final = "term"
_TERMS: Final = frozenset(("iri", "string", "variable", "label", "name", "number"))

_OPENING: Final = {")": "(", "]": "[", "}": "{", ">>": "<<"}
_OPERATORS: Final = frozenset("&|/*+-!^?")
_CODE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_BEFORE_OPERAND: Final = frozenset("(,|/^!=<>+-*&{[;.")
"""Signs after which an operand begins: a `<` that follows one of them opens an IRI."""


def check_query_size(size: int, name: str) -> None:
    """Raise ContentError (`query-size`) for more than `LARGEST_QUERY` characters or bytes."""
    if size > LARGEST_QUERY:
        message = f"the query is longer than {LARGEST_QUERY:,} characters"
        fix = "split it into several queries, or put the values into the graph"
        raise ContentError([rule_problem("query-size", Position(name), message, fix)])


@lru_cache(8)
def check_query_text(text: str, name: str, added: int = 0) -> None:
    """Raise ContentError if `text`, in the file `name`, must not be parsed.

    The rule is `query-size` if it is too long, `query-nesting` if it is nested too deeply or has
    too long a chain (`DEEPEST_BRACKET`, `HEAVIEST_CHAIN`), `query-syntax` if parsers may split it
    into different tokens. `added` is the number of characters prepended to the first line that the
    user wrote.
    """
    check_query_size(len(text) - added, name)
    query_tokens = tokenize(text)
    fault = _ambiguity(text, query_tokens) or _too_nested(query_tokens)
    if fault:
        rule, offset, message, fix = fault
        line, column = line_and_column(text, offset)
        place = Position(name, line, column - added if line == 1 else column)
        raise ContentError([rule_problem(rule, place, message, fix)])


def first_too_deep(brackets: Iterable[tuple[str, int]], deepest: int) -> int | None:
    """The offset of the first bracket that is nested more than `deepest` deep, or None.

    `brackets` are (sign, offset) with one of the signs `( [ { << ) ] } >>`. Other signs and closing
    brackets without an opening one are ignored.
    """
    opened: list[str] = []
    for sign, offset in brackets:
        if sign in _OPENING.values():
            opened.append(sign)
            if len(opened) > deepest:
                return offset
        elif opened and opened[-1] == _OPENING.get(sign):
            opened.pop()
    return None


_Fault: TypeAlias = tuple[str, int, str, str]
"""(rule, offset, message, fix)."""


def _ambiguity(text: str, query_tokens: list[Token]) -> _Fault | None:
    """The first place where parsers may read other tokens than `query_tokens`, or None."""
    fault = _unclosed_string(query_tokens) or _doubtful_iri(query_tokens)
    if not fault and "SERVICE" in text.upper():
        fault = _glued_service(query_tokens)
    return fault or _escaped_syntax(text, query_tokens)


def _unclosed_string(query_tokens: list[Token]) -> _Fault | None:
    """A quotation mark that opens no string: parsers differ in the strings that they read there."""
    last = query_tokens[-1] if query_tokens else None
    if last is None or last.kind != "sign" or last.text not in "\"'":
        return None
    message = f"{last.text} opens a string that is not closed on its line"
    return "query-syntax", last.start, message, "close it; a backslash in a string is written \\\\"


def _glued_service(query_tokens: list[Token]) -> _Fault | None:
    """SERVICE without a space before or after it, which some parsers read as the keyword.

    The keyword is followed by an IRI or a variable that names a server, and an opening brace.
    """
    for index, token in enumerate(query_tokens):
        hides = "SERVICE" in token.text.partition(":")[0].upper()
        if hides and (
            (token.kind == "word" and token.word != "SERVICE")
            or token.kind in ("number", "tag")
            or (
                token.kind == "name"
                and [following.text for following in query_tokens[index + 1 : index + 2]] == ["{"]
            )
        ):
            message = f"{token.text} may be read as SERVICE"
            fix = "put spaces around SERVICE, or use another prefix"
            return "query-syntax", token.start, message, fix
    return None


def _doubtful_iri(query_tokens: list[Token]) -> _Fault | None:
    """`(?a<?b)…>`: an IRI for one parser, a comparison and more for another.

    Expressions are in parentheses, except in the rows of VALUES, and an operand precedes the `<`
    of a comparison. A comparison can only end before the next `>` if one of `(),#` or a string
    lies between. An IRI with `//` is never a comparison.
    """
    opened = 0
    in_data = False
    for index, token in enumerate(query_tokens):
        if token.kind == "sign":
            opened += {"(": 1, ")": -1}.get(token.text, 0)
            in_data &= token.text != "}"
        elif token.word == "VALUES":
            in_data = True
        elif in_data or opened <= 0:
            continue
        elif token.kind == "iri" and re.search(r"[(),#']", token.text):
            before = query_tokens[index - 1]
            operand = before.kind != "sign" or before.text not in _BEFORE_OPERAND
            if operand and not re.match(r"<[A-Za-z][A-Za-z0-9+.\-]*://", token.text):
                message = f"{token.text} can be read as an IRI or as a comparison"
                fix = "put a space after <, or write the IRI in full"
                return "query-syntax", token.start, message, fix
    return None


def _escaped_syntax(text: str, query_tokens: list[Token]) -> _Fault | None:
    r"""An escape such as \u0022 that ends a string for parsers that replace escapes first.

    SPARQL 1.1, section 19.2, requires that; some parsers replace escapes in strings and IRIs only.
    """
    starts = [token.start for token in query_tokens] if "\\" in text else []
    for match in _CODE.finditer(text):
        code = int(match[1] or match[2], 16)
        index = bisect_right(starts, match.start()) - 1
        token = (
            query_tokens[index] if index >= 0 and match.start() < query_tokens[index].end else None
        )
        inside = token is None or token.kind in ("string", "iri")
        character = code < 0xD800 or 0xDFFF < code <= 0x10FFFF
        in_string = token is not None and token.kind == "string"
        harmless = (code > 0x20 and code != 0x7F) or (in_string and code not in (0x0A, 0x0D))
        if not (inside and character and harmless) or chr(code) in "\"'\\<>{}|^`":
            message = f"the escape {match[0]} stands for a character of the syntax"
            fix = 'write the character itself; in strings write \\n, \\t, \\" or \\\\'
            return "query-syntax", match.start(), message, fix
    return None


@dataclass(slots=True)
class _Level:
    """The content of a pair of brackets, as far as it has been read."""

    opening: str
    is_data: bool = False
    brackets: int = 0
    operators: int = 0
    most_operators: int = 0
    terms: int = 0
    inner: int = 0
    heaviest: int = 0

    def weight(self) -> int:
        """The weight of the longest chain: its links, and the heaviest bracket among them."""
        operators = max(self.operators, self.most_operators) * _OPERATOR
        links = self.brackets * _BRACKET + operators + self.terms
        return max(self.heaviest, links + self.inner)

    def end_argument(self) -> None:
        """A comma between arguments or members of a list, which are separate chains."""
        self.heaviest = self.weight()
        self.brackets = self.operators = self.most_operators = self.terms = self.inner = 0

    def end_statement(self) -> None:
        """The end of a triple or of a part of one: a link of its group; it ends any path."""
        self.terms += 0 if self.is_data else _TRIPLE
        self.most_operators = max(self.operators, self.most_operators)
        self.operators = 0

    def close(self, inner: _Level) -> None:
        """Count a bracket that is closed in this one; rows of data are not a chain."""
        self.brackets += not self.is_data
        self.inner = max(self.inner, inner.weight())


def _too_nested(query_tokens: list[Token]) -> _Fault | None:
    """The first bracket that is nested too deeply, or chain that is too long, or None."""
    signs = _signs(query_tokens)
    deep = first_too_deep(signs, DEEPEST_BRACKET)
    if deep is not None:
        message = f"brackets are nested more than {DEEPEST_BRACKET} deep"
        return "query-nesting", deep, message, "remove brackets, or split it into several queries"
    levels = [_Level("")]
    data_follows = describes = False
    before = ("", -1)
    for sign, offset in signs:
        level = levels[-1]
        if sign == "VALUES":
            data_follows = True
        elif sign == "DESCRIBE":
            describes = True
        elif sign == before[0] == _TERM and not level.is_data:
            described = _DESCRIBED if describes and not level.opening else 0
            level.terms += _MEMBER if level.opening == "(" else described
        elif sign in _OPENING.values():
            levels.append(_Level(sign, level.is_data or data_follows))
            data_follows &= sign != "{"
        elif level.opening and level.opening == _OPENING.get(sign):
            levels.pop()
            levels[-1].close(level)
        elif sign == "," and level.opening == "(":
            level.end_argument()
        elif sign in (",", ";", "."):
            level.end_statement()
        elif sign in _OPERATORS and not level.is_data:
            doubled = sign in "&|" and before == (sign, offset - 1)
            level.operators += not doubled
        if levels[-1].weight() > HEAVIEST_CHAIN:
            return _too_long(offset)
        before = (sign, offset)
    while len(levels) > 1:
        levels[-2].close(levels.pop())
    return _too_long(signs[-1][1]) if levels[0].weight() > HEAVIEST_CHAIN else None


def _too_long(offset: int) -> _Fault:
    message = "the chain of groups, calls, operators and triples up to here is too long"
    return (
        "query-nesting",
        offset,
        message,
        "list values with IN or VALUES, or split it into several queries",
    )


def _signs(query_tokens: list[Token]) -> list[tuple[str, int]]:
    """The signs with their offsets, `<<` and `>>` as one sign, VALUES, DESCRIBE and terms."""
    signs: list[tuple[str, int]] = []
    for token in query_tokens:
        if token.kind == "sign":
            doubled = token.text in "<>" and signs and signs[-1] == (token.text, token.start - 1)
            if doubled:
                signs[-1] = (token.text * 2, token.start - 1)
            else:
                signs.append((token.text, token.start))
        elif token.word in ("VALUES", "DESCRIBE"):
            signs.append((token.word, token.start))
        elif token.kind in _TERMS or token.word in ("TRUE", "FALSE"):
            signs.append((_TERM, token.start))
    return signs
