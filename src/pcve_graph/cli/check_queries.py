"""`pcve queries --check`: runs saved queries with their examples, and compares their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..model.namespaces import prefixed
from ..model.problems import UsageError
from ..model.project import Project
from ..model.terms import NTerm, is_iri, to_iri
from ..model.visible import one_line
from ..model.words import quantity
from ..query.access import ReadableGraph
from ..query.execute import ResultTable
from ..query.foreign import read_query_folder
from ..query.foreign_files import unread_files
from ..query.saved import SavedQuery, read_queries
from ..system.atomic_writes import write_errors_as_usage
from ..system.sandbox import inside
from .console import despite_closed_pipe, write_lines, write_messages

if TYPE_CHECKING:
    from ..query.access import QueryTrial
    from ..query.recorded_answers import Cell, Recorded

SHOWN: Final = 10
"""The most rows of an answer that --since shows as added, and as removed."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of --check: the queries of `folder`, or the project's; `timeout` in seconds.

    Answers are compared with those in `since`, a release or a folder that `save` has written.
    """

    folder: Path | None
    timeout: float
    since: Path | None = None
    save: Path | None = None


def check_queries(graph: ReadableGraph, project: Project, options: CheckOptions) -> int:
    """Run every query with its examples and print the rows and milliseconds of each.

    Returns the exit code: 1 if a query fails or cannot be read, or an answer is not the recorded
    one. Raises UsageError if `since` has no answers, or `save` cannot be written.
    """
    from ..query.access import run_trials, values_missing
    from ..query.recorded_answers import read_answers

    recorded = read_answers(options.since) if options.since else None
    if options.save and options.save.exists():
        raise UsageError(f"{options.save} already exists; name a new folder, or remove it first")
    queries, problems = (
        read_query_folder(options.folder)
        if options.folder
        else (read_queries(project, "answers"), [])
    )
    unread = unread_files(options.folder) if options.folder else ()
    write_messages(*map(str, problems), *unread)
    changed = 0
    trials: list[QueryTrial] = []
    inside.set_limits(seconds=0)  # from here on each query has its own time limit
    for trial in run_trials(graph, queries.values(), options.timeout):
        trials.append(trial if options.save else replace(trial, answer=None))
        differences = [] if recorded is None or trial.problem else _changes(trial, recorded)
        changed += bool(differences)
        with despite_closed_pipe():
            write_lines(*_trial_lines(trial, differences))
    untried = {name: missing for name in queries if (missing := values_missing(queries[name]))}
    with despite_closed_pipe():
        write_lines(
            *(f"not run  {name}: no example of {', '.join(untried[name])}" for name in untried)
        )
    if options.save:
        _save_answers(options.save, queries, trials)
    failed = {trial.name for trial in trials if trial.problem}
    summary = _summary(len(queries), len(failed), len(untried), len(problems))
    if recorded is not None:
        gone = sorted({name for name, _ in recorded} - queries.keys())
        write_messages(
            *(f"{name} has a recorded answer, but is not a query any more" for name in gone)
        )
        summary += f"; {quantity(changed, 'answer')} changed since {options.since}"
        changed += len(gone)
    write_messages(summary)
    return 1 if failed or problems or changed else 0


def _trial_lines(trial: QueryTrial, differences: list[str]) -> list[str]:
    """How one run of a query went, and what is wrong with its answer or differs in it."""
    settings = "".join(f" {key}={value}" for key, value in trial.settings.items())
    numbers = f"{trial.rows:>7,} rows {trial.milliseconds:>9,.1f} ms  {trial.name}{settings}"
    word = "failed" if trial.problem else "changed" if differences else "ok"
    about = [f"        {trial.problem}"] if trial.problem else differences
    return [f"{word:<7}{numbers}", *about]


def _save_answers(
    folder: Path, queries: Mapping[str, SavedQuery], trials: Iterable[QueryTrial]
) -> None:
    """Write the answers to a new folder, and name the queries that have none there."""
    from ..query.recorded_answers import answer_files
    from ..system.folders import create_folder

    files = answer_files(queries, trials)
    if files:
        with write_errors_as_usage(folder):
            create_folder(folder, files)
    if left_out := sorted(name for name in queries if f"{name}.json" not in files):
        place = "in" if files else "written to"
        write_messages(f"not {place} {folder}, without an answer in rows: {', '.join(left_out)}")


def _summary(total: int, failed: int, untried: int, unread: int) -> str:
    """`9 queries, 5 ran, 4 without a required value; 4 files not readable`."""
    text = f"{total:,} {'query' if total == 1 else 'queries'}, {total - failed - untried:,} ran"
    text += f", {failed:,} failed" if failed else ""
    text += f", {untried:,} without a required value" if untried else ""
    return text + (f"; {quantity(unread, 'file')} not readable" if unread else "")


def _changes(trial: QueryTrial, recorded: Recorded) -> list[str]:
    """Lines that say how an answer differs from the recorded one; none if it does not."""
    from ..query.recorded_answers import change_of

    before = recorded.get((trial.name, tuple(sorted(trial.settings.items()))))
    if before is None:
        return ["        no answer is recorded for this query with these parameters"]
    change = change_of(before, trial.answer) if isinstance(trial.answer, ResultTable) else None
    if change is None:
        return []
    if change.columns:
        texts = (", ".join(columns) for columns in change.columns)
        return ["        its columns were {}; they are {}".format(*texts)]
    lines = [f"        {quantity(len(change.added), 'row')} added, {len(change.removed):,} removed"]
    for sign, rows in (("+", change.added), ("-", change.removed)):
        lines += [f"        {sign} {_row_text(row)}" for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            lines.append(f"        {sign} and {len(rows) - SHOWN:,} more")
    return lines


def _row_text(row: tuple[Cell, ...]) -> str:
    """A row on one line, with IRIs in their short form."""
    return one_line(" | ".join(map(_cell_text, row)))


def _cell_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return "; ".join(map(_cell_text, cell))
    return prefixed(to_iri(NTerm(cell))) if is_iri(cell) else cell
