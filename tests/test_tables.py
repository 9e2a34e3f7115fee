"""Answers as text: whole words in every width, parameters once, counts of things, a record view."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from conftest import World
from rich.cells import cell_len

from pcve_graph.cli.main import cli
from pcve_graph.query.access import example_settings
from pcve_graph.query.saved import read_queries

WIDTHS = (60, 80, 100)
DATE = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")


def table(world: World, width: int, *arguments: str, stdin: str | None = None) -> str:
    """The answer as text in this width; lines of any length for 0."""
    options = ["--project", str(world.root), "query", *arguments]
    result = CliRunner().invoke(cli, options, input=stdin, env={"COLUMNS": str(width)})
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_words_are_whole(world: World, columns: int, *arguments: str) -> None:
    """Every word and day of the answer in `columns` stands in that with lines of any length."""
    whole = table(world, 0, *arguments, "--layout", "record")
    folded = table(world, columns, *arguments)
    assert set(folded.split()) <= {*whole.split()} | {"row"}
    assert set(DATE.findall(folded)) == set(DATE.findall(whole))
    for line in folded.splitlines():
        assert cell_len(line) <= columns or max(map(len, line.split())) > columns / 2, line


def arguments_of(world: World) -> list[list[str]]:
    """The arguments of every saved question: with what it requires, and with all its examples."""
    return [
        [name, *(part for key, text in settings.items() for part in ("--set", f"{key}={text}"))]
        for name, query in read_queries(world.project, "answers").items()
        for settings in example_settings(query)
    ]


@pytest.mark.long
@pytest.mark.parametrize("columns", WIDTHS)
def test_all_questions_have_whole_words(shipped: World, columns: int) -> None:
    for arguments in arguments_of(shipped):
        assert_words_are_whole(shipped, columns, *arguments)


@pytest.mark.long
@pytest.mark.parametrize("columns", WIDTHS)
def test_all_questions_of_northtown_have_whole_words(northtown: World, columns: int) -> None:
    for arguments in arguments_of(northtown):
        if "--set" not in arguments:
            assert_words_are_whole(northtown, columns, *arguments)


def test_parameters_stand_once_above_the_table(northtown: World) -> None:
    text = table(northtown, 100, "events-in-country", "--set", "country=landia")
    above, _, below = text.partition("\n\n")
    assert above == "country: Landia"
    assert "country" not in below.splitlines()[0].split()
    assert "event" in below.splitlines()[0].split()
    markdown = northtown.pcve(
        "query", "events-in-country", "--set", "country=landia", "--format=markdown"
    )
    assert markdown.stdout.startswith("| country | ")


def test_the_count_is_that_of_things(northtown: World) -> None:
    assert "\n14 events\n" in table(northtown, 100, "events-by-date")
    twice = "SELECT ?event ?n { VALUES ?n { 1 2 } ?event a pcve:Event }"
    assert "\n14 events in 28 rows\n" in table(northtown, 100, "-", stdin=twice)
    assert "\n2 rows\n" in table(northtown, 100, "-", stdin="SELECT ?n { VALUES ?n { 1 2 } }")
    assert table(northtown, 100, "-", stdin="SELECT ?n { FILTER(false) }") == "0 rows\n"


def test_empty_columns_are_left_out_and_named(northtown: World) -> None:
    text = table(northtown, 100, "-", stdin='SELECT ?a ?b ?standing { BIND("x" AS ?a) }')
    assert text == "a\nx\n\n1 row\nno row has a value for: b\n"
    assert table(northtown, 100, "-", stdin="SELECT ?a ?b { }").splitlines()[0].split() == [
        "a",
        "b",
    ]


LONG = "a sentence that is much longer than the line that it has to stand in, whatever its width"


def test_narrow_columns_keep_their_content(northtown: World) -> None:
    own = f'SELECT ?kind ?text ?day {{ VALUES (?kind ?text ?day) {{ ("x y" "{LONG}" "22 May 2018") }} }}'
    lines = table(northtown, 60, "-", stdin=own).splitlines()
    assert lines[0].split() == ["kind", "text", "day"]
    assert lines[1].startswith("x y   a sentence")
    assert lines[1].endswith("22 May 2018")
    assert len(lines[1]) <= 60


def test_a_record_view_stands_where_a_table_does_not_fit(northtown: World) -> None:
    iris = " ".join(f"<https://example.org/{'long-' * 6}{number}>" for number in range(3))
    own = f"SELECT ?a ?b ?c {{ VALUES (?a ?b ?c) {{ ({iris}) ({iris}) }} }}"
    text = table(northtown, 80, "-", "--iris", stdin=own)
    assert text.startswith("row 1\n  a  https://example.org/")
    assert "\n\nrow 2\n  a  https://example.org/" in text
    assert table(northtown, 80, "-", "--iris", "--layout", "table", stdin=own).startswith("a ")
    short = 'SELECT ?a ?b { VALUES (?a ?b) { ("1" "2") } }'
    assert (
        table(northtown, 80, "-", "--layout", "record", stdin=short)
        == "row 1\n  a  1\n  b  2\n\n1 row\n"
    )


def test_wide_and_combining_characters_keep_columns_aligned(northtown: World) -> None:
    texts = ["café", "cafe\u0301", "日本語", "שלום", "мир"]
    values = " ".join(f'("{text}" "|")' for text in texts)
    lines = table(
        northtown, 80, "-", stdin=f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}"
    ).splitlines()
    assert {cell_len(line.partition("|")[0]) for line in lines[1 : len(texts) + 1]} == {8}


def test_control_characters_stay_escaped(northtown: World) -> None:
    text = table(northtown, 80, "-", stdin='SELECT ?a { BIND("x\\u001b[31m" AS ?a) }')
    assert "\x1b" not in text
    assert "x\\x1b[31m" in text or "x\\u001b[31m" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "Event"],
        ["explain", "startDate"],
        ["search", "mentors"],
        ["queries"],
        ["timeline"],
    ],
)
def test_text_is_in_the_width_of_the_terminal(northtown: World, arguments: list[str]) -> None:
    options = ["--project", str(northtown.root), *arguments]
    result = CliRunner().invoke(cli, options, env={"COLUMNS": "72"})
    assert result.exit_code == 0, result.output
    for line in result.stdout.splitlines():
        assert cell_len(line) <= 72 or len(line.split()) < 4, line
    unlimited = CliRunner().invoke(cli, options, env={"COLUMNS": ""}).stdout
    assert set(result.stdout.split()) <= set(unlimited.split())


MATRICES = [
    ["coverage"],
    ["coverage", "--count", "money", "--by", "funder"],
    ["coverage", "--by", "year"],
    ["coverage", "--all-topics"],
    ["timeline", "--trend"],
]
LAID_OUT = [
    *MATRICES,
    ["timeline"],
    ["overlaps", "--related", "--limit", "0"],
    ["overlaps", "--format", "table"],
    ["coverage", "--cell", "albania/all"],
    ["coverage", "--gaps"],
    ["coverage", "--needs"],
]


@pytest.mark.long
@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("arguments", LAID_OUT, ids=" ".join)
def test_comparisons_are_in_the_width_of_the_terminal(
    shipped: World, arguments: list[str], columns: int
) -> None:
    """No line is wider, unless by a word such as an address, and no word is broken."""
    options = ["--project", str(shipped.root), *arguments]
    folded = CliRunner().invoke(cli, options, env={"COLUMNS": str(columns)})
    assert folded.exit_code == 0, folded.output
    for line in folded.stdout.splitlines():
        assert cell_len(line) <= columns or len(line.split()) == 1, line
    whole = CliRunner().invoke(cli, options, env={"COLUMNS": ""}).stdout
    words = re.sub(r"^row \d+$", "", folded.stdout, flags=re.M).split()  # records have a number
    assert set(words) <= set(whole.split())


@pytest.mark.parametrize("columns", WIDTHS)
def test_every_block_of_a_matrix_names_all_rows(northtown: World, columns: int) -> None:
    options = ["--project", str(northtown.root), "coverage"]
    text = CliRunner().invoke(cli, options, env={"COLUMNS": str(columns)}).stdout
    whole = CliRunner().invoke(cli, options, env={"COLUMNS": ""}).stdout
    names = [line.split("  ")[0] for line in whole.split("\n\n")[1].splitlines() if line[0] != " "]
    blocks = [block for block in text.split("\n\n") if block.startswith("economy")]
    assert len(blocks) > (columns < 80)
    for block in blocks:
        firsts = " ".join(line.split("  ")[0] for line in block.splitlines() if line[0] != " ")
        assert firsts.split() == " ".join(names).split()


def test_columns_of_dates_look_alike_whatever_their_type(northtown: World) -> None:
    dates = '("2021-07; 2021-12" "2023-06-30" "2020-21" "2019~") ("" "2023-06" "x" "2019")'
    own = f"SELECT ?a ?b ?c ?d {{ VALUES (?a ?b ?c ?d) {{ {dates} }} }}"
    rows = [re.split("  +", line) for line in table(northtown, 100, "-", stdin=own).splitlines()]
    assert rows[1] == ["Jul 2021; Dec 2021", "30 Jun 2023", "2020-21", "about 2019"]
    assert rows[2][1:] == ["Jun 2023", "x", "2019"]
    for form in ("csv", "json", "records"):
        raw = table(northtown, 100, "-", "--format", form, stdin=own)
        assert "2021-07; 2021-12" in raw
        assert "2023-06-30" in raw


def test_what_is_to_be_copied_is_not_folded(northtown: World) -> None:
    options = ["--project", str(northtown.root), "explain", "Event", "--example", "yaml"]
    narrow = CliRunner().invoke(cli, options, env={"COLUMNS": "40"}).stdout
    assert narrow == CliRunner().invoke(cli, options, env={"COLUMNS": ""}).stdout
