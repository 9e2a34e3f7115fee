"""One thing or source in a page of text: a line for each fact, as many of them as fit.

Where not all fit, of each property as large a share is shown, and one value at least. What is left
out is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..graph.claims import Evidence, groups_of_evidence
from ..model.dates import date_range
from ..model.namespaces import local_name
from ..model.words import quantity
from .readings import reading_mark
from .render import format_date, single_line
from .text_table import wrap_line, wrapped_height
from .thing_parts import (
    LEAST,
    NO_ADDRESS,
    Citations,
    cut,
    grades_line,
    header,
    incoming_value,
    marks_of,
    recheck_lines,
    source_lines,
)
from .thing_view import IncomingFact, ThingFact, ThingView

LINES: Final = 40
"""The most lines of a bounded text, also where a terminal of its width wraps the longer ones."""

WIDTH: Final = 100
"""The columns of a bounded text where there is no terminal."""

_NARROW: Final = 60
"""In fewer columns a text may have more lines than `LINES`, as each has fewer words."""

_SHARES: Final = (0.85, 0.75, 0.65, 0.55, 0.45, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.0)

_STEPS: Final = (
    *((1.0, 9), (1.0, 3)),
    *((share, sources) for share in _SHARES for sources in (3, 2, 1)),
)
"""The share of the facts of each section, and sources of a fact, in the order in which they are
tried."""

_REFERRED: Final = "referred to by"


@dataclass(frozen=True, slots=True)
class _Section:
    """The facts of one property, or those of one record or of others, under a line with `label`."""

    label: str
    facts: tuple[ThingFact | IncomingFact, ...]
    has_heading: bool = False

    def shown(self, share: float, fewest: int) -> int:
        """How many of its facts a share of them is, `fewest` at least."""
        return max(min(fewest, len(self.facts)), math.ceil(len(self.facts) * share))


def _sections(view: ThingView) -> list[_Section]:
    facts_by_key: dict[str, list[ThingFact]] = {}
    for fact in () if view.is_source else view.facts:
        facts_by_key.setdefault(fact.key, []).append(fact)
    sections = [
        _Section(single_line(facts[0].label), tuple(facts)) for facts in facts_by_key.values()
    ]
    sections += [
        _Section(f"{record.id}: {single_line(record.label)}", record.facts, True)
        for record in view.supported
    ]
    if view.named_by:
        sections.append(_Section(_REFERRED, view.named_by, True))
    return sections


def bounded_lines(view: ThingView, width: int) -> list[str]:
    """The lines of a thing, at most `LINES` where a terminal of this width wraps longer ones.

    They are more only on narrow terminals, and where the head, the notes, the addresses and one
    property alone take more.
    """
    most = LINES * _NARROW // width if width < _NARROW else LINES
    sections = _sections(view)
    fewest = 0 if view.is_source else 1
    for share, most_sources in _STEPS:
        page = _Page(view, sections, sections, share, max(fewest, share > 0), most_sources, width)
        lines = page.lines()
        if wrapped_height(lines, width) <= most:
            return lines
    for count in range(len(sections) - 1, 0, -1):
        lines = _Page(view, sections, sections[:count], 0.0, fewest, 1, width).lines()
        if wrapped_height(lines, width) <= most:
            break
    return lines


@dataclass(frozen=True, slots=True)
class _Page:
    """A text with the sections `shown`, and of each as many facts as `share` and `fewest` say."""

    view: ThingView
    sections: Sequence[_Section]
    shown: Sequence[_Section]
    share: float
    fewest: int
    most_sources: int
    width: int

    def lines(self) -> list[str]:
        view, width = self.view, self.width
        citations = Citations(view)
        lines = [row for line in header(view) for row in wrap_line(line, width).split("\n")]
        if view.is_source:
            addresses = {"url", "archivedAt"}
            uncut = {single_line(fact.value) for fact in view.facts if fact.key in addresses}
            for line in source_lines(view):
                is_uncut = line.partition(": ")[2] in uncut
                lines += [line] if is_uncut else wrap_line(line, width).split("\n")
        lines += [*wrap_line(grades_line(view), width).split("\n"), ""]
        for section in self.shown:
            lines += self._section_lines(section, citations)
        numbered = [] if view.is_source else list(citations)
        if numbered:
            lines += ["", "sources, each with its address or a link to the words above"]
        for number, source in numbered:
            address = citations.links.get(source.id) or source.address or NO_ADDRESS
            lines.append(f"[{number}] {source.id}  {address}")
        lines += recheck_lines(view, numbered)
        lines += ["", *view.notes] if view.notes else []
        gap = [""] if lines[-1] else []
        return [*lines, *gap, *self._left_out()]

    def _section_lines(self, section: _Section, citations: Citations) -> Iterator[str]:
        sources = 0 if self.view.is_source else self.most_sources
        if section.has_heading:
            total = f"  ({len(section.facts):,})"
            yield cut(section.label, self.width - len(total)) + total
        for fact in section.facts[: section.shown(self.share, self.fewest)]:
            indent = "    " if section.has_heading else ""
            line = _fact_line(fact, indent, citations, sources, self.width)
            yield from wrap_line(line, self.width).split("\n")

    def _left_out(self) -> Iterator[str]:
        """What the text leaves out, and how to see it."""
        missing_facts = []
        for section in self.shown:
            missing = len(section.facts) - section.shown(self.share, self.fewest)
            if missing and (self.fewest or section.label == _REFERRED):
                total = f"{missing:,} of {len(section.facts):,}"
                missing_facts.append(f"{section.label.partition(':')[0]} ({total})")
        gone = self.sections[len(self.shown) :]
        if self.view.is_source:
            records = [section for section in gone if section.label != _REFERRED]
            if records:
                missing_facts.insert(0, f"{len(records):,} of {len(self.view.supported):,} records")
            if not self.fewest and len(records) < len(self.view.supported):
                missing_facts.append("the facts of each record")
            gone = [section for section in gone if section.label == _REFERRED]
        missing_facts += [f"{section.label} (all {len(section.facts):,})" for section in gone]
        if missing_facts:
            yield from wrap_line(f"left out: {', '.join(missing_facts)}", self.width).split("\n")
        words = "everything, with each passage"
        yield f"{words}: pcve show {local_name(self.view.iri)} --all"


def _fact_line(
    fact: ThingFact | IncomingFact,
    indent: str,
    citations: Citations,
    most_sources: int,
    width: int,
) -> str:
    """A fact in a line: value, numbers of sources, marks, and the words as far as they fit.

    No numbers where `most_sources` is 0. The line is longer than `width` where names are cut to
    their fewest columns and it does not fit; dates are never cut.
    """
    pieces = tuple(_evidence(fact))
    label = fact.property if isinstance(fact, IncomingFact) else fact.label
    head = f"{indent}{single_line(label)}: "
    numbers = ""
    if pieces and most_sources:
        if isinstance(fact, IncomingFact):
            numbers = _incoming_numbers(pieces, citations)
        else:
            numbers = f" {_numbers(pieces, citations, most_sources)}"
    tail = numbers + _marks(pieces, not most_sources, marks_of(fact))
    room = max(LEAST, width - len(head) - len(tail))
    if isinstance(fact, IncomingFact):
        return f"{head}{incoming_value(fact, room)}{tail}"
    line = f"{head}{_value(fact, room)}{tail}"
    quoted = next((piece for piece in pieces if _words(piece)), None)
    room = width - len(line) - 3
    if quoted and room >= min(len(_words(quoted)), LEAST):
        line += f" “{cut(_words(quoted), room)}”"
        citations.links.setdefault(quoted.source[0], citations.link(quoted))
    return line


def _evidence(fact: ThingFact | IncomingFact) -> Iterator[Evidence]:
    """The evidence of a fact; of one with facts nested in it, that of these."""
    if isinstance(fact, IncomingFact) or not fact.inner:
        yield from fact.evidence
        return
    for inner in fact.inner:
        yield from _evidence(inner)


def _value(fact: ThingFact, room: int) -> str:
    """The value of a fact cut to `room`; where facts are nested in it, what is no date of them."""
    if not fact.inner:
        text = single_line(format_date(fact.value))
        return text if date_range(fact.value) else cut(text, room)
    parts = [[f"{single_line(inner.label)}: ", _value(inner, room)] for inner in fact.inner]
    excess = len("; ".join(map("".join, parts))) - room
    undated = [part for part, inner in zip(parts, fact.inner, strict=True) if _is_cut(inner)]
    for part in sorted(undated, key=lambda part: -len(part[1])):
        if excess > 0:
            whole = part[1]
            part[1] = cut(whole, max(LEAST, len(whole) - excess))
            excess -= len(whole) - len(part[1])
    return "; ".join(map("".join, parts))


def _is_cut(fact: ThingFact) -> bool:
    return not fact.inner and date_range(fact.value) is None


def _words(piece: Evidence) -> str:
    return single_line(piece.words)


def _numbers(pieces: Sequence[Evidence], citations: Citations, most: int) -> str:
    """The numbers of sources in brackets, of `most` groups and as many of each, and of the rest
    how many there are.
    """
    groups = dict.fromkeys(
        tuple(dict.fromkeys(piece.source[0] for piece in group))
        for group in groups_of_evidence(pieces)
    )
    parts = []
    for group in list(groups)[:most]:
        numbers = ", ".join(str(citations.number(source)) for source in group[:most])
        rest = f" and {len(group) - most} more" if len(group) > most else ""
        parts.append(f"[one or more of {numbers}{rest}]" if len(group) > 1 else f"[{numbers}]")
    if len(groups) > most:
        parts.append(f"and {len(groups) - most} more")
    return " ".join(parts)


def _incoming_numbers(pieces: Sequence[Evidence], citations: Citations) -> str:
    """The numbers of sources after a space if all have one, else how many sources there are.

    The sources of facts of others are not listed for these alone: the page would hold little else.
    """
    sources = dict.fromkeys(piece.source[0] for piece in pieces)
    if citations.has_numbers(sources):
        return "".join(f" [{citations.number(source)}]" for source in sources)
    return f" ({quantity(len(sources), 'source')})"


def _marks(pieces: Sequence[Evidence], alone: bool, holds: list[str]) -> str:
    """In brackets after a space, or nothing: whether a fact holds on a day or is inferred, its
    rank, a dispute, the verdicts of second readers.

    Where the evidence of one source is shown `alone`, also whether others were named with it.
    """
    marks = [*holds]
    for first in pieces[:1]:
        marks += ["inferred"] if first.certainty == "inferred" else []
        marks += [first.rank] if first.rank != "normal" else []
        marks += ["contested"] if first.contested else []
        marks += ["named together with other sources"] if alone and first.unassigned else []
        marks += filter(None, [reading_mark(pieces)])
    return f" ({', '.join(dict.fromkeys(marks))})" if marks else ""
