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
from typing import Final

from ..model.namespaces import nterm
from ..model.problems import ShaclResult, UsageError
from ..model.terms import (
    Iri,
    NTerm,
    NTriple,
    from_iri,
    is_blank,
    parse_statement,
    statement_lines,
    subject_of,
    to_iri,
)
from .blank_shapes import name_blank_shapes
from .engine_reports import read_report
from .engines import ABSENT, ALL_TARGETS, CLASSES, ENGINES, INSTALL, TARGETS, Groups, why_unusable
from .query_patterns import with_python_patterns
from .separate_constraints import separate_constraints
from .shape_queries import check_queries

_CHUNK: Final = 2**23
"""Characters per chunk of data; an engine loads it as a whole, with a constant cost per chunk."""

_SHAPES: Final = (nterm("sh:NodeShape"), nterm("sh:PropertyShape"))
_SHAPE: Final = re.compile("(<[^>]*>) {} (?:{}|{}) [.]".format(nterm("rdf:type"), *_SHAPES))


@dataclass(frozen=True, slots=True)
class ShaclReport:
    """The results, sorted, and the name of the engine that found them."""

    results: tuple[ShaclResult, ...]
    engine: str


def validate(
    data: str | Iterable[NTriple],
    shapes: str,
    engine: str | None = None,
    pairs: Mapping[Iri, Collection[Iri]] | None = None,
) -> ShaclReport:
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
    return ShaclReport(tuple(sorted(read_report(report, named, separate))), use)


def no_shape(shapes: str) -> str:
    """Why `shapes` (N-Triples) validate nothing: no shape, or no target; empty if they do.

    A shape that is a class too has its instances as targets (W3C SHACL, 2.1.3.3).
    """
    rows = [parse_statement(line) for line in statement_lines(shapes)]
    if any(row.predicate in ALL_TARGETS for row in rows):
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
