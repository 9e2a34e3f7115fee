"""Rendering of an answer: rows as tables, records, Markdown and result formats; triples as RDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import pyoxigraph as ox

from ..graph.labels import designation_notes, labels
from ..graph.serialize import RDF_FORMATS, serialize
from ..model.dates import EDTF, date_range
from ..model.namespaces import BASE, expand, kebab_case, local_name
from ..model.problems import UsageError
from ..model.terms import Term
from ..model.words import plural, quantity
from .execute import RESULT_FORMATS, Answer, ResultTable, ResultTriples, serialize_boolean
from .lists import Cell, row_cells, table_terms, terms_of
from .python_values import json_records
from .render import format_date, markdown_table, single_line
from .text_table import aligned_columns, fitted_table, records, table_or_records, wrap_line

RECORDS: Final = "records"
"""The format of rows as JSON objects."""

ROW_FORMATS: Final = ("table", "markdown", RECORDS, *RESULT_FORMATS)
"""The formats of rows."""

LAYOUTS: Final = ("auto", "table", "record")
"""The layouts of rows as text: a table where it fits, always a table, always a record a row."""

_JOINT: Final = "; "
"""What stands between the values of a cell."""

_PLAIN: Final = ("standing",)
"""Columns that are empty where nothing is to be said; others are empty where nothing is stated."""


@dataclass(frozen=True, slots=True)
class RowLook:
    """How rows are shown as text.

    `iris` shows IRIs in place of labels. `width` is the columns of the terminal, 0 for lines of any
    length. `layout` is one of `LAYOUTS`. `parameters` are the values that the parameters of the
    query are bound to, by name: they stand above the rows, in place of the columns that would
    repeat them. `unset` are the variables of the other parameters: no row has a value for those.
    `query` is the name of the query, which says what the rows are.
    """

    iris: bool = False
    width: int = 0
    layout: str = "auto"
    parameters: Mapping[str, Term] = field(default_factory=dict)
    query: str = ""
    unset: frozenset[str] = frozenset()


class AnswerText(NamedTuple):
    """An answer as text; `head` is the number of the line with the names of columns, from 0."""

    text: str
    head: int | None = None


def render_answer(answer: Answer, form: str, store: ox.Store, look: RowLook) -> AnswerText:
    """`answer` in the format `form`, by default `table` for rows and `turtle` for a graph.

    Labels are those in `store`. Raises UsageError for a format that this kind of answer does not
    have.
    """
    if isinstance(answer, ResultTriples):
        if form in ("", *RDF_FORMATS):
            return AnswerText(serialize(answer.triples, form or "turtle").decode())
        raise UsageError(f"the formats of a graph are {', '.join(RDF_FORMATS)}, not {form}")
    if form not in ("", *ROW_FORMATS):
        raise UsageError(f"the formats of rows are {', '.join(ROW_FORMATS)}, not {form}")
    if isinstance(answer, bool):
        return AnswerText(_boolean_text(answer, form))
    if form in RESULT_FORMATS:
        return AnswerText(answer.serialize(form).decode())
    if form == RECORDS:
        return AnswerText(json_records(answer.columns, row_cells(answer)))
    if form == "markdown":
        return AnswerText(_markdown(answer, store, look.iris))
    return _text(answer, store, look)


def _boolean_text(answer: bool, form: str) -> str:
    if form in RESULT_FORMATS:
        return serialize_boolean(answer, form).decode() + "\n"
    words = ("true", "false") if form == RECORDS else ("yes", "no")
    return f"{words[0] if answer else words[1]}\n"


def _row_texts(
    answer: ResultTable, store: ox.Store, iris: bool, parameters: Mapping[str, Term]
) -> tuple[list[list[str]], dict[str, str]]:
    """The texts of the cells, and those of the parameters by variable."""
    terms = [*table_terms(answer), *parameters.values()]
    labels_by_iri = {} if iris else labels(store, terms)
    cells = list(row_cells(answer))
    dated = [all(map(_may_be_date, column)) for column in zip(*cells, strict=True)]
    rows = [
        [_cell_text(*cell, labels_by_iri) for cell in zip(row, dated, strict=True)] for row in cells
    ]
    return rows, {name: _cell_text(term, False, labels_by_iri) for name, term in parameters.items()}


def _may_be_date(cell: Cell) -> bool:
    """Whether a cell is empty or has only dates as stated: literals, or a text that joins them."""
    return all(
        isinstance(term, ox.Literal)
        and all(not text or date_range(text) is not None for text in term.value.split(_JOINT))
        for term in terms_of(cell)
    )


def _cell_text(cell: Cell, of_dates: bool, labels_by_iri: dict[str, str]) -> str:
    """The text of a cell; `of_dates`: all values of its column are dates, of any datatype."""
    texts = [_term_text(term, of_dates, labels_by_iri) for term in terms_of(cell)]
    return _JOINT.join(texts if of_dates else sorted(texts))


def _term_text(term: Term, of_dates: bool, labels_by_iri: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return labels_by_iri.get(term.value, term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    kind = local_name(term.datatype.value)
    if of_dates and kind == "string":
        return _JOINT.join(map(format_date, term.value.split(_JOINT)))
    dated = kind in ("date", "gYearMonth", "dateTime", EDTF)
    return format_date(term.value) if dated else term.value


def _markdown(answer: ResultTable, store: ox.Store, iris: bool) -> str:
    rows, _ = _row_texts(answer, store, iris, {})
    notes = designation_notes(store, (cell for row in rows for cell in row))
    lines = [list(answer.columns), ["---"] * len(answer.columns), *rows]
    return markdown_table(lines) + "".join(f"\n{note}\n" for note in notes)


def _text(answer: ResultTable, store: ox.Store, look: RowLook) -> AnswerText:
    rows, values = _row_texts(answer, store, look.iris, look.parameters)
    notes = designation_notes(store, (cell for row in rows for cell in row))
    cells = [[single_line(cell) for cell in row] for row in rows]
    places, without_values = _shown_columns(answer.columns, cells, values)
    left_out = [name for name in without_values if name not in look.unset]
    lines = [
        [answer.columns[place] for place in places],
        *([row[place] for place in places] for row in cells),
    ]
    above = [f"{name}: {single_line(text)}" for name, text in values.items()]
    body = _layout(lines, look) if cells else ""
    below = [count_line(answer, store, places, look.query)]
    below += [f"no row has a value for: {', '.join(left_out)}"] if left_out else []
    texts = ["".join(f"{_folded(line, look.width)}\n" for line in above), body]
    texts.append("".join(f"{_folded(line, look.width)}\n" for line in (*below, *notes)))
    head = len(above) + 1 if above else 0
    is_table = body.startswith(lines[0][0])
    return AnswerText("\n".join(filter(None, texts)), head if is_table else None)


def _folded(line: str, width: int) -> str:
    return wrap_line(line, width) if width else line


def _layout(lines: list[list[str]], look: RowLook) -> str:
    if look.layout == "record":
        return records(lines, look.width)
    if not look.width:
        return aligned_columns(lines)
    if look.layout == "table":
        return fitted_table(lines, look.width) or aligned_columns(lines)
    return table_or_records(lines, look.width)


def _shown_columns(
    columns: tuple[str, ...], rows: list[list[str]], parameters: Mapping[str, str]
) -> tuple[list[int], list[str]]:
    """The places of the columns to show, and the names of those that no row has a value for.

    Left out are columns without values, and those that repeat a parameter, unless no column would
    be left.
    """
    shown, repeated, without_values = [], [], []
    for place, name in enumerate(columns):
        texts = {row[place] for row in rows}
        if rows and texts == {""}:
            without_values += [] if name in _PLAIN else [name]
        elif name in parameters and texts <= {single_line(parameters[name])}:
            repeated.append(place)
        else:
            shown.append(place)
    places = shown or repeated
    return (places, without_values) if places else (list(range(len(columns))), [])


def count_line(answer: ResultTable, store: ox.Store, places: list[int], query: str = "") -> str:
    """How many things the rows are about: `24 projects`; `24 projects in 62 rows` where some have
    several.

    They are those of a column among `places` that has a thing in each row: of the one that the name
    of the `query` has (`events-in-country`), else of the first whose things have records, else of
    the first. Their noun is the label of the class that all have, else the name of the column.
    `62 rows` where no column has things.
    """
    rows = quantity(len(answer.rows), "row")
    counts_by_noun: dict[str, int] = {}
    recorded = []
    for place in places:
        things = {row[place] for row in answer.rows}
        if things and all(isinstance(thing, ox.NamedNode) for thing in things):
            noun = _noun(store, things, answer.columns[place])
            counts_by_noun.setdefault(noun, len(things))
            recorded += [noun] if all(map(_has_record, things)) else []
    if not counts_by_noun:
        return rows
    named = (noun for noun in counts_by_noun if plural(noun) in query.split("-"))
    noun = next(named, next(iter([*recorded, *counts_by_noun])))
    counted = quantity(counts_by_noun[noun], noun)
    return counted if counts_by_noun[noun] == len(answer.rows) else f"{counted} in {rows}"


def _has_record(thing: Term | None) -> bool:
    return isinstance(thing, ox.NamedNode) and thing.value.startswith(f"{BASE}id/")


def _noun(store: ox.Store, things: set[Term | None], column: str) -> str:
    """The label of the class of things that have records, else the words of the column."""
    predicate = ox.NamedNode(expand("rdf:type"))
    kinds: set[Term | None] = set()
    for thing in things:
        if isinstance(thing, ox.NamedNode) and _has_record(thing):
            quads = store.quads_for_pattern(thing, predicate, None, None)
            kinds.update(quad.object for quad in quads)
        else:
            kinds.add(None)
    nouns = set(labels(store, kinds).values())
    if len(nouns) == 1 and None not in kinds:
        return nouns.pop().lower()
    return kebab_case(column).replace("-", " ")
