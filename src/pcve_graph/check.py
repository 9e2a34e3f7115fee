"""The gate: shapes and checks over a built graph. Only what passes becomes `Checked`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from . import shacl
from .errors import ContentError, Position, Problem, breach
from .findings import nearest_key, one_each, plainest, result_problem
from .graph import Built
from .likeness import Named, likeness_problems, read_ledger
from .names import expand, graph, local_name, unread
from .ontology import Ontology
from .project import Project
from .saved import SavedQuery, read_queries

_SEAL: Final = object()
_UNREAD: Final = "<" + unread("")
"""What is wrong with a record that could not be read is told at that record."""


@dataclass(frozen=True)
class Checked:
    """A graph that passed every shape and check; only `check_graph` makes one.

    `shapes` and `checks` count what was applied, `warnings` is what may be better.
    """

    built: Built
    warnings: tuple[Problem, ...]
    shapes: int
    checks: int
    engine: str
    notice: str
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
    called = term_labels(store, {t for each in report.results for t in (each.focus, each.value)})
    things = (place[0] for place in built.places if len(place) == 1 and "/id/" in place[0])
    ids = {local_name(each.strip("<>")) for each in things}
    problems: list[Problem] = []
    results = [one for one in report.results if not one.value.startswith(_UNREAD)]
    for each in sorted(results, key=lambda one: (one.focus in built.derived, plainest(one))):
        position = _place(built, each.focus, each.path, each.value)
        if each.focus in built.derived and position in {told.position for told in problems}:
            continue
        problems.append(result_problem(each, position, ontology, called, ids))
    problems += likeness_problems(_named(store, built, ontology), read_ledger(project))
    checks = read_queries(project, "checks")
    for query in checks.values():
        problems += _from_check(query, store, built)
    warnings = [each for each in problems if each.severity == "warning"]
    if len(warnings) < len(problems):
        raise ContentError(list(one_each(problems)))
    return Checked(
        built=built,
        warnings=tuple(sorted(set(warnings))),
        shapes=len(ontology.messages),
        checks=len(checks),
        engine=report.engine,
        notice=report.notice,
        seal=_SEAL,
    )


def _named(store: ox.Store, built: Built, ontology: Ontology) -> list[Named]:
    """Every thing with all its names; its family is the folder of its class."""

    def values(node: ox.NamedNode, name: str) -> list[str]:
        quads = store.quads_for_pattern(node, ox.NamedNode(expand(name)), None, None)
        return sorted(str(getattr(quad.object, "value", "")) for quad in quads)

    facts = ox.NamedNode(graph("facts"))
    found = []
    for quad in store.quads_for_pattern(None, ox.NamedNode(expand("rdf:type")), None, facts):
        kind = ontology.by_iri.get(str(getattr(quad.object, "value", "")))
        if kind is None or kind.folder is None or not isinstance(quad.subject, ox.NamedNode):
            continue
        node = quad.subject
        successor = values(node, "dcterms:isReplacedBy")
        found.append(
            Named(
                id=local_name(node.value),
                family=kind.folder,
                names=tuple(values(node, "skos:prefLabel") + values(node, "skos:altLabel")),
                position=built.places[str(node),],
                lines=frozenset(
                    map(local_name, values(node, "pcve:series") + values(node, "pcve:precededBy"))
                ),
                replaced_by=local_name(successor[0]) if successor else "",
            )
        )
    return sorted(found, key=lambda each: each.id)


def memory_store(built: Built) -> ox.Store:
    """A store in memory that holds every graph under its name."""
    store = ox.Store()
    for name, lines in built.graphs.items():
        text = "\n".join(lines).encode()
        store.bulk_load(text, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph(name)))
    return store


def term_labels(store: ox.Store, terms: Iterable[str]) -> dict[str, str]:
    """What people call the IRIs among `terms`, all as N-Triples writes them."""
    found = {}
    for term in terms:
        for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
            if not term.startswith("<") or term in found:
                break
            node, predicate = ox.NamedNode(term[1:-1]), ox.NamedNode(expand(name))
            for quad in store.quads_for_pattern(node, predicate, None, None):
                if isinstance(quad.object, ox.Literal):
                    found[term] = quad.object.value
    return found


def _place(built: Built, focus: str, path: str, value: str) -> Position:
    key = nearest_key(built.places, focus, path, value)
    return built.places[key] if key else Position("ontology" if "/vocab/" in focus else "data")


def _from_check(query: SavedQuery, store: ox.Store, built: Built) -> list[Problem]:
    """The rows of a check as problems; ?subject says where, ?problem what."""
    rows = store.query(query.text, use_default_graph_as_union=True)
    names = {each.value for each in getattr(rows, "variables", ())}
    if not isinstance(rows, ox.QuerySolutions) or not {"subject", "problem"} <= names:
        found, fix = f"it gives {', '.join(sorted(names)) or 'no rows'}", "select both"
        raise ContentError([breach("check-query", Position(query.path), found, fix)])
    return [
        Problem(
            position=_place(
                built,
                str(row["subject"]),
                str(row["predicate"]) if "predicate" in names else "",
                str(row["value"]) if "value" in names else "",
            ),
            rule=f"check:{query.name}",
            message=str(getattr(row["problem"], "value", row["problem"])),
            why=query.header.get("rule", query.summary),
            fix=query.header.get("fix", ""),
            severity=query.header.get("severity", "error"),
        )
        for row in rows
    ]
