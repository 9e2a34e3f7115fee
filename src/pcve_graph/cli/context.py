"""Where a command works: the project, and its graph, built where it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..model.limits import WORK_SECONDS
from ..model.project import Project, chosen_project
from ..system.sandbox import inside
from .console import announce, doing, tell

if TYPE_CHECKING:
    from ..graph.store import Saved
    from ..validation.gate import Checked


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
    from ..graph.store import is_stale, open_graph

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
