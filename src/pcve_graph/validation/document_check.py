"""Validation of an RDF document: each problem with its place, rule and fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

import pyoxigraph as ox

from ..graph.store import StoredGraph
from ..incremental.change import FullBuildError
from ..model.namespaces import GRAPHS, expand, nterm
from ..model.problems import Position, Problem, ShaclResult, rule_problem
from ..model.schema import Ontology
from ..model.suggest import IdSuggestions
from ..model.terms import (
    NO_TERM,
    Iri,
    NTerm,
    NTriple,
    Statement,
    from_iri,
    is_blank,
    literal,
    parse_statement,
)
from ..syntax.positions import ANY_BLANK, Places, match_blank_nodes
from . import shacl
from .checked_things import CheckedThings, ThingCounter, saved_values
from .claim_index import ClaimIndex
from .documents import Document
from .focus_nodes import caused_by_document, find_mentions
from .incremental_gate import check_against_saved
from .nested_targets import nested_values
from .report import rule_address
from .requirements import Requirements
from .results import (
    Context,
    joined,
    located_key,
    nearest_key,
    plainness,
    result_problem,
    segments,
    stated_values,
    with_named_value,
)
from .shape_parameters import read_shapes
from .statement_index import StatementIndex
from .targets import Targets
from .unchecked import Omission, omissions
from .unknown_terms import Fault, TermCheck

_PAIRED = 200_000
"""Statements about blank nodes that are held in memory to match the labels of two parsers."""


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """The problems of one document, the SHACL results behind them, and what was checked in it."""

    problems: tuple[Problem, ...]
    results: tuple[ShaclResult, ...]
    checked: CheckedThings | None = None


def check_document(
    document: Document,
    ontology: Ontology,
    shapes: str | None = None,
    against: StoredGraph | None = None,
    engine: str | None = None,
    focus: tuple[str, ...] = (),
    require_checked: bool = False,
    hierarchy: tuple[NTriple, ...] = (),
    claims: ClaimIndex | None = None,
    stated_targets: Targets | None = None,
) -> DocumentReport:
    """All problems of `document`, sorted by line.

    `shapes` replaces the project's shapes (N-Triples); `hierarchy` are statements that count as
    data to them. `against` is a built graph in which references are resolved; only problems of
    nodes that the document mentions are then reported, and with `focus` only those of these IRIs.
    Without either, `shapes` are applied to the document alone, and the report is that of SHACL; the
    project's shapes are applied to it together with the ontology, whose terms they require.
    `Mentions` states which results are reported. `stated_targets` are those of all shapes if errors
    cost some of them. The document is read once for the engine, while
    `claims` collects its claims, and again to find places. Raises ContentError for a syntax error.
    """
    focus_terms = set(map(from_iri, focus))
    index = claims.index if claims else StatementIndex(ontology, shapes, focus_terms, hierarchy)
    stated = claims.index_lines if claims else index.index_lines
    report = _report(document, ontology, index, stated, shapes, against, engine, hierarchy)
    mentions = find_mentions(
        {result.focus for result in report.results},
        index.marks,
        document.lines(),
        () if shapes is not None else chain.from_iterable(ontology.graphs.values()),
    )

    def is_reported(node: NTerm) -> bool:
        return not focus_terms or node in focus_terms

    results = tuple(
        result
        for result in report.results
        if is_reported(result.focus)
        and mentions.is_reported(result.focus, against is not None)
        and (shapes is not None or result.focus not in index or index.is_ours(result.focus))
    )
    index.mentioned |= focus_terms.intersection(result.focus for result in results)
    terms = TermCheck(index, ontology, document, _saved_classes(against))
    suspects = set(filter(is_reported, terms.suspects())) if shapes is None else set()
    findings = DocumentReport((), ())
    if results or suspects:
        named = {result.focus: mentions.named.get(result.focus) for result in results}
        data = _Data(document, ontology, terms, shapes, against)
        findings = _describe(data, results, suspects, named)
    characters = _control_characters(document, index.refused, is_reported)
    problems = [*findings.problems, *set(characters)]
    counter = ThingCounter.of_document(document, index, shapes is None, against)
    checked = counter.count(document.name)
    failed = any(problem.severity == "error" for problem in problems)
    unchecked = omissions(counter, checked, terms, require_checked, failed, stated_targets)
    problems += set(_located(document, unchecked))
    return DocumentReport(tuple(sorted(problems)), findings.results, checked)


def _saved_classes(against: StoredGraph | None) -> Callable[[NTerm], Collection[NTerm]] | None:
    """The classes that a built graph states of a node."""
    return partial(saved_values, against, nterm("rdf:type")) if against else None


def _located(document: Document, unchecked: Iterable[Omission]) -> Iterator[Problem]:
    """What was not checked, as problems at the place of what each names."""
    faults = []
    for omission in unchecked:
        statement = Statement(*(*omission.key, NO_TERM, NO_TERM, NO_TERM)[:3])
        problem = rule_problem(
            omission.rule, Position(document.name), omission.message, omission.fix
        )
        faults.append((statement, replace(problem, severity=omission.severity)))
    yield from (problem for _, problem in locate_faults(document, faults))


def _control_characters(
    document: Document, refused: dict[Statement, str], is_reported: Callable[[NTerm], bool]
) -> Iterator[Problem]:
    """A warning for each statement with a character that records may not contain.

    `refused` has the name of the character; subjects that `is_reported` is false for are left out.
    It is not an error: RDF 1.1 allows these characters (Concepts, section 3.3), and other
    validators accept them.
    """
    faults = []
    for statement, name in refused.items():
        if not is_reported(statement.subject):
            continue
        message, fix = f"found the character {name}", f"delete the character {name} from this value"
        problem = rule_problem("control-character", Position(document.name), message, fix)
        faults.append((statement, replace(problem, severity="warning")))
    yield from (problem for _, problem in locate_faults(document, faults))


def locate_faults(
    document: Document, faults: Iterable[tuple[Statement, Problem]]
) -> list[tuple[Statement, Problem]]:
    """`faults` with the place of the statement that each is about, or of its subject.

    The statements that are returned have the labels of blank nodes that the document has. A problem
    without a subject keeps its place.
    """
    listed = list(faults)
    subjects = {statement.subject for statement, _ in listed if statement.subject}
    places, alias = _places(document, subjects) if subjects else ({}, {})
    named = [(_aliased(statement, alias), problem) for statement, problem in listed]
    of = _by_subject(places, {statement.subject for statement, _ in named})
    return [
        (statement, replace(problem, position=_position(document, of, *statement)))
        for statement, problem in named
    ]


def _report(
    document: Document,
    ontology: Ontology,
    index: StatementIndex,
    index_lines: Callable[[Iterable[NTriple]], Iterator[NTriple]],
    shapes: str | None,
    against: StoredGraph | None,
    engine: str | None,
    hierarchy: tuple[NTriple, ...],
) -> shacl.ShaclReport:
    """The report on the document, with derived bounds if `shapes` are the project's.

    `index_lines` fills `index`, and `nested` of it is filled here. The document is in the context
    of `against`, else of the ontology if `shapes` are the project's.
    """

    def lines() -> Iterator[NTriple]:
        stated = index_lines(document.lines())
        return chain(stated, hierarchy if shapes else index.bound_lines())

    applied = ontology.shapes if shapes is None else shapes
    if index.focus:
        stated = chain(document.lines(), hierarchy)
        index.nested = nested_values(stated, applied, read_shapes(applied), index.focus)
    if against is None:
        context = chain.from_iterable(ontology.graphs.values()) if shapes is None else ()
        return shacl.validate(chain(lines(), context), applied, engine)
    try:
        return check_against_saved(against, lines(), ontology, shapes, engine)
    except FullBuildError:
        saved = partial(map, against.lines, GRAPHS)
    report = shacl.validate(chain(lines(), *saved()), applied, engine)
    if all(result.focus in index for result in report.results):
        return report
    alone = shacl.validate(chain(*saved()), applied, engine).results
    return replace(report, results=caused_by_document(report.results, index.marks, alone))


@dataclass(frozen=True, slots=True)
class _Data:
    """A document with what its messages are about. `shapes` is None for those of the project."""

    document: Document
    ontology: Ontology
    check: TermCheck
    shapes: str | None
    against: StoredGraph | None

    @property
    def index(self) -> StatementIndex:
        """The classes, keys and labels of the subjects."""
        return self.check.index

    def context(self, labels: dict[NTerm, str], of: dict[NTerm, Places]) -> Context:
        """What messages need to know; `of` has the places of the statements about each node."""
        notation = self.document.notation
        folders = segments(self.ontology)
        return Context(
            ontology=self.ontology,
            requirements=Requirements(
                read_shapes(self.ontology.shapes if self.shapes is None else self.shapes),
                replace(
                    notation,
                    exists=self.has,
                    folders=folders,
                    against=self.against is not None,
                ),
                labels,
            ),
            labels=labels,
            ids=IdSuggestions(self.index.labels.ids, self.index.labels.ids.__getitem__),
            values_of=lambda focus, path: stated_values(of.get(focus, {}), path),
            saved_values=self.saved,
        )

    def saved(self, focus: NTerm, path: NTerm) -> tuple[NTerm, ...]:
        """The values of a property that the built graph states of a node."""
        return () if self.against is None else saved_values(self.against, path, focus)

    def has(self, iri: Iri) -> bool:
        """Whether a thing is in the document or in the built graph."""
        if from_iri(iri) in self.index or self.against is None:
            return from_iri(iri) in self.index
        return any(self.against.store.quads_for_pattern(ox.NamedNode(iri), None, None, None))

    def read_labels(self, terms: Collection[NTerm]) -> dict[NTerm, str]:
        """The labels of terms in the document and in the ontology or the built graph."""
        if self.against is None:
            for line in chain.from_iterable(self.ontology.graphs.values()):
                self.index.labels.take(parse_statement(line))
        else:
            self.index.labels.read(self.against.store, terms)
        return self.index.labels.of(terms)


def _describe(
    data: _Data,
    results: tuple[ShaclResult, ...],
    suspects: Collection[NTerm],
    named: dict[NTerm, Statement | None],
) -> DocumentReport:
    """The results, and the unknown keys and types of the suspects, as problems with places.

    `named` has the focus nodes, each with the statement that names it if it is not a subject.
    """
    document, check, index = data.document, data.check, data.index
    values = {result.value for result in results if is_blank(result.value)}
    naming = {statement.subject for statement in named.values() if statement}
    places, alias = _places(document, {*suspects, *values, *naming, *named})
    for subject, bound, _, reason in index.bounds():
        key = _aliased(reason, alias)
        if key[:1] in places:
            owner = alias.get(subject, subject)
            places.setdefault((owner, bound), places.get(key, places[key[:1]]))
    results = tuple(_renamed(result, alias) for result in results)
    of = _by_subject(
        places,
        {*(result.focus for result in results), *alias.values(), *suspects, *naming},
    )
    _add_named(of, {node: _aliased(key, alias) for node, key in named.items() if key}, alias)
    shown = [with_named_value(result, of[result.focus], data.ontology) for result in results]
    label = {name: label for label, name in alias.items()}
    terms = {
        label.get(term, term)
        for result in shown
        for term in (result.focus, result.value, result.path)
    }
    labels = {alias.get(term, term): name for term, name in data.read_labels(terms).items()}
    context = data.context(labels, of)
    statements = (parse_statement(line) for line in (document.lines() if suspects else ()))
    faults = check.faults(statement for statement in statements if statement[0] in suspects)
    unknown = [(_aliased(key, alias), problem) for key, problem in faults]
    unknown = _unless_reported(unknown, results)
    unknown_keys = {key for key, _ in unknown}
    described: list[tuple[ShaclResult, Problem]] = []
    reported = []
    equal, nth = Counter(shown), Counter[ShaclResult]()
    for number, result in sorted(enumerate(shown), key=lambda pair: plainness(pair[1])):
        position = _position(document, of, *located_key(result, of))
        problem = result_problem(result, position, context, nth[result], equal[result])
        nth[result] += 1
        reported.append(_with_message(results[number], problem))
        if (result.focus, result.path, result.value) not in unknown_keys:
            described.append((result, problem))
    faulty, closed = set[Problem](), []
    for key, (rule, message, fix) in unknown:
        at = key[:2] if rule == "unknown-key" else key
        faulty.add(rule_problem(rule, _position(document, of, *at), message, fix))
        closed.append(_closed_result(key, rule, message))
    problems = [*joined(described, data.ontology), *faulty]
    return DocumentReport(tuple(problems), tuple(sorted((*reported, *closed))))


def _with_message(result: ShaclResult, problem: Problem) -> ShaclResult:
    """`result`; if its shape states no message, with that of the problem."""
    if result.messages:
        return result
    return replace(result, messages=(literal(problem.message, language="en"),))


def _unless_reported(
    unknown: list[tuple[Statement, Fault]], results: Iterable[ShaclResult]
) -> list[tuple[Statement, Fault]]:
    """`unknown` without the values that a shape reports too, with a message of its own."""
    reported = {(result.focus, result.path, result.value) for result in results}
    return [
        (key, fault)
        for key, fault in unknown
        if tuple(key) not in reported or fault[0] != "unknown-term"
    ]


def _closed_result(key: Statement, rule: str, message: str) -> ShaclResult:
    """An unknown key or type as a result of a closed shape, no date as one of a datatype.

    Rules: SHACL 4.8.1 and 4.1.2.
    """
    name = "sh:DatatypeConstraintComponent" if rule == "edtf" else "sh:ClosedConstraintComponent"
    component, severity = expand(name), expand("sh:Violation")
    shape = rule_address(rule)
    messages = (literal(message, language="en"),)
    return ShaclResult(key[0], key[1], key[2], shape, component, severity, messages)


def _position(document: Document, of: dict[NTerm, Places], *key: NTerm) -> Position:
    nearest = nearest_key(of[key[0]], *(*key, NO_TERM, NO_TERM)[:3])
    return Position(document.name, *of[key[0]][nearest]) if nearest else Position(document.name)


def _add_named(
    of: dict[NTerm, Places], named: dict[NTerm, Statement], alias: dict[NTerm, NTerm]
) -> None:
    """Add to `of` the place of each node that is not a subject: where its statement names it."""
    for node, statement in named.items():
        node = alias.get(node, node)
        of_subject = of[statement.subject]
        key = nearest_key(of_subject, *statement)
        if key and not of.get(node):
            of[node] = {(node,): of_subject[key]}


def _by_subject(places: Places, subjects: Iterable[NTerm]) -> dict[NTerm, Places]:
    """The places of the statements about each of `subjects`."""
    of: dict[NTerm, Places] = {subject: {} for subject in subjects}
    for key, place in places.items():
        if key[0] in of:
            of[key[0]][key] = place
    return of


def _places(document: Document, subjects: set[NTerm]) -> tuple[Places, dict[NTerm, NTerm]]:
    """The places of the statements about `subjects`, and the labels that they use for blank nodes.

    Blank nodes are matched by all statements about them. In a document with very many of these the
    match is not attempted, and a problem of a blank node is reported without a line.
    """
    if not any(map(is_blank, subjects)):
        return document.places(subjects), {}
    stated = (parse_statement(line) for line in document.lines() if "_:" in line)
    unnamed = (row for row in stated if is_blank(row.subject) or is_blank(row.object))
    rows = list(islice(unnamed, _PAIRED + 1))
    if len(rows) > _PAIRED:
        return document.places(subjects), {}
    places = document.places({ANY_BLANK, *subjects, *(row.subject for row in rows)})
    alias = {term: term for row in rows for term in (row.subject, row.object) if is_blank(term)}
    return places, alias | match_blank_nodes(rows, places)


def _aliased(statement: Statement, alias: dict[NTerm, NTerm]) -> Statement:
    subject, predicate, value = statement
    return Statement(alias.get(subject, subject), predicate, alias.get(value, value))


def _renamed(result: ShaclResult, alias: dict[NTerm, NTerm]) -> ShaclResult:
    focus, value = (alias.get(term, term) for term in (result.focus, result.value))
    return replace(result, focus=focus, value=value)
