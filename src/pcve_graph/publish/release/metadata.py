"""What a release says of itself: name, version, day, licence, and how much is in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from ...model.namespaces import BASE, PREFIXES, expand, local_name
from ..export.subset import Part, parsed

_ONTOLOGY: Final = PREFIXES["pcve"].rstrip("#")


@dataclass(frozen=True)
class About:
    """A release in words and numbers, all of it read from the graph `part`."""

    part: Part

    @property
    def title(self) -> str:
        """What the graph is called."""
        return "pcve-graph: a knowledge graph of work to prevent and counter violent extremism"

    @property
    def summary(self) -> str:
        """What it is, in two sentences."""
        return (
            "Who did what, where, when and with whose money to prevent and counter violent "
            "extremism. Every fact says where it comes from, and what is quoted was found in the "
            "held text, word for word."
        )

    @cached_property
    def version(self) -> str:
        """The version that the ontology has, `owl:versionInfo`; 0 where it has none."""
        return self._said("owl:versionInfo") or "0"

    @cached_property
    def issued(self) -> str:
        """The newest day of which the graph knows: the ontology was issued, or a source read."""
        read = f"<{expand('pcve:dateRead')}>"
        catalog = parsed(line for line in self.part.graphs["catalog"] if read in line)
        days = [_value(triple.object) for triple in catalog]
        return max([*days, self._said("dcterms:issued"), self._said("dcterms:created")])

    @cached_property
    def creator(self) -> str:
        """Who made it, as the ontology says."""
        return self._said("dcterms:creator") or self.title.partition(":")[0]

    @cached_property
    def licence(self) -> str:
        """The address of the licence of the data, as the ontology says; empty without one."""
        return self._said("dcterms:license")

    @property
    def base(self) -> str:
        """The beginning of the addresses of its files."""
        return f"{BASE}release/{self.version}/"

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """All graphs as one."""
        return self.part.triples()

    @cached_property
    def classes(self) -> dict[str, int]:
        """The number of things of each class, by its IRI."""
        kind = expand("rdf:type")
        found = (_value(triple.object) for triple in self.triples if triple.predicate.value == kind)
        return dict(sorted(Counter(found).items()))

    @cached_property
    def properties(self) -> dict[str, int]:
        """The number of triples with each property, by its IRI."""
        return dict(sorted(Counter(triple.predicate.value for triple in self.triples).items()))

    @cached_property
    def subjects(self) -> int:
        """The number of distinct subjects."""
        return len({str(triple.subject) for triple in self.triples})

    @cached_property
    def objects(self) -> int:
        """The number of distinct objects, literals included."""
        return len({str(triple.object) for triple in self.triples})

    def _said(self, name: str) -> str:
        start = f"<{_ONTOLOGY}> <{expand(name)}> "
        lines = [line for line in self.part.graphs["ontology"] if line.startswith(start)]
        return min((_value(each.object) for each in parsed(lines)), default="")


def short(iri: str) -> str:
    """`schema:startDate` as `schema-startDate`: a term as a part of another IRI."""
    space = next((p for p, known in PREFIXES.items() if iri.startswith(known)), "other")
    return f"{space}-{local_name(iri)}"


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


STEM: Final = "pcve"


NQUADS: Final = f"{STEM}.nq"


INPUTS: Final = "inputs.sha256"


SUMS: Final = "SHA256SUMS"


MANIFEST: Final = "manifest.json"


CRATE: Final = "ro-crate-metadata.json"


REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release. `form` is the name of the export format that it is, if it is one."""

    name: str
    title: str
    media_type: str
    content: bytes
    form: str = ""
