"""The gate: applies shapes and checks to a built graph. Only a graph that passes is `Checked`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import pyoxigraph as ox

from ..evidence.rechecks import recheck_problems
from ..evidence.reviews import review_problems
from ..incremental.change import GraphChange
from ..incremental.figures import FigureCounts
from ..incremental.graph_view import GraphView
from ..model import namespaces as names
from ..model.namespaces import BASE, LABELS, expand, hashed_iri, unreadable_iri
from ..model.problems import ContentError, Position, Problem, ShaclResult, rule_problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.suggest import IdSuggestions
from ..model.terms import (
    NO_IRI,
    NO_TERM,
    Iri,
    NTerm,
    Statement,
    from_term,
    iri_start,
    is_iri,
    to_iri,
)
from ..query.columns import Column, wrong_value
from ..query.saved import SavedQuery, read_queries, refuse_service
from ..records.assemble import AssembledGraph
from ..records.cited import cited_problems, read_cited
from ..records.duplicates import duplicate_problems, likely_duplicates, read_ledger
from ..records.private_mentions import explaining_names, left_out_problems, private_person_problems
from ..records.record_graph import StatementKey
from ..system.background import BackgroundThread
from . import shacl
from .bounds import LossError, Measured, loss_problem, measure
from .landscape import landscape_problems
from .notation import Notation
from .passage_check import CONTRADICTION, PassageCheck, contradiction_problem
from .requirements import Requirements
from .results import (
    Context,
    first_per_rule,
    located_key,
    nearest_key,
    plainness,
    result_problem,
    stated_values,
    with_named_value,
)
from .shape_parameters import read_shapes
from .support_check import SUPPORT, SupportCheck, support_problem

_SEAL: Final = object()
_SUBJECT: Final = Column("subject")
_PROBLEM: Final = Column("problem", "text")
_TERMS: Final = tuple(iri_start(BASE + start) for start in ("ns", "vocab/"))
"""How the IRIs of terms, concepts and concept schemes begin."""

_EVIDENCE, _QUOTE, _SELECTOR, _EXACT = (
    ox.NamedNode(expand(name))
    for name in ("pcve:evidence", "pcve:quote", "oa:hasSelector", "oa:exact")
)

_UNREAD: Final = iri_start(unreadable_iri(""))
"""How the IRI begins that stands for a record that could not be read."""


class Located(Protocol):
    """A graph with the places in the records that its nodes come from."""

    def places_of(self, focus: NTerm) -> dict[StatementKey, Position]:
        """The places of the statements about `focus`."""

    def is_derived(self, focus: NTerm) -> bool:
        """Whether the node is derived, so that no record states it."""

    def ids(self) -> dict[str, str]:
        """The local names of all things, with the segments of their classes."""


CHECK: Final = "check:"
"""The prefix of the rule name of a query in queries/checks."""


@dataclass(frozen=True)
class Checked:
    """A graph, or a change to one, without violations of shapes and checks.

    Only this module creates one. `shapes` and `checks` are the numbers applied; `results` are the
    results behind `warnings`; `pairs` are the ids of likely duplicates, decided or not, each with
    the reason; `counts` are those behind its figures, if it has bounds. Raises TypeError without
    the seal of this module.
    """

    graph: AssembledGraph | GraphChange
    warnings: tuple[Problem, ...]
    shapes: int
    checks: int
    engine: str
    results: tuple[ShaclResult, ...]
    pairs: dict[tuple[str, str], str]
    counts: FigureCounts | None
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only the gate creates a Checked graph")


def check_graph(
    built: AssembledGraph, ontology: Ontology, project: Project, engine: str | None = None
) -> Checked:
    """Apply the shapes of `ontology` and every query in queries/checks.

    Raises ContentError with every problem at its place in the records if one of them is an error;
    LossError if the only errors are figures that have left their bounds.
    """
    text = built.ntriples()
    with BackgroundThread(partial(shacl.validate, text, ontology.shapes, engine)) as waiting:
        store = memory_store(built)
        view = GraphView(store)
        checks = read_queries(project, "checks")
        violations = [row for check in checks.values() for row in run_check(check, store)]
        pairs = likely_duplicates(built.named.values())
        decisions = read_ledger(project)
        measured = measure(project, ontology, built.tally, partial(FigureCounts.of, view, ontology))
        report = waiting.result()
    results = [
        result for result in report.results if not is_about_unread_record(result)
    ] + violations
    support = SupportCheck(view, ontology)
    results += support.results(support.all_claims())
    passages = PassageCheck(view)
    results += passages.results(passages.all_passages())
    problems = problems_of(results, built, ontology, checks, view)
    problems += duplicate_problems(pairs, decisions, built.named)
    names = {name for thing in built.named.values() for name in explaining_names(thing)}
    problems += private_person_problems(built.sheets, names.__contains__)
    problems += left_out_problems(project, names.__contains__)
    problems += landscape_problems(project, ontology)
    sources = {sheet.owner.removeprefix("source/") for sheet in built.sheets}
    problems += recheck_problems(project, sources.intersection)
    problems += review_problems(project)
    if (released := read_cited(project)) is not None:
        records = (sheet.cited_record for sheet in built.sheets if sheet.digest)
        problems += cited_problems(records, released)
    numbers = len(ontology.messages), len(checks)
    return as_checked(built, problems, report, results, pairs, numbers, measured)


def is_about_unread_record(result: ShaclResult) -> bool:
    """Whether the value is a record that could not be read, which is reported at that record."""
    return result.value.startswith(_UNREAD)


def as_checked(
    graph: AssembledGraph | GraphChange,
    problems: list[Problem],
    report: shacl.ShaclReport,
    results: Iterable[ShaclResult],
    pairs: dict[tuple[str, str], str],
    numbers: tuple[int, int],
    measured: Measured,
) -> Checked:
    """The graph as `Checked` if none of its problems is an error, and nothing is lost.

    `numbers` are those of shapes and of checks. Raises ContentError with all problems otherwise,
    and LossError where there are only losses.
    """
    warnings = [problem for problem in problems if problem.severity != "error"]
    if len(warnings) < len(problems):
        losses = map(loss_problem, measured.losses)
        raise ContentError(list(first_per_rule([*problems, *losses])))
    if measured.losses:
        raise LossError(measured.losses, warnings)
    return Checked(
        graph=graph,
        warnings=tuple(sorted(set(warnings))),
        shapes=numbers[0],
        checks=numbers[1],
        engine=report.engine,
        results=tuple(sorted(results)),
        pairs=pairs,
        counts=measured.counts,
        seal=_SEAL,
    )


def problems_of(
    results: Iterable[ShaclResult],
    graph: Located,
    ontology: Ontology,
    checks: dict[str, SavedQuery],
    view: GraphView,
) -> list[Problem]:
    """The problems that the results of shapes and checks describe, at their places in `graph`.

    Labels are looked up in `view`.
    """
    problems: list[Problem] = []
    results = [
        with_named_value(result, graph.places_of(result.focus), ontology) for result in results
    ]
    if not results:
        return []
    segments = graph.ids()
    ids = IdSuggestions(segments, segments.__getitem__)
    called = term_labels(
        view, {term for result in results for term in (result.focus, result.value, result.path)}
    )
    context = Context(
        ontology=ontology,
        requirements=Requirements(read_shapes(ontology.shapes), Notation(), called),
        labels=called,
        ids=ids,
        values_of=lambda focus, path: stated_values(graph.places_of(focus), path),
        passage_of=partial(passage_of, view),
    )
    derived = {result.focus for result in results if graph.is_derived(result.focus)}
    reported: set[tuple[NTerm, NTerm]] = set()
    for result in sorted(
        results,
        key=lambda result: (
            result.shape == SUPPORT,
            result.focus in derived,
            plainness(result),
            result,
        ),
    ):
        places = graph.places_of(result.focus)
        key = nearest_key(places, *located_key(result))
        position = places[key] if key else _position_outside_data(result.focus, ontology)
        if result.focus in derived and position in {problem.position for problem in problems}:
            continue
        if result.shape.startswith(CHECK):
            problems.append(
                check_problem(result, position, checks[result.shape.removeprefix(CHECK)])
            )
        elif result.shape == SUPPORT:
            # A value that breaks a shape is corrected first; whether words carry it is idle then.
            if (result.focus, result.path) not in reported:
                problems.append(support_problem(result, position))
        elif result.shape == CONTRADICTION:
            problems.append(contradiction_problem(result.message, position))
        else:
            problems.append(result_problem(result, position, context))
            reported.add((result.focus, result.path))
    return problems


def passage_of(view: GraphView, statement: Statement) -> str:
    """The quote of the first evidence of a statement that has one; empty if there is none."""
    claim = ox.NamedNode(hashed_iri("claim", *statement))
    texts = (
        exact.object.value
        for evidence in view.quads(claim, _EVIDENCE, None)
        for quote in view.quads(evidence.object, _QUOTE, None)
        for selector in view.quads(quote.object, _SELECTOR, None)
        for exact in view.quads(selector.object, _EXACT, None)
        if isinstance(exact.object, ox.Literal)
    )
    return " ".join(min(texts, default="").split())


def _position_outside_data(focus: NTerm, ontology: Ontology) -> Position:
    """The place of a node that is not in a record: a term in ontology/, else the data folder."""
    return ontology.position_of(to_iri(focus)) if focus.startswith(_TERMS) else Position("data")


def memory_store(built: AssembledGraph) -> ox.Store:
    """A store in memory with each graph as a named graph."""
    store = ox.Store()
    for name in built.graphs:
        home = ox.NamedNode(names.graph_iri(name))
        store.bulk_load(built.text(name), format=ox.RdfFormat.N_TRIPLES, to_graph=home)
    return store


def term_labels(view: GraphView, terms: Iterable[NTerm]) -> dict[NTerm, str]:
    """Labels of the IRIs among `terms` (N-Triples terms), in English if there is one."""
    labels = {}
    for iri in terms:
        for name in LABELS:
            if not is_iri(iri) or iri in labels:
                break
            words = [
                (quad.object.language != "en", quad.object.value)
                for quad in view.quads(ox.NamedNode(to_iri(iri)), ox.NamedNode(expand(name)), None)
                if isinstance(quad.object, ox.Literal)
            ]
            if words:
                labels[iri] = min(words)[1]
    return labels


def run_check(query: SavedQuery, store: ox.Store) -> list[ShaclResult]:
    """The rows of a check: ?subject and ?problem, and ?predicate and ?value if it selects them.

    A row without ?problem is passed over if its subject is a blank node: STR of one is an error, so
    a text that names the subject is unbound (SPARQL 1.1, 17.4.2.5). Raises ContentError
    (`check-query`) for a query that selects no ?subject or ?problem, or none in another of its
    rows, or that has SERVICE.
    """
    refuse_service(query)
    answer = store.query(query.text, use_default_graph_as_union=True)
    names = {variable.value for variable in getattr(answer, "variables", ())}
    if not isinstance(answer, ox.QuerySolutions) or not {"subject", "problem"} <= names:
        columns = ", ".join(sorted(names)) or "no columns"
        message, fix = f"the query selects {columns}", "select ?subject and ?problem"
        raise ContentError([rule_problem("check-query", Position(query.path), message, fix)])
    return [
        ShaclResult(
            focus=_subject(query, row),
            path=_cell(row, "predicate", names),
            value=_cell(row, "value", names),
            shape=Iri(CHECK + query.name),
            component=NO_IRI,
            severity=NO_IRI,
            messages=(_message(query, row),),
        )
        for row in answer
        if row[_PROBLEM.name] is not None or not isinstance(row[_SUBJECT.name], ox.BlankNode)
    ]


def _subject(query: SavedQuery, row: ox.QuerySolution) -> NTerm:
    term = row[_SUBJECT.name]
    if isinstance(term, ox.NamedNode | ox.BlankNode):
        return from_term(term)
    raise wrong_value(query, _SUBJECT, "" if term is None else str(term), "check-query")


def _message(query: SavedQuery, row: ox.QuerySolution) -> NTerm:
    term = row[_PROBLEM.name]
    if isinstance(term, ox.Literal):
        return from_term(term)
    raise wrong_value(query, _PROBLEM, "" if term is None else str(term), "check-query")


def _cell(row: ox.QuerySolution, name: str, names: set[str]) -> NTerm:
    term = row[name] if name in names else None
    return NO_TERM if term is None else from_term(term)


def check_problem(result: ShaclResult, position: Position, query: SavedQuery) -> Problem:
    """The result of a check as a problem at `position`."""
    return Problem(
        position=position,
        rule=result.shape,
        message=result.message,
        why=query.header.get("rule", query.summary),
        fix=query.header.get("fix", ""),
        severity=query.header.get("severity", "error"),
    )
