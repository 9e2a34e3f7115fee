"""What each rule reads from the graph: shapes (W3C SHACL) and checks as triple patterns.

The root of a shape is its focus node, the root of a check its ?subject. A rule whose patterns
cannot all be traced from its root is not `bounded`; it has to be applied to the whole graph.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyoxigraph as ox

from ..model.namespaces import PREFIXES, expand, nterm
from ..model.terms import Iri, NTerm, from_iri, from_term, is_iri, is_literal, lexical, to_iri
from ..query.saved import SavedQuery
from ..syntax.sparql_patterns import PropertyPath, TriplePattern, query_patterns

_TYPE: Final = nterm("rdf:type")
_IS_A: Final = ("/", _TYPE, ("*", nterm("rdfs:subClassOf")))
_SH: Final = PREFIXES["sh"]
_NESTED: Final = ("sh:node", "sh:not", "sh:qualifiedValueShape", "sh:property")
_LISTS: Final = ("sh:and", "sh:or", "sh:xone")
_PAIRS: Final = ("sh:equals", "sh:disjoint", "sh:lessThan", "sh:lessThanOrEquals")
_UNSUPPORTED: Final = ("sh:target", "sh:qualifiedValueShapesDisjoint", "sh:parameter", "sh:rule")


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape or a check: its root variable, and the patterns that it reads.

    `targets` are the targets of a shape, as patterns that contain the root; `nodes` are the nodes
    of sh:targetNode. `existential` has the variables for which a single binding is enough;
    `members` the shapes whose results belong to this one.
    """

    name: str
    root: str
    patterns: tuple[TriplePattern, ...]
    bounded: bool = True
    targets: tuple[TriplePattern, ...] = ()
    nodes: frozenset[NTerm] = frozenset()
    existential: frozenset[str] = frozenset()
    members: frozenset[Iri] = frozenset()


def rule_to_json(rule: Rule) -> dict[str, object]:
    """A rule as a JSON object."""
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in asdict(rule).items()
    }


def rule_from_json(row: dict[str, Any]) -> Rule:
    """The rule that `rule_to_json` wrote."""
    sets = {key: frozenset(row[key]) for key in ("nodes", "existential", "members")}
    patterns = {
        key: tuple(TriplePattern(**_tuples(pattern)) for pattern in row[key])
        for key in ("patterns", "targets")
    }
    return Rule(**{**row, **sets, **patterns})


def _tuples(pattern: dict[str, Any]) -> dict[str, Any]:
    def convert(value: Any) -> Any:
        return tuple(map(convert, value)) if isinstance(value, list) else value

    return {key: convert(value) for key, value in pattern.items()}


def check_rule(query: SavedQuery) -> Rule:
    """The rule of a query in queries/checks, with ?subject as its root."""
    read = query_patterns(query.text)
    seen: Counter[str] = Counter()
    for pattern in read.patterns:
        seen.update(
            str(term)
            for term in (pattern.subject, pattern.path, pattern.object)
            if _is_variable(term)
        )
    grouped = all("?subject" in keys for keys in read.grouped)
    existential = {name for name, times in seen.items() if times == 1} - read.mentioned
    return Rule(
        name=query.name,
        root="?subject",
        patterns=read.patterns,
        bounded=grouped and not read.sliced,
        existential=frozenset() if read.grouped else frozenset(existential),
    )


def _is_variable(term: PropertyPath) -> bool:
    return isinstance(term, str) and term.startswith("?")


def shape_rules(shapes: str) -> tuple[Rule, ...]:
    """A rule for each shape that has a target, sorted by IRI; `shapes` is N-Triples text."""
    graph = _Shapes(shapes)
    return tuple(graph.rule(shape) for shape in graph.targeted())


