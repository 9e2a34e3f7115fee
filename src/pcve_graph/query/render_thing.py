"""Rendering of one thing or source as text: whole, or bounded to `LINES` lines.

Facts refer to numbered sources, whose addresses are listed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..graph.claims import Evidence, groups_of_evidence
from ..model.grades import Grade
from ..model.namespaces import local_name
from ..model.periods import NO, NOT_KNOWN, YES
from ..model.text_fragments import text_fragment_link
from ..model.visible import escape_hidden
from .readings import reading_mark
from .render import format_date, format_group, single_line
from .state_of_day import UNDATED
from .thing_view import IncomingFact, SourceReference, ThingFact, ThingView, grade_counts

LINES: Final = 40
"""The most lines of a bounded text, also where a terminal of its width wraps the longer ones."""

WIDTH: Final = 100
"""The columns of a bounded text where there is no terminal."""

_NO_ADDRESS: Final = "(no address on record)"

_LEAST: Final = 24
"""The fewest columns that words or a value are cut to."""

_STEPS: Final = (
    *((40, 9), (40, 3), (20, 3), (12, 3), (8, 3), (6, 3), (5, 3)),
    *((facts, sources) for facts in (4, 3, 2, 1) for sources in (3, 2, 1)),
)
"""Facts of one property or record, and sources of a fact, in the order in which they are tried."""


def render_thing(view: ThingView, *, whole: bool = False, width: int = WIDTH) -> str:
    """A thing with its facts, each with its evidence, and the addresses of the sources, as text.

    Bounded unless `whole`: each fact takes one line of at most `width` columns, and so many facts
    and sources are left out that it takes `LINES` lines; what is left out is said.
    """
    lines = _whole(view) if whole else _bounded(view, width)
    return escape_hidden("\n".join(lines) + "\n")


class _Citations:
    """The numbers of sources, from 1, in the order in which they are first referred to."""

    def __init__(self, view: ThingView) -> None:
        self._by_id = {source.id: source for source in view.sources}
        self._numbers: dict[str, int] = {}
        self.links: dict[str, str] = {}
        """By source, the link to the first words of it that are shown."""

    def number(self, source: str) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def source(self, identifier: str) -> SourceReference:
        return self._by_id.get(identifier) or SourceReference(identifier, identifier)

    def link(self, piece: Evidence) -> str:
        """The address that opens the source at the words of a piece of evidence, if it has any."""
        return text_fragment_link(self.source(piece.source[0]).address, piece.words)

    def __iter__(self) -> Iterator[tuple[int, SourceReference]]:
        for identifier, number in self._numbers.items():
            yield number, self.source(identifier)


def _header(view: ThingView) -> list[str]:
    curators = view.is_source and view.label.startswith("[")
    kind = f"{view.type}; title by the curator" if curators else view.type
    lines = [f"{single_line(view.label)}  ({single_line(kind)})", view.iri]
    if view.day and not view.is_source:
        lines.append(f"on {format_date(view.day)}: {_IN_ITS_DATES[view.holds]}")
    return lines


_IN_ITS_DATES: Final = {
    YES: "within its dates",
    NOT_KNOWN: "its dates leave open whether within them",
    NO: "outside its dates",
    UNDATED: "it has no dates",
}


def _holds(fact: ThingFact | IncomingFact) -> list[str]:
    """The mark of a fact that does not surely hold on the day that is asked for."""
    return [fact.holds] if fact.holds not in ("", YES) else []


def _grades(view: ThingView) -> str:
    """How many facts there are of each grade, and how many claims are not facts."""
    supported = (fact for record in view.supported for fact in record.facts)
    counts, others = grade_counts(supported if view.is_source else view.facts)
    total = counts.total()
    what = "1 fact" if total == 1 else f"{total:,} facts"
    if view.is_source:
        what += " rests on it" if total == 1 else " rest on it"
    text = f"{what}: " + ", ".join(f"{counts[grade]:,} {grade.value}" for grade in Grade)
    if others:
        are = "1 further claim is not a fact" if others == 1 else "further claims are not facts"
        text += f"; {are}" if others == 1 else f"; {others:,} {are}"
    return text


def _source_lines(view: ThingView) -> list[str]:
    """What is recorded about a source, and what is not; addresses are not cut."""
    lines = [
        f"{single_line(fact.label)}: {single_line(format_date(fact.value))}"
        for fact in view.facts
        if fact.value != view.label
    ]
    if view.absent:
        lines.append(f"not recorded: {', '.join(view.absent)}")
    rechecks = [f"last recheck: {recheck.summary()}" for recheck in view.rechecks]
    return [*lines, *(rechecks or ["last recheck: none"])]


def _recheck_lines(view: ThingView, numbered: Sequence[tuple[int, SourceReference]]) -> list[str]:
    """The last rechecks of the sources that are listed, of a thing that is not a source."""
    listed = {source.id for _, source in numbered}
    lines = [
        f"  {recheck.source}: {recheck.summary()}"
        for recheck in view.rechecks
        if recheck.source in listed and not view.is_source
    ]
    return ["last recheck of the sources", *lines] if lines else []


def _whole(view: ThingView) -> list[str]:
    citations = _Citations(view)
    lines = _header(view)
    if view.is_source:
        lines += ["", *_source_lines(view), _grades(view)]
        for record in view.supported:
            lines += ["", f"{record.id}: {single_line(record.label)}"]
            for fact in record.facts:
                lines += _fact(fact, "    ", citations)
    else:
        lines += [_grades(view), ""]
        for fact in view.facts:
            lines += _fact(fact, "", citations)
    if view.named_by:
        lines += ["referred to by"]
        lines += [f"  {_reference(fact)}" for fact in view.named_by]
    numbered = list(citations)
    lines += ["", "sources"] if numbered else []
    for number, source in numbered:
        lines += [f"[{number}] {single_line(source.title)}  ({source.id})"]
        lines += [f"    {source.address or _NO_ADDRESS}"]
        lines += [f"    archived: {source.archived}"] if source.archived else []
    lines += _recheck_lines(view, numbered)
    return [*lines, *(["", *view.notes] if view.notes else [])]


def _fact(fact: ThingFact, indent: str, citations: _Citations) -> list[str]:
    value = local_name(fact.value) if fact.inner else single_line(format_date(fact.value))
    mark = "".join(f" ({word})" for word in _holds(fact))
    lines = [f"{indent}{single_line(fact.label)}: {value}{mark}"]
    for inner in fact.inner:
        lines += _fact(inner, indent + "    ", citations)
    if fact.inner:
        return lines
    for group in groups_of_evidence(fact.evidence):
        mark = f" ({mark})" if (mark := reading_mark(group)) else ""
        lines += [f"{indent}    {format_group(group, number=citations.number)}{mark}"]
        link = citations.link(group[0])
        lines += [f"{indent}    {link}"] if link else []
    return lines


@dataclass(frozen=True, slots=True)
class _Section:
    """The facts of one property, or of one record, which has a line of its own before them."""

    label: str
    facts: tuple[ThingFact, ...]
    is_record: bool = False


def _sections(view: ThingView) -> list[_Section]:
    if view.is_source:
        return [
            _Section(f"{record.id}: {single_line(record.label)}", record.facts, True)
            for record in view.supported
        ]
    facts_by_key: dict[str, list[ThingFact]] = {}
    for fact in view.facts:
        facts_by_key.setdefault(fact.key, []).append(fact)
    return [_Section(single_line(facts[0].label), tuple(facts)) for facts in facts_by_key.values()]


def _bounded(view: ThingView, width: int) -> list[str]:
    sections = _sections(view)
    for most_facts, most_sources in _STEPS:
        lines = _layout(view, sections, len(sections), most_facts, most_sources, width)
        if _height(lines, width) <= LINES:
            return lines
    fewest = 0 if view.is_source else 1
    for count in range(len(sections), 0, -1):
        lines = _layout(view, sections, count, fewest, 1, width)
        if _height(lines, width) <= LINES:
            break
    return lines


def _height(lines: Sequence[str], width: int) -> int:
    """The rows that lines take on a terminal of this width."""
    return sum(max(1, -(-len(line) // width)) for line in lines)


def _layout(
    view: ThingView,
    sections: Sequence[_Section],
    count: int,
    most_facts: int,
    most_sources: int,
    width: int,
) -> list[str]:
    """The text with the first `count` sections, `most_facts` of each, `most_sources` of a fact."""
    citations = _Citations(view)
    lines = [_cut(line, width) if place == 0 else line for place, line in enumerate(_header(view))]
    if view.is_source:
        addresses = {"url", "archivedAt"}
        uncut = {single_line(fact.value) for fact in view.facts if fact.key in addresses}
        for line in _source_lines(view):
            lines.append(line if line.partition(": ")[2] in uncut else _cut(line, width))
    lines += [_cut(_grades(view), width), ""]
    for section in sections[:count]:
        if section.is_record:
            total = f"  ({len(section.facts):,})"
            lines.append(_cut(section.label, width - len(total)) + total)
        for fact in section.facts[:most_facts]:
            indent = "    " if section.is_record else ""
            sources = 0 if section.is_record else most_sources
            lines.append(_fact_line(fact, indent, citations, sources, width))
    if view.named_by:
        lines.append(_references(view.named_by, width))
    numbered = [] if view.is_source else list(citations)
    lines += ["", "sources, each with its address or a link to the words above"] if numbered else []
    for number, source in numbered:
        address = citations.links.get(source.id) or source.address or _NO_ADDRESS
        lines.append(f"[{number}] {source.id}  {address}")
    lines += _recheck_lines(view, numbered)
    lines += ["", *view.notes] if view.notes else []
    gap = [""] if lines[-1] else []
    return [*lines, *gap, *_left_out(view, sections, count, most_facts, width)]


def _left_out(
    view: ThingView, sections: Sequence[_Section], count: int, most_facts: int, width: int
) -> Iterator[str]:
    """What a bounded text leaves out, and how to see it."""
    cut = [
        f"{section.label.partition(':')[0]} ({len(section.facts) - most_facts} of "
        f"{len(section.facts)})"
        for section in sections[:count]
        if len(section.facts) > most_facts > 0
    ]
    if most_facts == 0:
        cut.append("the facts of each record")
    if count < len(sections):
        unit = "records" if view.is_source else "properties"
        cut.insert(0, f"{len(sections) - count} of {len(sections)} {unit}")
    if cut:
        yield _cut(f"left out: {', '.join(cut)}", width)
    words = "everything, with each passage"
    yield f"{words}: pcve show {local_name(view.iri)} --all"


def _reference(fact: IncomingFact) -> str:
    return f"{single_line(fact.id)} ({', '.join([single_line(fact.property), *_holds(fact)])})"


def _references(named_by: Sequence[IncomingFact], width: int) -> str:
    """One line with as many of the things that refer to a thing as fit."""
    names = [_reference(fact) for fact in named_by]
    for count in range(len(names), 0, -1):
        more = f" and {len(names) - count:,} more" if count < len(names) else ""
        line = f"referred to by: {', '.join(names[:count])}{more}"
        if len(line) <= width:
            return line
    return f"referred to by: {len(names):,} facts"


def _fact_line(
    fact: ThingFact, indent: str, citations: _Citations, most_sources: int, width: int
) -> str:
    """A fact on one line: value, numbers of sources, marks, and the words as far as they fit.

    No numbers where `most_sources` is 0.
    """
    pieces = tuple(_evidence(fact))
    head = f"{indent}{single_line(fact.label)}: "
    numbers = f" {_numbers(pieces, citations, most_sources)}" if pieces and most_sources else ""
    tail = numbers + _marks(pieces, not most_sources, _holds(fact))
    value = _cut(_value(fact), max(_LEAST, width - len(head) - len(tail)))
    line = f"{head}{value}{tail}"
    quoted = next((piece for piece in pieces if _words(piece)), None)
    room = width - len(line) - 3
    if quoted and room >= min(len(_words(quoted)), _LEAST):
        line += f" “{_cut(_words(quoted), room)}”"
        citations.links.setdefault(quoted.source[0], citations.link(quoted))
    return line


def _evidence(fact: ThingFact) -> Iterator[Evidence]:
    """The evidence of a fact; of one with facts nested in it, that of these."""
    if not fact.inner:
        yield from fact.evidence
    for inner in fact.inner:
        yield from _evidence(inner)


def _value(fact: ThingFact) -> str:
    if not fact.inner:
        return single_line(format_date(fact.value))
    return "; ".join(f"{single_line(inner.label)}: {_value(inner)}" for inner in fact.inner)


def _words(piece: Evidence) -> str:
    return single_line(piece.words)


def _numbers(pieces: Sequence[Evidence], citations: _Citations, most: int) -> str:
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
    return f" ({', '.join(marks)})" if marks else ""


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(0, width - 1)].rstrip()}…"
