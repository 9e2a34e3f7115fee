"""`pcve export`: writes the graph, or a part of it, in one of many formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..model.problems import UsageError
from .console import (
    OUTPUT,
    handle_errors,
    on_terminal,
    progress_of,
    write_lines,
    write_messages,
    write_result,
)
from .context import open_or_build, project_of


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
    "--since",
    default="",
    metavar="DATE",
    help="Only what was or may have been under way from DATE.",
)
@click.option(
    "--until", default="", metavar="DATE", help="Only what was or may have been under way by DATE."
)
@click.option(
    "--topic", default="", metavar="TOPIC", help="Only what is about this topic or a narrower one."
)
@click.option("--country", default="", metavar="NAME", help="Only what is or was in this country.")
@click.option("--excel", is_flag=True, help="csv: as Excel opens it, without formulas.")
@click.option(
    "--separator",
    type=click.Choice([",", ";"]),
    help="csv with --excel: ; for an Excel whose decimal sign is a comma.",
)
@click.option("--by-event", is_flag=True, help="geojson: one feature an event, not a place.")
@OUTPUT
@click.pass_context
@handle_errors
def export(
    context: click.Context,
    /,
    form: str,
    listed: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Write the graph, or a part of it, in one of many formats.

    Without FORMAT the formats are listed. A part is what matches all options; DATE is a day, month
    or year; topics and countries may be given by any name. What may be in the period by its dates
    is included and counted on stderr; what has no date is left out. A part includes its claims,
    their sources, and the labels of what it refers to. The formats shacl and shacl-... write the
    shapes, for other SHACL engines. Where nothing is left to write, no file is, and the exit code
    is 1.

    \b
    Examples:
      pcve export turtle -o pcve.ttl
      pcve export ics --topic returnees --since 2020 -o events.ics
      pcve export csv --only project --country Albania -o projects.zip
      pcve export csv --excel --separator ";" -o for-excel.zip
      pcve export geojson --by-event --since 2020 -o events.geojson
    """
    from ..graph.ontology import read_ontology
    from ..publish.export.request import ExportRequest, answer_export, export_titles
    from ..publish.export.shapes import write_shapes

    if listed or not form:
        titles = export_titles()
        width = max(map(len, titles))
        write_lines(*(f"{name:<{width}}  {title}" for name, title in titles.items()))
        return
    request = ExportRequest(form, **{**options, "separator": options["separator"] or ""})
    if request.format and request.format.binary and output is None and on_terminal():
        name = f"pcve{request.format.suffix}"
        raise UsageError(f"refusing to write binary output ({form}) to a terminal; use -o {name}")
    project = project_of(context)
    ontology = read_ontology(project)
    if request.format is None:  # shapes, which need no graph
        write_result(write_shapes(ontology, form), output, form)
        return
    saved = open_or_build(project)
    with progress_of(f"writing {form}"):
        content, notes = answer_export(project, saved, ontology, request)
    write_messages(*notes)
    write_result(content, output, form)
