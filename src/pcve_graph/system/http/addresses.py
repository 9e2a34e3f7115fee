"""Addresses of servers: validated before use, compared by origin, shown without secrets."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from ...model.problems import UsageError

_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9._-]+")
_SAFE_IN_PATH: Final = "/%:@!$&'()*+,;=~"
_SAFE_IN_QUERY: Final = f"{_SAFE_IN_PATH}?"
_LONGEST: Final = 200
"""The most characters of external text in a message."""


def printable(text: str, longest: int = _LONGEST) -> str:
    """`text` on one line, without control and format characters, cut to `longest` characters."""
    line = " ".join(text.split())
    return "".join(character for character in line if character.isprintable())[:longest]


def public_url(url: str) -> str:
    """A URL for messages: without user, password, query and fragment."""
    head = re.split(r"[?#]", printable(url), maxsplit=1)[0]
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*@", r"\1//", head)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL (RFC 6454). URLs with the same origin are on one server."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and port as in the `Host` header: without the default port of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def normal_url(url: str) -> str:
    """`url` in ASCII (RFC 3986), without a fragment; an international host name in IDNA.

    Raises UsageError for an invalid http or https URL, and for one with a user or password.
    """
    if not url.isprintable() or " " in url:
        raise UsageError(
            f"{public_url(url)!r} is not a valid URL: it contains a space or control character"
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if "@" in parts.netloc:
            raise UsageError(
                f"{public_url(url)}: the address must not contain a user or password; set "
                "PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD"
            )
        if parts.scheme not in _PORTS or not host:
            raise UsageError(
                f"{public_url(url)!r} is not the address of a server: it must start with "
                "http:// or https:// and a host"
            )
        host = _ascii_host(host)
    except ValueError as error:
        raise UsageError(
            f"{public_url(url)!r} is not a valid URL: {printable(str(error))}"
        ) from None
    if port == 0:
        raise UsageError(f"{public_url(url)!r} is not a valid URL: port 0 cannot be connected to")
    authority = Origin(parts.scheme, host, port or _PORTS[parts.scheme]).authority
    path, query = quote(parts.path, safe=_SAFE_IN_PATH), quote(parts.query, safe=_SAFE_IN_QUERY)
    return urlunsplit((parts.scheme, authority, path, query, ""))


def _ascii_host(host: str) -> str:
    """The host in ASCII. Raises ValueError if it is neither a host name nor an IPv6 address."""
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    name = host if host.isascii() else host.encode("idna").decode()
    labels = name.removesuffix(".").split(".")
    if not _HOST.fullmatch(name) or not all(0 < len(label) < 64 for label in labels):
        raise ValueError("malformed host name")
    return name


def origin(url: str) -> Origin:
    """The origin of a URL that `normal_url` returned."""
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])


def parsed_origin(text: str) -> Origin:
    """The origin in user input such as `https://data.example.org`. Raises UsageError."""
    url = normal_url(text)
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query:
        raise UsageError(
            f"{public_url(text)}: an origin has no path and no query; "
            f"write {origin(url)} to allow it"
        )
    return origin(url)
