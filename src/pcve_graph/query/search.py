"""Full-text search for things by name, in any spelling or script, and by quotes from sources.

`build/search.sqlite` is derived from the saved graph alone: a row for each text of a thing (its id,
names, alternative names, descriptions, quotes), normalized, and an FTS5 index of the normalized
words. The values of parameters are resolved with the same rows. What identifies a retired
thing identifies that which replaces it, and its name is an alias of that. A kind is a class name as
a command line argument: `event`, `country` …; `concept` for the terms of closed lists, `source` for
sources.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from ..graph.claims import EVIDENCE_PATH
from ..graph.replaced import replacements
from ..graph.store import SEARCH_INDEX, StoredGraph
from ..model import namespaces
from ..model.namespaces import expand, local_name, nterm
from ..model.problems import UsageError
from ..model.terms import NTerm, Term, from_iri, has_language
from ..model.text_normalization import fold
from ..syntax.sparql_results import cell_value, read_tsv_rows, solutions_of

FIELDS: Final = ("id", "name", "alias", "description", "quote")
"""The relations of a text to its thing, the most relevant first."""

_SCHEMA: Final = """
create table thing (iri text primary key, id text, kind text, list text, label text) without rowid;
create table entry (id integer primary key, iri text, node text, field integer, text text,
  folded text);
create table redirect (iri text primary key, current text) without rowid;
create virtual table word using fts5 (folded, content='entry', content_rowid='id',
  tokenize='ascii', prefix='2 3', detail='column');
create virtual table vocabulary using fts5vocab (word, 'row');
create index thing_id on thing (id);
create index entry_folded on entry (folded, field);
create index entry_iri on entry (iri);
create index entry_node on entry (node);
"""
_MOST_ENTRIES: Final = 2_000
"""Texts that are compared with a question."""
_MOST_VALUES: Final = 500
"""Values in one SQL statement."""
_NAMES: Final = set(map(nterm, namespaces.LABELS))
_ALIASES: Final = set(
    map(nterm, ("skos:altLabel", "skos:hiddenLabel", "schema:name", "dcterms:identifier"))
)
_GRAPHS: Final = ("facts", "vocabulary", "catalog")
_TYPES: Final = " UNION ".join(
    f"{{ GRAPH {from_iri(namespaces.graph_iri(graph))} {{ ?s a ?o }} }}" for graph in _GRAPHS
)
_ANY: Final = _TYPES.replace("?s a ?o", "?s ?p ?o")
_TYPED: Final = f"SELECT ?s ?o {{ {_TYPES} }}"
_TEXTS: Final = (
    f"SELECT ?s ?p ?o {{ {_ANY} FILTER(LANG(?o) != '' || DATATYPE(?o) = {nterm('xsd:string')}) }}"
)
_QUOTES: Final = (
    f"SELECT ?s ?c ?o {{ ?c {nterm('rdf:subject')} ?s ; "
    f"{'/'.join(map(nterm, (*EVIDENCE_PATH, 'oa:exact')))} ?o }}"
)


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


def write_index(store: ox.Store, path: Path) -> None:
    """Write the index of all texts of `store` to `path`, in an order that is always the same."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript("pragma journal_mode=off; pragma synchronous=off;" + _SCHEMA)
    _insert(database, _rows(store, _TYPED, {}), _rows(store, _TEXTS, {}), _rows(store, _QUOTES, {}))
    _insert_redirects(database, store)
    database.commit()
    database.close()


def update_index(path: Path, store: ox.Store, subjects: Iterable[str]) -> None:
    """Update the index at `path` after nodes of `store` were added, changed or removed.

    `subjects` are the IRIs of all nodes whose triples differ: things, nodes within them, claims.
    The rows are the same as those of `write_index`, in another order.
    """
    database = sqlite3.connect(path)
    database.execute("pragma synchronous=off")
    changed = sorted(_affected(database, store, set(subjects)))
    for iri in changed:
        entries = database.execute("select id, folded from entry where node = ?", [iri]).fetchall()
        removal = "insert into word (word, rowid, folded) values ('delete', ?, ?)"
        database.executemany(removal, entries)
        database.execute("delete from entry where node = ?", [iri])
        database.execute("delete from thing where iri = ?", [iri])
    rows_by_query: list[list[list[str]]] = [[], [], []]
    for iri in changed:
        node = ox.NamedNode(iri)
        rows_by_query[0] += _rows(store, _TYPED, {"s": node})
        rows_by_query[1] += _rows(store, _TEXTS, {"s": node})
        rows_by_query[2] += _rows(store, _QUOTES, {"c": node})
    _insert(database, *rows_by_query)
    _insert_redirects(database, store)
    database.commit()
    database.close()


