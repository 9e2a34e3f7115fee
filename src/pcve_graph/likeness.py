"""Likely duplicates: two things whose names are the same or nearly so, and nobody has decided.

Names are folded before they are compared: any script to Latin, no diacritics, đ and dj alike, no
case, no punctuation, no legal forms. Numbers count: the second phase is not the third. Decisions
stand in data/ledger.yml, one for each pair, and silence it. Rule: data/FORMAT.md, "Identity".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from .errors import ContentError, Position, Problem, breach
from .nodes import Mapping, Scalar, Sequence, decode
from .project import Project
from .yamltext import parse

LEDGER: Final = "ledger.yml"
NEAR: Final = 90.0
"""From which likeness on, of 100, two names of one family are a likely duplicate."""

_LEGAL: Final = {"doo", "ltd", "gmbh", "ev", "shpk", "inc", "ngo", "nvo", "ojq"}
_COMMON: Final = 30
"""A word that more names than this have is no ground to compare two of them."""


@dataclass(frozen=True, slots=True)
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


def likely_pairs(things: list[Named]) -> Iterator[tuple[Named, Named, str]]:
    """Each pair of things that may be one, with the reason, in the order of their ids."""
    by_name: dict[str, dict[str, Named]] = defaultdict(dict)
    spelt: dict[str, str] = {}
    for thing in things:
        for name in thing.names:
            by_name[fold_name(name)][thing.id] = thing
            spelt.setdefault(fold_name(name), name)
    found: dict[tuple[str, str], tuple[Named, Named, str]] = {}
    for folded, sharers in by_name.items():
        for first, second in combinations(sorted(sharers.values(), key=lambda each: each.id), 2):
            reason = f'both are called "{spelt[folded]}"'
            found.setdefault((first.id, second.id), (first, second, reason))
    for first, second, reason in _near(by_name, spelt):
        found.setdefault((first.id, second.id), (first, second, reason))
    ordered = [found[key] for key in sorted(found)]
    return iter([each for each in ordered if not each[0].follows(each[1])])


def _near(
    by_name: dict[str, dict[str, Named]], spelt: dict[str, str]
) -> Iterator[tuple[Named, Named, str]]:
    from rapidfuzz import fuzz

    having: dict[str, list[str]] = defaultdict(list)
    for folded in by_name:
        for word in set(folded.split()):
            having[word].append(folded)
    pairs = {
        tuple(sorted(pair))
        for sharers in having.values()
        if len(sharers) <= _COMMON
        for pair in combinations(sharers, 2)
    }
    for left, right in sorted(pairs):
        if re.findall(r"\d+", left) != re.findall(r"\d+", right):
            continue
        score = fuzz.token_sort_ratio(left, right, score_cutoff=NEAR)
        if not score:
            continue
        for first in by_name[left].values():
            for second in by_name[right].values():
                if first.id != second.id and first.family == second.family:
                    one, two = sorted((first, second), key=lambda each: each.id)
                    reason = f'"{spelt[left]}" and "{spelt[right]}" are {score:.0f} % alike'
                    yield one, two, reason


def read_ledger(project: Project) -> list[Decision]:
    """The decisions of data/ledger.yml, in the order of the file; none where there is no file.

    Raises ContentError (`ledger`) for an entry that is not of its form, or a pair decided twice.
    """
    path = project.data / LEDGER
    if not path.is_file():
        return []
    name = project.relative(path)
    root = parse(decode(path.read_bytes(), name), name)
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
    ids = frozenset(each.text for each in pair.values if isinstance(each, Scalar))
    if len(ids) != 2 or verdict.text not in ("same", "different"):
        return None
    return Decision(ids, verdict.text, reason.text, node.position)


def likeness_problems(things: list[Named], decisions: list[Decision]) -> list[Problem]:
    """Undecided pairs as warnings; decisions about nothing, or not carried out, as errors."""
    known = {thing.id: thing for thing in things}
    decided = {each.pair for each in decisions}
    problems: list[Problem] = []
    for first, second, reason in likely_pairs(things):
        if frozenset((first.id, second.id)) not in decided:
            fix = (
                f"see {second.position.path}; if they are one, join them, else add the pair "
                f"[{first.id}, {second.id}] to data/{LEDGER} with verdict and reason"
            )
            found = f"{first.id} and {second.id} may be one thing: {reason}"
            problem = breach("duplicate", first.position, found, fix)
            problems.append(replace(problem, severity="warning"))
    for each in decisions:
        unknown = sorted(each.pair - known.keys())
        if unknown:
            found = f"there is no record {unknown[0]}"
            problems.append(breach("ledger", each.position, found, "correct or delete the entry"))
        elif each.verdict == "same" and not any(
            known[one].replaced_by in each.pair for one in each.pair
        ):
            fix = "give one of them isReplacedBy with the id of the other"
            found = "the two were decided to be the same, and both are current"
            problems.append(breach("ledger", each.position, found, fix))
    return problems
