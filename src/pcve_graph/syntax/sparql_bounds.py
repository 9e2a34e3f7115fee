"""What a SPARQL text has to keep before any parser sees it: its size, its nesting, one reading.

Parsers of SPARQL call themselves for each bracket and for each link of a chain (`a && b && …`); a
native one that runs out of stack takes the whole process with it. Whether a text has SERVICE is
seen from its tokens, so that a text which parsers may cut into other tokens is refused as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from ..model.problems import ContentError, Position, breach
from .sparql_tokens import Token, line_and_column, tokens

LARGEST: Final = 2**20
"""Characters that a query may have, and bytes that its file may have."""

DEEPEST: Final = 32
"""Brackets that may be open at once.

With 1 MB of stack (threads under musl libc, the smallest in use) pyoxigraph 0.5.13 dies of 103
nested FILTER EXISTS, 118 nested STR( or IF(, 275 groups, 325 OPTIONAL; with 8 MB of eight times as
many. rdflib 7 needs 45 frames of Python for a bracket, so `patterns` raises the limit of 1,000.
"""

HEAVIEST: Final = 400
"""The weight of the longest chain: `_OPERATOR` for an operator, `_BRACKET` for a bracket, `_TRIPLE`
for the end of a triple, `_MEMBER` for a member of a list, `_DESCRIBED` for a thing of DESCRIBE.

With 1 MB of stack pyoxigraph 0.5.13 dies of 825 links of `+`, 825 of UNION, 1,175 of `&&`, `||` or
HAVING, and of 325 BIND, MINUS or (… AS ?x): of a weight of 825 at least. Its planner
also dies of lists of 199 members and 390 things of DESCRIBE, and of 305 triples within 31 nested
FILTER EXISTS; it lives with 133, 305 and 199. The worst of both
bounds together, 32 nested FILTER EXISTS around 101 BIND, takes some 650 kB.
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


def check_size(size: int, name: str) -> None:
    """Raise ContentError (`query-size`) for more than `LARGEST` characters or bytes."""
    if size > LARGEST:
        found = f"the query is longer than {LARGEST:,} characters"
        fix = "ask in several queries, or keep the values in the graph"
        raise ContentError([breach("query-size", Position(name), found, fix)])


@lru_cache(8)
def check_text(text: str, name: str, added: int = 0) -> None:
    """Raise ContentError where no parser is to see `text`, with the place in `name`.

    `query-size` for one too long, `query-nesting` for one nested too deep or chained too long (by
    `DEEPEST` and `HEAVIEST`), `query-syntax` for one that parsers may cut into different tokens.
    `added` counts the characters put before the first line of what the person wrote.
    """
    check_size(len(text) - added, name)
    pieces = tokens(text)
    fault = _unclear(text, pieces) or _too_nested(pieces)
    if fault:
        rule, offset, found, fix = fault
        line, column = line_and_column(text, offset)
        place = Position(name, line, column - added if line == 1 else column)
        raise ContentError([breach(rule, place, found, fix)])


def first_too_deep(brackets: Iterable[tuple[str, int]], deepest: int) -> int | None:
    """The offset of the first bracket that is nested more than `deepest` deep; None without one.

    `brackets` are (sign, offset), the sign one of `( [ { << ) ] } >>`; other signs count nothing.
    A closing one without its opening one counts nothing either.
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
"""(rule, offset, what is wrong, how to mend it)."""


def _unclear(text: str, pieces: list[Token]) -> _Fault | None:
    """Where parsers may read other tokens than `pieces`; None where all read these."""
    fault = _unclosed(pieces) or _doubtful(pieces)
    if not fault and "SERVICE" in text.upper():
        fault = _glued(pieces)
    return fault or _coded(text, pieces)


def _unclosed(pieces: list[Token]) -> _Fault | None:
    """A quotation mark that opens no string: some parsers read two strings there, some none."""
    last = pieces[-1] if pieces else None
    if last is None or last.kind != "sign" or last.text not in "\"'":
        return None
    found = f"{last.text} opens a text that is not closed on its line"
    return "query-syntax", last.start, found, "close it; a backslash in it is written \\\\"


def _glued(pieces: list[Token]) -> _Fault | None:
    """SERVICE without a space after or before it, which some parsers take for the keyword.

    Every SERVICE names a server by an IRI or a variable and opens a brace.
    """
    for place, token in enumerate(pieces):
        hides = "SERVICE" in token.text.partition(":")[0].upper()
        if hides and (
            (token.kind == "word" and token.word != "SERVICE")
            or token.kind in ("number", "tag")
            or (
                token.kind == "name"
                and [each.text for each in pieces[place + 1 : place + 2]] == ["{"]
            )
        ):
            found = f"{token.text} may be read as SERVICE"
            fix = "put spaces around SERVICE, or take another prefix"
            return "query-syntax", token.start, found, fix
    return None


def _doubtful(pieces: list[Token]) -> _Fault | None:
    """`(?a<?b)…>`: an IRI to one parser, a comparison and more to another.

    Expressions stand within round brackets, but for the rows of VALUES, and what is compared stands
    before the `<`. For a comparison to end before the next `>`, one of `(),#` or a string has to
    stand between. An address with `//` is never a comparison.
    """
    opened = 0
    in_data = False
    for place, token in enumerate(pieces):
        if token.kind == "sign":
            opened += {"(": 1, ")": -1}.get(token.text, 0)
            in_data &= token.text != "}"
        elif token.word == "VALUES":
            in_data = True
        elif in_data or opened <= 0:
            continue
        elif token.kind == "iri" and re.search(r"[(),#']", token.text):
            before = pieces[place - 1]
            operand = before.kind != "sign" or before.text not in _BEFORE_OPERAND
            if operand and not re.match(r"<[A-Za-z][A-Za-z0-9+.\-]*://", token.text):
                found = f"{token.text} is an IRI or a comparison"
                fix = "put a space after <, or write the IRI in full"
                return "query-syntax", token.start, found, fix
    return None


def _coded(text: str, pieces: list[Token]) -> _Fault | None:
    r"""An escape such as \u0022 that ends a string for those who read it before they see tokens.

    SPARQL 1.1, section 19.2, has escapes replaced first; some parsers replace them within strings
    and IRIs alone.
    """
    starts = [token.start for token in pieces] if "\\" in text else []
    for match in _CODE.finditer(text):
        code = int(match[1] or match[2], 16)
        place = bisect_right(starts, match.start()) - 1
        token = pieces[place] if place >= 0 and match.start() < pieces[place].end else None
        inside = token is None or token.kind in ("string", "iri")
        character = code < 0xD800 or 0xDFFF < code <= 0x10FFFF
        in_string = token is not None and token.kind == "string"
        harmless = (code > 0x20 and code != 0x7F) or (in_string and code not in (0x0A, 0x0D))
        if not (inside and character and harmless) or chr(code) in "\"'\\<>{}|^`":
            found = f"{match[0]} stands for a character that has a meaning here"
            fix = 'write the character itself, in strings as \\n, \\t, \\" or \\\\'
            return "query-syntax", match.start(), found, fix
    return None


@dataclass(slots=True)
class _Level:
    """What stands between two brackets, as far as it was read."""

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
        """A comma between arguments or members of a list: none is part of another."""
        self.heaviest = self.weight()
        self.brackets = self.operators = self.most_operators = self.terms = self.inner = 0

    def end_statement(self) -> None:
        """The end of a triple, a link of its group: a property path does not go beyond it."""
        self.terms += 0 if self.is_data else _TRIPLE
        self.most_operators = max(self.operators, self.most_operators)
        self.operators = 0

    def close(self, inner: _Level) -> None:
        """Count a bracket that ends in this one; rows of data are no chain."""
        self.brackets += not self.is_data
        self.inner = max(self.inner, inner.weight())


def _too_nested(pieces: list[Token]) -> _Fault | None:
    """Where brackets nest too deep or chains get too long; None where neither is so."""
    signs = _signs(pieces)
    deep = first_too_deep(signs, DEEPEST)
    if deep is not None:
        found = f"the brackets here are nested more than {DEEPEST} deep"
        return "query-nesting", deep, found, "leave out brackets, or ask in several queries"
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
        if levels[-1].weight() > HEAVIEST:
            return _too_long(offset)
        before = (sign, offset)
    while len(levels) > 1:
        levels[-2].close(levels.pop())
    return _too_long(signs[-1][1]) if levels[0].weight() > HEAVIEST else None


def _too_long(offset: int) -> _Fault:
    found = "the groups, calls, operators and triples up to here make too long a chain"
    return (
        "query-nesting",
        offset,
        found,
        "list values with IN or VALUES, or ask in several queries",
    )


def _signs(pieces: list[Token]) -> list[tuple[str, int]]:
    """The signs with their offsets, `<<` and `>>` as one, VALUES, DESCRIBE and terms."""
    found: list[tuple[str, int]] = []
    for token in pieces:
        if token.kind == "sign":
            doubled = token.text in "<>" and found and found[-1] == (token.text, token.start - 1)
            if doubled:
                found[-1] = (token.text * 2, token.start - 1)
            else:
                found.append((token.text, token.start))
        elif token.word in ("VALUES", "DESCRIBE"):
            found.append((token.word, token.start))
        elif token.kind in _TERMS or token.word in ("TRUE", "FALSE"):
            found.append((_TERM, token.start))
    return found
