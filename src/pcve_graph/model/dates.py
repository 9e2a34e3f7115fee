"""Dates of the precision that a source gives, and the range of days that each can mean.

The plain forms are those of XML Schema 1.1 part 2 (3.3.9 date, 3.3.11 gYear, 3.3.10 gYearMonth)
without time zones and with four-digit years. The others are of the Extended Date/Time Format of
the Library of Congress, levels 0 and 1 (https://www.loc.gov/standards/datetime/): a qualified date,
unspecified digits on the right, and an interval, of which one side may be open. Such an interval is
read as one date that lies in it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

EDTF: Final = "EDTF"
"""The local name of the datatype of a date that is not a plain day, month or year."""

EDTF_FORMS: Final = "2018-05~, 2018?, 2018%, 201X, 2018-XX, 2018-05/2019, ../2018-05 or 2018-05/.."
"""An example of each form of EDTF that is read, as messages show them."""

_FORMS: Final = {
    "date": re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII),
    "gYearMonth": re.compile(r"(\d{4})-(\d\d)", re.ASCII),
    "gYear": re.compile(r"(\d{4})", re.ASCII),
}
_UNSPECIFIED: Final = re.compile(r"\d\dXX|\d{3}X|\d{4}-XX(-XX)?|\d{4}-\d\d-XX", re.ASCII)
_DAY: Final = timedelta(1)


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and the last day that a date can mean; None is a side that is open.

    `approximate`: the source gives the date as approximate or uncertain. The range is then wider
    than the date by one unit of its precision on each side, and no day in it is certain.
    """

    first: date | None
    last: date | None
    approximate: bool = False

    def bound(self, name: str) -> date | None:
        """The day that the date gives for a bound of a span, by the local name of its property.

        The first and last possible day are `earliest` and `latest`, the first and last certain day
        `certainFrom` and `certainUntil` (CIDOC CRM 7.1: P82a, P82b, P81a, P81b). Raises KeyError
        for any other name, which the ontology cannot have (rule ontology-part).
        """
        side, certain = BOUNDS[name]
        if certain and self.approximate:
            return None
        return self.first if side == 0 else self.last


BOUNDS: Final = {
    "earliest": (0, False),
    "latest": (1, False),
    "certainFrom": (1, True),
    "certainUntil": (0, True),
}
"""The bounds of a span: the side of the date that gives each (0 first, 1 last), and if certain.

A span has surely begun by the last day that its start can mean, and surely not ended before the
first day that its end can mean.
"""

BOUND_PROPERTIES: Final = {
    "earliest": "pcve:earliest",
    "latest": "pcve:latest",
    "certainFrom": "pcve:certainFrom",
    "certainUntil": "pcve:certainUntil",
}
"""The properties that hold the bounds of a node of the graph, by their names in `BOUNDS`."""


def first_and_last(text: str) -> tuple[date, date] | None:
    """The first and the last day that `text` can mean, or None if it is not a day, month or year.

    For a day, both are that day; for a month or year, its first and its last day.
    """
    for form in _FORMS.values():
        if match := form.fullmatch(text):
            parts = [int(part) for part in match.groups()]
            try:
                first = date(*[*parts, 1, 1][:3])
            except ValueError:
                return None
            if form.groups == 3:
                return first, first
            month = first.month if form.groups == 2 else 12
            return first, date(first.year, month, calendar.monthrange(first.year, month)[1])
    return None


@lru_cache(2**14)
def date_range(text: str) -> DateRange | None:
    """The days that a date can mean; None for any other text.

    Day, month and year; `~`, `?` or `%` after one of these; `201X`, `20XX`, `2018-XX`,
    `2018-05-XX` and `2018-XX-XX`; an interval between two plain dates, or with `..` on one side.
    """
    if days := first_and_last(text):
        return DateRange(*days)
    if text[-1:] in ("~", "?", "%"):
        return _widened(text[:-1])
    if _UNSPECIFIED.fullmatch(text):
        return _unspecified(text)
    start, slash, end = text.partition("/")
    return _interval(start, end) if slash else None


def precision(text: str) -> str | None:
    """The local name of the datatype of `text`, or None if it is not a date.

    `date`, `gYearMonth` or `gYear` of XSD for a plain date, `EDTF` for the other forms.
    """
    if date_range(text) is None:
        return None
    return next((name for name, form in _FORMS.items() if form.fullmatch(text)), EDTF)


def stated_bounds(bounds: Mapping[str, date | None]) -> dict[str, date]:
    """The bounds of one span, by name, without those that its dates leave open.

    The certain days are left out unless both are there and the first is not after the last.
    """
    first, last = bounds.get("certainFrom"), bounds.get("certainUntil")
    certain = first is not None and last is not None and first <= last
    return {
        name: day
        for name, day in bounds.items()
        if day is not None and (certain or not BOUNDS[name][1])
    }


def plain_date(text: str) -> str:
    """The day, month or year that a date surely lies in, the most precise; empty if there is none.

    A plain date as it is, 2018 for `2018-XX`; empty for `201X`, `2018~`, and for any other text.
    """
    if first_and_last(text):
        return text
    days = date_range(text)
    if days is None or days.first is None or days.last is None:
        return ""
    first, last = days.first.isoformat(), days.last.isoformat()
    return next((first[:width] for width in (10, 7, 4) if first[:width] == last[:width]), "")


def _widened(text: str) -> DateRange | None:
    """An approximate or uncertain day, month or year, wider by one day, month or year."""
    days = first_and_last(text)
    if days is None:
        return None
    if len(text) == 10:
        return DateRange(_shifted(days[0], -1), _shifted(days[1], 1), approximate=True)
    before, after = _shifted(days[0], -1), _shifted(days[1], 1)
    width = 7 if len(text) == 7 else 4
    first = first_and_last(before.isoformat()[:width]) if before else None
    last = first_and_last(after.isoformat()[:width]) if after else None
    return DateRange(first[0] if first else None, last[1] if last else None, approximate=True)


def _shifted(day: date, days: int) -> date | None:
    """The day before or after; None beyond the years 1 to 9999."""
    try:
        return day + days * _DAY
    except OverflowError:
        return None


def _unspecified(text: str) -> DateRange | None:
    """The range of a date whose last digits are X."""
    if "-" in text:
        days = first_and_last(text.partition("-XX")[0])
        return DateRange(*days) if days else None
    first, last = (first_and_last(text.replace("X", digit)) for digit in "09")
    return DateRange(first[0] if first else None, last[1]) if last else None


def _interval(start: str, end: str) -> DateRange | None:
    """The range of a date that lies between two others, one of which may be `..`.

    None if both are the same: that is not an interval, but the date alone.
    """
    if start == end:
        return None
    first, last = first_and_last(start), first_and_last(end)
    if first and last:
        return DateRange(first[0], last[1]) if first[0] <= last[1] else None
    if first and end == "..":
        return DateRange(first[0], None)
    if last and start == "..":
        return DateRange(None, last[1])
    return None
