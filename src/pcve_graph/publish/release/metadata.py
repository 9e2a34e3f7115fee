"""The description of a release: title, version, date, licence and counts; and its files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from ...graph.claims import fact_grades
from ...graph.settings import Settings
from ...model.grades import Grade
from ...model.namespaces import BASE, PREFIXES, expand, local_name, nterm
from ...model.terms import from_iri, line_start, plain_value
from ..export.subset import GraphPart, parse_triples

_ONTOLOGY: Final = PREFIXES["pcve"].rstrip("#")
_TITLE: Final = "pcve-graph: a knowledge graph of work to prevent and counter violent extremism"


@dataclass(frozen=True)
class ReleaseInfo:
    """Describes a release, from the graph `part` and the settings of the project alone."""

    part: GraphPart
    settings: Settings

    @property
    def title(self) -> str:
        """The title of the graph, as pcve.toml sets it."""
        return self.settings.title or _TITLE

    @property
    def summary(self) -> str:
        """What the graph is, and how many of its facts have which grade."""
        number = self.grades
        return (
            "Who did what, where, when and with whose money to prevent and counter violent "
            "extremism. Every fact says where it comes from and how far that was checked: of "
            f"{sum(number.values()):,} facts, {number[Grade.VERIFIED]:,} are verified (the words "
            f"of a held text say them), {number[Grade.FINGERPRINTED]:,} fingerprinted (the passage "
            f"was read, and its SHA-256 is kept), {number[Grade.CITED]:,} cited (an address alone)."
        )

    @cached_property
    def grades(self) -> Counter[Grade]:
        """The number of facts of each grade."""
        graphs = self.part.graphs
        return fact_grades(graphs["facts"], graphs["evidence"], graphs["catalog"])

    @property
    def version(self) -> str:
        """The version of the data, as pcve.toml sets it; without it that of the ontology."""
        return self.settings.data_version or self.ontology_version

    @cached_property
    def ontology_version(self) -> str:
        """The version of the ontology (`owl:versionInfo`), which is that of the program; or 0."""
        return self._ontology_value("owl:versionInfo") or "0"

    @cached_property
    def issued(self) -> str:
        """The latest day in the graph on which the ontology was issued or a source was read."""
        read = nterm("pcve:dateRead")
        catalog = parse_triples(line for line in self.part.graphs["catalog"] if read in line)
        days = [plain_value(triple.object) for triple in catalog]
        return max(
            [*days, self._ontology_value("dcterms:issued"), self._ontology_value("dcterms:created")]
        )

    @cached_property
    def creator(self) -> str:
        """The name of the creator that the ontology states, else the name of the graph."""
        creator = self._ontology_value("dcterms:creator")
        label = self._ontology_value("rdfs:label", creator)
        return label or creator or _TITLE.partition(":")[0]

    @property
    def owner(self) -> str:
        """The person or body that is responsible for the data; empty if pcve.toml names none."""
        return self.settings.owner

    @property
    def contact(self) -> str:
        """The IRI by which to reach the owner; empty if pcve.toml has none."""
        return self.settings.contact

    @cached_property
    def licence(self) -> str:
        """The URL of the licence that the ontology states; empty without one."""
        return self._ontology_value("dcterms:license")

    @property
    def base(self) -> str:
        """The base URL of the files of the release."""
        return f"{BASE}release/{self.version}/"

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """The triples of all graphs merged."""
        return self.part.triples()

    @cached_property
    def classes(self) -> dict[str, int]:
        """The number of instances by IRI of the class."""
        kind = expand("rdf:type")
        class_iris = (
            plain_value(triple.object) for triple in self.triples if triple.predicate.value == kind
        )
        return dict(sorted(Counter(class_iris).items()))

    @cached_property
    def properties(self) -> dict[str, int]:
        """The number of triples by IRI of the property."""
        return dict(sorted(Counter(triple.predicate.value for triple in self.triples).items()))

    @cached_property
    def subjects(self) -> int:
        """The number of distinct subjects."""
        return len({str(triple.subject) for triple in self.triples})

    @cached_property
    def objects(self) -> int:
        """The number of distinct objects, literals included."""
        return len({str(triple.object) for triple in self.triples})

    def _ontology_value(self, name: str, subject: str = _ONTOLOGY) -> str:
        start = line_start(from_iri(subject), nterm(name))
        lines = [line for line in self.part.graphs["ontology"] if line.startswith(start)]
        return min((plain_value(triple.object) for triple in parse_triples(lines)), default="")


def iri_segment(iri: str) -> str:
    """A term as a segment of another IRI: `schema:startDate` as `schema-startDate`."""
    space = next((p for p, namespace in PREFIXES.items() if iri.startswith(namespace)), "other")
    return f"{space}-{local_name(iri)}"


STEM: Final = "pcve"
NQUADS: Final = f"{STEM}.nq"
INPUTS: Final = "inputs.sha256"
SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
CRATE: Final = "ro-crate-metadata.json"
REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release. `form` is the name of its export format; empty for other files."""

    name: str
    title: str
    media_type: str
    content: bytes
    form: str = ""
