"""Fetches pages from their addresses: politely, within bounds, and never from a private address.

Each request has a limit of time and of size, before and after decompression. robots.txt is obeyed
(RFC 9309), a host gets one request a second at most, and no cookies, credentials or proxies are
used. A name is resolved once for each request, also after a redirect, and the address that is
connected to is the one that was checked (`system.http.public_addresses`), so that neither a page
nor a name server can lead to what only this computer reaches.
"""

from __future__ import annotations

import functools
import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.message import Message
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from ..model.problems import UsageError
from ..model.version import __version__
from ..system.http.addresses import Origin, normal_url, origin, printable, public_url
from ..system.http.connection import (
    Deadline,
    HttpRequest,
    RefusedAddressError,
    open_response,
)
from ..system.http.content import AnswerError, read_content, read_start
from ..system.http.public_addresses import is_public
from .extraction import LARGEST_PAGE
from .pages import Page
from .rechecking import SoughtSource

AGENT: Final = "pcve-graph"
"""The name by which robots.txt can address this program."""

REQUEST_SECONDS: Final = 30.0
"""The time limit of one request, from the resolution of the name to the end of the body."""

REDIRECTS: Final = 5
"""The most redirects that are followed."""

PAUSE: Final = 1.0
"""The least seconds between two requests to one host."""

LONGEST_PAUSE: Final = 60.0
"""The longest `Crawl-delay` of a robots.txt that is waited for."""

LARGEST_ROBOTS: Final = 500 * 2**10
"""The bytes of a robots.txt that are read; RFC 9309 requires as many."""

_HEADERS: Final = {
    "User-Agent": f"{AGENT}/{__version__} (checks that cited passages still stand)",
    "Accept": "text/html, application/pdf, text/plain;q=0.9, */*;q=0.5",
}
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_NOT_READ: Final = "the page was not asked for"


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def location(self) -> str:
        """The target of a redirect; empty without one."""
        return str(self.headers.get("Location") or "") if self.status in _MOVED else ""


class _FetchError(Exception):
    """A page or robots.txt could not be had; the text says why."""


