"""Full-text search for things by name, in any spelling or script, and by quotes from sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ..graph.store import SEARCH_INDEX, StoredGraph
from ..model.problems import UsageError
from ..model.text_normalization import fold
from .spelling import nearest_words

FIELDS: Final = ("id", "name", "alias", "description", "quote")
"""The relations of a text to its thing, the most relevant first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that matches a search: `text` is the text that matched, `field` one of `FIELDS`.

    `id` is what users type to refer to it: the id of a record, `list/term` for a concept.
    """

    iri: str
    id: str
    kind: str
    label: str
    field: str
    text: str


class SearchIndex:
    """The search index of one saved graph, open for reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)

    def named(self, text: str, kinds: Collection[str] = ()) -> list[Hit]:
        """The things that `text` identifies, by the first that matches of IRI, id, name and alias.

        `kinds` are classes, folders or closed lists, or `thing` for all but concepts and sources;
        all without any. More than one hit means that several things share the name.
        """
        by_iri = self.hits("entry.iri = ? and field = 0", [text], kinds)
        ids = [text, *(f"{kind}/{text}" for kind in kinds)]
        marks = _placeholders(ids)
        where = f"folded in ({marks}) and field = 0 and text in ({marks})"
        tiers = [by_iri, self.hits(where, [*map(fold, ids), *ids], kinds)]
        by_name = self.hits("folded = ? and field in (1, 2)", [fold(text)], kinds)
        tiers += [[hit for hit in by_name if hit.field == field] for field in FIELDS[1:3]]
        hits = next((tier for tier in tiers if tier), [])
        return list({hit.iri: hit for hit in hits}.values())

    def search(self, text: str, kinds: Collection[str] = (), limit: int | None = 20) -> list[Hit]:
        """The best hits for `text`, one for each thing: exact names first, quotes last.

        The order is: exact id or name, exact alias, prefix of a name, prefix of an alias, all words
        in a name, all words in an alias, all words with spelling errors, description, quote.
        """
        words = fold(text).split()
        if not words:
            return []
        hits = self._word_hits([[word] for word in words], kinds)
        ranked = [(self._rank(hit, words), hit) for hit in hits]
        if not any(rank[0] < 6 for rank, _ in ranked):
            near = self._word_hits([self._spellings(word) for word in words], kinds)
            near_ranks = [self._rank(hit, words) for hit in near]
            ranked += [
                ((max(rank[0], 6), *rank[1:]), hit)
                for rank, hit in zip(near_ranks, near, strict=True)
            ]
        best: dict[str, tuple[tuple[int, int, str, str], Hit]] = {}
        for rank, hit in sorted(ranked, key=lambda pair: (pair[0], pair[1].iri)):
            best.setdefault(hit.iri, (rank, hit))
        return [hit for _, hit in best.values()][:limit]

    def nearest(self, text: str, kinds: Collection[str] = (), limit: int = 3) -> list[Hit]:
        """The things whose names are most similar to `text`, for a hint."""
        from rapidfuzz import fuzz

        words = fold(text).split()
        if not words:
            return []
        wider = [[word, *self._spellings(word)] for word in words]
        hits = [hit for hit in self._word_hits(wider, kinds) if hit.field in FIELDS[:3]]
        hits.sort(key=lambda hit: (-fuzz.ratio(fold(hit.text), " ".join(words)), hit.iri))
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.iri, hit)
        return list(best.values())[:limit]

    def examples(self, kinds: Collection[str], limit: int = 3) -> list[Hit]:
        """The first things of `kinds` in the order of their labels."""
        where = "field = 1 order by thing.label, thing.iri"
        return list({hit.iri: hit for hit in self.hits(where, [], kinds)}.values())[:limit]

    def kinds(self) -> set[str]:
        """The kinds of thing in the index, and their folders and lists."""
        rows = self._execute("select distinct kind, list from thing", [])
        return {value for row in rows for value in row}

    def _word_hits(self, words: list[list[str]], kinds: Collection[str]) -> list[Hit]:
        """The texts that have, for each list, a word that starts with one of its items."""
        query = " AND ".join(
            "(" + " OR ".join(f'"{spelling}"*' for spelling in spellings) + ")"
            for spellings in words
        )
        where = "entry.id in (select rowid from word where word match ?)"
        return self.hits(where, [query], kinds)

    def hits(self, where: str, values: list[Any], kinds: Collection[str]) -> list[Hit]:
        """The hits for the texts of `kinds` that an SQL condition with `values` selects."""
        condition = (
            f"(kind in ({_placeholders(kinds)}) or list in ({_placeholders(kinds)})) and"
            if kinds
            else ""
        )
        if "thing" in kinds:
            condition = "kind not in ('concept', 'source') and"
            kinds = ()
        field = "case when redirect.iri is not null and field = 1 then 2 else field end"
        text = (
            f"select thing.iri, thing.id, kind, label, {field}, text from entry "
            "left join redirect on redirect.iri = entry.iri "
            "join thing on thing.iri = coalesce(redirect.current, entry.iri) "
            f"where {condition} {where}"
        )
        rows = self._execute(text, [*kinds, *kinds, *values])
        return [
            Hit(iri, identifier, kind, label, FIELDS[field], matched)
            for iri, identifier, kind, label, field, matched in rows
        ]

    def _execute(self, text: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of an SQL SELECT. Raises UsageError if the file is damaged."""
        try:
            return self.database.execute(text, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.path} is damaged ({error}); run `pcve build`") from None

    def _rank(self, hit: Hit, words: list[str]) -> tuple[int, int, str, str]:
        """A sort key, best first: the tier of `search`, the length of the text, label, text."""
        folded, query = fold(hit.text), " ".join(words)
        is_alias = hit.field == "alias"
        if hit.field in ("description", "quote"):
            tier = 7 if hit.field == "description" else 8
        elif folded == query:
            tier = 1 if is_alias else 0
        elif f"{folded} ".startswith(f"{query} ") or folded.startswith(query):
            tier = 3 if is_alias else 2
        else:
            tier = 5 if is_alias else 4
        return tier, len(folded), hit.label, hit.text

    def _spellings(self, word: str) -> list[str]:
        """The indexed words nearest to `word`; the word itself if there are none."""
        terms = self._execute("select term from vocabulary", [])
        return nearest_words(word, [term for (term,) in terms]) or [word]


def _placeholders(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


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
