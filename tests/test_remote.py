"""A server that goes wrong gives one clear message, and no secret."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from servers import free_port
from servers.bad import Request, drips, serving, stalls

from pcve_graph.model.problems import UsageError
from pcve_graph.query.execute import ResultTable, ResultTriples
from pcve_graph.query.remote import http
from pcve_graph.query.remote.addresses import EndpointAddresses
from pcve_graph.query.remote.endpoint import LONGEST_GET, Endpoint
from pcve_graph.query.remote.login import Credentials
from pcve_graph.query.remote.messages import EndpointError, useful_line

JSON = "application/sparql-results+json"
ROWS = json.dumps(
    {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "literal", "value": "7"}}]},
    }
)
ASK = "SELECT ?x { ?x ?p ?o }"
SEVEN = ResultTable(("x",), ((ox.Literal("7"),),))


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WAIT", 0.01)


def rows(request: Request) -> None:
    request.answer(200, JSON, ROWS)


def says(status: int, kind: str, body: str, **headers: str) -> Callable[[Request], None]:
    return lambda request: request.answer(status, kind, body, **headers)


def published(endpoint: Endpoint, is_so: bool = False) -> Endpoint:
    """The endpoint as if it had been asked what it holds."""
    endpoint._published = is_so
    return endpoint


def endpoint_error(
    behaviour: Callable[[Request], None], text: str = ASK, **options: object
) -> tuple[str, int]:
    """(message, requests that were made) of asking a server of this behaviour."""
    with serving(behaviour) as server:
        endpoint = published(Endpoint(server.url, **options))  # type: ignore[arg-type]
        with pytest.raises(EndpointError) as caught:
            endpoint.ask(text)
        message = str(caught.value)
        assert "\n" not in message
        assert server.url in message or "answered" in message
        return message.replace(server.url, "URL"), len(server.seen)


def test_rows_are_read() -> None:
    with serving(rows) as server:
        assert published(Endpoint(server.url)).ask(ASK) == SEVEN
        method, path, headers, _ = server.seen[0]
    assert method == "GET"
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
    assert asked == {"query": [ASK]}
    assert headers["Accept"].startswith(JSON)


def test_a_long_question_is_posted() -> None:
    text = f"{ASK} # {'x' * LONGEST_GET}"
    with serving(rows) as server:
        assert published(Endpoint(server.url)).ask(text) == SEVEN
        method, path, _, body = server.seen[0]
    assert (method, path) == ("POST", "/sparql")
    assert urllib.parse.parse_qs(body.decode()) == {"query": [text]}


def test_comments_do_not_make_a_question_an_update() -> None:
    """SPARQLWrapper takes the first keyword it sees, comments included, and sends DELETE elsewhere."""
    text = f"# to delete or to load\n# ask of it, construct it\n{ASK}"
    with serving(rows) as server:
        assert published(Endpoint(server.url)).ask(text) == SEVEN
        assert server.seen[0][0] == "GET"


def test_the_published_graphs_are_asked_as_one() -> None:
    with serving(rows) as server:
        published(Endpoint(server.url), True).ask(ASK)
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(server.seen[0][1]).query)
        assert len(asked["default-graph-uri"]) == len(asked["named-graph-uri"]) == 5
        own = "SELECT ?x FROM <https://example.org/g> { ?x ?p ?o }"
        published(Endpoint(server.url), True).ask(own)
        assert "default-graph-uri" not in server.seen[1][1]


def test_a_server_that_stalls() -> None:
    start = time.monotonic()
    message, requests = endpoint_error(stalls, timeout=0.3)
    assert message == "URL: no complete response within 0.3 s; increase --timeout"
    assert requests == 1
    assert time.monotonic() - start < 2


def test_a_server_that_drips() -> None:
    message, _ = endpoint_error(drips, timeout=0.5)
    assert message.startswith("URL: no complete response within 0.5 s")


def test_a_server_that_is_not_there() -> None:
    url = f"http://127.0.0.1:{free_port()}/sparql"
    with pytest.raises(EndpointError) as caught:
        published(Endpoint(url)).ask(ASK)
    assert str(caught.value) == (
        f"{url} refused the connection (4 attempts); is the server running on that port?"
    )


def test_a_server_that_resets() -> None:
    message, requests = endpoint_error(Request.reset)
    assert message == "URL closed the connection before its response was complete (4 attempts)"
    assert requests == 4


def test_a_reset_is_retried() -> None:
    turns = iter([Request.reset, Request.reset, rows])
    with serving(lambda request: next(turns)(request)) as server:
        assert published(Endpoint(server.url)).ask(ASK) == SEVEN
        assert len(server.seen) == 3


@pytest.mark.parametrize("status", [502, 503, 504, 429])
def test_what_may_pass_is_asked_again(status: int) -> None:
    turns = iter([says(status, "text/plain", "busy"), rows])
    with serving(lambda request: next(turns)(request)) as server:
        assert published(Endpoint(server.url)).ask(ASK) == SEVEN
        assert len(server.seen) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 500, 501])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    message, requests = endpoint_error(says(status, "text/plain", "no, not so"))
    assert f"answered {status} " in message
    assert "“no, not so”" in message
    assert requests == 1


def test_an_error_page_is_reported_in_its_words() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>500</title><style>p{}</style></head><body>"
        "<h1>500 Internal Server Error</h1><p>The index &lt;spo&gt; is\n damaged.</p></body></html>"
    )
    message, _ = endpoint_error(says(500, "text/html", page))
    assert message == "URL answered 500 Internal Server Error; “The index <spo> is damaged.”"


def test_authentication_is_required() -> None:
    message, _ = endpoint_error(says(401, "text/plain", "", WWW_Authenticate='Basic realm="x"'))
    assert "set PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD" in message


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Bearer", "Negotiate"])
def test_rejected_credentials_are_reported_without_them(scheme: str) -> None:
    challenge = f'{scheme} realm="x", nonce="abc", qop="auth"'
    refusal = says(401, "text/plain", "who are you, s3cret?", WWW_Authenticate=challenge)
    message, requests = endpoint_error(refusal, credentials=Credentials("ann", "s3cret"))
    assert "does not accept this user, password or token" in message
    assert "s3cret" not in message
    assert requests <= 2


def test_a_password_goes_to_who_asks_for_it() -> None:
    def guarded(request: Request) -> None:
        expected = "Basic " + base64.b64encode(b"ann:s3cret").decode()
        if request.headers.get("Authorization") == expected:
            return rows(request)
        return request.answer(401, "text/plain", "", WWW_Authenticate='Basic realm="x"')

    with serving(guarded) as server:
        endpoint = published(Endpoint(server.url, Credentials("ann", "s3cret")))
        assert endpoint.ask(ASK) == endpoint.ask(ASK) == SEVEN
        assert ["Authorization" in request[2] for request in server.seen] == [False, True, True]


def test_a_token_goes_with_every_question() -> None:
    with serving(rows) as server:
        published(Endpoint(server.url, Credentials(token="t0ken"))).ask(ASK)
        assert server.seen[0][2]["Authorization"] == "Bearer t0ken"


def test_an_allowed_redirect_is_followed_without_credentials() -> None:
    with serving(rows) as target:
        there = says(302, "text/plain", "", Location=target.url)
        with serving(there) as server:
            allowed = target.url.removesuffix("/sparql")
            token = Credentials(token="t0ken")
            endpoint = published(Endpoint(server.url, token, allow_redirects=[allowed]))
            assert endpoint.ask(ASK) == SEVEN
        assert "Authorization" not in target.seen[0][2]


def test_an_update_is_not_redirected() -> None:
    """urllib turns it into a GET, and the update is lost silently."""
    with serving(
        says(302, "text/plain", "", Location="http://127.0.0.1:9/new?key=s3cret")
    ) as server:
        with pytest.raises(EndpointError, match=r"it has moved; use http://127.0.0.1:9/new$"):
            Endpoint(server.url).update("CLEAR DEFAULT")
        assert len(server.seen) == 1


def test_a_short_retry_after_is_waited_for() -> None:
    turns = iter([says(429, "text/plain", "slow", Retry_After="1"), rows])
    with serving(lambda request: next(turns)(request)) as server:
        start = time.monotonic()
        assert published(Endpoint(server.url)).ask(ASK) == SEVEN
        assert time.monotonic() - start >= 1


@pytest.mark.parametrize("wait", ["3600", "Thu, 01 Jan 2099 01:00:00 GMT"])
def test_a_long_retry_after_is_reported_at_once(wait: str) -> None:
    def busy(request: Request) -> None:
        request.send_response_only(429)
        request.send_header("Date", "Thu, 01 Jan 2099 00:00:00 GMT")
        request.send_header("Retry-After", wait)
        request.end_headers()

    message, requests = endpoint_error(busy)
    assert "rate limit exceeded; it requests a wait of 3,600 s, but --timeout is 60 s" in message
    assert requests == 1


def test_an_answer_that_is_cut_short_by_the_server() -> None:
    """Oxigraph stops inside a 200 when its time is up."""
    half = ROWS[:-3] + ",The SPARQL operation has been cancelled"
    message, _ = endpoint_error(says(200, JSON, half))
    assert message == "URL sent an incomplete response: “The SPARQL operation has been cancelled”"


def test_half_a_document() -> None:
    message, _ = endpoint_error(says(200, JSON, ROWS[:30]))
    assert message == "URL sent an incomplete response of 30 bytes"


def test_half_a_body() -> None:
    def half(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", JSON)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(ROWS.encode())

    message, requests = endpoint_error(half)
    assert message == "URL closed the connection before its response was complete (4 attempts)"
    assert requests == 4


def test_rows_that_are_not_all() -> None:
    """Virtuoso gives 10,000 rows and reports that in a header only."""
    message, _ = endpoint_error(says(200, JSON, ROWS, X_SPARQL_MaxRows="1"))
    assert message == "URL returned only the first 1 rows; request fewer with LIMIT"
    partly = says(200, JSON, ROWS, X_SQL_Message="RC... Returning incomplete results")
    assert "returned a partial result; RC... Returning incomplete" in endpoint_error(partly)[0]


def test_an_answer_of_another_kind() -> None:
    message, _ = endpoint_error(
        says(200, "text/html", "<html><body><h1>Welcome</h1></body></html>")
    )
    assert message == (
        "URL returned text/html instead of rows: “Welcome”; is this the address for queries?"
    )
    assert (
        "returned text/csv instead of rows"
        in endpoint_error(says(200, "text/csv", "x\r\n7\r\n"))[0]
    )
    graph = endpoint_error(says(200, JSON, ROWS), "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")[0]
    assert "returned application/sparql-results+json instead of triples" in graph
    assert (
        "returned a boolean instead of rows"
        in endpoint_error(says(200, JSON, '{"head":{},"boolean":true}'))[0]
    )


def test_yes_and_no_in_any_form() -> None:
    for body, truth in (
        ('{"head": {}, "boolean": true}', True),
        ('{"head": {}, "boolean": false}', False),
        (ROWS.replace("7", "1"), True),
        (ROWS.replace("7", "0"), False),
    ):
        with serving(says(200, JSON, body)) as server:
            assert published(Endpoint(server.url)).ask("ASK { ?s ?p ?o }") is truth


def test_values_have_the_spelling_of_the_embedded_store() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    values = [
        {"type": "typed-literal", "value": "1", "datatype": f"{xsd}boolean"},
        {"type": "literal", "value": "0.50", "datatype": f"{xsd}decimal"},
        {"type": "literal", "value": "007", "datatype": f"{xsd}integer"},
        {"type": "literal", "value": "x", "xml:lang": "en-GB"},
        {"type": "literal", "value": "x", "datatype": f"{xsd}string"},
        {"type": "uri", "value": "https://example.org/ž"},
    ]
    bindings = [{"x": value} for value in values]
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [*bindings, {}]}})
    with serving(says(200, JSON, body)) as server:
        answer = published(Endpoint(server.url)).ask(ASK)
    assert isinstance(answer, ResultTable)
    assert [str(row[0]) for row in answer.rows] == [
        f'"true"^^<{xsd}boolean>',
        f'"0.5"^^<{xsd}decimal>',
        f'"7"^^<{xsd}integer>',
        '"x"@en-gb',
        '"x"',
        "<https://example.org/ž>",
        "None",
    ]


def test_thousands_of_values_have_the_spelling_of_the_embedded_store() -> None:
    kind = "http://www.w3.org/2001/XMLSchema#integer"
    bindings = [
        {"x": {"type": "literal", "value": f"0{number}", "datatype": kind}}
        for number in range(10_000)
    ]
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}})
    with serving(says(200, JSON, body)) as server:
        answer = published(Endpoint(server.url)).ask(ASK)
    assert isinstance(answer, ResultTable)
    assert [getattr(row[0], "value", "") for row in answer.rows] == [*map(str, range(10_000))]


def test_a_graph_in_any_syntax() -> None:
    text = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    triple = '<https://e.org/s> <https://e.org/p> "x" .'
    for kind in ("application/n-triples", "text/turtle; charset=UTF-8"):
        with serving(says(200, kind, triple)) as server:
            answer = published(Endpoint(server.url)).ask(text)
            assert isinstance(answer, ResultTriples)
            assert str(answer.triples[0]) == triple.removesuffix(" .")


def test_a_limit_leaves_rows_out_and_says_so() -> None:
    bindings = [{"x": {"type": "literal", "value": str(number)}} for number in range(3)]
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}})
    with serving(says(200, JSON, body)) as server:
        answer = published(Endpoint(server.url)).ask(ASK, limit=2)
        assert "LIMIT+3" in server.seen[0][1]
    assert isinstance(answer, ResultTable)
    assert (len(answer.rows), answer.more) == (2, True)


def test_what_would_change_or_reach_out_is_not_sent() -> None:
    with serving(rows) as server:
        for text in ("DROP ALL", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"):
            with pytest.raises(UsageError):
                Endpoint(server.url).ask(text)
        assert server.seen == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://e.org/x", "e.org/sparql", "http://ann:s3cret@e.org/x", ""]
)
def test_an_invalid_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Endpoint(url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "server", "authenticated", "update", "store"),
    [
        ("http://h/query", "", False, "http://h/update", "http://h/store"),
        ("http://h/ds/query", "", False, "http://h/ds/update", "http://h/ds/data"),
        ("http://h/ds/sparql", "", False, "http://h/ds/update", "http://h/ds/data"),
        ("http://h/sparql", "", False, "http://h/sparql", ""),
        ("http://h/sparql", "Virtuoso/07", False, "http://h/sparql", "http://h/sparql-graph-crud"),
        (
            "http://h/sparql",
            "Virtuoso/07",
            True,
            "http://h/sparql-auth",
            "http://h/sparql-graph-crud-auth",
        ),
        (
            "http://h/repositories/x",
            "",
            False,
            "http://h/repositories/x/statements",
            "http://h/repositories/x/rdf-graphs/service",
        ),
    ],
)
def test_the_other_addresses_are_made_from_the_first(
    query: str, server: str, authenticated: bool, update: str, store: str
) -> None:
    assert EndpointAddresses(query).with_derived(server, authenticated) == EndpointAddresses(
        query, update, store
    )
    given = EndpointAddresses(query, "http://h/u", "http://h/g")
    assert given.with_derived(server, authenticated) == given


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", ""),
        (b"\n\n  Parse error: line 1\nmore", "Parse error: line 1"),
        (b'{"message": "no such index", "code": 7}', "no such index"),
        (b"HTTP/1.1 403 Forbidden\nError 42000\n", "Error 42000"),
        (b"bad \x1b[31mred\x07", "bad [31mred"),
        (b"\xff\xfe broken", "\ufffd\ufffd broken"),
        (b"x" * 5000, "x" * 160),
    ],
)
def test_the_useful_line_of_a_body(body: bytes, line: str) -> None:
    assert useful_line(body) == line
