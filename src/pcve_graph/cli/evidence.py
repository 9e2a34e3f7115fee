"""`pcve evidence`: starts sources, and counts the claims that each supports."""

from __future__ import annotations

import click

from .bounds import QUERY_TIMEOUT
from .console import handle_errors
from .edit import create_draft, extensible_project
from .groups import CommandGroup, report_command


@click.group(cls=CommandGroup)
@click.pass_context
def evidence(context: click.Context) -> None:
    """Start sources, and count the claims that each supports.

    \b
    Examples:
      pcve evidence new northtown-review
      pcve evidence status
    """
    report_command(context)


@evidence.command()
@click.argument("identifier", metavar="ID")
@click.pass_context
@handle_errors
def new(context: click.Context, identifier: str) -> None:
    """Start a source with every key it may have.

    \b
    Example: pcve evidence new northtown-review
    """
    from ..graph.ontology import read_ontology
    from ..records.template import draft_source

    project = extensible_project(context)
    create_draft(project, *draft_source(project, read_ontology(project), identifier))


@evidence.command()
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="table (default), csv, tsv, json, xml, markdown.",
)
@QUERY_TIMEOUT
@click.pass_context
def status(context: click.Context, form: str, timeout: float | None) -> None:
    """Count the claims that each source supports, verified and cited.

    The same as `pcve query sources`, which has more options.

    \b
    Examples:
      pcve evidence status
      pcve evidence status --format csv
    """
    from .query import query

    context.invoke(query, name="sources", form=form, timeout=timeout)
