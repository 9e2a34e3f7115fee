"""The help of `pcve` and its groups: summaries are whole, every option is described, and an unknown
or former name leads to the command that is meant."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, World, all_commands

from pcve_graph.cli.main import COMMANDS, NAMES, cli

SUMMARIES = {name: summary for group in COMMANDS.values() for name, summary in group.items()}
MOST_NAMES = 21
"""The most commands at the top level: more cannot be taken in at a glance."""

BY_PATH = dict(all_commands(cli))
GROUPS = [path for path, command in BY_PATH.items() if isinstance(command, click.Group)]
FORMER = {
    "new": "`pcve edit new KIND ID` or, for a source, `pcve evidence new ID`",
    "fmt": "`pcve edit fmt`",
    "reference": "`pcve docs ontology DIR`",
    "explain --html": "`pcve docs rules DIR`",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(ROOT), *arguments], terminal_width=80)


def summary(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").splitlines()[0]


def test_the_groups_have_the_commands_that_the_help_lists() -> None:
    assert {path for path in BY_PATH if " " in path} == {
        "edit new", "edit fmt", "edit migrate", "edit moved", "edit redact", "evidence cite", "evidence new",
        "evidence recheck", "evidence requote", "evidence review", "evidence review export", "evidence review import",
        "evidence review status", "evidence sources", "evidence status", "docs ontology", "docs rules",
        "docs moved",
    }  # fmt: skip
    assert GROUPS == ["edit", "evidence", "evidence review", "docs"]


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_summaries_are_whole_at_80_columns(group: str) -> None:
    result = run(*group.split(), "--help")
    assert result.exit_code == 0
    lines = [line.split() for line in result.output.splitlines()]
    assert max(map(len, result.output.splitlines())) <= 80
    within = {
        path: command for path, command in BY_PATH.items() if path.rpartition(" ")[0] == group
    }
    assert within
    for path, command in within.items():
        assert [path.split()[-1], *summary(command).split()] in lines, path


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_is_the_first_line_of_the_docstring(name: str) -> None:
    assert summary(BY_PATH[name]) == SUMMARIES[name]


def test_there_are_few_names_at_the_top_level() -> None:
    assert len(NAMES) == len(set(NAMES)) <= MOST_NAMES


@pytest.mark.parametrize("path", ["", *BY_PATH])
def test_every_option_has_help(path: str) -> None:
    params = (BY_PATH[path] if path else cli).params
    options = [param for param in params if isinstance(param, click.Option)]
    assert [option.name for option in options if not (option.help or "").strip()] == []


@pytest.mark.parametrize("path", [path for path in BY_PATH if path not in GROUPS])
def test_every_command_has_limits(path: str) -> None:
    assert {"timeout", "memory"} <= {param.name for param in BY_PATH[path].params}


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_a_group_alone_prints_its_help(group: str) -> None:
    result = CliRunner().invoke(cli, group.split(), terminal_width=80)
    assert result.output.strip() == run(*group.split(), "--help").output.strip()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("qury", "No such command 'qury'; did you mean `pcve query`?"),
        ("edit fnt", "No such command 'fnt'; did you mean `pcve edit fmt`?"),
        ("edit nwe event x", "No such command 'nwe'; did you mean `pcve edit new`?"),
        ("evidence statsu", "No such command 'statsu'; did you mean `pcve evidence status`?"),
        ("docs rule --timeout 1", "No such command 'rule'; did you mean `pcve docs rules`?"),
        ("ontolgy out", "No such command 'ontolgy'; did you mean `pcve docs ontology`?"),
        ("xyzzy", "No such command 'xyzzy'."),
        ("edit ontology", "No such command 'ontology'."),
        ("edit --chekc", "No such option '--chekc'"),
        ("edit fmt --chekc", "No such option '--chekc'"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(typed: str, message: str) -> None:
    result = run(*typed.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("typed", "former"),
    [
        ("new", "new"),
        ("new event northtown-fair", "new"),
        ("new source fair-news --timeout 1", "new"),
        ("new --help", "new"),
        ("fmt", "fmt"),
        ("fmt --check", "fmt"),
        ("fmt -h", "fmt"),
        ("reference site", "reference"),
        ("reference", "reference"),
        ("explain --html rules", "explain --html"),
        ("explain --timeout 9 --html=rules", "explain --html"),
        ("explain Event-startDate --html", "explain --html"),
    ],
)
def test_a_former_name_gives_one_line_with_the_new_one(typed: str, former: str) -> None:
    result = run(*typed.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"pcve: `pcve {former}` is now {FORMER[former]}\n"


def test_former_names_are_not_in_the_help() -> None:
    assert not {"new", "fmt", "reference"} & set(BY_PATH)
    assert "--html" not in run("explain", "--help").output


@pytest.mark.parametrize(
    ("typed", "completions"),
    [
        ("e", ["explain", "edit", "evidence", "export"]),
        ("edit ", ["new", "fmt", "migrate", "moved", "redact"]),
        ("evidence st", ["status"]),
        ("docs ontology --t", ["--timeout"]),
        ("edit fmt --", ["--check", "--timeout", "--memory", "--help"]),
        ("f", []),
        ("fmt --c", []),
        ("explain --html", []),
    ],
)
def test_a_shell_completes_names_and_options(typed: str, completions: list[str]) -> None:
    """Click's protocol for bash: the words of the line in, `type,value` of each completion out."""
    words = {"COMP_WORDS": f"pcve {typed}", "COMP_CWORD": str(typed.count(" ") + 1)}
    result = subprocess.run(
        [sys.executable, "-m", "pcve_graph"],
        env=os.environ | words | {"_PCVE_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert result.stdout.split() == [f"plain,{completion}" for completion in completions]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            {},
            "completion: COMP_WORDS and COMP_CWORD not set; the script that `_PCVE_COMPLETE=bash_so",
        ),
        ({"COMP_WORDS": "pcve e"}, "completion: COMP_CWORD not set"),
        ({"COMP_WORDS": "pcve e", "COMP_CWORD": "x"}, "completion: COMP_CWORD is not a number"),
    ],
)
def test_completion_without_the_words_of_a_shell_is_one_message(
    words: dict[str, str], message: str
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pcve_graph"],
        env=os.environ | words | {"_PCVE_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"pcve: {message}")
    assert result.stderr.count("\n") == 1


def test_after_two_dashes_nothing_is_an_old_option(northtown: World) -> None:
    result = northtown.pcve("explain", "--", "--html")
    assert (result.exit_code, "no class, key, list or rule '--html'" in result.stderr) == (2, True)
    assert "docs rules" in northtown.pcve("explain", "--html", "x").stderr


def test_the_help_of_a_query_command_has_its_default_time(northtown: World) -> None:
    text = " ".join(northtown.pcve("evidence", "status", "--help").stdout.split())
    header = (ROOT / "queries/answers/sources.rq").read_text("utf-8")
    (seconds,) = re.findall(r"^#\+ timeout: (\d+)$", header, re.M)
    assert f"(default: that of the query sources, {seconds})" in text
