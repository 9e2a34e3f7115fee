"""Invented worlds for benchmarks: the same bytes each time, valid, or invalid exactly as stated."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, World

from pcve_graph.model.namespaces import expand
from pcve_graph.model.schema import Ontology
from pcve_graph.validation import shacl

sys.path.insert(0, str(ROOT / "benchmarks"))

import faults
import generate
import invented
import world as worlds

RECORDS = 120


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("invented"))
    generate.write_project(world.root, RECORDS)
    result = world.pcve("build")
    assert result.exit_code == 0, result.output
    assert f"read     {RECORDS} records" in result.output
    assert "checks: 0 warnings" in result.output
    return world


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes(project: World, tmp_path: Path) -> None:
    again, other_seed = tmp_path / "again", tmp_path / "other"
    generate.write_project(again, RECORDS)
    generate.write_project(other_seed, RECORDS, seed=2)
    assert contents(again / "data") == contents(project.root / "data")
    assert contents(other_seed / "data") != contents(project.root / "data")


def test_a_graph_is_what_the_build_makes_of_the_records(project: World, ontology: Ontology) -> None:
    assert project.saved().manifest["facts"]["verified"] > RECORDS
    part = worlds.Part(1, 1, RECORDS - worlds.BACKBONE)
    lines = generate.graph_lines({**generate.backbone_files(1), **part.files()}, ontology)
    saved = project.saved()
    assert lines == {
        line for name in ("facts", "evidence", "catalog") for line in saved.lines(name)
    }


@pytest.mark.long
def test_a_graph_gives_the_results_that_its_faults_state(
    tmp_path: Path, ontology: Ontology
) -> None:
    path, again = tmp_path / "a.nt", tmp_path / "b.nt"
    expected = generate.write_graph(path, 14_000, rate=0.015)
    assert generate.write_graph(again, 14_000, rate=0.015) == expected
    assert path.read_bytes() == again.read_bytes()
    report = shacl.validate(path.read_text("utf-8"), ontology.shapes)
    results = [(r.focus, r.path, r.value, r.component, r.shape, r.severity) for r in report.results]
    assert Counter(results) == Counter(expected)
    assert len(expected) >= 50
    written = path.with_name("a.nt.expected.tsv").read_text("utf-8").splitlines()
    assert [tuple(row.split("\t")) for row in written] == expected


def test_a_graph_without_faults_conforms(tmp_path: Path, ontology: Ontology) -> None:
    assert generate.write_graph(tmp_path / "a.nt", 6_000, rate=0) == []
    text = (tmp_path / "a.nt").read_text("utf-8")
    assert shacl.validate(text, ontology.shapes).results == ()


def test_there_is_a_fault_for_every_constraint_in_use(tmp_path: Path, ontology: Ontology) -> None:
    parameters = {"minCount", "maxCount", "datatype", "nodeKind", "class", "node", "or", "pattern"}
    parameters |= {"minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "maxLength"}
    parameters |= {"minLength", "uniqueLang", "lessThan", "lessThanOrEquals", "sparql", "closed"}
    parameters |= {
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "equals",
        "disjoint",
        "not",
        "and",
        "xone",
        "in",
        "languageIn",
        "hasValue",
    }
    named = {
        tuple(line.split(" ", 2)[:2]) for line in ontology.shapes.splitlines() if line[0] == "<"
    }
    predicates = {predicate for _, predicate in named}
    used = {parameter for parameter in parameters if f"<{expand('sh:' + parameter)}>" in predicates}
    used -= {"hasValue"}  # only inside sh:node, whose own result is given
    expected = generate.write_graph(tmp_path / "a.nt", 16_000, rate=0.0001)
    components = {row[3] for row in expected}
    names = {name[0].upper() + name[1:] for name in used if name != "sparql"} | {"SPARQL"}
    assert components == {expand(f"sh:{name}ConstraintComponent") for name in names}
    stated = re.findall(rf"<([^>]*)> <{expand('sh:sparql')}>", ontology.shapes)
    assert {row[4] for row in expected if "SPARQL" in row[3]} == set(stated)
    assert len(expected) >= len(faults.FAULTS)


def test_no_two_things_have_one_word() -> None:
    words = [invented.word(number) for number in range(50_000)]
    assert len(set(words)) == len(words)
    assert len(worlds.part_sizes(2_500)) == 3
