"""`pcve evidence recheck`: whether cited passages still stand in their sources."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.problems import UsageError
from ..model.suggest import did_you_mean
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from .console import (
    despite_closed_pipe,
    handle_errors,
    show_progress,
    write_messages,
    write_result,
)
from .context import open_or_build, project_of
from .edit import extensible_project

if TYPE_CHECKING:
    from ..evidence.pages import PageReader
    from ..evidence.recheck_source import SourceResult
    from ..evidence.rechecking import PassageResult, SoughtSource
    from ..model.project import Project
    from ..system.sandbox.process import LimitedProcess


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--pages",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Saved pages, each named by the id of its source: atlas.html, lake-review.pdf.",
)
@click.option("--fetch", is_flag=True, help="Ask the addresses of the sources themselves.")
@click.option(
    "--warc", type=click.Path(path_type=Path), metavar="FILE", help="Captures in a WARC file."
)
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="HOST:PORT",
    help="With --fetch, also ask this server, although its address is not public.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="table, or json with every passage.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing to data/rechecks.")
@click.pass_context
@handle_errors
def recheck(
    context: click.Context,
    sources: tuple[str, ...],
    pages: Path | None,
    fetch: bool,
    warc: Path | None,
    allowed: tuple[str, ...],
    form: str,
    dry_run: bool,
) -> None:
    """Look for cited passages in their sources as these are now.

    Each quote and each fingerprint of the built graph is found, moved (it stands elsewhere, or more
    than once), changed (the words that carry the value, or most words, stand there), gone, or
    unread, where the page could not be read. The page is compared with what was read, by its
    SHA-256. Results go to data/rechecks, one file a source, as soon as each is known. The exit code
    is 1 if a passage is changed or gone, or if no page could be read.

    --fetch obeys robots.txt, waits a second between requests to a host, and connects to public
    addresses only.

    \b
    Examples:
      pcve evidence recheck --pages ~/saved-pages
      pcve evidence recheck atlas lake-review --fetch
      pcve evidence recheck --warc crawl.warc.gz --format json --dry-run
    """
    from ..evidence.rechecks import RECHECKS
    from ..graph.source_passages import sources_to_recheck
    from ..system.sandbox.process import LimitedProcess

    if sum((pages is not None, fetch, warc is not None)) != 1:
        raise click.UsageError(
            "say where the pages are: --pages DIR, --fetch (their addresses) or --warc FILE"
        )
    if allowed and not fetch:
        raise click.UsageError("--allow-host requires --fetch")
    project = project_of(context) if dry_run else extensible_project(context)
    by_id = sources_to_recheck(open_or_build(project).store)
    wanted = _chosen(by_id, sources)
    _note_without_passages(source for source in wanted if source.id in sources)
    with ExitStack() as stack:
        process = stack.enter_context(LimitedProcess())
        way, read = _reader(pages, warc, allowed, by_id, process)
        results = list(_rechecked(project, wanted, way, read, process, dry_run))
    read_ids = {result.source.id for result in results}
    missing = [source for source in sources if source not in read_ids]
    if missing:
        write_messages(f"no page of {', '.join(missing)}")
    if not results:
        raise UsageError("there is no page of any of these sources")
    with despite_closed_pipe():
        write_result(_as_json(results) if form == "json" else _as_table(results), None, form)
    write_messages(*_totals(results, len(wanted)))
    if not dry_run:
        write_messages(f"{quantity(len(results), 'file')} written to data/{RECHECKS}")
    if any(result.is_lost for result in results) or not any(map(_is_read, results)):
        sys.exit(1)


def _note_without_passages(sources: Iterable[SoughtSource]) -> None:
    """Name those of the sources of which nothing is looked for."""
    if names := [source.id for source in sources if not source.passages]:
        write_messages(
            f"note: the built graph has no quote or fingerprint of {', '.join(names)}; "
            "what is not built yet is not looked for: run `pcve build`"
        )


def _chosen(by_id: Mapping[str, SoughtSource], names: Collection[str]) -> list[SoughtSource]:
    """The sources with these ids, or all; sorted. Raises UsageError for an id that is none."""
    for name in names:
        if name not in by_id:
            hint = did_you_mean(name, by_id) or "`pcve evidence status` lists the sources"
            raise UsageError(f"no source has the id {name!r}; {hint}")
    return [source for source in by_id.values() if not names or source.id in names]


def _reader(
    pages: Path | None,
    warc: Path | None,
    allowed: tuple[str, ...],
    by_id: Collection[str],
    process: LimitedProcess,
) -> tuple[str, PageReader]:
    """How the pages are had, as `WAYS` calls it, and what gives them."""
    if pages is not None:
        from ..evidence.pages import PageFolder

        folder = PageFolder(pages, by_id)
        if folder.unknown:
            write_messages(
                f"note: no source has the id of {', '.join(folder.unknown[:5])}"
                + (f" and {len(folder.unknown) - 5:,} other files" * (len(folder.unknown) > 5))
            )
        return "pages", folder.read
    if warc is not None:
        from ..evidence.warc import WarcFile

        return "warc", WarcFile(warc, process).read
    from ..evidence.fetching import Fetcher

    return "fetch", Fetcher(allowed).read


def _rechecked(
    project: Project,
    sources: Iterable[SoughtSource],
    way: str,
    read: PageReader,
    process: LimitedProcess,
    dry_run: bool,
) -> Iterator[SourceResult]:
    """The result of each source that has a page, written to its file unless `dry_run`."""
    from ..evidence.recheck_source import recheck_source
    from ..evidence.rechecks import read_recheck, recheck_path, recheck_text

    day = datetime.date.today().isoformat()
    for source in sources:
        show_progress(f"{source.id} …")
        page = read(source)
        if page is None:
            continue
        last = read_recheck(project, source.id)
        result = recheck_source(source, page, last, day, way, process)
        if not dry_run:
            path = recheck_path(project, source.id)
            with write_errors_as_usage(path):
                path.parent.mkdir(exist_ok=True)
                write_file(path, recheck_text(result.recheck))
        yield result
    show_progress("")


def _is_read(result: SourceResult) -> bool:
    """Whether there is something to say about the passages of a source, or about its page."""
    outcomes = {passage.recheck.outcome for passage in result.passages}
    return bool(outcomes - {"unread"}) if outcomes else result.recheck.page != "unread"


def _as_table(results: Iterable[SourceResult]) -> str:
    """A row a source, followed by a line for each passage that is not simply found."""
    from ..query.render import single_line
    from ..query.text_table import aligned_columns

    results = list(results)
    rows = [["source", "address", "page", "passages"]]
    notes: list[list[str]] = []
    for result in results:
        recheck = result.recheck
        counts = ", ".join(f"{count:,} {name}" for name, count in recheck.counts().items())
        rows.append([recheck.source, recheck.address or "-", recheck.page, counts or "none"])
        notes.append([f"    {single_line(line)}\n" for line in _notes(result)])
    head, *lines = aligned_columns(rows).splitlines(keepends=True)
    return head + "".join(line + "".join(below) for line, below in zip(lines, notes, strict=True))


def _notes(result: SourceResult) -> Iterator[str]:
    recheck = result.recheck
    yield from (f"redirects to {address}" for address in recheck.redirects)
    if recheck.reason:
        yield recheck.reason
    if recheck.address in ("gone", "unknown") and result.source.archived_at:
        yield f"archived copy: {result.source.archived_at}"
    for passage in result.passages:
        for outcome, remark, shown in _outcomes(passage):
            if outcome not in ("found", "unread"):
                yield f"{outcome}: {shown}" + (f": {remark}" if remark else "")


def _outcomes(passage: PassageResult) -> Iterator[tuple[str, str, str]]:
    """(outcome, remark, the words for people) of a quote, or of what a fingerprint says.

    Words of one fingerprint with the same outcome are named together, the worst outcome first.
    """
    from ..evidence.rechecks import OUTCOMES

    sought = passage.sought
    if sought.quote:
        start = " ".join(sought.quote.split())
        shown = f"“{start if len(start) <= 80 else start[:79] + '…'}”"
        yield passage.recheck.outcome, passage.remark, shown
    groups: dict[tuple[str, str], list[str]] = {}
    for item in passage.value_words:
        groups.setdefault((item.outcome, item.remark), []).append(f"“{item.value_words.says}”")
    for outcome, remark in sorted(groups, key=lambda group: -OUTCOMES.index(group[0])):
        shown = ", ".join(dict.fromkeys(groups[outcome, remark]))
        yield outcome, remark, f"the passage of {sought.words:,} words with {shown}"


def _as_json(results: Iterable[SourceResult]) -> str:
    documents = [
        {
            "source": result.source.id,
            "title": result.source.title,
            "url": result.source.url,
            "archivedAt": result.source.archived_at,
            "day": result.recheck.day,
            "by": result.recheck.by,
            "address": result.recheck.address,
            "redirects": list(result.recheck.redirects),
            "page": result.recheck.page,
            "reason": result.recheck.reason,
            "sha256": result.recheck.sha256,
            "passages": [
                {
                    "words": passage.sought.words,
                    "sha256": passage.sought.sha256,
                    "quote": passage.sought.quote,
                    "outcome": passage.recheck.outcome,
                    "remark": passage.remark,
                    "valueWords": [
                        {
                            "says": item.value_words.says,
                            "at": item.value_words.at,
                            "outcome": item.outcome,
                            "remark": item.remark,
                        }
                        for item in passage.value_words
                    ],
                }
                for passage in result.passages
            ],
        }
        for result in results
    ]
    return json.dumps(documents, ensure_ascii=False, indent=2) + "\n"


def _totals(results: list[SourceResult], wanted: int) -> Iterator[str]:
    """How many passages there are by outcome, and how many sources had no page."""
    from ..evidence.rechecks import OUTCOMES

    outcomes = [passage.recheck.outcome for result in results for passage in result.passages]
    counts = [f"{outcomes.count(name):,} {name}" for name in OUTCOMES if name in outcomes]
    total = f"{quantity(len(outcomes), 'passage')} of {quantity(len(results), 'source')}"
    yield f"{total}: {', '.join(counts)}" if counts else total
    if wanted > len(results):
        yield f"{quantity(wanted - len(results), 'source')} without a page"
