"""`pcve timeline`: projects and events over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..model.problems import UsageError
from .console import OUTPUT, handle_errors, write_result
from .context import FORMAT, PICTURE, project_of, scope_options
from .coverage import AnalysisGraph


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
    from ..analysis.tables import render_table
    from ..analysis.timeline import build_timeline as timeline_of
    from ..analysis.timeline import read_source_coverage, timeline_table, timeline_text, trend_table
    from ..model.suggest import did_you_mean

    kinds = {"all": ("project", "event"), "project": ("project",), "event": ("event",)}
    if kind not in kinds:
        hint = did_you_mean(kind, kinds)
        raise UsageError(
            f"--kind must be one of all, project, event, not {kind!r}" + (hint and f"; {hint}")
        )
    graph = AnalysisGraph(project_of(context))
    scope = graph.scope(options)
    collected = read_source_coverage(graph.project, graph.store, graph.landscape)
    result = timeline_of(graph.landscape, collected, scope, kinds[kind])
    where = graph.landscape, graph.store
    matrix = graph.matrix(scope, "topic", "actors") if trend else None
    if picture:
        from ..analysis.charts import timeline_chart, trend_chart

        drawn = (
            trend_chart(*where, matrix, result, scope, picture.suffix)
            if matrix
            else timeline_chart(*where, result, scope, picture.suffix)
        )
        write_result(drawn, picture, picture.suffix)
        if output is None and form == "text":
            return
    if matrix:
        write_result(render_table(trend_table(*where, matrix, result, scope), form), output, form)
    elif form == "text":
        write_result(timeline_text(*where, result, scope), output)
    else:
        write_result(render_table(timeline_table(*where, result, scope), form), output, form)
