"""Where a command works: the project, and its graph, built where it must be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..model.limits import WORK_SECONDS
from ..model.project import Project, chosen_project
from ..system.sandbox import inside
from .console import announce, doing, tell

if TYPE_CHECKING:
    from ..graph.store import Saved
    from ..validation.gate import Checked
if TYPE_CHECKING:
    from ..model.project import Project


ENGINE = click.option(
    "--engine", metavar="NAME", help="SHACL engine: turbo (default with the extra fast) or pyshacl."
)


def here(context: click.Context) -> Project:
    """The project that the command works on."""
    return chosen_project(context.obj)


def saved_anew(project: Project, engine: str | None = None, whole: bool = False) -> Checked:
    """Read, map, check and save `project`; what the last build saved is kept where it can be."""
    from ..graph.build_folder import build_folder
    from ..incremental.inputs import news_apart

    def say(line: str) -> None:
        tell(f"note: {line}")

    with build_folder(project.build, say) as folder:
        last = None if whole else folder.last
        told = None if last is None else news_apart(project, last.folder)

        from ..pipeline import build_project

        announce(engine)
        with doing("building"):
            return build_project(project, engine, whole, say, folder, told)


def opened(project: Project) -> Saved:
    """The saved graph; the shipped project is built into the cache when it is first asked."""
    from ..graph.store import open_graph
    from ..incremental.inputs import is_stale

    if project.shipped:
        from ..pipeline import is_current

        if not is_current(project):
            tell(f"building the shipped graph once, into {project.build}")
            with inside.meanwhile("the build of the shipped graph", WORK_SECONDS):
                saved_anew(project)
        return open_graph(project)
    saved = open_graph(project)
    if is_stale(project, saved):
        tell("pcve: files have changed since the last build; `pcve build` brings it up to date")
    return saved


PICTURE = click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw it as well: FILE.svg or FILE.png (extra: pictures).",
)


FORMAT = click.option(
    "--format",
    "form",
    default="text",
    metavar="FORMAT",
    help="text (default), csv, xlsx, markdown, json. csv and json have a row a cell, with ids.",
)


_SCOPE = (
    click.option("--topic", default="", metavar="NAME", help="This topic and its narrower ones."),
    click.option("--group", default="", metavar="NAME", help="This target group."),
    click.option("--funder", default="", metavar="NAME", help="Paid by this body."),
    click.option("--pillar", default="", metavar="NAME", help="Part of this process or pillar."),
    click.option("--since", metavar="DATE", help="Going on at that time or later."),
    click.option("--until", metavar="DATE", help="Going on at that time or earlier."),
    click.option("--as-of", metavar="DATE", help="Going on on that day."),
)


def scoped(command: Any) -> Any:
    for option in reversed(_SCOPE):
        command = option(command)
    return command
