"""SPARQL as a row of tokens: enough to see variables, names and braces apart from strings.

The tokens are those of SPARQL 1.1, section 19.8, longest match first, but that `<1&&?x>` is not an
IRI, as parsers have it. A text that is not SPARQL still falls into tokens, up to a quotation mark
that opens no string; whether it is SPARQL, and what it means, the engine's parser decides. Where
parsers may read other tokens than these, `bounds.check_text` refuses the text.

Every pattern is linear: nothing that fails is tried again at each of the characters it ran over.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

_ESCAPE: Final = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_CODE: Final = r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_IN_NAME: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_BEYOND: Final = r"\x80-\U0010FFFF"
"""All of Unicode beyond ASCII: parsers take most of it into names, and stop at the rest."""
_IN_WORD: Final = rf"A-Za-z0-9_{_BEYOND}"
_TOKEN: Final = re.compile(
    rf"""
      (?P<blank>\s+|\#[^\r\n]*)
    | (?P<iri><(?:(?!&&)[^<>"{{}}|^`\\\x00-\x20]|{_CODE})*>)
    | (?P<string>\"{{3}}(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*\"{{3}}
        | '{{3}}(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'{{3}}
        | (?!\"{{3}})"(?:[^"\\\r\n]|{_ESCAPE})*" | (?!'{{3}})'(?:[^'\\\r\n]|{_ESCAPE})*')
    | (?P<variable>[?$][{_IN_WORD}]+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9-]+)*)
    | (?P<label>_:[{_IN_WORD}](?:[{_IN_WORD}.\-]*[{_IN_WORD}\-])?)
    | (?P<name>(?:[A-Za-z{_BEYOND}][{_IN_WORD}.\-]{{0,100}}(?<!\.))?:
        (?:(?:[{_IN_WORD}:\-]|{_IN_NAME})
        (?:(?:[{_IN_WORD}:.\-]|{_IN_NAME})*(?:[{_IN_WORD}:\-]|{_IN_NAME}))?)?)
    | (?P<number>\.?[0-9][{_IN_WORD}.]*)
    | (?P<word>[A-Za-z_{_BEYOND}][{_IN_WORD}]*)
    | (?P<sign>.)
    """,
    re.X | re.S,
)
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
)


KEYWORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "A ABS ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT "
        "CONTAINS COUNT DATATYPE DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER "
        "FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL "
        "ISNUMERIC ISURI LANG LANGMATCHES LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT "
        "NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE "
        "SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER "
        "STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TRUE TZ "
        "UCASE UNDEF UNION URI UUID VALUES WHERE YEAR ",
    )
)
"""The words of SPARQL 1.1 Query, section 19.8."""


class Token(NamedTuple):
    """A piece of a query. `kind` is iri, string, variable, tag, label, name, number, word, sign."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The keyword that this is, in capitals; the sign that it is; else empty."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def tokens(text: str) -> list[Token]:
    """The tokens of `text` in their order, without white space and comments.

    A quotation mark that opens no string of SPARQL is the last: nothing can follow it.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind and kind != "blank":
            found.append(Token(kind, match.group(), match.start()))
            if kind == "sign" and match.group() in "\"'":
                break
    return found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The place of a character: lines and columns count from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def declared(text: str) -> dict[str, str]:
    """The prefixes that `text` declares, each with its namespace."""
    found = tokens(text)
    return {
        name.text.removesuffix(":"): space.text.strip("<>")
        for word, name, space in zip(found, found[1:], found[2:], strict=False)
        if word.word == "PREFIX"
    }


def missing_prefixes(text: str, known: dict[str, str]) -> list[str]:
    """The prefixes among `known` that `text` uses and does not declare, sorted."""
    used = {each.text.partition(":")[0] for each in tokens(text) if each.kind == "name"}
    return sorted((used - declared(text).keys()) & known.keys())


def variables(text: str) -> set[str]:
    """The names of the variables in `text`, without `?`."""
    return {token.text[1:] for token in tokens(text) if token.kind == "variable"}


def update_word(text: str) -> str:
    """The keyword of SPARQL Update that `text` begins with; empty for a query."""
    words = iter(tokens(text))
    for token in words:
        if token.word == "BASE":
            next(words, None)
        elif token.word == "PREFIX":
            next(words, None)
            next(words, None)
        else:
            return token.word if token.word in _UPDATES else ""
    return ""


def reaches_out(text: str) -> bool:
    """Whether `text` has a SERVICE clause, which would ask another server."""
    return any(token.word == "SERVICE" for token in tokens(text))


def without_service(text: str) -> str:
    """`text` with GRAPH in place of each SERVICE: the same columns, and no other server asked."""
    found = tokens(text)
    parts, done = [], 0
    for token, following in pairwise(found):
        if token.word == "SERVICE":
            parts.append(f"{text[done : token.start]}GRAPH ")
            done = following.end if following.word == "SILENT" else token.end
    return "".join([*parts, text[done:]])


def dataset(text: str) -> list[str]:
    """What stands after FROM and FROM NAMED: IRIs without brackets, or prefixed names."""
    found = tokens(text)
    after = [
        found[place + (2 if found[place + 1].word == "NAMED" else 1)]
        for place, token in enumerate(found[:-2])
        if token.word == "FROM"
    ]
    return [token.text.strip("<>") for token in after]


def partners(found: list[Token]) -> dict[int, int]:
    """The place of the closing brace of each opening one; the end where it is missing."""
    stack: list[int] = []
    partner: dict[int, int] = {}
    for place, token in enumerate(found):
        if token.word == "{":
            stack.append(place)
        elif token.word == "}" and stack:
            partner[stack.pop()] = place
    return partner | dict.fromkeys(stack, len(found))
