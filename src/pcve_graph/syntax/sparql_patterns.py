"""The triple patterns of a SPARQL query, and the parts of the query in which they occur.

They come from the algebra of rdflib (W3C SPARQL 1.1, section 18.2). Terms are in N-Triples syntax,
variables are `?name`; a variable that is local to a subquery, and a blank node, get unique names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

PropertyPath: TypeAlias = "str | tuple[PropertyPath, ...]"
"""A predicate, a variable, or one of the operators `/ | ^ * + ?` and its operands (section 9).

`("!",)` stands for a negated property set, which is treated as any predicate.
"""

_CALLS: Final = 4000
"""The limit of Python on nested calls while rdflib parses a query."""

NEGATED: Final = ("minus", "not")
"""The kinds of the parts of a query whose patterns must not match."""


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """A triple pattern, and the parts of the query around it as `scope`, outermost first.

    A part is `optional1`, `union2`, `minus3`, `not4` (NOT EXISTS) or `exists5`, with a number that
    is unique in the query.
    """

    subject: str
    path: PropertyPath
    object: str
    scope: tuple[str, ...] = ()

    @property
    def negated(self) -> bool:
        """Whether the pattern is in a part that must not match."""
        return any(part.startswith(NEGATED) for part in self.scope)

    def ends(self) -> Iterator[tuple[str, str]]:
        """The (position, term) of subject, object, and of the predicate if it is not a path."""
        yield "subject", self.subject
        yield "object", self.object
        if isinstance(self.path, str):
            yield "predicate", self.path


@dataclass(frozen=True, slots=True)
class QueryPatterns:
    """The triple patterns of a query.

    `mentioned` holds the variables that are selected or used in an expression, `grouped` those of
    each GROUP BY, one set for each aggregation; `sliced` is whether there is a LIMIT or OFFSET.
    """

    patterns: tuple[TriplePattern, ...]
    mentioned: frozenset[str]
    grouped: tuple[frozenset[str], ...] = ()
    sliced: bool = False


@lru_cache(256)
def query_patterns(text: str) -> QueryPatterns:
    """The patterns of a SPARQL 1.1 query. Raises what rdflib raises if `text` is not one."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    reader = _Reader()
    with raised_recursion_limit():
        algebra = translateQuery(parseQuery(text)).algebra
        patterns = tuple(reader.read(algebra, (), {}))
    return QueryPatterns(
        patterns, frozenset(reader.mentioned), tuple(reader.grouped), reader.sliced
    )


@contextmanager
def raised_recursion_limit() -> Iterator[None]:
    """Raise Python's recursion limit: the parser of rdflib makes 45 nested calls for a bracket.

    The limit is enough for `sparql_bounds.DEEPEST_BRACKET` brackets, the most that a text may have.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class _Reader:
    def __init__(self) -> None:
        self.mentioned: set[str] = set()
        self.grouped: list[frozenset[str]] = []
        self.sliced = False
        self.parts = 0

    def read(
        self, node: Any, scope: tuple[str, ...], names: dict[str, str]
    ) -> Iterator[TriplePattern]:
        """The patterns under a node of the algebra, and those in its expressions."""
        kind = getattr(node, "name", "")
        if kind == "BGP":
            for triple in node.triples:
                subject, path, value = (self.term(term, names) for term in triple)
                yield TriplePattern(str(subject), path, str(value), scope)
        elif kind == "ToMultiSet":
            if node.p is not None and node.p.name != "values":
                yield from self.read(node.p, scope, self.inner(node.p, names))
        elif kind == "LeftJoin":
            part = self.part(scope, "optional")
            yield from self.read(node.p1, scope, names)
            yield from self.read(node.p2, part, names)
            yield from self.expression(node.expr, part, names)
        elif kind == "Union":
            yield from self.read(node.p1, self.part(scope, "union"), names)
            yield from self.read(node.p2, self.part(scope, "union"), names)
        elif kind == "Minus":
            yield from self.read(node.p1, scope, names)
            yield from self.read(node.p2, self.part(scope, "minus"), names)
        elif hasattr(node, "items"):
            yield from self.operator(node, kind, scope, names)

    def operator(
        self, node: Any, kind: str, scope: tuple[str, ...], names: dict[str, str]
    ) -> Iterator[TriplePattern]:
        self.sliced |= kind == "Slice"
        if kind == "Project" or "PV" in node:
            self.mentioned |= {str(self.term(variable, names)) for variable in node.PV}
        if kind == "Group":
            keys = frozenset(_variables(node.expr))
            self.grouped.append(frozenset(names.get(key, key) for key in keys))
        for key, value in node.items():
            if key in ("p", "p1", "p2"):
                yield from self.read(value, scope, names)
            elif key in ("expr", "A"):
                yield from self.expression(value, scope, names)

    def expression(
        self, node: Any, scope: tuple[str, ...], names: dict[str, str]
    ) -> Iterator[TriplePattern]:
        """The patterns of EXISTS and NOT EXISTS in an expression; notes its variables."""
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

        for operand in _inside(node):
            kind = getattr(operand, "name", "")
            if kind in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                part = self.part(scope, "not" if kind == "Builtin_NOTEXISTS" else "exists")
                graph = operand.graph
                if graph.name.startswith("GroupGraphPattern"):
                    graph = translateGroupGraphPattern(graph)
                yield from self.read(graph, part, names)
            elif not hasattr(operand, "items"):
                self.mentioned |= {names.get(name, name) for name in _variables(operand)}

    def part(self, scope: tuple[str, ...], kind: str) -> tuple[str, ...]:
        self.parts += 1
        return (*scope, f"{kind}{self.parts}")

    def inner(self, project: Any, names: dict[str, str]) -> dict[str, str]:
        """`names` with unique names for the variables that a subquery does not project."""
        while "PV" not in project:
            project = project.p
        self.parts += 1
        shown = {f"?{variable}" for variable in project.PV}
        own = {f"?{variable}" for variable in project._vars} - shown
        return {**names, **{variable: f"{variable}.{self.parts}" for variable in own}}

    def term(self, term: Any, names: dict[str, str]) -> PropertyPath:
        from rdflib import BNode, Variable

        if isinstance(term, Variable):
            return names.get(f"?{term}", f"?{term}")
        if isinstance(term, BNode):
            return f"?_:{term}"
        return property_path(term)


def property_path(expression: Any) -> PropertyPath:
    """The `PropertyPath` of a term or property path of rdflib."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath

    if isinstance(expression, SequencePath):
        return ("/", *map(property_path, expression.args))
    if isinstance(expression, AlternativePath):
        return ("|", *map(property_path, expression.args))
    if isinstance(expression, InvPath):
        return ("^", property_path(expression.arg))
    if isinstance(expression, MulPath):
        return (str(expression.mod), property_path(expression.path))
    if isinstance(expression, NegatedPath):
        return ("!",)
    return str(expression.n3())


def _inside(node: object) -> Iterator[Any]:
    """The nodes and terms of an expression, without those inside EXISTS."""
    yield node
    if str(getattr(node, "name", "")) in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
        return
    children: Iterable[object] = ()
    if isinstance(node, list | tuple | set):
        children = node
    elif hasattr(node, "items"):
        children = [value for key, value in node.items() if key != "_vars"]
    for child in children:
        yield from _inside(child)


def _variables(node: object) -> Iterator[str]:
    from rdflib import Variable

    for part in _inside(node):
        if isinstance(part, Variable):
            yield f"?{part}"
