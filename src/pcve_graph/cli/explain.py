"""`pcve explain`: what a rule requires, why, and how to satisfy it."""

from __future__ import annotations

from pathlib import Path

import click

from .console import guarded, many, put, say, tell
from .context import here


@click.command()
@click.argument("rule", required=False, metavar="[RULE]")
@click.option(
    "--html",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write an index and a page for each rule to DIR.",
)
@click.pass_context
@guarded
def explain(context: click.Context, rule: str | None, folder: Path | None) -> None:
    """Explain a rule: what it requires, why, and how to satisfy it.

    \b
    Examples:
      pcve explain pcvesh:Event-startDate
      pcve explain --html rules/
    """
    from ..publish.site.rule_pages import save_pages, write_pages
    from ..syntax.ontology import read_ontology
    from ..validation.rule_help import as_text, find_page, pages

    project = here(context)
    help_pages = pages(read_ontology(project), project)
    if folder is not None:
        tell(f"wrote {many(save_pages(write_pages(help_pages), folder), 'page')} to {folder}")
    elif rule is None:
        say(*help_pages)
    else:
        put(as_text(find_page(rule, help_pages)))
