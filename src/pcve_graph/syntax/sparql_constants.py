"""The places of a query where SPARQL has constants only, which tools for saved queries also fill.

grlc and BASIL replace a parameter such as `?_limit_integer` in the text of a query, so it may stand
after LIMIT, in the rows of VALUES, or in a property path, where a variable is no SPARQL. Such a
query is checked with a constant of the same length in place of the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from .sparql_errors import first_wrong_token
from .sparql_tokens import Token, closing_braces, tokenize

ROW: Final = "row"
LIMIT: Final = "limit"
GRAPH: Final = "graph"
REQUIRED: Final = "required"
"""The kinds of place: a row of VALUES, after LIMIT or OFFSET, after FROM; any other one, which
cannot be left out."""

_AFTER: Final = {"LIMIT": LIMIT, "OFFSET": LIMIT, "FROM": GRAPH, "NAMED": GRAPH}
_PLACEHOLDERS: Final = {ROW: "1", LIMIT: "1", GRAPH: "<a:b>"}
_PATH_SIGNS: Final = frozenset("+*?/|^!()")
_MOST_REPAIRS: Final = 16
"""The most parameters in property paths; each takes one more search for the fault."""


def lower_booleans(text: str) -> str:
    """`text` with `TRUE` and `FALSE` in lower case, the only one that pyoxigraph reads (0.5.13).

    SPARQL 1.1 matches keywords in any case but for `a` (section 19.8, note 1).

    >>> lower_booleans("SELECT ?TRUE { BIND(True AS ?TRUE) }")
    'SELECT ?TRUE { BIND(true AS ?TRUE) }'
    """
    if not re.search(r"true|false", text, re.I):
        return text
    words = [token for token in tokenize(text) if token.word in ("TRUE", "FALSE")]
    return _replaced(text, {token: token.text.lower() for token in words})


def constant_places(query_tokens: list[Token]) -> dict[int, str]:
    """The kind of place of each variable that stands where SPARQL has a constant, by its index."""
    places: dict[int, str] = {}
    closing = closing_braces(query_tokens)
    for index, token in enumerate(query_tokens):
        if token.word == "VALUES":
            opening = _next(query_tokens, index, "{")
            for place in range(opening + 1, closing.get(opening, opening)):
                if query_tokens[place].kind == "variable":
                    places[place] = ROW
        elif token.kind == "variable" and index:
            before = query_tokens[index - 1]
            signs = [sign.text for sign in query_tokens[max(index - 2, 0) : index]]
            if before.word in _AFTER:
                places.setdefault(index, _AFTER[before.word])
            elif signs == ["^", "^"] or (signs[-1] == "=" and _is_separator(query_tokens, index)):
                places.setdefault(index, REQUIRED)
    return places


def with_placeholders(text: str, names: Collection[str]) -> tuple[str, dict[str, str]]:
    """`text` with a constant for each variable of `names` that stands where SPARQL has constants.

    The offsets of all other tokens stay. Also the kind of place of these variables, by name; one
    that may be left out at one place and not at another is `REQUIRED`.
    """
    query_tokens = tokenize(text)
    kinds: dict[str, str] = {}
    constants: dict[Token, str] = {}
    for index, kind in constant_places(query_tokens).items():
        token = query_tokens[index]
        if token.text[1:] in names:
            datatype = query_tokens[index - 1].text == "^"
            constant = "<a:b>" if datatype else _PLACEHOLDERS.get(kind, '""')
            _place(kinds, constants, token, kind, constant)
    checked = _replaced(text, constants)
    wrong = first_wrong_token(checked) if names else None
    for _ in range(_MOST_REPAIRS):
        place = None if wrong is None else _parameter_before(query_tokens, wrong, names)
        if wrong is None or place is None or query_tokens[place] in constants:
            break
        repaired = _replaced(text, {**constants, query_tokens[place]: "<a:b>"})
        later = first_wrong_token(repaired)
        if later is not None and later <= wrong:
            break
        _place(kinds, constants, query_tokens[place], REQUIRED, "<a:b>")
        checked, wrong = repaired, later
    return checked, kinds


def _place(
    kinds: dict[str, str], constants: dict[Token, str], token: Token, kind: str, constant: str
) -> None:
    """Note `constant` for `token`, unless it is longer than the token."""
    if len(constant) <= len(token.text):
        constants[token] = constant
        name = token.text[1:]
        kinds[name] = kind if kinds.get(name, kind) == kind else REQUIRED


def _parameter_before(query_tokens: list[Token], wrong: int, names: Collection[str]) -> int | None:
    """The place of the parameter in the property path around the token `wrong`, or None."""
    for place in range(wrong, max(wrong - 4, -1), -1):
        if place < len(query_tokens):
            token = query_tokens[place]
            if token.kind == "variable" and token.text[1:] in names:
                return place
            if place < wrong and token.text not in _PATH_SIGNS:
                return None
    return None


def _next(query_tokens: list[Token], start: int, sign: str) -> int:
    """The index of the first `sign` after `start`; the last index without one."""
    places: Iterator[int] = (
        place for place in range(start, len(query_tokens)) if query_tokens[place].text == sign
    )
    return next(places, len(query_tokens) - 1)


def _is_separator(query_tokens: list[Token], index: int) -> bool:
    return index > 1 and query_tokens[index - 2].word == "SEPARATOR"


def _replaced(text: str, constants: dict[Token, str]) -> str:
    """`text` with other text for some tokens, padded to their length."""
    parts, copied_to = [], 0
    for token in sorted(constants, key=lambda token: token.start):
        parts += [text[copied_to : token.start], constants[token].ljust(len(token.text))]
        copied_to = token.end
    return "".join([*parts, text[copied_to:]])