class _Shapes:
    """The triples of a shapes graph, translated to patterns."""

    def __init__(self, text: str) -> None:
        self.by: dict[tuple[NTerm, Iri], list[NTerm]] = defaultdict(list)
        self.subjects: dict[NTerm, None] = {}
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False):
            subject = from_term(quad.subject)
            self.by[subject, Iri(quad.predicate.value)].append(from_term(quad.object))
            self.subjects[subject] = None
        self.slots = 0
        self.bounded = True
        self.members: set[Iri] = set()

    def all(self, subject: NTerm, name: str) -> list[NTerm]:
        return sorted(self.by.get((subject, expand(name)), ()))

    def listed(self, head: NTerm) -> Iterator[NTerm]:
        cell: NTerm | None = head
        while cell and cell != nterm("rdf:nil"):
            yield from self.all(cell, "rdf:first")
            cell = next(iter(self.all(cell, "rdf:rest")), None)

    def targeted(self) -> list[NTerm]:
        return sorted(
            shape
            for shape in self.subjects
            if is_iri(shape) and (self.targets(shape) or self.all(shape, "sh:targetNode"))
        )

    def targets(self, shape: NTerm) -> tuple[TriplePattern, ...]:
        """The targets of a shape (SHACL 2.1.3), including implicit class targets."""
        classes = self.all(shape, "sh:targetClass")
        kinds = set(self.all(shape, "rdf:type"))
        own = {nterm(name) for name in ("sh:NodeShape", "sh:PropertyShape")}
        if kinds & {nterm(name) for name in ("rdfs:Class", "owl:Class")} and kinds & own:
            classes = [*classes, shape]
        return (
            *(TriplePattern("?this", _IS_A, kind) for kind in classes),
            *(TriplePattern("?this", p, "?any") for p in self.all(shape, "sh:targetSubjectsOf")),
            *(TriplePattern("?any", p, "?this") for p in self.all(shape, "sh:targetObjectsOf")),
        )

    def rule(self, shape: NTerm) -> Rule:
        self.slots, self.bounded, self.members = 0, True, set()
        unsupported = any(
            self.all(subject, name) for subject in self.subjects for name in _UNSUPPORTED
        )
        targets = self.targets(shape)
        patterns = (*targets, *self.shape(shape, "?this", ()))
        return Rule(
            name=to_iri(shape),
            root="?this",
            patterns=patterns,
            bounded=self.bounded and not unsupported,
            targets=targets,
            nodes=frozenset(self.all(shape, "sh:targetNode")),
            members=frozenset(self.members),
        )

    def shape(self, shape: NTerm, focus: str, above: tuple[NTerm, ...]) -> Iterator[TriplePattern]:
        """The patterns that a shape reads from the nodes in the slot `focus`."""
        if shape in above:
            self.bounded = False
            return
        if is_iri(shape):
            self.members.add(to_iri(shape))
        values = focus
        for path in self.all(shape, "sh:path"):
            values = self.slot()
            yield TriplePattern(focus, self.path(path), values)
        yield from self.constraints(shape, focus, values)
        heads = [head for name in _LISTS for head in self.all(shape, name)]
        nested = [member for name in _NESTED for member in self.all(shape, name)]
        for member in (*nested, *(member for head in heads for member in self.listed(head))):
            yield from self.shape(member, values, (*above, shape))

    def constraints(self, shape: NTerm, focus: str, values: str) -> Iterator[TriplePattern]:
        for kind in self.all(shape, "sh:class"):
            yield TriplePattern(values, _IS_A, kind)
        for name in _PAIRS:
            for kind in self.all(shape, name):
                yield TriplePattern(focus, kind, self.slot())
        if any(lexical(value) == "true" for value in self.all(shape, "sh:closed")):
            yield TriplePattern(focus, ("!",), self.slot())
        for kind in self.all(shape, "sh:sparql"):
            yield from self.query(kind, focus)

    def query(self, constraint: NTerm, focus: str) -> Iterator[TriplePattern]:
        """The patterns of a SPARQL constraint (SHACL 5); $this is the focus node."""
        declared = (
            declaration
            for owner in self.all(constraint, "sh:prefixes")
            for declaration in self.all(owner, "sh:declare")
        )
        head = "".join(map(self.prefix, declared))
        for text in self.all(constraint, "sh:select"):
            words = lexical(text) if is_literal(text) else ""
            if not words or re.search(r"[$?](PATH|shapesGraph|currentShape)\b", words):
                self.bounded = False
                continue
            try:
                read = query_patterns(head + words)
            except Exception:
                self.bounded = False
                continue
            self.bounded &= not read.sliced and all("?this" in keys for keys in read.grouped)
            number = self.slot()
            for pattern in read.patterns:
                terms = (pattern.subject, pattern.path, pattern.object)
                subject, path, value = (_renamed(term, focus, number) for term in terms)
                yield TriplePattern(str(subject), path, str(value), pattern.scope)

    def prefix(self, declaration: NTerm) -> str:
        """The declaration as SPARQL; an incomplete one is none, and its use a syntax error."""
        names, spaces = (self.all(declaration, key) for key in ("sh:prefix", "sh:namespace"))
        if len(names) != 1 or len(spaces) != 1:
            self.bounded = False
            return ""
        return f"PREFIX {lexical(names[0])}: {from_iri(lexical(spaces[0]))}\n"

    def slot(self) -> str:
        self.slots += 1
        return f"?{self.slots}"

    def path(self, node: NTerm) -> PropertyPath:
        """The path that a property path node describes (SHACL 2.3.1)."""
        if is_iri(node):
            return node
        for name, mark in (
            ("sh:inversePath", "^"),
            ("sh:zeroOrMorePath", "*"),
            ("sh:oneOrMorePath", "+"),
            ("sh:zeroOrOnePath", "?"),
        ):
            for inner in self.all(node, name):
                return (mark, self.path(inner))
        for head in self.all(node, "sh:alternativePath"):
            return ("|", *map(self.path, self.listed(head)))
        return ("/", *map(self.path, self.listed(node)))


def _renamed(term: PropertyPath, focus: str, number: str) -> PropertyPath:
    if not _is_variable(term):
        return term
    return focus if term == "?this" else f"{term}{number}"
