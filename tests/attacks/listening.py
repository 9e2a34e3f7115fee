"""A server on this machine that counts who connects to it, and answers as a SPARQL server would."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nConnection: close\r\n"
_NO = b'{"head":{},"boolean":false}'
_NO_ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'


class Listener:
    """Connections are counted when they are accepted, whatever is sent over them."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/query"
        self.accepted = 0

    def serve(self) -> None:
        """Accept and answer until the socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.accepted += 1
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(5)
                    body = _NO if b"ASK" in connection.recv(65536) else _NO_ROWS
                    connection.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def connections(self) -> int:
        """Connections so far; one that waits to be accepted is counted, too."""
        with socket.create_connection(("127.0.0.1", self._socket.getsockname()[1]), 5) as own:
            own.sendall(b"done")
            while own.recv(65536):
                pass
        self.accepted -= 1
        return self.accepted


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a free port; it is gone afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server)
        thread = threading.Thread(target=listener.serve, daemon=True)
        thread.start()
        yield listener
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
