"""The names that blank shapes get for the engines, as their results must name the shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ..model.namespaces import nterm
from ..model.terms import (
    NO_IRI,
    Iri,
    NTerm,
    blank,
    from_iri,
    is_blank,
    is_iri,
    is_literal,
    parse_statement,
    statement_lines,
    to_iri,
    triple_line,
)
from .engines import TARGETS
from .shape_queries import VALIDATORS

NAMED: Final = "urn:x-shape:"
"""How the IRIs begin that stand for blank shapes."""

BLANK_SHAPE: Final = "pcve-shape"
"""How the labels begin that blank shapes have in results."""

_PARTS: Final = (nterm("sh:property"), nterm("sh:node"), nterm("sh:sparql"))
_MESSAGE: Final = nterm("sh:message")
_SELECT: Final = nterm("sh:select")
_BINDS: Final = re.compile(r"[?$]message\b")
"""Matches a query that may bind the variable of the message (SHACL 5.3.2)."""


@dataclass(frozen=True, slots=True)
class NamedShapes:
    """Shapes in which blank shapes that can have results, and SPARQL constraints, have IRIs.

    `text` is N-Triples. `holders` has the shape around each of the blank nodes, by their new IRIs:
    the nearest one that has an IRI; empty if there is none. `stating` are the shapes, SPARQL
    constraints and constraint components that state the messages of their results, with the values
    of sh:message; those of a component include those of its validators. (Neither engine takes the
    message that a query of a validator binds.)
    """

    text: str
    holders: Mapping[Iri, Iri]
    stating: Mapping[NTerm, list[NTerm]]


@lru_cache(4)
def name_blank_shapes(shapes: str) -> NamedShapes:
    """`shapes` with IRIs for the blank nodes of `_PARTS`, and for shapes with a target."""
    rows = [parse_statement(line) for line in statement_lines(shapes)]
    holder = {row.object: row.subject for row in rows if is_blank(row.object)}
    nodes = sorted(
        {row.object for row in rows if row.predicate in _PARTS and is_blank(row.object)}
        | {row.subject for row in rows if row.predicate in TARGETS and is_blank(row.subject)}
    )
    names = {node: from_iri(f"{NAMED}{number}") for number, node in enumerate(nodes, 1)}
    stating: dict[NTerm, list[NTerm]] = {}
    for subject, predicate, value in rows:
        if predicate == _MESSAGE or (predicate == _SELECT and _BINDS.search(value)):
            texts = stating.setdefault(names.get(subject, subject), [])
            texts += [value] if predicate == _MESSAGE and is_literal(value) else []
    for component, predicate, validator in rows:
        if predicate in VALIDATORS and (of := stating.get(names.get(validator, validator))):
            stating[component] = [*stating.get(component, ()), *of]
    if not names:
        return NamedShapes(shapes, {}, stating)
    lines = [
        triple_line((names.get(subject, subject), predicate, names.get(value, value)))
        for subject, predicate, value in rows
    ]
    held = {}
    for node, name in names.items():
        passed = set()
        while node in holder and node not in passed:
            passed.add(node)
            node = holder[node]
        held[to_iri(name)] = to_iri(node) if is_iri(node) else NO_IRI
    return NamedShapes("\n".join(lines), held, stating)


def name_of_blank(shape: NTerm) -> NTerm:
    """The name that `name_blank_shapes` gave to the `blank_shape` of a result; else `shape`."""
    number = shape.removeprefix(blank(BLANK_SHAPE))
    return shape if number == shape else from_iri(NAMED + number)
