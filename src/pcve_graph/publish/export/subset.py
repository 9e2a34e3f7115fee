"""What is exported: the whole saved graph, or a part of it that stands on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

import pyoxigraph as ox

from ...graph.store import Saved
from ...model.namespaces import GRAPHS, expand

_TYPE = f" <{expand('rdf:type')}> "
_SUBJECT, _SOURCE = (f"<{expand(name)}>" for name in ("rdf:subject", "prov:hadPrimarySource"))
NAMES: Final = (
    "rdf:type",
    "skos:prefLabel",
    "rdfs:label",
    "dcterms:title",
    "skos:inScheme",
    "pcve:designationNote",
)
"""What a part says of things that it only points to."""


@dataclass(frozen=True)
class Part:
    """A graph to export: of each of `names.GRAPHS`, the sorted N-Triples lines that are in it."""

    graphs: Mapping[str, tuple[str, ...]]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of all graphs as one, sorted, without repeats."""
        return self.merged(*self.graphs)

    def merged(self, *names: str) -> list[str]:
        """The lines of these graphs as one, sorted, without repeats."""
        every = sorted(chain.from_iterable(self.graphs.get(name, ()) for name in names))
        return list(dict.fromkeys(every))

    def triples(self) -> list[ox.Triple]:
        """The triples of all graphs as one: by subject, its type first."""
        return parsed(self.lines)


def parsed(lines: Iterable[str]) -> list[ox.Triple]:
    """The triples of N-Triples lines: by subject, its type first, then in the order of lines."""
    return [quad.triple for quad in read("\n".join(ordered(lines)))]


def ordered(lines: Iterable[str]) -> list[str]:
    """N-Triples lines by subject, its type first."""
    return sorted(lines, key=lambda line: line.replace(_TYPE, "  ", 1))


def read(text: str) -> Iterator[ox.Quad]:
    """What N-Triples or N-Quads say, one after the other; the build, which wrote them, checked."""
    return ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS, lenient=True)


def whole(saved: Saved) -> Part:
    """All of the saved graph."""
    return Part({name: tuple(saved.lines(name)) for name in GRAPHS})


def sources_of(part: Part) -> dict[str, list[str]]:
    """The IRIs of the sources that the claims about each thing rest on, sorted."""
    about: dict[str, str] = {}
    cited: dict[str, list[str]] = {}
    for line in part.graphs["evidence"]:
        claim, predicate, value = line.split(" ", 2)
        if predicate == _SUBJECT:
            about[claim] = value[1:-3]
        elif predicate == _SOURCE:
            cited.setdefault(claim, []).append(value[1:-3])
    found: dict[str, set[str]] = {}
    for claim, sources in cited.items():
        found.setdefault(about[claim], set()).update(sources)
    return {iri: sorted(sources) for iri, sources in found.items()}
