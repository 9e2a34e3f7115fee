"""The weights of the score, read from queries/landscape/weights.yml, and the rarity of terms."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ...model.problems import UsageError
from ...model.project import Project
from ...model.suggest import did_you_mean
from ...syntax.tree import MappingNode as YamlMapping
from ...syntax.tree import ScalarNode, decode_utf8
from ...syntax.yaml import parse_yaml_record
from ...system.files import LARGEST_FILE, read_inside

FILE: Final = "landscape/weights.yml"
NUMBERS: Final = (
    *("project.place", "project.topic", "project.group", "project.time"),
    *("event.place", "event.topic", "event.group", "event.time", "event.company"),
    *("least.project", "least.event"),
    *("rarity.place", "rarity.topic", "rarity.group", "rarity.steady"),
    *("place.floor", "place.reach", "place.neighbours"),
    *("topic.floor", "topic.broader", "topic.common"),
    *("time.floor", "time.open", "time.adjacent", "company.leading", "company.participating"),
)
WORDS: Final = ("topic.general", "instruments")
_RENAMED: Final = {"company.beside": "company.participating"}
"""The keys of earlier versions, and what they are called now."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers and the sets of ids (`words`), by `group.name` such as `place.floor`."""

    numbers: Mapping[str, float]
    words: Mapping[str, frozenset[str]]

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]

    def of(self, kind: str) -> dict[str, float]:
        """The weight of each part of the score of a `project` or an `event`."""
        start = f"{kind}."
        return {
            name.removeprefix(start): number
            for name, number in self.numbers.items()
            if name.startswith(start)
        }


def read_weights(project: Project) -> Weights:
    """The weights of `project`.

    Raises UsageError, which names the key and its position, for an unknown or renamed key and for a
    value that is not a number in its range, UsageError for a missing key; ContentError for a file
    that is not YAML.
    """
    path = project.queries / FILE
    name = project.relative(path)
    try:
        tree = parse_yaml_record(
            decode_utf8(read_inside(path, project.root, LARGEST_FILE), name), name
        )
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); overlaps require it") from None
    entries = _entries_by_key(tree)
    for key, (node, _) in sorted(entries.items()):
        if key in _RENAMED:
            raise UsageError(f"{node.position}: {key} is now called {_RENAMED[key]}; rename it")
        if key not in (*NUMBERS, *WORDS):
            hint = did_you_mean(key, (*NUMBERS, *WORDS)) or "docs/overlap-score.md lists the keys"
            raise UsageError(f"{node.position}: unknown key {key!r}; {hint}")
    for key in (*NUMBERS, *WORDS):
        if key not in entries:
            raise UsageError(f"{name}: {key} is missing")
    numbers = {key: _number(key, entries[key][1]) for key in NUMBERS}
    words = {key: frozenset(entries[key][1].text.replace(",", " ").split()) for key in WORDS}
    return Weights(numbers, words)


def _entries_by_key(tree: object, before: str = "") -> dict[str, tuple[ScalarNode, ScalarNode]]:
    """The key and value of each weight by its whole name, such as `place.floor`."""
    entries: dict[str, tuple[ScalarNode, ScalarNode]] = {}
    for key, value in tree.entries if isinstance(tree, YamlMapping) else ():
        if isinstance(value, ScalarNode):
            entries[before + key.text] = key, value
        else:
            entries |= _entries_by_key(value, f"{before}{key.text}.")
    return entries


def _number(key: str, value: ScalarNode) -> float:
    try:
        number = float(value.text)
    except ValueError:
        message = f"{key} must be a number, not {value.text!r}"
        raise UsageError(f"{value.position}: {message}") from None
    most = 1000 if key.startswith("rarity.") else 1
    if not 0 <= number <= most:
        message = f"{key} is {value.text}; it must be from 0 to {most}"
        raise UsageError(f"{value.position}: {message}")
    return number


@dataclass(frozen=True, slots=True)
class Rarity:
    """`shares` is the share of works under each term, `says` the resulting weight; both 0 to 1."""

    shares: Mapping[str, float]
    weight_by_term: Mapping[str, float]


def compute_rarity(
    terms: Iterable[str],
    above: Mapping[str, tuple[str, ...]],
    stated: Iterable[tuple[str, ...]],
    even: float,
    steady: float,
) -> Rarity:
    """The rarity of `terms`, where each work has the terms in one tuple of `stated`.

    A term as rare as one in `even` works, or rarer, has weight 1. `steady` is the number of works
    that the list of terms itself counts as. Works without any term are left out.
    """
    sorted_terms = sorted({*terms})
    counts: Counter[str] = Counter()
    works = 0
    for work_terms, often in Counter(stated).items():
        if work_terms:
            works += often
            wider = (up for term in work_terms for up in above.get(term, ()))
            counts.update(dict.fromkeys((*work_terms, *wider), often))
    size = max(len(sorted_terms), 1)
    below = Counter(up for term in sorted_terms for up in above.get(term, ()))
    shares = {
        term: (counts[term] + steady * (1 + below[term]) / size) / (works + steady)
        for term in sorted_terms
    }
    term_weights = {
        term: min(1.0, -math.log(share) / math.log(even)) for term, share in shares.items()
    }
    return Rarity(shares, {term: max(0.0, value) for term, value in term_weights.items()})
