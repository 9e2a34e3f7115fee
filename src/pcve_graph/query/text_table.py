"""Rows of cells as plain text: a table within a width, or a record for each row.

Widths are columns of a terminal, in which a wide character takes two and a combining mark none. No
line is broken inside a word or a date. Cells are printable texts on one line (`single_line`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

GAP: Final = "  "
"""What separates columns."""

_LEAST: Final = 12
"""The fewest columns that a longer cell is wrapped at, unless a word of it is longer."""

_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_WORD: Final = re.compile(rf"(?:\d{{1,2}} )?(?:{_MONTHS}) \d{{4}}\S*|\S+")
"""A date such as `22 May 2018`, or what stands between two spaces."""


def text_width(text: str) -> int:
    """The columns that a text takes on a terminal (Unicode Standard Annex 11).

    >>> text_width("café"), text_width("cafe\u0301"), text_width("日本")
    (4, 4, 4)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """`text`, with spaces after it up to `width` columns."""
    return text + " " * (width - text_width(text))


def wrap_words(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns; a longer word has a line of its own.

    >>> wrap_words("from 22 May 2018 on", 12)
    ['from', '22 May 2018', 'on']
    """
    lines: list[str] = []
    for word in _WORD.findall(text):
        if lines and text_width(lines[-1]) + 1 + text_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def wrap_line(line: str, width: int) -> str:
    """A line of text within `width` columns: what does not fit is on indented lines below it.

    A word that is longer than the width stays whole.
    """
    if text_width(line) <= width:
        return line
    words = line.lstrip(" ")
    indent = " " * (len(line) - len(words))
    first, *rest = wrap_words(words, width - len(indent))
    below = f"{indent}{GAP}"
    lines = wrap_words(" ".join(rest), width - len(below)) if rest else []
    return "\n".join([f"{indent}{first}", *(f"{below}{text}" for text in lines)])


def aligned_columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as text in aligned columns, two spaces apart."""
    widths = [max(map(text_width, cells)) for cells in zip(*rows, strict=True)]
    return "".join(f"{_joined(row, widths)}\n" for row in rows)


def fitted_table(rows: Sequence[Sequence[str]], width: int) -> str | None:
    """Rows of cells, the first of which is the header, as a table in lines of `width` columns.

    Narrow columns keep their content, and wide ones share the rest. None where the words of the
    columns do not fit beside one another.
    """
    widths = _column_widths(rows, width)
    if widths is None:
        return None
    return "".join(
        f"{_joined(line, widths)}\n" for row in rows for line in _wrapped_row(row, widths)
    )


def records(rows: Sequence[Sequence[str]], width: int) -> str:
    """A record for each row after the first, which names the fields: a line for each that has a
    value; `width` is 0 for lines of any length.
    """
    names, *cells = rows
    longest = max(map(text_width, names), default=0)
    indent = " " * (longest + 2 * len(GAP))
    texts = []
    for number, row in enumerate(cells, 1):
        lines = [f"row {number:,}"]
        for name, text in zip(names, row, strict=True):
            first, *rest = wrap_words(text, max(width - len(indent), _LEAST)) if width else [text]
            if text:
                lines.append(f"{GAP}{padded(name, longest)}{GAP}{first}")
                lines += [indent + line for line in rest]
        texts.append("".join(f"{line}\n" for line in lines))
    return "\n".join(texts)


def table_or_records(rows: Sequence[Sequence[str]], width: int) -> str:
    """A table where it fits `width` columns and takes no more lines than records, else records."""
    table = fitted_table(rows, width)
    if table is None:
        return records(rows, width)
    height = table.count("\n")
    if height <= 2 * len(rows):
        return table
    as_records = records(rows, width)
    return table if height <= as_records.count("\n") else as_records


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(map(padded, cells, widths)).rstrip()


def _wrapped_row(row: Sequence[str], widths: Sequence[int]) -> Iterator[list[str]]:
    """The lines of a row, each with a text for each column."""
    columns = list(map(wrap_words, row, widths))
    for place in range(max(map(len, columns))):
        yield [lines[place] if place < len(lines) else "" for lines in columns]


def _column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """The width of each column; None where the table does not fit."""
    columns = list(zip(*rows, strict=True))
    needs = [max(map(text_width, cells)) for cells in columns]
    room = width - len(GAP) * (len(columns) - 1)
    if sum(needs) <= room:
        return needs
    widths = [
        max(min(need, _LEAST), max(map(_longest_word, cells)))
        for need, cells in zip(needs, columns, strict=True)
    ]
    left = room - sum(widths)
    if left < 0:
        return None
    while left > 0:  # the narrowest of the columns that need more grows first
        place = min(
            (place for place, need in enumerate(needs) if widths[place] < need),
            key=widths.__getitem__,
        )
        widths[place] += 1
        left -= 1
    return widths


def _longest_word(text: str) -> int:
    return max(map(text_width, _WORD.findall(text)), default=0)
