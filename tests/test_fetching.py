"""Fetching pages from a real server: bounds, robots.txt, redirects and private addresses."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import pytest
from page_server import Handler, PageServer, answer, endless, page_server, redirect

from pcve_graph.evidence.fetching import LARGEST_ROBOTS, REDIRECTS, Fetcher, read_host
from pcve_graph.evidence.pages import Page
from pcve_graph.model.problems import UsageError

TEXT = "The fair was held on 18 November 2019 in Northtown."


@pytest.fixture
def server() -> Iterator[PageServer]:
    with page_server() as served:
        yield served


def fetch(server: PageServer, path: str, seconds: float = 5, largest: int = 1 << 20) -> Page:
    return Fetcher([server.host], seconds, largest, pause=0).fetch(server.url(path))


def test_a_page_is_fetched(server: PageServer) -> None:
    server.pages["/page"] = answer(TEXT, "text/html; charset=ISO-8859-2")
    page = fetch(server, "/page")
    assert page == Page(TEXT.encode(), "alive", "", "text/html", "ISO-8859-2")
    assert server.paths() == ["/robots.txt", "/page"]
    for headers in server.headers:
        assert headers["User-Agent"].startswith("pcve-graph/")
        assert {"Cookie", "Authorization", "Referer"}.isdisjoint(headers)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_was_deleted(server: PageServer, status: int) -> None:
    server.pages["/page"] = answer("", status=status)
    page = fetch(server, "/page")
    assert (page.content, page.address, page.is_gone) == (None, "gone", True)
    assert page.reason.startswith(f"answered {status}")


@pytest.mark.parametrize("status", [401, 403, 429, 451, 500, 503, 304])
def test_another_status_does_not_say_that_the_page_is_gone(server: PageServer, status: int) -> None:
    server.pages["/page"] = answer("", status=status)
    page = fetch(server, "/page")
    assert (page.content, page.address, page.is_gone) == (None, "unknown", False)
    assert page.reason.startswith(f"answered {status}")


def test_redirects_are_followed_and_listed(server: PageServer) -> None:
    server.pages |= {
        "/old": redirect("/newer", 302),
        "/newer": redirect(server.url("/newest#part")),
        "/newest": answer(TEXT),
    }
    page = fetch(server, "/old")
    assert page.content == TEXT.encode()
    assert page.redirects == (server.url("/newer"), server.url("/newest"))


def test_a_circle_of_redirects_ends(server: PageServer) -> None:
    server.pages["/page"] = redirect("/page")
    page = fetch(server, "/page")
    assert page.reason == f"it redirects more than {REDIRECTS} times"
    assert server.paths().count("/page") == REDIRECTS + 1
    assert page.redirects == (server.url("/page"),) * REDIRECTS


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "http:evil", "http://a@b/"],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(server: PageServer, target: str) -> None:
    server.pages["/page"] = redirect(target)
    page = fetch(server, "/page")
    assert page.content is None
    assert "which is not a web address" in page.reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"])
def test_a_private_address_is_refused(server: PageServer, host: str) -> None:
    server.pages["/page"] = answer(TEXT)
    page = Fetcher([], 5, pause=0).fetch(f"http://{host}:{server.port}/page")
    assert (page.content, page.address) == (None, "unknown")
    assert "not a public address" in page.reason
    assert f"--allow-host {host}:{server.port}" in page.reason
    assert server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:7f00:1]", "169.254.169.254"])
def test_a_redirect_to_a_private_address_is_refused(server: PageServer, host: str) -> None:
    """Also where it is the allowed host by another port, or the allowed machine by another name."""
    with page_server() as secret:
        secret.pages["/secret"] = answer("secret")
        target = f"http://{host}:{secret.port}/secret"
        server.pages["/page"] = redirect(target)
        page = fetch(server, "/page", seconds=2)
    assert page.content is None
    assert "not a public address" in page.reason
    assert page.redirects == (target,)
    assert secret.asked == []


def test_a_robots_txt_that_redirects_to_a_private_address_is_refused(server: PageServer) -> None:
    with page_server() as secret:
        server.pages |= {"/robots.txt": redirect(secret.url("/x")), "/page": answer(TEXT)}
        page = fetch(server, "/page")
    assert "not a public address" in page.reason
    assert (page.content, secret.asked) == (None, [])


def test_a_slow_server_is_left_at_the_limit_of_time(server: PageServer) -> None:
    """A byte now and then does not extend it."""
    server.pages["/page"] = endless(b".", 0.05)
    started = time.monotonic()
    page = fetch(server, "/page", seconds=1)
    assert time.monotonic() - started < 4
    assert "no complete response within 1 s" in page.reason


def test_a_huge_page_is_left_at_the_limit_of_size(server: PageServer) -> None:
    for page in (endless(b"x" * 65536), answer(b"x", Content_Length="5000000000")):
        server.pages["/page"] = page
        assert fetch(server, "/page").content is None
        assert "returned more than 1,048,576 bytes" in fetch(server, "/page").reason


def test_a_gzip_bomb_is_left_at_the_limit_of_size(server: PageServer) -> None:
    bomb = gzip.compress(b"\0" * (100 << 20))
    assert len(bomb) < 1 << 20
    server.pages["/page"] = answer(bomb, Content_Encoding="gzip")
    assert "returned more than 1,048,576 bytes" in fetch(server, "/page").reason


def test_a_compressed_page_is_unpacked(server: PageServer) -> None:
    server.pages["/page"] = answer(gzip.compress(TEXT.encode()), Content_Encoding="gzip")
    assert fetch(server, "/page").content == TEXT.encode()
    server.pages["/page"] = answer(b"not gzip", Content_Encoding="gzip")
    assert "returned invalid gzip data" in fetch(server, "/page").reason
    server.pages["/page"] = answer(b"x", Content_Encoding="br")
    assert "content encoding 'br'" in fetch(server, "/page").reason


ROBOTS = {
    "User-agent: *\nDisallow: /page": False,
    "User-agent: *\nDisallow: /": False,
    "User-agent: pcve-graph\nDisallow: /\n\nUser-agent: *\nAllow: /": False,
    "User-agent: pcve-graph\nAllow: /\n\nUser-agent: *\nDisallow: /": True,
    "User-agent: other\nDisallow: /": True,
    "Disallow: /": True,
    "": True,
    "\ufeffUser-agent: *\nDisallow: /": False,
    "User-agent: *\nCrawl-delay: 61\nAllow: /": False,
    f"User-agent: *\nCrawl-delay: {'9' * 5000}": False,
    "User-agent: *\nCrawl-delay: \u00b2": False,
}


@pytest.mark.parametrize(("text", "allowed"), ROBOTS.items())
def test_robots_txt_is_obeyed(server: PageServer, text: str, allowed: bool) -> None:
    server.pages |= {"/robots.txt": answer(text), "/page": answer(TEXT)}
    page = fetch(server, "/page")
    assert (page.content is not None) == allowed
    assert ("/page" in server.paths()) == allowed
    if not allowed:
        assert page.address == "unknown"
        assert page.reason.endswith("the page was not asked for")


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)]
)
def test_what_a_missing_robots_txt_allows(server: PageServer, status: int, allowed: bool) -> None:
    """RFC 9309, 2.3.1: everything where there is none, nothing where it cannot be read."""
    server.pages |= {"/robots.txt": answer("", status=status), "/page": answer(TEXT)}
    assert (fetch(server, "/page").content is not None) == allowed


@pytest.mark.parametrize("first", ["User-agent: *\nDisallow: /page\n", "User-agent: *\nAllow: /\n"])
def test_of_a_huge_robots_txt_the_beginning_counts(server: PageServer, first: str) -> None:
    """Its last line is cut off, and would forbid everything if half of it were read."""
    filling = (
        "#" * (LARGEST_ROBOTS - len(first) - len("\nDisallow: /")) + "\nDisallow: /elsewhere\n"
    )
    server.pages |= {
        "/robots.txt": answer(first + filling + "Disallow: /page\n" * 10**6),
        "/page": answer(TEXT),
    }
    assert (fetch(server, "/page").content is not None) == ("Allow" in first)


def test_a_robots_txt_that_never_ends(server: PageServer) -> None:
    server.pages |= {"/robots.txt": endless(b"#\n" * 30000), "/page": answer(TEXT)}
    assert fetch(server, "/page").content == TEXT.encode()
    server.pages["/robots.txt"] = endless(b"#", 0.05)
    assert "no complete response" in fetch(server, "/page", seconds=1).reason


def test_robots_txt_is_obeyed_after_a_redirect(server: PageServer) -> None:
    server.pages |= {
        "/robots.txt": answer("User-agent: *\nDisallow: /private"),
        "/page": redirect("/private/page"),
        "/private/page": answer(TEXT),
    }
    page = fetch(server, "/page")
    assert "/robots.txt does not allow it" in page.reason
    assert "/private/page" not in server.paths()


@pytest.mark.long
def test_a_host_is_asked_once_a_second(server: PageServer) -> None:
    server.pages |= {"/a": redirect("/b"), "/b": answer(TEXT)}
    fetcher = Fetcher([server.host])
    fetcher.fetch(server.url("/a"))
    times = [moment for moment, _ in server.asked]
    assert server.paths() == ["/robots.txt", "/a", "/b"]
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(times))


def test_a_longer_delay_of_robots_txt_is_obeyed(server: PageServer) -> None:
    waits: list[float] = []
    server.pages |= {
        "/robots.txt": answer("User-agent: *\nCrawl-delay: 7"),
        "/a": answer(TEXT),
    }
    fetcher = Fetcher([server.host], sleep=waits.append)
    for _ in range(2):
        fetcher.fetch(server.url("/a"))
    assert [round(wait) for wait in waits] == [0, 7, 7]


def raw(content: bytes) -> Handler:
    """What a server sends that does not keep to HTTP."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(content)
        request.close_connection = True

    return handle


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\x01\x02",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 999999999999 x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        b"HTTP/1.1 302 \x1b[31mred\r\nLocation: http://\x1b[31m/\r\n\r\n",
    ],
)
def test_a_server_that_violates_http(server: PageServer, content: bytes) -> None:
    server.pages["/page"] = raw(content)
    page = fetch(server, "/page", seconds=2)
    assert (page.content, page.address) == (None, "unknown")
    assert page.reason
    assert page.reason.isprintable()


