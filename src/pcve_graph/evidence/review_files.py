"""The files that go to a second reader and come back: JSON Lines, CSV, and Excel workbooks.

A file that comes back is from anywhere: it is read within bounds, a workbook in a process of its
own, and each problem has its line and column. Rule: docs/evidence.md, "Second readers".
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..model.problems import ContentError, Position, Problem, UsageError, rule_problem
from ..model.suggest import did_you_mean
from ..model.visible import one_line
from ..syntax.json import JsonError, TooDeepError, read_json
from ..syntax.tree import decode_utf8
from ..system.sandbox.process import LimitedProcess
from ..system.sandbox.watch import StoppedError
from .docx_text import check_archive

REVIEW_FORMATS: Final = ("jsonl", "csv", "xlsx")

LARGEST_REVIEW: Final = 32 * 2**20
"""Bytes of the largest file that is read."""

MOST_ROWS: Final = 200_000
"""The most lines of a file that are read, empty ones included."""

HIDDEN: Final = "value_read"
"""The column in which a reader writes the value, in place of `value`, where that was hidden."""

_LONGEST_CELL: Final = 100_000
_SECONDS: Final = 60.0
_MEMORY: Final = 2**30
_HEAD: Final = 10
"""Rows of a workbook in which the names of the columns stand; a title may be above them."""

COLUMNS: Final = (
    *("id", "thing", "key", "property", "value", HIDDEN, "words", "words_are", "certainty"),
    *("source", "address", "verdict", "note", "shown"),
)
"""All columns, in their order; a file has `value` or `value_read`, never both."""

_REQUIRED: Final = ("id", "shown", "verdict")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_CONTENT_FIX: Final = "export the claims again, and fill in the verdicts there"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A row of a file: its cells by column, without empty ones, and where each is."""

    cells: Mapping[str, str]
    position: Position
    columns: Mapping[str, int]

    def place(self, column: str) -> Position:
        """The position of a cell; that of the row where it is empty."""
        return self.position._replace(column=self.columns.get(column, 1))


