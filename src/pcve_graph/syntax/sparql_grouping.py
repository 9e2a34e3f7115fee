"""The column of a grouped SELECT that is neither grouped nor aggregated, in sub-selects as well.

Rule: SPARQL 1.1, sections 11.4 and 19.8 (notes 13 to 15). The parser of the engine reports such a
fault after the whole (sub-)query, so this module finds the variable at fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from .sparql_tokens import Token, closing_braces

AGGREGATES: Final = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
_MODIFIERS: Final = frozenset(("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))


class GroupingFault(NamedTuple):
    """A fault at the offset `start`; `query_end` is the index of the token after its SELECT."""

    start: int
    query_end: int
    message: str
    fix: str


class _Select(NamedTuple):
    """The places of a SELECT and its parts: all are indices of tokens."""

    select: int
    opening: int
    closing: int
    end: int


def grouping_fault(query_tokens: list[Token]) -> GroupingFault | None:
    """The first fault of grouping in a SELECT of `query_tokens`, inner ones first; else None."""
    for part in sorted(_selects(query_tokens), reverse=True):
        fault = _fault(query_tokens, part)
        if fault:
            return fault
    return None


def _selects(query_tokens: list[Token]) -> Iterator[_Select]:
    partner = closing_braces(query_tokens)
    enclosing: list[int] = []
    for index, token in enumerate(query_tokens):
        if token.word == "{":
            enclosing.append(partner[index])
        elif token.word == "}" and enclosing:
            enclosing.pop()
        elif token.word == "SELECT":
            limit = enclosing[-1] if enclosing else len(query_tokens)
            opening = next(
                (place for place in range(index, limit) if query_tokens[place].word == "{"), limit
            )
            closing = partner.get(opening, limit)
            end = next(
                (place for place in range(closing, limit) if query_tokens[place].word == "VALUES"),
                limit,
            )
            if opening < limit:
                yield _Select(index, opening, closing, end)


def _fault(query_tokens: list[Token], part: _Select) -> GroupingFault | None:
    after = range(min(part.closing + 1, part.end), part.end)
    group = next((place for place in after if query_tokens[place].word == "GROUP"), None)
    columns = query_tokens[part.select + 1 : part.opening]
    words = {token.word for token in columns}
    words |= {query_tokens[place].word for place in after}
    if group is None and not words & AGGREGATES:
        return None
    star = next((token for token in columns[:2] if token.text == "*"), None)
    if star:
        message = "SELECT * cannot have GROUP BY or an aggregate"
        return GroupingFault(star.start, part.end, message, "list the columns")
    computed = _computed(columns)
    keys = _grouping_keys(query_tokens, group, part.end) if group is not None else []
    grouped = {token.text for token in keys}
    for token in keys:
        if token.text in computed:
            message = f"{token.text} is computed in SELECT, so GROUP BY cannot use it"
            return GroupingFault(token.start, part.end, message, "delete it from GROUP BY")
    listed = " ".join(dict.fromkeys(token.text for token in keys))
    for token in _plain_variables(columns):
        if token.text in grouped:
            continue
        if token.text in computed:
            message = f"{token.text} is computed in the same SELECT"
            fix = f"repeat its expression, or compute {token.text} in a sub-select"
        else:
            message = f"{token.text} is neither grouped nor aggregated"
            by = f"{listed} {token.text}".strip()
            fix = f"write GROUP BY {by}, or an aggregate such as SAMPLE({token.text})"
        return GroupingFault(token.start, part.end, message, fix)
    return None


def _grouping_keys(query_tokens: list[Token], group: int, end: int) -> list[Token]:
    """The variables after GROUP BY: the keys themselves, and those that a key is computed as."""
    keys = []
    depth = 0
    for place in range(group + 1, end):
        token = query_tokens[place]
        if depth == 0 and token.word in _MODIFIERS:
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        is_key = depth == 0 or query_tokens[place - 1].word == "AS"
        if token.kind == "variable" and is_key:
            keys.append(token)
    return keys


def _computed(columns: list[Token]) -> set[str]:
    """The variables after AS in a SELECT clause."""
    return {
        token.text
        for before, token in pairwise(columns)
        if before.word == "AS" and token.kind == "variable"
    }


def _plain_variables(columns: list[Token]) -> Iterator[Token]:
    """The variables of a SELECT clause outside of aggregates, but not those after AS."""
    aggregate: list[bool] = []
    for place, token in enumerate(columns):
        before = columns[place - 1].word if place else ""
        if token.text == "(" and token.kind == "sign":
            aggregate.append(before in AGGREGATES or any(aggregate[-1:]))
        elif token.text == ")" and token.kind == "sign" and aggregate:
            aggregate.pop()
        elif token.kind == "variable" and before != "AS" and not any(aggregate[-1:]):
            yield token
