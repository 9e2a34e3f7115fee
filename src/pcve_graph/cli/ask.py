"""`pcve ask`: finds the question that answers plain words, and answers it."""

from __future__ import annotations

import datetime
import functools
import sys
from typing import Any

import click

from ..ask.finder import QuestionCandidate, QuestionMatches, find_questions
from ..model.problems import UsageError
from ..model.project import Project
from ..query.access import ReadableGraph
from ..query.saved import read_queries
from .bounds import COUNT
from .console import handle_errors, terminal_width, write_lines, write_messages, write_result
from .context import EndpointTarget, endpoint_options, graph_access, open_or_build, project_of
from .query import QueryOptions, run_query

_IN_TEXT = ("", "table", "markdown", "text")
"""The formats in which the command stands above the answer; with the others it is on stderr."""


@click.command()
@click.argument("words", metavar="TEXT", nargs=-1, required=True)
@click.option(
    "--choice", type=COUNT, metavar="N", help="Answer the Nth of the questions that may be meant."
)
@click.option("--only-command", is_flag=True, help="Print the command alone, to copy.")
@click.option("--no-run", is_flag=True, help="Show which questions fit and why; answer none.")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="",
    help="As in the command that answers: table (default), csv, json and others.",
)
@click.option("--limit", type=COUNT, metavar="N", help="Stop after N rows; 0 for all.")
@endpoint_options
@click.pass_context
@handle_errors
def ask(
    context: click.Context,
    words: tuple[str, ...],
    choice: int | None,
    only_command: bool,
    no_run: bool,
    form: str,
    limit: int | None,
    endpoint: EndpointTarget | None,
) -> None:
    """Find the saved question that plain English asks, and answer it.

    The command is shown above the answer. Questions are found by rules, on this computer. Where
    several may be meant, or the best leaves a name, a number, a place or a negation of the text
    out, they are listed with their commands, and none is answered (exit code 1).

    \b
    Examples:
      pcve ask "who pays for prison work in Albania?"
      pcve ask "events on returnees in Kosovo since 2018"
      pcve ask "what is WBCTi" --only-command
    """
    project = project_of(context)
    graph = graph_access(endpoint, functools.partial(open_or_build, project))
    text = " ".join(words)
    matches = find_questions(
        read_queries(project, "answers").values(),
        graph.index(),
        text,
        today=datetime.date.today(),
        is_remote=endpoint is not None,
    )
    if choice is not None and not 1 <= choice <= len(matches.candidates):
        raise UsageError(f"--choice is a number from 1 to {len(matches.candidates)}, not {choice}")
    if no_run:
        write_result(f"{_ranking(matches)}\n", fold=False)
        return
    candidate = matches.candidates[(choice or 1) - 1]
    if not (matches.is_clear or choice) or candidate.missing:
        choices = f"{_choices(matches)}\n"
        if form in _IN_TEXT and not only_command:
            write_result(choices, fold=False)
        else:
            write_messages(*choices.splitlines())
        sys.exit(1)
    if only_command:
        write_lines(candidate.command)
        return
    _answer(context, project, graph, candidate, form, limit)


def _answer(
    context: click.Context,
    project: Project,
    graph: ReadableGraph,
    candidate: QuestionCandidate,
    form: str,
    limit: int | None,
) -> None:
    """Write the command and its answer."""
    head = [candidate.command, candidate.summary, *candidate.remarks, ""]
    if form not in _IN_TEXT:
        write_messages(*head[:-1])
    if candidate.is_command:
        if form in _IN_TEXT:
            write_lines(*head)
        _run_command(context, candidate, form, limit)
        return
    settings = tuple(f"{name}={value}" for name, value in candidate.parameters.items())
    options = QueryOptions(settings, form, width=terminal_width(), limit=limit or 0)
    reply = run_query(project, graph, candidate.name, None, options)
    write_messages(*reply.messages)
    if form not in _IN_TEXT:
        write_result(reply.text, form=reply.form, head=reply.head)
        return
    place = None if reply.head is None else reply.head + len(head)
    write_result("".join(f"{line}\n" for line in head) + reply.text, form=reply.form, head=place)


def _run_command(
    context: click.Context, candidate: QuestionCandidate, form: str, limit: int | None
) -> None:
    """Run a command as if it was typed, without options that it does not have, with a note."""
    group = context.find_root().command
    command = group.get_command(context, candidate.name) if isinstance(group, click.Group) else None
    if command is None:
        raise UsageError(f"there is no command {candidate.name!r}")
    names = {param.name: param for param in command.params}
    arguments: dict[str, Any] = {
        "identifier" if name == "id" else name: value
        for name, value in candidate.parameters.items()
    }
    for option, name, value in (("--format", "form", form), ("--limit", "limit", limit)):
        if value in ("", None):
            continue
        if name not in names:
            write_messages(f"note: `pcve {candidate.name}` has no {option}; it is left out")
        else:
            arguments[name] = value
    context.invoke(command, **arguments)


def _choices(matches: QuestionMatches) -> str:
    """The questions that may be meant, with what distinguishes them."""
    first = matches.candidates[0]
    head = "Which of these do you mean?"
    if len(matches.candidates) == 1:
        head = "Only this question comes near; to answer it, add --choice 1:"
        if first.missing:
            head = "The question that fits best requires more; set it in the command:"
    return "\n".join([*matches.doubts, head, *_entries(matches)])


def _ranking(matches: QuestionMatches) -> str:
    """The questions by how well they fit, with the words that decide it."""
    return "\n".join([f"{matches.text!r}", *_entries(matches, why=True)])


def _entries(matches: QuestionMatches, why: bool = False) -> list[str]:
    lines: list[str] = []
    for number, candidate in enumerate(matches.candidates, 1):
        score = f"  ({candidate.score:.2f})" if why else ""
        lines += ["", f"{number}  {candidate.summary}{score}", f"   {candidate.command}"]
        if candidate.missing:
            lines.append(f"   requires: {', '.join(candidate.missing)}")
        lines += [f"   {remark}" for remark in candidate.remarks]
        if why:
            lines += [f"   {words} → {matched}" for words, matched in candidate.why]
    return lines
