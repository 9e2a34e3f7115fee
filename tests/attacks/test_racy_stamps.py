"""Edits that look as if nothing had changed, and edits while a build runs: the next build has them.

`PCVE_RACY_EDITS` is the number of edits in a loop.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, World, make_world

from pcve_graph.graph.inputs import (
    InputChanges,
    find_input_changes,
    read_inputs,
    recheck_inputs,
    scan_inputs,
)
from pcve_graph.model.namespaces import GRAPHS
from pcve_graph.pipeline import build_project

pytestmark = pytest.mark.long

EDITS = int(os.environ.get("PCVE_RACY_EDITS", "40"))
RECORD = "data/records/event/northtown-conference-2015.yml"
WORD = "patience"
"""A word of that record, of eight letters; it stands in the quote too, which stays as it is."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A fresh Northtown with a remark that need not be in the words of its quote."""
    world = make_world(tmp_path / "world")
    world.infer(RECORD, f"    remark: {{en: Ana Vale asked for {WORD}}}\n")
    return world


def edit(world: World, old: str, new: str, name: str = RECORD) -> None:
    """Put `new` in the place of `old`, of the same length, in the same file with the same time."""
    path = world.root / name
    before = path.stat()
    content = path.read_bytes()
    assert (content.count(old.encode()), len(old)) == (1, len(new))
    with path.open("r+b") as file:
        file.write(content.replace(old.encode(), new.encode()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (before.st_size, before.st_ino, before.st_mtime_ns) == (
        (after.st_size, after.st_ino, after.st_mtime_ns)
    )


def words(number: int) -> str:
    return f"asked for {number:08}"


def facts(world: World) -> str:
    return "\n".join(world.saved().lines("facts"))


def begun(world: World) -> subprocess.Popen[bytes]:
    """A build in a process of its own."""
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), "build"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_every_edit_is_in_the_next_build(world: World) -> None:
    """One after the other as fast as can be, some of them while another build runs."""
    dice = random.Random(15)
    edit(world, f"asked for {WORD}", words(0))
    build_project(world.project)
    seconds = 1.0
    for number in range(1, EDITS + 1):
        running = begun(world) if dice.random() < 0.15 else None
        if running:
            # Changed before the build begins to read, or while it reads, or after.
            time.sleep(dice.uniform(0, seconds))
        edit(world, words(number - 1), words(number))
        if running:
            if dice.random() < 0.5:
                time.sleep(dice.uniform(0, 0.05))
                edit(world, words(number), words(number - 1))
                time.sleep(dice.uniform(0, 0.05))
                edit(world, words(number - 1), words(number))
            start = time.monotonic()
            running.wait(60)
            seconds = max(0.5, time.monotonic() - start)
        build_project(world.project)
        assert words(number) in facts(world), number
        assert words(number - 1) not in facts(world), number
    last = {name: world.saved().lines(name) for name in GRAPHS}
    build_project(world.project, whole=True)
    assert last == {name: world.saved().lines(name) for name in GRAPHS}
    assert read_inputs(world.saved().folder).sums == scan_inputs(world.project).sums


@pytest.mark.long
def test_a_file_that_changed_back_after_it_was_read_is_read_again(world: World) -> None:
    """The sum is that of the file as it is; the build read something else in between."""
    build_project(world.project)
    edit(world, f"asked for {WORD}", words(1))

    def meanwhile() -> InputChanges:
        looked = find_input_changes(world.project, world.built())
        edit(world, words(1), words(2))
        return looked

    build_project(world.project, find_changes=meanwhile)
    assert words(2) in facts(world)
    edit(world, words(2), words(1))
    build_project(world.project)
    assert words(1) in facts(world)
    assert find_input_changes(world.project, world.built()).changed == set()


def test_an_ontology_that_changed_back_before_it_was_looked_at_is_read_again(world: World) -> None:
    build_project(world.project)
    name, right, wrong = (
        "ontology/shapes/event.ttl",
        "sh:path pcve:remark ;",
        "sh:path foaf:remark ;",
    )
    edit(world, right, wrong, name)
    edit(world, f"asked for {WORD}", words(1))

    def meanwhile() -> InputChanges:
        edit(world, wrong, right, name)
        return find_input_changes(world.project, world.built())

    build_project(world.project, find_changes=meanwhile)
    assert words(1) in facts(world)
    assert "foaf/0.1/remark" not in facts(world)
    assert find_input_changes(world.project, world.built()).changed == set()


def test_a_file_that_came_and_went_while_a_build_read_makes_all_unsure(world: World) -> None:
    files = scan_inputs(world.project)
    assert recheck_inputs(world.project, files) == files
    passing = world.root / "data/records/event/passing.yml"
    passing.write_text("id: passing\n")
    passing.unlink()
    after = recheck_inputs(world.project, files)
    assert after.sums == files.sums
    assert set(after.stamps.values()).isdisjoint(files.stamps.values())


def test_a_file_that_changed_just_before_the_look_is_read_again(world: World) -> None:
    """As git does with its index: a further change within the same tick would look the same."""
    build_project(world.project)

    def at_once() -> InputChanges:
        edit(world, f"asked for {WORD}", words(1))
        return find_input_changes(world.project, world.built())

    build_project(world.project, find_changes=at_once)
    assert RECORD in find_input_changes(world.project, world.built()).fresh
    assert find_input_changes(world.project, world.built()).changed == set()
    time.sleep(0.3)
    edit(world, words(1), words(2))
    time.sleep(0.3)
    build_project(world.project)
    assert RECORD not in find_input_changes(world.project, world.built()).fresh
