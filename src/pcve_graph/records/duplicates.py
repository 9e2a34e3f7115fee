"""Likely duplicates: pairs of records with equal or similar names that no curator has decided on.

Names are compared as `fold_name` writes them, so in any spelling or script. Numbers must agree:
phase 2 is not phase 3. A decision in data/ledger.yml silences the warning for its pair. Rule:
data/FORMAT.md, "Identity".
"""

from __future__ import annotations

import functools
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as TypingMapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand, local_name
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import NO_TERM, Iri, from_iri, line_start, to_iri
from ..model.text_normalization import fold_name
from ..syntax.tree import MappingNode, ScalarNode, SequenceNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside
from .record_graph import RecordGraph

LEDGER: Final = "ledger.yml"
LEAST_SIMILARITY: Final = 90.0
"""Lowest similarity (0 to 100) at which two names of one family are a likely duplicate."""

_PREDICATES: Final = tuple(
    map(
        expand,
        (
            "rdf:type",
            "skos:prefLabel",
            "skos:altLabel",
            "pcve:series",
            "pcve:precededBy",
            "dcterms:isReplacedBy",
        ),
    )
)
"""The predicates that are read from a record."""

COMMON_WORD: Final = 30
"""Names that share only words found in more names than this are not compared."""


@dataclass(frozen=True)
class NamedRecord:
    """A record with all its names and its family: similar names are compared within one family.

    `lines` holds the ids of its series and its predecessors: editions and phases that are linked
    this way are not duplicates.
    """

    id: str
    family: str
    names: tuple[str, ...]
    position: Position
    lines: frozenset[str] = frozenset()
    replaced_by: str = ""

    @functools.cached_property
    def folded(self) -> dict[str, str]:
        """The spelling of each name by its folded form."""
        names = {fold_name(name): name for name in reversed(self.names)}
        names.pop("", None)  # a name of punctuation alone is like no other
        return names

    @functools.cached_property
    def folded_names(self) -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
        """The folded names, sorted, each with its words and its numbers."""
        return tuple(
            (name, frozenset(name.split()), tuple(re.findall(r"\d+", name)))
            for name in sorted(self.folded)
        )

    def follows(self, other: NamedRecord) -> bool:
        """Whether the two are linked as editions of a series or as predecessor and successor."""
        return bool(self.lines & ({other.id} | other.lines)) or self.id in other.lines


@dataclass(frozen=True, slots=True)
class Decision:
    """A curator's decision about a pair: the verdict (`same` or `different`) and the reason."""

    pair: frozenset[str]
    verdict: str
    reason: str
    position: Position


def named_records(sheets: Iterable[RecordGraph], ontology: Ontology) -> Iterator[NamedRecord]:
    """The records of these sheets with all their names; sheets of sources are skipped."""
    for sheet in sheets:
        thing = named_record(sheet, ontology)
        if thing is not None:
            yield thing


def named_record(sheet: RecordGraph, ontology: Ontology) -> NamedRecord | None:
    """The record of a sheet with all its names; None for the sheet of a source."""
    thing = next(iter(sheet.subjects), NO_TERM)
    values: dict[str, list[str]] = defaultdict(list)
    prefixes = tuple(line_start(thing, from_iri(predicate)) for predicate in _PREDICATES)
    naming_lines = "\n".join([line for line in sheet.facts if line.startswith(prefixes)])
    for quad in ox.parse(naming_lines, format=ox.RdfFormat.N_TRIPLES):
        values[quad.predicate.value].append(str(getattr(quad.object, "value", "")))
    kinds = (ontology.by_iri.get(Iri(class_iri)) for class_iri in values[expand("rdf:type")])
    family = next((kind.folder for kind in kinds if kind and kind.folder), None)
    if family is None:
        return None

    def all_of(name: str) -> list[str]:
        return sorted(values[expand(name)])

    return NamedRecord(
        id=local_name(to_iri(thing)),
        family=family,
        names=tuple(all_of("skos:prefLabel") + all_of("skos:altLabel")),
        position=sheet.places[thing,],
        lines=frozenset(map(local_name, all_of("pcve:series") + all_of("pcve:precededBy"))),
        replaced_by=local_name(next(iter(all_of("dcterms:isReplacedBy")), "")),
    )


class NameIndex:
    """An index of folded names: the ids of each name, and the names of each word."""

    def __init__(self, things: Iterable[NamedRecord] = ()) -> None:
        self.ids: dict[str, set[str]] = defaultdict(set)
        self.names_by_word: dict[str, set[str]] = defaultdict(set)
        for thing in things:
            for name in thing.folded:
                self.ids[name].add(thing.id)
                for word in set(name.split()):
                    self.names_by_word[word].add(name)

    def is_common(self, word: str) -> bool:
        """Whether a word occurs in more than COMMON names."""
        return len(self.names_by_word[word]) > COMMON_WORD

    def pairs(self) -> set[tuple[str, str]]:
        """The pairs of ids, each sorted, that share a name or a word that is not common."""
        groups = list(self.ids.values())
        for word, names in self.names_by_word.items():
            if not self.is_common(word):
                groups.append({thing_id for name in names for thing_id in self.ids[name]})
        return {pair for ids in groups for pair in combinations(sorted(ids), 2)}


