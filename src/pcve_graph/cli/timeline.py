"""`pcve timeline`: projects and events over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .console import OUTPUT, handle_errors, text_width_for, write_result
from .context import FORMAT, PICTURE, open_or_build, project_of, scope_options, scope_request


@click.command()
@scope_options
@click.option("--country", default="", metavar="NAME", help="Only in this country or region.")
@click.option("--kind", default="all", metavar="KIND", help="all (default), project, event.")
@click.option("--trend", is_flag=True, help="Show the number and share of each topic by year.")
@FORMAT
@PICTURE
@OUTPUT
@click.pass_context
@handle_errors
def timeline(
    context: click.Context,
    /,
    form: str,
    picture: Path | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Show projects and events over time, and how topics shifted.

    The number of sources for each year is shown as well, so that gaps in what was collected are
    not mistaken for a trend.

    \b
    Examples:
      pcve timeline --topic prisons
      pcve timeline --country Албанија --since 2018
      pcve timeline --trend --picture trend.svg
    """
    from ..analysis.opened import AnalysisGraph
    from ..analysis.timeline_request import TimelineRequest, answer_timeline

    project = project_of(context)
    request = TimelineRequest(scope_request(options), **options)
    answer = answer_timeline(AnalysisGraph(project, open_or_build(project)), request)
    if picture:
        write_result(answer.picture(picture.suffix), picture, picture.suffix, last=False)
        if output is None and form == "text":
            return
    write_result(answer.render(form, text_width_for(output)), output, form)
