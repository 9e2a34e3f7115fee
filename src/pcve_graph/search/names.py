"""The one way to name a thing or term, for every command, parameter and method that takes one.

A name is, in this order: an IRI (of this graph, or of the same thing in another collection, full or
prefixed), an id (alone, or after its folder, class or list and a slash), a name, or another name: a
former or longer one, a code, an acronym, in any language and script; or a form of a country's name
in `country_names.tsv`. The first of these that matches anything decides, the title of a source
after all others. Nothing is guessed: a name of several things, or of none, is an error that
lists what may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..model.namespaces import BASE, PREFIXES, iri_key
from ..model.problems import UsageError
from ..model.text_normalization import fold
from ..model.visible import has_surrogate
from .country_names import country_names
from .kinds import kinds_condition
from .search import SearchIndex

MATCHES: Final = ("id", "name", "other name")
"""How a text names its thing, by the field of the entry in the index."""

_SUGGESTED: Final = 3
_LIKENESS: Final = 70
"""The least likeness of a name that is suggested, of 100."""

_CANDIDATES: Final = 10
"""The most things that a message about an ambiguous name lists."""

_WIKIDATA: Final = {"wd": "http://www.wikidata.org/entity/"}
"""Prefixes of other collections that users write, beside those of the graph."""

_IRI: Final = re.compile(r"<?([A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|^`\\]+)>?")
_ARTICLE: Final = re.compile(r"the\s+(?=\S)", re.IGNORECASE)
_COUNTRY: Final = "country"
_PREFIXED: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*):([^\s/:]+)")


@dataclass(frozen=True, slots=True)
class NamedThing:
    """The thing or term that a text names.

    `id` is what users type: that of a record or source, or `list/term`. `kind` is the class as a
    command line argument, `concept` for a term, `source` for a source. `matched` is how the text
    names it: `iri`, `same as`, `id`, `name` or `other name`; `text` is what is recorded there.
    `retired` is the IRI of the retired record that the text names, where `iri` replaces it.
    """

    iri: str
    id: str
    kind: str
    label: str
    matched: str
    text: str
    retired: str = ""

    @property
    def named_iri(self) -> str:
        """The IRI of what the text names itself, be it retired or not."""
        return self.retired or self.iri


def named_thing(
    index: SearchIndex,
    text: str,
    kinds: Collection[str] = (),
    allowed: Collection[str] = (),
) -> NamedThing:
    """The thing that `text` names among those of `kinds`.

    `kinds` are classes, folders or closed lists, or `thing` for all but concepts and sources; all
    without any. `allowed` are the ids or terms that are taken, all without any. Raises UsageError
    with the candidates where the text names several things, and with those of similar names where
    it names none.
    """
    if has_surrogate(text):
        raise UsageError(f"{text!r} names nothing: it contains an unpaired surrogate")
    things = [thing for thing in named_things(index, text, kinds) if _is_allowed(thing, allowed)]
    if len(things) == 1:
        return things[0]
    if things:
        more = len(things) - _CANDIDATES
        lines = _lines(things[:_CANDIDATES]) + (f"\n    and {more:,} more" if more > 0 else "")
        raise UsageError(f"{text!r} is ambiguous; use one of these ids:\n{lines}")
    raise UsageError(_no_match(index, text, kinds, allowed))


def named_things(index: SearchIndex, text: str, kinds: Collection[str] = ()) -> list[NamedThing]:
    """All things of `kinds` that `text` names, by the first way of naming that matches any.

    `the` at the beginning of a name makes no difference. A source often has the title of what it
    is about: the title names it only where the text names no record, term or country.
    """
    typed = text.strip()
    titled: list[NamedThing] = []
    for reading in dict.fromkeys((typed, _ARTICLE.sub("", typed))):
        for matches in (*_matches(index, reading, kinds), _countries(index, reading, kinds)):
            things = _unique(matches)
            if records := [thing for thing in things if thing.kind != "source"]:
                return records
            if things and things[0].matched not in MATCHES[1:]:
                return things
            titled = titled or things
    return titled


def _unique(things: Iterable[NamedThing]) -> list[NamedThing]:
    """The things, each once, those that are named by no retired record first."""
    by_iri: dict[str, NamedThing] = {}
    for thing in sorted(things, key=lambda thing: (thing.retired, thing.iri, thing.text)):
        by_iri.setdefault(thing.iri, thing)
    return list(by_iri.values())


def similar_things(
    index: SearchIndex, text: str, kinds: Collection[str] = (), allowed: Collection[str] = ()
) -> list[NamedThing]:
    """Up to three things of `kinds` whose names are like `text`, the most like first.

    Where names of anything have all of several words, they are no slips: only these are like it.
    """
    from rapidfuzz import fuzz, process

    condition, values = kinds_condition(kinds)
    entries = name_entries(index, f"field in (0, 1, 2) and {condition}", values)
    entries = [entry for entry in entries if _is_allowed(entry, allowed)]
    words = {*fold(text).split()}
    is_literal = len(words) > 1 and _is_in_a_name(index, words)
    if is_literal:
        entries = [entry for entry in entries if words <= {*fold(entry.text).split()}]
    best = process.extract(
        fold(text),
        [fold(_last_part(entry)) for entry in entries],
        scorer=fuzz.token_set_ratio if is_literal else fuzz.token_sort_ratio,
        score_cutoff=_LIKENESS,
        limit=20,
    )
    ranked = sorted((-score, entries[place].iri, place) for _, score, place in best)
    things = {iri: entries[place] for _, iri, place in reversed(ranked)}
    return [things[iri] for iri in dict.fromkeys(iri for _, iri, _ in ranked)][:_SUGGESTED]


def _is_in_a_name(index: SearchIndex, words: Collection[str]) -> bool:
    """Whether all of these folded words stand in one name of a record or term."""
    match = " ".join(f'"{word}"' for word in sorted(words))
    where = (
        "entry.id in (select rowid from word where word match ?) and field in (1, 2) "
        "and kind != 'source'"
    )
    return bool(name_entries(index, where, [match]))


def _last_part(entry: NamedThing) -> str:
    """The text of an entry; of the id of a term, the term."""
    return entry.text.rpartition("/")[2] if entry.matched == "id" else entry.text


def _matches(index: SearchIndex, text: str, kinds: Collection[str]) -> Iterator[list[NamedThing]]:
    """The entries of the index that `text` matches, for one way of naming after the other."""
    condition, values = kinds_condition(kinds)
    if addresses := [iri_key(address) for address in _addresses(text)]:
        marks = ", ".join("?" * len(addresses))
        own = [BASE + address.removeprefix(f"{iri_key(BASE)}/") for address in addresses]
        where = f"entry.iri in ({marks}) and field = 0 and {condition}"
        entries = name_entries(index, where, [*own, *values])
        yield [replace(entry, matched="iri", text=text) for entry in entries]
        where = f"address in ({marks}) and {condition}"
        yield name_entries(index, where, [*addresses, *values], "same", "'same as', text")
    folder, slash, term = text.replace(":", "/", 1).rpartition("/")
    ids = {spelling for word in (text, folder + slash + term) for spelling in (word, word.lower())}
    yield _with_ids(index, ids, kinds)
    if slash:
        inside = "iri in (select iri from thing where kind = ? or list = ?)"
        where = f"folded = ? and field in (0, 1, 2) and thing.{inside} and {condition}"
        entries = name_entries(index, where, [fold(term), folder, folder, *values])
        yield [entry for entry in entries if entry.matched != "id" or entry.text == term.lower()]
    else:
        yield _with_ids(index, {f"{scheme}/{text.lower()}" for scheme in _lists(index)}, kinds)
    if folded := fold(text):
        for field in ("field = 1 and redirect.iri is null", "field in (1, 2)"):
            yield name_entries(index, f"folded = ? and {field} and {condition}", [folded, *values])


def _with_ids(index: SearchIndex, ids: Collection[str], kinds: Collection[str]) -> list[NamedThing]:
    condition, values = kinds_condition(kinds)
    marks = ", ".join("?" * len(ids))
    where = f"folded in ({marks}) and field = 0 and text in ({marks}) and {condition}"
    return name_entries(index, where, [*map(fold, ids), *ids, *values])


def _countries(index: SearchIndex, text: str, kinds: Collection[str]) -> list[NamedThing]:
    """The countries of which `text` is a form that is no fact of the graph: Srbije, FYR Macedonia.

    None where `kinds` do not take countries.
    """
    condition, values = kinds_condition(kinds)
    where = f"folded = ? and field = 1 and kind = ? and {condition}"
    return [
        country
        for name in country_names().get(fold(text), ())
        for country in name_entries(index, where, [fold(name), _COUNTRY, *values])
    ]


def _lists(index: SearchIndex) -> list[str]:
    """The closed lists of the graph."""
    rows = index.execute("select distinct list from thing where kind = 'concept'", [])
    return [str(scheme) for (scheme,) in rows]


def name_entries(
    index: SearchIndex,
    condition: str,
    values: list[str],
    table: str = "entry",
    columns: str = "field, text",
) -> list[NamedThing]:
    """The rows of a table of the index that meet a condition of SQL, each as what it names."""
    rows = index.execute(
        f"select thing.iri, thing.id, kind, label, {table}.iri, {columns} from {table} "
        f"left join redirect on redirect.iri = {table}.iri "
        f"join thing on thing.iri = coalesce(redirect.current, {table}.iri) where {condition}",
        values,
    )
    return [
        NamedThing(
            iri,
            identifier,
            kind,
            label,
            matched=how if isinstance(how, str) else MATCHES[how],
            text=text,
            retired=entry_iri if entry_iri != iri else "",
        )
        for iri, identifier, kind, label, entry_iri, how, text in rows
    ]


def _addresses(text: str) -> Iterator[str]:
    """The IRIs that `text` may be."""
    if match := _IRI.fullmatch(text):
        yield match[1]
    elif match := _PREFIXED.fullmatch(text):
        space = {**PREFIXES, **_WIKIDATA}.get(match[1])
        if space:
            yield space + match[2]
    elif text.startswith(iri_key(BASE).removeprefix("//")):
        yield f"https://{text}"


def _is_allowed(thing: NamedThing, allowed: Collection[str]) -> bool:
    return not allowed or bool({thing.id, thing.id.rpartition("/")[2]} & {*allowed})


def _no_match(
    index: SearchIndex, text: str, kinds: Collection[str], allowed: Collection[str]
) -> str:
    """The message where `text` names nothing of `kinds`."""
    expected = " or ".join(kinds) or "thing"
    message = f"no {expected} matches {text!r}; "
    if kinds and not allowed and (others := named_things(index, text)[:_SUGGESTED]):
        return f"{message}it names:\n{_lines(others)}"
    if similar := similar_things(index, text, kinds, allowed):
        return f"{message}did you mean:\n{_lines(similar)}"
    if allowed:
        return f"{message}it takes one of {len(allowed):,} values: {', '.join([*allowed][:8])}"
    if lists := [kind for kind in kinds if kind in _lists(index)]:
        return message + " and ".join(f"`pcve terms {name}`" for name in lists) + " lists them"
    return f"{message}`pcve search` finds things by words about them"


def _lines(things: Iterable[NamedThing]) -> str:
    return "\n".join(f"    {thing.id}  {thing.label} ({thing.kind})" for thing in things)
