"""`pcve explain`: what a rule requires, why, and how to satisfy it."""

from __future__ import annotations

import click

from .console import handle_errors, write_lines, write_result
from .context import project_of


@click.command()
@click.argument("rule", required=False, metavar="[RULE]")
@click.pass_context
@handle_errors
def explain(context: click.Context, rule: str | None) -> None:
    """Explain a rule: what it requires, why, and how to satisfy it.

    Without RULE, the names of all rules are listed.

    \b
    Example: pcve explain pcvesh:Event-startDate
    """
    from ..graph.ontology import read_ontology
    from ..validation.rule_help import describe_rules, find_page, page_text

    project = project_of(context)
    help_pages = describe_rules(read_ontology(project), project)
    if rule is None:
        write_lines(*help_pages)
    else:
        write_result(page_text(find_page(rule, help_pages)))
