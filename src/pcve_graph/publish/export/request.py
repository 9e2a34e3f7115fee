"""An export as the arguments of `pcve export` ask for it: the file, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...graph.settings import read_settings
from ...graph.store import StoredGraph
from ...model.problems import NothingToWriteError, OptionError
from ...model.project import Project
from ...model.schema import Ontology
from ...model.suggest import did_you_mean
from ...search.search import saved_index
from .formats import FORMATS, ExportFormat, export_format
from .select import read_filter, select_part
from .shapes import SHAPES_FORMATS, write_shapes
from .subset import GraphPart, whole_graph

SEPARATORS: Final = (",", ";")
"""What separates the cells of CSV for Excel."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The arguments of `pcve export`, as typed; what is empty is not set.

    Raises UsageError for an unknown format, and for arguments that a format does not have.
    """

    form: str
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    topic: str = ""
    country: str = ""
    excel: bool = False
    separator: str = ""
    by_event: bool = False

    def __post_init__(self) -> None:
        titles = export_titles()
        if self.form not in titles:
            hint = did_you_mean(self.form, titles) or "the formats are " + ", ".join(titles)
            raise OptionError("unknown format {form!r}; {hint}", form=self.form, hint=hint)
        if self.separator not in ("", *SEPARATORS):
            choices = " or ".join(SEPARATORS)
            raise OptionError(f"--separator must be {choices}, not {{sign!r}}", sign=self.separator)
        if self.form not in SHAPES_FORMATS:
            export_format(self.form, self.excel, self.separator, self.by_event)
        elif any((self.selects, self.excel, self.separator, self.by_event)):
            raise OptionError(f"{self.form} writes shapes, which options cannot select a part of")

    @property
    def selects(self) -> bool:
        """Whether a part is selected."""
        return any((self.kinds, self.since, self.until, self.topic, self.country))

    @property
    def format(self) -> ExportFormat | None:
        """The format with its options; None for shapes."""
        if self.form in SHAPES_FORMATS:
            return None
        return export_format(self.form, self.excel, self.separator, self.by_event)


def export_titles() -> dict[str, str]:
    """What each format is, in one line, by its name."""
    return {name: form.title for name, form in FORMATS.items()} | SHAPES_FORMATS


def answer_export(
    project: Project, saved: StoredGraph, ontology: Ontology, request: ExportRequest
) -> tuple[bytes, tuple[str, ...]]:
    """The content of the file, and notes: what was selected, and what the format leaves out.

    Raises UsageError for an unknown name or date, NothingToWriteError where nothing is selected or
    the format represents nothing of it, MissingLibraryError where a library is not installed.
    """
    form = request.format
    if form is None:
        return write_shapes(ontology, request.form), ()
    whole = whole_graph(saved, read_settings(project))
    part, notes = _part(whole, saved, form, ontology, request)
    try:
        content = form.write(part, ontology)
    except NothingToWriteError as error:
        reasons = part.selection.notes(form.kinds) if part.selection else ()
        raise NothingToWriteError("; ".join([str(error), *reasons])) from None
    return content, notes + (form.left_out(part, ontology) if form.left_out else ())


def _part(
    whole: GraphPart,
    saved: StoredGraph,
    form: ExportFormat,
    ontology: Ontology,
    request: ExportRequest,
) -> tuple[GraphPart, tuple[str, ...]]:
    if not request.selects:
        return whole, ()
    choice = read_filter(
        ontology,
        saved_index(saved),
        request.kinds,
        request.since,
        request.until,
        request.topic,
        request.country,
    )
    form.require_kinds(choice)
    part = select_part(whole, ontology, choice)
    part = form.judge(part, ontology) if form.judge else part
    number, every = (sum(map(len, graphs.graphs.values())) for graphs in (part, whole))
    words = "statement" if number == 1 else "statements"
    notes = part.selection.notes(form.kinds) if part.selection else ()
    return part, (f"selected {number:,} {words} of {every:,}", *notes)
