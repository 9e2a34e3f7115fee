"""Tables as HTML, for notebooks."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

from ..model.visible import escape_hidden
from ..model.words import quantity

MOST_HTML_ROWS: Final = 50
"""The most rows that a table in a notebook shows."""


def html_table(
    columns: Iterable[str], rows: Iterable[Iterable[str]], below: Sequence[str], title: str = ""
) -> str:
    """A table under its title, with the texts `below` it; the cells of `rows` are HTML already."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in below)
    heading = f"<p><strong>{html.escape(title)}</strong></p>" if title else ""
    return escape_hidden(
        f"{heading}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{paragraphs}"
    )


def count_line(rows: int, word: str = "row") -> str:
    """`60 rows, 10 of them not shown`."""
    more = rows - MOST_HTML_ROWS
    hidden = f", {more:,} of them not shown" if more > 0 else ""
    return quantity(rows, word) + hidden
