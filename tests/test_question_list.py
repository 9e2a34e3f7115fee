"""`pcve queries` lists the questions by theme, and prints the SPARQL that runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import World
from engines import QUERIES

from pcve_graph.model.namespaces import expand
from pcve_graph.query.themes import THEMES


def csv_rows(world: World, *arguments: str, stdin: str | None = None) -> list[dict[str, str]]:
    answer = world.pcve("query", *arguments, "--format", "csv", stdin=stdin)
    assert answer.exit_code == 0, answer.output
    return list(csv.DictReader(io.StringIO(answer.stdout, newline="")))


def test_every_question_has_a_theme_and_every_theme_a_question() -> None:
    assert {query.theme for query in QUERIES.values()} == {*THEMES}


def test_the_list_is_grouped_by_theme(northtown: World) -> None:
    lines = northtown.pcve("queries").stdout.splitlines()
    titles = [line.lower() for line in lines if line.isupper()]
    assert titles == [*THEMES]
    for name, query in QUERIES.items():
        place = lines.index(f"{name}  {query.summary}")
        above = [line for line in lines[:place] if line.isupper()]
        assert above[-1].lower() == query.theme


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_lists_its_questions_alone(northtown: World, theme: str) -> None:
    listed = northtown.pcve("queries", "--theme", theme)
    assert listed.exit_code == 0
    starts = {line.partition("  ")[0] for line in listed.stdout.splitlines() if "  " in line}
    assert starts - {""} == {name for name, query in QUERIES.items() if query.theme == theme}


def test_an_unknown_theme_is_an_error_with_the_nearest(northtown: World, tmp_path: Path) -> None:
    listed = northtown.pcve("queries", "--theme", "mony")
    assert (listed.exit_code, "did you mean money?" in listed.stderr) == (2, True)
    listed = northtown.pcve("queries", "--theme", "xxxxxxx")
    assert "the themes are overview, events" in listed.stderr


def test_a_header_with_an_invalid_theme_is_a_located_error(world: World) -> None:
    for value, fault, fix in (
        ("sorces", "the theme 'sorces' is not valid", "did you mean sources?"),
        ("qqqqqqq", "the theme 'qqqqqqq' is not valid", "write one of overview, events"),
        ("[money, time]", "the theme is not one word", "write one of overview, events"),
    ):
        world.write("queries/answers/mine.rq", f"#+ summary: x\n#+ theme: {value}\nASK {{}}\n")
        listed = world.pcve("queries")
        assert listed.exit_code == 1
        assert f"queries/answers/mine.rq:2:11: error query-header: {fault}" in listed.stderr
        assert fix in listed.stderr


def test_questions_of_a_folder_need_no_theme(northtown: World, tmp_path: Path) -> None:
    (tmp_path / "plain.rq").write_text("#+ summary: Plain?\nSELECT ?s { ?s a pcve:Event }")
    listed = northtown.pcve("queries", "--queries", str(tmp_path)).stdout
    assert listed.startswith("plain  Plain?\n")
    (tmp_path / "rich.rq").write_text("#+ theme: money\nSELECT ?s { ?s a pcve:Event }")
    (tmp_path / "own.rq").write_text("#+ theme: my own\nSELECT ?s { ?s a pcve:Event }")
    listed = northtown.pcve("queries", "--queries", str(tmp_path)).stdout
    lines = [line for line in listed.splitlines() if line and not line.startswith(" ")]
    assert lines == ["MONEY", "rich", "WITHOUT A THEME", "own", "plain  Plain?"]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("everything", {}),
        ("events-in-country", {"country": "Landia"}),
        ("unserved-groups", {"country": "marshia", "year": "2017"}),
        ("money", {"kind": "disbursement"}),
        ("money", {}),
    ],
)
def test_the_printed_sparql_gives_the_same_rows(
    northtown: World, name: str, settings: dict[str, str]
) -> None:
    options = [word for pair in settings.items() for word in ("--set", "=".join(pair))]
    printed = northtown.pcve("queries", "--sparql", name, *options)
    assert printed.exit_code == 0, printed.output
    assert "#+" not in printed.stdout
    assert csv_rows(northtown, "-", stdin=printed.stdout) == csv_rows(northtown, name, *options)


def test_parameters_that_are_not_set_stay_variables(northtown: World) -> None:
    printed = northtown.pcve("queries", "--sparql", "unserved-groups", "--set", "year=2017")
    assert "?country a pcve:Country" in printed.stdout
    assert "2017" in printed.stdout
    countries = {row["country"] for row in csv_rows(northtown, "-", stdin=printed.stdout)}
    assert len(countries) >= 2


def test_what_cannot_be_printed_is_an_error(northtown: World) -> None:
    for arguments, message in (
        (("--sparql", "monny"), "did you mean money?"),
        (("--sparql", "money", "--set", "year=2017"), "has no parameter 'year'"),
        (("--sparql", "money", "--set", "kind"), "--set requires KEY=VALUE"),
        (("--set", "kind=disbursement"), "--set requires --sparql"),
    ):
        result = northtown.pcve("queries", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr


def test_the_printed_sparql_of_a_file_declares_its_prefixes(
    northtown: World, tmp_path: Path
) -> None:
    path = tmp_path / "own.rq"
    path.write_text("#+ summary: x: y\nSELECT ?s { ?s a ?_class_iri ; schema:location ?place }")
    event = expand("pcve:Event")
    printed = northtown.pcve("queries", "--sparql", str(path), "--set", f"class={event}")
    assert printed.stdout.startswith("PREFIX schema: <https://schema.org/>")
    assert f"<{event}>" in printed.stdout
    solutions = northtown.saved().store.query(printed.stdout, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    assert len(list(solutions)) > 2
