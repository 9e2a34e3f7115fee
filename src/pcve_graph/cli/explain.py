"""`pcve explain`: what a rule requires, why, and how to satisfy it."""

from __future__ import annotations

from pathlib import Path

import click

from .console import handle_errors, quantity, write_lines, write_messages, write_result
from .context import project_of


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
@handle_errors
def explain(context: click.Context, rule: str | None, folder: Path | None) -> None:
    """Explain a rule: what it requires, why, and how to satisfy it.

    \b
    Examples:
      pcve explain pcvesh:Event-startDate
      pcve explain --html rules/
    """
    from ..graph.ontology import read_ontology
    from ..publish.site.rule_pages import save_pages, write_pages
    from ..validation.rule_help import describe_rules, find_page, page_text

    project = project_of(context)
    help_pages = describe_rules(read_ontology(project), project)
    if folder is not None:
        write_messages(
            f"wrote {quantity(save_pages(write_pages(help_pages), folder), 'page')} to {folder}"
        )
    elif rule is None:
        write_lines(*help_pages)
    else:
        write_result(page_text(find_page(rule, help_pages)))
