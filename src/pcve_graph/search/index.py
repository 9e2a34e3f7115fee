"""The search index of a graph, written whole or updated by what changed.

`build/search.sqlite` is derived from the saved graph alone: a row for each text of a thing (its id,
names, alternative names, descriptions, quotes, kind, years), normalized, and an FTS5 index of the
normalized words; and a row for each link from a thing to another. The names of other things, such
as its place, are not copied: a search follows the links, so that a name stands in one row and one
change of it reaches all. The values of parameters are resolved with the same rows. What identifies
a retired thing identifies that which replaces it, and its name is an alias of that. A kind is a
class name as a command line argument: `event`, `country` …; `concept` for the terms of closed
lists, `source` for sources.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ..graph.claims import EVIDENCE_PATH
from ..graph.replaced import replacements
from ..model import namespaces
from ..model.dates import date_range
from ..model.namespaces import expand, iri_key, local_name, nterm, prefixed
from ..model.terms import NTerm, from_iri, has_language
from ..model.text_normalization import fold
from ..syntax.sparql_results import cell_value, read_tsv_rows, solutions_of
from .relations import relation

FIELDS: Final = ("id", "name", "alias", "description", "quote", "kind", "year")
"""The relations of a text to its thing; the first five the most relevant first."""

_MOST_YEARS: Final = 30
"""The most years that one node is found by; of a longer span, its first and last year."""
_SCHEMA: Final = """
create table thing (iri text primary key, id text, kind text, list text, label text) without rowid;
create table entry (id integer primary key, iri text, node text, field integer, text text,
  folded text, property text);
create table link (owner text, node text, property text, target text);
create table redirect (iri text primary key, current text) without rowid;
create table same (address text, iri text, text text, primary key (address, iri)) without rowid;
create virtual table word using fts5 (folded, content='entry', content_rowid='id',
  tokenize='ascii', prefix='2 3', detail='column');
