"""An export as the arguments of `pcve export` ask for it: the file, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from ...graph.store import StoredGraph
from ...model.problems import OptionError
from ...model.schema import Ontology
from ...model.suggest import did_you_mean
from ...query.search import saved_index
from .formats import FORMATS, ExportFormat
from .select import read_filter, select_part
from .shapes import SHAPES_FORMATS, write_shapes
from .subset import GraphPart, whole_graph


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The arguments of `pcve export`, as typed; what is empty is not set."""

    form: str
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    topic: str = ""
    country: str = ""

    @property
    def selects(self) -> bool:
        """Whether a part is selected."""
        return any((self.kinds, self.since, self.until, self.topic, self.country))

    def check(self) -> None:
        """Raise OptionError for an unknown format, and for a part of the shapes."""
        if self.form in SHAPES_FORMATS and self.selects:
            raise OptionError(f"{self.form} writes shapes, which options cannot select a part of")
        titles = export_titles()
        if self.form not in titles:
            hint = did_you_mean(self.form, titles) or "the formats are " + ", ".join(titles)
            raise OptionError("unknown format {form!r}; {hint}", form=self.form, hint=hint)


def export_titles() -> dict[str, str]:
    """What each format is, in one line, by its name."""
    return {name: form.title for name, form in FORMATS.items()} | SHAPES_FORMATS


def answer_export(
    saved: StoredGraph, ontology: Ontology, request: ExportRequest
) -> tuple[bytes, tuple[str, ...]]:
    """The content of the file, and notes on what was selected.

    Raises UsageError as `check` does, for an unknown name or date, and where nothing is selected.
    """
    request.check()
    if request.form in SHAPES_FORMATS:
        return write_shapes(ontology, request.form), ()
    form = FORMATS[request.form]
    part, notes = _part(saved, form, ontology, request)
    return form.write(part, ontology), notes


def _part(
    saved: StoredGraph, form: ExportFormat, ontology: Ontology, request: ExportRequest
) -> tuple[GraphPart, tuple[str, ...]]:
    part = whole_graph(saved)
    if not request.selects:
        return part, ()
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
    selected = select_part(part, ontology, choice)
    number, every = (sum(map(len, graphs.graphs.values())) for graphs in (selected, part))
    words = "statement" if number == 1 else "statements"
    return selected, (f"selected {number:,} {words} of {every:,}",)
