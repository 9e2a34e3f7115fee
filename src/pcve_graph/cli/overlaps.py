"""`pcve overlaps`: projects that do the same, and events that are back to back or collide."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.problems import UsageError
from .bounds import COUNT, SHARE
from .console import OUTPUT, handle_errors, write_result
from .context import open_or_build, project_of, resolve_names

if TYPE_CHECKING:
    from datetime import date

    from ..analysis.overlaps.find import OverlapCriteria, Overlaps
    from ..analysis.overlaps.profiles import WorkProfiles
    from ..graph.store import StoredGraph
    from ..model.project import Project

_KINDS = {"all": ("project", "event"), "project": ("project",), "event": ("event",)}
_FORMATS = ("text", "table", "csv", "xlsx", "markdown", "json", "turtle")


@click.command()
@click.option("--country", default="", metavar="NAME", help="Only pairs in this country or region.")
@click.option(
    "--topic", default="", metavar="NAME", help="Only pairs on this topic or narrower ones."
)
@click.option(
    "--funder", default="", metavar="NAME", help="Only pairs this body funds one or both of."
)
@click.option(
    "--since", default="", metavar="DATE", help="Only pairs that overlap on or after DATE."
)
@click.option(
    "--until", default="", metavar="DATE", help="Only pairs that overlap on or before DATE."
)
@click.option("--kind", default="all", metavar="KIND", help="all (default), project, event.")
@click.option(
    "--min-score", "least", type=SHARE, metavar="S", help="The lowest score, from 0 to 1."
)
@click.option("--related", is_flag=True, help="Also list all related pairs.")
@click.option(
    "--limit", type=COUNT, default=10, show_default=True, help="Pairs of a verdict; 0 for all."
)
@click.option(
    "--format",
    "form",
    default="text",
    metavar="FORMAT",
    help="text (default), table, csv, xlsx, markdown, json, turtle; all but text have all pairs.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also draw a diagram to FILE.svg or FILE.png (extra: pictures).",
)
@OUTPUT
@click.pass_context
@handle_errors
def overlaps(
    context: click.Context,
    /,
    country: str,
    topic: str,
    funder: str,
    since: str,
    until: str,
    kind: str,
    least: float | None,
    related: bool,
    limit: int,
    form: str,
    picture: Path | None,
    output: Path | None,
) -> None:
    """Find who does the same work in the same place at the same time.

    Each pair has a score, its parts, a reason and evidence. Successors, parts of one umbrella and
    editions of one series are related, not overlapping; pairs that a missing date or place leaves
    undecided are listed separately. docs/overlap-score.md explains the score.

    \b
    Examples:
      pcve overlaps --country Albania
      pcve overlaps --topic prisons --since 2019 --kind project
      pcve overlaps --funder "European Union" --format xlsx -o overlaps.xlsx
    """
    from ..analysis.overlaps.find import find_overlaps
    from ..analysis.scope import option_period

    for option, word, choices in (("--kind", kind, _KINDS), ("--format", form, _FORMATS)):
        _check_choice(option, word, choices)
    project = project_of(context)
    saved = open_or_build(project)
    names = resolve_names(project, saved, "overlaps", country=country, topic=topic, funder=funder)
    first, last = option_period(since, until, None)
    profiles = _profiles(project, saved, first, last)
    current = profiles.landscape.current_iris(names)
    criteria = _criteria(current, first, last, _KINDS[kind], least)
    result = find_overlaps(profiles, criteria)
    if picture:
        from ..analysis.overlaps.diagram import overlap_diagram

        where = profiles.landscape, saved.store, criteria, result
        write_result(overlap_diagram(*where, picture.suffix), picture, picture.suffix)
        if output is None and form == "text":
            return
    write_result(_rendered(saved, profiles, criteria, result, form, limit, related), output, form)


def _rendered(
    saved: StoredGraph,
    profiles: WorkProfiles,
    criteria: OverlapCriteria,
    result: Overlaps,
    form: str,
    limit: int,
    related: bool,
) -> bytes:
    """The overlaps in the format `form`."""
    from ..analysis.overlaps.find import succession_pairs

    landscape, store = profiles.landscape, saved.store
    if form == "text":
        from ..analysis.overlaps.report import Briefing, briefing_text

        most = limit or max(map(len, result.pairs.values()))
        lines = tuple(succession_pairs(profiles, criteria))
        return briefing_text(
            Briefing(landscape, store, criteria, result, lines, most, related)
        ).encode()
    if form == "turtle":
        from ..analysis.overlaps.formats import overlaps_as_turtle

        return overlaps_as_turtle(landscape, store, result)
    from ..analysis.overlaps.formats import overlap_table
    from ..analysis.tables import render_table as tabled

    return tabled(
        overlap_table(landscape, store, criteria, result), "text" if form == "table" else form
    )


def _check_choice(option: str, word: str, choices: Collection[str]) -> None:
    from ..model.suggest import did_you_mean

    if word not in choices:
        hint = did_you_mean(word, choices)
        choice = ", ".join(choices)
        raise UsageError(f"{option} must be one of {choice}, not {word!r}" + (hint and f"; {hint}"))


def _profiles(
    project: Project, saved: StoredGraph, first: date | None, last: date | None
) -> WorkProfiles:
    """The profiles of the works, with the actors and funders of the period."""
    from ..analysis.involvements import landscape_in_period
    from ..analysis.load import read_landscape
    from ..analysis.overlaps.profiles import build_profiles
    from ..analysis.overlaps.weights import read_weights
    from ..model.periods import period_of_days

    asked = period_of_days(first, last)
    landscape = landscape_in_period(read_landscape(project, saved.store), asked)
    return build_profiles(landscape, read_weights(project))


def _criteria(
    names: dict[str, str],
    first: date | None,
    last: date | None,
    kinds: tuple[str, ...],
    least: float | None,
) -> OverlapCriteria:
    from ..analysis.overlaps.find import OverlapCriteria

    return OverlapCriteria(
        kinds,
        country=names.get("country", ""),
        topic=names.get("topic", ""),
        funder=names.get("funder", ""),
        since=first,
        until=last,
        least=least,
    )
