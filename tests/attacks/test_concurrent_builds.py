"""Concurrent builds, and readers while they run: a graph is always there, and no edit is lost.

`PCVE_ROUNDS` rounds of two to four builds, and as many builds with readers in a loop (3 each, by
default).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.api import KnowledgeGraph
from pcve_graph.graph.build_folder import build_folder
from pcve_graph.pipeline import build_project
from pcve_graph.system.locks import Lock, try_lock

pytestmark = pytest.mark.long

ROUNDS = int(os.environ.get("PCVE_ROUNDS", "3"))
DEADLINE = 300
READERS = (
    (["search", "hilltown"], "Hilltown"),
    (["query", "events-by-date"], "Northtown Conference"),
    (["show", "northtown"], "Northtown"),
    (["export", "ntriples"], "<https://w3id.org/pcve/id/place/hilltown>"),
)
PLACE = "data/records/place/hilltown.yml"


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(root), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(root, *arguments)
    output, errors = process.communicate(timeout=DEADLINE)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


@contextmanager
def readers(root: Path, number: int = 3) -> Iterator[list[str]]:
    """So many readers in a loop, each with another command in turn; the list takes what went wrong.

    Every reader has asked at least once when this ends.
    """
    faults: list[str] = []
    over = threading.Event()

    def read(place: int) -> None:
        while True:
            arguments, expected = READERS[place % len(READERS)]
            result = run(root, *arguments)
            if result.returncode or expected not in result.stdout:
                faults.append(f"{arguments}: {result.returncode} {result.stderr}")
            place += 1
            if over.is_set():
                return

    threads = [threading.Thread(target=read, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield faults
    finally:
        over.set()
        for thread in threads:
            thread.join(DEADLINE)


def edit(world: World, number: int) -> str:
    """Give a place one more name, and return it."""
    name = f"Upper Hill {'x' * (number % 7)}{number}"
    text = world.root.joinpath(PLACE).read_text("utf-8")
    world.write(PLACE, text + f"  - source: atlas\n    altLabel: {{en: {name}}}\n")
    return name


def whole_graph(world: World, folder: Path) -> dict[str, bytes]:
    """The graph files of a whole build of the same files, elsewhere."""
    shutil.copytree(world.root, folder, ignore=shutil.ignore_patterns("build"))
    clone = World(folder)
    build_project(clone.project, whole=True)
    return graph_bytes(clone)


def graph_bytes(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(world.built("graph").iterdir())}


def test_readers_see_no_gap_between_builds(world: World) -> None:
    build_project(world.project)
    with readers(world.root) as faults:
        for number in range(ROUNDS):
            edit(world, number)
            result = run(world.root, "build", *(["--whole"] if number % 3 == 2 else []))
            assert result.returncode == 0, result.stderr
    assert not faults, faults
    assert len(list((world.project.build / "generations").glob("*.lock"))) <= 4


def test_builds_at_the_same_time_lose_nothing(world: World, tmp_path: Path) -> None:
    chosen = random.Random(15)
    build_project(world.project)
    names: list[str] = []
    for number in range(ROUNDS):
        with readers(world.root) as faults:
            builders = []
            for turn in range(chosen.randint(2, 4)):
                names.append(edit(world, 10 * number + turn))
                whole = ["--whole"] if chosen.random() < 0.4 else []
                builders.append(start(world.root, "build", *whole))
                time.sleep(chosen.random() * 0.4)
            for builder in builders:
                _, errors = builder.communicate(timeout=DEADLINE)
                assert builder.returncode == 0, errors
                assert "Traceback" not in errors
        assert not faults, faults
        assert graph_bytes(world) == whole_graph(world, tmp_path / f"whole-{number}")
        facts = world.built("graph/facts.nt").read_text("utf-8")
        assert all(f'"{name}"@en' in facts for name in names)
    assert not list(world.project.build.glob("draft-*"))


def test_the_first_two_builds_at_the_same_time(world: World) -> None:
    builders = [start(world.root, "build") for _ in range(3)]
    for builder in builders:
        _, errors = builder.communicate(timeout=DEADLINE)
        assert builder.returncode == 0, errors
    assert world.built().name == "1"


def answers(graph: KnowledgeGraph) -> list[object]:
    """What a graph says in each of its ways."""
    rows = graph.sparql("SELECT ?s { ?s ?p 'Hilltown'@en }")
    return [
        list(rows),  # type: ignore[arg-type]
        list(graph.query("events-by-date", timeout=60)),
        graph.search("upper hill"),
        repr(graph.show("hilltown")),
        len(graph.to_rdflib()),
    ]


def test_a_graph_in_python_answers_from_its_generation_as_long_as_it_is_open(
    world: World,
) -> None:
    build_project(world.project)
    graph = KnowledgeGraph.open(world.root)
    first = world.built()
    before = answers(graph)
    for number in range(4):
        edit(world, number)
        assert run(world.root, "build").returncode == 0
    assert answers(graph) == before
    assert first.is_dir()
    assert all(hit.unmatched for hit in graph.search("upper hill"))
    assert KnowledgeGraph.open(world.root).search("upper hill")[0].unmatched == ()
    graph._graph.worker.close()  # type: ignore[attr-defined]
    del graph
    for number in range(4, 6):
        edit(world, number)
        assert run(world.root, "build").returncode == 0
    assert not first.exists()
    assert len([p for p in first.parent.iterdir() if p.is_dir()]) == 2


@pytest.mark.long
def test_a_build_waits_for_another_and_says_so(world: World) -> None:
    build_project(world.project)
    with build_folder(world.project.build):
        waiting = start(world.root, "build")
        assert waiting.stderr
        line = waiting.stderr.readline()
        assert line == f"note: waiting for another build in {world.project.build} to finish\n"
        assert run(world.root, "search", "northtown").returncode == 0
    _, errors = waiting.communicate(timeout=DEADLINE)
    assert (waiting.returncode, errors) == (0, "")


def test_what_a_killed_build_leaves_goes_with_the_next(world: World) -> None:
    build_project(world.project)
    before = graph_bytes(world)
    edit(world, 1)
    killed = start(world.root, "build", "--whole")
    end = time.monotonic() + DEADLINE
    while not list(world.project.build.glob("draft-*")) and killed.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.001)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert list(world.project.build.glob("draft-*"))
    assert graph_bytes(world) == before
    assert run(world.root, "search", "hilltown").returncode == 0
    assert run(world.root, "build").returncode == 0
    assert not list(world.project.build.glob("draft-*"))


def test_where_nothing_can_be_locked_a_build_is_read_and_made(world: World) -> None:
    """A file system without locks, in the place of `flock` as it answers there."""
    code = (
        "import fcntl, errno\n"
        "def flock(*a): raise OSError(errno.ENOLCK, 'No locks available')\n"
        "fcntl.flock = flock\n"
        "from pcve_graph.cli.main import cli; cli()"
    )
    for number in range(4):
        name = edit(world, number)
        command = [sys.executable, "-c", code, "--project", str(world.root)]
        built = subprocess.run(
            [*command, "build"], capture_output=True, text=True, timeout=DEADLINE
        )
        assert (built.returncode, built.stderr) == (0, "")
        assert name in world.built("graph/facts.nt").read_text("utf-8")
        asked = subprocess.run(
            [*command, "search", "hill"], capture_output=True, text=True, timeout=DEADLINE
        )
        assert (asked.returncode, "Hilltown" in asked.stdout) == (0, True)
    assert world.built().name == "4"


@pytest.mark.quick
def test_locks_exclude_what_they_should(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = try_lock(path, exclusive=False), try_lock(path, exclusive=False)
    assert isinstance(first, Lock)
    assert isinstance(second, Lock)
    assert first.held
    assert try_lock(path, exclusive=True) is None
    first.close()
    assert try_lock(path, exclusive=True) is None
    second.close()
    alone = try_lock(path, exclusive=True)
    assert alone is not None
    assert try_lock(path, exclusive=False) is None
    del alone
    assert try_lock(path, exclusive=True) is not None
    nowhere = try_lock(tmp_path / "nowhere" / "lock", exclusive=True)
    assert nowhere is not None
    assert not nowhere.held
