"""An endpoint that redirects: to no other origin unless the user allows it, and never with secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from conftest import World
from servers.bad import BadServer, Request, serving

from pcve_graph import KnowledgeGraph
from pcve_graph.model.namespaces import graph_iri
from pcve_graph.model.problems import UsageError
from pcve_graph.query.execute import ResultTable
from pcve_graph.query.remote.addresses import EndpointAddresses
from pcve_graph.query.remote.endpoint import LONGEST_GET, Endpoint
from pcve_graph.query.remote.http import REDIRECTS
from pcve_graph.query.remote.login import Credentials
from pcve_graph.query.remote.messages import EndpointError

from .commands import JSON, NO, ROWS, SELECT, one_message, pcve

LONG_SELECT = f"{SELECT} # {'x' * LONGEST_GET}"
SEVEN = ResultTable(("x",), ((ox.Literal("7"),),))
CODES = (301, 302, 303, 307, 308)


def answers(request: Request) -> None:
    """No to a question with ASK, one row to others, nothing to an update."""
    text = f"{request.path} {request.body.decode()}"
    request.answer(200, JSON, NO if "ASK" in text else ROWS)


def moves(target: str, status: int = 302) -> Callable[[Request], None]:
    """Redirects everything to the same path at the origin `target`."""
    return lambda request: request.answer(
        status, "text/plain", "", Location=f"{target}{request.path}"
    )


def origin(server: BadServer) -> str:
    return server.url.removesuffix("/sparql")


@pytest.fixture
def elsewhere() -> Iterator[BadServer]:
    """A server that no redirect may lead to."""
    with serving(answers) as server:
        yield server


def refused(message: str, server: BadServer, elsewhere: BadServer) -> None:
    assert "\n" not in message
    assert f"{origin(server)}/" in message
    assert f"redirects to another origin, {origin(elsewhere)}, which is not followed" in message
    assert f"--allow-redirect {origin(elsewhere)}" in message
    assert elsewhere.seen == []


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "-"),
        ("query", "-", "--format", "csv"),
        ("query", "events-on-topic", "--set", "topic=returnees"),
        ("show", "wbcti"),
    ],
    ids=" ".join,
)
def test_a_command_is_not_led_to_another_origin(
    elsewhere: BadServer, arguments: tuple[str, ...]
) -> None:
    with serving(moves(origin(elsewhere))) as server:
        result = pcve(*arguments, "--endpoint", server.url, PCVE_ENDPOINT_TOKEN="t0ken")
        refused(one_message(result), server, elsewhere)
        assert "t0ken" not in result.stderr


@pytest.mark.parametrize("status", CODES)
def test_python_is_not_led_to_another_origin(elsewhere: BadServer, status: int) -> None:
    with serving(moves(origin(elsewhere), status)) as server:
        kg = KnowledgeGraph.open(endpoint=server.url)
        for call in (lambda: kg.sparql(SELECT), lambda: kg.search("x"), lambda: kg.show("wbcti")):
            with pytest.raises(UsageError) as caught:
                call()
            refused(str(caught.value), server, elsewhere)
        assert repr(kg)


@pytest.mark.parametrize("where", ["update", "store"])
def test_publishing_is_not_led_to_another_origin(
    northtown: World, elsewhere: BadServer, where: str
) -> None:
    """Neither where it counts, nor where it writes: a redirect of 307 keeps the method."""

    def led(request: Request) -> None:
        if urlsplit(request.path).path == f"/{where}":
            return moves(origin(elsewhere), 307)(request)
        if "COUNT" in request.path:
            return request.answer(200, JSON, ROWS.replace(b'"x"', b'"n"').replace(b"7", b"0"))
        return answers(request)

    with serving(led) as server:
        options = (
            "--update-endpoint",
            f"{origin(server)}/update",
            "--gsp",
            f"{origin(server)}/store",
        )
        result = pcve("publish", "--endpoint", server.url, *options, project=northtown.root)
        message = one_message(result)
        refused(message, server, elsewhere)
        assert "the published graphs are unchanged" in message


def test_an_allowed_origin_is_followed_without_credentials(elsewhere: BadServer) -> None:
    with serving(moves(origin(elsewhere))) as server:
        result = pcve(
            *("query", "-", "--format", "csv", "--endpoint", server.url),
            *("--allow-redirect", f"{origin(elsewhere)}/"),
            PCVE_ENDPOINT_TOKEN="t0ken",
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "x\n7\n", "")
        assert all("Authorization" in headers for _, _, headers, _ in server.seen)
    assert elsewhere.seen
    assert not any("Authorization" in headers for _, _, headers, _ in elsewhere.seen)


def test_an_origin_that_asks_for_a_password_does_not_get_it() -> None:
    def asks(request: Request) -> None:
        request.answer(401, "text/plain", "", WWW_Authenticate='Basic realm="x"')

    with serving(asks) as target, serving(moves(origin(target))) as server:
        who = Credentials("ann", "s3cret")
        endpoint = Endpoint(server.url, who, allow_redirects=origin(target))
        with pytest.raises(EndpointError, match="401"):
            endpoint.ask(SELECT)
        assert len(target.seen) == 1
        assert "Authorization" not in target.seen[0][2]


def test_the_names_of_one_machine_are_not_one_origin(elsewhere: BadServer) -> None:
    target = origin(elsewhere).replace("127.0.0.1", "localhost")
    with serving(moves(target)) as server, pytest.raises(EndpointError, match="another origin"):
        Endpoint(server.url).ask(SELECT)
    assert elsewhere.seen == []


@pytest.mark.parametrize("status", CODES)
def test_a_redirect_within_an_origin_is_followed_and_signed(status: int) -> None:
    def within(request: Request) -> None:
        if request.path.startswith("/new/"):
            return answers(request)
        return request.answer(status, "text/plain", "", Location=f"/new{request.path}#x")

    with serving(within) as server:
        assert Endpoint(server.url, Credentials(token="t0ken")).ask(SELECT) == SEVEN
        assert all(headers["Authorization"] for _, _, headers, _ in server.seen)


@pytest.mark.parametrize("status", CODES)
def test_a_redirect_never_changes_the_method(status: int) -> None:
    def within(request: Request) -> None:
        if request.path.startswith("/new/") or "ASK" in request.path:
            return answers(request)
        return request.answer(status, "text/plain", "", Location=f"/new{request.path}")

    with serving(within) as server:
        endpoint = Endpoint(server.url)
        if status in (307, 308):
            assert endpoint.ask(LONG_SELECT) == SEVEN
            _, first, second = server.seen
            assert (first[0], first[3]) == (second[0], second[3])
            return
        with pytest.raises(EndpointError, match=f"it has moved; use {origin(server)}/new/sparql$"):
            endpoint.ask(LONG_SELECT)
        assert not any(path.startswith("/new/") for _, path, _, _ in server.seen)


def test_redirect_loops_end() -> None:
    with serving(lambda request: moves("")(request)) as server:
        result = pcve("query", "-", "--endpoint", server.url)
        assert f"redirects more than {REDIRECTS} times" in one_message(result)
        assert len(server.seen) == REDIRECTS + 1


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://[::1",
        "http://[x]/",
        "http://127.0.0.1:99999/",
        "http://ann:s3cret@127.0.0.1:1/",
        "http:///x",
        "http://ho st/",
        "http://host/\x1b]0;title\x07",
        "http://\xe9\xff..x/",
        "javascript:alert(1)",
        f"http://{'x' * 300}/",
    ],
)
def test_an_invalid_address_is_not_followed(location: str) -> None:
    there = lambda request: request.answer(302, "text/plain", "", Location=location)  # noqa: E731
    with serving(there) as server:
        with pytest.raises(EndpointError, match="redirects to") as caught:
            Endpoint(server.url).ask(SELECT)
        assert str(caught.value).isprintable()
        assert "s3cret" not in str(caught.value)
        if "\x1b" in location:
            one_message(pcve("query", "-", "--endpoint", server.url))


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254", "http://[fe80::1]", "https://127.0.0.1:1", "http://10.0.0.1"],
)
def test_addresses_of_the_local_network_are_not_asked(target: str) -> None:
    with serving(moves(target)) as server:
        with pytest.raises(EndpointError, match="redirects to another origin") as caught:
            Endpoint(server.url, timeout=5).ask(SELECT)
        assert f"--allow-redirect {target} " in str(caught.value)


@pytest.mark.long
@pytest.mark.parametrize("text", ["", "data.example.org", "https://e.org/sparql", "http://[", "*"])
def test_what_is_allowed_must_be_an_origin(text: str, elsewhere: BadServer) -> None:
    options = ("--endpoint", elsewhere.url, "--allow-redirect", text)
    result = pcve("query", "-", *options)
    if text:
        one_message(result)
    else:
        fault = "--allow-redirect is followed by an empty value; give it one, or leave it out"
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"Error: {fault}\n"
    with pytest.raises(UsageError):
        KnowledgeGraph.open(endpoint=elsewhere.url, allow_redirects=[text])
    assert elsewhere.seen == []


def test_allowing_needs_an_endpoint(northtown: World) -> None:
    result = pcve("query", "-", "--allow-redirect", "https://e.org", project=northtown.root)
    assert result.returncode == 2
    assert "--allow-redirect requires --endpoint" in result.stderr


def test_graphs_are_sent_where_the_user_says(tmp_path: Path) -> None:
    """An address of the graph store with a query of its own keeps it."""
    with serving(answers) as server:
        where = EndpointAddresses(server.url, store=f"{origin(server)}/store?key=1")
        Endpoint(where).load(graph_iri("facts"), ['<a:a> <a:b> "c" .'])
        assert server.seen[0][1].startswith("/store?key=1&graph=https%3A%2F%2F")
