"""Dates of the precision that a source gives, and the range of days that each can mean.

The lexical forms are those of XML Schema 1.1 part 2 (3.3.9 date, 3.3.11 gYear, 3.3.10
gYearMonth) without time zones and with four-digit years.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

_FORMS: Final = {
    "date": re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    "gYearMonth": re.compile(r"(\d{4})-(\d\d)"),
    "gYear": re.compile(r"(\d{4})"),
}


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


def precision(text: str) -> str | None:
    """`date`, `gYearMonth` or `gYear`, the XSD datatype of `text`, or None if it is not a date."""
    if first_and_last(text) is None:
        return None
    return next(name for name, form in _FORMS.items() if form.fullmatch(text))
