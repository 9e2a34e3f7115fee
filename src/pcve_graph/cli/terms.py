"""`pcve terms`: the closed lists, or the terms of one with their definitions."""

from __future__ import annotations

import functools
from pathlib import Path

import click

from .console import OUTPUT, handle_errors, text_width_for, write_result
from .context import (
    FORMAT,
    EndpointTarget,
    endpoint_options,
    graph_access,
    open_or_build,
    project_of,
)


@click.command()
@click.argument("name", metavar="[LIST]", default="")
@click.option(
    "--lang",
    "language",
    default="en",
    show_default=True,
    metavar="TAG",
    help="Language of the labels, such as sq; English for terms that have none in it.",
)
@FORMAT
@OUTPUT
@endpoint_options
@click.pass_context
@handle_errors
def terms(
    context: click.Context,
    name: str,
    language: str,
    form: str,
    output: Path | None,
    endpoint: EndpointTarget | None,
) -> None:
    """List the closed lists, or the terms of one with definitions.

    A term is given to other commands as `list/term`, or by its label. `pcve search` finds terms by
    words.

    \b
    Examples:
      pcve terms
      pcve terms topic
      pcve terms target-group --lang sq --format csv
    """
    from ..analysis.closed_lists import closed_lists, lists_table, terms_of_list, terms_table
    from ..analysis.tables import render_table

    opener = functools.partial(open_or_build, project_of(context))
    graph = graph_access(endpoint, opener)
    if name:
        sheet = terms_table(name, terms_of_list(graph, name, language), language, form)
    else:
        sheet = lists_table(closed_lists(graph))
    write_result(render_table(sheet, form, text_width_for(output)), output, form)
