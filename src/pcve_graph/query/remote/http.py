"""One request to a server within one deadline, with its attempts, redirects and log-in.

Only what may pass is tried again: 429, 502, 503 and 504, and a connection that is refused or
reset. The waits are those that `Retry-After` asks for, or short ones; whatever is done ends at the
deadline. A redirect to another origin is followed only where the user has allowed that origin,
and no other origin is told who asks.
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
from .addresses import Origin, normal_url, origin, printable, shown
from .connection import Deadline, Request, open_response
from .content import LARGEST, AnswerError, read_content, read_excerpt
from .login import Credentials, Login
from .messages import EXCERPT, EndpointError, failure, refusal

ATTEMPTS: Final = 4
WAIT: Final = 0.25
"""Seconds before the second attempt; doubled before each further one."""
REDIRECTS: Final = 5
"""The redirects of one request that are followed."""
_PASSING: Final = frozenset({429, 502, 503, 504})
_SAME_METHOD: Final = frozenset({307, 308})
_MOVED: Final = frozenset({301, 302, 303}) | _SAME_METHOD


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whole; of the body of an error its beginning."""

    url: str
    status: int
    reason: str
    headers: Message
    body: bytes
    deadline: Deadline

    def header(self, name: str) -> str:
        """A header as one printable line; empty where there is none."""
        return printable(str(self.headers.get(name) or ""))

    @property
    def kind(self) -> str:
        """The media type, without its parameters; empty where none is given."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class Transport:
    """Sends requests to one server.

    `allowed` are the origins that it may redirect to, beside its own; `largest` is the number of
    bytes that an answer may have.
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

    def send(self, request: Request, deadline: Deadline, attempts: int = ATTEMPTS) -> Reply:
        """The whole answer to `request`, which may be sent up to `attempts` times.

        Raises EndpointError.
        """
        try:
            return self._send(request, deadline, attempts)
        except AnswerError as error:
            raise self._error(f"{shown(request.url)} {error}") from None

    def _send(self, request: Request, deadline: Deadline, attempts: int) -> Reply:
        backoff = WAIT
        for attempt in range(1, attempts + 1):
            wait = backoff
            try:
                reply = self._redirected(request, deadline)
            except (OSError, http.client.HTTPException, ValueError) as error:
                again = isinstance(error, (ConnectionError, http.client.IncompleteRead))
                if not again or attempt == attempts or not deadline.allows(wait):
                    raise self._error(failure(request.url, error, deadline, attempt)) from None
            else:
                if 200 <= reply.status < 300:
                    return reply
                retry_after = _asked_wait(reply.headers) if reply.status in _PASSING else None
                wait = backoff if retry_after is None else retry_after
                again = reply.status in _PASSING and attempt < attempts
                if not again or not deadline.allows(wait):
                    raise self._refused(reply, attempt, retry_after)
            time.sleep(wait)
            backoff *= 2
        raise AssertionError("unreachable")

    def _redirected(self, request: Request, deadline: Deadline) -> Reply:
        """The answer at the end of all redirects that may be followed."""
        home = origin(request.url)
        for _ in range(REDIRECTS + 1):
            reply = self._signed(request, home, deadline)
            target = self._target(request, reply, home)
            if not target:
                return reply
            request = replace(request, url=target)
        raise self._error(f"{shown(request.url)} redirects more than {REDIRECTS} times")

    def _target(self, request: Request, reply: Reply, home: Origin) -> str:
        """Where a redirect leads; empty for an answer that is none, or would change a POST."""
        location = str(reply.headers.get("Location") or "")
        if reply.status not in _MOVED or not location:
            return ""
        if request.method != "GET" and reply.status not in _SAME_METHOD:
            return ""
        try:
            # urljoin takes a host that is left out for that of the request.
            if urlsplit(location).scheme and not urlsplit(location).netloc:
                raise ValueError
            target = normal_url(urljoin(request.url, location))
        except (UsageError, ValueError):
            where = f"{shown(request.url)} redirects to {shown(location)!r}"
            raise self._error(f"{where}, which is not a valid address", reply.status) from None
        new = origin(target)
        if new != home and new not in self._allowed:
            raise self._error(
                f"{shown(request.url)} redirects to another origin, {new}, which "
                f"is not followed; if you trust it, allow it with --allow-redirect {new} "
                "(allow_redirects= in Python)",
                reply.status,
            )
        return target

    def _signed(self, request: Request, home: Origin, deadline: Deadline) -> Reply:
        """The answer to a request that says who asks, where `home` is asked and wants to know."""
        if origin(request.url) != home:
            return self._exchange(request, {}, deadline)
        reply = self._exchange(request, self._login.header(request), deadline)
        if reply.status == 401 and self._login.learn(
            [str(value) for value in reply.headers.get_all("WWW-Authenticate") or []]
        ):
            reply = self._exchange(request, self._login.header(request), deadline)
        return reply

    def _exchange(self, request: Request, login: dict[str, str], deadline: Deadline) -> Reply:
        signed = replace(request, headers=request.headers | login)
        with open_response(signed, deadline, self._context) as response:
            body = (
                read_content(response, deadline, self._largest)
                if 200 <= response.status < 300
                else read_excerpt(response, EXCERPT)
            )
            return Reply(
                request.url, response.status, response.reason, response.headers, body, deadline
            )

    def _refused(self, reply: Reply, attempts: int, wait: float | None) -> EndpointError:
        text = refusal(
            reply.url,
            reply.status,
            reply.reason,
            reply.body,
            _joined(reply.url, str(reply.headers.get("Location") or "?")),
            anonymous=not self.credentials,
        )
        if wait is not None and not reply.deadline.allows(wait):
            text += (
                f"; it asks to wait {wait:,.0f} s, and --timeout is {reply.deadline.seconds:g} s"
            )
        if attempts > 1:
            text += f"; asked {attempts} times"
        return self._error(text, reply.status)

    def _error(self, text: str, status: int = 0) -> EndpointError:
        return EndpointError(self.credentials.hidden(text), status)


def _joined(url: str, location: str) -> str:
    """An address relative to `url` as a whole one, as far as it can be read."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _asked_wait(headers: Message) -> float | None:
    """The seconds that `Retry-After` asks for (RFC 9110, 10.2.3), as a number or a date.

    A date is compared with that of the answer, or with this machine's clock where it has none.
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
    except TypeError:  # one of them states no time zone
        return None
