"""The projects and events of a graph as plain values, and sums of their money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from ..model.namespaces import local_name
from ..model.periods import Period, period_of_dates

PartPeriods: TypeAlias = Mapping[tuple[str, str], tuple[Period, ...]]
"""The periods of the parts in one work, by role and actor. The role of a funder is `funder`."""


@dataclass(frozen=True, slots=True)
class Money:
    """One budget or transaction: `value`, or a range from `least` to `most`.

    `kind` is the id of the kind of a transaction, or TOTAL for a budget. `payer` is who pays
    it or, if it passes on the money of others of its kind, the first of these; empty if not stated.
    `origins` are the transactions whose money it passes on.
    """

    value: Decimal | None
    least: Decimal | None
    most: Decimal | None
    currency: str
    kind: str
    iri: str = ""
    payer: str = ""
    origins: frozenset[str] = frozenset()


@dataclass(slots=True)
class Work:
    """One project or event. References are IRIs; tuples are sorted.

    `start` and `end` are as stated (day, month or year), `earliest` and `latest` the first and last
    day that they can mean, all as ISO text; None is not stated. A project with an `earliest` and no
    `latest` may be ongoing. `places` are as stated; `countries` those that they are or lie in;
    `regions` the stated places that do not lie in one country. `topics` are as stated, `wider` the
    concepts broader than those; `groups` and `wider_groups` likewise. `funders` are the stated ones
    and the payers of its transactions, or else those of the nearest frame that it is part of.
    `pillars` are the initiatives that it is part of or contributes to, directly or indirectly;
    `frames` all that it is part of, directly or indirectly. `status`, `mode` and `sort` (the kind
    of event or project) are ids of concepts, empty if not stated. `actors` maps roles (local names
    of properties) to IRIs, `leaders` are the actors in a leading role, which are `leading`.
    `periods` are those of the actors and funders whose part has one in the graph. `unsure_parts`
    are the parts, by role and actor, that may lie outside the period that is asked for.
    `own_funders` are those of `funders` that the work does not have from a frame. `standings` has
    the facts that are not stated plainly, by local name of the property and value: `inferred` or
    `contested`.
    """

    iri: str
    kind: str
    label: str
    start: str | None = None
    end: str | None = None
    earliest: str | None = None
    latest: str | None = None
    status: str = ""
    mode: str = ""
    sort: str = ""
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    wider_groups: tuple[str, ...] = ()
    funders: tuple[str, ...] = ()
    pillars: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    preceded_by: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    edition: int | None = None
    budget: tuple[Money, ...] = ()
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leaders: tuple[str, ...] = ()
    leading: frozenset[str] = frozenset()
    periods: PartPeriods = field(default_factory=dict)
    unsure_parts: frozenset[tuple[str, str]] = frozenset()
    own_funders: tuple[str, ...] = ()
    contributes_to: tuple[str, ...] = ()
    standings: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The local part of the IRI."""
        return local_name(self.iri)

    @property
    def period(self) -> Period:
        """The period of the work; an event without a stated end ends when it starts."""
        end = self.start if self.end is None and self.kind == "event" else self.end
        return period_of_dates(self.start, end)

    @property
    def company(self) -> tuple[str, ...]:
        """The actors in any role."""
        return tuple(sorted({iri for iris in self.actors.values() for iri in iris}))


@dataclass(frozen=True, slots=True)
class Landscape:
    """All projects and events of a graph, sorted by IRI, and the hierarchies they refer to.

    `within` maps a place to all larger ones, `broader` a concept to all broader ones, `members` a
    region to its countries; `countries` is all countries. `frames` maps each programme, initiative
    and series to all that it is part of, `sorts` to the id of its kind, if stated, `successions` to
    those that it follows. `replaced` maps a replaced record to its final replacement. `lists` has
    the IRIs of the closed lists of topics and target groups, by `topic` and `group`.
    """

    works: tuple[Work, ...]
    labels: Mapping[str, str]
    within: Mapping[str, tuple[str, ...]]
    members: Mapping[str, tuple[str, ...]]
    countries: frozenset[str]
    broader: Mapping[str, tuple[str, ...]]
    frames: Mapping[str, tuple[str, ...]]
    sorts: Mapping[str, str]
    successions: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, str]
    lists: Mapping[str, str] = field(default_factory=dict)

    def label(self, iri: str) -> str:
        """The label of a thing; its id if it has none."""
        return self.labels.get(iri) or local_name(iri)

    def current_iris(self, iris: Mapping[str, str]) -> dict[str, str]:
        """`iris` with each replaced record as its replacement, by the same keys."""
        return {key: self.replaced.get(iri, iri) for key, iri in iris.items()}

    def of_kind(self, kind: str) -> tuple[Work, ...]:
        """The works of a kind: `project` or `event`."""
        return tuple(work for work in self.works if work.kind == kind)


