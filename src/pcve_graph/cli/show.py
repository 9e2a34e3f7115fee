"""`pcve show`: all facts about one thing, with their evidence."""

from __future__ import annotations

import functools

import click

from ..model.problems import UsageError
from .console import handle_errors, write_result
from .context import EndpointTarget, endpoint_options, graph_access, open_or_build, project_of


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--as-of", metavar="DATE", help="State of affairs on DATE, such as 2019-05-01.")
@endpoint_options
@click.pass_context
@handle_errors
def show(
    context: click.Context, identifier: str, as_of: str | None, endpoint: EndpointTarget | None
) -> None:
    """Show all facts about one thing, each with its evidence.

    \b
    Examples:
      pcve show osce-ct-2018
      pcve show iisg --as-of 2019-05-01
    """
    from ..graph.ontology import read_ontology
    from ..model.dates import first_and_last
    from ..query.render import render_thing
    from ..query.show import show as view

    project = project_of(context)
    ontology = read_ontology(project)
    days = first_and_last(as_of) if as_of else None
    if as_of and (days is None or days[0] != days[1]):
        raise UsageError(f"--as-of requires a day such as 2019-05-01, not {as_of!r}")
    store = graph_access(endpoint, functools.partial(open_or_build, project)).around(
        identifier, ontology
    )
    write_result(render_thing(view(store, ontology, identifier, days[0] if days else None)))
