"""`pcve evidence requote`: finds the quotes of a source again after its text was edited."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..model.problems import UsageError
from ..model.visible import escape_hidden
from ..model.words import quantity
from ..system.atomic_writes import write_errors_as_usage, write_file
from .console import handle_errors, write_lines, write_messages
from .edit import extensible_project

if TYPE_CHECKING:
    from ..model.project import Project
    from ..records.requote import LostQuote, OldPlace


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option("--accept-all", is_flag=True, help="Accept all proposed words, without a question.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a quote is lost.")
@click.pass_context
@handle_errors
def requote(context: click.Context, source: str, accept_all: bool, check: bool) -> None:
    """Find the quotes of a source again after its held text was edited.

    A quote that the text does not have any more is looked for between the words around it, else
    near its old place, which the last build has. Old and new words are shown; answer y to accept
    them, n to skip, q to skip all the rest. Accepted quotes are written to the records, and the new
    checksum to the source. Read the difference, since an edited text may say something else.

    \b
    Examples:
      pcve evidence requote northtown-news --check
      pcve evidence requote northtown-news
    """
    from ..graph.ontology import read_ontology
    from ..records.requote import find_lost_quotes, requoted_texts

    project = extensible_project(context)
    requoted = find_lost_quotes(project, source, _old_places(project, source))
    accepted = _accepted(project, requoted.lost, accept_all, check)
    count = f"{quantity(requoted.quotes, 'quote')} of {source}, {len(requoted.lost):,} lost"
    if check:
        write_messages(count)
        sys.exit(1 if requoted.lost else 0)
    texts = requoted_texts(project, read_ontology(project), requoted, accepted)
    for path, text in sorted(texts.items()):
        with write_errors_as_usage(path):
            write_file(path, text)
        write_lines(project.relative(path))
    write_messages(f"{count}, {len(accepted):,} accepted")
    if len(accepted) < len(requoted.lost):
        write_messages("`pcve build` names the quotes that are still lost")


def _old_places(project: Project, source: str) -> dict[str, OldPlace]:
    """Where the quotes of a source were in the last build; empty without one."""
    from ..graph.claims import quote_places
    from ..graph.store import open_graph
    from ..records.quotes import fold_quote
    from ..records.requote import OldPlace

    try:
        saved = open_graph(project)
    except UsageError:
        return {}
    places = quote_places(saved.store, source)
    return {fold_quote(words): OldPlace(*place) for words, place in places.items()}


def _accepted(
    project: Project, lost: tuple[LostQuote, ...], accept_all: bool, check: bool
) -> list[LostQuote]:
    """Those of the lost quotes whose words are accepted; each is shown."""
    accepted: list[LostQuote] = []
    asking = not (accept_all or check)
    for quote in lost:
        place = quote.quote.position
        write_lines(f"{project.relative(quote.path)}:{place.line}:{place.column}")
        write_lines(f"    old: {escape_hidden(' '.join(quote.quote.text.split()))}")
        write_lines(f"    new: {escape_hidden(quote.words) or '(no words are like it)'}")
        if not quote.words or check:
            continue
        answer = "y" if accept_all else _answer() if asking else "n"
        asking = asking and answer != "q"
        if answer == "y":
            accepted.append(quote)
    return accepted


def _answer() -> str:
    """The answer of the user: y, n or q; q at the end of the input."""
    while True:
        write_messages("accept? [y/n/q]")
        line = sys.stdin.readline()
        answer = line.strip().casefold()[:1] if line else "q"
        if answer in ("y", "n", "q") and answer:
            return answer
