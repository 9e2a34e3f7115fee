"""SHACL validation with one of two engines, which must give the same results.

The default is turbo, a compiled engine of one pinned release, installed by the extra `fast`; if it
is not installed, the default is pySHACL, which is also the reference. The engines get N-Triples
text from pyoxigraph, so that "x" and "x"^^xsd:string are the same term to them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import expand, nterm
from ..model.problems import ShaclResult, UsageError
from ..model.terms import (
    NO_IRI,
    NO_TERM,
    Iri,
    NTerm,
    NTriple,
    Term,
    blank,
    from_iri,
    from_term,
    is_blank,
    is_iri,
    is_literal,
    parse_statement,
    statement_lines,
    subject_of,
    to_iri,
    triple_line,
)
from .engines import ABSENT, CLASSES, ENGINES, INSTALL, TARGETS, Groups, ReportTriple, why_unusable
from .message_templates import with_languages
from .query_patterns import with_python_patterns
from .separate_constraints import SeparateConstraints, separate_constraints
from .shape_queries import VALIDATORS, check_queries

_CHUNK: Final = 2**23
"""Characters per chunk of data; an engine loads it as a whole, with a constant cost per chunk."""

_Stated: TypeAlias = dict[Term, dict[Iri, list[Term]]]
"""The objects of the statements of a report by subject and predicate."""

_NAMED: Final = "urn:x-shape:"
"""How the IRIs begin that stand for blank shapes."""

_BLANK_SHAPE: Final = "pcve-shape"
"""How the labels begin that blank shapes have in results."""

_LEAKED: Final = re.compile(f"<?{_NAMED}([0-9]+)>?")
_DEEPEST: Final = 4
"""Levels of sh:detail that are read."""

_PARTS: Final = (nterm("sh:property"), nterm("sh:node"), nterm("sh:sparql"))
_MESSAGE: Final = nterm("sh:message")
_SELECT: Final = nterm("sh:select")
_BINDS: Final = re.compile(r"[?$]message\b")
"""Matches a query that may bind the variable of the message (SHACL 5.3.2)."""
_SOURCES: Final = ("sh:sourceConstraint", "sh:sourceConstraintComponent")

_SHAPES: Final = (nterm("sh:NodeShape"), nterm("sh:PropertyShape"))
_SHAPE: Final = re.compile("(<[^>]*>) {} (?:{}|{}) [.]".format(nterm("rdf:type"), *_SHAPES))


@dataclass(frozen=True, slots=True)
class Report:
    """The results, sorted, and the name of the engine that found them."""

    results: tuple[ShaclResult, ...]
    engine: str


def validate(
    data: str | Iterable[NTriple],
    shapes: str,
    engine: str | None = None,
    pairs: Mapping[Iri, Collection[Iri]] | None = None,
) -> Report:
    """Validate `data` against `shapes`, both N-Triples with one statement per line.

    `data` may be an iterable of lines, which is streamed to the engine.

    With `pairs`, from the IRI of each shape to the IRIs of its focus nodes, each shape is applied
    to these nodes only, whatever its targets; `data` then needs only what the shapes read from
    there. Compiled shapes are cached by their text.

    `engine` is one of `ENGINES`; None selects turbo, or pySHACL if turbo cannot be used. Raises
    UsageError for an unknown engine, for turbo if it is named but cannot be used, for a name in
    `pairs` that is not a shape, and for shapes that are invalid or that `check_queries` rejects.
    """
    use = choose_engine(engine)
    check_queries(shapes)
    shape_iris = frozenset[Iri]() if pairs is None else _shapes_in(shapes)
    groups = None if pairs is None else _groups(pairs, shape_iris)
    named = name_blank_shapes(shapes)
    separate = separate_constraints(with_python_patterns(named.text))
    shapes = separate.text
    if groups is not None:
        groups = [(separate.applied(names), focus) for names, focus in groups]
        applied = [name for names, _ in groups for name in names]
        shapes = _select_shapes(shapes, applied, separate.applied(shape_iris))
    chunks = (data,) if isinstance(data, str) else _chunks(data)
    report = ENGINES[use](chunks, shapes, groups)
    return Report(tuple(sorted(_read_report(report, named, separate))), use)


def no_shape(shapes: str) -> str:
    """Why `shapes` (N-Triples) validate nothing: no shape, or no target; empty if they do.

    A shape that is a class too has its instances as targets (W3C SHACL, 2.1.3.3).
    """
    rows = [parse_statement(line) for line in statement_lines(shapes)]
    if any(row.predicate in TARGETS or row.predicate == nterm("sh:target") for row in rows):
        return ""
    types = [row for row in rows if row.predicate == nterm("rdf:type")]
    with_shape = {row.subject for row in types if row.object in _SHAPES}
    if with_shape & {row.subject for row in types if row.object in CLASSES}:
        return ""
    return "no shape with a target" if with_shape else "no shape"


def has_unnamed_target(shapes: str) -> bool:
    """Whether a shape in `shapes` (N-Triples) that has a target is a blank node."""
    rows = map(parse_statement, statement_lines(shapes))
    return any(row.predicate in TARGETS and is_blank(row.subject) for row in rows)


def prepare(shapes: str) -> None:
    """Fill the caches for `shapes` before the first `validate` with them."""
    _shapes_in(shapes)
    name_blank_shapes(shapes)


def choose_engine(engine: str | None) -> str:
    """The name of the engine to use: `engine`, or the default if that is None.

    Raises UsageError for an unknown engine, and for turbo if it is named but cannot be used.
    """
    if engine is None:
        return "pyshacl" if why_unusable() else "turbo"
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; known engines: {', '.join(ENGINES)}")
    if engine == "turbo" and why_unusable():
        raise UsageError(f"{why_unusable()}; `{INSTALL}` installs it")
    return engine


def engine_note(engine: str | None) -> str:
    """A note on speed if the default is pySHACL; empty if an engine is named or turbo is used.

    Measured on the shipped project (54,000 triples, 265 shapes): pySHACL 9.9 s, turbo 0.8 s.
    """
    if engine is not None or not why_unusable():
        return ""
    reason = "" if why_unusable() == ABSENT else f", since {why_unusable()}"
    return f"validating with pySHACL{reason}; `{INSTALL}` makes it about 10 times faster"


def _groups(pairs: Mapping[Iri, Collection[Iri]], shape_iris: Collection[Iri]) -> Groups:
    """The shapes in `pairs`, grouped by equal focus nodes; an engine runs once for each group.

    Unknown names are rejected here, since turbo ignores them and would report no violations.
    """
    unknown = sorted(pair for pair in pairs if pair not in shape_iris)
    if unknown:
        raise UsageError(f"there is no shape {unknown[0]}")
    groups: dict[frozenset[Iri], set[Iri]] = defaultdict(set)
    for shape, focus in pairs.items():
        if focus:
            groups[frozenset(focus)].add(shape)
    return [(names, focus) for focus, names in groups.items()]


def _select_shapes(shapes: str, wanted: Collection[Iri], shape_iris: Collection[Iri]) -> str:
    """`shapes` without those of `shape_iris` that are neither wanted nor referred to by others.

    An engine takes time to compile each shape that it is given.
    """
    lines_by_subject: dict[NTerm, list[str]] = defaultdict(list)
    for line in shapes.split("\n"):
        lines_by_subject[subject_of(line)].append(line)

    def reached(nodes: Iterable[NTerm]) -> set[NTerm]:
        nodes_reached: set[NTerm] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node in lines_by_subject and node not in nodes_reached:
                nodes_reached.add(node)
                waiting += [parse_statement(line).object for line in lines_by_subject[node]]
        return nodes_reached

    applied = set(map(from_iri, wanted))
    unused = reached(set(map(from_iri, shape_iris)) - applied)
    unused -= reached(applied | (lines_by_subject.keys() - unused))
    return "\n".join(
        line for node in lines_by_subject if node not in unused for line in lines_by_subject[node]
    )


def _chunks(lines: Iterable[NTriple]) -> Iterator[str]:
    """`lines` in chunks of a few megabytes.

    Blank node labels are local to a chunk, so all lines that may have one are in the last chunk.
    """
    chunk: list[str] = []
    with_blank_nodes: list[str] = []
    size = 0
    for line in lines:
        if "_:" in line:
            with_blank_nodes.append(line)
            continue
        chunk.append(line)
        size += len(line)
        if size > _CHUNK:
            yield "\n".join(chunk)
            chunk, size = [], 0
    yield "\n".join([*chunk, *with_blank_nodes])


@lru_cache(4)
def _shapes_in(shapes: str) -> frozenset[Iri]:
    return frozenset(map(to_iri, _SHAPE.findall(shapes)))


@dataclass(frozen=True, slots=True)
class _NamedShapes:
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
def name_blank_shapes(shapes: str) -> _NamedShapes:
    """`shapes` with IRIs for the blank nodes of `_PARTS`, and for shapes with a target."""
    rows = [parse_statement(line) for line in statement_lines(shapes)]
    holder = {row.object: row.subject for row in rows if is_blank(row.object)}
    nodes = sorted(
        {row.object for row in rows if row.predicate in _PARTS and is_blank(row.object)}
        | {row.subject for row in rows if row.predicate in TARGETS and is_blank(row.subject)}
    )
    names = {node: from_iri(f"{_NAMED}{number}") for number, node in enumerate(nodes, 1)}
    stating: dict[NTerm, list[NTerm]] = {}
    for subject, predicate, value in rows:
        if predicate == _MESSAGE or (predicate == _SELECT and _BINDS.search(value)):
            texts = stating.setdefault(names.get(subject, subject), [])
            texts += [value] if predicate == _MESSAGE and is_literal(value) else []
    for component, predicate, validator in rows:
        if predicate in VALIDATORS and (of := stating.get(names.get(validator, validator))):
            stating[component] = [*stating.get(component, ()), *of]
    if not names:
        return _NamedShapes(shapes, {}, stating)
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
    return _NamedShapes("\n".join(lines), held, stating)


def _read_report(
    report: Iterable[ReportTriple], shapes: _NamedShapes, separate: SeparateConstraints
) -> list[ShaclResult]:
    """The results in a `sh:ValidationReport`, with the messages that `shapes` state for them.

    The engines word a message of their own where the shapes state none (which SHACL 3.6.2.7 leaves
    to them), each differently; these are left out. Equal texts of many results are one object.
    """
    holders = shapes.holders
    stated: _Stated = {}
    iri_of = lru_cache(None)(_iri)
    shown = lru_cache(None)(_shown)
    for subject, predicate, value in report:
        stated.setdefault(subject, {}).setdefault(iri_of(predicate), []).append(value)

    @lru_cache(None)
    def worded(texts: tuple[Term, ...], sources: frozenset[NTerm]) -> tuple[NTerm, ...]:
        stating = [shapes.stating[source] for source in sources if source in shapes.stating]
        return with_languages(map(_message, texts), chain.from_iterable(stating))

    def result(node: Term, depth: int = 0) -> ShaclResult:
        properties = stated[node]

        def one(name: str) -> Term | None:
            return min(properties.get(expand(name), ()), key=str, default=None)

        def named(name: str) -> Iri:
            return iri_of(one(name))

        applied, component = one("sh:sourceShape"), named("sh:sourceConstraintComponent")
        source = separate.source(applied)
        shape, constraint = iri_of(source), named("sh:sourceConstraint")
        terms = (source, *map(one, _SOURCES))
        sources = {from_term(term) for term in terms if term is not None}
        is_stated = sources & shapes.stating.keys()
        texts = properties.get(expand("sh:resultMessage"), ()) if is_stated else ()
        path = one("sh:resultPath")
        return ShaclResult(
            focus=shown(one("sh:focusNode")),
            path=_path(path, stated) if isinstance(path, ox.BlankNode) else shown(path),
            value=shown(one("sh:value")),
            shape=NO_IRI if shape in holders else shape,
            holder=holders.get(shape, NO_IRI),
            component=component,
            severity=named("sh:resultSeverity"),
            constraint=NO_IRI if constraint in holders else constraint,
            blank_shape=_blank_node(source, holders),
            blank_constraint=_blank_node(one("sh:sourceConstraint"), holders),
            messages=worded(tuple(texts), frozenset(sources)),
            details=tuple(
                sorted(
                    result(detail, depth + 1) for detail in properties.get(expand("sh:detail"), ())
                )
            )
            if depth < _DEEPEST
            else (),
            parameter=separate.value(applied, component),
        )

    nodes = [
        node for properties in stated.values() for node in properties.get(expand("sh:result"), ())
    ]
    return [result(node) for node in nodes]


def name_of_blank(shape: NTerm) -> NTerm:
    """The name that `name_blank_shapes` gave to the `blank_shape` of a result; else `shape`."""
    number = shape.removeprefix(blank(_BLANK_SHAPE))
    return shape if number == shape else from_iri(_NAMED + number)


def _message(term: Term) -> NTerm:
    """A message without the names of blank shapes, which only the engines get."""
    return NTerm(_LEAKED.sub(rf"_:{_BLANK_SHAPE}\1", from_term(term)))


def _blank_node(shape: Term | None, holders: Mapping[Iri, Iri]) -> NTerm:
    """The blank node that `shape` is, or that `name_blank_shapes` named so; else empty."""
    if isinstance(shape, ox.NamedNode):
        named = Iri(shape.value)
        label = _BLANK_SHAPE + named.removeprefix(_NAMED)
        return blank(label) if named in holders else NO_TERM
    return _shown(shape)


def _iri(term: Term | None) -> Iri:
    return Iri(term.value if isinstance(term, ox.NamedNode) else "")


def _shown(term: Term | None) -> NTerm:
    return NO_TERM if term is None else from_term(term)


def _path(term: Term | None, stated: _Stated) -> NTerm:
    """A property path in Turtle syntax."""
    if not isinstance(term, ox.BlankNode):
        return _shown(term)
    of = stated.get(term, {})
    if expand("rdf:first") not in of:
        pairs = (f"{from_iri(key)} {_path(values[0], stated)}" for key, values in of.items())
        return NTerm(f"[ {' ; '.join(pairs)} ]")
    members = []
    cell: Term = term
    while expand("rdf:first") in stated.get(cell, {}):
        members.append(_path(stated[cell][expand("rdf:first")][0], stated))
        cell = stated[cell][expand("rdf:rest")][0]
    return NTerm(f"( {' '.join(members)} )")
