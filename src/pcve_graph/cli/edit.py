"""`pcve edit`: starts records, formats files, migrates records, and takes facts out of them."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ..model.problems import ContentError, Problem, UsageError
from ..model.project import Project
from ..model.words import quantity
from ..system.atomic_writes import create_file, remove_drafts, write_errors_as_usage, write_file
from .console import (
    despite_closed_pipe,
    handle_errors,
    read_named_file,
    write_lines,
    write_messages,
    write_result,
)
from .context import project_of, rebuild
from .groups import CommandGroup, report_command


@click.group(cls=CommandGroup)
@click.pass_context
def edit(context: click.Context) -> None:
    """Start records, format files, migrate old records, and redact.

    \b
    Examples:
      pcve edit new event northtown-conference-2015
      pcve edit fmt
      pcve edit migrate --check
    """
    report_command(context)


@edit.command()
@click.argument("kind", metavar="KIND")
@click.argument("identifier", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "turtle", "jsonld"]),
    default="yaml",
    show_default=True,
    help="yaml: a record in the project; the others go to stdout.",
)
@click.pass_context
@handle_errors
def new(context: click.Context, kind: str, identifier: str, form: str) -> None:
    """Start a record with every key its class allows.

    KIND is a class: event, event-series, organization, organizational-unit, person, initiative,
    programme, project, document, place, country. `pcve evidence new` starts a source. In Turtle and
    JSON-LD, `pcve validate` reports what is still to fill in.

    \b
    Examples:
      pcve edit new event northtown-conference-2015
      pcve edit new event northtown-conference-2015 --format turtle > conference.ttl
    """
    from ..graph.ontology import read_ontology
    from ..records.template import class_to_start, draft_record

    if form != "yaml":
        from ..validation.rdf_template import TEMPLATES

        ontology = read_ontology(project_of(context))
        record_class = class_to_start(ontology, kind, identifier)
        write_result(TEMPLATES[form](record_class, identifier, ontology), fold=False)
        return
    project = extensible_project(context)
    create_draft(project, *draft_record(project, read_ontology(project), kind, identifier))


def extensible_project(context: click.Context) -> Project:
    """The project to add files to. Raises UsageError for the shipped one."""
    project = project_of(context)
    if project.shipped:
        raise UsageError("no project to add to: clone the repository, or use --project")
    return project


def create_draft(project: Project, path: Path, text: str) -> None:
    """Create a file of the project for the curator to fill in, and print its path.

    Raises UsageError if the file exists or cannot be written.
    """
    with write_errors_as_usage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_drafts(path.parent)
        try:
            create_file(path, text)
        except FileExistsError:
            raise UsageError(f"{project.relative(path)} already exists") from None
    write_lines(project.relative(path))
    write_messages(
        "fill in what the source states, delete the other keys, then run `pcve validate`"
    )


@edit.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file would change.")
@click.pass_context
@handle_errors
def fmt(context: click.Context, paths: tuple[Path, ...], check: bool) -> None:
    """Write records, queries and ontology files in canonical form.

    \b
    Examples:
      pcve edit fmt
      pcve edit fmt --check
    """
    from ..graph.ontology import read_ontology
    from ..records.files import LARGEST_LINES
    from ..records.formatter import format_text, formatted_files

    project = project_of(context)
    ontology = read_ontology(project)
    chosen = [path.resolve() for path in paths] or formatted_files(project)
    changed = 0
    problems: list[Problem] = []
    if not check:
        for folder in {path.parent for path in chosen}:
            remove_drafts(folder)
    for path in chosen:
        if not path.is_file() or not path.is_relative_to(project.root):
            raise UsageError(f"{path} is not a file of the project")
        name = project.relative(path)
        content = read_named_file(path, LARGEST_LINES)
        try:
            text = format_text(content, name, ontology)
        except ContentError as error:
            problems.extend(error.problems)
            continue
        if text == _with_plain_line_ends(content):
            continue
        if not check:
            with write_errors_as_usage(path):
                write_file(path, text, expected=content)
        with despite_closed_pipe():
            write_lines(name)
        changed += 1
    verb = "would change" if check else "changed"
    write_messages(f"{quantity(len(chosen), 'file')} read, {changed:,} {verb}")
    if problems:
        raise ContentError(problems)
    if check and changed:
        sys.exit(1)


@edit.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file would change.")
@click.pass_context
@handle_errors
def migrate(context: click.Context, check: bool) -> None:
    """Rewrite records of an earlier version of the ontology.

    Renamed keys get their present names; a fact that another record now states moves there with its
    source and quote; a publisher gets the id of its record; a standing becomes a rank; an amount
    with a share becomes a budget, a size of grants or a transaction. Run it before `pcve build`,
    and read the difference before you commit it.

    \b
    Examples:
      pcve edit migrate --check
      pcve edit migrate
    """
    from ..graph.ontology import read_ontology
    from ..records.migration import migrate_records

    project = extensible_project(context)
    migration = migrate_records(project, read_ontology(project))
    for path, text in sorted(migration.texts.items()):
        if not check:
            with write_errors_as_usage(path):
                write_file(path, text)
        with despite_closed_pipe():
            write_lines(project.relative(path))
    verb = "would be renamed" if check else "renamed"
    linked = f"{quantity(migration.linked, 'publisher')} linked, " if migration.linked else ""
    ranked = f"{quantity(migration.ranked, 'block')} ranked, " if migration.ranked else ""
    write_messages(
        f"{quantity(migration.renamed, 'key')} {verb}, {quantity(migration.moved, 'fact')} moved, "
        f"{linked}{ranked}{quantity(len(migration.texts), 'file')} changed"
    )
    if migration.problems:
        raise ContentError(migration.problems)
    if check and migration.texts:
        sys.exit(1)


@edit.command()
@click.argument("release", metavar="RELEASE")
@click.pass_context
@handle_errors
def moved(context: click.Context, release: str) -> None:
    """Record where the claims of an earlier release are now.

    Each claim and quote whose IRI is no longer in the graph gets a line in data/moved.tsv. RELEASE
    is the folder of a release, a build, or a git revision. Run it before the next release, and read
    the difference before you commit it.

    \b
    Example: pcve edit moved ../release-0.1.0
    """
    from ..graph.store import open_graph
    from ..pipeline import build_project
    from ..publish.diff.snapshot import Workspace, open_snapshot
    from ..publish.release.moved import MOVED, moved_text, read_moved, with_moves

    project = extensible_project(context)
    rows = read_moved(project)
    rebuild(project)
    with contextlib.ExitStack() as stack:
        old = open_snapshot(release, project, Workspace(stack, build_project))
        moves = with_moves(rows, old.store, open_graph(project).store)
    path = project.data / MOVED
    if moves != rows:
        with write_errors_as_usage(path):
            write_file(path, moved_text(moves.values()))
    count = quantity(len(moves.keys() - rows.keys()), "IRI")
    write_messages(f"{count} added to {project.relative(path)}, which has {len(moves):,}")


@edit.command()
@click.argument("identifier", metavar="ID")
@click.option("--reason", required=True, help="Why, without naming anybody.")
@click.option("--on", "day", help="The day, such as 2026-11-23.  [default: today]")
@click.pass_context
@handle_errors
def redact(context: click.Context, identifier: str, reason: str, day: str | None) -> None:
    """Take all facts out of a record, for good.

    The record keeps its id, its type, the day and the reason. What still has the id or a name of it
    in data/ is listed, and so is what remains to be done: docs/do-no-harm.md says how earlier
    releases and the history of the repository are purged.

    \b
    Example: pcve edit redact ana-vale --reason "asked to be removed"
    """
    from ..graph.ontology import read_ontology
    from ..model.dates import precision
    from ..records.redaction import redact

    project = extensible_project(context)
    on = day or datetime.now(UTC).date().isoformat()
    if precision(on) != "date":
        raise UsageError(f'--on "{on}" is not a day: write it as 2026-11-23')
    if not reason.strip():
        raise UsageError("--reason is empty: say why, without naming anybody")
    redaction = redact(project, read_ontology(project), identifier, on, reason.strip())
    with write_errors_as_usage(redaction.path):
        write_file(redaction.path, redaction.text, expected=redaction.old)
    with despite_closed_pipe():
        write_lines(
            project.relative(redaction.path),
            *(f"{place}: {what} of it stands here" for place, what in redaction.remains),
        )
    count = quantity(len(redaction.remains), "other place")
    write_messages(
        f"{identifier} is redacted; {count} in {project.relative(project.data)} to look at. Then "
        "`pcve build --whole`, and purge earlier builds, releases and history (docs/do-no-harm.md)"
    )


def _with_plain_line_ends(content: bytes) -> str:
    """The text of a file with LF line ends: files that differ only in line ends are left alone."""
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
