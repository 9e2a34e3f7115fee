"""Check anybody's data against the shapes: each result at its line, with the rule and the cure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from ..graph.store import Saved
from ..incremental.change import WholeError
from ..model.namespaces import BASE, GRAPHS, expand
from ..model.problems import Position, Problem, Result, breach
from ..model.schema import Ontology
from ..model.suggest import Ids
from ..syntax.positions import Places, pair_blanks
from . import shacl
from .documents import Document
from .incremental_gate import check_beside
from .results import nearest_key, one_each, plainest, pointed, result_problem
from .statement_index import Statement, Survey, parts

_PAIRED = 200_000
"""Statements of nodes without a name that are held in memory, to tell which node is which."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with one document, and the SHACL results behind it."""

    problems: tuple[Problem, ...]
    results: tuple[Result, ...]


def inspect_document(
    document: Document,
    ontology: Ontology,
    shapes: str | None = None,
    against: Saved | None = None,
    engine: str | None = None,
    focus: tuple[str, ...] = (),
) -> Findings:
    """Everything that is wrong with `document`, sorted by line.

    `shapes` replaces the project's shapes (N-Triples). `against` is the built graph: its things
    are known, and only what the document says is told; with `focus`, only what is wrong with those
    IRIs. The document is read once for the engine, and once more for the places of what is wrong
    in it. Raises ContentError where it has an error of syntax.
    """
    survey = Survey(ontology)
    report = _report(document, ontology, survey, shapes, against, engine)
    focus_terms = {f"<{iri}>" for iri in focus}

    def is_told(subject: str) -> bool:
        return subject in survey and (not focus_terms or subject in focus_terms)

    results = tuple(result for result in report.results if is_told(result.focus))
    suspects = (
        {subject for subject in survey.suspects() if is_told(subject)} if shapes is None else set()
    )
    findings = Findings((), ())
    if results or suspects:
        findings = _findings(document, ontology, survey, results, suspects, against)
    refused = {
        statement: name for statement, name in survey.refused.items() if is_told(statement[0])
    }
    problems = {*findings.problems, *_control_characters(document, refused)}
    return Findings(tuple(sorted(problems)), findings.results)


def _control_characters(document: Document, refused: dict[Statement, str]) -> Iterator[Problem]:
    """A warning for each statement with a character that a record may not hold, by its name.

    Not an error: RDF 1.1 allows it (Concepts, section 3.3), and other validators pass it.
    """
    if not refused:
        return
    places, alias = _places(document, {statement[0] for statement in refused})
    named = {_aliased(statement, alias): name for statement, name in refused.items()}
    of = _by_subject(places, {statement[0] for statement in named})
    for statement, name in named.items():
        message, fix = f"found the character {name}", f"delete the character {name} from this value"
        problem = breach("control-character", _place(document, of, *statement), message, fix)
        yield replace(problem, severity="warning")


def _report(
    document: Document,
    ontology: Ontology,
    survey: Survey,
    shapes: str | None,
    against: Saved | None,
    engine: str | None,
) -> shacl.Report:
    """The report on the document, its bounds derived, with what it is to be joined with."""

    def lines() -> Iterator[str]:
        stated = survey.taking(document.lines())
        return stated if shapes else chain(stated, _derived(survey))

    context = chain.from_iterable(ontology.graphs.values())
    if against is not None:
        try:
            return check_beside(against, lines(), ontology, shapes, engine)
        except WholeError:
            context = chain.from_iterable(map(against.lines, GRAPHS))
    return shacl.validate(chain(lines(), context), shapes or ontology.shapes, engine)


def _derived(survey: Survey) -> Iterator[str]:
    """The bounds that the build would derive, once all of the document has been taken down."""
    for (subject, bound), (term, _) in survey.bounds().items():
        yield f"{subject} {bound} {term} ."


