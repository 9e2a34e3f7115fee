"""`pcve show` in windows of any width: dates stay whole, and some facts are always shown."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from conftest import World

from pcve_graph.cli.main import cli

DAY = r"(?:\d{1,2} )?(?:[A-Z][a-z]{2} )?\d{4}"


def shown(world: World, identifier: str, columns: int) -> str:
    arguments = ["--project", str(world.root), "show", identifier]
    result = CliRunner().invoke(cli, arguments, env={"COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100])
def test_dates_and_ids_are_whole_at_any_width(shipped: World, columns: int) -> None:
    text = " ".join(shown(shipped, "western-balkans", columns).split())
    links = re.findall(r"location: (.*?) \(([a-z0-9-]+)\)(, [^(]*)? \(\d+ sources?\)", text)
    assert len(links) > 3
    for label, _, dates in links:
        assert len(label) > 3, label
        assert re.fullmatch(rf"(?:, (?:until )?{DAY}(?: – {DAY})?)?", dates.rstrip(" ")), dates


@pytest.mark.parametrize("columns", [10, 20, 40])
def test_a_narrow_window_has_facts(shipped: World, columns: int) -> None:
    text = " ".join(shown(shipped, "first-line", columns).split())
    assert text.startswith("First Line (project)")
    facts = text.partition("left out: ")[0]
    assert "start: Apr 2016" in facts
    assert "location: Western" in facts


def test_names_are_cut_between_words(shipped: World) -> None:
    text = shown(shipped, "western-balkans", 60)
    full = shown(shipped, "western-balkans", 1000)
    for words in re.findall(r"location: ([^(…]+)…", text):
        assert f": {' '.join(words.split())}" in full
        assert re.search(rf": {re.escape(' '.join(words.split()))}(?![\w])", full), words
