"""Every saved query keeps its promise: its header, its golden answers, and the same from rdflib."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from engines import QUERIES, RUNS, Rdflib, Run, agrees
from golden import GOLDEN, answer

from pcve_graph.query.saved import SavedQuery

SLOW_IN_RDFLIB: set[str] = set()
"""Questions that take rdflib more than some seconds on the shipped graph (measured: benchmarks)."""

FAST = [run for run in RUNS if run[0] == "northtown" or run[1] not in SLOW_IN_RDFLIB]


def test_there_are_as_many_questions_as_ever() -> None:
    assert len(QUERIES) >= 50
    golden = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.csv")}
    assert golden == {file for _, _, file, _ in RUNS}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_header_says_what_is_asked_and_answered(query: SavedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.tags
    assert query.timeout
    columns = ox.Store().query(query.text)
    assert isinstance(columns, ox.QuerySolutions)
    names = [each.value for each in columns.variables]
    assert list(query.columns) == names
    assert query.params.keys() <= set(names)
    assert "ORDER BY" in query.text
    assert "SELECT *" not in query.text
    for each in query.params.values():
        assert each.description
        assert each.example
        assert bool(each.scheme) == (each.type == "concept")


@pytest.mark.parametrize(("world", "name", "file", "settings"), RUNS, ids=[run[2] for run in RUNS])
def test_an_answer_is_the_agreed_one(
    request: pytest.FixtureRequest,
    world: str,
    name: str,
    file: str,
    settings: tuple[tuple[str, str], ...],
) -> None:
    found = answer(request.getfixturevalue(world), QUERIES[name], dict(settings))
    assert found.decode() == (GOLDEN / file).read_bytes().decode()


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((GOLDEN / file).read_text())))


def test_every_question_has_an_answer_on_both_graphs() -> None:
    for world, name, file, _ in RUNS:
        if world == "shipped" or file == f"northtown/{name}.csv":
            assert rows(file), file


def last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def test_a_series_shows_its_missing_editions() -> None:
    found = {
        row["edition"]: last(row["event"]) for row in rows("shipped/series-editions.series.csv")
    }
    assert [number for number, event in found.items() if not event] == ["5"]
    assert found["8"] == "ct-challenges-2018"


def test_a_post_is_held_on_the_days_that_sources_show_and_no_others() -> None:
    found = {
        (last(row["person"]), row["title"]): row["held"]
        for row in rows("shipped/roles-on-a-day.csv")
    }
    assert {person for (person, _), held in found.items() if held == "yes"} == {
        "poklukar",
        "popowski",
        "spasovski",
    }
    assert ("sojati", "Head of IISG Secretariat") not in found


def test_events_of_a_topic_in_a_country_keep_to_their_days() -> None:
    found = rows("shipped/events-of-topic-in-country.all.csv")
    assert {last(row["event"]) for row in found} >= {"alb-dar-2018", "alb-first-line-2019"}
    assert all("2018-01-01" <= row["start"] <= "2019-12-31" for row in found)
    assert len(found) < len(rows("shipped/events-of-topic-in-country.csv"))


def test_what_an_instrument_pays_for_is_found_through_its_programmes() -> None:
    found = {last(row["thing"]) for row in rows("shipped/paid-by.csv")}
    assert found >= {"ipa-ii-2016-pcve", "unodc-aml-cft", "rcc-ws-prosecutors-2018", "cscwb-2017"}
    assert "wb-pact-ii" not in found


def test_both_sides_of_a_disagreement_are_shown() -> None:
    found = [row for row in rows("shipped/disputed.csv") if last(row["thing"]) == "rcc-conf-2"]
    assert [(row["value"], row["taken"]) for row in found] == [("2017-11-30", "2017-11-29")]
    assert all(row["reason"] for row in rows("shipped/disputed.csv"))


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> dict[str, Rdflib]:
    """rdflib on each world, loaded when it is first asked."""
    return {}


@pytest.mark.parametrize("run", FAST, ids=[run[2] for run in FAST])
def test_rdflib_gives_the_same_rows(
    request: pytest.FixtureRequest, engines: dict[str, Rdflib], run: Run
) -> None:
    world = request.getfixturevalue(run[0])
    engine = engines.setdefault(run[0], Rdflib(world)) if run[0] not in engines else engines[run[0]]
    agrees(engine, world, run)


def test_most_questions_are_asked_of_rdflib_on_both_graphs() -> None:
    shipped = {run[1] for run in FAST if run[0] == "shipped"}
    assert QUERIES.keys() - shipped == SLOW_IN_RDFLIB
    assert {run[1] for run in FAST if run[0] == "northtown"} == QUERIES.keys()
