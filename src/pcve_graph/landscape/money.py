"""Budgets of several projects: by currency and share, never added over either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..analysis.works import Money, Work

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
