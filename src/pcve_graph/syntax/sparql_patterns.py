"""The triple patterns of a SPARQL query: what it reads of a graph, and in which of its parts.

Made from the algebra that rdflib gives (W3C SPARQL 1.1, section 18.2). Terms are written as
N-Triples writes them, variables as `?name`; a variable that a sub-select keeps to itself, and a
blank node, get names of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

Path: TypeAlias = "str | tuple[Any, ...]"
"""A predicate, a variable, or an operator of `/ | ^ * + ?` and the paths under it (section 9).

`("!",)` stands for a negated set: it is read as any predicate.
"""

_CALLS: Final = 4000

NEGATED: Final = ("minus", "not")
"""The parts of a query whose patterns must not hold."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern, and the parts of the query around it, outermost first.

    A part is `optional1`, `union2`, `minus3`, `not4` (NOT EXISTS) or `exists5`; those with the same
    name are the same part.
    """

    subject: str
    path: Path
    object: str
    scope: tuple[str, ...] = ()

    @property
    def negated(self) -> bool:
        """Whether the pattern stands in a part that must not hold."""
        return any(part.startswith(NEGATED) for part in self.scope)

    def ends(self) -> Iterator[tuple[str, str]]:
        """The slots of the pattern by their place: terms, and the path where it is a variable."""
        yield "subject", self.subject
        yield "object", self.object
        if isinstance(self.path, str):
            yield "predicate", self.path


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a query reads.

    `mentioned` holds the variables that are selected, or that an expression names; `grouped` those
    of each GROUP BY, one set an aggregation; `sliced` is whether there is a LIMIT or OFFSET.
    """

    patterns: tuple[Pattern, ...]
    mentioned: frozenset[str]
    grouped: tuple[frozenset[str], ...] = ()
    sliced: bool = False


@lru_cache(256)
def query_patterns(text: str) -> Patterns:
    """The patterns of a query in SPARQL 1.1. Raises whatever rdflib does for one that is not."""
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    reader = _Reader()
    with deep_calls():
        algebra = translateQuery(parseQuery(text)).algebra
        found = tuple(reader.read(algebra, (), {}))
    return Patterns(found, frozenset(reader.mentioned), tuple(reader.grouped), reader.sliced)


@contextmanager
def deep_calls() -> Iterator[None]:
    """Python's bound on nested calls raised meanwhile: rdflib's parser makes 45 for a bracket.

    That is enough for `bounds.DEEPEST` brackets, of which a text has no more.
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

    def read(self, node: Any, scope: tuple[str, ...], names: dict[str, str]) -> Iterator[Pattern]:
        """The patterns under a node of the algebra, and under the expressions beside it."""
        kind = getattr(node, "name", "")
        if kind == "BGP":
            for triple in node.triples:
                subject, path, value = (self.term(each, names) for each in triple)
                yield Pattern(str(subject), path, str(value), scope)
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
            yield from self.other(node, kind, scope, names)

    def other(
        self, node: Any, kind: str, scope: tuple[str, ...], names: dict[str, str]
    ) -> Iterator[Pattern]:
        self.sliced |= kind == "Slice"
        if kind == "Project" or "PV" in node:
            self.mentioned |= {str(self.term(each, names)) for each in node.PV}
        if kind == "Group":
            keys = frozenset(_variables(node.expr))
            self.grouped.append(frozenset(names.get(each, each) for each in keys))
        for key, value in node.items():
            if key in ("p", "p1", "p2"):
                yield from self.read(value, scope, names)
            elif key in ("expr", "A"):
                yield from self.expression(value, scope, names)

    def expression(
        self, node: Any, scope: tuple[str, ...], names: dict[str, str]
    ) -> Iterator[Pattern]:
        """The patterns of EXISTS and NOT EXISTS in an expression; its variables are mentioned."""
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern

        for each in _inside(node):
            kind = getattr(each, "name", "")
            if kind in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                part = self.part(scope, "not" if kind == "Builtin_NOTEXISTS" else "exists")
                graph = each.graph
                if graph.name.startswith("GroupGraphPattern"):
                    graph = translateGroupGraphPattern(graph)
                yield from self.read(graph, part, names)
            elif not hasattr(each, "items"):
                self.mentioned |= {names.get(name, name) for name in _variables(each)}

    def part(self, scope: tuple[str, ...], kind: str) -> tuple[str, ...]:
        self.parts += 1
        return (*scope, f"{kind}{self.parts}")

    def inner(self, project: Any, names: dict[str, str]) -> dict[str, str]:
        """New names for the variables that a sub-select does not give to the outside."""
        while "PV" not in project:
            project = project.p
        self.parts += 1
        shown = {f"?{each}" for each in project.PV}
        own = {f"?{each}" for each in project._vars} - shown
        return {**names, **{each: f"{each}.{self.parts}" for each in own}}

    def term(self, term: Any, names: dict[str, str]) -> Path:
        from rdflib import BNode, Variable

        if isinstance(term, Variable):
            return names.get(f"?{term}", f"?{term}")
        if isinstance(term, BNode):
            return f"?_:{term}"
        return path(term)


def path(found: Any) -> Path:
    """A term or property path of rdflib as a `Path`."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath

    if isinstance(found, SequencePath):
        return ("/", *map(path, found.args))
    if isinstance(found, AlternativePath):
        return ("|", *map(path, found.args))
    if isinstance(found, InvPath):
        return ("^", path(found.arg))
    if isinstance(found, MulPath):
        return (str(found.mod), path(found.path))
    if isinstance(found, NegatedPath):
        return ("!",)
    return str(found.n3())


def _inside(node: Any) -> Iterator[Any]:
    """The nodes and terms of an expression; what lies under EXISTS is left out."""
    yield node
    if str(getattr(node, "name", "")) in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
        return
    children: Any = ()
    if isinstance(node, list | tuple | set):
        children = node
    elif hasattr(node, "items"):
        children = [value for key, value in node.items() if key != "_vars"]
    for each in children:
        yield from _inside(each)


def _variables(node: Any) -> Iterator[str]:
    from rdflib import Variable

    for each in _inside(node):
        if isinstance(each, Variable):
            yield f"?{each}"
