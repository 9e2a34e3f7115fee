"""The same graph on real servers: the same rows, the same pages; published whole or not at all.

Virtuoso 7.2.5 loses rows of a path of length zero (`*`, `?`) whose ends are both fixed elsewhere, if
its plan falls so. Questions with such a path, and those of `NOT_VIRTUOSO`, are asked there as well,
and may fail with one message, but their rows are not compared.
"""

from __future__ import annotations

import contextlib
import re
import signal
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from conftest import ROOT, World, not_available
from golden import runs
from servers import Server, missing, running, stop
from servers.bad import Request, serving

from pcve_graph.model.namespaces import GRAPHS, graph_iri
from pcve_graph.model.project import Project
from pcve_graph.model.schema import Ontology
from pcve_graph.query.access import EndpointGraph, SavedGraph, bind_for_graph
from pcve_graph.query.execute import Answer, ResultTable, ResultTriples, ask
from pcve_graph.query.lists import row_cells, with_lists
from pcve_graph.query.remote.addresses import EndpointAddresses
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.login import Credentials
from pcve_graph.query.remote.messages import EndpointError
from pcve_graph.query.remote.upload import (
    commits_in_parts,
    plan_upload,
    staging_graph,
    upload_graph,
)
from pcve_graph.query.saved import SavedQuery, read_queries
from pcve_graph.query.show import show
from pcve_graph.query.worker import QueryWorker
from pcve_graph.syntax.sparql_tokens import tokenize

QUERIES = read_queries(Project(ROOT, ROOT / "build"), "answers")
PAGE = {"northtown": "northtown-conference-2015", "shipped": "wbcti"}
UNBOUND = "a comparison with an unbound variable is true in its BIND"
OTHER_ROWS = "it gives other rows than all other engines; the cause is not known"
NOT_VIRTUOSO = {
    "evaluations-by-funder": "it refuses an alternative in a longer path (SP031)",
    "single-sources": "an error inside its own compiler (SQ156)",
    "strategy-lapses": "an error inside its own compiler (SQ074)",
    "events-in-period": UNBOUND,
    "events-side-by-side": "VALUES with arithmetic in a sub-select gives no rows",
    "host-changes": UNBOUND,
    "initiatives-after-funding": "the maximum of no values is an empty text",
    "involvements-on-a-day": UNBOUND,
    "last-confirmed-active": OTHER_ROWS,
    "names-on-a-day": "it ends with an error on SUBSTR of an unbound variable (SR008)",
    "overlapping-projects": UNBOUND,
    "prevention-levels-by-year": OTHER_ROWS,
    "searches": OTHER_ROWS,
    "part-of": "it refuses a path of which neither end is known",
    "roles-on-a-day": UNBOUND,
    "work-below-country": OTHER_ROWS,
    "topic-gaps": "an error inside its own compiler (SQ156)",
}
PLACES = [
    ("oxigraph", "northtown"),
    ("virtuoso", "northtown"),
    ("jena", "northtown"),
    ("oxigraph", "shipped"),
]


def mute(*_: object) -> None:
    """Discard the progress messages."""


def needed(name: str) -> None:
    """Skip where the server is not installed."""
    if reason := missing(name):
        not_available(reason)


def endpoint_of(server: Server, **options: str) -> Endpoint:
    who = Credentials(server.user, server.password)
    return Endpoint(EndpointAddresses(server.url, **options), who)


@dataclass(frozen=True)
class Place:
    """A world that was published to a server."""

    world: World
    name: str
    server: Server

    @property
    def there(self) -> EndpointGraph:
        return EndpointGraph(endpoint_of(self.server))


@pytest.fixture(
    scope="module",
    params=PLACES,
    ids=["-".join(part) for part in PLACES],
)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    kind, name = request.param
    needed(kind)
    world: World = request.getfixturevalue(name)
    with running(kind, tmp_path_factory.mktemp(kind) / "server") as server:
        upload_graph(endpoint_of(server), world.saved(), mute)
        yield Place(world, name, server)


def trusted(server: Server, query: SavedQuery) -> bool:
    """Whether the server is known to answer such a query rightly."""
    if server.name != "virtuoso":
        return True
    tokens = tokenize(query.text)
    empty_path = any(
        after.text in ("*", "?") and before.kind in ("name", "iri")
        for before, after in pairwise(tokens)
    )
    return not empty_path and query.name not in NOT_VIRTUOSO


