"""From records to quads: keys become properties, blocks claims; bounds and roles are derived.

Values are checked here, before any engine sees them: a bad date, an unknown key or a reference to
nothing never becomes a triple. Rule: data/FORMAT.md, "Values".
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..model import namespaces
from ..model.problems import Position
from ..model.schema import Ontology
from .duplicates import Named, named_things
from .mapping import map_records, things_of
from .reader import Records
from .record_graph import Place, Sheet


class Tally(NamedTuple):
    """How much there is: records, sources, and claims with and without a checked quote."""

    records: int
    sources: int
    verified: int
    cited: int

    @classmethod
    def of(cls, owners: Iterable[tuple[str, int, int]]) -> Tally:
        """That of records and sources, each with its claims of either kind."""
        rows = list(owners)
        records = sum(owner.startswith("record/") for owner, _, _ in rows)
        return cls(
            records=records,
            sources=len(rows) - records,
            verified=sum(verified for _, verified, _ in rows),
            cited=sum(cited for _, _, cited in rows),
        )


@dataclass(frozen=True)
class Built:
    """The graph as sorted lines of N-Triples by graph name, the sheets that it is made of, and the
    names of the things on them by id."""

    graphs: dict[str, tuple[str, ...]]
    sheets: tuple[Sheet, ...]
    named: dict[str, Named]
    tally: Tally

    @functools.cached_property
    def places(self) -> dict[Place, Position]:
        """The place of each fact in its record; the first where several state it."""
        found: dict[Place, Position] = {}
        for sheet in self.sheets:
            for key, place in sheet.places.items():
                found.setdefault(key, place)
        return found

    @functools.cached_property
    def _by_focus(self) -> dict[str, dict[Place, Position]]:
        found: dict[str, dict[Place, Position]] = {}
        for key, place in self.places.items():
            found.setdefault(key[0], {})[key] = place
        return found

    def places_of(self, focus: str) -> dict[Place, Position]:
        """The places of what is said of `focus`."""
        return self._by_focus.get(focus, {})

    def is_derived(self, focus: str) -> bool:
        """Whether no record states this node."""
        return any(focus in sheet.derived for sheet in self.sheets)

    def ids(self) -> set[str]:
        """The last segments of the IRIs of all things, what lies inside records included."""
        subjects = (subject for sheet in self.sheets for subject in sheet.subjects)
        return {
            namespaces.local_name(subject.strip("<>")) for subject in subjects if "/id/" in subject
        }

    def text(self, name: str) -> bytes:
        """The graph `name` as a file of N-Triples."""
        return "\n".join([*self.graphs[name], ""]).encode()

    def nquads(self) -> bytes:
        """All graphs as one text of N-Quads."""
        ends = {name: f" <{namespaces.graph(name)}> .\n" for name in self.graphs}
        return "".join(
            [line[:-2] + ends[name] for name, lines in self.graphs.items() for line in lines]
        ).encode()

    def ntriples(self) -> str:
        """All graphs as one N-Triples text; what several of them say stands there as often."""
        return "".join([line + "\n" for lines in self.graphs.values() for line in lines])


def build_graph(records: Records, ontology: Ontology) -> Built:
    """The graph of all records and sources.

    Raises ContentError with everything that is wrong in any of them, what was wrong while
    reading included.
    """
    sheets = map_records(records, ontology, things_of(records.records, ontology))
    own = [sheet for sheet in sheets if sheet.owner.startswith("record/")]
    catalog = sheets[len(own) :]
    return Built(
        graphs={
            **ontology.graphs,
            "facts": _merged(sheet.facts for sheet in own),
            "evidence": _merged(sheet.evidence for sheet in own),
            "catalog": _merged(sheet.facts for sheet in catalog),
        },
        sheets=sheets,
        named={thing.id: thing for thing in named_things(sheets, ontology)},
        tally=Tally.of((sheet.owner, sheet.verified, sheet.cited) for sheet in sheets),
    )


def _merged(parts: Iterator[dict[str, None]]) -> tuple[str, ...]:
    return tuple(sorted({line for part in parts for line in part}))
