"""One request to a server: who asks, how long, how often again, and what the server said.

Only what may pass is tried again: 429, 502, 503 and 504, and a connection that is refused or
reset. Waits are short and few; `Retry-After` is honoured up to `PATIENCE`.
"""

from __future__ import annotations

import email.utils
import html
import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any, Final
from urllib.parse import urlsplit, urlunsplit

from ..errors import UsageError

ATTEMPTS: Final = 4
WAIT: Final = 0.25
"""Seconds before the second attempt; doubled before each further one."""
PATIENCE: Final = 30.0
"""The longest that a server may ask to wait before it is asked again, in seconds."""
_PASSING: Final = frozenset({429, 502, 503, 504})
_CHUNK: Final = 1 << 16
_TAIL: Final = 160
_MEANING: Final = {
    401: "it wants to know who asks: set PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, "
    "or PCVE_ENDPOINT_TOKEN",
    403: "this user may not do that there",
    404: "there is nothing at this address",
    405: "this address does not take such requests",
    413: "the server takes no request of this size",
    429: "the server asks for fewer requests",
}


class EndpointError(UsageError):
    """A server did not do what it was asked. `status` is 0 where it gave no answer at all."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: user and password, or a token; nobody where all are empty."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    def hidden(self, text: str) -> str:
        """`text` without the password and the token."""
        for secret in (self.password, self.token):
            text = text.replace(secret, "…") if secret else text
        return text


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whole."""

    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def kind(self) -> str:
        """The media type, without its parameters; empty where none is given."""
        return str(self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a GET, and tell no other server who asks; urllib would make a POST a GET."""

    def redirect_request(
        self,
        request: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if request.get_method() != "GET" or urlsplit(newurl).scheme not in ("http", "https"):
            return None
        following = super().redirect_request(request, fp, code, msg, headers, newurl)
        known = request.get_header("Authorization")
        if following is not None and known and _origin(newurl) == _origin(request.full_url):
            following.add_unredirected_header("Authorization", known)
        return following


class Transport:
    """Sends requests to one server, whose way of asking who asks it learns once."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._opener = urllib.request.build_opener(_Redirects)
        self._basic = False
        self._challenge: dict[str, str] = {}
        self._digest = urllib.request.AbstractDigestAuthHandler(
            _AnyRealm(credentials.user, credentials.password)
        )

    def send(
        self, request: urllib.request.Request, timeout: float, attempts: int = ATTEMPTS
    ) -> Reply:
        """The whole answer to `request`, which may be sent up to `attempts` times.

        `timeout` is in seconds and for each attempt as a whole. Raises EndpointError.
        """
        wait = WAIT
        for attempt in range(1, attempts + 1):
            try:
                return self._once(request, timeout)
            except urllib.error.HTTPError as error:
                pause = _asked_wait(error.headers)
                again = error.code in _PASSING and attempt < attempts and (pause or 0) <= PATIENCE
                if not again:
                    raise self._refused(request, error, timeout, attempt, pause) from None
                error.close()
                wait = max(wait, pause or 0)
            except (OSError, http.client.HTTPException, ValueError) as error:
                if attempt == attempts or not _may_pass(error):
                    raise self._failed(request, error, timeout, attempt) from None
            time.sleep(wait)
            wait *= 2
        raise AssertionError("unreachable")

    def _once(self, request: urllib.request.Request, timeout: float) -> Reply:
        deadline = time.monotonic() + timeout
        self._sign(request)
        try:
            return _read(self._opener.open(request, timeout=timeout), deadline)
        except urllib.error.HTTPError as error:
            challenges = error.headers.get_all("WWW-Authenticate") or []
            if error.code != 401 or not self.credentials.user or not self._learn(challenges):
                raise
            error.close()
        self._sign(request)
        return _read(self._opener.open(request, timeout=timeout), deadline)

    def _learn(self, challenges: list[str]) -> bool:
        """Whether the server asks in a way that is new and known: for a digest, or a password."""
        for challenge in challenges:
            scheme, _, rest = challenge.partition(" ")
            if scheme.lower() == "digest":
                parts = urllib.request.parse_http_list(rest)
                self._challenge = urllib.request.parse_keqv_list(parts)
                return True
        asked = any(each.partition(" ")[0].lower() == "basic" for each in challenges)
        fresh = asked and not self._basic
        self._basic = self._basic or asked
        return fresh

    def _sign(self, request: urllib.request.Request) -> None:
        """Say who asks, in the way that the server is known to want."""
        user, password, token = (
            self.credentials.user,
            self.credentials.password,
            self.credentials.token,
        )
        value = f"Bearer {token}" if token else ""
        if self._challenge:
            digest = self._digest.get_authorization(request, self._challenge)
            value = f"Digest {digest}" if digest else ""
        elif self._basic:
            value = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        if value:
            request.add_unredirected_header("Authorization", value)

    def _refused(
        self,
        request: urllib.request.Request,
        error: urllib.error.HTTPError,
        timeout: float,
        attempts: int,
        pause: float | None,
    ) -> EndpointError:
        """What a status other than 2xx says, with the first useful line of its body."""
        try:
            body = _read(error, time.monotonic() + timeout).body if error.fp else b""
        except (OSError, http.client.HTTPException):
            body = b""
        parts = [f"{shown(request.full_url)} answered {error.code} {error.reason}".rstrip()]
        said = useful_line(body)
        forbidden = re.search(r"permission|not allowed|unauthori[sz]ed", said, re.I)
        meaning = _MEANING.get(401 if forbidden and not self.credentials else error.code, "")
        if error.code == 401 and self.credentials:
            meaning = "the user, password or token is not one that it knows"
        if 300 <= error.code < 400:
            meaning = f"it moved; use {shown(str(error.headers.get('Location') or '?'))}"
        parts += [f"“{said}”"] if said else []
        parts += [meaning] if meaning else []
        if pause is not None and pause > PATIENCE:
            parts.append(f"it asks to wait {pause:,.0f} s")
        parts += [f"asked {attempts} times"] if attempts > 1 else []
        return EndpointError(self.credentials.hidden("; ".join(parts)), error.code)

    def _failed(
        self, request: urllib.request.Request, error: Exception, timeout: float, attempts: int
    ) -> EndpointError:
        """What it means that a server gave no answer, or broke off in one."""
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        where = shown(request.full_url)
        tried = f", asked {attempts} times" if attempts > 1 else ""
        if isinstance(reason, TimeoutError):
            text = f"{where} gave no whole answer within {timeout:g} s; --timeout allows more"
        elif isinstance(reason, ConnectionRefusedError):
            text = f"{where} refused the connection{tried}; does the server run, on that port?"
        elif isinstance(reason, ssl.SSLError):
            text = f"{where} has no certificate that is trusted here: {reason.reason or reason}"
        elif isinstance(reason, (ConnectionError, http.client.IncompleteRead)):
            text = f"{where} broke off before its answer was whole{tried}"
        else:
            said = getattr(reason, "strerror", None) or useful_line(str(reason).encode())
            text = f"{where} cannot be asked: {said}"
        return EndpointError(self.credentials.hidden(text))


class _AnyRealm(urllib.request.HTTPPasswordMgr):
    """The same user and password whatever a server calls its realm."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self.pair = (user, password)

    def find_user_password(self, realm: str, authuri: str) -> tuple[str, str]:
        return self.pair


def _read(response: Any, deadline: float) -> Reply:
    """The whole of an open answer. Raises TimeoutError past `deadline`, OSError, HTTPException."""
    parts: list[bytes] = []
    with response:
        while part := response.read1(_CHUNK):
            parts.append(part)
            if time.monotonic() > deadline:
                raise TimeoutError
        body = b"".join(parts)
        announced = response.headers.get("Content-Length")
        if announced and announced.isdigit() and len(body) < int(announced):
            raise http.client.IncompleteRead(body, int(announced) - len(body))
        return Reply(response.url, response.status, response.headers, body)


def _may_pass(error: Exception) -> bool:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, (ConnectionError, http.client.IncompleteRead))


def _asked_wait(headers: Message) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date beside the answer's own."""
    text = str(headers.get("Retry-After") or "").strip()
    if text.isdigit():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
        now = email.utils.parsedate_to_datetime(str(headers.get("Date") or ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def shown(url: str) -> str:
    """A URL as messages name it: without user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def useful_line(body: bytes) -> str:
    """The first line of a body that tells something, out of HTML, JSON or plain text."""
    text = body[:_CHUNK].decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        words = [found[key] for key in ("message", "error", "detail", "title") if key in found]
        text = next((word for word in words if isinstance(word, str)), text)
    if re.match(r"<(!doctype|html|\?xml|head|body)", text, re.I):
        text = re.sub(r"<(head|style|script)\b.*?</\1>", " ", " ".join(text.split()), flags=re.I)
        text = re.sub(r"</?(h\d|p|div|br|title|pre|li|tr)\b[^>]*>", "\n", text, flags=re.I)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    told = [line for line in lines if re.search(r"\w", line)]
    line = next((line for line in told if not re.match(r"(HTTP/\S+ )?[1-5]\d\d\b", line)), "")
    return "".join(c for c in line if c.isprintable())[:_TAIL]
