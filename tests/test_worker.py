"""Limits that hold: time, memory and rows stop the work, not only the wait for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import World

from pcve_graph.model.problems import ContentError, UsageError
from pcve_graph.query.execute import ResultTable, ResultTriples, ask
from pcve_graph.query.worker import QueryWorker

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUGE = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"


@pytest.fixture
def worker(shipped: World) -> Iterator[QueryWorker]:
    with QueryWorker(shipped.saved().folder / "store") as started:
        yield started


def alive(number: int) -> bool:
    return Path(f"/proc/{number}/stat").exists()


def test_an_endless_question_is_stopped_and_its_process_is_gone(worker: QueryWorker) -> None:
    worker.ask("ASK { ?s ?p ?o }")
    number = worker.process.pid
    assert number
    assert alive(number)
    start = time.monotonic()
    with pytest.raises(UsageError, match=r"q\.rq was stopped after 0\.5 s"):
        worker.ask(ENDLESS, name="q.rq", timeout=0.5)
    assert time.monotonic() - start < 3
    assert not alive(number)
    assert worker.ask("ASK { ?s ?p ?o }") is True


@pytest.mark.long
def test_memory_is_bounded(shipped: World) -> None:
    with QueryWorker(shipped.saved().folder / "store") as worker:
        with pytest.raises(UsageError, match=r"needs more than 600 MB of memory"):
            worker.ask(HUGE, timeout=120, memory=600 << 20)
        assert worker.ask("ASK { ?s ?p ?o }") is True


def test_a_limit_of_rows_ends_the_work(worker: QueryWorker) -> None:
    table = worker.ask("SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", limit=7, timeout=30)
    assert isinstance(table, ResultTable)
    assert (len(table.rows), table.more) == (7, True)
    graph = worker.ask("CONSTRUCT { ?a ?b ?c } { ?a ?b ?c . ?d ?e ?f }", limit=5, timeout=30)
    assert isinstance(graph, ResultTriples)
    assert (len(graph.triples), graph.more) == (5, True)
    few = worker.ask("SELECT ?x { VALUES ?x { 1 2 } }", limit=2)
    assert isinstance(few, ResultTable)
    assert (len(few.rows), few.more) == (2, False)


@pytest.mark.long
def test_a_worker_says_what_the_store_says(worker: QueryWorker, shipped: World) -> None:
    store = shipped.saved().store
    for text in (
        "SELECT ?s ?l { ?s a <https://w3id.org/pcve/ns#Event> ; ?p ?l } ORDER BY ?s ?p ?l",
        "CONSTRUCT { ?s a ?t } { ?s a ?t }",
        "ASK { FILTER(false) }",
    ):
        assert worker.ask(text) == ask(store, text)
    with pytest.raises(ContentError, match="the prefix foo: is not declared"):
        worker.ask("SELECT ?s { ?s foo:x ?o }")
    with pytest.raises(UsageError, match="the store has no graph <http://e/g>"):
        worker.ask("SELECT ?s FROM <http://e/g> { ?s ?p ?o }")


def test_the_command_says_where_a_limit_of_rows_ended_it(northtown: World) -> None:
    cut = northtown.pcve("query", "everything", "--limit", "2")
    assert (cut.stdout.splitlines()[-1], cut.stderr) == (
        "2 documents",
        "stopped after 2; there are more\n",
    )
