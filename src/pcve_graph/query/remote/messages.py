"""What it means that a server refused, failed or gave something else: one line, and no secret."""

from __future__ import annotations

import html
import http.client
import json
import re
import ssl
from typing import Final

from ...model.problems import UsageError
from .addresses import printable, shown
from .connection import Deadline

EXCERPT: Final = 1 << 13
"""The bytes of a body that are looked at for a reason."""
_TAIL: Final = 160
_MEANING: Final = {
    401: "authentication required: set PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, "
    "or PCVE_ENDPOINT_TOKEN",
    403: "this user may not do that there",
    404: "there is nothing at this address",
    405: "this address does not take such requests",
    413: "the server takes no request of this size",
    429: "rate limit exceeded",
}


class EndpointError(UsageError):
    """A server did not do what it was asked. `status` is 0 where it gave no answer at all."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def refusal(
    url: str, status: int, reason: str, body: bytes, location: str, *, anonymous: bool
) -> str:
    """What a status other than 2xx means, with the first useful line of the body.

    `anonymous` says that the server was not told who asks.
    """
    parts = [f"{shown(url)} answered {status} {printable(reason, _TAIL)}".rstrip()]
    excerpt = useful_line(body)
    forbidden = re.search(r"permission|not allowed|unauthori[sz]ed", excerpt, re.I)
    meaning = _MEANING.get(401 if forbidden and anonymous else status, "")
    if status == 401 and not anonymous:
        meaning = "the server does not accept this user, password or token"
    if 300 <= status < 400:
        meaning = f"it moved; use {shown(location)}"
    parts += [f"“{excerpt}”"] if excerpt else []
    parts += [meaning] if meaning else []
    return "; ".join(parts)


def failure(url: str, error: Exception, deadline: Deadline, attempts: int) -> str:
    """What it means that a server gave no answer, or broke off in one."""
    where = shown(url)
    attempted = f", asked {attempts} times" if attempts > 1 else ""
    if isinstance(error, TimeoutError) and deadline.passed:
        return f"{where} gave no whole answer within {deadline.seconds:g} s; --timeout allows more"
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refused the connection{attempted}; does the server run, on that port?"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where} has no certificate that is trusted here: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"{where} does not speak TLS: {printable(error.reason or str(error))}"
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return f"{where} broke off before its answer was whole{attempted}"
    if isinstance(error, http.client.BadStatusLine):
        return f"{where} does not speak HTTP; its answer begins “{printable(str(error), 40)}”"
    if isinstance(error, http.client.HTTPException):
        return f"{where} does not keep to HTTP: {printable(str(error))}"
    return f"{where} cannot be asked: {printable(getattr(error, 'strerror', '') or str(error))}"


def useful_line(body: bytes) -> str:
    """The first line of a body that tells something, out of HTML, JSON or plain text."""
    text = body[:EXCERPT].decode("utf-8", "replace").strip()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        words = [document.get(key) for key in ("message", "error", "detail", "title")]
        text = next((word for word in words if isinstance(word, str)), text)
    if re.match(r"<(!doctype|html|\?xml|head|body)", text, re.I):
        text = re.sub(r"<(head|style|script)\b.*?</\1>", " ", " ".join(text.split()), flags=re.I)
        text = re.sub(r"</?(h\d|p|div|br|title|pre|li|tr)\b[^>]*>", "\n", text, flags=re.I)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    useful = (
        line
        for line in lines
        if re.search(r"\w", line) and not re.match(r"(HTTP/\S+ )?[1-5]\d\d\b", line)
    )
    return printable(next(useful, ""), _TAIL)
