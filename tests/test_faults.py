"""Faulty files of every format: each fault is told at its place, by its rule, with its cure.

`tests/faults/<reason>.<ext>` holds invented data with a fault, and `<reason>.<ext>.expected` a line
`line:column rule` for each problem. The same reason in several formats is the same fault.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from conftest import World

FAULTS = Path(__file__).with_name("faults")
FILES = sorted(path for path in FAULTS.iterdir() if path.suffix != ".expected")
SYNTAX = "rdf-syntax"
REASONS = sorted({path.stem for path in FILES})
ALIKE = (".ttl", ".jsonld", ".yml", ".jsonl")
"""The endings of files that say the same where they have the same reason."""

SAMPLE = [path for path in FILES if path.stem in ("three-faults", "two-starts", "yaml-tab")]
SAMPLE += [path for path in FILES if path.stem == "syntax-comma"]
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def arguments(path: Path, form: str) -> list[str]:
    against = [] if path.suffix in (".yml", ".jsonl") else ["--against"]
    return ["validate", str(path), "--format", form, *against]


@pytest.fixture(scope="module")
def told(northtown: World) -> Any:
    """Of a file: the exit code, and the problems as JSON has them."""

    @cache
    def check(path: Path) -> tuple[int, list[dict[str, Any]]]:
        result = northtown.pcve(*arguments(path, "json"))
        return result.exit_code, json.loads(result.stdout)

    return check


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 380
    assert {path.suffix for path in FILES} == {
        ".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".yml", ".jsonl",
    }  # fmt: skip
    assert sum(len(alike(reason)) == len(ALIKE) for reason in REASONS) >= 25
    assert sum(len(alike(reason)) >= 2 for reason in REASONS) >= 60


def alike(reason: str) -> list[Path]:
    return [path for path in FILES if path.stem == reason and path.suffix in ALIKE]


@pytest.mark.parametrize("reason", REASONS)
def test_fault(reason: str, told: Any) -> None:
    """Each file has its faults at their places; those that are alike have one rule and cure."""
    for path in (path for path in FILES if path.stem == reason):
        located(path, *told(path))
    cures = [
        sorted((each["rule"], each["fix"]) for each in told(path)[1]) for path in alike(reason)
    ]
    assert all(each == cures[0] for each in cures), cures


def located(path: Path, code: int, problems: list[dict[str, Any]]) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text("utf-8").splitlines()
    places = sorted((each["line"], each["column"], each["rule"]) for each in problems)
    assert [f"{line}:{column} {rule}" for line, column, rule in places] == expected, path.name
    assert code == (2 if SYNTAX in {each["rule"] for each in problems} else 1)
    for each in problems:
        assert each["path"] == path.as_posix()
        assert each["message"]
        assert each["why"]
        assert each["severity"] == "error"
        assert not re.search(r"https?://w3id\.org/|XMLSchema#", each["message"]), each["message"]
        assert "\n" not in each["message"] + each["fix"]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_sarif(path: Path, northtown: World, told: Any) -> None:
    document = json.loads(northtown.pcve(*arguments(path, "sarif")).stdout)
    assert document["version"] == "2.1.0"
    assert document["$schema"].startswith("https://")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "pcve"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert [each["location"]["uri"] for each in run["artifacts"]] == [path.as_uri()]
    found = []
    for each in run["results"]:
        assert ids[each["ruleIndex"]] == each["ruleId"]
        assert each["level"] in ("none", "note", "warning", "error")
        assert each["message"]["text"]
        (place,) = each["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == path.as_uri()
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        found.append((region["startLine"], region["startColumn"], each["ruleId"]))
    assert found == [(each["line"], each["column"], each["rule"]) for each in told(path)[1]]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_junit(path: Path, northtown: World, told: Any) -> None:
    root = ElementTree.fromstring(northtown.pcve(*arguments(path, "junit")).stdout)
    assert root.tag == "testsuites"
    assert root.get("tests") == root.get("failures") == "1"
    (failure,) = root.iterfind("testsuite/testcase/failure")
    assert failure.get("message")
    assert failure.text
    for each in told(path)[1]:
        assert f"{each['line']}:{each['column']}: error {each['rule']}: " in failure.text


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_report(path: Path, northtown: World, told: Any) -> None:
    report = rdflib.Graph().parse(
        data=northtown.pcve(*arguments(path, "turtle")).stdout, format="turtle"
    )
    (node,) = report.subjects(rdflib.RDF.type, SH.ValidationReport)
    assert not report.value(node, SH.conforms).value  # type: ignore[union-attr]
    results = list(report.objects(node, SH.result))
    parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
    faults = {tuple(report.value(each, part) for part in parts) for each in results}
    assert all(report.value(each, SH.sourceConstraintComponent) for each in results)
    assert len(faults) == len(told(path)[1])  # one value may fail two components of its shape
