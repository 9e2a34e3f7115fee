"""`pcve overlaps`: projects that do the same, and events that are back to back or collide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .bounds import COUNT, SHARE
from .console import OUTPUT, handle_errors, text_width_for, write_result
from .context import open_or_build, project_of


@click.command()
@click.option("--country", default="", metavar="NAME", help="Only pairs in this country or region.")
@click.option(
    "--topic", default="", metavar="NAME", help="Only pairs on this topic or narrower ones."
)
@click.option(
    "--funder", default="", metavar="NAME", help="Only pairs this body funds one or both of."
)
@click.option(
    "--since", default="", metavar="DATE", help="Only pairs that overlap on or after DATE."
)
@click.option(
    "--until", default="", metavar="DATE", help="Only pairs that overlap on or before DATE."
)
@click.option("--kind", default="all", metavar="KIND", help="all (default), project, event.")
@click.option("--min-score", type=SHARE, metavar="S", help="The lowest score, from 0 to 1.")
@click.option("--related", is_flag=True, help="Also list all related pairs.")
@click.option(
    "--limit", type=COUNT, default=10, show_default=True, help="Pairs of a verdict; 0 for all."
)
@click.option(
    "--format",
    "form",
    default="text",
    metavar="FORMAT",
    help="text (default), table, csv, xlsx, markdown, json, turtle; all but text have all pairs.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw a diagram to FILE.svg or FILE.png (extra: pictures).",
)
@OUTPUT
@click.pass_context
@handle_errors
def overlaps(
    context: click.Context,
    /,
    form: str,
    picture: Path | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Find who does the same work in the same place at the same time.

    Each pair has a score, its parts, a reason and evidence. Successors, parts of one umbrella and
    editions of one series are related, not overlapping; pairs that a missing date or place leaves
    undecided are listed separately. docs/overlap-score.md explains the score.

    \b
    Examples:
      pcve overlaps --country Albania
      pcve overlaps --topic prisons --since 2019 --kind project
      pcve overlaps --funder "European Union" --format xlsx -o overlaps.xlsx
    """
    from ..analysis.opened import AnalysisGraph
    from ..analysis.options import check_choice
    from ..analysis.overlaps.request import OVERLAP_FORMATS, OverlapRequest, answer_overlaps

    check_choice("--format", form, OVERLAP_FORMATS)
    project = project_of(context)
    answer = answer_overlaps(
        AnalysisGraph(project, open_or_build(project)), OverlapRequest(**options)
    )
    if picture:
        write_result(answer.picture(picture.suffix), picture, picture.suffix, last=False)
        if output is None and form == "text":
            return
    write_result(answer.render(form, text_width_for(output)), output, form)
