"""The gate for a change: of each shape and check, only the nodes that the change can touch.

What was found of all other nodes stands. The outcome is that of checking the whole graph; that it
is, tests/test_incremental.py holds over random edits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ..graph.store import Saved
from ..incremental.affected import Reach, View, judged
from ..incremental.change import Change, WholeError
from ..incremental.rule_patterns import Rule, check_rule, rule_from_json, rule_to_json, shape_rules
from ..incremental.sorted_ntriples import Spelling, quads, saved_lines
from ..model.problems import Result
from ..model.project import Project
from ..model.schema import Ontology
from ..query.saved import SavedQuery, read_queries
from ..records.duplicates import COMMON, Decision, Named, likeness_problems, read_ledger, reason
from ..system.cache import kept
from . import shacl
from .gate import CHECK, Checked, is_unread, passed, rows, told

MOST: Final = 50_000
"""From so many new statements on, checking all with the whole graph takes no longer."""


@dataclass(frozen=True)
class Gate:
    """The shapes of an ontology and the checks of a project, to be asked of changes."""

    project: Project
    ontology: Ontology
    checks: dict[str, SavedQuery]

    @cached_property
    def reach(self) -> Reach:
        """What each rule reads. Raises WholeError where one of them cannot be followed."""
        return ready(self.project.build, self.ontology, self.checks)

    def is_current(self) -> bool:
        """Whether the checks are those that the project has now."""
        return self.checks == read_queries(self.project, "checks")


def open_gate(project: Project, ontology: Ontology) -> Gate:
    """The gate of a project that has a saved graph.

    Raises ContentError for a check that cannot be read.
    """
    shacl.prepare(ontology.shapes)
    return Gate(project, ontology, read_queries(project, "checks"))


def check_change(change: Change, gate: Gate, engine: str | None = None) -> Checked:
    """Ask the shapes and checks of `gate` of what `change` touches.

    Raises ContentError as `check_graph` does for the whole.
    """
    ontology, checks = gate.ontology, gate.checks
    report, results, roots = found(change.view, change.spelling, gate, engine)
    results = [result for result in results if not is_unread(result)]
    results += [result for result in change.index.results() if not _touched(result, gate, roots)]
    problems = told(results, change, ontology, checks, change.view)
    pairs = _pairs(change)
    decisions = read_ledger(change.project)
    problems += likeness_problems(pairs, decisions, _known(change, pairs, decisions))
    return passed(change, problems, report, results, pairs, (len(ontology.messages), len(checks)))


def check_beside(
    saved: Saved,
    lines: Iterable[str],
    ontology: Ontology,
    shapes: str | None = None,
    engine: str | None = None,
) -> shacl.Report:
    """What the shapes find wrong with new statements, joined with a saved graph.

    `lines` are N-Triples, `shapes` those of one's own. Of the saved graph only what the statements
    touch is looked at: the results on their subjects are right, on other nodes they need not be.
    Raises WholeError where a shape cannot be followed, or there are more statements than `MOST`.
    """
    new = list(islice(lines, MOST + 1))
    if len(new) > MOST:
        raise WholeError(f"there are more than {MOST:,} statements")
    saved.generation.check_graph()
    view = View(saved.store, quads(new, "facts"))
    own = shapes is not None
    reach = (
        followed(map(judged, shape_rules(shapes or "")))
        if own
        else ready(saved.generation.build, ontology, {})
    )
    around: set[ox.Quad] = set()
    for name, nodes in reach.touched(view, view.changes()).items():
        around |= reach.surroundings(view, name, nodes)
    spelling = Spelling(saved_lines(saved.folder), {"facts": new}, {})
    return shacl.validate(spelling.of(around), shapes or ontology.shapes, engine)


def ready(folder: Path, ontology: Ontology, checks: dict[str, SavedQuery]) -> Reach:
    """The rules of the shapes and of `checks`; once worked out, they are kept in `build/`.

    Raises WholeError where one of them cannot be followed.
    """
    made_of = {"shapes": [ontology.digest], "checks": [check.text for check in checks.values()]}
    rules = [
        rule_from_json(row)
        for part, texts in made_of.items()
        if texts
        for row in kept(
            folder, part, [*map(str.encode, texts)], partial(_rows, part, ontology, checks)
        )
    ]
    return followed(rules)


def followed(rules: Iterable[Rule]) -> Reach:
    """The rules, ready for following a change. Raises WholeError where one cannot be followed."""
    reach = Reach(rules)
    if reach.unbounded:
        raise WholeError(f"{min(reach.unbounded)} cannot be followed")
    return reach


def _rows(part: str, ontology: Ontology, checks: dict[str, SavedQuery]) -> list[Any]:
    """The rules of the shapes or of the checks, as plain JSON."""
    of_shapes = part == "shapes"
    rules = shape_rules(ontology.shapes) if of_shapes else map(check_rule, checks.values())
    return [rule_to_json(judged(rule)) for rule in rules]


def found(
    view: View, spelling: Spelling, gate: Gate, engine: str | None
) -> tuple[shacl.Report, list[Result], dict[str, set[str]]]:
    """What shapes and checks find at the nodes that a view's change touches, and those nodes."""
    changes = list(view.changes())
    roots = gate.reach.touched(view, changes) if changes else {}
    pairs: dict[str, set[str]] = {}
    around: set[ox.Quad] = set()
    for name, nodes in roots.items():
        rule = gate.reach.rules[name]
        if rule.targets or rule.nodes:
            nodes = {node for node in nodes if gate.reach.is_target(view, rule, node)}
            pairs[name] = {node.value for node in nodes if isinstance(node, ox.NamedNode)}
        elif name not in gate.checks:
            continue
        around |= gate.reach.surroundings(view, name, nodes)
    report = shacl.validate(spelling.of(around), gate.ontology.shapes, engine, pairs)
    results = list(report.results)
    store = ox.Store()
    store.bulk_extend(around)
    named = {name: set(map(str, nodes)) for name, nodes in roots.items()}
    for name, query in gate.checks.items():
        results += [row for row in rows(query, store) if row.focus in named.get(name, ())]
    return report, results, named


