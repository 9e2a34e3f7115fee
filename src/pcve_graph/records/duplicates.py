"""Likely duplicates: two things whose names are the same or nearly so, and nobody has decided.

Names are folded before they are compared: any script to Latin, no diacritics, đ and dj alike, no
case, no punctuation, no legal forms. Numbers count: the second phase is not the third. Decisions
stand in data/ledger.yml, one for each pair, and silence it. Rule: data/FORMAT.md, "Identity".
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as TypingMapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import pyoxigraph as ox

from ..model.namespaces import expand, local_name
from ..model.problems import ContentError, Position, Problem, breach
from ..model.project import Project
from ..model.schema import Ontology
from ..syntax.tree import Mapping, Scalar, Sequence, decode
from ..syntax.yaml import parse
from ..system.files import LARGEST, read_inside
from .record_graph import Sheet

LEDGER: Final = "ledger.yml"
NEAR: Final = 90.0
"""From which likeness on, of 100, two names of one family are a likely duplicate."""

_TOLD: Final = tuple(
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
"""What is read of a thing."""

_LEGAL: Final = {"doo", "ltd", "gmbh", "ev", "shpk", "inc", "ngo", "nvo", "ojq"}
COMMON: Final = 30
"""A word that more names than this have is no ground to compare two of them."""


@dataclass(frozen=True)
class Named:
    """A thing, the family in which near names are compared, and all its names.

    `lines` holds the ids of its series and of what it is preceded by: editions and phases are
    told apart by their records already.
    """

    id: str
    family: str
    names: tuple[str, ...]
    position: Position
    lines: frozenset[str] = frozenset()
    replaced_by: str = ""

    @functools.cached_property
    def folded(self) -> dict[str, str]:
        """Each name as it is compared, and as it is spelt."""
        return {fold_name(name): name for name in reversed(self.names)}

    @functools.cached_property
    def compared(self) -> tuple[tuple[str, frozenset[str], tuple[str, ...]], ...]:
        """Each name as it is compared, sorted, with its words and its numbers."""
        return tuple(
            (name, frozenset(name.split()), tuple(re.findall(r"\d+", name)))
            for name in sorted(self.folded)
        )

    def follows(self, other: Named) -> bool:
        """Whether the two are told apart as editions of one series or steps of one line."""
        return bool(self.lines & ({other.id} | other.lines)) or self.id in other.lines


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator decided of a pair: `same` or `different`, and why."""

    pair: frozenset[str]
    verdict: str
    reason: str
    position: Position


def fold_name(name: str) -> str:
    """A name as it is compared: Latin, plain, small letters and digits, single spaces."""
    from anyascii import anyascii

    latin = anyascii(name).casefold().replace("dj", "d")
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", latin)
    words = re.findall(r"[a-z0-9]+", joined.replace("'", ""))
    return " ".join(word for word in words if word not in _LEGAL)


def named_things(sheets: Iterable[Sheet], ontology: Ontology) -> Iterator[Named]:
    """The things of these sheets that are records, each with all its names."""
    for sheet in sheets:
        thing = named_thing(sheet, ontology)
        if thing is not None:
            yield thing


def named_thing(sheet: Sheet, ontology: Ontology) -> Named | None:
    """The thing of a record with all its names; None for the sheet of a source."""
    thing = next(iter(sheet.subjects), "")
    values: dict[str, list[str]] = defaultdict(list)
    begins = tuple(f"{thing} <{each}> " for each in _TOLD)
    own = "\n".join([line for line in sheet.facts if line.startswith(begins)])
    for quad in ox.parse(own, format=ox.RdfFormat.N_TRIPLES):
        values[quad.predicate.value].append(str(getattr(quad.object, "value", "")))
    kinds = (ontology.by_iri.get(each) for each in values[expand("rdf:type")])
    family = next((kind.folder for kind in kinds if kind and kind.folder), None)
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


class Names:
    """All names, folded, with the things that have them and the words that they are made of."""

    def __init__(self, things: Iterable[Named] = ()) -> None:
        self.ids: dict[str, set[str]] = defaultdict(set)
        self.having: dict[str, set[str]] = defaultdict(set)
        for thing in things:
            for name in thing.folded:
                self.ids[name].add(thing.id)
                for word in set(name.split()):
                    self.having[word].add(name)

    def is_common(self, word: str) -> bool:
        """Whether more names have a word than make it a ground for comparing two of them."""
        return len(self.having[word]) > COMMON

    def pairs(self) -> set[tuple[str, str]]:
        """The ids of things that share a name, or a word that is not common, sorted."""
        groups = list(self.ids.values())
        for word, names in self.having.items():
            if not self.is_common(word):
                groups.append({each for name in names for each in self.ids[name]})
        return {pair for ids in groups for pair in combinations(sorted(ids), 2)}