def test_a_server_without_tls(server: PageServer) -> None:
    page = Fetcher([server.host], 2, pause=0).fetch(server.url("/").replace("http", "https"))
    assert (page.content, page.address) == (None, "unknown")


def test_what_is_no_server(server: PageServer) -> None:
    unused = server.port
    server_gone = Fetcher([f"127.0.0.1:{unused}"], 5, pause=0)
    assert server_gone.fetch("http://no-such-host.invalid/").address == "unknown"
    for url in (
        "",
        "not an address",
        "file:///etc/passwd",
        "http://user:secret@127.0.0.1/",
        "http://",
    ):
        page = server_gone.fetch(url)
        assert (page.content, page.address) == (None, "unknown")
        assert "secret" not in page.reason
    assert server.asked == []


@pytest.mark.parametrize(
    ("text", "host"),
    [("localhost:80", ("localhost", 80)), ("[::1]:8000", ("::1", 8000)), ("A.b:1", ("a.b", 1))],
)
def test_a_host_and_port(text: str, host: tuple[str, int]) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.0.0.1:", ":80", "a:0", "a:99999", "a:b", "a/b:80", "::1:80", "*:80"],
)
def test_what_is_no_host_and_port(text: str) -> None:
    with pytest.raises(UsageError, match="is not a host and a port"):
        read_host(text)
