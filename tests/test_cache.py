"""The cache in build/ is used for the same input files only."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import World

from pcve_graph.graph.generations import GENERATIONS
from pcve_graph.graph.inputs import (
    find_input_changes,
    merge_input_changes,
    read_inputs,
    scan_inputs,
    write_inputs,
)
from pcve_graph.graph.ontology import _ontology, read_ontology
from pcve_graph.graph.store import SUMS
from pcve_graph.pipeline import build_project
from pcve_graph.system.cache import CACHE_FOLDER, cached


def test_the_same_is_worked_out_once(tmp_path: Path) -> None:
    (tmp_path / GENERATIONS).mkdir()
    assert cached(tmp_path, "numbers", [b"1"], lambda: [1]) == [1]
    assert cached(tmp_path, "numbers", [b"1"], lambda: [2]) == [1]
    assert cached(tmp_path, "numbers", [b"3"], lambda: [3]) == [3]
    assert cached(tmp_path, "numbers", [b"1"], lambda: [4]) == [4]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b'{"key": 1, "value": 7}', b"\xff"])
def test_what_is_damaged_is_worked_out_again(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / GENERATIONS).mkdir()
    cached(tmp_path, "numbers", [], lambda: 1)
    (tmp_path / CACHE_FOLDER / "numbers.json").write_bytes(damage)
    assert cached(tmp_path, "numbers", [], lambda: 2) == 2


def test_a_changed_value_is_worked_out_again(tmp_path: Path) -> None:
    (tmp_path / GENERATIONS).mkdir()
    cached(tmp_path, "numbers", [], lambda: [1, 2])
    file = tmp_path / CACHE_FOLDER / "numbers.json"
    file.write_bytes(file.read_bytes().replace(b"[1, 2]", b"[1, 3]"))
    assert cached(tmp_path, "numbers", [], lambda: [1, 2]) == [1, 2]


def test_without_a_build_nothing_is_cached(tmp_path: Path) -> None:
    assert cached(tmp_path / "build", "numbers", [], lambda: 1) == 1
    assert not (tmp_path / "build").exists()
    assert cached(tmp_path, "numbers", [], lambda: 1) == 1
    assert not list(tmp_path.iterdir())


def test_the_cached_ontology_is_the_one_that_is_read(world: World) -> None:
    build_project(world.project)
    project = world.project
    file = project.build / CACHE_FOLDER / "ontology.json"
    _ontology.cache_clear()
    assert not file.exists()
    fresh = read_ontology(project)
    assert file.is_file()
    _ontology.cache_clear()
    assert read_ontology(project) == fresh


def test_inputs_with_the_news_are_those_of_a_scan(world: World, tmp_path: Path) -> None:
    build_project(world.project)
    world.write("data/a.md", "new, and the first")
    world.write("data/zz.md", "new, and the last")
    world.write("data/notes.md", "one more")
    next((world.root / "data/records").rglob("*.yml")).unlink()
    first = sorted((world.root / "data/sources").glob("*.yml"))[0]
    first.write_text(first.read_text("utf-8") + "\n", "utf-8")
    changes = find_input_changes(world.project, world.built())
    assert len(changes.gone) == 1
    assert len(changes.changed) == 5
    for name in ("renewed", "written"):
        (tmp_path / name).mkdir()
    write_inputs(merge_input_changes(world.built(), changes), tmp_path / "renewed")
    write_inputs(scan_inputs(world.project), tmp_path / "written")
    renewed, written = (read_inputs(tmp_path / name) for name in ("renewed", "written"))
    assert (renewed.sums, renewed.stamps) == (written.sums, written.stamps)
    sums = [(tmp_path / name / SUMS).read_bytes() for name in ("renewed", "written")]
    assert sums[0] == sums[1]