def likely_pairs(things: Iterable[Named]) -> dict[tuple[str, str], str]:
    """Each pair of ids that may be one thing, with the reason, in the order of the ids."""
    known = {thing.id: thing for thing in things}
    names = Names(known.values())
    reasons = (
        (pair, reason(known[pair[0]], known[pair[1]], names.is_common))
        for pair in sorted(names.pairs())
    )
    return {pair: why for pair, why in reasons if why}


def reason(one: Named, two: Named, is_common: Callable[[str], bool]) -> str:
    """Why two things may be one; empty where nothing says so.

    `is_common` says of a word that more names have it than make it a ground for comparing.
    """
    if one.follows(two):
        return ""
    shared = sorted(one.folded.keys() & two.folded.keys())
    if shared:
        return f'both are called "{one.folded[shared[0]]}"'
    if one.family != two.family:
        return ""
    from rapidfuzz import fuzz

    for left, words, numbers in one.compared:
        for right, others, counted in two.compared:
            if numbers != counted or all(map(is_common, words & others)):
                continue
            score = fuzz.token_sort_ratio(left, right, score_cutoff=NEAR)
            if score:
                return f'"{one.folded[left]}" and "{two.folded[right]}" are {score:.0f} % alike'
    return ""


def read_ledger(project: Project) -> list[Decision]:
    """The decisions of data/ledger.yml, in the order of the file; none where there is no file.

    Raises ContentError (`ledger`) for an entry that is not of its form, or a pair decided twice.
    """
    path = project.data / LEDGER
    if not path.is_file():
        return []
    name = project.relative(path)
    root = parse(decode(read_inside(path, project.root, LARGEST), name), name)
    problems: list[Problem] = []
    decisions: dict[frozenset[str], Decision] = {}
    for node in root.values if isinstance(root, Sequence) else (root,):
        decision = _decision(node) if isinstance(node, Mapping) else None
        if decision is None:
            found, fix = "this is no decision", "write pair: [a, b], verdict: different, reason: …"
            problems.append(breach("ledger", node.position, found, fix))
        elif decision.pair in decisions:
            first = decisions[decision.pair].position.line
            found = f"the pair was decided on line {first} already"
            problems.append(breach("ledger", decision.position, found, "keep one of the two"))
        else:
            decisions[decision.pair] = decision
    if problems:
        raise ContentError(problems)
    return list(decisions.values())


def _decision(node: Mapping) -> Decision | None:
    pair, verdict, reason = (node.get(key) for key in ("pair", "verdict", "reason"))
    if not (
        isinstance(pair, Sequence) and isinstance(verdict, Scalar) and isinstance(reason, Scalar)
    ):
        return None
    ids = frozenset(value.text for value in pair.values if isinstance(value, Scalar))
    if len(ids) != 2 or verdict.text not in ("same", "different"):
        return None
    return Decision(ids, verdict.text, reason.text, node.position)


def likeness_problems(
    pairs: dict[tuple[str, str], str], decisions: list[Decision], known: TypingMapping[str, Named]
) -> list[Problem]:
    """Undecided pairs as warnings; decisions about nothing, or not carried out, as errors.

    `known` gives each thing that a pair or a decision names.
    """
    decided = {decision.pair for decision in decisions}
    problems: list[Problem] = []
    for (one, two), why in pairs.items():
        if frozenset((one, two)) not in decided:
            first, second = known[one], known[two]
            fix = (
                f"see {second.position.path}; if they are one, join them, else add the pair "
                f"[{one}, {two}] to data/{LEDGER} with verdict and reason"
            )
            found = f"{one} and {two} may be one thing: {why}"
            problem = breach("duplicate", first.position, found, fix)
            problems.append(replace(problem, severity="warning"))
    for decision in decisions:
        unknown = sorted(one for one in decision.pair if one not in known)
        if unknown:
            found = f"there is no record {unknown[0]}"
            problems.append(
                breach("ledger", decision.position, found, "correct or delete the entry")
            )
        elif decision.verdict == "same" and not any(
            known[one].replaced_by in decision.pair for one in decision.pair
        ):
            fix = "give one of them isReplacedBy with the id of the other"
            found = "the two were decided to be the same, and both are current"
            problems.append(breach("ledger", decision.position, found, fix))
    return problems
