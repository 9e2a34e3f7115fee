"""The commands that work on the build and on servers: which server, as whom, and what is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..ask.worker import Worker
    from ..build.store import Saved
    from ..project import Project
    from ..remote.reading import Reading
    from ..remote.remote import Endpoint

Finder = Callable[[click.Context], "Project"]
Opener = Callable[["Project"], "Saved"]

ENDPOINT = click.option(
    "--endpoint", metavar="URL", default="", help="Ask a SPARQL server instead of the build."
)
FOLDER = click.option(
    "--queries",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Your own folder of queries, also one written for grlc or BASIL.",
)
_SECRETS = ("PCVE_ENDPOINT_USER", "PCVE_ENDPOINT_PASSWORD", "PCVE_ENDPOINT_TOKEN")


def server(url: str, update: str = "", store: str = "", timeout: float | None = None) -> Endpoint:
    """The server at `url`, asked as the environment says.

    Raises UsageError for an address that is none, and for half of a pair of user and password.
    """
    from ..remote.remote import TIMEOUT, Addresses, Endpoint
    from ..remote.transport import Credentials

    user, password, token = (os.environ.get(name, "") for name in _SECRETS)
    if bool(user) != bool(password):
        raise UsageError("set both PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, or neither")
    if user and token:
        raise UsageError("set PCVE_ENDPOINT_TOKEN, or user and password, but not both")
    who = Credentials(user, password, token)
    return Endpoint(Addresses(url, update, store), who, timeout or TIMEOUT)


def graph_at(url: str, opened: Callable[[], Saved], worker: Worker | None = None) -> Reading:
    """The graph on the server at `url`; without one, the saved graph that `opened` gives."""
    from ..remote.reading import Here, There

    return There(server(url)) if url else Here(opened(), worker)
