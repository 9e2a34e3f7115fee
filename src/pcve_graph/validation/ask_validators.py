"""ASK validators of components as SELECT validators, for the compiled engine.

For a value node to which an ASK validator answers no there is a result with that value (SHACL 6.2.3
and 6.3). Turbo leaves the value out on property shapes, as pySHACL does; of a SELECT it has it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from ..model.namespaces import nterm
from ..model.terms import (
    NTerm,
    Statement,
    from_iri,
    is_literal,
    lexical,
    literal,
    parse_statement,
    statement_lines,
    triple_line,
)
from ..syntax.sparql_tokens import tokenize

_ASK, _SELECT = nterm("sh:ask"), nterm("sh:select")
_VALIDATOR, _OF_PROPERTIES = nterm("sh:validator"), nterm("sh:propertyValidator")
_KEPT: Final = (nterm("sh:message"), nterm("sh:prefixes"))
_ADDED: Final = "urn:x-validator:"
"""How the IRIs begin of the validators that are added."""


def with_select_validators(shapes: str) -> str:
    """`shapes` (N-Triples) in which a component with an ASK has a SELECT for property shapes."""
    if _ASK not in shapes:
        return shapes
    stated: defaultdict[NTerm, list[Statement]] = defaultdict(list)
    for line in statement_lines(shapes):
        row = parse_statement(line)
        stated[row.subject].append(row)
    lines = []
    for number, (component, validator) in enumerate(_validators(stated), 1):
        (query,) = (row.object for row in stated[validator] if row.predicate == _ASK)
        if select := _as_select(lexical(query)):
            name = from_iri(f"{_ADDED}{number}")
            kept = [(name, row.predicate, row.object) for row in stated[validator]]
            lines += [triple_line(row) for row in kept if row[1] in _KEPT]
            lines.append(triple_line((component, _OF_PROPERTIES, name)))
            lines.append(triple_line((name, _SELECT, literal(select))))
            kind = nterm("sh:SPARQLSelectValidator")
            lines.append(triple_line((name, nterm("rdf:type"), kind)))
    return "\n".join([shapes, *lines])


def _validators(stated: dict[NTerm, list[Statement]]) -> list[tuple[NTerm, NTerm]]:
    """The components without a validator of property shapes, each with one that has a query."""
    return [
        (component, row.object)
        for component, rows in stated.items()
        if not any(row.predicate == _OF_PROPERTIES for row in rows)
        for row in rows
        if row.predicate == _VALIDATOR
        and [is_literal(of.object) for of in stated.get(row.object, ()) if of.predicate == _ASK]
        == [True]
    ]


def _as_select(query: str) -> str:
    """A SELECT of the value nodes to which `query` answers no; empty if it has modifiers."""
    tokens = tokenize(query)
    at = next((number for number, token in enumerate(tokens) if token.word == "ASK"), -1)
    words = [token.word for token in tokens[at + 1 :]]
    first = at + 1 + (words[:1] == ["WHERE"])
    depth, end = 0, 0
    for number, token in enumerate(tokens[first:], first):
        depth += (token.word == "{") - (token.word == "}")
        if depth == 0:
            end = number
            break
    if at < 0 or not end or end != len(tokens) - 1:
        return ""
    start, pattern = query[: tokens[at].start], query[tokens[first].start : tokens[end].end]
    return (
        f"{start} SELECT DISTINCT $this ?value {{ $this $PATH ?value . "
        f"FILTER NOT EXISTS {pattern} }}"
    )