def _affected(database: sqlite3.Connection, store: ox.Store, changed: set[str]) -> set[str]:
    """The nodes whose rows may differ: the changed ones, the nodes within them, and claims."""
    affected = set(changed)
    for iri in changed:
        affected.update(
            node for (node,) in database.execute("select node from entry where iri = ?", [iri])
        )
        for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
            if (
                isinstance(quad.object, ox.NamedNode)
                and f"/{local_name(iri)}/" in quad.object.value
            ):
                affected.add(quad.object.value)
    for name in (*reversed(EVIDENCE_PATH), "rdf:subject"):
        key = ox.NamedNode(expand(name))
        for iri in list(affected):
            for quad in store.quads_for_pattern(None, key, ox.NamedNode(iri), None):
                affected.add(str(getattr(quad.subject, "value", "")))
    return affected


def _rows(store: ox.Store, text: str, bindings: dict[str, Term]) -> list[list[str]]:
    """The rows of a SELECT with `bindings`, unordered, each term in its TSV form."""
    union = text is _QUOTES
    terms = {ox.Variable(name): term for name, term in bindings.items()}
    solutions = solutions_of(
        store.query(text, use_default_graph_as_union=union, substitutions=terms or None)
    )
    return read_tsv_rows(solutions.serialize(format=ox.QueryResultsFormat.TSV) or b"")


def _insert(
    database: sqlite3.Connection,
    types: list[list[str]],
    texts: list[list[str]],
    quotes: list[list[str]],
) -> None:
    names_by_node: dict[str, list[tuple[bool, str]]] = {}
    for node, predicate, text in texts:
        if predicate in _NAMES:
            names_by_node.setdefault(node, []).append(
                (not has_language(NTerm(text), "en"), cell_value(text))
            )
    things = set()
    entries = set()
    for node, kind in types:
        if thing := _thing(cell_value(node), cell_value(kind)):
            iri, identifier = thing[:2]
            label = min(names_by_node.get(node, [(True, identifier)]))[1]
            things.add((*thing, label))
            entries.add((iri, iri, 0, identifier))
    database.executemany("insert or replace into thing values (?, ?, ?, ?, ?)", sorted(things))
    owner_of = cache(partial(_owner, database))
    for node, predicate, text in texts:
        field = 1 if predicate in _NAMES else 2 if predicate in _ALIASES else 3
        if owner := owner_of(cell_value(node)):
            entries.add((owner, cell_value(node), field, cell_value(text)))
    for subject, claim, text in quotes:
        if owner := owner_of(cell_value(subject)):
            entries.add((owner, cell_value(claim), 4, cell_value(text)))
    last = database.execute("select coalesce(max(id), 0) from entry").fetchone()[0]
    lines = [(last + n, *entry, fold(entry[3])) for n, entry in enumerate(sorted(entries), 1)]
    database.executemany("insert into entry values (?, ?, ?, ?, ?, ?)", lines)
    words = [(number, folded) for number, *_, folded in lines]
    database.executemany("insert into word (rowid, folded) values (?, ?)", words)


def _insert_redirects(database: sqlite3.Connection, store: ox.Store) -> None:
    """Lead each retired thing to what replaces it, unless that is no thing of the index."""
    database.execute("delete from redirect")
    database.executemany("insert into redirect values (?, ?)", sorted(replacements(store).items()))
    database.execute("delete from redirect where current not in (select iri from thing)")


