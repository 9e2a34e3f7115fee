"""FIFOs, devices, sockets and links in place of files that commands read: one message, no waiting."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import World, make_world

from pcve_graph.system.files import walk_files

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here"),
]

EVENT = "<https://w3id.org/pcve/id/event/a> a <https://w3id.org/pcve/ns#Event> .\n"
RECORD = "data/records/events/held.yml"


def pcve(world: World, *arguments: str) -> tuple[int, str]:
    """Exit code and output, within a minute."""
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    output = run.stdout + run.stderr
    assert "Traceback" not in output
    return run.returncode, output


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A built project for the tests that put everything back."""
    world = make_world(tmp_path_factory.mktemp("special") / "northtown")
    assert world.pcve("build").exit_code == 0
    return world


def make(kind: str, path: Path) -> None:
    """Put a thing of this kind at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket is short
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path.name)
        finally:
            os.chdir(here)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "sparse":
        with path.open("wb") as file:
            file.truncate(2**33)
    else:
        path.symlink_to({"zero": "/dev/zero", "tty": "/dev/tty", "away": "/etc/passwd"}[kind])


@pytest.fixture
def put(shared: World) -> Iterator[object]:
    """Put a thing in the place of a file of the project; the file comes back in the end."""
    undo: list[tuple[Path, bytes | None]] = []

    def replace(kind: str, name: str) -> None:
        path = shared.root / name
        undo.append((path, path.read_bytes() if path.is_file() else None))
        path.unlink(missing_ok=True)
        make(kind, path)

    yield replace
    for path, content in undo:
        path.unlink()
        if content is not None:
            path.write_bytes(content)


KINDS = ("fifo", "socket", "zero", "tty", "loop", "away")


@pytest.mark.parametrize("kind", KINDS)
def test_a_special_file_among_the_records(shared: World, put: object, kind: str) -> None:
    put(kind, RECORD)  # type: ignore[operator]
    code, output = pcve(shared, "validate" if kind in ("zero", "loop") else "build")
    assert code == 1
    assert output.count(f"{RECORD}:1:1: error special-file") == 1
    assert "root:" not in output


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("zero", "data/sources/held.yml"),
        ("fifo", "data/sources/texts/northtown-news.txt"),
        ("away", "data/ledger.yml"),
        ("fifo", "ontology/vocab/topic.ttl"),
        ("away", "ontology/axioms.ttl"),
        ("fifo", "queries/checks/one.rq"),
        ("zero", "queries/landscape/weights.yml"),
    ],
)
def test_a_special_file_anywhere_in_a_project(
    shared: World, put: object, kind: str, name: str
) -> None:
    put(kind, name)  # type: ignore[operator]
    command = "overlaps" if "landscape" in name else "build"
    code, output = pcve(shared, command)
    assert code in (1, 2), output
    assert "special-file" in output or "is not a regular file" in output, output
    assert name in output


@pytest.mark.parametrize("kind", ["fifo", "away"])
def test_a_special_file_among_the_saved_queries(shared: World, put: object, kind: str) -> None:
    put(kind, "queries/answers/zero.rq")  # type: ignore[operator]
    for command in (("queries",), ("query", "zero")):
        code, output = pcve(shared, *command)
        if kind == "away" or command[0] == "queries":
            assert code == 1, output
            assert "queries/answers/zero.rq:1:1: error special-file" in output


@pytest.mark.parametrize("kind", ["fifo", "socket", "zero", "tty", "loop"])
def test_a_special_file_that_is_named(shared: World, tmp_path: Path, kind: str) -> None:
    for ending in (".ttl", ".yml", ".jsonl", ".rq"):
        make(kind, tmp_path / f"x{ending}")
    (tmp_path / "data.ttl").write_text(EVENT)
    commands = [
        ("query", f"{tmp_path}/x.rq"),
        ("validate", f"{tmp_path}/data.ttl", "--shapes", f"{tmp_path}/x.ttl"),
        ("validate", f"{tmp_path}/x.ttl"),
        ("validate", f"{tmp_path}/x.yml"),
        ("validate", f"{tmp_path}/x.jsonl"),
        ("diff", f"{tmp_path}/x.ttl"),
    ]
    for command in commands if kind == "fifo" else commands[:2]:
        code, output = pcve(shared, *command)
        assert code == 2, (command, output)
        assert output.count("error unreadable-file") == (command[0] == "validate"), output
        assert len(output.splitlines()) < 6


@pytest.mark.parametrize("kind", ["fifo", "zero", "loop"])
def test_special_files_in_a_folder_are_named_and_stop_nothing(
    shared: World, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.ttl").write_text(EVENT)
    make(kind, folder / "x.ttl")
    (folder / "again").symlink_to(folder)
    (folder / "deep" / "up").symlink_to(tmp_path)
    (folder / "deep" / "pipe").symlink_to(folder / "x.ttl")  # its name is not that of a data file
    code, output = pcve(shared, "validate", str(folder))
    assert code == 2
    assert output.count("error pcvesh:Event-kind") == 1
    places = {line.partition(":1:1")[0] for line in output.splitlines() if "special-file" in line}
    assert places == {f"{folder}/deep/up", f"{folder}/x.ttl"}
    (folder / "q.rq").write_text("SELECT ?a { ?a ?b ?c } LIMIT 1")
    make(kind, folder / "x.rq")
    code, output = pcve(shared, "queries", "--queries", str(folder))
    assert code == 1
    assert output.startswith("q\n")
    places = {line.partition(":1:1")[0] for line in output.splitlines() if "special-file" in line}
    assert f"{folder}/deep/up" in places


def test_a_huge_file_is_refused_before_it_is_read(shared: World, tmp_path: Path) -> None:
    for ending in (".ttl", ".rq"):
        make("sparse", tmp_path / f"x{ending}")
    (tmp_path / "data.ttl").write_text(EVENT)
    code, output = pcve(shared, "validate", f"{tmp_path}/x.ttl")
    assert (code, "error file-size: the file is too large (8,192 MB)" in output) == (2, True)
    code, output = pcve(shared, "validate", f"{tmp_path}/data.ttl", "--shapes", f"{tmp_path}/x.ttl")
    assert (code, "8,589,934,592 bytes" in output) == (2, True)
    code, output = pcve(shared, "query", f"{tmp_path}/x.rq")
    assert (code, "error query-size" in output) == (1, True)


def test_a_huge_ontology_is_refused(shared: World, put: object) -> None:
    put("sparse", "ontology/axioms.ttl")  # type: ignore[operator]
    code, output = pcve(shared, "build")
    assert code == 1
    assert "ontology/axioms.ttl:1:1: error file-size" in output


@pytest.mark.full
def test_a_release_with_special_files_is_verified(shared: World, tmp_path: Path) -> None:
    release = tmp_path / "release"
    code, output = pcve(shared, "release", str(release))
    assert code == 0, output
    make("fifo", release / "x.ttl")
    make("zero", release / "y.ttl")
    code, output = pcve(shared, "release", "--verify", str(release))
    assert code == 0, output
    nquads = next(release.glob("*.nq"))
    nquads.unlink()
    make("fifo", nquads)
    code, output = pcve(shared, "diff", str(release))
    assert code == 2, output


@pytest.mark.quick
def test_links_that_stay_inside_are_followed(world: World) -> None:
    records = world.root / "data/records"
    folder = next(path for path in sorted(records.iterdir()) if path.is_dir())
    kept = world.root / "kept"
    shutil.move(folder, kept)
    folder.symlink_to(kept)
    assert pcve(world, "build")[0] == 0


def test_a_folder_that_lies_elsewhere_is_refused(world: World, tmp_path: Path) -> None:
    shutil.move(world.root / "data/sources", tmp_path / "sources")
    (world.root / "data/sources").symlink_to(tmp_path / "sources")
    code, output = pcve(world, "build")
    assert code == 1
    assert (
        "data/sources:1:1: error special-file: the target of the link is outside the project"
        in output
    )


FOLDERS = ("queries/checks", "queries/answers", "data/sources", "ontology/shapes")
FILES = ("data/ledger.yml", "ontology/pcve.ttl")
MARKS_OF_A_PROJECT = ("queries/answers", "ontology/shapes")


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for kind in ("fifo", "loop") for name in (*FOLDERS, *FILES)]
    + [(name, "folder") for name in FILES],
)
def test_what_is_read_is_never_taken_for_missing(world: World, name: str, kind: str) -> None:
    path = world.root / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.mkdir() if kind == "folder" else make(kind, path)
    code, output = pcve(world, "queries" if name == "queries/answers" else "build")
    if kind == "loop" and name in MARKS_OF_A_PROJECT:
        assert (code, "is not a pcve project" in output) == (2, True), output
    else:
        assert code == 1, output
        assert f"{name}:1:1: error special-file" in output


@pytest.mark.quick
def test_each_real_folder_is_walked_once_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "file").write_text("")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "c").symlink_to(tmp_path)
    assert [name for name, _ in walk_files(tmp_path)] == ["b/file"]
