"""`pcve release`: writes a reproducible release, or rebuilds one and compares it."""

from __future__ import annotations

import contextlib
import sys
from functools import partial
from pathlib import Path

import click

from ..model.problems import UsageError
from ..model.project import Project
from ..model.visible import one_line
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from .console import (
    despite_closed_pipe,
    handle_errors,
    progress_of,
    write_lines,
    write_messages,
)
from .context import project_of, rebuild

SHOWN = 40
"""The most differences that --verify lists."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--verify", is_flag=True, help="Rebuild the release in DIR and compare.")
@click.option(
    "--previous",
    metavar="RELEASE",
    default="",
    help="The last release: refuse to lose an address of it.",
)
@click.pass_context
@handle_errors
def release(context: click.Context, folder: Path, verify: bool, previous: str) -> None:
    """Write or verify a release: every format in one folder.

    A format whose library is not installed, or that the graph has nothing for, is left out and
    named with the reason.

    The same commit and tools give the same bytes, so that anyone can reproduce it. With --verify
    nothing is written; exit 0: identical, 1: files differ, and are listed. With --previous, every
    claim and quote of that release must be in the graph or in data/moved.tsv. The figures of the
    release are written to data/bounds.yml, below which no later build may fall, and the number of
    cited facts of each record to data/cited.tsv, above which none may rise.

    \b
    Examples:
      pcve release release-0.1.0
      pcve release release-0.2.0 --previous release-0.1.0
      pcve release --verify release-0.1.0
    """
    from ..graph.inputs import find_input_changes
    from ..graph.ontology import read_ontology
    from ..graph.settings import read_settings
    from ..graph.store import open_graph
    from ..pipeline import build_project
    from ..publish.release.build import check_target, release_contents, write_release
    from ..publish.release.verify import check_release, differences, rebuild_release

    project = project_of(context)
    if verify and previous:
        raise UsageError("--previous cannot be used with --verify, which writes nothing")
    if verify:
        check_release(folder)
        with progress_of("building again"):
            rebuilt = rebuild_release(project, partial(build_project, whole=True))
            differing = differences(folder, rebuilt.files)
        write_messages(*differing[:SHOWN])
        if len(differing) > SHOWN:
            write_messages(f"and {len(differing) - SHOWN:,} more")
        write_messages(*rebuilt.left_out)
        with despite_closed_pipe():
            write_lines("differs" if differing else "identical, file by file")
        sys.exit(1 if differing else 0)
    check_target(folder)
    rebuild(project)
    if previous:
        _check_addresses(project, previous)
    if not project.shipped:
        _write_figures(project)
    settings = read_settings(project)
    write_messages(*map(str, settings.placeholders))
    with progress_of("writing"):
        saved = open_graph(project)
        contents = release_contents(project, saved, read_ontology(project), settings)
        if find_input_changes(project, saved.folder).changed:
            raise UsageError("files changed while the release was written; run the command again")
        write_release(contents.files, folder)
    write_messages(*contents.left_out)
    size = sum(map(len, contents.files.values()))
    write_lines(
        f"wrote {quantity(len(contents.files), 'file')}, {size:,} bytes, to {one_line(str(folder))}"
    )


def _write_figures(project: Project) -> None:
    """Write the figures of this release to data/, by which later builds are measured."""
    from ..graph.ontology import read_ontology
    from ..graph.store import open_graph
    from ..validation.released_figures import released_files

    files = released_files(project, read_ontology(project), open_graph(project))
    changed = {
        path: text
        for path, text in files.items()
        if not path.exists() or path.read_bytes() != text.encode()
    }
    for path, text in changed.items():
        with write_errors_as_usage(path):
            write_file(path, text)
    if changed:
        rebuild(project)
        names = " and ".join(map(project.relative, changed))
        write_messages(f"note: {names} now state what this release has; commit them")


def _check_addresses(project: Project, previous: str) -> None:
    """Raise UsageError where an address of the release `previous` leads nowhere any more."""
    from ..graph.store import open_graph
    from ..pipeline import build_project
    from ..publish.diff.snapshot import Workspace, open_snapshot
    from ..publish.release.moved import lost_iris, lost_moves, read_moved

    with contextlib.ExitStack() as stack:
        old = open_snapshot(previous, project, Workspace(stack, build_project))
        rows, new = read_moved(project), open_graph(project).store
        lost = lost_iris(rows, old.store, new) or lost_moves(rows, Path(previous), new)
    if lost:
        shown = one_line(previous)
        raise UsageError(
            f"{quantity(len(lost), 'IRI')} of {shown} would lead nowhere, such as "
            f"{lost[0]}; run `pcve edit moved {shown}`, and commit data/moved.tsv"
        )
