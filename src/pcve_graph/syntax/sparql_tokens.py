"""SPARQL as a sequence of tokens: enough to tell variables, names and braces from strings.

The tokens are those of SPARQL 1.1, section 19.8, longest match first, except that `<1&&?x>` is not
an IRI, as in parsers. A text that is not SPARQL has tokens too, up to a quotation mark that opens
no string; whether it is SPARQL, and what it means, is decided by the parser of the engine. A text
that parsers may split into other tokens is refused by `sparql_bounds.check_query_text`.

Matching takes linear time: no pattern backtracks over the characters that it has consumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from ..model.terms import NTerm, is_iri, to_iri
from .name_characters import LETTERS, WORD, name_class

_ESCAPE: Final = r"""\\(?:[tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"""
_CODE: Final = r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_IN_NAME: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"

_TOKEN: Final = re.compile(
    rf"""
      (?P<blank>\s+|\#[^\r\n]*)
    | (?P<iri><(?:(?!&&)[^<>"{{}}|^`\\\x00-\x20]|{_CODE})*>)
    | (?P<string>\"{{3}}(?:\"{{0,2}}(?:[^"\\]|{_ESCAPE}))*\"{{3}}
        | '{{3}}(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'{{3}}
        | (?!\"{{3}})"(?:[^"\\\r\n]|{_ESCAPE})*" | (?!'{{3}})'(?:[^'\\\r\n]|{_ESCAPE})*')
    | (?P<variable>[?$]{name_class(WORD)}+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9-]+)*)
    | (?P<label>_:{name_class(WORD)}(?:{name_class(WORD + ".-")}*{name_class(WORD + "-")})?)
    | (?P<name>(?:{name_class(LETTERS)}{name_class(WORD + ".-")}{{0,100}}(?<!\.))?:
        (?:(?:{name_class(WORD + ":-")}|{_IN_NAME})
        (?:(?:{name_class(WORD + ":.-")}|{_IN_NAME})*(?:{name_class(WORD + ":-")}|{_IN_NAME}))?)?)
    | (?P<number>\.?[0-9]{name_class(WORD + ".")}*)
    | (?P<word>{name_class(LETTERS + "_")}{name_class(WORD)}*)
    | (?P<sign>.)
    """,
    re.X | re.S,
)
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
)

_FORMS: Final = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
_MODIFIERS: Final = ("DISTINCT", "REDUCED")

KEYWORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "ABS ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT "
        "CONTAINS COUNT DATATYPE DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER "
        "FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL "
        "ISNUMERIC ISURI LANG LANGMATCHES LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT "
        "NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE "
        "SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER "
        "STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TRUE TZ "
        "UCASE UNDEF UNION URI UUID VALUES WHERE YEAR ",
    )
)
"""The keywords of SPARQL 1.1 Query, section 19.8, in any case; `a` is one in lower case only."""


class Token(NamedTuple):
    """A token. `kind` is iri, string, variable, tag, label, name, number, word or sign.

    `start` is its offset in the text.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The keyword in upper case, or the sign; empty for other kinds."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def tokenize(text: str) -> list[Token]:
    """The tokens of `text` in order, without white space and comments.

    A quotation mark that opens no valid string is the last token.
    """
    query_tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind and kind != "blank":
            query_tokens.append(Token(kind, match.group(), match.start()))
            if kind == "sign" and match.group() in "\"'":
                break
    return query_tokens


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The (line, column) of the character at `offset`, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def declared_prefixes(text: str) -> dict[str, str]:
    """The namespaces of the prefixes that `text` declares."""
    query_tokens = tokenize(text)
    return {
        name.text.removesuffix(":"): _name(space)
        for word, name, space in zip(query_tokens, query_tokens[1:], query_tokens[2:], strict=False)
        if word.word == "PREFIX"
    }


def missing_prefixes(text: str, prefixes: dict[str, str]) -> list[str]:
    """The ones of `prefixes` that `text` uses and does not declare, sorted."""
    used = {token.text.partition(":")[0] for token in tokenize(text) if token.kind == "name"}
    return sorted((used - declared_prefixes(text).keys()) & prefixes.keys())


def variable_names(text: str) -> set[str]:
    """The names of the variables in `text`, without `?`."""
    return {token.text[1:] for token in tokenize(text) if token.kind == "variable"}


def variables_of_star(text: str) -> tuple[str, ...] | None:
    """The variables of a query that begins with `SELECT *`, in order of appearance; else None.

    SPARQL 1.1, section 16.1.1, leaves the order of these columns open, and engines differ in it.
    """
    words = iter(tokenize(text))
    form = next((token.word for token in words if token.word in _FORMS), "")
    selected = next((token for token in words if token.word not in _MODIFIERS), None)
    if form != "SELECT" or selected is None or selected.word != "*":
        return None
    return tuple(dict.fromkeys(token.text[1:] for token in words if token.kind == "variable"))


def update_keyword(text: str) -> str:
    """The keyword of the SPARQL Update operation that `text` begins with; empty for a query."""
    word = _first_word(text)
    return word if word in _UPDATES else ""


def query_form(text: str) -> str:
    """SELECT, CONSTRUCT, DESCRIBE or ASK, if the text begins with one after its prologue."""
    word = _first_word(text)
    return word if word in _FORMS else ""


def _first_word(text: str) -> str:
    """The keyword or sign after the prologue; empty without one."""
    words = iter(tokenize(text))
    for token in words:
        if token.word == "BASE":
            next(words, None)
        elif token.word == "PREFIX":
            next(words, None)
            next(words, None)
        else:
            return token.word
    return ""


def has_service(text: str) -> bool:
    """Whether `text` has a SERVICE clause, which would send a query to another server."""
    return any(token.word == "SERVICE" for token in tokenize(text))


def without_service(text: str) -> str:
    """`text` with GRAPH in place of each SERVICE: the same columns, without other servers."""
    query_tokens = tokenize(text)
    parts, done = [], 0
    for token, following in pairwise(query_tokens):
        if token.word == "SERVICE":
            parts.append(f"{text[done : token.start]}GRAPH ")
            done = following.end if following.word == "SILENT" else token.end
    return "".join([*parts, text[done:]])


def dataset_graphs(text: str) -> list[str]:
    """The graphs after FROM and FROM NAMED: IRIs without angle brackets, or prefixed names."""
    query_tokens = tokenize(text)
    graphs = [
        query_tokens[index + (2 if query_tokens[index + 1].word == "NAMED" else 1)]
        for index, token in enumerate(query_tokens[:-2])
        if token.word == "FROM"
    ]
    return [_name(token) for token in graphs]


def token_iri(token: Token, prefixes: Mapping[str, str]) -> str:
    """The absolute IRI of a token, with the namespaces of `prefixes`.

    Empty for a relative IRI, for a prefix that is not in `prefixes`, and for other tokens.
    """
    if token.kind == "iri":
        return _name(token) if re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text) else ""
    prefix, _, name = token.text.partition(":")
    if token.kind != "name" or prefix not in prefixes or not name:
        return ""
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", name)


def _name(token: Token) -> str:
    """The IRI of a token without angle brackets; a prefixed name as it is."""
    return to_iri(NTerm(token.text)) if is_iri(token.text) else token.text


def closing_braces(query_tokens: list[Token]) -> dict[int, int]:
    """The index of the closing brace for that of each opening one; the length if it is missing."""
    open_braces: list[int] = []
    closing: dict[int, int] = {}
    for index, token in enumerate(query_tokens):
        if token.word == "{":
            open_braces.append(index)
        elif token.word == "}" and open_braces:
            closing[open_braces.pop()] = index
    return closing | dict.fromkeys(open_braces, len(query_tokens))
