"""The help of `pcve`: summaries are whole, and every option is described."""

from __future__ import annotations

import inspect

import click
import pytest
from click.testing import CliRunner

from pcve_graph.cli.main import COMMANDS, NAMES, cli

SUMMARIES = {name: summary for group in COMMANDS.values() for name, summary in group.items()}
MOST_NAMES = 20
"""The most commands at the top level: more cannot be taken in at a glance."""


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def test_summaries_are_whole_at_80_columns() -> None:
    result = CliRunner().invoke(cli, ["--help"], terminal_width=80)
    assert result.exit_code == 0
    lines = [line.strip() for line in result.output.splitlines()]
    assert max(map(len, result.output.splitlines())) <= 80
    for name, summary in SUMMARIES.items():
        assert any(line.split() == [name, *summary.split()] for line in lines), name


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_is_the_first_line_of_the_docstring(name: str) -> None:
    text = inspect.cleandoc(command(name).help or "")
    assert text.splitlines()[0] == SUMMARIES[name]


def test_there_are_few_names_at_the_top_level() -> None:
    assert len(NAMES) == len(set(NAMES)) <= MOST_NAMES


@pytest.mark.parametrize("name", ["pcve", *NAMES])
def test_every_option_has_help(name: str) -> None:
    params = (cli if name == "pcve" else command(name)).params
    options = [param for param in params if isinstance(param, click.Option)]
    assert [option.name for option in options if not (option.help or "").strip()] == []
