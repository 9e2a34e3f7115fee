"""`pcve search`: finds things by their names, or by words about them."""

from __future__ import annotations

import json

import click

from ..graph.store import StoredGraph
from ..model.problems import UsageError
from ..query.parameters import read_kinds
from ..query.text_table import aligned_columns
from ..search.search import Hit, saved_index
from .bounds import COUNT
from .console import handle_errors, write_messages, write_result
from .context import open_or_build, project_of
from .query import CommandOutput


@click.command()
@click.argument("text", metavar="TEXT")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Only this kind, such as country; repeatable.",
)
@click.option(
    "--limit",
    type=COUNT,
    default=20,
    show_default=True,
    metavar="N",
    help="Stop after N results; 0 for all.",
)
@click.option("--format", "form", default="table", metavar="FORMAT", help="table (default), json.")
@click.pass_context
@handle_errors
def search(
    context: click.Context, text: str, kinds: tuple[str, ...], limit: int, form: str
) -> None:
    """Find things by any name, or by words about them.

    \b
    Examples:
      pcve search RCC
      pcve search Љубљана
      pcve search returnees --kind concept
    """

    reply = search_output(open_or_build(project_of(context)), text, kinds, limit, form)
    write_messages(*reply.messages)
    write_result(reply.text, form=reply.form)


def search_output(
    saved: StoredGraph, text: str, kinds: tuple[str, ...], limit: int, form: str
) -> CommandOutput:
    """The things that match `text`, best match first, as a table or JSON.

    Raises UsageError for an unknown kind or format.
    """
    index = saved_index(saved)
    hits = index.search(text, read_kinds(kinds, index), limit or None)
    if form == "json":
        rows = [
            {"iri": hit.iri, "id": hit.id, "kind": hit.kind, "label": hit.label}
            | {"matched": hit.field, "text": hit.text}
            for hit in hits
        ]
        return CommandOutput(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", form=form)
    if form != "table":
        raise UsageError(f"unknown format {form!r}; the formats are table, json")
    if not hits:
        return CommandOutput("", (f"no match for {text!r}",))
    return CommandOutput(
        aligned_columns([[hit.id, hit.kind, hit.label, _matched_text(hit)] for hit in hits])
    )


def _matched_text(hit: Hit) -> str:
    if hit.field in ("id", "name") and hit.text in (hit.id, hit.label):
        return ""
    words = " ".join(hit.text.split())
    short = words if len(words) <= 90 else words[:89] + "…"
    return f"{hit.field}: {short}"
