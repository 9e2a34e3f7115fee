"""Assembles the graph from the records: the sorted N-Triples of every named graph."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..model import namespaces
from ..model.problems import Position
from ..model.schema import Ontology
from ..model.terms import NTerm, NTriple, from_iri, in_graph, to_iri
from .duplicates import NamedRecord, named_records
from .mapping import map_records, record_iris
from .reader import Records
from .record_graph import OwnerCounts, RecordGraph, StatementKey


class RecordCounts(NamedTuple):
    """Counts of records and sources, and of facts by grade: `verified`, `fingerprinted`, `cited`.

    `not_stated` are those of the fingerprinted that are inferred from a passage or assigned by it,
    `quoted` are those of the cited that are inferred from words of a held text or assigned by them,
    `unassigned` those whose sources are only named together.
    """

    records: int
    sources: int
    verified: int
    fingerprinted: int
    not_stated: int
    cited: int
    quoted: int
    unassigned: int

    @classmethod
    def of(cls, owners: Iterable[OwnerCounts]) -> RecordCounts:
        """The sums of the counts, one for each record and source."""
        rows = list(owners)
        records = sum(owner.startswith("record/") for owner, *_ in rows)
        sources = sum(owner.startswith("source/") for owner, *_ in rows)
        return cls(
            records=records,
            sources=sources,
            verified=sum(verified for _, verified, *_ in rows),
            fingerprinted=sum(fingerprinted for _, _, fingerprinted, *_ in rows),
            not_stated=sum(not_stated for _, _, _, not_stated, *_ in rows),
            cited=sum(cited for *_, cited, _, _ in rows),
            quoted=sum(quoted for *_, quoted, _ in rows),
            unassigned=sum(unassigned for *_, unassigned in rows),
        )

    @property
    def facts(self) -> int:
        """The number of facts; each has one grade."""
        return self.verified + self.fingerprinted + self.cited


@dataclass(frozen=True)
class AssembledGraph:
    """The graph as sorted lines of N-Triples by graph name, with what it was assembled from.

    `sheets` are the graphs of the single records and sources, `named` the records with their
    names by id.
    """

    graphs: dict[str, tuple[NTriple, ...]]
    sheets: tuple[RecordGraph, ...]
    named: dict[str, NamedRecord]
    tally: RecordCounts

    @functools.cached_property
    def places(self) -> dict[StatementKey, Position]:
        """The position of each statement; the first where several records make it."""
        positions: dict[StatementKey, Position] = {}
        for sheet in self.sheets:
            for key, place in sheet.places.items():
                positions.setdefault(key, place)
        return positions

    @functools.cached_property
    def _by_focus(self) -> dict[NTerm, dict[StatementKey, Position]]:
        by_focus: dict[NTerm, dict[StatementKey, Position]] = {}
        for key, place in self.places.items():
            by_focus.setdefault(key[0], {})[key] = place
        return by_focus

    def places_of(self, focus: NTerm) -> dict[StatementKey, Position]:
        """The positions of the statements about `focus`."""
        return self._by_focus.get(focus, {})

    def is_derived(self, focus: NTerm) -> bool:
        """Whether this node is derived, not stated by a record."""
        return any(focus in sheet.derived for sheet in self.sheets)

    def ids(self) -> dict[str, str]:
        """The local names of all things, those nested in records included, with their segments."""
        subjects = (to_iri(subject) for sheet in self.sheets for subject in sheet.subjects)
        iris = (iri for iri in subjects if "/id/" in iri)
        return {namespaces.local_name(iri): namespaces.segment_of(iri) for iri in iris}

    def text(self, name: str) -> bytes:
        """The graph `name` as N-Triples, UTF-8."""
        return "\n".join([*self.graphs[name], ""]).encode()

    def nquads(self) -> bytes:
        """All graphs as N-Quads, UTF-8."""
        iris = {name: from_iri(namespaces.graph_iri(name)) for name in self.graphs}
        lines = [
            in_graph(line, iris[name]) for name, lines in self.graphs.items() for line in lines
        ]
        return "\n".join([*lines, ""]).encode()

    def ntriples(self) -> str:
        """All graphs as N-Triples; a triple of several graphs is repeated."""
        return "".join([line + "\n" for lines in self.graphs.values() for line in lines])


def build_graph(records: Records, ontology: Ontology) -> AssembledGraph:
    """The graph of all records and sources.

    Raises ContentError with all problems, those of reading included.
    """
    sheets = map_records(records, ontology, record_iris(records.records, ontology))
    record_sheets = [sheet for sheet in sheets if sheet.owner.startswith("record/")]
    source_sheets = [sheet for sheet in sheets if sheet.owner.startswith("source/")]
    return AssembledGraph(
        graphs={
            **ontology.graphs,
            "facts": _merged(sheet.facts for sheet in record_sheets),
            "evidence": _merged(sheet.evidence for sheet in record_sheets),
            "catalog": _merged(sheet.facts for sheet in source_sheets),
        },
        sheets=sheets,
        named={thing.id: thing for thing in named_records(sheets, ontology)},
        tally=RecordCounts.of(sheet.counts for sheet in sheets),
    )


def _merged(lines_of_sheets: Iterator[dict[NTriple, None]]) -> tuple[NTriple, ...]:
    return tuple(sorted({line for lines in lines_of_sheets for line in lines}))
