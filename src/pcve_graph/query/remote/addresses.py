"""Addresses of servers: checked before use, compared by origin, shown without secrets."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from ...model.problems import UsageError

_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9._-]+")
_IN_PATH: Final = "/%:@!$&'()*+,;=~"
_IN_QUERY: Final = f"{_IN_PATH}?"
_LONGEST: Final = 200
"""The characters of a text from elsewhere that a message has at most."""


def printable(text: str, longest: int = _LONGEST) -> str:
    """`text` on one line, without control and format characters, cut to `longest` characters."""
    line = " ".join(text.split())
    return "".join(character for character in line if character.isprintable())[:longest]


def shown(url: str) -> str:
    """A URL as messages name it: without user, password, query and fragment."""
    head = re.split(r"[?#]", printable(url), maxsplit=1)[0]
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*@", r"\1//", head)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL (RFC 6454): what decides whether two URLs are one server's."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them: the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def normal_url(url: str) -> str:
    """`url` in ASCII (RFC 3986), without a fragment; a host in letters of any script by IDNA.

    Raises UsageError for what is not a valid http or https URL, or holds a user or password.
    """
    if not url.isprintable() or " " in url:
        raise UsageError(f"{shown(url)!r} is not a valid URL: it has a space or control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if "@" in parts.netloc:
            raise UsageError(
                f"{shown(url)}: keep user and password out of the address; "
                "PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD hold them"
            )
        if parts.scheme not in _PORTS or not host:
            raise UsageError(
                f"{shown(url)!r} is not the address of a server: it must start with http:// or "
                "https:// and a host"
            )
        host = _ascii_host(host)
    except ValueError as error:
        raise UsageError(f"{shown(url)!r} is not a valid URL: {printable(str(error))}") from None
    if port == 0:
        raise UsageError(f"{shown(url)!r} is not a valid URL: port 0 cannot be connected to")
    authority = Origin(parts.scheme, host, port or _PORTS[parts.scheme]).authority
    path, query = quote(parts.path, safe=_IN_PATH), quote(parts.query, safe=_IN_QUERY)
    return urlunsplit((parts.scheme, authority, path, query, ""))


def _ascii_host(host: str) -> str:
    """Raises ValueError for what is neither a host name nor an IPv6 address."""
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
    """The origin that a user wrote, as `https://data.example.org`. Raises UsageError."""
    url = normal_url(text)
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query:
        raise UsageError(
            f"{shown(text)}: an origin has no path and no query; write {origin(url)} to allow it"
        )
    return origin(url)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server takes queries, updates and graphs; empty where it is not said."""

    query: str
    update: str = ""
    store: str = ""

    def __post_init__(self) -> None:
        """Raises UsageError for what is no http or https address, or holds a password."""
        object.__setattr__(self, "query", normal_url(self.query))
        for name in ("update", "store"):
            if url := getattr(self, name):
                object.__setattr__(self, name, normal_url(url))

    def filled(self, server: str, authenticated: bool) -> Addresses:
        """With those that are not given made from the address of queries.

        `/query` goes with `/update` and `/store` (Oxigraph), `/<dataset>/query` or `/sparql` with
        `/update` and `/data` (Fuseki), `/repositories/<name>` with its `/statements` and
        `/rdf-graphs/service` (RDF4J, GraphDB); others take updates where they take queries.
        Virtuoso (`server` is what it calls itself) has `/sparql-graph-crud`, and for who is `known`
        both with `-auth`. `store` stays empty where none is known.
        """
        parts = urlsplit(self.query)
        base, _, last = parts.path.rstrip("/").rpartition("/")
        update, store = parts.path, ""
        if "virtuoso" in server.lower():
            guarded = "-auth" if authenticated else ""
            update, store = f"{base}/sparql{guarded}", f"{base}/sparql-graph-crud{guarded}"
        elif last == "query" or (last == "sparql" and base):
            update, store = f"{base}/update", f"{base}/{'data' if base else 'store'}"
        elif base.endswith("/repositories"):
            update, store = f"{base}/{last}/statements", f"{base}/{last}/rdf-graphs/service"
        derived = [
            urlunsplit(parts._replace(path=path)) if path else "" for path in (update, store)
        ]
        return Addresses(self.query, self.update or derived[0], self.store or derived[1])
