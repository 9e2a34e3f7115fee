"""The results in the report of an engine, alike whichever engine wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.namespaces import expand
from ..model.problems import ShaclResult
from ..model.terms import NO_IRI, NO_TERM, Iri, NTerm, Term, blank, from_iri, from_term, lexical
from .blank_shapes import BLANK_SHAPE, NAMED, NamedShapes
from .engines import ReportTriple
from .message_templates import with_languages
from .separate_constraints import SeparateConstraints

_Stated: TypeAlias = dict[Term, dict[Iri, list[Term]]]
"""The objects of statements by subject and predicate."""

_LEAKED: Final = re.compile(f"<?{NAMED}([0-9]+)>?")
_MADE_UP: Final = "violated at"
"""What follows the component in the message that turbo words for one without a message."""

_DEEPEST: Final = 4
"""Levels of sh:detail that are read."""

_SOURCES: Final = ("sh:sourceConstraint", "sh:sourceConstraintComponent")


def read_report(
    report: Iterable[ReportTriple], shapes: NamedShapes, separate: SeparateConstraints
) -> list[ShaclResult]:
    """The results in a `sh:ValidationReport`, with the messages that `shapes` state for them.

    The engines word a message of their own where the shapes state none (which SHACL 3.6.2.7 leaves
    to them), each differently; these are left out.
    """
    reader = _Reader(report, shapes, separate)
    reports = [properties.get(expand("sh:result"), ()) for properties in reader.stated.values()]
    return [reader.result(node) for nodes in reports for node in nodes]


class _Reader:
    """The statements of a report. Equal texts of many results are one object."""

    def __init__(
        self, report: Iterable[ReportTriple], shapes: NamedShapes, separate: SeparateConstraints
    ) -> None:
        self.shapes, self.separate = shapes, separate
        self.iri_of, self.shown = lru_cache(None)(_iri), lru_cache(None)(_shown)
        self.worded = lru_cache(None)(self._worded)
        self.stated = _by_subject(report, self.iri_of)

    def result(self, node: Term, depth: int = 0) -> ShaclResult:
        """The result that is a node of the report, with those inside."""
        properties, holders = self.stated[node], self.shapes.holders
        stating, shown = self.shapes.stating, self.shown

        def one(name: str) -> Term | None:
            return min(properties.get(expand(name), ()), key=str, default=None)

        applied, component = one("sh:sourceShape"), self.iri_of(one("sh:sourceConstraintComponent"))
        source = self.separate.source(applied)
        shape, constraint = self.iri_of(source), self.iri_of(one("sh:sourceConstraint"))
        terms = (source, *map(one, _SOURCES))
        sources = {from_term(term) for term in terms if term is not None}
        is_stated = sources & stating.keys()
        texts = properties.get(expand("sh:resultMessage"), ()) if is_stated else ()
        details = properties.get(expand("sh:detail"), ()) if depth < _DEEPEST else ()
        return ShaclResult(
            focus=shown(one("sh:focusNode")),
            path=self._path(one("sh:resultPath"), source),
            value=shown(one("sh:value")),
            shape=NO_IRI if shape in holders else shape,
            holder=holders.get(shape, NO_IRI),
            component=component,
            severity=self.iri_of(one("sh:resultSeverity")),
            constraint=NO_IRI if constraint in holders else constraint,
            blank_shape=_blank_node(source, holders),
            blank_constraint=_blank_node(one("sh:sourceConstraint"), holders),
            messages=self.worded(tuple(texts), frozenset(sources)),
            details=tuple(sorted(self.result(detail, depth + 1) for detail in details)),
            parameter=self.separate.value(applied, component),
        )

    def _worded(self, texts: tuple[Term, ...], sources: frozenset[NTerm]) -> tuple[NTerm, ...]:
        """The messages of a result, with the languages of those that its sources state."""
        stating = self.shapes.stating
        templates = [stating[source] for source in sources if source in stating]
        made_up = tuple(f"{lexical(source)} {_MADE_UP} " for source in sources)
        messages = (text for text in map(_message, texts) if not lexical(text).startswith(made_up))
        return with_languages(messages, chain.from_iterable(templates))

    def _path(self, path: Term | None, source: Term | None) -> NTerm:
        """The path of a result; that of its shape if a query selects a `path` that is none.

        Rule: SHACL 5.3.2 takes an IRI only.
        """
        if isinstance(path, ox.BlankNode) and path in self.stated:
            return _path(path, self.stated)
        if path is None or isinstance(path, ox.NamedNode):
            return self.shown(path)
        paths = _shapes_stated(self.shapes.text).get(source or path, {}).get(expand("sh:path"), ())
        return _path(paths[0], _shapes_stated(self.shapes.text)) if paths else NO_TERM


@lru_cache(1)
def _shapes_stated(shapes: str) -> _Stated:
    quads = ox.parse(shapes, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)
    return _by_subject(map(ReportTriple._make, (quad.triple for quad in quads)), _iri)


def _by_subject(report: Iterable[ReportTriple], iri_of: Callable[[Term | None], Iri]) -> _Stated:
    stated: _Stated = {}
    for subject, predicate, value in report:
        stated.setdefault(subject, {}).setdefault(iri_of(predicate), []).append(value)
    return stated


def _message(term: Term) -> NTerm:
    """A message without the names of blank shapes, which only the engines get."""
    return NTerm(_LEAKED.sub(rf"_:{BLANK_SHAPE}\1", from_term(term)))


def _blank_node(shape: Term | None, holders: Mapping[Iri, Iri]) -> NTerm:
    """The blank node that `shape` is, or that `name_blank_shapes` named so; else empty."""
    if isinstance(shape, ox.NamedNode):
        named = Iri(shape.value)
        label = BLANK_SHAPE + named.removeprefix(NAMED)
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
