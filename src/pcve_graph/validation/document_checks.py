"""The queries in queries/checks, run on a document: alone, or joined with a built graph.

The header of a check has its scope. A check of the scope `part` holds on a document alone; one of
the scope `graph` depends on what other things state, and runs only against a graph; one of the
scope `build` describes what a build writes, and never runs on a document. Rule: queries/README.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox

from ..graph.store import StoredGraph
from ..incremental.change import FullBuildError
from ..incremental.graph_view import GraphView
from ..incremental.rule_patterns import Rule, check_rule
from ..model.namespaces import GRAPHS, expand, graph_iri, nterm
from ..model.problems import ShaclResult
from ..model.schema import Ontology
from ..model.terms import NTerm, NTriple, from_term, parse_statement
from ..query.saved import SavedQuery
from .claim_index import NOT_FACTS, ClaimIndex
from .gate import run_check
from .incremental_gate import MOST, load_rules

_IN_MEMORY: Final = 500_000
"""Statements up to which a document is queried in memory, and not in a file."""

_BATCH: Final = 100_000
_GRAPH_OF_CLASS: Final = {
    "pcve:Source": "catalog",
    "pcve:Participation": "facts",
    "skos:Concept": "vocabulary",
}
"""The graphs of the classes that are neither facts nor evidence."""


def scope_of(check: SavedQuery) -> str:
    """The scope of a check; one that states none holds on a whole graph."""
    return check.header.get("scope", "graph")


def check_results(
    checks: dict[str, SavedQuery],
    claims: ClaimIndex,
    lines: Iterable[NTriple],
    ontology: Ontology,
    against: StoredGraph | None,
) -> list[ShaclResult]:
    """The results of the checks that can run, about the things of the document alone.

    `lines` are the statements of the document that `claims` has read, and what a build would derive
    from them. A check that reads none of
    its properties is not run.
    """
    run = {
        name: check
        for name, check in checks.items()
        if _can_run(check, against) and _reads(check_rule(check), claims.predicates, against)
    }
    if not run:
        return []
    routed = _routed(lines, claims)
    if against is not None:
        results = _against(run, routed, ontology, against)
    else:
        context = (
            (name, line) for name in ("ontology", "vocabulary") for line in ontology.graphs[name]
        )
        results = _run(run, chain(context, routed))
    return [result for result in results if _is_about(result.focus, claims)]


def not_run(checks: dict[str, SavedQuery], claims: ClaimIndex) -> list[str]:
    """The names of the checks that read the document, and do not run because it is no whole graph.

    Empty for a document without things of the graph.
    """
    if not claims.has_things:
        return []
    return [
        name
        for name, check in checks.items()
        if scope_of(check) == "graph" and _has_what_it_requires(check_rule(check), claims)
    ]


def _has_what_it_requires(rule: Rule, claims: ClaimIndex) -> bool:
    """Whether a document has each property and class without which a rule has no result."""
    required = [pattern for pattern in rule.patterns if not pattern.scope]
    classes = {pattern.object for pattern in required if pattern.path == _TYPE}
    paths = {part for pattern in required for part in _constants(pattern.path)} - {_TYPE}
    named = {name for name in classes if not name.startswith("?")}
    return named <= claims.types and paths <= claims.predicates


def _can_run(check: SavedQuery, against: StoredGraph | None) -> bool:
    return scope_of(check) == "part" or (against is not None and scope_of(check) == "graph")


def _reads(rule: Rule, predicates: set[NTerm], against: StoredGraph | None) -> bool:
    """Whether a rule reads any of these properties; against a graph, those of variables too."""
    named = {part for pattern in rule.patterns for part in _constants(pattern.path)}
    is_open = any(str(pattern.path).startswith("?") for pattern in rule.patterns)
    own = named - {_TYPE}
    return bool(own & predicates) or not own or (is_open and against is not None)


def _constants(path: object) -> Iterator[NTerm]:
    if isinstance(path, tuple):
        for part in path[1:]:
            yield from _constants(part)
    elif not str(path).startswith("?"):
        yield NTerm(str(path))


_TYPE: Final = nterm("rdf:type")


def _routed(lines: Iterable[NTriple], claims: ClaimIndex) -> Iterator[tuple[str, NTriple]]:
    """The statements of a document, each with the named graph that a build has them in."""
    graph_of: dict[frozenset[str], str] = {}
    for line in lines:
        kinds = frozenset(
            kind.iri for kind in claims.index.classes_of(parse_statement(line).subject)
        )
        if kinds not in graph_of:
            graph_of[kinds] = _graph_of(kinds)
        yield graph_of[kinds], line


def _graph_of(kinds: frozenset[str]) -> str:
    named = [graph for name, graph in _GRAPH_OF_CLASS.items() if expand(name) in kinds]
    if named or not kinds & NOT_FACTS:
        return named[0] if named else "facts"
    return "evidence"


def _run(
    checks: dict[str, SavedQuery], statements: Iterable[tuple[str, NTriple]]
) -> list[ShaclResult]:
    """The results of the checks on these statements, in memory or, if there are many, on disk."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        store, count, rest = ox.Store(), 0, iter(statements)
        while batch := list(islice(rest, _BATCH)):
            if count <= _IN_MEMORY < count + len(batch):
                small, store = store, ox.Store(folder)
                store.bulk_extend(small)
            store.bulk_extend(_quads(batch))
            count += len(batch)
        results = [result for check in checks.values() for result in run_check(check, store)]
        del store
    return results


def _quads(statements: Iterable[tuple[str, NTriple]]) -> Iterator[ox.Quad]:
    by_graph: dict[str, list[NTriple]] = defaultdict(list)
    for name, line in statements:
        by_graph[name].append(line)
    for name, lines in by_graph.items():
        graph = ox.NamedNode(graph_iri(name))
        for quad in ox.parse(
            "\n".join(lines), format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False, lenient=True
        ):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _against(
    checks: dict[str, SavedQuery],
    statements: Iterable[tuple[str, NTriple]],
    ontology: Ontology,
    against: StoredGraph,
) -> list[ShaclResult]:
    """The results on the document joined with a graph, of which only what it affects is read."""
    new = list(statements)
    try:
        if len(new) > MOST:
            raise FullBuildError(f"there are more than {MOST:,} statements")
        rules = load_rules(against.generation.build, ontology, checks)
    except FullBuildError:
        saved = ((name, line) for name in GRAPHS for line in against.lines(name))
        return _run(checks, chain(saved, new))
    view = GraphView(against.store, list(_quads(new)))
    roots = rules.affected_roots(view, view.changes())
    context: set[ox.Quad] = set()
    for name in roots.keys() & checks.keys():
        context |= rules.quads_read(view, name, roots[name])
    store = ox.Store()
    store.bulk_extend(context)
    affected = {name: set(map(from_term, nodes)) for name, nodes in roots.items()}
    return [
        result
        for name, check in checks.items()
        if name in affected
        for result in run_check(check, store)
        if result.focus in affected[name]  # the statements read for one check mislead another
    ]


def _is_about(subject: NTerm, claims: ClaimIndex) -> bool:
    """Whether a subject is a thing of the document that is one of the graph or its ontology."""
    return subject in claims.index and claims.index.is_ours(subject)
