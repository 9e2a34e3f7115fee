"""Exports read by independent libraries: golden files, counts and contents."""

from __future__ import annotations

import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import World, require

require(
    "bibtexparser",
    "frictionless",
    "gexfpy",
    "igraph",
    "openpyxl",
    "polars",
    "pyld",
    "shapely",
    "vobject",
)
import bibtexparser
import gexfpy
import igraph
import openpyxl
import polars
import vobject
from golden_exports import CONTEXT, GOLDEN, exported, part_for, small
from pyld import jsonld
from shapely.geometry import shape

from pcve_graph.model.schema import Ontology
from pcve_graph.publish.export.csv import unzip
from pcve_graph.publish.export.entities import Entities
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.publish.export.jsonld_framed import context_document
from pcve_graph.publish.export.subset import GraphPart, whole_graph

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def everything(shipped: World) -> GraphPart:
    return whole_graph(shipped.saved())


def written(name: str, part: GraphPart, ontology: Ontology) -> bytes:
    return FORMATS[name].write(part, ontology)


def test_there_are_as_many_formats_as_ever() -> None:
    assert len(FORMATS) >= 16
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_gives_its_golden_files(northtown: World, ontology: Ontology, name: str) -> None:
    files = exported(part_for(northtown, ontology, name), ontology, name)
    assert files
    for file, content in files.items():
        assert (GOLDEN / file).read_bytes() == content, file


def test_no_golden_file_is_left_over(northtown: World, ontology: Ontology) -> None:
    files = {
        file
        for name in FORMATS
        for file in exported(part_for(northtown, ontology, name), ontology, name)
    }
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*")} == files


def test_pyld_expands_both_forms_of_json_ld_to_the_same_graph(
    northtown: World, ontology: Ontology
) -> None:
    part = small(northtown, ontology)
    expected = set(part.lines)
    for name in ("jsonld", "jsonld-framed"):
        document = json.loads(written(name, part, ontology))
        quads = jsonld.to_rdf(document, {"format": "application/n-quads"})
        assert set(quads.splitlines()) == expected, name


def test_the_nested_form_has_a_list_a_class_and_claims_in_their_things(
    everything: GraphPart, ontology: Ontology
) -> None:
    document = json.loads(written("jsonld-framed", everything, ontology))
    things = Entities(everything, "facts", "evidence")
    for group, kind in (("events", "pcve:Event"), ("persons", "foaf:Person")):
        assert [thing["id"] for thing in document[group]] == things.of(kind)
    (event,) = [item for item in document["events"] if item["id"].endswith("/osce-ct-2018")]
    claims = {claim["predicate"] for claim in event["claims"]}
    assert "https://schema.org/startDate" in claims
    assert {participation["type"] for participation in event["participations"]} == {"Participation"}
    quoted = [
        selector["exact"]
        for item in document["events"]
        for claim in item["claims"]
        for piece in listed(claim["evidence"])
        for quote in listed(piece.get("quote", []))
        for selector in listed(quote["hasSelector"])
        if selector["type"] == "TextQuoteSelector"
    ]
    assert len(quoted) >= 40
    pieces = [
        len(listed(claim["evidence"])) for item in document["events"] for claim in item["claims"]
    ]
    assert min(pieces) == 1
    assert max(pieces) > 1
    assert "more" not in document


def listed(value: Any) -> list[Any]:
    """The values of a key of JSON-LD, of which there may be one or several."""
    return value if isinstance(value, list) else [value]


def test_the_published_context_is_that_of_the_ontology(ontology: Ontology) -> None:
    assert CONTEXT.read_bytes() == context_document(ontology)
    terms = json.loads(CONTEXT.read_text())["@context"]
    assert terms["startDate"] == {"@id": "https://schema.org/startDate"}
    assert terms["prefLabel"]["@container"] == "@language"
    assert terms["location"]["@type"] == "@id"