create virtual table vocabulary using fts5vocab (word, 'row');
create index thing_id on thing (id);
create index entry_folded on entry (folded, field);
create index entry_iri on entry (iri);
create index entry_node on entry (node);
create index same_iri on same (iri);
create index link_owner on link (owner);
create index link_node on link (node);
create index link_target on link (target);
"""
_NAMES: Final = set(map(nterm, namespaces.LABELS))
_ALIASES: Final = set(map(nterm, namespaces.OTHER_NAMES))
_GRAPHS: Final = ("facts", "vocabulary", "catalog")
DATE_TYPES: Final = ("xsd:date", "xsd:gYear", "xsd:gYearMonth", "edtf:EDTF")
"""The datatypes of dates."""


def _stated(pattern: str, condition: str = "") -> str:
    """A pattern of variables s, p and o in each of `_GRAPHS`, that meets a condition."""
    parts = (
        f"{{ GRAPH {from_iri(namespaces.graph_iri(graph))} {{ {pattern} }} }}" for graph in _GRAPHS
    )
    return f"{{ {' UNION '.join(parts)} {f'FILTER({condition})' if condition else ''} }}"


_QUERIES: Final = {
    "type": ("s", f"SELECT ?s ?o {_stated('?s a ?o')}"),
    "text": (
        "s",
        "SELECT ?s ?p ?o "
        + _stated("?s ?p ?o", f"LANG(?o) != '' || DATATYPE(?o) = {nterm('xsd:string')}"),
    ),
    "quote": (
        "c",
        f"SELECT ?s ?c ?o {{ ?c {nterm('rdf:subject')} ?s ; "
        f"{'/'.join(map(nterm, (*EVIDENCE_PATH, 'oa:exact')))} ?o }}",
    ),
    "date": (
        "s",
        "SELECT ?s ?p ?o "
        + _stated("?s ?p ?o", f"DATATYPE(?o) IN ({', '.join(map(nterm, DATE_TYPES))})"),
    ),
    "same": (
        "s",
        "SELECT ?s ?o "
        + _stated(
            "?s ?p ?o",
            f"ISIRI(?o) && ?p IN ({', '.join(map(nterm, namespaces.SAME_THINGS))})",
        ),
    ),
    "link": (
        "s",
        "SELECT ?s ?p ?o "
        + _stated("?s ?p ?o", f'ISIRI(?o) && STRSTARTS(STR(?o), "{namespaces.BASE}")'),
    ),
}
"""The queries that the index is made of, each with the variable for the node that states it."""


def write_index(store: ox.Store, path: Path) -> None:
    """Write the index of all texts of `store` to `path`, in an order that is always the same."""
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript("pragma journal_mode=off; pragma synchronous=off;" + _SCHEMA)
    _insert(database, {name: _rows(store, name, None) for name in _QUERIES})
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
        database.execute("delete from link where node = ?", [iri])
        database.execute("delete from thing where iri = ?", [iri])
        database.execute("delete from same where iri = ?", [iri])
    rows: dict[str, list[list[str]]] = {name: [] for name in _QUERIES}
    for iri in changed:
        for name in _QUERIES:
            rows[name] += _rows(store, name, ox.NamedNode(iri))
    _insert(database, rows)
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
        affected.update(
            node for (node,) in database.execute("select node from link where owner = ?", [iri])
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


def _rows(store: ox.Store, name: str, node: ox.NamedNode | None) -> list[list[str]]:
    """The rows of one of `_QUERIES`, of `node` or of all, unordered, each term in its TSV form."""
    variable, text = _QUERIES[name]
    answer = store.query(
        text,
        use_default_graph_as_union=name == "quote",
        substitutions={ox.Variable(variable): node} if node else None,
    )
    written = solutions_of(answer).serialize(format=ox.QueryResultsFormat.TSV)
    return read_tsv_rows(written or b"")


def _insert(database: sqlite3.Connection, rows: dict[str, list[list[str]]]) -> None:
    """Insert the things, entries and links of the rows of `_QUERIES`."""
    names_by_node: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for node, predicate, text in rows["text"]:
        if predicate in _NAMES:
            names_by_node[node].append((not has_language(NTerm(text), "en"), cell_value(text)))
    things = set()
    entries = set()
    for node, kind in rows["type"]:
        if thing := _thing(cell_value(node), cell_value(kind)):
            iri, identifier, kind_name = thing[:3]
            label = min(names_by_node.get(node, [(True, identifier)]))[1]
            things.add((*thing, label))
            entries.add((iri, iri, FIELDS.index("id"), identifier, ""))
            entries.add((iri, iri, FIELDS.index("kind"), kind_name.replace("-", " "), ""))
    database.executemany("insert or replace into thing values (?, ?, ?, ?, ?)", sorted(things))
    owner_of = cache(partial(_owner, database))
    for subject, node, field, text, name in _texts(rows):
        if owner := owner_of(cell_value(subject)):
            entries.add((owner, cell_value(node), FIELDS.index(field), text, name))
    last = database.execute("select coalesce(max(id), 0) from entry").fetchone()[0]
    lines = [
        (last + number, *entry[:4], fold(entry[3]), entry[4])
        for number, entry in enumerate(sorted(entries), 1)
    ]
    database.executemany("insert into entry values (?, ?, ?, ?, ?, ?, ?)", lines)
    words = [(number, folded) for number, *_, folded, _ in lines]
    database.executemany("insert into word (rowid, folded) values (?, ?)", words)
    links = {
        (owner, cell_value(node), name, target)
        for node, predicate, value in rows["link"]
        if relation(name := prefixed(cell_value(predicate))).weight
        and _thing(target := cell_value(value), "")
        and (owner := owner_of(cell_value(node)))
        and owner != target
    }
    database.executemany("insert into link values (?, ?, ?, ?)", sorted(links))
    _insert_same(database, rows["same"])


def _insert_same(database: sqlite3.Connection, rows: list[list[str]]) -> None:
    """Add the IRIs of the same things in other collections, each by its address."""
    same = ((cell_value(node), cell_value(address)) for node, address in rows)
    lines = {(iri_key(address), iri, address) for iri, address in same}
    database.executemany("insert or ignore into same values (?, ?, ?)", sorted(lines))


def _texts(rows: dict[str, list[list[str]]]) -> Iterator[tuple[str, str, str, str, str]]:
    """What things are found by: subject, node, field, text, and the property of a description."""
    for node, predicate, text in rows["text"]:
        name = prefixed(cell_value(predicate))
        if predicate in _NAMES or predicate in _ALIASES:
            yield node, node, "name" if predicate in _NAMES else "alias", cell_value(text), ""
        elif relation(name).weight:
            yield node, node, "description", cell_value(text), name
    for subject, claim, text in rows["quote"]:
        yield subject, claim, "quote", cell_value(text), ""
    dates_by_node: dict[str, list[str]] = defaultdict(list)
    for node, predicate, text in rows["date"]:
        if relation(prefixed(cell_value(predicate))).weight:
            dates_by_node[node].append(cell_value(text))
    for node, dates in dates_by_node.items():
        if years := _years(dates):
            yield node, node, "year", years, ""


def _years(dates: Iterable[str]) -> str:
    """The years from the first to the last of these dates, separated by spaces."""
    ranges = [days for text in dates if (days := date_range(text))]
    sides = [day.year for days in ranges for day in (days.first, days.last) if day]
    if not sides:
        return ""
    first, last = min(sides), max(sides)
    years = range(first, last + 1) if last - first < _MOST_YEARS else (first, last)
    return " ".join(map(str, years))


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
