"""Dates in digits in the words of a source, with the day first: 22.05.2018, 22/5/2018, 5. X 2018.

ISO dates begin with the year; the month is first only where the other number can be no month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..model.dates import first_and_last
from .number_words import ROMAN

_NUMERIC: Final = re.compile(
    r"(?<![\d.])(?:(?P<d0>\d{1,2})\s?\.?\s?(?:(?P<m0>\d{1,2})\.?)?\s?"
    r"(?:[-–—]|do|bis|to|deri më)\s?)?"
    r"(?P<d>\d{1,2})\s?(?P<mark>[./-])\s?(?P<m>\d{1,2})\s?(?P=mark)\s?(?P<y>\d{4}|\d\d(?![\d.]))(?!\d)"
)
_ROMAN_MONTH: Final = re.compile(
    r"(?<=\d)\.?\s?(?P<month>XII|XI|IX|IV|VIII|VII|VI|V|X|III|II|I)\.?\s?(?=(?:19|20)\d\d(?!\d))"
)
_COMMA_YEAR: Final = re.compile(
    r"(?P<days>(?<![\d.,])\d{1,2}\.\d{1,2}\.?\s?[-–—]\s?\d{1,2}\.\d{1,2}|(?<![\d.,])\d{1,2}\.\d{1,2}(?=\.))"
    r"\.?,\s?(?=(?:19|20)\d\d(?!\d))"
)
"""Days and months in digits with a comma before the year: 30.10-1.11, 2020."""
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d)(?:[-/.](\d\d))?(?![\d])")
_MONTH_YEAR: Final = re.compile(r"(?<![\d./-])(0?[1-9]|1[0-2])\s?[./]\s?((?:19|20)\d\d)(?!\d)")
_YEARS: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-–—/]\s?(\d\d)(?![\d.,-])")

_YEAR_OF_TWO: Final = re.compile(
    r"(?:\b(?:fiscal|financial|budget(?:ary)?|school|academic)\s+years?|\bFY|(?:haushalts|schul)jahr\w*)"
    r"[\s:(,]*$",
    re.I,
)
"""Words before a fiscal or school year: FY 2010-11 lies in two years and is not November 2010."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as words give it; 0 for a part that they do not give.

    `side` is "start" or "end" for the first and last date of a range, and where a word such as
    since or until goes before it; "inside" between the two; else empty. `is_approximate` where
    "about" goes before it. `first` and `last` are its tokens.
    """

    year: int
    month: int
    day: int
    side: str = ""
    first: int = 0
    last: int = 0
    is_approximate: bool = False


def blank_numeric(words: str) -> tuple[str, list[tuple[int, DateMention]]]:
    """Words with a mark for each numeric date, and the dates by their place among the marks."""
    mentions: list[tuple[int, DateMention]] = []

    def put(match: re.Match[str], *dates: tuple[int, int, int]) -> str:
        for order, (year, month, day) in enumerate(dates):
            side = ("start", "end")[order] if len(dates) == 2 else ""
            mentions.append((match.start(), DateMention(year, month, day, side)))
        return " ¤" + " " * (len(match.group()) - 2)

    def numeric(match: re.Match[str]) -> str:
        day, month, year = (int(match[name]) for name in "dmy")
        year += 2000 if year < 100 else 0
        if month > 12 >= day and not match["d0"]:
            day, month = month, day
        if not _is_day(year, month, day):
            return match.group()
        if not match["d0"]:
            return put(match, (year, month, day))
        first = int(match["d0"]), int(match["m0"] or month)
        return put(match, (year, first[1], first[0]), (year, month, day))

    def iso(match: re.Match[str]) -> str:
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 0)
        if not day and month == (year + 1) % 100:
            before = match.string[: match.start()][-40:]
            if "/" in match.group() or _YEAR_OF_TWO.search(before):
                return match.group()
        return put(match, (year, month, day)) if _is_day(year, month, day or 1) else match.group()

    def years(match: re.Match[str]) -> str:
        start, end = int(match[1]), int(match[1][:2] + match[2])
        return put(match, (start, 0, 0), (end, 0, 0)) if end > start else match.group()

    text = _ROMAN_MONTH.sub(lambda match: f".{ROMAN[match['month']]}.", words)
    text = _COMMA_YEAR.sub(r"\g<days>.", text)
    text = _ISO.sub(iso, text)
    text = _NUMERIC.sub(numeric, text)
    text = _MONTH_YEAR.sub(lambda match: put(match, (int(match[2]), int(match[1]), 0)), text)
    return _YEARS.sub(years, text), mentions


def _is_day(year: int, month: int, day: int) -> bool:
    return first_and_last(f"{year:04}-{month:02}-{day:02}") is not None
