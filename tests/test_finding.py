"""What `pcve search` and `KnowledgeGraph.search` find, in which order, and how they say why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from conftest import World
from test_search import content

from pcve_graph import KnowledgeGraph
from pcve_graph.graph.store import SEARCH_INDEX
from pcve_graph.model.problems import UsageError
from pcve_graph.search.index import write_index


@pytest.fixture(scope="module")
def kg(shipped: World) -> KnowledgeGraph:
    return KnowledgeGraph.open(shipped.root)


def rows(world: World, *arguments: str) -> list[dict[str, Any]]:
    """The results of a search, as JSON has them."""
    result = world.pcve("search", *arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    return list(json.loads(result.stdout))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("OSCE Rome", {"osce-ct-2018"}),
        ("workshop prosecutors Tirana", {"rcc-ws-prosecutors-2018"}),
        ("GIZ Albania", {"giz", "cscwb-2019", "cscwb-2017", "wbcsci-sg-2023-04"}),
        ("Kosovo prisons", {"ks-mou-2016", "ran-ps-wb", "coe-prisons-hf3", "coe-prisons-hf2"}),
        ("foreign fighters conference Rome 2018", {"osce-ct-2018"}),
        ("First Line project DCAF", {"first-line"}),
    ],
)
def test_words_of_several_fields_find_the_thing_that_has_all(
    shipped: World, text: str, right: set[str]
) -> None:
    assert rows(shipped, text)[0]["id"] in right


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("OSCE conferense Rome", "osce-ct-2018"),
        ("worksop prosecuters Tirana", "rcc-ws-prosecutors-2018"),
        ("Gorna Svilanovci", "svilanovic"),
        ("Тирана обвинители работилница", "rcc-ws-prosecutors-2018"),
        ("punëtori prokurorë Tiranë", "rcc-ws-prosecutors-2018"),
        ("radionica tužioci Tirana", "rcc-ws-prosecutors-2018"),
        ("WORKSHOPS for the prosecutor in Tirana", "rcc-ws-prosecutors-2018"),
        ("goran svilanović", "svilanovic"),
        ("Горан Свилановиќ", "svilanovic"),
        ("who leads the Brdo Process", "brdo-process"),
        ("GCERF", "gcerf"),
    ],
)
def test_slips_scripts_languages_and_forms_are_forgiven(
    kg: KnowledgeGraph, text: str, identifier: str
) -> None:
    assert kg.search(text)[0].id == identifier


def test_a_hit_says_where_and_how_each_word_matches(kg: KnowledgeGraph) -> None:
    hit = kg.search("OSCE confrence Rome 2018 zqatvorx")[0]
    matches = {match.word: (match.field, match.term, match.how) for match in hit.matches}
    assert hit.id == "osce-ct-2018"
    assert matches["Rome"] == ("location", "rome", "exact")
    assert matches["confrence"][1:] == ("conference", "spelling")
    assert matches["2018"][1:] == ("2018", "exact")
    assert hit.unmatched == ("zqatvorx",)
    assert hit.score > 0
    (match,) = kg.search("Skopj", kind="place")[0].matches
    assert (match.field, match.term, match.how) == ("name", "skopje", "form")
    prison = kg.search("burgjet", kind="concept")[0]
    assert (prison.id, prison.matches[0].how) == ("topic/prisons", "meaning")


def test_what_matches_all_words_comes_before_what_matches_some(kg: KnowledgeGraph) -> None:
    missing = [len(hit.unmatched) for hit in kg.search("conference Ljubljana 2018", limit=0)]
    assert missing[0] == 0
    assert max(missing) == 2
    assert sorted(map(bool, missing)) == list(map(bool, missing))


def test_there_is_no_empty_page_while_a_word_matches(shipped: World) -> None:
    result = shipped.pcve("search", "Sarajevo xyzzy")
    assert result.exit_code == 0
    assert result.stdout.split("\n")[0].split()[0] == "sarajevo"
    assert "without xyzzy" in result.stdout.split("\n")[0]
    assert result.stderr == "no thing has all words\n"
    nothing = shipped.pcve("search", "xyzzy qwrtz")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "no match for 'xyzzy qwrtz'\n"


def test_filters_limit_a_search_and_list_without_words(shipped: World) -> None:
    albania = rows(shipped, "prisons", "--country", "Shqipëria", "--kind", "project")
    assert [row["id"] for row in albania] == ["ran-ps-wb"]
    events = rows(shipped, "--kind", "event", "--country", "AL", "--year", "2018", "--limit", "0")
    assert {row["kind"] for row in events} == {"event"}
    assert "rcc-ws-prosecutors-2018" in {row["id"] for row in events}
    assert [row["label"] for row in events] == sorted(row["label"] for row in events)
    both = rows(shipped, "--kind", "event", "--year", "2018", "--year", "2019", "--limit", "0")
    single = [
        {row["id"] for row in rows(shipped, "--kind", "event", "--year", year, "--limit", "0")}
        for year in ("2018", "2019")
    ]
    assert {row["id"] for row in both} == single[0] | single[1]
    assert single[0] - single[1]
    narrow = rows(shipped, "--topic", "prisons", "--limit", "0")
    wide = rows(shipped, "--topic", "rehabilitation-reintegration", "--limit", "0")
    assert {row["id"] for row in narrow} < {row["id"] for row in wide}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give words to search for, or a filter such as --kind project"),
        (("x", "--country", "Atlantis"), "no country matches 'Atlantis'"),
        (("x", "--topic", "cooking"), "no topic matches 'cooking'"),
        (("x", "--year", "20x"), "a year has four digits, such as 2018, not '20x'"),
        (("x", "--kind", "plase"), "unknown kind 'plase'; did you mean place?"),
        (("x", "--format", "xml"), "unknown format 'xml'; the formats are table, json"),
        (("word " * 33,), "a search has 32 words at most, and this one 33"),
        (("a" * 100_000,), "a search has 1,000 characters at most, and this one 100,000"),
    ],
)
def test_what_cannot_be_searched_for_is_one_message(
    northtown: World, arguments: tuple[str, ...], message: str
) -> None:
    result = northtown.pcve("search", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        '"Northtown',
        "Northtown AND OR NOT NEAR(",
        "name:Northtown",
        "-Northtown ^Northtown*",
        "Northtown'; drop table entry; --",
        "Northtown\0{}%_",
        "Northtown \u202e \ud800",
        "NORTHTOWN))))",
    ],
)
def test_the_syntax_of_indexes_is_only_text(northtown: World, text: str) -> None:
    kg = KnowledgeGraph.open(northtown.root)
    assert "northtown" in {hit.id for hit in kg.search(text)}


def test_python_takes_the_same_filters(kg: KnowledgeGraph, shipped: World) -> None:
    hits = kg.search("", kind="event", country=["Albania", "Kosovo"], year=2018, limit=0)
    texts = kg.search(kind=("event",), country={"XK", "AL"}, year="2018", limit=0)
    assert hits == texts
    assert [hit.id for hit in hits] == [
        row["id"]
        for row in rows(
            shipped,
            *("--kind", "event", "--country", "Albania", "--country", "Kosovo"),
            *("--year", "2018", "--limit", "0"),
        )
    ]
    assert kg.search() == []
    with pytest.raises(UsageError, match="a year has four digits"):
        kg.search("x", year=20189)
    with pytest.raises(UsageError, match="no topic matches 'rcc'"):
        kg.search("x", topic="rcc")


def test_show_opens_what_search_prints(shipped: World) -> None:
    for row in rows(shipped, "prisons Albania", "--limit", "12"):
        assert shipped.pcve("show", row["id"]).exit_code == 0


@pytest.mark.long
def test_one_search_gives_the_same_bytes_in_every_process(northtown: World) -> None:
    outputs = set()
    for seed in ("1", "2", "3"):
        command = [sys.executable, "-m", "pcve_graph", "--project", str(northtown.root)]
        command += ["search", "northtown conference mentors", "--format", "json", "--limit", "0"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        outputs.add(subprocess.run(command, env=environment, capture_output=True).stdout)
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) > 10


@pytest.mark.long
def test_another_name_of_a_place_finds_what_is_there(world: World) -> None:
    assert world.pcve("build").exit_code == 0
    first = rows(world, "Qyteti fair", "--kind", "event")[0]
    assert first["matches"][0]["field"] == "location"
    record = "data/records/place/northtown.yml"
    world.replace(record, "altLabel: {sq: Qyteti i Veriut}", "altLabel: {sq: Veriut}")
    assert world.pcve("build").exit_code == 0
    assert all(
        row["unmatched"] == ["Qyteti"] for row in rows(world, "Qyteti fair", "--kind", "event")
    )
    again = rows(world, "Veriut fair", "--kind", "event")[0]
    assert (again["id"], again["matches"][0]["text"]) == (first["id"], "Veriut")
    write_index(world.saved().store, world.root / "fresh.sqlite")
    assert content(world.built(SEARCH_INDEX)) == content(world.root / "fresh.sqlite")
