"""What is wrong with the paths of shapes (SHACL, section 2.3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..model.namespaces import nterm
from ..model.terms import NTerm, Statement, is_iri, is_literal
from .shapes_graph import (
    ALTERNATIVE,
    FIRST,
    MODIFIERS,
    NODE_SHAPE,
    PATH,
    PROPERTY,
    REST,
    TYPE,
    Fault,
    ShapesGraph,
    Show,
)

_MORE: Final = "the blank node of the path has more than one statement"


def path_faults(graph: ShapesGraph, shape: NTerm, show: Show) -> Iterator[Fault]:
    """The faults of the path of `shape`: none, several, one that is no path."""
    paths = graph.values(shape, PATH)

    def fault(row: tuple[NTerm, ...], message: str, why: str, fix: str) -> Fault:
        return Fault("shape", Statement(*row), shape, message, f"{why}", fix)

    why = "a property shape has exactly one sh:path (SHACL 2.3.1)"
    if paths and NODE_SHAPE in graph.values(shape, TYPE):
        why = "a node shape has no sh:path (SHACL 2.2)"
        fix = "write sh:PropertyShape instead of sh:NodeShape, or delete sh:path"
        yield fault((shape, PATH, paths[0]), "a node shape has a path", why, fix)
    elif len(paths) > 1:
        shown = ", ".join(map(show, paths))
        fix = "keep one path; for either of them write sh:path [ sh:alternativePath ( … ) ]"
        yield fault((shape, PATH, paths[1]), f"sh:path has {len(paths)} values: {shown}", why, fix)
    elif not paths and shape in graph.property_shapes:
        described = shape in graph.objects
        message = "the property shape has no sh:path"
        fix = "add sh:path with the property it is about"
        if not described and is_iri(shape):
            message = f"sh:property names {show(shape)}, which the shapes do not describe"
            fix = f"describe {show(shape)} as a property shape with sh:path, or name another"
        outer = next((row for row in graph.holders[shape] if row.predicate == PROPERTY), None)
        at = (shape, TYPE, graph.values(shape, TYPE)[0]) if graph.values(shape, TYPE) else None
        first = next((row for row in graph.rows if row.subject == shape), None)
        yield fault(tuple(at or first or outer or (shape, PATH, shape)), message, why, fix)
    elif paths and (reason := _bad_path(graph, paths[0], frozenset())):
        why = "a path is an IRI or one of the forms of SHACL 2.3.1"
        fix = "write an IRI, ( p1 p2 ) or [ sh:inversePath p ]; SHACL 2.3.1 lists all forms"
        fix = "delete what it has besides the path" if reason == _MORE else fix
        yield fault((shape, PATH, paths[0]), reason, why, fix)


def _bad_path(graph: ShapesGraph, path: NTerm, outer: frozenset[NTerm]) -> str:
    """Why `path` is not a well-formed property path; empty if it is one."""
    if is_iri(path):
        return "the path is the empty list" if path == nterm("rdf:nil") else ""
    if is_literal(path):
        return "the path is a literal"
    if path in outer:
        return "the path contains itself"
    inner = outer | {path}
    if graph.values(path, FIRST) or graph.values(path, REST):
        members = graph.list_of(path)
        if members is None:
            return "the path is not a well-formed list"
        if len(members) < 2:
            return "the path is a list of one member"
        return next(filter(None, (_bad_path(graph, member, inner) for member in members)), "")
    forms = [(form, value) for form, values in graph.objects[path].items() for value in values]
    paths = [(form, value) for form, value in forms if form in MODIFIERS or form == ALTERNATIVE]
    if len(paths) != 1:
        return "the path is a blank node of none of the forms" if not paths else "two paths in one"
    if len(forms) > 1:
        return _MORE
    form, value = paths[0]
    if form != ALTERNATIVE:
        return _bad_path(graph, value, inner)
    members = graph.list_of(value)
    if members is None or len(members) < 2:
        return "sh:alternativePath is not a list of two or more paths"
    return next(filter(None, (_bad_path(graph, member, inner) for member in members)), "")
