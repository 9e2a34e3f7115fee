"""The days and periods that a question names: in 2018, since 2015, on 22 May 2018."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ..evidence.dates_in_words import dates_in, without_dates
from ..evidence.numeric_dates import DateMention
from ..model.dates import first_and_last
from ..model.problems import UsageError

_BEYOND: Final = re.compile(r"\b(after|before)\s+(?:the\s+)?[·¤]", re.I)
"""A word that leaves out the date behind it."""
_NUMERIC_DAY: Final = re.compile(
    r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)"
)
_DAY: Final = timedelta(days=1)
_LINKS: Final = re.compile(
    r"\b(?:in|on|since|from|after|before|between|and|until|till|to|up|the|year|years|during|by|as|of)"
    r"(?=\W*[·¤])|(?<=[·¤])\W*\b(?:and|to|until|till|onwards?)\b(?=\W*[·¤])|\bonwards?\b",
    re.I,
)
"""Words that belong to the date behind them, or between two."""
_TODAY: Final = re.compile(
    r"\b(?:today|right now|at the moment|at present|presently|currently)\b", re.I
)


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """The first and the last day, None on a side that is open.

    `is_today` where words such as "now" name it.
    """

    first: date | None
    last: date | None
    is_today: bool = False

    @property
    def day(self) -> date | None:
        """The day, where the period is one day."""
        return self.first if self.first == self.last else None


def read_period(text: str, today: date | None = None) -> tuple[AskedPeriod | None, str]:
    """The period that `text` names, None if it names none; and the text without its words.

    "today", "now" and the like are the day `today`, and words like others without it. Several dates
    without a side are the period from the first to the last. Raises UsageError for a day that does
    not exist.
    """
    mentions = [mention for mention in dates_in(text) if mention.year]
    _check_days(text, mentions)
    if not mentions:
        match = _TODAY.search(text) if today else None
        if match is None:
            return None, text
        return AskedPeriod(today, today, is_today=True), text[: match.start()] + text[match.end() :]
    blanked = without_dates(text)
    beyond = _BEYOND.search(blanked)
    period = _period(mentions, beyond[1].lower() if beyond else "")
    rest = _LINKS.sub(" ", blanked)
    return period, rest.replace("·", " ").replace("¤", " ")


def _period(mentions: Sequence[DateMention], beyond: str) -> AskedPeriod:
    first = next((mention for mention in mentions if mention.side == "start"), None)
    last = next((mention for mention in mentions if mention.side == "end"), None)
    if first is None and last is None:
        listed = [_days(mention) for mention in mentions]
        days = min(first for first, _ in listed), max(last for _, last in listed)
        if beyond and days[0] > date.min and days[1] < date.max:
            after = beyond == "after"
            return AskedPeriod(days[1] + _DAY, None) if after else AskedPeriod(None, days[0] - _DAY)
        return AskedPeriod(*days)
    if first and last and _days(last)[1] < _days(first)[0]:
        first, last = last, first
    start = None if first is None else _days(first)[0]
    end = None if last is None else _days(last)[1]
    return AskedPeriod(start, end)


def _check_days(text: str, mentions: Sequence[DateMention]) -> None:
    days = [
        f"{mention.day} {calendar.month_name[mention.month]} {mention.year}"
        for mention in mentions
        if mention.day
        and first_and_last(f"{mention.year:04}-{mention.month:02}-{mention.day:02}") is None
    ]
    for match in _NUMERIC_DAY.finditer(text):
        if all(mention.side or not mention.day for mention in dates_in(match.group())):
            days.append(match.group())
    if days:
        raise UsageError(f"{days[0]!r} is no day of the calendar; ask for a day that exists")


def _days(mention: DateMention) -> tuple[date, date]:
    """The first and the last day of a date."""
    parts = [f"{mention.year:04}", f"{mention.month:02}", f"{mention.day:02}"]
    number = 3 if mention.day else 2 if mention.month else 1
    days = first_and_last("-".join(parts[:number])) or first_and_last(parts[0])
    return days or (date(mention.year, 1, 1), date(mention.year, 12, 31))