def likely_duplicates(things: Iterable[NamedRecord]) -> dict[tuple[str, str], str]:
    """The pairs of ids that may be duplicates, sorted, each with the reason."""
    things_by_id = {thing.id: thing for thing in things}
    names = NameIndex(things_by_id.values())
    reasons = (
        (pair, duplicate_reason(things_by_id[pair[0]], things_by_id[pair[1]], names.is_common))
        for pair in sorted(names.pairs())
    )
    return {pair: why for pair, why in reasons if why}


def duplicate_reason(
    first: NamedRecord, second: NamedRecord, is_common: Callable[[str], bool]
) -> str:
    """Why two records may be duplicates; empty where nothing suggests it.

    `is_common` returns whether a word is too common to compare two names because of it.
    """
    if first.follows(second):
        return ""
    shared = sorted(first.folded.keys() & second.folded.keys())
    if shared:
        left, right = first.folded[shared[0]], second.folded[shared[0]]
        if left == right:
            return f'both are called "{left}"'
        return f'their names "{left}" and "{right}" differ only in spelling'
    if first.family != second.family:
        return ""
    from rapidfuzz import fuzz

    for left, left_words, left_numbers in first.folded_names:
        for right, right_words, right_numbers in second.folded_names:
            if left_numbers != right_numbers or all(map(is_common, left_words & right_words)):
                continue
            score = fuzz.token_sort_ratio(left, right, score_cutoff=LEAST_SIMILARITY)
            if score:
                return (
                    f'"{first.folded[left]}" and "{second.folded[right]}" are {score:.0f} % similar'
                )
    return ""


def read_ledger(project: Project) -> list[Decision]:
    """The decisions of data/ledger.yml, in the order of the file; none where there is no file.

    Raises ContentError (`ledger`) for a malformed entry, or a pair that is decided twice.
    """
    path = project.data / LEDGER
    if not os.path.lexists(path):
        return []
    name = project.relative(path)
    root = parse_yaml_record(decode_utf8(read_inside(path, project.root, LARGEST_FILE), name), name)
    problems: list[Problem] = []
    decisions: dict[frozenset[str], Decision] = {}
    for node in root.values if isinstance(root, SequenceNode) else (root,):
        decision = _decision(node) if isinstance(node, MappingNode) else None
        if decision is None:
            message, fix = (
                "this is not a decision",
                "write pair: [a, b], verdict: different, reason: …",
            )
            problems.append(rule_problem("ledger", node.position, message, fix))
        elif decision.pair in decisions:
            first = decisions[decision.pair].position.line
            message = f"this pair is already decided on line {first}"
            problems.append(
                rule_problem("ledger", decision.position, message, "delete one of the two")
            )
        else:
            decisions[decision.pair] = decision
    if problems:
        raise ContentError(problems)
    return list(decisions.values())


def _decision(node: MappingNode) -> Decision | None:
    pair, verdict, reason = (node.get(key) for key in ("pair", "verdict", "reason"))
    if not (
        isinstance(pair, SequenceNode)
        and isinstance(verdict, ScalarNode)
        and isinstance(reason, ScalarNode)
    ):
        return None
    ids = frozenset(value.text for value in pair.values if isinstance(value, ScalarNode))
    if len(ids) != 2 or verdict.text not in ("same", "different"):
        return None
    return Decision(ids, verdict.text, reason.text, node.position)


def duplicate_problems(
    pairs: dict[tuple[str, str], str],
    decisions: list[Decision],
    things_by_id: TypingMapping[str, NamedRecord],
) -> list[Problem]:
    """Undecided pairs as warnings; decisions on unknown records, or not carried out, as errors.

    `things_by_id` must hold every record that a pair or a decision names, where it exists.
    """
    decided = {decision.pair for decision in decisions}
    problems: list[Problem] = []
    for (first_id, second_id), why in pairs.items():
        if frozenset((first_id, second_id)) not in decided:
            first, second = things_by_id[first_id], things_by_id[second_id]
            fix = (
                f"see {second.position.path}; if they are the same, merge them, else add the pair "
                f"[{first_id}, {second_id}] to data/{LEDGER} with a verdict and a reason"
            )
            message = f"{first_id} and {second_id} may be duplicates: {why}"
            problem = rule_problem("duplicate", first.position, message, fix)
            problems.append(replace(problem, severity="warning"))
    for decision in decisions:
        unknown = sorted(record_id for record_id in decision.pair if record_id not in things_by_id)
        if unknown:
            message = f"no record has the id {unknown[0]}"
            problems.append(
                rule_problem("ledger", decision.position, message, "correct or delete the entry")
            )
        elif decision.verdict == "same" and not any(
            things_by_id[record_id].replaced_by in decision.pair for record_id in decision.pair
        ):
            fix = "add isReplacedBy with the id of the other record to one of them"
            message = (
                "according to the ledger these two are the same, but neither replaces the other"
            )
            problems.append(rule_problem("ledger", decision.position, message, fix))
    return problems
