"""`pcve coverage`: who works where on what, and where nothing is recorded."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..model.problems import UsageError
from .bounds import COUNT
from .console import OUTPUT, handle_errors, write_result
from .context import FORMAT, PICTURE, open_or_build, project_of, resolve_names, scope_options

if TYPE_CHECKING:
    import pyoxigraph as ox

    from ..analysis.coverage.matrix import Matrix
    from ..analysis.scope import Scope
    from ..analysis.works import Landscape
    from ..model.project import Project


_OTHER_KIND = {"projects": "events", "events": "projects"}
"""The works that gaps mention in addition to those that are counted."""


class AnalysisGraph:
    """The saved graph of a project, read for analysis, with lookup of names."""

    def __init__(self, project: Project) -> None:
        from ..analysis.load import read_landscape
        from ..graph.ontology import read_ontology

        self.project = project
        self.saved = open_or_build(project)
        self.store: ox.Store = self.saved.store
        self.landscape: Landscape = read_landscape(project, self.store)
        self.ontology = read_ontology(project)

    def resolve(self, **names: str) -> dict[str, str]:
        """The IRIs of named things, by parameter; replaced records as their replacements."""
        iris = resolve_names(self.project, self.saved, "coverage", **names)
        return self.landscape.current_iris(iris)

    def scope(self, options: dict[str, Any]) -> Scope:
        """The scope that a command's options select; they are removed from `options`."""
        from ..analysis.scope import Scope, option_period

        first, last = option_period(
            options.pop("since"), options.pop("until"), options.pop("as_of")
        )
        names = {key: options.pop(key) for key in ("topic", "group", "funder", "pillar")}
        names["country"] = options.pop("country", "")
        return Scope(**self.resolve(**names), first=first, last=last)

    def need_scope(self, options: dict[str, Any]) -> tuple[Scope, str]:
        """The scope that options select for needs, and the pillar that a source names."""
        from ..analysis.scope import Scope, option_period

        first, last = option_period(options["since"], options["until"], options["as_of"])
        names = {key: options[key] for key in ("topic", "group", "funder", "pillar", "country")}
        iris = resolve_names(self.project, self.saved, "needs", **names)
        iris = self.landscape.current_iris(iris)
        pillar = iris.pop("pillar", "")
        return Scope(**iris, first=first, last=last), pillar

    def matrix(self, scope: Scope, by: str, count: str, every: bool = False) -> Matrix:
        """The coverage matrix of a scope; `every` adds all narrower topics or groups."""
        from ..analysis.coverage.matrix import coverage_matrix, read_axis_labels

        lists = read_axis_labels(self.project, self.store, self.landscape.lists)
        return coverage_matrix(self.landscape, lists, scope, by, count, every)

    def with_searches(self, matrix: Matrix, period: Scope) -> Matrix:
        """The matrix with the searches on record that cover a cell for the days of `period`."""
        from ..analysis.coverage.searches import read_searches, with_searches

        searches = read_searches(self.project, self.store, self.landscape)
        return with_searches(self.landscape, matrix, searches, period)


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
    by: str,
    count: str,
    cell: str,
    gaps: bool,
    needs: bool,
    all_topics: bool,
    limit: int,
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
    from ..analysis.coverage.report import tidy_table, wide_table
    from ..analysis.tables import render_table

    _check_options(by, count, cell, form, gaps, needs, all_topics, picture, options)
    graph = AnalysisGraph(project_of(context))
    if gaps:
        write_result(_gaps(graph, by, count, options, form, limit, all_topics), output, form)
        return
    if needs:
        write_result(_needs(graph, options, form), output, form)
        return
    scope = graph.scope(options)
    if cell:
        write_result(_cell(graph, scope, by, count, cell), output)
        return
    matrix = graph.with_searches(graph.matrix(scope, by, count, all_topics), scope)
    if picture:
        from ..analysis.charts import heat_map

        write_result(
            heat_map(graph.landscape, graph.store, matrix, picture.suffix), picture, picture.suffix
        )
        if output is None and form == "text":
            return
    sheet = (tidy_table if form in ("csv", "json") else wide_table)(
        graph.landscape, graph.store, matrix
    )
    write_result(render_table(sheet, form), output, form)


