"""Any text that a record may hold comes back from every export through a reader of its makers."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
from conftest import World, make_world, require
from test_export_faults import SOURCE, put
from test_exports import PUBLISHER

require("bibtexparser", "gexfpy", "icalendar", "lxml", "networkx", "openpyxl", "pyarrow", "pybtex")
import bibtexparser
import gexfpy
import icalendar
import networkx
import openpyxl
import pyarrow.parquet
import rdflib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from pybtex.database import parse_string

from pcve_graph.model.visible import first_refused
from pcve_graph.publish.export.csv import unzip
from pcve_graph.publish.export.formats import FORMATS

pytestmark = [pytest.mark.full, pytest.mark.long]

NASTY: Final = (
    "]]> <!-- --> <![CDATA[ &amp; &#0; <a href='x'>",
    'quotes " and \' and „these“ and `those`',
    "=1+1", "@SUM(A1)", "-5", "+5", "'=1",
    r"\ back \n \u0041 \x41 _x0041_ \textbf{x}",
    "{ ( [ ] ) }", "} unpaired {", "100 % of #1 & R_D ~ ^ $ <x> | y",
    "comma, semicolon; colon: a, b and c and d",
    "two\nlines", "tab\there", "BEGIN:VEVENT\nEND:VCALENDAR",
    "Тирана, Ћуприја, Ulcinj – Ülkü, Gjirokastër, 北京, 🙂, e\u0301",
    "no\u00a0break, soft\u00adhyphen, line\u2028separator, \ufffd, \ue000",
    "'''\"\"\"''' \\", "true", "null", "2019-02-05", "1e5", "-", "N/A", "#N/A", "NaN",
)  # fmt: skip
"""Texts with a meaning of their own in one of the formats."""

TEXTS: Final = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cn")), min_size=1, max_size=40),
    min_size=5,
    max_size=15,
)


def readable(texts: Iterable[str]) -> list[str]:
    """The texts that a record may hold as a name: with a letter, no space at its ends."""
    stripped = dict.fromkeys(" ".join(text.split(" ")).strip() for text in texts)
    named = (f"{text} x" for text in stripped if text)
    return [text for text in named if first_refused(text) is None and "\r" not in text]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("texts") / "northtown")
    world.write("pcve.toml", PUBLISHER)
    world.write("data/sources/invented.yml", SOURCE)
    return world


def written(world: World, texts: list[str]) -> dict[str, bytes]:
    """The exports of the world with a project, a document and an event for each of these texts."""
    for path in (world.root / "data" / "records").glob("*/nasty-*.yml"):
        path.unlink()
    for number, text in enumerate(texts):
        label = {"en": text}
        put(world, "Document", f"nasty-d-{number}", prefLabel=label, kind="report")
        put(world, "Event", f"nasty-e-{number}", prefLabel=label, kind="conference",
            status="held", startDate="2019-02-05", location="northtown")  # fmt: skip
        put(world, "Project", f"nasty-p-{number}", prefLabel=label, purpose=label, theme=label,
            funder="lake-fund", startDate="2019-02-05", ending="as-planned", location="northtown")  # fmt: skip
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    contents = {}
    for name in FORMATS:
        path = world.root / "exported"
        result = world.pcve("export", name, "-o", str(path))
        assert result.exit_code == 0, f"{name}: {result.output}"
        contents[name] = path.read_bytes()
    return contents


def literals(form: str) -> Callable[[bytes], set[str]]:
    def read(content: bytes) -> set[str]:
        graph = rdflib.Dataset() if form in ("nquads", "trig") else rdflib.Graph()
        graph.parse(data=content, format=form)
        quads = graph.quads() if isinstance(graph, rdflib.Dataset) else graph
        return {str(quad[2]) for quad in quads}

    return read


def of_csv(content: bytes) -> set[str]:
    rows = csv.reader(io.StringIO(unzip(content)["project.csv"].decode(), newline=""))
    return {cell for row in rows for cell in row}


def of_xlsx(content: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["project"]
    return {str(cell) for row in sheet.values for cell in row}


def of_parquet(content: bytes) -> set[str]:
    table = pyarrow.parquet.read_table(io.BytesIO(unzip(content)["project.parquet"]))
    return set(table.column("label").to_pylist())


def of_graphml(content: bytes) -> set[str]:
    graph = networkx.read_graphml(io.BytesIO(content))
    return {label for _, label in graph.nodes(data="label")}


def of_gexf(content: bytes) -> set[str]:
    with tempfile.NamedTemporaryFile(suffix=".gexf") as file:
        file.write(content)
        file.flush()
        graph = gexfpy.parse(file.name).graph
    return {node.label for some in graph.nodes for node in some.node}


def of_ics(content: bytes) -> set[str]:
    calendar = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]) for event in calendar.walk("VEVENT")}


def of_json(content: bytes) -> set[str]:
    texts: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, str):
            texts.add(node)
        elif isinstance(node, dict | list):
            for inner in node.values() if isinstance(node, dict) else node:
                walk(inner)

    walk(json.loads(content))
    return texts


def of_iati(content: bytes) -> set[str]:
    return {node.text for node in etree.fromstring(content).iter("narrative")}


def of_hxl(content: bytes) -> set[str]:
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return {cell for row in rows for cell in row}


COMMANDS: Final = {
    r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~",
    r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|",
    r"\textbraceleft{}": "{", r"\textbraceright{}": "}",
}  # fmt: skip


def of_bibtex(content: bytes) -> set[str]:
    """The titles as LaTeX prints them, by two readers that must agree."""
    text = content.decode()
    entries = parse_string(text, "bibtex").entries
    library = bibtexparser.entrypoint.parse_string(text)
    assert not library.failed_blocks
    titles = {key: entry.fields["title"] for key, entry in entries.items()}
    assert {key: f"{{{e['title'].strip()}}}" for key, e in library.entries_dict.items()} in (
        titles,
        {key: f"{{{title}}}" for key, title in titles.items()},
    )
    return {printed(title[1:-1]) for title in titles.values()}


def printed(latex: str) -> str:
    pattern = "|".join(map(re.escape, COMMANDS)) + r"|\\([#$%&_{}])"
    return re.sub(pattern, lambda match: match[1] or COMMANDS[match[0]], latex)


READERS: Final[dict[str, Callable[[bytes], set[str]]]] = {
    **{
        name: literals(form)
        for name, form in {
            "turtle": "turtle", "jsonld": "json-ld", "jsonld-framed": "json-ld",
            "ntriples": "nt", "nquads": "nquads", "trig": "trig", "rdfxml": "xml", "owl": "xml",
        }.items()
    },
    "csv": of_csv, "xlsx": of_xlsx, "parquet": of_parquet, "graphml": of_graphml,
    "gexf": of_gexf, "ics": of_ics, "geojson": of_json, "iati": of_iati, "hxl": of_hxl,
    "bibtex": of_bibtex, "schemaorg": of_json,
}  # fmt: skip
ONE_LINE: Final = ("bibtex",)
"""Formats in which a line end or a run of spaces is one space."""


@example(list(NASTY))
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(TEXTS)
def test_every_text_comes_back_from_every_export(world: World, texts: list[str]) -> None:
    allowed = readable(texts)
    contents = written(world, allowed)
    assert contents.keys() == READERS.keys() == FORMATS.keys()
    for name, content in contents.items():
        if name in ("rdfxml", "owl", "graphml", "gexf", "iati"):
            etree.fromstring(content)
        read = READERS[name](content)
        expected = {" ".join(text.split()) if name in ONE_LINE else text for text in allowed}
        assert expected - read == set(), name


def test_the_readers_find_what_is_not_there() -> None:
    assert of_json(b'{"a": ["b", {"c": "d"}]}') == {"b", "d"}
    assert printed(r"US\$ 3 \{x\} 2\textasciicircum{}3 \textbackslash{}em") == r"US$ 3 {x} 2^3 \em"
