"""Rendering of one thing or source as text: whole, or bounded to a page.

Facts refer to numbered sources, whose addresses are listed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..graph.claims import Evidence, groups_of_evidence
from ..model.namespaces import local_name
from ..model.visible import escape_hidden
from .bounded_thing import WIDTH, bounded_lines
from .readings import reading_mark
from .render import format_date, format_group, single_line
from .thing_parts import (
    NO_ADDRESS,
    Citations,
    grades_line,
    header,
    incoming_value,
    marks_of,
    recheck_lines,
    source_lines,
)
from .thing_view import IncomingFact, ThingFact, ThingView


def render_thing(view: ThingView, *, whole: bool = False, width: int = WIDTH) -> str:
    """A thing with its facts, each with its evidence, and the addresses of the sources, as text.

    Bounded unless `whole`: each fact takes one line of at most `width` columns, and so many facts
    and sources are left out that it takes 40 lines; what is left out is said.
    """
    lines = _whole(view) if whole else bounded_lines(view, width)
    return escape_hidden("\n".join(lines) + "\n")


def _whole(view: ThingView) -> list[str]:
    citations = Citations(view)
    lines = header(view)
    if view.is_source:
        lines += ["", *source_lines(view), grades_line(view)]
        for record in view.supported:
            lines += ["", f"{record.id}: {single_line(record.label)}"]
            for fact in record.facts:
                lines += _fact(fact, "    ", citations)
    else:
        lines += [grades_line(view), ""]
        for fact in view.facts:
            lines += _fact(fact, "", citations)
    if view.named_by:
        lines += ["referred to by"]
        for incoming in view.named_by:
            lines += _incoming(incoming, citations)
    numbered = list(citations)
    lines += ["", "sources"] if numbered else []
    for number, source in numbered:
        lines += [f"[{number}] {single_line(source.title)}  ({source.id})"]
        lines += [f"    {source.address or NO_ADDRESS}"]
        lines += [f"    archived: {source.archived}"] if source.archived else []
    lines += recheck_lines(view, numbered)
    return [*lines, *(["", *view.notes] if view.notes else [])]


def _fact(fact: ThingFact, indent: str, citations: Citations) -> list[str]:
    value = local_name(fact.value) if fact.inner else single_line(format_date(fact.value))
    mark = "".join(f" ({word})" for word in marks_of(fact))
    lines = [f"{indent}{single_line(fact.label)}: {value}{mark}"]
    for inner in fact.inner:
        lines += _fact(inner, indent + "    ", citations)
    if fact.inner:
        return lines
    return [*lines, *_evidence_lines(fact.evidence, indent + "    ", citations)]


def _incoming(fact: IncomingFact, citations: Citations) -> list[str]:
    mark = "".join(f" ({word})" for word in marks_of(fact))
    line = f"  {single_line(fact.property)}: {incoming_value(fact)}{mark}"
    return [line, *_evidence_lines(fact.evidence, "      ", citations)]


def _evidence_lines(
    evidence: tuple[Evidence, ...], indent: str, citations: Citations
) -> Iterator[str]:
    """A line for each group of evidence, and one for the link to its words."""
    for group in groups_of_evidence(evidence):
        mark = f" ({mark})" if (mark := reading_mark(group)) else ""
        yield f"{indent}{format_group(group, number=citations.number)}{mark}"
        if link := citations.link(group[0]):
            yield f"{indent}{link}"
