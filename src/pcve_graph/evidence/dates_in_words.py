"""Dates in the words of a source: days, months and years in the forms of the region's languages.

Numeric forms are read with the day first (22.05.2018, 22/5/2018), except ISO dates and where only
the month can be first. A date without a year has that of the date that it is a range with, else
the nearest year of the same words. What no words say is never filled in.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from ..model.dates import first_and_last
from .month_names import is_ambiguous, months
from .number_words import day_words, tens_words
from .numeric_dates import DateMention, blank_numeric
from .word_forms import TextToken, tokens, word_list

_RANGE_MARKS: Final = frozenset("-–—−/")
_TO: Final = word_list("to till until through bis do deri au al a all alla ad ila kadar dek")
_AND: Final = frozenset(["and", "und", "i", "e", "dhe", "et", "ve", "in"])
_BETWEEN: Final = word_list(
    "between from izmedu megju pomegju ndermjet midis zwischen tra fra entre arasinda "
    "med during od nga vom von du dal da"
)
_FOR: Final = word_list(
    "years for vitet per godine godina za godini leta jahre fur anni annees pour yillari icin"
)
_ABOUT: Final = word_list(
    "about around circa ca c approximately roughly rreth rrethit afersisht nja oko otprilike"
    " priblizno okolu okrog etwa um ungefahr gegen verso intorno vers environ yaklasik civarinda"
)
_SKIPPED: Final = word_list(
    "of the de del di te se god godine godina godini g viti vitit leto leta letu year yil "
    "yilinda yili jahr jahre jahres anno annee m me om ten inci"
)
"""Words that stand between the parts of a date, and say nothing of it."""
_STARTS: Final = word_list(
    "since from od nga seit ab depuis dal dalla des beri itibaren starting began begins "
    "started starts prej zacel poceo pocnuva"
)
_ENDS: Final = word_list(
    "until till to do deri bis jusqu au fino kadar ended ends ending concluded mbaroi"
)
_WEEKDAY: Final = re.compile(
    r"(mon|tues|wednes|thurs|fri|satur|sun)day|(e )?(hene|marte|merkure|enjte|premte|shtune|diel)"
    r"|ponedeljak|utorak|sr(ij)?eda|cetvrtak|petak|subota|nedelja|montag|dienstag|mittwoch"
    r"|donnerstag|freitag|samstag|sonntag"
)
_ORDINAL_ENDS: Final = word_list("st nd rd th er re ti vi ri mi og ih ego ga ta te")


def carries_date(words: str, value: str, side: str = "") -> bool:
    """Whether words carry a date, which is an XML Schema date, month or year, or EDTF.

    With `side` "start" or "end", a date that the words give as the other end carries nothing.
    Of an interval in EDTF each end must stand in the words, of an approximate date the date, and of
    unspecified digits those that are specified.
    """
    mentions = dates_in(words)
    start, slash, end = value.partition("/")
    if slash:
        sides = {start: "start" if end == ".." else "", end: "end" if start == ".." else ""}
        return all(
            any(_is_of(mention, part, sides[part], exactly=True) for mention in mentions)
            for part in (start, end)
            if part != ".."
        )
    if value[-1:] == "~":
        mentions = tuple(mention for mention in mentions if mention.is_approximate)
    return _is_mentioned(mentions, value.rstrip("~?%"), side)


def _is_mentioned(mentions: tuple[DateMention, ...], value: str, side: str) -> bool:
    plain = value.replace("-XX", "")
    if "X" in plain:
        digits = plain.rstrip("X")
        return any(str(mention.year).startswith(digits) for mention in mentions)
    return first_and_last(plain) is not None and any(
        _is_of(mention, plain, side) for mention in mentions
    )


def _is_of(mention: DateMention, plain: str, side: str, exactly: bool = False) -> bool:
    """Whether a date in words is a plain date, or lies in it unless it is to be the same."""
    year, month, day = [*map(int, plain.split("-")), 0, 0][:3]
    refused = {"start": ("end", "inside"), "end": ("start", "inside")}.get(side, ())
    parts = (mention.month, mention.day)
    return (
        mention.year == year
        and mention.side not in refused
        and all(
            wanted == part or (wanted == 0 and not exactly)
            for wanted, part in zip((month, day), parts, strict=True)
        )
    )


@lru_cache(4096)
def dates_in(words: str) -> tuple[DateMention, ...]:
    """The dates that words give, in order."""
    return _Reader(words).read()


@lru_cache(4096)
def without_dates(words: str) -> str:
    """The words without their dates, so that no number in a date counts as an amount."""
    plain = blank_numeric(words)[0]
    listed = tokens(plain)
    reader = _Reader(words)
    reader.read()
    kept: list[str] = []
    position = 0
    for index, token in enumerate(listed):
        at = plain.find(token.text, position)
        if at < 0:
            continue
        kept.append(plain[position:at])
        kept.append("·" if index in reader.used else token.text)
        position = at + len(token.text)
    return "".join([*kept, plain[position:]])


class _Reader:
    """Reads the dates of one text; `used` are the tokens that are part of a date."""

    def __init__(self, words: str) -> None:
        text, self.numeric = blank_numeric(words)
        self.tokens: tuple[TextToken, ...] = tokens(text)
        self.used: set[int] = set()

    def read(self) -> tuple[DateMention, ...]:
        """The dates, in order."""
        mentions: list[DateMention] = []
        for index, token in enumerate(self.tokens):
            if index not in self.used and token.folded in months():
                mentions += self._at_month(index)
        for index, token in enumerate(self.tokens):
            if index not in self.used and self._is_year(index):
                self.used.add(index)
                mentions.append(DateMention(int(token.folded), 0, 0, "", index, index))
        mentions.sort(key=lambda mention: (mention.first, mention.day))
        mentions = self._with_sides(mentions)
        mentions = self._with_years(mentions)
        return (*mentions, *(mention for _, mention in self.numeric))

    def _folded(self, index: int) -> str:
        return self.tokens[index].folded if 0 <= index < len(self.tokens) else ""

    def _text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _is_year(self, index: int) -> bool:
        text = self._folded(index)
        if not (len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2099):
            return False
        after = self._text(index + 1)
        grouped = after in (",", ".") and len(self._folded(index + 2)) == 3
        return not (grouped and self._folded(index + 2).isdecimal())

    def _is_day(self, index: int) -> bool:
        return self._day(index) > 0

    def _day(self, index: int) -> int:
        """The day that a token is, in digits or an ordinal in words; 0 for any other."""
        text = self._folded(index)
        if text.isdecimal():
            return int(text) if len(text) <= 2 and 1 <= int(text) <= 31 else 0
        day = day_words().get(text, 0)
        if not day or (self._folded(index + 1) != "of" and text.endswith(("st", "nd", "rd", "th"))):
            return 0
        tens = self._tens_before(index) if day < 10 else index
        return day + (tens_words()[self._folded(tens)] if tens < index else 0)

    def _tens_before(self, index: int) -> int:
        """The token of the tens before an ordinal, as in twenty-third; else the same token."""
        place = index - 2 if self._text(index - 1) in ("-", "‑") else index - 1
        return place if self._folded(place) in tens_words() else index

    def _skip(self, index: int, step: int) -> int:
        """The next token that can be part of a date: not a mark, article, weekday or ending."""
        while 0 <= index < len(self.tokens):
            word = self._folded(index)
            is_end = word in _ORDINAL_ENDS and self._folded(index - 1).isdecimal()
            if not (
                self._is_ending(index)
                or self._is_ending(index + 1)
                or self._text(index) in (",", ".", "(", ")", "'", "º", "°", "ª")
                or word in _SKIPPED
                or is_end
                or (word and _WEEKDAY.fullmatch(word))
            ):
                break
            index += step
        return index

    def _is_ending(self, index: int) -> bool:
        """Whether a token is the ending of an ordinal in digits, behind a hyphen: 3-ti."""
        return (
            self._folded(index) in _ORDINAL_ENDS
            and self._text(index - 1) in ("-", "‑")
            and self._folded(index - 2).isdecimal()
        )

    def _at_month(self, index: int) -> list[DateMention]:
        """The dates of a month name: its days, before or after it, and its year."""
        month = months()[self._folded(index)]
        days = self._days(self._skip(index - 1, -1), -1)
        end = index
        if not days:
            days = self._days(self._skip(index + 1, 1), 1)
            if days and self._folded(self._skip(max(days) + 1, 1)) in months():
                days = {}
            end = max([index, *days])
        year = 0
        after = self._skip(end + 1, 1)
        if self._is_year(after) and after - end <= 5:
            year, end = int(self._folded(after)), after
        elif not days and self._is_year(index - 1):
            year = int(self._folded(index - 1))
            self.used.add(index - 1)
        capital = self.tokens[index].is_capital
        if not (days or year) and (is_ambiguous(self._folded(index)) and not capital):
            return []
        if not (days or year) and len(self._folded(index)) <= 3 and self._folded(index) != "may":
            return []
        first = min([index, *days])
        self.used.update(range(first, end + 1))
        if not days:
            return [DateMention(year, month, 0, "", first, end)]
        ordered = [days[place] for place in sorted(days)]
        return [
            DateMention(year, month, day, _side_in_list(order, len(ordered)), first, end)
            for order, day in enumerate(ordered)
        ]

    def _days(self, index: int, step: int) -> dict[int, int]:
        """The days beside a month, by their token: 22, or 22 to 24, or 22, 23 and 24."""
        days: dict[int, int] = {}
        while self._is_day(index):
            if step > 0 and self._is_year(index):
                break
            days[index] = self._day(index)
            if not self._folded(index).isdecimal() and days[index] > 20:
                self.used.add(self._tens_before(index))
            gap = self._skip(index + step, step)
            joined = self._text(gap) in _RANGE_MARKS or self._folded(gap) in _TO | _AND
            if joined:
                gap = self._skip(gap + step, step)
            elif abs(gap - index) == 1:
                break
            if not joined and "," not in [self._text(at) for at in range(*sorted((index, gap)))]:
                break
            index = gap
        return days

    def _with_sides(self, mentions: list[DateMention]) -> list[DateMention]:
        """The mentions, of which two that are joined by a dash or `to` are start and end."""
        sided = list(mentions)
        for place, (first, second) in enumerate(itertools.pairwise(mentions)):
            if first.side or second.side or first.last >= second.first:
                continue
            between = range(first.last + 1, second.first)
            words = [
                self._text(at) if not self._folded(at) else self._folded(at)
                for at in between
                if self._text(at) not in (",", ".", "(", ")") and self._folded(at) not in _SKIPPED
            ]
            opened = any(self._folded(at) in _BETWEEN for at in range(first.first - 4, first.first))
            joined = [word for word in words if word in _RANGE_MARKS or word in _TO]
            others = set(words) - set(joined) - {"up", "on", "the", "kraja"}
            is_of_years = (
                not first.month and not second.month and self._folded(first.first - 1) in _FOR
            )
            if (joined and not others) or (
                (opened or is_of_years) and words and set(words) <= _AND
            ):
                sided[place] = replace(first, side="start")
                sided[place + 1] = replace(second, side="end")
        for place, mention in enumerate(sided):
            side = mention.side or self._side_before(mention)
            before = range(max(0, mention.first - 3), mention.first)
            about = any(self._folded(at) in _ABOUT for at in before)
            sided[place] = replace(mention, side=side, is_approximate=about)
        return sided

    def _side_before(self, mention: DateMention) -> str:
        """The side that the word before a date gives it: since, from, until."""
        before = [
            self._folded(at)
            for at in range(max(0, mention.first - 4), mention.first)
            if self._folded(at) not in ("the", "of", "on", "in", "year", "me", "te", "end")
        ]
        word = before[-1] if before else ""
        return "start" if word in _STARTS else "end" if word in _ENDS else ""

    def _with_years(self, mentions: list[DateMention]) -> list[DateMention]:
        """The mentions; one without a year has that of its range, else the nearest one."""
        dated = [mention for mention in mentions if mention.year]
        if not dated and self.numeric:
            dated = [mention for _, mention in self.numeric]
        whole = []
        for place, mention in enumerate(mentions):
            if mention.year or not dated:
                whole.append(mention)
                continue
            partner = next(
                (
                    other
                    for other in (
                        *mentions[place + 1 : place + 2],
                        *mentions[max(0, place - 1) : place],
                    )
                    if other.year and {other.side, mention.side} == {"start", "end"}
                ),
                None,
            )
            nearest = partner or min(dated, key=lambda other: abs(other.first - mention.first))
            whole.append(replace(mention, year=nearest.year))
        return whole


def _side_in_list(order: int, number: int) -> str:
    if number == 1:
        return ""
    return "start" if order == 0 else "end" if order == number - 1 else "inside"
