"""The methods of `KnowledgeGraph` that find things by words and by name, and list terms."""

from __future__ import annotations

from collections.abc import Collection
from typing import overload

from ..analysis.closed_lists import ClosedList, ListTerm, closed_lists, terms_of_list
from ..model.calls import names_checked
from ..model.limits import read_count
from ..query.parameters import read_kinds
from ..query.search_filters import read_filters
from ..search.names import NamedThing, named_thing
from ..search.search import Hit
from .arguments import check_type, texts
from .opened_graph import OpenedGraph


class Names(OpenedGraph):
    """Searches, names of things, and the terms of closed lists."""

    @names_checked
    def search(
        self,
        text: str = "",
        *,
        kind: str | Collection[str] = (),
        country: str | Collection[str] = (),
        topic: str | Collection[str] = (),
        year: int | str | Collection[int | str] = (),
        limit: int = 20,
    ) -> list[Hit]:
        """The entities that match `text`, best first, each with its score and why it matches.

        First comes what has the text as its name, then what matches all words, in whatever fields,
        then what matches some: `hit.matches` says where, `hit.unmatched` which words are missing.
        `kind` such as `event`, `country`, `topic` and `year` limit the search, each to one or
        several; without a text, all that they take is listed by label. `limit` is the largest
        number of hits, 0 for all. Raises UsageError for a text of over 1,000 characters or 32
        words, an unknown kind, country or topic, with the nearest, and for what is no year.

        >>> kg.search("workshop prosecutors Tirana")[0].id  # doctest: +SKIP
        'rcc-ws-prosecutors-2018'
        """
        if text != "":
            check_type("text", text, str)
        index, largest = self._graph.search_index(), read_count(limit, "limit") or None
        years = (year,) if isinstance(year, int | str) else tuple(year)
        filters = read_filters(
            index, texts("kind", kind), texts("country", country), texts("topic", topic), years
        )
        return index.search(text, limit=largest, filters=filters)

    @names_checked
    def name(self, text: str, kind: str | Collection[str] | None = None) -> NamedThing:
        """The entity, source or term that `text` names, as every other method looks it up.

        It is an id, an IRI (of this graph, or of the same thing elsewhere), a code such as `XK`,
        `list/term`, or any name in any language and script; `kind` such as `country`, or several.
        Raises UsageError with the candidates where it names several things or none.

        >>> kg.name("Crna Gora", kind="country").id  # doctest: +SKIP
        'montenegro'
        """
        check_type("text", text, str)
        index = self._graph.index()
        return named_thing(
            index, text, read_kinds(texts("kind", () if kind is None else kind), index)
        )

    @overload
    def terms(self, list: None = None, *, lang: str = "en") -> tuple[ClosedList, ...]: ...

    @overload
    def terms(self, list: str, *, lang: str = "en") -> tuple[ListTerm, ...]: ...

    @names_checked
    def terms(
        self,
        list: str | None = None,  # noqa: A002
        *,
        lang: str = "en",
    ) -> tuple[ClosedList, ...] | tuple[ListTerm, ...]:
        """The closed lists, or the terms of the one with the id `list`, each below its wider one.

        The labels and definitions of terms are in the language with the tag `lang` where they have
        them, else in English; `language` of a term says which. Raises UsageError for an unknown
        list, with the nearest, and for a text that is no language tag.

        >>> [term.id for term in kg.terms("ending")]  # doctest: +SKIP
        ['ending/as-planned', 'ending/ended-early', 'ending/extended']
        """
        check_type("lang", lang, str)
        if list is None:
            return closed_lists(self._graph)
        check_type("list", list, str)
        return terms_of_list(self._graph, list, lang)
