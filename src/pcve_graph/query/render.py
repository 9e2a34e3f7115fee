"""Rendering of answers, things and evidence: as tables, Markdown, result formats and RDF."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from typing import Final

import pyoxigraph as ox

from ..graph.claims import Evidence, groups_of_evidence
from ..graph.labels import designation_notes, labels
from ..graph.serialize import RDF_FORMATS, serialize
from ..model.dates import EDTF, precision
from ..model.namespaces import local_name
from ..model.problems import UsageError
from ..model.terms import Term
from ..model.visible import escape_hidden
from .execute import RESULT_FORMATS, Answer, ResultTable, ResultTriples, serialize_boolean
from .lists import Cell, row_cells, table_terms
from .python_values import json_records

RECORDS: Final = "records"
"""The format of rows as JSON objects."""

ROW_FORMATS: Final = ("table", "markdown", RECORDS, *RESULT_FORMATS)
"""The formats of rows."""


def render_answer(answer: Answer, form: str, store: ox.Store, iris: bool, width: int) -> str:
    """`answer` in the format `form`, by default `table` for rows and `turtle` for a graph.

    A table shows the labels in `store` in place of IRIs, unless `iris` is true, and is wrapped at
    `width` characters; 0 is no limit. Raises UsageError for a format that this kind of answer does
    not have.
    """
    if isinstance(answer, ResultTriples):
        if form in ("", *RDF_FORMATS):
            return serialize(answer.triples, form or "turtle").decode()
        raise UsageError(f"the formats of a graph are {', '.join(RDF_FORMATS)}, not {form}")
    if form not in ("", *ROW_FORMATS):
        raise UsageError(f"the formats of rows are {', '.join(ROW_FORMATS)}, not {form}")
    if isinstance(answer, bool):
        if form in RESULT_FORMATS:
            return serialize_boolean(answer, form).decode() + "\n"
        if form == RECORDS:
            return "true\n" if answer else "false\n"
        return "yes\n" if answer else "no\n"
    if form in RESULT_FORMATS:
        return answer.serialize(form).decode()
    if form == RECORDS:
        return json_records(answer)
    rows = _row_texts(answer, store, iris)
    notes = designation_notes(store, (cell for row in rows for cell in row))
    if form == "markdown":
        return _markdown(answer, rows) + "".join(f"\n{note}\n" for note in notes)
    return _table(answer, rows, width) + "".join(f"{note}\n" for note in notes)


def _row_texts(answer: ResultTable, store: ox.Store, iris: bool) -> list[list[str]]:
    terms = table_terms(answer)
    labels_by_iri = {} if iris else labels(store, terms)
    return [[_cell_text(cell, labels_by_iri) for cell in cells] for cells in row_cells(answer)]


def _cell_text(cell: Cell, labels_by_iri: dict[str, str]) -> str:
    if isinstance(cell, tuple):
        return "; ".join(sorted(_term_text(term, labels_by_iri) for term in cell))
    return _term_text(cell, labels_by_iri)


def _term_text(term: Term | None, labels_by_iri: dict[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return labels_by_iri.get(term.value, term.value)
    if isinstance(term, ox.Literal):
        kind = local_name(term.datatype.value)
        dated = kind in ("date", "gYearMonth", "dateTime", EDTF)
        return format_date(term.value) if dated else term.value
    return str(term)


def format_date(text: str) -> str:
    """`2018-05-22` as `22 May 2018`, `2018-05` as `May 2018`; a time of day follows the date.

    The forms of EDTF in words: `2018~` is about 2018, `../2018` is 2018 or earlier.
    """
    if moment := re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?(.*)", text):
        zone = " UTC" if moment[3] == "Z" else f" {moment[3]}".rstrip()
        return f"{format_date(moment[1])}, {moment[2]}{zone}"
    match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text)
    if match is None:
        return _edtf_words(text) if precision(text) == EDTF else text
    month = f"{calendar.month_abbr[int(match[2])]} {match[1]}"
    return f"{int(match[3])} {month}" if match[3] else month


def _edtf_words(text: str) -> str:
    """A date in EDTF in words."""
    start, slash, end = text.partition("/")
    if start == "..":
        return f"{format_date(end)} or earlier"
    if end == "..":
        return f"{format_date(start)} or later"
    if slash:
        return f"between {format_date(start)} and {format_date(end)}"
    if "-XX" in text:
        date = text.partition("-XX")[0]
        return f"{format_date(date)} ({'day' if len(date) == 7 else 'month'} not known)"
    if text.endswith("X"):
        return f"between {text.replace('X', '0')} and {text.replace('X', '9')}"
    date = format_date(text[:-1])
    words = {"~": f"about {date}", "?": f"{date} (uncertain)", "%": f"about {date} (uncertain)"}
    return words.get(text[-1], text)


def _table(answer: ResultTable, rows: list[list[str]], width: int) -> str:
    count = f"{len(rows):,} row" + ("" if len(rows) == 1 else "s")
    if not width:
        return f"{aligned_columns([list(answer.columns), *rows])}\n{count}\n"
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    for name in answer.columns:
        grid.add_column(name, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(single_line(cell)) for cell in row))
    console = Console(width=width, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(grid)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join([*lines, "", count]) + "\n"


def aligned_columns(rows: list[list[str]]) -> str:
    """Rows of cells as text in aligned columns, two spaces apart."""
    rows = [[single_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in padded)


def single_line(text: str) -> str:
    """`text` on one line, printable, with each run of white space as one space."""
    return " ".join(escape_hidden(text).split())


def _markdown(answer: ResultTable, rows: list[list[str]]) -> str:
    lines = [list(answer.columns), ["---"] * len(answer.columns), *rows]
    return markdown_table(lines)


def markdown_table(lines: list[list[str]]) -> str:
    """Lines of cells as a GitHub Flavored Markdown table; the first two are header and rule."""
    cells = [[single_line(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def format_evidence(evidence: Iterable[Evidence], assigned: bool = False) -> list[str]:
    """Lines: each quote with its position in the source, the passages of which a fingerprint is
    kept, and the sources that are only cited.

    In brackets after each: the rank of the claim if it is not normal, whether it is contested, and
    whether the evidence is inferred, with the note. That evidence is assigned, which is the default
    of some keys, is shown only with `assigned`, for comparisons. Sources that were named together
    are on one line that says so.
    """
    shown = ("inferred", "assigned") if assigned else ("inferred",)
    return [format_group(group, shown) for group in groups_of_evidence(evidence)]


def format_group(
    group: tuple[Evidence, ...],
    shown: tuple[str, ...] = ("inferred",),
    number: Callable[[str], int] | None = None,
) -> str:
    """One line of `format_evidence`: a group of `groups_of_evidence`.

    With `number`, which gives the number of the source with an id, sources are named by it alone.
    """
    first = group[0]
    remark = _remark(first, shown)
    if first.quote:
        source = str(number(first.source[0])) if number else first.source[0]
        place = (source, single_line(first.locator))
        span = f"characters {first.start}-{first.end}"
        where = ", ".join(filter(None, (*place, span, _reading(first))))
        return f"“{single_line(first.quote)}” [{where}]{remark}"
    if first.passage:
        says = single_line(first.passage.says)
        words = f"a passage of {first.passage.words:,} words with “{says}”"
        return f"fingerprint of {words}: {_cited(first, number)}{remark}"
    how = "cited"
    if first.unassigned:
        how = "cited, one or more of" if len(group) > 1 else "cited together with other sources"
    cited = [_cited(piece, number) for piece in group]
    return f"{how} {', '.join(cited)}{remark}" if number else f"{how}: {'; '.join(cited)}{remark}"


def _cited(piece: Evidence, number: Callable[[str], int] | None) -> str:
    source, title = piece.source
    name = source if number is None else str(number(source))
    place = ", ".join(filter(None, (name, single_line(piece.locator), _reading(piece))))
    return f"{single_line(title)} [{place}]" if number is None else f"[{place}]"


def _reading(piece: Evidence) -> str:
    """When and by whom the passage was read, as far as that is recorded."""
    by = f"by {single_line(piece.curator)}" if piece.curator else ""
    words = " ".join(filter(None, (piece.date_read and format_date(piece.date_read), by)))
    return f"read {words}" if words else ""


def _remark(piece: Evidence, shown: tuple[str, ...]) -> str:
    """In brackets after a space: a certainty among `shown`, rank, dispute and note; or nothing."""
    marks = [piece.certainty] if piece.certainty in shown else []
    marks += [piece.rank] if piece.rank != "normal" else []
    marks += ["contested"] if piece.contested else []
    text = ": ".join(filter(None, (", ".join(marks), single_line(piece.note))))
    return f" ({text})" if text else ""
