"""How two terms compare by the operators of SPARQL, which SHACL compares values with (4.3, 4.5)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.terms import NTerm, is_blank, is_literal, lexical, literal
from ..syntax.lexical_forms import datatype_of, is_ill_typed

_INTEGER: Final = expand("xsd:integer")
_NUMBERS: Final = {"true": "1", "1": "1", "false": "0", "0": "0"}
"""Booleans as numbers: the store does not compare them, as SPARQL does."""

_OPERATORS: Final = ("<", "<=", ">", ">=")


def _is_invalid(term: NTerm) -> bool:
    return is_literal(term) and is_ill_typed(lexical(term), datatype_of(term))


@lru_cache(2**14)
def relations(left: NTerm, right: NTerm) -> frozenset[str]:
    """Those of `<`, `<=`, `>` and `>=` that hold; none if the terms cannot be compared.

    Rule: SPARQL 1.1, 17.3, as the store evaluates it, and turbo too.
    """
    if is_blank(left) or is_blank(right) or _is_invalid(left) or _is_invalid(right):
        return frozenset()
    kind = expand("xsd:boolean")
    if all(is_literal(term) and datatype_of(term) == kind for term in (left, right)):
        left, right = (literal(_NUMBERS[lexical(term)], _INTEGER) for term in (left, right))
    columns = " ".join(
        f"({left} {operator} {right} AS ?v{number})" for number, operator in enumerate(_OPERATORS)
    )
    rows: Any = ox.Store().query(f"SELECT {columns} {{}}")
    row = next(rows)
    return frozenset(
        operator
        for number, operator in enumerate(_OPERATORS)
        if row[number] is not None and row[number].value == "true"
    )
