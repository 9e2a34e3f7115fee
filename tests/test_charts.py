"""Pictures: the same bytes each time, ordered in grey, with the notes on them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import World, require

from pcve_graph.analysis.chart_page import luminance, shade, text_colour
from pcve_graph.analysis.overlaps.diagram import MOST, Tie, connected_groups, draw_network
from pcve_graph.model.problems import UsageError

require("matplotlib")
pytestmark = pytest.mark.full

DRAWN = {
    "coverage": ["coverage"],
    "period": ["coverage", "--count", "events", "--since", "2018-10-04", "--topic", "prisons"],
    "years": ["coverage", "--by", "year"],
    "bars": ["timeline", "--topic", "prisons"],
    "counts": ["timeline"],
    "trend": ["timeline", "--trend"],
    "overlaps": ["overlaps", "--country", "Albania", "--kind", "project"],
}


MATRIX = {"Kosovo*", "not proof of no activity", "place not known", "economy"}
SOURCES = {"state no date of publication", "sources"}
SAID = {
    "coverage": MATRIX | {"topic not known"},
    "period": MATRIX | {"from 4 Oct 2018"},
    "years": MATRIX | {"year not known"},
    "bars": SOURCES | {"without a date"},
    "counts": SOURCES | {"projects and events"},
    "trend": SOURCES | {"too few to compare"},
    "overlaps": {"Overlaps in Albania", "dashed: undecided, as a date or place is missing"},
}
EXPECTED = set().union(*SAID.values())


def drawn(shipped: World, path: Path, name: str) -> str:
    result = shipped.pcve(*DRAWN[name], "--picture", str(path))
    assert result.exit_code == 0, result.output
    return path.read_text("utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_has_its_words_and_notes(shipped: World, tmp_path: Path, name: str) -> None:
    picture = drawn(shipped, tmp_path / "one.svg", name)
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture))
    assert SAID[name] <= {phrase for phrase in EXPECTED if phrase in words}
    if "Kosovo*" in words:
        assert "without prejudice to positions on status" in words
    if name == "coverage":
        assert "<pattern" in picture, "what is not known is hatched"


@pytest.mark.parametrize("name", ["coverage", "bars", "overlaps"])
def test_a_picture_has_the_same_bytes_twice(shipped: World, tmp_path: Path, name: str) -> None:
    first, second = (drawn(shipped, tmp_path / place, name) for place in ("one.svg", "two.svg"))
    assert first == second
    assert "<dc:date>" not in first


def test_a_png_is_of_the_same_bytes_twice(shipped: World, tmp_path: Path) -> None:
    for place in ("one.png", "two.png"):
        shipped.pcve("coverage", "--topic", "prisons", "--picture", str(tmp_path / place))
    first, second = ((tmp_path / place).read_bytes() for place in ("one.png", "two.png"))
    assert first == second
    assert first.startswith(b"\x89PNG")


def test_the_shades_grow_darker_in_steps_that_grey_keeps() -> None:
    light = [116 * luminance(shade(place / 10)) ** (1 / 3) - 16 for place in range(11)]
    steps = [lighter - darker for lighter, darker in pairwise(light)]
    assert min(steps) > 4, "of 100: CIE L*, in which equal steps look equal"
    assert light[0] - light[-1] > 60


def test_numbers_stand_out_on_every_shade() -> None:
    for place in range(101):
        light = luminance(shade(place / 100))
        lettering = 1.0 if text_colour(shade(place / 100)) == "white" else 0.0
        high, low = max(light, lettering), min(light, lettering)
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_network_groups_what_hangs_together() -> None:
    ties = [Tie("b", "c", 0.5), Tie("x", "y", 1.0), Tie("a", "b", 0.9, loose=True)]
    assert connected_groups(ties) == [["a", "b", "c"], ["x", "y"]]
    names = {key: f"Project {key}" for key in "abcxy"}
    drawn = draw_network("Ties", names, ties, ["a note"], ".svg")
    assert drawn == draw_network("Ties", names, ties, ["a note"], ".svg")
    for word in ("Project a", "a note", "stroke-dasharray"):
        assert word in drawn.decode()


@pytest.mark.parametrize(
    ("ties", "message"),
    [
        ([], "nothing to draw"),
        ([Tie("a", f"b{place}", 0.5) for place in range(MOST)], "narrow it down"),
    ],
)
def test_a_network_that_cannot_be_read_is_refused(ties: list[Tie], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        draw_network("Ties", {}, ties, [], ".svg")


def test_money_has_no_one_shade(shipped: World, tmp_path: Path) -> None:
    result = shipped.pcve("coverage", "--count", "money", "--picture", str(tmp_path / "m.svg"))
    assert result.exit_code == 2
    assert "currencies" in result.stderr
