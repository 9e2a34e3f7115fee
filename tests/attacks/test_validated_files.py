"""Foreign files for `pcve validate`: every file is tried, and every report is well-formed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT

from .commands import pcve

GOOD = "<http://e/a> <http://e/p> 1 .\n"
BAD = "<http://e/a <http://e/p> 1 .\n"
PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .\n"


def rules(*arguments: str, unprivileged: bool = False) -> tuple[int, set[tuple[str, str]]]:
    """The exit code, and the name and the rule of each problem."""
    run = pcve("validate", "--format", "json", *arguments, unprivileged=unprivileged)
    rows = json.loads(run.stdout)
    return run.returncode, {(Path(row["path"]).name, row["rule"]) for row in rows}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here")
def test_a_path_that_cannot_be_read_stops_none_of_the_others(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    (tmp_path / "loop.ttl").symlink_to(tmp_path / "loop.ttl")
    (tmp_path / "dangling.yml").symlink_to(tmp_path / "nowhere.yml")
    (tmp_path / "notes").write_text("x")
    (tmp_path / "bad.ttl").write_text(BAD)
    names = ["pipe.ttl", "loop.ttl", "dangling.yml", "notes", "nowhere.ttl", "bad.ttl"]
    code, wrong = rules(*(str(tmp_path / name) for name in names))
    assert code == 2
    assert wrong == {(name, "unreadable-file") for name in names[:-1]} | {("bad.ttl", "rdf-syntax")}


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="a superuser may read everything")
def test_what_may_not_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "bad.ttl").write_text(BAD)
    for name in ("no.ttl", "no.yml"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0)
    (tmp_path / "locked").chmod(0)
    try:
        expected = {("no.ttl", "unreadable-file"), ("no.yml", "unreadable-file")}
        expected |= {("bad.ttl", "rdf-syntax"), ("locked", "special-file")}
        assert rules(str(tmp_path), unprivileged=os.geteuid() == 0) == (2, expected)
    finally:
        (tmp_path / "locked").chmod(0o700)


@pytest.mark.long
def test_a_link_out_of_a_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.ttl").write_text(GOOD)
    (folder / "again.ttl").symlink_to(folder / "good.ttl")
    unchecked = {("again.ttl", "nothing-checked"), ("again.ttl", "other-vocabularies")}
    assert rules(str(folder)) == (0, unchecked)
    (tmp_path / "secret").write_text("password: hidden\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "bad.ttl").write_text(BAD)
    (folder / "secret.ttl").symlink_to(tmp_path / "secret")
    (folder / "all").symlink_to(tmp_path)
    (folder / "README").symlink_to(tmp_path / "secret")  # no file that would be read
    special = {("secret.ttl", "special-file"), ("all", "special-file")}
    assert rules(str(folder)) == (2, special | unchecked)
    run = pcve("validate", str(folder))
    assert "password" not in run.stdout + run.stderr


@pytest.mark.long
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "turtle"])
def test_shapes_that_cannot_be_read_are_in_the_report(tmp_path: Path, form: str) -> None:
    (tmp_path / "good.ttl").write_text(GOOD)
    (tmp_path / "shapes.ttl").write_text(BAD)
    for shapes, rule in (("shapes.ttl", "rdf-syntax"), ("nowhere.ttl", "unreadable-file")):
        command = ("validate", str(tmp_path / "good.ttl"), "--shapes", str(tmp_path / shapes))
        run = pcve(*command, "--format", form)
        assert run.returncode == 2
        assert rule in run.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    "option",
    [
        ("--shapes", "x.ttl"),
        ("--focus", "http://e/a"),
        ("--against",),
        ("--input-format", "turtle"),
        ("--context", "http://e/c=x.json"),
    ],
)
def test_an_option_that_goes_with_files_is_not_passed_over(option: tuple[str, ...]) -> None:
    run = pcve("validate", *option)
    assert (run.returncode, f"{option[0]} requires FILE" in run.stderr) == (2, True)


def test_junit_is_xml_whatever_a_file_is_called(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\ufffe\n.ttl").write_text(BAD)
    run = pcve("validate", str(tmp_path), "--format", "junit")
    (case,) = ElementTree.fromstring(run.stdout).iter("testcase")
    assert case.attrib["name"].endswith("a\\u001b[31m\\ufffe\n.ttl")


@pytest.mark.long
def test_wide_encodings_are_called_by_their_names(tmp_path: Path) -> None:
    encodings = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")
    for ending in ("ttl", "nq", "jsonld", "rdf", "yml", "jsonl"):
        for encoding in encodings[3:] if ending == "rdf" else encodings:  # XML may be UTF-16
            file = tmp_path / f"{encoding}.{ending}"
            file.write_bytes(("{}" if "json" in ending else "<a> ").encode(encoding) * 3)
    messages = pcve("validate", str(tmp_path), "--limit", "0").stdout
    for file in tmp_path.iterdir():
        assert f"{file}:1:1: error encoding: found {file.stem[:6].upper()}\n" in messages
    assert "delete the byte" not in messages


def test_a_line_end_in_a_text_of_json_is_not_called_a_space(tmp_path: Path) -> None:
    (tmp_path / "a.jsonld").write_text('{"@id": "http://e/a",\n "http://e/p": "x\ny"}')
    run = pcve("validate", str(tmp_path / "a.jsonld"))
    assert r"a.jsonld:2:18: error rdf-syntax: '\n' is not allowed in JSON strings" in run.stdout


def test_pyshacl_adds_no_message_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "good.ttl").write_text(GOOD + "<http://e/a> a <http://e/C> .")
    shapes = (
        PREFIX
        + 'e:S a sh:NodeShape; sh:targetClass e:C; sh:property [sh:path e:p; sh:minCount "a"].'
    )
    (tmp_path / "shapes.ttl").write_text(shapes)
    files = ("validate", str(tmp_path / "good.ttl"), "--shapes", str(tmp_path / "shapes.ttl"))
    run = pcve(*files, "--engine", "pyshacl")
    assert run.returncode == 2
    assert run.stdout.count("error shape: ") == 1
    assert run.stderr == "`pcve explain RULE` explains a rule\n"


@pytest.mark.long
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_stderr_leaves_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "good.ttl").write_text(GOOD)
    (tmp_path / "bad.ttl").write_text(BAD)
    for name, code in (("good.ttl", 0), ("bad.ttl", 2)):
        command = [sys.executable, "-m", "pcve_graph", "--project", str(ROOT), "validate"]
        with Path("/dev/full").open("w") as full:
            run = subprocess.run([*command, str(tmp_path / name)], stderr=full, timeout=60)
        assert run.returncode == code
