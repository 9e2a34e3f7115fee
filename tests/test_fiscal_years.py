"""A fiscal or school year lies in two years and is not read as a month of the first."""

from __future__ import annotations

import pytest
from conftest import World

from pcve_graph.evidence.dates_in_words import carries_date


@pytest.mark.parametrize(
    ("words", "start", "is_carried"),
    [
        ("in the fiscal year 2010-11", "2010-11", False),
        ("in the fiscal year 2010-11", "2010", True),
        ("FY 2010/11", "2010-11", False),
        ("in the season 2010/11", "2010-11", False),
        ("in the season 2010/11", "2010", True),
        ("since 2010-11", "2010-11", True),
        ("since 2010/10", "2010-10", True),
    ],
)
def test_words_carry_a_month_only_where_they_name_one(
    words: str, start: str, is_carried: bool
) -> None:
    assert carries_date(words, start, "start") is is_carried


@pytest.mark.parametrize("text", ["2010/11", "2013-14", "2010-2011"])
def test_a_record_takes_no_text_that_may_be_a_fiscal_year(world: World, text: str) -> None:
    world.write(
        "data/records/project/tide-days.yml",
        "id: tide-days\ntype: Project\nclaims:\n  - source: atlas\n    prefLabel: {en: Tide days}\n"
        f"    kind: implementation-project\n    startDate: {text}\n",
    )
    result = world.pcve("validate")
    assert result.exit_code != 0
    assert text in result.output
