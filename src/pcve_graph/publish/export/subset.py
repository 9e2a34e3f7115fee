"""The graph to export: the whole saved graph, or a self-contained part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Final, TypeVar

import pyoxigraph as ox

from ...graph.settings import Settings
from ...graph.store import StoredGraph
from ...model.namespaces import GRAPHS, LABELS, nterm
from ...model.periods import NOT_KNOWN
from ...model.standing import holds_with_standing
from ...model.terms import Iri, NTerm, NTriple, parse_statement, to_iri

Line = TypeVar("Line", bound=str)
"""A line of N-Triples or N-Quads."""

_TYPE = f" {nterm('rdf:type')} "
_SUBJECT, _SOURCE = nterm("rdf:subject"), nterm("prov:hadPrimarySource")
_EVIDENCE = nterm("pcve:evidence")
NAMING_PROPERTIES: Final = (
    "rdf:type",
    *LABELS,
    "skos:inScheme",
    "pcve:designationNote",
    "pcve:isoCode",
    "pcve:userAssignedCode",
)
"""The names of an entity. Of one that it only refers to, a part holds these and what its shape
requires."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes an export: the name, the IATI identifier and the code of the kind of body."""

    name: str
    identifier: str
    type: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The things that match all options of an export, as N-Triples terms.

    `holds` says of each whether it is in the period that was asked for: `yes` under every reading
    of its dates and if no fact that decides it has a standing, else `not known`; always `yes` where
    no period was asked for. `undated` matches the
    other options and has no date, and is left out. Each has its classes in `kinds`. `nodes` are
    nested in what matches.
    """

    holds: Mapping[NTerm, str]
    undated: frozenset[NTerm]
    kinds: Mapping[NTerm, frozenset[NTerm]]
    nodes: frozenset[NTerm] = frozenset()
    has_period: bool = False

    def with_standings(self, words_by_term: Mapping[NTerm, str]) -> Selection:
        """The selection in which nothing with a standing is surely in the period."""
        holds = {
            term: holds_with_standing(answer, words_by_term.get(term, ""))
            for term, answer in self.holds.items()
        }
        return replace(self, holds=holds)

    def notes(self, classes: Iterable[str] = ()) -> tuple[str, ...]:
        """What a period leaves open, and leaves out; none where that is nothing.

        Only things of these classes, given by prefixed name, are counted; without any, all are.
        """
        counted = set(map(nterm, classes))
        answers = [
            answer
            for term, answer in self.holds.items()
            if not counted or counted & self.kinds[term]
        ]
        undated = sum(not counted or bool(counted & self.kinds[term]) for term in self.undated)
        clauses = []
        if unknown := answers.count(NOT_KNOWN):
            clauses.append(f"{unknown:,} of {len(answers):,}: whether in the period is not known")
        if undated:
            clauses.append(f"{undated:,} without dates left out")
        return ("; ".join(clauses),) if clauses else ()


@dataclass(frozen=True)
class GraphPart:
    """A graph to export: the sorted N-Triples lines of each of `namespaces.GRAPHS` by name.

    `named` are the entities that a part only refers to, as N-Triples terms; `selection` is what it
    was selected for, None for the whole graph. `publisher` is None where pcve.toml does not state
    all of it.
    """

    graphs: Mapping[str, tuple[NTriple, ...]]
    named: frozenset[NTerm] = frozenset()
    publisher: Publisher | None = None
    selection: Selection | None = None

    @cached_property
    def lines(self) -> list[NTriple]:
        """The lines of all graphs merged, sorted, without duplicates."""
        return self.merged(*self.graphs)

    def merged(self, *names: str) -> list[NTriple]:
        """The lines of these graphs merged, sorted, without duplicates."""
        merged = sorted(chain.from_iterable(self.graphs.get(name, ()) for name in names))
        return list(dict.fromkeys(merged))

    def triples(self) -> list[ox.Triple]:
        """The triples of all graphs merged: by subject, rdf:type first."""
        return parse_triples(self.lines)


def parse_triples(lines: Iterable[NTriple]) -> list[ox.Triple]:
    """The triples of N-Triples lines: by subject, rdf:type first, then in the order of lines."""
    return [quad.triple for quad in parse_quads("\n".join(sorted_lines(lines)))]


def sorted_lines(lines: Iterable[Line]) -> list[Line]:
    """N-Triples lines sorted by subject, rdf:type first."""
    return sorted(lines, key=lambda line: line.replace(_TYPE, "  ", 1))


def parse_quads(text: str) -> Iterator[ox.Quad]:
    """The quads of N-Triples or N-Quads, parsed leniently, as the build has validated them."""
    return ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS, lenient=True)


def whole_graph(saved: StoredGraph, settings: Settings | None = None) -> GraphPart:
    """The whole saved graph; `settings` are those of its project, which name the publisher."""
    publisher = None
    if settings and settings.owner and settings.iati_identifier and settings.iati_type:
        publisher = Publisher(settings.owner, settings.iati_identifier, settings.iati_type)
    return GraphPart({name: tuple(saved.lines(name)) for name in GRAPHS}, publisher=publisher)


def sources_of(part: GraphPart) -> dict[Iri, list[Iri]]:
    """The IRIs of the sources of all claims about each entity, sorted, by its IRI."""
    subject_by_claim: dict[NTerm, Iri] = {}
    claims_by_evidence: dict[NTerm, NTerm] = {}
    source_by_evidence: dict[NTerm, Iri] = {}
    for line in part.graphs["evidence"]:
        node, predicate, value = parse_statement(line)
        if predicate == _SUBJECT:
            subject_by_claim[node] = to_iri(value)
        elif predicate == _EVIDENCE:
            claims_by_evidence[value] = node
        elif predicate == _SOURCE:
            source_by_evidence[node] = to_iri(value)
    sources_by_iri: dict[Iri, set[Iri]] = {}
    for node, source in source_by_evidence.items():
        subject = subject_by_claim[claims_by_evidence[node]]
        sources_by_iri.setdefault(subject, set()).add(source)
    return {iri: sorted(sources) for iri, sources in sources_by_iri.items()}
