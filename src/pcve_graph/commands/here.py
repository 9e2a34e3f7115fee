"""Where a command works: the project, and its graph, built where it must be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..errors import UsageError
from ..project import Project, find_project, shipped_project
from .console import announce, doing, tell

if TYPE_CHECKING:
    from ..build.check import Checked
    from ..build.store import Saved


def here(context: click.Context) -> Project:
    """The project that the command works on."""
    folder: Path | None = context.obj
    if folder is None:
        return find_project(Path.cwd()) or shipped_project(_cache())
    found = find_project(folder)
    if found is None or found.root != folder.resolve():
        raise UsageError(f"{folder} is no project; it has ontology/, data/records/ and queries/")
    return found


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("pcve-graph")) / __version__ / "build"


def saved_anew(project: Project, engine: str | None = None, whole: bool = False) -> Checked:
    """Read, map, check and save `project`; what the last build saved is kept where it can be."""
    from ..build.build import build_project

    announce(engine)
    with doing("building"):
        return build_project(project, engine, whole)


def opened(project: Project) -> Saved:
    """The saved graph; the shipped project is built into the cache when it is first asked."""
    from ..build.store import is_stale, open_graph

    if project.shipped:
        from ..build.build import is_current

        if not is_current(project):
            tell(f"building the shipped graph once, into {project.build}")
            saved_anew(project)
        return open_graph(project)
    saved = open_graph(project)
    if is_stale(project, saved):
        tell("pcve: files have changed since the last build; `pcve build` brings it up to date")
    return saved