def _touched(result: Result, gate: Gate, roots: dict[str, set[str]]) -> bool:
    """Whether a result of the last build was looked for again."""
    if not roots:
        return False
    if result.shape.startswith(CHECK):
        names = [result.shape.removeprefix(CHECK)]
    else:
        names = [name for name, rule in gate.reach.rules.items() if result.shape in rule.members]
    return any(result.focus in roots.get(name, ()) for name in names)


def _pairs(change: Change) -> dict[tuple[str, str], str]:
    """The likely duplicates after the change: those of changed names are looked for again.

    A name that takes a word over the number that makes it common, or back, changes others' too.
    """
    index = change.index
    crossing = {
        word for word, before in change.counts.items() if (before > COMMON) != index.is_common(word)
    }
    ids = set(change.changed_ids).union(*map(index.having_word, crossing))
    pairs = {pair: why for pair, why in index.pairs().items() if not ids & set(pair)}
    for identifier in sorted(ids):
        thing = index.thing(identifier)
        if thing is None:
            continue
        for candidate in _candidates(change, thing):
            first, two = (thing, candidate) if thing.id < candidate.id else (candidate, thing)
            if why := reason(first, two, index.is_common):
                pairs[first.id, two.id] = why
    return dict(sorted(pairs.items()))


def _candidates(change: Change, thing: Named) -> Iterable[Named]:
    index = change.index
    ids: set[str] = set()
    for folded in thing.folded:
        ids |= index.having_name(folded)
        for word in set(folded.split()):
            if not index.is_common(word):
                ids |= index.having_word(word)
    return [
        candidate
        for candidate in map(index.thing, sorted(ids - {thing.id}))
        if candidate is not None
    ]


def _known(
    change: Change, pairs: Iterable[tuple[str, str]], decisions: Iterable[Decision]
) -> dict[str, Named]:
    """The things that pairs and decisions name."""
    ids = {identifier for pair in pairs for identifier in pair} | {
        i for decision in decisions for i in decision.pair
    }
    return {
        identifier: thing
        for identifier in ids
        if (thing := change.index.thing(identifier)) is not None
    }
