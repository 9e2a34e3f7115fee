"""The gate: shapes and checks over a built graph. Only what passes becomes `Checked`."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import pyoxigraph as ox

from . import shacl
from .errors import ContentError, Position, Problem, breach
from .findings import nearest_key, one_each, plainest, result_problem
from .graph import Built
from .likeness import Named, likely_pairs, likeness_problems, read_ledger
from .names import expand, graph, local_name, unread
from .ontology import Ontology
from .project import Project
from .saved import SavedQuery, read_queries
from .sheets import Place, Sheet

_SEAL: Final = object()
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

    graph: Built
    warnings: tuple[Problem, ...]
    shapes: int
    checks: int
    engine: str
    notice: str
    results: tuple[shacl.Result, ...]
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
    report = shacl.validate(built.ntriples(), ontology.shapes, engine)
    store = memory_store(built)
    checks = read_queries(project, "checks")
    results = [each for each in report.results if not each.value.startswith(_UNREAD)]
    results += [row for each in checks.values() for row in rows(each, store)]
    called = term_labels(store, {t for each in results for t in (each.focus, each.value)})
    problems = told(results, built, ontology, checks, called)
    things = {
        each.id: each for each in map(functools.partial(named, ontology), built.sheets) if each
    }
    pairs = likely_pairs(things.values())
    problems += likeness_problems(pairs, read_ledger(project), things)
    warnings = [each for each in problems if each.severity == "warning"]
    if len(warnings) < len(problems):
        raise ContentError(list(one_each(problems)))
    return Checked(
        graph=built,
        warnings=tuple(sorted(set(warnings))),
        shapes=len(ontology.messages),
        checks=len(checks),
        engine=report.engine,
        notice=report.notice,
        results=tuple(sorted(results)),
        pairs=pairs,
        seal=_SEAL,
    )


def told(
    results: Iterable[shacl.Result],
    graph: Located,
    ontology: Ontology,
    checks: dict[str, SavedQuery],
    called: dict[str, str],
) -> list[Problem]:
    """The results of shapes and checks as problems, at the places that `graph` knows."""
    problems: list[Problem] = []
    results = list(results)
    ids = graph.ids() if results else set()
    derived = {each.focus for each in results if graph.is_derived(each.focus)}
    for each in sorted(results, key=lambda one: (one.focus in derived, plainest(one), one)):
        places = graph.places_of(each.focus)
        key = nearest_key(places, each.focus, each.path, each.value)
        elsewhere = "ontology" if "/vocab/" in each.focus else "data"
        position = places[key] if key else Position(elsewhere)
        if each.focus in derived and position in {one.position for one in problems}:
            continue
        if each.shape.startswith(CHECK):
            problems.append(_from_check(each, position, checks[each.shape.removeprefix(CHECK)]))
        else:
            problems.append(result_problem(each, position, ontology, called, ids))
    return problems


def named(ontology: Ontology, sheet: Sheet) -> Named | None:
    """The thing of a record with all its names; None for the sheet of a source."""
    thing = next(iter(sheet.subjects), "")
    values: dict[str, list[str]] = defaultdict(list)
    own = "\n".join(line for line in sheet.facts if line.startswith(thing))
    for quad in ox.parse(own, format=ox.RdfFormat.N_TRIPLES):
        if str(quad.subject) == thing:
            values[quad.predicate.value].append(str(getattr(quad.object, "value", "")))
    kinds = (ontology.by_iri.get(each) for each in values[expand("rdf:type")])
    family = next((each.folder for each in kinds if each and each.folder), None)
    if family is None:
        return None

    def all_of(name: str) -> list[str]:
        return sorted(values[expand(name)])

    return Named(
        id=local_name(thing[1:-1]),
        family=family,
        names=tuple(all_of("skos:prefLabel") + all_of("skos:altLabel")),
        position=sheet.places[thing,],
        lines=frozenset(map(local_name, all_of("pcve:series") + all_of("pcve:precededBy"))),
        replaced_by=local_name(next(iter(all_of("dcterms:isReplacedBy")), "")),
    )


def memory_store(built: Built) -> ox.Store:
    """A store in memory that holds every graph under its name."""
    store = ox.Store()
    for name, lines in built.graphs.items():
        text = "\n".join(lines).encode()
        store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph(name)))
    return store


def term_labels(store: ox.Store, terms: Iterable[str]) -> dict[str, str]:
    """What people call the IRIs among `terms`, all in English where they have it."""
    found = {}
    for term in terms:
        for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
            if not term.startswith("<") or term in found:
                break
            node, predicate = ox.NamedNode(term[1:-1]), ox.NamedNode(expand(name))
            words = [
                (quad.object.language != "en", quad.object.value)
                for quad in store.quads_for_pattern(node, predicate, None, None)
                if isinstance(quad.object, ox.Literal)
            ]
            if words:
                found[term] = min(words)[1]
    return found


def rows(query: SavedQuery, store: ox.Store) -> list[shacl.Result]:
    """What a check finds: ?problem, and where: ?subject, ?predicate and ?value."""
    answer = store.query(query.text, use_default_graph_as_union=True)
    names = {each.value for each in getattr(answer, "variables", ())}
    if not isinstance(answer, ox.QuerySolutions) or not {"subject", "problem"} <= names:
        found, fix = f"it gives {', '.join(sorted(names)) or 'no rows'}", "select both"
        raise ContentError([breach("check-query", Position(query.path), found, fix)])
    return [
        shacl.Result(
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


def _from_check(result: shacl.Result, position: Position, query: SavedQuery) -> Problem:
    return Problem(
        position=position,
        rule=result.shape,
        message=result.message,
        why=query.header.get("rule", query.summary),
        fix=query.header.get("fix", ""),
        severity=query.header.get("severity", "error"),
    )
