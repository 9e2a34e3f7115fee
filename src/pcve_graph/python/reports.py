"""What the methods of `KnowledgeGraph` return besides rows: reports, problems, pages, files."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..analysis.tables import ReportCell, ReportTable, render_table
from ..model.calls import names_checked
from ..model.dates import date_range
from ..model.problems import Problem, UsageError
from ..model.visible import escape_hidden
from ..query.frames import (
    FrameColumn,
    bound_columns,
    common_type,
    converted,
    date_column,
    pandas_frame,
    polars_frame,
)
from ..query.html_tables import MOST_HTML_ROWS, count_line, html_table
from ..query.render_thing import render_thing
from ..query.thing_view import ThingView
from ..query.why import RowReason
from .arguments import check_type, save_file

if TYPE_CHECKING:
    import pandas
    import polars

_FORMATS: Final = {
    ".txt": "text",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".md": "markdown",
    ".json": "json",
    ".ttl": "turtle",
}
"""The format of a saved report by the suffix of its file."""

_DATED: Final = ("start", "end", "from", "to")
"""What the names of the columns with dates end in."""


@dataclass(frozen=True)
class Report:
    """Overlaps, coverage or a timeline. `str(report)` is the text that the command prints.

    `columns`, `rows` and `notes` are those of the table that the command writes as CSV.
    """

    text: str = field(repr=False)
    table: ReportTable
    shown: ReportTable | None = None
    turtle: bytes = b""

    @property
    def title(self) -> str:
        """What the report is about."""
        return self.table.title

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.table.columns

    @property
    def rows(self) -> tuple[tuple[ReportCell, ...], ...]:
        """The rows, with a cell for each column: text, number or None."""
        return self.table.rows

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences to read with the table: what is left out, and designations."""
        return self.table.notes

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return self.text

    @names_checked
    def to_pandas(self) -> pandas.DataFrame:
        """The table as a data frame, in which every column has one type; empty cells are NA.

        Columns of dates are text as stated, such as `2019-02`, and sort by time; beside each,
        `_earliest` and `_latest` are datetime64. Raises UsageError where pandas is not installed.
        """
        return pandas_frame(_frame_columns(self.table))

    @names_checked
    def to_polars(self) -> polars.DataFrame:
        """As `to_pandas`, for polars."""
        return polars_frame(_frame_columns(self.table))

    @names_checked
    def save(self, path: str | Path) -> None:
        """Write the report to a file: .txt, .csv, .xlsx, .md or .json, overlaps also .ttl.

        Raises UsageError for another suffix, where the file cannot be written, and where XlsxWriter
        is not installed for .xlsx.
        """
        check_type("path", path, str, Path)
        suffix = Path(path).suffix.lower()
        form = _FORMATS.get(suffix, "")
        if not form or (form == "turtle" and not self.turtle):
            suffixes = ", ".join(name for name in _FORMATS if name != ".ttl" or self.turtle)
            name = suffix or Path(path).name
            raise UsageError(f"a report is not saved as {name!r}; the suffixes are {suffixes}")
        if form == "turtle":
            save_file("path", path, self.turtle)
        else:
            text = form == "text"
            save_file("path", path, self.text if text else render_table(self.table, form))

    def _repr_html_(self) -> str:
        """The first rows as a table, with the notes; a text where there is no table."""
        table = self.shown
        if table is None:
            return preformatted(self.text)
        rows = [[_cell_html(cell) for cell in row] for row in table.rows[:MOST_HTML_ROWS]]
        return html_table(
            table.columns, rows, [count_line(len(table.rows)), *table.notes], table.title
        )


def _frame_columns(table: ReportTable) -> list[FrameColumn]:
    columns: list[FrameColumn] = []
    for place, name in enumerate(table.columns):
        values = [None if row[place] == "" else row[place] for row in table.rows]
        kind = common_type(values)
        dates = [str(value or "") for value in values]
        if name.split()[-1:] and name.split()[-1] in _DATED and all(map(_is_date, dates)):
            columns += (date_column(name, dates), *bound_columns(name, dates))
        else:
            columns.append(FrameColumn(name, kind, converted(kind, values)))
    return columns


def _is_date(text: str) -> bool:
    return not text or date_range(text) is not None


def _cell_html(cell: ReportCell) -> str:
    text = "" if cell is None else cell if isinstance(cell, str) else f"{cell:,}"
    return html.escape(text)


def preformatted(text: str) -> str:
    """A text as HTML that keeps its lines."""
    return f"<pre>{escape_hidden(html.escape(text))}</pre>"


class Problems(tuple[Problem, ...]):
    """The problems in what was validated, by file and line; empty where everything conforms."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no problems"

    def _repr_html_(self) -> str:
        """A table of the first problems."""
        rows = [
            [html.escape(cell) for cell in _problem_cells(problem)]
            for problem in self[:MOST_HTML_ROWS]
        ]
        columns = ("place", "severity", "rule", "problem", "fix")
        return html_table(columns, rows, [count_line(len(self), "problem")])


def _problem_cells(problem: Problem) -> tuple[str, ...]:
    place = str(problem.position)
    return place, problem.severity, problem.rule, problem.message, problem.fix


@dataclass(frozen=True, slots=True)
class ThingPage:
    """The description of an entity or source; `view` holds its facts with their evidence.

    Its text is that of `pcve show`, or with `whole` that of `pcve show --all`.
    """

    view: ThingView
    whole: bool = False

    def __repr__(self) -> str:
        return render_thing(self.view, whole=self.whole)

    def _repr_html_(self) -> str:
        return preformatted(repr(self))


@dataclass(frozen=True)
class Reasons:
    """The facts behind rows, by row; `str(reasons)` is the text of `pcve query --why`."""

    text: str
    by_row: tuple[tuple[RowReason, ...], ...]

    def __len__(self) -> int:
        return len(self.by_row)

    def __getitem__(self, place: int) -> tuple[RowReason, ...]:
        return self.by_row[place]

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return preformatted(self.text)


@dataclass(frozen=True)
class Difference:
    """The statements that differ between two states, in each format of `pcve diff`.

    `counts` has their number by kind (added, changed, removed), `by_reason` by reason; `formats`
    has the texts by format. False where nothing differs.
    """

    text: str
    counts: dict[str, int]
    by_reason: dict[str, int]
    formats: dict[str, str] = field(repr=False)

    def __bool__(self) -> bool:
        return any(self.counts.values())

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return preformatted(self.text)


@dataclass(frozen=True)
class ExportedFile:
    """The content of an export. `notes` say what was selected, and what the format leaves out."""

    form: str
    content: bytes = field(repr=False)
    notes: tuple[str, ...] = ()

    @names_checked
    def save(self, path: str | Path) -> None:
        """Write the content to a file, which is replaced as a whole.

        Raises UsageError where it cannot be written.
        """
        save_file("path", path, self.content)


def problem_tuple(problems: Iterable[Problem]) -> Problems:
    """The problems, sorted and once each."""
    return Problems(sorted(set(problems)))
