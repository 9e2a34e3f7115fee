"""Answers as text for people and models: short lines, each fact with its source and address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..model.visible import escape_hidden, one_line
from ..model.words import quantity
from ..query.render import format_date
from .answers import (
    AskAnswer,
    Cell,
    EvidenceEntry,
    FactEntry,
    QuestionDescription,
    QuestionList,
    SourceEntry,
    TableAnswer,
    ThingAnswer,
    ThingRef,
    ToolAnswer,
)


def answer_text(answer: ToolAnswer) -> str:
    """An answer as text. What it leaves out of the answer, such as IRIs, is in the JSON."""
    if isinstance(answer, TableAnswer):
        lines = list(_table_lines(answer))
    elif isinstance(answer, ThingAnswer):
        lines = list(_thing_lines(answer))
    elif isinstance(answer, AskAnswer):
        lines = list(_ask_lines(answer))
    elif isinstance(answer, QuestionList):
        lines = list(_list_lines(answer))
    else:
        lines = list(_question_lines(answer))
    return escape_hidden("\n".join(lines) + "\n")


def _table_lines(answer: TableAnswer) -> Iterator[str]:
    yield one_line(answer.title)
    for name, value in answer.parameters.items():
        yield f"{name}: {_cell_text(value)}"
    yield quantity(answer.total, "row")
    for row in answer.rows:
        values = (f"{name}: {_cell_text(value)}" for name, value in row.values.items())
        numbers = f"  [{', '.join(map(str, row.facts))}]" if row.facts else ""
        yield f"{row.number}. {'; '.join(values)}{numbers}"
    yield from _fact_lines(answer.facts, answer.sources)
    yield from _last_lines(answer.notes, answer.left_out)


def _ask_lines(answer: AskAnswer) -> Iterator[str]:
    if not answer.clear:
        yield from map(one_line, answer.doubts)
        yield "Not answered: it is not clear which of these is meant; call one of them."
    for choice in answer.choices:
        mark = "answered" if choice.number == answer.chosen else "may be meant"
        call = json.dumps(choice.arguments, ensure_ascii=False)
        yield f"{choice.number} ({mark}). {choice.summary} {choice.tool}({call})"
        if choice.unused:
            yield f"   not asked about: {', '.join(map(one_line, choice.unused))}"
        if choice.negations:
            words = ", ".join(map(one_line, choice.negations))
            yield f"   has what these words leave out: {words}"
        if choice.missing:
            yield f"   requires {', '.join(choice.missing)}"
    if answer.table or answer.thing:
        yield ""
    if answer.table:
        yield from _table_lines(answer.table)
    if answer.thing:
        yield from _thing_lines(answer.thing)


def _thing_lines(answer: ThingAnswer) -> Iterator[str]:
    yield f"{one_line(answer.thing.label)} ({answer.kind}) [{answer.thing.id}]"
    yield answer.thing.iri
    if answer.day:
        yield f"on {answer.day}: {answer.holds}"
    counts = ", ".join(f"{number:,} {grade}" for grade, number in answer.checked.items())
    yield f"facts by how far they were checked: {counts}"
    yield from _fact_lines(answer.facts, answer.sources)
    yield from (f"last recheck of {line}" for line in answer.rechecks)
    yield from _last_lines(answer.notes, answer.left_out)


def _fact_lines(facts: Iterable[FactEntry], sources: Iterable[SourceEntry]) -> Iterator[str]:
    facts = list(facts)
    if facts:
        yield from ("", "facts, each with how far it was checked and its sources")
    for fact in facts:
        marks = [fact.checked or f"in the graph {fact.origin}", fact.holds, fact.dates]
        words = ", ".join(filter(None, marks))
        subject = one_line(fact.subject.label)
        value = fact.value
        text = _cell_text(format_date(value) if isinstance(value, str) else value)
        yield f"[{fact.number}] {subject}, {fact.property}: {text} ({words})"
        yield from (f"    {_evidence_text(piece)}" for piece in fact.evidence)
    listed = list(sources)
    if listed:
        yield from ("", "sources")
    for source in listed:
        address = source.address or "(no address on record)"
        yield f"{source.id}: {one_line(source.title)} {address}"


def _evidence_text(piece: EvidenceEntry) -> str:
    """`source, verified, “quote”`; the address is that of the source, in the list of sources."""
    words = piece.quote or piece.says
    marks = [
        piece.source,
        piece.checked,
        piece.certainty if piece.certainty != "stated" else "",
        piece.rank if piece.rank != "normal" else "",
        "contested" if piece.contested else "",
        "its source is withdrawn" if piece.withdrawn else "",
        "named together with other sources" if piece.together else "",
        f"“{one_line(' '.join(words.split()))}”" if words else "",
        f"fingerprint of {quantity(piece.passage_words, 'word')}" if piece.passage else "",
        f"read on {piece.read_on}" if piece.passage and piece.read_on else "",
        *(f"read by {reading}" for reading in piece.read_by),
        one_line(piece.note),
    ]
    return ", ".join(filter(None, marks))


def _last_lines(notes: Iterable[str], left_out: Iterable[str]) -> Iterator[str]:
    lines = [one_line(note) for note in notes]
    if lines:
        yield from ("", *lines)
    for line in left_out:
        yield f"left out: {line}" if not line.startswith(("rows", "facts")) else line


def _list_lines(answer: QuestionList) -> Iterator[str]:
    theme = ""
    for question in answer.questions:
        if question.theme != theme:
            theme = question.theme
            yield theme.upper()
        names = ", ".join(
            f"{name} (required)" if name in question.required else name
            for name in question.parameters
        )
        yield f"{question.name}: {question.summary}" + (f" Parameters: {names}" if names else "")
    yield f"themes: {', '.join(answer.themes)}"


def _question_lines(answer: QuestionDescription) -> Iterator[str]:
    yield f"{answer.name}: {answer.summary}"
    if answer.description:
        yield answer.description
    for parameter in answer.parameters:
        yield f"parameter {parameter.name} ({parameter.takes}): {parameter.description}"
    for column in answer.columns:
        yield f"column {column.name}: {column.meaning}"
    call = {"question": answer.name, "parameters": answer.example}
    yield f"example: run_question({json.dumps(call, ensure_ascii=False)})"


def _cell_text(value: Cell) -> str:
    if isinstance(value, ThingRef):
        name = one_line(value.label)
        return f"{name} [{value.id}]" if value.id else name or value.iri
    if isinstance(value, list):
        return " | ".join(map(_cell_text, value))
    return "" if value is None else one_line(str(value))
