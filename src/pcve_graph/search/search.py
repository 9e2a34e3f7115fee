"""Full-text search for things: by name in any spelling or script, by what is linked, by quotes."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..graph.store import SEARCH_INDEX, StoredGraph
from ..model.problems import UsageError
from ..model.text_normalization import fold
from .filters import SearchFilters, filtered_things
from .index import FIELDS
from .kinds import kinds_condition
from .ranking import RankedThing, ranked_things
from .scores import NAMING, WordMatch, WordMatcher, WordMatches
from .words import SearchWord, search_words


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that matches a search.

    `id` is what users type to refer to it: the id of a record, `list/term` for a concept. `text` is
    the text that matched best, `field` one of `FIELDS` or the property that it is stated by or
    found over, such as `location`. `score` orders the hits of one search that match the same words;
    `matches` has the best match of each word of the search that matches, `unmatched` the words that
    do not.
    """

    iri: str
    id: str
    kind: str
    label: str
    field: str
    text: str
    score: float = 0.0
    matches: tuple[WordMatch, ...] = ()
    unmatched: tuple[str, ...] = ()


class SearchIndex:
    """The search index of one saved graph, open for reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)

    def search(
        self,
        text: str,
        kinds: Collection[str] = (),
        limit: int | None = 20,
        filters: SearchFilters | None = None,
    ) -> list[Hit]:
        """The best hits for `text`, one for each thing, of `kinds` or of `filters`.

        First comes what has the text as its name, then what matches all words, in whatever fields,
        then what matches some. An empty text with filters lists what they take, by label. Raises
        UsageError for a text that is too long.
        """
        filters = filters or SearchFilters(tuple(kinds))
        if not text.strip() and filters:
            listed = sorted(self._things(filters).items(), key=lambda item: (item[1][2], item[0]))
            return [Hit(iri, *thing, "name", thing[2]) for iri, thing in listed[:limit]]
        words = search_words(text)
        if not words:
            return []
        things = self._things(filters)
        matches = [self._matcher.matches(word).among(things) for word in words]
        phrases = sorted({fold(text), " ".join(word.folded for word in words)})
        kinds_by_iri = {iri: thing[1] for iri, thing in things.items()}
        ranked = ranked_things(matches, self._names(matches), kinds_by_iri, phrases)
        ranked.sort(key=lambda thing: (thing.tier, -thing.score, things[thing.iri][2], thing.iri))
        return [_hit(thing, things[thing.iri], words) for thing in ranked[:limit]]

    def _things(self, filters: SearchFilters) -> dict[str, tuple[str, str, str]]:
        """The id, kind and label of the things that `filters` take, by IRI."""
        condition, values = kinds_condition(filters.kinds)
        rows = self.execute(f"select iri, id, kind, label from thing where {condition}", values)
        allowed = filtered_things(self.execute, filters)
        return {
            iri: (identifier, kind, label)
            for iri, identifier, kind, label in rows
            if iri not in self._redirects and (allowed is None or iri in allowed)
        }

    def _names(self, matches: Sequence[WordMatches]) -> dict[str, list[tuple[str, str]]]:
        """The fields and folded names of the things in whose own names all words match."""
        named = [
            {
                iri
                for iri, listed in word.by_iri.items()
                if any(match.field in NAMING for match in listed)
            }
            for word in matches
        ]
        iris = set.intersection(*named)
        former = [iri for iri, current in self._redirects.items() if current in iris]
        rows = self.execute(
            "select iri, field, folded from entry where field in (0, 1, 2) and iri in "
            "(select value from json_each(?))",
            [json.dumps([*sorted(iris), *former])],
        )
        names = defaultdict(list)
        for iri, field, name in rows:
            current = self._redirects.get(iri, iri)
            names[current].append((NAMING[-1] if current != iri else FIELDS[field], name))
        return names

    @cached_property
    def _redirects(self) -> dict[str, str]:
        """The IRIs of retired things, each with that of what replaces it."""
        return dict(self.execute("select iri, current from redirect", []))

    @cached_property
    def _matcher(self) -> WordMatcher:
        return WordMatcher(self.execute, self._redirects)

    def kinds(self) -> set[str]:
        """The kinds of thing in the index, and their folders and lists."""
        rows = self.execute("select distinct kind, list from thing", [])
        return {value for row in rows for value in row}

    def execute(self, text: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of an SQL SELECT. Raises UsageError if the file is damaged."""
        try:
            return self.database.execute(text, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.path} is damaged ({error}); run `pcve build`") from None


def _hit(thing: RankedThing, described: tuple[str, str, str], words: Sequence[SearchWord]) -> Hit:
    """The hit of a thing with this id, kind and label."""
    matched = {match.word for match in thing.matches}
    unmatched = dict.fromkeys(word.typed for word in words if word.typed not in matched)
    return Hit(
        thing.iri,
        *described,
        *thing.shown(),
        thing.score,
        thing.matches,
        tuple(unmatched),
    )


def saved_index(saved: StoredGraph) -> SearchIndex:
    """The search index of a saved graph. Raises UsageError if the file is damaged."""
    saved.generation.check(SEARCH_INDEX)
    return open_index(saved.folder)


def open_index(folder: Path) -> SearchIndex:
    """The search index in the folder of a saved graph. Raises UsageError if there is none."""
    path = folder / SEARCH_INDEX
    if not path.is_file():
        raise UsageError(f"there is no search index in {folder}; run `pcve build` first")
    return SearchIndex(path)
