"""From a project's files to a checked graph: what changed since the last build, or all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..errors import UsageError
from ..ontology import read_ontology
from ..project import Project
from ..records.graph import build_graph
from ..records.records import read_records
from .beside import Beside
from .change import WholeError, read_change
from .check import Checked, check_graph
from .inputs import News, news, scan
from .recheck import Gate, check_change, open_gate
from .saving import Draft, finish_change, finish_whole, write_change, write_whole
from .store import is_stale, open_graph


def build_project(
    project: Project,
    engine: str | None = None,
    whole: bool = False,
    told: Callable[[], News] | None = None,
) -> Checked:
    """The project's graph, checked, and saved in `project.build`.

    Where there is a saved graph, only what has changed since is read and checked, unless `whole`;
    the outcome is the same. `told` gives the news of the inputs, where they are looked for already.
    Raises UsageError where the folder cannot be written, ContentError with all that is wrong.
    """
    if not whole:
        try:
            return _build_change(project, engine, told or partial(news, project))
        except WholeError:
            pass
    files = scan(project)
    ontology = read_ontology(project)
    built = build_graph(read_records(project), ontology)
    with Draft(project.build) as draft:
        draft.begin()
        with Beside(partial(write_whole, built, project, draft.folder)) as writing:
            checked = check_graph(built, ontology, project, engine)
        finish_whole(checked, writing.result(), project, files, draft)
    return checked


def is_current(project: Project) -> bool:
    """Whether there is a saved graph, made of the files as they are."""
    try:
        open_graph(project)
        return not is_stale(project)
    except UsageError:
        return False


def _build_change(project: Project, engine: str | None, told: Callable[[], News]) -> Checked:
    """What has changed since the last build, checked and saved: it is written while it is checked.

    Raises WholeError where there is no build, or the change cannot be followed.
    """
    with Draft(project.build) as draft:
        try:
            with Beside(partial(open_graph, project)) as opening:
                ontology = read_ontology(project)
            saved = opening.result()
            with Beside(partial(open_gate, project, ontology)) as readying:
                changes = told()
            if not changes.changed:
                change = read_change(project, ontology, saved, draft.folder, changes)
                return check_change(change, _current(readying.result()), engine)
            draft.begin()
            with Beside(partial(draft.copy, saved)) as copying:
                change = read_change(project, ontology, saved, draft.folder, changes)
            copying.result()
            gate = _current(readying.result())
            with Beside(partial(write_change, change, draft.folder)) as writing:
                checked = check_change(change, gate, engine)
        except UsageError as error:
            raise WholeError(str(error)) from None
        writing.result()
        finish_change(checked, change, draft)
    return checked


def _current(gate: Gate) -> Gate:
    """`gate`, if ontology and checks still are what it was made of.

    They were read while it was found out what has changed: what changed just then could have been
    read, and not found. Raises WholeError.
    """
    if read_ontology(gate.project) is not gate.ontology or not gate.is_current():
        raise WholeError("the ontology or the checks have changed")
    return gate
