"""The command as a user runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"7"}}]}}'
NO = b'{"head":{},"boolean":false}'
JSON = "application/sparql-results+json"
SELECT = "SELECT ?x { ?x ?p ?o }"


def pcve(
    *arguments: str,
    project: Path = ROOT,
    stdin: str = SELECT,
    seconds: float = 60,
    unprivileged: bool = False,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """What the command did; it is ended after so many seconds.

    An `unprivileged` superuser reads only what the permissions of files allow.
    """
    names = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    inherited = {key: value for key, value in os.environ.items() if key not in names}
    lost = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}"] if unprivileged else []
    return subprocess.run(
        [*prefix, sys.executable, "-m", "pcve_graph", "--project", str(project), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        env=inherited | environment,
    )


def one_message(result: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that failed with one line, without control characters."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    message = result.stderr.removesuffix("\n")
    assert message.startswith("pcve: "), result.stderr[-3000:]
    assert message.isprintable(), message
    return message
