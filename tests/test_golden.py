"""Golden files are written anew as a whole, or stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import World
from golden import replace_folder, write_answers

from pcve_graph.model.problems import UsageError


def files_of(folder: Path) -> dict[str, bytes]:
    paths = filter(Path.is_file, folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_question_that_fails_leaves_all_golden_answers_as_they_are(
    world: World, tmp_path: Path
) -> None:
    assert world.pcve("build").exit_code == 0
    for path in (world.root / "queries/answers").iterdir():
        if path.stem not in ("everything", "topics"):
            path.unlink()
    target = tmp_path / "answers"
    write_answers(world, target)
    written = files_of(target)
    assert written.keys() == {f"northtown/{name}.csv" for name in ("everything", "topics")}

    header = "#+ params:\n#+   whom: {type: thing, example: nobody-at-all, required: true}\n"
    failing = world.write("queries/answers/zero.rq", header + "SELECT ?whom { ?whom ?p ?o }")
    world.write("queries/answers/topics.rq", "SELECT ?topic { ?topic a ?class }")
    with pytest.raises(UsageError, match="nobody-at-all"):
        write_answers(world, target)
    assert files_of(target) == written
    assert {path.name for path in tmp_path.iterdir()} == {"answers", world.root.name}

    failing.unlink()
    (world.root / "queries/answers/everything.rq").unlink()
    write_answers(world, target)
    assert files_of(target).keys() == {"northtown/topics.csv"}
    assert files_of(target)["northtown/topics.csv"] != written["northtown/topics.csv"]


def test_a_file_that_cannot_be_written_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "exports"
    replace_folder(target, {"old/one.csv": b"1", "old/two.csv": b"2"})
    with pytest.raises(OSError, match="new"):
        replace_folder(target, {"new.csv": b"3", "new.csv/below.csv": b"4"})
    assert files_of(target) == {"old/one.csv": b"1", "old/two.csv": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]
