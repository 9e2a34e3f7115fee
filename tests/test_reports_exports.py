"""Whatever the program writes, it accepts: no error and no warning, alone and against the graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.cli.validate import validate
from pcve_graph.publish.export.formats import FORMATS
from pcve_graph.publish.export.shapes import SHAPES_FORMATS

RDF = [
    name for name, form in FORMATS.items() if "rdf" in form.media_type or "ld" in form.media_type
]
RDF += [name for name in ("turtle", "ntriples", "nquads", "trig") if name not in RDF]
ENDINGS = {name: FORMATS[name].suffix for name in RDF} | dict.fromkeys(SHAPES_FORMATS, ".ttl")
RESTATED = ("schemaorg",)
"""Formats with values of other datatypes for the same things: with the graph, a date has two."""
KINDS = {
    *("document", "event", "event-series", "initiative", "need", "organization", "person"),
    *("place", "programme", "project", "search"),
}


HAS_CONTEXT = any("--context" in parameter.opts for parameter in validate.params)
CONTEXTS = {
    "https://schema.org": {"@vocab": "https://schema.org/"},
    "https://w3id.org/ro/crate/1.1/context": {
        "@vocab": "http://schema.org/",
        "File": "http://schema.org/MediaObject",
        "conformsTo": "http://purl.org/dc/terms/conformsTo",
    },
}
"""Contexts of others that exports name, as far as these tests need them: nothing is fetched."""


def contexts(path: Path, folder: Path) -> list[str]:
    """The options with a file for the context of others that a document names, if it does."""
    text = path.read_text("utf-8") if path.suffix == ".json" else ""
    options = []
    for number, (address, context) in enumerate(CONTEXTS.items()):
        if f'"{address}"' in text:
            if not HAS_CONTEXT:
                pytest.skip("pcve validate has no --context yet")
            file = folder / f"context-{number}.jsonld"
            file.write_text(json.dumps({"@context": context}))
            options += ["--context", f"{address}={file}"]
    return options


def faults(world: World, path: Path, *options: str) -> list[tuple[str, str]]:
    """(rule, message) of each error and warning that the command reports for a file."""
    options = (*options, *contexts(path, path.parent))
    result = world.pcve("validate", str(path), *options, "--format", "json", "--limit", "0")
    report = json.loads(result.stdout)
    problems = report if isinstance(report, list) else report["problems"]
    wrong_rows = [(row["rule"], row["message"]) for row in problems if row["severity"] != "info"]
    assert result.exit_code == 0 or wrong_rows, result.output
    return wrong_rows


def exported(world: World, folder: Path, form: str, *options: str) -> Path:
    path = folder / f"pcve{ENDINGS[form]}"
    result = world.pcve("export", form, *options, "-o", str(path))
    assert result.exit_code == 0, result.output
    return path


def test_every_format_of_rdf_is_tested() -> None:
    assert {"turtle", "jsonld", "jsonld-framed", "ntriples", "nquads", "trig", "rdfxml"} < set(RDF)
    assert {"owl", "schemaorg"} < set(RDF)


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.long
def test_an_export_is_accepted(northtown: World, tmp_path: Path, form: str) -> None:
    path = exported(northtown, tmp_path, form)
    assert faults(northtown, path) == []
    if form not in RESTATED:
        assert faults(northtown, path, "--against") == []


@pytest.mark.parametrize("form", RDF)
@pytest.mark.long
def test_a_part_in_each_format_is_accepted(northtown: World, tmp_path: Path, form: str) -> None:
    path = exported(northtown, tmp_path, form, "--only", "event")
    assert faults(northtown, path) == []
    if form not in RESTATED:
        assert faults(northtown, path, "--against") == []


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.long
def test_each_part_is_accepted(northtown: World, tmp_path: Path, kind: str) -> None:
    path = exported(northtown, tmp_path, "turtle", "--only", kind)
    assert faults(northtown, path) == []
    assert faults(northtown, path, "--against") == []


def test_a_part_needs_no_claims_from_elsewhere(northtown: World, tmp_path: Path) -> None:
    path = exported(northtown, tmp_path, "turtle", "--only", "event", "--since", "2016")
    assert faults(northtown, path, "--require-claims") == []


def rdf_files(folder: Path) -> list[Path]:
    names = {".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".owl"}
    files = [path for path in folder.rglob("*") if path.suffix in names]
    of_others = ("pcve.json", "ro-crate-metadata.json") if HAS_CONTEXT else ()
    return sorted([*files, *(folder / name for name in of_others)])


OF_CRATES = {"near-namespace", "nothing-checked"}
"""Warnings on a crate, whose context is that of RO-Crate: its schema.org begins with http:."""


@pytest.mark.long
def test_each_file_of_a_release_is_accepted(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    result = world.pcve("release", str(folder))
    assert result.exit_code == 0, result.output
    files = rdf_files(folder)
    assert len(files) >= 20
    wrong = {}
    for path in files:
        for options in ((),) if path.name == "pcve.json" else ((), ("--against",)):
            wrong_rows = faults(world, path, *options)
            if path.name == "ro-crate-metadata.json":
                wrong_rows = [row for row in wrong_rows if row[0] not in OF_CRATES]
            if wrong_rows:
                wrong[path.relative_to(folder).as_posix(), options] = wrong_rows[:3]
    assert wrong == {}


@pytest.mark.long
@pytest.mark.parametrize("form", ENDINGS)
def test_an_export_of_the_shipped_graph_is_accepted(
    shipped: World, tmp_path: Path, form: str
) -> None:
    path = exported(shipped, tmp_path, form)
    assert faults(shipped, path) == []
    if form not in RESTATED:
        assert faults(shipped, path, "--against") == []


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(KINDS - {"need", "search"}))
def test_each_part_of_the_shipped_graph_is_accepted(
    shipped: World, tmp_path: Path, kind: str
) -> None:
    path = exported(shipped, tmp_path, "turtle", "--only", kind)
    assert faults(shipped, path) == []
    assert faults(shipped, path, "--against") == []
