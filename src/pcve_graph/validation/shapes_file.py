"""The shapes that `--shapes` names: what can be used of them, and what is wrong with the rest.

SHACL ignores what it does not define, and so do we, with a warning. A shape that is not well-formed
costs itself and what cannot be applied without it; all other shapes are applied. Both engines get
the same shapes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ..model.namespaces import PREFIXES, nterm
from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.terms import (
    NTerm,
    NTriple,
    Statement,
    blank,
    blank_label,
    from_iri,
    iri_start,
    is_blank,
    is_iri,
    lexical,
    parse_statement,
    to_iri,
    triple_line,
)
from ..syntax.declared_prefixes import declared_prefixes
from ..syntax.jsonld_contexts import Load
from ..syntax.positions import ANY_BLANK, Places, match_blank_nodes
from ..system.files import read_file
from . import engines
from .component_faults import component_faults
from .documents import LARGEST, Document, read_document
from .input_files import form_of, named_files
from .query_patterns import with_python_patterns
from .results import nearest_key
from .shacl import no_shape
from .shape_faults import shape_faults
from .shape_nesting import nesting_faults
from .shape_queries import QUERIES, VALIDATORS
from .shape_query_faults import query_faults, with_absolute_namespaces
from .shapes_graph import COMPONENT, SPARQL, TYPE, Fault, ShapesGraph, Show
from .targets import Targets, read_targets

_NEARLY_SHACL: Final = re.compile(r"<https?://www\.w3\.org/(ns|NS|TR)/(shacl|SHACL)\W")
_ABSTRACT: Final = nterm("sh:Shape")
"""The class of all shapes; it says nothing of a shape, and turbo does not take it as a type."""

_SUBCLASS: Final = nterm("rdfs:subClassOf")
_LONGEST: Final = 120
"""Characters of a term that a message shows."""

_QUERY_HOLDERS: Final = {SPARQL, *VALIDATORS}


@dataclass(frozen=True)
class Shapes:
    """The shapes of one or more files as the engines get them.

    `lines` are N-Triples with one statement per line. `hierarchy` are the statements that count as
    data: `rdfs:subClassOf` in the shapes, and all statements of the ontologies. `problems` are
    those of the files, sorted. `stated` are the targets of all shapes if an error costs some of
    them, and None otherwise.
    """

    lines: str
    hierarchy: tuple[NTriple, ...] = ()
    problems: tuple[Problem, ...] = ()
    stated: Targets | None = None

    @property
    def faulty(self) -> bool:
        """Whether a part of the shapes is not applied because of an error."""
        return any(problem.severity == "error" for problem in self.problems)


def read_shapes(
    paths: Collection[Path],
    ontologies: Collection[Path] = (),
    advanced: bool = False,
    load: Load = lambda _: None,
) -> Shapes:
    """The shapes in these files, and in the files of folders among them, read as one graph.

    `ontologies` are files with a class hierarchy; `advanced` runs SHACL Advanced Features; `load`
    has the contexts that JSON-LD may refer to. Raises ContentError for a file that cannot be read,
    and for files with faults and no shape that applies to anything, UsageError for such files
    without faults.
    """
    files = [
        _File(document, f"s{number}-") for number, document in enumerate(_documents(paths, load))
    ]
    graph = ShapesGraph(row for file in files for row in file.rows)
    namespaces = {prefix: space for file in files for prefix, space in file.prefixes.items()}

    def show(term: NTerm) -> str:
        return _shown(term, namespaces)

    faults = [*shape_faults(graph, advanced, show), *nesting_faults(graph, show)]
    faults += component_faults(graph, show)
    faults += query_faults(graph, advanced, namespaces)
    rows, dead = _usable(graph, faults, advanced)
    lines = _text(rows)
    for shape in _refused(graph, rows, dead):
        faults.append(_refused_fault(graph, shape))
    if faults and faults[-1].message == _REFUSED:
        lines = _text(_usable(graph, faults, advanced)[0])
    more = [_File(document, f"o{at}-") for at, document in enumerate(_documents(ontologies, load))]
    warnings = (problem for file in (*files, *more) for problem in file.warnings)
    located = _located(files, graph, faults, show, dead)
    problems = tuple(sorted({*located, *warnings}))
    if why := no_shape(_text(graph.rows)):
        names = ", ".join(path.as_posix() for path in paths)
        why += f" in {names}: nothing would be checked{_namespace_hint(graph)}"
        if not problems:
            raise UsageError(why)
        place = Position(files[0].document.name)
        fix = "state what a shape applies to, such as sh:targetClass"
        raise ContentError([*problems, rule_problem("shape", place, why, fix)])
    hierarchy = [triple_line(row) for row in graph.rows if row.predicate == _SUBCLASS]
    hierarchy += [triple_line(row) for file in more for row in file.rows]
    shapes = Shapes(lines, tuple(dict.fromkeys(hierarchy)), problems)
    return replace(shapes, stated=read_targets(_text(graph.rows))) if shapes.faulty else shapes


def _documents(paths: Collection[Path], load: Load) -> Iterator[Document]:
    for path in named_files(paths):
        form = form_of(path, None)
        if form == "record":
            if path in paths:
                raise UsageError(f"{path} is not a file of shapes: shapes are RDF, such as Turtle")
            continue
        yield read_document(read_file(path, LARGEST), path.as_posix(), form, load)


class _File:
    """One file: its statements, with blank nodes of its own, and its prefixes.

    A relative IRI in a file without a base, which is an error in data, is a warning here.
    """

    def __init__(self, document: Document, mark: str) -> None:
        self.mark = mark
        self.document, self.warnings = document, tuple[Problem, ...]()
        try:
            self.own = tuple(map(parse_statement, document.lines()))
        except ContentError as error:
            if any(problem.rule != "relative-iri" for problem in error.problems):
                raise
            self.document = replace(document, based=True)
            self.own = tuple(map(parse_statement, self.document.lines()))
            self.warnings = tuple(replace(row, severity="warning") for row in error.problems)
        self.rows = tuple(Statement(*map(self._marked, row)) for row in self.own)
        self.subjects = {row.subject for row in self.rows}
        is_turtle = document.form in ("turtle", "trig")
        self.prefixes = declared_prefixes(document.raw, document.form) if is_turtle else {}

    def _marked(self, term: NTerm) -> NTerm:
        return blank(self.mark + blank_label(term)) if is_blank(term) else term

    def places(self, subjects: set[NTerm]) -> Places:
        """The places of the statements about `subjects`, which are terms of `rows`."""
        own = {
            blank(blank_label(term).removeprefix(self.mark)) if is_blank(term) else term
            for term in subjects
        }
        rows = [row for row in self.own if is_blank(row.subject) or is_blank(row.object)]
        wanted = {ANY_BLANK, *own, *(row.subject for row in rows)} if rows else own
        places = self.document.places(wanted)
        back = {theirs: ours for ours, theirs in match_blank_nodes(rows, places).items()}
        return {
            tuple(self._marked(back.get(term, term)) for term in key): place
            for key, place in places.items()
        }


def _usable(
    graph: ShapesGraph, faults: list[Fault], advanced: bool
) -> tuple[list[Statement], frozenset[NTerm]]:
    """The statements that the engines get, and the nodes that they do not get."""
    dead = graph.unusable([fault.node for fault in faults if fault.costs == "node"])
    dropped = {fault.statement for fault in faults if fault.costs == "statement"}
    dropped |= {row for row in graph.rows if row.predicate == TYPE and row.object == _ABSTRACT}
    if not advanced:
        held = {row.object for row in graph.rows if row.predicate in _QUERY_HOLDERS}
        dropped |= {
            row for row in graph.rows if row.predicate in QUERIES and row.subject not in held
        }
    return with_absolute_namespaces(graph.without(dead, dropped)), dead


def _text(rows: Iterable[Statement]) -> str:
    return "\n".join(sorted({triple_line(row) for row in rows}))


_REFUSED: Final = "the engine turbo cannot apply this shape"


def _refused(graph: ShapesGraph, rows: list[Statement], dead: frozenset[NTerm]) -> Iterator[NTerm]:
    """The shapes that the compiled engine refuses for a reason that is not found here.

    They are applied by neither engine, so that the reports are the same.
    """
    if engines.why_unusable() or not _is_refused(rows):
        return
    candidates = sorted(shape for shape in graph.shapes - dead if is_iri(shape))
    for shape in candidates:
        others = graph.unusable([*dead, *(other for other in candidates if other != shape)])
        if _is_refused(with_absolute_namespaces(graph.without(others))):
            yield shape


def _is_refused(rows: Iterable[Statement]) -> bool:
    return engines.refuses(with_python_patterns(_text(rows)))


def _refused_fault(graph: ShapesGraph, shape: NTerm) -> Fault:
    row = next(row for row in graph.rows if row.subject == shape)
    why = "a shape is one that both engines can apply, so that their reports are the same"
    return Fault("shape", row, shape, _REFUSED, why, "say it with SHACL core or sh:sparql")


def _namespace_hint(graph: ShapesGraph) -> str:
    """A hint on a namespace that is nearly that of SHACL; empty if there is none."""
    right = PREFIXES["sh"]
    for row in graph.rows:
        for term in (row.predicate, row.object):
            if _NEARLY_SHACL.match(term) and not term.startswith(iri_start(right)):
                return f"; the namespace of SHACL is {right}, and this file has {to_iri(term)}"
    return ""


def _located(
    files: list[_File],
    graph: ShapesGraph,
    faults: list[Fault],
    show: Show,
    dead: frozenset[NTerm],
) -> Iterator[Problem]:
    """The faults as problems at their places; the nodes in `dead` are not applied."""
    by_file: defaultdict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        of = (at for at, file in enumerate(files) if fault.statement.subject in file.subjects)
        stated = (at for at, file in enumerate(files) if fault.statement in file.rows)
        by_file[next(stated, next(of, 0))].append(fault)
    for at, of_file in by_file.items():
        file = files[at]
        places = file.places({fault.statement.subject for fault in of_file})
        for fault in of_file:
            yield _problem(file, places, graph, fault, show, dead)


def _problem(
    file: _File,
    places: Places,
    graph: ShapesGraph,
    fault: Fault,
    show: Show,
    dead: frozenset[NTerm],
) -> Problem:
    key = nearest_key(places, *fault.statement)
    position = Position(file.document.name, *places[key]) if key else Position(file.document.name)
    if fault.offset >= 0 and key:
        position = _in_query(file.document, position, lexical(fault.statement.object), fault.offset)
    named = graph.named_owner(fault.statement.subject)
    name = f"{show(named)}: " if is_iri(named) else ""
    message = name + fault.message
    if fault.costs == "node" and fault.severity == "error":
        message += f"; this {_loss(graph, fault.node, dead)} is not applied"
    return Problem(position, fault.rule, message, fault.why, fault.fix, fault.severity)


def _loss(graph: ShapesGraph, node: NTerm, dead: frozenset[NTerm]) -> str:
    """What is not applied because of a fault of `node`: a shape, or a part of one that is."""
    if node not in graph.shapes:
        return "component" if COMPONENT in graph.values(node, TYPE) else "constraint"
    outer = graph.named_owner(node)
    if outer == node or outer in dead:
        return "shape"
    return "shape inside it"


def _in_query(document: Document, position: Position, text: str, offset: int) -> Position:
    """The position of a character of a query, if the file has the text up to it without escapes."""
    if document.form not in ("turtle", "trig"):
        return position
    lines = document.raw.decode().split("\n")
    rest = "\n".join([lines[position.line - 1][position.column - 1 :], *lines[position.line :]])
    quote = next((mark for mark in ('"""', "'''", '"', "'") if rest.startswith(mark)), "")
    if not quote or not rest.startswith(text[:offset], len(quote)):
        return position
    before = text[:offset]
    if "\n" not in before:
        return position._replace(column=position.column + len(quote) + offset)
    column = offset - before.rfind("\n")
    return Position(position.path, position.line + before.count("\n"), column)


def _shown(term: NTerm, namespaces: dict[str, str]) -> str:
    """A term as the file writes it: with the prefixes of the file where they fit."""
    if is_iri(term):
        iri = to_iri(term)
        spaces = {prefix: PREFIXES[prefix] for prefix in ("rdf", "rdfs", "sh", "xsd")} | namespaces
        for prefix, space in sorted(spaces.items(), key=lambda item: -len(item[1])):
            local = iri.removeprefix(space)
            if space and iri.startswith(space) and re.fullmatch(r"[\w][\w.-]*(?<!\.)", local):
                return f"{prefix}:{local}"
        return from_iri(iri)
    if is_blank(term):
        return "a blank node"
    return term if len(term) <= _LONGEST else term[:_LONGEST] + "…"
