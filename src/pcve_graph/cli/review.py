"""`pcve evidence review`: claims with their words go to second readers, and verdicts come back."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from .bounds import COUNT
from .console import (
    OUTPUT,
    handle_errors,
    read_named_file,
    read_stdin,
    write_messages,
    write_result,
)
from .context import open_or_build, project_of
from .edit import extensible_project
from .groups import CommandGroup, report_command

if TYPE_CHECKING:
    from ..graph.reviewable import ReviewableClaim


@click.group(cls=CommandGroup)
@click.pass_context
def review(context: click.Context) -> None:
    """Have claims judged by second readers, and keep their verdicts.

    \b
    Examples:
      pcve evidence review export -o claims.xlsx --sample 50
      pcve evidence review import claims.xlsx --by reader-a
      pcve evidence review status
    """
    report_command(context)


_FORMAT = click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="jsonl (default), csv, xlsx; else by the ending of FILE.",
)


@review.command()
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only this source.")
@click.option(
    "--only", "kinds", multiple=True, metavar="CLASS", help="Only this class, such as event."
)
@click.option("--sample", type=COUNT, metavar="N", help="Only N claims, drawn at random.")
@click.option(
    "--seed", default="", metavar="TEXT", help="Draw another sample; one seed draws the same."
)
@click.option("--unreviewed", is_flag=True, help="Only what nobody has read as it is now.")
@click.option(
    "--reader", default="", metavar="ID", help="With --unreviewed: what this one has not."
)
@click.option("--hide-value", is_flag=True, help="Hide the value; the reader writes it.")
@_FORMAT
@OUTPUT
@click.pass_context
@handle_errors
def export(
    context: click.Context,
    sources: tuple[str, ...],
    kinds: tuple[str, ...],
    sample: int | None,
    seed: str,
    unreviewed: bool,
    reader: str,
    hide_value: bool,
    form: str,
    output: Path | None,
) -> None:
    """Write the claims with words to a file for a second reader.

    A row has a claim and the words of one source: those of a quote, or those that a passage says of
    which only the fingerprint is kept. The reader writes a verdict in each row, supports,
    contradicts or unclear, and a note if need be. With --hide-value the value is left out, and the
    reader writes in value_read what the words state. The other columns are not changed.

    \b
    Examples:
      pcve evidence review export -o claims.xlsx --sample 50
      pcve evidence review export -o claims.jsonl --source atlas --hide-value
      pcve evidence review export --only event --unreviewed --reader reader-b
    """
    from ..evidence.reviews import read_reviews, reader_name
    from ..graph.ontology import read_ontology
    from ..graph.reviewable import reviewable_claims
    from ..publish.export.select import classes_of_kind
    from ..validation.review_rows import ReviewRows, drawn, unread

    form = _format_of(form, output)
    if reader and not unreviewed:
        raise click.UsageError("--reader requires --unreviewed")
    if seed and sample is None:
        raise click.UsageError("--seed requires --sample")
    if form == "xlsx" and output is None:
        raise click.UsageError("a workbook is written to a file: -o FILE.xlsx")
    project = project_of(context)
    store, ontology = open_or_build(project).store, read_ontology(project)
    rows = ReviewRows(store, ontology)
    every = reviewable_claims(store)
    claims = _of_sources(every, sources)
    if kinds:
        classes = {kind.iri for name in kinds for kind in classes_of_kind(ontology, name)}
        claims = [claim for claim in claims if rows.is_of_class(claim, classes)]
    if unreviewed:
        reviews = read_reviews(project)
        claims = list(unread(claims, reviews, reader_name(reader) if reader else ""))
    if hide_value:
        left_out = [claim for claim in claims if not rows.is_comparable(claim)]
        claims = [claim for claim in claims if rows.is_comparable(claim)]
        if left_out:
            write_messages(f"left out: {len(left_out):,} with a value in the curator's own words")
    if sample is not None:
        claims = drawn(claims, sample, seed)
    write_messages(f"{quantity(len(claims), 'row')}, of {len(every):,} claims with words")
    cells = [rows.row(claim, hide_value) for claim in claims]
    write_result(_written(cells, form, hide_value), output, form)


@review.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@click.option("--by", "reader", required=True, metavar="ID", help="The reader: an id, no name.")
@click.option("--on", "day", default="", metavar="DAY", help="The day of the reading (today).")
@_FORMAT
@click.pass_context
@handle_errors
def import_(context: click.Context, file: Path, reader: str, day: str, form: str) -> None:
    """Keep the verdicts of a file that a reader has filled in.

    They go to data/reviews/ID.yml, with the day, and replace those of the same reader on the same
    claims. Rows without a verdict are skipped. Where a row is wrong, or its claim has changed since
    the export, nothing is written. FILE is - for stdin.

    \b
    Examples:
      pcve evidence review import claims.xlsx --by reader-a
      pcve evidence review import judged.jsonl --by reader-b --on 2026-11-30
    """
    from ..evidence.review_files import LARGEST_REVIEW, read_rows
    from ..evidence.reviews import read_review, reader_name, review_path, review_text
    from ..graph.ontology import read_ontology
    from ..graph.reviewable import reviewable_claims
    from ..validation.review_rows import ReviewRows

    reader = reader_name(reader)
    day = _day(day)
    is_stdin = str(file) == "-"
    form = _format_of(form, None if is_stdin else file)
    project = extensible_project(context)
    name = "stdin" if is_stdin else str(file)
    content = read_stdin() if is_stdin else read_named_file(file, LARGEST_REVIEW)
    rows = read_rows(content, name, form)
    store = open_or_build(project).store
    review_rows = ReviewRows(store, read_ontology(project))
    readings = review_rows.readings(rows, reviewable_claims(store), day)
    before = {reading.id: reading for reading in read_review(project, reader)}
    older = [item for item in readings if item.id in before and item.on < before[item.id].on]
    taken = {item.id: item for item in readings if item not in older}
    changed = {key: item for key, item in taken.items() if before.get(key) != item}
    if changed:
        path = review_path(project, reader)
        with write_errors_as_usage(path):
            path.parent.mkdir(exist_ok=True)
            write_file(path, review_text(reader, (before | changed).values()))
    replaced = len(changed.keys() & before.keys())
    write_messages(
        f"{quantity(len(readings), 'reading')} by {reader} on {day}: "
        f"{len(changed) - replaced:,} new, {replaced:,} replaced, "
        f"{len(taken) - len(changed):,} as before"
        + (f", {len(older):,} older than what is kept" if older else "")
        + f"; {quantity(len(rows) - len(readings), 'row')} without a verdict"
    )


@review.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text, or json with every claim that was read.",
)
@click.pass_context
@handle_errors
def status(context: click.Context, form: str) -> None:
    """Count what was read by whom, and list where readers disagree.

    Claims that one reader alone has read are counted apart, and those that have changed since they
    were read (stale) count for nothing. The agreement of each two readers is Cohen's kappa, on the
    claims that both have read.

    \b
    Examples:
      pcve evidence review status
      pcve evidence review status --format json
    """
    from ..evidence.agreement import review_state
    from ..evidence.reviews import read_reviews
    from ..graph.reviewable import reviewable_claims
    from ..query.review_status import review_json, review_lines

    project = project_of(context)
    by_shown = {claim.shown: claim for claim in reviewable_claims(open_or_build(project).store)}
    state = review_state(read_reviews(project), by_shown)
    if form == "json":
        text = json.dumps(review_json(state, by_shown), ensure_ascii=False, indent=2) + "\n"
        write_result(text, None, form)
    else:
        write_result("".join(f"{line}\n" for line in review_lines(state, by_shown)))


def _format_of(form: str, file: Path | None) -> str:
    """The format that is asked for, or that the ending of a file means; jsonl without either."""
    from ..evidence.review_files import REVIEW_FORMATS

    form = form or (file.suffix.lstrip(".").casefold() if file else "") or "jsonl"
    if form not in REVIEW_FORMATS:
        hint = did_you_mean(form, REVIEW_FORMATS) or f"formats: {', '.join(REVIEW_FORMATS)}"
        raise UsageError(f"unknown format {form!r}; {hint}")
    return form


def _day(text: str) -> str:
    """The day of a reading, today without one. Raises UsageError for none, or one to come."""
    today = datetime.date.today().isoformat()
    try:
        day = datetime.date.fromisoformat(text or today).isoformat()
    except ValueError:
        raise UsageError(f"--on {text!r} is not a day such as {today}") from None
    if day > today:
        raise UsageError(f"--on {day} has not come yet")
    return day


def _of_sources(
    claims: Sequence[ReviewableClaim], sources: Sequence[str]
) -> Sequence[ReviewableClaim]:
    """The claims with words of some sources, or all. Raises UsageError for one without words."""
    with_words = {claim.source[0] for claim in claims}
    for source in sources:
        if source not in with_words:
            hint = did_you_mean(source, with_words) or "`pcve evidence status` lists the sources"
            raise UsageError(f"no claim has words of a source {source!r}; {hint}")
    return [claim for claim in claims if not sources or claim.source[0] in sources]


def _written(rows: Sequence[dict[str, str]], form: str, hide_value: bool) -> bytes | str:
    """Rows in one of the formats; cells of CSV are guarded, and those of a workbook are texts."""
    from ..analysis.tables import ReportTable, render_table
    from ..evidence.review_files import COLUMNS, HIDDEN, guarded, json_lines

    if form == "jsonl":
        return json_lines(rows)
    absent = "value" if hide_value else HIDDEN
    columns = tuple(name for name in COLUMNS if name != absent)
    cells = (tuple(row[name] for name in columns) for row in rows)
    if form == "csv":
        cells = (tuple(map(guarded, row)) for row in cells)
    title = "Do the words support the value? Write supports, contradicts or unclear"
    return render_table(ReportTable(title, columns, tuple(cells)), form)
