"""`pcve diff`: what changed between two states of the graph."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .console import OUTPUT, despite_closed_pipe, handle_errors, progress_of, write_result
from .context import project_of


@click.command()
@click.argument("old", default="HEAD", metavar="[A]")
@click.argument("new", default="", metavar="[B]")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="text",
    help="text (default), markdown, json, rdf-patch.",
)
@click.option("--brief", is_flag=True, help="Show only the number of changes by reason.")
@OUTPUT
@click.pass_context
@handle_errors
def diff(
    context: click.Context, old: str, new: str, form: str, brief: bool, output: Path | None
) -> None:
    """Report what changed between two states of the graph.

    A and B are project folders (their files as they are), build folders, releases, or git
    revisions of this project; by default the last commit and the current files. Nothing is written
    into the project.

    Exit code as of diff(1), 0: no differences, 1: differences, 2: a state cannot be read or built.

    \b
    Examples:
      pcve diff
      pcve diff HEAD~3
      pcve diff v0.1.0 v0.2.0 --format markdown > changes.md
      pcve diff build other-project/build --format rdf-patch -o changes.rdfp
    """
    from ..pipeline import build_project
    from ..publish.diff.render import DIFF_FORMATS, as_counts
    from ..publish.diff.request import check_form, differences

    check_form(form, brief)
    with (
        progress_of("comparing"),
        differences(old, new, project_of(context), build_project) as comparison,
    ):
        text = as_counts(comparison) if brief else DIFF_FORMATS[form](comparison)
    with despite_closed_pipe():
        write_result(text, output, form)
    sys.exit(1 if comparison.changes or comparison.unchanged else 0)
