"""Exports of texts and days that their readers trip over, and what has nothing to write."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import World, require
from golden_exports import chosen

from pcve_graph.graph.ontology import read_ontology
from pcve_graph.model.problems import NothingToWriteError
from pcve_graph.model.visible import first_refused
from pcve_graph.publish.export.csv import unzip
from pcve_graph.publish.export.formats import FORMATS, export_format

SOURCE = """\
id: invented
title: {en: An invented page}
publisherName: The Invented Press
language: en
dateRead: 2026-11-23
url: https://example.org/page
rights: {en: Cited by its address; the text is its publisher's.}
"""
LATEX = r"US$ 3 million for {local} work, up 2^3 and \em counting"
OUTLINED = """\
id: kosovo
type: Country
claims:
  - source: invented
    prefLabel: {en: Kosovo*}
    designationNote: {en: The invented note on the name.}
    kind: country
"""


def record(record_class: str, name: str, /, **facts: object) -> str:
    """A record of one block that cites the invented source; JSON is YAML."""
    lines = [
        f"    {key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items()
    ]
    return f"id: {name}\ntype: {record_class}\nclaims:\n  - source: invented\n{''.join(lines)}"


def put(world: World, record_class: str, name: str, /, **facts: object) -> None:
    world.write("data/sources/invented.yml", SOURCE)
    world.write(
        f"data/records/{record_class.lower()}/{name}.yml", record(record_class, name, **facts)
    )


def put_place(world: World, name: str, longitude: str) -> None:
    facts = {"latitude": "12.5", "longitude": longitude}
    put(world, "Place", name, prefLabel={"en": name}, kind="region", **facts)


def built(world: World) -> World:
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    return world


def exported(world: World, *arguments: str) -> bytes:
    path = world.root / "exported"
    result = world.pcve("export", *arguments, "-o", str(path))
    assert result.exit_code == 0, result.output
    return path.read_bytes()


def forbidden_in_xml() -> list[int]:
    """The code points that no XML 1.0 document has (section 2.2)."""
    allowed = {0x9, 0xA, 0xD, *range(0x20, 0xD800), *range(0xE000, 0xFFFE)}
    return [code for code in range(0x10000) if code not in allowed]


def test_every_character_that_xml_forbids_is_refused() -> None:
    assert len(forbidden_in_xml()) == 29 + 2048 + 2
    for code in forbidden_in_xml():
        refused = first_refused(f"Bell{chr(code)} Society")
        assert refused is not None, hex(code)
        assert (refused.at, refused.name) == (4, f"U+{code:04X}")


@pytest.mark.long
@pytest.mark.parametrize(
    "escape", ["\\u0008", "\\u0000", "\\u001F", "\\uFFFE", "\\uFFFF", "\\u000D"]
)
@pytest.mark.parametrize("place", ["record", "lines", "source"])
def test_a_control_character_is_refused_where_it_is_read(
    world: World, escape: str, place: str
) -> None:
    put(world, "Organization", "bell-society", prefLabel={"en": "Bell Society"}, kind="company")
    name = "data/records/organization/bell-society.yml"
    bad = f'"Bell{escape} Society"'
    if place == "record":
        world.replace(name, '"Bell Society"', bad)
    elif place == "source":
        name = "data/sources/invented.yml"
        world.replace(name, "An invented page", bad)
    else:
        (world.root / name).unlink()
        name = "data/records/organization/bells.jsonl"
        claim = f'{{"source": "invented", "prefLabel": {{"en": {bad}}}, "kind": "company"}}'
        line = f'{{"id": "bell-society", "type": "Organization", "claims": [{claim}]}}'
        world.write(name, line + "\n")
    result = world.pcve("build")
    assert result.exit_code == 1, result.output
    character = f"U+{escape[2:]}"
    assert f"{name}:" in result.stderr
    assert f"control-character: found the character {character}" in result.stderr
    assert f"delete the character {character}" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize("form", ["rdfxml", "owl"])
def test_line_ends_of_windows_in_a_held_text_stay_in_xml(world: World, form: str) -> None:
    path = world.root / "data/sources/texts/lake-review.txt"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    world.replace("data/sources/lake-review.yml", before, after)
    lines = exported(built(world), "ntriples").decode().splitlines()
    texts = {line for line in lines if "\\r\\n" in line}
    assert texts
    content = exported(world, form)
    assert b"\r" not in content
    if form == "rdfxml":
        read = {quad.triple for quad in ox.parse(content, format=ox.RdfFormat.RDF_XML)}
        assert read == {
            quad.triple for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES)
        }


@pytest.mark.full
def test_days_before_1900_are_text_in_a_workbook(world: World) -> None:
    require("xlsxwriter", "openpyxl")
    import openpyxl

    put(
        world,
        "Event",
        "old-congress",
        prefLabel={"en": "Invented congress"},
        kind="conference",
        status="held",
        startDate="1878-06-13",
        endDate="1900-01-02",
    )
    book = openpyxl.load_workbook(io.BytesIO(exported(built(world), "xlsx")))
    head, *rows = book["event"].values
    (row,) = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "old-congress"]
    assert row["earliest"] == "1878-06-13"
    assert row["latest"].date().isoformat() == "1900-01-02"
    numbers = [
        cell
        for sheet in book
        for line in sheet.values
        for cell in line
        if isinstance(cell, int | float) and cell < -180
    ]
    assert numbers == []


@pytest.mark.full
def test_a_text_that_fills_a_cell_is_cut_and_says_so(world: World) -> None:
    require("xlsxwriter", "openpyxl")
    import openpyxl

    put(world, "Project", "long", prefLabel={"en": "Long"}, purpose={"en": "word " * 8000 + "end"})
    book = openpyxl.load_workbook(io.BytesIO(exported(built(world), "xlsx", "--only", "project")))
    cells = [cell for line in book["project"].values for cell in line if isinstance(cell, str)]
    (cut,) = [cell for cell in cells if cell.startswith("word word")]
    assert len(cut) == 32_767
    assert cut.endswith("(cut: the cell is full; the export csv has the whole)")


@pytest.mark.full
@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            LATEX,
            r"US\$ 3 million for \{local\} work, up 2\textasciicircum{}3 and "
            r"\textbackslash{}em counting",
        ),
        ("R&D_1: 50% of #2 ~ 3 < 4 | 5", r"R\&D\_1: 50\% of \#2 \textasciitilde{} 3 "
         r"\textless{} 4 \textbar{} 5"),
        ('A "closed} and an {open', r'A "closed\textbraceright{} and an \textbraceleft{}open'),
    ],
)  # fmt: skip
def test_bibtex_escapes_what_latex_reads(world: World, text: str, written: str) -> None:
    require("pybtex", "bibtexparser")
    import bibtexparser
    from pybtex.database import parse_string

    put(world, "Document", "signs", prefLabel={"en": text}, kind="report", issued="2020-06")
    bibliography = exported(built(world), "bibtex").decode()
    assert parse_string(bibliography, "bibtex").entries["signs"].fields["title"] == f"{{{written}}}"
    library = bibtexparser.entrypoint.parse_string(bibliography)
    assert not library.failed_blocks
    assert library.entries_dict["signs"]["title"].strip("{}") == written.strip("{}")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", '=HYPERLINK("https://evil.example")']


@pytest.mark.long
@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_for_excel_has_no_formula(world: World, separator: str) -> None:
    names = [f"{text} office" for text in FORMULAS]
    for number, text in enumerate(names):
        put(world, "Organization", f"o-{number}", prefLabel={"en": text}, kind="company")
    put_place(world, "far-west", "-9.25")
    arguments = ["csv", "--excel", "--separator", separator]
    files = unzip(exported(built(world), *arguments))
    assert "datapackage.json" not in files
    for content in files.values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert content.partition(b"\n")[0].endswith(b"\r")
    rows = table(files["organization.csv"], separator)
    labels = {row["id"]: row["label"] for row in rows if row["id"].startswith("o-")}
    assert labels == {f"o-{number}": f"'{text}" for number, text in enumerate(names)}
    (place,) = [row for row in table(files["place.csv"], separator) if row["id"] == "far-west"]
    assert place["longitude"] == ("-9,25" if separator == ";" else "-9.25"), "a number is no text"
    plain = unzip(exported(world, "csv"))["organization.csv"]
    assert {row["label"] for row in table(plain, ",", "utf-8")} >= set(names)


def table(content: bytes, separator: str, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    lines = io.StringIO(content.decode(encoding), newline="")
    return list(csv.DictReader(lines, delimiter=separator))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("turtle --excel", "--excel is an option of csv, not of turtle"),
        ("csv --separator ;", "--separator is an option of csv with --excel; add --excel"),
        ("shacl --excel", "shacl writes shapes, which options cannot select a part of"),
        ("ics --by-event", "--by-event is an option of geojson, not of ics"),
        ("geojson --by-event --only place", "geojson only supports event"),
    ],
)
def test_an_option_of_another_format_is_refused(
    northtown: World, arguments: str, message: str
) -> None:
    result = northtown.pcve("export", *arguments.split())
    assert result.exit_code == 2
    assert message in result.stderr


def test_outlines_and_points_follow_the_standard_of_geojson(world: World) -> None:
    world.write("data/sources/invented.yml", SOURCE)
    world.write("data/records/place/kosovo.yml", OUTLINED)
    put_place(world, "far-west", "-9.25")
    document = json.loads(exported(built(world), "geojson"))
    features = {feature["properties"]["id"]: feature for feature in document["features"]}
    economy = features["kosovo"]
    assert economy["geometry"]["type"] == "Polygon"
    assert economy["properties"]["note"] == "Kosovo* The invented note on the name."
    for number, ring in enumerate(economy["geometry"]["coordinates"]):
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert (area(ring) > 0) == (number == 0), "the right-hand rule of RFC 7946"
    positions = [
        *economy["geometry"]["coordinates"][0],
        features["far-west"]["geometry"]["coordinates"],
    ]
    west, south, east, north = document["bbox"]
    assert (west, east) == (min(x for x, _ in positions), max(x for x, _ in positions))
    assert (south, north) == (min(y for _, y in positions), max(y for _, y in positions))
    assert "Natural Earth" in document["note"]


def area(ring: list[list[float]]) -> float:
    return sum(x * after_y - after_x * y for (x, y), (after_x, after_y) in pairwise(ring))


def test_a_feature_an_event_has_the_points_of_its_places(world: World) -> None:
    for name, longitude in (("far-west", "-9.25"), ("far-east", "80.5")):
        put_place(world, name, longitude)
    facts: dict[str, Any] = {"kind": "conference", "status": "planned", "startDate": "2027-02"}
    put(world, "Event", "one", prefLabel={"en": "One"}, location="far-west", **facts)
    put(world, "Event", "two", prefLabel={"en": "Two"}, location=["far-west", "far-east"], **facts)
    document = json.loads(exported(built(world), "geojson", "--by-event"))
    features = {feature["properties"]["id"]: feature for feature in document["features"]}
    assert len(features) == len(document["features"]) == 14 + 2
    assert features["one"]["geometry"] == {"type": "Point", "coordinates": [-9.25, 12.5]}
    two = features["two"]["geometry"]
    assert two["type"] == "MultiPoint"
    assert sorted(two["coordinates"]) == [[-9.25, 12.5], [80.5, 12.5]]
    assert features["one"]["properties"]["startDate"] == "2027-02"
    assert features["one"]["properties"]["standing"] == "announced"
    assert features["northtown-conference-2015"]["geometry"] is None
    assert document["bbox"] == [-9.25, 12.5, 80.5, 12.5]


NOTHING = [
    ("turtle", "--only event --until 1815", "nothing in the graph matches all options"),
    ("ics", "--only event --since 2099", "nothing in the graph matches all options"),
    ("iati", "", "pcve.toml names none"),
]


@pytest.mark.parametrize(("name", "options", "message"), NOTHING)
def test_nothing_to_write_is_one_message_and_no_file(
    northtown: World, tmp_path: Path, name: str, options: str, message: str
) -> None:
    path = tmp_path / "out"
    result = northtown.pcve("export", name, *options.split(), "-o", str(path))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr
    assert not path.exists()


@pytest.mark.parametrize("name", ["ics", "geojson", "schemaorg", "iati", "hxl"])
def test_a_part_without_what_a_format_has_is_nothing_to_write(northtown: World, name: str) -> None:
    """A document of 2016 alone has no day of an event, no place and no project."""
    if name == "ics":
        require("icalendar")
    ontology = read_ontology(northtown.project)
    part = chosen(northtown, ontology, ("document",), since="2016", until="2016")
    with pytest.raises(NothingToWriteError):
        FORMATS[name].write(part, ontology)


def test_python_has_the_options_of_the_command() -> None:
    assert export_format("csv", excel=True, separator=";").suffix == ".csv.zip"
    assert export_format("geojson", by_event=True).kinds == ("pcve:Event",)
    assert export_format("geojson") is FORMATS["geojson"]


@pytest.mark.long
def test_a_release_writes_what_it_can_and_names_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("pybtex", "xlsxwriter"):
        monkeypatch.setitem(sys.modules, package, None)
        for module in [loaded for loaded in sys.modules if loaded.startswith(f"{package}.")]:
            monkeypatch.delitem(sys.modules, module)
    folder = world.root / "release"
    result = world.pcve("release", str(folder))
    assert result.exit_code == 0, result.output
    for name, extra in (("bibtex", "bibtex"), ("xlsx", "xlsx")):
        assert f"{name} is left out: " in result.stderr
        assert f'pip install "pcve-graph[{extra}]"' in result.stderr
        assert not (folder / f"pcve{FORMATS[name].suffix}").exists()
    assert "iati is left out: IATI requires a reporting organisation" in result.stderr
    for name in ("turtle", "csv", "geojson", "hxl"):
        assert (folder / f"pcve{FORMATS[name].suffix}").is_file()
    readme = (folder / "README.md").read_text("utf-8")
    assert "- xlsx is left out: " in readme
    assert "pcve.xlsx" not in json.loads((folder / "manifest.json").read_text())["files"]
