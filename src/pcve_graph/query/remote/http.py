"""A request to a server within one deadline, with retries, redirects and authentication.

Only transient failures are retried: 429, 502, 503 and 504, and a connection that is refused or
reset. The waits are those of `Retry-After`, or short ones; all end at the deadline. A redirect to
another origin is followed only if the user has allowed that origin, and no other origin receives
the credentials.
"""

from __future__ import annotations

import email.utils
import functools
import http.client
import re
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from email.message import Message
from typing import Final
from urllib.parse import urljoin, urlsplit

from ...model.problems import UsageError
from ...system.http.addresses import Origin, normal_url, origin, printable, public_url
from ...system.http.connection import Deadline, HttpRequest, open_response
from ...system.http.content import LARGEST, AnswerError, TooLargeError, read_content, read_excerpt
from .login import Credentials, Login
from .messages import EXCERPT, EndpointError, failure_message, status_message

ATTEMPTS: Final = 4
WAIT: Final = 0.25
"""Seconds before the second attempt; doubled before each further one."""
REDIRECTS: Final = 5
"""The most redirects that one request follows."""
_TRANSIENT: Final = frozenset({429, 502, 503, 504})
_SAME_METHOD: Final = frozenset({307, 308})
_MOVED: Final = frozenset({301, 302, 303}) | _SAME_METHOD


