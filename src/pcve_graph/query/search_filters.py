"""The filters of a search, as users give them: kinds, countries, topics and years."""

from __future__ import annotations

from collections.abc import Collection

from ..search.filters import SearchFilters, read_year
from ..search.names import named_thing
from ..search.search import SearchIndex
from .parameters import read_kinds


def read_filters(
    index: SearchIndex,
    kinds: Collection[str] = (),
    countries: Collection[str] = (),
    topics: Collection[str] = (),
    years: Collection[object] = (),
) -> SearchFilters:
    """The filters with these kinds, names of countries and topics, and years.

    Raises UsageError, with what may be meant, for a kind, country or topic that the graph lacks,
    and for what is no year.
    """
    return SearchFilters(
        read_kinds(kinds, index),
        tuple(named_thing(index, name, ("country",)).iri for name in countries),
        tuple(named_thing(index, name, ("topic",)).iri for name in topics),
        tuple(map(read_year, years)),
    )
