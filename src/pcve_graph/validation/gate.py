"""The gate: shapes and checks over a built graph. Only what passes becomes `Checked`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import pyoxigraph as ox

from ..incremental.affected import View, term
from ..incremental.change import Change
from ..model import namespaces as names
from ..model.namespaces import BASE, expand, unread
from ..model.problems import ContentError, Position, Problem, Result, breach
from ..model.project import Project
from ..model.schema import Ontology
from ..model.suggest import Ids
from ..query.saved import SavedQuery, read_queries, refuse_service
from ..records.assemble import Built
from ..records.duplicates import likely_pairs, likeness_problems, read_ledger
from ..records.record_graph import Place
from ..system.background import Beside
from . import shacl
from .results import nearest_key, one_each, plainest, pointed, result_problem

_SEAL: Final = object()
_TERMS: Final = tuple(f"<{BASE}{start}" for start in ("ns", "vocab/"))
"""What the IRIs of terms, concepts and their lists begin with."""

_UNREAD: Final = "<" + unread("")
"""What is wrong with a record that could not be read is told at that record."""


class Located(Protocol):
    """A graph that knows where in the records its nodes come from."""

    def places_of(self, focus: str) -> dict[Place, Position]:
        """The places of what is said of `focus`."""

    def is_derived(self, focus: str) -> bool:
        """Whether no record states this node."""

    def ids(self) -> set[str]:
        """The last segments of the IRIs of all things."""


CHECK: Final = "check:"
"""What the rule of a query of queries/checks begins with."""


@dataclass(frozen=True)
class Checked:
    """A graph, or a change to one, that passed every shape and check; only this room makes one.

    `shapes` and `checks` count what was applied, `warnings` is what may be better, `results` what
    they were told from, and `pairs` the ids of likely duplicates, decided or not, with the reason.
    """

    graph: Built | Change
    warnings: tuple[Problem, ...]
    shapes: int
    checks: int
    engine: str
    results: tuple[Result, ...]
    pairs: dict[tuple[str, str], str]
    seal: object

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only check_graph makes a Checked graph")


def check_graph(
    built: Built, ontology: Ontology, project: Project, engine: str | None = None
) -> Checked:
    """Apply the shapes of `ontology` and every query of queries/checks.

    Raises ContentError with every violation, each at the line of the record that it comes from.
    """
    text = built.ntriples()
    with Beside(partial(shacl.validate, text, ontology.shapes, engine)) as waiting:
        store = memory_store(built)
        view = View(store)
        checks = read_queries(project, "checks")
        violations = [row for check in checks.values() for row in rows(check, store)]
        pairs = likely_pairs(built.named.values())
        decisions = read_ledger(project)
        report = waiting.result()
    results = [result for result in report.results if not is_unread(result)] + violations
    problems = told(results, built, ontology, checks, view)
    problems += likeness_problems(pairs, decisions, built.named)
    return passed(built, problems, report, results, pairs, (len(ontology.messages), len(checks)))


def is_unread(result: Result) -> bool:
    """Whether a result is about a record that could not be read: that is told at that record."""
    return result.value.startswith(_UNREAD)


def passed(
    graph: Built | Change,
    problems: list[Problem],
    report: shacl.Report,
    results: Iterable[Result],
    pairs: dict[tuple[str, str], str],
    counts: tuple[int, int],
) -> Checked:
    """The graph as checked, if there is no error among its problems.

    `counts` is the number of shapes and of checks. Raises ContentError with all problems otherwise.
    """
    warnings = [problem for problem in problems if problem.severity == "warning"]
    if len(warnings) < len(problems):
        raise ContentError(list(one_each(problems)))
    return Checked(
        graph=graph,
        warnings=tuple(sorted(set(warnings))),
        shapes=counts[0],
        checks=counts[1],
        engine=report.engine,
        results=tuple(sorted(results)),
        pairs=pairs,
        seal=_SEAL,
    )


def told(
    results: Iterable[Result],
    graph: Located,
    ontology: Ontology,
    checks: dict[str, SavedQuery],
    view: View,
) -> list[Problem]:
    """The results of shapes and checks as problems, at the places that `graph` knows.

    `view` gives the names of things.
    """
    problems: list[Problem] = []
    results = [pointed(result, graph.places_of(result.focus), ontology) for result in results]
    if not results:
        return []
    ids = Ids(graph.ids())
    called = term_labels(
        view, {term for result in results for term in (result.focus, result.value)}
    )
    derived = {result.focus for result in results if graph.is_derived(result.focus)}
    for result in sorted(
        results, key=lambda result: (result.focus in derived, plainest(result), result)
    ):
        places = graph.places_of(result.focus)
        key = nearest_key(places, result.focus, result.path, result.value)
        position = places[key] if key else _elsewhere(result.focus, ontology)
        if result.focus in derived and position in {problem.position for problem in problems}:
            continue
        if result.shape.startswith(CHECK):
            problems.append(_from_check(result, position, checks[result.shape.removeprefix(CHECK)]))
        else:
            problems.append(result_problem(result, position, ontology, called, ids))
    return problems


def _elsewhere(focus: str, ontology: Ontology) -> Position:
    """The place of what no record says: that of a term in ontology/, else the folder of data."""
    return ontology.place_of(focus[1:-1]) if focus.startswith(_TERMS) else Position("data")


def memory_store(built: Built) -> ox.Store:
    """A store in memory that holds every graph under its name."""
    store = ox.Store()
    for name in built.graphs:
        home = ox.NamedNode(names.graph(name))
        store.bulk_load(built.text(name), format=ox.RdfFormat.N_TRIPLES, to_graph=home)
    return store


def term_labels(view: View, terms: Iterable[str]) -> dict[str, str]:
    """What people call the IRIs among `terms`, all as N-Triples writes them, in English at best."""
    labels = {}
    for iri in terms:
        for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
            if not iri.startswith("<") or iri in labels:
                break
            words = [
                (quad.object.language != "en", quad.object.value)
                for quad in view.quads(term(iri), ox.NamedNode(expand(name)), None)
                if isinstance(quad.object, ox.Literal)
            ]
            if words:
                labels[iri] = min(words)[1]
    return labels


def rows(query: SavedQuery, store: ox.Store) -> list[Result]:
    """What a check finds: ?problem, and where: ?subject, ?predicate and ?value.

    Raises ContentError (`check-query`) for one that does not select these, or has SERVICE.
    """
    refuse_service(query)
    answer = store.query(query.text, use_default_graph_as_union=True)
    names = {variable.value for variable in getattr(answer, "variables", ())}
    if not isinstance(answer, ox.QuerySolutions) or not {"subject", "problem"} <= names:
        message, fix = f"it gives {', '.join(sorted(names)) or 'no rows'}", "select both"
        raise ContentError([breach("check-query", Position(query.path), message, fix)])
    return [
        Result(
            focus=str(row["subject"]),
            path=_told(row, "predicate", names),
            value=_told(row, "value", names),
            shape=CHECK + query.name,
            component="",
            severity="",
            message=str(getattr(row["problem"], "value", row["problem"])),
        )
        for row in answer
    ]


def _told(row: ox.QuerySolution, name: str, names: set[str]) -> str:
    return str(row[name]) if name in names and row[name] is not None else ""


def _from_check(result: Result, position: Position, query: SavedQuery) -> Problem:
    return Problem(
        position=position,
        rule=result.shape,
        message=result.message,
        why=query.header.get("rule", query.summary),
        fix=query.header.get("fix", ""),
        severity=query.header.get("severity", "error"),
    )