TOTAL = "total"
"""The kind of a budget: all of the money of a work."""


@dataclass(frozen=True, slots=True)
class BudgetSum:
    """A sum of budgets, or of transactions of one kind, in one currency.

    `least` and `most` differ where a source gives a range; `most` is None if one has no upper
    bound. `stating` is the number of projects that state an amount.
    """

    currency: str
    kind: str
    least: Decimal
    most: Decimal | None
    stating: int

    def __str__(self) -> str:
        if self.most is None:
            return f"{amount_text(self.least)} or more"
        ends = sorted({self.least, self.most})
        return "–".join(map(amount_text, ends))


def amount_text(amount: Decimal) -> str:
    """An amount such as `2,631,578.95`; whole amounts without decimals."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def budget_sums(works: Iterable[Work], payer: str | None = None) -> tuple[BudgetSum, ...]:
    """The money that the works state, sorted by currency and kind; each work counts once.

    The transactions of a work add up, without those that pass on another one of their kind that is
    added too; several budgets of a work bound the one amount that they state. With a `payer`, only
    the transactions that it pays first, and the budgets of works that nobody else funds; with an
    empty one, the transactions whose payer is not stated, and the budgets of works without funder.
    """
    works = tuple(works)
    kinds = {money.iri: money.kind for work in works for money in work.budget}
    bounds_by_key: dict[tuple[str, str], list[tuple[Decimal, Decimal | None]]] = {}
    for work in works:
        stated: dict[tuple[str, str], list[tuple[Decimal, Decimal | None]]] = {}
        for money in work.budget:
            passed_on = any(kinds.get(origin) == money.kind for origin in money.origins)
            payers = (work.funders or ("",)) if money.kind == TOTAL else (money.payer,)
            is_left_out = passed_on or (payer is not None and payers != (payer,))
            bounds = None if is_left_out else _bounds(money)
            if bounds:
                stated.setdefault((money.currency, money.kind), []).append(bounds)
        for key, ranges in stated.items():
            bounds_by_key.setdefault(key, []).append(
                _range_of(ranges) if key[1] == TOTAL else _sum_of(ranges)
            )
    return tuple(
        BudgetSum(*key, *_sum_of(ranges), len(ranges))
        for key, ranges in sorted(bounds_by_key.items())
    )


def _range_of(ranges: list[tuple[Decimal, Decimal | None]]) -> tuple[Decimal, Decimal | None]:
    """The range from the lowest to the highest bound; without an upper one if one has none."""
    highs = [high for _, high in ranges if high is not None]
    return min(low for low, _ in ranges), max(highs) if len(highs) == len(ranges) else None


def _sum_of(ranges: list[tuple[Decimal, Decimal | None]]) -> tuple[Decimal, Decimal | None]:
    """The sums of the lower and of the upper bounds; without the latter if one has none."""
    return sum((low for low, _ in ranges), Decimal()), _sum_or_none([high for _, high in ranges])


def _sum_or_none(amounts: list[Decimal | None]) -> Decimal | None:
    """The sum; None if one of the amounts has no bound."""
    finite = [amount for amount in amounts if amount is not None]
    return sum(finite, Decimal()) if len(finite) == len(amounts) else None


def _bounds(money: Money) -> tuple[Decimal, Decimal | None] | None:
    if money.value is not None:
        return money.value, money.value
    if money.least is None and money.most is None:
        return None
    return money.least or Decimal(), money.most
