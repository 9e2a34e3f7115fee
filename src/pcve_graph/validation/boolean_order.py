"""The constraints that compare booleans, for the compiled engine, which takes them for unordered.

By SPARQL 1.1 (17.3) false is less than true. Turbo gets constraint components of our own in place
of those of SHACL: for a bound that is a boolean, and for sh:lessThan and sh:lessThanOrEquals if the
data have a boolean where such a shape points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ..model.namespaces import expand, nterm
from ..model.terms import (
    Iri,
    NTerm,
    from_iri,
    is_literal,
    literal,
    parse_statement,
    statement_lines,
    triple_line,
)
from ..syntax.lexical_forms import datatype_of
from .shacl_vocabulary import component_iri

_BOUNDS: Final = {
    "minInclusive": ">=",
    "minExclusive": ">",
    "maxInclusive": "<=",
    "maxExclusive": "<",
}
_PAIRS: Final = {"lessThan": "<", "lessThanOrEquals": "<="}
_OWN: Final = "urn:x-boolean#"
"""How the IRIs begin of the parameters and components that are added."""

COMPONENTS: Final = {f"{_OWN}{name}-component": component_iri(name) for name in (*_BOUNDS, *_PAIRS)}
"""The components of SHACL, by those that stand for them in the reports of turbo."""

_BOOLEAN: Final = f"^^{nterm('xsd:boolean')}"
_BOUND: Final = re.compile(
    rf"^\S+ (?:{'|'.join(nterm(f'sh:{name}') for name in _BOUNDS)}) \S+{re.escape(_BOOLEAN)} [.]$",
    re.MULTILINE,
)
"""Matches a bound that is a boolean."""

_INTEGER: Final = nterm("xsd:integer")


@lru_cache(4)
def paired_properties(shapes: str) -> frozenset[NTerm]:
    """The properties that `shapes` (N-Triples) compare the values of another property with."""
    names = {nterm(f"sh:{name}") for name in _PAIRS}
    lines = (line for line in statement_lines(shapes) if any(name in line for name in names))
    rows = map(parse_statement, lines)
    return frozenset(row.object for row in rows if row.predicate in names)


def has_booleans(part: str, properties: Iterable[NTerm]) -> bool:
    """Whether N-Triples state a boolean as the value of one of `properties`."""
    if not properties or _BOOLEAN not in part:
        return False
    names = "|".join(map(re.escape, properties))
    return bool(re.search(rf'^\S+ (?:{names}) ".*{re.escape(_BOOLEAN)} \.$', part, re.MULTILINE))


def with_ordered_booleans(shapes: str, pairs: bool) -> str:
    """`shapes` (N-Triples) with components that compare booleans; for `pairs` of values too."""
    names = {nterm(f"sh:{name}"): name for name in (*_BOUNDS, *(_PAIRS if pairs else ()))}
    if not pairs and not _BOUND.search(shapes):
        return shapes
    lines, used = [], set[str]()
    for line in statement_lines(shapes):
        row = parse_statement(line)
        name = names.get(row.predicate, "")
        if name in _PAIRS or (name and _is_boolean(row.object)):
            used.add(name)
            line = triple_line((row.subject, from_iri(_OWN + name), row.object))
        lines.append(line)
    return "\n".join([*lines, *(row for name in sorted(used) for row in _component(name))])


def _is_boolean(term: NTerm) -> bool:
    return is_literal(term) and datatype_of(term) == expand("xsd:boolean")


def _component(name: str) -> list[str]:
    """The statements of the component that stands for the one with this parameter."""
    component, parameter = from_iri(f"{_OWN}{name}-component"), from_iri(f"{_OWN}{name}-parameter")
    validator = from_iri(f"{_OWN}{name}-validator")
    kind, form = ("propertyValidator", "select") if name in _PAIRS else ("validator", "ask")
    query = _select(name) if name in _PAIRS else _ask(name)
    rows = [
        (component, "rdf:type", nterm("sh:ConstraintComponent")),
        (component, "sh:parameter", parameter),
        (parameter, "sh:path", from_iri(_OWN + name)),
        (component, f"sh:{kind}", validator),
        (validator, "rdf:type", nterm(f"sh:SPARQL{form.capitalize()}Validator")),
        (validator, f"sh:{form}", literal(query)),
    ]
    return [triple_line((subject, nterm(key), value)) for subject, key, value in rows]


def _compared(left: str, operator: str, right: str) -> str:
    kinds = (f"DATATYPE({term}) = {nterm('xsd:boolean')}" for term in (left, right))
    return f"{' && '.join(kinds)} && {_INTEGER}({left}) {operator} {_INTEGER}({right})"


def _ask(name: str) -> str:
    return f"ASK {{ FILTER ({_compared('$value', _BOUNDS[name], f'${name}')}) }}"


def _select(name: str) -> str:
    """A pair of values is a solution if it compares neither as SPARQL compares nor as booleans."""
    operator = _PAIRS[name]
    booleans = _compared("?value", operator, "?other")
    return (
        f"SELECT DISTINCT $this ?value ?other {{ $this $PATH ?value . $this ${name} ?other . "
        f"FILTER (!COALESCE(?value {operator} ?other, {booleans}, false)) }}"
    )


def component_of_shacl(iri: str) -> Iri:
    """The component of SHACL that an IRI in a report stands for; else that IRI."""
    return COMPONENTS.get(iri, Iri(iri))
