"""Commands that write are killed at random moments: users' files stay whole, and the next run works.

`PCVE_KILLS` is the number of kills, spread over the commands; `PCVE_KILLS_SEED` another run of dice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import World, make_world, not_available
from servers import Server, missing, running

from pcve_graph.model.namespaces import GRAPHS, graph_iri
from pcve_graph.query.remote.addresses import EndpointAddresses
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.upload import staging_graph

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("PCVE_KILLS", "14"))
SEED = int(os.environ.get("PCVE_KILLS_SEED", "15"))
RECORD = "data/records/event/northtown-conference-2015.yml"
FORMATTED = tuple(
    f"data/records/event/northtown-conference-{year}.yml" for year in (2014, 2015, 2016)
)
QUESTION = (
    "SELECT ?remark WHERE { ?event <https://w3id.org/pcve/ns#remark> ?remark "
    'FILTER(CONTAINS(STR(?remark), "Ana Vale asked for")) }'
)


@dataclass
class Scene:
    """A built Northtown whose record has a number in it, and how long each command takes (s)."""

    world: World
    dice: random.Random
    seconds: dict[str, float] = field(default_factory=dict)
    number: int = 0

    def edit(self) -> tuple[str, str]:
        """Put the next number into the record; the remarks before and after."""
        old = "patience" if self.number == 0 else f"{self.number:08}"
        self.number += 1
        new = f"{self.number:08}"
        self.world.replace(RECORD, f"Ana Vale asked for {old}", f"Ana Vale asked for {new}")
        return f"Ana Vale asked for {old}", f"Ana Vale asked for {new}"

    def answer(self, *where: str) -> str:
        """What the saved graph answers, or a server."""
        result = self.pcve("query", "-", "--format", "csv", *where, stdin=QUESTION)
        assert result.returncode == 0, result.stderr
        (remark,) = re.findall(r"Ana Vale asked for \w+", result.stdout)
        return str(remark)

    def pcve(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._command(*arguments),
            cwd=self.world.root,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def done(self, *arguments: str) -> None:
        """Run a command, which must succeed."""
        start = time.monotonic()
        result = self.pcve(*arguments)
        assert result.returncode == 0, f"{arguments}: {result.stdout}{result.stderr}"
        self.seconds[arguments[0]] = time.monotonic() - start

    def killed(self, *arguments: str) -> None:
        """Start a command and kill it, with all that it started, at a moment of its run."""
        usual = self.seconds.get(arguments[0], 1.0)
        moment = self.dice.uniform(0.2, 1.05) * usual
        process = subprocess.Popen(
            self._command(*arguments),
            cwd=self.world.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        if process.poll() is None:
            children = descendants(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
            await_end(children)

    def _command(self, *arguments: str) -> list[str]:
        program = [sys.executable, "-m", "pcve_graph"]
        return [*program, "--project", str(self.world.root), *arguments]


def descendants(process: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(status[1])
    processes = {process}
    while more := {child for child, parent in parents.items() if parent in processes} - processes:
        processes |= more
    return processes - {process}


def await_end(processes: set[int]) -> None:
    """Wait until none of them runs: they must end with the one that started them."""
    deadline = time.monotonic() + 20
    for process in processes:
        while _runs(process):
            assert time.monotonic() < deadline, f"process {process} lives on after its parent"
            time.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def left_over(folder: Path) -> list[str]:
    """Drafts that lie in a folder, outside of build/."""
    return [
        path.name
        for path in folder.rglob("*")
        if "pcve-" in path.name or path.name in ("build.new", "build.old")
    ]


def check_build(scene: Scene, *options: str) -> None:
    old, new = scene.edit()
    record = (scene.world.root / RECORD).read_bytes()
    scene.killed("build", *options)
    assert (scene.world.root / RECORD).read_bytes() == record
    assert scene.answer() in (old, new)
    scene.done("build", *options)
    assert scene.answer() == new


def check_whole(scene: Scene) -> None:
    check_build(scene, "--whole")


def check_export(scene: Scene) -> None:
    target = scene.world.root / "out.csv.zip"
    scene.done("export", "csv", "-o", str(target))
    old = target.read_bytes()
    scene.edit()
    assert scene.world.pcve("build").exit_code == 0
    scene.killed("export", "csv", "-o", str(target))
    left = target.read_bytes()
    scene.done("export", "csv", "-o", str(target))
    assert left in (old, target.read_bytes())
    assert old != target.read_bytes()


def check_fmt(scene: Scene) -> None:
    paths = [scene.world.root / name for name in FORMATTED]
    clean = [path.read_bytes() for path in paths]
    mixed = [content.replace(b"type: Event", b"type:   Event") for content in clean]
    assert all(before != after for before, after in zip(clean, mixed, strict=True))
    for path, content in zip(paths, mixed, strict=True):
        path.write_bytes(content)
    scene.killed("edit", "fmt")
    for path, either in zip(paths, zip(clean, mixed, strict=True), strict=True):
        assert path.read_bytes() in either
    scene.done("edit", "fmt")
    assert [path.read_bytes() for path in paths] == clean


def check_new(scene: Scene) -> None:
    name = f"some-event-{len(list(scene.world.root.glob('notes/*')))}"
    path = scene.world.root / f"data/records/event/{name}.yml"
    scene.killed("edit", "new", "event", name)
    left = path.read_text("utf-8") if path.exists() else None
    if left is None:
        scene.done("edit", "new", "event", name)
    else:
        again = scene.pcve("edit", "new", "event", name)
        assert (again.returncode, "is already used by" in again.stderr) == (2, True)
    whole = path.read_text("utf-8")
    assert whole.startswith(f"id: {name}\ntype: Event\nclaims:\n")
    assert left in (None, whole)
    scene.world.write(f"notes/{name}.txt", whole)
    texts = (scene.world.root / "notes").iterdir()
    assert len({re.sub(r"some-event-\d+", "", text.read_text("utf-8")) for text in texts}) == 1
    path.unlink()


def check_release(scene: Scene) -> None:
    target = scene.world.root / "release"
    scene.killed("release", str(target))
    if target.exists():
        assert_whole(target)
        shutil.rmtree(target)
    scene.done("release", str(target))
    assert_whole(target)
    shutil.rmtree(target)


def assert_whole(release: Path) -> None:
    """Every file that the sums of a release name is there, and what they say."""
    rows = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    assert len(rows) > 100
    for digest, name in (row.split("  ", 1) for row in rows):
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest


def check_pages(scene: Scene) -> None:
    folder = scene.world.root / "pages"
    scene.done("docs", "rules", str(folder))
    before = {path: path.read_bytes() for path in folder.rglob("*.html")}
    for path, content in before.items():
        path.write_bytes(content.replace(b"</html>", b"<!-- old --></html>"))
    scene.killed("docs", "rules", str(folder))
    paths = (path for path in folder.rglob("*.html") if "/.pages" not in str(path))
    left = {path: path.read_bytes() for path in paths}
    assert left.keys() == before.keys()
    start = left.pop(folder / "index.html")
    assert all(content.endswith(b"</html>\n") for content in (start, *left.values()))
    if len({b"<!-- old -->" in content for content in left.values()}) > 1:
        assert b"run it again" in start
    scene.done("docs", "rules", str(folder))
    assert {path: path.read_bytes() for path in folder.rglob("*.html")} == before


def check_publish(scene: Scene, server: Server) -> None:
    there = Endpoint(EndpointAddresses(server.url))
    where = ("--endpoint", server.url)
    publish = ("publish", *where)
    scene.done(*publish)
    counts = {name: there.count(graph_iri(name)) for name in GRAPHS}
    old, new = scene.edit()
    assert scene.world.pcve("build").exit_code == 0
    scene.killed(*publish)
    assert scene.answer(*where) in (old, new)
    assert counts == {name: there.count(graph_iri(name)) for name in GRAPHS}
    scene.done(*publish)
    assert scene.answer(*where) == new
    assert counts == {name: there.count(graph_iri(name)) for name in GRAPHS}
    assert not any(there.count(staging_graph(name)) for name in GRAPHS)


CHECKS: dict[str, Callable[[Scene], None]] = {
    "build": check_build,
    "build --whole": check_whole,
    "export": check_export,
    "edit fmt": check_fmt,
    "edit new": check_new,
    "release": check_release,
    "docs rules": check_pages,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if reason := missing("oxigraph"):
        not_available(reason)
    with running("oxigraph", tmp_path_factory.mktemp("oxigraph") / "server") as started:
        yield started


def scene_in(folder: Path, name: str) -> Scene:
    """A scene whose dice are those of the command."""
    world = make_world(folder / "northtown")
    world.infer(RECORD, "    remark: {en: Ana Vale asked for patience}\n")
    assert world.pcve("build").exit_code == 0
    return Scene(world, random.Random(f"{SEED} {name}"))


def share(number: int) -> int:
    """How many of all kills the command of this number gets."""
    return (KILLS + len(CHECKS) - number) // (len(CHECKS) + 1)


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_left_is_whole_and_the_next_run_works(tmp_path: Path, name: str) -> None:
    scene = scene_in(tmp_path, name)
    for _ in range(share(list(CHECKS).index(name))):
        CHECKS[name](scene)
        assert left_over(scene.world.root) == []


@pytest.mark.full
def test_a_killed_publishing_leaves_what_people_ask(tmp_path: Path, server: Server) -> None:
    scene = scene_in(tmp_path, "publish")
    for _ in range(share(len(CHECKS))):
        check_publish(scene, server)
