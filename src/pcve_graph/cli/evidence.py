"""`pcve evidence`: starts, cites and rechecks sources, and counts the claims of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.problems import ContentError, UsageError
from ..model.suggest import did_you_mean
from .bounds import COUNT, SECONDS
from .console import (
    handle_errors,
    read_named_file,
    read_stdin,
    terminal_width,
    write_messages,
    write_result,
)
from .context import open_or_build, project_of
from .edit import create_draft, extensible_project
from .groups import CommandGroup, report_command
from .recheck import recheck
from .requote import requote
from .review import review

if TYPE_CHECKING:
    from ..evidence.citing import Citation
    from ..model.project import Project


@click.group(cls=CommandGroup)
@click.pass_context
def evidence(context: click.Context) -> None:
    """Start, cite, recheck, review and list sources; count their claims.

    \b
    Examples:
      pcve evidence new northtown-review
      pcve evidence cite atlas --text page.txt --says "2 May 2018" - < passage.txt
      pcve evidence recheck --pages ~/saved-pages
      pcve evidence review export -o claims.xlsx
      pcve evidence sources --reason listing
      pcve evidence status
    """
    report_command(context)


evidence.add_command(recheck)
evidence.add_command(requote)
evidence.add_command(review)


@evidence.command()
@click.argument("identifier", metavar="ID")
@click.pass_context
@handle_errors
def new(context: click.Context, identifier: str) -> None:
    """Start a source with every key it may have.

    \b
    Example: pcve evidence new northtown-review
    """
    from ..graph.ontology import read_ontology
    from ..records.template import draft_source

    project = extensible_project(context)
    create_draft(project, *draft_source(project, read_ontology(project), identifier))


_FORMAT = click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="table (default), csv, tsv, json, xml, markdown.",
)


@evidence.command()
@click.option("--reason", metavar="REASON", default="", help="Only sources with this reason.")
@_FORMAT
@click.pass_context
@handle_errors
def sources(context: click.Context, reason: str, form: str) -> None:
    """List the sources that are weak as evidence, each with the reasons.

    \b
    Reasons:
      listing          the address of a list or start page, whose content moves
      mirror           it repeats another source, or is a copy of another address
      no-title         no title, or one in square brackets, which is the curator's
      no-date          no date of publication
      many-claims      more than 50 claims on one page
      never-rechecked  not compared with its address since it was read
      unused           no claim rests on it

    \b
    Examples:
      pcve evidence sources --reason listing
      pcve evidence sources --format csv
    """
    from ..evidence.rechecks import read_rechecks
    from ..query.render_rows import RowLook, render_answer
    from ..query.weak_sources import REASONS, weak_sources

    if reason and reason not in REASONS:
        hint = did_you_mean(reason, REASONS) or f"the reasons are {', '.join(REASONS)}"
        raise UsageError(f"unknown reason {reason!r}; {hint}")
    project = project_of(context)
    rechecked = {recheck.source for recheck in read_rechecks(project) if recheck.page != "unread"}
    store = open_or_build(project).store
    table, totals = weak_sources(store, rechecked, reason)
    text, head = render_answer(table, form, store, RowLook(width=terminal_width()))
    counts = (f"{totals[name]:,} {name}" for name in REASONS if totals[name])
    write_messages(f"reasons: {', '.join(counts) or 'none'}")
    write_result(text, form=form or "table", head=head)


@evidence.command()
@_FORMAT
@click.option(
    "--timeout",
    type=SECONDS,
    metavar="S",
    help="Stop after S seconds; 0 for no limit (default: that of the query sources, 5).",
)
@click.pass_context
def status(context: click.Context, form: str, timeout: float | None) -> None:
    """Count the claims that each source supports, by grade.

    The same as `pcve query sources`, which has more options.

    \b
    Examples:
      pcve evidence status
      pcve evidence status --format csv
    """
    from .query import query

    context.invoke(query, name="sources", form=form, timeout=timeout)


@evidence.command()
@click.argument("source", metavar="SOURCE")
@click.argument("passage", metavar="PASSAGE")
@click.option(
    "--text",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="The text that was read, in UTF-8; - for stdin.",
)
@click.option(
    "--page",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="The page that was read, as HTML, PDF or DOCX; - for stdin.",
)
@click.option(
    "--says",
    default="",
    metavar="WORDS",
    help="The words of the passage that carry the value, eight at most.",
)
@click.option(
    "--at",
    type=COUNT,
    metavar="N",
    help="Index of the first of these words in the passage, from 0, where they stand in it twice.",
)
@click.pass_context
@handle_errors
def cite(
    context: click.Context,
    source: str,
    passage: str,
    text: Path | None,
    page: Path | None,
    says: str,
    at: int | None,
) -> None:
    """Print the fingerprint of a passage, as a block for a record.

    PASSAGE is the passage as it was read, or - for stdin; it has eight words or more. It must stand
    in the text, by its words: case, punctuation and line ends do not matter. Neither text nor
    passage is kept; the block has the number of words, their SHA-256, and the words of --says.

    \b
    Examples:
      pcve evidence cite atlas --text page.txt --says "2 May 2018" "the passage as read"
      pcve evidence cite atlas --page page.pdf --says "2 May 2018" - < passage.txt
    """
    from ..evidence.citing import cite_passage

    file = text or page
    if file is None or (text and page):
        raise UsageError("give the text that was read with --text FILE, or a page with --page FILE")
    if str(file) == passage == "-":
        raise UsageError("stdin is either the passage or the text; give one of them as a file")
    project = project_of(context)
    _check_not_held(project, source)
    words = read_stdin().decode("utf-8", "replace") if passage == "-" else passage
    texts = _texts(file, is_page=page is not None)
    citation = cite_passage(words, texts, "stdin" if str(file) == "-" else str(file), says, at)
    write_messages(*(f"warning: {warning}" for warning in citation.warnings))
    if not says:
        write_messages("add --says WORDS with the words of the passage that carry the value")
    write_result(_block(project, source, citation), fold=False)


def _check_not_held(project: Project, identifier: str) -> None:
    """Raise UsageError where there is no such source, or its text is held and can be quoted."""
    from ..records.files import source_paths
    from ..records.reader import read_sources_in

    sources, problems = read_sources_in(project, source_paths(project))
    if identifier not in sources:
        hint = did_you_mean(identifier, sources) or f"create it: pcve evidence new {identifier}"
        raise UsageError(f"no source has the id {identifier!r}; {hint}")
    source = sources[identifier]
    if source is None:
        raise ContentError(list(problems))
    if source.text is not None:
        raise UsageError(
            f"the text of {identifier} is held; write its words under `quote:`, without a passage"
        )


def _texts(file: Path, is_page: bool) -> tuple[str, ...]:
    """The text of a file, or of a page; of HTML first the main part, then all of it."""
    from ..evidence.extraction import LARGEST_PAGE, page_text, plain_text

    is_stdin = str(file) == "-"
    name = "stdin" if is_stdin else str(file)
    content = read_stdin() if is_stdin else read_named_file(file, LARGEST_PAGE)
    if not is_page:
        return (plain_text(content, name),)
    page = page_text(content, name)
    return tuple(dict.fromkeys((page.main, page.whole)))


def _block(project: Project, source: str, citation: Citation) -> str:
    """The block of a record with the passage as evidence, in canonical form."""
    from ..graph.ontology import read_ontology
    from ..records.formatter import block_text

    passage = citation.passage
    values = {
        "words": str(passage.words),
        "sha256": passage.sha256,
        "says": passage.says or "<the words of the passage that carry the value>",
        "at": str(passage.at) if passage.says else "<the index of the first of them, from 0>",
    }
    return block_text({"source": source, "passage": values}, read_ontology(project))
