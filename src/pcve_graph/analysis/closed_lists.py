"""The closed lists of a graph and their terms, for `pcve terms` and `KnowledgeGraph.terms`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyoxigraph as ox

from ..model.languages import LANGUAGE_TAG, canonical_tag
from ..model.namespaces import BASE, nterm
from ..model.problems import OptionError, UsageError
from ..model.suggest import did_you_mean
from ..model.words import quantity
from ..query.access import ReadableGraph
from ..query.execute import ResultTable
from .tables import ReportTable

_LABEL, _MEANING, _BROADER, _SCHEME = map(
    nterm, ("skos:prefLabel", "skos:definition", "skos:broader", "skos:inScheme")
)
_LISTS: Final = (
    f"SELECT ?node ?key ?value {{ ?node a {nterm('skos:ConceptScheme')} ; ?key ?value "
    f"FILTER(?key IN ({_LABEL}, {_MEANING})) }}"
)
_TERMS: Final = (
    f"SELECT ?node ?key ?value {{ ?node a {nterm('skos:Concept')} ; ?key ?value "
    f"FILTER(?key IN ({_LABEL}, {_MEANING}, {_BROADER}, {_SCHEME})) }}"
)
_VOCABULARY: Final = f"{BASE}vocab/"
_Facts: TypeAlias = dict[str, "list[ox.NamedNode | ox.Literal]"]


@dataclass(frozen=True, slots=True)
class ClosedList:
    """A closed list: its id, what it is for, and the number of its terms."""

    id: str
    iri: str
    definition: str
    size: int


@dataclass(frozen=True, slots=True)
class ListTerm:
    """A term of a closed list: `id` is `list/term`, `broader` that of the next wider term, or "".

    `language` is the tag of the label: English where the term has none in the language asked for.
    `depth` is the number of wider terms above it.
    """

    id: str
    iri: str
    label: str
    language: str
    definition: str
    broader: str
    depth: int


def closed_lists(graph: ReadableGraph) -> tuple[ClosedList, ...]:
    """The closed lists of a graph, by id."""
    sizes: dict[str, int] = defaultdict(int)
    for facts in _read(graph, _TERMS).values():
        for scheme in facts.get(_SCHEME, ()):
            sizes[scheme.value] += 1
    return tuple(
        ClosedList(_short(iri), iri, _text(facts, _MEANING, "en")[0], sizes[iri])
        for iri, facts in sorted(_read(graph, _LISTS).items())
    )


def terms_of_list(graph: ReadableGraph, name: str, language: str = "en") -> tuple[ListTerm, ...]:
    """The terms of the closed list `name`, each after the next wider one, siblings by label.

    Labels and definitions are in `language` (a tag such as `sq`) where the term has them in it,
    else in English. Raises UsageError, with the nearest, for an unknown list, and for a text that
    is not a language tag.
    """
    if not LANGUAGE_TAG.fullmatch(language):
        raise OptionError(
            "--lang takes a language tag such as sq or sr-Latn, not {tag!r}", tag=language
        )
    iris = {_short(iri): iri for iri in _read(graph, _LISTS)}
    if name not in iris:
        hint = did_you_mean(name, iris) or "the lists are " + ", ".join(iris)
        raise UsageError(f"there is no list {name!r}; {hint}")
    facts_by_term = {
        iri: facts
        for iri, facts in _read(graph, _TERMS).items()
        if any(scheme.value == iris[name] for scheme in facts.get(_SCHEME, ()))
    }
    narrower: dict[str, list[str]] = defaultdict(list)
    for iri, facts in facts_by_term.items():
        wider = [node.value for node in facts.get(_BROADER, ()) if node.value in facts_by_term]
        narrower[min(wider, default="")].append(iri)
    return tuple(_tree(facts_by_term, narrower, language))


def lists_table(lists: tuple[ClosedList, ...]) -> ReportTable:
    """The closed lists with the number of terms and what each is for."""
    rows = tuple((entry.id, entry.size, entry.definition) for entry in lists)
    return ReportTable("Closed lists", ("list", "terms", "what for"), rows)


def terms_table(name: str, terms: tuple[ListTerm, ...], language: str, form: str) -> ReportTable:
    """The terms of a list; as text a tree, in other formats with the wider term of each."""
    lacking = sum(not _is_in(term.language, language) for term in terms)
    notes: tuple[str, ...] = ()
    if lacking:
        which = f"{lacking:,} of {quantity(len(terms), 'term')}"
        have = "has" if lacking == 1 else "have"
        notes = (f"{which} {have} no label in {language}; the label shown is in English.",)
    if form == "text":
        indented = tuple(
            (f"{'· ' * term.depth}{term.id}", term.label, term.definition) for term in terms
        )
        return ReportTable(f"Terms of {name}", ("term", "label", "definition"), indented, notes)
    rows = tuple(
        (term.id, term.label, term.language, term.broader, term.definition) for term in terms
    )
    columns = ("term", "label", "language", "broader", "definition")
    return ReportTable(f"Terms of {name}", columns, rows, notes)


def _tree(
    facts_by_term: Mapping[str, _Facts], narrower: Mapping[str, list[str]], language: str
) -> Iterator[ListTerm]:
    waiting = _narrower_terms(facts_by_term, narrower, language, None)
    while waiting:
        term = waiting.pop()
        yield term
        waiting += _narrower_terms(facts_by_term, narrower, language, term)


def _narrower_terms(
    facts_by_term: Mapping[str, _Facts],
    narrower: Mapping[str, list[str]],
    language: str,
    wider: ListTerm | None,
) -> list[ListTerm]:
    """The terms next below `wider`, or those without a wider term, the last by label first."""
    terms = []
    for iri in narrower.get(wider.iri if wider else "", ()):
        label, tag = _text(facts_by_term[iri], _LABEL, language)
        meaning, _ = _text(facts_by_term[iri], _MEANING, language)
        above, depth = (wider.id, wider.depth + 1) if wider else ("", 0)
        terms.append(ListTerm(_short(iri), iri, label, tag, meaning, above, depth))
    return sorted(terms, key=lambda term: (term.label.casefold(), term.id), reverse=True)


def _read(graph: ReadableGraph, text: str) -> dict[str, _Facts]:
    """The values of the nodes that a query asks for, by node and property."""
    answer = graph.ask(text, {}, "terms")
    values: dict[str, _Facts] = {}
    for node, key, value in answer.rows if isinstance(answer, ResultTable) else ():
        if isinstance(node, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            values.setdefault(node.value, {}).setdefault(str(key), []).append(value)
    return values


def _text(facts: _Facts, key: str, language: str) -> tuple[str, str]:
    """The text of a property in a language, or one of its varieties, else in English; its tag."""
    texts = sorted(
        (value.language or "", value.value)
        for value in facts.get(key, ())
        if isinstance(value, ox.Literal)
    )
    for matches in (_is_exactly, _is_in):
        for tag, text in texts:
            if matches(tag, language):
                return text, canonical_tag(tag)
    return _text(facts, key, "en") if language != "en" else ("", "en")


def _is_exactly(tag: str, language: str) -> bool:
    return tag.lower() == language.lower()


def _is_in(tag: str, language: str) -> bool:
    """Whether a tag is of the same language, whatever the script or country."""
    return tag.lower().partition("-")[0] == language.lower().partition("-")[0]


def _short(iri: str) -> str:
    return iri.removeprefix(_VOCABULARY)
