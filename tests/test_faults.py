"""Faulty files of every format: each problem is reported at its position, with its rule and fix.

`tests/faults/<reason>.<ext>` holds invented data with a fault, and `<reason>.<ext>.expected` a line
`line:column rule` for each problem. The same reason in several formats is the same fault.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from conftest import ROOT, World

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
    return ["validate", str(path), "--format", form, "--severity", "warning", *against]


@pytest.fixture(scope="module")
def validated(northtown: World) -> Any:
    """A function from a file to the exit code and the problems of the JSON output."""

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


@pytest.mark.long
@pytest.mark.parametrize("reason", REASONS)
def test_fault(reason: str, validated: Any) -> None:
    """Each file has its problems at their positions; similar ones break the same rules.

    The fixes are in the syntax of each file, which tests/test_messages.py pastes.
    """
    for path in (path for path in FILES if path.stem == reason):
        located(path, *validated(path))
    broken = [
        sorted((problem["rule"], bool(problem["fix"])) for problem in validated(path)[1])
        for path in alike(reason)
    ]
    assert all(rules == broken[0] for rules in broken), broken


def located(path: Path, code: int, problems: list[dict[str, Any]]) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text("utf-8").splitlines()
    places = sorted((problem["line"], problem["column"], problem["rule"]) for problem in problems)
    assert [f"{line}:{column} {rule}" for line, column, rule in places] == expected, path.name
    assert code == (2 if SYNTAX in {problem["rule"] for problem in problems} else 1)
    for problem in problems:
        assert problem["path"] == path.as_posix()
        assert problem["message"]
        assert problem["why"]
        assert problem["severity"] == "error"
        if path.suffix in (".yml", ".jsonl"):
            assert not re.search(r"https?://w3id\.org/|XMLSchema#", problem["message"]), problem[
                "message"
            ]
        assert "\n" not in problem["message"] + problem["fix"]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_sarif(path: Path, northtown: World, validated: Any) -> None:
    document = json.loads(northtown.pcve(*arguments(path, "sarif")).stdout)
    assert document["version"] == "2.1.0"
    assert document["$schema"].startswith("https://")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "pcve"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == [path.as_uri()]
    positions = []
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == path.as_uri()
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        positions.append((region["startLine"], region["startColumn"], result["ruleId"]))
    assert positions == [
        (problem["line"], problem["column"], problem["rule"]) for problem in validated(path)[1]
    ]


@pytest.mark.long
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_junit(path: Path, northtown: World, validated: Any) -> None:
    root = ElementTree.fromstring(northtown.pcve(*arguments(path, "junit")).stdout)
    assert root.tag == "testsuites"
    assert root.get("tests") == root.get("failures") == "1"
    (failure,) = root.iterfind("testsuite/testcase/failure")
    assert failure.get("message")
    assert failure.text
    for problem in validated(path)[1]:
        assert f"{problem['line']}:{problem['column']}: error {problem['rule']}: " in failure.text


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_report(path: Path, northtown: World, validated: Any) -> None:
    report = rdflib.Graph().parse(
        data=northtown.pcve(*arguments(path, "turtle")).stdout, format="turtle"
    )
    (node,) = report.subjects(rdflib.RDF.type, SH.ValidationReport)
    assert not report.value(node, SH.conforms).value  # type: ignore[union-attr]
    results = list(report.objects(node, SH.result))
    parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape)
    faults = {tuple(report.value(result, part) for part in parts) for result in results}
    assert all(report.value(result, SH.sourceConstraintComponent) for result in results)
    assert len(faults) == len(validated(path)[1])  # one value may fail two components of its shape


SHARED = Path(os.environ.get("PCVE_SHARED", ROOT.parent / "shared")) / "faults"
"""Queries that others might write, which are not in this repository (`../shared/faults/README.md`)."""

TYPED = "14-typed-parameter"
OWN_QUERIES = [
    (["12-uppercase-boolean.rq"], 0, "\n1 event\n", ""),
    (["--queries", "13-parameters-in-values", "first", "--set", "limit=2"], 0, "\n2 events\n", ""),
    (["--queries", "13-parameters-in-values", "by-name", "--set", "name=Northtown"], 0, "\n1 place\n", ""),
    (["--queries", TYPED, "since", "--set", "since=abc"], 2, "",
     "since takes a whole number, not 'abc'"),
    (["15-group-in-sub-select.rq"], 1, "", ":2:15: error query-syntax: ?t is neither grouped"),
    (["--queries", "16-folder-with-other-endings", "UPPER"], 0, "\n14 events\n", ""),
    (["--queries", "16-folder-with-other-endings", "pattern"], 0, "\n14 events\n", ""),
    (["--queries", "17-default-of-an-optional", "events"], 0, "\n14 events\n", ""),
    (["18-script-of-a-name.rq"], 0, "0 rows", 'write "sr-latn", or use LANGMATCHES'),
    (["24-unknown-term.rq"], 0, "0 rows",
     "http://schema.org/startDate is not in this graph; did you mean https://schema.org/startDate?"),
]  # fmt: skip


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is absent")
@pytest.mark.parametrize(("arguments", "code", "rows", "message"), OWN_QUERIES)
def test_a_query_of_ones_own_is_answered_or_its_fault_is_named(
    arguments: list[str], code: int, rows: str, message: str, northtown: World
) -> None:
    paths = [str(SHARED / text) if (SHARED / text).exists() else text for text in arguments]
    result = northtown.pcve("query", *paths)
    assert result.exit_code == code
    assert rows in result.stdout
    assert message in result.stderr
    assert message or not result.stderr


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is absent")
def test_a_folder_of_queries_is_listed_whole(northtown: World) -> None:
    listed = northtown.pcve("queries", "--queries", str(SHARED / "16-folder-with-other-endings"))
    assert re.findall(r"^(\w+) ", listed.stdout, re.M) == ["UPPER", "all", "pattern"]
    kept = northtown.pcve("queries", "--queries", str(SHARED / "17-default-of-an-optional"))
    assert "kind (iri, default https://w3id.org/pcve/vocab/event-kind/conference)" in kept.stdout
    assert kept.stderr == ""
