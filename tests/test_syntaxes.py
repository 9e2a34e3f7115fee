"""One fault in seven syntaxes: it is found at its place in each, by one rule, with one cure.

A folder of tests/syntaxes is one fault; each file in it writes that fault in another syntax, and the
`.expected` beside it says `line:column rule`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT, World

FOLDER = ROOT / "tests" / "syntaxes"
FILES = sorted(path for path in FOLDER.glob("*/*") if path.suffix != ".expected")


def told(world: World, path: Path) -> list[dict[str, object]]:
    result = world.pcve("validate", str(path), "--against", "--format", "json")
    assert result.exit_code == 1, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_there_are_as_many_faults_as_ever() -> None:
    assert len(FILES) >= 154
    assert len({path.parent for path in FILES}) >= 22
    assert {path.suffix for path in FILES} == {
        ".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".yml",
    }  # fmt: skip


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES}), ids=lambda path: path.name
)
def test_a_fault_has_its_place_and_one_cure_in_every_syntax(northtown: World, folder: Path) -> None:
    paths = [path for path in FILES if path.parent == folder]
    cures = set()
    for path in paths:
        found = told(northtown, path)
        expected = Path(f"{path}.expected").read_text().splitlines()
        places = [f"{each['line']}:{each['column']} {each['rule']}" for each in found]
        assert places == expected, path.name
        for each in found:
            assert not re.search(r"https?://", f"{each['message']} {each['why']}")
            assert each["fix"]
            cures.add(str(each["fix"]))
    assert len(paths) == 7
    assert len(cures) == 1, cures
