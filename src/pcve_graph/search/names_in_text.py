"""The names in the search index that may stand in a longer text, such as a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from ..model.text_normalization import fold
from .search import FIELDS, Hit, SearchIndex

_MOST_ENTRIES: Final = 2_000
"""Names that are compared with a text."""
_MOST_VALUES: Final = 500
"""Values in one SQL statement."""
_NAMES: Final = "field in (0, 1, 2)"
"""The condition of an id, name or alias."""


def things_named(index: SearchIndex, texts: Iterable[str]) -> dict[str, tuple[Hit, ...]]:
    """The things whose id, name or alias is one of the folded `texts`, by that text.

    For each the hits of the best field alone, as `named` has them; no concepts or sources.
    """
    listed = sorted(set(texts))
    hits_by_text: dict[str, list[Hit]] = {}
    for start in range(0, len(listed), _MOST_VALUES):
        part = listed[start : start + _MOST_VALUES]
        where = f"folded in ({', '.join('?' * len(part))}) and {_NAMES}"
        for hit in index.hits(where, part, ("thing",)):
            hits_by_text.setdefault(fold(hit.text), []).append(hit)
    return {text: _best_field(hits) for text, hits in sorted(hits_by_text.items())}


def things_with_words(index: SearchIndex, beginnings: Collection[str]) -> list[Hit]:
    """A hit for each id, name and alias that has a word that begins so; no concepts or sources.

    At most as many as are compared with a text, those with most of the words.
    """
    if not beginnings:
        return []
    words = " OR ".join(f'"{word}"*' for word in sorted(beginnings))
    where = "entry.id in (select rowid from word where word match ? order by rank limit ?)"
    hits = index.hits(f"{where} and {_NAMES}", [words, _MOST_ENTRIES], ("thing",))
    return sorted(hits, key=lambda hit: (hit.iri, FIELDS.index(hit.field), hit.text))


def names_of(index: SearchIndex, kinds: Collection[str]) -> list[Hit]:
    """A hit for each name and alias of the things of `kinds`, by thing and text."""
    hits = index.hits("field in (1, 2)", [], kinds)
    return sorted(hits, key=lambda hit: (hit.iri, hit.text))


def _best_field(hits: list[Hit]) -> tuple[Hit, ...]:
    """The hits of the first of FIELDS that has any, one for each thing."""
    best = min((hit.field for hit in hits), key=FIELDS.index)
    return tuple({hit.iri: hit for hit in hits if hit.field == best}.values())
