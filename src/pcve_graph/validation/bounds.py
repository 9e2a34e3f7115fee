"""The bounds of a graph: data/bounds.yml, and what is lost against it.

A build in which a figure has left its bounds by more than `TOLERANCE` fails, until somebody
accepts the loss and says why. A release writes the figures. Rule: data/FORMAT.md, "Bounds".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ..incremental.figures import SECTIONS, Figure, FigureCounts
from ..model.problems import ContentError, Position, Problem, rule_problem
from ..model.project import Project
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from ..records.assemble import RecordCounts
from ..records.formatter import yaml_text
from ..syntax.tree import MappingNode, RecordNode, ScalarNode, SequenceNode, decode_utf8
from ..syntax.yaml import parse_yaml_record
from ..system.files import LARGEST_FILE, read_inside

BOUNDS: Final = "bounds.yml"
TOLERANCE: Final = 5
"""Percent by which a figure may leave its bounds."""

ACCEPTED: Final = "accepted"
_BOTH: Final = ("least", "most")
_LOSS_KEYS: Final = ("figure", "from", "to", "reason")
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_NAMES: Final = {"year": re.compile(r"\d{4}", re.ASCII), "share": re.compile("verified")}
_ID: Final = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Bound:
    """The least value of a figure, and the most where somebody has set one."""

    least: Decimal | None
    most: Decimal | None
    position: Position


@dataclass(frozen=True, slots=True)
class AcceptedLoss:
    """A loss that somebody has accepted: the figure in words, its values, and why."""

    figure: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of each figure, and the losses that were accepted, in the order of the file."""

    figures: dict[Figure, Bound]
    accepted: tuple[AcceptedLoss, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A figure that has left its bounds: `limit` is the one that it passed, `value` the present."""

    figure: Figure
    limit: Decimal
    value: Decimal
    position: Position

    def __str__(self) -> str:
        section, name = self.figure
        change = (
            f"{100 * (self.limit - self.value) / self.limit:.1f} % less"
            if self.value < self.limit
            else "more than the most"
        )
        return (
            f"{section} {name}: {_shown(self.value)} {SECTIONS[section]}, "
            f"the bound is {_shown(self.limit)} ({change})"
        )


class LossError(ContentError):
    """Figures have left their bounds, and nothing else is wrong; `losses` are in their order."""

    def __init__(self, losses: Iterable[Loss], warnings: Iterable[Problem]) -> None:
        self.losses = tuple(losses)
        super().__init__([*map(loss_problem, self.losses), *warnings])


def loss_problem(loss: Loss) -> Problem:
    """The error of a loss, at its bound."""
    fix = 'restore what is missing; if it is gone on purpose, run `pcve build --accept-loss "why"`'
    return rule_problem("loss", loss.position, str(loss), fix)


def read_bounds(project: Project, ontology: Ontology) -> Bounds | None:
    """The bounds in data/bounds.yml; None where there is no such file.

    Raises ContentError (`bounds`) with every problem of the file.
    """
    path = project.data / BOUNDS
    if not os.path.lexists(path):
        return None
    name = project.relative(path)
    tree = parse_yaml_record(decode_utf8(read_inside(path, project.root, LARGEST_FILE), name), name)
    problems: list[Problem] = []
    figures: dict[Figure, Bound] = {}
    accepted: list[AcceptedLoss] = []
    if not isinstance(tree, MappingNode):
        raise ContentError([_malformed(tree.position, "this is not a list of figures", _HINT)])
    for key, value in tree.entries:
        if key.text == ACCEPTED:
            accepted += _accepted(value, problems)
        elif key.text not in SECTIONS:
            hint = did_you_mean(key.text, (*SECTIONS, ACCEPTED)) or _HINT
            problems.append(_malformed(key.position, f'there is no section "{key.text}"', hint))
        elif isinstance(value, MappingNode):
            for figure, bound in value.entries:
                if problem := _name_problem(key.text, figure, ontology):
                    problems.append(problem)
                elif parsed := _bound(bound, figure.position):
                    figures[key.text, figure.text] = parsed
                else:
                    message = f"the bound of {figure.text} is not a number"
                    fix = "write a number, or {least: NUMBER, most: NUMBER}, least first"
                    problems.append(_malformed(bound.position, message, fix))
        else:
            fix = f"write names and numbers: {key.text}: {{NAME: NUMBER}}"
            problems.append(_malformed(value.position, f"{key.text} has no figures", fix))
    if problems:
        raise ContentError(problems)
    return Bounds(figures, tuple(accepted))


_HINT: Final = f"the sections are {', '.join(SECTIONS)}, and {ACCEPTED}"


def find_losses(bounds: Bounds, figures: Mapping[Figure, Decimal]) -> Iterator[Loss]:
    """The figures that have left their bounds by more than the tolerance, in the file's order."""
    for figure, bound in bounds.figures.items():
        value = figures.get(figure, Decimal(0))
        if bound.least is not None and 100 * value < (100 - TOLERANCE) * bound.least:
            yield Loss(figure, bound.least, value, bound.position)
        elif bound.most is not None and 100 * value > (100 + TOLERANCE) * bound.most:
            yield Loss(figure, bound.most, value, bound.position)


@dataclass(frozen=True, slots=True)
class Measured:
    """The counts of a graph, and the losses against its bounds; empty without bounds."""

    counts: FigureCounts | None = None
    losses: tuple[Loss, ...] = ()


def measure(
    project: Project,
    ontology: Ontology,
    tally: RecordCounts,
    count: Callable[[], FigureCounts],
) -> Measured:
    """The counts of a graph, which are those of `count`, against data/bounds.yml.

    Raises ContentError (`bounds`) as `read_bounds` does.
    """
    bounds = read_bounds(project, ontology)
    if bounds is None:
        return Measured()
    counts = count()
    figures = counts.figures(tally.verified, tally.facts)
    return Measured(counts, tuple(find_losses(bounds, figures)))


def released_bounds(bounds: Bounds | None, figures: Mapping[Figure, Decimal]) -> Bounds:
    """The bounds of a release: the least of each figure is its value; each `most` is kept."""
    old = bounds or Bounds({}, ())
    empty = Bound(None, None, Position(""))
    written = {
        figure: replace(old.figures.get(figure, empty), least=value)
        for figure, value in figures.items()
    }
    return Bounds(written, old.accepted)


def accepted_bounds(bounds: Bounds, losses: Iterable[Loss], reason: str) -> Bounds:
    """The bounds with the present value of each lost figure, and the reason beside them."""
    figures = dict(bounds.figures)
    accepted = list(bounds.accepted)
    for loss in losses:
        bound = figures[loss.figure]
        if loss.value > loss.limit:
            figures[loss.figure] = replace(bound, most=loss.value)
        elif loss.value or bound.most is not None:
            figures[loss.figure] = replace(bound, least=loss.value)
        else:
            del figures[loss.figure]
        values = _shown(loss.limit), _shown(loss.value)
        accepted.append(AcceptedLoss(" ".join(loss.figure), *values, reason))
    return Bounds(figures, tuple(accepted))


def bounds_text(bounds: Bounds, ontology: Ontology) -> str:
    """The canonical text of data/bounds.yml: figures by section and name."""
    place = Position("")

    def scalar(text: str) -> ScalarNode:
        return ScalarNode(text, place)

    def mapping(entries: Iterable[tuple[str, RecordNode]]) -> MappingNode:
        return MappingNode(tuple((scalar(key), value) for key, value in entries), place)

    def bound_node(bound: Bound) -> RecordNode:
        if bound.most is None and bound.least is not None:
            return scalar(_shown(bound.least))
        limits = zip(_BOTH, (bound.least, bound.most), strict=True)
        return mapping((key, scalar(_shown(value))) for key, value in limits if value is not None)

    sections: list[tuple[str, RecordNode]] = []
    for section in SECTIONS:
        named = sorted(
            (name, bound) for (of, name), bound in bounds.figures.items() if of == section
        )
        if named:
            sections.append((section, mapping((name, bound_node(bound)) for name, bound in named)))
    if bounds.accepted:
        losses = (
            mapping(
                (key, scalar(text))
                for key, text in zip(
                    _LOSS_KEYS, (loss.figure, loss.old, loss.new, loss.reason), strict=True
                )
            )
            for loss in bounds.accepted
        )
        sections.append((ACCEPTED, SequenceNode(tuple(losses), place)))
    return yaml_text(mapping(sections), ontology)


def _shown(value: Decimal) -> str:
    return f"{value:f}"


def _malformed(position: Position, message: str, fix: str) -> Problem:
    return rule_problem("bounds", position, message, fix)


def _name_problem(section: str, name: ScalarNode, ontology: Ontology) -> Problem | None:
    """The problem of a name that no figure of the section can have."""
    if section in ("class", "fill"):
        classes = [kind.name for kind in ontology.records()]
        valid, fix = name.text in classes, did_you_mean(name.text, classes)
        fix = fix or "write the name of a class of records, such as Event"
    else:
        valid = bool(_NAMES.get(section, _ID).fullmatch(name.text))
        fix = {
            "country": "write the id of the record of a country",
            "year": "write a year of four digits",
            "share": "the one share is verified",
        }[section]
    if valid:
        return None
    return _malformed(name.position, f'{section} has no figure "{name.text}"', fix)


def _bound(node: RecordNode, position: Position) -> Bound | None:
    """The bound that is written as one number, or as least and most; None for anything else."""
    if isinstance(node, ScalarNode):
        value = _decimal(node)
        return None if value is None else Bound(value, None, position)
    if not isinstance(node, MappingNode):
        return None
    values = {key.text: _decimal(value) for key, value in node.entries}
    if not values or values.keys() - set(_BOTH) or None in values.values():
        return None
    least, most = values.get("least"), values.get("most")
    if least is not None and most is not None and least > most:
        return None
    return Bound(least, most, position)


def _decimal(node: RecordNode) -> Decimal | None:
    written = isinstance(node, ScalarNode) and _NUMBER.fullmatch(node.text)
    return Decimal(node.text) if written and isinstance(node, ScalarNode) else None


def _accepted(node: RecordNode, problems: list[Problem]) -> Iterator[AcceptedLoss]:
    """The losses of the list; what is none of them adds a problem."""
    for entry in node.values if isinstance(node, SequenceNode) else (node,):
        texts = {
            key.text: value.text
            for key, value in (entry.entries if isinstance(entry, MappingNode) else ())
            if isinstance(value, ScalarNode)
        }
        if isinstance(entry, MappingNode) and [*texts] == [*_LOSS_KEYS]:
            yield AcceptedLoss(*texts.values())
        else:
            fix = f"write the keys {', '.join(_LOSS_KEYS)}, in this order"
            problems.append(_malformed(entry.position, "this is not an accepted loss", fix))
