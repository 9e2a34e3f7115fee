"""The methods of `KnowledgeGraph` that look names up, and list the terms that names stand for."""

from __future__ import annotations

from collections.abc import Collection
from typing import overload

from ..analysis.closed_lists import ClosedList, ListTerm, closed_lists, terms_of_list
from ..model.calls import names_checked
from ..query.parameters import read_kinds
from ..search.names import NamedThing, named_thing
from .arguments import check_type, texts
from .opened_graph import OpenedGraph


class Names(OpenedGraph):
    """Names of things, and the terms of closed lists."""

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
