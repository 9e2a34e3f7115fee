"""The registry of export formats: one entry a format, with the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ...model.namespaces import expand, kebab
from ...model.problems import UsageError
from ...model.schema import Ontology
from . import rdf
from .bibtex import bibtex
from .csv import csvs
from .geojson import geojson
from .icalendar import ics
from .jsonld_framed import framed
from .network import gexf, graphml
from .parquet import parquet
from .schemaorg import schemaorg
from .subset import Part
from .xlsx import xlsx

if TYPE_CHECKING:
    from .select import Choice


@dataclass(frozen=True, slots=True)
class Format:
    """A format. `write` returns the bytes of one file, the same for the same part.

    `title` describes it in one line; `suffix` begins with a dot; `binary` formats cannot be
    displayed as text. `write` raises UsageError where an optional library is not installed. `kinds`
    are the classes that it supports, as prefixed names; empty where it supports all.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Part, Ontology], bytes]
    binary: bool = False
    kinds: tuple[str, ...] = ()

    def admits(self, choice: Choice) -> None:
        """Raise UsageError where the format supports none of the chosen kinds."""
        supported = {expand(kind) for kind in self.kinds}
        if supported and choice.kinds and not supported & choice.kinds:
            names = " or ".join(kebab(kind.partition(":")[2]) for kind in self.kinds)
            raise UsageError(f"{self.name} only supports {names}, but --only excludes that")


_GRAPHML: Final = "application/graphml+xml"
_LD_JSON: Final = "application/ld+json"
_ZIP: Final = "application/zip"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_EVENT: Final = ("pcve:Event",)
_VENUE: Final = ("pcve:Event", "pcve:Place", "pcve:Country")

_ALL: Final = (
    Format("turtle", "readable RDF, one block per entity", ".ttl", "text/turtle", rdf.turtle),
    Format("jsonld", "RDF in JSON, one object per entity", ".jsonld", _LD_JSON, rdf.jsonld),
    Format("jsonld-framed", "JSON-LD nested by class", ".framed.jsonld", _LD_JSON, framed),
    Format("ntriples", "RDF, one statement per line", ".nt", "application/n-triples", rdf.ntriples),
    Format("nquads", "N-Triples with named graphs", ".nq", "application/n-quads", rdf.nquads),
    Format("trig", "Turtle with named graphs", ".trig", "application/trig", rdf.trig),
    Format("rdfxml", "RDF in XML", ".rdf", "application/rdf+xml", rdf.rdfxml),
    Format(
        "csv", "tidy tables as a Frictionless data package, zipped", ".csv.zip", _ZIP, csvs, True
    ),
    Format("xlsx", "a workbook, one sheet per class", ".xlsx", _XLSX, xlsx, True),
    Format("parquet", "the same tables with types, zipped", ".parquet.zip", _ZIP, parquet, True),
    Format(
        "graphml",
        "a network of entities, for Gephi, yEd, igraph",
        ".graphml",
        _GRAPHML,
        graphml,
    ),
    Format("gexf", "the network with a timeline, for Gephi", ".gexf", "application/gexf+xml", gexf),
    Format("ics", "events for a calendar", ".ics", "text/calendar", ics, kinds=_EVENT),
    Format(
        "geojson",
        "places with their events, for maps",
        ".geojson",
        "application/geo+json",
        geojson,
        kinds=_VENUE,
    ),
    Format("bibtex", "documents and sources, to cite", ".bib", "application/x-bibtex", bibtex),
    Format("schemaorg", "events for search engines", ".json", _LD_JSON, schemaorg, kinds=_EVENT),
)

FORMATS: Final = {form.name: form for form in _ALL}
"""The formats of `pcve export` by name."""
