"""From a project's files to a checked graph: what changed since the last build, or all."""

from __future__ import annotations

from ..errors import UsageError
from ..ontology import Ontology, read_ontology
from ..project import Project
from ..records.graph import build_graph
from ..records.records import read_records
from .change import WholeError, read_change
from .check import Checked, check_graph
from .inputs import Inputs, scan
from .recheck import check_change
from .saving import save_graph
from .store import is_stale, open_graph


def check_project(
    project: Project, ontology: Ontology, engine: str | None = None, whole: bool = False
) -> tuple[Checked, Inputs]:
    """The project's graph, checked, and the input files that it was made of.

    Where there is a saved graph, only what has changed since is read and checked, unless `whole`;
    the outcome is the same. Raises ContentError with all that is wrong.
    """
    if not whole:
        try:
            change = read_change(project, ontology, open_graph(project).store)
            return check_change(change, ontology, project, engine), change.files
        except (WholeError, UsageError):
            pass
    files = scan(project)
    built = build_graph(read_records(project), ontology)
    return check_graph(built, ontology, project, engine), files


def build_project(project: Project, engine: str | None = None, whole: bool = False) -> Checked:
    """As `check_project`, and the graph saved in `project.build`.

    Raises UsageError where the folder cannot be written, ContentError with all that is wrong.
    """
    ontology = read_ontology(project)
    checked, files = check_project(project, ontology, engine, whole)
    save_graph(checked, project, ontology, files)
    return checked


def is_current(project: Project) -> bool:
    """Whether there is a saved graph, made of the files as they are."""
    try:
        return not is_stale(project, open_graph(project))
    except UsageError:
        return False
