"""Faulty files of every format: each fault is told at its place, by its rule, with its cure.

`tests/faults/<reason>.<ext>` holds invented data with a fault, and `<reason>.<ext>.expected` a line
`line:column rule` for each problem. The same reason in several formats is the same fault.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
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
TRIO = (".ttl", ".jsonld", ".yml")
TRIOS = sorted(
    {path.stem for path in FILES if all((FAULTS / f"{path.stem}{e}").is_file() for e in TRIO)}
)
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
    assert len(FILES) >= 200
    assert {path.suffix for path in FILES} == {
        ".ttl", ".trig", ".nt", ".nq", ".jsonld", ".rdf", ".yml", ".jsonl",
    }  # fmt: skip
    assert len(TRIOS) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_fault(path: Path, told: Any) -> None:
    expected = path.with_name(f"{path.name}.expected").read_text("utf-8").splitlines()
    code, problems = told(path)
    places = sorted((each["line"], each["column"], each["rule"]) for each in problems)
    assert [f"{line}:{column} {rule}" for line, column, rule in places] == expected
    assert code == (2 if SYNTAX in {each["rule"] for each in problems} else 1)
    for each in problems:
        assert each["path"] == path.as_posix()
        assert each["message"]
        assert each["why"]
        assert each["severity"] == "error"
        assert not re.search(r"https?://w3id\.org/|XMLSchema#", each["message"]), each["message"]
        assert "\n" not in each["message"] + each["fix"]


@pytest.mark.parametrize("reason", TRIOS)
def test_same_fault_same_rule_and_cure(reason: str, told: Any) -> None:
    cures = [
        sorted((each["rule"], each["fix"]) for each in told(FAULTS / f"{reason}{ending}")[1])
        for ending in TRIO
    ]
    assert cures[0]
    assert cures[0] == cures[1] == cures[2]


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


SECONDS, MEMORY, ROOM = 10.0, 2**30, 3 * 2**30
"""Time and memory that a hostile file may cost, and the address space that it is given."""

EVENT = (
    "<https://w3id.org/pcve/id/event/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    "<https://w3id.org/pcve/ns#Event> .\n"
)
LABEL = "<https://w3id.org/pcve/id/event/a> <http://www.w3.org/2004/02/skos/core#prefLabel> "
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.example/">'
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
YAML_LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)


def hostile(northtown: World, folder: Path, *names: str) -> tuple[int, str]:
    """Exit code and stderr of the command in a process of its own; the bounds are kept."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    start = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root), "validate", *names],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    ) as process:
        assert process.stdout
        assert process.stderr
        out, err = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = (out + err).decode()
    assert process.returncode in (1, 2), (process.returncode, said[-500:])
    assert "Traceback" not in said
    assert time.monotonic() - start < SECONDS
    assert usage.ru_maxrss * 1024 < MEMORY
    assert max(map(len, said.splitlines())) < 1000
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert after == before
    return process.returncode, said


SMALL: dict[str, tuple[bytes, int, str]] = {
    "cut.ttl": (b"PREFIX e: <https://e.example/>\ne:a e:b \"c", 2, "cut.ttl:2:9: error rdf-syntax"),
    "cut.trig": (b"<https://e.example/g> { <https://e.example/a> ", 2, "error rdf-syntax"),
    "cut.nt": (EVENT.encode()[:-20], 2, "cut.nt:1:"),
    "cut.nq": (EVENT.encode()[:-3], 2, "error rdf-syntax"),
    "cut.jsonld": (b'{"@id": "https://e.example/a", "@ty', 2, "error rdf-syntax"),
    "cut.yml": (b'id: cut\ntype: "Ev', 1, "error yaml-syntax"),
    "laughs.yml": (YAML_LAUGHS.encode(), 1, "laughs.yml:1:4: error alias"),
    "laughs.rdf": (
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>{RDF}<e:A><e:b>&l11;</e:b></e:A></rdf:RDF>'.encode(),
        2,
        "error rdf-syntax",
    ),
    "outside.rdf": (
        f'<!DOCTYPE x [<!ENTITY h SYSTEM "file:///etc/hostname">]>{RDF}<e:A><e:b>&h;</e:b></e:A></rdf:RDF>'.encode(),
        2,
        "error rdf-syntax",
    ),
    "remote.jsonld": (
        b'{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "https://e.example/a"}',
        2,
        "none is fetched",
    ),
    "nul.ttl": (b"# a\n# b\0\n", 2, "nul.ttl:2:4: error encoding: found a NUL byte"),
    "nul.yml": (b"id: nul\ntype: E\0\n", 1, "nul.yml:2:8: error encoding: found a NUL byte"),
    "latin.nt": ("# \u0161 caf\u00e9\n".encode() + b"# caf\xe9\n", 2, "latin.nt:2:6: error encoding: found the byte 0xe9"),
    "latin.rdf": (b'<?xml version="1.0"?>\n<!-- \xe9 -->' + RDF.encode(), 2, "latin.rdf:2:6: error encoding"),
    "deep.jsonld": (
        b'{"https://e.example/b":' * 100_000 + b"1" + b"}" * 100_000,
        2,
        "error",
    ),
    "deep.yml": (b"[" * 100_000 + b"]" * 100_000, 1, "error"),
    "deep.ttl": (b"PREFIX e: <https://e.example/>\ne:a e:b " + b"[ e:b " * 100_000, 2, "error rdf-syntax"),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_hostile(name: str, northtown: World, tmp_path: Path) -> None:
    content, code, words = SMALL[name]
    (tmp_path / name).write_bytes(content)
    found, said = hostile(northtown, tmp_path, name)
    assert words in said
    assert found == code
    hostname = Path("/etc/hostname")
    if name == "outside.rdf" and hostname.is_file():
        assert hostname.read_text().strip() not in said.replace(name, "")


def test_packed_file(northtown: World, tmp_path: Path) -> None:
    import gzip

    (tmp_path / "bomb.ttl").write_bytes(gzip.compress(b"\0" * 2**26))
    code, said = hostile(northtown, tmp_path, "bomb.ttl")
    assert code == 2
    assert "bomb.ttl:1:1: error encoding: found gzip" in said


def test_line_without_end(northtown: World, tmp_path: Path) -> None:
    with (tmp_path / "long.nt").open("wb") as file:
        file.write(EVENT.encode() + LABEL.encode() + b'"')
        for _ in range(200):
            file.write(b"x" * 2**20)
        file.write(b'"@en .\n')
    code, said = hostile(northtown, tmp_path, "long.nt")
    assert code == 2
    assert "error file-size: one term is longer than 16 MB" in said


def test_file_too_large(northtown: World, tmp_path: Path) -> None:
    with (tmp_path / "sparse.nt").open("wb") as file:
        file.truncate(2**33)
    code, said = hostile(northtown, tmp_path, "sparse.nt")
    assert code == 2
    assert "sparse.nt:1:1: error file-size: the file has 8,192 MB" in said


def test_folder_that_holds_itself(northtown: World, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.nt").write_text(EVENT, "utf-8")
    (folder / "again").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    code, said = hostile(northtown, tmp_path, "in")
    assert code == 1
    assert said.count("error pcvesh:Event-kind") == 1
