"""Servers that go wrong, each in its own way, on a real socket."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Behaviour = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; the server's `behaviour` answers it."""

    server: BadServer

    def do_GET(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), self.body))
        self.server.behaviour(self)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def answer(self, status: int, kind: str, body: str | bytes, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def reset(self) -> None:
        """Drop the connection with a reset and no answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.wfile.close()
        self.connection.close()


class BadServer(ThreadingHTTPServer):
    """A server with one behaviour. `seen` are (method, path, headers, body) of each request."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.behaviour = behaviour
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"

    def at(self, url: str) -> str:
        """The address that `url` has behind this server."""
        return self.url.removesuffix("/sparql") + urlsplit(url).path

    def handle_error(self, *_: object) -> None:
        """Ignore clients that gave up; some tests are about them."""


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[BadServer]:
    """A server of this behaviour, gone afterwards."""
    with BadServer(behaviour) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(5)


def stalls(request: Request) -> None:
    """Accepts the query and sends nothing for longer than any test waits."""
    time.sleep(3)


def drips(request: Request) -> None:
    """Sends a byte now and then, so that no single read times out."""
    request.send_response(200)
    request.send_header("Content-Type", "application/sparql-results+json")
    request.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(30):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.1)


Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def talking(talk: Talk) -> Iterator[str]:
    """The address of a server that reads a request and leaves the rest of a connection to `talk`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve(link: socket.socket) -> None:
            with link, contextlib.suppress(OSError):
                read_request(link)
                talk(link)
                link.shutdown(socket.SHUT_WR)

        def accept() -> None:
            while not ended.is_set():
                link = listener.accept()[0]
                link.settimeout(20)
                threading.Thread(target=serve, args=(link,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        finally:
            ended.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join(5)


def read_request(link: socket.socket) -> bytes:
    """A request up to the end of its headers; what has come where it stops before."""
    content = b""
    while b"\r\n\r\n" not in content and (part := link.recv(1 << 16)):
        content += part
    return content


def slowly(content: bytes, start: bytes = b"", seconds: float = 20, pause: float = 0.05) -> Talk:
    """Sends `start`, then byte after byte of `content`, again and again, for so many seconds."""

    def talk(link: socket.socket) -> None:
        link.sendall(start)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for byte in content:
                link.sendall(bytes([byte]))
                time.sleep(pause)

    return talk


def sends(content: bytes) -> Talk:
    """Sends these bytes and ends the connection."""
    return lambda link: link.sendall(content)
