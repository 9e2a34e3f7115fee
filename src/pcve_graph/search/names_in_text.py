"""The names in the search index that may stand in a longer text, such as a question."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from ..model.text_normalization import fold
from .kinds import kinds_condition
from .names import MATCHES, NamedThing, name_entries
from .search import SearchIndex

_MOST_ENTRIES: Final = 2_000
"""Names that are compared with a text."""
_THINGS: Final = kinds_condition(("thing",))[0]


def things_named(index: SearchIndex, texts: Iterable[str]) -> dict[str, tuple[NamedThing, ...]]:
    """The things whose id, name or other name is one of the folded `texts`, by that text.

    For each those of the first way of naming that has any; no concepts or sources.
    """
    where = "folded in (select value from json_each(?)) and field in (0, 1, 2)"
    things_by_text: dict[str, list[NamedThing]] = {}
    for thing in name_entries(index, f"{where} and {_THINGS}", [json.dumps(sorted(set(texts)))]):
        things_by_text.setdefault(fold(thing.text), []).append(thing)
    return {text: _best_matched(things) for text, things in sorted(things_by_text.items())}


def things_with_words(index: SearchIndex, beginnings: Collection[str]) -> list[NamedThing]:
    """A thing for each id, name and other name of it that has a word that begins so.

    At most as many as are compared with a text, those with most of the words; no concepts or
    sources.
    """
    if not beginnings:
        return []
    words = " OR ".join(f'"{word}"*' for word in sorted(beginnings))
    where = (
        "entry.id in (select rowid from word where word match ? order by rank "
        f"limit {_MOST_ENTRIES}) and field in (0, 1, 2)"
    )
    things = name_entries(index, f"{where} and {_THINGS}", [words])
    return sorted(things, key=lambda thing: (thing.iri, _place(thing), thing.text))


def names_of(index: SearchIndex, kinds: Collection[str]) -> list[NamedThing]:
    """A thing of `kinds` for each name and other name of it, by thing and text."""
    condition, values = kinds_condition(kinds)
    things = name_entries(index, f"field in (1, 2) and {condition}", values)
    return sorted(things, key=lambda thing: (thing.iri, thing.text))


def _place(thing: NamedThing) -> int:
    return MATCHES.index(thing.matched)


def _best_matched(things: list[NamedThing]) -> tuple[NamedThing, ...]:
    """The things of the first way of naming that has any, each once."""
    best = min(map(_place, things))
    listed = sorted(things, key=lambda thing: thing.iri)
    return tuple({thing.iri: thing for thing in listed if _place(thing) == best}.values())
