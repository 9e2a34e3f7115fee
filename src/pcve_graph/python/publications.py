"""The methods of `KnowledgeGraph` that compare states of the graph and write it to files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ..graph.ontology import read_ontology
from ..graph.store import open_graph
from ..model.calls import names_checked
from ..model.limits import COMMAND_SECONDS, MEMORY_BYTES
from ..model.project import Project
from .arguments import Day, check_type, day_text, flag, optional_text, texts
from .opened_graph import OpenedGraph, read_bounds
from .reports import Difference, ExportedFile

if TYPE_CHECKING:
    from ..publish.export.request import ExportRequest


class Publications(OpenedGraph):
    """Differences between states, and exports of the saved graph."""

    @names_checked
    def diff(
        self,
        old: str | Path = "HEAD",
        new: str | Path | None = None,
        *,
        brief: bool = False,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> Difference:
        """What changed between two states of the graph, as `pcve diff` reports it.

        A state is a project folder, a build folder, a release, or a git revision of the project;
        without `new`, the current files of the project. The text is the counts alone if `brief`.
        Raises UsageError for a state that cannot be read, and where the comparison was stopped;
        ContentError for files that do not build.

        >>> kg.diff("v0.1.0", "v0.2.0").counts  # doctest: +SKIP
        """
        check_type("old", old, str, Path)
        if new is not None:
            check_type("new", new, str, Path)
        states = str(old), "" if new is None else str(new)
        bounds = read_bounds(timeout, memory)
        arguments = (self.project, *states, flag("brief", brief))
        return self._bounded(_difference, *arguments, name="diff", bounds=bounds)

    @names_checked
    def export(
        self,
        form: str,
        *,
        only: str | Collection[str] = (),
        since: Day = None,
        until: Day = None,
        topic: str | None = None,
        country: str | None = None,
        excel: bool = False,
        separator: str | None = None,
        by_event: bool = False,
        output: str | Path | None = None,
        timeout: float = COMMAND_SECONDS,
        memory: int | str = MEMORY_BYTES,
    ) -> ExportedFile:
        """The graph, or the part of it that matches all arguments, as `pcve export` writes it.

        `form` is one of the formats of `pcve export`; `only` is one or several kinds, such as
        `event`. The `notes` of the result say what was selected and what is left out. With
        `output`, the file is written too. Raises UsageError for an unknown format, kind, name or
        date, for a server, where nothing matches, and where an optional library is not installed.

        >>> kg.export("csv", only="project", country="Albania", output="p.zip")  # doctest: +SKIP
        """
        from ..publish.export.request import ExportRequest

        self._require_saved("export")
        check_type("form", form, str)
        if output is not None:
            check_type("output", output, str, Path)
        request = ExportRequest(
            form,
            texts("only", only),
            day_text("since", since),
            day_text("until", until),
            optional_text("topic", topic),
            optional_text("country", country),
            flag("excel", excel),
            optional_text("separator", separator),
            flag("by_event", by_event),
        )
        bounds = read_bounds(timeout, memory)
        exported = self._bounded(_export, self.project, request, name="export", bounds=bounds)
        if output is not None:
            exported.save(output)
        return exported


def _difference(project: Project, old: str, new: str, brief: bool) -> Difference:
    """Runs in the process."""
    from ..pipeline import build_project
    from ..publish.diff.render import DIFF_FORMATS, as_counts
    from ..publish.diff.request import differences

    with differences(old, new, project, build_project) as diff:
        formats = {name: render(diff) for name, render in DIFF_FORMATS.items()}
        text = as_counts(diff) if brief else formats["text"]
        counts = {**diff.kinds(), "unchanged": len(diff.unchanged)}
        return Difference(text, counts, diff.reasons(), formats)


def _export(project: Project, request: ExportRequest) -> ExportedFile:
    """Runs in the process."""
    from ..publish.export.request import answer_export

    content, notes = answer_export(project, open_graph(project), read_ontology(project), request)
    return ExportedFile(request.form, content, notes)
