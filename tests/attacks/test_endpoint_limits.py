"""A server that never ends its answer, or answers without limit: one message, within the limits."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from conftest import World
from servers.bad import Request, sends, serving, slowly, talking

from pcve_graph.model.problems import UsageError
from pcve_graph.query.remote import answers, http
from pcve_graph.query.remote.endpoint import Endpoint
from pcve_graph.query.remote.login import Credentials
from pcve_graph.query.remote.messages import EndpointError

from .commands import JSON, NO, ROWS, SELECT, one_message, pcve
from .endpoints import CONSTRUCT, OK, SEVEN, answer, failure, fresh

pytestmark = pytest.mark.long

SLOW = {
    "nothing": lambda link: time.sleep(20),
    "status line": slowly(b"HTTP/1.1 200 OK" + b" " * 1000),
    "headers": slowly(b"X-Header: value\r\n", b"HTTP/1.1 200 OK\r\n"),
    "interim answers": slowly(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.005),
    "body": slowly(b" ", OK + b"\r\n"),
    "body with a length": slowly(b" ", OK + b"Content-Length: 1000000\r\n\r\n"),
    "chunks": slowly(b"1\r\n \r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n", pause=0.01),
    "a chunk size": slowly(b"0", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
    "trailers": slowly(b"X: y\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", pause=0.01),
    "gzip": slowly(
        b"\0\0\0\xff\xff", OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\0"
    ),
}


# Time


@pytest.mark.parametrize("way", SLOW)
def test_the_deadline_covers_every_way_to_be_slow(way: str) -> None:
    start = time.monotonic()
    message = failure(SLOW[way], timeout=0.5)
    assert time.monotonic() - start < 4
    assert message.endswith("no complete response within 0.5 s; increase --timeout")


def test_the_deadline_covers_the_body_of_an_error() -> None:
    start = time.monotonic()
    message = failure(slowly(b"x", b"HTTP/1.1 500 No\r\n\r\n"), timeout=0.5)
    assert time.monotonic() - start < 4
    assert "answered 500 No; “x" in message


@pytest.mark.parametrize("way", ["headers", "chunks"])
def test_the_deadline_of_the_command(way: str) -> None:
    start = time.monotonic()
    with talking(SLOW[way]) as url:
        result = pcve("query", "-", "--timeout", "1", "--endpoint", url, seconds=30)
        assert "no complete response within 1 s" in one_message(result)
    assert time.monotonic() - start < 15


def test_publishing_has_the_deadline_of_each_request(northtown: World) -> None:
    with talking(SLOW["headers"]) as url:
        options = ("--endpoint", url, "--timeout", "1")
        result = pcve("publish", *options, project=northtown.root, seconds=40)
        assert "no complete response within 1 s" in one_message(result)


def test_the_deadline_covers_the_handshake_of_tls() -> None:
    def talk(link: socket.socket) -> None:
        slowly(b"\x16\x03\x03\x40\x00" + b"\0" * 1000)(link)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        start = time.monotonic()
        with pytest.raises(EndpointError, match=r"no complete response within 0\.5 s"):
            fresh(url, timeout=0.5).ask(SELECT)
        assert time.monotonic() - start < 4
    with talking(talk) as plain, pytest.raises(EndpointError):
        fresh(plain.replace("http:", "https:"), timeout=0.5).ask(SELECT)


def test_the_deadline_covers_the_look_up_of_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver of the system is the one part that no test can slow down from outside."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    start = time.monotonic()
    with pytest.raises(EndpointError, match=r"no complete response within 0\.5 s"):
        fresh("http://slow.invalid/", timeout=0.5).ask(SELECT)
    assert time.monotonic() - start < 3


def test_the_deadline_covers_redirects_attempts_and_logging_in() -> None:
    def pausing(status: int, **headers: str) -> Callable[[Request], None]:
        def behaviour(request: Request) -> None:
            time.sleep(0.3)
            request.answer(status, "text/plain", "", **headers)

        return behaviour

    for behaviour in (
        pausing(302, Location="/again"),
        pausing(503),
        pausing(401, WWW_Authenticate='Digest realm="x", nonce="y"'),
    ):
        start = time.monotonic()
        with serving(behaviour) as server, pytest.raises(EndpointError):
            fresh(server.url, credentials=Credentials("ann", "x"), timeout=0.5).ask(SELECT)
        assert time.monotonic() - start < 2


def test_a_question_and_its_preparation_have_one_deadline() -> None:
    def behaviour(request: Request) -> None:
        time.sleep(0.4)
        request.answer(200, JSON, NO if "ASK" in request.path else ROWS)

    with serving(behaviour) as server:
        with pytest.raises(EndpointError, match=r"no complete response within 0\.6 s"):
            Endpoint(server.url).ask(SELECT, timeout=0.6)
        assert len(server.seen) == 2


@pytest.mark.parametrize("timeout", [float("nan"), float("inf"), 0, -1, "soon", None, 10**400])
@pytest.mark.quick
def test_a_timeout_is_a_number_of_seconds(timeout: Any) -> None:
    with pytest.raises(UsageError, match="finite number of seconds"):
        Endpoint("http://127.0.0.1:9/", timeout=timeout)
    if timeout is not None:
        with pytest.raises(UsageError, match="finite number of seconds"):
            Endpoint("http://127.0.0.1:9/").ask(SELECT, timeout=timeout)


def test_a_timeout_of_centuries_is_accepted() -> None:
    with talking(sends(answer(ROWS))) as url:
        assert fresh(url, timeout=1e300).ask(SELECT) == SEVEN


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_is_as_long_as_asked(status: int) -> None:
    """Twice a second is two seconds: it is not doubled, nor added to the waits of the client."""
    turns = iter([True, True, False])

    def behaviour(request: Request) -> None:
        if next(turns):
            return request.answer(status, "text/plain", "", Retry_After="1")
        return request.answer(200, JSON, ROWS)

    with serving(behaviour) as server:
        start = time.monotonic()
        assert fresh(server.url).ask(SELECT) == SEVEN
        assert 2 <= time.monotonic() - start < 2.9


@pytest.mark.parametrize(
    "wait", ["11", "9" * 400, "Thu, 01 Jan 2099 01:00:00 GMT", "Thu, 01 Jan 2099 01:00:00 +0000"]
)
def test_a_wait_beyond_the_deadline_is_reported_at_once(wait: str) -> None:
    content = f"HTTP/1.1 503 Busy\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n".encode()
    start = time.monotonic()
    message = failure(sends(content), timeout=10, attempts=4)
    assert "it requests a wait" in message
    assert "--timeout is 10 s" in message
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("wait", ["-1", "²", "soon", "", "1e9", "Thu, 99 Foo 2099", "nan"])
def test_an_invalid_retry_after_is_ignored(wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WAIT", 0.01)
    content = "HTTP/1.1 503 Busy\r\nRetry-After: " + wait + "\r\nContent-Length: 0\r\n\r\n"
    message = failure(sends(content.encode()), attempts=2)
    assert message.endswith("answered 503 Busy (2 attempts)")


# Size


@pytest.mark.quick
def test_an_answer_that_is_announced_too_large_is_not_read() -> None:
    endless = slowly(b" ", OK + b"Content-Length: 5000000000\r\n\r\n")
    with talking(endless) as url:
        start = time.monotonic()
        message = one_message(pcve("query", "-", "--endpoint", url, seconds=40))
        assert message.endswith("returned more than 1,073,741,824 bytes; request fewer with LIMIT")
        assert time.monotonic() - start < 15


@pytest.mark.parametrize("head", [b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_an_answer_without_an_end_is_not_read(head: bytes) -> None:
    chunked = b"chunked" in head

    def talk(link: socket.socket) -> None:
        link.sendall(OK + head)
        block = b" " * (1 << 16)
        for _ in range(10_000):
            link.sendall(b"10000\r\n" + block + b"\r\n" if chunked else block)

    assert "returned more than 1,000,000 bytes" in failure(talk, largest=1_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_small_body_does_not_unpack_into_a_large_one(coding: str) -> None:
    content = b" " * 50_000_000
    packed = gzip.compress(content, 1) if coding == "gzip" else zlib.compress(content, 1)
    message = failure(
        sends(answer(packed, JSON, f"Content-Encoding: {coding}\r\n")), largest=1_000_000
    )
    assert "returned more than 1,000,000 bytes" in message


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(ROWS, mtime=0)),
        ("x-gzip", gzip.compress(ROWS, mtime=0)),
        ("GZIP", gzip.compress(ROWS[:9], mtime=0) + gzip.compress(ROWS[9:], mtime=0)),
        ("deflate", zlib.compress(ROWS)),
        ("deflate", raw_deflate(ROWS)),
        ("identity", ROWS),
        ("gzip", gzip.compress(ROWS + b" " * 300_000, mtime=0)),
    ],
)
@pytest.mark.quick
def test_a_packed_answer_is_unpacked(coding: str, body: bytes) -> None:
    with talking(sends(answer(body, JSON, f"Content-Encoding: {coding}\r\n"))) as url:
        assert fresh(url).ask(SELECT) == SEVEN


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ("Content-Encoding: br\r\n", ROWS, "uses the content encoding 'br'"),
        ("Content-Encoding: gzip, gzip\r\n", ROWS, "uses the content encoding 'gzip, gzip'"),
        ("Content-Encoding: gzip\r\n", ROWS, "returned invalid gzip data"),
        ("Content-Encoding: deflate\r\n", ROWS, "returned invalid deflate data"),
        ("Content-Encoding: gzip\r\n", gzip.compress(ROWS, mtime=0)[:-9], "closed the connection"),
        ("Content-Encoding: \x1b[31m\r\n", ROWS, "uses the content encoding"),
        ("Transfer-Encoding: gzip, chunked\r\n", ROWS, "uses a transfer encoding other than"),
    ],
)
def test_an_encoding_that_cannot_be_read(headers: str, body: bytes, words: str) -> None:
    assert words in failure(sends(answer(body, JSON, headers)))


def test_an_answer_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_TERMS", 10_000)
    rows = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b"{}," * 20_000 + b"{}]}}"
    assert "returned more than 10,000 values" in failure(sends(answer(rows)))
    triples = b"".join(b'<a:a> <a:b> "%d" .\n' % number for number in range(5_000))
    content = answer(triples, "application/n-triples")
    assert "returned more than 10,000 values" in failure(sends(content), CONSTRUCT)
