"""Obstacles in place of the build folder, and a system that runs out of a resource."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.pipeline import build_project

pytestmark = pytest.mark.long

Result = subprocess.CompletedProcess[str]


def run(root: Path, *arguments: str, prepare: Callable[[], None] | None = None) -> Result:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(root), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, cwd=root, preexec_fn=prepare
    )


def state(folder: Path) -> dict[str, bytes | str]:
    """Everything in a folder, by path; links as what they point to."""
    contents: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            contents[str(path)] = str(path.readlink())
        elif path.is_file():
            contents[str(path)] = path.read_bytes()
    return contents


def link_elsewhere(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "elsewhere" / "precious.txt").write_text("mine")
    (root / "build").symlink_to(root.parent / "elsewhere")


def link_to_a_build(root: Path) -> None:
    build_project(World(root).project)
    (root / "build").rename(root.parent / "moved")
    (root / "build").symlink_to(root.parent / "moved")


def link_to_nothing(root: Path) -> None:
    (root / "build").symlink_to(root / "nowhere")


def file(root: Path) -> None:
    (root / "build").write_text("#!/bin/sh\nmake\n")


def folder_of_others(root: Path) -> None:
    (root / "build" / "lib").mkdir(parents=True)
    (root / "build" / "lib" / "module.py").write_text("x = 1\n")
    (root / "build" / "current").write_text("mine\n")
    (root / "build" / "graph").mkdir()
    (root / "build" / "graph" / "picture.svg").write_text("<svg/>")


@pytest.mark.parametrize(
    "prepared", [link_elsewhere, link_to_a_build, link_to_nothing, file, folder_of_others]
)
def test_what_is_not_a_build_is_left_alone(world: World, prepared: Callable[[Path], None]) -> None:
    prepared(world.root)
    before = state(world.root.parent)
    for whole in ([], ["--whole"]):
        result = run(world.root, "build", *whole)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(f"pcve: {world.root}/build ")
        assert result.stderr.count("\n") == 1
        assert "Nothing was changed" in result.stderr
    run(world.root, "search", "northtown")
    run(world.root, "validate")
    assert state(world.root.parent) == before


@pytest.mark.quick
def test_a_folder_called_like_a_draft_is_left_alone(world: World) -> None:
    chapter = world.write("build/draft-of-my-thesis/chapter-1.txt", "mine")
    result = run(world.root, "build")
    assert (result.returncode, result.stdout) == (2, "")
    assert "files that pcve did not write (draft-of-my-thesis)" in result.stderr
    assert chapter.read_text() == "mine"


@pytest.mark.parametrize("name", ["current", "lock"])
def test_a_folder_in_place_of_a_file_is_one_message(world: World, name: str) -> None:
    build_project(world.project)
    (world.project.build / name).unlink()
    notes = world.write(f"build/{name}/notes.txt", "mine")
    result = run(world.root, "build")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(
        f"pcve: {world.root}/build/{name} is a folder, where a file of the build"
    )
    assert result.stderr.count("\n") == 1
    assert notes.read_text() == "mine"


def test_foreign_files_next_to_a_build_stay(world: World) -> None:
    build_project(world.project)
    notes = world.write("build/notes.txt", "mine")
    chapter = world.write("build/draft-of-my-thesis/chapter-1.txt", "mine")
    world.write("data/README.md", "changed")
    assert run(world.root, "build").returncode == 0
    assert run(world.root, "build", "--whole").returncode == 0
    assert notes.read_text() == chapter.read_text() == "mine"


def test_the_layout_of_the_first_version_is_replaced(world: World) -> None:
    build_project(world.project)
    build, last = world.project.build, world.built()
    for path in last.iterdir():
        if path.name != "sums.json":
            path.rename(build / path.name)
    shutil.rmtree(build / "generations")
    for name in ("current", "lock"):
        (build / name).unlink()
    world.write("build/graph/notes.txt", "mine")
    asked = run(world.root, "search", "northtown")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.endswith("was written by another version of pcve; run `pcve build`\n")
    result = run(world.root, "build")
    assert result.returncode == 0
    assert "another version of pcve; the graph is built from scratch" in result.stderr
    assert sorted(path.name for path in build.iterdir() if path.name != "kept") == [
        "current", "generations", "graph", "lock",
    ]  # fmt: skip
    assert [path.name for path in (build / "graph").iterdir()] == ["notes.txt"]
    assert "Northtown" in run(world.root, "search", "northtown").stdout


@pytest.mark.parametrize("number", [1, 3, 99])
def test_another_format_is_one_message_and_is_built_anew(world: World, number: int) -> None:
    build_project(world.project)
    current = world.project.build / "current"
    current.write_text(current.read_text().replace('"format": 2', f'"format": {number}'))
    asked = run(world.root, "query", "events-by-date")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.endswith("was written by another version of pcve; run `pcve build`\n")
    result = run(world.root, "build")
    assert result.returncode == 0
    assert result.stderr.endswith("another version of pcve; the graph is built from scratch\n")
    assert world.built().name == "2"


def test_a_build_of_another_program_is_made_anew_with_one_line(world: World) -> None:
    build_project(world.project)
    copy = world.root / "other"
    package = Path(sys.modules["pcve_graph"].__file__ or "").parent
    shutil.copytree(package, copy / "pcve_graph", ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "pcve_graph" / "errors.py").open("a") as errors:
        errors.write("# another program\n")
    result = subprocess.run(
        [sys.executable, "-m", "pcve_graph", "--project", str(world.root), "build"],
        capture_output=True, text=True, timeout=120, cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stderr.endswith("another version of pcve; the graph is built from scratch\n")


def test_without_hard_links_files_are_copied(world: World) -> None:
    build_project(world.project)
    world.write("data/README.md", "changed")
    code = (
        "import os, errno\n"
        "def link(*a, **k): raise OSError(errno.EPERM, 'no links here')\n"
        "os.link = link\n"
        "from pcve_graph.cli.main import cli; cli()"
    )
    command = [sys.executable, "-c", code, "--project", str(world.root), "build"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=world.root)
    assert (result.returncode, result.stderr) == (0, "")
    graph = world.built("graph/vocabulary.nt")
    assert graph.stat().st_nlink == 1
    assert "Northtown" in run(world.root, "search", "northtown").stdout


def test_a_full_disk_leaves_the_last_build_and_one_message(world: World) -> None:
    build_project(world.project)
    before = state(world.project.build)
    name = "data/records/place/hilltown.yml"
    world.infer(name)
    world.replace(name, "{en: Hilltown}", "{en: Hilltown, sq: Qyteti i Kodrës}")
    for most in (1_000, 50_000, 200_000):
        for whole in ([], ["--whole"]):

            def limit(most: int = most) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

            result = run(world.root, "build", *whole, prepare=limit)
            assert result.returncode == 2, result.stderr
            assert "Traceback" not in result.stderr
            assert result.stderr.count("\n") == 1, result.stderr
            assert "cannot be written" in result.stderr
            after = state(world.project.build)
            assert {name: after.get(name) for name in before} == before
            assert not list(world.project.build.glob("draft-*"))
    assert run(world.root, "build").returncode == 0
    assert "Hilltown" in run(world.root, "search", "kodres").stdout


@pytest.mark.parametrize("most", [5, 6, 8, 20, 60])
def test_few_descriptors_are_one_message_or_suffice(world: World, most: int) -> None:
    build_project(world.project)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    for command in (["build", "--whole"], ["search", "northtown"], ["query", "events-by-date"]):
        result = run(world.root, *command, prepare=limit)
        assert "Traceback" not in result.stderr, result.stderr
        assert result.returncode in (0, 2)
        if result.returncode:
            assert result.stderr.startswith("pcve: "), result.stderr
            assert result.stderr.count("\n") == 1, result.stderr
            assert result.stderr.endswith("raise the limit of this process with `ulimit -n`\n")
    assert "Northtown" in run(world.root, "search", "northtown").stdout


@pytest.mark.parametrize("megabytes", [150, 300])
def test_little_memory_leaves_the_last_build(world: World, megabytes: int) -> None:
    build_project(world.project)
    before = state(world.project.build)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    result = run(world.root, "build", "--whole", prepare=limit)
    assert result.returncode != 0
    after = state(world.project.build)
    assert {name: after.get(name) for name in before} == before
    assert "Northtown" in run(world.root, "search", "northtown").stdout


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="a superuser may read everything")
@pytest.mark.parametrize("name", ["build", "build/current", "build/generations/1", "data/sources"])
def test_what_this_user_may_not_read_is_one_message(world: World, name: str) -> None:
    build_project(world.project)
    path = world.root / name
    mode = path.stat().st_mode
    without = "-dac_override,-dac_read_search"
    drop = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root)]
    path.chmod(0)
    try:
        for arguments in (["build"], ["query", "events-by-date"]):
            result = subprocess.run(
                [*(drop if os.geteuid() == 0 else []), *command, *arguments],
                capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            if name == "data/sources" and arguments[0] == "query":
                continue
            if name == "data/sources":
                assert (result.returncode, result.stdout) == (1, ""), result.stderr
                assert "data/sources:1:1: error special-file: the folder may not" in result.stderr
                continue
            assert (result.returncode, result.stdout) == (2, ""), result.stderr
            *notes, message = result.stderr.splitlines()
            assert all(note.startswith("note: ") for note in notes), result.stderr
            assert message.startswith("pcve: "), result.stderr
            assert "Permission denied" in message
    finally:
        path.chmod(mode)
