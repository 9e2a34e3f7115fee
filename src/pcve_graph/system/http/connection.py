"""One HTTP/1.1 request on one connection, with a deadline that covers all of it.

`http.client` implements HTTP. Like urllib, urllib3 and httpx it limits the time of a single read at
most, so a server that sends one byte now and then blocks it forever. Here a single deadline limits
all waits: for name resolution, the connection, the TLS handshake, the headers and the body. Names
are resolved in a separate thread, as `getaddrinfo` cannot be interrupted.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote, urlsplit

from ...model.problems import UsageError
from .addresses import Origin, normal_url, origin

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

AddressInfo: TypeAlias = tuple[
    socket.AddressFamily,
    socket.SocketKind,
    int,
    str,
    tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
]
"""Family, kind, protocol, canonical name and address of a host."""

AddressCheck: TypeAlias = Callable[[Origin, str], bool]
"""Whether an IP address of a server may be connected to."""

_LONGEST_WAIT: Final = 86_400.0
"""The longest single wait in seconds, as a socket rejects very large timeouts."""
_CHUNK: Final = 1 << 16


class RefusedAddressError(OSError):
    """No address of a host may be connected to. `addresses` are those that it has."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__(0, f"the addresses {', '.join(addresses)} must not be connected to")
        self.addresses = tuple(addresses)


class Deadline:
    """The point in time that is `seconds` after its creation."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """The remaining seconds, greater than 0. Raises TimeoutError after the deadline."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        return min(remaining, _LONGEST_WAIT)

    @property
    def passed(self) -> bool:
        """Whether the deadline is over."""
        return time.monotonic() >= self._end

    def allows(self, seconds: float) -> bool:
        """Whether a wait of `seconds` ends before the deadline."""
        return time.monotonic() + seconds < self._end


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send; `url` is one that `normal_url` returned."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        parts = urlsplit(self.url)
        return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def open_response(
    request: HttpRequest,
    deadline: Deadline,
    context: Callable[[], ssl.SSLContext],
    may_connect: AddressCheck | None = None,
) -> http.client.HTTPResponse:
    """Send `request` and read the status and headers of the response; the caller reads its body.

    Every wait, also later in the body, ends at the deadline with TimeoutError. Proxies come from
    the environment as for urllib (`http_proxy`, `no_proxy`). With `may_connect`, only addresses
    that it allows are connected to, and no proxy, which would resolve the name again. Raises
    OSError, HTTPException and ValueError for a failed request, RefusedAddressError where no address
    is allowed, UsageError for a malformed proxy address.
    """
    server = origin(request.url)
    proxy = None if may_connect else _Proxy.of(server)
    connection = _Connection(server, proxy, deadline, context, may_connect)
    target, headers = request.target, {"Host": server.authority, **request.headers}
    headers |= {"Accept-Encoding": "identity", "Connection": "close"}
    if proxy and server.scheme == "http":
        target = f"{server}{target}"
        headers |= proxy.headers
    try:
        # A server may reject a body before reading all of it; its response has the reason.
        with contextlib.suppress(BrokenPipeError):
            connection.request(request.method, target, request.body, headers)
        response = connection.getresponse()
    except BaseException:
        connection.close()
        raise
    if connection.sock:  # the response keeps the socket open until it is closed
        connection.sock.close()
    return response


class _Connection(http.client.HTTPConnection):
    """A connection on which every wait ends at the deadline."""

    def __init__(
        self,
        server: Origin,
        proxy: _Proxy | None,
        deadline: Deadline,
        context: Callable[[], ssl.SSLContext],
        may_connect: AddressCheck | None,
    ) -> None:
        super().__init__(server.host, server.port)
        self._server, self._proxy = server, proxy
        self._deadline, self._context = deadline, context
        self._may_connect = may_connect

    def connect(self) -> None:
        peer = self._proxy.server if self._proxy else self._server
        link = _connected(peer, self._deadline, self._may_connect)
        try:
            if self._server.scheme == "https":
                if self._proxy:
                    self._proxy.tunnel(_TimedSocket(link, self._deadline), self._server)
                link.settimeout(self._deadline.remaining())
                link = self._context().wrap_socket(link, server_hostname=self._server.host)
        except BaseException:
            link.close()
            raise
        self.sock = _TimedSocket(link, self._deadline)


