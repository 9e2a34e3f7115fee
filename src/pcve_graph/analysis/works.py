"""The projects and events of a graph, as they are compared and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ..model.namespaces import local_name

KINDS: Final = ("project", "event")

LEADING: Final = ("organizer", "implementer", "leader", "coordinator", "host")
"""The roles of who does the work, by the local name of their property."""

TAKING_PART: Final = (
    *("partner", "participant", "speaker", "chair", "party", "supporter", "assistant"),
    *("patron", "beneficiary", "contractingAuthority"),
)
"""The roles of everybody else."""


@dataclass(frozen=True, slots=True)
class Money:
    """One amount: `value`, or a range from `least` to `most`; `share` is the concept's id."""

    value: Decimal | None
    least: Decimal | None
    most: Decimal | None
    currency: str
    share: str


@dataclass(slots=True)
class Work:
    """One project or event. All things are IRIs; tuples are sorted.

    `start` and `end` are as stated (day, month or year), `earliest` and `latest` the first and last
    day that they can mean, all as ISO text; None is not known, and a project with an `earliest` and
    no `latest` may be ongoing. `places` are as stated; `countries` those that the places are or lie
    in; `regions` the stated places that are not in one country. `topics` are as stated and `wider`
    their broader ones without them; so are `groups` and `wider_groups`. `funders` are the stated
    ones, or where there are none, those of the nearest frame that it is part of. `pillars` are the
    initiatives that it is part of or contributes to, and theirs. `frames` are all things that it is
    part of, near and far. `status`, `mode` and `sort` (the kind of event or project) are ids of
    concepts, empty where none is stated. `actors` is role (local name of the property) to IRIs.
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

    @property
    def id(self) -> str:
        """What people type for it."""
        return local_name(self.iri)

    @property
    def leaders(self) -> tuple[str, ...]:
        """Who does it: organisers, implementers, leaders, coordinators and hosts."""
        return tuple(sorted({each for role in LEADING for each in self.actors.get(role, ())}))

    @property
    def company(self) -> tuple[str, ...]:
        """Everybody who has a part in it, those who do it included."""
        return tuple(sorted({each for found in self.actors.values() for each in found}))


@dataclass(frozen=True, slots=True)
class Landscape:
    """All projects and events of a graph, sorted by IRI, and what they stand among.

    `within` is each place to all larger ones, `broader` each concept to all broader ones, `members`
    each region to the countries in it, `countries` all of them. `frames` is each programme,
    initiative and series to all that it is part of; `sorts` its kind as an id, if stated, and
    `successions` those that it follows. `replaced` is each retired record to the one in its place.
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

    def label(self, iri: str) -> str:
        """What people call it."""
        return self.labels.get(iri) or local_name(iri)

    def standing(self, named: Mapping[str, str]) -> dict[str, str]:
        """The same keys to IRIs, with what stands in the place of each retired record."""
        return {key: self.replaced.get(iri, iri) for key, iri in named.items()}

    def of_kind(self, kind: str) -> tuple[Work, ...]:
        """The works that are a `project` or an `event`."""
        return tuple(each for each in self.works if each.kind == kind)


SEVERAL = "other-contribution"
"""The share of which one project has several that add up: each is of another body."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The money of one currency and share. `least` and `most` differ where a source gives a range.

    `most` is None where a source gives no upper bound. `stating` is how many projects state it.
    """

    currency: str
    share: str
    least: Decimal
    most: Decimal | None
    stating: int

    def __str__(self) -> str:
        if self.most is None:
            return f"{short(self.least)} or more"
        ends = sorted({self.least, self.most})
        return "–".join(map(short, ends))


def short(amount: Decimal) -> str:
    """`2,631,578.95`, without the cents where there are none."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def sums(works: Iterable[Work]) -> tuple[Sum, ...]:
    """The budgets that the works state, each work once, sorted by currency and share.

    Where one work states a share twice, the truth is between the two, unless it is of SEVERAL.
    """
    found: dict[tuple[str, str], list[tuple[Decimal, Decimal | None]]] = {}
    for work in works:
        shares: dict[tuple[str, str], list[tuple[Decimal, Decimal | None]]] = {}
        for each in work.budget:
            if bounds := _bounds(each):
                shares.setdefault((each.currency, each.share), []).append(bounds)
        for key, stated in shares.items():
            low, high = [one for one, _ in stated], [other for _, other in stated]
            add = key[1] == SEVERAL
            least = sum(low, Decimal()) if add else min(low)
            known = [each for each in high if each is not None]
            most = _whole(high) if add or len(known) < len(high) else max(known)
            found.setdefault(key, []).append((least, most))
    return tuple(
        Sum(
            *key,
            sum((least for least, _ in each), Decimal()),
            _whole([most for _, most in each]),
            len(each),
        )
        for key, each in sorted(found.items())
    )


def _whole(amounts: list[Decimal | None]) -> Decimal | None:
    """Their sum; None where one of them has no bound."""
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal()) if len(known) == len(amounts) else None


def _bounds(money: Money) -> tuple[Decimal, Decimal | None] | None:
    if money.value is not None:
        return money.value, money.value
    if money.least is None and money.most is None:
        return None
    return money.least or Decimal(), money.most
