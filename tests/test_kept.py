"""What lies in build/: what is kept is used for the same files only, and no build is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import World

from pcve_graph.build.build import build_project
from pcve_graph.build.inputs import SUMS, news, read_inputs, renewed, scan, write_inputs
from pcve_graph.build.saving import Draft
from pcve_graph.errors import UsageError
from pcve_graph.kept import FOLDER, kept
from pcve_graph.ontology import _ontology, read_ontology


def test_the_same_is_worked_out_once(tmp_path: Path) -> None:
    assert kept(tmp_path, "numbers", [b"1"], lambda: [1]) == [1]
    assert kept(tmp_path, "numbers", [b"1"], lambda: [2]) == [1]
    assert kept(tmp_path, "numbers", [b"3"], lambda: [3]) == [3]
    assert kept(tmp_path, "numbers", [b"1"], lambda: [4]) == [4]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b'{"key": 1, "value": 7}', b"\xff"])
def test_what_is_damaged_is_worked_out_again(damage: bytes, tmp_path: Path) -> None:
    kept(tmp_path, "numbers", [], lambda: 1)
    (tmp_path / FOLDER / "numbers.json").write_bytes(damage)
    assert kept(tmp_path, "numbers", [], lambda: 2) == 2


def test_where_there_is_no_build_nothing_is_kept(tmp_path: Path) -> None:
    assert kept(tmp_path / "build", "numbers", [], lambda: 1) == 1
    assert not (tmp_path / "build").exists()


def test_the_kept_ontology_is_the_one_that_is_read(world: World) -> None:
    build_project(world.project)
    project = world.project
    file = project.build / FOLDER / "ontology.json"
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
    told = news(world.project)
    assert len(told.gone) == 1
    assert len(told.changed) == 5
    for name in ("renewed", "written"):
        (tmp_path / name).mkdir()
    write_inputs(renewed(world.project.build, told), tmp_path / "renewed")
    write_inputs(scan(world.project), tmp_path / "written")
    first, second = (read_inputs(tmp_path / name) for name in ("renewed", "written"))
    assert (first.sums, first.stamps) == (second.sums, second.stamps)
    sums = [(tmp_path / name / SUMS).read_bytes() for name in ("renewed", "written")]
    assert sums[0] == sums[1]


def test_a_draft_that_cannot_take_its_place_leaves_the_last_build(tmp_path: Path) -> None:
    target = tmp_path / "build"
    target.mkdir()
    (target / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="cannot be written"), Draft(target) as draft:
        draft.replace()
    assert (target / "manifest.json").read_text() == "{}"
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_what_was_put_aside_stays_while_there_is_no_other_build(tmp_path: Path) -> None:
    aside = tmp_path / "build.old"
    aside.mkdir()
    with Draft(tmp_path / "build") as draft:
        draft.begin()
    assert [path.name for path in tmp_path.iterdir()] == ["build.old"]