@dataclass(frozen=True, slots=True)
class HttpReply:
    """The response of a server, complete; of an error only the start of the body."""

    url: str
    status: int
    reason: str
    headers: Message
    body: bytes
    deadline: Deadline

    def header(self, name: str) -> str:
        """A header as one printable line; empty if it is missing."""
        return printable(str(self.headers.get(name) or ""))

    @property
    def kind(self) -> str:
        """The media type, without its parameters; empty if it is missing."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class Transport:
    """Sends requests to one server.

    `allowed` are the origins that it may redirect to, in addition to its own; `largest` is the most
    bytes of a response.
    """

    def __init__(
        self,
        credentials: Credentials,
        allowed: Collection[Origin] = (),
        largest: int = LARGEST,
    ) -> None:
        self.credentials = credentials
        self._login = Login(credentials)
        self._allowed = frozenset(allowed)
        self._largest = largest
        self._context = functools.cache(ssl.create_default_context)

    def send(self, request: HttpRequest, deadline: Deadline, attempts: int = ATTEMPTS) -> HttpReply:
        """The complete response to `request`, which is sent up to `attempts` times.

        Raises EndpointError.
        """
        try:
            return self._send(request, deadline, attempts)
        except AnswerError as error:
            fix = "; request fewer with LIMIT" if isinstance(error, TooLargeError) else ""
            raise self._error(f"{public_url(request.url)} {error}{fix}") from None

    def _send(self, request: HttpRequest, deadline: Deadline, attempts: int) -> HttpReply:
        backoff = WAIT
        for attempt in range(1, attempts + 1):
            wait = backoff
            try:
                reply = self._follow_redirects(request, deadline)
            except (OSError, http.client.HTTPException, ValueError) as error:
                again = isinstance(error, (ConnectionError, http.client.IncompleteRead))
                if not again or attempt == attempts or not deadline.allows(wait):
                    raise self._error(
                        failure_message(request.url, error, deadline, attempt)
                    ) from None
            else:
                if 200 <= reply.status < 300:
                    return reply
                retry_after = _requested_wait(reply.headers) if reply.status in _TRANSIENT else None
                wait = backoff if retry_after is None else retry_after
                again = reply.status in _TRANSIENT and attempt < attempts
                if not again or not deadline.allows(wait):
                    raise self._refusal_error(reply, attempt, retry_after)
            time.sleep(wait)
            backoff *= 2
        raise AssertionError("unreachable")

    def _follow_redirects(self, request: HttpRequest, deadline: Deadline) -> HttpReply:
        """The response after following the permitted redirects."""
        home = origin(request.url)
        for _ in range(REDIRECTS + 1):
            reply = self._authenticated(request, home, deadline)
            target = self._redirect_target(request, reply, home)
            if not target:
                return reply
            request = replace(request, url=target)
        raise self._error(f"{public_url(request.url)} redirects more than {REDIRECTS} times")

    def _redirect_target(self, request: HttpRequest, reply: HttpReply, home: Origin) -> str:
        """The target of a redirect; empty without one, and for one that would change a POST."""
        location = str(reply.headers.get("Location") or "")
        if reply.status not in _MOVED or not location:
            return ""
        if request.method != "GET" and reply.status not in _SAME_METHOD:
            return ""
        try:
            # urljoin replaces a missing host by that of the request.
            if urlsplit(location).scheme and not urlsplit(location).netloc:
                raise ValueError
            target = normal_url(urljoin(request.url, location))
        except (UsageError, ValueError):
            where = f"{public_url(request.url)} redirects to {public_url(location)!r}"
            raise self._error(f"{where}, which is not a valid address", reply.status) from None
        new = origin(target)
        if new != home and new not in self._allowed:
            raise self._error(
                f"{public_url(request.url)} redirects to another origin, {new}, which "
                f"is not followed; if you trust it, allow it with --allow-redirect {new} "
                "(allow_redirects= in Python)",
                reply.status,
            )
        return target

    def _authenticated(self, request: HttpRequest, home: Origin, deadline: Deadline) -> HttpReply:
        """The response to a request, authenticated if it goes to `home` and `home` requires it."""
        if origin(request.url) != home:
            return self._exchange(request, {}, deadline)
        reply = self._exchange(request, self._login.header(request), deadline)
        if reply.status == 401 and self._login.learn(
            [str(value) for value in reply.headers.get_all("WWW-Authenticate") or []]
        ):
            reply = self._exchange(request, self._login.header(request), deadline)
        return reply

    def _exchange(
        self, request: HttpRequest, login: dict[str, str], deadline: Deadline
    ) -> HttpReply:
        signed = replace(request, headers=request.headers | login)
        with open_response(signed, deadline, self._context) as response:
            body = (
                read_content(response, deadline, self._largest)
                if 200 <= response.status < 300
                else read_excerpt(response, EXCERPT)
            )
            return HttpReply(
                request.url, response.status, response.reason, response.headers, body, deadline
            )

    def _refusal_error(self, reply: HttpReply, attempts: int, wait: float | None) -> EndpointError:
        text = status_message(
            reply.url,
            reply.status,
            reply.reason,
            reply.body,
            _resolved(reply.url, str(reply.headers.get("Location") or "?")),
            anonymous=not self.credentials,
        )
        if wait is not None and not reply.deadline.allows(wait):
            seconds = f"{reply.deadline.seconds:g} s"
            text += f"; it requests a wait of {wait:,.0f} s, but --timeout is {seconds}"
        if attempts > 1:
            text += f" ({attempts} attempts)"
        return self._error(text, reply.status)

    def _error(self, text: str, status: int = 0) -> EndpointError:
        return EndpointError(self.credentials.redacted(text), status)


def _resolved(url: str, location: str) -> str:
    """`location` resolved against `url`; unchanged if it is malformed."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _requested_wait(headers: Message) -> float | None:
    """The wait in `Retry-After` (RFC 9110, 10.2.3), a number or a date, in seconds.

    A date is compared with that of the response, or else with the local clock.
    """
    text = str(headers.get("Retry-After") or "").strip()
    if re.fullmatch("[0-9]+", text):
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        now = email.utils.parsedate_to_datetime(str(headers.get("Date") or ""))
    except (TypeError, ValueError, OverflowError):
        now = email.utils.localtime()
    try:
        return max(0.0, (until - now).total_seconds())
    except TypeError:  # one of them has no time zone
        return None
