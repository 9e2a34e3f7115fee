"""The weights of the score, read from queries/landscape/weights.yml, and the rarity of terms."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...graph.ontology import read_ontology
from ...model.namespaces import expand
from ...model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ...model.project import Project
from ...model.schema import Ontology
from ...model.suggest import did_you_mean
from ...syntax.tree import MappingNode, RecordNode, ScalarNode, decode_utf8, scalars_of
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
_KEYS: Final = (*NUMBERS, *WORDS)
_GROUPS: Final = frozenset(key.partition(".")[0] for key in _KEYS if "." in key)
_RENAMED: Final = {"company.beside": "company.participating"}
"""The keys of earlier versions, and what they are called now."""

_BASES: Final = ("rarity.place", "rarity.topic", "rarity.group")
"""The numbers that are the base of a logarithm, which must be greater than 1."""

_Entries = dict[str, tuple[ScalarNode, RecordNode]]


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

    Raises ContentError (`weights`) with every problem of the file as `weight_problems` returns
    them, or for a file that is not YAML; UsageError for a file that cannot be read.
    """
    path = project.queries / FILE
    name = project.relative(path)
    try:
        content = read_inside(path, project.root, LARGEST_FILE)
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); overlaps require it") from None
    tree = parse_yaml_record(decode_utf8(content, name), name)
    if problems := weight_problems(tree, read_ontology(project)):
        raise ContentError(problems)
    entries = _entries(tree, [])
    return Weights(
        {key: _number(entries[key][1]) for key in NUMBERS},
        {key: frozenset(text for text, _ in _ids(entries[key][1])) for key in WORDS},
    )


def weight_problems(tree: RecordNode, ontology: Ontology) -> list[Problem]:
    """The problems of the content of weights.yml: keys, numbers, and ids of closed lists."""
    if not isinstance(tree, MappingNode):
        return [_problem(tree.position, "expected keys", "begin with `project:`")]
    problems: list[Problem] = []
    entries = _entries(tree, problems)
    for key, (_, value) in entries.items():
        if key in NUMBERS:
            problems += _number_problems(key, value)
        else:
            problems += _id_problems(key, value, ontology)
    return [*problems, *_missing_keys(tree, entries)]


def _missing_keys(tree: MappingNode, entries: _Entries) -> Iterator[Problem]:
    """A problem for each group that is missing, and for each key that a group lacks."""
    stated = {key.text: (key.position, value) for key, value in tree.entries}
    for name in dict.fromkeys(key.partition(".")[0] for key in _KEYS):
        if name not in stated:
            yield _problem(tree.position, f"{name} is missing", f"add `{name}:`")
            continue
        position, value = stated[name]
        if not isinstance(value, MappingNode):
            continue
        renamed = {_RENAMED.get(f"{name}.{key.text}") for key, _ in value.entries}
        for key in _KEYS:
            if key.startswith(f"{name}.") and key not in {*entries, *renamed}:
                fix = f"add `{key.partition('.')[2]}: …` under `{name}:`"
                yield _problem(position, f"{key} is missing", fix)


def _entries(tree: RecordNode, problems: list[Problem], before: str = "") -> _Entries:
    """The key and value of each weight by its whole name, such as `place.floor`."""
    entries: _Entries = {}
    for key, value in tree.entries if isinstance(tree, MappingNode) else ():
        name = before + key.text
        if name in _GROUPS:
            if isinstance(value, MappingNode):
                entries |= _entries(value, problems, f"{name}.")
            else:
                keys = ", ".join(k.partition(".")[2] for k in _KEYS if k.startswith(f"{name}."))
                message, fix = f"{name} must have keys", f"nest its keys under it: {keys}"
                problems.append(_problem(value.position, message, fix))
        elif name in _RENAMED:
            message, fix = f"{name} is now called {_RENAMED[name]}", "rename it"
            problems.append(_problem(key.position, message, fix))
        elif name not in _KEYS:
            same_group = [other for other in _KEYS if before and other.startswith(before)]
            hint = did_you_mean(name, same_group or (*_GROUPS, "instruments"))
            fix = hint or "docs/overlap-score.md lists the keys"
            problems.append(_problem(key.position, f"unknown key {name!r}", fix))
        else:
            entries[name] = key, value
    return entries


def _number_problems(key: str, value: RecordNode) -> Iterator[Problem]:
    number = _number(value)
    if key in _BASES:
        valid, words = 1 < number <= 1000, "greater than 1 and at most 1000"
    elif key == "rarity.steady":  # it is divided by
        valid, words = 1 <= number <= 1000, "from 1 to 1000"
    else:
        valid, words = 0 <= number <= 1, "from 0 to 1"
    if valid:
        return
    shown = repr(value.text) if isinstance(value, ScalarNode) else "a list or keys"
    message = f"{key} must be a number, not {shown}"
    if not math.isnan(number) and isinstance(value, ScalarNode):
        message = f"{key} is {value.text}; it must be {words}"
    yield _problem(value.position, message, f"write a number {words}")


def _number(value: RecordNode) -> float:
    """The number that a value is; not a number (NaN) if it is not one."""
    try:
        return float(value.text) if isinstance(value, ScalarNode) else math.nan
    except ValueError:
        return math.nan


def _id_problems(key: str, value: RecordNode, ontology: Ontology) -> Iterator[Problem]:
    """The problems of the ids of a weight: each must be a term of a closed list."""
    schemes = _schemes(key, ontology)
    terms = sorted({term for scheme in schemes for term in ontology.schemes.get(scheme, ())})
    names = " or ".join(schemes)
    if isinstance(value, MappingNode):
        yield _problem(value.position, f"{key} must be ids", f"write ids of {names}: a, b")
        return
    for text, position in _ids(value):
        if schemes and text not in terms:
            fix = did_you_mean(text, terms) or f"terms of {names}: {', '.join(terms)}"
            yield _problem(position, f"{key}: {names} has no term {text!r}", fix)


def _schemes(key: str, ontology: Ontology) -> list[str]:
    """The closed lists of the ids of a weight: topics, or the kinds of what works are part of."""
    works = [ontology.by_iri.get(expand(name)) for name in ("pcve:Project", "pcve:Event")]
    keys = [record_key for work in works if work for record_key in work.keys.values()]
    path = expand("schema:about")
    if key == "instruments":
        frames = {
            iri
            for record_key in keys
            if record_key.path == expand("dcterms:isPartOf")
            for iri in record_key.classes
        }
        keys = [
            record_key
            for iri in frames - {expand("pcve:Project"), expand("pcve:Event")}
            if iri in ontology.by_iri
            for record_key in ontology.by_iri[iri].keys.values()
        ]
        path = expand("pcve:kind")
    return sorted({k.scheme for k in keys if k.path == path and k.scheme})


def _ids(value: RecordNode) -> Iterator[tuple[str, Position]]:
    """The ids of a list, or of a text with commas, each with the position of its text."""
    for node in scalars_of(value):
        for text in node.text.replace(",", " ").split():
            yield text, node.position


def _problem(position: Position, message: str, fix: str) -> Problem:
    return rule_problem("weights", position, message, fix)


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