def counted(
    answer: Answer, lists: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], Counter[tuple[object, ...]]]:
    """Columns, and how often each row comes: SPARQL leaves some orders to the engine.

    So it does with the order in which GROUP_CONCAT joins the values of the columns `lists`.
    """
    table = with_lists(answer, lists)
    assert isinstance(table, ResultTable)
    return table.columns, Counter(row_cells(table))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.full
def test_a_question_has_the_same_rows_on_a_server(place: Place, query: SavedQuery) -> None:
    here, there = SavedGraph(place.world.saved()), place.there
    for _, settings in runs(query, place.name):
        bindings = bind_for_graph(here, query, settings)
        if trusted(place.server, query):
            theirs = counted(there.ask(query.text, bindings), query.lists)
            assert theirs == counted(here.ask(query.text, bindings), query.lists)
        else:
            with contextlib.suppress(EndpointError):
                there.ask(query.text, bindings, timeout=20)


def test_most_questions_are_compared_on_every_server() -> None:
    virtuoso = Server("virtuoso", "", None)  # type: ignore[arg-type]
    assert sum(trusted(virtuoso, query) for query in QUERIES.values()) >= 30
    assert QUERIES.keys() >= NOT_VIRTUOSO.keys()


@pytest.mark.full
def test_a_thing_has_the_same_page_on_a_server(place: Place, ontology: Ontology) -> None:
    store, there = place.world.saved().store, place.there
    things = sorted(
        quad.subject.value.rsplit("/", 1)[1]
        for quad in store.quads_for_pattern(
            None, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), None, None
        )
        if isinstance(quad.subject, ox.NamedNode)
        and re.fullmatch(r"https://w3id.org/pcve/id/[a-z-]+/[a-z0-9-]+", quad.subject.value)
    )
    assert len(things) >= 15
    for identifier in things[:: max(1, len(things) // 15)]:
        around = there.around(identifier, ontology)
        for day in (None, date(2016, 6, 3)):
            page = show(around, ontology, identifier, day)
            assert page == show(store, ontology, identifier, day)


@pytest.mark.full
def test_the_page_of_a_thing_takes_a_handful_of_requests(place: Place, ontology: Ontology) -> None:
    with serving(forwarding(place.server.url)) as front:
        there = EndpointGraph(Endpoint(front.at(place.server.url)))
        store = there.around(PAGE[place.name], ontology)
        assert len(show(store, ontology, PAGE[place.name]).facts) > 5
        assert len(front.seen) <= 12


@pytest.mark.full
def test_the_command_asks_a_server(place: Place) -> None:
    if place.name != "northtown":
        return
    at = ("--endpoint", place.server.url)
    pcve = place.world.pcve
    for question in ("events-by-date", "hosts", "projects"):
        embedded = pcve("query", question)
        assert (embedded.exit_code, embedded.stderr) == (0, "")
        assert Counter(pcve("query", question, *at).stdout.split("\n")) == Counter(
            embedded.stdout.split("\n")
        )
    named = ("query", "who-did-what", "--set", "actor=river institute", "--format", "csv")
    assert sorted(pcve(*named, *at).stdout) == sorted(pcve(*named).stdout)
    wrong = pcve("query", "who-did-what", "--set", "actor=no such body", *at)
    assert wrong.exit_code == 2
    assert "no organization or" in wrong.stderr or "no thing matches" in wrong.stderr
    for shown in ("northtown-conference-2015", "lake-fund-page", "source/atlas"):
        page = pcve("show", shown, "--all", *at)
        assert page.stdout == pcve("show", shown, "--all").stdout
    nothing = pcve("show", "northtown-conference-2051", *at)
    assert nothing.exit_code == 2
    assert "did you mean:\n    northtown-conference-201" in nothing.stderr
    for shown in (
        "Lake Fund",
        "topic/prisons",
        "https://w3id.org/pcve/id/place/landia/",
    ):
        page = pcve("show", shown, *at)
        assert (page.exit_code, page.stderr) == (0, ""), shown
        assert page.stdout == pcve("show", shown).stdout
    limited = pcve("query", "everything", "--limit", "2", *at)
    assert "2 documents" in limited.stdout
    assert "there are more" in limited.stderr


@pytest.mark.full
def test_every_question_is_tried_on_a_server(place: Place) -> None:
    result = place.world.pcve("queries", "--check", "--endpoint", place.server.url)
    if place.name == "shipped":
        assert (result.exit_code, result.stdout.count("failed")) == (0, 0)
        assert result.stdout.count("\nok ") >= len(QUERIES) - 1
    else:
        assert result.exit_code == 1
        assert "events-by-date" in result.stdout


@pytest.mark.full
def test_the_whole_graph_came_over(place: Place) -> None:
    endpoint, store = endpoint_of(place.server), place.world.saved().store
    for name in GRAPHS:
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph_iri(name)}> {{ ?s ?p ?o }} }}"
        theirs = endpoint.ask(text)
        assert isinstance(theirs, ResultTriples)
        ours = store.quads_for_pattern(None, None, None, ox.NamedNode(graph_iri(name)))
        assert set(theirs.triples) == {quad.triple for quad in ours}


