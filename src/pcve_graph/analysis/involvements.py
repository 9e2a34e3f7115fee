"""The possible periods of the parts of actors in works, and works with their actors of a period.

A part whose period surely lies outside the period that is asked for does not count in it; one that
may lie outside counts as not known. Its direct property (`leader`, `funder` …) is a fact without a
period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from ..model.periods import NO, YES, Period, period_of_dates, share_a_day
from .works import Landscape, PartPeriods, Work

NodePeriods: TypeAlias = Mapping[str, PartPeriods]
"""The periods of the parts in each node, by its IRI."""

FUNDER: Final = "funder"
"""The key of the role of a funder, which is not among those of the roles of actors."""


def read_periods(
    rows: Iterable[Iterable[str]], keys_by_role: Mapping[str, str], current: Mapping[str, str]
) -> NodePeriods:
    """The periods by node, from rows of node, role, actor, start and end as stated.

    `keys_by_role` maps the IRI of a role to the key of its direct property; other roles are left
    out. `current` maps a replaced record to its replacement.
    """
    periods: dict[str, dict[tuple[str, str], tuple[Period, ...]]] = {}
    for node, role, actor, start, end in rows:
        if key := keys_by_role.get(role):
            parts = periods.setdefault(current.get(node, node), {})
            part = key, current.get(actor, actor)
            parts[part] = (*parts.get(part, ()), period_of_dates(start or None, end or None))
    return periods


def inherited_periods(
    periods: NodePeriods, funders: Mapping[str, Iterable[str]], frames: Iterable[str]
) -> PartPeriods:
    """The periods in which the funders of `frames` paid, without those that pay one at any time."""
    joined: dict[tuple[str, str], tuple[Period, ...]] = {}
    lasting: set[tuple[str, str]] = set()
    for frame in frames:
        for funder in funders.get(frame, ()):
            part = FUNDER, funder
            stated = periods.get(frame, {}).get(part, ())
            joined[part] = (*joined.get(part, ()), *stated)
            lasting |= set() if stated else {part}
    return {part: spans for part, spans in joined.items() if part not in lasting}


def work_in_period(work: Work, asked: Period) -> Work:
    """The work without the actors and funders whose parts surely lie outside the period.

    An actor with several parts in one role counts if one of them may lie in the period. Those of
    which none surely does are `unsure_parts` of the work.
    """
    answers = {
        part: {share_a_day(period, asked) for period in periods}
        for part, periods in work.periods.items()
    }
    outside = {part for part, holds in answers.items() if holds == {NO}}
    unsure = frozenset(part for part, holds in answers.items() if YES not in holds) - outside
    if not (outside or unsure):
        return work
    actors = {
        role: tuple(iri for iri in iris if (role, iri) not in outside)
        for role, iris in work.actors.items()
    }
    return replace(
        work,
        actors={role: iris for role, iris in actors.items() if iris},
        leaders=tuple(
            iri for iri in work.leaders if any(iri in actors.get(role, ()) for role in work.leading)
        ),
        funders=tuple(iri for iri in work.funders if (FUNDER, iri) not in outside),
        unsure_parts=unsure,
    )


def landscape_in_period(landscape: Landscape, asked: Period) -> Landscape:
    """The landscape with each work as `work_in_period` gives it."""
    works = tuple(work_in_period(work, asked) for work in landscape.works)
    return replace(landscape, works=works)