class Fetcher:
    """Fetches pages. `allowed` are hosts with ports (`127.0.0.1:8000`) that need not be public."""

    def __init__(
        self,
        allowed: Collection[str] = (),
        seconds: float = REQUEST_SECONDS,
        largest: int = LARGEST_PAGE,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises UsageError for an entry of `allowed` that is not a host and a port."""
        self._allowed = frozenset(map(read_host, allowed))
        self._seconds, self._largest = seconds, largest
        self._pause, self._sleep = pause, sleep
        self._next: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._robots: dict[Origin, RobotFileParser | str] = {}
        self._context = functools.cache(ssl.create_default_context)

    def read(self, source: SoughtSource) -> Page | None:
        """The page at the address of a source; None for a source without an address."""
        return self.fetch(source.url) if source.url else None

    def fetch(self, url: str) -> Page:
        """The page at `url`, after the redirects; never raises for what a server does."""
        redirects: list[str] = []
        try:
            reply = self._follow(_checked_url(url), redirects)
        except _FetchError as error:
            return Page(None, "unknown", str(error), redirects=tuple(redirects))
        shown = f"answered {reply.status} {printable(reply.reason, 40)}".rstrip()
        if reply.status in _GONE:
            return Page(None, "gone", shown, redirects=tuple(redirects), is_gone=True)
        if not 200 <= reply.status < 300:
            return Page(None, "unknown", shown, redirects=tuple(redirects))
        kind = printable(str(reply.headers.get("Content-Type") or ""))
        charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", kind, re.I)
        return Page(
            reply.body,
            "alive",
            kind=kind.partition(";")[0].strip().lower(),
            charset=charset[1] if charset else "",
            redirects=tuple(redirects),
        )

    def _follow(self, url: str, redirects: list[str]) -> _Reply:
        """The reply after the redirects, which are added to `redirects`."""
        while True:
            self._check_robots(url)
            reply = self._get(url)
            if not reply.location:
                return reply
            if len(redirects) == REDIRECTS:
                raise _FetchError(f"it redirects more than {REDIRECTS} times")
            url = _target(url, reply.location)
            redirects.append(url)

    def _check_robots(self, url: str) -> None:
        """Raise _FetchError where the robots.txt of the server does not allow `url`."""
        server = origin(url)
        rules = self._robots.get(server)
        if rules is None:
            rules = self._robots[server] = self._read_robots(server)
        if isinstance(rules, str):
            raise _FetchError(rules)
        if not rules.can_fetch(AGENT, url):
            raise _FetchError(f"{server}/robots.txt does not allow it; {_NOT_READ}")

    def _read_robots(self, server: Origin) -> RobotFileParser | str:
        """The rules of a server; where it can't be known what they are, why no page is read."""
        url = f"{server}/robots.txt"
        try:
            for _ in range(REDIRECTS + 1):
                reply = self._get(url, LARGEST_ROBOTS)
                if not reply.location:
                    break
                url = _target(url, reply.location)
        except _FetchError as error:
            return str(error)
        rules = RobotFileParser()
        if 200 <= reply.status < 300:
            # Cut at the last whole line: the half of a path forbids more than the whole.
            whole, _, last = reply.body.rpartition(b"\n")
            text = whole if len(reply.body) >= LARGEST_ROBOTS else whole + b"\n" + last
            try:
                rules.parse(text.decode("utf-8-sig", "replace").splitlines())
            except (ValueError, ArithmeticError):  # such as a delay of thousands of digits
                return f"{server}/robots.txt is malformed; {_NOT_READ}"
        elif 400 <= reply.status < 500 and reply.status != 429:
            rules.parse([])
        else:
            return f"{server}/robots.txt answered {reply.status}; {_NOT_READ}"
        delay = float(min(int(rules.crawl_delay(AGENT) or 0), 10**6))
        if delay > LONGEST_PAUSE:
            limit = f"a delay of more than {LONGEST_PAUSE:g} s"
            return f"{server}/robots.txt asks for {limit} between requests; {_NOT_READ}"
        if delay > self._pause:
            self._delays[server.host] = delay
            self._next[server.host] += delay - self._pause
        return rules

    def _get(self, url: str, start: int = 0) -> _Reply:
        """One request; with `start`, only so many bytes of the body. Raises _FetchError."""
        server = origin(url)
        self._sleep(max(0.0, self._next.get(server.host, 0.0) - time.monotonic()))
        deadline = Deadline(self._seconds)
        request = HttpRequest("GET", url, dict(_HEADERS))
        try:
            with open_response(request, deadline, self._context, self._may_connect) as response:
                body = b""
                if 200 <= response.status < 300 and start:
                    body = read_start(response, deadline, start)
                elif 200 <= response.status < 300:
                    body = read_content(response, deadline, self._largest)
                return _Reply(response.status, response.reason, response.headers, body)
        except AnswerError as error:
            raise _FetchError(f"{public_url(url)} {error}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _FetchError(_failure(url, error, self._seconds)) from None
        finally:
            wait = self._delays.get(server.host, self._pause)
            self._next[server.host] = time.monotonic() + wait

    def _may_connect(self, server: Origin, address: str) -> bool:
        return (server.host, server.port) in self._allowed or is_public(address)


def read_host(text: str) -> tuple[str, int]:
    """A host and its port, written `HOST:PORT`. Raises UsageError."""
    host, _, port = text.rpartition(":")
    try:
        server = origin(normal_url(f"http://{host}:{port}/"))
        if not host or not re.fullmatch("[0-9]{1,5}", port) or urlsplit(f"//{text}").path:
            raise ValueError
    except (UsageError, ValueError):
        shown = repr(printable(text))
        raise UsageError(f"{shown} is not a host and a port, such as 127.0.0.1:8000") from None
    return server.host, server.port


def _checked_url(url: str) -> str:
    """`url` as it is requested. Raises _FetchError for what is not a web address."""
    try:
        return normal_url(url)
    except UsageError:
        shown = public_url(url)
        raise _FetchError(f"{shown!r} is not a web address without user and password") from None


def _target(url: str, location: str) -> str:
    """Where a redirect leads. Raises _FetchError for what is not a web address."""
    try:
        if urlsplit(location).scheme and not urlsplit(location).netloc:
            raise ValueError
        return normal_url(urljoin(url, location))
    except (UsageError, ValueError):
        shown = public_url(location)
        raise _FetchError(f"it redirects to {shown!r}, which is not a web address") from None


def _failure(url: str, error: Exception, seconds: float) -> str:
    """Why a request had no complete response."""
    where = public_url(url)
    if isinstance(error, RefusedAddressError):
        server = origin(url)
        host = f"[{server.host}]" if ":" in server.host else server.host
        addresses = ", ".join(error.addresses)
        return (
            f"{where} is at {addresses}, which is not a public address; if you mean that server, "
            f"allow it with --allow-host {host}:{server.port}"
        )
    if isinstance(error, TimeoutError):
        return f"{where}: no complete response within {seconds:g} s"
    if isinstance(error, socket.gaierror):
        return f"{where}: the name of the host has no address"
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refused the connection"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where}: the certificate is not trusted: {error.verify_message}"
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return f"{where} closed the connection before its response was complete"
    if isinstance(error, http.client.HTTPException):
        return f"{where} violates HTTP: {printable(str(error), 80)}"
    return f"{where}: {printable(getattr(error, 'strerror', '') or str(error), 80)}"