def test_frictionless_finds_the_tables_valid(
    northtown: World, ontology: Ontology, tmp_path: Path
) -> None:
    from frictionless import Package

    part = small(northtown, ontology)
    for name, content in unzip(written("csv", part, ontology)).items():
        (tmp_path / name).write_bytes(content)
    package = Package(str(tmp_path / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["title", "rowNumber", "note"])
    rows = {task.name: task.stats["rows"] for task in report.tasks}
    things = Entities(part, "facts", "evidence")
    assert rows["event"] == len(things.of("pcve:Event")) >= 3
    assert rows["claim"] == len(things.of("pcve:Claim")) >= 60
    assert rows["evidence"] == len(things.of("pcve:Evidence")) >= rows["claim"]
    assert rows["quote"] == len(things.of("oa:SpecificResource")) >= 20
    keys = {
        resource.name: {
            (key["fields"][0], key["reference"]["resource"])
            for key in resource.schema.to_descriptor().get("foreignKeys", ())
        }
        for resource in package.resources
    }
    assert {("claim", "claim"), ("source", "source"), ("quote", "quote")} <= keys["evidence"]
    assert ("source", "source") in keys["quote"]
    fields = [
        field
        for name in ("claim", "evidence", "quote")
        for field in package.get_resource(name).schema.fields
    ]
    assert [field.name for field in fields if not field.description] == []
    assert (
        sum("foreignKeys" in resource.schema.to_descriptor() for resource in package.resources) >= 8
    )


def test_frictionless_finds_a_reference_to_nothing(
    northtown: World, ontology: Ontology, tmp_path: Path
) -> None:
    from frictionless import Package

    files = unzip(written("csv", small(northtown, ontology), ontology))
    old, new = b",southport-roundtable-2016,", b",southport-roundtable-1816,"
    files["participation.csv"] = files["participation.csv"].replace(old, new, 1)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert [title for (title,) in report.flatten(["title"])] == ["ForeignKey Error"]


def test_polars_reads_the_parquet_tables_with_their_types(
    everything: GraphPart, ontology: Ontology
) -> None:
    files = unzip(written("parquet", everything, ontology))
    events = polars.read_parquet(files["event.parquet"])
    claims = polars.read_parquet(files["claim.parquet"])
    assert len(events) == len(Entities(everything, "facts").of("pcve:Event"))
    assert len(claims) == len(Entities(everything, "evidence").of("pcve:Claim")) > 5_000
    pieces = polars.read_parquet(files["evidence.parquet"])
    assert len(pieces) == len(Entities(everything, "evidence").of("pcve:Evidence")) > len(claims)
    assert set(pieces["claim"]) == set(claims["id"])
    assert pieces.schema["date_read"] == polars.Date
    assert polars.read_parquet(files["quote.parquet"]).schema["start"] == polars.Int64
    assert events.schema["earliest"] == polars.Date
    assert events.schema["edition"] == polars.Int64
    places = polars.read_parquet(files["place.parquet"]).filter(id="rome")
    assert str(places["latitude"][0]).startswith("41.89193")
    notes = polars.read_parquet(files["notes.parquet"])["note"]
    assert any(note.startswith("Kosovo* This designation") for note in notes)


def test_openpyxl_reads_the_workbook_with_names_in_place_of_ids(
    northtown: World, ontology: Ontology
) -> None:
    content = written("xlsx", whole_graph(northtown.saved()), ontology)
    book = openpyxl.load_workbook(io.BytesIO(content))
    head, *rows = book["event"].values
    events = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(events) == 14
    event = events["northtown-conference-2015"]
    assert event["organizer"] == "Northtown Council"
    assert event["kind"] == "conference"
    assert event["earliest"].date().isoformat() == "2015-01-19"
    assert book.properties.created.year == 1980


def test_igraph_reads_the_network(everything: GraphPart, ontology: Ontology) -> None:
    things = Entities(everything, "facts")
    graph = read_graphml(written("graphml", everything, ontology))
    records = [kind.iri for kind in ontology.records()]
    assert sum("/" not in identifier for identifier in graph.vs["id"]) == len(things.of(*records))
    event = graph.vs.find(id="osce-ct-2018")
    assert event["kind"] == "event"
    edges = {(edge["label"], graph.vs[edge.target]["id"]): edge for edge in event.out_edges()}
    assert edges["location", "rome"]["start"] == "2018-05-10"
    assert edges["about", "topic/counter-terrorism"]["end"] == "2018-05-11"
    assert len(graph.es) >= 2_500
    assert graph.vs.find(id="kosovo")["note"].startswith("Kosovo* ")


def read_graphml(content: bytes) -> igraph.Graph:
    with tempfile.NamedTemporaryFile(suffix=".graphml") as file:
        file.write(content)
        file.flush()
        return igraph.Graph.Read_GraphML(file.name)


def test_gexfpy_reads_the_network_with_its_times(
    northtown: World, ontology: Ontology, tmp_path: Path
) -> None:
    part = whole_graph(northtown.saved())
    path = tmp_path / "northtown.gexf"
    path.write_bytes(written("gexf", part, ontology))
    graph = gexfpy.parse(str(path)).graph
    nodes = [node for some in graph.nodes for node in some.node]
    edges = [edge for some in graph.edges for edge in some.edge]
    same = read_graphml(written("graphml", part, ontology))
    assert (len(nodes), len(edges)) == (len(same.vs), len(same.es))
    assert graph.mode.value == "dynamic"
    (edge,) = [item for item in edges if item.id == "northtown-conference-2015 location northtown"]
    assert str(edge.start) == "2015-01-19"
    assert b"lastmodified" not in path.read_bytes()


def test_vobject_reads_the_calendar(everything: GraphPart, ontology: Ontology) -> None:
    calendar = vobject.readOne(written("ics", everything, ontology).decode())
    events = {str(entry.uid.value).rpartition("/")[2]: entry for entry in calendar.vevent_list}
    all_events = Entities(everything, "facts").of("pcve:Event")
    left = int(calendar.contents["x-pcve-without-a-day"][0].value)
    assert len(events) + left == len(all_events)
    assert min(len(events), left) >= 30
    event = events["osce-ct-2018"]
    assert (str(event.dtstart.value), str(event.dtend.value)) == ("2018-05-10", "2018-05-12")
    assert event.location.value.endswith("; Rome, Italy")
    texts = "".join(
        entry.serialize() for entry in events.values() if "Kosovo*" in entry.serialize()
    )
    assert "This designation" in re.sub(r"\r\n ", "", texts)


def test_an_event_dated_by_month_or_year_has_no_entry(northtown: World, ontology: Ontology) -> None:
    text = written("ics", whole_graph(northtown.saved()), ontology).decode()
    things = Entities(whole_graph(northtown.saved()), "facts")
    for event in things.of("pcve:Event"):
        dates = things.literals(event, "schema:startDate") + things.literals(
            event, "schema:endDate"
        )
        by_day = bool(dates) and all(len(value) == 10 for value in dates)
        assert (event in text) == by_day


def test_shapely_reads_the_venues(everything: GraphPart, ontology: Ontology) -> None:
    document = json.loads(written("geojson", everything, ontology))
    features = {feature["properties"]["id"]: feature for feature in document["features"]}
    rome = shape(features["rome"]["geometry"])
    assert (round(rome.x, 1), round(rome.y, 1)) == (12.5, 41.9)
    placed = [shape(feature["geometry"]) for feature in features.values() if feature["geometry"]]
    assert len(placed) >= 39 + 6
    assert all(geometry.is_valid for geometry in placed)
    outlines = [geometry for geometry in placed if geometry.geom_type == "Polygon"]
    assert len(outlines) == 6
    assert all(outline.exterior.is_ccw for outline in outlines)
    assert shape(features["albania"]["geometry"]).contains(shape(features["tirana"]["geometry"]))
    bounds = [geometry.bounds for geometry in placed]
    west, south, east, north = document["bbox"]
    assert (west, south) == (min(box[0] for box in bounds), min(box[1] for box in bounds))
    assert (east, north) == (max(box[2] for box in bounds), max(box[3] for box in bounds))
    assert all(
        feature["properties"]["events"] for feature in features.values() if not feature["geometry"]
    )
    assert "note" in features["kosovo"]["properties"]


def test_bibtexparser_reads_the_bibliography(everything: GraphPart, ontology: Ontology) -> None:
    library = bibtexparser.entrypoint.parse_string(written("bibtex", everything, ontology).decode())
    things = Entities(everything, "facts", "catalog")
    assert not library.failed_blocks
    assert len(library.entries) == len(things.of("pcve:Document", "pcve:Source"))
    for source in things.of("pcve:Source"):
        entry = library.entries_dict["source-" + source.rpartition("/")[2]]
        assert entry["url"] == things.refs(source, "schema:url")[0]


def test_a_reader_of_schema_org_knows_every_term(everything: GraphPart, ontology: Ontology) -> None:
    document = json.loads(written("schemaorg", everything, ontology))
    assert len(document["@graph"]) >= 140

    def offline(url: str, options: Any) -> dict[str, Any]:
        assert url == "https://schema.org"
        vocabulary = {"@context": {"@vocab": "https://schema.org/"}}
        return {"document": vocabulary, "documentUrl": url, "contextUrl": None}

    expanded = jsonld.expand(document, {"documentLoader": offline})
    assert len(expanded) == len(document["@graph"])
    used = {key for node in walk(expanded) for key in node if not key.startswith("@")}
    assert {key for key in used if not key.startswith("https://schema.org/")} == set()
    assert {key.rpartition("/")[2] for key in used} <= SCHEMA_ORG
    for event in document["@graph"]:
        assert {"name", "startDate", "location"} <= event.keys()
        places = event["location"] if isinstance(event["location"], list) else [event["location"]]
        assert all(place["address"]["@type"] == "PostalAddress" for place in places)


SCHEMA_ORG = set(
    "about address addressCountry addressLocality addressRegion alternateName description endDate "
    "eventAttendanceMode eventStatus funder geo latitude location longitude name organizer sameAs "
    "startDate subjectOf url".split()
)


def walk(node: Any) -> list[dict[str, Any]]:
    """Every object in expanded JSON-LD."""
    if isinstance(node, list):
        return [descendant for child in node for descendant in walk(child)]
    return (
        [node, *(descendant for child in node.values() for descendant in walk(child))]
        if isinstance(node, dict)
        else []
    )


def test_a_changed_fact_changes_its_lines_and_those_of_its_evidence(
    world: World, ontology: Ontology
) -> None:
    world.pcve("build")
    before = {name: lines(world, ontology, name) for name in ("ntriples", "nquads")}
    world.replace(
        "data/records/event/northtown-conference-2015.yml",
        "conclusion: {en: Mentors need more training}",
        "conclusion: {en: Mentors need training}",
    )
    assert world.pcve("build").exit_code == 0
    for name, old in before.items():
        new = lines(world, ontology, name)
        facts = {line for line in old ^ new if line.startswith("<https://w3id.org/pcve/id/")}
        assert len(facts) == 2
        assert all(
            "northtown-conference-2015> <https://w3id.org/pcve/ns#conclusion> " in line
            for line in facts
        )
        nodes = {line.split(" ")[0] for line in (old ^ new) - facts}
        claims = {node for node in nodes if "/claim/" in node}
        assert len(claims) == 2
        evidence = {
            line.split(" ")[2]
            for line in old ^ new
            if line.split(" ")[0] in claims and "#evidence> " in line
        }
        assert nodes - claims == evidence
        assert len(evidence) == 2
        for claim in claims:
            own = [line for line in old | new if line.startswith(claim)]
            assert any(
                "#subject> <https://w3id.org/pcve/id/event/northtown-conference-2015>" in line
                for line in own
            )
            assert any("#predicate> <https://w3id.org/pcve/ns#conclusion>" in line for line in own)


def lines(world: World, ontology: Ontology, name: str) -> set[str]:
    return set(written(name, whole_graph(world.saved()), ontology).decode().splitlines())
