"""`pcve export`: writes the graph, or a part of it, in one of many formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from ..model.problems import UsageError
from .console import (
    OUTPUT,
    handle_errors,
    on_terminal,
    progress_of,
    quantity,
    write_lines,
    write_messages,
    write_result,
)
from .context import open_or_build, project_of

if TYPE_CHECKING:
    from ..graph.store import StoredGraph
    from ..model.schema import Ontology
    from ..publish.export.formats import ExportFormat
    from ..publish.export.subset import GraphPart


class Selection(TypedDict):
    """The options that select a part, as typed; empty if not set."""

    kinds: tuple[str, ...]
    since: str
    until: str
    topic: str
    country: str


@click.command()
@click.argument("form", metavar="[FORMAT]", default="")
@click.option("--list", "listed", is_flag=True, help="List the formats.")
@click.option(
    "--only",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Only this kind, such as event; repeatable.",
)
@click.option(
    "--since", default="", metavar="DATE", help="Only what was under way on or after DATE."
)
@click.option(
    "--until", default="", metavar="DATE", help="Only what was under way on or before DATE."
)
@click.option(
    "--topic", default="", metavar="TOPIC", help="Only what is about this topic or a narrower one."
)
@click.option("--country", default="", metavar="NAME", help="Only what is or was in this country.")
@click.option("--excel", is_flag=True, help="csv: as Excel opens it, without formulas.")
@click.option(
    "--separator",
    type=click.Choice([",", ";"]),
    default=None,
    help="csv with --excel: ; for an Excel whose decimal sign is a comma.",
)
@click.option("--by-event", is_flag=True, help="geojson: one feature an event, not a place.")
@OUTPUT
@click.pass_context
@handle_errors
def export(
    context: click.Context,
    form: str,
    listed: bool,
    output: Path | None,
    excel: bool,
    separator: str | None,
    by_event: bool,
    **options: Unpack[Selection],
) -> None:
    """Write the graph, or a part of it, in one of many formats.

    Without FORMAT the formats are listed. A part is what matches all options; DATE is a day, month
    or year; topics and countries may be given by any name. A part includes its claims, their
    sources, and the labels of what it refers to. The formats shacl and shacl-... write the shapes,
    for other SHACL engines. Where nothing is left to write, no file is, and the exit code is 1.

    \b
    Examples:
      pcve export turtle -o pcve.ttl
      pcve export ics --topic returnees --since 2020 -o events.ics
      pcve export csv --only project --country Albania -o projects.zip
      pcve export csv --excel --separator ";" -o for-excel.zip
      pcve export geojson --by-event --since 2020 -o events.geojson
    """
    from ..graph.ontology import read_ontology
    from ..graph.settings import read_settings
    from ..model.suggest import did_you_mean
    from ..publish.export.formats import FORMATS, export_format
    from ..publish.export.shapes import SHAPES_FORMATS, write_shapes
    from ..publish.export.subset import whole_graph

    titles = {name: export_format.title for name, export_format in FORMATS.items()} | SHAPES_FORMATS
    if listed or not form:
        width = max(map(len, titles))
        write_lines(*(f"{name:<{width}}  {title}" for name, title in titles.items()))
        return
    if form in SHAPES_FORMATS:
        if any((*options.values(), excel, separator, by_event)):
            raise UsageError(f"{form} writes shapes, which options cannot select a part of")
        write_result(write_shapes(read_ontology(project_of(context)), form), output, form)
        return
    if form not in FORMATS:
        hint = did_you_mean(form, titles) or "the formats are " + ", ".join(titles)
        raise UsageError(f"unknown format {form!r}; {hint}")
    chosen = export_format(form, excel, separator or "", by_event)
    if chosen.binary and output is None and on_terminal():
        name = f"pcve{chosen.suffix}"
        raise UsageError(f"refusing to write binary output ({form}) to a terminal; use -o {name}")
    project = project_of(context)
    saved = open_or_build(project)
    ontology = read_ontology(project)
    part = _part(whole_graph(saved, read_settings(project)), saved, chosen, ontology, options)
    with progress_of(f"writing {form}"):
        content = chosen.write(part, ontology)
    if chosen.left_out:
        write_messages(*chosen.left_out(part, ontology))
    write_result(content, output, form)


def _part(
    part: GraphPart,
    saved: StoredGraph,
    form: ExportFormat,
    ontology: Ontology,
    options: Selection,
) -> GraphPart:
    if not any(options.values()):
        return part
    from ..publish.export.select import read_filter, select_part
    from ..query.search import saved_index

    choice = read_filter(ontology, saved_index(saved), **options)
    form.require_kinds(choice)
    selected = select_part(part, ontology, choice)
    lines = quantity(sum(map(len, selected.graphs.values())), "statement")
    write_messages(f"selected {lines} of {sum(map(len, part.graphs.values())):,}")
    return selected