def json_lines(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as JSON Lines, an object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def guarded(text: str) -> str:
    """A cell of a CSV file: an apostrophe before what a spreadsheet would take for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def read_rows(content: bytes, name: str, form: str) -> list[ReviewRow]:
    """The rows with content of a file in one of `REVIEW_FORMATS`, which messages call `name`.

    Raises ContentError with all problems (`review`, `encoding`, `json-syntax`) at their places,
    UsageError for a file that is too large, for a workbook that cannot be read, and without
    openpyxl.
    """
    if len(content) > LARGEST_REVIEW:
        message = f"{len(content):,} bytes; at most {LARGEST_REVIEW:,} are read"
        raise UsageError(f"{one_line(name)} has {message}")
    if form == "jsonl":
        return _read_json(content, name)
    lines = _csv_lines(content, name) if form == "csv" else iter(_workbook_lines(content, name))
    return _of_table(lines, name, _HEAD if form == "xlsx" else 1)


def _of_table(lines: Iterator[tuple[int, Sequence[str]]], name: str, most: int) -> list[ReviewRow]:
    """The rows of a table, after the names of its columns in one of the first `most` lines."""
    head: Sequence[str] = ()
    place = Position(name)
    for tried, (number, cells) in enumerate(lines, 1):
        place = Position(name, number)
        head = [cell.strip() for cell in cells]
        if {"id", "verdict"} & set(head) or tried == most:
            break
    _check_columns([(text, place._replace(column=n)) for n, text in enumerate(head, 1)], place)
    rows = []
    problems = []
    for number, cells in lines:
        pairs = zip(head, cells, strict=False)
        texts = {column: text for column, text in pairs if column and text.strip()}
        place = Position(name, number)
        if len(texts) < sum(bool(text.strip()) for text in cells):
            message = "there is a cell in a column without a name"
            problems.append(_problem(place, message, "delete the cell"))
        elif texts:
            columns = {column: n for n, column in enumerate(head, 1)}
            rows.append(ReviewRow(texts, place, columns))
    if problems:
        raise ContentError(problems)
    return rows


def _check_columns(named: Sequence[tuple[str, Position]], place: Position) -> None:
    """Raise ContentError for unknown, repeated and absent columns."""
    problems = []
    seen: set[str] = set()
    for column, position in named:
        if column in seen or (column and column not in COLUMNS):
            shown = one_line(column)[:80]
            message = f'the column "{shown}" stands here twice'
            fix = "delete one of them"
            if column not in seen:
                message = f'there is no column "{shown}"'
                fix = did_you_mean(column, COLUMNS) or f"the columns are {', '.join(COLUMNS)}"
            problems.append(_problem(position, message, fix))
        seen.add(column)
    for column in _REQUIRED:
        if column not in seen:
            problems.append(_problem(place, f"there is no column {column}", _CONTENT_FIX))
    if {"value", HIDDEN} <= seen:
        message = f"the value is both shown and hidden: there is value and {HIDDEN}"
        problems.append(_problem(place, message, _CONTENT_FIX))
    if problems:
        raise ContentError(problems)


def _read_json(content: bytes, name: str) -> list[ReviewRow]:
    rows = []
    problems: list[Problem] = []
    lines = content.split(b"\n")
    _check_number(len(lines), name)
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(_json_row(line, name, number))
            except ContentError as error:
                problems += error.problems
    if problems:
        raise ContentError(problems)
    return rows


def _json_row(line: bytes, name: str, number: int) -> ReviewRow:
    text = decode_utf8(line, name, number)
    place = Position(name, number)
    try:
        value = read_json(text, 8)
    except JsonError as error:
        position = place._replace(column=error.at + 1)
        raise ContentError(
            [rule_problem("json-syntax", position, error.message, error.fix)]
        ) from None
    except TooDeepError:
        raise ContentError([_problem(place, "the values are nested", _CONTENT_FIX)]) from None
    if value.kind != "{":
        fix = "write an object on each line, with its id, shown and verdict"
        raise ContentError([_problem(place, "this is not an object", fix)])
    _check_columns([(key, place._replace(column=at + 1)) for key, at, _ in value.members], place)
    cells = {}
    for key, _, member in value.members:
        if member.kind in "[{":
            position = place._replace(column=member.at + 1)
            message = f"{one_line(key)} is not one value"
            raise ContentError([_problem(position, message, "write a text in quotation marks")])
        if member.kind != "n" and member.text.strip():
            cells[key] = member.text
    columns = {key: member.at + 1 for key, _, member in value.members}
    return ReviewRow(cells, place, columns)


def _csv_lines(content: bytes, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The lines of a CSV file (RFC 4180) with their numbers; semicolons and tabs separate too."""
    text = decode_utf8(content, name).removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = csv.field_size_limit(_LONGEST_CELL)
    number = 1
    try:
        for cells in reader:
            _check_number(number, name)
            yield number, [_unguarded(cell) for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        message = f"this is not CSV: {error}"
        fix = "save the file as CSV in UTF-8 again"
        raise ContentError([_problem(Position(name, number), message, fix)]) from None
    finally:
        csv.field_size_limit(before)


def _workbook_lines(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """The lines of the first sheet of a workbook, read in a process with limits."""
    with LimitedProcess() as process:
        shown = one_line(name)
        try:
            return process.call(
                workbook_lines, content, shown, name=shown, seconds=_SECONDS, memory=_MEMORY
            )
        except StoppedError as error:
            raise UsageError(f"{error}; save the sheet as CSV, and import that") from None


def workbook_lines(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    """As `_workbook_lines`, in this process and without its limits of time and memory."""
    try:
        import openpyxl
    except ImportError:
        raise UsageError(
            'reading workbooks requires openpyxl; pip install "pcve-graph[xlsx]", or save the '
            "sheet as CSV"
        ) from None
    instead = "save the sheet as CSV, and import that"
    try:
        check_archive(content, "a workbook (XLSX)")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = []
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            _check_number(number, name)
            lines.append((number, [_cell_text(cell) for cell in cells]))
    except UsageError:
        raise
    except MemoryError:
        raise
    except (zipfile.BadZipFile, NotImplementedError):
        raise UsageError(f"{name} is not a workbook (XLSX), or it is damaged; {instead}") from None
    except ValueError as error:
        reason = str(error) if str(error).startswith(("is ", "has ")) else "is damaged"
        raise UsageError(f"{name} {reason}; {instead}") from None
    except Exception as error:  # openpyxl lets whatever a damaged part causes pass
        kind = type(error).__name__
        raise UsageError(f"{name} is damaged ({kind}); {instead}") from None
    return lines


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _check_number(number: int, name: str) -> None:
    if number > MOST_ROWS:
        raise UsageError(f"{one_line(name)} has more than {MOST_ROWS:,} lines")


def _problem(position: Position, message: str, fix: str) -> Problem:
    return rule_problem("review", position, message, fix)
