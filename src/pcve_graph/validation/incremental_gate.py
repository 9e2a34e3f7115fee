"""The gate for a change: applies each shape and check only to the nodes that the change can affect.

The results on all other nodes are those of the last build. The outcome equals that of checking the
whole graph, which tests/test_incremental.py verifies over random edits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..evidence.rechecks import recheck_problems
from ..evidence.reviews import review_problems
from ..graph.store import StoredGraph
from ..incremental.affected import RuleIndex, with_bounds_checked
from ..incremental.change import FullBuildError, GraphChange
from ..incremental.dependency_index import FIGURES
from ..incremental.figures import FigureCounts
from ..incremental.graph_view import GraphView
from ..incremental.rule_patterns import Rule, check_rule, rule_from_json, rule_to_json, shape_rules
from ..incremental.sorted_ntriples import LineLookup, parse_quads, saved_lines
from ..model.problems import ShaclResult
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import Iri, NTerm, NTriple, from_term, subject_of
from ..query.saved import SavedQuery, read_queries
from ..records.cited import cited_problems, read_cited
from ..records.duplicates import (
    COMMON_WORD,
    Decision,
    NamedRecord,
    duplicate_problems,
    duplicate_reason,
    read_ledger,
)
from ..records.private_mentions import private_person_problems
from ..system.cache import cached
from . import shacl
from .bounds import measure
from .gate import CHECK, Checked, as_checked, is_about_unread_record, problems_of, run_check
from .landscape import landscape_problems
from .passage_check import PassageCheck
from .support_check import SUPPORT, SupportCheck

MOST: Final = 50_000
"""New statements; for more of them, checking the whole graph takes no longer."""


@dataclass(frozen=True)
class Gate:
    """The shapes of an ontology and the checks of a project, to be applied to changes."""

    project: Project
    ontology: Ontology
    checks: dict[str, SavedQuery]

    @cached_property
    def rule_index(self) -> RuleIndex:
        """What each rule reads. Raises WholeError if the dependencies of one cannot be traced."""
        return load_rules(self.project.build, self.ontology, self.checks)

    def is_current(self) -> bool:
        """Whether the checks equal those that the project has now."""
        return self.checks == read_queries(self.project, "checks")


def open_gate(project: Project, ontology: Ontology) -> Gate:
    """The gate of a project that has a saved graph.

    Raises ContentError for a check that cannot be read.
    """
    shacl.prepare(ontology.shapes)
    return Gate(project, ontology, read_queries(project, "checks"))


def check_change(change: GraphChange, gate: Gate, engine: str | None = None) -> Checked:
    """Apply the shapes and checks of `gate` to the nodes that `change` affects.

    Raises ContentError as `check_graph` does for a whole graph.
    """
    ontology, checks = gate.ontology, gate.checks
    report, results, roots = check_affected(change.view, change.line_lookup, gate, engine)
    results = [result for result in results if not is_about_unread_record(result)]
    saved = change.index.results()
    support = SupportCheck(change.view, ontology)
    waiting = support.claims_of(result for result in saved if result.shape == SUPPORT)
    results += support.results(dict.fromkeys([*support.affected_claims(), *waiting]))
    passages = PassageCheck(change.view)
    results += passages.results(passages.affected_passages())
    results += [
        result
        for result in saved
        if result.shape != SUPPORT and not _is_rechecked(result, gate, roots)
    ]
    problems = problems_of(results, change, ontology, checks, change.view)
    pairs = _likely_pairs(change)
    decisions = read_ledger(change.project)
    problems += duplicate_problems(pairs, decisions, _named_things(change, pairs, decisions))
    problems += private_person_problems(change.sheets.values(), change.has_name)
    problems += landscape_problems(change.project, ontology)
    sources = {owner.removeprefix("source/") for owner in change.index.sources()}
    problems += recheck_problems(change.project, sources.intersection, change.input_changes.changed)
    problems += review_problems(change.project, change.input_changes.changed)
    if (released := read_cited(change.project)) is not None:
        problems += cited_problems(change.index.cited_records(), released)
    measured = measure(change.project, ontology, change.tally, partial(_counts, change, ontology))
    numbers = len(ontology.messages), len(checks)
    return as_checked(change, problems, report, results, pairs, numbers, measured)


def _counts(change: GraphChange, ontology: Ontology) -> FigureCounts:
    """The counts of the new graph, from those of the last build if it has them."""
    before = FigureCounts.from_json(change.index.get(FIGURES))
    view = change.view
    return before.after(view, ontology) if before else FigureCounts.of(view, ontology)


def check_against_saved(
    saved: StoredGraph,
    lines: Iterable[NTriple],
    ontology: Ontology,
    shapes: str | None = None,
    engine: str | None = None,
) -> shacl.ShaclReport:
    """The report of the shapes on new statements in combination with a saved graph.

    `lines` are N-Triples; `shapes` replaces the project's shapes. Only the part of the saved graph
    is read that the statements affect, and that the shapes read of their subjects, whose class may
    be stated in the saved graph alone; results on other nodes are left out, since they may be
    wrong. Raises WholeError if the dependencies of a
    shape cannot be traced, if a shape with a target has no IRI, or if there are more statements
    than `MOST`.
    """
    new = list(islice(lines, MOST + 1))
    if len(new) > MOST:
        raise FullBuildError(f"there are more than {MOST:,} statements")
    saved.generation.check_graph()
    view = GraphView(saved.store, parse_quads(new, "facts"))
    if shapes is None:
        rules = load_rules(saved.generation.build, ontology, {})
    elif shacl.has_unnamed_target(shapes):
        raise FullBuildError("a shape with a target has no IRI")
    else:
        rules = index_rules(map(with_bounds_checked, shape_rules(shapes)))
    context: set[ox.Quad] = set()
    affected: dict[Iri, set[NTerm]] = defaultdict(set)
    roots = rules.affected_roots(view, view.changes())
    for name, nodes in rules.targeted_roots(view, {row.subject for row in view.changes()}).items():
        roots[name] |= nodes
    for name, nodes in roots.items():
        context |= rules.quads_read(view, name, nodes)
        for member in rules.rules[name].members:
            affected[member].update(map(from_term, nodes))
    spelling = LineLookup(saved_lines(saved.folder), {"facts": new}, {})
    report = shacl.validate(
        spelling.of(context), ontology.shapes if shapes is None else shapes, engine
    )
    subjects = set(map(subject_of, new))
    kept = (
        result
        for result in report.results
        if result.focus in subjects or result.focus in affected[result.shape or result.holder]
    )
    return replace(report, results=tuple(kept))


def load_rules(folder: Path, ontology: Ontology, checks: dict[str, SavedQuery]) -> RuleIndex:
    """The rules of the shapes and of `checks`, which are cached in `build/`.

    Raises WholeError if the dependencies of one cannot be traced.
    """
    inputs = {"shapes": [ontology.digest], "checks": [check.text for check in checks.values()]}
    rules = [
        rule_from_json(row)
        for part, texts in inputs.items()
        if texts
        for row in cached(
            folder, part, [*map(str.encode, texts)], partial(_rules_as_json, part, ontology, checks)
        )
    ]
    return index_rules(rules)


def index_rules(rules: Iterable[Rule]) -> RuleIndex:
    """The index of the rules. Raises WholeError if the dependencies of one cannot be traced."""
    index = RuleIndex(rules)
    if index.unbounded:
        raise FullBuildError(f"the dependencies of {min(index.unbounded)} cannot be traced")
    return index


def _rules_as_json(
    part: str, ontology: Ontology, checks: dict[str, SavedQuery]
) -> list[dict[str, object]]:
    """The rules of the shapes or of the checks, as JSON objects."""
    of_shapes = part == "shapes"
    rules = shape_rules(ontology.shapes) if of_shapes else map(check_rule, checks.values())
    return [rule_to_json(with_bounds_checked(rule)) for rule in rules]


def check_affected(
    view: GraphView, spelling: LineLookup, gate: Gate, engine: str | None
) -> tuple[shacl.ShaclReport, list[ShaclResult], dict[str, set[NTerm]]]:
    """The report, all results, and the affected nodes by rule, for the change in a view."""
    changes = list(view.changes())
    roots = gate.rule_index.affected_roots(view, changes) if changes else {}
    pairs: dict[Iri, set[Iri]] = {}
    context: set[ox.Quad] = set()
    for name, nodes in roots.items():
        rule = gate.rule_index.rules[name]
        if rule.targets or rule.nodes:
            nodes = {node for node in nodes if gate.rule_index.is_target(view, rule, node)}
            pairs[Iri(name)] = {Iri(node.value) for node in nodes if isinstance(node, ox.NamedNode)}
        elif name not in gate.checks:
            continue
        context |= gate.rule_index.quads_read(view, name, nodes)
    report = shacl.validate(spelling.of(context), gate.ontology.shapes, engine, pairs)
    results = list(report.results)
    store = ox.Store()
    store.bulk_extend(context)
    named = {name: set(map(from_term, nodes)) for name, nodes in roots.items()}
    for name, query in gate.checks.items():
        results += [row for row in run_check(query, store) if row.focus in named.get(name, ())]
    return report, results, named


def _is_rechecked(result: ShaclResult, gate: Gate, roots: dict[str, set[NTerm]]) -> bool:
    """Whether the rule of a result was applied to its focus node again."""
    if not roots:
        return False
    if result.shape.startswith(CHECK):
        names = [result.shape.removeprefix(CHECK)]
    else:
        names = [
            name for name, rule in gate.rule_index.rules.items() if result.shape in rule.members
        ]
    return any(result.focus in roots.get(name, ()) for name in names)


def _likely_pairs(change: GraphChange) -> dict[tuple[str, str], str]:
    """The likely duplicates after the change; the pairs of changed names are searched again.

    Where a word becomes common, or ceases to be, the pairs of all names with it are too.
    """
    index = change.index
    crossing = {
        word
        for word, before in change.counts.items()
        if (before > COMMON_WORD) != index.is_common(word)
    }
    ids = set(change.changed_ids).union(*map(index.ids_with_word, crossing))
    pairs = {pair: why for pair, why in index.pairs().items() if not ids & set(pair)}
    for identifier in sorted(ids):
        thing = index.thing(identifier)
        if thing is None:
            continue
        for candidate in _candidates(change, thing):
            first, two = (thing, candidate) if thing.id < candidate.id else (candidate, thing)
            if why := duplicate_reason(first, two, index.is_common):
                pairs[first.id, two.id] = why
    return dict(sorted(pairs.items()))


def _candidates(change: GraphChange, thing: NamedRecord) -> Iterable[NamedRecord]:
    index = change.index
    ids: set[str] = set()
    for folded in thing.folded:
        ids |= index.ids_with_name(folded)
        for word in set(folded.split()):
            if not index.is_common(word):
                ids |= index.ids_with_word(word)
    return [
        candidate
        for candidate in map(index.thing, sorted(ids - {thing.id}))
        if candidate is not None
    ]


def _named_things(
    change: GraphChange, pairs: Iterable[tuple[str, str]], decisions: Iterable[Decision]
) -> dict[str, NamedRecord]:
    """The things in `pairs` and `decisions`, by id."""
    ids = {identifier for pair in pairs for identifier in pair} | {
        i for decision in decisions for i in decision.pair
    }
    return {
        identifier: thing
        for identifier in ids
        if (thing := change.index.thing(identifier)) is not None
    }
