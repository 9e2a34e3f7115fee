"""Shapes as pySHACL (0.40.1) must get them to apply them as SHACL says, and as turbo does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from ..model.closure import closure
from ..model.namespaces import expand, nterm
from ..model.terms import (
    NTerm,
    Statement,
    blank,
    literal,
    parse_statement,
    statement_lines,
    triple_line,
)
from .pyshacl_components import PARAMETERS

_SWITCHES: Final = {
    nterm(f"sh:{name}")
    for name in ("closed", "deactivated", "qualifiedValueShapesDisjoint", "uniqueLang")
}
_1: Final = literal("1", expand("xsd:boolean"))
_0: Final = literal("0", expand("xsd:integer"))
_IMPORTS: Final = nterm("owl:imports")
_DECLARE: Final = nterm("sh:declare")
_AND: Final = nterm("sh:and")
_ALTERNATIVES: Final = (nterm("sh:or"), nterm("sh:xone"))
_QUALIFIED: Final = nterm("sh:qualifiedValueShape")
_COUNTS: Final = (nterm("sh:qualifiedMinCount"), nterm("sh:qualifiedMaxCount"))
_OF_QUALIFIED: Final = (*_COUNTS, nterm("sh:qualifiedValueShapesDisjoint"))
_FIRST, _REST, _NIL = nterm("rdf:first"), nterm("rdf:rest"), nterm("rdf:nil")


def shapes_for_pyshacl(shapes: str) -> str:
    """`shapes` (N-Triples, a statement per line) as pySHACL must get them.

    A switch is on if its value is `true` (SHACL 4.4.5, 4.8.1), so those with "1" are left out. A
    query has the prefixes of what the ontology with its prefixes imports (5.2.1). The parameters of
    `PARAMETERS` are renamed, for the components of that module. What `_core` states replaces what
    pySHACL refuses.
    """
    rows = [parse_statement(line) for line in statement_lines(shapes)]
    lines = []
    imports: defaultdict[NTerm, set[NTerm]] = defaultdict(set)
    declared: defaultdict[NTerm, set[NTerm]] = defaultdict(set)
    for row in _core(rows):
        subject, predicate, value = row
        if predicate in PARAMETERS:
            predicate = PARAMETERS[predicate].renamed
        if predicate not in _SWITCHES or value != _1:
            lines.append(triple_line((subject, predicate, value)))
        if predicate in (_IMPORTS, _DECLARE):
            (imports if predicate == _IMPORTS else declared)[subject].add(value)
    for owner in list(imports):
        for ontology in closure([owner], lambda node: imports.get(node, ())):
            lines += [triple_line((owner, _DECLARE, prefix)) for prefix in declared[ontology]]
    return "\n".join(lines)


def _core(rows: list[Statement]) -> Iterator[Statement]:
    """The statements, with the same meaning in a form that pySHACL does not refuse.

    Nothing is a member of an empty list: no value conforms to a shape of sh:or or sh:xone (SHACL
    4.6.3, 4.6.4), and every value to all of those of sh:and (4.6.2). A qualified value shape
    without a number constrains nothing, and neither does a number without a shape; the shape is
    still a sibling of others (4.7.3).
    """
    qualified = {row.subject for row in rows if row.predicate == _QUALIFIED}
    counted = {row.subject for row in rows if row.predicate in _COUNTS}
    for row in rows:
        if row.object == _NIL and row.predicate == _AND:
            continue
        if row.predicate in _OF_QUALIFIED and row.subject not in qualified:
            continue
        if row.object == _NIL and row.predicate in _ALTERNATIVES:
            yield row._replace(object=_NOTHING_IN_LIST)
            yield from _NOTHING
        else:
            yield row
        if row.predicate == _QUALIFIED and row.subject not in counted:
            yield Statement(row.subject, _COUNTS[0], _0)


_NOTHING_IN_LIST: Final = blank("pcve-alternatives")
_NOTHING: Final = (
    Statement(_NOTHING_IN_LIST, _FIRST, blank("pcve-nothing")),
    Statement(_NOTHING_IN_LIST, _REST, _NIL),
    Statement(blank("pcve-nothing"), nterm("sh:in"), _NIL),
)
"""A list of one shape, to which nothing conforms."""
