"""`pcve release`: what it writes is counted again, read by others, and rebuilt byte for byte."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import rdflib
import yaml
from conftest import ROOT, World, make_world, require
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, PROV, RDF, VOID

require("icalendar", "jsonschema", "networkx", "pyarrow", "pybtex", "rocrate", "xlsxwriter")
import jsonschema
from rocrate.rocrate import ROCrate

from pcve_graph.publish.export.formats import FORMATS

pytestmark = pytest.mark.full

SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
DATASET = rdflib.URIRef("https://w3id.org/pcve/dataset")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northtown, and a release of it in release/; not to be changed."""
    world = make_world(tmp_path_factory.mktemp("released") / "northtown")
    result = world.pcve("release", str(world.root / "release"))
    assert result.exit_code == 0, result.output
    return world


@pytest.fixture(scope="module")
def released(source: World) -> Path:
    return source.root / "release"


@pytest.fixture(scope="module")
def every(released: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(released / "pcve.nt", format="nt")


def described(released: Path, name: str) -> rdflib.Graph:
    graph = rdflib.Graph().parse(released / name, format="turtle")
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    return graph


def test_a_release_has_every_format_and_its_descriptions(released: Path) -> None:
    names = {
        path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()
    }
    written = {name: f"pcve{form.suffix}" for name, form in FORMATS.items()}
    assert set(written.values()) - names == {written["iati"]}, "its settings name no publisher"
    assert len(FORMATS) >= 6
    assert {
        f"ontology/{name}.ttl" for name in ("axioms", "pcve", "report", "shapes", "vocab")
    } <= names
    assert {"README.md", "CITATION.cff", "SHA256SUMS", "manifest.json", "inputs.sha256"} <= names
    assert {
        "void.ttl",
        "dcat.ttl",
        "prov.ttl",
        "ro-crate-metadata.json",
        "reference/index.html",
    } <= names


def test_the_shapes_and_lists_of_a_release_are_all_those_of_the_project(released: Path) -> None:
    for folder in ("shapes", "vocab"):
        edited = rdflib.Graph()
        for path in sorted((ROOT / "ontology" / folder).glob("*.ttl")):
            edited.parse(path)
        published = rdflib.Graph().parse(released / "ontology" / f"{folder}.ttl")
        assert len(published) >= 1_000
        assert isomorphic(published, edited)


def test_sha256sum_reads_the_sums_of_every_file(released: Path) -> None:
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=released, check=True
    )
    listed = {line.split("  ", 1)[1] for line in (released / "SHA256SUMS").read_text().splitlines()}
    there = {
        path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()
    }
    assert there - listed == {"SHA256SUMS"}


def test_void_counts_what_rdflib_counts(released: Path, every: rdflib.Graph) -> None:
    void = described(released, "void.ttl")

    def number(node: rdflib.term.Node, name: str) -> int:
        return int(str(void.value(node, VOID[name])))

    assert number(DATASET, "triples") == len(every)
    assert number(DATASET, "distinctSubjects") == len(set(every.subjects()))
    assert number(DATASET, "distinctObjects") == len(set(every.objects()))
    classes = Counter(every.objects(None, RDF.type))
    counts = {
        void.value(n, VOID["class"]): number(n, "entities")
        for n in void.objects(DATASET, VOID.classPartition)
    }
    assert counts == classes
    assert number(DATASET, "classes") == len(classes) > 10
    properties = Counter(every.predicates())
    counts = {
        void.value(n, VOID.property): number(n, "triples")
        for n in void.objects(DATASET, VOID.propertyPartition)
    }
    assert counts == properties
    assert number(DATASET, "properties") == len(properties) > 30
    of_evidence = ("#Claim", "#Evidence", "#DerivedStatement", "#SpecificResource", "Selector")
    typed = {
        thing
        for thing, kind in every.subject_objects(RDF.type)
        if not str(kind).endswith(of_evidence)
    }
    assert number(DATASET, "entities") == len(typed)
    quads = rdflib.Dataset()
    quads.parse(released / "pcve.nq", format="nquads")
    for subset in void.objects(DATASET, VOID.subset):
        assert number(subset, "triples") == len(quads.graph(str(subset))) > 0


