"""Rows of cells as plain text: a table within a width, or a record for each row.

Widths are columns of a terminal, in which a wide character takes two and a combining mark none. No
line is broken inside a word or a date. Cells are printable texts on one line (`single_line`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

GAP: Final = "  "
"""What separates columns."""

_LEAST: Final = 12
"""The fewest columns that a longer cell is wrapped at, unless a word of it is longer."""

_WHOLE: Final = 16
"""The most columns of a cell that is not wrapped in a table in blocks."""

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


def wrapped_height(lines: Iterable[str], width: int) -> int:
    """The rows that lines take on a terminal of `width` columns, which wraps the longer ones.

    >>> wrapped_height(["", "north", "northtown"], 5)
    4
    """
    return sum(max(1, -(-len(line) // width)) for line in lines)


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
    indent = " " * (len(line) - len(line.lstrip(" ")))
    lines, end = [indent], len(indent)
    for match in _WORD.finditer(line):
        added = line[end : match.end()]
        if lines[-1].strip() and text_width(lines[-1]) + text_width(added) > width:
            lines.append(indent + GAP)
            added = match[0]
        lines[-1] += added
        end = match.end()
    return "\n".join(lines)


def indented_lines(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """A paragraph in lines of at most `width` columns, 0 for one line of any length.

    The first line is indented by `first`, the others by `rest`.

    >>> indented_lines("all that is on record", 12, "- ", "  ")
    ['- all that', '  is on', '  record']
    """
    if not width:
        return [first + text]
    lines, indent = [first], first
    for word in _WORD.findall(text):
        if lines[-1] == indent:
            lines[-1] += word
        elif text_width(lines[-1]) + 1 + text_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            indent = rest
            lines.append(rest + word)
    return lines


def fold_text(text: str, width: int) -> str:
    """A text whose lines are within `width` columns, as far as its words are.

    Lines of a table, whose columns are two spaces apart, are wrapped in their columns if these fit;
    other lines as `wrap_line` wraps them.
    """
    blocks = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if any(text_width(line) > width for line in lines):
            table = _fitted_lines(lines, width)
            block = table if table is not None else "\n".join(_folded(lines, width))
        blocks.append(block)
    return "\n\n".join(blocks)


def _folded(lines: Sequence[str], width: int) -> Iterator[str]:
    for line in lines:
        yield wrap_line(line, width)


def _fitted_lines(lines: Sequence[str], width: int) -> str | None:
    """Lines of aligned columns as a table within a width; None if they are not, or do not fit."""
    rows = [line for line in lines if line]
    longest = max(map(len, rows), default=0)
    blank = [all(line[at : at + 1] in ("", " ") for line in rows) for at in range(longest)]
    indent = next((at for at, is_blank in enumerate(blank) if not is_blank), 0)
    gaps = [
        (match.start(), match.end())
        for match in re.finditer("  +", "".join(" " if is_blank else "x" for is_blank in blank))
        if match.start() > indent
    ]
    if len(rows) < 2 or not gaps:
        return None
    starts = [indent, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), longest]
    cells = [
        [line[start:end].rstrip() for start, end in zip(starts, ends, strict=True)] for line in rows
    ]
    table = fitted_table(cells, width - indent)
    if table is None:
        return None
    trailing = "\n" if lines[-1] == "" else ""
    shifted = "\n".join(f"{' ' * indent}{line}".rstrip() for line in table.splitlines())
    return shifted + trailing


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


def table_blocks(rows: Sequence[Sequence[str]], names: int, width: int) -> str:
    """A table in lines of `width` columns, in as many blocks of its columns as that requires.

    The first of `rows` is the header. The first `names` columns name the rows and are in every
    block. Records where not even one column fits beside the names.
    """
    blocks, start, count = [], names, len(rows[0])
    while start < count:
        fits = None
        for end in range(start + 1, count + 1):
            block = [[*row[:names], *row[start:end]] for row in rows]
            widths = _block_widths(block, names, width)
            if widths is None:
                break
            fits = end, block, widths
        if fits is None:
            return records(rows, width)
        start, block, widths = fits
        lines = (line for row in block for line in _wrapped_row(row, widths))
        blocks.append("".join(f"{_joined(line, widths)}\n" for line in lines))
    return "\n".join(blocks)


def _block_widths(rows: Sequence[Sequence[str]], names: int, width: int) -> list[int] | None:
    """The width of each column of a block; None where it does not fit.

    Names of rows may take a third of the width, cells of up to `_WHOLE` columns are not wrapped.
    """
    columns = list(zip(*rows, strict=True))
    needs = [max(map(text_width, cells)) for cells in columns]
    wholes = [width // 3] * names + [
        min(max(map(text_width, cells[1:]), default=0), _WHOLE) for cells in columns[names:]
    ]
    least = [
        max(min(need, whole), max(map(_longest_word, cells)))
        for need, whole, cells in zip(needs, wholes, columns, strict=True)
    ]
    return _grown(least, needs, width - len(GAP) * (len(columns) - 1))


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
    return _grown(widths, needs, room)


def _grown(least: Sequence[int], needs: Sequence[int], room: int) -> list[int] | None:
    """Widths from `least` up to `needs` that share the room; None where the least do not fit."""
    widths = list(least)
    left = min(room, sum(needs)) - sum(widths)
    if room < sum(widths):
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
