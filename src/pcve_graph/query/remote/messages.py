"""Messages for the failures of a server: one line each, without secrets."""

from __future__ import annotations

import html
import http.client
import json
import re
import ssl
from typing import Final

from ...model.problems import UsageError
from ...system.http.addresses import printable, public_url
from ...system.http.connection import Deadline

EXCERPT: Final = 1 << 13
"""The bytes of a body that are searched for a reason."""
_LONGEST_EXCERPT: Final = 160
_MEANING: Final = {
    401: "authentication required: set PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, "
    "or PCVE_ENDPOINT_TOKEN",
    403: "access denied: this user has no permission for the request",
    404: "nothing is served at this address",
    405: "this address does not accept this kind of request",
    413: "the request is too large for the server",
    429: "rate limit exceeded",
}


class EndpointError(UsageError):
    """A request to a server failed. `status` is the HTTP status, 0 if there was no response."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def status_message(
    url: str, status: int, reason: str, body: bytes, location: str, *, anonymous: bool
) -> str:
    """The message for a status other than 2xx, with the first useful line of the body.

    `anonymous` means that the request had no credentials.
    """
    parts = [f"{public_url(url)} answered {status} {printable(reason, _LONGEST_EXCERPT)}".rstrip()]
    excerpt = useful_line(body)
    forbidden = re.search(r"permission|not allowed|unauthori[sz]ed", excerpt, re.I)
    meaning = _MEANING.get(401 if forbidden and anonymous else status, "")
    if status == 401 and not anonymous:
        meaning = "the server does not accept this user, password or token"
    if 300 <= status < 400:
        meaning = f"it has moved; use {public_url(location)}"
    parts += [f"“{excerpt}”"] if excerpt else []
    parts += [meaning] if meaning else []
    return "; ".join(parts)


def failure_message(url: str, error: Exception, deadline: Deadline, attempts: int) -> str:
    """The message for a request without a complete response."""
    where = public_url(url)
    attempted = f" ({attempts} attempts)" if attempts > 1 else ""
    if isinstance(error, TimeoutError) and deadline.passed:
        return f"{where}: no complete response within {deadline.seconds:g} s; increase --timeout"
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refused the connection{attempted}; is the server running on that port?"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where}: the certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"{where} does not speak TLS: {printable(error.reason or str(error))}"
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        return f"{where} closed the connection before its response was complete{attempted}"
    if isinstance(error, http.client.BadStatusLine):
        return f"{where} does not speak HTTP; its response begins “{printable(str(error), 40)}”"
    if isinstance(error, http.client.HTTPException):
        return f"{where} violates HTTP: {printable(str(error))}"
    return (
        f"the request to {where} failed: {printable(getattr(error, 'strerror', '') or str(error))}"
    )


def useful_line(body: bytes) -> str:
    """The first informative line of a body in HTML, JSON or plain text."""
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
    return printable(next(useful, ""), _LONGEST_EXCERPT)
