"""Which properties lead a search from a thing to the names of others, and how much those count.

`relations.tsv` lists them. The names of a value count as its property says; the words of what the
value is linked to are passed on through some properties: those of the country of a place, of the
programme of a project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from .packaged import packaged_rows

UNLISTED: Final = 0.25
"""The weight of a property that the file does not list."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a property counts in a search.

    `weight` is from 0 (not at all) to 1 (as a name of the thing itself). `passes_on` is set if the
    words that find a value find the thing too, `filter` to the filter that follows the property:
    country, topic, or none.
    """

    weight: float = UNLISTED
    passes_on: bool = False
    filter: str = ""


@cache
def relations() -> dict[str, Relation]:
    """The listed properties, by prefixed name."""
    return {
        name: Relation(float(weight), passes_on == "yes", followed)
        for name, weight, passes_on, followed in packaged_rows("relations.tsv")
    }


def relation(name: str) -> Relation:
    """What the property of this prefixed name counts."""
    return relations().get(name, Relation())


def followed_by(filter_name: str) -> tuple[str, ...]:
    """The properties that the filter `country` or `topic` follows, sorted."""
    listed = relations().items()
    return tuple(sorted(name for name, row in listed if row.filter == filter_name))
