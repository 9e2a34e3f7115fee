"""One fault in seven syntaxes: it is found at its place in each, by one rule, with a fix to paste.

A folder of tests/syntaxes is one fault; each file in it writes that fault in another syntax, and the
`.expected` next to it has `line:column rule`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT, World

FOLDER = ROOT / "tests" / "syntaxes"
FILES = sorted(path for path in FOLDER.glob("*/*") if path.suffix != ".expected")


def problems_of(world: World, path: Path) -> list[dict[str, object]]:
    options = ("--against", "--severity", "warning", "--format", "json")
    result = world.pcve("validate", str(path), *options)
    assert result.exit_code == 1, result.output
    problems: list[dict[str, object]] = json.loads(result.stdout)
    return problems


def test_there_are_as_many_faults_as_ever() -> None:
    assert len(FILES) >= 154
    assert len({path.parent for path in FILES}) >= 22
    assert {path.suffix for path in FILES} == {
        ".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".yml",
    }  # fmt: skip


def without_example(why: str) -> str:
    """A rule without the example of a text, which is in the syntax of the file."""
    return re.sub(r", written \S.*", "", why)


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES}), ids=lambda path: path.name
)
@pytest.mark.long
def test_a_fault_has_its_place_and_its_rule_in_every_syntax(northtown: World, folder: Path) -> None:
    paths = [path for path in FILES if path.parent == folder]
    rules, wordings = set(), set()
    for path in paths:
        problems = [
            problem
            for problem in problems_of(northtown, path)
            if not str(problem["rule"]).startswith("check:")  # tests/test_checks.py has these
        ]
        expected = Path(f"{path}.expected").read_text().splitlines()
        places = [
            f"{problem['line']}:{problem['column']} {problem['rule']}" for problem in problems
        ]
        assert places == expected, path.name
        for problem in problems:
            assert not re.search(r"https?://", str(problem["why"]))
            assert problem["fix"]
            rules.add(problem["rule"])
            wordings.add((path.suffix == ".yml", without_example(str(problem["why"]))))
    assert len(paths) == 7
    assert len(rules) == 1, rules
    assert len({is_record for is_record, _ in wordings}) == len(wordings), wordings