def test_dcat_lists_each_file_as_it_is(released: Path) -> None:
    dcat = described(released, "dcat.ttl")
    distributions = list(dcat.objects(DATASET, DCAT.distribution))
    assert len(distributions) == len(FORMATS) - 1, "all but iati"
    for distribution in distributions:
        content = (
            released / str(dcat.value(distribution, DCAT.downloadURL)).rpartition("/")[2]
        ).read_bytes()
        assert int(str(dcat.value(distribution, DCAT.byteSize))) == len(content)
        checksum = dcat.value(dcat.value(distribution, SPDX.checksum), SPDX.checksumValue)
        assert checksum is not None
        assert checksum == rdflib.Literal(
            hashlib.sha256(content).hexdigest(), datatype=rdflib.XSD.hexBinary
        )
        assert str(dcat.value(distribution, DCAT.mediaType)).startswith(
            "https://www.iana.org/assignments/media-types/"
        )
    assert (
        str(dcat.value(DATASET, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
    )


def test_prov_names_every_input_and_tool_without_a_clock(source: World, released: Path) -> None:
    prov = described(released, "prov.ttl")
    (build,) = prov.subjects(RDF.type, PROV.Activity)
    (inputs,) = prov.objects(build, PROV.used)
    members = {
        str(member).partition("/input/")[2] for member in prov.objects(inputs, PROV.hadMember)
    }
    files = {
        p.relative_to(source.root).as_posix()
        for p in (source.root / "data").rglob("*")
        if p.is_file()
    }
    assert files <= members
    rows = [line.split("  ", 1) for line in (released / "inputs.sha256").read_text().splitlines()]
    listed = {name: digest for digest, name in rows}
    assert set(listed) == members
    for name in files:
        assert listed[name] == hashlib.sha256((source.root / name).read_bytes()).hexdigest()
    agents = {
        str(agent).rpartition("/tool/")[2].split("/")[0]
        for agent in prov.subjects(RDF.type, PROV.SoftwareAgent)
    }
    assert {"pcve-graph", "pyoxigraph"} <= agents
    assert set(prov.predicates()).isdisjoint(
        {PROV.startedAtTime, PROV.endedAtTime, PROV.generatedAtTime}
    )


def test_the_manifest_lists_tools_inputs_and_files(released: Path) -> None:
    manifest = json.loads((released / "manifest.json").read_text())
    assert manifest["issued"] == "2026-11-23"
    assert set(manifest["tools"]) >= {"pcve-graph", "pyoxigraph"}
    for name, entry in manifest["files"].items():
        content = (released / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
    every = "".join(
        path.read_text("utf-8", "replace") for path in released.rglob("*") if path.is_file()
    )
    assert str(released) not in every
    assert str(released.parents[1]) not in every


def test_rocrate_reads_the_crate_and_finds_its_files(released: Path) -> None:
    crate = ROCrate(released)
    files = [entity for entity in crate.data_entities if entity.type == "File"]
    assert crate.root_dataset["datePublished"] == "2026-11-23"
    assert crate.root_dataset["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert crate.version == "1.1"
    assert {file.id for file in files} | {"SHA256SUMS", "ro-crate-metadata.json"} == {
        path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()
    }
    assert all(int(file["contentSize"]) == (released / file.id).stat().st_size for file in files)


CITATION = {
    "type": "object",
    "required": ["authors", "cff-version", "message", "title"],
    "additionalProperties": False,
    "properties": {
        "cff-version": {"const": "1.2.0"},
        "type": {"enum": ["dataset", "software"]},
        "authors": {"type": "array", "minItems": 1, "items": {"required": ["name"]}},
        "date-released": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        **{
            name: {"type": "string", "minLength": 1}
            for name in ("abstract", "license", "message", "title", "version")
        },
        "keywords": {"type": "array", "items": {"type": "string"}},
        "preferred-citation": {
            "type": "object",
            "required": ["authors", "title", "type"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "data"},
                **{
                    name: {"type": "string", "minLength": 1}
                    for name in ("date-released", "license", "title", "version")
                },
                "authors": {"type": "array", "minItems": 1, "items": {"required": ["name"]}},
            },
        },
    },
}
"""What is used of the schema of the Citation File Format 1.2.0, with its keys and their types."""


def test_the_citation_keeps_the_citation_file_format(released: Path) -> None:
    for path in (released / "CITATION.cff", ROOT / "CITATION.cff"):
        jsonschema.validate(yaml.load(path.read_text("utf-8"), yaml.BaseLoader), CITATION)


def test_a_release_is_the_same_again_and_verifies(source: World, released: Path) -> None:
    result = source.pcve("release", "--verify", str(released))
    assert result.exit_code == 0, result.output
    assert result.stdout == "identical, file by file\n"


def test_verify_names_what_differs_and_why(source: World, released: Path, tmp_path: Path) -> None:
    world = make_world(tmp_path / "elsewhere")
    for written in ("bounds.yml", "cited.tsv"):  # what a release states is committed with it
        shutil.copy(source.root / "data" / written, world.root / "data" / written)
    world.replace(
        "data/records/event/northtown-fair-2017.yml",
        "kind: meeting",
        "kind: conference",
    )
    theirs = shutil.copytree(released, tmp_path / "release")
    (theirs / "void.ttl").write_text("nothing\n")
    (theirs / "pcve.ics").unlink()
    (theirs / "more.txt").write_text("more\n")
    result = world.pcve("release", "--verify", str(theirs))
    assert result.exit_code == 1
    messages = result.stderr.splitlines()
    assert messages[:2] == [
        "input data/records/event/northtown-fair-2017.yml: the content differs",
        "file void.ttl: changed after the release, according to SHA256SUMS",
    ]
    assert "file more.txt: not part of the rebuilt release" in messages
    assert "file pcve.ics: missing" in messages
    assert any(line.startswith("file pcve.ttl: differs from line ") for line in messages)
    assert not any("ontology/" in line or "reference/" in line for line in messages)
    assert result.stdout == "differs\n"


def test_diff_reads_a_release(source: World, released: Path, tmp_path: Path) -> None:
    same = source.pcve("diff", str(released), str(source.root / "build"))
    assert (same.exit_code, same.stdout) == (0, "no differences\n")
    assert source.pcve("diff", str(source.root / "build"), str(released)).exit_code == 0


def test_a_release_is_whole_or_not_there(source: World, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    for target, words in (
        (there, "already exists; name a new folder"),
        (there / "mine.txt" / "below", "mine.txt is a file"),
    ):
        result = source.pcve("release", str(target))
        assert result.exit_code == 2
        assert words in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert [path.name for path in there.iterdir()] == ["mine.txt"]
    none = source.pcve("release", "--verify", str(there))
    assert none.exit_code == 2
    assert "is not a release: it must contain manifest.json and SHA256SUMS" in none.stderr
