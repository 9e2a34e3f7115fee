"""The formats that the graph is exported as: one function a format, and its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ...model.namespaces import expand, kebab
from ...model.problems import UsageError
from ...model.schema import Ontology
from . import rdf
from . import rdf as jsonld
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
    """One format. `write` gives the bytes of one file, the same for the same part.

    `title` says in a line what it is and for whom; `suffix` begins with a dot. What cannot be
    read as text is `binary`. `write` raises UsageError where the library that it needs, one of an
    extra, is not installed. `kinds` are the classes, as prefixed names, that it has a place for;
    empty where it has one for all.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Part, Ontology], bytes]
    binary: bool = False
    kinds: tuple[str, ...] = ()

    def admits(self, choice: Choice) -> None:
        """Raise UsageError where the choice is of kinds that the format has no place for."""
        shown = {expand(kind) for kind in self.kinds}
        if shown and choice.kinds and not shown & choice.kinds:
            known = " or ".join(kebab(kind.partition(":")[2]) for kind in self.kinds)
            raise UsageError(f"{self.name} holds things of the kind {known}; --only has none of it")


_GRAPHML: Final = "application/graphml+xml"
_LD_JSON: Final = "application/ld+json"
_ZIP: Final = "application/zip"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_EVENT: Final = ("pcve:Event",)
_VENUE: Final = ("pcve:Event", "pcve:Place", "pcve:Country")

_ALL: Final = (
    Format("turtle", "RDF to read, a block a thing", ".ttl", "text/turtle", rdf.turtle),
    Format("jsonld", "RDF in JSON, an object a thing", ".jsonld", _LD_JSON, jsonld.jsonld),
    Format("jsonld-framed", "the same, nested by class", ".framed.jsonld", _LD_JSON, framed),
    Format("ntriples", "RDF, a statement a line", ".nt", "application/n-triples", rdf.ntriples),
    Format("nquads", "the same with graphs", ".nq", "application/n-quads", rdf.nquads),
    Format("trig", "Turtle with graphs", ".trig", "application/trig", rdf.trig),
    Format("rdfxml", "RDF in XML", ".rdf", "application/rdf+xml", rdf.rdfxml),
    Format(
        "csv", "tidy tables and a Frictionless data package, zipped", ".csv.zip", _ZIP, csvs, True
    ),
    Format("xlsx", "a workbook, a sheet a class", ".xlsx", _XLSX, xlsx, True),
    Format("parquet", "the tables of csv, typed, zipped", ".parquet.zip", _ZIP, parquet, True),
    Format(
        "graphml",
        "a network of things, for Gephi, yEd, igraph",
        ".graphml",
        _GRAPHML,
        graphml,
    ),
    Format("gexf", "the same with a timeline, for Gephi", ".gexf", "application/gexf+xml", gexf),
    Format("ics", "events for a calendar", ".ics", "text/calendar", ics, kinds=_EVENT),
    Format("geojson", "venues on a map", ".geojson", "application/geo+json", geojson, kinds=_VENUE),
    Format("bibtex", "documents and sources, to cite", ".bib", "application/x-bibtex", bibtex),
    Format("schemaorg", "events for search engines", ".json", _LD_JSON, schemaorg, kinds=_EVENT),
)

FORMATS: Final = {each.name: each for each in _ALL}
"""What `pcve export` can write, by name."""
