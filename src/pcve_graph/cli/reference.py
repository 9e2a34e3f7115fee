"""`pcve reference`: writes the HTML pages that describe the ontology."""

from __future__ import annotations

from pathlib import Path

import click

from .console import handle_errors, quantity, write_messages
from .context import project_of


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
@handle_errors
def reference(context: click.Context, folder: Path) -> None:
    """Write the ontology as HTML pages.

    The pages need no scripts: open DIR/index.html, or put DIR on any web server. DIR also contains
    the ontology, lists and shapes as Turtle, JSON-LD, RDF/XML and N-Triples.

    \b
    Example: pcve reference site/reference
    """
    from ..graph.ontology import read_ontology
    from ..publish.site.reference import write_reference
    from ..publish.site.rule_pages import save_pages

    project = project_of(context)
    files = write_reference(project, read_ontology(project))
    write_messages(f"wrote {quantity(save_pages(files, folder), 'file')} to {folder}")
