"""Exports: read back by other readers they are the same graph, and the same bytes every time."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World
from golden_exports import chosen

from pcve_graph.graph.generations import current_generation
from pcve_graph.model.schema import Ontology
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.publish.export.shapes import SHAPES_FORMATS
from pcve_graph.publish.export.subset import GraphPart, whole_graph

RDFLIB = {
    "turtle": "turtle",
    "jsonld": "json-ld",
    "jsonld-framed": "json-ld",
    "ntriples": "nt",
    "rdfxml": "xml",
}
OXIGRAPH = {
    "jsonld-framed": ox.RdfFormat.JSON_LD,
    "turtle": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


@pytest.mark.parametrize("form", OXIGRAPH)
@pytest.mark.parametrize("world", ["northtown", pytest.param("shipped", marks=pytest.mark.long)])
def test_oxigraph_reads_the_same_graph(
    request: pytest.FixtureRequest, ontology: Ontology, form: str, world: str
) -> None:
    saved = request.getfixturevalue(world).saved()
    quads = list(ox.parse(FORMATS[form].write(whole_graph(saved), ontology), format=OXIGRAPH[form]))
    if form in ("nquads", "trig"):
        assert {str(quad) for quad in quads} == {str(quad) for quad in saved.store}
    else:
        assert {str(q.triple) for q in quads} == {str(t) for t in whole_graph(saved).triples()}
        assert form == "jsonld-framed" or len(quads) == len(whole_graph(saved).triples())


def terms(graph: rdflib.Graph) -> set[tuple[rdflib.term.Node, ...]]:
    """The triples; a text and one that says that it is a string are the same term."""
    plain = rdflib.XSD.string
    return {
        tuple(
            rdflib.Literal(str(t)) if isinstance(t, rdflib.Literal) and t.datatype == plain else t
            for t in triple
        )
        for triple in graph
    }


@pytest.fixture(
    scope="module", params=["northtown", pytest.param("shipped", marks=pytest.mark.long)]
)
def read(
    request: pytest.FixtureRequest,
) -> tuple[GraphPart, set[tuple[rdflib.term.Node, ...]]]:
    """A graph, and its triples as rdflib has them."""
    part = whole_graph(request.getfixturevalue(request.param).saved())
    lines = "".join(f"{triple} .\n" for triple in part.triples())
    return part, terms(rdflib.Graph().parse(data=lines, format="nt"))


@pytest.mark.parametrize("form", RDFLIB)
@pytest.mark.long
def test_rdflib_reads_the_same_graph(
    read: tuple[GraphPart, set[tuple[rdflib.term.Node, ...]]], ontology: Ontology, form: str
) -> None:
    part, expected = read
    written = FORMATS[form].write(part, ontology).decode()
    assert terms(rdflib.Graph().parse(data=written, format=RDFLIB[form])) == expected


def test_json_ld_has_readable_keys_and_one_node_a_thing(shipped: World, ontology: Ontology) -> None:
    document = json.loads(FORMATS["jsonld"].write(whole_graph(shipped.saved()), ontology))
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    event = nodes["https://w3id.org/pcve/id/event/osce-ct-2018"]
    assert event["@type"] == "Event"
    assert event["startDate"] == {"@value": "2018-05-10", "@type": "xsd:date"} or (
        event["startDate"] == "2018-05-10"
    )
    assert event["prefLabel"] == {"en": "2018 OSCE-wide Counter-Terrorism Conference"}
    assert event["location"] == "https://w3id.org/pcve/id/place/rome"
    shaped = {key for kind in ontology.classes.values() for key in kind.keys}
    assert {key for key in event if not key.startswith("@")} <= shaped | {
        "earliest", "latest", "certainFrom", "certainUntil",
    }  # fmt: skip


def test_turtle_groups_a_subject_under_prefixes(shipped: World, ontology: Ontology) -> None:
    text = FORMATS["turtle"].write(whole_graph(shipped.saved()), ontology).decode()
    blocks = text.split("\n\n")
    (block,) = [part for part in blocks if part.startswith("event:osce-ct-2018 ")]
    first, *rest = block.splitlines()
    assert first == "event:osce-ct-2018 a pcve:Event ;"
    assert '\tschema:startDate "2018-05-10"^^xsd:date ;' in rest
    assert "\tschema:location place:rome ;" in rest
    head = blocks[0].splitlines()
    assert head == sorted(head)
    assert len(head) >= 30


BUILD = """
import os, pathlib, random, sys
from pcve_graph.cli.main import cli
rglob, glob = pathlib.Path.rglob, pathlib.Path.glob
def shuffled(find):
    def run(self, *arguments, **settings):
        found = list(find(self, *arguments, **settings))
        random.Random(os.environ["PYTHONHASHSEED"]).shuffle(found)
        return iter(found)
    return run
