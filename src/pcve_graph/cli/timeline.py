"""`pcve timeline`: projects and events over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..model.problems import UsageError
from .console import OUTPUT, guarded, put
from .context import FORMAT, PICTURE, here, scoped
from .coverage import Graph


@click.command()
@scoped
@click.option("--country", default="", metavar="NAME", help="Only in this country or region.")
@click.option("--kind", default="all", metavar="KIND", help="all (default), project, event.")
@click.option("--trend", is_flag=True, help="Show the number and share of each topic by year.")
@FORMAT
@PICTURE
@OUTPUT
@click.pass_context
@guarded
def timeline(
    context: click.Context,
    /,
    kind: str,
    trend: bool,
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
    from ..analysis.tables import written
    from ..analysis.timeline import read_collected, timeline_sheet, timeline_text, trend_sheet
    from ..analysis.timeline import timeline as timeline_of
    from ..model.suggest import nearest

    kinds = {"all": ("project", "event"), "project": ("project",), "event": ("event",)}
    if kind not in kinds:
        hint = nearest(kind, kinds)
        raise UsageError(
            f"--kind must be one of all, project, event, not {kind!r}" + (hint and f"; {hint}")
        )
    graph = Graph(here(context))
    scope = graph.scope(options)
    collected = read_collected(graph.project, graph.store, graph.landscape)
    result = timeline_of(graph.landscape, collected, scope, kinds[kind])
    where = graph.landscape, graph.store
    matrix = graph.matrix(scope, "topic", "actors") if trend else None
    if picture:
        from ..analysis.charts import time_picture, trend_picture

        drawn = (
            trend_picture(*where, matrix, result, scope, picture.suffix)
            if matrix
            else time_picture(*where, result, scope, picture.suffix)
        )
        put(drawn, picture, picture.suffix)
        if output is None and form == "text":
            return
    if matrix:
        put(written(trend_sheet(*where, matrix, result, scope), form), output, form)
    elif form == "text":
        put(timeline_text(*where, result, scope), output)
    else:
        put(written(timeline_sheet(*where, result, scope), form), output, form)
