"""A web server for the tests: on a free port of this machine, with pages that a test sets."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Handler: TypeAlias = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class PageServer:
    """`pages` are the answers by path; `asked` the paths with the times at which they came."""

    port: int
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        return [path for _, path in self.asked]


def answer(
    body: bytes | str = b"", kind: str = "text/plain; charset=utf-8", status: int = 200, **more: str
) -> Handler:
    """A whole answer; of further headers, `_` stands for `-`."""
    content = body.encode() if isinstance(body, str) else body

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(content))}
        for name, value in (headers | {key.replace("_", "-"): more[key] for key in more}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    return handle


def redirect(target: str, status: int = 301) -> Handler:
    return answer(status=status, Location=target)


def endless(piece: bytes, pause: float = 0.0) -> Handler:
    """A body that never ends; it stops when the client hangs up."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/plain")
        request.end_headers()
        while True:
            request.wfile.write(piece)
            time.sleep(pause)

    return handle


@contextlib.contextmanager
def page_server() -> Iterator[PageServer]:
    """A server without pages: it answers 404."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((time.monotonic(), self.path))
            served.headers.append(dict(self.headers.items()))
            handle = served.pages.get(self.path, answer(status=404))
            with contextlib.suppress(ConnectionError):
                handle(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    served = PageServer(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