pathlib.Path.rglob, pathlib.Path.glob = shuffled(rglob), shuffled(glob)
folder, forms = sys.argv[1], sys.argv[2:]
cli(["--project", folder, "build"], standalone_mode=False)
for form in forms:
    cli(["--project", folder, "export", form, "-o", f"{folder}/out.{form}"], standalone_mode=False)
"""


PUBLISHER = """\
owner = "Northtown Council"
iati-identifier = "XI-IATI-NORTHTOWN"
iati-type = "10"
"""


def products(folder: Path) -> dict[str, bytes]:
    last = current_generation(folder / "build").folder
    paths = [*(last / "graph").iterdir(), *folder.glob("out.*")]
    paths += [last / name for name in ("manifest.json", "inputs.sha256")]
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.long
def test_the_bytes_are_the_same_under_any_seed_and_order_of_files(
    shipped: World, tmp_path: Path
) -> None:
    files = built_with(tmp_path / "424242", "424242", ROOT / "data")
    assert len(files) == 5 + 2
    assert files == products(shipped.root)


@pytest.mark.full
def test_every_export_has_the_same_bytes_under_any_seed(tmp_path: Path) -> None:
    data = ROOT / "tests" / "world" / "data"
    builds = [built_with(tmp_path / seed, seed, data, *FORMATS) for seed in ("0", "424242")]
    assert len(builds[0]) == 5 + len(FORMATS) + 2
    assert builds[0] == builds[1]


def built_with(folder: Path, seed: str, data: Path, *forms: str) -> dict[str, bytes]:
    """What a build and exports write in a process of this seed."""
    folder.mkdir()
    for path in (data, ROOT / "ontology", ROOT / "queries"):
        shutil.copytree(path, folder / path.name)
    if forms:
        (folder / "pcve.toml").write_text(PUBLISHER)
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", BUILD, str(folder), *forms]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return products(folder)


def test_a_second_build_writes_the_same_bytes(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    before = products(world.root)
    assert world.pcve("build").exit_code == 0
    assert products(world.root) == before


def test_the_formats_are_listed(northtown: World) -> None:
    listed = northtown.pcve("export")
    assert listed.exit_code == 0
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert names == [*FORMATS, *SHAPES_FORMATS]
    assert northtown.pcve("export", "--list").stdout == listed.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("turtel", "unknown format 'turtel'; did you mean turtle?"),
        ("turtle --only evnt", "unknown kind 'evnt'; did you mean event?"),
        (
            "turtle --only place --topic youth",
            "--topic cannot be used with country or place: no such property",
        ),
        ("turtle --only person --since 2015", "--since and --until cannot be used with person"),
        ("turtle --since 2016 --until 2015", "--since 2016 is later than --until 2015"),
        ("turtle --since May", "--since takes a day, month or year such as 2018-05, not 'May'"),
        ("turtle --country Atlantis", "country: no country matches 'Atlantis'"),
        ("turtle --topic fishing", "topic: no topic matches 'fishing'"),
        ("ics --only project", "ics only supports event, but --only excludes that"),
        ("turtle -o nowhere/x.ttl", "nowhere/x.ttl cannot be written"),
    ],
)
def test_what_cannot_be_exported_gives_one_message(
    northtown: World, arguments: str, message: str
) -> None:
    result = northtown.pcve("export", *arguments.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


SELECTIONS = [
    ("event",),
    ("event", "--since", "2015-01", "--until", "2015"),
    ("place",),
    ("organization", "--country", "Landia"),
    ("event", "--topic", "first-line practitioners"),
]


@pytest.mark.parametrize("asked", SELECTIONS, ids=" ".join)
def test_a_part_stands_on_its_own(northtown: World, asked: tuple[str, ...]) -> None:
    result = northtown.pcve("export", "ntriples", "--only", *asked)
    part, every = set(result.stdout.splitlines()), set(whole_graph(northtown.saved()).lines)
    assert part < every
    subjects = {line.split(" ", 1)[0] for line in part}
    pointed = {line.split(" ", 2)[2][:-2] for line in part}
    all_subjects = {line.split(" ", 1)[0] for line in every}
    assert (pointed & all_subjects) - subjects == set()
    used = {line.split(" ", 2)[1] for line in part} & all_subjects
    assert used <= subjects


@pytest.mark.parametrize("asked", SELECTIONS, ids=" ".join)
def test_every_fact_of_a_part_has_all_its_claims_and_their_sources(
    northtown: World, ontology: Ontology, asked: tuple[str, ...]
) -> None:
    kind, *options = asked
    settings = dict(zip([option[2:] for option in options[::2]], options[1::2], strict=True))
    part, every = chosen(northtown, ontology, (kind,), **settings), whole_graph(northtown.saved())
    about = {name: claims_by_fact(graph) for name, graph in (("part", part), ("all", every))}
    facts = {tuple(line[:-2].split(" ", 2)) for line in part.graphs["facts"]}
    checked = facts & about["all"].keys()
    assert len(checked) >= 5
    assert {fact: about["part"].get(fact) for fact in checked} == {
        fact: about["all"][fact] for fact in checked
    }


@pytest.mark.parametrize("asked", SELECTIONS, ids=" ".join)
def test_every_claim_of_a_part_has_all_that_supports_it(
    northtown: World, ontology: Ontology, asked: tuple[str, ...]
) -> None:
    """Its evidence, their quotes with both selectors, what it conflicts with, and what follows."""
    kind, *options = asked
    settings = dict(zip([option[2:] for option in options[::2]], options[1::2], strict=True))
    part, every = chosen(northtown, ontology, (kind,), **settings), whole_graph(northtown.saved())
    within = set(part.graphs["evidence"])
    nodes = {line.split(" ")[0] for line in within}
    links = 0
    for line in every.graphs["evidence"]:
        node, predicate, value = line[:-2].split(" ", 2)
        if node in nodes:
            assert line in within
        if node in nodes and predicate.endswith(
            ("#evidence>", "#quote>", "#hasSelector>", "#conflictsWith>")
        ):
            assert value in nodes, line
            links += 1
        if predicate.endswith("#wasDerivedFrom>"):
            assert (node in nodes) == (value in nodes), line
    assert links >= 10
    classes = {line.rpartition("#")[2][:-3] for line in within if "#type> " in line}
    assert {"Claim", "Evidence", "SpecificResource"} <= classes


def claims_by_fact(part: GraphPart) -> dict[tuple[str, ...], set[str]]:
    """The claims of each fact, all as N-Triples writes them."""
    parts_by_claim: dict[str, dict[str, str]] = {}
    for line in part.graphs["evidence"]:
        claim, predicate, value = line.split(" ", 2)
        parts_by_claim.setdefault(claim, {})[predicate.rpartition("#")[2]] = value[:-2]
    claims: dict[tuple[str, ...], set[str]] = {}
    for claim, parts in parts_by_claim.items():
        if "subject>" in parts:
            fact = tuple(parts[f"{name}>"] for name in ("subject", "predicate", "object"))
            claims.setdefault(fact, set()).add(claim)
    return claims


def test_a_binary_format_is_not_written_to_a_terminal(northtown: World) -> None:
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
    result = subprocess.run([*command, "export", "xlsx"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    os.close(reader)
    assert result.returncode == 2
    assert (
        result.stderr
        == b"pcve: refusing to write binary output (xlsx) to a terminal; use -o pcve.xlsx\n"
    )


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("xlsx", "xlsxwriter"),
        ("parquet", "pyarrow"),
        ("gexf", "networkx"),
        ("ics", "icalendar"),
        ("bibtex", "pybtex"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    northtown: World, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for module in [loaded for loaded in sys.modules if loaded.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, module)
    result = northtown.pcve("export", name)
    assert result.exit_code == 2
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    extra = re.findall(r"pcve-graph\[(\w+)\]", result.stderr)[0]
    assert f"requires {package}, which is not installed" in result.stderr
    assert extras[extra][0].lower().startswith(package)
    assert extra in extras["exports"][0]
    assert set(extras[extra]) <= set(extras["full"])
