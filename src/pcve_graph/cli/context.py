"""The project and graph a command works on, and the options that several commands share."""

from __future__ import annotations

import dataclasses
import functools
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..model.limits import COMMAND_SECONDS
from ..model.problems import UsageError
from ..model.project import Project, open_project
from ..system.sandbox import inside
from .console import note_engine, progress_of, write_messages

if TYPE_CHECKING:
    from ..analysis.opened import ScopeRequest
    from ..graph.store import StoredGraph
    from ..query.access import ReadableGraph
    from ..query.remote.endpoint import Endpoint
    from ..query.worker import QueryWorker
    from ..validation.gate import Checked


ENGINE = click.option(
    "--engine", metavar="NAME", help="SHACL engine: turbo (default with the extra fast) or pyshacl."
)


def project_of(context: click.Context) -> Project:
    """The project that --project names, or the nearest one, or the shipped one."""
    return open_project(context.obj)


def command_line(context: click.Context, *arguments: str) -> str:
    """A command that works where this one was typed: `pcve` if that is on PATH, else its path."""
    started = Path(sys.argv[0])
    words = ["pcve"]
    if started.name == "__main__.py":
        words = [_typed(Path(sys.executable)), "-m", "pcve_graph"]
    elif Path(os.path.realpath(started)).stem.casefold() == "pcve" and not shutil.which("pcve"):
        words = [_typed(started)]  # also through a link of another name
    elif started.stem.casefold() == "pcve":
        words = [_typed(started)]
    if context.obj is not None:
        words += ["--project", str(context.obj)]
    return shlex.join([*words, *arguments])


def _typed(program: Path) -> str:
    """The shortest text that starts a program here: its name if PATH leads to it, else its path."""
    name = program.name.removesuffix(".exe")
    on_path = shutil.which(name)
    if on_path and Path(on_path).absolute().with_name(name) == program.absolute().with_name(name):
        return name
    if program.is_absolute() and program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    text = str(program)
    return text if os.sep in text else f".{os.sep}{text}"


def rebuild(project: Project, engine: str | None = None, whole: bool = False) -> Checked:
    """Read, map, validate and save `project`, reusing the last build unless `whole`."""
    from ..graph.build_folder import build_folder
    from ..graph.inputs import start_input_changes

    def write_note(line: str) -> None:
        write_messages(f"note: {line}")

    with build_folder(project.build, write_note) as folder:
        last = None if whole else folder.last
        changed = None if last is None else start_input_changes(project, last.folder)

        from ..pipeline import build_project

        note_engine(engine)
        with progress_of("building"):
            return build_project(project, engine, whole, write_note, folder, changed)


def open_or_build(project: Project) -> StoredGraph:
    """The saved graph of a project; the shipped project is built into the cache on first use."""
    from ..graph.inputs import is_stale
    from ..graph.store import open_graph

    if project.shipped:
        from ..graph.inputs import is_current

        if not is_current(project):
            write_messages(f"building the shipped graph once, into {project.build}")
            with inside.time_limit("the build of the shipped graph", COMMAND_SECONDS):
                rebuild(project)
        return open_graph(project)
    saved = open_graph(project)
    if is_stale(project, saved):
        write_messages(
            "pcve: files have changed since the last build; run `pcve build` to update it"
        )
    return saved


PICTURE = click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw a chart to FILE.svg or FILE.png (extra: pictures).",
)


FORMAT = click.option(
    "--format",
    "form",
    default="text",
    metavar="FORMAT",
    help="text (default), csv, xlsx, markdown, json; csv and json have a row per cell, with ids.",
)