@dataclass(frozen=True, slots=True)
class _Proxy:
    """An HTTP proxy."""

    server: Origin
    headers: dict[str, str]

    @classmethod
    def of(cls, server: Origin) -> _Proxy | None:
        """The proxy for `server` in the environment. Raises UsageError for an invalid address."""
        address = urllib.request.getproxies().get(server.scheme, "")
        if not address or urllib.request.proxy_bypass(server.authority):
            return None
        scheme, separator, rest = address.rpartition("://")
        user, at, host = rest.rpartition("@")
        try:
            proxy = origin(normal_url(f"{scheme}{separator or 'http://'}{host}"))
        except UsageError as error:
            raise UsageError(f"{server.scheme}_proxy: {error}") from None
        if proxy.scheme != "http":
            raise UsageError(f"{server.scheme}_proxy: {proxy} is not the address of an http proxy")
        secret = base64.b64encode(unquote(user).encode()).decode()
        return cls(proxy, {"Proxy-Authorization": f"Basic {secret}"} if at else {})

    def tunnel(self, link: _TimedSocket, server: Origin) -> None:
        """Open a tunnel to `server` (RFC 9110, 9.3.6). Raises OSError, HTTPException."""
        host = f"[{server.host}]" if ":" in server.host else server.host
        lines = [f"CONNECT {host}:{server.port} HTTP/1.1", f"Host: {host}:{server.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        response = http.client.HTTPResponse(link, method="CONNECT")  # type: ignore[arg-type]
        response.begin()
        if response.status != 200:
            raise OSError(0, f"the proxy {self.server} answered {response.status}")


class _TimedSocket:
    """The part of the socket interface that http.client uses, with a deadline for each wait."""

    def __init__(self, link: socket.socket, deadline: Deadline) -> None:
        self._link, self._deadline = link, deadline

    def sendall(self, content: ReadableBuffer) -> None:
        view = memoryview(content)
        while view:
            self._link.settimeout(self._deadline.remaining())
            view = view[self._link.send(view[:_CHUNK]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._link, self._deadline), _CHUNK)

    def close(self) -> None:
        self._link.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, link: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._link, self._deadline = link, deadline
        # The socket stays open until this file is closed too, as for socket.makefile.
        self._file = link.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._link.settimeout(self._deadline.remaining())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def _connected(
    server: Origin, deadline: Deadline, may_connect: AddressCheck | None
) -> socket.socket:
    """A connection to the first reachable address of a host; each gets a share of the time.

    The name is resolved once, so that what is connected to is the address that was checked.
    """
    addresses = _resolved(server, deadline)
    if may_connect is not None and addresses:
        resolved = addresses
        addresses = [entry for entry in resolved if may_connect(server, str(entry[4][0]))]
        if not addresses:
            raise RefusedAddressError(list(dict.fromkeys(str(entry[4][0]) for entry in resolved)))
    failure: OSError = OSError(0, "the host has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        link = socket.socket(family, kind, protocol)
        try:
            link.settimeout(deadline.remaining() / (len(addresses) - number))
            link.connect(address)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return link
        except OSError as error:
            link.close()
            failure = error
    raise failure


def _resolved(server: Origin, deadline: Deadline) -> Sequence[AddressInfo]:
    """The result of `socket.getaddrinfo`. Raises its errors, TimeoutError after the deadline."""
    results: SimpleQueue[Sequence[AddressInfo] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            results.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        result = results.get(timeout=deadline.remaining())
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result
