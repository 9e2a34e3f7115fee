"""What can be wrong, and how it is told: where, what was found, which rule, how to mend it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from .visible import one_line

RULES: dict[str, str] = {
    "alias": "a value is written out where it stands; anchors, aliases and tags are not used",
    "check-query": "a file of queries/checks is a SELECT of ?subject and ?problem",
    "checksum": "a held text is the file whose SHA-256 the source states",
    "control-character": "text has no control characters but tabs and line ends, no bidirectional "
    "overrides, and closes each embedding",
    "duplicate": "one thing has one record; of a pair of like names, a curator decides once",
    "duplicate-id": "an id is used once in the whole of data/records, and once in data/sources",
    "duplicate-key": "a key stands once in its mapping",
    "empty-value": "a key has a value; what the source does not say is left out",
    "encoding": "a file is text in UTF-8, without NUL bytes",
    "file-name": "a file of one record is named by its id, with .yml",
    "file-size": "a file is of a size that can be read whole",
    "folder": "a record lies in the folder of its class",
    "held-text": "a held text lies under data/sources/texts; textFile and sha256 are both given",
    "id": "an id is small letters a-z, digits and single hyphens",
    "json-syntax": "a record in JSON Lines is one JSON object, whole on its line",
    "language": "text for people has a language: {en: the text}",
    "ledger": "an entry of data/ledger.yml decides one pair of records, with a reason",
    "missing-key": "a record has id, type and claims; a block has a source and at least one fact",
    "ontology-syntax": "a file of ontology/ is Turtle, without blank nodes but in shapes.ttl",
    "query-header": "the header of a query is `#+ key: value` in YAML, with keys that are known",
    "query-nesting": "brackets nest 32 deep at most; a chain weighs 400 (bracket 3, triple 2)",
    "query-size": "a query has 1,048,576 characters at most",
    "query-syntax": "a query is SPARQL 1.1",
    "nesting": "a file of RDF is of a depth and breadth that can be read in bounded time",
    "quote-missing": "a fact from a source whose text is held rests on a quote",
    "quote-not-found": "a quote stands in the held text, word for word",
    "quote-not-held": "a quote needs a held text to be checked against",
    "quote-ambiguous": "a quote stands in the text once, or says which occurrence it is",
    "rdf-syntax": "a file of RDF follows the syntax of its format",
    "rdf-version": "a file is RDF 1.1: no triple terms, no reifiers, no base directions",
    "reason": "an inferred or disputed block has a note with the reason",
    "relative-iri": "a name for something outside the file is absolute, or the file states a base",
    "special-file": "a project, or a folder that is checked, is made of regular files inside it",
    "structure": "a record has the form that data/FORMAT.md gives",
    "unknown-key": "a key is one that the class of the record knows",
    "unknown-source": "a source is a file of data/sources",
    "unknown-type": "a type is a class that has a shape in ontology/shapes.ttl",
    "unreadable-file": "a file that is named is there, regular, readable, and of a known format",
    "yaml-syntax": "a record is YAML: two spaces for each level, no tabs",
}
"""The rules that reading and mapping keep, in plain words. Shapes and checks carry their own."""


class Position(NamedTuple):
    """A place in a file; line and column count from 1, column in characters."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{one_line(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong, at one place, by one rule, with the way to mend it."""

    position: Position
    rule: str
    message: str
    why: str
    fix: str
    severity: str = "error"

    def __str__(self) -> str:
        message, why, fix = map(one_line, (self.message, self.why, self.fix))
        text = f"{self.position}: {self.severity} {self.rule}: {message}\n    rule: {why}"
        return f"{text}\n    fix:  {fix}" if fix else text


def breach(rule: str, position: Position, message: str, fix: str) -> Problem:
    """The problem of breaking one of `RULES` at `position`."""
    return Problem(position, rule, message, RULES[rule], fix)


class ContentError(Exception):
    """The content has problems: exit 1. `problems` is sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def shortage(error: BaseException) -> str:
    """The message where files, memory or threads ran out, for whatever `error` they led to.

    Empty for any other error. Trying the same in another way does not help. Native code says so
    with the system's text alone, and modules that cannot be loaded with an ImportError.
    """
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EMFILE, errno.ENFILE) or any(
        part in text for part in ("Too many open files", "file descriptors")
    ):
        return "this process may not open enough files; raise its limit with `ulimit -n`"
    if (
        isinstance(error, MemoryError)
        or number == errno.ENOMEM
        or any(part in text for part in ("Cannot allocate memory", "failed to map", "start new"))
    ):
        return "there is not enough memory; raise the limit of this process, or end others"
    return ""


def damage(error: BaseException) -> str:
    """The message where the store met a table whose checksum is wrong; empty for other errors."""
    if isinstance(error, (OSError, RuntimeError)) and "Corruption" in str(error):
        return f"the build is damaged ({error}); run `pcve build`"
    return ""


def denial(error: BaseException) -> str:
    """The message where this user may not read or write a file; empty for other errors."""
    if isinstance(error, PermissionError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)} cannot be used: {error.strerror}"
    return ""


@contextmanager
def damage_as_usage() -> Iterator[None]:
    """Raise UsageError with the message of `damage` where the store is damaged."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if message := damage(error):
            raise UsageError(message) from None
        raise


class UsageError(Exception):
    """The command or its set-up is wrong: exit 2. The text says what, and what to do."""


@dataclass(frozen=True, order=True, slots=True)
class Result:
    """One validation result, terms as N-Triples writes them (SHACL 3.6.2).

    Blank nodes have their labels of the data. `path` is empty for a result on the node itself, and
    Turtle's form of the path (SHACL 2.3.1) where it is not one property; `value` is empty where
    the result has none. `shape`, `component` and `constraint` are bare IRIs; the first is empty for
    a shape without a name, `holder` then names the shape around it; the last is that of a SPARQL
    constraint, empty for any other.
    """

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str
    message: str
    constraint: str = ""
    holder: str = ""

    @property
    def rule(self) -> str:
        """The IRI of the rule that was broken: of a SPARQL constraint, else of the shape."""
        return self.constraint or self.shape or self.holder or self.component
