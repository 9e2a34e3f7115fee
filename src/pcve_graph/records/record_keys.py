"""The keys of a record beside its claims: what was redacted, coarsened or cleared.

Rule: data/FORMAT.md, "Do no harm".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..model.dates import precision
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.suggest import did_you_mean
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, items_of, text_of

RECORD_KEYS: Final = ("id", "type", "redacted", "sensitivity", "cleared", "claims")
"""The keys of a record, in their order."""

SENSITIVITIES: Final = ("economy",)
CLEARABLE: Final = ("private-person",)
"""The rules of which a reason in the record lifts an error."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """A curator's decision that words are no violation of a rule, with the reason."""

    rule: str
    text: str
    reason: str
    position: Position


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """What a record states beside its claims. `sensitivity` is None where it states none."""

    redacted: bool = False
    sensitivity: ScalarNode | None = None
    cleared: tuple[Clearance, ...] = ()


def read_record_settings(root: MappingNode) -> RecordSettings:
    """The settings of the record in `root`. Raises ContentError with all their problems."""
    problems: list[Problem] = []
    sensitivity = root.get("sensitivity")
    if sensitivity is not None and text_of(sensitivity) not in SENSITIVITIES:
        fix = f"write `sensitivity: {SENSITIVITIES[0]}`, or delete the key"
        message = f'"{text_of(sensitivity)}" is not a sensitivity'
        problems.append(rule_problem("sensitivity", sensitivity.position, message, fix))
    redacted = root.get("redacted")
    if redacted is not None:
        problems += _redaction_problems(root, redacted)
    try:
        cleared = read_cleared(root)
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    chosen = sensitivity if isinstance(sensitivity, ScalarNode) else None
    return RecordSettings(redacted is not None, chosen, cleared)


def read_cleared(root: MappingNode) -> tuple[Clearance, ...]:
    """The entries under `cleared`. Raises ContentError (`cleared`) for one that is incomplete."""
    problems: list[Problem] = []
    entries = []
    for node in items_of(root.get("cleared")):
        stated = {} if not isinstance(node, MappingNode) else dict(_texts(node))
        if stated.keys() != {"rule", "text", "reason"} or not all(stated.values()):
            fix = "write cleared: [{rule: private-person, text: the words, reason: why}]"
            message = "an entry under cleared has a rule, a text and a reason, and nothing else"
            problems.append(rule_problem("cleared", node.position, message, fix))
        elif stated["rule"] not in CLEARABLE:
            fix = did_you_mean(stated["rule"], CLEARABLE) or f"rules: {', '.join(CLEARABLE)}"
            message = f'no reason lifts an error of "{stated["rule"]}"'
            problems.append(rule_problem("cleared", node.position, message, fix))
        else:
            entries.append(Clearance(**stated, position=node.position))
    if problems:
        raise ContentError(problems)
    return tuple(entries)


def _texts(node: MappingNode) -> Iterator[tuple[str, str]]:
    return ((key.text, text_of(value).strip()) for key, value in node.entries)


def _redaction_problems(root: MappingNode, redacted: RecordNode) -> Iterator[Problem]:
    """The problems of a record with the key `redacted`: no day, no reason, or facts."""
    stated = dict(_texts(redacted)) if isinstance(redacted, MappingNode) else {}
    is_day = precision(stated.get("on", "")) == "date"
    if not is_day or not stated.get("reason") or stated.keys() > {"on", "reason"}:
        message, fix = "redacted has a day and a reason", "write {on: the day, reason: why}"
        yield rule_problem("redacted", redacted.position, message, fix)
    for key, _ in root.entries:
        if key.text not in ("id", "type", "redacted"):
            message = f"a redacted record has no {key.text}"
            yield rule_problem("redacted", key.position, message, f"delete {key.text}")
