"""Rendering of dates, cells and evidence as text."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable

from ..graph.claims import Evidence, groups_of_evidence
from ..model.dates import EDTF, precision
from ..model.visible import escape_hidden


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


def single_line(text: str) -> str:
    """`text` on one line, printable, with each run of white space as one space."""
    return " ".join(escape_hidden(text).split())


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