def forwarding(
    url: str, before: Callable[[Request], bool] | None = None
) -> Callable[[Request], None]:
    """A server in front of that at `url`; `before` may take the request, and says so."""

    def forward(request: Request) -> None:
        if before and before(request):
            return
        there = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}{request.path}"
        data = request.body if request.command == "POST" else None
        passed = urllib.request.Request(there, data, method=request.command)
        for key in ("Accept", "Content-Type"):
            if value := request.headers.get(key):
                passed.add_header(key, value)
        with urllib.request.urlopen(passed, timeout=60) as answer:
            kind = answer.headers.get("Content-Type", "")
            request.answer(answer.status, kind, answer.read())

    return forward


def facts(server: Server) -> int:
    return endpoint_of(server).count(graph_iri("facts"))


@pytest.mark.full
def test_a_server_that_is_killed_keeps_what_it_had(
    northtown: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed("oxigraph")
    monkeypatch.setattr("pcve_graph.query.remote.upload.BATCH", 100)
    saved = northtown.saved()
    with running("oxigraph", tmp_path, "-l", "data") as server:
        endpoint_of(server).load(graph_iri("facts"), saved.lines("facts")[:10])

        def kill(name: str, done: int, every: int) -> None:
            if name == "evidence" and done:
                stop(server.process, signal.SIGKILL)

        with pytest.raises(EndpointError) as caught:
            upload_graph(endpoint_of(server), saved, kill)
        message = str(caught.value)
        assert "refused the connection" in message or "closed the connection" in message
        assert "the published graphs are unchanged" in message
        assert "publish again" in message
    with running("oxigraph", tmp_path, "-l", "data") as server:
        endpoint = endpoint_of(server)
        left = plan_upload(endpoint, saved)
        assert left.old["facts"] == 10
        assert left.staged["evidence"] > 0
        upload_graph(endpoint, saved, mute)
        assert facts(server) == len(saved.lines("facts"))
        assert not any(plan_upload(endpoint, saved).staged.values())


@pytest.mark.parametrize("kind", ["oxigraph", "virtuoso", "jena"])
@pytest.mark.full
def test_publishing_replaces_what_was_published_and_nothing_else(
    kind: str, northtown: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed(kind)
    with running(kind, tmp_path) as server:
        endpoint = endpoint_of(server)
        other_graph, stale = "https://example.org/other", staging_graph("facts")
        line = '<https://e.org/s> <https://e.org/p> "x" .'
        endpoint.count(other_graph)
        endpoint.load(other_graph, [line])
        endpoint.load(stale, [line])
        endpoint.load(graph_iri("facts"), [line])
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        dry = northtown.pcve("publish", "--endpoint", server.url, "--dry-run")
        assert (dry.exit_code, endpoint.count(graph_iri("evidence"))) == (0, 0)
        assert "nothing was written" in dry.stdout
        assert "an earlier `pcve publish` was interrupted" in dry.stderr
        done = northtown.pcve("publish", "--endpoint", server.url)
        assert done.exit_code == 0, done.stderr
        assert re.search(r"^published [\d,]+ triples, counted before and after", done.stdout, re.M)
        assert (
            ("commits in parts" in done.stderr)
            == (kind == "virtuoso")
            == commits_in_parts(endpoint)
        )
        counts = {name: endpoint.count(graph_iri(name)) for name in GRAPHS}
        assert counts == {name: len(northtown.saved().lines(name)) for name in GRAPHS}
        assert endpoint.count(other_graph) == 1
        assert endpoint.count(stale) == 0


@pytest.mark.full
def test_a_lost_answer_does_no_harm(northtown: World, tmp_path: Path) -> None:
    needed("oxigraph")
    lost: list[bytes] = []
    with running("oxigraph", tmp_path) as server:
        plain = forwarding(server.url)

        def losing(request: Request) -> bool:
            if b"NOT+EXISTS" not in request.body or lost:
                return False
            lost.append(request.body)
            request.answer = lambda *_, **__: request.reset()  # type: ignore[method-assign]
            plain(request)
            return True

        with serving(forwarding(server.url, losing)) as front:
            upload_graph(Endpoint(front.at(server.url)), northtown.saved(), mute)
        assert len(lost) == 1
        assert facts(server) == len(northtown.saved().lines("facts"))


@pytest.mark.full
def test_a_server_without_a_graph_store_is_loaded_by_updates(
    northtown: World, tmp_path: Path
) -> None:
    needed("oxigraph")

    def storeless(request: Request) -> bool:
        if not request.path.startswith("/store"):
            return False
        request.answer(404, "text/plain", "no such page")
        return True

    with running("oxigraph", tmp_path) as server:
        with serving(forwarding(server.url, storeless)) as front:
            endpoint = Endpoint(front.at(server.url))
            upload_graph(endpoint, northtown.saved(), mute)
            assert endpoint.addresses.store == ""
        assert facts(server) == len(northtown.saved().lines("facts"))


@pytest.mark.full
def test_triples_that_do_not_arrive_are_noticed(northtown: World, tmp_path: Path) -> None:
    needed("oxigraph")

    def swallowing(request: Request) -> bool:
        if "staging%2Fevidence" not in request.path:
            return False
        request.answer(204, "text/plain", "")
        return True

    with running("oxigraph", tmp_path) as server:
        with serving(forwarding(server.url, swallowing)) as front:
            number = len(northtown.saved().lines("evidence"))
            wrong = f"{staging_graph('evidence')} has 0 triples instead of {number:,}"
            with pytest.raises(EndpointError, match=re.escape(wrong)) as caught:
                upload_graph(Endpoint(front.at(server.url)), northtown.saved(), mute)
            assert "the staging graphs have been removed" in str(caught.value)
        assert facts(server) == 0


@pytest.mark.full
def test_a_user_who_may_not_write_gets_one_message(northtown: World, tmp_path: Path) -> None:
    needed("virtuoso")
    with running("virtuoso", tmp_path) as server:
        result = northtown.pcve("publish", "--endpoint", server.url)
        assert result.exit_code == 2
        assert "SECURITY: No permission" in result.stderr
        assert "set PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD" in result.stderr
        assert result.stderr.count("\n") <= 2


@pytest.mark.full
def test_a_timeout_of_the_server_is_reported(northtown: World, tmp_path: Path) -> None:
    needed("oxigraph")
    with running("oxigraph", tmp_path, "--timeout-s", "1") as server:
        upload_graph(endpoint_of(server), northtown.saved(), mute)
        endless = "SELECT ?a { ?a ?b ?c . ?d ?e ?f FILTER(CONCAT(STR(?a), STR(?d)) = STR(?f)) }"
        with pytest.raises(
            EndpointError, match="sent an incomplete response: “The SPARQL operation"
        ):
            endpoint_of(server).ask(endless)


def test_half_a_pair_of_secrets_is_a_mistake(
    northtown: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCVE_ENDPOINT_USER", "ann")
    result = northtown.pcve("query", "sources", "--endpoint", "http://127.0.0.1:9/")
    assert result.exit_code == 2
    assert "set both" in result.stderr


def test_the_embedded_answer_needs_no_server(northtown: World) -> None:
    query = QUERIES["sources"]
    saved = northtown.saved()
    with QueryWorker(saved.folder / "store") as worker:
        assert SavedGraph(saved, worker).ask(query.text, timeout=30) == ask(saved.store, query.text)


@pytest.mark.long
def test_every_question_is_tried_on_the_build(shipped: World) -> None:
    result = shipped.pcve("queries", "--check")
    assert (result.exit_code, result.stdout.count("failed")) == (0, 0)
    assert result.stdout.startswith("ok ")
