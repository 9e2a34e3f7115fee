"""Validation of records: those of the project, and records from anywhere in its context."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..evidence.rechecks import RECHECKS
from ..evidence.reviews import REVIEWS
from ..graph.inputs import find_input_changes
from ..graph.store import open_graph
from ..incremental.change import FullBuildError, GraphChange, read_change
from ..model.namespaces import local_name
from ..model.problems import ContentError, Problem, UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..records.assemble import build_graph
from ..records.files import RecordFile, record_files
from ..records.reader import Record, read_records, record_extent, without_faulty
from ..system.background import BackgroundThread
from ..system.files import real_path
from .checked_things import CheckedThings
from .gate import Checked, check_graph
from .incremental_gate import check_change, open_gate
from .input_files import name_of
from .record_counts import count_records


def check_project(project: Project, ontology: Ontology, engine: str | None) -> Checked:
    """The project's graph; if there is a saved graph, only the changes are read and checked."""
    try:
        with _open_change(project, ontology) as change:
            return check_change(change, open_gate(project, ontology), engine)
    except (FullBuildError, UsageError):
        return check_graph(build_graph(read_records(project), ontology), ontology, project, engine)


@contextmanager
def _open_change(
    project: Project, ontology: Ontology, external: Iterable[RecordFile] = (), lenient: bool = False
) -> Iterator[GraphChange]:
    """The change since the last build, from `read_change`; nothing is saved.

    Raises UsageError on exit if the last build is damaged.
    """
    saved = open_graph(project)
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as work,
        BackgroundThread(saved.generation.check) as checking,
    ):
        try:
            changes = find_input_changes(project, saved.folder)
            yield read_change(project, ontology, saved, Path(work), changes, external, lenient)
        finally:
            checking.result()  # a damaged build takes precedence over errors that it caused


def check_record_files(
    project: Project,
    ontology: Ontology,
    paths: list[Path],
    stdin: bytes,
    engine: str | None,
    focus: tuple[str, ...],
    is_foreign: bool,
) -> tuple[list[Problem], list[CheckedThings]]:
    """The problems of the records in these files, in the context of the project's other records.

    With them come the numbers of records of each class in each file that were checked.

    Shapes are applied to all records that can be mapped, even if others cannot. With `is_foreign`
    the shapes of `ontology` are not the project's, and its checks are not applied. `focus` has the
    IRIs of the things to report on, all if it is empty.
    """
    external: list[RecordFile] = []
    names: dict[str, str] = {}
    for path in paths:
        name = name_of(path)
        if name == "stdin":
            external.append(stdin)
            names[name] = name
        elif _is_project_file(project, real_path(path)):
            names[project.relative(real_path(path))] = name
        else:
            external.append(path)
            names[project.relative(path)] = name
    records, unmapped, checked = _check_records(project, ontology, external, engine, is_foreign)
    own = ("check:", "duplicate") if is_foreign else ()
    problems = [*unmapped, *(problem for problem in checked if not problem.rule.startswith(own))]
    if focus:
        ids = {local_name(iri) for iri in focus}
        rest = {record_extent(record.position) for record in records if record.id not in ids}
        problems = [problem for problem in problems if record_extent(problem.position) not in rest]
    located = [
        replace(problem, position=problem.position._replace(path=names[problem.position.path]))
        for problem in problems
        if problem.position.path in names
    ]
    faulty = {*unmapped, *problems}
    return located, count_records(records, faulty, names, project, ontology, focus)


def _check_records(
    project: Project,
    ontology: Ontology,
    external: list[RecordFile],
    engine: str | None,
    is_foreign: bool,
) -> tuple[tuple[Record, ...], tuple[Problem, ...], tuple[Problem, ...]]:
    """The records, the problems that prevented mapping, and the problems of the mapped records.

    If there is a saved graph, only the differences from it are read, and what they affect checked.
    """
    try:
        if is_foreign:
            raise FullBuildError("the index is that of the project's shapes")
        with _open_change(project, ontology, external, lenient=True) as change:
            gate = open_gate(project, ontology)
            run = functools.partial(check_change, change, gate, engine)
            return change.records, change.problems, _problems_of(run)
    except (FullBuildError, UsageError):
        records = read_records(project, external)
    try:
        built = build_graph(records, ontology)
        problems: tuple[Problem, ...] = ()
    except ContentError as error:
        problems = error.problems
        built = build_graph(without_faulty(records, problems), ontology)
    run = functools.partial(check_graph, built, ontology, project, engine)
    return records.records, problems, _problems_of(run)


def _problems_of(run: Callable[[], Checked]) -> tuple[Problem, ...]:
    try:
        return run().warnings
    except ContentError as error:
        return error.problems


def _is_project_file(project: Project, path: Path) -> bool:
    """Whether a build of the project reads the file: a record, a source, a recheck, the ledger."""
    data = project.data
    folders = (data / "records", data / "sources", data / RECHECKS, data / REVIEWS)
    is_record = bool(record_files([path]))  # a build does not read the extensions .YML and .yaml
    return path == data / "ledger.yml" or (is_record and any(map(path.is_relative_to, folders)))
