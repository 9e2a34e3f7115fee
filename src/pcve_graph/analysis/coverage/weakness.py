"""Works that cover a cell of a matrix only weakly, and how the facts stand that say so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from ...model.standing import ANNOUNCED, joined_standings, word_of_status
from ...query.render import format_date
from ..standing import Ways, each_of, facts_of_dates, standing_text
from ..works import TOTAL, Landscape, Work, budget_sums
from .basis import work_standing
from .matrix import AxisEntry, Matrix

SMALL: Final = Decimal(100_000)
"""In the currency of the budget: a project with a lower total budget counts as small."""
SMALL_KINDS: Final = {
    "pilot-project": "a pilot project",
    "sub-grant-scheme": "a sub-grant scheme",
    "component": "a component of a project",
}

_ANNOUNCED_ONLY: Final = "announced only"


def weakness(work: Work, on: date | None) -> str:
    """Why a work covers its cell only weakly; empty if it does not.

    A project has surely ended, has surely not begun, states no dates or is small. An event states
    no date, or is only announced.
    """
    if not (work.start or work.end or work.earliest or work.latest):
        return "no dates stated"
    if work.kind == "event":
        return _ANNOUNCED_ONLY if word_of_status(work.status) == ANNOUNCED else ""
    if on and work.period.last < on.toordinal():
        return f"ended {format_date(work.end or work.start or '')}"
    if on and work.period.first > on.toordinal():
        return f"begins {format_date(work.start or work.end or '')}"
    if work.sort in SMALL_KINDS:
        return SMALL_KINDS[work.sort]
    totals = [
        total for total in budget_sums([work]) if total.kind == TOTAL and total.most is not None
    ]
    if totals and all(total.most is not None and total.most < SMALL for total in totals):
        return f"small, {totals[0].currency} {totals[0]} in all"
    return ""


def listed_work(
    landscape: Landscape,
    matrix: Matrix,
    work: Work,
    row: AxisEntry,
    column: AxisEntry,
    on: date | None,
) -> tuple[str, str]:
    """A work of a cell in words, with why it is weak and how that stands; and the standing alone.

    That is of the facts that put it into the cell, and of those that make it weak.
    """
    reason = weakness(work, on)
    standing = joined_standings(
        (
            work_standing(landscape, matrix, work, row, column),
            standing_text([(work, _deciding(work, reason))]) if reason else "",
        )
    )
    shown = ", ".join(
        w for w in standing.split(", ") if (w, reason) != (ANNOUNCED, _ANNOUNCED_ONLY)
    )
    return ", ".join(filter(None, (work.label, reason))) + (
        f" ({shown})" if shown else ""
    ), standing


def _deciding(work: Work, reason: str) -> set[Ways]:
    """The facts that a reason of `weakness` rests on."""
    if reason.startswith(("ended", "begins")):
        return facts_of_dates(work)
    kinds = (fact for fact in work.standings if fact[0] == "kind")
    return each_of(kinds) if reason in SMALL_KINDS.values() else set()
