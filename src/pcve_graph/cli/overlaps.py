"""`pcve overlaps`: projects that do the same, and events that are back to back or collide."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.problems import UsageError
from .bounds import COUNT, SHARE
from .console import OUTPUT, guarded, put
from .context import here, named, opened

if TYPE_CHECKING:
    from ..analysis.overlaps.find import Asked, Overlaps
    from ..analysis.overlaps.profiles import Profiles
    from ..graph.store import Saved
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
@guarded
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
    """Find who does the same in the same place at the same time.

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

    for option, word, choices in (("--kind", kind, _KINDS), ("--format", form, _FORMATS)):
        _check_choice(option, word, choices)
    project = here(context)
    saved = opened(project)
    names = named(project, saved, "overlaps", country=country, topic=topic, funder=funder)
    profiles = _profiles(project, saved)
    criteria = _criteria(profiles.landscape.current_iris(names), since, until, _KINDS[kind], least)
    result = find_overlaps(profiles, criteria)
    if picture:
        from ..analysis.overlaps.diagram import overlap_picture

        where = profiles.landscape, saved.store, criteria, result
        put(overlap_picture(*where, picture.suffix), picture, picture.suffix)
        if output is None and form == "text":
            return
    put(_rendered(saved, profiles, criteria, result, form, limit, related), output, form)


def _rendered(
    saved: Saved,
    profiles: Profiles,
    criteria: Asked,
    result: Overlaps,
    form: str,
    limit: int,
    related: bool,
) -> bytes:
    """The overlaps in the format `form`."""
    from ..analysis.overlaps.find import lines_of_succession

    landscape, store = profiles.landscape, saved.store
    if form == "text":
        from ..analysis.overlaps.report import Briefing, written

        most = limit or max(map(len, result.pairs.values()))
        lines = tuple(lines_of_succession(profiles, criteria))
        return written(Briefing(landscape, store, criteria, result, lines, most, related)).encode()
    if form == "turtle":
        from ..analysis.overlaps.report import turtle

        return turtle(landscape, store, result)
    from ..analysis.overlaps.report import sheet
    from ..analysis.tables import written as tabled

    return tabled(sheet(landscape, store, criteria, result), "text" if form == "table" else form)


def _check_choice(option: str, word: str, choices: Collection[str]) -> None:
    from ..model.suggest import nearest

    if word not in choices:
        hint = nearest(word, choices)
        choice = ", ".join(choices)
        raise UsageError(f"{option} must be one of {choice}, not {word!r}" + (hint and f"; {hint}"))


def _profiles(project: Project, saved: Saved) -> Profiles:
    from ..analysis.load import read_landscape
    from ..analysis.overlaps.profiles import profiles
    from ..analysis.overlaps.weights import read_weights

    return profiles(read_landscape(project, saved.store), read_weights(project))


def _criteria(
    names: dict[str, str], since: str, until: str, kinds: tuple[str, ...], least: float | None
) -> Asked:
    from ..analysis.overlaps.find import Asked
    from ..analysis.scope import period

    first, last = period(since, until, None)
    return Asked(
        kinds,
        country=names.get("country", ""),
        topic=names.get("topic", ""),
        funder=names.get("funder", ""),
        since=first,
        until=last,
        least=least,
    )