def _thing(iri: str, kind: str) -> tuple[str, str, str, str] | None:
    """(IRI, id, kind, list or folder) of a thing; None for a node within a thing."""
    match iri.removeprefix(namespaces.BASE).split("/"):
        case ["id", folder, identifier]:
            return iri, identifier, namespaces.kebab_case(local_name(kind)), folder
        case ["vocab", scheme, term]:
            return iri, f"{scheme}/{term}", "concept", scheme
        case ["source", identifier]:
            return iri, identifier, "source", "source"
    return None


def _owner(database: sqlite3.Connection, iri: str) -> str | None:
    """The thing that a node is or belongs to; the IRI of a node within a thing has its id."""
    parts = iri.removeprefix(namespaces.BASE).split("/")
    nested = parts[0] == "id" and len(parts) > 3
    key, value = ("id", parts[2]) if nested else ("iri", iri)
    row = database.execute(f"select iri from thing where {key} = ?", [value]).fetchone()
    return str(row[0]) if row else None


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
        by_iri = self._hits("entry.iri = ? and field = 0", [text], kinds)
        ids = [text, *(f"{kind}/{text}" for kind in kinds)]
        marks = _placeholders(ids)
        where = f"folded in ({marks}) and field = 0 and text in ({marks})"
        tiers = [by_iri, self._hits(where, [*map(fold, ids), *ids], kinds)]
        by_name = self._hits("folded = ? and field in (1, 2)", [fold(text)], kinds)
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
        return list({hit.iri: hit for hit in self._hits(where, [], kinds)}.values())[:limit]

    def things_named(self, texts: Iterable[str]) -> dict[str, tuple[Hit, ...]]:
        """The things whose id, name or alias is one of the folded `texts`, by that text.

        For each the hits of the best field alone, as `named` has them; no concepts or sources.
        """
        listed = sorted(set(texts))
        hits_by_text: dict[str, list[Hit]] = {}
        for start in range(0, len(listed), _MOST_VALUES):
            part = listed[start : start + _MOST_VALUES]
            where = f"folded in ({_placeholders(part)}) and field in (0, 1, 2)"
            for hit in self._hits(where, part, ("thing",)):
                hits_by_text.setdefault(fold(hit.text), []).append(hit)
        return {text: _best_field(hits) for text, hits in sorted(hits_by_text.items())}

    def with_words(self, beginnings: Collection[str]) -> list[Hit]:
        """A hit for each id, name and alias that has a word that begins so, most such words first.

        At most as many as a search may compare; no concepts, no sources.
        """
        if not beginnings:
            return []
        words = " OR ".join(f'"{word}"*' for word in sorted(beginnings))
        where = "entry.id in (select rowid from word where word match ? order by rank limit ?)"
        hits = self._hits(f"{where} and field in (0, 1, 2)", [words, _MOST_ENTRIES], ("thing",))
        return sorted(hits, key=lambda hit: (hit.iri, FIELDS.index(hit.field), hit.text))

    def names_of(self, kinds: Collection[str]) -> list[Hit]:
        """A hit for each name and alias of the things of `kinds`, by thing and text."""
        hits = self._hits("field in (1, 2)", [], kinds)
        return sorted(hits, key=lambda hit: (hit.iri, hit.text))

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
        return self._hits(where, [query], kinds)

    def _hits(self, where: str, values: list[Any], kinds: Collection[str]) -> list[Hit]:
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
        """The indexed words nearest to `word`: one edit away, two for words of eight letters on."""
        from rapidfuzz import process
        from rapidfuzz.distance import DamerauLevenshtein

        distance = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        terms = self._execute(
            "select term from vocabulary where length(term) between ? and ?",
            [len(word) - distance, len(word) + distance],
        )
        near = process.extract(
            word,
            [term for (term,) in terms],
            scorer=DamerauLevenshtein.distance,
            score_cutoff=distance,
            limit=8,
        )
        return [term for term, *_ in near] or [word]


def _best_field(hits: list[Hit]) -> tuple[Hit, ...]:
    """The hits of the first of FIELDS that has any, one for each thing."""
    best = min((hit.field for hit in hits), key=FIELDS.index)
    return tuple({hit.iri: hit for hit in hits if hit.field == best}.values())


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
