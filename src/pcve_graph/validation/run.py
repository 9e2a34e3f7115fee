"""What `pcve validate` runs: all files are validated, even if some cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypedDict

from ..graph.ontology import read_ontology
from ..graph.settings import read_settings
from ..graph.store import StoredGraph
from ..model.problems import (
    SEVERITIES,
    ContentError,
    Position,
    Problem,
    ShaclResult,
    rule_problem,
)
from ..model.project import Project
from ..model.schema import Ontology
from ..model.terms import from_iri
from ..records.files import project_files
from ..system.files import read_file
from ..system.sandbox import inside
from .checked_things import CheckedThings
from .claim_index import ClaimIndex
from .document_check import DocumentReport, check_document
from .documents import LARGEST, Document, read_document
from .empty_documents import empty_problems
from .gate import Checked
from .input_files import check_input_format, form_of, name_of, named_files
from .project_rules import ProjectRules
from .record_check import check_project, check_record_files
from .record_counts import count_project
from .shapes_file import Shapes, read_shapes
from .supplied_contexts import SuppliedContexts


class ValidationOptions(TypedDict):
    """The options of `pcve validate` that select what is validated, and by what.

    None stands for the default: the engine by what is installed, the format by the name of each
    file, the project's shapes.
    """

    engine: str | None
    input_format: str | None
    shapes: tuple[Path, ...]
    ontologies: tuple[Path, ...]
    advanced: bool
    focus: tuple[str, ...]
    severity: str
    context: tuple[str, ...]
    require_checked: bool
    require_claims: bool


@dataclass(frozen=True)
class Outcome:
    """The outcome of `pcve validate`: `code` is the exit code, `checked` the graph of the project.

    `others` are the problems that are not SHACL results. `things` has what was checked in each file
    that could be read; for the project, in all of its files together.
    """

    problems: tuple[Problem, ...]
    results: tuple[ShaclResult, ...]
    others: tuple[Problem, ...]
    files: tuple[str, ...]
    code: int
    checked: Checked | None = None
    things: tuple[CheckedThings, ...] = ()


def validate_paths(
    project: Project,
    paths: tuple[Path, ...],
    options: ValidationOptions,
    saved: StoredGraph | None,
    stdin: bytes,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Validate `paths`, or the whole project if there are none.

    `progress` gets lines on what is done with large files. A path that cannot be read is a problem,
    and does not stop the others. Raises UsageError for an unknown format.
    """
    ontology = read_ontology(project)
    if not paths:
        return _validate_project(project, ontology, options)
    check_input_format(options["input_format"])
    contexts = SuppliedContexts(project, options["context"])
    try:
        own = _shapes(options, contexts)
    except ContentError as error:
        files = tuple(path.as_posix() for path in (*options["shapes"], *options["ontologies"]))
        return Outcome(error.problems, (), error.problems, files, 2)
    problems: list[Problem] = []
    checks = _DocumentChecks(project, ontology, own, saved, options, progress)
    refused: list[ContentError] = []
    reports: list[DocumentReport] = []
    names, records = list[str](), list[Path]()
    of_folders: list[Problem] = []
    for path in named_files(paths, refused.append, of_folders.append):
        name = name_of(path)
        names.append(name)
        inside.report_task(f"checking {name}")
        try:
            form = form_of(path, options["input_format"])
            if form == "record":
                records.append(path)
            else:
                reports += checks.reports(_document(path, name, form, stdin, contexts))
        except ContentError as error:
            refused.append(error)
    things = [report.checked for report in reports if report.checked]
    others = [problem for error in refused for problem in error.problems]
    if own:  # a warning on the shapes is no result on the data, so no part of their report
        problems += (problem for problem in own.problems if problem.severity != "error")
        others += (problem for problem in own.problems if problem.severity == "error")
    if records:
        inside.report_task("checking " + (names[0] if len(names) == 1 else "the records"))
        mine = ontology if own is None else _with_shapes(ontology, own)
        of_records, checked = check_record_files(
            project, mine, records, stdin, options["engine"], options["focus"], own is not None
        )
        others += of_records
        things += checked
    problems += (problem for report in reports for problem in report.problems)
    problems += _as_required(of_folders, options["require_checked"])
    results = [result for report in reports for result in report.results]
    unread = bool(refused) or (own is not None and own.faulty)
    outcome = _outcome(problems, others, results, names, options["severity"], unread)
    return replace(outcome, things=tuple(sorted(things, key=lambda part: part.path)))


_UNCHECKED: Final = ("absent-focus", "nothing-checked")
"""The rules on what was not checked at all; no shape has them, so as errors they are no results."""


def _as_required(problems: list[Problem], required: bool) -> list[Problem]:
    """`problems`; if `required`, that nothing was checked is an error."""
    return [
        replace(problem, severity="error")
        if required and problem.rule == "nothing-checked"
        else problem
        for problem in problems
    ]


_CRATE = "ro-crate-metadata.json"
"""The name of a file whose relative IRIs are those of its folder (RO-Crate 1.1, root)."""


