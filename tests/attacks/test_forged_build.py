"""A build folder forged by somebody else: one message or the right answer, and no other file changes.

Unlike damage, what is forged agrees with the sums that the folder holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import World

from .commands import one_message, pcve

READERS = (["query", "events-by-date"], ["export", "ntriples"])
FOLDER = "build/generations/1"


@pytest.fixture
def copied(northtown: World, tmp_path: Path) -> World:
    """A built Northtown that the test may change."""
    return World(shutil.copytree(northtown.root, tmp_path / "project"))


@pytest.fixture(scope="module")
def answers(northtown: World) -> list[str]:
    """What the readers print of a build as it was written."""
    return [pcve(*reader, project=northtown.root).stdout for reader in READERS]


def forge_sums(world: World, content: bytes) -> None:
    """Write the sums of the build anew, and let `current` vouch for them."""
    world.write(f"{FOLDER}/sums.json", content)
    current = world.project.build / "current"
    named = json.loads(current.read_text())
    current.write_text(json.dumps({**named, "sums": hashlib.sha256(content).hexdigest()}))


def forge(world: World, name: str, content: bytes) -> None:
    """Write a file of the build anew, with sums that vouch for it."""
    world.write(f"{FOLDER}/{name}", content)
    sums = json.loads((world.root / FOLDER / "sums.json").read_bytes())
    sums[name] = [len(content), hashlib.sha256(content).hexdigest()]
    forge_sums(world, json.dumps(sums).encode())


def check(world: World, northtown: World, answers: list[str]) -> None:
    """Readers give what they should or one message, and a build heals the folder."""
    for reader, answer in zip(READERS, answers, strict=True):
        result = pcve(*reader, project=world.root)
        if result.returncode == 2:
            assert "run `pcve build`" in one_message(result)
        else:
            assert result.stdout == answer
    healed = pcve("build", project=world.root)
    assert healed.returncode == 0, healed.stderr
    assert healed.stderr.count("\n") <= 1, healed.stderr
    for path in northtown.built("graph").iterdir():
        assert world.built(f"graph/{path.name}").read_bytes() == path.read_bytes()
    assert [pcve(*reader, project=world.root).stdout for reader in READERS] == answers


@pytest.mark.long
@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"a": [1, 2, 3]}',
        b'{"a\\u0000": [1, ""]}',
        b'{"../../../data/ledger.yml": [1, ""]}',
    ],
    ids=["list", "empty", "deep", "triple", "nul", "outside"],
)
def test_sums_that_are_made_up(
    copied: World, northtown: World, answers: list[str], content: bytes
) -> None:
    forge_sums(copied, content)
    check(copied, northtown, answers)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b'{"records": "9"}'),
        ("manifest.json", b"[" * 100_000),
        ("inputs.sha256", b"\xff\xfe\n"),
        ("search.sqlite", b""),
    ],
    ids=["words", "deep", "bytes", "tables"],
)
def test_files_with_sums_that_are_made_up(
    copied: World, northtown: World, answers: list[str], name: str, content: bytes
) -> None:
    forge(copied, name, content)
    check(copied, northtown, answers)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here")
@pytest.mark.parametrize(
    ("pattern", "put"),
    [
        ("build/current", fifo),
        (f"{FOLDER}/sums.json", fifo),
        (f"{FOLDER}/sums.json", zeros),
        (f"{FOLDER}/store/*.log", fifo),
        ("build/kept/*.json", fifo),
        ("build/kept/*.json", zeros),
    ],
)
def test_special_files_in_a_build(
    copied: World,
    northtown: World,
    answers: list[str],
    pattern: str,
    put: Callable[[Path], None],
) -> None:
    for path in list(copied.root.glob(pattern)):
        path.unlink()
        put(path)
    check(copied, northtown, answers)


@pytest.mark.long
@pytest.mark.parametrize("name", ["build", "build/current"])
def test_a_link_to_itself_is_one_message(copied: World, name: str) -> None:
    path = copied.root / name
    path.rename(copied.root / "away")
    path.symlink_to(path)
    for arguments in (["build"], *READERS):
        result = pcve(*arguments, project=copied.root)
        assert (
            "is a symbolic link" if arguments == ["build"] else "run `pcve build`"
        ) in one_message(result)


def test_nothing_is_written_through_a_link_in_a_build(copied: World, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine")
    for name in ("ontology", "checks"):
        path = copied.project.build / "kept" / f"{name}.json"
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    assert pcve("build", "--whole", project=copied.root).returncode == 0
    assert target.read_text() == "mine"
