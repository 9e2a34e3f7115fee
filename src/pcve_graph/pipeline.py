"""From a project's files to a checked graph: what changed since the last build, or all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from .build.saving import copy_caches, finish_change, finish_whole, write_change, write_whole
from .graph.build_folder import BuildFolder, Tell, build_folder
from .graph.generations import Generation
from .graph.store import open_generation, open_graph
from .graph.sums import UnusableError
from .incremental.change import WholeError, read_change
from .incremental.inputs import News, is_stale, news, scan
from .model.problems import ContentError, UsageError, shortage
from .model.project import Project
from .records.assemble import build_graph
from .records.reader import read_records
from .syntax.ontology import read_ontology
from .system.background import Beside
from .validation.gate import Checked, check_graph
from .validation.incremental_gate import Gate, check_change, open_gate


def build_project(
    project: Project,
    engine: str | None = None,
    whole: bool = False,
    tell: Tell = lambda line: None,
    folder: BuildFolder | None = None,
    told: Callable[[], News] | None = None,
) -> Checked:
    """The project's graph, checked, and saved in `project.build`.

    Where there is a saved graph, only what has changed since is read and checked, unless `whole`;
    the outcome is the same. One process builds at a time, others wait. `tell` takes lines on what
    goes on. `folder` is the build folder where it is opened already, and `told` then gives the news
    of the inputs where they are looked for. Raises UsageError where the folder cannot be written,
    ContentError with all that is wrong.
    """
    with nullcontext(folder) if folder else build_folder(project.build, tell) as opened:
        if opened.last is not None and not whole:
            told = told or partial(news, project, opened.last.folder)
            try:
                return _build_change(project, engine, opened, opened.last, told)
            except WholeError:
                pass
            except UnusableError as error:
                opened.obstacle = error.reason
            except (ContentError, UsageError):
                raise
            except Exception as error:  # whatever it is, a whole build does without the last one
                if shortage(error):
                    raise
                opened.obstacle = f"the last build cannot be continued ({error!r})"
        if opened.obstacle:
            tell(f"{opened.obstacle}; everything is built anew")
        return _build_whole(project, engine, opened)


def is_current(project: Project) -> bool:
    """Whether there is a saved graph, made of the files as they are."""
    try:
        return not is_stale(project, open_graph(project))
    except (UsageError, OSError, ValueError):
        return False


def _build_whole(project: Project, engine: str | None, folder: BuildFolder) -> Checked:
    """Everything read, checked and saved; nothing of the last build is used."""
    files = scan(project)
    ontology = read_ontology(project)
    built = build_graph(read_records(project), ontology)
    with folder.draft() as draft:
        with Beside(partial(write_whole, built, project, draft)) as writing:
            checked = check_graph(built, ontology, project, engine)
        counts, sums = writing.result()
        finish_whole(checked, counts, project, files, draft)
        folder.publish(draft, sums)
    return checked


def _build_change(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    told: Callable[[], News],
) -> Checked:
    """What has changed since the last build, checked and saved: it is written while it is checked.

    Raises WholeError where the change cannot be followed, and UnusableError where the last build is
    damaged. What a damaged one led to, be it problems of the content, does not count.
    """
    with Beside(last.check) as checking:
        try:
            return _continue(project, engine, folder, last, told, checking)
        except Exception:
            checking.result()
            raise


def _continue(
    project: Project,
    engine: str | None,
    folder: BuildFolder,
    last: Generation,
    told: Callable[[], News],
    checking: Beside[None],
) -> Checked:
    with Beside(partial(open_generation, last)) as opening:
        ontology = read_ontology(project)
    saved = opening.result()
    with Beside(partial(open_gate, project, ontology)) as readying:
        changes = told()
    if not changes.changed:
        change = read_change(project, ontology, saved, folder.path, changes)
        checked = check_change(change, _current(readying.result()), engine)
        checking.result()
        return checked
    with folder.draft() as draft:
        with Beside(partial(copy_caches, saved, draft)) as copying:
            change = read_change(project, ontology, saved, draft, changes)
        copying.result()
        gate = _current(readying.result())
        with Beside(partial(write_change, change, saved, draft)) as writing:
            checked = check_change(change, gate, engine)
        sums = writing.result()
        finish_change(checked, change, draft)
        checking.result()
        folder.publish(draft, sums)
    return checked


def _current(gate: Gate) -> Gate:
    """`gate`, if ontology and checks still are what it was made of.

    They were read while it was found out what has changed: what changed just then could have been
    read, and not found. Raises WholeError.
    """
    if read_ontology(gate.project) is not gate.ontology or not gate.is_current():
        raise WholeError("the ontology or the checks have changed")
    return gate
