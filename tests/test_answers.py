"""Every saved query keeps its promise: its header, its golden answers, and the same from rdflib."""

from __future__ import annotations

import csv
import io
from collections import Counter
from functools import cache

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, World
from golden import GOLDEN, answer, runs

from pcve_graph.binding import standalone
from pcve_graph.export import nquads
from pcve_graph.ontology import read_ontology
from pcve_graph.parameters import bind
from pcve_graph.project import Project
from pcve_graph.query import Table, ask
from pcve_graph.saved import SavedQuery, read_queries
from pcve_graph.search import open_index

QUERIES = read_queries(Project(ROOT, ROOT / "build"), "answers")
RUNS = [
    (world, query.name, file, tuple(settings.items()))
    for world in ("northtown", "shipped")
    for query in QUERIES.values()
    for file, settings in runs(query, world)
]


def test_there_are_as_many_questions_as_ever() -> None:
    assert len(QUERIES) >= 25
    golden = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.csv")}
    assert golden == {file for _, _, file, _ in RUNS}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_header_says_what_is_asked_and_answered(query: SavedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.tags
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


def test_every_question_has_an_answer_on_the_shipped_graph() -> None:
    for world, _, file, _ in RUNS:
        if world == "shipped":
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


@cache
def in_rdflib(root: str) -> rdflib.Dataset:
    from pathlib import Path

    world = World(Path(root))
    dataset = rdflib.Dataset(default_union=True)
    ontology = read_ontology(world.project)
    dataset.parse(data=nquads(world.saved(), ontology).decode(), format="nquads")
    return dataset


@pytest.mark.parametrize(
    ("name", "file", "settings"),
    [run[1:] for run in RUNS if run[0] == "northtown"],
    ids=[run[2] for run in RUNS if run[0] == "northtown"],
)
def test_rdflib_gives_the_same_rows(
    northtown: World, name: str, file: str, settings: tuple[tuple[str, str], ...]
) -> None:
    query, saved = QUERIES[name], northtown.saved()
    bound = bind(query, dict(settings), open_index(saved.folder))
    table = ask(saved.store, query.text, bound)
    assert isinstance(table, Table)
    ours = Counter(tuple(str(getattr(t, "value", "")) for t in row) for row in table.rows)
    result = in_rdflib(str(northtown.root)).query(standalone(query.text, bound))
    theirs = Counter(tuple("" if t is None else str(t) for t in row) for row in result)  # type: ignore[union-attr]
    assert theirs == ours
