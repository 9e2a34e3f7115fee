"""The statements that one record or source adds to the graph, each with its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from ..evidence.private_persons import Mention
from ..model.problems import Position, Problem
from ..model.terms import NTerm, NTriple, from_iri, triple_line
from .cited import CitedRecord

StatementKey: TypeAlias = tuple[NTerm, ...]
"""What has a position: (subject,), (subject, predicate) or (subject, predicate, object)."""

OwnerCounts: TypeAlias = tuple[str, int, int, int, int, int, int]
"""An owner, and its numbers of facts: verified, fingerprinted, not stated and so on, as below."""

shared_term: Final = lru_cache(2**16)(from_iri)
"""`from_iri`; equal terms are one object, of which a build holds many."""


@dataclass(slots=True)
class RecordGraph:
    """The N-Triples lines of one record or source, and the position of each.

    `owner` is `record/<id>`, `source/<id>` or `redacted/<id>`; `needs` holds what the lines depend
    on: owners, the names (`name/`) that would explain a mention, and where places are (`within/`).
    `derived` holds the nodes that no record states: a problem with one is reported at the fact
    that it is derived from. `verified`, `fingerprinted` and `cited` count the facts by grade;
    `quoted` are those of the cited that are inferred from words of a held text or assigned by them,
    `unassigned` those whose sources are only named together. `mentions` are the names that may be
    of private persons. `not_stated` are those of the fingerprinted that are inferred from a passage
    or assigned by it. `line` is where the record begins in its file, `digest` the SHA-256 of its
    content, empty for a source.
    """

    owner: str
    path: str
    facts: dict[NTriple, None] = field(default_factory=dict)
    evidence: dict[NTriple, None] = field(default_factory=dict)
    places: dict[StatementKey, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    derived: set[NTerm] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    mentions: list[tuple[Mention, Position]] = field(default_factory=list)
    verified: int = 0
    fingerprinted: int = 0
    not_stated: int = 0
    cited: int = 0
    quoted: int = 0
    unassigned: int = 0
    line: int = 1
    digest: str = ""

    @property
    def counts(self) -> OwnerCounts:
        """The owner, and its numbers of facts by grade."""
        return (
            self.owner,
            self.verified,
            self.fingerprinted,
            self.not_stated,
            self.cited,
            self.quoted,
            self.unassigned,
        )

    @property
    def cited_record(self) -> CitedRecord:
        """The record with the number of its cited facts."""
        _, identifier = self.owner.split("/", 1)
        place = Position(self.path, self.line)
        number = self.verified + self.fingerprinted + self.cited
        return CitedRecord(identifier, place, self.cited, number, self.digest)

    @property
    def subjects(self) -> list[NTerm]:
        """The subjects of the lines, in their order."""
        return [place[0] for place in self.places if len(place) == 1]

    def add(
        self, lines: dict[NTriple, None], triple: tuple[NTerm, NTerm, NTerm], at: Position
    ) -> None:
        """Add a triple to `lines` (the facts or the evidence); its first position is retained."""
        lines[triple_line(triple)] = None
        self.places.setdefault(triple[:1], at)
        self.places.setdefault(triple[:2], at)
        self.places.setdefault(triple, at)