class _DocumentChecks:
    """What is applied to each RDF document: shapes and, if they are the project's, its rules."""

    def __init__(
        self,
        project: Project,
        ontology: Ontology,
        own: Shapes | None,
        saved: StoredGraph | None,
        options: ValidationOptions,
        progress: Callable[[str], None] | None,
    ) -> None:
        self.progress = progress
        self.ontology, self.own, self.saved, self.options = ontology, own, saved, options
        self._rules = ProjectRules(project, ontology, saved, options["require_claims"])

    def reports(self, document: Document) -> Iterator[DocumentReport]:
        """The reports on a document; a relative IRI without a base is a warning.

        Raises ContentError as `Document.lines` does for any other fault.
        """
        document = replace(document, progress=self.progress)
        relative: tuple[Problem, ...] = ()
        try:
            report, claims = self._report(document)
        except ContentError as error:
            if any(problem.rule != "relative-iri" for problem in error.problems):
                raise
            if Path(document.name).name != _CRATE:
                relative = tuple(replace(row, severity="warning") for row in error.problems)
            document = replace(document, based=True)
            report, claims = self._report(document)
        yield replace(report, problems=(*report.problems, *empty_problems(document), *relative))
        if claims:
            inside.release_memory()
            yield self._rules.check(document, claims, self.options["focus"])

    def _report(self, document: Document) -> tuple[DocumentReport, ClaimIndex | None]:
        """The report of the shapes, and the claims if the rules of the project apply."""
        shapes, hierarchy = (self.own.lines, self.own.hierarchy) if self.own else (None, ())
        focus = self.options["focus"]
        claims = None if self.own else ClaimIndex(self.ontology, set(map(from_iri, focus)))
        report = check_document(
            document,
            self.ontology,
            shapes,
            self.saved,
            self.options["engine"],
            focus,
            self.options["require_checked"],
            hierarchy,
            claims,
            self.own.stated if self.own else None,
        )
        return report, claims


def _outcome(
    problems: list[Problem],
    others: list[Problem],
    results: list[ShaclResult],
    names: list[str],
    severity: str,
    unread: bool,
) -> Outcome:
    """The outcome with all problems down to `severity`, sorted."""
    severities = SEVERITIES[: SEVERITIES.index(severity) + 1]
    others += (row for row in problems if row.rule in _UNCHECKED and row.severity == "error")
    others = sorted({problem for problem in others if problem.severity in severities})
    of_others = set(others)
    shown = sorted(
        [
            *others,
            *(row for row in problems if row.severity in severities and row not in of_others),
        ]
    )
    wrong = any(problem.severity == "error" for problem in shown)
    return Outcome(
        problems=tuple(shown),
        results=tuple(sorted(results)),
        others=tuple(others),
        files=tuple(names),
        code=2 if unread else int(wrong),
    )


def modification_times(project: Project, paths: tuple[Path, ...]) -> object:
    """Paths and modification times (ns) of the files that are validated, to compare for changes."""
    folders = (project.data, project.ontology, project.queries)
    of_project = (project.settings, *(path for f in folders for path in f.rglob("*.*")))
    watched = list(named_files(paths)) if paths else of_project
    return [(path, path.stat().st_mtime_ns) for path in watched if path.is_file()]


def _validate_project(project: Project, ontology: Ontology, options: ValidationOptions) -> Outcome:
    """The outcome for the whole project, which is validated as in a build."""
    names = tuple(project.relative(path) for path in project_files(project, project.data))
    try:
        read_settings(project)
        checked = check_project(project, ontology, options["engine"])
    except ContentError as error:
        return Outcome(error.problems, (), error.problems, names, 1)
    things = (count_project(checked.graph, ontology),)
    code = int(options["require_checked"] and not things[0].things)
    return Outcome(checked.warnings, (), checked.warnings, names, code, checked, things)


def _document(
    path: Path, name: str, form: str, stdin: bytes, contexts: SuppliedContexts
) -> Document:
    if str(path) == "-":
        return read_document(stdin, name, form, contexts.load)
    if path.stat().st_size > LARGEST:
        message = f"the file is too large ({path.stat().st_size // 2**20:,} MB)"
        fix = f"split it into files of at most {LARGEST // 2**20:,} MB"
        raise ContentError([rule_problem("file-size", Position(name), message, fix)])
    try:
        return read_document(read_file(path, LARGEST), name, form, contexts.load)
    except OSError as error:
        message, fix = f"it cannot be read: {error.strerror}", ""
        raise ContentError(
            [rule_problem("unreadable-file", Position(name), message, fix)]
        ) from None


def _with_shapes(ontology: Ontology, own: Shapes) -> Ontology:
    """`ontology` with these shapes in place of its own, and their class hierarchy."""
    terms = (*ontology.graphs["ontology"], *own.hierarchy)
    return replace(ontology, shapes=own.lines, graphs={**ontology.graphs, "ontology": terms})


def _shapes(options: ValidationOptions, contexts: SuppliedContexts) -> Shapes | None:
    """The shapes that the options name, with the class hierarchies; None for the project's.

    Raises as `read_shapes` does.
    """
    paths = options["shapes"]
    if not paths:
        return None
    inside.report_task("reading " + ", ".join(map(str, paths)))
    return read_shapes(paths, options["ontologies"], options["advanced"], contexts.load)
