"""The facts behind the rows of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph.store import open_graph
from ..model.project import Project
from ..model.terms import Term
from ..query.execute import ResultTable
from ..query.why_render import explained_rows, reasons_text
from .reports import Reasons


def explain_rows(
    project: Project,
    text: str,
    bindings: Mapping[str, Term],
    table: ResultTable,
    number: int | None,
) -> Reasons:
    """The facts behind the rows of `table`, the answer to `text`; behind one row for a `number`.

    Runs in the process. Raises UsageError for a number that no row has.
    """
    store = open_graph(project).store
    rows = explained_rows(store, text, bindings, table, number)
    return Reasons(reasons_text(store, rows), tuple(row.reasons for row in rows))