_SCOPE = (
    click.option(
        "--topic", default="", metavar="NAME", help="Only this topic and its narrower ones."
    ),
    click.option(
        "--group", default="", metavar="NAME", help="Only this target group and its narrower ones."
    ),
    click.option("--funder", default="", metavar="NAME", help="Only what this body funds."),
    click.option(
        "--pillar", default="", metavar="NAME", help="Only parts of this process or pillar."
    ),
    click.option("--since", metavar="DATE", help="Only what was under way on or after DATE."),
    click.option("--until", metavar="DATE", help="Only what was under way on or before DATE."),
    click.option("--as-of", metavar="DATE", help="State of affairs on DATE."),
)


def scope_options(command: Command) -> Command:
    """`command` with the options that select a part of the graph."""
    for option in reversed(_SCOPE):
        command = option(command)
    return command


def scope_request(options: dict[str, Any]) -> ScopeRequest:
    """The options of `scope_options`, and --country if the command has it, taken from `options`."""
    from ..analysis.opened import ScopeRequest

    names = [field.name for field in dataclasses.fields(ScopeRequest)]
    return ScopeRequest(**{name: options.pop(name) or "" for name in names if name in options})


Command = TypeVar("Command", bound=Callable[..., Any])


ALLOW_REDIRECT = click.option(
    "--allow-redirect",
    "allowed",
    multiple=True,
    metavar="ORIGIN",
    help="Also follow redirects to this origin, such as https://data.example.org.",
)


@dataclass(frozen=True, slots=True)
class EndpointTarget:
    """The server of --endpoint: its address, and the origins it may redirect to."""

    url: str
    allowed: tuple[str, ...] = ()


def endpoint_options(command: Command) -> Command:
    """Add --endpoint and --allow-redirect, passed to the command as `endpoint`: a Target or None.

    The command raises UsageError if --allow-redirect is given without --endpoint.
    """

    @functools.wraps(command)
    def run(*args: Any, endpoint: str | None, allowed: tuple[str, ...], **kwargs: Any) -> Any:
        if allowed and endpoint is None:
            raise click.UsageError("--allow-redirect requires --endpoint")
        target = None if endpoint is None else EndpointTarget(endpoint, allowed)
        return command(*args, endpoint=target, **kwargs)

    option = click.option(
        "--endpoint", metavar="URL", help="Query a SPARQL server instead of the build."
    )
    return option(ALLOW_REDIRECT(run))  # type: ignore[return-value]


FOLDER = click.option(
    "--queries",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Use the queries of this folder, also one written for grlc or BASIL.",
)


_SECRETS = ("PCVE_ENDPOINT_USER", "PCVE_ENDPOINT_PASSWORD", "PCVE_ENDPOINT_TOKEN")


def endpoint_at(
    target: EndpointTarget, update: str = "", store: str = "", timeout: float | None = None
) -> Endpoint:
    """The server at `target`, with credentials from the environment; `timeout` is per request.

    Raises UsageError for an invalid address, origin or timeout, and for incomplete credentials.
    """
    from ..query.remote.addresses import EndpointAddresses
    from ..query.remote.endpoint import TIMEOUT, Endpoint
    from ..query.remote.login import Credentials

    user, password, token = (os.environ.get(name, "") for name in _SECRETS)
    if bool(user) != bool(password):
        raise UsageError("set both PCVE_ENDPOINT_USER and PCVE_ENDPOINT_PASSWORD, or neither")
    if user and token:
        raise UsageError("set either PCVE_ENDPOINT_TOKEN or user and password, not both")
    return Endpoint(
        EndpointAddresses(target.url, update, store),
        Credentials(user, password, token),
        TIMEOUT if timeout is None else timeout,
        allow_redirects=target.allowed,
    )


def graph_access(
    target: EndpointTarget | None,
    open_saved: Callable[[], StoredGraph],
    worker: QueryWorker | None = None,
    timeout: float | None = None,
) -> ReadableGraph:
    """The graph on the server `target`; without one, the saved graph that `open_saved` returns."""
    from ..query.access import EndpointGraph, SavedGraph

    return (
        EndpointGraph(endpoint_at(target, timeout=timeout))
        if target
        else SavedGraph(open_saved(), worker)
    )