def _findings(
    document: Document,
    ontology: Ontology,
    survey: Survey,
    results: tuple[Result, ...],
    suspects: Collection[str],
    against: Saved | None,
) -> Findings:
    """The results, and what is said of the suspects that no shape knows, in words and places."""
    values = {result.value for result in results if result.value.startswith("_:")}
    places, alias = _places(document, {*suspects, *values, *(result.focus for result in results)})
    for (subject, bound), (_, reason) in survey.bounds().items():
        key = _aliased(reason, alias)
        if key[:1] in places:
            owner = alias.get(subject, subject)
            places.setdefault((owner, bound), places.get(key, places[key[:1]]))
    results = tuple(sorted(_renamed(result, alias) for result in results))
    of = _by_subject(places, {*(result.focus for result in results), *alias.values(), *suspects})
    shown = [pointed(result, of[result.focus], ontology) for result in results]
    label = {name: label for label, name in alias.items()}
    terms = {label.get(term, term) for result in shown for term in (result.focus, result.value)}
    if against is None:
        for line in chain.from_iterable(ontology.graphs.values()):
            survey.labels.take(parts(line))
    else:
        survey.labels.read(against.store, terms)
    called = {alias.get(term, term): name for term, name in survey.labels.of(terms).items()}
    ids = Ids(survey.labels.ids)
    statements = (parts(line) for line in (document.lines() if suspects else ()))
    strange = survey.unknown(statement for statement in statements if statement[0] in suspects)
    unknown = [(_aliased(key, alias), problem) for key, problem in strange]
    unknown_keys = {key for key, _ in unknown}
    problems = [
        result_problem(
            result,
            _place(document, of, result.focus, result.path, result.value),
            ontology,
            called,
            ids,
        )
        for result in sorted(shown, key=plainest)
        if (result.focus, result.path, result.value) not in unknown_keys
    ]
    closed = []
    for key, (rule, message, fix) in unknown:
        at = key[:2] if rule == "unknown-key" else key
        problems.append(breach(rule, _place(document, of, *at), message, fix))
        closed.append(_closed(key, rule, message))
    return Findings(one_each(problems), tuple(sorted((*results, *closed))))


def _closed(key: Statement, rule: str, message: str) -> Result:
    """What no shape knows, as the result of a shape that is closed (SHACL 4.8.1)."""
    component, severity = expand("sh:ClosedConstraintComponent"), expand("sh:Violation")
    shape = f"{BASE}rule/{rule}"
    return Result(key[0], key[1], key[2], shape, component, severity, message)


def _place(document: Document, of: dict[str, Places], *key: str) -> Position:
    nearest = nearest_key(of[key[0]], *(*key, "", "")[:3])
    return Position(document.name, *of[key[0]][nearest]) if nearest else Position(document.name)


def _by_subject(places: Places, subjects: Iterable[str]) -> dict[str, Places]:
    """The places of what is said of each of `subjects`."""
    of: dict[str, Places] = {subject: {} for subject in subjects}
    for key, place in places.items():
        if key[0] in of:
            of[key[0]][key] = place
    return of


def _places(document: Document, subjects: set[str]) -> tuple[Places, dict[str, str]]:
    """Where what is said of `subjects` stands, and what the places call nodes without a name.

    Which of those is which shows in all that is said of any of them: in a document that says very
    much, they are not looked for, and what is wrong with one has no place of its own.
    """
    if not any(subject.startswith("_:") for subject in subjects):
        return document.places(subjects), {}
    stated = (tuple(line[:-2].split(" ", 2)) for line in document.lines() if "_:" in line)
    unnamed = (row for row in stated if row[0].startswith("_:") or row[2].startswith("_:"))
    rows = list(islice(unnamed, _PAIRED + 1))
    if len(rows) > _PAIRED:
        return document.places(subjects), {}
    places = document.places({"_:", *subjects, *(row[0] for row in rows)})
    alias = {term: term for row in rows for term in (row[0], row[2]) if term.startswith("_:")}
    return places, alias | pair_blanks(rows, places)


def _aliased(statement: Statement, alias: dict[str, str]) -> Statement:
    subject, predicate, value = statement
    return alias.get(subject, subject), predicate, alias.get(value, value)


def _renamed(result: Result, alias: dict[str, str]) -> Result:
    focus, value = (alias.get(term, term) for term in (result.focus, result.value))
    return replace(result, focus=focus, value=value)
