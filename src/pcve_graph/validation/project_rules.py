"""The rules of a project that are no shapes, applied to a document: its claims and its checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain

from ..graph.store import StoredGraph
from ..model.namespaces import expand
from ..model.problems import Position, Problem, ShaclResult, rule_problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import Statement, from_iri, literal
from ..query.saved import SavedQuery, read_queries
from .claim_index import ClaimIndex
from .claims_check import NOTHING, ClaimsCheck, Fault
from .document_check import DocumentReport, locate_faults
from .document_checks import check_results, not_run
from .documents import Document
from .gate import CHECK, check_problem
from .rdf_wording import in_rdf
from .report import rule_address

_SEVERITIES = {"error": "sh:Violation", "warning": "sh:Warning"}


class ProjectRules:
    """The rules on claims and the queries in queries/checks of a project.

    `against` is a built graph with which documents are joined; with `require_claims` facts without
    a claim are errors in every document.
    """

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        against: StoredGraph | None,
        require_claims: bool = False,
    ) -> None:
        self.project, self.ontology, self.against = project, ontology, against
        self.require_claims = require_claims
        self._claims_check = ClaimsCheck(project, ontology, against)

    @cached_property
    def _checks(self) -> dict[str, SavedQuery]:
        return read_queries(self.project, "checks")

    def check(
        self, document: Document, claims: ClaimIndex, focus: Iterable[str] = ()
    ) -> DocumentReport:
        """The problems of a document, those of the things in `focus` alone if there are any.

        `claims` has read the document.
        Raises ContentError for a check that cannot be read, and for a document as its `lines` do.
        """
        subjects = set(map(from_iri, focus))
        faults = [
            (statement, problem)
            for statement, problem in self._faults(document, claims)
            if not subjects or statement.subject in subjects or _concerns_all(statement, problem)
        ]
        located = list(dict.fromkeys(locate_faults(document, faults)))
        problems = {problem for _, problem in located}
        results = {_result(*fault) for fault in located if fault[1].severity in _SEVERITIES}
        return DocumentReport(tuple(sorted(problems)), tuple(sorted(results)))

    def _faults(self, document: Document, claims: ClaimIndex) -> Iterator[Fault]:
        name = document.name
        yield from self._claims_check.faults(claims, document, self.require_claims)
        stated = chain(document.lines(), claims.index.bound_lines())
        results = check_results(self._checks, claims, stated, self.ontology, self.against)
        for result in results:
            check = self._checks[result.shape.removeprefix(CHECK)]
            statement = Statement(result.focus, result.path, result.value)
            problem = check_problem(result, Position(name), check)
            why, fix = (in_rdf(text, document.notation) for text in (problem.why, problem.fix))
            yield statement, replace(problem, why=why, fix=fix)
        names = [] if self.against else not_run(self._checks, claims)
        if names:
            yield NOTHING, _note_of_checks(names, name)


def _concerns_all(statement: Statement, problem: Problem) -> bool:
    """Whether it is an error of the whole document, which concerns each thing in it."""
    return statement == NOTHING and problem.severity == "error"


def _note_of_checks(names: list[str], document: str) -> Problem:
    what = "1 check was" if len(names) == 1 else f"{len(names)} checks were"
    message = f"{what} not run: {', '.join(names)}"
    problem = rule_problem("checks-not-run", Position(document), message, "use --against")
    return replace(problem, severity="info")


def _result(statement: Statement, problem: Problem) -> ShaclResult:
    """A problem as a result of SHACL, whose shape and component are its rule."""
    return ShaclResult(
        focus=statement.subject,
        path=statement.predicate,
        value=statement.object,
        shape=rule_address(problem.rule),
        component=rule_address(problem.rule),
        severity=expand(_SEVERITIES[problem.severity]),
        messages=(literal(problem.message, language="en"),),
    )
