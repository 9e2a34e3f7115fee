"""Every saved query keeps its promise: its header, its golden answers, and the same from rdflib."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from conftest import World
from engines import QUERIES, RUNS, Rdflib, Run, agrees
from golden import GOLDEN, answer, runs

from pcve_graph.query.saved import SavedQuery

SLOW_IN_RDFLIB: set[str] = set()
"""Questions that take rdflib more than some seconds on the shipped graph (measured: benchmarks)."""

FAST = [run for run in RUNS if run[0] == "northtown" or run[1] not in SLOW_IN_RDFLIB]


def test_there_are_as_many_questions_as_ever() -> None:
    assert len(QUERIES) >= 88
    assert NOT_COLLECTED.keys() <= {file for _, _, file, _ in RUNS}
    golden = {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.csv")}
    assert golden == {file for world, _, file, _ in RUNS if world == "northtown"}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_header_says_what_is_asked_and_answered(query: SavedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.tags
    assert query.timeout
    columns = ox.Store().query(query.text)
    assert isinstance(columns, ox.QuerySolutions)
    names = [variable.value for variable in columns.variables]
    assert list(query.columns) == names
    assert query.params.keys() <= set(names)
    assert "ORDER BY" in query.text
    assert "SELECT *" not in query.text
    for parameter in query.params.values():
        assert parameter.description
        assert parameter.example
        assert bool(parameter.scheme) == (parameter.type == "concept")


NORTHTOWN = [run for run in RUNS if run[0] == "northtown"]
SHIPPED = [run for run in RUNS if run[0] == "shipped"]

NOT_COLLECTED = {
    "shipped/needs-and-responses.all.csv": "no need is on record",
    "shipped/needs-and-responses.csv": "no need is on record",
    "shipped/needs-and-responses.economy.csv": "no need is on record",
    "shipped/needs-and-responses.pillar.csv": "no need is on record",
    "shipped/needs-and-responses.topic.csv": "no need is on record",
    "shipped/numbers-reached.all.csv": "no record has a count",
    "shipped/numbers-reached.csv": "no record has a count",
    "shipped/numbers-reached.unit.csv": "no record has a count",
    "shipped/numbers-reached.work.csv": "no record has a count",
    "shipped/people-by-sex.csv": "no record has a count of people",
    "shipped/people-by-sex.unit.csv": "no record has a count of people",
    "shipped/prevention-levels-by-year.csv": "no record states a level of prevention",
    "shipped/prevention-levels-by-year.level.csv": "no record states a level of prevention",
    "shipped/involvements-on-a-day.actor.csv": "no part with a period is on record",
    "shipped/involvements-on-a-day.all.csv": "no part with a period is on record",
    "shipped/involvements-on-a-day.csv": "no part with a period is on record",
    "shipped/involvements-on-a-day.work.csv": "no part with a period is on record",
    "shipped/searches.all.csv": "no search is on record",
    "shipped/searches.csv": "no search is on record",
    "shipped/searches.place.csv": "no search is on record",
    "shipped/searches.topic.csv": "no search is on record",
    "shipped/strategy-lapses.country.csv": "no strategy says which country it applies to",
    "shipped/strategy-successions.country.csv": "no strategy says which country it applies to",
}
"""The runs that have no rows on the shipped graph, as the facts have yet to be collected; and why."""


@pytest.mark.parametrize("run", NORTHTOWN, ids=[run[2] for run in NORTHTOWN])
def test_an_answer_is_the_agreed_one(northtown: World, run: Run) -> None:
    _, name, file, settings = run
    content = answer(northtown, QUERIES[name], dict(settings))
    assert content.decode() == (GOLDEN / file).read_bytes().decode()


def test_every_question_has_an_answer_on_northtown() -> None:
    for name in QUERIES:
        rows = list(csv.DictReader(io.StringIO((GOLDEN / f"northtown/{name}.csv").read_text())))
        assert rows, name


@pytest.mark.long
@pytest.mark.parametrize("run", SHIPPED, ids=[run[2] for run in SHIPPED])
def test_the_examples_of_a_question_have_an_answer(shipped: World, run: Run) -> None:
    _, name, file, settings = run
    rows = shipped_rows(shipped, name, dict(settings))
    if file in NOT_COLLECTED:
        assert not rows, f"{file} has rows now: take it off NOT_COLLECTED"
    else:
        assert rows


def shipped_rows(
    shipped: World, name: str, settings: dict[str, str] | None = None
) -> list[dict[str, str]]:
    """The answer on the shipped graph, by default to the examples of the parameters that are needed."""
    if settings is None:
        settings = next(iter(runs(QUERIES[name], "shipped")))[1]
    content = answer(shipped, QUERIES[name], settings).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


@pytest.mark.long
def test_a_series_shows_its_missing_editions(shipped: World) -> None:
    series = QUERIES["series-editions"].params["series"].example
    rows = shipped_rows(shipped, "series-editions", {"series": series})
    events = {row["edition"]: last(row["event"]) for row in rows}
    assert "" in events.values()
    assert events["8"] == "ct-challenges-2018"


def test_a_post_is_held_on_the_days_that_sources_show_and_no_others(shipped: World) -> None:
    held = {
        (last(row["person"]), row["title"]): row["holds"]
        for row in shipped_rows(shipped, "roles-on-a-day")
    }
    holders = {person for (person, _), answer in held.items() if answer == "yes"}
    assert holders >= {"poklukar", "popowski", "spasovski"}
    assert ("sojati", "Head of IISG Secretariat") not in held


def test_events_of_a_topic_in_a_country_keep_to_their_days(shipped: World) -> None:
    name = "events-of-topic-in-country"
    examples = {key: parameter.example for key, parameter in QUERIES[name].params.items()}
    rows = shipped_rows(shipped, name, examples)
    assert {last(row["event"]) for row in rows} >= {"alb-dar-2018", "alb-first-line-2019"}
    days = [row["start"] for row in rows if row["holds"] == "yes"]
    assert days
    assert all("2018-01-01" <= day <= "2019-12-31" for day in days)
    assert len(rows) < len(shipped_rows(shipped, name))


def test_what_an_instrument_pays_for_is_found_through_its_programmes(shipped: World) -> None:
    paid = {last(row["thing"]) for row in shipped_rows(shipped, "paid-by")}
    assert paid >= {"ipa-ii-2016-pcve", "unodc-aml-cft", "rcc-ws-prosecutors-2018", "cscwb-2017"}
    assert "wb-pact-ii" not in paid


def test_both_sides_of_a_disagreement_are_shown(shipped: World) -> None:
    rows = shipped_rows(shipped, "disputed")
    mine = [row for row in rows if last(row["thing"]) == "rcc-conf-2"]
    days = [(row["value"], row["other"], row["taken"]) for row in mine]
    assert ("2017-11-30", "2017-11-29", "yes") in days
    assert all(row["reason"] for row in rows)


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> dict[str, Rdflib]:
    """rdflib on each world, loaded when it is first asked."""
    return {}


@pytest.mark.long
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
