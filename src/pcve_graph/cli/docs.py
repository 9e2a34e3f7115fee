"""`pcve docs`: writes the HTML pages that describe the ontology, and those of the rules."""

from __future__ import annotations

from pathlib import Path

import click

from ..model.visible import one_line
from ..model.words import quantity
from .console import handle_errors, write_messages
from .context import project_of
from .groups import CommandGroup, report_command

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


@click.group(cls=CommandGroup)
@click.pass_context
def docs(context: click.Context) -> None:
    """Write HTML pages that describe the ontology or the rules.

    The pages need no scripts: open DIR/index.html, or put DIR on any web server.

    \b
    Example: pcve docs ontology site/reference
    """
    report_command(context)


@docs.command()
@_FOLDER
@click.pass_context
@handle_errors
def ontology(context: click.Context, folder: Path) -> None:
    """Write the ontology as HTML pages: terms, lists, shapes, rules.

    DIR also contains a page of the saved queries, and the ontology, lists and shapes as Turtle,
    JSON-LD, RDF/XML and N-Triples.

    \b
    Example: pcve docs ontology site/reference
    """
    from ..graph.ontology import read_ontology
    from ..publish.site.reference import write_reference
    from ..publish.site.rule_pages import check_target, save_pages

    project = project_of(context)
    check_target(folder, project)
    files = write_reference(project, read_ontology(project))
    count = quantity(save_pages(files, folder), "file")
    write_messages(f"wrote {count} to {one_line(str(folder))}")


@docs.command()
@_FOLDER
@click.pass_context
@handle_errors
def rules(context: click.Context, folder: Path) -> None:
    """Write an index of the rules and a page for each.

    `pcve explain RULE` prints one of them.

    \b
    Example: pcve docs rules rules/
    """
    from ..graph.ontology import read_ontology
    from ..publish.site.rule_pages import check_target, save_pages, write_pages
    from ..validation.rule_help import describe_rules

    project = project_of(context)
    check_target(folder, project)
    pages = write_pages(describe_rules(read_ontology(project), project))
    count = quantity(save_pages(pages, folder), "page")
    write_messages(f"wrote {count} to {one_line(str(folder))}")


@docs.command()
@_FOLDER
@click.pass_context
@handle_errors
def moved(context: click.Context, folder: Path) -> None:
    """Write a page for each address that moved (data/moved.tsv).

    DIR is the folder of the site. Each page leads to the new address, in HTML, Turtle, JSON-LD,
    RDF/XML and N-Triples; other files in DIR are left alone.

    \b
    Example: pcve docs moved site/
    """
    from ..publish.release.moved import read_moved
    from ..publish.site.moved_pages import moved_pages
    from ..publish.site.rule_pages import check_outside, save_pages

    project = project_of(context)
    check_outside(folder, project)
    pages = moved_pages(read_moved(project).values())
    count = quantity(save_pages(pages, folder), "file")
    write_messages(f"wrote {count} to {one_line(str(folder))}")
