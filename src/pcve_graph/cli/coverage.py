"""`pcve coverage`: who works where on what, and where nothing is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .bounds import COUNT
from .console import OUTPUT, handle_errors, text_width_for, write_result
from .context import FORMAT, PICTURE, open_or_build, project_of, scope_options, scope_request


@click.command()
@click.option(
    "--by",
    default="topic",
    metavar="AXIS",
    help="Columns: topic (default), pillar, group, funder, year.",
)
@click.option(
    "--count",
    default="projects",
    metavar="WHAT",
    help="Count projects (default), events, actors, money.",
)
@scope_options
@click.option(
    "--cell",
    default="",
    metavar="ROW/COLUMN",
    help="Show the works of one cell with their evidence.",
)
@click.option(
    "--gaps", is_flag=True, help="List what was searched and not found, and what was not searched."
)
@click.option(
    "--needs",
    is_flag=True,
    help="Compare the needs on record with the projects that respond to them.",
)
@click.option("--country", default="", metavar="NAME", help="With --needs: only of this economy.")
@click.option(
    "--all-topics",
    is_flag=True,
    help="All topics or target groups, not only the broadest; --topic has its narrower ones.",
)
@click.option(
    "--limit",
    type=COUNT,
    default=10,
    show_default=True,
    help="Topics that --gaps lists; 0 for all.",
)
@FORMAT
@PICTURE
@OUTPUT
@click.pass_context
@handle_errors
def coverage(
    context: click.Context,
    /,
    form: str,
    picture: Path | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Show who works where on what, and where there is no record.

    A cell without a record shows 0 if it was searched, else a dot, which is not proof of no
    activity. NAME is an id, or any name of the thing in any script.

    \b
    Examples:
      pcve coverage
      pcve coverage --topic prisons --count events
      pcve coverage --cell albania/prisons
      pcve coverage --gaps --as-of 2024-06-01
      pcve coverage --needs --pillar prevent
      pcve coverage --by year --format xlsx -o coverage.xlsx
    """
    from ..analysis.coverage.request import CoverageRequest, answer_coverage
    from ..analysis.opened import AnalysisGraph

    scope = scope_request(options)
    request = CoverageRequest(scope, picture=picture is not None, **options)
    project = project_of(context)
    answer = answer_coverage(AnalysisGraph(project, open_or_build(project)), request)
    if picture:
        write_result(answer.picture(picture.suffix), picture, picture.suffix, last=False)
        if output is None and form == "text":
            return
    write_result(answer.render(form, text_width_for(output)), output, form)
