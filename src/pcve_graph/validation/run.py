"""What `pcve validate` does: the project, or files of any kind; no file stops the rest."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..graph.store import Saved, open_graph
from ..incremental.change import Change, WholeError, read_change
from ..incremental.inputs import news
from ..model.namespaces import local_name
from ..model.problems import ContentError, Position, Problem, Result, UsageError, breach
from ..model.project import Project
from ..model.schema import Ontology
from ..records.assemble import build_graph
from ..records.files import File, home_files
from ..records.reader import Record, extent, read_records, without
from ..syntax.ontology import read_ontology
from ..system.background import Beside
from ..system.files import read_file
from ..system.sandbox import inside
from .document_check import inspect_document
from .documents import LARGEST, Document, form_of, named_files, read_document
from .gate import Checked, check_graph
from .incremental_gate import check_change, open_gate


@dataclass(frozen=True)
class Outcome:
    """All that was found. `code` is 0, 1 or 2; `checked` is there where the project was checked.

    `others` are the problems that no SHACL result stands behind.
    """

    problems: tuple[Problem, ...]
    results: tuple[Result, ...]
    others: tuple[Problem, ...]
    files: tuple[str, ...]
    code: int
    checked: Checked | None = None


def examine(
    project: Project,
    paths: tuple[Path, ...],
    options: dict[str, Any],
    saved: Saved | None,
    stdin: bytes,
) -> Outcome:
    """Check `paths`, or the whole project where there are none.

    `asked` holds engine, input_format, shapes, focus and severity as the command has them.
    Raises UsageError for a path that is not there, or a format that is not known.
    """
    ontology = read_ontology(project)
    if not paths:
        return _project(project, ontology, options)
    if options["shapes"]:
        inside.working_on(f"reading {options['shapes']}")
    shapes = _shapes(options["shapes"])
    problems: list[Problem] = []
    others: list[Problem] = []
    results: list[Result] = []
    names: list[str] = []
    records: list[Path] = []
    unread = False
    for path in named_files(paths):
        name = _name(path)
        names.append(name)
        inside.working_on(f"checking {name}")
        form = form_of(path, options["input_format"])
        if form == "record":
            records.append(path)
            continue
        try:
            document = _document(path, name, form, stdin)
            findings = inspect_document(
                document, ontology, shapes, saved, options["engine"], options["focus"]
            )
        except ContentError as error:
            others += error.problems
            unread = True
            continue
        problems += findings.problems
        results += findings.results
    if records:
        inside.working_on("checking " + (names[0] if len(names) == 1 else "the records"))
        mine = ontology if shapes is None else replace(ontology, shapes=shapes)
        others += _records(project, mine, records, stdin, options)
    severities = ("error",) if options["severity"] == "error" else ("error", "warning")
    others = sorted({problem for problem in others if problem.severity in severities})
    shown = sorted({*others, *(problem for problem in problems if problem.severity in severities)})
    wrong = any(problem.severity == "error" for problem in shown)
    return Outcome(
        problems=tuple(shown),
        results=tuple(sorted(results)),
        others=tuple(others),
        files=tuple(names),
        code=2 if unread else int(wrong),
    )


def problems_in(project: Project, paths: tuple[Path, ...], against: bool) -> tuple[Problem, ...]:
    """What is wrong in `paths`, or in the whole project where there are none.

    With `against`, references are looked up in the saved graph. Raises as `examine` does.
    """
    options = dict.fromkeys(("engine", "input_format", "shapes"))
    saved = open_graph(project) if against and paths else None
    return examine(
        project, paths, options | {"focus": (), "severity": "warning"}, saved, b""
    ).problems


def stamp(project: Project, paths: tuple[Path, ...]) -> object:
    """Something that changes whenever a file that is checked does."""
    folders = (project.data, project.ontology, project.queries)
    watched = list(named_files(paths)) if paths else [p for f in folders for p in f.rglob("*.*")]
    return [(path, path.stat().st_mtime_ns) for path in watched if path.is_file()]


def _project(project: Project, ontology: Ontology, options: dict[str, Any]) -> Outcome:
    """The whole project, as the build checks it."""
    names = tuple(project.relative(path) for path in home_files(project, project.data))
    try:
        checked = _checked_project(project, ontology, options["engine"])
    except ContentError as error:
        return Outcome(error.problems, (), error.problems, names, 1)
    return Outcome(checked.warnings, (), checked.warnings, names, 0, checked)


def _checked_project(project: Project, ontology: Ontology, engine: str | None) -> Checked:
    """Where there is a saved graph, only what has changed since is read and checked."""
    try:
        with _changed(project, ontology) as change:
            return check_change(change, open_gate(project, ontology), engine)
    except (WholeError, UsageError):
        return check_graph(build_graph(read_records(project), ontology), ontology, project, engine)


@contextmanager
def _changed(
    project: Project, ontology: Ontology, guests: Iterable[File] = (), lenient: bool = False
) -> Iterator[Change]:
    """What has changed since the last build, as `read_change` gives it; nothing of it is saved.

    Raises UsageError at the end where the last build is damaged.
    """
    saved = open_graph(project)
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as work,
        Beside(saved.generation.check) as checking,
    ):
        try:
            changes = news(project, saved.folder)
            yield read_change(project, ontology, saved, Path(work), changes, guests, lenient)
        finally:
            checking.result()  # what a damaged build led to does not count


def _records(
    project: Project, ontology: Ontology, paths: list[Path], stdin: bytes, options: dict[str, Any]
) -> list[Problem]:
    """What is wrong with the records in these files, among the others of the project.

    The shapes are asked of those that can be mapped, whatever is wrong with the others. Shapes of
    one's own are asked alone: the checks go with the project's.
    """
    guests: list[File] = []
    names: dict[str, str] = {}
    for path in paths:
        name = _name(path)
        if name == "stdin":
            guests.append(stdin)
            names[name] = name
        elif _is_home(project, path.resolve()):
            names[project.relative(path.resolve())] = name
        else:
            guests.append(path)
            names[project.relative(path)] = name
    records, unmapped, checked = _checked(project, ontology, guests, options)
    own = ("check:", "duplicate") if options["shapes"] else ()
    problems = [*unmapped, *(problem for problem in checked if not problem.rule.startswith(own))]
    if options["focus"]:
        ids = {local_name(iri) for iri in options["focus"]}
        rest = {extent(record.position) for record in records if record.id not in ids}
        problems = [problem for problem in problems if extent(problem.position) not in rest]
    return [
        replace(problem, position=problem.position._replace(path=names[problem.position.path]))
        for problem in problems
        if problem.position.path in names
    ]


def _checked(
    project: Project, ontology: Ontology, guests: list[File], options: dict[str, Any]
) -> tuple[tuple[Record, ...], tuple[Problem, ...], tuple[Problem, ...]]:
    """Records that were read, what kept some from being mapped, and what is wrong with the rest.

    Where there is a saved graph only what differs from it is read, and what that touches checked.
    """
    try:
        if options["shapes"]:
            raise WholeError("the index is that of the project's shapes")
        with _changed(project, ontology, guests, lenient=True) as change:
            gate = open_gate(project, ontology)
            run = functools.partial(check_change, change, gate, options["engine"])
            return change.records, change.problems, _told(run)
    except (WholeError, UsageError):
        records = read_records(project, guests)
    try:
        built = build_graph(records, ontology)
        problems: tuple[Problem, ...] = ()
    except ContentError as error:
        problems = error.problems
        built = build_graph(without(records, problems), ontology)
    run = functools.partial(check_graph, built, ontology, project, options["engine"])
    return records.records, problems, _told(run)


def _told(run: Callable[[], Checked]) -> tuple[Problem, ...]:
    try:
        return run().warnings
    except ContentError as error:
        return error.problems


def _name(path: Path) -> str:
    """What messages call a file."""
    return "stdin" if str(path) == "-" else path.as_posix()


def _is_home(project: Project, path: Path) -> bool:
    """Whether a build reads this file: a record, a source or the ledger of the project."""
    data = project.data
    folders = (data / "records", data / "sources")
    return path == data / "ledger.yml" or any(path.is_relative_to(folder) for folder in folders)


def _document(path: Path, name: str, form: str, stdin: bytes) -> Document:
    if str(path) == "-":
        return read_document(stdin, name, form)
    if path.stat().st_size > LARGEST:
        message = f"the file has {path.stat().st_size // 2**20:,} MB"
        fix = f"split it: a file of {LARGEST // 2**20:,} MB is read at most"
        raise ContentError([breach("file-size", Position(name), message, fix)])
    try:
        return read_document(read_file(path, LARGEST), name, form)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None


def _shapes(path: Path | None) -> str | None:
    """Shapes of one's own as N-Triples; None for the project's."""
    if path is None:
        return None
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    form = form_of(path, None)
    if form == "record":
        raise UsageError(f"{path} is no file of shapes: shapes are RDF, such as Turtle")
    document = read_document(read_file(path, LARGEST), path.as_posix(), form)
    return "\n".join(sorted(set(document.lines())))
