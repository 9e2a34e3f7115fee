"""A damaged build: reading it gives the right answer or one message, and building repairs it.

`PCVE_DAMAGE=all` tries every kind of damage to every kind of file, with three readers that take
turns; without it each file is damaged in two ways that take turns, and one reader is asked.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.api import KnowledgeGraph
from pcve_graph.model.problems import UsageError

pytestmark = pytest.mark.long

ALL = os.environ.get("PCVE_DAMAGE") == "all"

READERS = {
    "query": ["query", "events-by-date"],
    "search": ["search", "northtown"],
    "show": ["show", "northtown-conference-2015"],
    "export": ["export", "ntriples"],
    "overlaps": ["overlaps"],
    "against": ["validate", "new.ttl", "--against", "--format", "json"],
    "why": ["query", "events-by-date", "--why", "1"],
    "validate": ["validate"],
}
"""Commands that read a build. The last one reads the project as well, and does without a build."""

NEW = """
@prefix pcve: <https://w3id.org/pcve/ns#> .
@prefix schema: <https://schema.org/> .
<https://w3id.org/pcve/id/event/northtown-conference-2015> schema:location
    <https://w3id.org/pcve/id/place/northtown> , <https://w3id.org/pcve/id/place/nowhere> .
"""

FILES = {
    "current": "current",
    "sums": "sums.json",
    "manifest": "manifest.json",
    "inputs": "inputs.sha256",
    "stamps": "inputs.stamps",
    "index": "index.sqlite",
    "search index": "search.sqlite",
    "facts": "graph/facts.nt",
    "evidence": "graph/evidence.nt",
    "vocabulary": "graph/vocabulary.nt",
    "store's manifest": "store/MANIFEST-*",
    "store's pointer": "store/CURRENT",
    "store's options": "store/OPTIONS-*",
    "store's log": "store/*.log",
    "store's tables": "store/*.sst",
    "kept ontology": "kept/ontology.json",
    "kept rules": "kept/checks.json",
}


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def scrambled(path: Path) -> None:
    path.write_bytes(random.Random(15).randbytes(path.stat().st_size))


def scrambled_within(path: Path) -> None:
    """Some bytes in the middle are other ones: what a bad disk leaves."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = random.Random(15).randbytes(len(content[middle : middle + 64]))
    path.write_bytes(content)


def cut_by_lines(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]))


def deleted(path: Path) -> None:
    path.unlink()


DAMAGES: tuple[Callable[[Path], None], ...] = (
    emptied, scrambled, halved, scrambled_within, cut_by_lines, deleted,
)  # fmt: skip
CASES = [
    (name, damage, [list(READERS)[(place + turn + 3 * n) % 8] for n in range(3 if ALL else 1)])
    for place, name in enumerate(FILES)
    for turn, damage in enumerate(DAMAGES)
    if ALL or turn in (place % 6, (place + 3) % 6)
]


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pcve_graph", "--project", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=root)


@pytest.fixture(scope="module")
def answers(northtown: World) -> dict[str, str]:
    """What the readers print of an undamaged build."""
    (northtown.root / "new.ttl").write_text(NEW)
    asked = {name for _, _, names in CASES for name in names}
    return {name: stable(name, run(northtown.root, *READERS[name]).stdout) for name in asked}


def stable(name: str, text: str) -> str:
    """What a reader prints, but for the seconds that it took."""
    kept = (line for line in text.splitlines() if not line.startswith("took "))
    return "\n".join(kept) if name == "validate" else text


def graph_bytes(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(world.built("graph").iterdir())}


@pytest.mark.parametrize(("name", "damage", "readers"), CASES)
def test_damage_is_reported_and_repaired(
    northtown: World,
    answers: dict[str, str],
    tmp_path: Path,
    name: str,
    damage: Callable[[Path], None],
    readers: list[str],
) -> None:
    root = tmp_path / "project"
    shutil.copytree(northtown.root, root)
    world = World(root)
    last = world.built()
    for path in files_of(world, last, FILES[name]):
        damage(path)
    for reader in readers:
        result = run(root, *READERS[reader])
        assert "Traceback" not in result.stderr, result.stderr
        if result.returncode == 2:
            assert result.stderr.startswith("pcve: "), result.stderr
            assert "run `pcve build`" in result.stderr, result.stderr
            assert result.stdout == ""
        else:
            assert stable(reader, result.stdout) == answers[reader]
    healed = run(root, "build")
    assert healed.returncode == 0, healed.stderr
    assert healed.stderr.count("\n") <= 1, healed.stderr
    assert graph_bytes(world) == graph_bytes(northtown)
    for reader in readers:
        assert stable(reader, run(root, *READERS[reader]).stdout) == answers[reader]


@pytest.mark.long
def test_damage_is_a_usage_error_in_python(northtown: World, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(northtown.root, root)
    for path in World(root).built("store").glob("*.sst"):
        content = bytearray(path.read_bytes())
        content[: len(content) // 2] = random.Random(15).randbytes(len(content) // 2)
        path.write_bytes(content)
    with pytest.raises(UsageError, match="run `pcve build`"):
        KnowledgeGraph.open(root).sparql("SELECT ?s ?p ?o { ?s ?p ?o }")
    with pytest.raises(UsageError, match="run `pcve build`"):
        KnowledgeGraph.open(root).show("northtown")
    assert run(root, "build").returncode == 0
    scrambled(World(root).built("search.sqlite"))
    with pytest.raises(UsageError, match="run `pcve build`"):
        KnowledgeGraph.open(root).search("northtown")


def files_of(world: World, last: Path, pattern: str) -> list[Path]:
    if pattern == "current":
        return [world.project.build / pattern]
    if pattern.startswith("kept/"):
        return list(world.project.build.glob(pattern))
    paths = sorted(last.glob(pattern))
    assert paths, pattern
    return paths
