"""The commands that work on the build and on servers: which server, as whom, and what is done."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..model.problems import UsageError

if TYPE_CHECKING:
    from ..graph.store import Saved
    from ..model.project import Project
    from ..query.access import Reading
    from ..query.remote.endpoint import Endpoint
    from ..query.worker import Worker

Finder = Callable[[click.Context], "Project"]
Opener = Callable[["Project"], "Saved"]

Command = TypeVar("Command", bound=Callable[..., Any])

ALLOW_REDIRECT = click.option(
    "--allow-redirect",
    "allowed",
    multiple=True,
    metavar="ORIGIN",
    help="Follow redirects to this origin too, such as https://data.example.org.",
)


@dataclass(frozen=True, slots=True)
class Target:
    """A server that a command was given: its address, and the origins it may redirect to."""

    url: str
    allowed: tuple[str, ...] = ()


def endpoint_options(command: Command) -> Command:
    """Add --endpoint and --allow-redirect; the command takes both as `endpoint`, a Target or None.

    The command raises UsageError where redirects are allowed and no server is named.
    """

    @functools.wraps(command)
    def run(*args: Any, endpoint: str | None, allowed: tuple[str, ...], **kwargs: Any) -> Any:
        if allowed and endpoint is None:
            raise click.UsageError("--allow-redirect goes with --endpoint")
        target = None if endpoint is None else Target(endpoint, allowed)
        return command(*args, endpoint=target, **kwargs)

    option = click.option(
        "--endpoint", metavar="URL", help="Ask a SPARQL server instead of the build."
    )
    return option(ALLOW_REDIRECT(run))  # type: ignore[return-value]


FOLDER = click.option(
    "--queries",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Your own folder of queries, also one written for grlc or BASIL.",
)
_SECRETS = ("PCVE_ENDPOINT_USER", "PCVE_ENDPOINT_PASSWORD", "PCVE_ENDPOINT_TOKEN")


def server(
    target: Target, update: str = "", store: str = "", timeout: float | None = None
) -> Endpoint:
    """The server at `target`, asked as the environment says, each request within `timeout` seconds.

    Raises UsageError for an address, origin or timeout that is none, and for half of a pair of user
    and password.
    """
    from ..query.remote.addresses import Addresses
    from ..query.remote.endpoint import TIMEOUT, Endpoint
    from ..query.remote.login import Credentials

    user, password, token = (os.environ.get(name, "") for name in _SECRETS)
    if bool(user) != bool(password):
        raise UsageError("set both PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, or neither")
    if user and token:
        raise UsageError("set PCVE_ENDPOINT_TOKEN, or user and password, but not both")
    return Endpoint(
        Addresses(target.url, update, store),
        Credentials(user, password, token),
        TIMEOUT if timeout is None else timeout,
        allow_redirects=target.allowed,
    )


def graph_at(
    target: Target | None,
    opened: Callable[[], Saved],
    worker: Worker | None = None,
    timeout: float | None = None,
) -> Reading:
    """The graph on the server `target`; without one, the saved graph that `opened` gives."""
    from ..query.access import Here, There

    return There(server(target, timeout=timeout)) if target else Here(opened(), worker)
