"""The search index of a graph, written whole or updated by what changed.

`build/search.sqlite` is derived from the saved graph alone: a row for each text of a thing (its id,
names, alternative names, descriptions, quotes), normalized, and an FTS5 index of the normalized
words. The values of parameters are resolved with the same rows. What identifies a retired
thing identifies that which replaces it, and its name is an alias of that. A kind is a class name as
a command line argument: `event`, `country` …; `concept` for the terms of closed lists, `source` for
sources.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..graph.claims import EVIDENCE_PATH
from ..graph.replaced import replacements
from ..model import namespaces
from ..model.namespaces import expand, local_name, nterm
from ..model.terms import NTerm, Term, from_iri, has_language
from ..model.text_normalization import fold
from ..syntax.sparql_results import cell_value, read_tsv_rows, solutions_of

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
