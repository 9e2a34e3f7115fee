"""Notes on a query that cannot match as it is meant.

It has terms that the graph lacks, tags in capitals, or dates as plain text.

A query with a mistyped or outdated IRI is valid and has no rows. So each IRI that a query matches
is looked up in the graph, and the nearest one that exists is named, as `pcve validate` does for
the terms of a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

import pyoxigraph as ox

from ..model.dates import precision
from ..model.languages import LANGUAGE_TAG
from ..model.namespaces import PREFIXES, expand, other_scheme, split_iri
from ..model.suggest import similar_names
from ..model.terms import Term, from_iri
from ..syntax.sparql_tokens import (
    Token,
    closing_braces,
    declared_prefixes,
    line_and_column,
    token_iri,
    tokenize,
)
from .access import ReadableGraph
from .execute import ResultTable
from .saved import SavedQuery

_MOST_TERMS: Final = 200
"""The most IRIs of a query that are looked up."""
_MOST_NOTES: Final = 5
_SECONDS: Final = 10.0
_MENTIONED: Final = (
    "SELECT ?term { VALUES ?term { %s } FILTER(EXISTS { ?term ?p1 ?o1 } || EXISTS { ?s2 ?p2 ?term }"
    " || EXISTS { ?s3 ?term ?o3 } || EXISTS { GRAPH ?term { ?s4 ?p4 ?o4 } }) }"
)
_TERMS: Final = (
    "SELECT DISTINCT ?term { { ?s ?term ?o } UNION { ?s a ?term } UNION { ?term a ?c FILTER("
    "STRSTARTS(STR(?term), %s)) } }"
)
_MADE: Final = frozenset(("BIND", "IRI", "URI", "STRDT", "STRLANG", "CONCAT"))
"""Words before a bracket in which an IRI is a value that the query makes."""


class QueryNote(NamedTuple):
    """A plain sentence on a query, and the line of the query that it is about."""

    line: int
    sentence: str


def query_notes(
    graph: ReadableGraph, query: SavedQuery, bindings: Mapping[str, Term]
) -> tuple[QueryNote, ...]:
    """What in a query of the user's own cannot match in `graph`, in the order of the query.

    Terms that a query makes are left out: in a CONSTRUCT template, in BIND and in SELECT. So are
    datatypes, functions, and what SERVICE asks of another server.
    """
    lines = dict(_asked_iris(query.text))
    for term in bindings.values():
        if isinstance(term, ox.NamedNode):
            lines.setdefault(term.value, 1)
    asked = list(lines)[:_MOST_TERMS]
    unknown = sorted(set(asked) - _mentioned(graph, asked), key=asked.index)
    notes = [
        QueryNote(lines[iri], f"{iri} is not in this graph{_nearest(graph, iri)}")
        for iri in unknown[:_MOST_NOTES]
    ]
    if len(unknown) > _MOST_NOTES:
        more = len(unknown) - _MOST_NOTES
        fact = "1 more IRI is" if more == 1 else f"{more:,} more IRIs are"
        notes.append(QueryNote(lines[unknown[_MOST_NOTES]], f"{fact} not in this graph"))
    notes += [*_tag_notes(query.text, bindings), *_date_notes(query.text, bindings)]
    return tuple(sorted(notes, key=lambda note: note.line))


def _asked_iris(text: str) -> Iterator[tuple[str, int]]:
    """(IRI, its line) for each IRI that the patterns and conditions of a query compare, once."""
    query_tokens = tokenize(text)
    prefixes = declared_prefixes(text)
    skipped = _made_places(query_tokens)
    iris: set[str] = set()
    for place, token in enumerate(query_tokens):
        if place in skipped or token.kind not in ("iri", "name"):
            continue
        before = query_tokens[place - 1].word if place else ""
        follows = query_tokens[place + 1].text if place + 1 < len(query_tokens) else ""
        iri = token_iri(token, prefixes)
        if before in ("BASE", "^", "FROM", "NAMED") and not _is_inverse(query_tokens, place):
            continue
        if follows == "(" and place and before not in (".", ";", ","):
            continue  # a function
        if iri and iri not in iris:
            iris.add(iri)
            yield iri, line_and_column(text, token.start)[0]


def _is_inverse(query_tokens: list[Token], place: int) -> bool:
    """Whether the `^` before a token is the operator of a path, not the second one of `^^`."""
    return query_tokens[place - 1].text == "^" and query_tokens[place - 2].text != "^"


def _made_places(query_tokens: list[Token]) -> set[int]:
    """The places of the tokens of prefixes, of what a query makes, and of what SERVICE asks."""
    partner = closing_braces(query_tokens)
    places: set[int] = set()
    for place, token in enumerate(query_tokens):
        following = query_tokens[place + 1 : place + 3]
        if token.word in ("PREFIX", "BASE"):
            places |= {place + 1, place + 2} if token.word == "PREFIX" else {place + 1}
        elif token.word == "CONSTRUCT" and following and following[0].text == "{":
            places |= set(range(place, partner[place + 1]))
        elif token.word == "SERVICE":
            opening = next(
                (n for n in range(place, len(query_tokens)) if query_tokens[n].text == "{"), place
            )
            places |= set(range(place, partner.get(opening, opening)))
        elif token.word == "SELECT":
            end = place
            while end < len(query_tokens) and query_tokens[end].word not in ("{", "WHERE", "FROM"):
                end += 1
            places |= set(range(place, end))
        elif token.word in _MADE and following and following[0].text == "(":
            places |= set(range(place, _closing_bracket(query_tokens, place + 1)))
    return places


def _closing_bracket(query_tokens: list[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(query_tokens)):
        if query_tokens[place].kind == "sign":
            depth += {"(": 1, ")": -1}.get(query_tokens[place].text, 0)
        if depth == 0:
            return place
    return len(query_tokens)


def _mentioned(graph: ReadableGraph, iris: Iterable[str]) -> set[str]:
    """The ones of `iris` that are in a statement of the graph, or name a graph of it."""
    values = " ".join(map(from_iri, iris))
    return _iris(graph, _MENTIONED % values) if values else set()


def _iris(graph: ReadableGraph, text: str) -> set[str]:
    answer = graph.ask(text, timeout=_SECONDS)
    rows = answer.rows if isinstance(answer, ResultTable) else ()
    return {row[0].value for row in rows if isinstance(row[0], ox.NamedNode)}


def _nearest(graph: ReadableGraph, iri: str) -> str:
    """`; did you mean …?` with the nearest IRI of the graph; empty without one.

    It is the same one with another scheme, one of a similar name in the same namespace, or one of
    the same name in another.
    """
    space, name = split_iri(iri)
    same = {space, other_scheme(space)}
    starts = sorted(same, key=lambda start: start not in PREFIXES.values())
    candidates: set[str] = set()
    for start in starts:
        candidates |= _iris(graph, _TERMS % str(ox.Literal(start)))
    if other_scheme(iri) in candidates:
        return f"; did you mean {other_scheme(iri)}?"
    by_name: dict[str, str] = {}
    for candidate in sorted(candidates):
        if split_iri(candidate)[0] in same:
            by_name[split_iri(candidate)[1]] = candidate
    near = similar_names(name, by_name, 1)
    if near:
        return f"; did you mean {by_name[near[0]]}?"
    namesakes = [iri for iri in sorted(candidates) if _is_named(split_iri(iri)[1], name)]
    return f"; did you mean {min(namesakes, key=len)}?" if namesakes else ""


def _is_named(candidate: str, name: str) -> bool:
    """Whether a local name is `name`, or ends in it as prefLabel does in label."""
    return bool(name) and (
        candidate.casefold() == name.casefold() or candidate.endswith(name[:1].upper() + name[1:])
    )


def _tag_notes(text: str, bindings: Mapping[str, Term]) -> Iterator[QueryNote]:
    """A note for each language tag with a capital letter that is compared with LANG( )."""
    query_tokens = tokenize(text)
    for place, token in enumerate(query_tokens):
        bound = bindings.get(token.text[1:]) if token.kind == "variable" else None
        tag = token.text.strip("\"'") if token.kind == "string" else ""
        if isinstance(bound, ox.Literal):
            tag = bound.value
        if (
            tag != tag.lower()
            and LANGUAGE_TAG.fullmatch(tag)
            and _is_compared_tag(query_tokens, place)
        ):
            fix = f'write "{tag.lower()}", or use LANGMATCHES, which ignores case'
            sentence = (
                f'language tags are in lower case in this graph, so "{tag}" matches none; {fix}'
            )
            yield QueryNote(line_and_column(text, token.start)[0], sentence)


def _is_compared_tag(query_tokens: list[Token], place: int) -> bool:
    """Whether a token is compared with LANG( ): by `=`, `!=` or IN."""
    after = [token.word for token in query_tokens[place + 1 : place + 5]]
    if "=" in after[:2] and "LANG" in after:
        return True
    end = place - 1
    while (end > 0 and query_tokens[end].kind != "sign") or query_tokens[end].text == ",":
        end -= 1
    if query_tokens[end].text == "(" and query_tokens[end - 1].word == "IN":
        end -= 3 if query_tokens[end - 2].word == "NOT" else 2
    elif query_tokens[end].text == "=" and end == place - 1:
        end -= 2 if query_tokens[end - 1].text == "!" else 1
    else:
        return False
    return _ends_in_lang(query_tokens, end)


def _ends_in_lang(query_tokens: list[Token], end: int) -> bool:
    """Whether the bracket that closes at `end` is that of LANG( ), or has nothing else in it."""
    depth = 0
    for place in range(end, 0, -1):
        token = query_tokens[place]
        if token.kind == "sign":
            depth += {")": 1, "(": -1}.get(token.text, 0)
        if depth == 0:
            before, first = query_tokens[place - 1], query_tokens[place + 1 : place + 2]
            grouped = before.kind == "sign" and [inner.word for inner in first] == ["LANG"]
            return place < end and (before.word == "LANG" or grouped)
    return False


def _date_notes(text: str, bindings: Mapping[str, Term]) -> Iterator[QueryNote]:
    """A note for each variable that is compared with a date written as a plain string.

    A literal of xsd:date and one of xsd:string are not comparable (SPARQL 1.1, 17.3), so the row
    is left out. A variable that the query computes may well be a string.
    """
    query_tokens = tokenize(text)
    computed = {
        token.text[1:]
        for before, token in pairwise(query_tokens)
        if before.word == "AS" and token.kind == "variable"
    }
    for place, token in enumerate(query_tokens):
        day = _plain_text(query_tokens, place, bindings)
        kind = precision(day)
        variable = _compared_variable(query_tokens, place) if kind else ""
        if variable and variable[1:] not in {*computed, *bindings}:
            if kind != "date":
                fix = f"compare STR({variable})"
            elif token.kind == "variable":
                name = re.sub("_(string|literal)$", "", token.text)
                fix = f"name the parameter {name}_xsd_date"
            else:
                fix = f'write "{day}"^^xsd:date'
            sentence = f'{variable} is compared with the text "{day}", which matches no date; {fix}'
            yield QueryNote(line_and_column(text, token.start)[0], sentence)


def _plain_text(query_tokens: list[Token], place: int, bindings: Mapping[str, Term]) -> str:
    """The text of a plain literal, or of a variable that is set to one; empty for other tokens."""
    token, following = query_tokens[place], query_tokens[place + 1 : place + 2]
    bound = bindings.get(token.text[1:]) if token.kind == "variable" else None
    if isinstance(bound, ox.Literal) and bound.datatype.value == expand("xsd:string"):
        return bound.value
    typed = following and (following[0].text == "^" or following[0].kind == "tag")
    return token.text.strip("\"'") if token.kind == "string" and not typed else ""


def _compared_variable(query_tokens: list[Token], place: int) -> str:
    """The variable that a token is compared with by <, >, <=, >= or =; empty without one."""
    before = query_tokens[max(place - 3, 0) : place][::-1]
    after = query_tokens[place + 1 : place + 4]
    for side in (before, after):
        signs = [token.text for token in takewhile(lambda token: token.text in "<>=", side)]
        operand = side[len(signs) : len(signs) + 1]
        if signs and len(signs) <= 2 and operand and operand[0].kind == "variable":
            return operand[0].text
    return ""
