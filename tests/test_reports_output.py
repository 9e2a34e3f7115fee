"""The report of `pcve validate` as text: where it goes, what it shows, and the exit code it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import World

HEAD = "PREFIX pcve: <https://w3id.org/pcve/ns#>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"


def events(count: int, key: str = "kinde") -> str:
    line = (
        '<https://e.example/{n}> a pcve:Event ; skos:prefLabel "Event {n}"@en ; pcve:{key} {n} .\n'
    )
    return HEAD + "".join(line.format(n=number, key=key) for number in range(count))


def test_the_report_goes_to_stdout_and_talk_to_stderr(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(events(1))
    result = northtown.pcve("validate", str(path), "--engine", "pyshacl")
    assert result.exit_code == 1
    assert result.stdout.count(": error ") == 2
    assert result.stdout.endswith("2 errors, 0 warnings, 1 info in 1 file\n")
    assert result.stderr == "`pcve explain RULE` explains a rule\n"


def test_few_problems_are_listed_one_by_one(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(events(5))
    lines = northtown.pcve("validate", str(path), "--severity", "warning").stdout.splitlines()
    assert len(lines) == 10 * 3 + 2


def test_many_are_counted_by_rule_and_ten_of_each_are_shown(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(events(12) + "<https://e.example/0> skos:altLabel 'a\u202bb'@en .\n")
    result = northtown.pcve("validate", str(path), "--severity", "warning")
    counts, *groups = result.stdout.split("\n\n")
    assert counts == (
        "12  error    pcvesh:Event-kind\n12  error    unknown-key\n 1  warning  control-character"
    )
    assert [group.splitlines()[0] for group in groups[:3]] == [
        "error pcvesh:Event-kind",
        "error unknown-key",
        "warning control-character",
    ]
    assert groups[0].count("x.ttl:") == 10
    assert groups[0].endswith("    … and 2 more")
    assert groups[0].count("fix:") == 1
    assert groups[1].count("did you mean pcve:kind?") == 1
    assert groups[3].splitlines() == [
        "10 of each rule are shown; `--limit 0` lists all",
        "checked 12 pcve:Event",
        "24 errors, 1 warning in 1 file",
    ]
    few = northtown.pcve("validate", str(path), "--limit", "1", "--severity", "warning").stdout
    assert few.count("x.ttl:") == 3
    assert few.count("… and 11 more") == 2
    every = northtown.pcve("validate", str(path), "--limit", "0").stdout
    assert (every.count(": error "), every.count(": warning ")) == (24, 1)
    assert "more" not in northtown.pcve("validate", str(path), "--limit", "12").stdout


def shell(world: World, arguments: str, redirection: str) -> int:
    """The exit code of the command in a shell where a failure before a pipe counts."""
    command = [sys.executable, "-m", "pcve_graph", "--project", str(world.root), *arguments.split()]
    line = ["bash", "-c", f'set -o pipefail; "$@" {redirection}', "bash", *command]
    return subprocess.run(line, capture_output=True, timeout=120, check=False).returncode


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "turtle"])
@pytest.mark.long
def test_a_closed_pipe_leaves_the_exit_code(northtown: World, tmp_path: Path, form: str) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(events(2000))
    for reader in ("| head -0", "| head -1", "| head -c 1"):
        assert shell(northtown, f"validate {path} --format {form} --limit 0", reader) == 1
    path.write_text("no turtle")
    assert shell(northtown, f"validate {path} --format {form}", "| head -0") == 2


@pytest.mark.long
def test_a_closed_pipe_leaves_the_exit_code_of_the_project(world: World) -> None:
    world.write("data/records/event/fair.yml", "id:   fair\n")
    assert shell(world, "validate", "| head -0") == 1
    assert shell(world, "edit fmt --check", "| head -0") == 1


def test_a_closed_pipe_of_a_right_file_is_success(northtown: World, tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    path.write_text("<https://e.example/a> <https://e.example/b> <https://e.example/c> .\n")
    assert shell(northtown, f"validate {path} --format sarif", "| head -0") == 0


def test_only_a_rule_of_this_project_has_a_page(northtown: World, tmp_path: Path) -> None:
    """`pcve explain` cannot explain a shape of someone else, so no report refers to its page."""
    data, shapes = tmp_path / "x.ttl", tmp_path / "shapes.ttl"
    data.write_text("<http://example.org/a> a <http://example.org/T> .\n")
    shapes.write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX ex: <http://example.org/>\n"
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:S-d .\n"
        "ex:S-d sh:path ex:d ; sh:minCount 1 .\n"
    )
    own = ["validate", str(data), "--shapes", str(shapes)]
    assert "pcve explain" not in northtown.pcve(*own).output
    (row,) = json.loads(northtown.pcve(*own, "--format", "json").stdout)
    assert (row["rule"], "help" in row) == ("http://example.org/S-d", False)
    (run,) = json.loads(northtown.pcve(*own, "--format", "sarif").stdout)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], "helpUri" in rule) == ("http://example.org/S-d", False)
    for form in ("json", "json-report", "sarif", "junit", "turtle"):
        assert "pcve/rule/http" not in northtown.pcve(*own, "--format", form).stdout
    data.write_text("<http://example.org/a> a <https://w3id.org/pcve/ns#Event> .\n")
    result = northtown.pcve("validate", str(data))
    assert "`pcve explain RULE` explains a rule" in result.output
    rows = json.loads(northtown.pcve("validate", str(data), "--format", "json").stdout)
    assert all(row["help"].startswith("https://w3id.org/pcve/rule/") for row in rows)


def test_records_with_shapes_of_others_refer_to_no_page(northtown: World, tmp_path: Path) -> None:
    record, shapes = tmp_path / "fair-a.yml", tmp_path / "shapes.ttl"
    record.write_text(
        "id: fair-a\ntype: Event\nclaims:\n  - source: atlas\n    prefLabel: {en: Fair A}\n"
        "    kind: conference\n"
    )
    shapes.write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX ex: <http://example.org/>\n"
        "ex:S a sh:NodeShape ; sh:targetClass <https://w3id.org/pcve/ns#Event> ;\n"
        "  sh:property ex:S-d . ex:S-d sh:path ex:d ; sh:minCount 1 .\n"
    )
    own = ["validate", str(record), "--shapes", str(shapes)]
    stated = northtown.pcve(*own, "--format", "turtle").stdout
    assert "http://example.org/S-d" in stated
    assert "pcve/rule/http" not in stated


@pytest.mark.parametrize("focus", [(), ("--focus", "http://example.org/b")])
@pytest.mark.parametrize("form", ["text", "json", "json-report", "sarif", "junit", "turtle"])
def test_what_was_not_checked_is_in_each_report(
    northtown: World, tmp_path: Path, form: str, focus: tuple[str, ...]
) -> None:
    """With --require-checked, the error behind exit code 1 is in the report of every format."""
    path = tmp_path / "x.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/T> .\n")
    arguments = ("validate", str(path), *focus, "--format", form)
    rule = "absent-focus" if focus else "nothing-checked"
    result = northtown.pcve(*arguments, "--require-checked")
    assert result.exit_code == 1
    assert rule in result.stdout
    result = northtown.pcve(*arguments)
    assert result.exit_code == 0
    if form == "turtle":
        assert "sh:conforms true" in result.stdout
        assert rule not in result.stdout
