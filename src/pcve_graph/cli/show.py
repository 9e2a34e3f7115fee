"""`pcve show`: the facts about one thing with their evidence, or those that rest on a source."""

from __future__ import annotations

import functools

import click

from .console import handle_errors, terminal_width, write_result
from .context import EndpointTarget, endpoint_options, graph_access, open_or_build, project_of


@click.command()
@click.argument("identifier", metavar="NAME")
@click.option(
    "--all",
    "whole",
    is_flag=True,
    help="Everything, with each passage, its place and a link to it.",
)
@click.option("--as-of", metavar="DATE", help="State of affairs on DATE, such as 2019-05-01.")
@endpoint_options
@click.pass_context
@handle_errors
def show(
    context: click.Context,
    identifier: str,
    whole: bool,
    as_of: str | None,
    endpoint: EndpointTarget | None,
) -> None:
    """Show all facts about one thing or term, or all on one source.

    NAME is an id, an IRI, a code, list/term, or any name in any script. At most 40 lines, which say
    what they leave out; --all shows everything.

    \b
    Examples:
      pcve show osce-ct-2018
      pcve show osce-ct-2018 --all
      pcve show "Северна Македонија"
      pcve show topic/returnees
      pcve show wbcti-news
      pcve show iisg --as-of 2019-05-01
    """
    from ..analysis.scope import read_day
    from ..graph.ontology import read_ontology
    from ..query.bounded_thing import WIDTH
    from ..query.readings import with_readings
    from ..query.render_thing import render_thing
    from ..query.show import show as view
    from ..query.thing_view import with_rechecks

    project = project_of(context)
    ontology = read_ontology(project)
    day = read_day(as_of) if as_of else None
    graph = graph_access(endpoint, functools.partial(open_or_build, project))
    iri = graph.thing_iri(identifier, ontology)
    store = graph.around(iri, ontology)
    thing = view(store, ontology, iri, day)
    if endpoint is None:  # what a server has may be of another project
        thing = with_readings(with_rechecks(thing, project), store, project)
    width = terminal_width() or WIDTH
    write_result(render_thing(thing, whole=whole, width=width), fold=False)