def _check_options(
    by: str,
    count: str,
    cell: str,
    form: str,
    gaps: bool,
    needs: bool,
    all_topics: bool,
    picture: Path | None,
    options: dict[str, Any],
) -> None:
    """Raise UsageError for options that exclude one another."""
    if cell and form != "text" and not gaps and not needs:
        raise UsageError(
            "--cell is available as text only; `--format json` has the works of all cells"
        )
    if cell and (gaps or picture):
        raise UsageError("--cell cannot be combined with --gaps or --picture")
    if (gaps or needs) and picture:
        raise UsageError(f"--picture cannot be combined with {'--gaps' if gaps else '--needs'}")
    if needs and (gaps or cell or by != "topic" or count != "projects" or all_topics):
        raise UsageError(
            "--needs cannot be combined with --gaps, --cell, --by, --count or --all-topics"
        )
    if options["country"] and not needs:
        raise UsageError("--country requires --needs; --cell ROW/COLUMN shows one economy")
    if (gaps or cell) and count == "money":
        raise UsageError("--gaps and --cell require --count projects, events or actors")


def _needs(graph: AnalysisGraph, options: dict[str, Any], form: str) -> bytes:
    from ..analysis.coverage.needs import compare_needs, need_table, needs_text, read_needs
    from ..analysis.coverage.searches import read_searches
    from ..analysis.tables import render_table

    scope, pillar = graph.need_scope(options)
    where = graph.project, graph.store, graph.landscape
    needs = read_needs(*where)
    compared = compare_needs(graph.landscape, needs, read_searches(*where), scope, pillar)
    shown = graph.landscape, graph.store, compared, scope, len(needs)
    return needs_text(*shown).encode() if form == "text" else render_table(need_table(*shown), form)


def _gaps(
    graph: AnalysisGraph,
    by: str,
    count: str,
    options: dict[str, Any],
    form: str,
    limit: int,
    every: bool,
) -> bytes:
    from ..analysis.coverage.gaps import find_open_cells, gap_briefing, gap_table, last_access_day
    from ..analysis.tables import render_table

    as_of = options.pop("as_of")
    scope = graph.scope({**options, "as_of": as_of})
    on = scope.first if as_of else last_access_day(graph.project, graph.store)
    on = None if by == "year" else on
    searched = scope
    if as_of:
        scope = dataclasses.replace(scope, first=None, last=None)
    matrix = graph.with_searches(graph.matrix(scope, by, count, every), searched)
    other_matrix = None if count == "actors" else graph.matrix(scope, by, _OTHER_KIND[count], every)
    cells = find_open_cells(graph.landscape, matrix, other_matrix, on)
    where = graph.landscape, graph.store, matrix, cells, on
    return (
        gap_briefing(*where, limit).encode()
        if form == "text"
        else render_table(gap_table(*where), form)
    )


def _cell(graph: AnalysisGraph, scope: Scope, by: str, count: str, cell: str) -> str:
    from ..analysis.coverage.cells import cell_text, find_entry

    row, slash, column = cell.partition("/")
    if not (row.strip() and slash and column.strip()):
        raise UsageError(
            f"--cell requires a row and a column, such as albania/prisons, not {cell!r}"
        )
    row, column = row.strip(), column.strip()
    keys = {"elsewhere", "online", "unknown", "all"}
    row_key = row if row in keys else graph.resolve(country=row)["country"]
    column_key = column
    if column not in keys and by != "year":
        column_key = graph.resolve(**{by: column})[by]
        scope = scope.of(by, column_key)
    matrix = graph.with_searches(graph.matrix(scope, by, count), scope)
    lines = find_entry(matrix.rows, row_key, row), find_entry(matrix.columns, column_key, column)
    return cell_text(graph.landscape, graph.store, graph.ontology, matrix, *lines)
