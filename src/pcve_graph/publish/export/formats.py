"""The registry of export formats: one entry a format, with the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from ...model.namespaces import expand, kebab_case
from ...model.problems import OptionError, UsageError
from ...model.schema import Ontology
from ...model.suggest import did_you_mean
from . import rdf
from .bibtex import bibtex
from .csv import csv_archive
from .excel_csv import COMMA, excel_csv_archive
from .geojson import geojson, geojson_by_event
from .hxl import WORKS, hxl
from .iati import iati, incomplete_projects
from .icalendar import events_without_a_day, icalendar_file
from .jsonld_framed import framed_jsonld
from .network import gexf, graphml
from .owl import owl
from .parquet import parquet
from .schemaorg import events_without_start_or_place, schemaorg
from .subset import GraphPart
from .tables import with_row_standings
from .xlsx import xlsx

if TYPE_CHECKING:
    from .select import ExportFilter


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format. `write` returns the bytes of one file, the same for the same part.

    `title` describes it in one line; `suffix` begins with a dot; `binary` formats cannot be
    displayed as text. `write` raises MissingLibraryError where an optional library is not
    installed, and NothingToWriteError where the part has nothing that the format represents.
    `kinds` are the classes that it supports, as prefixed names; empty where it supports all.
    `left_out` names what the part has and the format cannot represent, a line each. `judge` gives
    the part with what the standing of whole rows says of the period.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[GraphPart, Ontology], bytes]
    binary: bool = False
    kinds: tuple[str, ...] = ()
    left_out: Callable[[GraphPart, Ontology], tuple[str, ...]] | None = None
    judge: Callable[[GraphPart, Ontology], GraphPart] | None = None

    def require_kinds(self, choice: ExportFilter) -> None:
        """Raise UsageError where the format supports none of the chosen kinds."""
        supported = {expand(kind) for kind in self.kinds}
        if supported and choice.kinds and not supported & choice.kinds:
            names = " or ".join(kebab_case(kind.partition(":")[2]) for kind in self.kinds)
            raise OptionError(f"{self.name} only supports {names}, but --only excludes that")


_GRAPHML: Final = "application/graphml+xml"
_LD_JSON: Final = "application/ld+json"
_RDF_XML: Final = "application/rdf+xml"
_XML: Final = "application/xml"
_ZIP: Final = "application/zip"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_EVENT: Final = ("pcve:Event",)
_VENUE: Final = ("pcve:Event", "pcve:Place", "pcve:Country")

_ALL: Final = (
    ExportFormat("turtle", "readable RDF, one block per entity", ".ttl", "text/turtle", rdf.turtle),
    ExportFormat("jsonld", "RDF in JSON, one object per entity", ".jsonld", _LD_JSON, rdf.jsonld),
    ExportFormat(
        "jsonld-framed", "JSON-LD nested by class", ".framed.jsonld", _LD_JSON, framed_jsonld
    ),
    ExportFormat(
        "ntriples", "RDF, one statement per line", ".nt", "application/n-triples", rdf.ntriples
    ),
    ExportFormat("nquads", "N-Triples with named graphs", ".nq", "application/n-quads", rdf.nquads),
    ExportFormat("trig", "Turtle with named graphs", ".trig", "application/trig", rdf.trig),
    ExportFormat("rdfxml", "RDF in XML", ".rdf", _RDF_XML, rdf.rdfxml),
    ExportFormat("owl", "OWL 2 for Protégé and reasoners, claims on axioms", ".owl", _RDF_XML, owl),
    ExportFormat(
        "csv",
        "tidy tables as a Frictionless data package, zipped",
        ".csv.zip",
        _ZIP,
        csv_archive,
        True,
        judge=with_row_standings,
    ),
    ExportFormat(
        "xlsx",
        "a workbook, one sheet per class",
        ".xlsx",
        _XLSX,
        xlsx,
        True,
        judge=partial(with_row_standings, joined=True),
    ),
    ExportFormat(
        "parquet",
        "the same tables with types, zipped",
        ".parquet.zip",
        _ZIP,
        parquet,
        True,
        judge=with_row_standings,
    ),
    ExportFormat(
        "graphml",
        "a network of entities, for Gephi, yEd, igraph",
        ".graphml",
        _GRAPHML,
        graphml,
    ),
    ExportFormat(
        "gexf", "the network with a timeline, for Gephi", ".gexf", "application/gexf+xml", gexf
    ),
    ExportFormat(
        "ics",
        "events for a calendar",
        ".ics",
        "text/calendar",
        icalendar_file,
        kinds=_EVENT,
        left_out=events_without_a_day,
    ),
    ExportFormat(
        "geojson",
        "places with their events and outlines, for maps",
        ".geojson",
        "application/geo+json",
        geojson,
        kinds=_VENUE,
    ),
    ExportFormat(
        "iati",
        "projects as IATI 2.03 activities",
        ".iati.xml",
        _XML,
        iati,
        kinds=("pcve:Project",),
        left_out=incomplete_projects,
    ),
    ExportFormat(
        "hxl",
        "who does what where, with HXL hashtags",
        ".hxl.csv",
        "text/csv",
        hxl,
        kinds=WORKS,
    ),
    ExportFormat(
        "bibtex", "documents and sources, to cite", ".bib", "application/x-bibtex", bibtex
    ),
    ExportFormat(
        "schemaorg",
        "events for search engines",
        ".json",
        _LD_JSON,
        schemaorg,
        kinds=_EVENT,
        left_out=events_without_start_or_place,
    ),
)

FORMATS: Final = {form.name: form for form in _ALL}
"""The formats of `pcve export` by name."""


def export_format(
    name: str, excel: bool = False, separator: str = "", by_event: bool = False
) -> ExportFormat:
    """The format `name` with its options.

    `excel` is for csv, `separator` (`,` or `;`) for csv with `excel`, `by_event` for geojson.
    Raises UsageError for an unknown format, and for an option that the format does not have.

    >>> export_format("csv", excel=True, separator=";").title
    'tidy tables for Excel, zipped'
    """
    if name not in FORMATS:
        hint = did_you_mean(name, FORMATS) or "the formats are " + ", ".join(FORMATS)
        raise UsageError(f"unknown format {name!r}; {hint}")
    if excel and name != "csv":
        raise OptionError(f"--excel is an option of csv, not of {name}")
    if separator and not excel:
        raise OptionError("--separator is an option of csv with --excel; add --excel")
    if by_event and name != "geojson":
        raise OptionError(f"--by-event is an option of geojson, not of {name}")
    if excel:
        write = partial(excel_csv_archive, separator=separator or COMMA)
        return replace(FORMATS[name], title="tidy tables for Excel, zipped", write=write)
    if by_event:
        return replace(
            FORMATS[name],
            title="events with their points, for maps",
            write=geojson_by_event,
            kinds=_EVENT,
        )
    return FORMATS[name]
