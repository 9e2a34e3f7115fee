"""What the saved graph was built from: what each record added, and what it depends on.

`build/index.sqlite` is a cache next to the graph, from which a later build determines what a change
affects without reading the rest. It is written with the graph and never edited; if it is missing or
has another version, everything is read again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, Final

from ..model.namespaces import BASE
from ..model.problems import Position, ShaclResult
from ..model.terms import Iri, NTerm, RecordId, iri_start, is_iri
from ..records.cited import CitedRecord
from ..records.duplicates import COMMON_WORD, NamedRecord
from ..records.record_graph import OwnerCounts, RecordGraph

INDEX_FILE: Final = "index.sqlite"
VERSION: Final = "5"
FIGURES: Final = "figures"
"""The property with the counts behind the figures of the graph, if the project has bounds."""

_BASE: Final = iri_start(BASE)
_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sheet (number INTEGER PRIMARY KEY, owner TEXT UNIQUE, path, verified,
  fingerprinted, not_stated, cited, quoted, unassigned, line, digest);
CREATE INDEX sheet_path ON sheet (path);
CREATE TABLE owns (subject TEXT, sheet INTEGER, PRIMARY KEY (subject, sheet)) WITHOUT ROWID;
CREATE INDEX owns_sheet ON owns (sheet);
CREATE TABLE needs (need TEXT, sheet INTEGER, PRIMARY KEY (need, sheet)) WITHOUT ROWID;
CREATE INDEX needs_sheet ON needs (sheet);
CREATE TABLE thing (id TEXT PRIMARY KEY, iri, family, names, lines, replaced, path, line, column)
WITHOUT ROWID;
CREATE TABLE name (folded TEXT, id TEXT, PRIMARY KEY (folded, id)) WITHOUT ROWID;
CREATE INDEX name_id ON name (id);
CREATE TABLE word (word TEXT, folded TEXT, PRIMARY KEY (word, folded)) WITHOUT ROWID;
CREATE TABLE pair (one TEXT, two TEXT, reason, PRIMARY KEY (one, two)) WITHOUT ROWID;
CREATE TABLE result (found TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_COUNTS: Final = "verified, fingerprinted, not_stated, cited, quoted, unassigned"
"""The columns of the counts, as in `OwnerCounts`."""


class DependencyIndex:
    """The tables, in memory or in a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    @classmethod
    def create(cls) -> DependencyIndex:
        """A new index in memory, with empty tables."""
        index = cls(sqlite3.connect(":memory:"))
        index.db.executescript(_TABLES)
        index.put("version", VERSION)
        return index

    @classmethod
    def read(cls, path: Path) -> DependencyIndex | None:
        """The index in a file, read-only; None if there is none of this version."""
        if not path.is_file():
            return None
        name = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        index = cls(sqlite3.connect(name, uri=True))
        try:
            return index if index.get("version") == VERSION else None
        except sqlite3.DatabaseError:
            return None

    @classmethod
    def edit(cls, path: Path) -> DependencyIndex:
        """The index in a file, for changes; no other process may use it until `close`."""
        index = cls(sqlite3.connect(path))
        index.db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        return index

    def close(self) -> None:
        """Commit all changes to the file, and close it."""
        self.db.commit()
        self.db.close()

    def save(self, path: Path) -> None:
        """Write an index in memory to a file."""
        self.db.commit()
        path.write_bytes(self.db.serialize())

    def get(self, key: str) -> str:
        """The value of a property of the index; empty if it is not set."""
        row = self.db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def put(self, key: str, value: str) -> None:
        """Set a property of the index."""
        self.db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def add_sheets(self, sheets: Iterable[RecordGraph]) -> None:
        """Add the sheets of records and sources that have none in the index."""
        (last,) = self.db.execute("SELECT COALESCE(MAX(number), 0) FROM sheet").fetchone()
        numbered = list(enumerate(sheets, last + 1))
        rows = [
            (n, sheet.owner, sheet.path, *sheet.counts[1:], sheet.line, sheet.digest)
            for n, sheet in numbered
        ]
        self.db.executemany("INSERT INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        owns = ((_short(subject), n) for n, sheet in numbered for subject in sheet.subjects)
        self.db.executemany("INSERT INTO owns VALUES (?, ?)", owns)
        needs = ((need, n) for n, sheet in numbered for need in sheet.needs)
        self.db.executemany("INSERT INTO needs VALUES (?, ?)", needs)

    def remove_sheets(self, owners: Iterable[str]) -> None:
        """Remove the sheets of these owners."""
        for owner in owners:
            row = self.db.execute("SELECT number FROM sheet WHERE owner = ?", (owner,)).fetchone()
            for table in ("owns", "needs") if row else ():
                self.db.execute(f"DELETE FROM {table} WHERE sheet = ?", row)
            self.db.execute("DELETE FROM sheet WHERE owner = ?", (owner,))

    def owners(self, paths: Iterable[str]) -> set[str]:
        """The owners of the sheets from these files."""
        return self._values("SELECT owner FROM sheet WHERE path = ?", paths)

    def paths(self, owners: Iterable[str]) -> set[str]:
        """The files of these owners."""
        return self._values("SELECT path FROM sheet WHERE owner = ?", owners)

    def subjects(self, owners: Iterable[str]) -> set[NTerm]:
        """The subjects of the statements of these owners, as N-Triples terms."""
        select = "SELECT subject FROM owns JOIN sheet ON number = sheet WHERE owner = ?"
        return {_full(subject) for subject in self._values(select, owners)}

    def owners_of(self, subject: NTerm) -> set[str]:
        """The owners that make statements about this subject."""
        select = "SELECT owner FROM owns JOIN sheet ON number = sheet WHERE subject = ?"
        return self._values(select, [_short(subject)])

    def sources(self) -> set[str]:
        """The owners that are sources."""
        return self._values("SELECT owner FROM sheet WHERE owner GLOB ?", ["source/*"])

    def texts_of(self, owners: Iterable[str]) -> set[str]:
        """The names of the held texts of these sources."""
        select = "SELECT need FROM needs JOIN sheet ON number = sheet WHERE owner = ?"
        needs = self._values(f"{select} AND need GLOB 'text/*'", owners)
        return {need.removeprefix("text/") for need in needs}

    def owners_needing(self, needs: Iterable[str]) -> set[str]:
        """The owners whose lines depend on any of these."""
        select = "SELECT owner FROM needs JOIN sheet ON number = sheet WHERE need = ?"
        return self._values(select, needs)

    def counts(self, owners: Iterable[str]) -> Iterator[OwnerCounts]:
        """The counts of these owners, as `RecordGraph.counts`."""
        select = f"SELECT owner, {_COUNTS} FROM sheet WHERE owner = ?"
        for owner in owners:
            yield from self.db.execute(select, (owner,))

    def cited_records(self) -> Iterator[CitedRecord]:
        """The records with the numbers of their cited facts, by id."""
        select = (
            "SELECT owner, path, line, cited, verified + fingerprinted + cited, digest FROM sheet"
        )
        rows = self.db.execute(f"{select} WHERE owner GLOB 'record/*' ORDER BY owner")
        for owner, path, line, cited, facts, digest in rows:
            identifier = owner.removeprefix("record/")
            yield CitedRecord(identifier, Position(path, line), cited, facts, digest)

    def most_verified(self) -> str:
        """The id of the record with most claims with a verified quote; empty without records."""
        select = "SELECT owner FROM sheet WHERE owner GLOB 'record/*'"
        order = "ORDER BY verified DESC, cited DESC, owner LIMIT 1"
        row = self.db.execute(f"{select} {order}").fetchone()
        return row[0].partition("/")[2] if row else ""

    def ids(self) -> dict[str, str]:
        """The local names of all things, those nested in records included, with their segments."""
        rows = self.db.execute("SELECT DISTINCT subject FROM owns WHERE subject GLOB 'id/*'")
        parts = (subject[:-1].split("/") for (subject,) in rows)
        return {names[-1]: names[1] for names in parts}

    def things(self) -> Iterator[RecordId]:
        """The ids of all records."""
        return (identifier for (identifier,) in self.db.execute("SELECT id FROM thing"))

    def iri(self, identifier: RecordId) -> Iri | None:
        """The IRI of a record by its id; None if there is no such record."""
        row = self.db.execute("SELECT iri FROM thing WHERE id = ?", (identifier,)).fetchone()
        return row[0] if row else None

    def add_things(self, things: Iterable[tuple[Iri, NamedRecord]]) -> None:
        """Add things that the index does not have, each with its IRI and names."""
        named = list(things)
        rows = [
            (
                thing.id,
                iri,
                thing.family,
                json.dumps(thing.names),
                json.dumps(sorted(thing.lines)),
                thing.replaced_by,
                *thing.position,
            )
            for iri, thing in named
        ]
        self.db.executemany(f"INSERT INTO thing VALUES ({', '.join('?' * 9)})", rows)
        folded = [(name, thing.id) for _, thing in named for name in thing.folded]
        self.db.executemany("INSERT INTO name VALUES (?, ?)", folded)
        words = ((word, name) for name, _ in folded for word in set(name.split()))
        self.db.executemany("INSERT OR IGNORE INTO word VALUES (?, ?)", words)

    def remove_things(self, ids: Iterable[str]) -> None:
        """Remove things, and the names that no other thing has."""
        for identifier in ids:
            names = self._values("SELECT folded FROM name WHERE id = ?", [identifier])
            self.db.execute("DELETE FROM thing WHERE id = ?", (identifier,))
            self.db.execute("DELETE FROM name WHERE id = ?", (identifier,))
            for folded in names - self._values("SELECT folded FROM name WHERE folded = ?", names):
                rows = ((word, folded) for word in set(folded.split()))
                self.db.executemany("DELETE FROM word WHERE word = ? AND folded = ?", rows)

    def thing(self, identifier: str) -> NamedRecord | None:
        """The thing of this id with its names; None if there is no such thing."""
        row = self.db.execute("SELECT * FROM thing WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            return None
        _, _, family, names, lines, replaced, *place = row
        return NamedRecord(
            identifier,
            family,
            tuple(json.loads(names)),
            Position(*place),
            frozenset(json.loads(lines)),
            replaced,
        )

    def is_common(self, word: str) -> bool:
        """Whether too many names have this word for it to suggest that two of them are alike."""
        return self.count_names_with(word) > COMMON_WORD

    def count_names_with(self, word: str) -> int:
        """The number of names that contain this word."""
        count = "SELECT COUNT(*) FROM word WHERE word = ?"
        return int(self.db.execute(count, (word,)).fetchone()[0])

    def ids_with_name(self, folded: str) -> set[str]:
        """The ids of the things that have this name, in folded form."""
        return self._values("SELECT id FROM name WHERE folded = ?", [folded])

    def ids_with_word(self, word: str) -> set[str]:
        """The ids of the things with a name that contains this word."""
        return self._values("SELECT id FROM word JOIN name USING (folded) WHERE word = ?", [word])

    def pairs(self) -> dict[tuple[str, str], str]:
        """The pairs of ids of likely duplicates, each with the reason."""
        rows = self.db.execute("SELECT one, two, reason FROM pair ORDER BY one, two")
        return {(first, two): why for first, two, why in rows}

    def set_pairs(self, pairs: dict[tuple[str, str], str]) -> None:
        """Replace all pairs of likely duplicates."""
        self.db.execute("DELETE FROM pair")
        rows = ((*pair, why) for pair, why in pairs.items())
        self.db.executemany("INSERT INTO pair VALUES (?, ?, ?)", rows)

    def results(self) -> tuple[ShaclResult, ...]:
        """The results of shapes and checks that are not errors, sorted."""
        rows = self.db.execute("SELECT found FROM result")
        return tuple(sorted(_result(json.loads(content)) for (content,) in rows))

    def set_results(self, results: Iterable[ShaclResult]) -> None:
        """Replace all results; their details are not stored."""
        self.db.execute("DELETE FROM result")
        rows = {(json.dumps(astuple(replace(result, details=()))),) for result in results}
        self.db.executemany("INSERT INTO result VALUES (?)", rows)

    def dump(self) -> Iterator[tuple[object, ...]]:
        """All rows without stamps and row numbers, sorted: equal content gives equal rows."""
        yield from self.db.execute(
            f"SELECT owner, path, {_COUNTS}, line, digest FROM sheet ORDER BY owner"
        )
        for table, key in (("owns", "subject"), ("needs", "need")):
            yield from self.db.execute(
                f"SELECT {key}, owner FROM {table} JOIN sheet ON number = sheet ORDER BY 1, 2"
            )
        for table in ("thing", "name", "word", "pair", "result"):
            yield from sorted(self.db.execute(f"SELECT * FROM {table}"))

    def _values(self, select: str, keys: Iterable[str]) -> set[str]:
        return {value for key in keys for (value,) in self.db.execute(select, (key,))}


def _short(subject: NTerm) -> str:
    """A subject without the base IRI, if it begins with that."""
    return subject.removeprefix(_BASE)


def _full(short: str) -> NTerm:
    return NTerm(short if is_iri(short) else _BASE + short)


def _result(values: list[Any]) -> ShaclResult:
    """The result whose fields are `values`, with lists in place of tuples."""
    result = ShaclResult(*values)
    return replace(result, messages=tuple(result.messages), details=())
