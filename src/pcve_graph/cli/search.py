"""`pcve search`: finds things by their names, their links, and words about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from ..graph.store import StoredGraph
from ..model.problems import UsageError
from ..query.search_filters import read_filters
from ..query.text_table import aligned_columns
from ..search.search import Hit, saved_index
from .bounds import COUNT
from .console import handle_errors, write_messages, write_result
from .context import open_or_build, project_of
from .query import CommandOutput

_LONGEST = 60
"""The most characters of a matching text that the table shows."""


@click.command()
@click.argument("text", metavar="[TEXT]", default="")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Only this kind, such as country; repeatable.",
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    metavar="NAME",
    help="Only what lies or takes place in this country; repeatable.",
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="NAME",
    help="Only what is about this topic or a narrower one; repeatable.",
)
@click.option(
    "--year",
    "years",
    multiple=True,
    metavar="YEAR",
    help="Only what its dates place in this year; repeatable.",
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
    context: click.Context,
    text: str,
    kinds: tuple[str, ...],
    countries: tuple[str, ...],
    topics: tuple[str, ...],
    years: tuple[str, ...],
    limit: int,
    form: str,
) -> None:
    """Find things by any name, or by words about them.

    The words may be those of what a thing is linked to: places and their countries, organisers,
    topics, years. What matches all words comes first, then what matches some. Without TEXT,
    everything that the filters take is listed.

    \b
    Examples:
      pcve search RCC
      pcve search Љубљана
      pcve search "workshop prosecutors Tirana"
      pcve search prisons --country Albania --kind project
      pcve search --topic youth --year 2022
    """

    filters = (kinds, countries, topics, years)
    reply = search_output(open_or_build(project_of(context)), text, filters, limit, form)
    write_messages(*reply.messages)
    write_result(reply.text, form=reply.form)


def search_output(
    saved: StoredGraph,
    text: str,
    filters: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    limit: int,
    form: str,
) -> CommandOutput:
    """The things that match `text`, best match first, as a table or JSON.

    `filters` are the kinds, countries, topics and years. Raises UsageError for an unknown one or an
    unknown format, and without a text and filters.
    """
    if form not in ("table", "json"):
        raise UsageError(f"unknown format {form!r}; the formats are table, json")
    if not text.strip() and not any(filters):
        raise UsageError("give words to search for, or a filter such as --kind project")
    index = saved_index(saved)
    hits = index.search(text, limit=limit or None, filters=read_filters(index, *filters))
    if form == "json":
        rows = [_json_row(hit) for hit in hits]
        return CommandOutput(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", form=form)
    if not hits:
        return CommandOutput("", (f"no match for {text!r}",) if text.strip() else ("no match",))
    messages = ("no thing has all words",) if all(hit.unmatched for hit in hits) else ()
    rows_of_cells = [[hit.id, hit.kind, hit.label, "; ".join(_reasons(hit))] for hit in hits]
    return CommandOutput(aligned_columns(rows_of_cells), messages)


def _json_row(hit: Hit) -> dict[str, object]:
    row = {"iri": hit.iri, "id": hit.id, "kind": hit.kind, "label": hit.label}
    matches = [asdict(match) | {"score": round(match.score, 4)} for match in hit.matches]
    row |= {"matched": hit.field, "text": hit.text}
    return {**row, "score": hit.score, "matches": matches, "unmatched": list(hit.unmatched)}


def _reasons(hit: Hit) -> Iterator[str]:
    """Where the words match that the id and the label do not show, and the words that do not."""
    places = {(hit.field, hit.text): None} if hit.field not in ("id", "name") else {}
    shown = hit.text.casefold()
    for match in hit.matches:
        if match.term not in shown and match.field not in ("id", "name"):
            places[match.field, match.text] = None
    for field, text in places:
        if text not in (hit.id, hit.label):
            words = " ".join(text.split())
            yield f"{field}: {words if len(words) <= _LONGEST else words[: _LONGEST - 1] + '…'}"
    if hit.unmatched:
        yield f"without {', '.join(hit.unmatched)}"
