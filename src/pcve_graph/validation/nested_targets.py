"""Nodes that a shape inside another one is about: the values of the property of the outer shape.

A result of such a shape is about the value (W3C SHACL, sections 2.3 and 4.7.2), which is no target
of any shape, so that only the data show whether it was checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final, cast

import pyoxigraph as ox

from ..model.namespaces import nterm
from ..model.terms import NTerm, NTriple, from_term, is_blank, is_iri
from .shape_parameters import ShapeParameters
from .targets import SUBCLASS, read_targets

_MOST: Final = 500_000
"""Statements of the largest document that is searched, which take some 200 MB in memory."""

_DEEPEST: Final = 8
"""Levels of shapes in shapes that are followed."""

_PATHS: Final = 200
"""Paths from targets to shapes inside others that are searched."""


def nested_values(
    lines: Iterable[NTriple], shapes: str, parameters: ShapeParameters, focus: Collection[NTerm]
) -> frozenset[NTerm]:
    """The nodes of `focus` that a shape inside another one is about, in a document.

    `lines` are its statements and those of its class hierarchy; of more than `_MOST` none is
    searched. `shapes` are N-Triples, and `parameters` what they require.
    """
    named = [node for node in focus if is_iri(node)]
    patterns = list(islice(_patterns(shapes, parameters), _PATHS))
    if not (named and patterns):
        return frozenset()
    held = list(islice(lines, _MOST + 1))
    if len(held) > _MOST:
        return frozenset()
    store = ox.Store()
    store.bulk_load("\n".join(held), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    union = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
    query = f"SELECT DISTINCT ?node {{ VALUES ?node {{ {' '.join(named)} }} {union} }}"
    solutions = cast(ox.QuerySolutions, store.query(query))
    return frozenset(from_term(solution["node"]) for solution in solutions)


def _patterns(shapes: str, parameters: ShapeParameters) -> Iterator[str]:
    """Patterns of SPARQL that each have the values of one shape with others in it as `?node`."""
    implicit = read_targets(shapes).classes
    for shape in parameters.nodes():
        classes = [*parameters.values(shape, "sh:targetClass"), *{shape}.intersection(implicit)]
        targets = [
            f"?target {nterm('rdf:type')}/{SUBCLASS}* {term} ." for term in classes if is_iri(term)
        ]
        nodes = parameters.values(shape, "sh:targetNode")
        targets += [f"VALUES ?target {{ {node} }}" for node in nodes if not is_blank(node)]
        subjects = parameters.values(shape, "sh:targetSubjectsOf")
        targets += [f"?target {path} ?value ." for path in subjects]
        targets += [
            f"?subject {path} ?target ." for path in parameters.values(shape, "sh:targetObjectsOf")
        ]
        for path in _nested_paths(shape, parameters) if targets else ():
            yield from (f"{target} ?target {path} ?node ." for target in targets)


def _nested_paths(shape: NTerm, parameters: ShapeParameters, depth: int = 0) -> Iterator[str]:
    """The paths from the targets of a shape to the values that shapes inside it are about."""
    path = parameters.path(shape)
    nested = parameters.values(shape, "sh:property")
    before = f"({''.join(parameters.path_parts(path))})" if path else ""
    if before and nested:
        yield before
    for node in nested if depth < _DEEPEST else ():
        for rest in _nested_paths(node, parameters, depth + 1):
            yield f"{before}/{rest}" if before else rest
