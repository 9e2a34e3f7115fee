"""`pcve new` and `fmt`: records begun and kept in form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ContentError, Problem, UsageError
from .console import guarded, many, say, tell
from .here import here

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("identifier", metavar="ID")
@click.pass_context
@guarded
def new(context: click.Context, kind: str, identifier: str) -> None:
    """Start a record or source: write the file with every key that its class allows.

    KIND is source, or a class: event, event-series, organization, organizational-unit, person,
    initiative, programme, project, document, place, country.

    \b
    Example: pcve new event northtown-conference-2015
    """
    from ..ontology import read_ontology
    from ..records.draft import draft

    project = here(context)
    if project.shipped:
        raise UsageError(
            "there is no project here to add to; clone the repository, or use --project"
        )
    path, text = draft(project, read_ontology(project), kind, identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    say(project.relative(path))
    tell("fill in what the source says, delete the rest, then `pcve validate`")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file would change.")
@click.pass_context
@guarded
def fmt(context: click.Context, paths: tuple[Path, ...], check: bool) -> None:
    """Write records, sources, queries and ontology files in their canonical form.

    \b
    Examples:
      pcve fmt
      pcve fmt --check
    """
    from ..ontology import read_ontology
    from ..records.fmt import files, format_text

    project = here(context)
    ontology = read_ontology(project)
    chosen = [path.resolve() for path in paths] or files(project)
    changed: list[str] = []
    problems: list[Problem] = []
    for path in chosen:
        if not path.is_file() or not path.is_relative_to(project.root):
            raise UsageError(f"{path} is no file of the project")
        try:
            text = format_text(path, project.relative(path), ontology)
        except ContentError as error:
            problems.extend(error.problems)
            continue
        if text != path.read_text("utf-8"):
            changed.append(project.relative(path))
            if not check:
                path.write_text(text, "utf-8")
    say(*changed)
    verb = "would change" if check else "changed"
    tell(f"{many(len(chosen), 'file')} read, {len(changed):,} {verb}")
    if problems:
        raise ContentError(problems)
    if check and changed:
        sys.exit(1)


COMMANDS = (new, fmt)
