"""What limits a search: the kinds of things, their countries, topics and years."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from ..model.problems import UsageError
from .index import FIELDS
from .relations import followed_by


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What the things of a search have: one of the kinds, countries, topics and years.

    `kinds` are classes, folders or closed lists, or `thing` for all but concepts and sources;
    `countries` and `topics` are IRIs. A thing is of a country if it is the country, or lies or
    takes place in it, by whatever place states that; of a topic if it is about it or a narrower
    one; of a year if its dates begin, end or span it. None of a group takes all.
    """

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kinds or self.countries or self.topics or self.years)


def read_year(text: object) -> int:
    """A year of four digits. Raises UsageError if it is not one."""
    if not isinstance(text, bool) and re.fullmatch(r"[1-9]\d{3}", str(text).strip(), re.ASCII):
        return int(str(text))
    raise UsageError(f"a year has four digits, such as 2018, not {str(text)[:40]!r}")


def filtered_things(
    execute: Callable[[str, list[Any]], list[tuple[Any, ...]]], filters: SearchFilters
) -> set[str] | None:
    """The IRIs of the things of the countries, topics and years; None if all are taken."""
    allowed = []
    for name, iris in (("country", filters.countries), ("topic", filters.topics)):
        if iris:
            allowed.append(_leading_to(execute, iris, followed_by(name)))
    if filters.years:
        query = " OR ".join(f'"{year}"' for year in filters.years)
        rows = execute(
            "select iri from entry where field = ? and id in "
            "(select rowid from word where word match ?)",
            [FIELDS.index("year"), query],
        )
        allowed.append({iri for (iri,) in rows})
    return set.intersection(*allowed) if allowed else None


def _leading_to(
    execute: Callable[[str, list[Any]], list[tuple[Any, ...]]],
    iris: Iterable[str],
    properties: Collection[str],
) -> set[str]:
    """The things from which these properties lead to one of `iris`, over others or at once."""
    reached: set[str] = set()
    frontier = set(iris)
    while frontier:
        reached |= frontier
        rows = execute(
            "select owner from link where target in (select value from json_each(?)) "
            "and property in (select value from json_each(?))",
            [json.dumps(sorted(frontier)), json.dumps(sorted(properties))],
        )
        frontier = {owner for (owner,) in rows} - reached
    return reached
