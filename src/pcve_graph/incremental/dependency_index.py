"""What the saved graph was made of: what each record added, and what it depends on.

`build/index.sqlite` is a cache beside the graph: from it a later build sees what a change can touch
without reading the rest. It is written with the graph and never edited; without it, or with one of
another version, everything is read again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from ..model.namespaces import BASE
from ..model.problems import Position, Result
from ..records.duplicates import COMMON, Named
from ..records.record_graph import Sheet

FILE: Final = "index.sqlite"
VERSION: Final = "1"
_TABLES: Final = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sheet (number INTEGER PRIMARY KEY, owner TEXT UNIQUE, path, verified, cited);
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


class Index:
    """The tables: in memory, or in a file that lasts only when the change is saved."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    @classmethod
    def create(cls) -> Index:
        """A new index in memory, with empty tables."""
        index = cls(sqlite3.connect(":memory:"))
        index.db.executescript(_TABLES)
        index.put("version", VERSION)
        return index

    @classmethod
    def read(cls, path: Path) -> Index | None:
        """The index in a file, to read in; None where there is none of this version."""
        if not path.is_file():
            return None
        name = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        index = cls(sqlite3.connect(name, uri=True))
        try:
            return index if index.get("version") == VERSION else None
        except sqlite3.DatabaseError:
            return None

    @classmethod
    def edit(cls, path: Path) -> Index:
        """The index in a file of one's own, to be changed; `close` makes it whole."""
        index = cls(sqlite3.connect(path))
        index.db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        return index

    def close(self) -> None:
        """Let the file hold all that was changed, and close it."""
        self.db.commit()
        self.db.close()

    def save(self, path: Path) -> None:
        """Write an index in memory to a file."""
        self.db.commit()
        path.write_bytes(self.db.serialize())

    def get(self, key: str) -> str:
        """A remark on the whole; empty where there is none."""
        row = self.db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def put(self, key: str, value: str) -> None:
        """Write a remark on the whole."""
        self.db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def add_sheets(self, sheets: Iterable[Sheet]) -> None:
        """Add what records and sources give, of whom nothing is here."""
        (last,) = self.db.execute("SELECT COALESCE(MAX(number), 0) FROM sheet").fetchone()
        numbered = list(enumerate(sheets, last + 1))
        rows = [(n, sheet.owner, sheet.path, sheet.verified, sheet.cited) for n, sheet in numbered]
        self.db.executemany("INSERT INTO sheet VALUES (?, ?, ?, ?, ?)", rows)
        owns = ((_short(subject), n) for n, sheet in numbered for subject in sheet.subjects)
        self.db.executemany("INSERT INTO owns VALUES (?, ?)", owns)
        needs = ((need, n) for n, sheet in numbered for need in sheet.needs)
        self.db.executemany("INSERT INTO needs VALUES (?, ?)", needs)

    def remove_sheets(self, owners: Iterable[str]) -> None:
        """Remove what these owners gave."""
        for owner in owners:
            row = self.db.execute("SELECT number FROM sheet WHERE owner = ?", (owner,)).fetchone()
            for table in ("owns", "needs") if row else ():
                self.db.execute(f"DELETE FROM {table} WHERE sheet = ?", row)
            self.db.execute("DELETE FROM sheet WHERE owner = ?", (owner,))

    def owners(self, paths: Iterable[str]) -> set[str]:
        """The owners of what these files hold."""
        return self._each("SELECT owner FROM sheet WHERE path = ?", paths)

    def paths(self, owners: Iterable[str]) -> set[str]:
        """The files of these owners."""
        return self._each("SELECT path FROM sheet WHERE owner = ?", owners)

    def subjects(self, owners: Iterable[str]) -> set[str]:
        """What these owners speak of."""
        select = "SELECT subject FROM owns JOIN sheet ON number = sheet WHERE owner = ?"
        return {_whole(subject) for subject in self._each(select, owners)}

    def owners_of(self, subject: str) -> set[str]:
        """Who speaks of this subject."""
        select = "SELECT owner FROM owns JOIN sheet ON number = sheet WHERE subject = ?"
        return self._each(select, [_short(subject)])

    def sources(self) -> set[str]:
        """The owners that are sources."""
        return self._each("SELECT owner FROM sheet WHERE owner GLOB ?", ["source/*"])

    def needing(self, needs: Iterable[str]) -> set[str]:
        """The owners whose lines depend on any of these."""
        select = "SELECT owner FROM needs JOIN sheet ON number = sheet WHERE need = ?"
        return self._each(select, needs)

    def counts(self, owners: Iterable[str]) -> Iterator[tuple[str, int, int]]:
        """Of these owners, how many claims each has with and without a checked quote."""
        select = "SELECT owner, verified, cited FROM sheet WHERE owner = ?"
        for owner in owners:
            yield from self.db.execute(select, (owner,))

    def ids(self) -> set[str]:
        """The last segments of the IRIs of all things, what lies inside records included."""
        rows = self.db.execute("SELECT DISTINCT subject FROM owns WHERE subject GLOB 'id/*'")
        return {subject[:-1].rsplit("/", 1)[-1] for (subject,) in rows}

    def things(self) -> Iterator[str]:
        """The ids of all records."""
        return (identifier for (identifier,) in self.db.execute("SELECT id FROM thing"))

    def iri(self, identifier: str) -> str | None:
        """The IRI of a record, by its id."""
        row = self.db.execute("SELECT iri FROM thing WHERE id = ?", (identifier,)).fetchone()
        return row[0] if row else None

    def add_things(self, things: Iterable[tuple[str, Named]]) -> None:
        """Add things with their IRIs and names, of which none is here."""
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
        """Remove things and the names that nothing else has."""
        for identifier in ids:
            names = self._each("SELECT folded FROM name WHERE id = ?", [identifier])
            self.db.execute("DELETE FROM thing WHERE id = ?", (identifier,))
            self.db.execute("DELETE FROM name WHERE id = ?", (identifier,))
            for folded in names - self._each("SELECT folded FROM name WHERE folded = ?", names):
                rows = ((word, folded) for word in set(folded.split()))
                self.db.executemany("DELETE FROM word WHERE word = ? AND folded = ?", rows)

    def thing(self, identifier: str) -> Named | None:
        """The thing of this id, with its names."""
        row = self.db.execute("SELECT * FROM thing WHERE id = ?", (identifier,)).fetchone()
        if row is None:
            return None
        _, _, family, names, lines, replaced, *place = row
        return Named(
            identifier,
            family,
            tuple(json.loads(names)),
            Position(*place),
            frozenset(json.loads(lines)),
            replaced,
        )

    def is_common(self, word: str) -> bool:
        """Whether more names have a word than make it a ground for comparing two of them."""
        return self.sharers(word) > COMMON

    def sharers(self, word: str) -> int:
        """The number of names that have a word."""
        count = "SELECT COUNT(*) FROM word WHERE word = ?"
        return int(self.db.execute(count, (word,)).fetchone()[0])

    def having_name(self, folded: str) -> set[str]:
        """The ids of the things of this name, folded."""
        return self._each("SELECT id FROM name WHERE folded = ?", [folded])

    def having_word(self, word: str) -> set[str]:
        """The ids of the things that have this word in a name."""
        return self._each("SELECT id FROM word JOIN name USING (folded) WHERE word = ?", [word])

    def pairs(self) -> dict[tuple[str, str], str]:
        """The ids of likely duplicates, and why they are."""
        rows = self.db.execute("SELECT one, two, reason FROM pair ORDER BY one, two")
        return {(first, two): why for first, two, why in rows}

    def set_pairs(self, pairs: dict[tuple[str, str], str]) -> None:
        """Replace all likely duplicates."""
        self.db.execute("DELETE FROM pair")
        rows = ((*pair, why) for pair, why in pairs.items())
        self.db.executemany("INSERT INTO pair VALUES (?, ?, ?)", rows)

    def results(self) -> tuple[Result, ...]:
        """What shapes and checks found that was no error, sorted."""
        rows = self.db.execute("SELECT found FROM result")
        return tuple(sorted(Result(*json.loads(content)) for (content,) in rows))

    def set_results(self, results: Iterable[Result]) -> None:
        """Replace all results."""
        self.db.execute("DELETE FROM result")
        rows = {(json.dumps(astuple(result)),) for result in results}
        self.db.executemany("INSERT INTO result VALUES (?)", rows)

    def dump(self) -> Iterator[tuple[Any, ...]]:
        """All but stamps and numbers, sorted: the same content gives the same rows."""
        yield from self.db.execute("SELECT owner, path, verified, cited FROM sheet ORDER BY owner")
        for table, key in (("owns", "subject"), ("needs", "need")):
            yield from self.db.execute(
                f"SELECT {key}, owner FROM {table} JOIN sheet ON number = sheet ORDER BY 1, 2"
            )
        for table in ("thing", "name", "word", "pair", "result"):
            yield from sorted(self.db.execute(f"SELECT * FROM {table}"))

    def _each(self, select: str, keys: Iterable[str]) -> set[str]:
        return {value for key in keys for (value,) in self.db.execute(select, (key,))}


def _short(subject: str) -> str:
    """A subject of ours without the beginning that all of them have."""
    return subject.removeprefix(f"<{BASE}")


def _whole(short: str) -> str:
    return short if short.startswith("<") else f"<{BASE}{short}"
