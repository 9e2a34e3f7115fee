"""`pcve show`: all facts about one thing, with their evidence."""

from __future__ import annotations

import functools
from dataclasses import replace

import click

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
    from ..analysis.scope import read_day
    from ..evidence.rechecks import read_recheck
    from ..graph.ontology import read_ontology
    from ..query.render import render_thing
    from ..query.show import show as view

    project = project_of(context)
    ontology = read_ontology(project)
    day = read_day(as_of) if as_of else None
    store = graph_access(endpoint, functools.partial(open_or_build, project)).around(
        identifier, ontology
    )
    thing = view(store, ontology, identifier, day)
    if endpoint is None:  # what a server has may be of another project
        rechecks = (read_recheck(project, source) for source in thing.sources)
        thing = replace(thing, rechecks=tuple(filter(None, rechecks)))
    write_result(render_thing(thing))
